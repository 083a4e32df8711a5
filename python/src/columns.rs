//! Which columns of a table hold the parts of an article.

use crate::strings::{Holds, check};
use arrow_schema::{DataType, Field, Fields};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// Names of columns as the caller gives them; `None`: the column of the part's own name, if there is
/// one.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    pub(crate) text: Option<String>,
    pub(crate) id: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) date: Option<String>,
}

impl Names {
    /// A name for the text alone.
    pub(crate) fn of_text(text: Option<String>) -> Names {
        Names { text, id: None, title: None, url: None, date: None }
    }

    /// Refuses names of columns for what has none.
    pub(crate) fn refuse(&self, what: &str) -> PyResult<()> {
        let Names { text: _, id, title, url, date } = self;
        let named = [("id", id), ("title", title), ("url", url), ("date", date)];
        match named.into_iter().find_map(|(part, name)| Some((part, name.as_ref()?))) {
            None => Ok(()),
            Some((part, name)) => Err(PyValueError::new_err(format!(
                "{part} names the column {name:?}, and {what} has no columns: hand over a table"
            ))),
        }
    }
}

/// Places of the columns of a table that hold the parts of an article.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Columns {
    pub(crate) text: usize,
    pub(crate) id: Option<usize>,
    pub(crate) title: Option<usize>,
    pub(crate) url: Option<usize>,
    pub(crate) date: Option<usize>,
}

/// Similarity from which a name is taken for the one that was meant (Jaro 1989; 1: the same).
const ALIKE: f64 = 0.75;

impl Columns {
    /// The columns with these names.
    pub(crate) fn find(fields: &Fields, names: &Names) -> PyResult<Columns> {
        let place = |part: &str, given: &Option<String>, holds| {
            let name = given.as_deref().unwrap_or(part);
            let Some((at, field)) = fields.find(name) else {
                let needed = given.is_some() || part == "text";
                return if needed { Err(missing(part, name, fields)) } else { Ok(None) };
            };
            check(&format!("the column {name:?}"), field.data_type(), holds).map(|()| Some(at))
        };
        let text = place("text", &names.text, Holds::Strings)?;
        Ok(Columns {
            // Never missing: that is an error.
            text: text.unwrap_or_default(),
            id: place("id", &names.id, Holds::Ids)?,
            title: place("title", &names.title, Holds::Strings)?,
            url: place("url", &names.url, Holds::Strings)?,
            date: place("date", &names.date, Holds::Dates)?,
        })
    }
}

/// Checks that a column by itself holds texts.
pub(crate) fn check_texts(field: &Field) -> PyResult<()> {
    match field.data_type() {
        DataType::Struct(_) => Ok(()),
        of => check("the column", of, Holds::Strings),
    }
}

fn missing(part: &str, name: &str, fields: &Fields) -> PyErr {
    let names: Vec<&str> = fields.iter().map(|field| field.name().as_str()).collect();
    let there = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    let likeness = |other: &&str| strsim::jaro(name, other);
    let meant = names.iter().copied().filter(|other| likeness(other) >= ALIKE);
    let hint = match meant.max_by(|a, b| likeness(a).total_cmp(&likeness(b))) {
        Some(meant) => format!("did you mean {part}={meant:?}?"),
        None => format!("{part}= names it"),
    };
    PyValueError::new_err(format!("no column {name:?}; columns there are: {there} ({hint})"))
}
