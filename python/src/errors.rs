//! What goes wrong in Rust, as Python's exceptions.

use arrow_schema::ArrowError;
use pyo3::create_exception;
use pyo3::exceptions::{PyException, PyValueError};
use pyo3::prelude::*;
use retold::config::ThresholdError;
use retold::pipeline::RunError;
use retold::store::StoreError;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

create_exception!(
    retold,
    Error,
    PyException,
    "What no other exception fits: the input ended early, threads could not be started, or a fault in retold."
);

/// The options that messages of the library name as its program does, and their names here.
const NAMES: [(&str, &str); 3] = [
    ("--near-threshold", "near_threshold"),
    ("--story-threshold", "story_threshold"),
    ("--work-dir", "work_dir"),
];

/// The exception for a run without a result.
pub(crate) fn of_run(error: RunError) -> PyErr {
    match error {
        RunError::Config(error) => of_threshold(error),
        RunError::Store(error) => of_store(error),
        RunError::TooMany => PyValueError::new_err(error.to_string()),
        // Of checkpoints nothing is heard, since nobody asks for them here.
        _ => Error::new_err(error.to_string()),
    }
}

/// The exception for a threshold out of its range.
pub(crate) fn of_threshold(error: ThresholdError) -> PyErr {
    PyValueError::new_err(in_python(error.to_string()))
}

/// The exception for a work folder that fails: an `OSError`, of the class that fits.
pub(crate) fn of_store(error: StoreError) -> PyErr {
    let message = in_python(error.to_string());
    std::io::Error::new(std::io::Error::from(error).kind(), message).into()
}

/// The exception for a table that cannot be read: the Python one behind it, where there is one.
pub(crate) fn of_arrow(error: ArrowError) -> PyErr {
    match error {
        ArrowError::ExternalError(inner) => match inner.downcast::<PyErr>() {
            Ok(error) => *error,
            Err(error) => Error::new_err(error.to_string()),
        },
        error => Error::new_err(error.to_string()),
    }
}

fn in_python(message: String) -> String {
    NAMES.iter().fold(message, |message, (option, name)| message.replace(option, name))
}

/// Runs `work`; a panic in it is an [`Error`], which Python's `except Exception` catches, as it does
/// not what PyO3 would make of it.
pub(crate) fn caught<T>(work: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        Err(Error::new_err(format!("a fault in retold, please report it: {}", said(&*panic))))
    })
}

/// What a panic says.
pub(crate) fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message")
}
