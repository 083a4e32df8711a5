//! One row an article: the table behind `--assignments`.

use super::rounded;
use crate::pipeline::{Assignment, Clusters, Entries, Entry, TOGETHER};
use crate::store::{Result, StoreError};
use serde::Serialize;

/// Which articles get a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowsOf {
    /// All, in the order of their ids.
    All,
    /// Those in clusters of two and more, cluster by cluster.
    Clustered,
    /// All, cluster by cluster.
    ClusteredAndAlone,
}

/// A row. Representatives and matches are named by their ids.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// Id of the article.
    pub id: String,
    /// The file it was read from, and in a dump the record in it.
    pub source: String,
    /// Representative of its exact group.
    pub exact: String,
    /// Representative of its near group.
    pub near: String,
    /// Representative of its story.
    pub story: String,
    /// Why it is in its cluster.
    pub relation: &'static str,
    /// The article it was matched with.
    pub to: Option<String>,
    /// Score of the match, 0 to 1.
    pub score: Option<f64>,
}

/// A row in its place.
pub(super) struct Placed {
    pub(super) row: Row,
    /// What else is reported of the article.
    pub(super) entry: Entry,
    /// Articles in its cluster, where it is the first of it.
    pub(super) opens: Option<usize>,
    /// Whether it is the last of its cluster.
    pub(super) closes: bool,
}

/// Calls `visit` with the rows of a result, in order. Where that is the order of the ids, each article
/// counts as a cluster by itself.
pub(super) fn each_row<E: From<StoreError>>(
    clusters: &Clusters,
    of: RowsOf,
    mut visit: impl FnMut(Placed) -> Result<(), E>,
) -> Result<(), E> {
    let mut waiting = Vec::with_capacity(TOGETHER);
    let mut add = |members: &[Assignment]| -> Result<(), E> {
        for (at, member) in members.iter().enumerate() {
            let opens = (at == 0).then_some(members.len());
            waiting.push((*member, opens, at + 1 == members.len()));
            if waiting.len() == TOGETHER {
                tell(clusters, &mut waiting, &mut visit)?;
            }
        }
        Ok(())
    };
    match of {
        RowsOf::All => clusters.assignments(|assignment| add(&[assignment])),
        RowsOf::Clustered => clusters.clusters(2, add),
        RowsOf::ClusteredAndAlone => clusters.clusters(1, add),
    }?;
    tell(clusters, &mut waiting, &mut visit)
}

/// Calls `visit` with the rows that wait.
fn tell<E: From<StoreError>>(
    clusters: &Clusters,
    waiting: &mut Vec<(Assignment, Option<usize>, bool)>,
    visit: &mut impl FnMut(Placed) -> Result<(), E>,
) -> Result<(), E> {
    let named = |(of, ..): &(Assignment, Option<usize>, bool)| {
        let to = of.matched.map_or(of.article, |(to, _)| to);
        [of.article, of.exact, of.near, of.story, to]
    };
    let entries = clusters.entries(waiting.iter().flat_map(named).collect())?;
    waiting.drain(..).try_for_each(|(of, opens, closes)| {
        let (row, entry) = row(&entries, &of);
        visit(Placed { row, entry, opens, closes })
    })
}

/// The row of an article, and what else is reported of it.
fn row(entries: &Entries<'_>, of: &Assignment) -> (Row, Entry) {
    let entry = entries.entry(of.article);
    // Most articles stand for themselves.
    let id = |article| if article == of.article { entry.id.clone() } else { entries.id(article) };
    let row = Row {
        id: id(of.article),
        source: entry.source.to_string(),
        exact: id(of.exact),
        near: id(of.near),
        story: id(of.story),
        relation: of.relation.name(),
        to: of.matched.map(|(to, _)| id(to)),
        score: of.matched.map(|(_, score)| rounded(score)),
    };
    (row, entry)
}
