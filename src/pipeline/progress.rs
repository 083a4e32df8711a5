//! Progress as data: the library prints nothing.

/// A part of a run that takes time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Reading and sketching articles; progress in bytes.
    Read,
    /// Grouping exact copies; progress in articles, as in all that follow.
    Exact,
    /// Grouping near-duplicates.
    Near,
    /// Grouping stories.
    Story,
    /// Putting the result together.
    Report,
}

impl Stage {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Stage::Read => "read",
            Stage::Exact => "exact",
            Stage::Near => "near",
            Stage::Story => "story",
            Stage::Report => "report",
        }
    }
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// How much of it is done.
    pub done: u64,
    /// How much there is, where that is known.
    pub total: Option<u64>,
}

/// Takes progress, and may stop the run.
pub trait Observer: Sync {
    /// Called now and then; `false` stops the run.
    fn report(&self, progress: Progress) -> bool;
}

/// Lets every run go on, and says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {
    fn report(&self, _: Progress) -> bool {
        true
    }
}
