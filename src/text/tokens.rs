//! Words as they are kept of an article: five bytes each, from which everything else is made.

use super::reading::Reading;
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
    /// A word in lower case in the midst of a sentence.
    pub const NONE: Marks = Marks(0);
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

    /// The marks of both.
    #[inline]
    pub(crate) const fn and(self, other: Marks) -> Marks {
        Marks(self.0 | other.0)
    }

    /// The same, or none.
    #[inline]
    pub(super) fn when(self, given: bool) -> Marks {
        Marks(self.0 * u8::from(given))
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
    pub fn new(title: &Reading, text: &Reading) -> Tokens {
        // Dumps that have the title apart often repeat it at the top of the text.
        let repeated = text.len() > title.len() && text.hashes().starts_with(title.hashes());
        let title = if repeated { &Reading::default() } else { title };
        Tokens {
            hashes: [title.hashes(), text.hashes()].concat().into(),
            marks: [title.marks(), text.marks()].concat().into(),
            title: title.len(),
        }
    }

    /// The words of a text without a title.
    #[must_use]
    pub fn of(text: &str) -> Tokens {
        Tokens::new(&Reading::default(), &Reading::of(text))
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
