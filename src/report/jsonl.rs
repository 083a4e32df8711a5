//! JSON Lines: clusters, or rows.

use super::rows::{each_row, row};
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
struct ClusterRecord<'a> {
    cluster: &'a str,
    size: usize,
    articles: Vec<ArticleRecord<'a>>,
}

#[derive(Serialize)]
struct ArticleRecord<'a> {
    id: &'a str,
    source: String,
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
        for members in clusters.clusters() {
            if members.len() > 1 || self.singletons {
                line(out, &record(clusters, &members))?;
            }
        }
        Ok(())
    }
}

impl Report for JsonRows {
    fn write(&self, clusters: &Clusters, out: &mut dyn Write) -> io::Result<()> {
        each_row(clusters, self.0, |row| line(out, &row))
    }
}

fn line(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

fn record<'a>(clusters: &'a Clusters, members: &[u32]) -> ClusterRecord<'a> {
    let article = |&article: &u32| {
        let entry = &clusters.entries[article as usize];
        let row = row(clusters, article);
        ArticleRecord {
            id: row.id,
            source: row.source,
            title: entry.title.as_deref(),
            url: entry.url.as_deref(),
            date: entry.date.as_deref(),
            exact: row.exact,
            near: row.near,
            relation: row.relation,
            to: row.to,
            score: row.score,
        }
    };
    ClusterRecord {
        cluster: &clusters.entries[members[0] as usize].id,
        size: members.len(),
        articles: members.iter().map(article).collect(),
    }
}
