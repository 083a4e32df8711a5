//! A result as an Arrow table, made part by part as it is taken.

use crate::errors::said;
use arrow_array::{ArrayRef, StructArray};
use arrow_schema::{ArrowError, Field, FieldRef, Fields};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use pyo3_arrow::ffi::{ArrayIterator, to_schema_pycapsule, to_stream_pycapsule};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// What can be taken as a table.
pub(crate) trait Part: Send + Sync + 'static {
    /// Its columns.
    fn fields() -> Fields;

    /// The rows from one on, and the first row behind them; `None` at the end.
    fn part(&self, first: usize) -> Result<Option<(StructArray, usize)>, ArrowError>;
}

/// The table as a capsule of an Arrow C stream.
pub(crate) fn stream<'py, P: Part>(
    py: Python<'py>,
    of: &Arc<P>,
    requested: Option<Bound<'py, PyCapsule>>,
) -> PyResult<Bound<'py, PyCapsule>> {
    let (of, mut next) = (Arc::clone(of), 0);
    let parts = std::iter::from_fn(move || {
        // A panic must not reach the C code that asks.
        let part = catch_unwind(AssertUnwindSafe(|| of.part(next)));
        let part = part.unwrap_or_else(|panic| {
            Err(ArrowError::ComputeError(format!("a fault in retold: {}", said(&*panic))))
        });
        match part {
            Ok(None) => None,
            Ok(Some((part, end))) => {
                next = end;
                Some(Ok(Arc::new(part) as ArrayRef))
            }
            Err(error) => Some(Err(error)),
        }
    });
    let reader = ArrayIterator::new(parts, field::<P>());
    Ok(to_stream_pycapsule(py, Box::new(reader), requested)?)
}

/// The columns as a capsule of an Arrow C schema.
pub(crate) fn schema<P: Part>(py: Python<'_>) -> PyResult<Bound<'_, PyCapsule>> {
    Ok(to_schema_pycapsule(py, field::<P>().as_ref())?)
}

fn field<P: Part>() -> FieldRef {
    Arc::new(Field::new_struct("", P::fields(), false))
}
