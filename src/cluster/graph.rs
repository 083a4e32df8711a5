//! Scored pairs, and the components they hang together in, however many there are.

use super::Edge;
use super::components::Forest;
use crate::store::{Result, Sorter, Store, StoreError, Table};

/// The edges between some articles.
#[derive(Debug)]
pub struct Graph {
    articles: usize,
    store: Store,
    /// Both ends, and the score in units of 1 / [`ONE`].
    edges: Table<[u32; 3]>,
}

/// The integer that stands for a score of 1: sums of integers do not depend on their order.
pub(super) const ONE: u32 = 1 << 20;

/// The edges of a component, as they are sorted: its least article, both ends, and the score.
pub(super) type Packed = u128;

/// Both ends and the score.
pub(super) fn unpack(packed: Packed) -> (u32, u32, u32) {
    ((packed >> 64) as u32, (packed >> 32) as u32, packed as u32)
}

pub(super) fn same_component(x: &Packed, y: &Packed) -> bool {
    x >> 96 == y >> 96
}

/// Edges of a component at most, so that it can be clustered in some 200 MB. One of more is parted:
/// into what hangs together by edges of at least some score, which is raised by steps of [`STEP`] until
/// no part has too many. Edges within a part all stay.
const MOST_EDGES: u32 = (1 << 22) - 2;

/// See [`MOST_EDGES`].
const STEP: f64 = 0.01;

impl Graph {
    /// No edges yet between articles with numbers under `articles`. Up to `bytes` are held in memory.
    #[must_use]
    pub fn new(articles: usize, store: &Store, bytes: usize) -> Graph {
        Graph { articles, store: store.clone(), edges: Table::new(store, bytes) }
    }

    /// Adds an edge; its score is cut to a 2^-20.
    ///
    /// # Errors
    /// Those of the work folder, as everywhere here.
    pub fn push(&mut self, edge: Edge) -> Result<()> {
        self.edges.push([edge.a, edge.b, (edge.score * f64::from(ONE)) as u32])
    }

    /// Number of edges.
    #[must_use]
    pub fn len(&self) -> usize {
        self.edges.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.edges.is_empty()
    }

    /// Calls `visit` with the edges of some components at a time, each whole: sorted by their least
    /// article, then by both ends.
    ///
    /// Cost: nearly linear in articles and edges, and a sort of the edges; where there are more than
    /// [`MOST_EDGES`] two more passes over them for each step. Memory: 13 bytes an article, and half
    /// of what is free in the store.
    pub(super) fn components(self, visit: impl FnMut(&[Packed]) -> Result<()>) -> Result<()> {
        self.components_within(MOST_EDGES, visit)
    }

    pub(super) fn components_within(
        self,
        most: u32,
        mut visit: impl FnMut(&[Packed]) -> Result<()>,
    ) -> Result<()> {
        let Graph { articles, store, edges } = self;
        // How often the least score of the component of each article was raised. Articles that parted
        // on the way do not meet again: what was between them is less than the greater of the two.
        let mut raised = vec![0_u8; articles];
        let mut forest = joined(articles, &edges, &raised)?;
        while edges.len() > most as usize {
            let mut edges_of = vec![0_u32; articles];
            edges.blocks(|_, edges| {
                for &[a, b, _] in edges {
                    let (root, other) = (forest.root(a), forest.root(b));
                    let within = &mut edges_of[root as usize];
                    *within = within.saturating_add(u32::from(root == other));
                }
                Ok::<_, StoreError>(())
            })?;
            if edges_of.iter().all(|edges| *edges <= most) {
                break;
            }
            for (article, raised) in (0..).zip(&mut raised) {
                *raised += u8::from(edges_of[forest.root(article) as usize] > most);
            }
            forest = joined(articles, &edges, &raised)?;
        }
        let mut sorter: Sorter<Packed> = Sorter::new(&store, store.share(2));
        edges.blocks(|_, edges| {
            edges.iter().try_for_each(|&[a, b, score]| {
                let root = forest.root(a);
                if root != forest.root(b) {
                    return Ok(());
                }
                let [root, a, b, score] = [root, a, b, score].map(u128::from);
                sorter.push(root << 96 | a << 64 | b << 32 | score)
            })
        })?;
        drop((edges, forest, raised));
        sorter.finish()?.blocks(same_component, |components| visit(components))
    }
}

/// The articles joined by the edges whose score is enough at both ends.
fn joined(articles: usize, edges: &Table<[u32; 3]>, raised: &[u8]) -> Result<Forest> {
    let mut forest = Forest::new(articles);
    edges.blocks(|_, edges| {
        for &[a, b, score] in edges {
            let least = f64::from(raised[a as usize].max(raised[b as usize])) * STEP;
            if f64::from(score) >= least * f64::from(ONE) {
                forest.join(a, b);
            }
        }
        Ok::<_, StoreError>(())
    })?;
    Ok(forest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::both;

    /// Edges of each component.
    fn components(most: u32, edges: &[(u32, u32, f64)]) -> Vec<Vec<(u32, u32)>> {
        let found = both().map(|store| {
            let mut graph = Graph::new(10, &store, 24);
            edges.iter().for_each(|&(a, b, score)| graph.push(Edge { a, b, score }).unwrap());
            let mut found = Vec::new();
            let ends = |packed: &Packed| (unpack(*packed).0, unpack(*packed).1);
            graph
                .components_within(most, |components| {
                    let each = components.chunk_by(same_component);
                    found.extend(each.map(|edges| edges.iter().map(ends).collect::<Vec<_>>()));
                    Ok(())
                })
                .unwrap();
            found
        });
        assert_eq!(found[0], found[1]);
        found[0].clone()
    }

    #[test]
    fn components_come_whole_and_in_order() {
        let edges = [(5, 6, 0.5), (0, 3, 0.5), (2, 3, 0.1), (6, 9, 0.5), (1, 8, 0.5)];
        let expected = [vec![(0, 3), (2, 3)], vec![(1, 8)], vec![(5, 6), (6, 9)]];
        assert_eq!(components(10, &edges), expected);
    }

    #[test]
    fn a_component_that_is_too_large_is_parted_where_it_is_weak() {
        // Two triangles that hang together by little, and a chain as weak that is small enough.
        let edges = [
            (0, 1, 0.5),
            (0, 2, 0.5),
            (1, 2, 0.04),
            (2, 3, 0.05),
            (3, 4, 0.5),
            (3, 5, 0.3),
            (4, 5, 0.3),
            (7, 8, 0.03),
            (8, 9, 0.03),
        ];
        let chain = vec![(7, 8), (8, 9)];
        let triangles = [vec![(0, 1), (0, 2), (1, 2)], vec![(3, 4), (3, 5), (4, 5)]];
        assert_eq!(components(6, &edges), [&triangles[..], std::slice::from_ref(&chain)].concat());
        assert_eq!(components(2, &edges), [vec![(3, 4)], chain]);
        assert_eq!(components(7, &edges).len(), 2);
    }
}
