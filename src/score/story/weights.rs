//! Weights of terms: how much it says that two articles share one.

use crate::math::ln;
use crate::shingle::frequency::WordFrequency;
use crate::shingle::story::Term;
use ahash::AHashMap;

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
pub struct Weights(AHashMap<u32, f32>);

impl Weights {
    /// Weights from the terms of each article of a corpus. Cost: one map entry a different term.
    #[must_use]
    pub fn new<'t>(
        corpus: impl Iterator<Item = &'t [Term]>,
        background: &WordFrequency,
    ) -> Weights {
        let (mut holding, mut articles): (AHashMap<u32, u32>, _) = (AHashMap::new(), 0.0);
        for terms in corpus {
            articles += 1.0;
            for term in terms {
                *holding.entry(term.hash).or_insert(0) += 1;
            }
        }
        // Each entry depends on itself alone, so the order of the map does not show.
        let blend = |(term, holding): (u32, u32)| {
            let everyday = everyday(background.share(term).unwrap_or(0.0));
            let own = ln(articles / f64::from(holding)).min(GREATEST);
            let sum = BACKGROUND_ARTICLES * everyday + articles * own;
            (term, (sum / (BACKGROUND_ARTICLES + articles)) as f32)
        };
        Weights(holding.into_iter().map(blend).collect())
    }

    /// Inverse document frequency of a term of the corpus, in nats: 0 for a word that every article
    /// holds, and for one that none does.
    #[must_use]
    pub fn idf(&self, term: u32) -> f32 {
        self.0.get(&term).copied().unwrap_or(0.0)
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
            Weights::new(corpus.iter().map(Vec::as_slice), &BACKGROUND)
        };
        assert!(weights(3).idf(rare) > 6.0 && weights(3).idf(common) < 0.5);
        assert!(weights(20_000).idf(rare) < 0.5);
    }
}
