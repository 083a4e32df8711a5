//! Articles of files, or of memory, to all that is kept of them.

use super::corpus::Arrivals;
use super::progress::{Progress, Stage};
use super::sketch::{Sketcher, Sketches};
use super::{Run, RunError};
use crate::article::Article;
use crate::read::{self, InputFile, Skip, Tally};
use crate::store::StoreError;
use rayon::prelude::*;

/// Reads and sketches every article. While a batch is sketched the one before it is stored.
pub(super) fn gather(
    files: &[InputFile],
    run: &Run<'_>,
    pool: &rayon::ThreadPool,
) -> Result<(Arrivals, Tally), RunError> {
    let options = &run.config.read;
    // Two readers even on one core: one waits for the disk while the other parses.
    let readers = pool.current_num_threads().clamp(2, 8);
    let (mut arrivals, mut sketched) = (Arrivals::new(run.store), Tally::default());
    let [mut now, mut before] = [(); 2].map(|()| Parts::default());
    let (mut bytes, mut stopped) = (0, None);
    let total = bytes_of(files);
    let mut tally = read::read(files, options, readers, |batch| {
        let store = || before.store(&mut arrivals, &mut sketched);
        let sketch = || {
            now.sketch(&batch.records, |record, part| {
                let decoded = batch.decode(record, options)?;
                part.sketcher.sketch(&decoded.article, &mut part.sketches)?;
                part.tally.note(&decoded.article);
                Ok((decoded.replaced, decoded.cut))
            });
        };
        let ((), stored) = pool.install(|| rayon::join(sketch, store));
        std::mem::swap(&mut now, &mut before);
        bytes += batch.file_bytes();
        let share = total.map(|total| (bytes as f64 / total as f64).min(1.0));
        let articles = arrivals.len() as u64;
        let progress = Progress { stage: Stage::Read, share, articles, bytes };
        stopped = match stored {
            Ok(()) if !run.observer.report(progress) => Some(RunError::Cancelled),
            other => other.err().map(RunError::Store),
        };
        stopped.is_none()
    });
    if let Some(why) = stopped {
        return Err(why);
    }
    before.store(&mut arrivals, &mut sketched)?;
    tally.merge(sketched);
    Ok((arrivals, tally))
}

/// Articles that are sketched together, and bytes of their texts.
const TOGETHER: usize = 1 << 13;
const TOGETHER_BYTES: usize = 4 << 20;

/// Sketches every article of those that are handed over.
pub(super) fn gather_articles(
    mut articles: impl Iterator<Item = Article>,
    run: &Run<'_>,
    pool: &rayon::ThreadPool,
) -> Result<(Arrivals, Tally), RunError> {
    let (mut arrivals, mut tally) = (Arrivals::new(run.store), Tally::default());
    let mut parts = Parts::default();
    loop {
        let (mut some, mut bytes) = (Vec::new(), 0);
        while some.len() < TOGETHER && bytes < TOGETHER_BYTES {
            let Some(article) = articles.next() else { break };
            bytes += article.text.len();
            some.push(article);
        }
        if some.is_empty() {
            return Ok((arrivals, tally));
        }
        pool.install(|| {
            parts.sketch(&some, |article, part| {
                part.sketcher.sketch(article, &mut part.sketches)?;
                part.tally.note(article);
                Ok((false, false))
            });
        });
        parts.store(&mut arrivals, &mut tally)?;
        let articles = arrivals.len() as u64;
        let progress = Progress { stage: Stage::Read, share: None, articles, bytes: 0 };
        if !run.observer.report(progress) {
            return Err(RunError::Cancelled);
        }
    }
}

/// Bytes of all files, if all have a size, and that is known.
fn bytes_of(files: &[InputFile]) -> Option<u64> {
    let bytes = files.iter().map(|file| {
        let metadata = std::fs::metadata(file.path.as_ref()?).ok()?;
        metadata.is_file().then_some(metadata.len())
    });
    bytes.sum::<Option<u64>>().filter(|&bytes| bytes > 0)
}

/// A batch in parts that are sketched in parallel; they keep their buffers from batch to batch.
#[derive(Default)]
struct Parts([Part; 16]);

#[derive(Default)]
struct Part {
    sketcher: Sketcher,
    sketches: Sketches,
    tally: Tally,
}

impl Parts {
    /// Sketches records: `one` says whether bytes of one were replaced, and whether it was cut.
    fn sketch<T: Sync>(
        &mut self,
        records: &[T],
        one: impl Fn(&T, &mut Part) -> Result<(bool, bool), Skip> + Sync,
    ) {
        let of_each = records.len().div_ceil(self.0.len()).max(1);
        self.0.par_iter_mut().zip(records.par_chunks(of_each)).for_each(|(part, records)| {
            for record in records {
                match one(record, part) {
                    Ok((replaced, cut)) => part.tally.article(replaced, cut),
                    Err(skip) => part.tally.skip(skip),
                }
            }
        });
    }

    /// Hands on what has been sketched.
    fn store(&mut self, arrivals: &mut Arrivals, tally: &mut Tally) -> Result<(), StoreError> {
        self.0.iter_mut().try_for_each(|part| {
            tally.merge(std::mem::take(&mut part.tally));
            arrivals.add(&part.sketches)?;
            part.sketches.clear();
            Ok(())
        })
    }
}
