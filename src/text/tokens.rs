//! Words as they are kept of an article: five bytes each, from which everything else is made.

use super::words::{Kind, Word, Words};
use crate::hash::digest128;
use std::ops::Range;

/// One word of an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// High half of the frozen hash of the folded word. Of a million different words about a
    /// hundred share theirs with another.
    pub hash: u32,
    /// What it is made of and how it is written.
    pub marks: Marks,
}

/// What a word is made of and how it is written, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks(u8);

impl Marks {
    /// Digits only.
    pub const NUMBER: Marks = Marks(1);
    /// One character of a script without spaces.
    pub const SOLID: Marks = Marks(2);
    /// With a capital first letter.
    pub const CAPITAL: Marks = Marks(4);
    /// At a place where a capital says nothing.
    pub const OPENS_SENTENCE: Marks = Marks(8);
    /// First of a passage: of a line, or a sentence in it.
    pub const OPENS_PASSAGE: Marks = Marks(16);

    /// Whether it has all the marks of `other`.
    #[must_use]
    pub fn has(self, other: Marks) -> bool {
        self.0 & other.0 == other.0
    }

    fn of(word: &Word) -> Marks {
        let mark = |mark: Marks, when: bool| if when { mark.0 } else { 0 };
        Marks(
            mark(Marks::NUMBER, word.kind == Kind::Number)
                | mark(Marks::SOLID, word.kind == Kind::Solid)
                | mark(Marks::CAPITAL, word.capital)
                | mark(Marks::OPENS_SENTENCE, word.opens_sentence)
                | mark(Marks::OPENS_PASSAGE, word.opens_passage),
        )
    }
}

/// The words of an article in order: its title, then its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    hashes: Box<[u32]>,
    marks: Box<[Marks]>,
    /// Words of the title.
    title: usize,
}

impl Tokens {
    /// The words of a title and a text. A title that the text begins with is not held twice.
    #[must_use]
    pub fn new(title: &[Word], text: &[Word]) -> Tokens {
        // Dumps that have the title apart often repeat it at the top of the text.
        let repeated =
            text.len() > title.len() && text.iter().zip(title).all(|(a, b)| a.hash == b.hash);
        let title = if repeated { &[] } else { title };
        let words = || title.iter().chain(text);
        Tokens {
            hashes: words().map(|word| (word.hash >> 32) as u32).collect(),
            marks: words().map(Marks::of).collect(),
            title: title.len(),
        }
    }

    /// The words of a text without a title.
    #[must_use]
    pub fn of(text: &str) -> Tokens {
        Tokens::new(&[], &Words::of(text).words)
    }

    /// All words, title included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// Places of the words of the title.
    #[must_use]
    pub fn title(&self) -> Range<usize> {
        0..self.title
    }

    /// Places of the words of the text.
    #[must_use]
    pub fn text(&self) -> Range<usize> {
        self.title..self.len()
    }

    /// Some words in order.
    pub fn range(&self, places: Range<usize>) -> impl ExactSizeIterator<Item = Token> + '_ {
        let marks = self.marks[places.clone()].iter();
        let hashes = self.hashes[places].iter();
        hashes.zip(marks).map(|(&hash, &marks)| Token { hash, marks })
    }

    /// The title, and of the text only some parts, in order.
    #[must_use]
    pub fn keep(&self, parts: impl Iterator<Item = Range<usize>>) -> Tokens {
        let parts: Vec<_> = std::iter::once(self.title()).chain(parts).collect();
        let places = || parts.iter().cloned().flatten();
        Tokens {
            hashes: places().map(|place| self.hashes[place]).collect(),
            marks: places().map(|place| self.marks[place]).collect(),
            title: self.title,
        }
    }

    /// The word at a place.
    #[must_use]
    pub fn at(&self, place: usize) -> Token {
        Token { hash: self.hashes[place], marks: self.marks[place] }
    }
}

/// 128-bit digest of the words of a text in their order: two texts with equal digests are equal but
/// for case, spacing and punctuation. `bytes` is a buffer.
#[must_use]
pub fn digest(words: &[Word], bytes: &mut Vec<u8>) -> u128 {
    bytes.clear();
    bytes.extend(words.iter().flat_map(|word| word.hash.to_le_bytes()));
    digest128(bytes)
}
