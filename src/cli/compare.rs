//! x
use clap::Args;
/// Tell why two articles are, or are not, one
#[derive(Debug, Args)]
pub(super) struct CompareArgs {}
pub(super) fn run(_: &CompareArgs) -> anyhow::Result<super::Outcome> { Ok(super::Outcome::Done) }
