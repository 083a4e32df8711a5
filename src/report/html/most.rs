//! What occurs most often among more than fits in memory.

use crate::pipeline::Clusters;
use crate::store::{Result, Sorted, Sorter, StoreError};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// An occurrence: the two numbers of what occurs, its kind, and an example of it.
type Occurrence = [u64; 4];

/// What is counted, by what comes first: the more frequent, then that of the lesser hash.
type Ranked = (u64, Reverse<[u64; 2]>, Count);

/// Counts things by kind. They are told apart by 128 bits of hash, and each keeps the least of
/// its examples, to find its name by.
#[derive(Debug)]
pub(super) struct Counter(Sorter<Occurrence>);

/// Kinds that occurrences have.
pub(super) const KINDS: usize = 8;

/// How often something occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Count {
    pub(super) all: u64,
    /// By kind.
    pub(super) kinds: [u64; KINDS],
    /// The least example of the first kind that it has.
    pub(super) example: u64,
}

impl Counter {
    /// Nothing counted yet.
    pub(super) fn new(clusters: &Clusters) -> Counter {
        let store = clusters.store();
        Counter(Sorter::new(store, store.share(8)))
    }

    /// Counts one.
    pub(super) fn push(&mut self, what: [u64; 2], kind: usize, example: u64) -> Result<()> {
        self.0.push([what[0], what[1], kind as u64, example])
    }

    /// The `k` that occur most often, the most frequent first, equal ones by their hash; and how many
    /// there are in all. Memory: what the sorter has, and `k` counts.
    pub(super) fn most(self, k: usize) -> Result<(Vec<Count>, u64)> {
        let sorted: Sorted<Occurrence> = self.0.finish()?;
        // The least of the best is on top.
        let mut best: BinaryHeap<Reverse<Ranked>> = BinaryHeap::new();
        let (mut distinct, mut now) = (0, None);
        let mut keep = |what, count: Count| {
            distinct += 1;
            best.push(Reverse((count.all, Reverse(what), count)));
            if best.len() > k {
                best.pop();
            }
        };
        sorted.blocks::<StoreError>(
            |_, _| false,
            |block| {
                for &[high, low, kind, example] in block {
                    let what = [high, low];
                    let count = match &mut now {
                        Some((other, count)) if *other == what => count,
                        other => {
                            let count = Count { all: 0, kinds: [0; KINDS], example };
                            if let Some((what, count)) = other.replace((what, count)) {
                                keep(what, count);
                            }
                            let Some((_, count)) = other else { continue };
                            count
                        }
                    };
                    count.all += 1;
                    count.kinds[kind as usize] += 1;
                }
                Ok(())
            },
        )?;
        if let Some((what, count)) = now {
            keep(what, count);
        }
        let mut best: Vec<_> = best.into_iter().map(|Reverse(one)| one).collect();
        best.sort_unstable_by(|a, b| b.cmp(a));
        Ok((best.into_iter().map(|(_, _, count)| count).collect(), distinct))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::both;

    #[test]
    fn the_most_frequent_come_first() {
        for store in both() {
            let mut counter = Counter(Sorter::new(&store, 100));
            for (what, kind, example) in
                [(3, 0, 7), (9, 1, 4), (3, 2, 5), (9, 1, 2), (1, 0, 1), (2, 0, 6), (9, 0, 3)]
            {
                counter.push([0, what], kind, example).unwrap();
            }
            let (most, distinct) = counter.most(3).unwrap();
            let count = |all, kinds: [u64; 3], example| Count {
                all,
                kinds: [kinds[0], kinds[1], kinds[2], 0, 0, 0, 0, 0],
                example,
            };
            let expected = [count(3, [1, 2, 0], 3), count(2, [1, 0, 1], 7), count(1, [1, 0, 0], 1)];
            assert_eq!((most.as_slice(), distinct), (&expected[..], 4));
        }
    }

    #[test]
    fn nothing_counted_is_nothing() {
        for store in both() {
            let counter = Counter(Sorter::new(&store, 100));
            assert_eq!(counter.most(2).unwrap(), (vec![], 0));
        }
    }
}
