//! One row an article: the table behind `--assignments`.

use super::rounded;
use crate::pipeline::{Clusters, Relation};
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
pub struct Row<'a> {
    /// Id of the article.
    pub id: &'a str,
    /// The file it was read from, and in a dump the record in it.
    pub source: String,
    /// Representative of its exact group.
    pub exact: &'a str,
    /// Representative of its near group.
    pub near: &'a str,
    /// Representative of its story.
    pub story: &'a str,
    /// Why it is in its cluster.
    pub relation: &'static str,
    /// The article it was matched with.
    pub to: Option<&'a str>,
    /// Score of the match, 0 to 1.
    pub score: Option<f64>,
}

/// The row of one article.
pub(super) fn row(clusters: &Clusters, article: u32) -> Row<'_> {
    let id = |article: u32| clusters.entries[article as usize].id.as_str();
    let assignment = &clusters.assignments[article as usize];
    Row {
        id: id(article),
        source: clusters.entries[article as usize].source.to_string(),
        exact: id(assignment.exact),
        near: id(assignment.near),
        story: id(assignment.story),
        relation: Relation::name(assignment.relation),
        to: assignment.matched.map(|(to, _)| id(to)),
        score: assignment.matched.map(|(_, score)| rounded(score)),
    }
}

/// Calls `visit` with the rows of a result, in order.
pub(super) fn each_row<E>(
    clusters: &Clusters,
    of: RowsOf,
    mut visit: impl FnMut(Row<'_>) -> Result<(), E>,
) -> Result<(), E> {
    if of == RowsOf::All {
        return (0..clusters.entries.len() as u32)
            .try_for_each(|article| visit(row(clusters, article)));
    }
    let wanted = |members: &Vec<u32>| members.len() > 1 || of == RowsOf::ClusteredAndAlone;
    for members in clusters.clusters().into_iter().filter(wanted) {
        members.into_iter().try_for_each(|article| visit(row(clusters, article)))?;
    }
    Ok(())
}
