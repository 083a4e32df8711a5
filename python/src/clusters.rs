//! `cluster`, and what it gives.

use crate::articles::{Articles, Row};
use crate::columns::Names;
use crate::errors::{caught, of_run, of_store, of_threshold};
use crate::export;
use crate::job::Attendant;
use crate::rows::{Input, Rows};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use retold::article::{Article, Source};
use retold::config::{Config, Level, half_of_memory};
use retold::pipeline::{RunError, run_articles};
use std::borrow::Cow;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

/// Groups the articles of a table, a column or a list.
#[pyfunction]
#[pyo3(signature = (articles, level, *, text, id, title, url, date, near_threshold,
    story_threshold, window, threads, memory, work_dir, progress))]
#[expect(
    clippy::too_many_arguments,
    reason = "Python's keywords: each has a name where it is called"
)]
pub(crate) fn cluster(
    py: Python<'_>,
    articles: &Bound<'_, PyAny>,
    level: &str,
    text: Option<String>,
    id: Option<String>,
    title: Option<String>,
    url: Option<String>,
    date: Option<String>,
    near_threshold: f64,
    story_threshold: f64,
    window: Option<i64>,
    threads: Option<i64>,
    memory: Option<i64>,
    work_dir: Option<PathBuf>,
    progress: Option<Py<PyAny>>,
) -> PyResult<Clusters> {
    let config = Config {
        level: level_of(level)?,
        near_threshold,
        story_threshold,
        window_days: whole("window", window, 0)?,
        threads: threads_of(threads)?,
        memory: whole("memory", memory, 1)?.unwrap_or_else(half_of_memory),
        work_dir: work_dir.unwrap_or_else(std::env::temp_dir),
        ..Config::default()
    };
    config.check().map_err(of_threshold)?;
    let names = Names { text, id, title, url, date };
    let rows = caught(|| {
        // A length may cost something: that of a query, say.
        let total = if progress.is_some() { articles.len().ok() } else { None };
        let attendant = Attendant { progress, total };
        let mut articles = Articles::of(articles, &names)?;
        let (mut input, source) = (Input::default(), Arc::from("memory"));
        let next = || {
            let rows = articles.next()?;
            if rows.is_empty() {
                return Ok(None);
            }
            let of = |row| article(row, &mut input, &source).transpose();
            rows.into_iter().filter_map(of).collect::<PyResult<Vec<Article>>>().map(Some)
        };
        let clusters = attendant.attend(py, next, |articles, watch| {
            run_articles(articles.into_iter().flatten(), &config, watch)
        })?;
        let clusters = clusters.map_err(of_run)?;
        py.detach(|| Rows::of(&clusters, input)).map_err(of_store)
    })?;
    Ok(Clusters { level: config.level, rows: Arc::new(rows) })
}

/// The article in a row; `None` where it has no text.
fn article(row: Row, input: &mut Input, source: &Arc<str>) -> PyResult<Option<Article>> {
    let Row { text, id, title, url, date } = row;
    let number = input.add(id.as_deref(), text.is_some());
    let number = number.ok_or_else(|| of_run(RunError::TooMany))?;
    let id = Some(input.id(number).into_owned());
    let source = Source { path: Arc::clone(source), record: number.into() };
    Ok(text.map(|text| Article { source, id, title, url, date, fetched: None, lang: None, text }))
}

/// The level of a name.
fn level_of(name: &str) -> PyResult<Level> {
    let levels = [Level::Exact, Level::Near, Level::Story];
    levels.into_iter().find(|level| level.name() == name).ok_or_else(|| {
        PyValueError::new_err(format!("no level {name:?}: there are 'exact', 'near' and 'story'"))
    })
}

/// An option that is a whole number, `least` or more.
fn whole<T: TryFrom<i64>>(name: &str, value: Option<i64>, least: i64) -> PyResult<Option<T>> {
    let Some(value) = value else { return Ok(None) };
    let fits = T::try_from(value).ok().filter(|_| value >= least);
    fits.map(Some).ok_or_else(|| {
        let why = if value < least { format!("at least {least}") } else { "smaller".to_owned() };
        PyValueError::new_err(format!("{name} is {value}: it must be {why}"))
    })
}

/// The threads that an option asks for.
pub(crate) fn threads_of(threads: Option<i64>) -> PyResult<Option<NonZeroUsize>> {
    Ok(whole("threads", threads, 1)?.and_then(NonZeroUsize::new))
}

/// The groups of all rows.
#[pyclass(frozen, module = "retold._retold")]
pub(crate) struct Clusters {
    level: Level,
    rows: Arc<Rows>,
}

#[pymethods]
impl Clusters {
    fn __len__(&self) -> usize {
        self.rows.len()
    }

    /// The deepest level that was looked for.
    #[getter]
    fn level(&self) -> &'static str {
        self.level.name()
    }

    /// Articles whose id was taken.
    #[getter]
    fn repeated_ids(&self) -> u64 {
        self.rows.repeated_ids
    }

    /// The id of each row.
    fn ids(&self) -> Vec<Cow<'_, str>> {
        (0..self.rows.len() as u32).map(|row| self.rows.id(row)).collect()
    }

    /// For each row the one that stands for its group.
    fn labels(&self) -> Vec<Option<u32>> {
        self.rows.labels(self.level).collect()
    }

    /// The groups of a size, the largest first.
    fn groups(&self, min_size: usize, level: &str) -> PyResult<Vec<Vec<u32>>> {
        Ok(self.rows.groups(level_of(level)?, min_size))
    }

    /// The rows that were skipped: number, id and reason.
    fn skipped(&self) -> Vec<(u32, Cow<'_, str>, String)> {
        let skipped = self.rows.skipped();
        skipped.map(|(row, reason)| (row, self.rows.id(row), reason)).collect()
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        export::stream(py, &self.rows, requested_schema)
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        export::schema::<Rows>(py)
    }
}
