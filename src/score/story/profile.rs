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
    norms: Views<f64>,
    /// Sum of the weights of the names.
    names: f64,
    /// Sum of the weights of the numbers.
    numbers: f64,
    /// Whether any term is written with a capital.
    cased: bool,
}

/// The profiles of a corpus, whose own frequencies enter the weights. Cost: two passes over all
/// terms; memory 10 bytes a term.
#[must_use]
pub fn profiles<T: AsRef<[Term]> + Sync>(corpus: &[T]) -> Vec<Profile> {
    let weights = Weights::new(corpus, &BACKGROUND);
    corpus.par_iter().map(|terms| Profile::new(terms.as_ref(), &weights)).collect()
}

impl Profile {
    fn new(terms: &[Term], weights: &Weights) -> Profile {
        let weighted = |term: &Term| {
            let (idf, shared) = weights.of(term.hash);
            Weighted::new(idf, term, shared)
        };
        let cased = terms.iter().any(|term| term.marks.has(Marks::CAPITAL));
        let (hashes, terms): (Vec<u32>, Vec<Weighted>) = terms
            .iter()
            .map(|term| (term.hash, weighted(term)))
            .filter(|(_, term)| term.idf() >= LEAST_IDF)
            .unzip();
        let (hashes, terms) = (hashes.into_boxed_slice(), terms.into_boxed_slice());
        let sum = |mark| -> f64 {
            let marked = terms.iter().filter(|term| term.marks.has(mark));
            marked.map(Weighted::idf).sum()
        };
        let (names, numbers) = (sum(Marks::NAME), sum(Marks::NUMBER));
        let mut profile = Profile { hashes, terms, norms: Views::default(), names, numbers, cased };
        let mut squares = Views::default();
        profile.terms.iter().for_each(|term| squares.add(term, term));
        profile.norms = Views {
            words: (squares.words as f64).sqrt(),
            names: (squares.names as f64).sqrt(),
            numbers: (squares.numbers as f64).sqrt(),
            lead: (squares.lead as f64).sqrt(),
        };
        profile
    }

    /// The terms the article is filed under: the weightiest of those that another article holds as
    /// well. Weights are in units of a 32,768th of the article's length as a vector.
    #[must_use]
    pub fn keys(&self, at_most: usize) -> Vec<Key> {
        let unit = if self.norms.words > 0.0 { 32_768.0 / self.norms.words } else { 0.0 };
        let terms = self.hashes.iter().zip(&self.terms);
        let mut keys: Vec<Key> = terms
            .filter(|(_, of)| of.shared)
            .map(|(&term, of)| Key { term, weight: (f64::from(of.weight) * unit) as u32 })
            .collect();
        keys.sort_unstable_by(|a, b| b.weight.cmp(&a.weight).then(a.term.cmp(&b.term)));
        keys.truncate(at_most);
        keys
    }

    /// This article, ready to be compared with many others. Cost: a pass over its terms.
    #[must_use]
    pub fn opened(&self) -> Opened<'_> {
        let mut starts = vec![0; (1 << BUCKET_BITS) + 1];
        for hash in &self.hashes {
            starts[bucket(*hash) + 1] += 1;
        }
        for bucket in 1..starts.len() {
            starts[bucket] += starts[bucket - 1];
        }
        Opened { profile: self, starts }
    }

    /// The term with this hash, if the article has it. Cost: a binary search.
    #[must_use]
    pub fn term(&self, hash: u32) -> Option<&Weighted> {
        Some(&self.terms[self.hashes.binary_search(&hash).ok()?])
    }
}

/// High bits of a hash that name a bucket of terms: most buckets of an article are empty.
const BUCKET_BITS: u32 = 11;

fn bucket(hash: u32) -> usize {
    (hash >> (u32::BITS - BUCKET_BITS)) as usize
}

/// A profile whose terms are found without a search.
#[derive(Debug)]
pub struct Opened<'p> {
    profile: &'p Profile,
    /// Where the terms of each bucket begin, and where the last ends.
    starts: Vec<u32>,
}

impl Opened<'_> {
    /// How alike two articles are but for their phrases, which are left at 0 (see
    /// [`Parts::with_phrases`]). Cost: a look-up for each term of the other.
    #[must_use]
    pub fn compare(&self, other: &Profile) -> Parts {
        let products = self.products(other);
        let cosine = |product: u64, a: f64, b: f64| {
            // Rounding can take the cosine of two equal vectors a hair over 1.
            if a > 0.0 && b > 0.0 { (product as f64 / (a * b)).min(1.0) } else { 0.0 }
        };
        let own = self.profile;
        let (norms, its) = (&own.norms, &other.norms);
        let named = own.names.min(other.names) > ENOUGH;
        let any_numbers = norms.numbers > 0.0 && its.numbers > 0.0;
        Parts {
            words: cosine(products.words, norms.words, its.words),
            names: named.then(|| cosine(products.names, norms.names, its.names)),
            numbers: any_numbers.then(|| cosine(products.numbers, norms.numbers, its.numbers)),
            by_numbers: !own.cased && !other.cased && own.numbers.min(other.numbers) > ENOUGH,
            lead: cosine(products.lead, norms.lead, its.lead),
            phrases: 0.0,
            days: None,
        }
    }

    /// Calls `visit` with each term that both articles hold: its hash, and what it is in both.
    pub fn shared(&self, other: &Profile, mut visit: impl FnMut(u32, &Weighted, &Weighted)) {
        let own = self.profile;
        for (at, &hash) in other.hashes.iter().enumerate() {
            let bucket = bucket(hash);
            for place in self.starts[bucket] as usize..self.starts[bucket + 1] as usize {
                if own.hashes[place] == hash {
                    visit(hash, &own.terms[place], &other.terms[at]);
                }
            }
        }
    }

    fn products(&self, other: &Profile) -> Views<u64> {
        let mut sums = Views::default();
        self.shared(other, |_, x, y| sums.add(x, y));
        sums
    }
}

/// What a term is in an article, in six bytes: comparing reads those of millions of pairs.
#[derive(Clone, Copy, Debug)]
pub struct Weighted {
    /// In units of 1 / [`IDF_UNITS`].
    idf: u16,
    /// In units of 1 / [`WEIGHT_UNITS`].
    weight: u16,
    /// Where and how it occurs.
    pub marks: Marks,
    /// Whether other articles of the corpus hold it.
    shared: bool,
}

/// Inverse document frequency under which a term is left out: more than one article in three holds
/// it. They are half of what two articles share and add nothing to it; the figures of the labelled
/// sets stay, and comparing takes three quarters of the time.
const LEAST_IDF: f64 = 1.0;

/// The greatest inverse document frequency is 10.
const IDF_UNITS: f64 = 4096.0;

/// The greatest weight, of a term that fills an article, is 131.
const WEIGHT_UNITS: f64 = 500.0;

impl Weighted {
    fn new(idf: f64, term: &Term, shared: bool) -> Weighted {
        let lead = if term.marks.has(Marks::LEAD) { 1.0 } else { 0.0 };
        let more = if term.count > 1 { ln(f64::from(term.count)) } else { 0.0 };
        let weight = (1.0 + more + lead) * idf;
        let marks = term.marks;
        let (idf, weight) = ((idf * IDF_UNITS) as u16, (weight * WEIGHT_UNITS) as u16);
        Weighted { idf, weight, marks, shared }
    }

    /// Inverse document frequency, in nats.
    #[must_use]
    pub fn idf(&self) -> f64 {
        f64::from(self.idf) / IDF_UNITS
    }
}

/// A figure for each view.
#[derive(Clone, Copy, Debug, Default)]
struct Views<T> {
    words: T,
    names: T,
    numbers: T,
    lead: T,
}

impl Views<u64> {
    /// Adds the products of one term in two articles. Over all terms there is a weight of its own,
    /// which grows with the logarithm of the count, and in the lead by one occurrence more.
    fn add(&mut self, x: &Weighted, y: &Weighted) {
        let square = u64::from(x.idf) * u64::from(y.idf);
        let both = |mark| if x.marks.has(mark) && y.marks.has(mark) { square } else { 0 };
        self.words += u64::from(x.weight) * u64::from(y.weight);
        self.names += both(Marks::NAME);
        self.numbers += both(Marks::NUMBER);
        self.lead += both(Marks::LEAD);
    }
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
