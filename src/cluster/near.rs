//! Near groups: stars in which every member is near the centre.
//!
//! Components alone chain: a text edited step by step, or a round-up that holds two stories, joins
//! articles that share nothing. So each component is split again: the article that is closest to
//! most others becomes a representative and takes those near it; what is left is split in the same
//! way. An article whose closest copies have nothing in common with each other is a round-up and
//! becomes no representative.

use super::components::{Forest, nodes};
use super::{Group, Member};
use crate::score::near::Overlap;
use crate::store::{Result, Sorter, Store, Table};
use ahash::AHashMap;
use rayon::prelude::*;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Two articles that are near enough: their numbers, the smaller first, how many shingles they
/// share, and how many each has.
pub type Copies = [u32; 5];

/// What two articles share.
fn overlap_of(&[_, _, shared, a, b]: &Copies) -> Overlap {
    let [shared, a, b] = [shared, a, b].map(|size| size as usize);
    Overlap { shared, smaller: a.min(b), larger: a.max(b) }
}

/// How far a component is looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Articles of the largest component in which every pair with a representative is scored, so
    /// that pairs that never became candidates are no reason to part two copies; in larger ones only
    /// the pairs count.
    pub completed: usize,
    /// Such scores for each article of a component, at most: in a long chain, of which each article is
    /// a representative, only the pairs count in the end.
    pub asked: usize,
    /// Pairs of the largest component that is taken into memory. In a larger one, a million copies
    /// of one text, an article counts as centre by all its pairs, whatever was taken before, and
    /// round-ups are not looked for.
    pub in_memory: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { completed: 4096, asked: 64, in_memory: 1 << 20 }
    }
}

/// Near groups of `articles` articles joined by `pairs`, all of them near enough, in no particular
/// order. `overlap` gives that of any pair that is near enough, `None` for others; it is asked about
/// pairs that are not among `pairs`. Calls `visit` with each group, in no particular order.
///
/// Cost: nearly linear in the pairs, and a sort of them; in components up to a size limit also one
/// score for each representative and unassigned member, up to [`Limits::asked`] an article. Memory 8
/// bytes an article, 24 more where a component is too large, and [`Limits::in_memory`] pairs a thread.
///
/// # Errors
/// Those of the work folder, and of `overlap`.
pub fn groups(
    articles: usize,
    pairs: &Table<Copies>,
    store: &Store,
    limits: Limits,
    overlap: impl Fn(u32, u32) -> Result<Option<Overlap>> + Sync,
    mut visit: impl FnMut(Group) -> Result<()>,
) -> Result<()> {
    let mut forest = Forest::new(articles);
    pairs.blocks(|_, block| {
        block.iter().for_each(|pair| forest.join(pair[0], pair[1]));
        Ok(())
    })?;
    let mut sizes = vec![0_u32; articles];
    pairs.blocks(|_, block| {
        block.iter().for_each(|pair| sizes[forest.root(pair[0]) as usize] += 1);
        Ok(())
    })?;
    let is_large = |root: u32| sizes[root as usize] as usize > limits.in_memory;
    let mut by_root = Sorter::new(store, store.share(4));
    let mut large = Table::new(store, store.share(8));
    pairs.blocks(|_, block| {
        for &pair in block {
            let root = forest.root(pair[0]);
            if is_large(root) {
                large.push(pair)?;
            } else {
                let [a, b, shared, of_a, of_b] = pair;
                by_root.push([root, a, b, shared, of_a, of_b])?;
            }
        }
        Ok(())
    })?;
    drop((forest, sizes));
    let same = |x: &[u32; 6], y: &[u32; 6]| x[0] == y[0];
    by_root.finish()?.blocks(same, |block| {
        let split = |component: &[[u32; 6]]| {
            let pairs: Vec<Copies> =
                component.iter().map(|&[_, a, b, shared, x, y]| [a, b, shared, x, y]).collect();
            split(&pairs, limits, &overlap)
        };
        let found = block.par_chunk_by(same).map(split).collect::<Result<Vec<_>>>()?;
        found.into_iter().flatten().try_for_each(&mut visit)
    })?;
    if large.is_empty() { Ok(()) } else { stars(articles, &large, store, visit) }
}

/// Stars of large components: the articles in the order of how close they are to all their copies,
/// each that is not taken yet becomes a centre and takes its copies.
fn stars(
    articles: usize,
    pairs: &Table<Copies>,
    store: &Store,
    mut visit: impl FnMut(Group) -> Result<()>,
) -> Result<()> {
    let mut weights = vec![0_u64; articles];
    pairs.blocks(|_, block| {
        for pair in block {
            for end in [pair[0], pair[1]] {
                weights[end as usize] += closeness(overlap_of(pair));
            }
        }
        Ok(())
    })?;
    let mut order: Vec<u32> =
        (0..articles as u32).filter(|&article| weights[article as usize] > 0).collect();
    order.par_sort_unstable_by_key(|&article| (Reverse(weights[article as usize]), article));
    drop(weights);
    let mut ranks = vec![0_u32; articles];
    (0..).zip(&order).for_each(|(rank, &article)| ranks[article as usize] = rank);
    let mut by_rank: Sorter<Copies> = Sorter::new(store, store.share(4));
    pairs.blocks(|_, block| {
        block.iter().try_for_each(|&[a, b, shared, of_a, of_b]| {
            let [of_both_a, of_both_b] = [a, b].map(|end| ranks[end as usize]);
            by_rank.push([of_both_a, of_both_b, shared, of_a, of_b])?;
            by_rank.push([of_both_b, of_both_a, shared, of_b, of_a])
        })
    })?;
    let mut assigned = vec![false; order.len()];
    let same = |x: &Copies, y: &Copies| x[0] == y[0];
    by_rank.finish()?.blocks(same, |block| {
        for of_one in block.chunk_by(same) {
            let centre = of_one[0][0] as usize;
            if std::mem::replace(&mut assigned[centre], true) {
                continue;
            }
            let mut members = Vec::new();
            for copies in of_one {
                let other = copies[1] as usize;
                if !std::mem::replace(&mut assigned[other], true) {
                    let (article, to) = (order[other], order[centre]);
                    members.push(Member { article, to, score: overlap_of(copies).score() });
                }
            }
            if !members.is_empty() {
                members.sort_unstable_by_key(|member| member.article);
                visit(Group { representative: order[centre], members })?;
            }
        }
        Ok(())
    })
}

fn split(
    pairs: &[Copies],
    limits: Limits,
    overlap: &impl Fn(u32, u32) -> Result<Option<Overlap>>,
) -> Result<Vec<Group>> {
    let nodes = nodes(pairs, |pair| (pair[0], pair[1]));
    let place: AHashMap<u32, usize> = nodes.iter().enumerate().map(|(i, &n)| (n, i)).collect();
    let mut neighbours: Vec<Vec<(usize, Overlap)>> = vec![Vec::new(); nodes.len()];
    let mut sizes = vec![0; nodes.len()];
    // Those of each node rise, as the pairs do.
    for pair in pairs {
        let (a, b) = (place[&pair[0]], place[&pair[1]]);
        neighbours[a].push((b, overlap_of(pair)));
        neighbours[b].push((a, overlap_of(pair)));
        (sizes[a], sizes[b]) = (pair[3] as usize, pair[4] as usize);
    }
    let mut left = if nodes.len() <= limits.completed { limits.asked * nodes.len() } else { 0 };
    let mut assigned = vec![false; nodes.len()];
    let free_weight = |at: usize, assigned: &[bool]| {
        neighbours[at]
            .iter()
            .filter(|(other, _)| !assigned[*other])
            .map(|(_, o)| closeness(*o))
            .sum()
    };
    // Weights only fall as members are assigned, so an entry that is still right is the largest.
    let mut queue: BinaryHeap<(u64, Reverse<usize>)> =
        (0..nodes.len()).map(|at| (free_weight(at, &assigned), Reverse(at))).collect();
    let mut groups = Vec::new();
    while let Some((stale, Reverse(centre))) = queue.pop() {
        if assigned[centre] {
            continue;
        }
        let fresh = free_weight(centre, &assigned);
        if fresh < stale {
            queue.push((fresh, Reverse(centre)));
            continue;
        }
        let mut near: Vec<(usize, Overlap)> =
            neighbours[centre].iter().filter(|(at, _)| !assigned[*at]).copied().collect();
        if left > 0 {
            let mut known = assigned.clone();
            known[centre] = true;
            near.iter().for_each(|(at, _)| known[*at] = true);
            for at in (0..nodes.len()).filter(|at| !known[*at]).take(left) {
                near.extend(overlap(nodes[centre], nodes[at])?.map(|overlap| (at, overlap)));
                left -= 1;
            }
        }
        near.sort_unstable_by_key(|&(at, overlap)| (Reverse(closeness(overlap)), at));
        // A round-up is no centre: it is taken by one of the articles in it. The closest member says
        // what the group would be about; two parts of the centre that are larger than it together
        // have something in common, and need not be asked about.
        let is_stranger = |&(at, part): &(usize, Overlap)| -> Result<bool> {
            let (first, most) = near[0];
            Ok(most.shared + part.shared <= sizes[centre]
                && neighbours[first].binary_search_by_key(&at, |(known, _)| *known).is_err()
                && overlap(nodes[first], nodes[at])?.is_none())
        };
        let strangers = near.iter().skip(1).map(is_stranger);
        if strangers.collect::<Result<Vec<_>>>()?.contains(&true) {
            continue;
        }
        assigned[centre] = true;
        let mut members = Vec::new();
        for (at, overlap) in near {
            assigned[at] = true;
            let score = overlap.score();
            members.push(Member { article: nodes[at], to: nodes[centre], score });
        }
        members.sort_unstable_by_key(|member| member.article);
        if !members.is_empty() {
            groups.push(Group { representative: nodes[centre], members });
        }
    }
    Ok(groups)
}

/// How good a centre one article is for the other: the square of their Jaccard similarity, so that
/// a few true copies outweigh many articles that are only partly the same; as an integer, so that
/// sums do not depend on their order.
fn closeness(overlap: Overlap) -> u64 {
    let jaccard = overlap.jaccard();
    (jaccard * jaccard * f64::from(1 << 20)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::sets;
    use crate::store::tests::both;

    const HALF: Overlap = Overlap { shared: 100, smaller: 150, larger: 150 };

    fn pair(a: u32, b: u32) -> Copies {
        [a, b, 100, 150, 150]
    }

    fn found_within(
        limits: Limits,
        articles: usize,
        pairs: &[Copies],
        overlap: Option<Overlap>,
    ) -> Vec<Vec<u32>> {
        let mut results = both().into_iter().map(|store| {
            let mut table = Table::new(&store, store.share(4).min(64));
            table.extend(pairs).unwrap();
            let mut groups = Vec::new();
            let visit = |group| {
                groups.push(group);
                Ok(())
            };
            super::groups(articles, &table, &store, limits, |_, _| Ok(overlap), visit).unwrap();
            let mut found = sets(&groups);
            found.sort();
            found
        });
        let first = results.next().unwrap();
        assert!(results.all(|other| other == first));
        first
    }

    fn found(articles: usize, pairs: &[Copies], overlap: Option<Overlap>) -> Vec<Vec<u32>> {
        found_within(Limits::default(), articles, pairs, overlap)
    }

    #[test]
    fn a_chain_is_split_into_stars() {
        let chain: Vec<Copies> = (0..6).map(|i| pair(i, i + 1)).collect();
        assert_eq!(found(7, &chain, None), [vec![0, 1, 2], vec![3, 4, 5]]);
    }

    #[test]
    fn a_pair_that_was_no_candidate_is_asked_for() {
        let pairs = [pair(0, 1), pair(1, 2), pair(2, 3)];
        assert_eq!(found(4, &pairs, Some(HALF)), [vec![0, 1, 2, 3]]);
        let limits = Limits { completed: 3, ..Limits::default() };
        assert_eq!(found_within(limits, 4, &pairs, Some(HALF)), [vec![0, 1, 2]]);
    }

    /// A long chain has many representatives, and each could ask about all that is left.
    #[test]
    fn so_many_pairs_are_asked_about_and_no_more() {
        const LENGTH: u32 = 300;
        let chain: Vec<Copies> = (1..LENGTH).map(|i| pair(i - 1, i)).collect();
        for (asked, most) in [(0, 0), (5, 5 * LENGTH), (1000, LENGTH * LENGTH / 6)] {
            let [store, _] = both();
            let mut table = Table::new(&store, store.share(4).min(64));
            table.extend(&chain).unwrap();
            let calls = std::sync::atomic::AtomicU32::new(0);
            let overlap = |a: u32, b: u32| {
                // Neighbours of one centre are asked about as well.
                let is_far = a.abs_diff(b) > 2;
                calls.fetch_add(u32::from(is_far), std::sync::atomic::Ordering::Relaxed);
                Ok(None)
            };
            let limits = Limits { asked, ..Limits::default() };
            let mut taken = 0;
            let visit = |group: Group| {
                taken += 1 + group.members.len() as u32;
                Ok(())
            };
            super::groups(LENGTH as usize, &table, &store, limits, overlap, visit).unwrap();
            assert_eq!(taken, LENGTH);
            let calls = calls.into_inner();
            assert!(calls <= most && calls >= most / 2, "{asked}: {calls}");
        }
    }

    /// 0 holds the two stories 1, 2, 3 and 4, 5, 6; each of those is closer to its own kind.
    #[test]
    fn a_round_up_does_not_join_two_stories() {
        let mut pairs: Vec<Copies> = (1..7).map(|b| [0, b, 90, 200, 100]).collect();
        for (a, b) in [(1, 2), (1, 3), (2, 3), (4, 5), (4, 6), (5, 6)] {
            pairs.push([a, b, 90, 100, 100]);
        }
        assert_eq!(found(7, &pairs, None), [vec![0, 1, 2, 3], vec![4, 5, 6]]);
    }

    /// 0 holds the articles 1 and 2, which have nothing in common; 3 is most of 0.
    #[test]
    fn a_round_up_does_not_join_two_articles() {
        let copies = |b, shared| [0, b, shared, 200, shared];
        assert_eq!(found(4, &[copies(1, 110), copies(2, 90)], None), [vec![0, 1]]);
        assert_eq!(found(4, &[copies(2, 90), copies(3, 180)], None), [vec![0, 2, 3]]);
    }

    #[test]
    fn the_order_of_pairs_does_not_matter() {
        let mut pairs: Vec<Copies> = (0..40).map(|i| pair(i * 7 % 20, 20 + i * 11 % 17)).collect();
        let forward = found(40, &pairs, None);
        pairs.reverse();
        assert_eq!(forward, found(40, &pairs, None));
    }

    /// 1 and 4 have most copies; 3 goes to the one that is taken first.
    #[test]
    fn a_large_component_is_split_into_stars_without_being_held() {
        let limits = Limits { in_memory: 4, ..Limits::default() };
        let pairs = [(0, 1), (1, 2), (1, 3), (3, 4), (4, 5), (4, 6)].map(|(a, b)| pair(a, b));
        let small = [pair(8, 9)];
        let all = [&pairs[..], &small].concat();
        let expected = [vec![0, 1, 2, 3], vec![4, 5, 6], vec![8, 9]];
        assert_eq!(found_within(limits, 10, &all, None), expected);
    }
}
