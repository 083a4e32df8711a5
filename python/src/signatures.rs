//! `sign`: what the exact and the near level compare, by itself.

use crate::articles::{Articles, Row};
use crate::clusters::threads_of;
use crate::columns::Names;
use crate::errors::{Error, caught};
use crate::export::{self, Part};
use arrow_array::builder::FixedSizeBinaryBuilder;
use arrow_array::{FixedSizeListArray, StructArray, UInt16Array};
use arrow_buffer::NullBuffer;
use arrow_schema::{ArrowError, DataType, Field, Fields};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use rayon::prelude::*;
use retold::minhash::near::{MINIMA, Signature, signature};
use retold::shingle::near::each_shingle;
use retold::text::{Reading, Tokens};
use std::num::NonZeroUsize;
use std::sync::Arc;

/// Signs the texts of a table, a column or a list.
#[pyfunction]
pub(crate) fn sign(
    py: Python<'_>,
    texts: &Bound<'_, PyAny>,
    text: Option<String>,
    threads: Option<i64>,
) -> PyResult<Signatures> {
    let threads = threads_of(threads)?.map_or(0, NonZeroUsize::get);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|error| Error::new_err(error.to_string()))?;
    caught(|| {
        let mut texts = Articles::of(texts, &Names::of_text(text))?;
        let mut signed = Signed::default();
        loop {
            let before = signed.0.len();
            py.detach(|| {
                let rows = texts.next()?;
                let sign = || rows.par_iter().map_init(Signer::default, Signer::sign);
                pool.install(|| signed.0.par_extend(sign()));
                PyResult::Ok(())
            })?;
            if signed.0.len() == before {
                return Ok(Signatures(Arc::new(signed)));
            }
            py.check_signals()?;
        }
    })
}

/// Signs texts, and keeps its buffers from one to the next.
#[derive(Default)]
struct Signer {
    reading: Reading,
    list: Vec<u32>,
}

impl Signer {
    fn sign(&mut self, row: &Row) -> Option<(u128, Signature)> {
        self.reading.read(row.text.as_ref()?);
        self.list.clear();
        Tokens::write(&Reading::default(), &self.reading, &mut self.list);
        Some((self.reading.digest(), signature(each_shingle(Tokens::of(&self.list)))?))
    }
}

/// Digest and signature of each text; `None` of those without words.
#[derive(Default)]
struct Signed(Vec<Option<(u128, Signature)>>);

/// Rows of a part of the table.
const PART_ROWS: usize = 1 << 16;

impl Part for Signed {
    fn fields() -> Fields {
        let signature = DataType::FixedSizeList(minimum(), MINIMA as i32);
        [
            Field::new("digest", DataType::FixedSizeBinary(size_of::<u128>() as i32), true),
            Field::new("signature", signature, true),
        ]
        .into_iter()
        .collect()
    }

    fn part(&self, first: usize) -> Result<Option<(StructArray, usize)>, ArrowError> {
        let end = (first + PART_ROWS).min(self.0.len());
        if first >= end {
            return Ok(None);
        }
        let signed = &self.0[first..end];
        let mut digests =
            FixedSizeBinaryBuilder::with_capacity(signed.len(), size_of::<u128>() as i32);
        let mut minima = Vec::with_capacity(signed.len() * MINIMA);
        for one in signed {
            match one {
                Some((digest, _)) => digests.append_value(digest.to_le_bytes())?,
                None => digests.append_null(),
            }
            minima.extend(one.map_or([0; MINIMA], |(_, signature)| signature));
        }
        let valid: NullBuffer = signed.iter().map(Option::is_some).collect();
        let minima = Arc::new(UInt16Array::from(minima));
        let signatures =
            FixedSizeListArray::try_new(minimum(), MINIMA as i32, minima, Some(valid))?;
        let columns = vec![Arc::new(digests.finish()) as _, Arc::new(signatures) as _];
        Ok(Some((StructArray::try_new(Self::fields(), columns, None)?, end)))
    }
}

/// The field of the numbers in a signature.
fn minimum() -> Arc<Field> {
    Arc::new(Field::new("item", DataType::UInt16, false))
}

/// What was signed.
#[pyclass(frozen, module = "retold._retold")]
pub(crate) struct Signatures(Arc<Signed>);

#[pymethods]
impl Signatures {
    fn __len__(&self) -> usize {
        self.0.0.len()
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        export::stream(py, &self.0, requested_schema)
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        export::schema::<Signed>(py)
    }
}
