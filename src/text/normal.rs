//! Normal form NFKC, at the cost of looking for what is not in it.

use std::borrow::Cow;
use std::sync::LazyLock;
use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// What one character can do to the normal form of the text around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// Stands for itself, and neither joins nor passes what is before it: a text may be cut in
    /// front of it, and its parts be brought into normal form one by one (UAX #15, "stable code
    /// points").
    Stable,
    /// A mark that stands for itself, unless it is out of order among the marks of its letter.
    Mark,
    /// May have another form, or join the character before it.
    Open,
}

/// Standing of the first 65,536 characters.
static STANDINGS: LazyLock<Vec<Standing>> = LazyLock::new(|| {
    (0..=0xFFFF).map(|code| char::from_u32(code).map_or(Standing::Open, find_standing)).collect()
});

fn standing(c: char) -> Standing {
    STANDINGS.get(c as usize).copied().unwrap_or_else(|| find_standing(c))
}

fn find_standing(c: char) -> Standing {
    match (is_nfkc_quick(std::iter::once(c)), canonical_combining_class(c)) {
        (IsNormalized::Yes, 0) => Standing::Stable,
        (IsNormalized::Yes, _) => Standing::Mark,
        _ => Standing::Open,
    }
}

/// `text` in normal form NFKC. Only what stands between two stable characters around one that is
/// not in normal form is made anew. Cost: of ASCII a look at each byte, otherwise a look-up for each
/// character beyond ASCII.
pub(super) fn normal_form(text: &str) -> Cow<'_, str> {
    let mut normal = String::new();
    let mut copied = 0;
    while let Some(open) = find_open(&text[copied..]) {
        let (from, to) = (copied + open.start, copied + open.end);
        normal.reserve(text.len() - copied);
        normal.push_str(&text[copied..from]);
        normal.extend(text[from..to].nfkc());
        copied = to;
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    normal.push_str(&text[copied..]);
    Cow::Owned(normal)
}

/// The first stretch that may not be in normal form, from one stable character to the next.
fn find_open(text: &str) -> Option<std::ops::Range<usize>> {
    let (mut at, mut stable, mut class) = (0, 0, 0);
    loop {
        let ascii = ascii_length(&text.as_bytes()[at..]);
        if ascii > 0 {
            at += ascii;
            (stable, class) = (at - 1, 0);
        }
        let c = text[at..].chars().next()?;
        let before = class;
        match standing(c) {
            Standing::Stable => (stable, class) = (at, 0),
            Standing::Mark => class = canonical_combining_class(c),
            Standing::Open => break,
        }
        if class < before && class > 0 {
            break;
        }
        at += c.len_utf8();
    }
    let mut rest = text[at..].char_indices();
    let end = rest.find(|&(offset, c)| offset > 0 && standing(c) == Standing::Stable);
    Some(stable..end.map_or(text.len(), |(offset, _)| at + offset))
}

/// How many bytes at the beginning are ASCII.
fn ascii_length(bytes: &[u8]) -> usize {
    let (eights, rest) = bytes.as_chunks::<8>();
    for (at, eight) in eights.iter().enumerate() {
        let beyond = u64::from_le_bytes(*eight) & 0x8080_8080_8080_8080;
        if beyond != 0 {
            return 8 * at + beyond.trailing_zeros() as usize / 8;
        }
    }
    8 * eights.len() + rest.iter().take_while(|byte| byte.is_ascii()).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::mix;

    #[test]
    fn a_text_in_normal_form_is_not_copied() {
        for text in ["", "plain", "“Ünï” – 日本 наука", "हिन्दी ที่", "كِتَاب"]
        {
            assert!(matches!(normal_form(text), Cow::Borrowed(_)), "{text}");
        }
    }

    /// What is made of the parts is the normal form of the whole.
    #[test]
    fn parts_give_the_normal_form_of_the_whole() {
        let pieces = [
            "a",
            "Z9",
            " ",
            "plain ascii of more than 32 bytes, all of it ",
            "é",
            "e",
            "\u{301}",
            "\u{327}",
            "\u{323}",
            "ﬁ",
            "…",
            "’",
            "１",
            "日",
            "ｶ",
            "ﾞ",
            "ᄀ",
            "ᅡ",
            "ᆨ",
            "각",
            "ि",
            "\u{94D}",
            "ب",
            "\u{64E}",
            "\u{651}",
            "ﷺ",
            "\u{1F600}",
            "\u{2F800}",
            "\u{AD}",
            "\u{345}",
            "\u{11347}",
            "\u{1133E}",
            "½",
            "\u{FB2A}",
            "Å",
            "\u{FF9F}",
            "は",
        ];
        for seed in 0..20_000_u64 {
            let piece = |i| pieces[mix(seed << 8 | i) as usize % pieces.len()];
            let text: String = (0..mix(seed) % 12).map(piece).collect();
            assert_eq!(normal_form(&text), text.nfkc().collect::<String>(), "{text:?}");
        }
    }
}
