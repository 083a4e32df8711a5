//! Rows as Apache Parquet, a row group at a time.
//!
//! Beside `read::parquet` the one file that knows the `parquet` crate.

use super::rows::each_row;
use super::{Report, Row, RowsOf};
use crate::pipeline::Clusters;
use parquet::basic::{Compression, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType};
use parquet::errors::Result;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use std::io::{self, Write};
use std::sync::Arc;

/// Rows in columns, packed with zstd. Memory: a row group, whatever the number of rows.
#[derive(Clone, Copy, Debug)]
pub struct ParquetRows(pub RowsOf);

/// The columns, in the order in which [`write_rows`] fills them.
const SCHEMA: &str = "message rows {
    required binary id (STRING);
    required binary source (STRING);
    required binary exact (STRING);
    required binary near (STRING);
    required binary story (STRING);
    required binary relation (STRING);
    optional binary to (STRING);
    optional double score;
}";

/// What a column of strings holds of a row.
type Text = fn(&Row) -> Option<&str>;

const REQUIRED: [Text; 6] = [
    |row| Some(&row.id),
    |row| Some(&row.source),
    |row| Some(&row.exact),
    |row| Some(&row.near),
    |row| Some(&row.story),
    |row| Some(row.relation),
];

/// Rows of a row group, and bytes of their strings. Readers skip whole groups by their least and
/// greatest values, so groups are not large; each costs some kilobytes in the footer, so they are not
/// small.
const GROUP_ROWS: usize = 1 << 16;
const GROUP_BYTES: usize = 32 << 20;

impl Report for ParquetRows {
    fn write(&self, clusters: &Clusters, out: &mut dyn Write) -> io::Result<()> {
        let mut table = Table::new(out)?;
        each_row(clusters, self.0, |placed| table.add(placed.row))?;
        table.finish()
    }
}

/// A file that is being written. The crate wants to own its writer and to send it to other threads,
/// which `out` does not allow: it writes to memory, from where each row group goes on to `out`.
struct Table<'a> {
    out: &'a mut dyn Write,
    file: SerializedFileWriter<Vec<u8>>,
    /// Rows of the next row group, and the bytes of their strings.
    rows: Vec<Row>,
    bytes: usize,
}

impl Table<'_> {
    fn new(out: &mut dyn Write) -> io::Result<Table<'_>> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_created_by(concat!("retold version ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let schema = Arc::new(parse_message_type(SCHEMA).map_err(io::Error::other)?);
        let file = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties));
        let file = file.map_err(io::Error::other)?;
        Ok(Table { out, file, rows: Vec::new(), bytes: 0 })
    }

    fn add(&mut self, row: Row) -> io::Result<()> {
        let Row { id, source, exact, near, story, to, .. } = &row;
        let strings = [id, source, exact, near, story];
        self.bytes += strings.into_iter().chain(to).map(String::len).sum::<usize>();
        self.rows.push(row);
        if self.rows.len() == GROUP_ROWS || self.bytes >= GROUP_BYTES {
            self.write_group()?;
        }
        Ok(())
    }

    fn write_group(&mut self) -> io::Result<()> {
        let group = self.file.next_row_group();
        group.and_then(|group| write_rows(&self.rows, group)).map_err(io::Error::other)?;
        self.rows.clear();
        self.bytes = 0;
        // What the crate still buffers comes behind it.
        let written = self.file.inner_mut();
        self.out.write_all(written)?;
        written.clear();
        Ok(())
    }

    fn finish(mut self) -> io::Result<()> {
        if !self.rows.is_empty() {
            self.write_group()?;
        }
        let rest = self.file.into_inner().map_err(io::Error::other)?;
        self.out.write_all(&rest)
    }
}

fn write_rows(rows: &[Row], mut group: SerializedRowGroupWriter<'_, Vec<u8>>) -> Result<()> {
    let texts = |text: Text| rows.iter().map(move |row| text(row).map(ByteArray::from));
    for text in REQUIRED {
        write_column::<ByteArrayType>(texts(text), false, &mut group)?;
    }
    write_column::<ByteArrayType>(texts(|row| row.to.as_deref()), true, &mut group)?;
    write_column::<DoubleType>(rows.iter().map(|row| row.score), true, &mut group)?;
    group.close().map(drop)
}

/// Writes the next column; only an `optional` one may lack values.
fn write_column<T: DataType>(
    values: impl Iterator<Item = Option<T::T>>,
    optional: bool,
    group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
) -> Result<()> {
    let Some(mut column) = group.next_column()? else { return Ok(()) };
    let (mut there, mut levels) = (Vec::new(), Vec::new());
    for value in values {
        levels.push(i16::from(value.is_some()));
        there.extend(value);
    }
    column.typed::<T>().write_batch(&there, optional.then_some(&levels), None)?;
    column.close()
}
