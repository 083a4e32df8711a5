//! Story groups: average linkage, cut where a group stands out most from what is around it.
//!
//! Articles are merged by the mean score over all pairs between two groups, the best merge first
//! (Sokal and Michener 1958), until next to nothing is left between any two; a pair that was never a candidate
//! counts as 0, so memory is that of the pairs of a component. Of all groups met on the
//! way those are kept that are worth most: alike inside, and much more so than with what they
//! would be merged with next. So a running story is cut into its events although its parts are
//! alike, and one cut need not serve all.

use super::components::nodes;
use super::graph::{Graph, ONE, Packed, same_component, unpack};
use super::{Group, Member};
use crate::store::Result;
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

/// Calls `visit` with the story groups of a graph, in the order of the components' least article. In
/// each group every member points to the article that it is best matched with on the way to the
/// representative.
///
/// Cost: about `E log E` for `E` edges unless a few articles have most of them. Memory: some 50 bytes
/// an edge of the components that are worked on, and see [`Graph`].
///
/// # Errors
/// Those of the work folder; those of `visit`.
pub fn groups(graph: Graph, cut: Cut, mut visit: impl FnMut(Group) -> Result<()>) -> Result<()> {
    graph.components(|components| {
        let of_components = components.par_chunk_by(same_component);
        let groups: Vec<Vec<Group>> = of_components.map(|edges| split(edges, cut)).collect();
        groups.into_iter().flatten().try_for_each(&mut visit)
    })
}

/// An edge: both nodes, by their places in a component, and the score in units of 1 / [`ONE`].
type Edge = (u32, u32, u32);

fn split(edges: &[Packed], cut: Cut) -> Vec<Group> {
    let nodes = nodes(edges, |edge| (unpack(*edge).0, unpack(*edge).1));
    let place = |node: u32| nodes.partition_point(|&other| other < node) as u32;
    let local = |edge: &Packed| {
        let (a, b, score) = unpack(*edge);
        (place(a), place(b), score)
    };
    let edges: Vec<Edge> = edges.par_iter().map(local).collect();
    let cluster_of = Tree::link(nodes.len(), &edges).cut(cut);
    let cluster = |edge: &Edge| cluster_of[edge.0 as usize];
    let inside = edges.into_par_iter().filter(|edge| cluster(edge) == cluster_of[edge.1 as usize]);
    let mut inside: Vec<Edge> = inside.collect();
    inside.par_sort_unstable_by_key(|edge| (cluster(edge), *edge));
    let of_clusters = inside.par_chunk_by(|x, y| cluster(x) == cluster(y));
    of_clusters.map(|edges| spanning_tree(edges, &nodes)).collect()
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
    /// Average linkage, down to [`LEAST_MEAN`]; each merge comes after those of its parts.
    ///
    /// By chains of nearest neighbours (Benzécri 1982, Juan 1982): from a group to the one that is
    /// closest to it, and on, until two are closest to each other. These may be merged at once,
    /// since nothing that is merged elsewhere comes closer to them by it. Of equally close groups the
    /// pair of the least numbers is taken, so that no chain goes in circles.
    fn link(n: usize, edges: &[Edge]) -> Tree {
        let mut groups = Groups::new(n, edges);
        let (mut merges, mut name) = (Vec::new(), (0..n).collect::<Vec<_>>());
        let mut chain = Vec::new();
        for start in 0..n {
            if groups.size[start] > 0 {
                chain.push(start);
            }
            while let Some(&tip) = chain.last() {
                let before = chain.len().checked_sub(2).map(|at| chain[at]);
                match groups.nearest(tip) {
                    Some((mean, other)) if before == Some(other) => {
                        chain.truncate(chain.len() - 2);
                        let merged = groups.merge(tip, other);
                        let parts = [name[tip.min(other)], name[tip.max(other)]];
                        merges.push(Merged { parts, size: groups.size[merged] as usize, mean });
                        name[merged] = n + merges.len() - 1;
                        if chain.is_empty() {
                            chain.push(merged);
                        }
                    }
                    Some((_, other)) => chain.push(other),
                    None => chain.clear(),
                }
            }
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

/// The groups of a component while they are merged. A group is named by one of its nodes.
struct Groups {
    /// For each group those it has edges to, above the sum of the scores to them. A group that was
    /// merged since the row was last looked at still stands in it by itself.
    rows: Vec<Vec<u64>>,
    /// The name of the group that each was merged into; of one that was not its own.
    of: Vec<u32>,
    /// Nodes of each group; 0 for a node that names none.
    size: Vec<u32>,
    /// What was merged since, of the row that is looked at.
    stale: Vec<u64>,
}

/// Bits of a sum in a row: a component has fewer than 2^22 edges, thus at most as many nodes, and a
/// score at most 2^20.
const SUM_BITS: u32 = 42;

impl Groups {
    fn new(n: usize, edges: &[Edge]) -> Groups {
        let mut degrees = vec![0; n];
        for &(a, b, _) in edges {
            degrees[a as usize] += 1;
            degrees[b as usize] += 1;
        }
        let mut rows: Vec<Vec<u64>> = degrees.into_iter().map(Vec::with_capacity).collect();
        // Edges come sorted, so each row does as well: first those with a lesser node.
        for &(a, b, score) in edges {
            rows[a as usize].push(u64::from(b) << SUM_BITS | u64::from(score));
            rows[b as usize].push(u64::from(a) << SUM_BITS | u64::from(score));
        }
        Groups { rows, of: (0..n as u32).collect(), size: vec![1; n], stale: Vec::new() }
    }

    /// The group with the greatest mean score to this one, and that score, if it is enough.
    fn nearest(&mut self, group: usize) -> Option<(f64, usize)> {
        self.tidy(group);
        let own = f64::from(self.size[group]);
        let pair = |other: usize| (group.min(other), group.max(other));
        let mut nearest = (f64::NEG_INFINITY, group);
        for &entry in &self.rows[group] {
            let (other, sum) = parted(entry);
            let mean = sum as f64 / (own * f64::from(self.size[other]));
            if mean > nearest.0 || mean == nearest.0 && pair(other) < pair(nearest.1) {
                nearest = (mean, other);
            }
        }
        let (mean, other) = (nearest.0 / f64::from(ONE), nearest.1);
        (mean >= LEAST_MEAN).then_some((mean, other))
    }

    /// Makes one group of two, and returns its name: that of the one with more neighbours. Both rows
    /// have been looked at since the last merge.
    fn merge(&mut self, a: usize, b: usize) -> usize {
        let (into, from) = if self.rows[a].len() < self.rows[b].len() { (b, a) } else { (a, b) };
        let moved = std::mem::take(&mut self.rows[from]);
        self.rows[into].extend(moved);
        self.size[into] += std::mem::take(&mut self.size[from]);
        self.of[from] = into as u32;
        into
    }

    /// Brings a row up to date: each group that there is now once, rising.
    fn tidy(&mut self, group: usize) {
        let mut row = std::mem::take(&mut self.rows[group]);
        let mut stale = std::mem::take(&mut self.stale);
        row.retain(|&entry| {
            let (other, sum) = parted(entry);
            if self.of[other] as usize == other {
                return other != group;
            }
            let now = self.root(other);
            if now != group {
                stale.push((now as u64) << SUM_BITS | sum);
            }
            false
        });
        let rising = |row: &[u64]| row.is_sorted_by(|x, y| x >> SUM_BITS < y >> SUM_BITS);
        if !stale.is_empty() || !rising(&row) {
            stale.sort_unstable();
            row.append(&mut stale);
            // A few rising runs, which a stable sort merges in one pass.
            row.sort();
            row.dedup_by(|next, kept| {
                let same = *next >> SUM_BITS == *kept >> SUM_BITS;
                *kept += if same { parted(*next).1 } else { 0 };
                same
            });
        }
        (self.rows[group], self.stale) = (row, stale);
    }

    fn root(&mut self, mut group: usize) -> usize {
        while self.of[group] as usize != group {
            let parent = self.of[group] as usize;
            self.of[group] = self.of[parent]; // path halving
            group = parent;
        }
        group
    }
}

/// A group in a row, and the sum of the scores to it.
fn parted(entry: u64) -> (usize, u64) {
    ((entry >> SUM_BITS) as usize, entry & ((1 << SUM_BITS) - 1))
}

/// The group that some edges connect. The representative is the article with the greatest sum of
/// scores; every other points to its parent in the maximum spanning tree from there (Prim).
fn spanning_tree(edges: &[Edge], nodes: &[u32]) -> Group {
    let mut neighbours: BTreeMap<u32, Vec<(u32, u32)>> = BTreeMap::new();
    for &(a, b, score) in edges {
        neighbours.entry(a).or_default().push((b, score));
        neighbours.entry(b).or_default().push((a, score));
    }
    let total = |of: &[(u32, u32)]| of.iter().map(|(_, score)| u64::from(*score)).sum::<u64>();
    let representative = neighbours
        .iter()
        .map(|(&node, near)| (total(near), Reverse(node)))
        .max()
        .map_or(0, |(_, Reverse(node))| node);

    let mut members: BTreeMap<u32, Member> = BTreeMap::new();
    let mut queue = BinaryHeap::new();
    let (mut reached, name) = (representative, |node: u32| nodes[node as usize]);
    loop {
        for &(other, score) in &neighbours[&reached] {
            if other != representative && !members.contains_key(&other) {
                queue.push((score, Reverse((other, reached))));
            }
        }
        let next = std::iter::from_fn(|| queue.pop())
            .find(|(_, Reverse((node, _)))| !members.contains_key(node));
        let Some((score, Reverse((node, to)))) = next else { break };
        let score = f64::from(score) / f64::from(ONE);
        members.insert(node, Member { article: name(node), to: name(to), score });
        reached = node;
    }
    Group { representative: name(representative), members: members.into_values().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::Edge;
    use crate::store::tests::both;

    fn edge(a: u32, b: u32, score: f64) -> Edge {
        Edge { a, b, score }
    }

    fn weight(score: f64) -> u32 {
        (score * f64::from(ONE)) as u32
    }

    fn groups(articles: usize, edges: &[Edge], cut: Cut) -> Vec<Group> {
        let [in_file, in_memory] = both().map(|store| {
            let mut graph = Graph::new(articles, &store, 100);
            edges.iter().for_each(|edge| graph.push(*edge).unwrap());
            let mut found = Vec::new();
            let keep = |group| {
                found.push(group);
                Ok(())
            };
            super::groups(graph, cut, keep).unwrap();
            found
        });
        assert_eq!(in_file, in_memory);
        in_memory
    }

    fn sets(groups: &[Group]) -> Vec<Vec<u32>> {
        let mut sets = crate::cluster::sets(groups);
        sets.sort();
        sets
    }

    const FLAT: Cut = Cut { base: 0.05, contrast: 0.0, steepness: 0.53, steepness_weight: 3.0 };

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
                .map(|e| u64::from(weight(e.score)))
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
            let local: Vec<_> = edges.iter().map(|e| (e.a, e.b, weight(e.score))).collect();
            let tree = Tree::link(12, &local);
            let mut members: Vec<Vec<u32>> = (0..12).map(|i| vec![i]).collect();
            let mut found = Vec::new();
            for merged in &tree.merges {
                let mut all = [&*members[merged.parts[0]], &*members[merged.parts[1]]].concat();
                all.sort_unstable();
                assert_eq!(all.len(), merged.size);
                found.push((all.clone(), merged.mean));
                members.push(all);
            }
            // The definition merges the best pair of all first.
            found.sort_by(|x: &(_, f64), y| y.1.total_cmp(&x.1));
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
