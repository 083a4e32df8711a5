//! What `cluster` and `eval` have in common: the run itself.

use super::args::RunArgs;
use super::progress::Reporter;
use super::{Outcome, summary};
use anyhow::Result;
use retold::config::Config;
use retold::pipeline::{self, Clusters};
use retold::read::{InputFile, Trouble};

/// Reads and groups the articles of `input`, the files and the names that lead nowhere; says what could
/// not be read, and how that makes the run end.
pub(super) fn run(
    (files, troubles): (Vec<InputFile>, Vec<Trouble>),
    config: &Config,
    args: &RunArgs,
    reporter: &Reporter,
) -> Result<(Clusters, Outcome)> {
    let result = pipeline::run(&files, config, reporter);
    reporter.rest();
    let mut clusters = result?;
    for trouble in troubles {
        clusters.tally.trouble(trouble.path, trouble.message);
    }
    summary::say_troubles(&clusters.tally);
    let outcome = summary::outcome(&clusters.tally, args.strict)?;
    Ok((clusters, outcome))
}
