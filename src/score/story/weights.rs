//! Weights of terms: how much it says that two articles share one.

use crate::math::ln;
use crate::shingle::frequency::WordFrequency;
use crate::store::{Result, Sorted, Sorter, Store};
use rayon::prelude::*;

/// Articles after which the corpus' own frequencies count as much as the background's.
const BACKGROUND_ARTICLES: f64 = 1000.0;

/// Words of an article, for the step from a word's share among words to its share among articles.
const ARTICLE_WORDS: f64 = 300.0;

/// Share among words that is added for words the background does not know: that of a word met once
/// in a thousand articles.
const UNKNOWN_SHARE: f64 = 3e-6;

/// Greatest weight that the corpus gives a term: in a large one, a word that stands in two articles
/// of millions is a misspelling as often as a name.
const GREATEST: f64 = 10.0;

/// Inverse document frequencies, blended from everyday language and the corpus itself as that
/// grows.
///
/// Terms that more than one article holds are numbered in the order of their hashes, and lie close
/// together: a table with a cell for each hash took three times as long. Memory: 4 bytes each.
#[derive(Debug)]
pub struct Weights {
    /// Low half of the hash, above the inverse document frequency.
    terms: Vec<u32>,
    /// For each high half of a hash, where its terms begin.
    index: Vec<u32>,
    /// Frequency of a word that one article holds and everyday language does not know: of most of those
    /// that are not among `terms`.
    alone: u16,
    blend: Blend,
}

/// Inverse document frequencies are in units of a 4,096th of a nat; the greatest is 10 nats.
pub const IDF_UNITS: f64 = 4096.0;

/// Terms that are kept at most: 256 MiB of them. Where more are held by several articles, those with
/// the fewest holders are forgotten, all with the same number of them at a time, and weigh as if one
/// article held them: in a corpus that large this is the same up to hundreds of articles, since no
/// weight exceeds 10 nats, but nobody is found by them.
pub const MOST_TERMS: u64 = 1 << 26;

/// A term that one article holds says nothing of two.
const LEAST_HELD: u32 = 2;

impl Weights {
    /// The weights in a corpus of some articles, from how many hold each term: hashes and numbers,
    /// rising.
    #[must_use]
    pub fn new(
        articles: usize,
        counts: &[(u32, u32)],
        background: &'static WordFrequency,
    ) -> Weights {
        let mut weights = Weights::empty(articles as u64, background);
        weights.extend(counts, LEAST_HELD);
        weights.close();
        weights
    }

    fn empty(articles: u64, background: &'static WordFrequency) -> Weights {
        let blend = Blend { articles: articles as f64, background };
        let alone = blend.mixed(0.0, 1);
        Weights { terms: Vec::new(), index: vec![0; (1 << 16) + 1], alone, blend }
    }

    /// Adds the terms that at least so many articles hold; those that follow have greater hashes.
    fn extend(&mut self, counts: &[(u32, u32)], least: u32) {
        let kept = |of: &&(u32, u32)| of.1 >= least;
        let known = |&(hash, held)| hash << 16 | u32::from(self.blend.idf(hash, held));
        self.terms.par_extend(counts.par_iter().filter(kept).map(known));
        for (hash, _) in counts.iter().filter(kept) {
            self.index[(hash >> 16) as usize + 1] += 1;
        }
    }

    /// Says that no more are added.
    fn close(&mut self) {
        for high in 1..self.index.len() {
            self.index[high] += self.index[high - 1];
        }
    }

    /// Inverse document frequency of a term, in [`IDF_UNITS`]: 0 for a word that every article holds;
    /// and its number, if more than one article holds it.
    #[must_use]
    pub fn of(&self, term: u32) -> (u16, Option<u32>) {
        let high = (term >> 16) as usize;
        let (start, end) = (self.index[high] as usize, self.index[high + 1] as usize);
        let (low, near) = (term << 16, &self.terms[start..end]);
        // Of a small corpus there are one or two.
        let at = match near.len() {
            0..8 => near.iter().take_while(|known| **known < low).count(),
            _ => near.partition_point(|known| *known < low),
        };
        match near.get(at) {
            Some(&known) if known >> 16 == low >> 16 => (known as u16, Some((start + at) as u32)),
            _ => {
                let known = self.blend.background.share(term);
                (known.map_or(self.alone, |share| self.blend.mixed(share, 1)), None)
            }
        }
    }

    /// Number of terms that more than one article holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.terms.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }
}

/// How two frequencies make one weight.
#[derive(Debug)]
struct Blend {
    articles: f64,
    background: &'static WordFrequency,
}

impl Blend {
    fn idf(&self, term: u32, held: u32) -> u16 {
        self.mixed(self.background.share(term).unwrap_or(0.0), held)
    }

    /// The weight of a word of this share in everyday language.
    fn mixed(&self, share: f64, held: u32) -> u16 {
        let everyday = everyday(share);
        let own = ln(self.articles.max(1.0) / f64::from(held)).min(GREATEST);
        let sum = BACKGROUND_ARTICLES * everyday + self.articles * own;
        (sum / (BACKGROUND_ARTICLES + self.articles) * IDF_UNITS) as u16
    }
}

/// How many articles hold each term, while they are counted.
#[derive(Debug)]
pub struct Frequencies {
    articles: u64,
    /// Hash of a term above the number of some articles that hold it.
    counts: Sorter<u64>,
}

impl Frequencies {
    /// No articles yet. Up to `bytes` are held in memory.
    #[must_use]
    pub fn new(store: &Store, bytes: usize) -> Frequencies {
        Frequencies { articles: 0, counts: Sorter::new(store, bytes) }
    }

    /// Counts some articles, of which the hashes of all terms are given, those of each article once.
    /// Cost: a sort.
    ///
    /// # Errors
    /// Those of the work folder, as everywhere here.
    pub fn add(&mut self, articles: usize, mut hashes: Vec<u32>) -> Result<()> {
        hashes.par_sort_unstable();
        self.articles += articles as u64;
        let mut same = hashes.chunk_by(|a, b| a == b);
        same.try_for_each(|same| self.counts.push(u64::from(same[0]) << 32 | same.len() as u64))
    }

    /// The weights. Cost: a sort, of a record for each term and call of [`Frequencies::add`].
    ///
    /// # Errors
    /// See [`Frequencies::add`].
    pub fn finish(self, background: &'static WordFrequency) -> Result<Weights> {
        self.finish_with(background, MOST_TERMS)
    }

    fn finish_with(self, background: &'static WordFrequency, most: u64) -> Result<Weights> {
        let mut weights = Weights::empty(self.articles, background);
        let counts = self.counts.finish()?;
        // The last cell is for all greater numbers, of which there are few.
        let mut held_by = vec![0_u64; 1 << 16];
        each_count(&counts, |counted| {
            for &(_, held) in counted {
                held_by[(held as usize).min((1 << 16) - 1)] += 1;
            }
        })?;
        let least = least_held_of(&held_by, most);
        each_count(&counts, |counted| weights.extend(counted, least))?;
        weights.close();
        Ok(weights)
    }
}

/// The least number of holders that a term needs to be kept, from how many terms are held by each
/// number of articles; the last place is for all greater numbers.
#[must_use]
pub fn least_held(held_by: &[u64]) -> u32 {
    least_held_of(held_by, MOST_TERMS)
}

/// The same, for so many terms at most.
fn least_held_of(held_by: &[u64], most: u64) -> u32 {
    let last = held_by.len() - 1;
    let (mut least, mut terms) = (last, held_by[last]);
    while least > LEAST_HELD as usize && terms + held_by[least - 1] <= most {
        least -= 1;
        terms += held_by[least];
    }
    least as u32
}

/// Calls `visit` with terms, rising by hash, and the number of articles that hold each.
fn each_count(counts: &Sorted<u64>, mut visit: impl FnMut(&[(u32, u32)])) -> Result<()> {
    let same = |a: &u64, b: &u64| a >> 32 == b >> 32;
    let sum = |counts: &[u64]| {
        let held = counts.iter().map(|count| *count & u64::from(u32::MAX)).sum::<u64>();
        ((counts[0] >> 32) as u32, held as u32)
    };
    counts.blocks(same, |block| {
        visit(&block.chunk_by(same).map(sum).collect::<Vec<_>>());
        Ok::<_, crate::store::StoreError>(())
    })
}

/// Inverse document frequency in everyday language of a word with this share among words.
fn everyday(share: f64) -> f64 {
    let rate = ARTICLE_WORDS * (share + UNKNOWN_SHARE);
    -ln(rate / (1.0 + rate))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shingle::frequency::BACKGROUND;
    use crate::store::tests::both;
    use crate::text::Tokens;

    fn hash(word: &str) -> u32 {
        Tokens::of(&Tokens::list_of(word)).at(0).hash
    }

    #[test]
    fn the_corpus_counts_as_it_grows() {
        let (common, rare) = (hash("the"), hash("yevkurov"));
        for store in both() {
            let weights = |n: usize| {
                let mut frequencies = Frequencies::new(&store, 1 << 20);
                frequencies.add(n / 2, [common, rare].repeat(n / 2)).unwrap();
                frequencies.add(n - n / 2, [common, rare].repeat(n - n / 2)).unwrap();
                frequencies.finish(&BACKGROUND).unwrap()
            };
            let idf = |n, term| f64::from(weights(n).of(term).0) / IDF_UNITS;
            assert!(idf(3, rare) > 6.0 && idf(3, common) < 0.5);
            assert!(idf(20_000, rare) < 0.5);
            let numbers = [common, rare].map(|term| weights(3).of(term).1.unwrap());
            assert_eq!(numbers[0] < numbers[1], common < rare);
            assert_eq!(weights(1).of(rare).1, None);
        }
    }

    #[test]
    fn the_terms_that_fewest_hold_are_forgotten_first() {
        for store in both() {
            let mut frequencies = Frequencies::new(&store, 16);
            for article in 0..9_u32 {
                // Term 0 is held by all, term 7 by two.
                frequencies.add(1, (0..9 - article).map(|term| term << 20).collect()).unwrap();
            }
            let weights = frequencies.finish_with(&BACKGROUND, 5).unwrap();
            let held: Vec<_> = (0..9).map(|term| weights.of(term << 20).1).collect();
            let kept = [Some(0), Some(1), Some(2), Some(3), Some(4), None, None, None, None];
            assert_eq!(held, kept);
        }
    }
}
