//! How alike an article is to those around it that it shares no story with.
//!
//! The idea of CSLS (Conneau et al., "Word translation without parallel data", 2018): in a crowded
//! region everything is alike, and likeness says less.

use super::coefficients::Coefficients;
use rayon::prelude::*;

/// Likeness of neighbours at these ranks (from 0) is the density. The nearest may be the same story.
const RANKS: std::ops::Range<usize> = 5..25;

/// Articles from which on a corpus tells more than [`Coefficients::density_prior`]: in a corpus of a
/// few articles nothing of it is used.
const PRIOR_ARTICLES: f64 = 10.0;

/// Density around each article of a corpus.
#[derive(Clone, Debug)]
pub struct Density {
    around: Vec<f64>,
    /// Weight of what was measured, against the prior: 0 to 1.
    trust: f64,
}

impl Density {
    /// Density around each of `articles` articles, from the candidate pairs: one, other, and the
    /// cosine of their words. For an article with fewer neighbours than ranks, the rest counts as 0.
    ///
    /// Cost: two passes over the pairs; memory 16 bytes a pair.
    #[must_use]
    pub fn new(
        articles: usize,
        pairs: impl Iterator<Item = (u32, u32, f64)> + Clone,
        of: &Coefficients,
    ) -> Density {
        // The cosines of each article behind one another, between `ends`.
        let mut ends = vec![0_usize; articles + 1];
        for (a, b, _) in pairs.clone() {
            ends[a as usize + 1] += 1;
            ends[b as usize + 1] += 1;
        }
        for article in 0..articles {
            ends[article + 1] += ends[article];
        }
        let mut cosines = vec![0.0; ends[articles]];
        let mut next = ends.clone();
        for (a, b, cosine) in pairs {
            for article in [a, b] {
                cosines[next[article as usize]] = cosine;
                next[article as usize] += 1;
            }
        }
        let n = articles as f64;
        let trust = n / (n + PRIOR_ARTICLES);
        let around = (0..articles).into_par_iter().map(|article| {
            let mut nearest = cosines[ends[article]..ends[article + 1]].to_vec();
            let falling = |x: &f64, y: &f64| y.total_cmp(x);
            if nearest.len() > RANKS.end {
                nearest.select_nth_unstable_by(RANKS.end, falling);
                nearest.truncate(RANKS.end);
            }
            nearest.sort_unstable_by(falling);
            let measured = nearest.iter().skip(RANKS.start).sum::<f64>() / RANKS.len() as f64;
            (trust * measured + (1.0 - trust) * of.density_prior).max(of.density_least)
        });
        Density { around: around.collect(), trust }
    }

    /// Mean density around two articles.
    #[must_use]
    pub fn between(&self, a: u32, b: u32) -> f64 {
        (self.around[a as usize] + self.around[b as usize]) / 2.0
    }

    /// How far what is measured around articles can be trusted, for the size of the corpus: 0 to 1.
    #[must_use]
    pub fn trust(&self) -> f64 {
        self.trust
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_is_dense_and_a_tiny_corpus_says_nothing() {
        let crowd = (0..40).flat_map(|b| (0..b).map(move |a| (a, b, 0.6)));
        let of = Coefficients::SHIPPED;
        let density = Density::new(400, crowd, &of);
        assert!(density.between(0, 1) > 0.5);
        assert!((density.between(300, 301) - of.density_least).abs() < 1e-12);
        let tiny = Density::new(2, [(0, 1, 0.9)].into_iter(), &of);
        assert!((tiny.between(0, 1) - of.density_prior).abs() < 0.08);
    }
}
