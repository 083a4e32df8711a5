//! An article as weighted terms, and how alike two of them are.

use super::weights::Weights;
use crate::lsh::story::Key;
use crate::math::ln;
use crate::score::near::Overlap;
use crate::shingle::frequency::BACKGROUND;
use crate::shingle::story::{Marks, Term, Terms};
use rayon::prelude::*;

/// Views of two articles in which they are compared, each 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Parts {
    /// Cosine over all words, those of the lead counted more.
    pub words: f64,
    /// The same over stems, which survive inflection.
    pub stems: f64,
    /// Cosine over names: words with a capital inside a sentence. The mean of words and stems where
    /// one of the two has too few names to tell.
    pub names: f64,
    /// Cosine over the words of both leads.
    pub lead: f64,
    /// Square root of the cosine over shingles: phrases in common.
    pub phrases: f64,
}

const NAMES_WEIGHT: f64 = 0.8;
const LEAD_WEIGHT: f64 = 0.3;
const PHRASES_WEIGHT: f64 = 0.6;

/// Sum of the weights of an article's names from which they tell it from others: three or four
/// rare ones. Scripts without capitals have none.
const ENOUGH_NAMES: f64 = 20.0;

impl Parts {
    /// Weighted mean of the views, 0 to 1.
    #[must_use]
    pub fn likeness(self) -> f64 {
        ((self.words + self.stems) / 2.0
            + NAMES_WEIGHT * self.names
            + LEAD_WEIGHT * self.lead
            + PHRASES_WEIGHT * self.phrases)
            / (1.0 + NAMES_WEIGHT + LEAD_WEIGHT + PHRASES_WEIGHT)
    }
}

/// An article ready to be compared.
#[derive(Clone, Debug)]
pub struct Profile {
    words: Vector,
    stems: Vector,
}

/// The profiles of a corpus, whose own frequencies enter the weights. Cost: two passes over all
/// terms; memory 12 bytes a term.
#[must_use]
pub fn profiles(corpus: &[&Terms]) -> Vec<Profile> {
    let words = Weights::new(corpus.iter().map(|terms| &*terms.words), &BACKGROUND.words);
    let stems = Weights::new(corpus.iter().map(|terms| &*terms.stems), &BACKGROUND.stems);
    corpus
        .par_iter()
        .map(|terms| Profile {
            words: Vector::new(&terms.words, &words),
            stems: Vector::new(&terms.stems, &stems),
        })
        .collect()
}

impl Profile {
    /// The terms the article is filed under: its weightiest words. Weights are in units of a
    /// 65,536th of the article's length as a vector.
    #[must_use]
    pub fn keys(&self, at_most: usize) -> Vec<Key> {
        let unit = if self.words.norms.all > 0.0 { 65_536.0 / self.words.norms.all } else { 0.0 };
        let mut keys: Vec<Key> = self
            .words
            .terms
            .iter()
            .map(|term| Key { term: u64::from(term.hash), weight: (term.weight() * unit) as u32 })
            .collect();
        keys.sort_unstable_by(|a, b| b.weight.cmp(&a.weight).then(a.term.cmp(&b.term)));
        keys.truncate(at_most);
        keys
    }

    /// How alike two articles are, given the overlap of their shingles. Cost: a pass over the terms
    /// of both.
    #[must_use]
    pub fn compare(&self, other: &Profile, shingles: Overlap) -> Parts {
        let words = self.words.cosines(&other.words);
        let stems = self.stems.cosines(&other.stems);
        let named = self.words.names.min(other.words.names) >= ENOUGH_NAMES;
        let length = (shingles.smaller as f64).sqrt() * (shingles.larger as f64).sqrt();
        Parts {
            words: words.all,
            stems: stems.all,
            names: if named { words.names } else { (words.all + stems.all) / 2.0 },
            lead: words.lead,
            phrases: if length > 0.0 { (shingles.shared as f64 / length).sqrt() } else { 0.0 },
        }
    }
}

/// The terms of one vocabulary with their weights, and the lengths of its views as vectors.
#[derive(Clone, Debug)]
struct Vector {
    terms: Vec<Weighted>,
    norms: Views,
    /// Sum of the weights of the names.
    names: f64,
}

/// A term and its inverse document frequency.
#[derive(Clone, Copy, Debug)]
struct Weighted {
    hash: u32,
    idf: f32,
    count: u16,
    marks: Marks,
}

impl Weighted {
    /// Weight among all terms: grows with the logarithm of the count, and in the lead by one
    /// occurrence more.
    fn weight(&self) -> f64 {
        let lead = if self.marks.has(Marks::LEAD) { 1.0 } else { 0.0 };
        (1.0 + ln(f64::from(self.count)) + lead) * f64::from(self.idf)
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Views {
    all: f64,
    names: f64,
    lead: f64,
}

impl Vector {
    fn new(terms: &[Term], weights: &Weights<'_>) -> Vector {
        let weighted = |term: &Term| Weighted {
            hash: term.hash,
            idf: weights.idf(term.hash) as f32,
            count: term.count,
            marks: term.marks,
        };
        let terms: Vec<Weighted> = terms.iter().map(weighted).collect();
        let names = terms.iter().filter(|term| term.marks.has(Marks::NAME));
        let names = names.map(|term| f64::from(term.idf)).sum();
        let mut vector = Vector { terms, norms: Views::default(), names };
        let squares = vector.products(&vector);
        vector.norms = Views {
            all: squares.all.sqrt(),
            names: squares.names.sqrt(),
            lead: squares.lead.sqrt(),
        };
        vector
    }

    fn cosines(&self, other: &Vector) -> Views {
        let products = self.products(other);
        let cosine = |product: f64, a: f64, b: f64| {
            // Rounding can take the cosine of two equal vectors a hair over 1.
            if a > 0.0 && b > 0.0 { (product / (a * b)).min(1.0) } else { 0.0 }
        };
        Views {
            all: cosine(products.all, self.norms.all, other.norms.all),
            names: cosine(products.names, self.norms.names, other.norms.names),
            lead: cosine(products.lead, self.norms.lead, other.norms.lead),
        }
    }

    fn products(&self, other: &Vector) -> Views {
        let mut sums = Views::default();
        let (mut i, mut j) = (0, 0);
        while i < self.terms.len() && j < other.terms.len() {
            let (x, y) = (&self.terms[i], &other.terms[j]);
            if x.hash == y.hash {
                let square = f64::from(x.idf) * f64::from(y.idf);
                let both = |mark| x.marks.has(mark) && y.marks.has(mark);
                sums.all += x.weight() * y.weight();
                sums.names += if both(Marks::NAME) { square } else { 0.0 };
                sums.lead += if both(Marks::LEAD) { square } else { 0.0 };
            }
            i += usize::from(x.hash <= y.hash);
            j += usize::from(y.hash <= x.hash);
        }
        sums
    }
}
