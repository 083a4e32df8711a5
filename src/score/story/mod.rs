//! Story level: how likely two articles tell one story, from the terms they share.
//!
//! Retellings share few sentences (a word 3-gram Jaccard of 0.02 is usual) but names, numbers and
//! rare words. So terms are weighed by how rare they are ([`weights`]), articles compared by the
//! cosines of several views of their terms ([`profile`]), and what two articles have in common
//! with everyone around them is subtracted ([`density`]): a topic that all write about is no story.

pub mod density;
pub mod profile;
pub mod weights;

use crate::cluster::story::Cut;
use crate::math;
pub use density::Density;
pub use profile::{Parts, Profile, profiles};

/// Score of two articles: the likeness of their terms, less what is owed to their surroundings.
/// 0 where nothing is left; about 0.2 for a pair that is as likely one story as not.
#[must_use]
pub fn excess(likeness: f64, density: f64) -> f64 {
    (likeness - DENSITY_SHARE * density).max(0.0)
}

/// Share of the mean density of two articles that is subtracted from their likeness.
const DENSITY_SHARE: f64 = 0.6;

/// Excess of a pair that is as likely one story as not.
pub const EVEN_EXCESS: f64 = 0.2;

/// Logits a unit of excess.
const SLOPE: f64 = 20.0;

/// Probability that two articles of this excess tell one story.
#[must_use]
pub fn probability(excess: f64) -> f64 {
    math::logistic((excess - EVEN_EXCESS) * SLOPE)
}

/// The excess at which [`probability`] is `probability`, which is inside (0, 1].
#[must_use]
pub fn excess_of(probability: f64) -> f64 {
    let p = probability.clamp(1e-9, 1.0 - 1e-9);
    EVEN_EXCESS + math::ln(p / (1.0 - p)) / SLOPE
}

/// How story groups are cut at a threshold: at the default of 0.5 where it measured best, at others
/// by as much higher or lower as their excess is.
#[must_use]
pub fn cut(threshold: f64, density: &Density) -> Cut {
    Cut {
        base: CUT_BASE + excess_of(threshold) - EVEN_EXCESS,
        surroundings: density.surroundings(),
    }
}

/// See [`Cut::base`].
const CUT_BASE: f64 = 0.05;
