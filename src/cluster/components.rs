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
    fn sets_do_not_depend_on_the_order_of_joins() {
        let mut joins = vec![(5, 6), (0, 3), (2, 3), (6, 9), (1, 8)];
        for _ in 0..2 {
            let mut forest = Forest::new(10);
            joins.iter().for_each(|&(a, b)| forest.join(a, b));
            let roots: Vec<u32> = (0..10).map(|article| forest.root(article)).collect();
            assert_eq!(roots, [0, 1, 0, 0, 4, 5, 5, 7, 1, 5]);
            joins.reverse();
        }
        assert_eq!(nodes(&joins, |e| *e), [0, 1, 2, 3, 5, 6, 8, 9]);
    }
}
