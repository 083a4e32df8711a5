//! The tokeniser: runs of letters and digits, folded, in one pass over the text.
//!
//! A word is what `\w+` finds (letters, digits, `_`), and a character of a script without spaces
//! is a word of its own. Unlike in UAX #29, an apostrophe or a full stop inside a word parts it, so
//! that a missing space after a sentence or another kind of apostrophe changes nothing. Only
//! numbers keep their sides together: `1,500`, `1.500` and `1500` are one number, and so are `1.5`
//! and `1,5`, but not 15.

use super::fold::{Class, class, fold_char};
use crate::hash::hash64;
use std::borrow::Cow;
use std::iter::Peekable;
use std::str::CharIndices;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// What a word is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Letters of a script with spaces, perhaps with digits among them.
    Letters,
    /// Digits only.
    Number,
    /// One character of a script without spaces.
    Solid,
}

/// One word of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// Frozen hash of the folded word.
    pub hash: u64,
    /// Byte offset of its first character in [`Words::normal`].
    pub start: u32,
    /// Byte offset behind its last character in [`Words::normal`].
    pub end: u32,
    /// Number of the line it stands in, from 0.
    pub line: u32,
    /// What it is made of.
    pub kind: Kind,
    /// Whether it is written with a capital first letter; never in a script without case.
    pub capital: bool,
    /// Whether it opens a line or a sentence, where a capital says nothing.
    pub opens_sentence: bool,
}

/// A text as the detector reads it. One value serves many texts in turn, so that a worker
/// allocates its buffers once.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// The text in normal form NFKC.
    pub normal: String,
    /// The folded words, each followed by one space: two texts with equal `folded` are equal but
    /// for case, spacing and punctuation.
    pub folded: String,
    /// The words in order.
    pub words: Vec<Word>,
}

/// Longest text read, in bytes: offsets are 32-bit.
const MAX_TEXT: usize = u32::MAX as usize;

impl Words {
    /// The words of `text`, in a new value.
    #[must_use]
    pub fn of(text: &str) -> Words {
        let mut words = Words::default();
        words.read(text);
        words
    }

    /// Replaces the contents by those of `text`; of a text over 4 GiB only the beginning.
    ///
    /// Cost: one pass, and one more for a text that is not in normal form.
    pub fn read(&mut self, text: &str) {
        self.folded.clear();
        self.words.clear();
        self.normal.clear();
        self.normal.push_str(&normal_form(&text[..text.floor_char_boundary(MAX_TEXT)]));
        // Compatibility forms can be longer than what they stand for.
        self.normal.truncate(self.normal.floor_char_boundary(MAX_TEXT));
        let normal = std::mem::take(&mut self.normal);
        self.scan(&normal);
        self.normal = normal;
    }

    /// The text from the first of some words to the last, as it is written.
    ///
    /// # Panics
    /// If there are no such words.
    #[must_use]
    pub fn between(&self, words: std::ops::Range<usize>) -> &str {
        let (first, last) = (&self.words[words.start], &self.words[words.end - 1]);
        &self.normal[first.start as usize..last.end as usize]
    }

    fn scan(&mut self, normal: &str) {
        let mut open: Option<Open> = None;
        let (mut line, mut opens_sentence) = (0, true);
        let mut rest = normal.char_indices().peekable();
        while let Some((at, c)) = rest.next() {
            let end = at + c.len_utf8();
            match class(c) {
                Class::Ignored => continue,
                Class::Letter => self.extend(&mut open, at, end, c, Kind::Letters),
                Class::Digit => self.extend(&mut open, at, end, c, Kind::Number),
                Class::Solid => {
                    self.close(&mut open, line, &mut opens_sentence);
                    self.extend(&mut open, at, end, c, Kind::Solid);
                    self.close(&mut open, line, &mut opens_sentence);
                }
                Class::Break => {
                    let in_number = open.as_ref().is_some_and(|word| word.kind == Kind::Number);
                    match separator(c, rest.clone()).filter(|_| in_number) {
                        // Between thousands: `1,500` and `1.500` are 1500.
                        Some(3) => {}
                        Some(_) => self.folded.push('.'),
                        None => {
                            self.close(&mut open, line, &mut opens_sentence);
                            opens_sentence |= ends_sentence(c);
                            line += u32::from(c == '\n');
                        }
                    }
                }
            }
        }
        self.close(&mut open, line, &mut opens_sentence);
    }

    fn extend(&mut self, open: &mut Option<Open>, at: usize, end: usize, c: char, kind: Kind) {
        let word = open.get_or_insert_with(|| Open {
            start: at,
            end,
            folded_start: self.folded.len(),
            kind,
            capital: c.is_uppercase(),
        });
        word.end = end;
        if word.kind != kind {
            word.kind = Kind::Letters;
        }
        fold_char(c, &mut self.folded);
    }

    fn close(&mut self, open: &mut Option<Open>, line: u32, opens_sentence: &mut bool) {
        if let Some(word) = open.take() {
            let folded = &self.folded[word.folded_start..];
            self.words.push(Word {
                hash: hash64(folded.as_bytes(), 0),
                start: word.start as u32,
                end: word.end as u32,
                line,
                kind: word.kind,
                capital: word.capital,
                opens_sentence: std::mem::take(opens_sentence),
            });
            self.folded.push(' ');
        }
    }
}

/// A word whose end has not been reached.
struct Open {
    start: usize,
    end: usize,
    folded_start: usize,
    kind: Kind,
    capital: bool,
}

/// Where `c` is a full stop or comma before a digit, how many digits follow it, up to four.
fn separator(c: char, rest: Peekable<CharIndices<'_>>) -> Option<usize> {
    let digit = |&(_, next): &(usize, char)| class(next) == Class::Digit;
    let digits = if matches!(c, '.' | ',') { rest.take_while(digit).take(4).count() } else { 0 };
    (digits > 0).then_some(digits)
}

fn ends_sentence(c: char) -> bool {
    matches!(
        c,
        '.' | '!' | '?' | '\n' | '\r' | ':' | '"' | '“' | '«' | '…' | '¿' | '¡' | '؟' | '।' | '。'
    )
}

fn normal_form(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfkc_quick(text.chars()) == IsNormalized::Yes {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfkc().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> Vec<String> {
        Words::of(text).folded.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn case_spacing_and_punctuation_fold_away() {
        let expected = ["the", "mayor", "s", "plan", "again"];
        assert_eq!(folded("The mayor's plan. Again"), expected);
        assert_eq!(folded("THE  MAYOR’S «plan».Again!"), expected);
    }

    #[test]
    fn numbers_keep_their_sides_together() {
        assert_eq!(folded("1,500 or 1.500 or 1500, 3."), ["1500", "or", "1500", "or", "1500", "3"]);
        assert_eq!(folded("1.5 or 1,5 on 12.10.2026"), ["1.5", "or", "1.5", "on", "12.10.2026"]);
        assert_eq!(folded("route 66, Covid19"), ["route", "66", "covid19"]);
    }

    #[test]
    fn scripts_without_spaces_give_single_characters() {
        assert_eq!(folded("日本 2024年"), ["日", "本", "2024", "年"]);
        assert_eq!(folded("ไทย"), ["ไ", "ท", "ย"]);
    }

    #[test]
    fn compatibility_forms_and_marks_are_one() {
        assert_eq!(folded("ﬁne １２"), ["fine", "12"]);
        assert_eq!(folded("e\u{301}te\u{301}"), folded("été"));
        assert_eq!(folded("كِتَاب"), folded("كتاب"));
        assert_eq!(folded("ΟΔΟΣ"), folded("οδος"));
        assert_eq!(folded("हिन्दी").len(), 1);
    }

    #[test]
    fn capitals_and_sentence_starts_are_seen() {
        let words = Words::of("The town of Oslo. Rain fell");
        let seen: Vec<_> = words.words.iter().map(|w| (w.capital, w.opens_sentence)).collect();
        let (no, cap, opens) = ((false, false), (true, false), (true, true));
        assert_eq!(seen, [opens, no, no, cap, opens, no]);
    }

    #[test]
    fn offsets_name_the_word_in_the_normal_text() {
        let words = Words::of("Ünï ﬁne\n日");
        let named: Vec<_> = words
            .words
            .iter()
            .map(|w| (&words.normal[w.start as usize..w.end as usize], w.line))
            .collect();
        assert_eq!(named, [("Ünï", 0), ("fine", 0), ("日", 1)]);
    }

    #[test]
    fn nothing_comes_of_nothing() {
        assert!(folded("").is_empty());
        assert!(folded(" \u{200B}—…!\n").is_empty());
    }
}
