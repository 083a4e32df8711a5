//! Near groups: stars in which every member is near the centre.
//!
//! Components alone chain: a text edited step by step, or a round-up that holds two stories, joins
//! articles that share nothing. So each component is split again: the article that is closest to
//! most others becomes a representative and takes those near it; what is left is split in the same
//! way. An article whose closest copies have nothing in common with each other is a round-up and
//! becomes no representative.

use super::components::{components, nodes};
use super::{Group, Member};
use crate::score::near::Overlap;
use ahash::AHashMap;
use rayon::prelude::*;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Two articles that are near enough, the smaller number first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Copies {
    /// Number of one.
    pub a: u32,
    /// Number of the other.
    pub b: u32,
    /// What they share.
    pub overlap: Overlap,
}

/// Largest component in which every pair with a representative is scored, so that pairs that never
/// became candidates are no reason to part two copies; in larger ones only the edges count.
const COMPLETED_COMPONENT: usize = 4096;

/// Near groups of `articles` articles joined by `pairs`, all of them near enough. `overlap` gives
/// that of any pair that is near enough, `None` for others; it is asked about pairs that are not
/// among `pairs`. `size` gives the number of an article's shingles.
///
/// Groups come in the order of the components' least article. Cost: nearly linear in the edges;
/// in components up to a size limit also one score for each representative and unassigned member.
pub fn groups(
    articles: usize,
    pairs: &[Copies],
    overlap: impl Fn(u32, u32) -> Option<Overlap> + Sync,
    size: impl Fn(u32) -> usize + Sync,
) -> Vec<Group> {
    components(articles, pairs, |pair| (pair.a, pair.b))
        .par_iter()
        .flat_map_iter(|component| split(component, &overlap, &size))
        .collect()
}

fn split(
    pairs: &[Copies],
    overlap: &impl Fn(u32, u32) -> Option<Overlap>,
    size: &impl Fn(u32) -> usize,
) -> Vec<Group> {
    let nodes = nodes(pairs, |pair| (pair.a, pair.b));
    let place: AHashMap<u32, usize> = nodes.iter().enumerate().map(|(i, &n)| (n, i)).collect();
    let mut neighbours: Vec<Vec<(usize, Overlap)>> = vec![Vec::new(); nodes.len()];
    for pair in pairs {
        let (a, b) = (place[&pair.a], place[&pair.b]);
        neighbours[a].push((b, pair.overlap));
        neighbours[b].push((a, pair.overlap));
    }
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
        if nodes.len() <= COMPLETED_COMPONENT {
            let mut known = assigned.clone();
            known[centre] = true;
            near.iter().for_each(|(at, _)| known[*at] = true);
            let asked = (0..nodes.len()).filter(|at| !known[*at]);
            near.extend(asked.filter_map(|at| Some((at, overlap(nodes[centre], nodes[at])?))));
        }
        // A round-up is no centre: it is taken by one of the articles in it. The closest member says
        // what the group would be about; two parts of the centre that are larger than it together
        // have something in common, and need not be asked about.
        near.sort_unstable_by_key(|&(at, overlap)| (Reverse(closeness(overlap)), at));
        if let Some(&(first, most)) = near.first() {
            let strangers = |&(at, part): &(usize, Overlap)| {
                most.shared + part.shared <= size(nodes[centre])
                    && neighbours[first].iter().all(|(known, _)| *known != at)
                    && overlap(nodes[first], nodes[at]).is_none()
            };
            if near[1..].iter().any(strangers) {
                continue;
            }
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
    groups
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

    const HALF: Overlap = Overlap { shared: 100, smaller: 150, larger: 150 };

    fn pair(a: u32, b: u32) -> Copies {
        Copies { a, b, overlap: HALF }
    }

    #[test]
    fn a_chain_is_split_into_stars() {
        let chain: Vec<Copies> = (0..6).map(|i| pair(i, i + 1)).collect();
        let found = groups(7, &chain, |_, _| None, |_| 150);
        for group in &found {
            for member in &group.members {
                assert_eq!(member.article.abs_diff(group.representative), 1);
            }
        }
        assert_eq!(sets(&found), [vec![0, 1, 2], vec![3, 4, 5]]);
    }

    #[test]
    fn a_pair_that_was_no_candidate_is_asked_for() {
        let pairs = [pair(0, 1), pair(1, 2), pair(2, 3)];
        assert_eq!(sets(&groups(4, &pairs, |_, _| Some(HALF), |_| 150)), [vec![0, 1, 2, 3]]);
    }

    /// 0 holds the two stories 1, 2, 3 and 4, 5, 6; each of those is closer to its own kind.
    #[test]
    fn a_round_up_does_not_join_two_stories() {
        let part = Overlap { shared: 90, smaller: 100, larger: 200 };
        let same = Overlap { shared: 90, smaller: 100, larger: 100 };
        let mut pairs: Vec<Copies> = (1..7).map(|b| Copies { a: 0, b, overlap: part }).collect();
        for (a, b) in [(1, 2), (1, 3), (2, 3), (4, 5), (4, 6), (5, 6)] {
            pairs.push(Copies { a, b, overlap: same });
        }
        assert_eq!(
            sets(&groups(7, &pairs, |_, _| None, |_| 200)),
            [vec![0, 1, 2, 3], vec![4, 5, 6]]
        );
    }

    /// 0 holds the articles 1 and 2, which have nothing in common; 3 is most of 0.
    #[test]
    fn a_round_up_does_not_join_two_articles() {
        let part = |shared| Overlap { shared, smaller: shared, larger: 200 };
        let copies = |b, shared| Copies { a: 0, b, overlap: part(shared) };
        let found = |pairs: &[Copies]| sets(&groups(4, pairs, |_, _| None, |_| 200));
        assert_eq!(found(&[copies(1, 110), copies(2, 90)]), [vec![0, 1]]);
        assert_eq!(found(&[copies(2, 90), copies(3, 180)]), [vec![0, 2, 3]]);
    }

    #[test]
    fn the_order_of_pairs_does_not_matter() {
        let mut pairs: Vec<Copies> = (0..40).map(|i| pair(i * 7 % 20, 20 + i * 11 % 17)).collect();
        let forward = groups(40, &pairs, |_, _| None, |_| 150);
        pairs.reverse();
        assert_eq!(forward, groups(40, &pairs, |_, _| None, |_| 150));
    }
}
