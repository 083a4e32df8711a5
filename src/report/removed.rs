//! One row for each article that `dedup` removes.

use super::{Report, rounded};
use crate::dedup::Removed;
use crate::pipeline::{Clusters, TOGETHER};
use crate::store::StoreError;
use serde::Serialize;
use std::io::{self, Write};

/// The rows as comma-separated values under a header.
#[derive(Clone, Copy, Debug)]
pub struct CsvRemoved<'a>(pub &'a [Removed]);

/// The rows as JSON Lines.
#[derive(Clone, Copy, Debug)]
pub struct JsonRemoved<'a>(pub &'a [Removed]);

#[derive(Serialize)]
struct Row {
    id: String,
    source: String,
    /// Id of the article that stands for it.
    kept: String,
    level: &'static str,
    score: f64,
}

fn each_row<E: From<StoreError>>(
    clusters: &Clusters,
    removed: &[Removed],
    mut visit: impl FnMut(Row) -> Result<(), E>,
) -> Result<(), E> {
    for chunk in removed.chunks(TOGETHER) {
        let entries = clusters
            .entries(chunk.iter().flat_map(|removed| [removed.article, removed.kept]).collect())?;
        chunk.iter().try_for_each(|removed| {
            visit(Row {
                id: entries.id(removed.article),
                source: entries.source(removed.article).to_string(),
                kept: entries.id(removed.kept),
                level: removed.level.name(),
                score: rounded(removed.score),
            })
        })?;
    }
    Ok(())
}

impl Report for CsvRemoved<'_> {
    fn write(&self, clusters: &Clusters, out: &mut dyn Write) -> io::Result<()> {
        let mut csv = csv::WriterBuilder::new().has_headers(false).from_writer(out);
        // By hand, so that a result without rows has its header too.
        csv.write_record(["id", "source", "kept", "level", "score"])?;
        each_row(clusters, self.0, |row| csv.serialize(row).map_err(io::Error::from))?;
        csv.flush()
    }
}

impl Report for JsonRemoved<'_> {
    fn write(&self, clusters: &Clusters, out: &mut dyn Write) -> io::Result<()> {
        each_row(clusters, self.0, |row| {
            serde_json::to_writer(&mut *out, &row)?;
            out.write_all(b"\n")
        })
    }
}
