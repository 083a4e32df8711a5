//! Articles of files, or of memory, to all that is kept of them.

use super::corpus::Arrivals;
use super::job::{Job, Step};
use super::progress::{Progress, Stage};
use super::sketch::{Sketcher, Sketches};
use super::{Run, RunError};
use crate::article::Article;
use crate::read::{self, InputFile, Skip, Tally};
use crate::store::{Saved, Saving, StoreError};
use rayon::prelude::*;
use std::ops::Range;

/// Reads and sketches every article, some files at a time where that is saved.
pub(super) fn gather(
    files: &[InputFile],
    run: &Run<'_>,
    pool: &rayon::ThreadPool,
) -> Result<(Arrivals, Tally), RunError> {
    let all = 0..files.len();
    let parts = run.job.map_or_else(|| vec![all], Job::parts);
    let mut outdated = None;
    loop {
        let (arrivals, tally) = (Arrivals::new(run.store), Tally::default());
        let mut gathered = Gathered { arrivals, tally, bytes: 0, total: bytes_of(files) };
        outdated = gathered.add(files, &parts, outdated, run, pool)?;
        if outdated.is_none() {
            return Ok((gathered.arrivals, gathered.tally));
        }
    }
}

/// What has come of files so far.
struct Gathered {
    arrivals: Arrivals,
    tally: Tally,
    /// Bytes of files, as they are packed, that were read, and of all, if that is known.
    bytes: u64,
    total: Option<u64>,
}

impl Gathered {
    /// Adds the articles of all parts; of the one that is outdated, what was saved is not taken. Ends at
    /// a part whose turn to be outdated it is, and returns its number.
    fn add(
        &mut self,
        files: &[InputFile],
        parts: &[Range<usize>],
        outdated: Option<usize>,
        run: &Run<'_>,
        pool: &rayon::ThreadPool,
    ) -> Result<Option<usize>, RunError> {
        for (number, part) in parts.iter().enumerate() {
            let (files, step) = (&files[part.clone()], Step::Articles(number));
            let kept = if outdated == Some(number) { None } else { run.kept(step)? };
            match kept {
                None => self.read(files, step, run, pool)?,
                Some(kept) => {
                    if !self.load(kept, files, run)? {
                        return Ok(Some(number));
                    }
                }
            }
        }
        Ok(None)
    }

    /// Adds the articles of some files. While a batch is sketched the one before it is stored.
    fn read(
        &mut self,
        files: &[InputFile],
        step: Step,
        run: &Run<'_>,
        pool: &rayon::ThreadPool,
    ) -> Result<(), RunError> {
        let options = &run.config.read;
        // Two readers even on one core: one waits for the disk while the other parses.
        let readers = pool.current_num_threads().clamp(2, 8);
        let mut saving = run.job.map(|job| job.begin(step)).transpose()?;
        let mut sketched = Tally::default();
        let [mut now, mut before] = [(); 2].map(|()| Parts::default());
        let mut stopped = None;
        let mut tally = read::read(files, options, readers, |batch| {
            let store = || before.store(&mut self.arrivals, &mut sketched, saving.as_mut());
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
            self.bytes += batch.file_bytes();
            stopped = stored.map_err(RunError::Store).and_then(|()| self.tell(run)).err();
            stopped.is_none()
        });
        if let Some(why) = stopped {
            return Err(why);
        }
        if tally.out_of_files {
            return Err(RunError::OutOfFiles);
        }
        before.store(&mut self.arrivals, &mut sketched, saving.as_mut())?;
        tally.merge(sketched);
        if let Some(mut saving) = saving {
            Sketches::default().save(&mut saving)?;
            saving.json(&tally)?;
            saving.finish()?;
        }
        self.tally.merge(tally);
        Ok(())
    }

    /// Adds the articles of some files that were saved. `false` if the system refused to read one of
    /// them then, and does not any more: all is to be gathered anew.
    fn load(
        &mut self,
        mut kept: Saved,
        files: &[InputFile],
        run: &Run<'_>,
    ) -> Result<bool, RunError> {
        let mut sketches = Sketches::default();
        loop {
            sketches.load(&mut kept)?;
            if sketches.is_empty() {
                break;
            }
            self.arrivals.add(&sketches)?;
        }
        let tally: Tally = kept.json()?;
        let refused = |file: &&InputFile| tally.troubles.iter().any(|of| of.path == file.name);
        if tally.is_refused && files.iter().filter(refused).any(InputFile::can_be_read) {
            return Ok(false);
        }
        self.tally.merge(tally);
        self.bytes += bytes_of(files).unwrap_or(0);
        self.tell(run)?;
        Ok(true)
    }

    fn tell(&self, run: &Run<'_>) -> Result<(), RunError> {
        let share = self.total.map(|total| (self.bytes as f64 / total as f64).min(1.0));
        let articles = self.arrivals.len() as u64;
        let progress = Progress { stage: Stage::Read, share, articles, bytes: self.bytes };
        if run.observer.report(progress) { Ok(()) } else { Err(RunError::Cancelled) }
    }
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
        parts.store(&mut arrivals, &mut tally, None)?;
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

    /// Hands on what has been sketched, and saves it where it is to be.
    fn store(
        &mut self,
        arrivals: &mut Arrivals,
        tally: &mut Tally,
        mut saving: Option<&mut Saving>,
    ) -> Result<(), StoreError> {
        self.0.iter_mut().try_for_each(|part| {
            tally.merge(std::mem::take(&mut part.tally));
            arrivals.add(&part.sketches)?;
            if let Some(saving) = saving.as_deref_mut()
                && !part.sketches.is_empty()
            {
                part.sketches.save(saving)?;
            }
            part.sketches.clear();
            Ok(())
        })
    }
}
