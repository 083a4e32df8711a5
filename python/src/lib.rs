//! The Python module `retold._retold`: the library of `retold` behind Python's calling conventions.
//! What people call is in the package around it, with its documentation.

mod articles;
mod clusters;
mod columns;
mod comparison;
mod errors;
mod export;
mod job;
mod rows;
mod signatures;
mod spark;
mod strings;

use pyo3::prelude::*;

#[pymodule(name = "_retold")]
mod module {
    use super::{Bound, PyModule, PyResult};
    use pyo3::types::PyModuleMethods;

    #[pymodule_export]
    use super::clusters::{Clusters, cluster};
    #[pymodule_export]
    use super::comparison::compare;
    #[pymodule_export]
    use super::errors::Error;
    #[pymodule_export]
    use super::signatures::{Signatures, sign};
    #[pymodule_export]
    use super::spark::{Step, check_thresholds, least_held};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        module.add("HASH_VERSION", retold::hash::HASH_VERSION)?;
        module.add("MINIMA", retold::minhash::near::MINIMA)?;
        module.add("NEAR_THRESHOLD", retold::config::NEAR_THRESHOLD)?;
        module.add("STORY_THRESHOLD", retold::config::STORY_THRESHOLD)?;
        let near = retold::cluster::near::Limits::default();
        module.add("NEAR_IN_MEMORY", near.in_memory)?;
        module.add("FILE_CAP", retold::lsh::story::Limits::default().file_cap)?;
        module.add("MOST_TERMS", retold::score::story::weights::MOST_TERMS)
    }
}
