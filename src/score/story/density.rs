//! How alike an article is to those around it that it shares no story with.
//!
//! The idea of CSLS (Conneau et al., "Word translation without parallel data", 2018): in a crowded
//! region everything is alike, and likeness says less.

use super::coefficients::Coefficients;
use crate::store::{Result, Saved, Saving, Sorted};

/// Likeness of neighbours at these ranks (from 0) is the density. The nearest may be the same story.
const RANKS: std::ops::Range<usize> = 5..25;

/// Neighbours of an article that the density around it depends on: the nearest so many.
pub const NEAREST: usize = RANKS.end;

/// Numbers that are saved at a time.
const AT_A_TIME: usize = 1 << 14;

/// Articles from which on a corpus tells more than [`Coefficients::density_prior`]: in a corpus of a
/// few articles nothing of it is used.
const PRIOR_ARTICLES: f64 = 10.0;

/// How alike an article is to one of its neighbours, as it is sorted: the nearest of each article
/// first.
pub type Likeness = u64;

/// What is sorted of an article and the cosine of its words with those of another.
#[must_use]
pub fn likeness(article: u32, cosine: f64) -> Likeness {
    // Of numbers that are not negative the bits rise with the number.
    u64::from(article) << 32 | u64::from(!(cosine as f32).to_bits())
}

/// Density around each article of a corpus. Memory: 4 bytes each.
#[derive(Clone, Debug)]
pub struct Density {
    around: Vec<f32>,
    /// Weight of what was measured, against the prior: 0 to 1.
    trust: f64,
}

impl Density {
    /// Density around articles with numbers under `numbers`, of which so many are compared, from the
    /// likeness of both articles of each candidate pair. For an article with fewer neighbours than
    /// ranks, the rest counts as 0.
    ///
    /// Cost: a pass over the likenesses.
    ///
    /// # Errors
    /// Those of the work folder.
    pub fn new(
        numbers: usize,
        articles: usize,
        likenesses: &Sorted<Likeness>,
        of: &Coefficients,
    ) -> Result<Density> {
        let nobody = around([].into_iter(), articles, of);
        let mut density = Density { around: vec![nobody; numbers], trust: trust(articles) };
        let same = |a: &Likeness, b: &Likeness| a >> 32 == b >> 32;
        likenesses.blocks(same, |block| {
            for of_one in block.chunk_by(same) {
                let nearest = of_one.iter().map(|one| f32::from_bits(!(*one as u32)));
                density.around[(of_one[0] >> 32) as usize] = around(nearest, articles, of);
            }
            Ok(())
        })?;
        Ok(density)
    }

    /// Saves it.
    ///
    /// # Errors
    /// Those of the work folder.
    pub fn save(&self, to: &mut Saving) -> Result<()> {
        to.list(&[self.trust.to_bits()])?;
        for some in self.around.chunks(AT_A_TIME) {
            let around: Vec<u32> = some.iter().map(|around| around.to_bits()).collect();
            to.rows(&around)?;
        }
        to.end()
    }

    /// What was saved.
    ///
    /// # Errors
    /// Those of the work folder.
    pub fn load(from: &mut Saved) -> Result<Density> {
        let trust = f64::from_bits(from.one()?);
        let mut around = Vec::new();
        from.rows(|some| {
            around.extend(some.iter().map(|&around| f32::from_bits(around)));
            Ok(())
        })?;
        Ok(Density { around, trust })
    }

    /// The density that is assumed around two articles without a corpus.
    #[must_use]
    pub fn of_two(of: &Coefficients) -> f64 {
        ((1.0 - trust(2)) * of.density_prior).max(of.density_least)
    }

    /// Mean density around two articles.
    #[must_use]
    pub fn between(&self, a: u32, b: u32) -> f64 {
        between(self.around[a as usize], self.around[b as usize])
    }

    /// How far what is measured around articles can be trusted, for the size of the corpus: 0 to 1.
    #[must_use]
    pub fn trust(&self) -> f64 {
        self.trust
    }
}

/// How far what is measured around so many articles can be trusted: 0 to 1.
#[must_use]
pub fn trust(articles: usize) -> f64 {
    let n = articles as f64;
    n / (n + PRIOR_ARTICLES)
}

/// Density around an article of a corpus of so many, from the cosines of its words with those of its
/// neighbours, the nearest first.
#[must_use]
pub fn around(nearest: impl Iterator<Item = f32>, articles: usize, of: &Coefficients) -> f32 {
    let ranked = nearest.take(RANKS.end).skip(RANKS.start);
    let measured = ranked.map(f64::from).sum::<f64>() / RANKS.len() as f64;
    let trust = trust(articles);
    (trust * measured + (1.0 - trust) * of.density_prior).max(of.density_least) as f32
}

/// Mean density around two articles, from that around each.
#[must_use]
pub fn between(a: f32, b: f32) -> f64 {
    (f64::from(a) + f64::from(b)) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Sorter;
    use crate::store::tests::both;

    #[test]
    fn a_crowd_is_dense_and_a_tiny_corpus_says_nothing() {
        let of = Coefficients::SHIPPED;
        for store in both() {
            let mut crowd = Sorter::new(&store, 64);
            for (a, b) in (0..40).flat_map(|b| (0..b).map(move |a| (a, b))) {
                [a, b].iter().for_each(|&article| crowd.push(likeness(article, 0.6)).unwrap());
            }
            let density = Density::new(400, 400, &crowd.finish().unwrap(), &of).unwrap();
            assert!(density.between(0, 1) > 0.5);
            assert!((density.between(300, 301) - of.density_least).abs() < 1e-7);
            let mut tiny = Sorter::new(&store, 64);
            tiny.extend(&[likeness(0, 0.9), likeness(1, 0.9)]).unwrap();
            let tiny = Density::new(2, 2, &tiny.finish().unwrap(), &of).unwrap();
            assert!((tiny.between(0, 1) - of.density_prior).abs() < 0.08);
            assert!((tiny.between(0, 1) - Density::of_two(&of)).abs() < 1e-7);
        }
    }
}
