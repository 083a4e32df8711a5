//! Folding: which characters count, and as what.

use std::sync::LazyLock;

/// What a character is to the tokeniser, after folding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Separates words: white space, punctuation, symbols.
    Break,
    /// Part of a word in a script that parts words by spaces.
    Letter,
    /// Decimal digit or other number character.
    Digit,
    /// A character of a script without spaces between words: a token by itself.
    Solid,
    /// Invisible or optional (marks of Arabic and Hebrew pointing, joiners, soft hyphen): dropped
    /// without breaking the word.
    Ignored,
}

/// Class of a character. Cost: a look-up in a table of 64 KiB, made at first use.
#[inline]
pub(super) fn class(c: char) -> Class {
    CLASSES.get(c as usize).copied().unwrap_or_else(|| find_class(c))
}

/// Classes of the first 65,536 characters. Surrogates, which are none, are breaks.
static CLASSES: LazyLock<Vec<Class>> = LazyLock::new(|| {
    (0..=0xFFFF).map(|code| char::from_u32(code).map_or(Class::Break, find_class)).collect()
});

fn find_class(c: char) -> Class {
    if c.is_ascii() {
        return match c {
            'a'..='z' | 'A'..='Z' | '_' => Class::Letter,
            '0'..='9' => Class::Digit,
            _ => Class::Break,
        };
    }
    if is_ignored(c) {
        Class::Ignored
    } else if is_solid(c) {
        Class::Solid
    } else if c.is_numeric() {
        Class::Digit
    } else if c.is_alphabetic() || unicode_normalization::char::is_combining_mark(c) {
        Class::Letter
    } else {
        Class::Break
    }
}

/// Appends the lower case of one character, which has up to three; the two lower-case forms of the
/// Greek sigma are one. Cost: a look-up in a table of 256 KiB, made at first use.
#[inline]
pub(super) fn fold_char(c: char, out: &mut String) {
    match LOWER.get(c as usize).copied().flatten() {
        Some(lower) => out.push(lower),
        None => out.extend(c.to_lowercase()),
    }
}

/// Lower case of the first 65,536 characters, where it is one character.
static LOWER: LazyLock<Vec<Option<char>>> = LazyLock::new(|| {
    (0..=0xFFFF)
        .map(|code| match char::from_u32(code)? {
            'ς' => Some('σ'),
            c => Some(c.to_lowercase()).filter(|lower| lower.len() == 1)?.next(),
        })
        .collect()
});

/// Characters that readers do not see, or that careful and careless spelling of one word differ by.
fn is_ignored(c: char) -> bool {
    matches!(c,
        '\u{00AD}'                      // soft hyphen
        | '\u{034F}'                    // combining grapheme joiner
        | '\u{0591}'..='\u{05BD}' | '\u{05BF}' | '\u{05C1}' | '\u{05C2}' | '\u{05C4}' | '\u{05C5}' | '\u{05C7}' // Hebrew points
        | '\u{0610}'..='\u{061A}' | '\u{0640}' | '\u{064B}'..='\u{065F}' | '\u{0670}' // Arabic marks, tatweel
        | '\u{200B}'..='\u{200F}'       // zero-width space, joiners, direction marks
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206F}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

/// Scripts written without spaces between words: Han, Kana, Thai, Lao, Myanmar, Khmer and some
/// relatives. Ranges from the Unicode block table.
fn is_solid(c: char) -> bool {
    matches!(c,
        '\u{0E01}'..='\u{0E3A}' | '\u{0E40}'..='\u{0E4E}'      // Thai, without its digits
        | '\u{0E81}'..='\u{0ECE}' | '\u{0EDC}'..='\u{0EDF}'    // Lao
        | '\u{1000}'..='\u{103F}' | '\u{1050}'..='\u{108F}'    // Myanmar
        | '\u{1780}'..='\u{17D3}'                              // Khmer
        | '\u{1950}'..='\u{19DF}'                              // Tai Le, New Tai Lue
        | '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{3096}' | '\u{309D}'..='\u{309F}' // Hiragana
        | '\u{30A1}'..='\u{30FA}' | '\u{30FC}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}' // Katakana
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' // Han
        | '\u{AA60}'..='\u{AA7F}' | '\u{A9E0}'..='\u{A9FE}'    // Myanmar extended
        | '\u{20000}'..='\u{323AF}') // Han, supplementary planes
}
