//! Rows as comma-separated values, quoted where needed (RFC 4180).

use super::rows::each_row;
use super::{Report, RowsOf};
use crate::pipeline::Clusters;
use std::io::{self, Write};

/// Rows under a header line.
#[derive(Clone, Copy, Debug)]
pub struct CsvRows(pub RowsOf);

impl Report for CsvRows {
    fn write(&self, clusters: &Clusters, out: &mut dyn Write) -> io::Result<()> {
        let mut csv = csv::WriterBuilder::new().has_headers(false).from_writer(out);
        // Written by hand, so that a result without rows has its header too.
        csv.write_record(["id", "source", "exact", "near", "story", "relation", "to", "score"])?;
        each_row(clusters, self.0, |placed| csv.serialize(placed.row).map_err(io::Error::from))?;
        csv.flush()
    }
}
