//! The Python module `retold._retold`: the library of `retold` behind Python's calling conventions.

mod spark;

use pyo3::prelude::*;

#[pymodule(name = "_retold")]
mod module {
    use super::{Bound, PyModule, PyResult};
    use pyo3::types::PyModuleMethods;

    #[pymodule_export]
    use super::spark::{Step, check_thresholds, least_held};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
