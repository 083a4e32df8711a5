//! A long call: the work is on a thread of its own, and the thread that called feeds it, shows how
//! far it is, and heeds Ctrl-C, which Python tells to its main thread only.

use pyo3::prelude::*;
use retold::pipeline::{Observer, Progress};
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, channel, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::scope;
use std::time::{Duration, Instant};

/// Time between two looks at signals and progress.
const INTERVAL: Duration = Duration::from_millis(50);

/// Batches that wait to be worked on.
const WAITING: usize = 2;

/// How far the work is, and whether it may go on.
#[derive(Default)]
struct Watch {
    cancelled: AtomicBool,
    /// The last report of each stage that has not been shown.
    reports: Mutex<Vec<Progress>>,
}

impl Observer for Watch {
    fn report(&self, progress: Progress) -> bool {
        let mut reports = self.reports.lock().unwrap_or_else(PoisonError::into_inner);
        reports.pop_if(|last| last.stage == progress.stage);
        reports.push(progress);
        !self.cancelled.load(Ordering::Relaxed)
    }
}

/// Ends the work where the caller leaves, in whatever way.
struct CancelOnDrop<'a>(&'a Watch);

impl Drop for CancelOnDrop<'_> {
    fn drop(&mut self) {
        self.0.cancelled.store(true, Ordering::Relaxed);
    }
}

/// Who looks after the work.
pub(crate) struct Attendant {
    /// Takes the name of the stage, the share of it that is done, and the number of articles.
    pub(crate) progress: Option<Py<PyAny>>,
    /// Articles that there are to read, where that is known.
    pub(crate) total: Option<usize>,
}

impl Attendant {
    /// Does `work` on what `next` gives, batch after batch until one is empty.
    ///
    /// # Errors
    /// Those of `next` and of the progress callable, and `KeyboardInterrupt`. The work has ended then.
    pub(crate) fn attend<B: Send, T: Send>(
        &self,
        py: Python<'_>,
        mut next: impl FnMut() -> PyResult<Option<B>> + Send,
        work: impl FnOnce(Receiver<B>, &dyn Observer) -> T + Send,
    ) -> PyResult<T> {
        py.detach(|| {
            let watch = Watch::default();
            scope(|scope| {
                let _guard = CancelOnDrop(&watch);
                let (feed, fed) = sync_channel(WAITING);
                let (end, ended) = channel::<()>();
                let worker = scope.spawn(|| {
                    // Dropped when the work ends, in whatever way.
                    let _end = end;
                    work(fed, &watch)
                });
                self.feed(&mut next, feed, &watch)?;
                while ended.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
                    self.look(&watch)?;
                }
                let result = worker.join().unwrap_or_else(|panic| resume_unwind(panic));
                self.look(&watch)?;
                Ok(result)
            })
        })
    }

    /// Hands over all batches, or as many as the work takes.
    fn feed<B>(
        &self,
        next: &mut impl FnMut() -> PyResult<Option<B>>,
        feed: SyncSender<B>,
        watch: &Watch,
    ) -> PyResult<()> {
        let mut looked = Instant::now();
        while let Some(batch) = next()? {
            if feed.send(batch).is_err() {
                break;
            }
            if looked.elapsed() >= INTERVAL {
                self.look(watch)?;
                looked = Instant::now();
            }
        }
        Ok(())
    }

    /// Heeds signals, and shows what has been reported.
    fn look(&self, watch: &Watch) -> PyResult<()> {
        let reports =
            std::mem::take(&mut *watch.reports.lock().unwrap_or_else(PoisonError::into_inner));
        Python::attach(|py| {
            py.check_signals()?;
            let Some(show) = &self.progress else { return Ok(()) };
            reports.iter().try_for_each(|report| {
                let all = self.total.filter(|&all| all > 0).map(|all| all as f64);
                let share = report.share.or(all.map(|all| (report.articles as f64 / all).min(1.0)));
                show.call1(py, (report.stage.name(), share, report.articles)).map(drop)
            })
        })
    }
}
