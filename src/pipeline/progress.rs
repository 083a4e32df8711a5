//! Progress as data: the library prints nothing.

use super::{Checkpoint, Run, RunError};
use std::cell::Cell;

/// A part of a run that takes time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Reading and sketching articles.
    Read,
    /// Grouping exact copies.
    Exact,
    /// Grouping near-duplicates.
    Near,
    /// Grouping stories.
    Story,
    /// Putting the result together, and writing it down.
    Report,
    /// Writing the dump again: the caller's, after the run.
    Write,
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
            Stage::Write => "write",
        }
    }
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// How much of the stage's time is over, 0 to 1, where that can be told. Of what comes after
    /// reading it is an estimate, by what the steps of a stage took on other dumps.
    pub share: Option<f64>,
    /// Articles: while reading those read so far, then all.
    pub articles: u64,
    /// Bytes of the files, as they are packed, that the stage has gone through; 0 where it reads none.
    pub bytes: u64,
}

/// Takes progress, and may stop the run.
pub trait Observer: Sync {
    /// Called now and then; `false` stops the run.
    fn report(&self, progress: Progress) -> bool;

    /// Called with what happens to checkpoints.
    fn checkpoint(&self, _: Checkpoint<'_>) {}
}

/// Lets every run go on, and says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {
    fn report(&self, _: Progress) -> bool {
        true
    }
}

/// The steps of a stage. Each takes about the same share of the stage's time in any dump; what the
/// shares come from is in ARCHITECTURE.md.
pub(super) struct Steps<'a> {
    run: &'a Run<'a>,
    stage: Stage,
    articles: usize,
    done: Cell<f64>,
}

impl<'a> Steps<'a> {
    /// Says that a stage begins.
    pub(super) fn begin(
        run: &'a Run<'a>,
        stage: Stage,
        articles: usize,
    ) -> Result<Steps<'a>, RunError> {
        let steps = Steps { run, stage, articles, done: Cell::new(0.0) };
        steps.tell(0.0)?;
        Ok(steps)
    }

    /// Says that a step which takes this share of the stage is done.
    pub(super) fn end(&self, share: f64) -> Result<(), RunError> {
        self.done.set(self.done.get() + share);
        self.tell(self.done.get())
    }

    /// Says that this share of the stage is done at least: steps that were saved are not gone through.
    pub(super) fn reach(&self, share: f64) -> Result<(), RunError> {
        self.done.set(self.done.get().max(share));
        self.tell(self.done.get())
    }

    /// Says how much of a step, 0 to 1, is done.
    pub(super) fn within(&self, share: f64, part: f64) -> Result<(), RunError> {
        self.tell(self.done.get() + share * part)
    }

    fn tell(&self, share: f64) -> Result<(), RunError> {
        let (stage, articles) = (self.stage, self.articles as u64);
        let progress = Progress { stage, share: Some(share), articles, bytes: 0 };
        if self.run.observer.report(progress) { Ok(()) } else { Err(RunError::Cancelled) }
    }
}
