//! A Parquet file without some of its rows: the same schema, values, codecs and row groups.

use super::copy::{Copied, changed};
use crate::read::pages::{column_reader, file_reader};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::column::writer::ColumnWriterImpl;
use parquet::data_type::{
    BoolType, ByteArrayType, DataType, DoubleType, FixedLenByteArrayType, FloatType, Int32Type,
    Int64Type, Int96Type,
};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::ParquetMetaData;
use parquet::file::properties::{WriterProperties, WriterPropertiesPtr};
use parquet::file::reader::{FileReader, RowGroupReader};
use parquet::file::writer::{
    SerializedColumnWriter, SerializedFileWriter, SerializedRowGroupWriter,
};
use std::fs::File;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// Rows of a column that are taken at a time.
const ROWS: usize = 256;

/// Writes the file `from` to the path `to` without the rows of these numbers, which rise from 1. `None` where the
/// file cannot be read as a whole: nothing is to be removed then, for what stands for it may be lost.
///
/// Every column is read once before anything is written.
pub(super) fn copy(
    from: &Path,
    removed: &[u64],
    to: &Path,
    tell: &dyn Fn(u64),
) -> io::Result<Option<Copied>> {
    let input = File::open(from)?;
    // The crate is not free of panics on damaged files.
    let check = || visit_groups(&input, removed, None, tell);
    let Ok(Ok(found)) = catch_unwind(AssertUnwindSafe(check)) else { return Ok(None) };
    if found != removed.len() {
        return Err(changed());
    }
    let out = File::create(to)?;
    visit_groups(&input, removed, Some(&out), tell).map_err(io::Error::other)?;
    out.sync_all()?;
    Ok(Some(Copied { removed: removed.len() as u64, ..Copied::default() }))
}

/// Reads all row groups, and writes what is kept of them where there is a file for it. Returns how many
/// of the rows to remove were met.
fn visit_groups(
    input: &File,
    removed: &[u64],
    out: Option<&File>,
    tell: &dyn Fn(u64),
) -> Result<usize> {
    let reader = file_reader(input.try_clone()?)?;
    let metadata = reader.metadata();
    let schema = metadata.file_metadata().schema_descr().root_schema_ptr();
    let writer = |out| SerializedFileWriter::new(out, schema, properties(metadata));
    let mut writer = out.map(writer).transpose()?;
    let (mut rest, mut first) = (removed, 1_u64);
    for number in 0..reader.num_row_groups() {
        let group = metadata.row_group(number);
        let rows = u64::try_from(group.num_rows()).unwrap_or(0);
        let end = first.saturating_add(rows);
        let here;
        (here, rest) = rest.split_at(rest.partition_point(|&row| row < end));
        let kept = Kept { first, removed: here };
        if rows > here.len() as u64 {
            let mut to = writer.as_mut().map(SerializedFileWriter::next_row_group).transpose()?;
            each_column(&*reader.get_row_group(number)?, &kept, rows, to.as_mut())?;
            if let Some(to) = to {
                to.close()?;
            }
        }
        // Two readings of each.
        tell(u64::try_from(group.compressed_size()).unwrap_or(0) / 2);
        first = end;
    }
    if let Some(writer) = writer {
        writer.close()?;
    }
    Ok(removed.len() - rest.len())
}

/// The codecs and the key-value pairs of a file.
fn properties(of: &ParquetMetaData) -> WriterPropertiesPtr {
    let mut properties = WriterProperties::builder()
        .set_key_value_metadata(of.file_metadata().key_value_metadata().cloned());
    for column in of.row_groups().first().iter().flat_map(|group| group.columns()) {
        properties =
            properties.set_column_compression(column.column_path().clone(), column.compression());
    }
    properties.build().into()
}

/// The rows of a row group that are kept.
struct Kept<'a> {
    /// Number of its first row.
    first: u64,
    removed: &'a [u64],
}

impl Kept<'_> {
    fn is_kept(&self, row: u64) -> bool {
        self.removed.binary_search(&(self.first + row)).is_err()
    }
}

/// Reads every column of a row group, and writes what is kept of it where there is a writer.
fn each_column(
    group: &dyn RowGroupReader,
    kept: &Kept<'_>,
    rows: u64,
    mut to: Option<&mut SerializedRowGroupWriter<'_, &File>>,
) -> Result<()> {
    for number in 0..group.num_columns() {
        let levels = group.metadata().column(number).column_descr();
        let levels = (levels.max_def_level(), levels.max_rep_level());
        let mut writer = match &mut to {
            Some(to) => to.next_column()?,
            None => None,
        };
        let copy = Copy { levels, kept, rows };
        let to = writer.as_mut();
        match column_reader(group, number)? {
            ColumnReader::BoolColumnReader(from) => copy.column::<BoolType>(from, to),
            ColumnReader::Int32ColumnReader(from) => copy.column::<Int32Type>(from, to),
            ColumnReader::Int64ColumnReader(from) => copy.column::<Int64Type>(from, to),
            ColumnReader::Int96ColumnReader(from) => copy.column::<Int96Type>(from, to),
            ColumnReader::FloatColumnReader(from) => copy.column::<FloatType>(from, to),
            ColumnReader::DoubleColumnReader(from) => copy.column::<DoubleType>(from, to),
            ColumnReader::ByteArrayColumnReader(from) => copy.column::<ByteArrayType>(from, to),
            ColumnReader::FixedLenByteArrayColumnReader(from) => {
                copy.column::<FixedLenByteArrayType>(from, to)
            }
        }?;
        if let Some(writer) = writer {
            writer.close()?;
        }
    }
    Ok(())
}

struct Copy<'a> {
    /// Greatest definition and repetition level of the column.
    levels: (i16, i16),
    kept: &'a Kept<'a>,
    rows: u64,
}

impl Copy<'_> {
    fn column<T: DataType>(
        &self,
        mut from: ColumnReaderImpl<T>,
        mut to: Option<&mut SerializedColumnWriter<'_>>,
    ) -> Result<()> {
        let (defined, repeated) = self.levels;
        let mut row = 0;
        while row < self.rows {
            let (mut definitions, mut repetitions, mut values) = (vec![], vec![], vec![]);
            let (records, ..) = from.read_records(
                ROWS,
                Some(&mut definitions),
                Some(&mut repetitions),
                &mut values,
            )?;
            if records == 0 {
                return Err(ParquetError::EOF("a column ends too soon".to_owned()));
            }
            let starts = repetitions.iter().filter(|&&level| level == 0).count();
            if repeated > 0 && starts != records {
                return Err(ParquetError::General("rows of a list do not begin".to_owned()));
            }
            let mut part = Part { definitions, repetitions, values };
            part.keep(defined, repeated, |record| self.kept.is_kept(row + record));
            row += records as u64;
            if row > self.rows {
                return Err(ParquetError::General("a column has too many rows".to_owned()));
            }
            if let Some(to) = &mut to {
                part.write(to.typed::<T>())?;
            }
        }
        Ok(())
    }
}

/// Some rows of a column. Levels are empty where all are 0.
struct Part<T> {
    definitions: Vec<i16>,
    repetitions: Vec<i16>,
    values: Vec<T>,
}

impl<T> Part<T> {
    /// Drops the rows that are not kept. A row begins where nothing is repeated, and a value is there
    /// where all of its path is defined.
    fn keep(&mut self, defined: i16, repeated: i16, is_kept: impl Fn(u64) -> bool) {
        let old = std::mem::take(self);
        let mut values = old.values.into_iter();
        let slots = if defined > 0 { old.definitions.len() } else { values.len() };
        let (mut row, mut keeps) = (0, false);
        for slot in 0..slots {
            let begins = repeated == 0 || old.repetitions[slot] == 0;
            if begins {
                keeps = is_kept(row);
                row += 1;
            }
            let is_there = defined == 0 || old.definitions[slot] == defined;
            let value = if is_there { values.next() } else { None };
            if keeps {
                self.values.extend(value);
                self.definitions.extend(old.definitions.get(slot));
                self.repetitions.extend(old.repetitions.get(slot));
            }
        }
    }

    fn write<D: DataType<T = T>>(&self, to: &mut ColumnWriterImpl<'_, D>) -> Result<()> {
        let [definitions, repetitions] = [&self.definitions, &self.repetitions]
            .map(|levels| (!levels.is_empty()).then_some(&levels[..]));
        if definitions.is_some() || !self.values.is_empty() {
            to.write_batch(&self.values, definitions, repetitions)?;
        }
        Ok(())
    }
}

impl<T> Default for Part<T> {
    fn default() -> Self {
        Part { definitions: Vec::new(), repetitions: Vec::new(), values: Vec::new() }
    }
}
