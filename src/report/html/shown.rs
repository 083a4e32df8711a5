//! Text of articles as a page may show it.
//!
//! Markup in it is the template's to escape. What is left are characters that do something: controls,
//! and those that change the direction of what follows. They are shown, and no longer obeyed.

/// The character that is shown in the place of another.
fn harmless(c: char) -> char {
    match c {
        '\n' | '\t' => c,
        // Unicode has a picture of each of the old controls.
        '\0'..='\u{1F}' => char::from_u32(0x2400 + c as u32).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\u{7F}' => '\u{2421}',
        // Newer controls, embeddings, overrides and isolates, and what is no character.
        '\u{80}'..='\u{9F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2066}'..='\u{2069}'
        | '\u{FDD0}'..='\u{FDEF}' => char::REPLACEMENT_CHARACTER,
        _ if c as u32 & 0xFFFE == 0xFFFE => char::REPLACEMENT_CHARACTER,
        _ => c,
    }
}

/// A text as it is shown: lines end in one way, and no more than one of two is empty.
pub(super) fn text(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' | '\n' if shown.ends_with("\n\n") => {}
            '\r' => shown.push('\n'),
            c => shown.push(harmless(c)),
        }
    }
    shown
}

/// A title or a name as it is shown: on one line, of at most `longest` characters.
pub(super) fn line(text: &str, longest: usize) -> String {
    let mut shown = String::new();
    let (mut n, mut between) = (0, false);
    for c in text.chars() {
        if c.is_whitespace() {
            between = n > 0;
            continue;
        }
        n += 1 + usize::from(between);
        if n > longest {
            shown.push('…');
            break;
        }
        if std::mem::take(&mut between) {
            shown.push(' ');
        }
        shown.push(harmless(c));
    }
    shown
}

/// A count with a mark between thousands.
pub(super) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut shown = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// A share of a whole in percent, with one decimal; 0 of nothing.
pub(super) fn percent(part: u64, whole: u64) -> String {
    let share = if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
    format!("{:.1}", share * 100.0)
}

/// The address, if it is one that a page may link to.
pub(super) fn link(url: &str) -> Option<String> {
    /// Bytes of the longest address that is linked: hardly an article's is longer.
    const LONGEST: usize = 500;
    let begins =
        |scheme: &str| url.get(..scheme.len()).is_some_and(|s| s.eq_ignore_ascii_case(scheme));
    let is_web = begins("http://") || begins("https://");
    let is_plain =
        !url.chars().any(|c| c.is_whitespace() || "<>\"\\`{}|^".contains(c) || harmless(c) != c);
    (is_web && is_plain && url.len() <= LONGEST).then(|| url.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_do_something_are_shown() {
        assert_eq!(
            text("a\0b\u{1b}[1m\u{7f}\u{85}c\u{202e}d\u{2069}\u{fffe}"),
            "a␀b␛[1m␡\u{fffd}c\u{fffd}d\u{fffd}\u{fffd}"
        );
        assert_eq!(text("a\r\nb\rc\n\n\n\n d\te\u{200f}"), "a\nb\nc\n\n d\te\u{200f}");
        assert_eq!(line(" a\n\t b\u{202e}\0 ", 9), "a b\u{fffd}␀");
    }

    #[test]
    fn long_lines_are_cut() {
        assert_eq!(line("één twee", 8), "één twee");
        assert_eq!(line("één twee", 7), "één twe…");
        assert_eq!(line("één twee", 4), "één…");
        assert_eq!(line("", 4), "");
    }

    #[test]
    fn numbers_for_people() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([percent(1, 3), percent(5, 5), percent(0, 0)], ["33.3", "100.0", "0.0"]);
    }

    #[test]
    fn only_web_addresses_are_links() {
        assert_eq!(link("HTTPS://a.example/b").as_deref(), Some("HTTPS://a.example/b"));
        for url in [
            "javascript:alert(1)",
            "data:text/html,x",
            " http://a",
            "http://a b",
            "http:",
            "//a",
            "",
            "http://a\u{202e}",
            "http://a/<b>",
            "htté",
        ] {
            assert_eq!(link(url), None, "{url}");
        }
        assert_eq!(link(&format!("http://{}", "a".repeat(3000))), None);
    }
}
