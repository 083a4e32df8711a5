//! Parquet: the columns that are named are decoded, and no others.
//!
//! Beside `report::parquet` and `dedup::parquet` the one file that knows the `parquet` crate, which has a new major version
//! every few months.

use super::Fields;
use super::batch::Batcher;
use super::pages::{column_reader, file_reader};
use super::reason::Reason;
use super::row::{self, FIELDS};
use super::walk::InputFile;
use parquet::basic::{ConvertedType, LogicalType, TimeUnit};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{FileReader, RowGroupReader};
use parquet::schema::types::ColumnDescriptor;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Rows decoded at a time: few enough that long articles do not fill the memory.
const ROWS: usize = 256;

/// Each row as one record, numbered from 1. A row group that cannot be read is counted with all
/// its rows, and the next is read.
///
/// Memory: a page of each named column, and a few hundred rows.
///
/// # Errors
/// It is no Parquet file, no file at all, or has no column of the text's name.
pub(super) fn split(file: &InputFile, fields: &Fields, batcher: &mut Batcher) -> io::Result<()> {
    let Some(path) = &file.path else {
        let message = "Parquet is read from its end: name the file, it cannot come from a pipe";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    };
    let mut raw = File::open(path)?;
    let mut magic = [0; 4];
    raw.read_exact(&mut magic)?;
    raw.rewind()?;
    if &magic != b"PAR1" {
        let message = "not a Parquet file (one that is packed itself must be unpacked first)";
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    // The crate is not free of panics on damaged files.
    let outcome = catch_unwind(AssertUnwindSafe(|| read(raw, fields, batcher)));
    outcome.unwrap_or_else(|_| {
        batcher.discard();
        Err(io::Error::new(io::ErrorKind::InvalidData, "damaged Parquet file"))
    })
}

fn read(file: File, fields: &Fields, batcher: &mut Batcher) -> io::Result<()> {
    let reader = file_reader(file).map_err(io::Error::other)?;
    let schema = reader.metadata().file_metadata().schema_descr_ptr();
    let names = schema.root_schema().get_fields().iter().map(|field| field.name());
    let columns = row::columns(names.clone(), fields)?;
    // A column may be of many parts; only those of one have a value that can be part of an article.
    let parts = columns.map(|column| {
        let name = names.clone().nth(column?)?;
        schema.columns().iter().position(|part| {
            part.path().parts() == [name] && part.max_rep_level() == 0 && part.max_def_level() <= 1
        })
    });
    if parts[0].is_none() {
        let message = format!("column {:?} holds lists or records, not text", fields.text);
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    let mut number = 0_u64;
    for group in 0..reader.num_row_groups() {
        let rows = u64::try_from(reader.metadata().row_group(group).num_rows()).unwrap_or(0);
        let mut done = 0;
        let outcome = reader
            .get_row_group(group)
            .and_then(|group| read_group(&*group, parts, rows, number, &mut done, batcher));
        if let Err(error) = outcome {
            batcher.discard();
            batcher.refused(&error);
            let detail = format!("{} rows of a row group: {error}", rows - done);
            batcher.skip_many(
                number.saturating_add(done + 1),
                rows - done,
                Reason::Damaged,
                detail,
            );
        }
        let bytes = reader.metadata().row_group(group).compressed_size();
        let count = batcher.file_bytes();
        count.set(count.get().saturating_add(u64::try_from(bytes).unwrap_or(0)));
        number = u64::saturating_add(number, rows);
        if batcher.closed() {
            break;
        }
    }
    Ok(())
}

fn read_group(
    group: &dyn RowGroupReader,
    parts: [Option<usize>; FIELDS],
    rows: u64,
    before: u64,
    done: &mut u64,
    batcher: &mut Batcher,
) -> Result<()> {
    let mut columns = Vec::with_capacity(FIELDS);
    for part in parts {
        columns.push(match part {
            Some(part) => Some(Column {
                reader: column_reader(group, part)?,
                unit: Unit::of(group.metadata().column(part).column_descr()),
            }),
            None => None,
        });
    }
    while *done < rows && !batcher.closed() {
        let want = ROWS.min(usize::try_from(rows - *done).unwrap_or(ROWS));
        let mut values: [Vec<Option<ByteArray>>; FIELDS] = Default::default();
        for (column, values) in columns.iter_mut().zip(&mut values) {
            if let Some(column) = column {
                *values = column.read(want)?;
                if values.len() != want {
                    return Err(ParquetError::EOF("a column ends too soon".to_owned()));
                }
            }
        }
        for at in 0..want {
            let field = |values: &'_ Vec<Option<ByteArray>>| values.get(at).cloned().flatten();
            let row = values.each_ref().map(field);
            let row = row.each_ref().map(|field| field.as_ref().map(ByteArray::data));
            *done += 1;
            row::push(batcher, before.saturating_add(*done), row);
        }
    }
    Ok(())
}

/// What a number counts.
#[derive(Clone, Copy)]
enum Unit {
    Days,
    /// So many in a second.
    Time(i64),
    Other,
}

impl Unit {
    fn of(column: &ColumnDescriptor) -> Unit {
        match (column.logical_type_ref(), column.converted_type()) {
            (Some(LogicalType::Date), _) | (None, ConvertedType::DATE) => Unit::Days,
            (Some(LogicalType::Timestamp(time)), _) => Unit::Time(match time.unit {
                TimeUnit::MILLIS => 1_000,
                TimeUnit::MICROS => 1_000_000,
                TimeUnit::NANOS => 1_000_000_000,
            }),
            (None, ConvertedType::TIMESTAMP_MILLIS) => Unit::Time(1_000),
            (None, ConvertedType::TIMESTAMP_MICROS) => Unit::Time(1_000_000),
            _ => Unit::Other,
        }
    }

    /// A number as an identifier or a date is written.
    fn text(self, number: i64) -> ByteArray {
        const DAY: i64 = 86_400;
        let text = match self {
            Unit::Other => number.to_string(),
            Unit::Days => date(number),
            Unit::Time(second) => {
                let seconds = number.div_euclid(second);
                let (day, time) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
                let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
                format!("{}T{hour:02}:{minute:02}:{second:02}Z", date(day))
            }
        };
        text.into_bytes().into()
    }
}

/// A day, counted from the beginning of 1970, as `2026-03-05`.
///
/// Years are counted from March, so that the leap day is their last, in periods of 400 years.
fn date(day: i64) -> String {
    const PERIOD: i64 = 146_097;
    let from_0000_03 = day.saturating_add(719_468);
    let (period, day) = (from_0000_03.div_euclid(PERIOD), from_0000_03.rem_euclid(PERIOD));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = period * 400 + year + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

struct Column {
    reader: ColumnReader,
    unit: Unit,
}

impl Column {
    /// The next values, as text; none of `rows` where the column ends.
    fn read(&mut self, rows: usize) -> Result<Vec<Option<ByteArray>>> {
        let unit = self.unit;
        let text = |value: String| ByteArray::from(value.into_bytes());
        match &mut self.reader {
            ColumnReader::ByteArrayColumnReader(reader) => values(reader, rows, |value| value),
            ColumnReader::FixedLenByteArrayColumnReader(reader) => {
                values(reader, rows, ByteArray::from)
            }
            ColumnReader::Int32ColumnReader(reader) => {
                values(reader, rows, |value| unit.text(i64::from(value)))
            }
            ColumnReader::Int64ColumnReader(reader) => values(reader, rows, |v| unit.text(v)),
            ColumnReader::Int96ColumnReader(reader) => {
                values(reader, rows, |value| Unit::Time(1_000).text(value.to_millis()))
            }
            ColumnReader::FloatColumnReader(reader) => {
                values(reader, rows, |v| text(v.to_string()))
            }
            ColumnReader::DoubleColumnReader(reader) => {
                values(reader, rows, |v| text(v.to_string()))
            }
            ColumnReader::BoolColumnReader(reader) => values(reader, rows, |v| text(v.to_string())),
        }
    }
}

fn values<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    rows: usize,
    text: impl Fn(T::T) -> ByteArray,
) -> Result<Vec<Option<ByteArray>>> {
    let (mut values, mut levels, mut got) = (Vec::new(), Vec::new(), 0);
    while got < rows {
        let (records, ..) =
            reader.read_records(rows - got, Some(&mut levels), None, &mut values)?;
        if records == 0 {
            break;
        }
        got += records;
    }
    let mut values = values.into_iter();
    if levels.is_empty() {
        // A column that cannot be null has no levels.
        return Ok(values.map(|value| Some(text(value))).collect());
    }
    Ok(levels
        .iter()
        .map(|&level| if level == 0 { None } else { values.next().map(&text) })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_are_dates() {
        for (day, expected) in [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (11_016, "2000-02-29"),
            (11_017, "2000-03-01"),
            (20_517, "2026-03-05"),
            (-719_468, "0000-03-01"),
        ] {
            assert_eq!(date(day), expected);
        }
        let time = Unit::Time(1_000).text(951_782_400_000 + 3_661_500);
        assert_eq!(time.data(), b"2000-02-29T01:01:01Z");
        for extreme in [i64::MIN, i64::MAX] {
            for unit in [Unit::Days, Unit::Time(1), Unit::Other] {
                assert!(!unit.text(extreme).data().is_empty());
            }
        }
    }
}
