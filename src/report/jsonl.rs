//! JSON Lines: clusters, or rows.

use super::rows::{Placed, each_row};
use super::{Report, RowsOf};
use crate::pipeline::Clusters;
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
        let of = if self.singletons { RowsOf::ClusteredAndAlone } else { RowsOf::Clustered };
        // Piece by piece: a cluster can be as large as the dump.
        each_row(clusters, of, |placed| {
            if let Some(size) = placed.opens {
                write!(out, "{{\"cluster\":")?;
                serde_json::to_writer(&mut *out, &placed.row.id)?;
                write!(out, ",\"size\":{size},\"articles\":[")?;
            } else {
                out.write_all(b",")?;
            }
            write_article(&placed, out)?;
            out.write_all(&b"]}\n"[..if placed.closes { 3 } else { 0 }])
        })
    }
}

impl Report for JsonRows {
    fn write(&self, clusters: &Clusters, out: &mut dyn Write) -> io::Result<()> {
        each_row(clusters, self.0, |placed| {
            serde_json::to_writer(&mut *out, &placed.row)?;
            out.write_all(b"\n")
        })
    }
}

fn write_article(Placed { row, entry, .. }: &Placed, out: &mut dyn Write) -> io::Result<()> {
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
