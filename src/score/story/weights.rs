//! Weights of terms: how much it says that two articles share one.

use crate::math::ln;
use crate::shingle::frequency::WordFrequency;
use crate::shingle::story::Term;
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
/// Terms in the order of their hashes, so that all that is known lies close together: a table with
/// a cell for each hash took three times as long.
#[derive(Debug)]
pub struct Weights {
    terms: Vec<Known>,
    /// For the high [`INDEX_BITS`] of a hash, where its terms begin.
    index: Vec<u32>,
    blend: Blend,
}

/// A term of the corpus.
#[derive(Clone, Copy, Debug)]
struct Known {
    hash: u32,
    idf: f32,
    /// Whether more than one article holds it.
    shared: bool,
}

/// High bits of a hash by which the terms are entered.
const INDEX_BITS: u32 = 16;
const INDEX_SHIFT: u32 = u32::BITS - INDEX_BITS;

impl Weights {
    /// Weights from the terms of each article of a corpus. Cost: a sort of them, part by part; memory
    /// 20 bytes a different term, of which at most 2^24 are kept, and 4 a term of one part.
    #[must_use]
    pub fn new<T: AsRef<[Term]> + Sync>(
        corpus: &[T],
        background: &'static WordFrequency,
    ) -> Weights {
        let blend = Blend { articles: corpus.len() as f64, background };
        let known =
            |(hash, held)| Known { hash, idf: blend.idf(hash, held) as f32, shared: held > 1 };
        let terms: Vec<Known> = holding(corpus).into_par_iter().map(known).collect();
        let first = |high: u64| {
            terms.partition_point(|term| u64::from(term.hash) < high << INDEX_SHIFT) as u32
        };
        let index = (0..=1 << INDEX_BITS).map(first).collect();
        Weights { terms, index, blend }
    }

    /// Inverse document frequency of a term of the corpus, in nats: 0 for a word that every article
    /// holds; and whether more than one does.
    #[must_use]
    pub fn of(&self, term: u32) -> (f64, bool) {
        let high = (term >> INDEX_SHIFT) as usize;
        let near = &self.terms[self.index[high] as usize..self.index[high + 1] as usize];
        match near.binary_search_by_key(&term, |known| known.hash) {
            Ok(at) => (f64::from(near[at].idf), near[at].shared),
            Err(_) => (self.blend.idf(term, 1), false),
        }
    }
}

/// How two frequencies make one weight.
#[derive(Debug)]
struct Blend {
    articles: f64,
    background: &'static WordFrequency,
}

impl Blend {
    fn idf(&self, term: u32, held: u32) -> f64 {
        let everyday = everyday(self.background.share(term).unwrap_or(0.0));
        let own = ln(self.articles.max(1.0) / f64::from(held)).min(GREATEST);
        let sum = BACKGROUND_ARTICLES * everyday + self.articles * own;
        sum / (BACKGROUND_ARTICLES + self.articles)
    }
}

/// Articles whose terms are sorted at a time.
const ARTICLES_AT_A_TIME: usize = 1 << 16;

/// Terms that are counted at most. Where a corpus has more, those that one article has held so far
/// are forgotten, over and over: in a corpus that large a term weighs the same up to hundreds of
/// articles (see [`GREATEST`]).
const MOST_TERMS: usize = 1 << 24;

/// How many articles hold each term: terms and counts, rising by hash.
fn holding<T: AsRef<[Term]> + Sync>(corpus: &[T]) -> Vec<(u32, u32)> {
    let mut all: Vec<(u32, u32)> = Vec::new();
    for articles in corpus.chunks(ARTICLES_AT_A_TIME) {
        let terms = articles.par_iter().flat_map_iter(|terms| terms.as_ref().iter());
        let mut hashes: Vec<u32> = terms.map(|term| term.hash).collect();
        hashes.par_sort_unstable();
        let counted = hashes.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u32));
        all = merged(&all, counted);
        if all.len() > MOST_TERMS {
            all.retain(|(_, held)| *held > 1);
        }
    }
    all
}

/// The sums of two lists of counts, both rising by hash.
fn merged(a: &[(u32, u32)], b: impl Iterator<Item = (u32, u32)>) -> Vec<(u32, u32)> {
    let (mut all, mut a) = (Vec::with_capacity(a.len()), a.iter().copied().peekable());
    for (hash, count) in b {
        all.extend(std::iter::from_fn(|| a.next_if(|(other, _)| *other < hash)));
        let more = a.next_if(|(other, _)| *other == hash).map_or(0, |(_, more)| more);
        all.push((hash, count + more));
    }
    all.extend(a);
    all
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
        terms_of(Tokens::of(&Tokens::list_of(text)))
    }

    #[test]
    fn the_corpus_counts_as_it_grows() {
        let (common, rare) = (terms("the")[0].hash, terms("yevkurov")[0].hash);
        let weights = |n: usize| {
            let corpus: Vec<_> = (0..n).map(|_| terms("the yevkurov")).collect();
            Weights::new(&corpus, &BACKGROUND)
        };
        assert!(weights(3).of(rare).0 > 6.0 && weights(3).of(common).0 < 0.5);
        assert!(weights(20_000).of(rare).0 < 0.5);
    }
}
