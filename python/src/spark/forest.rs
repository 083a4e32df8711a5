//! Components of a graph that is spread over a cluster: forests that are merged.
//!
//! Each partition keeps of its edges a spanning forest, as a star for each tree: at most one edge an
//! article, however many came. Forests of several partitions are edges again, and merged in the same
//! way, until one is left.

use super::rows::{Out, Rows, long};
use super::{Failure, Stage};
use retold::cluster::components::{Forest, nodes};

/// Edges that are held before they are merged into the forest.
const TOGETHER: usize = 1 << 22;

/// From edges `a`, `b` in any order to those of a spanning forest: `a` the least article of a tree, `b`
/// another. Memory: 8 bytes an article, and [`TOGETHER`] edges.
#[derive(Default)]
pub(super) struct SpanningForest {
    edges: Vec<(u32, u32)>,
    /// How many of them are those of the forest so far.
    merged: usize,
}

impl SpanningForest {
    fn merge(&mut self) {
        let nodes = nodes(&self.edges, |edge| *edge);
        let place = |node: u32| nodes.partition_point(|&other| other < node) as u32;
        let mut forest = Forest::new(nodes.len());
        self.edges.drain(..).for_each(|(a, b)| forest.join(place(a), place(b)));
        let star = |at: usize| (nodes[forest.root(at as u32) as usize], nodes[at]);
        self.edges = (0..nodes.len()).map(star).filter(|(root, node)| root != node).collect();
        self.merged = self.edges.len();
    }
}

impl Stage for SpanningForest {
    fn push(&mut self, rows: Rows<'_>, _out: &mut Out) -> Result<(), Failure> {
        let (a, b) = (rows.longs("a")?, rows.longs("b")?);
        self.edges.extend((0..rows.len()).map(|row| (a.at(row) as u32, b.at(row) as u32)));
        if self.edges.len() > 2 * self.merged + TOGETHER {
            self.merge();
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut Out) -> Result<(), Failure> {
        self.merge();
        self.edges.iter().try_for_each(|&(root, node)| out.row(&[long(root), long(node)]))
    }
}
