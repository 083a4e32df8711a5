//! One row an article: the table behind `--assignments`.

use super::rounded;
use crate::pipeline::{Assignment, Clusters, Entry};
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

/// The row of an article, and what else is reported of it.
pub(super) fn row(clusters: &Clusters, of: &Assignment) -> Result<(Row, Entry)> {
    let entry = clusters.entry(of.article)?;
    // Most articles stand for themselves.
    let id = |article| {
        if article == of.article { Ok(entry.id.clone()) } else { clusters.id(article) }
    };
    let row = Row {
        id: id(of.article)?,
        source: entry.source.to_string(),
        exact: id(of.exact)?,
        near: id(of.near)?,
        story: id(of.story)?,
        relation: of.relation.name(),
        to: of.matched.map(|(to, _)| id(to)).transpose()?,
        score: of.matched.map(|(_, score)| rounded(score)),
    };
    Ok((row, entry))
}

/// Calls `visit` with the rows of a result, in order.
pub(super) fn each_row<E: From<StoreError>>(
    clusters: &Clusters,
    of: RowsOf,
    mut visit: impl FnMut(Row) -> Result<(), E>,
) -> Result<(), E> {
    let mut visit = |assignment: &Assignment| visit(row(clusters, assignment)?.0);
    let at_least = match of {
        RowsOf::All => return clusters.assignments(|assignment| visit(&assignment)),
        RowsOf::Clustered => 2,
        RowsOf::ClusteredAndAlone => 1,
    };
    clusters.clusters(at_least, |members| members.iter().try_for_each(&mut visit))
}
