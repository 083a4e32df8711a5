//! The story level: how alike candidates are, the density around articles, edges, groups.

use super::gathered::{self, Gathered, Next, Sets, place};
use super::rows::{Cell, Columns, Kind, Order, Out, PerArticle, Rows, bytes_of, long};
use super::{Failure, Stage};
use retold::cluster::graph::Graph;
use retold::cluster::story::groups;
use retold::cluster::{self, Edge};
use retold::report::rounded;
use retold::score::story::density::{around, between, trust};
use retold::score::story::phrases::phrases;
use retold::score::story::{self, Coefficients, LEAST_EXCESS, Phraseless, Phrases, Profile};
use retold::store::Store;

const OF: &Coefficients = &Coefficients::SHIPPED;

/// Cosines that the density around an article may depend on, at most.
const NEAREST: usize = story::density::NEAREST;

/// From pairs with the profiles of both to two kinds of rows: of an article (`b` is null) the greatest
/// cosines of its words with those of others in the task; of a pair that may count what its excess is
/// made of but for its phrases.
#[derive(Default)]
pub(super) struct Compare {
    gathered: Gathered,
    /// The cosines of each article of the task.
    alike: Vec<Vec<f32>>,
    /// The pairs of one first article: its place, and those of the others.
    of_one: (usize, Vec<usize>),
}

impl Compare {
    fn compare(&mut self, out: &mut Out) -> Result<(), Failure> {
        // Density is never less, as it is kept.
        let least = f64::from(OF.density_least as f32);
        let (a, others) = std::mem::take(&mut self.of_one);
        if others.is_empty() {
            return Ok(());
        }
        let most = others.iter().fold(a, |most, &b| most.max(b));
        if self.alike.len() <= most {
            self.alike.resize(most + 1, Vec::new());
        }
        let mut opened = Profile::of(self.gathered.list(a)).opened();
        for b in others {
            let parts = opened.compare(Profile::of(self.gathered.list(b)));
            for place in [a, b] {
                let alike = &mut self.alike[place];
                alike.push(parts.words as f32);
                if alike.len() == 4 * NEAREST {
                    keep_nearest(alike);
                }
            }
            let parts = parts.without_phrases(OF);
            if parts.greatest_excess(least, OF) > LEAST_EXCESS {
                let [a, b] = [a, b].map(|place| long(self.gathered.article(place)));
                out.row(&[a, b, long(parts.bits() as i64), Cell::Null])?;
            }
        }
        Ok(())
    }

    /// Compares the last pairs of a task, and gives its cosines.
    fn close(&mut self, out: &mut Out) -> Result<(), Failure> {
        self.compare(out)?;
        let alike = std::mem::take(&mut self.alike);
        for (article, mut alike) in self.gathered.articles().iter().zip(alike) {
            if !alike.is_empty() {
                keep_nearest(&mut alike);
                let alike = Cell::Bytes(bytes_of(&alike));
                out.row(&[long(*article), Cell::Null, Cell::Null, alike])?;
            }
        }
        Ok(())
    }
}

/// Leaves the greatest cosines, the greatest first.
fn keep_nearest(alike: &mut Vec<f32>) {
    alike.sort_unstable_by(|x, y| y.total_cmp(x));
    alike.truncate(NEAREST);
}

pub(super) const COMPARED: Columns =
    &[("a", Kind::Long), ("b", Kind::Long), ("bits", Kind::Long), ("alike", Kind::Bytes)];

impl Stage for Compare {
    fn push(&mut self, rows: Rows<'_>, out: &mut Out) -> Result<(), Failure> {
        let columns = gathered::Columns::of(rows)?;
        for row in 0..rows.len() {
            if self.gathered.opens(&columns, row) {
                self.close(out)?;
            }
            if let Next::Pair(a, b) = self.gathered.next(&columns, row)? {
                if self.of_one.0 != a {
                    self.compare(out)?;
                    self.of_one.0 = a;
                }
                self.of_one.1.push(b);
            }
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut Out) -> Result<(), Failure> {
        self.close(out)
    }
}

/// From the cosines that tasks found, sorted by article (`a`), to the density around each.
pub(super) struct Around {
    articles: usize,
    alike: PerArticle<f32>,
}

impl Around {
    pub(super) fn new(articles: usize) -> Around {
        Around { articles, alike: PerArticle::default() }
    }
}

/// Gives the density around an article of a corpus of so many.
fn density(
    article: i64,
    alike: &mut Vec<f32>,
    articles: usize,
    out: &mut Out,
) -> Result<(), Failure> {
    keep_nearest(alike);
    let around = around(alike.iter().copied(), articles, OF);
    out.row(&[long(article), Cell::Double(f64::from(around))])
}

pub(super) const DENSITY: Columns = &[("article", Kind::Long), ("around", Kind::Double)];

impl Stage for Around {
    fn push(&mut self, rows: Rows<'_>, out: &mut Out) -> Result<(), Failure> {
        let (articles, alike) = (rows.longs("a")?, rows.bytes("alike")?);
        let n = self.articles;
        self.alike.push(articles, &alike, |article, alike| density(article, alike, n, out))
    }

    fn finish(&mut self, out: &mut Out) -> Result<(), Failure> {
        let n = self.articles;
        self.alike.finish(|article, alike| density(article, alike, n, out))
    }
}

/// From pairs with the density around both (`around_a`, `around_b`) to those that may count, with the
/// mean of both.
pub(super) struct Counting;

pub(super) const COUNTING: Columns =
    &[("a", Kind::Long), ("b", Kind::Long), ("bits", Kind::Long), ("density", Kind::Double)];

impl Stage for Counting {
    fn push(&mut self, rows: Rows<'_>, out: &mut Out) -> Result<(), Failure> {
        let (a, b, bits) = (rows.longs("a")?, rows.longs("b")?, rows.longs("bits")?);
        let (of_a, of_b) = (rows.doubles("around_a")?, rows.doubles("around_b")?);
        for row in 0..rows.len() {
            let density = between(of_a.value(row) as f32, of_b.value(row) as f32);
            let bits = bits.at(row);
            let parts = Phraseless::from_bits(bits as u64);
            if parts.greatest_excess(density, OF) > LEAST_EXCESS {
                let [a, b] = [a, b].map(|column| long(column.at(row)));
                out.row(&[a, b, long(bits), Cell::Double(density)])?;
            }
        }
        Ok(())
    }
}

/// From pairs that may count, with the words of both, to those whose excess is enough: edges.
#[derive(Default)]
pub(super) struct Edges {
    gathered: Gathered,
    sets: Sets,
}

pub(super) const EDGE: Columns = &[("a", Kind::Long), ("b", Kind::Long), ("score", Kind::Double)];

impl Stage for Edges {
    fn push(&mut self, rows: Rows<'_>, out: &mut Out) -> Result<(), Failure> {
        let columns = gathered::Columns::of(rows)?;
        let (bits, density) = (rows.longs("bits")?, rows.doubles("density")?);
        for row in 0..rows.len() {
            if self.gathered.opens(&columns, row) {
                self.sets.clear();
            }
            let Next::Pair(a, b) = self.gathered.next(&columns, row)? else { continue };
            let [of_a, of_b] = self.sets.of(&self.gathered, [a, b]);
            let phrases = phrases(Phrases::of(of_a).overlap(of_b));
            let parts = Phraseless::from_bits(bits.at(row) as u64);
            let score = parts.excess(phrases, density.value(row), OF);
            if score > LEAST_EXCESS {
                let [a, b] = [a, b].map(|place| long(self.gathered.article(place)));
                out.row(&[a, b, Cell::Double(score)])?;
            }
        }
        Ok(())
    }
}

/// From the articles and the edges of components to stories: rows sorted by `root`, `kind` (0: an
/// article, `a`; 1: an edge), `a`, `b`.
pub(super) struct StoryGroups {
    cut: cluster::story::Cut,
    store: Store,
    order: Order,
    root: Option<i64>,
    articles: Vec<i64>,
    graph: Option<Graph>,
}

impl StoryGroups {
    pub(super) fn new(threshold: f64, articles: usize, store: Store) -> StoryGroups {
        let cut = story::cut(threshold, trust(articles), OF);
        let (order, articles) = Default::default();
        StoryGroups { cut, store, order, root: None, articles, graph: None }
    }

    fn close(&mut self, out: &mut Out) -> Result<(), Failure> {
        let articles = std::mem::take(&mut self.articles);
        let Some(graph) = self.graph.take() else { return Ok(()) };
        let mut found = Vec::new();
        groups(graph, self.cut, |group| {
            found.push(group);
            Ok(())
        })?;
        for group in found {
            let name = |article: u32| long(articles[article as usize]);
            let representative = name(group.representative);
            for member in group.members {
                let score = rounded(story::probability_clustered(member.score, true, OF));
                let member = [name(member.article), representative, name(member.to)];
                out.row(&[member[0], member[1], member[2], Cell::Double(score)])?;
            }
        }
        Ok(())
    }
}

impl Stage for StoryGroups {
    fn push(&mut self, rows: Rows<'_>, out: &mut Out) -> Result<(), Failure> {
        let (roots, kinds) = (rows.longs("root")?, rows.longs("kind")?);
        let (a, b, scores) = (rows.longs("a")?, rows.longs("b")?, rows.doubles("score")?);
        for row in 0..rows.len() {
            let (root, kind) = (roots.at(row), kinds.at(row));
            self.order.next([root << 1 | kind, a.at(row), b.at(row)])?;
            if self.root.replace(root) != Some(root) {
                self.close(out)?;
            }
            if kind == 0 {
                self.articles.push(a.at(row));
                continue;
            }
            let place = |article: i64| Ok::<_, Failure>(place(&self.articles, article)? as u32);
            let [a, b] = [place(a.at(row))?, place(b.at(row))?];
            let (store, articles) = (&self.store, self.articles.len());
            let graph =
                self.graph.get_or_insert_with(|| Graph::new(articles, store, store.share(4)));
            graph.push(Edge { a, b, score: scores.value(row) })?;
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut Out) -> Result<(), Failure> {
        self.close(out)
    }
}
