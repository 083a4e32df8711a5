//! The words of a text with their places in it.

use super::fold::{Class, class, fold_char};
use super::normal::normal_form;
use super::scan::scan;
use super::tokens::Marks;

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

/// A text as the detector reads it, with the place of each word. One value serves many texts in
/// turn, so that a worker allocates its buffers once.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// The text in normal form NFKC.
    pub normal: String,
    /// The words in order.
    pub words: Vec<Word>,
    folding: String,
}

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
    /// Cost: two passes, of which the one for the normal form is far quicker.
    pub fn read(&mut self, text: &str) {
        self.normal.clear();
        self.normal.push_str(&normal_form(text));
        self.words.clear();
        scan(&self.normal, &mut self.folding, |hash, marks, place| {
            self.words.push(Word {
                hash,
                start: place.start as u32,
                end: place.end as u32,
                kind: if marks.has(Marks::NUMBER) {
                    Kind::Number
                } else if marks.has(Marks::SOLID) {
                    Kind::Solid
                } else {
                    Kind::Letters
                },
                capital: marks.has(Marks::CAPITAL),
                opens_sentence: marks.has(Marks::OPENS_SENTENCE),
                opens_passage: marks.has(Marks::OPENS_PASSAGE),
            });
        });
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::hash_word;

    fn hashes(text: &str) -> Vec<u64> {
        Words::of(text).words.iter().map(|word| word.hash).collect()
    }

    fn assert_reads<const N: usize>(text: &str, folded: [&str; N]) {
        assert_eq!(hashes(text), folded.map(|word| hash_word(word.as_bytes())), "{text}");
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
