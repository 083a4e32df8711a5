//! Story level: how likely two articles tell one story, from the terms they share.
//!
//! Retellings share few sentences (a word 3-gram Jaccard of 0.02 is usual) but names, numbers and
//! rare words. So terms are weighed by how rare they are ([`weights`]), articles compared by the
//! cosines of several views of their terms ([`profile`]), and what two articles have in common
//! with everyone around them is subtracted ([`density`]): a topic that all write about is no story.

pub mod coefficients;
pub mod density;
pub mod parts;
pub mod phrases;
pub mod profile;
pub mod profiles;
pub mod weights;

use crate::cluster::story::Cut;
use crate::math;
pub use coefficients::Coefficients;
pub use density::{Density, Likeness, likeness};
pub use parts::{Part, Parts, Phraseless};
pub use phrases::Phrases;
pub use profile::{Opened, Profile};
pub use profiles::{Days, Profiles, profiles};

/// Excess that pairs must have to count in clustering.
pub const LEAST_EXCESS: f64 = 0.02;

/// Probability that two articles of this excess tell one story, as far as the two say.
#[must_use]
pub fn probability(excess: f64, of: &Coefficients) -> f64 {
    math::logistic((excess - of.even) * of.slope)
}

/// The same, once it is known whether clustering joined them.
#[must_use]
pub fn probability_clustered(excess: f64, joined: bool, of: &Coefficients) -> f64 {
    let shift = if joined { of.joined } else { -of.parted };
    math::logistic((excess - of.even) * of.slope + shift)
}

/// How story groups are cut at a threshold: at the default of 0.5 where it measured best, at others
/// by as much higher or lower as the excess of that probability is. `trust` is that in the density
/// ([`density::trust`]).
#[must_use]
pub fn cut(threshold: f64, trust: f64, of: &Coefficients) -> Cut {
    let threshold = threshold.clamp(1e-9, 1.0 - 1e-9);
    Cut {
        base: of.base + math::ln(threshold / (1.0 - threshold)) / of.slope,
        contrast: of.contrast * trust,
        steepness: of.steepness,
        steepness_weight: of.steepness_weight,
    }
}
