//! What `cluster`, `eval` and `dedup` have in common: the run itself.

use super::args::RunArgs;
use super::progress::Reporter;
use super::{Outcome, is_closed_pipe, say, summary, unfinished};
use anyhow::Result;
use retold::config::{Checkpoints, Config};
use retold::pipeline::{self, Clusters};
use retold::read::{InputFile, Trouble};

/// Reads and groups the articles of `files`; says what could not be read, the names that lead nowhere
/// among it, and how that makes the run end.
pub(super) fn run(
    files: &[InputFile],
    troubles: Vec<Trouble>,
    config: &Config,
    args: &RunArgs,
    reporter: &Reporter,
) -> Result<(Clusters, Outcome)> {
    unfinished::is_saved(config.checkpoints != Checkpoints::None);
    let result = pipeline::run(files, config, reporter);
    reporter.rest();
    let mut clusters = result?;
    for trouble in troubles {
        clusters.tally.trouble(trouble.path, trouble.message);
    }
    summary::say_troubles(&clusters.tally);
    summary::say_missing_fields(&clusters.tally, &config.read.fields);
    let outcome = summary::outcome(&clusters.tally, args.strict)?;
    Ok((clusters, outcome))
}

/// Removes the checkpoints of a run whose result is written, or whose reader has seen enough of it. It
/// stands, whether they go or not.
///
/// # Errors
/// That of writing.
pub(super) fn end(clusters: &mut Clusters, written: Result<()>) -> Result<()> {
    if written.as_ref().err().is_none_or(is_closed_pipe) {
        unfinished::is_saved(false);
        if let Err(error) = clusters.forget_checkpoints() {
            say(&format!("note: checkpoints that nobody needs were not removed: {error}"));
        }
    }
    written
}
