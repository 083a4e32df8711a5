//! The result as files, one format a file here.

mod comparison;
mod csv;
mod html;
mod jsonl;
#[cfg(feature = "parquet")]
mod parquet;
mod removed;
mod rows;

pub use self::comparison::JsonComparison;
pub use self::csv::CsvRows;
pub use self::jsonl::{JsonClusters, JsonRows};
#[cfg(feature = "parquet")]
pub use self::parquet::ParquetRows;
pub use html::{ComparisonPage, HtmlPage, Segment, SideBySide};
pub use removed::{CsvRemoved, JsonRemoved};
pub use rows::{Row, RowsOf};

use crate::pipeline::Clusters;
use std::io::{self, Write};

/// A way of writing a result down.
pub trait Report {
    /// Writes the result: the same bytes for the same result.
    ///
    /// # Errors
    /// Those of `out`.
    fn write(&self, clusters: &Clusters, out: &mut dyn Write) -> io::Result<()>;
}

/// What adds to a score or takes from it, with its sign and two decimals; 0 is `+0.00`.
#[must_use]
pub fn signed(share: f64) -> String {
    // No "-0.00".
    format!("{:+.2}", (share * 100.0).round() / 100.0 + 0.0)
}

/// A score as it is written: four decimals, which is more than any of them means.
#[must_use]
pub fn rounded(score: f64) -> f64 {
    // No "-0.0".
    (score * 1e4).round() / 1e4 + 0.0
}
