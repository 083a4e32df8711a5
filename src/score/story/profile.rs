//! An article as weighted terms, and how alike two of them are.

use super::coefficients::Coefficients;
use super::weights::Weights;
use crate::lsh::story::Key;
use crate::math::ln;
use crate::score::near::Overlap;
use crate::shingle::frequency::BACKGROUND;
use crate::shingle::story::{Marks, Term};
use rayon::prelude::*;

/// Views of two articles in which they are compared: cosines, each 0 to 1, and the days between them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Parts {
    /// Over all terms, those of the lead counted more.
    pub words: f64,
    /// Over names: words with a capital inside a sentence. `None` where one of the two has too few
    /// to tell, as in scripts without capitals.
    pub names: Option<f64>,
    /// Over numbers. `None` where one of the two has none.
    pub numbers: Option<f64>,
    /// Whether numbers have to stand in for names: both have enough of them, and no capitals.
    pub by_numbers: bool,
    /// Over the terms of both leads.
    pub lead: f64,
    /// Over shingles.
    pub phrases: f64,
    /// Days between the two, where both have a date.
    pub days: Option<u32>,
}

/// Days that say nothing: many tell a story the morning after.
const FREE_DAYS: u32 = 1;

/// Days beyond those, at which a date counts half of what it can.
const HALF_DAYS: f64 = 7.0;

/// Sum of the weights of an article's names, or of its numbers, from which they tell it from others:
/// three rare ones.
const ENOUGH: f64 = 20.0;

/// A named share in the excess of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The words in common, and what they stand in for.
    Words,
    /// The names in common.
    Names,
    /// The numbers in common, where they stand in for names.
    Numbers,
    /// The terms that both leads have in common.
    Lead,
    /// The phrases in common.
    Phrases,
    /// Phrases in common without the names and numbers; 0 or less.
    Template,
    /// The days between the two; 0 or less, and 0 where one has no date.
    Dates,
    /// What two articles have in common with those around them; 0 or less.
    Density,
}

impl Part {
    /// Its name in the output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Part::Words => "words",
            Part::Names => "names",
            Part::Numbers => "numbers",
            Part::Lead => "lead",
            Part::Phrases => "phrases",
            Part::Template => "template",
            Part::Dates => "dates",
            Part::Density => "density",
        }
    }
}

impl Parts {
    /// With the overlap of the shingles.
    #[must_use]
    pub fn with_phrases(self, shingles: Overlap) -> Parts {
        let sizes = (shingles.smaller as f64).sqrt() * (shingles.larger as f64).sqrt();
        Parts { phrases: if sizes > 0.0 { shingles.shared as f64 / sizes } else { 0.0 }, ..self }
    }

    /// With the days of publication, where they are known.
    #[must_use]
    pub fn with_days(self, a: Option<i32>, b: Option<i32>) -> Parts {
        Parts { days: a.zip(b).map(|(a, b)| a.abs_diff(b)), ..self }
    }

    /// What two articles have in common beyond what is owed to their surroundings, whose mean
    /// density is `density`: the sum of the [`Parts::contributions`]. Below 0 for most pairs.
    #[must_use]
    pub fn excess(self, density: f64, of: &Coefficients) -> f64 {
        self.contributions(density, of).iter().map(|(_, share)| share).sum()
    }

    /// The greatest [`Parts::excess`] there is with any phrases: so most pairs need not have their
    /// shingles looked at.
    #[must_use]
    pub fn greatest_excess(self, density: f64, of: &Coefficients) -> f64 {
        let most = Parts { phrases: self.words * self.words, ..self };
        most.shares(0.0, density, of).iter().map(|(_, share)| share).sum()
    }

    /// What each part adds to the excess, or takes from it.
    #[must_use]
    pub fn contributions(self, density: f64, of: &Coefficients) -> [(Part, f64); 8] {
        self.shares(self.template(of), density, of)
    }

    fn shares(self, template: f64, density: f64, of: &Coefficients) -> [(Part, f64); 8] {
        // What stands for names: in scripts without capitals the numbers, as far as there are any,
        // take half of their place, and the words the rest.
        let (names, numbers, instead) = match (self.names, self.numbers) {
            (Some(names), _) => (names, 0.0, 0.0),
            (None, Some(numbers)) if self.by_numbers => (0.0, numbers / 2.0, self.words / 2.0),
            _ => (0.0, 0.0, self.words),
        };
        // Phrases may not count for more than words do.
        let phrases = self.phrases.sqrt().min(self.words);
        let all = 1.0 + of.names + of.lead + of.phrases;
        [
            (Part::Words, (self.words + of.names * instead) / all),
            (Part::Names, of.names * names / all),
            (Part::Numbers, of.names * numbers / all),
            (Part::Lead, of.lead * self.lead / all),
            (Part::Phrases, of.phrases * phrases / all),
            (Part::Template, -template),
            (Part::Dates, -of.dates * self.apart()),
            (Part::Density, -of.density * density),
        ]
    }

    /// How far apart in time the two are, 0 to 1.
    fn apart(self) -> f64 {
        let days = f64::from(self.days.unwrap_or(0).saturating_sub(FREE_DAYS));
        days / (days + HALF_DAYS)
    }

    /// How much points to one template filled in twice; 0 for most pairs.
    #[must_use]
    pub fn template(self, of: &Coefficients) -> f64 {
        let missing = |view: Option<f64>| view.map_or(0.0, |cosine| 1.0 - cosine);
        of.template
            * (self.phrases - of.template_phrases).max(0.0)
            * (missing(self.numbers) + missing(self.names))
    }
}

/// An article ready to be compared: its terms with their weights.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Hashes of the terms, rising; apart, so that the search for shared ones reads nothing else.
    hashes: Box<[u32]>,
    terms: Box<[Weighted]>,
    /// Lengths of the views as vectors.
    norms: Views,
    /// Sum of the weights of the names.
    names: f64,
    /// Sum of the weights of the numbers.
    numbers: f64,
    /// Whether any term is written with a capital.
    cased: bool,
}

/// The profiles of a corpus, whose own frequencies enter the weights. Cost: two passes over all
/// terms; memory 16 bytes a term.
#[must_use]
pub fn profiles<T: AsRef<[Term]> + Sync>(corpus: &[T]) -> Vec<Profile> {
    let weights = Weights::new(corpus, &BACKGROUND);
    corpus.par_iter().map(|terms| Profile::new(terms.as_ref(), &weights)).collect()
}

impl Profile {
    fn new(terms: &[Term], weights: &Weights) -> Profile {
        let weighted = |term: &Term| {
            let idf = weights.idf(term.hash);
            let lead = if term.marks.has(Marks::LEAD) { 1.0 } else { 0.0 };
            let weight = (1.0 + ln(f64::from(term.count)) + lead) * f64::from(idf);
            Weighted { idf, weight: weight as f32, marks: term.marks }
        };
        let hashes = terms.iter().map(|term| term.hash).collect();
        let terms: Box<[Weighted]> = terms.iter().map(weighted).collect();
        let sum = |mark| -> f64 {
            let marked = terms.iter().filter(|term| term.marks.has(mark));
            marked.map(|term| f64::from(term.idf)).sum()
        };
        let (names, numbers) = (sum(Marks::NAME), sum(Marks::NUMBER));
        let cased = terms.iter().any(|term| term.marks.has(Marks::CAPITAL));
        let mut profile = Profile { hashes, terms, norms: Views::default(), names, numbers, cased };
        let squares = profile.products(&profile);
        profile.norms = Views {
            words: squares.words.sqrt(),
            names: squares.names.sqrt(),
            numbers: squares.numbers.sqrt(),
            lead: squares.lead.sqrt(),
        };
        profile
    }

    /// The terms the article is filed under: its weightiest words. Weights are in units of a
    /// 32,768th of the article's length as a vector.
    #[must_use]
    pub fn keys(&self, at_most: usize) -> Vec<Key> {
        let unit = if self.norms.words > 0.0 { 32_768.0 / self.norms.words } else { 0.0 };
        let terms = self.hashes.iter().zip(&self.terms);
        let mut keys: Vec<Key> = terms
            .map(|(&term, of)| Key { term, weight: (f64::from(of.weight) * unit) as u32 })
            .collect();
        keys.sort_unstable_by(|a, b| b.weight.cmp(&a.weight).then(a.term.cmp(&b.term)));
        keys.truncate(at_most);
        keys
    }

    /// How alike two articles are but for their phrases, which are left at 0 (see
    /// [`Parts::with_phrases`]). Cost: a pass over the terms of both.
    #[must_use]
    pub fn compare(&self, other: &Profile) -> Parts {
        let products = self.products(other);
        let cosine = |product: f64, a: f64, b: f64| {
            // Rounding can take the cosine of two equal vectors a hair over 1.
            if a > 0.0 && b > 0.0 { (product / (a * b)).min(1.0) } else { 0.0 }
        };
        let (own, its) = (&self.norms, &other.norms);
        let named = self.names.min(other.names) > ENOUGH;
        let any_numbers = own.numbers > 0.0 && its.numbers > 0.0;
        Parts {
            words: cosine(products.words, own.words, its.words),
            names: named.then(|| cosine(products.names, own.names, its.names)),
            numbers: any_numbers.then(|| cosine(products.numbers, own.numbers, its.numbers)),
            by_numbers: !self.cased && !other.cased && self.numbers.min(other.numbers) > ENOUGH,
            lead: cosine(products.lead, own.lead, its.lead),
            phrases: 0.0,
            days: None,
        }
    }

    /// The term with this hash, if the article has it. Cost: a binary search.
    #[must_use]
    pub fn term(&self, hash: u32) -> Option<&Weighted> {
        Some(&self.terms[self.hashes.binary_search(&hash).ok()?])
    }

    /// Calls `visit` with each term that two profiles share: its hash, and what it is in both.
    pub fn shared(&self, other: &Profile, mut visit: impl FnMut(u32, &Weighted, &Weighted)) {
        let (a, b) = (&*self.hashes, &*other.hashes);
        let (mut i, mut j) = (0, 0);
        while i < a.len() && j < b.len() {
            let (x, y) = (a[i], b[j]);
            if x == y {
                visit(x, &self.terms[i], &other.terms[j]);
            }
            // Without branches: which of two hashes is less is as good as random.
            i += usize::from(x <= y);
            j += usize::from(y <= x);
        }
    }

    fn products(&self, other: &Profile) -> Views {
        let mut sums = Views::default();
        self.shared(other, |_, x, y| {
            let square = f64::from(x.idf) * f64::from(y.idf);
            let both = |mark| x.marks.has(mark) && y.marks.has(mark);
            sums.words += f64::from(x.weight) * f64::from(y.weight);
            sums.names += if both(Marks::NAME) { square } else { 0.0 };
            sums.numbers += if both(Marks::NUMBER) { square } else { 0.0 };
            sums.lead += if both(Marks::LEAD) { square } else { 0.0 };
        });
        sums
    }
}

/// What a term is in an article.
#[derive(Clone, Copy, Debug)]
pub struct Weighted {
    /// Inverse document frequency, in nats.
    pub idf: f32,
    /// Weight among all terms: grows with the logarithm of the count, and in the lead by one
    /// occurrence more.
    pub weight: f32,
    /// Where and how it occurs.
    pub marks: Marks,
}

/// A figure for each view.
#[derive(Clone, Copy, Debug, Default)]
struct Views {
    words: f64,
    names: f64,
    numbers: f64,
    lead: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    const OF: Coefficients = Coefficients::SHIPPED;

    fn parts() -> Parts {
        let (words, lead, phrases) = (0.5, 0.4, 0.3);
        Parts { words, names: Some(0.6), numbers: Some(0.2), lead, phrases, ..Parts::default() }
    }

    #[test]
    fn contributions_add_up() {
        let words = |parts: Parts| parts.contributions(0.2, &OF)[0].1;
        // (0.5 + 0.8 * 0.6 + 0.5 * 0.4 + 0.6 * 0.5) / 2.9 - 0.7 * 0.1 * (0.8 + 0.4) - 0.6 * 0.2
        assert!((parts().excess(0.2, &OF) - (1.48 / 2.9 - 0.084 - 0.12)).abs() < 1e-12);
        let nameless = Parts { names: None, ..parts() };
        assert!(words(nameless) > words(parts()));
        let halved = Parts { by_numbers: true, ..nameless };
        assert_eq!(halved.contributions(0.2, &OF)[2], (Part::Numbers, 0.8 * 0.1 / 2.9));
    }

    #[test]
    fn no_phrases_bring_more_than_the_bound() {
        let bound = parts().greatest_excess(0.2, &OF);
        for phrases in [0.0, 0.1, 0.25, 0.5, 1.0] {
            assert!(Parts { phrases, ..parts() }.excess(0.2, &OF) <= bound);
        }
    }

    #[test]
    fn only_known_dates_that_are_far_apart_count() {
        let dates = |a, b| parts().with_days(a, b).contributions(0.2, &OF)[6].1;
        assert_eq!((dates(None, Some(9)), dates(Some(8), Some(9))), (0.0, 0.0));
        assert!((dates(Some(20), Some(12)) + OF.dates / 2.0).abs() < 1e-12);
        assert!(dates(Some(-2_000_000_000), Some(2_000_000_000)) >= -OF.dates);
    }
}
