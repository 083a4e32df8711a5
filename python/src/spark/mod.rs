//! The steps that Spark runs: each takes the rows of a partition and gives others.
//!
//! Spark reads, shuffles, sorts, joins and tries again; what becomes of an article is decided here, by
//! the functions of the library that decide it on one machine as well. `retold/spark` in Python joins
//! the steps.

mod articles;
mod compare;
mod forest;
mod furniture;
mod gathered;
mod near;
mod rows;
mod search;
mod terms;

use crate::errors::{self, caught};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3_arrow::PyRecordBatch;
use retold::config::Config;
use retold::pipeline::RunError;
use retold::read::Fields;
use retold::store::{Store, StoreError};
use rows::{Columns, Out, Rows};
use std::path::PathBuf;
use thiserror::Error;

/// Why a step fails.
#[derive(Debug, Error)]
enum Failure {
    #[error("no column {0:?} in what the step was given")]
    NoColumn(&'static str),
    #[error("column {name:?} is of type {found}: one {expected} is expected")]
    Column { name: &'static str, found: String, expected: &'static str },
    #[error("there is no step {0:?}")]
    NoStep(String),
    #[error("the step needs to be told {0:?}")]
    NoOption(&'static str),
    #[error("rows came unsorted: the engine dropped a sort that this step needs")]
    Unsorted,
    #[error("article {0} is in a pair, but its row did not come")]
    Missing(i64),
    #[error(transparent)]
    Arrow(#[from] arrow_schema::ArrowError),
    #[error(transparent)]
    Python(#[from] PyErr),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Failure {
    fn column(
        name: &'static str,
        found: &arrow_schema::DataType,
        expected: &'static str,
    ) -> Failure {
        Failure::Column { name, found: found.to_string(), expected }
    }
}

impl From<Failure> for PyErr {
    fn from(failure: Failure) -> PyErr {
        match failure {
            Failure::Python(error) => error,
            Failure::Store(error) => errors::of_store(error),
            Failure::Arrow(error) => errors::of_arrow(error),
            Failure::Unsorted | Failure::Missing(_) => errors::Error::new_err(failure.to_string()),
            _ => PyValueError::new_err(failure.to_string()),
        }
    }
}

/// What is done with the rows of a partition, batch by batch.
trait Stage: Send + Sync {
    /// Takes some rows.
    fn push(&mut self, rows: Rows<'_>, out: &mut Out) -> Result<(), Failure>;

    /// Is told that there are no more.
    fn finish(&mut self, _out: &mut Out) -> Result<(), Failure> {
        Ok(())
    }
}

/// What steps are told; each asks for what it needs.
#[derive(Debug, Default)]
struct Options {
    /// Number of the partition.
    partition: Option<i64>,
    /// Names of the fields of a line.
    fields: Option<Fields>,
    /// Number of articles that are compared.
    articles: Option<usize>,
    near_threshold: Option<f64>,
    story_threshold: Option<f64>,
    /// Days between two articles that are compared; `None`: any.
    window: Option<u32>,
    /// What `pack` gave, in the order of its chunks.
    counts: Option<Vec<Vec<u8>>>,
    /// Blocks of articles that are filed, and that ask.
    blocks: Option<(i64, i64)>,
    /// Bytes that may be held, and the folder where the rest goes.
    memory: Option<usize>,
    work_dir: Option<PathBuf>,
}

impl Options {
    fn store(self) -> Result<Store, Failure> {
        let memory = given(self.memory, "memory")?;
        Ok(Store::new(memory, &given(self.work_dir, "work_dir")?))
    }
}

/// An option that a step needs.
fn given<T>(option: Option<T>, name: &'static str) -> Result<T, Failure> {
    option.ok_or(Failure::NoOption(name))
}

/// How a step is made.
type Make = fn(Options) -> Result<Box<dyn Stage>, Failure>;

fn boxed(stage: impl Stage + 'static) -> Result<Box<dyn Stage>, Failure> {
    Ok(Box::new(stage))
}

/// All steps in the order of a run: the columns that each gives, and how it is made.
fn plan(name: &str) -> Option<(Columns, Make)> {
    Some(match name {
        "sketch" => {
            (articles::SKETCH, |of| boxed(articles::Sketch::new(given(of.partition, "partition")?)))
        }
        "sketch_lines" => (articles::SKETCH, |of| {
            let fields = given(of.fields, "fields")?;
            boxed(articles::SketchLines::new(given(of.partition, "partition")?, fields))
        }),
        "number" => {
            (articles::NUMBER, |of| boxed(articles::Number::new(given(of.partition, "partition")?)))
        }
        "numbered" => (articles::NUMBERED, |_| boxed(articles::Numbered)),
        "name_apart" => (articles::NAME, |_| boxed(articles::NameApart::default())),
        "bands" => (near::BAND, |_| boxed(near::BandKeys::default())),
        "buckets" => (near::PAIR, |_| boxed(near::Buckets::default())),
        "copies" => (near::COPIES, |of| {
            boxed(near::NearPairs::new(given(of.near_threshold, "near_threshold")?))
        }),
        "forest" => (near::PAIR, |_| boxed(forest::SpanningForest::default())),
        "components" => (forest::COMPONENT, |_| boxed(forest::Components::default())),
        "near_groups" => (near::MEMBER, |of| {
            let threshold = given(of.near_threshold, "near_threshold")?;
            boxed(near::NearGroups::new(threshold, of.store()?))
        }),
        "passages" => (furniture::CARRIER, |_| boxed(furniture::Passages)),
        "repeated" => (furniture::CARRIER, |of| boxed(furniture::Carriers::repeated(of.store()?))),
        "furniture" => {
            (furniture::CARRIER, |of| boxed(furniture::Carriers::witnessed(of.store()?)))
        }
        "strip" => (furniture::STRIPPED, |_| boxed(furniture::Strip::default())),
        "terms" => (terms::COUNT, |_| boxed(terms::Terms::default())),
        "pack" => (terms::PACKED, |_| boxed(terms::Pack::default())),
        "profiles" => (terms::PROFILE, |of| {
            let counts = given(of.counts, "counts")?;
            boxed(terms::Profiles::new(given(of.articles, "articles")?, &counts))
        }),
        "key_terms" => (terms::COUNT, |_| boxed(terms::KeyTerms::default())),
        "files" => (search::FILED, |of| {
            let counts = given(of.counts, "counts")?;
            boxed(search::FileOut::new(&counts, given(of.blocks, "blocks")?))
        }),
        "search" => (search::FOUND, |of| boxed(search::Neighbours::new(of.window, of.store()?))),
        "best" => (near::PAIR, |_| boxed(search::Best::default())),
        "compare" => (compare::COMPARED, |_| boxed(compare::Compare::default())),
        "density" => {
            (compare::DENSITY, |of| boxed(compare::Around::new(given(of.articles, "articles")?)))
        }
        "counting" => (compare::COUNTING, |_| boxed(compare::Counting)),
        "edges" => (compare::EDGE, |_| boxed(compare::Edges::default())),
        "story_groups" => (near::MEMBER, |of| {
            let threshold = given(of.story_threshold, "story_threshold")?;
            let articles = given(of.articles, "articles")?;
            boxed(compare::StoryGroups::new(threshold, articles, of.store()?))
        }),
        _ => return None,
    })
}

/// A step of a run on Spark, for the rows of one partition.
#[pyclass(module = "retold._retold")]
pub(crate) struct Step {
    stage: Box<dyn Stage>,
    out: Out,
    /// One thread: Spark runs as many tasks as it has cores.
    pool: rayon::ThreadPool,
}

fn batches(py: Python<'_>, out: &mut Out) -> PyResult<Vec<Py<PyAny>>> {
    let batches = out.take()?;
    let python = |batch| Ok(PyRecordBatch::new(batch).into_pyarrow(py)?.unbind());
    batches.into_iter().map(python).collect()
}

#[pymethods]
impl Step {
    #[new]
    #[pyo3(signature = (
        name, *, partition=None, fields=None, articles=None, near_threshold=None, story_threshold=None,
        window=None, counts=None, blocks=None, memory=None, work_dir=None,
    ))]
    #[expect(clippy::too_many_arguments, reason = "they have names in Python")]
    fn new(
        name: &str,
        partition: Option<i64>,
        fields: Option<[String; 5]>,
        articles: Option<usize>,
        near_threshold: Option<f64>,
        story_threshold: Option<f64>,
        window: Option<u32>,
        counts: Option<Vec<Vec<u8>>>,
        blocks: Option<(i64, i64)>,
        memory: Option<usize>,
        work_dir: Option<PathBuf>,
    ) -> PyResult<Step> {
        let (columns, make) = plan(name).ok_or_else(|| Failure::NoStep(name.to_owned()))?;
        let fields =
            fields.map(|[text, id, title, url, date]| Fields { text, id, title, url, date });
        let options = Options {
            partition,
            fields,
            articles,
            near_threshold,
            story_threshold,
            window,
            counts,
            blocks,
            memory,
            work_dir,
        };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
        let pool = pool.map_err(|error| errors::of_run(RunError::Threads(error.to_string())))?;
        Ok(Step { stage: make(options)?, out: Out::new(columns), pool })
    }

    /// What a step gives, as a schema of Spark.
    #[staticmethod]
    fn schema(name: &str) -> PyResult<String> {
        let (columns, _) = plan(name).ok_or_else(|| Failure::NoStep(name.to_owned()))?;
        Ok(rows::ddl(columns))
    }

    /// Takes a record batch, and gives record batches.
    fn push(&mut self, py: Python<'_>, batch: PyRecordBatch) -> PyResult<Vec<Py<PyAny>>> {
        let batch = batch.into_inner();
        let Step { stage, out, pool } = self;
        caught(|| Ok(py.detach(|| pool.install(|| stage.push(Rows(&batch), out)))?))?;
        batches(py, out)
    }

    /// Says that there are no more rows, and gives the last record batches.
    fn finish(&mut self, py: Python<'_>) -> PyResult<Vec<Py<PyAny>>> {
        let Step { stage, out, pool } = self;
        caught(|| Ok(py.detach(|| pool.install(|| stage.finish(out)))?))?;
        batches(py, out)
    }
}

/// Checks thresholds before anything is read.
///
/// # Errors
/// One of them makes no sense.
#[pyfunction]
pub(crate) fn check_thresholds(near_threshold: f64, story_threshold: f64) -> PyResult<()> {
    let config = Config { near_threshold, story_threshold, ..Config::default() };
    config.check().map_err(errors::of_threshold)
}

/// The least number of holders that a term needs to be kept, from how many terms are held by each
/// number of articles, the last place for all greater numbers.
#[pyfunction]
pub(crate) fn least_held(held_by: Vec<u64>) -> u32 {
    retold::score::story::weights::least_held(&held_by)
}
