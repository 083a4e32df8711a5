//! Rows of record batches, in and out.

use super::Failure;
use crate::strings::{self, Holds, Strings};
use arrow_array::builder::{BinaryBuilder, Float64Builder, Int64Builder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use std::sync::Arc;

/// The rows of a batch, by the names of their columns.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a>(pub(super) &'a RecordBatch);

impl<'a> Rows<'a> {
    pub(super) fn len(self) -> usize {
        self.0.num_rows()
    }

    /// A column of whole numbers.
    pub(super) fn longs(self, name: &'static str) -> Result<Longs<'a>, Failure> {
        let column = self.column(name)?;
        let wrong = || Failure::column(name, column.data_type(), "of 64-bit integers");
        Ok(Longs(column.as_primitive_opt::<Int64Type>().ok_or_else(wrong)?))
    }

    /// A column of floating-point numbers.
    pub(super) fn doubles(
        self,
        name: &'static str,
    ) -> Result<&'a arrow_array::Float64Array, Failure> {
        let column = self.column(name)?;
        let wrong = || Failure::column(name, column.data_type(), "of 64-bit floats");
        column.as_primitive_opt().ok_or_else(wrong)
    }

    /// A column of strings or of bytes.
    pub(super) fn bytes(self, name: &'static str) -> Result<Strings, Failure> {
        let column = self.column(name)?;
        strings::check(name, column.data_type(), Holds::Strings)?;
        Ok(Strings::of(column)?)
    }

    /// The same, if there is such a column.
    pub(super) fn optional_bytes(self, name: &'static str) -> Result<Option<Strings>, Failure> {
        self.0.column_by_name(name).map(|_| self.bytes(name)).transpose()
    }

    fn column(self, name: &'static str) -> Result<&'a ArrayRef, Failure> {
        self.0.column_by_name(name).ok_or(Failure::NoColumn(name))
    }
}

/// A column of whole numbers.
#[derive(Clone, Copy)]
pub(super) struct Longs<'a>(&'a arrow_array::Int64Array);

impl Longs<'_> {
    /// The number of a row; 0 where there is none.
    pub(super) fn at(self, row: usize) -> i64 {
        self.get(row).unwrap_or(0)
    }

    pub(super) fn get(self, row: usize) -> Option<i64> {
        self.0.is_valid(row).then(|| self.0.value(row))
    }
}

/// The list of numbers of a row; empty where there is none.
pub(super) fn list(column: &Strings, row: usize) -> Vec<u32> {
    column.bytes(row).map(numbers).unwrap_or_default()
}

/// Bytes as numbers, as [`bytes_of`] made them. Arrow puts them at any place, so they are copied.
pub(super) fn numbers<N: bytemuck::Pod>(bytes: &[u8]) -> Vec<N> {
    bytes.chunks_exact(size_of::<N>()).map(bytemuck::pod_read_unaligned).collect()
}

/// A list of numbers as bytes. They stay within a run, whose machines are of one kind.
pub(super) fn bytes_of<N: bytemuck::Pod>(numbers: &[N]) -> &[u8] {
    bytemuck::cast_slice(numbers)
}

/// Article numbers and the like travel as 64-bit integers, since Spark has no unsigned ones.
pub(super) fn long(number: impl Into<i64>) -> Cell<'static> {
    Cell::Long(number.into())
}

/// What several rows hold of each article, gathered: they are sorted by article.
#[derive(Default)]
pub(super) struct PerArticle<N> {
    order: Order,
    article: Option<i64>,
    numbers: Vec<N>,
}

impl<N: bytemuck::Pod> PerArticle<N> {
    /// Takes the articles of some rows, and their lists; calls `give` with each article whose rows
    /// have all come, and its numbers.
    pub(super) fn push(
        &mut self,
        articles: Longs<'_>,
        lists: &Strings,
        mut give: impl FnMut(i64, &mut Vec<N>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        for row in 0..articles.0.len() {
            let article = articles.at(row);
            self.order.next([article, 0, 0])?;
            if self.article != Some(article) {
                self.finish(&mut give)?;
                self.article = Some(article);
            }
            self.numbers.extend(numbers::<N>(lists.bytes(row).unwrap_or_default()));
        }
        Ok(())
    }

    /// Calls `give` with the last article.
    pub(super) fn finish(
        &mut self,
        mut give: impl FnMut(i64, &mut Vec<N>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let Some(article) = self.article else { return Ok(()) };
        give(article, &mut self.numbers)?;
        self.numbers.clear();
        Ok(())
    }
}

/// What a row has in a column.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cell<'a> {
    Null,
    Long(i64),
    Double(f64),
    Bytes(&'a [u8]),
    Text(&'a str),
}

impl Cell<'_> {
    pub(super) fn text(text: Option<&str>) -> Cell<'_> {
        text.map_or(Cell::Null, Cell::Text)
    }
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Long,
    Double,
    Bytes,
    Text,
}

impl Kind {
    fn data_type(self) -> DataType {
        match self {
            Kind::Long => DataType::Int64,
            Kind::Double => DataType::Float64,
            Kind::Bytes => DataType::Binary,
            Kind::Text => DataType::Utf8,
        }
    }

    /// Its name in Spark's schemas.
    fn ddl(self) -> &'static str {
        match self {
            Kind::Long => "bigint",
            Kind::Double => "double",
            Kind::Bytes => "binary",
            Kind::Text => "string",
        }
    }
}

/// The columns that a step gives.
pub(super) type Columns = &'static [(&'static str, Kind)];

/// Columns as Spark writes a schema.
pub(super) fn ddl(columns: Columns) -> String {
    let column = |(name, kind): &(&str, Kind)| format!("`{name}` {}", kind.ddl());
    columns.iter().map(column).collect::<Vec<_>>().join(", ")
}

/// Rows and bytes from which on a batch is closed: many rows, but far from the 2 GiB at which 32-bit
/// offsets end.
const MOST_ROWS: usize = 1 << 16;
const MOST_BYTES: usize = 16 << 20;

/// Rows that a step gives, in batches.
pub(super) struct Out {
    columns: Columns,
    builders: Vec<Builder>,
    rows: usize,
    bytes: usize,
    batches: Vec<RecordBatch>,
}

enum Builder {
    Long(Int64Builder),
    Double(Float64Builder),
    Bytes(BinaryBuilder),
    Text(StringBuilder),
}

impl Out {
    pub(super) fn new(columns: Columns) -> Out {
        let builder = |(_, kind): &(&str, Kind)| match kind {
            Kind::Long => Builder::Long(Int64Builder::new()),
            Kind::Double => Builder::Double(Float64Builder::new()),
            Kind::Bytes => Builder::Bytes(BinaryBuilder::new()),
            Kind::Text => Builder::Text(StringBuilder::new()),
        };
        let builders = columns.iter().map(builder).collect();
        Out { columns, builders, rows: 0, bytes: 0, batches: Vec::new() }
    }

    /// Adds a row: a cell for each column, of its kind or null.
    pub(super) fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), Failure> {
        assert_eq!(cells.len(), self.builders.len(), "a row has a cell for each column");
        let bytes = |cell: &Cell<'_>| match cell {
            Cell::Bytes(bytes) => bytes.len(),
            Cell::Text(text) => text.len(),
            Cell::Null | Cell::Long(_) | Cell::Double(_) => 0,
        };
        let bytes: usize = cells.iter().map(bytes).sum();
        if self.rows == MOST_ROWS || self.bytes + bytes > MOST_BYTES && self.rows > 0 {
            self.close()?;
        }
        for (builder, cell) in self.builders.iter_mut().zip(cells) {
            match (builder, *cell) {
                (Builder::Long(to), Cell::Long(number)) => to.append_value(number),
                (Builder::Long(to), _) => to.append_null(),
                (Builder::Double(to), Cell::Double(number)) => to.append_value(number),
                (Builder::Double(to), _) => to.append_null(),
                (Builder::Bytes(to), Cell::Bytes(bytes)) => to.append_value(bytes),
                (Builder::Bytes(to), _) => to.append_null(),
                (Builder::Text(to), Cell::Text(text)) => to.append_value(text),
                (Builder::Text(to), _) => to.append_null(),
            }
        }
        self.rows += 1;
        self.bytes += bytes;
        Ok(())
    }

    /// The batches so far.
    pub(super) fn take(&mut self) -> Result<Vec<RecordBatch>, Failure> {
        if self.rows > 0 {
            self.close()?;
        }
        Ok(std::mem::take(&mut self.batches))
    }

    fn close(&mut self) -> Result<(), Failure> {
        let column = |builder: &mut Builder| -> ArrayRef {
            match builder {
                Builder::Long(builder) => Arc::new(builder.finish()),
                Builder::Double(builder) => Arc::new(builder.finish()),
                Builder::Bytes(builder) => Arc::new(builder.finish()),
                Builder::Text(builder) => Arc::new(builder.finish()),
            }
        };
        let columns = self.builders.iter_mut().map(column).collect();
        let field = |(name, kind): &(&str, Kind)| Field::new(*name, kind.data_type(), true);
        let schema = Schema::new(self.columns.iter().map(field).collect::<Vec<_>>());
        self.batches.push(RecordBatch::try_new(Arc::new(schema), columns)?);
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }
}

/// Sees to it that rows come in the order that a step needs: an engine may drop a sort.
#[derive(Debug, Default)]
pub(super) struct Order(Option<[i64; 3]>);

impl Order {
    /// Notes the next key.
    ///
    /// # Errors
    /// It is less than the one before.
    pub(super) fn next(&mut self, key: [i64; 3]) -> Result<(), Failure> {
        if self.0.replace(key).is_some_and(|before| key < before) {
            return Err(Failure::Unsorted);
        }
        Ok(())
    }
}
