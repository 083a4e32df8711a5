//! Near level: the exact overlap of two shingle sets.

use super::template::is_template;
use crate::text::Tokens;

/// Overlap of two sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// Members of both.
    pub shared: usize,
    /// Members of the smaller set.
    pub smaller: usize,
    /// Members of the larger set.
    pub larger: usize,
}

impl Overlap {
    /// Overlap of two sorted sets. Cost: one pass over both.
    #[must_use]
    pub fn of(a: &[u64], b: &[u64]) -> Overlap {
        let (mut i, mut j, mut shared) = (0, 0, 0);
        while i < a.len() && j < b.len() {
            // Without branches: which of two hashes is less is as good as random.
            let (x, y) = (a[i], b[j]);
            shared += usize::from(x == y);
            i += usize::from(x <= y);
            j += usize::from(y <= x);
        }
        Overlap { shared, smaller: a.len().min(b.len()), larger: a.len().max(b.len()) }
    }

    /// Jaccard similarity: shared members of all; 0 for two empty sets.
    #[must_use]
    pub fn jaccard(self) -> f64 {
        ratio(self.shared, self.smaller + self.larger - self.shared)
    }

    /// Containment: shared members of the smaller set; 0 where it is empty.
    #[must_use]
    pub fn containment(self) -> f64 {
        ratio(self.shared, self.smaller)
    }

    /// The near score: the Jaccard similarity that two texts of equal length with this containment
    /// would have, `c / (2 - c)`. It equals [`Overlap::jaccard`] for texts of one length, and does
    /// not fall when a copy is trimmed or a page adds its furniture around it.
    ///
    /// Texts of fewer than [`MIN_CONTAINED`] shingles and pairs under [`MIN_JACCARD`] are judged by
    /// Jaccard alone: a sentence or a brief that an article quotes is not a copy of it.
    #[must_use]
    pub fn score(self) -> f64 {
        if self.smaller < MIN_CONTAINED || self.jaccard() < MIN_JACCARD {
            return self.jaccard();
        }
        let containment = self.containment();
        containment / (2.0 - containment)
    }
}

/// Least number of shingles for which containment counts: about three sentences.
pub const MIN_CONTAINED: usize = 40;

/// Least Jaccard similarity for which containment counts: a brief inside a long round-up is a part
/// of it, not a copy. Found pairs below it are lost to the bands anyhow.
pub const MIN_JACCARD: f64 = 0.3;

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// What two articles share, if they are near enough: their words, their sorted sets of shingles, and
/// the least score. Cost: a pass over both sets, and over the words where the score is enough.
#[must_use]
pub fn near_enough(
    [a, b]: [Tokens<'_>; 2],
    [set_of_a, set_of_b]: [&[u64]; 2],
    threshold: f64,
) -> Option<Overlap> {
    let overlap = Overlap::of(set_of_a, set_of_b);
    let near = overlap.score() >= threshold && !is_template(a, b, overlap);
    near.then_some(overlap)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_of_a_known_overlap() {
        let overlap = Overlap::of(&[1, 2, 3, 5, 8], &[2, 3, 4, 5, 6, 7, 9]);
        assert_eq!(overlap, Overlap { shared: 3, smaller: 5, larger: 7 });
        assert!((overlap.jaccard() - 3.0 / 9.0).abs() < 1e-15);
        assert!((overlap.containment() - 0.6).abs() < 1e-15);
        assert_eq!(Overlap::of(&[], &[]).jaccard(), 0.0);
        assert_eq!(Overlap::of(&[], &[1]).score(), 0.0);
    }

    #[test]
    fn the_score_is_jaccard_for_equal_lengths_and_ignores_added_text() {
        let a: Vec<u64> = (0..100).collect();
        let b: Vec<u64> = (25..125).collect();
        let same_length = Overlap::of(&a, &b);
        assert!((same_length.score() - same_length.jaccard()).abs() < 1e-15);
        let longer: Vec<u64> = (0..300).collect();
        assert_eq!(Overlap::of(&a, &longer).score(), 1.0);
        assert!(Overlap::of(&a[..50], &longer).score() < 0.2);
        assert!(Overlap::of(&a[..10], &a[..30]).score() < 0.4);
    }
}
