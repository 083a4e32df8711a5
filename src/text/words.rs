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
    /// What it is made of.
    pub kind: Kind,
    /// Whether it is written with a capital first letter; never in a script without case.
    pub capital: bool,
    /// Whether it opens a line or a sentence, or follows a colon or a quotation mark, where a
    /// capital says nothing.
    pub opens_sentence: bool,
    /// Whether it opens a passage: a line, or a sentence in it.
    pub opens_passage: bool,
}

/// A text as the detector reads it. One value serves many texts in turn, so that a worker
/// allocates its buffers once.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// The text in normal form NFKC.
    pub normal: String,
    /// The words in order.
    pub words: Vec<Word>,
    /// The folded word that is being read.
    folding: String,
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

    /// The characters of a word, folded.
    ///
    /// # Panics
    /// If there is no such word.
    #[must_use]
    pub fn folded(&self, place: usize) -> Vec<char> {
        let mut folded = String::new();
        let counts = |c: &char| class(*c) != Class::Ignored;
        self.between(place..place + 1)
            .chars()
            .filter(counts)
            .for_each(|c| fold_char(c, &mut folded));
        folded.chars().collect()
    }

    fn scan(&mut self, normal: &str) {
        let bytes = normal.as_bytes();
        let (mut at, mut before) = (0, Before::START);
        let mut folded = [0; LONGEST_SHORT_CUT];
        while let Some(&byte) = bytes.get(at) {
            if byte.is_ascii() && ASCII_FOLDED[usize::from(byte)] == 0 {
                before.pass(char::from(byte));
                at += 1;
            } else if let Some((length, kind)) = ascii_word(&bytes[at..], &mut folded) {
                let hash = hash64(&folded[..length], 0);
                self.push(hash, at..at + length, kind, byte.is_ascii_uppercase(), &mut before);
                at += length;
            } else {
                at = self.step(normal, at, &mut before);
            }
        }
    }

    /// Reads one word of any script, or one character outside words; returns where it ends.
    fn step(&mut self, normal: &str, from: usize, before: &mut Before) -> usize {
        self.folding.clear();
        let mut open: Option<Open> = None;
        let mut rest = normal[from..].char_indices();
        while let Some((offset, c)) = rest.next() {
            let at = from + offset;
            let end = at + c.len_utf8();
            let kind = match class(c) {
                Class::Ignored => continue,
                Class::Letter => Kind::Letters,
                Class::Digit => Kind::Number,
                Class::Solid if open.is_none() => {
                    fold_char(c, &mut self.folding);
                    let hash = hash64(self.folding.as_bytes(), 0);
                    self.push(hash, at..end, Kind::Solid, false, before);
                    return end;
                }
                Class::Break if open.is_none() => {
                    before.pass(c);
                    return end;
                }
                Class::Solid => break,
                Class::Break => {
                    let in_number = open.as_ref().is_some_and(|word| word.kind == Kind::Number);
                    match separator(c, rest.as_str()).filter(|_| in_number) {
                        // Between thousands: `1,500` and `1.500` are 1500.
                        Some(3) => continue,
                        Some(_) => self.folding.push('.'),
                        None => break,
                    }
                    continue;
                }
            };
            let capital = open.is_none() && c.is_uppercase();
            let word = open.get_or_insert(Open { start: at, end, kind, capital });
            word.end = end;
            if word.kind != kind {
                word.kind = Kind::Letters;
            }
            fold_char(c, &mut self.folding);
        }
        match open {
            Some(Open { start, end, kind, capital }) => {
                let hash = hash64(self.folding.as_bytes(), 0);
                self.push(hash, start..end, kind, capital, before);
                end
            }
            None => normal.len(),
        }
    }

    fn push(
        &mut self,
        hash: u64,
        place: std::ops::Range<usize>,
        kind: Kind,
        capital: bool,
        before: &mut Before,
    ) {
        let before = std::mem::replace(before, Before::WORD);
        self.words.push(Word {
            hash,
            start: place.start as u32,
            end: place.end as u32,
            kind,
            capital,
            opens_sentence: before.opens_sentence,
            opens_passage: before.opens_passage,
        });
    }
}

/// A word whose end has not been reached.
struct Open {
    start: usize,
    end: usize,
    kind: Kind,
    capital: bool,
}

/// What stands between a word and the one before it.
#[derive(Clone, Copy)]
struct Before {
    opens_sentence: bool,
    opens_passage: bool,
    /// Whether a full stop or the like has been passed since the last word.
    full_stop: bool,
}

impl Before {
    const START: Before = Before { opens_sentence: true, opens_passage: true, full_stop: false };
    const WORD: Before = Before { opens_sentence: false, opens_passage: false, full_stop: false };

    /// Goes past a character outside words.
    fn pass(&mut self, c: char) {
        match c {
            ' ' => self.opens_passage |= self.full_stop,
            '\n' | '\r' => *self = Before::START,
            '.' | '!' | '?' | '…' | '؟' | '।' => {
                self.opens_sentence = true;
                self.full_stop = true;
            }
            // After these a sentence may begin without a space.
            '。' => *self = Before::START,
            ':' | '"' | '“' | '«' | '¿' | '¡' => self.opens_sentence = true,
            c => self.opens_passage |= self.full_stop && c.is_whitespace(),
        }
    }
}

/// The folded form of the ASCII characters of words, 0 for the others.
const ASCII_FOLDED: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        if (byte as u8).is_ascii_alphanumeric() || byte as u8 == b'_' {
            table[byte] = (byte as u8).to_ascii_lowercase();
        }
        byte += 1;
    }
    table
};

/// Bytes of the longest word that takes the short cut for ASCII.
const LONGEST_SHORT_CUT: usize = 32;

/// Length and kind of the ASCII word that some bytes begin with, which is left folded in `folded`;
/// `None` where there is none, where it is long, or where what follows may belong to it.
fn ascii_word(bytes: &[u8], folded: &mut [u8; LONGEST_SHORT_CUT]) -> Option<(usize, Kind)> {
    let (mut length, mut digits) = (0, 0);
    let next = loop {
        let next = bytes.get(length).copied();
        let fold = next.map_or(0, |byte| ASCII_FOLDED[usize::from(byte)]);
        if fold == 0 {
            break next;
        }
        *folded.get_mut(length)? = fold;
        digits += usize::from(fold.is_ascii_digit());
        length += 1;
    };
    let goes_on = match next {
        Some(b'.' | b',') => digits > 0,
        Some(next) => !next.is_ascii(),
        None => false,
    };
    let kind = if digits == length { Kind::Number } else { Kind::Letters };
    (length > 0 && !goes_on).then_some((length, kind))
}

/// Where `c` is a full stop or comma before a digit, how many digits follow it, up to four.
fn separator(c: char, rest: &str) -> Option<usize> {
    let digit = |next: &char| class(*next) == Class::Digit;
    let digits =
        if matches!(c, '.' | ',') { rest.chars().take_while(digit).take(4).count() } else { 0 };
    (digits > 0).then_some(digits)
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
    use crate::hash::mix;

    fn hashes(text: &str) -> Vec<u64> {
        Words::of(text).words.iter().map(|word| word.hash).collect()
    }

    fn assert_reads<const N: usize>(text: &str, folded: [&str; N]) {
        assert_eq!(hashes(text), folded.map(|word| hash64(word.as_bytes(), 0)), "{text}");
    }

    #[test]
    fn case_spacing_and_punctuation_fold_away() {
        let expected = ["the", "mayor", "s", "plan", "again"];
        assert_reads("The mayor's plan. Again", expected);
        assert_reads("THE  MAYOR’S «plan».Again!", expected);
    }

    #[test]
    fn numbers_keep_their_sides_together() {
        assert_reads("1,500 or 1.500 or 1500, 3.", ["1500", "or", "1500", "or", "1500", "3"]);
        assert_reads("1.5 or 1,5 on 12.10.2026", ["1.5", "or", "1.5", "on", "12.10.2026"]);
        assert_reads("route 66, Covid19", ["route", "66", "covid19"]);
    }

    #[test]
    fn scripts_without_spaces_give_single_characters() {
        assert_reads("日本 2024年", ["日", "本", "2024", "年"]);
        assert_reads("ไทย", ["ไ", "ท", "ย"]);
    }

    #[test]
    fn compatibility_forms_and_marks_are_one() {
        assert_reads("ﬁne １２", ["fine", "12"]);
        assert_eq!(hashes("e\u{301}te\u{301}"), hashes("été"));
        assert_eq!(hashes("كِتَاب"), hashes("كتاب"));
        assert_eq!(hashes("ΟΔΟΣ"), hashes("οδος"));
        assert_eq!(hashes("हिन्दी").len(), 1);
    }

    #[test]
    fn capitals_and_sentence_starts_are_seen() {
        let words = Words::of("The town of Oslo. Rain fell");
        let seen: Vec<_> = words.words.iter().map(|w| (w.capital, w.opens_sentence)).collect();
        let (no, cap, opens) = ((false, false), (true, false), (true, true));
        assert_eq!(seen, [opens, no, no, cap, opens, no]);
    }

    #[test]
    fn passages_begin_at_lines_and_behind_sentences() {
        let passages = |text: &str| -> Vec<usize> {
            let words = Words::of(text).words;
            (0..words.len()).filter(|&at| words[at].opens_passage).collect()
        };
        assert_eq!(passages("He left. \"Why?\" she asked: nobody\nknew v1.2.x"), [0, 2, 3, 6]);
        assert_eq!(passages("雨。風\u{2028}x.\tY"), [0, 1, 3]);
    }

    /// What is read word by word, without the short cut for ASCII, is the same.
    #[test]
    fn the_short_cut_for_ascii_changes_nothing() {
        let pieces = [
            "a",
            "Z",
            "_",
            "a_word_of_31_bytes_that_is_long",
            "0",
            "17",
            ".",
            ",",
            "'",
            " ",
            "\n",
            "\r",
            "é",
            "E\u{301}",
            "日",
            "ß",
            "\u{AD}",
            "\u{200B}",
            "٣",
            "…",
            "\"",
            ":",
            "ΑΣ",
            "\u{1F600}",
            "𠀀",
            "000",
            "?",
        ];
        for seed in 0..3_000_u64 {
            let length = mix(seed) % 24;
            let piece = |i| pieces[mix(seed << 8 | i) as usize % pieces.len()];
            let text: String = (0..length).map(piece).collect();
            let (mut slow, mut before, mut at) = (Words::default(), Before::START, 0);
            slow.normal = normal_form(&text).into_owned();
            let normal = slow.normal.clone();
            while at < normal.len() {
                at = slow.step(&normal, at, &mut before);
            }
            assert_eq!(Words::of(&text).words, slow.words, "{text:?}");
        }
    }

    #[test]
    fn offsets_name_the_word_in_the_normal_text() {
        let words = Words::of("Ünï ﬁne\n日");
        let named: Vec<_> = words
            .words
            .iter()
            .map(|w| (&words.normal[w.start as usize..w.end as usize], w.opens_passage))
            .collect();
        assert_eq!(named, [("Ünï", true), ("fine", false), ("日", true)]);
    }

    #[test]
    fn nothing_comes_of_nothing() {
        assert!(hashes("").is_empty());
        assert!(hashes(" \u{200B}—…!\n").is_empty());
    }
}
