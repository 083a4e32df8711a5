//! What a caller hands over, row by row: a table, a column of texts, or Python's own strings.

use crate::columns::{Columns, Names, check_texts};
use crate::errors::of_arrow;
use crate::strings::Strings;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyDict, PyIterator, PyString};
use pyo3_arrow::ffi::ArrayReader;
use pyo3_arrow::input::AnyArray;

/// One row of what was handed over.
#[derive(Debug, Default)]
pub(crate) struct Row {
    pub(crate) text: Option<String>,
    pub(crate) id: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) date: Option<String>,
}

/// Rows that are taken together, and bytes of their texts: few enough that a caller sees signals in
/// between, and that those on their way take no memory to speak of.
const TOGETHER: usize = 1 << 10;
const TOGETHER_BYTES: usize = 1 << 20;

/// Where rows come from.
pub(crate) enum Articles {
    /// Arrow's arrays, one after another.
    Table(Box<Table>),
    /// Anything that Python iterates over, and how many came of it so far.
    Texts(Py<PyIterator>, usize),
}

impl Articles {
    /// What `given` has to give.
    pub(crate) fn of(given: &Bound<'_, PyAny>, names: &Names) -> PyResult<Articles> {
        if given.hasattr("__arrow_c_stream__")? || given.hasattr("__arrow_c_array__")? {
            let reader = given.extract::<AnyArray>()?.into_reader()?;
            return Ok(Articles::Table(Box::new(Table::of(reader, names)?)));
        }
        // Python iterates over these too, and gives what nobody means.
        let trap = given.is_instance_of::<PyString>()
            || given.is_instance_of::<PyBytes>()
            || given.is_instance_of::<PyByteArray>()
            || given.is_instance_of::<PyDict>();
        let texts = if trap { None } else { given.try_iter().ok() };
        let Some(texts) = texts else {
            return Err(PyTypeError::new_err(format!(
                "articles are a table, a column or a list of texts, not {}",
                kind(given)?
            )));
        };
        names.refuse("a list of texts")?;
        Ok(Articles::Texts(texts.unbind(), 0))
    }

    /// The next rows; none at the end.
    pub(crate) fn next(&mut self) -> PyResult<Vec<Row>> {
        let (mut rows, mut bytes) = (Vec::new(), 0);
        let mut enough = |row: Row| {
            bytes += row.text.as_ref().map_or(0, String::len);
            rows.push(row);
            rows.len() >= TOGETHER || bytes >= TOGETHER_BYTES
        };
        match self {
            Articles::Table(table) => while !table.next()?.is_none_or(&mut enough) {},
            Articles::Texts(texts, before) => Python::attach(|py| {
                for text in texts.bind(py) {
                    let text = text_of(&text?, *before)?;
                    *before += 1;
                    if enough(Row { text, ..Row::default() }) {
                        break;
                    }
                }
                PyResult::Ok(())
            })?,
        }
        Ok(rows)
    }
}

/// The text of an object that is to be a string, or `None`.
fn text_of(object: &Bound<'_, PyAny>, row: usize) -> PyResult<Option<String>> {
    if object.is_none() {
        return Ok(None);
    }
    let Ok(text) = object.cast::<PyString>() else {
        let of = kind(object)?;
        let hint =
            if of == "dict" { ": make a table of them, as pandas.DataFrame does" } else { "" };
        return Err(PyTypeError::new_err(format!("article {row} is not a str but {of}{hint}")));
    };
    Ok(Some(text.to_string_lossy().into_owned()))
}

/// The name of an object's type.
fn kind(object: &Bound<'_, PyAny>) -> PyResult<String> {
    Ok(object.get_type().name()?.to_string())
}

/// A stream of arrays: the rows of a table, or texts.
pub(crate) struct Table {
    reader: Box<dyn ArrayReader + Send>,
    /// `None`: the arrays are no table.
    columns: Option<Columns>,
    chunk: Chunk,
}

impl Table {
    fn of(reader: Box<dyn ArrayReader + Send>, names: &Names) -> PyResult<Table> {
        let field = reader.field();
        check_texts(&field)?;
        let columns = match field.data_type() {
            DataType::Struct(fields) => Some(Columns::find(fields, names)?),
            _ => {
                names.refuse("a column of texts")?;
                None
            }
        };
        Ok(Table { reader, columns, chunk: Chunk::default() })
    }

    fn next(&mut self) -> PyResult<Option<Row>> {
        loop {
            if let Some(row) = self.chunk.next() {
                return Ok(Some(row));
            }
            match self.reader.next() {
                Some(array) => self.chunk = Chunk::of(&array.map_err(of_arrow)?, self.columns)?,
                None => return Ok(None),
            }
        }
    }
}

/// An array, and how many of its rows are gone.
#[derive(Default)]
struct Chunk {
    /// Where rows as a whole may be null.
    array: Option<ArrayRef>,
    next: usize,
    text: Option<Strings>,
    id: Option<Strings>,
    title: Option<Strings>,
    url: Option<Strings>,
    date: Option<Strings>,
}

impl Chunk {
    fn of(array: &ArrayRef, columns: Option<Columns>) -> PyResult<Chunk> {
        let whole = Some(array.clone());
        let Some(columns) = columns else {
            let text = Some(Strings::of(array)?);
            return Ok(Chunk { array: whole, text, ..Chunk::default() });
        };
        let table = array.as_struct();
        let strings = |at: Option<usize>| at.map(|at| Strings::of(table.column(at))).transpose();
        Ok(Chunk {
            array: whole,
            next: 0,
            text: strings(Some(columns.text))?,
            id: strings(columns.id)?,
            title: strings(columns.title)?,
            url: strings(columns.url)?,
            date: strings(columns.date)?,
        })
    }

    fn next(&mut self) -> Option<Row> {
        let array = self.array.as_ref()?;
        let row = self.next;
        if row >= array.len() {
            return None;
        }
        self.next += 1;
        if array.is_null(row) {
            return Some(Row::default());
        }
        let string = |of: &Option<Strings>| Some(of.as_ref()?.get(row)?.into_owned());
        Some(Row {
            text: string(&self.text),
            id: string(&self.id),
            title: string(&self.title),
            url: string(&self.url),
            date: string(&self.date),
        })
    }
}
