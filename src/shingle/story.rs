//! Story level: the terms of an article, with what is known of each.

use crate::hash::combine;
use crate::text::{Kind, Word};
use std::ops::Range;

/// A term of an article: a word, or two neighbouring characters of a script without spaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// High half of the frozen hash of the folded term. Two of the few hundred terms of a pair of
    /// articles are confused in one pair of 50,000.
    pub hash: u32,
    /// How often it occurs, title included; more than 65,535 count as that.
    pub count: u16,
    /// Where and how it occurs.
    pub marks: Marks,
}

/// Where and how a term occurs in an article, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks(u8);

impl Marks {
    /// Among the first [`LEAD_TERMS`] terms, title included.
    pub const LEAD: Marks = Marks(1);
    /// With a capital that is not owed to the beginning of a sentence.
    pub const NAME: Marks = Marks(2);
    /// A number.
    pub const NUMBER: Marks = Marks(4);
    /// With a capital anywhere, as scripts without case never have.
    pub const CAPITAL: Marks = Marks(8);

    /// Whether it has all the marks of `other`.
    #[must_use]
    pub fn has(self, other: Marks) -> bool {
        self.0 & other.0 == other.0
    }

    fn add(&mut self, other: Marks, when: bool) {
        self.0 |= if when { other.0 } else { 0 };
    }
}

/// Terms that count as the lead of an article: its first paragraphs.
pub const LEAD_TERMS: usize = 100;

/// The terms of a title and a text, sorted by hash, each once. Cost: a sort.
#[must_use]
pub fn terms(title: &[Word], text: &[Word]) -> Vec<Term> {
    // Dumps that have the title apart often repeat it at the top of the text.
    let repeated =
        text.len() > title.len() && text.iter().zip(title).all(|(a, b)| a.hash == b.hash);
    let title = if repeated { &[] } else { title };
    let mut found = Vec::with_capacity(title.len() + text.len());
    for words in [title, text] {
        each_term(words, |hash, range| {
            let word = &words[range.start];
            let position = found.len();
            let mut marks = Marks::default();
            marks.add(Marks::LEAD, position < LEAD_TERMS);
            marks.add(Marks::NAME, word.capital && !word.opens_sentence);
            marks.add(Marks::NUMBER, word.kind == Kind::Number);
            marks.add(Marks::CAPITAL, word.capital);
            found.push(Term { hash, count: 1, marks });
        });
    }
    found.sort_unstable_by_key(|term| term.hash);
    found.dedup_by(|next, kept| {
        let same = next.hash == kept.hash;
        if same {
            kept.count = kept.count.saturating_add(1);
            kept.marks.0 |= next.marks.0;
        }
        same
    });
    found.shrink_to_fit();
    found
}

/// Calls `visit` with the hash of each term of some words, in order, and the places of its words.
pub fn each_term(words: &[Word], mut visit: impl FnMut(u32, Range<usize>)) {
    for (i, word) in words.iter().enumerate() {
        let solid = |w: &&Word| w.kind == Kind::Solid && word.kind == Kind::Solid;
        let (hash, end) = match words.get(i + 1).filter(solid) {
            Some(next) => (combine(word.hash, next.hash), i + 2),
            // The last of a run is in the pair before it, unless it stands alone.
            None if i > 0 && words.get(i - 1).filter(solid).is_some() => continue,
            None => (word.hash, i + 1),
        };
        visit((hash >> 32) as u32, i..end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Words;

    fn terms_of(title: &str, text: &str) -> Vec<Term> {
        terms(&Words::of(title).words, &Words::of(text).words)
    }

    #[test]
    fn a_term_knows_where_it_occurs() {
        let found = terms_of("Flood in Arles", "The mayor of Arles left. Water rose by 12 metres");
        let of = |word: &str| {
            let hash = (Words::of(word).words[0].hash >> 32) as u32;
            found.iter().find(|term| term.hash == hash).unwrap()
        };
        assert_eq!(of("arles").count, 2);
        assert!(of("arles").marks.has(Marks::NAME) && !of("water").marks.has(Marks::NAME));
        assert!(of("12").marks.has(Marks::NUMBER) && of("12").marks.has(Marks::LEAD));
        assert!(!of("mayor").marks.has(Marks::NAME));
    }

    #[test]
    fn a_title_repeated_at_the_top_counts_once() {
        let found = terms_of("Flood in Arles", "Flood in Arles. It rained.");
        assert!(found.iter().all(|term| term.count == 1));
        assert_eq!(found.len(), 5);
    }

    #[test]
    fn neighbouring_characters_pair_up_in_scripts_without_spaces() {
        assert_eq!(terms_of("", "日本国").len(), 2);
        assert_eq!(terms_of("", "日 2024 本").len(), 3);
        assert_eq!(terms_of("", "").len(), 0);
    }
}
