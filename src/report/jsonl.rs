//! JSON Lines: clusters, or rows.

use super::rows::{each_row, row};
use super::{Report, RowsOf};
use crate::pipeline::{Assignment, Clusters};
use serde::Serialize;
use std::io::{self, Write};

/// One cluster a line.
#[derive(Clone, Copy, Debug)]
pub struct JsonClusters {
    /// Whether articles that are alone count as clusters of one.
    pub singletons: bool,
}

/// One row a line.
#[derive(Clone, Copy, Debug)]
pub struct JsonRows(pub RowsOf);

#[derive(Serialize)]
struct ArticleRecord<'a> {
    id: &'a str,
    source: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<&'a str>,
    exact: &'a str,
    near: &'a str,
    relation: &'a str,
    to: Option<&'a str>,
    score: Option<f64>,
}

impl Report for JsonClusters {
    fn write(&self, clusters: &Clusters, out: &mut dyn Write) -> io::Result<()> {
        let at_least = if self.singletons { 1 } else { 2 };
        clusters.clusters(at_least, |members| {
            // Piece by piece: a cluster can be as large as the dump.
            let id = clusters.id(members[0].article)?;
            write!(out, "{{\"cluster\":")?;
            serde_json::to_writer(&mut *out, &id)?;
            write!(out, ",\"size\":{},\"articles\":[", members.len())?;
            for (at, member) in members.iter().enumerate() {
                out.write_all(&b","[..usize::from(at > 0)])?;
                write_article(clusters, member, out)?;
            }
            out.write_all(b"]}\n")
        })
    }
}

impl Report for JsonRows {
    fn write(&self, clusters: &Clusters, out: &mut dyn Write) -> io::Result<()> {
        each_row(clusters, self.0, |row| {
            serde_json::to_writer(&mut *out, &row)?;
            out.write_all(b"\n")
        })
    }
}

fn write_article(clusters: &Clusters, of: &Assignment, out: &mut dyn Write) -> io::Result<()> {
    let (row, entry) = row(clusters, of)?;
    let article = ArticleRecord {
        id: &row.id,
        source: &row.source,
        title: entry.title.as_deref(),
        url: entry.url.as_deref(),
        date: entry.date.as_deref(),
        exact: &row.exact,
        near: &row.near,
        relation: row.relation,
        to: row.to.as_deref(),
        score: row.score,
    };
    Ok(serde_json::to_writer(out, &article)?)
}
