//! Probabilities: how they are fitted, and how far they are from what is true.
//!
//! Pairs of candidates with a label are measured. Fitted on are those of the sets whose labels are
//! groups, each set with the same weight: there all candidates have labels, and as few of them tell
//! one story as elsewhere. Labelled pairs alone are a choice, with one story in every other.

use crate::sets::{LabelledPair, Set};
use retold::math::logistic;
use retold::score::story::{Coefficients, probability, probability_clustered};

/// A probability, and whether what it is of was so.
pub(crate) struct Chance {
    probability: f64,
    so: bool,
}

/// Bins of a calibration error.
const BINS: usize = 10;

/// Expected calibration error: the mean distance of mean probability and share, over bins of equal
/// width, weighted by their chances.
pub(crate) fn error<'a>(chances: impl IntoIterator<Item = &'a Chance>) -> f64 {
    let (mut bins, mut all) = ([(0.0, 0.0); BINS], 0.0);
    for chance in chances {
        let bin = &mut bins[((chance.probability * BINS as f64) as usize).min(BINS - 1)];
        bin.0 += chance.probability;
        bin.1 += f64::from(u8::from(chance.so));
        all += 1.0;
    }
    bins.iter().map(|(expected, found): &(f64, f64)| (expected - found).abs()).sum::<f64>() / all
}

/// The error over all pairs of all sets.
pub(crate) fn pooled(sets: &[[Vec<Chance>; 3]], form: usize) -> f64 {
    error(sets.iter().flat_map(|forms| &forms[form]))
}

/// What is said of the labelled pairs of a set: by the two alone, given the clusters, and the
/// latter of the reported matches only.
pub(crate) fn chances(set: &Set, of: &Coefficients) -> [Vec<Chance>; 3] {
    let pairs = set.labelled_pairs(of);
    let given = |pair: &LabelledPair| Chance {
        probability: probability_clustered(pair.excess, pair.joined, of),
        so: pair.wanted,
    };
    let alone =
        |pair: &LabelledPair| Chance { probability: probability(pair.excess, of), so: pair.wanted };
    [
        pairs.iter().map(alone).collect(),
        pairs.iter().map(given).collect(),
        pairs.iter().filter(|pair| pair.reported).map(given).collect(),
    ]
}

/// With the curve that makes the labels of some sets most likely: slope and even point of the two
/// alone, then what being joined or not adds to them.
pub(crate) fn calibrate(sets: &[&Set], of: &Coefficients) -> Coefficients {
    let weighted: Vec<(LabelledPair, f64)> = sets
        .iter()
        .filter(|set| set.has_groups())
        .flat_map(|set| {
            let pairs = set.labelled_pairs(of);
            let weight = 1.0 / pairs.len() as f64;
            pairs.into_iter().map(move |pair| (pair, weight))
        })
        .collect();
    let (mut slope, mut shift) = (of.slope, -of.slope * of.even);
    for _ in 0..NEWTON_STEPS {
        // Gradient and (negative) Hessian of the log-likelihood in slope and shift.
        let (mut gradient, mut hessian) = ([0.0; 2], [0.0; 3]);
        for (pair, weight) in &weighted {
            let expected = logistic(slope * pair.excess + shift);
            let miss = weight * (f64::from(u8::from(pair.wanted)) - expected);
            let spread = weight * expected * (1.0 - expected);
            gradient[0] += miss * pair.excess;
            gradient[1] += miss;
            hessian[0] += spread * pair.excess * pair.excess;
            hessian[1] += spread * pair.excess;
            hessian[2] += spread;
        }
        let determinant = hessian[0] * hessian[2] - hessian[1] * hessian[1];
        slope += (gradient[0] * hessian[2] - gradient[1] * hessian[1]) / determinant;
        shift += (gradient[1] * hessian[0] - gradient[0] * hessian[1]) / determinant;
    }
    // What has to be added for pairs that were joined, or not, to be as many as expected.
    let added = |joined: bool| {
        let (mut low, mut high) = (-10.0, 10.0);
        for _ in 0..HALVINGS {
            let middle = (low + high) / 2.0;
            let pairs = weighted.iter().filter(|(pair, _)| pair.joined == joined);
            let surplus: f64 = pairs
                .map(|(pair, weight)| {
                    let expected = logistic(slope * pair.excess + shift + middle);
                    weight * (expected - f64::from(u8::from(pair.wanted)))
                })
                .sum();
            *(if surplus > 0.0 { &mut high } else { &mut low }) = middle;
        }
        (low + high) / 2.0
    };
    Coefficients { slope, even: -shift / slope, joined: added(true), parted: -added(false), ..*of }
}

const NEWTON_STEPS: usize = 20;
const HALVINGS: usize = 40;
