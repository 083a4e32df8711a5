//! Connected components by union-find.

/// Sets of articles joined so far. The least number of a set is its root, so that the result does
/// not depend on the order of the joins. Memory: 4 bytes an article.
#[derive(Clone, Debug)]
pub struct Forest(Vec<u32>);

impl Forest {
    /// As many articles, each by itself.
    #[must_use]
    pub fn new(articles: usize) -> Forest {
        Forest((0..articles as u32).collect())
    }

    /// The least number in the set of an article.
    ///
    /// # Panics
    /// If there is no such article; the same goes for the others.
    pub fn root(&mut self, mut article: u32) -> u32 {
        while self.0[article as usize] != article {
            let parent = self.0[article as usize];
            self.0[article as usize] = self.0[parent as usize]; // path halving
            article = parent;
        }
        article
    }

    /// Makes one set of those of two articles.
    pub fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b) as usize] = a.min(b);
    }
}

/// The edges of each component of a graph of `articles` nodes, whose ends `ends` tells; components
/// in order of their least node, edges by their nodes. Nodes without edges are in none.
///
/// Cost: nearly linear in nodes and edges, and a sort of the edges.
#[must_use]
pub fn components<E: Copy>(
    articles: usize,
    edges: &[E],
    ends: impl Fn(&E) -> (u32, u32),
) -> Vec<Vec<E>> {
    let mut forest = Forest::new(articles);
    for edge in edges {
        let (a, b) = ends(edge);
        forest.join(a, b);
    }
    let mut by_root: Vec<(u32, E)> =
        edges.iter().map(|edge| (forest.root(ends(edge).0), *edge)).collect();
    by_root.sort_unstable_by_key(|(root, edge)| (*root, ends(edge)));
    by_root
        .chunk_by(|x, y| x.0 == y.0)
        .map(|component| component.iter().map(|(_, edge)| *edge).collect())
        .collect()
}

/// The nodes of some edges: sorted, each once.
#[must_use]
pub fn nodes<E>(edges: &[E], ends: impl Fn(&E) -> (u32, u32)) -> Vec<u32> {
    let mut nodes: Vec<u32> = edges.iter().flat_map(|edge| <[u32; 2]>::from(ends(edge))).collect();
    nodes.sort_unstable();
    nodes.dedup();
    nodes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_do_not_depend_on_the_order_of_edges() {
        let mut edges = vec![(5, 6), (0, 3), (2, 3), (6, 9), (1, 8)];
        let forward = components(10, &edges, |e| *e);
        edges.reverse();
        assert_eq!(forward, components(10, &edges, |e| *e));
        let found: Vec<_> = forward.iter().map(|c| nodes(c, |e| *e)).collect();
        assert_eq!(found, [vec![0, 2, 3], vec![1, 8], vec![5, 6, 9]]);
    }
}
