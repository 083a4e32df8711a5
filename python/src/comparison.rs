//! `compare`: two articles by themselves.

use crate::errors::{Error, caught, of_threshold};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyString;
use retold::article::{Article, Source};
use retold::config::Config;
use retold::pipeline;
use retold::report::JsonComparison;

/// An article as a caller has it: text, title and date.
type Given<'py> = (Bound<'py, PyString>, Option<Bound<'py, PyString>>, Option<String>);

/// Compares two articles. Gives what `retold compare --json` writes, the verdict, and how sure it is.
#[pyfunction]
pub(crate) fn compare(
    py: Python<'_>,
    a: Given<'_>,
    b: Given<'_>,
    near_threshold: f64,
    story_threshold: f64,
) -> PyResult<(String, &'static str, Option<String>)> {
    let config = Config { near_threshold, story_threshold, ..Config::default() };
    config.check().map_err(of_threshold)?;
    let (a, b) = (article("a", a), article("b", b));
    caught(|| {
        py.detach(|| {
            let comparison = pipeline::compare(&a, &b).map_err(|skip| {
                let message = format!("{}: {}: {}", skip.source, skip.reason, skip.detail);
                PyValueError::new_err(message)
            })?;
            let mut json = Vec::new();
            let of =
                JsonComparison { config: &config, articles: [&a, &b], comparison: &comparison };
            of.write(&mut json)?;
            let json =
                String::from_utf8(json).map_err(|error| Error::new_err(error.to_string()))?;
            Ok((json, comparison.verdict(&config), comparison.how_sure(&config)))
        })
    })
}

fn article(name: &str, (text, title, date): Given<'_>) -> Article {
    let string = |string: &Bound<'_, PyString>| string.to_string_lossy().into_owned();
    Article {
        source: Source { path: name.into(), record: 0 },
        title: title.as_ref().map(string),
        date,
        ..Article::new(name, string(&text))
    }
}
