//! An article as weighted terms, and how alike two of them are.

use super::parts::Parts;
use super::weights::{IDF_UNITS, Weights};
use crate::lsh::story::Keys;
use crate::math::ln;
use crate::shingle::story::{Marks, Term};

/// An article ready to be compared: its terms with their weights, as a view of a list of numbers.
#[derive(Clone, Copy, Debug)]
pub struct Profile<'a> {
    head: &'a [u32],
    /// Hashes of the terms, rising; apart, so that the search for shared ones reads nothing else.
    hashes: &'a [u32],
    /// Inverse document frequency, above the weight.
    weights: &'a [u32],
    marks: &'a [u8],
}

/// What the numbers at the head of a list are, from its beginning.
mod head {
    /// Number of terms.
    pub(super) const TERMS: usize = 0;
    /// Day of publication, or [`NO_DAY`].
    pub(super) const DAY: usize = 1;
    pub(super) const NO_DAY: u32 = i32::MIN as u32;
    /// Whether any term is written with a capital.
    pub(super) const CASED: usize = 2;
    /// Sum of the weights of the names, and of those of the numbers, as `f32`.
    pub(super) const NAMES: usize = 3;
    pub(super) const NUMBERS: usize = 4;
    /// Lengths of the views as vectors: halves of `f64`, the low one first.
    pub(super) const NORMS: usize = 5;
    pub(super) const LEN: usize = NORMS + 8;
}

/// Sum of the weights of an article's names, or of its numbers, from which they tell it from others:
/// three rare ones.
const ENOUGH: f32 = 20.0;

impl<'a> Profile<'a> {
    /// The profile in a list.
    ///
    /// # Panics
    /// If it is none that a [`Writer`] made.
    #[must_use]
    pub fn of(list: &'a [u32]) -> Profile<'a> {
        let terms = list[head::TERMS] as usize;
        let (head, rest) = list.split_at(head::LEN);
        let (hashes, rest) = rest.split_at(terms);
        let (weights, marks) = rest.split_at(terms);
        Profile { head, hashes, weights, marks: &bytemuck::cast_slice(marks)[..terms] }
    }

    /// This article, ready to be compared with many others. Cost: a pass over its terms.
    #[must_use]
    pub fn opened(self) -> Opened<'a> {
        let mut filter = vec![0; 1 << (FILTER_BITS - 6)];
        let mut starts = vec![0; (1 << BUCKET_BITS) + 1];
        for &hash in self.hashes {
            let bit = hash >> (u32::BITS - FILTER_BITS);
            filter[bit as usize >> 6] |= 1 << (bit & 63);
            starts[bucket(hash) + 1] += 1;
        }
        for bucket in 1..starts.len() {
            starts[bucket] += starts[bucket - 1];
        }
        Opened { profile: self, filter, starts, found: Vec::new() }
    }

    /// Hashes of the terms, rising.
    #[must_use]
    pub fn hashes(self) -> &'a [u32] {
        self.hashes
    }

    /// The term with this hash, if the article has it. Cost: a binary search.
    #[must_use]
    pub fn term(self, hash: u32) -> Option<Weighted> {
        Some(self.at(self.hashes.binary_search(&hash).ok()?))
    }

    fn at(self, place: usize) -> Weighted {
        let weight = self.weights[place];
        let marks = Marks::from_bits(self.marks[place]);
        Weighted { idf: (weight >> 16) as u16, weight: weight as u16, marks }
    }

    fn day(self) -> Option<i32> {
        Some(self.head[head::DAY]).filter(|day| *day != head::NO_DAY).map(|day| day as i32)
    }

    fn norms(self) -> Views<f64> {
        let norm = |view: usize| {
            let (low, high) =
                (self.head[head::NORMS + 2 * view], self.head[head::NORMS + 2 * view + 1]);
            f64::from_bits(u64::from(high) << 32 | u64::from(low))
        };
        Views { words: norm(0), names: norm(1), numbers: norm(2), lead: norm(3) }
    }
}

/// High bits of a hash that name a bit of the filter: of the terms that another article does not
/// share, one in a hundred passes.
const FILTER_BITS: u32 = 14;

/// High bits of a hash that name a bucket of terms: most buckets of an article are empty.
const BUCKET_BITS: u32 = 11;

fn bucket(hash: u32) -> usize {
    (hash >> (u32::BITS - BUCKET_BITS)) as usize
}

/// A profile whose terms are found without a search.
#[derive(Debug)]
pub struct Opened<'p> {
    profile: Profile<'p>,
    /// A bit for each hash.
    filter: Vec<u64>,
    /// Where the terms of each bucket begin, and where the last ends.
    starts: Vec<u32>,
    /// Places in the other article of what may be shared.
    found: Vec<u32>,
}

impl Opened<'_> {
    /// How alike two articles are but for their phrases, which are left at 0 (see
    /// [`Parts::with_phrases`]). Cost: a look-up for each term of the other.
    #[must_use]
    pub fn compare(&mut self, other: Profile<'_>) -> Parts {
        let mut products = Views::default();
        self.shared(other, |_, x, y| products.add(x, y));
        let cosine = |product: u64, a: f64, b: f64| {
            // Rounding can take the cosine of two equal vectors a hair over 1.
            if a > 0.0 && b > 0.0 { (product as f64 / (a * b)).min(1.0) } else { 0.0 }
        };
        let own = self.profile;
        let (norms, its) = (own.norms(), other.norms());
        let enough =
            |of| [own, other].iter().all(|article| f32::from_bits(article.head[of]) > ENOUGH);
        let any_numbers = norms.numbers > 0.0 && its.numbers > 0.0;
        let cased = own.head[head::CASED] != 0 || other.head[head::CASED] != 0;
        let names = || cosine(products.names, norms.names, its.names);
        Parts {
            words: cosine(products.words, norms.words, its.words),
            names: enough(head::NAMES).then(names),
            numbers: any_numbers.then(|| cosine(products.numbers, norms.numbers, its.numbers)),
            by_numbers: !cased && enough(head::NUMBERS),
            lead: cosine(products.lead, norms.lead, its.lead),
            ..Parts::default()
        }
        .with_days(own.day(), other.day())
    }

    /// Calls `visit` with each term that both articles hold: its hash, and what it is in both.
    pub fn shared(&mut self, other: Profile<'_>, mut visit: impl FnMut(u32, Weighted, Weighted)) {
        let own = self.profile;
        if self.found.len() < other.hashes.len() {
            self.found.resize(other.hashes.len(), 0);
        }
        // Without branches: which terms are shared cannot be foreseen.
        let mut found = 0;
        for (at, &hash) in other.hashes.iter().enumerate() {
            let bit = hash >> (u32::BITS - FILTER_BITS);
            self.found[found] = at as u32;
            found += (self.filter[bit as usize >> 6] >> (bit & 63) & 1) as usize;
        }
        for &at in &self.found[..found] {
            let hash = other.hashes[at as usize];
            let bucket = bucket(hash);
            for place in self.starts[bucket] as usize..self.starts[bucket + 1] as usize {
                if own.hashes[place] == hash {
                    visit(hash, own.at(place), other.at(at as usize));
                }
            }
        }
    }
}

/// What a term is in an article.
#[derive(Clone, Copy, Debug)]
pub struct Weighted {
    /// In [`IDF_UNITS`].
    idf: u16,
    /// In units of 1 / [`WEIGHT_UNITS`].
    weight: u16,
    /// Where and how it occurs.
    pub marks: Marks,
}

/// Inverse document frequency under which a term is left out: more than one article in three holds
/// it. They are half of what two articles share and add nothing to it; the figures of the labelled
/// sets stay, and comparing takes three quarters of the time.
const LEAST_IDF: f64 = 1.0;

/// The greatest weight, of a term that fills an article, is 131.
const WEIGHT_UNITS: f64 = 500.0;

impl Weighted {
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
    fn add(&mut self, x: Weighted, y: Weighted) {
        let square = u64::from(x.idf) * u64::from(y.idf);
        let both = |mark| if x.marks.has(mark) && y.marks.has(mark) { square } else { 0 };
        self.words += u64::from(x.weight) * u64::from(y.weight);
        self.names += both(Marks::NAME);
        self.numbers += both(Marks::NUMBER);
        self.lead += both(Marks::LEAD);
    }
}

/// Makes profiles; one value serves many articles in turn and keeps its buffers.
#[derive(Debug)]
pub struct Writer {
    terms: Vec<(u32, Weighted)>,
    /// Weight and number of each term that other articles hold.
    shared: Vec<(u16, u32)>,
    /// The same as one number, in the order of keys.
    ranked: Vec<u64>,
    length: f64,
    /// Logarithms of the first whole numbers.
    logarithms: Vec<f64>,
}

impl Default for Writer {
    fn default() -> Writer {
        Writer {
            terms: Vec::new(),
            shared: Vec::new(),
            ranked: Vec::new(),
            length: 0.0,
            logarithms: (0..64).map(|count| ln(f64::from(count.max(1)))).collect(),
        }
    }
}

impl Writer {
    /// Adds the profile of an article to a list.
    pub fn profile(
        &mut self,
        terms: &[Term],
        day: Option<i32>,
        weights: &Weights,
        list: &mut Vec<u32>,
    ) {
        self.terms.clear();
        self.shared.clear();
        let (mut squares, mut names, mut numbers) = (Views::default(), 0.0, 0.0);
        for term in terms {
            let (idf, number) = weights.of(term.hash);
            let weighted = self.weighted(idf, term);
            if weighted.idf() < LEAST_IDF {
                continue;
            }
            squares.add(weighted, weighted);
            names += if term.marks.has(Marks::NAME) { weighted.idf() } else { 0.0 };
            numbers += if term.marks.has(Marks::NUMBER) { weighted.idf() } else { 0.0 };
            self.terms.push((term.hash, weighted));
            self.shared.extend(number.map(|number| (weighted.weight, number)));
        }
        let cased = terms.iter().any(|term| term.marks.has(Marks::CAPITAL));
        list.extend([self.terms.len() as u32, day.map_or(head::NO_DAY, |day| day as u32)]);
        list.extend([u32::from(cased), (names as f32).to_bits(), (numbers as f32).to_bits()]);
        let norm = |square: u64| (square as f64).sqrt();
        self.length = norm(squares.words);
        for square in [squares.words, squares.names, squares.numbers, squares.lead] {
            let bits = norm(square).to_bits();
            list.extend([bits as u32, (bits >> 32) as u32]);
        }
        list.extend(self.terms.iter().map(|(hash, _)| hash));
        list.extend(
            self.terms.iter().map(|(_, of)| u32::from(of.idf) << 16 | u32::from(of.weight)),
        );
        let end = list.len();
        list.resize(end + self.terms.len().div_ceil(size_of::<u32>()), 0);
        let places: &mut [u8] = bytemuck::cast_slice_mut(&mut list[end..]);
        places.iter_mut().zip(&self.terms).for_each(|(place, (_, of))| *place = of.marks.bits());
    }

    /// Adds the keys of the article whose profile was made last to a list: the weightiest of the terms
    /// that another article holds as well, up to a number. Weights are in units of a 32,768th of the
    /// article's length as a vector.
    pub fn keys(&mut self, at_most: usize, list: &mut Vec<u32>) {
        let unit = if self.length > 0.0 { 32_768.0 / self.length } else { 0.0 };
        // The greatest weight first; of equal ones the least number.
        let ranked = |&(weight, number): &(u16, u32)| {
            let weight = (f64::from(weight) * unit) as u16;
            u64::from(!weight) << 32 | u64::from(number)
        };
        self.ranked.clear();
        self.ranked.extend(self.shared.iter().map(ranked));
        if self.ranked.len() > at_most {
            self.ranked.select_nth_unstable(at_most);
            self.ranked.truncate(at_most);
        }
        self.ranked.sort_unstable_by_key(|ranked| *ranked as u32);
        Keys::write(
            self.ranked.iter().map(|ranked| (*ranked as u32, !(ranked >> 32) as u16)),
            list,
        );
    }

    fn weighted(&self, idf: u16, term: &Term) -> Weighted {
        let nats = f64::from(idf) / IDF_UNITS;
        let lead = if term.marks.has(Marks::LEAD) { 1.0 } else { 0.0 };
        let known = self.logarithms.get(usize::from(term.count)).copied();
        let more = known.unwrap_or_else(|| ln(f64::from(term.count)));
        let weight = (1.0 + more + lead) * nats;
        Weighted { idf, weight: (weight * WEIGHT_UNITS) as u16, marks: term.marks }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::story::profiles;
    use crate::shingle::story::terms;
    use crate::text::Tokens;

    #[test]
    fn an_article_is_like_itself_and_unlike_others() {
        let texts = [
            "The mayor of Arles left office after 12 years. Water rose.",
            "The mayor of Arles left office after 12 years. Water rose.",
            "Nothing of it happened here: beans, spinach, turnips.",
        ];
        let terms: Vec<_> =
            texts.iter().map(|text| terms(Tokens::of(&Tokens::list_of(text)))).collect();
        let lists = profiles(&terms);
        let profiles: Vec<Profile<'_>> = lists.iter().map(|list| Profile::of(list)).collect();
        let mut opened = profiles[0].opened();
        let same = opened.compare(profiles[1]);
        assert!(same.words > 0.999_999 && same.lead > 0.999_999 && same.numbers == Some(1.0));
        assert!(opened.compare(profiles[2]).words < 0.1);
        let arles = Tokens::of(&Tokens::list_of("arles")).at(0).hash;
        assert!(profiles[0].term(arles).unwrap().idf() > 3.0);
        assert!(profiles[2].term(arles).is_none());
    }

    #[test]
    fn the_weightiest_shared_terms_are_keys() {
        let text = |own: &str| format!("{own} Arles Camargue a on of flood");
        let terms: Vec<_> = ["yevkurov", "ingush"]
            .map(|own| terms(Tokens::of(&Tokens::list_of(&text(own)))))
            .into_iter()
            .collect();
        let weights = super::super::profiles::weights(&terms);
        let (mut writer, mut profile, mut keys) = (Writer::default(), Vec::new(), Vec::new());
        writer.profile(&terms[0], None, &weights, &mut profile);
        writer.keys(2, &mut keys);
        let found: Vec<u32> = Keys::of(&keys).iter().map(|(term, _)| term).collect();
        let mut expected = ["arles", "camargue"]
            .map(|word| weights.of(Tokens::of(&Tokens::list_of(word)).at(0).hash).1.unwrap());
        expected.sort_unstable();
        assert_eq!(found, expected);
    }
}
