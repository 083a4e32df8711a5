//! One-permutation MinHash with optimal densification.
//!
//! Each shingle's hash falls into one of [`MINIMA`] bins by its high bits, and each bin keeps the
//! least value (Li, Owen and Zhang, "One permutation hashing", 2012). An empty bin borrows from a
//! bin drawn at random until one is full (Shrivastava, "Optimal densification for fast and accurate
//! minwise hashing", 2017), so that equal positions of two signatures agree with a probability
//! equal to the Jaccard similarity of the sets.

use crate::hash::mix;

/// Positions in a signature: a power of two. 64 are what the default bands need (see `lsh`).
pub const MINIMA: usize = 64;

/// Signature of a set: position `i` of two signatures agrees with a probability equal to the
/// Jaccard similarity of their sets, and of what is left by chance once in 65,536 (the low bits of a
/// minimum are enough: Li and König, "b-bit minwise hashing", 2010).
pub type Signature = [u16; MINIMA];

/// Signature of a set of shingle hashes, in any order and each as often as it likes; `None` for the
/// empty set.
///
/// Cost: one pass over the set, and over the empty bins of a small one.
#[must_use]
pub fn signature(shingles: impl IntoIterator<Item = u64>) -> Option<Signature> {
    /// More than any value.
    const EMPTY: u64 = u64::MAX;
    let mut minima = [EMPTY; MINIMA];
    shingles.into_iter().for_each(|shingle| {
        let bin = (shingle >> (u64::BITS - MINIMA.trailing_zeros())) as usize;
        // The low bits are independent of the bin, which took the high ones.
        minima[bin] = minima[bin].min(shingle & u64::from(u32::MAX));
    });
    let minima = minima.map(|least| (least != EMPTY).then_some(least as u16));
    minima
        .iter()
        .any(Option::is_some)
        .then(|| std::array::from_fn(|bin| minima[bin].unwrap_or_else(|| borrowed(&minima, bin))))
}

/// Value of the first full bin in the walk that belongs to `bin`. At least one bin is full, and the
/// walk reaches every bin sooner or later.
fn borrowed(minima: &[Option<u16>; MINIMA], bin: usize) -> u16 {
    (1u64..)
        .find_map(|attempt| minima[mix((bin as u64) << 32 | attempt) as usize % MINIMA])
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two sets of `n` members with the given number in common.
    fn sets(n: u64, shared: u64, seed: u64) -> (Vec<u64>, Vec<u64>) {
        let member = |i: u64| mix(mix(seed).wrapping_add(i));
        ((0..n).map(member).collect(), (n - shared..2 * n - shared).map(member).collect())
    }

    /// The mean agreement over many pairs estimates Jaccard without bias: within four standard
    /// errors of it, for sets much smaller and much larger than the number of bins.
    #[test]
    fn agreement_estimates_jaccard() {
        for (n, shared) in [(10, 5), (40, 30), (300, 100), (2_000, 1_000)] {
            let jaccard = shared as f64 / (2 * n - shared) as f64;
            let trials = 400;
            let estimates: Vec<f64> = (0..trials)
                .map(|seed| {
                    let (a, b) = sets(n, shared, seed);
                    let (a, b) = (signature(a).unwrap(), signature(b).unwrap());
                    a.iter().zip(&b).filter(|(x, y)| x == y).count() as f64 / MINIMA as f64
                })
                .collect();
            let mean = estimates.iter().sum::<f64>() / f64::from(trials as u32);
            let variance = estimates.iter().map(|e| (e - mean).powi(2)).sum::<f64>()
                / f64::from(trials as u32 - 1);
            let error = (variance / f64::from(trials as u32)).sqrt();
            assert!((mean - jaccard).abs() < 4.0 * error, "n {n}: {mean} is not {jaccard}");
        }
    }

    #[test]
    fn order_does_not_matter_and_the_empty_set_has_none() {
        let (mut a, _) = sets(100, 0, 7);
        let first = signature(a.iter().copied());
        a.reverse();
        assert_eq!(first, signature(a));
        assert_eq!(signature([]), None);
    }
}
