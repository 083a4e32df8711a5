//! Story groups: average linkage, cut where a group stands out most from what is around it.
//!
//! Articles are merged by the mean score over all pairs between two groups, the best merge first
//! (Sokal and Michener 1958), until next to nothing is left between any two; a pair that was never a candidate
//! counts as 0, so memory is that of the pairs, however large a component. Of all groups met on the
//! way those are kept that are worth most: alike inside, and much more so than with what they
//! would be merged with next. So a running story is cut into its events although its parts are
//! alike, and one cut need not serve all.

use super::components::{components, nodes};
use super::{Edge, Group, Member};
use ahash::AHashMap;
use rayon::prelude::*;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// How groups are valued.
#[derive(Clone, Copy, Debug)]
pub struct Cut {
    /// Mean score at which a group begins to be worth something, were it not for its surroundings.
    pub base: f64,
    /// Share of the mean score at a group's next merge that its own has to surpass.
    pub contrast: f64,
    /// Share of the mean score inside a part that the score between the parts has to reach: two
    /// retellings and a third article of their topic are not one story, although the third would
    /// do for a story of its own with either.
    pub steepness: f64,
    /// How much every bit below that counts.
    pub steepness_weight: f64,
}

impl Cut {
    /// What a group is worth: its pairs, times what its mean score exceeds. `next` is the mean
    /// score at which it would be merged further, 0 where it would not; `inside` the greater of
    /// the mean scores of its parts.
    fn value(self, merged: &Merged, next: f64, inside: f64) -> f64 {
        let drop = (self.steepness * inside - merged.mean).max(0.0);
        let exceeds = merged.mean - self.contrast * next - self.base - self.steepness_weight * drop;
        exceeds * (merged.size * merged.size) as f64
    }
}

/// Story groups of `articles` articles joined by `edges`. In each group every member points to the
/// article that it is best matched with on the way to the representative.
///
/// Groups come in the order of the components' least article. Cost: `E log² E` for `E` edges
/// unless a few articles have most of them; memory `O(E)`.
#[must_use]
pub fn groups(articles: usize, edges: &[Edge], cut: Cut) -> Vec<Group> {
    components(articles, edges, Edge::ends)
        .par_iter()
        .flat_map_iter(|component| split(component, cut))
        .collect()
}

fn split(edges: &[Edge], cut: Cut) -> Vec<Group> {
    let nodes = nodes(edges, Edge::ends);
    let place: AHashMap<u32, usize> = nodes.iter().enumerate().map(|(i, &n)| (n, i)).collect();
    let cluster_of = Tree::link(nodes.len(), edges, &place).cut(cut);
    let mut inside: BTreeMap<usize, Vec<Edge>> = BTreeMap::new();
    for edge in edges {
        let (a, b) = (cluster_of[place[&edge.a]], cluster_of[place[&edge.b]]);
        if a == b {
            inside.entry(a).or_default().push(*edge);
        }
    }
    inside.into_values().map(|edges| spanning_tree(&edges)).collect()
}

/// A possible merge; the greatest is the best one, ties by the least clusters.
#[derive(PartialEq)]
struct Merge {
    mean: f64,
    clusters: Reverse<(usize, usize)>,
}

impl Eq for Merge {}

impl Ord for Merge {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.mean.total_cmp(&other.mean).then(self.clusters.cmp(&other.clusters))
    }
}

impl PartialOrd for Merge {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Mean score below which merging ends: no group is worth anything there, and the rows of an article
/// that thousands are a little like would make it quadratic.
const LEAST_MEAN: f64 = 0.02;

/// The merges of a component, in order. Groups are numbered: first the nodes, then the merges.
struct Tree {
    nodes: usize,
    merges: Vec<Merged>,
}

struct Merged {
    parts: [usize; 2],
    size: usize,
    mean: f64,
}

impl Tree {
    /// Average linkage, down to [`LEAST_MEAN`].
    fn link(n: usize, edges: &[Edge], place: &AHashMap<u32, usize>) -> Tree {
        // Sums of scores between groups, as integers: exact in any order. A group lives in the row
        // of its least node.
        let mut sums: Vec<BTreeMap<usize, u64>> = vec![BTreeMap::new(); n];
        let mut size = vec![1_usize; n];
        let mut name: Vec<usize> = (0..n).collect();
        for edge in edges {
            let (a, b) = (place[&edge.a], place[&edge.b]);
            sums[a].insert(b, weight(edge.score));
            sums[b].insert(a, weight(edge.score));
        }
        let mean = |a: usize, b: usize, sum: u64, size: &[usize]| {
            sum as f64 / (size[a] * size[b]) as f64 / f64::from(ONE)
        };
        let mut queue = BinaryHeap::new();
        for (a, row) in sums.iter().enumerate() {
            queue.extend(row.range(a..).map(|(&b, &sum)| Merge {
                mean: mean(a, b, sum, &size),
                clusters: Reverse((a, b)),
            }));
        }
        let mut merges = Vec::new();
        while let Some(Merge { mean: best, clusters: Reverse((a, b)) }) = queue.pop() {
            if best < LEAST_MEAN {
                break;
            }
            // Where one of the two has grown since, the pair was queued again with its new mean.
            if !sums[a].get(&b).is_some_and(|&sum| mean(a, b, sum, &size) == best) {
                continue;
            }
            // The smaller row moves into the larger.
            let (mut into, mut from) = (std::mem::take(&mut sums[a]), std::mem::take(&mut sums[b]));
            if into.len() < from.len() {
                std::mem::swap(&mut into, &mut from);
            }
            for (other, sum) in from {
                *into.entry(other).or_insert(0) += sum;
            }
            into.remove(&a);
            into.remove(&b);
            size[a] += size[b];
            merges.push(Merged { parts: [name[a], name[b]], size: size[a], mean: best });
            name[a] = n + merges.len() - 1;
            for (&other, &sum) in &into {
                sums[other].remove(&b);
                sums[other].insert(a, sum);
                queue.push(Merge {
                    mean: mean(a, other, sum, &size),
                    clusters: Reverse((a.min(other), a.max(other))),
                });
            }
            sums[a] = into;
        }
        Tree { nodes: n, merges }
    }

    /// For each node the group it is in, among the groups that together are worth most, none inside
    /// another.
    fn cut(&self, cut: Cut) -> Vec<usize> {
        let groups = self.nodes + self.merges.len();
        let (mut mean, mut next) = (vec![0.0; groups], vec![0.0; groups]);
        for (i, merged) in self.merges.iter().enumerate() {
            mean[self.nodes + i] = merged.mean;
            for part in merged.parts {
                next[part] = merged.mean;
            }
        }
        let (mut best, mut kept) = (vec![0.0; groups], vec![true; groups]);
        for (i, merged) in self.merges.iter().enumerate() {
            let group = self.nodes + i;
            let parts = best[merged.parts[0]] + best[merged.parts[1]];
            let inside = merged.parts.map(|part| mean[part]);
            let whole = cut.value(merged, next[group], inside[0].max(inside[1]));
            kept[group] = whole >= parts;
            best[group] = whole.max(parts);
        }
        let mut of: Vec<usize> = (0..groups).collect();
        for (i, merged) in self.merges.iter().enumerate().rev() {
            let group = self.nodes + i;
            for part in merged.parts {
                if of[group] != group || kept[group] {
                    of[part] = of[group];
                }
            }
        }
        of.truncate(self.nodes);
        of
    }
}

/// The group that some edges connect. The representative is the article with the greatest sum of
/// scores; every other points to its parent in the maximum spanning tree from there (Prim).
fn spanning_tree(edges: &[Edge]) -> Group {
    let mut neighbours: BTreeMap<u32, Vec<(u32, f64)>> = BTreeMap::new();
    for edge in edges {
        neighbours.entry(edge.a).or_default().push((edge.b, edge.score));
        neighbours.entry(edge.b).or_default().push((edge.a, edge.score));
    }
    let total = |of: &[(u32, f64)]| of.iter().map(|(_, score)| weight(*score)).sum::<u64>();
    let representative = neighbours
        .iter()
        .map(|(&article, near)| (total(near), Reverse(article)))
        .max()
        .map_or(0, |(_, Reverse(article))| article);

    let mut members: BTreeMap<u32, Member> = BTreeMap::new();
    let mut queue = BinaryHeap::new();
    let mut reached = representative;
    loop {
        for &(other, score) in &neighbours[&reached] {
            if other != representative && !members.contains_key(&other) {
                queue.push((weight(score), Reverse((other, reached))));
            }
        }
        let next = std::iter::from_fn(|| queue.pop())
            .find(|(_, Reverse((article, _)))| !members.contains_key(article));
        let Some((_, Reverse((article, to)))) = next else { break };
        let score = neighbours[&article].iter().find(|(other, _)| *other == to);
        let score = score.map_or(0.0, |(_, score)| *score);
        members.insert(article, Member { article, to, score });
        reached = article;
    }
    Group { representative, members: members.into_values().collect() }
}

/// The integer that stands for a score of 1.
const ONE: u32 = 1 << 20;

/// A score as an integer, so that sums do not depend on their order.
fn weight(score: f64) -> u64 {
    (score * f64::from(ONE)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(a: u32, b: u32, score: f64) -> Edge {
        Edge { a, b, score }
    }

    fn sets(groups: &[Group]) -> Vec<Vec<u32>> {
        let mut sets = crate::cluster::sets(groups);
        sets.sort();
        sets
    }

    const FLAT: Cut = Cut { base: 0.05, contrast: 0.0, steepness: 0.55, steepness_weight: 4.0 };

    /// By the definition: recomputes every mean before every merge.
    fn oracle(n: u32, edges: &[Edge]) -> Vec<(Vec<u32>, f64)> {
        let mut clusters: Vec<Vec<u32>> = (0..n).map(|i| vec![i]).collect();
        let mut merges = Vec::new();
        let sum = |x: &[u32], y: &[u32]| -> u64 {
            edges
                .iter()
                .filter(|e| {
                    x.contains(&e.a) && y.contains(&e.b) || x.contains(&e.b) && y.contains(&e.a)
                })
                .map(|e| weight(e.score))
                .sum()
        };
        loop {
            let mut best = (0.0, 0, 0);
            for i in 0..clusters.len() {
                for j in i + 1..clusters.len() {
                    let pairs = (clusters[i].len() * clusters[j].len()) as f64;
                    let mean = sum(&clusters[i], &clusters[j]) as f64 / pairs / f64::from(ONE);
                    if mean > best.0 {
                        best = (mean, i, j);
                    }
                }
            }
            let (mean, i, j) = best;
            if mean < LEAST_MEAN {
                return merges;
            }
            let moved = clusters.remove(j);
            clusters[i].extend(moved);
            clusters[i].sort_unstable();
            merges.push((clusters[i].clone(), mean));
            clusters.sort();
        }
    }

    #[test]
    fn merges_agree_with_the_definition_on_random_graphs() {
        for seed in 0..40 {
            let mut edges = Vec::new();
            for a in 0..12 {
                for b in a + 1..12 {
                    let random = crate::hash::mix(seed << 16 | u64::from(a) << 8 | u64::from(b));
                    if random.is_multiple_of(3) {
                        edges.push(edge(a, b, (random >> 40) as f64 / (1 << 24) as f64));
                    }
                }
            }
            let place = (0..12).map(|i| (i, i as usize)).collect();
            let tree = Tree::link(12, &edges, &place);
            let mut members: Vec<Vec<u32>> = (0..12).map(|i| vec![i]).collect();
            let mut found = Vec::new();
            for merged in &tree.merges {
                let mut all = [&*members[merged.parts[0]], &*members[merged.parts[1]]].concat();
                all.sort_unstable();
                assert_eq!(all.len(), merged.size);
                found.push((all.clone(), merged.mean));
                members.push(all);
            }
            assert_eq!(found, oracle(12, &edges), "seed {seed}");
        }
    }

    #[test]
    fn a_chain_of_stories_is_cut_where_it_is_thin() {
        let edges = [edge(0, 1, 0.9), edge(1, 2, 0.6), edge(2, 3, 0.9)];
        assert_eq!(sets(&groups(4, &edges, FLAT)), [vec![0, 1], vec![2, 3]]);
    }

    #[test]
    fn the_same_likeness_is_a_story_by_itself_and_none_in_a_crowd() {
        let pair = [edge(0, 1, 0.3)];
        let cut = Cut { contrast: 0.7, ..FLAT };
        assert_eq!(sets(&groups(2, &pair, cut)), [vec![0, 1]]);
        let crowd: Vec<Edge> = (0..4).flat_map(|b| (0..b).map(move |a| edge(a, b, 0.3))).collect();
        assert_eq!(sets(&groups(4, &crowd, cut)), [vec![0, 1, 2, 3]]);
        let stricter = Cut { base: 0.35, ..cut };
        assert!(groups(4, &crowd, stricter).is_empty());
    }

    #[test]
    fn a_third_article_of_the_topic_stays_apart() {
        let topic = |with: f64| [edge(0, 1, 0.44), edge(0, 2, with), edge(1, 2, with)];
        assert_eq!(sets(&groups(3, &topic(0.19), FLAT)), [vec![0, 1]]);
        assert_eq!(sets(&groups(3, &topic(0.3), FLAT)), [vec![0, 1, 2]]);
    }

    #[test]
    fn members_point_along_their_best_matches() {
        let edges = [(0, 1, 0.9), (1, 2, 0.8), (0, 2, 0.7), (2, 3, 0.95), (0, 3, 0.6), (1, 3, 0.6)]
            .map(|(a, b, score)| edge(a, b, score));
        let found = groups(4, &edges, FLAT);
        assert_eq!(found[0].representative, 2);
        let to: Vec<_> = found[0].members.iter().map(|m| (m.article, m.to)).collect();
        assert_eq!(to, [(0, 1), (1, 2), (3, 2)]);
    }

    #[test]
    fn a_hub_of_many_edges_is_merged_in_time() {
        let edges: Vec<Edge> = (1..20_000).map(|b| edge(0, b, 0.9)).collect();
        assert!(!groups(20_000, &edges, FLAT).is_empty());
    }
}
