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
///
/// They are a view of a list of numbers, as they are stored: the number of words in the title, and of
/// all; their hashes; their marks, four to a number.
#[derive(Clone, Copy, Debug)]
pub struct Tokens<'a> {
    hashes: &'a [u32],
    marks: &'a [u8],
    /// Words of the title.
    title: usize,
}

/// Numbers before the hashes of a list.
const HEAD: usize = 2;

impl<'a> Tokens<'a> {
    /// The words of a title and a text, as a list that is added to `list`. A title that the text
    /// begins with is not held twice.
    pub fn write(title: &Reading, text: &Reading, list: &mut Vec<u32>) {
        // Dumps that have the title apart often repeat it at the top of the text.
        let repeated = text.len() > title.len() && text.hashes().starts_with(title.hashes());
        let title = if repeated { &Reading::default() } else { title };
        let hashes = || title.hashes().iter().chain(text.hashes());
        let marks = || title.marks().iter().chain(text.marks());
        write(title.len(), hashes().copied(), marks().map(|marks| marks.0), list);
    }

    /// The words of a text without a title, as a list.
    #[must_use]
    pub fn list_of(text: &str) -> Vec<u32> {
        let mut list = Vec::new();
        Tokens::write(&Reading::default(), &Reading::of(text), &mut list);
        list
    }

    /// The words in a list.
    ///
    /// # Panics
    /// If it is none that was written as one.
    #[must_use]
    pub fn of(list: &'a [u32]) -> Tokens<'a> {
        let (title, words) = (list[0] as usize, list[1] as usize);
        let (hashes, marks) = list[HEAD..].split_at(words);
        Tokens { hashes, marks: &bytemuck::cast_slice(marks)[..words], title }
    }

    /// All words, title included.
    #[must_use]
    pub fn len(self) -> usize {
        self.hashes.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.hashes.is_empty()
    }

    /// Places of the words of the title.
    #[must_use]
    pub fn title(self) -> Range<usize> {
        0..self.title
    }

    /// Places of the words of the text.
    #[must_use]
    pub fn text(self) -> Range<usize> {
        self.title..self.len()
    }

    /// Some words in order.
    pub fn range(self, places: Range<usize>) -> impl ExactSizeIterator<Item = Token> + 'a {
        let marks = self.marks[places.clone()].iter();
        let hashes = self.hashes[places].iter();
        hashes.zip(marks).map(|(&hash, &marks)| Token { hash, marks: Marks(marks) })
    }

    /// Hashes of some words in order.
    #[must_use]
    pub fn hashes(self, places: Range<usize>) -> &'a [u32] {
        &self.hashes[places]
    }

    /// The passages of the text in order: lines, and sentences in them.
    pub fn passages(self) -> impl Iterator<Item = Range<usize>> + 'a {
        let Range { mut start, end } = self.text();
        std::iter::from_fn(move || {
            let (_, following) = self.marks[start..end].split_first()?;
            let opens = |marks: &u8| Marks(*marks).has(Marks::OPENS_PASSAGE);
            let length = 1 + following.iter().position(opens).unwrap_or(following.len());
            start += length;
            Some(start - length..start)
        })
    }

    /// The title, and of the text only some parts, in order, as a list.
    #[must_use]
    pub fn keep(self, parts: impl Iterator<Item = Range<usize>>) -> Vec<u32> {
        let parts: Vec<_> = std::iter::once(self.title()).chain(parts).collect();
        let places = || parts.iter().cloned().flatten();
        let mut list = Vec::new();
        let hashes = places().map(|place| self.hashes[place]);
        write(self.title, hashes, places().map(|place| self.marks[place]), &mut list);
        list
    }

    /// The word at a place.
    #[must_use]
    pub fn at(self, place: usize) -> Token {
        Token { hash: self.hashes[place], marks: Marks(self.marks[place]) }
    }
}

/// Adds a list to another.
fn write(
    title: usize,
    hashes: impl Iterator<Item = u32>,
    marks: impl Iterator<Item = u8>,
    list: &mut Vec<u32>,
) {
    let head = list.len();
    list.extend([title as u32, 0]);
    list.extend(hashes);
    let words = list.len() - head - HEAD;
    list[head + 1] = words as u32;
    let end = list.len();
    list.resize(end + words.div_ceil(size_of::<u32>()), 0);
    let places: &mut [u8] = bytemuck::cast_slice_mut(&mut list[end..]);
    places.iter_mut().zip(marks).for_each(|(place, marks)| *place = marks);
}
