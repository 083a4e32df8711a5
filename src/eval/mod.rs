//! How good clusters are: pairwise precision, recall and F1, adjusted Rand index, B-cubed, and for
//! scored pairs average precision.
//!
//! All take groups as one label an item, in parallel slices: items with equal labels are together.
//! [`Labels`] are what is wanted, by the ids of articles.

mod labels;

pub use labels::{Labels, LabelsError};

use ahash::AHashMap;

/// Precision, recall and their harmonic mean, each 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PrecisionRecall {
    /// Share of what was joined that belongs together; 1 where nothing was joined.
    pub precision: f64,
    /// Share of what belongs together that was joined; 1 where nothing belongs together.
    pub recall: f64,
}

impl PrecisionRecall {
    fn of(hits: f64, found: f64, wanted: f64) -> PrecisionRecall {
        let share = |of: f64| if of > 0.0 { hits / of } else { 1.0 };
        PrecisionRecall { precision: share(found), recall: share(wanted) }
    }

    /// Harmonic mean of precision and recall; 0 where both are.
    #[must_use]
    pub fn f1(self) -> f64 {
        let sum = self.precision + self.recall;
        if sum > 0.0 { 2.0 * self.precision * self.recall / sum } else { 0.0 }
    }
}

/// How two groupings of the same items agree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreement {
    /// Items compared.
    pub items: usize,
    /// Over pairs of items.
    pub pairwise: PrecisionRecall,
    /// Adjusted Rand index (Hubert and Arabie 1985): 1 for equal groupings, 0 on average for
    /// random ones of the same sizes.
    pub adjusted_rand: f64,
    /// B-cubed (Bagga and Baldwin 1998): precision and recall of each item's group, averaged.
    pub b_cubed: PrecisionRecall,
}

/// Compares groups that were found with those that are wanted, item by item.
///
/// # Panics
/// If the slices differ in length. Cost: a few passes and maps over the items.
#[must_use]
pub fn compare_groups(found: &[u32], wanted: &[u32]) -> Agreement {
    assert_eq!(found.len(), wanted.len(), "one label an item in both groupings");
    let n = found.len() as f64;
    let (in_found, in_wanted) = (sizes(found.iter()), sizes(wanted.iter()));
    let cells = sizes(found.iter().zip(wanted));
    let pairs = |size: f64| size * (size - 1.0) / 2.0;
    // Sums of integers below 2^53 are exact in any order, so the maps' order does not show.
    let both: f64 = cells.values().map(|&size| pairs(size)).sum();
    let joined: f64 = in_found.values().map(|&size| pairs(size)).sum();
    let belonging: f64 = in_wanted.values().map(|&size| pairs(size)).sum();

    let chance = if n > 1.0 { joined * belonging / pairs(n) } else { 0.0 };
    let most = (joined + belonging) / 2.0;
    let adjusted_rand = if most == chance { 1.0 } else { (both - chance) / (most - chance) };

    let per_item = |group: &dyn Fn(usize) -> f64| {
        let sum: f64 = (0..found.len()).map(|i| cells[&(&found[i], &wanted[i])] / group(i)).sum();
        if n > 0.0 { sum / n } else { 1.0 }
    };
    Agreement {
        items: found.len(),
        pairwise: PrecisionRecall::of(both, joined, belonging),
        adjusted_rand,
        b_cubed: PrecisionRecall {
            precision: per_item(&|i| in_found[&found[i]]),
            recall: per_item(&|i| in_wanted[&wanted[i]]),
        },
    }
}

fn sizes<K: std::hash::Hash + Eq>(labels: impl Iterator<Item = K>) -> AHashMap<K, f64> {
    let mut sizes = AHashMap::new();
    for label in labels {
        *sizes.entry(label).or_insert(0.0) += 1.0;
    }
    sizes
}

/// A labelled pair of items as the program judged it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct JudgedPair {
    /// Whether the two belong together.
    pub wanted: bool,
    /// Whether they were joined.
    pub found: bool,
    /// How strongly they were thought to belong together.
    pub score: f64,
}

/// How well labelled pairs were judged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairAgreement {
    /// Pairs compared.
    pub pairs: usize,
    /// Of the joining.
    pub joined: PrecisionRecall,
    /// Average precision of the score: the mean, over the pairs that belong together, of the
    /// precision among all pairs scored at least as high. 1 where no pair belongs together.
    pub average_precision: f64,
}

/// Compares judged pairs with their labels. Cost: a sort of the pairs.
#[must_use]
pub fn compare_pairs(pairs: &[JudgedPair]) -> PairAgreement {
    let count = |keep: &dyn Fn(&&JudgedPair) -> bool| pairs.iter().filter(keep).count() as f64;
    let wanted = count(&|p| p.wanted);
    let joined = PrecisionRecall::of(count(&|p| p.wanted && p.found), count(&|p| p.found), wanted);

    let mut ranked = pairs.to_vec();
    ranked.sort_by(|a, b| b.score.total_cmp(&a.score));
    let (mut seen, mut hits, mut sum) = (0.0, 0.0, 0.0);
    for tied in ranked.chunk_by(|a, b| a.score == b.score) {
        let new_hits = tied.iter().filter(|p| p.wanted).count() as f64;
        seen += tied.len() as f64;
        hits += new_hits;
        sum += new_hits * hits / seen;
    }
    let average_precision = if wanted > 0.0 { sum / wanted } else { 1.0 };
    PairAgreement { pairs: pairs.len(), joined, average_precision }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-12, "{a} is not {b}");
    }

    /// Worked out by hand. Found {0,1,2}{3,4}{5}, wanted {0,1}{2,3,4}{5}. Pairs joined: 3 + 1 = 4;
    /// belonging: 1 + 3 = 4; both: (0,1) and (3,4) = 2. ARI: chance 4*4/15, most 4,
    /// (2 - 16/15) / (4 - 16/15) = 14/44. B-cubed precision: 2/3, 2/3, 1/3, 1, 1, 1 over 6;
    /// recall: 1, 1, 1/3, 2/3, 2/3, 1 over 6.
    #[test]
    fn figures_worked_out_by_hand() {
        let agreement = compare_groups(&[0, 0, 0, 1, 1, 2], &[7, 7, 8, 8, 8, 9]);
        close(agreement.pairwise.precision, 0.5);
        close(agreement.pairwise.recall, 0.5);
        close(agreement.pairwise.f1(), 0.5);
        close(agreement.adjusted_rand, 14.0 / 44.0);
        close(agreement.b_cubed.precision, (14.0 / 3.0) / 6.0);
        close(agreement.b_cubed.recall, (14.0 / 3.0) / 6.0);
    }

    #[test]
    fn equal_groupings_are_perfect_and_names_do_not_matter() {
        for labels in [vec![], vec![3], vec![1, 2, 3], vec![1, 1, 2], vec![5, 5, 5]] {
            let renamed: Vec<u32> = labels.iter().map(|l| l + 40).collect();
            let agreement = compare_groups(&labels, &renamed);
            close(agreement.pairwise.f1(), 1.0);
            close(agreement.adjusted_rand, 1.0);
            close(agreement.b_cubed.f1(), 1.0);
        }
    }

    #[test]
    fn joining_all_has_full_recall_and_no_skill() {
        let agreement = compare_groups(&[0, 0, 0, 0], &[1, 1, 2, 3]);
        close(agreement.pairwise.precision, 1.0 / 6.0);
        close(agreement.pairwise.recall, 1.0);
        close(agreement.adjusted_rand, 0.0);
    }

    /// Ranked: +, -, then a + and a - tied, then +. Precision at the hits: 1; 2 of 4; 3 of 5.
    #[test]
    fn average_precision_counts_ties_together() {
        let pair = |wanted, score| JudgedPair { wanted, found: score > 0.5, score };
        let pairs =
            [pair(true, 0.4), pair(true, 0.9), pair(false, 0.8), pair(true, 0.6), pair(false, 0.6)];
        let agreement = compare_pairs(&pairs);
        close(agreement.average_precision, (1.0 + 0.5 + 0.6) / 3.0);
        close(agreement.joined.precision, 0.5);
        close(agreement.joined.recall, 2.0 / 3.0);
    }
}
