//! All that decides a run, checked.

use crate::read::ReadOptions;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use sysinfo::{MemoryRefreshKind, RefreshKind, System};
use thiserror::Error;

/// How deep articles are matched. Each level contains the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The same text once case, spacing and punctuation are folded.
    Exact,
    /// Edited copies.
    Near,
    /// The same event in other words.
    Story,
}

impl Level {
    /// Its name, as in the command line and the output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Level::Exact => "exact",
            Level::Near => "near",
            Level::Story => "story",
        }
    }
}

/// Default of [`Config::near_threshold`]: see ARCHITECTURE.md for what was measured.
pub const NEAR_THRESHOLD: f64 = 0.6;

/// Default of [`Config::story_threshold`]: a calibrated score of 0.5 means "as likely as not".
pub const STORY_THRESHOLD: f64 = 0.5;

/// Similarity at which near candidates are found with at least [`NEAR_RECALL`].
pub const NEAR_SIMILARITY: f64 = 0.3;

/// See [`NEAR_SIMILARITY`].
pub const NEAR_RECALL: f64 = 0.95;

/// Options of a run.
#[derive(Clone, Debug)]
pub struct Config {
    /// How input is read.
    pub read: ReadOptions,
    /// The deepest level that is looked for.
    pub level: Level,
    /// Least near score of two copies, above 0, at most 1.
    pub near_threshold: f64,
    /// How strictly stories are cut, above 0, at most 1: higher is stricter (see
    /// [`crate::score::story::cut`]).
    pub story_threshold: f64,
    /// Story pairs whose dates are known and further apart than this many days are not compared.
    pub window_days: Option<u32>,
    /// Pairs of ids whose score is wanted beside the clusters (see `Clusters::judged`).
    pub judged_pairs: Vec<(String, String)>,
    /// Bytes of memory that may be used, about; what does not fit is written down.
    pub memory: usize,
    /// The folder where it is written down, in files without names, and where checkpoints are.
    pub work_dir: PathBuf,
    /// Whether [`run`](crate::pipeline::run) can be gone on with when it is killed.
    pub checkpoints: Checkpoints,
    /// Threads that work; `None`: one a core.
    pub threads: Option<NonZeroUsize>,
}

/// What a run over files saves of its steps, in a folder of its own in the work folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Checkpoints {
    /// Nothing.
    #[default]
    None,
    /// All, in the place of what an earlier run saved.
    Anew,
    /// All, and it goes on from what an earlier run saved; from the beginning if none did.
    Resume,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            read: ReadOptions::default(),
            level: Level::Story,
            near_threshold: NEAR_THRESHOLD,
            story_threshold: STORY_THRESHOLD,
            window_days: None,
            judged_pairs: Vec::new(),
            memory: usize::MAX,
            work_dir: PathBuf::from("."),
            checkpoints: Checkpoints::None,
            threads: None,
        }
    }
}

/// Half of the memory that this process may use: what the program takes for [`Config::memory`] where
/// nothing is said. It asks the system.
#[must_use]
pub fn half_of_memory() -> usize {
    /// What is taken where the system does not tell.
    const UNKNOWN: u64 = 1 << 30;
    let refresh = RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram());
    let system = System::new_with_specifics(refresh);
    if system.total_memory() == 0 {
        return UNKNOWN as usize / 2;
    }
    let limit = system.cgroup_limits().map_or(u64::MAX, |limits| limits.total_memory);
    usize::try_from(system.total_memory().min(limit) / 2).unwrap_or(usize::MAX)
}

/// An option that makes no sense.
#[derive(Debug, Error, PartialEq)]
#[error("{option} is {value}: it must be above 0 and at most 1")]
pub struct ThresholdError {
    /// Its name on the command line.
    pub option: &'static str,
    /// What it was set to.
    pub value: f64,
}

impl Config {
    /// Checks what the types do not.
    ///
    /// # Errors
    /// A threshold outside its range.
    pub fn check(&self) -> Result<(), ThresholdError> {
        let thresholds = [
            ("--near-threshold", self.near_threshold),
            ("--story-threshold", self.story_threshold),
        ];
        match thresholds.into_iter().find(|(_, value)| !(*value > 0.0 && *value <= 1.0)) {
            Some((option, value)) => Err(ThresholdError { option, value }),
            None => Ok(()),
        }
    }
}
