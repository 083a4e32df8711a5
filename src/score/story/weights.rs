//! Weights of terms: how much it says that two articles share one.

use crate::hash::mix;
use crate::math::ln;
use crate::shingle::frequency::WordFrequency;
use crate::shingle::story::Term;
use rayon::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering};

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
#[derive(Debug)]
pub struct Weights {
    holding: Counts,
    articles: f64,
    background: &'static WordFrequency,
    /// Share of the corpus in the blend.
    trust: f64,
    /// Inverse document frequency in everyday language of the words of each level, and of unknown
    /// ones.
    everyday: [f64; 256],
    unknown: f64,
    /// Inverse document frequency in the corpus of terms that so many articles hold.
    own: Vec<f64>,
}

/// Numbers of articles whose logarithm is kept: few terms are held by more.
const KEPT_LOGARITHMS: u32 = 4096;

impl Weights {
    /// Weights from the terms of each article of a corpus. Cost: a pass over them; memory is that of
    /// the counts, at most 32 MiB.
    #[must_use]
    pub fn new<T: AsRef<[Term]> + Sync>(
        corpus: &[T],
        background: &'static WordFrequency,
    ) -> Weights {
        let terms = corpus.par_iter().map(|terms| terms.as_ref().len()).sum();
        let holding = Counts::new(terms);
        corpus.par_iter().for_each(|terms| terms.as_ref().iter().for_each(|t| holding.add(t.hash)));
        let articles = corpus.len() as f64;
        let levels = std::array::from_fn(|level| everyday(background.share_of(level as u8)));
        Weights {
            holding,
            articles,
            background,
            trust: articles / (BACKGROUND_ARTICLES + articles),
            everyday: levels,
            unknown: everyday(0.0),
            own: (0..KEPT_LOGARITHMS).map(|held| own_idf(articles, held)).collect(),
        }
    }

    /// Inverse document frequency of a term of the corpus, in nats: 0 for a word that every article
    /// holds. Cost: four look-ups.
    #[must_use]
    pub fn idf(&self, term: u32) -> f32 {
        let level = self.background.level(term);
        let everyday = level.map_or(self.unknown, |level| self.everyday[usize::from(level)]);
        let held = self.holding.of(term);
        let own = self.own.get(held as usize).copied();
        let own = own.unwrap_or_else(|| own_idf(self.articles, held));
        ((1.0 - self.trust) * everyday + self.trust * own) as f32
    }
}

/// Inverse document frequency of a term that `held` of some articles hold.
fn own_idf(articles: f64, held: u32) -> f64 {
    ln(articles.max(1.0) / f64::from(held.max(1)).min(articles.max(1.0))).min(GREATEST)
}

/// How many articles hold each term, in bounded memory: a count-min sketch (Cormode and
/// Muthukrishnan, 2005) of two rows. Counts are never too low.
///
/// A count is too high where a term meets others in both rows: with 16 times as many cells as terms
/// one term in 270, by one article or two. From a million articles on, where memory is at its bound
/// of 32 MiB, more are, but what is common to fewer than [`GREATEST`] allows weighs the same: at ten
/// million articles of 200 terms a cell holds 480 by chance, and counts below 454 do not show.
#[derive(Debug)]
struct Counts {
    rows: [Vec<AtomicU32>; 2],
    /// Bits of a hash that do not name its cell.
    shift: u32,
}

impl Counts {
    /// Cells of a row at most, as a power of two.
    const MOST: u32 = 22;

    /// Room for so many terms, each as often as articles hold it.
    fn new(terms: usize) -> Counts {
        let bits = (terms.max(1).ilog2() + 4).min(Counts::MOST);
        let row = || (0..1_usize << bits).map(|_| AtomicU32::new(0)).collect();
        Counts { rows: [row(), row()], shift: u64::BITS - bits }
    }

    fn cells(&self, term: u32) -> [&AtomicU32; 2] {
        let at = |row: u64| (mix(row << 32 | u64::from(term)) >> self.shift) as usize;
        [&self.rows[0][at(0)], &self.rows[1][at(1)]]
    }

    /// Counts an article. Additions commute, so the order of threads does not show.
    fn add(&self, term: u32) {
        for cell in self.cells(term) {
            cell.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn of(&self, term: u32) -> u32 {
        let [one, other] = self.cells(term).map(|cell| cell.load(Ordering::Relaxed));
        one.min(other)
    }
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
    use crate::shingle::story::terms as terms_of;
    use crate::text::Tokens;

    fn terms(text: &str) -> Vec<Term> {
        terms_of(&Tokens::of(text))
    }

    #[test]
    fn the_corpus_counts_as_it_grows() {
        let (common, rare) = (terms("the")[0].hash, terms("yevkurov")[0].hash);
        let weights = |n: usize| {
            let corpus: Vec<_> = (0..n).map(|_| terms("the yevkurov")).collect();
            Weights::new(&corpus, &BACKGROUND)
        };
        assert!(weights(3).idf(rare) > 6.0 && weights(3).idf(common) < 0.5);
        assert!(weights(20_000).idf(rare) < 0.5);
    }
}
