//! Near groups: stars in which every member is near the centre.
//!
//! Components alone chain: a template or a text edited step by step joins articles that share
//! nothing. So each component is split again: the article with the most and nearest neighbours
//! becomes a representative and takes them; what is left is split in the same way.

use super::components::{components, nodes};
use super::{Edge, Group, Member};
use ahash::AHashMap;
use rayon::prelude::*;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Largest component in which every pair with a representative is scored, so that pairs that never
/// became candidates are no reason to part two copies; in larger ones only the edges count.
const COMPLETED_COMPONENT: usize = 4096;

/// Near groups of `articles` articles joined by `edges`, every one of them a pair that is near
/// enough. `score` gives the score of any pair that is near enough, `None` for others; it is asked
/// about pairs that are not among the edges.
///
/// Groups come in the order of the components' least article. Cost: nearly linear in the edges;
/// in components up to a size limit also one score for each representative and unassigned member.
pub fn groups(
    articles: usize,
    edges: &[Edge],
    score: impl Fn(u32, u32) -> Option<f64> + Sync,
) -> Vec<Group> {
    components(articles, edges)
        .par_iter()
        .flat_map_iter(|component| split(component, &score))
        .collect()
}

fn split(edges: &[Edge], score: &impl Fn(u32, u32) -> Option<f64>) -> Vec<Group> {
    let nodes = nodes(edges);
    let place: AHashMap<u32, usize> = nodes.iter().enumerate().map(|(i, &n)| (n, i)).collect();
    let mut neighbours: Vec<Vec<(usize, f64)>> = vec![Vec::new(); nodes.len()];
    for edge in edges {
        let (a, b) = (place[&edge.a], place[&edge.b]);
        neighbours[a].push((b, edge.score));
        neighbours[b].push((a, edge.score));
    }
    let mut assigned = vec![false; nodes.len()];
    let free_weight = |at: usize, assigned: &[bool]| {
        neighbours[at].iter().filter(|(other, _)| !assigned[*other]).map(|(_, s)| weight(*s)).sum()
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
        assigned[centre] = true;
        let mut members = Vec::new();
        let mut take = |at: usize, score: f64, assigned: &mut [bool]| {
            assigned[at] = true;
            members.push(Member { article: nodes[at], to: nodes[centre], score });
        };
        for &(at, score) in &neighbours[centre] {
            if !assigned[at] {
                take(at, score, &mut assigned);
            }
        }
        if nodes.len() <= COMPLETED_COMPONENT {
            for at in 0..nodes.len() {
                if let Some(score) = (!assigned[at]).then(|| score(nodes[centre], nodes[at])).flatten()
                {
                    take(at, score, &mut assigned);
                }
            }
        }
        members.sort_unstable_by_key(|member| member.article);
        if !members.is_empty() {
            groups.push(Group { representative: nodes[centre], members });
        }
    }
    groups
}

/// A score as an integer, so that sums do not depend on their order.
fn weight(score: f64) -> u64 {
    (score * f64::from(1 << 20)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(a: u32, b: u32) -> Edge {
        Edge { a, b, score: 0.8 }
    }

    fn sets(groups: &[Group]) -> Vec<Vec<u32>> {
        groups
            .iter()
            .map(|group| {
                let mut all: Vec<u32> = group.members.iter().map(|m| m.article).collect();
                all.push(group.representative);
                all.sort_unstable();
                all
            })
            .collect()
    }

    #[test]
    fn a_chain_is_split_into_stars() {
        let chain: Vec<Edge> = (0..6).map(|i| edge(i, i + 1)).collect();
        let found = groups(7, &chain, |_, _| None);
        for group in &found {
            for member in &group.members {
                assert_eq!(member.article.abs_diff(group.representative), 1);
            }
        }
        assert_eq!(sets(&found), [vec![0, 1, 2], vec![3, 4, 5]]);
    }

    #[test]
    fn a_pair_that_was_no_candidate_is_asked_for() {
        let edges = [edge(0, 1), edge(1, 2), edge(2, 3)];
        assert_eq!(sets(&groups(4, &edges, |_, _| Some(0.7))), [vec![0, 1, 2, 3]]);
    }

    #[test]
    fn the_order_of_edges_does_not_matter() {
        let mut edges: Vec<Edge> = (0..40).map(|i| edge(i * 7 % 20, 20 + i * 11 % 17)).collect();
        let forward = groups(40, &edges, |_, _| None);
        edges.reverse();
        assert_eq!(forward, groups(40, &edges, |_, _| None));
    }
}
