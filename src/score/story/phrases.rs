//! Phrases in common, where one article is compared with many.

use crate::score::near::Overlap;

/// Cosine of two sets of shingles.
#[must_use]
pub fn phrases(shingles: Overlap) -> f64 {
    let sizes = (shingles.smaller as f64).sqrt() * (shingles.larger as f64).sqrt();
    if sizes > 0.0 { shingles.shared as f64 / sizes } else { 0.0 }
}

/// The shingles of an article, ready to be looked for in others.
#[derive(Debug)]
pub struct Phrases<'a> {
    set: &'a [u64],
    /// A bit for each value of the high bits of a shingle.
    filter: Vec<u64>,
    /// Places by which a shingle is shifted to name its bit.
    shift: u32,
}

/// Bits of the filter for each shingle: of those that are not shared one in so many passes.
const BITS: usize = 64;

/// Logarithm of the bits at most: more would not stay in the cache.
const MOST_BITS: u32 = 20;

impl<'a> Phrases<'a> {
    /// Of a sorted set. Cost: a pass over it.
    #[must_use]
    pub fn of(set: &'a [u64]) -> Phrases<'a> {
        let bits = (set.len().max(1) * BITS).next_power_of_two().trailing_zeros().min(MOST_BITS);
        let shift = u64::BITS - bits;
        let mut filter = vec![0; 1 << (bits - 6)];
        for shingle in set {
            let bit = shingle >> shift;
            filter[bit as usize >> 6] |= 1 << (bit & 63);
        }
        Phrases { set, filter, shift }
    }

    /// Overlap with another sorted set. Cost: a look-up for each of its shingles.
    #[must_use]
    pub fn overlap(&self, other: &[u64]) -> Overlap {
        let may_hold = |shingle: u64| {
            let bit = shingle >> self.shift;
            self.filter[bit as usize >> 6] >> (bit & 63) & 1 == 1
        };
        let held = |shingle: &&u64| may_hold(**shingle) && self.set.binary_search(shingle).is_ok();
        let shared = other.iter().filter(held).count();
        let (own, its) = (self.set.len(), other.len());
        Overlap { shared, smaller: own.min(its), larger: own.max(its) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::mix;

    #[test]
    fn the_overlap_is_that_of_the_sets() {
        let set = |range: std::ops::Range<u64>| {
            let mut set: Vec<u64> = range.map(mix).collect();
            set.sort_unstable();
            set
        };
        for (a, b) in [(0..0, 0..5), (0..300, 0..300), (0..300, 250..400), (0..9, 9..900)] {
            let (a, b) = (set(a), set(b));
            assert_eq!(Phrases::of(&a).overlap(&b), Overlap::of(&a, &b));
        }
    }
}
