//! Story level: the terms of an article, with what is known of each.

use crate::hash::{follow, mix};
use crate::text::{self, Tokens};
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

    /// As a number.
    #[must_use]
    pub fn bits(self) -> u8 {
        self.0
    }

    /// The marks of a number.
    #[must_use]
    pub fn from_bits(bits: u8) -> Marks {
        Marks(bits)
    }

    fn add(&mut self, other: Marks, when: bool) {
        self.0 |= if when { other.0 } else { 0 };
    }
}

/// Terms that count as the lead of an article: its first paragraphs.
pub const LEAD_TERMS: usize = 100;

/// The terms of an article, title included, sorted by hash, each once. Cost: a sort.
#[must_use]
pub fn terms(tokens: Tokens<'_>) -> Vec<Term> {
    // Hash and marks as one number, which sorts faster.
    let mut found: Vec<u64> = Vec::with_capacity(tokens.len());
    each_marked(tokens, |hash, marks| found.push(u64::from(hash) << 32 | u64::from(marks.0)));
    found.sort_unstable();
    let hash = |found: u64| (found >> 32) as u32;
    let term = |same: &[u64]| Term {
        hash: hash(same[0]),
        count: u16::try_from(same.len()).unwrap_or(u16::MAX),
        marks: Marks(same.iter().fold(0, |marks, found| marks | *found as u8)),
    };
    found.chunk_by(|a, b| hash(*a) == hash(*b)).map(term).collect()
}

/// Calls `visit` with the hash of each term of an article, in order, title included, as often as it
/// occurs, and its marks there.
pub fn each_marked(tokens: Tokens<'_>, mut visit: impl FnMut(u32, Marks)) {
    let mut before = 0;
    for part in [tokens.title(), tokens.text()] {
        each_term(tokens, part, |hash, places| {
            let word = tokens.at(places.start).marks;
            let capital = word.has(text::Marks::CAPITAL);
            let mut marks = Marks::default();
            marks.add(Marks::LEAD, before < LEAD_TERMS);
            marks.add(Marks::NAME, capital && !word.has(text::Marks::OPENS_SENTENCE));
            marks.add(Marks::NUMBER, word.has(text::Marks::NUMBER));
            marks.add(Marks::CAPITAL, capital);
            before += 1;
            visit(hash, marks);
        });
    }
}

/// Calls `visit` with the hash of each term in a part of an article, in order, and the places of its
/// words.
pub fn each_term(tokens: Tokens<'_>, part: Range<usize>, mut visit: impl FnMut(u32, Range<usize>)) {
    let solid = |place: usize| tokens.at(place).marks.has(text::Marks::SOLID);
    for place in part.clone() {
        let hash = tokens.at(place).hash;
        if !solid(place) {
            visit(hash, place..place + 1);
        } else if place + 1 < part.end && solid(place + 1) {
            let pair = follow(u64::from(hash), u64::from(tokens.at(place + 1).hash));
            visit((mix(pair) >> 32) as u32, place..place + 2);
        } else if place == part.start || !solid(place - 1) {
            // The last of a run is in the pair before it, unless it stands alone.
            visit(hash, place..place + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Reading;

    fn terms_of(title: &str, text: &str) -> Vec<Term> {
        let mut list = Vec::new();
        Tokens::write(&Reading::of(title), &Reading::of(text), &mut list);
        terms(Tokens::of(&list))
    }

    #[test]
    fn a_term_knows_where_it_occurs() {
        let found = terms_of("Flood in Arles", "The mayor of Arles left. Water rose by 12 metres");
        let of = |word: &str| {
            let hash = Tokens::of(&Tokens::list_of(word)).at(0).hash;
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
