//! Components of a graph that is spread over a cluster: forests that are merged.
//!
//! Each partition keeps of its edges a spanning forest, as a star for each tree: at most one edge an
//! article, however many came. Forests of several partitions are edges again, and merged in the same
//! way, until one is left.

use super::rows::{Columns, Kind, Out, Rows, long};
use super::{Failure, Stage};
use retold::cluster::components::{Forest, nodes};

/// Edges that are held before they are merged into the forest.
const TOGETHER: usize = 1 << 22;

/// Edges `a`, `b` in any order, down to those of a spanning forest: `a` the least article of a tree,
/// `b` another. Memory: 8 bytes an article, and [`TOGETHER`] edges.
#[derive(Default)]
struct Stars {
    edges: Vec<(u32, u32)>,
    /// How many of them are those of the forest so far.
    merged: usize,
}

impl Stars {
    fn add(&mut self, rows: Rows<'_>) -> Result<(), Failure> {
        let (a, b) = (rows.longs("a")?, rows.longs("b")?);
        self.edges.extend((0..rows.len()).map(|row| (a.at(row) as u32, b.at(row) as u32)));
        if self.edges.len() > 2 * self.merged + TOGETHER {
            self.merge();
        }
        Ok(())
    }

    /// The edges of the forest, rising.
    fn merge(&mut self) -> &[(u32, u32)] {
        let nodes = nodes(&self.edges, |edge| *edge);
        let place = |node: u32| nodes.partition_point(|&other| other < node) as u32;
        let mut forest = Forest::new(nodes.len());
        self.edges.drain(..).for_each(|(a, b)| forest.join(place(a), place(b)));
        let star = |at: usize| (nodes[forest.root(at as u32) as usize], nodes[at]);
        self.edges = (0..nodes.len()).map(star).filter(|(root, node)| root != node).collect();
        self.edges.sort_unstable();
        self.merged = self.edges.len();
        &self.edges
    }
}

/// From the edges of a partition to those of a spanning forest.
#[derive(Default)]
pub(super) struct SpanningForest(Stars);

impl Stage for SpanningForest {
    fn push(&mut self, rows: Rows<'_>, _out: &mut Out) -> Result<(), Failure> {
        self.0.add(rows)
    }

    fn finish(&mut self, out: &mut Out) -> Result<(), Failure> {
        self.0.merge().iter().try_for_each(|&(root, node)| out.row(&[long(root), long(node)]))
    }
}

pub(super) const COMPONENT: Columns = &[("article", Kind::Long), ("root", Kind::Long)];

/// From the last edges to the component of each article that is in any: its least article.
#[derive(Default)]
pub(super) struct Components(Stars);

impl Stage for Components {
    fn push(&mut self, rows: Rows<'_>, _out: &mut Out) -> Result<(), Failure> {
        self.0.add(rows)
    }

    fn finish(&mut self, out: &mut Out) -> Result<(), Failure> {
        for tree in self.0.merge().chunk_by(|x, y| x.0 == y.0) {
            let root = long(tree[0].0);
            out.row(&[root, root])?;
            tree.iter().try_for_each(|&(_, node)| out.row(&[long(node), root]))?;
        }
        Ok(())
    }
}
