//! The whole way: read, text, shingle, minhash, lsh, score, cluster.
//!
//! [`run`] joins the stages and returns [`Clusters`]. Each stage is a pure function of plain data
//! (numbers of articles, keys, pairs, scores), so the result depends on the articles and the
//! options alone: not on the number of threads, nor on the order in which files are named or read.

mod chosen;
mod clusters;
mod compare;
mod corpus;
mod entry;
mod find;
mod gather;
mod job;
mod near;
mod pairs;
mod progress;
mod sketch;
mod story;

pub(crate) use clusters::TOGETHER;
pub use clusters::{Assignment, Clusters, Entries, Extent, Relation};
pub use compare::{Comparison, compare};
pub(crate) use entry::OPENING_CHARS;
pub use entry::{Entry, next_number, numbered};
pub use find::{Found, HELD, find_articles};
pub use job::{Checkpoint, can_be_resumed, job_folder};
pub use progress::{Observer, Progress, Silent, Stage};
pub(crate) use sketch::day;
pub use sketch::{Sketch, Sketcher, Sketches, signature_of};

use crate::article::Article;
use crate::config::{Config, Level, ThresholdError};
use crate::read::{InputFile, Tally};
use crate::score::near::Overlap;
use crate::shingle::near::shingles;
use crate::store::{Saved, Saving, Sorted, Sorter, Store, StoreError};
use crate::text::Tokens;
use clusters::{Levels, Match};
use corpus::{Arrivals, Corpus};
use entry::find;
use gather::{gather, gather_articles};
use job::{Job, Kept, Step};
use progress::Steps;
use rayon::prelude::*;
use sketch::Fact;
use std::path::PathBuf;
use thiserror::Error;

/// Why a run has no result.
#[derive(Debug, Error)]
pub enum RunError {
    /// An option makes no sense.
    #[error(transparent)]
    Config(#[from] ThresholdError),
    /// The threads could not be started.
    #[error("could not start the worker threads: {0}")]
    Threads(String),
    /// What does not fit in memory could not be written down, or read again.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// More articles than fit in 32 bits.
    #[error("more than {} articles in one run: split the input", u32::MAX)]
    TooMany,
    /// What one file holds is gone when it was read.
    #[error("{0} can be read once only, so a run over it cannot be resumed: copy it to a file")]
    ReadOnce(String),
    /// What is made of one file could be taken for what is made of another.
    #[error(
        "{0}: the names of two files look like this, so a run over them cannot be resumed: rename one"
    )]
    SameNames(String),
    /// The folder of the job is in use for something else.
    #[error("{} is no checkpoint: put it elsewhere, or name another --work-dir", .0.display())]
    Foreign(PathBuf),
    /// The job belongs to another run, which is at work.
    #[error("another run works in {}: wait for it, or name another --work-dir", .0.display())]
    Busy(PathBuf),
    /// What was saved cannot be gone on from.
    #[error("the job in {} cannot be resumed: {change}. Without --resume it begins anew", folder.display())]
    OtherJob {
        /// Where it is.
        folder: PathBuf,
        /// Why not.
        change: String,
    },
    /// Input was not read since the system opens no more files.
    #[error("too many open files: raise the limit (ulimit -n), or close other programs")]
    OutOfFiles,
    /// The observer asked to stop.
    #[error("cancelled")]
    Cancelled,
}

/// What all stages of a run are told.
struct Run<'a> {
    config: &'a Config,
    store: &'a Store,
    observer: &'a dyn Observer,
    /// Where its steps are saved, if they are.
    job: Option<&'a Job>,
}

impl Run<'_> {
    /// What was saved of a step that is done already.
    fn kept(&self, step: Step) -> Result<Option<Saved>, StoreError> {
        self.job.map_or(Ok(None), |job| job.kept(step, self.observer))
    }

    /// Saves a step.
    fn keep(
        &self,
        step: Step,
        save: impl FnOnce(&mut Saving) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let Some(job) = self.job else { return Ok(()) };
        let mut saving = job.begin(step)?;
        save(&mut saving)?;
        saving.finish()
    }

    /// Removes what was saved of a step that another has taken up.
    fn forget(&self, step: Step) -> Result<(), StoreError> {
        self.job.map_or(Ok(()), |job| job.forget(step))
    }

    /// Does a step and saves what it comes to, or takes what was saved of it.
    fn step<T: Kept>(
        &self,
        step: Step,
        make: impl FnOnce() -> Result<T, RunError>,
    ) -> Result<T, RunError> {
        if let Some(mut kept) = self.kept(step)? {
            return Ok(T::load(&mut kept, self.store)?);
        }
        let made = make()?;
        self.keep(step, |to| made.save(to))?;
        Ok(made)
    }
}

/// Bytes that the program and the batches on their way through it take.
const BATCHES: usize = 64 << 20;

/// Bytes an article that are always in memory: its representatives, and what a stage keeps of it.
const BYTES_AN_ARTICLE: usize = 40;

/// Reads `files` and groups their articles.
///
/// Memory: at most about [`Config::memory`]; what does not fit goes to files in
/// [`Config::work_dir`]. Some 40 bytes an article, and 100 MB, are used however little is allowed.
///
/// # Errors
/// See [`RunError`]. Input that cannot be read is no error: it is in the tally of the result.
pub fn run(
    files: &[InputFile],
    config: &Config,
    observer: &dyn Observer,
) -> Result<Clusters, RunError> {
    run_of(Some(files), config, observer, |run, pool| gather(files, run, pool))
}

/// Groups articles that are in memory, or made one by one: what [`run`] does with those of files.
/// Articles whose ids, sources and texts are equal stand in no particular order.
///
/// # Errors
/// See [`RunError`]. An article without words is no error: it is in the tally of the result.
pub fn run_articles(
    articles: impl IntoIterator<Item = Article>,
    config: &Config,
    observer: &dyn Observer,
) -> Result<Clusters, RunError> {
    run_of(None, config, observer, |run, pool| gather_articles(articles.into_iter(), run, pool))
}

/// A run over the articles that `gather` gives, of `files` if they are of files.
fn run_of(
    files: Option<&[InputFile]>,
    config: &Config,
    observer: &dyn Observer,
    gather: impl FnOnce(&Run<'_>, &rayon::ThreadPool) -> Result<(Arrivals, Tally), RunError>,
) -> Result<Clusters, RunError> {
    config.check()?;
    let threads = config.threads.map_or(0, std::num::NonZeroUsize::get);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|error| RunError::Threads(error.to_string()))?;
    let store = Store::new(config.memory, &config.work_dir);
    let _batches = store.hold(BATCHES);
    let job = files.map(|files| Job::open(files, config, &store, observer)).transpose()?.flatten();
    let run = Run { config, store: &store, observer, job: job.as_ref() };
    let (arrivals, tally) = gather(&run, &pool)?;
    let mut clusters = pool.install(|| group_arrivals(arrivals, tally, &run))?;
    clusters.job = job;
    Ok(clusters)
}

/// Groups articles that are already sketched, in the calling thread's pool: what [`run`] does after
/// reading.
///
/// # Errors
/// See [`RunError`].
pub fn group(
    sketches: &Sketches,
    tally: Tally,
    config: &Config,
    observer: &dyn Observer,
) -> Result<Clusters, RunError> {
    let store = Store::new(config.memory, &config.work_dir);
    let mut arrivals = Arrivals::new(&store);
    arrivals.add(sketches)?;
    group_arrivals(arrivals, tally, &Run { config, store: &store, observer, job: None })
}

fn group_arrivals(arrivals: Arrivals, tally: Tally, run: &Run<'_>) -> Result<Clusters, RunError> {
    let articles = arrivals.len();
    if u32::try_from(articles).is_err() {
        return Err(RunError::TooMany);
    }
    let (config, store) = (run.config, run.store);
    let _always = store.hold(articles * BYTES_AN_ARTICLE);
    let steps = Steps::begin(run, Stage::Exact, articles)?;
    let mut corpus = arrivals.finish()?;
    steps.end(0.6)?;
    let repeated_ids = corpus.name_apart()?;
    steps.end(0.1)?;
    let mut levels = Levels::new(articles);
    exact_groups(&corpus, &mut levels.exact, store)?;
    let mut matches = Sorter::new(store, store.share(16));
    let mut add = |more: Sorted<Match>| more.blocks(|_, _| false, |some| matches.extend(some));
    let (mut capped_buckets, mut trimmed) = (0, 0);
    levels.near.clone_from(&levels.exact);
    if config.level >= Level::Near {
        let level = near::level(&mut corpus, &standing(&levels.exact), run)?;
        (levels.near, capped_buckets, trimmed) = (level.of, level.capped_buckets, level.trimmed);
        add(level.matches)?;
        Levels::through(&levels.exact, &mut levels.near);
    }
    levels.story.clone_from(&levels.near);
    let judged = if config.level >= Level::Story {
        let level = story::level(&corpus, &standing(&levels.near), &levels.near, run)?;
        levels.story = level.of;
        add(level.matches)?;
        Levels::through(&levels.near, &mut levels.story);
        level.judged
    } else {
        judge(&corpus, run)?
    };
    Steps::begin(run, Stage::Report, articles)?;
    Ok(Clusters {
        store: store.clone(),
        entries: corpus.entries,
        facts: corpus.facts,
        levels,
        matches: matches.finish()?,
        tally,
        repeated_ids,
        capped_buckets,
        trimmed,
        judged,
        job: None,
    })
}

/// An article as the story level finds it.
#[derive(Clone, Debug)]
pub struct Compared {
    /// Its id in the dump.
    pub id: String,
    /// Its words without the furniture of its site, as [`Tokens`].
    pub list: Vec<u32>,
    /// Day of publication, in days from 1970-01-01, where it is known.
    pub day: Option<i32>,
    /// Number of the article that stands for it after the near level.
    pub near: u32,
}

/// The articles in the order of their ids, which numbers them, as the story level finds them. For
/// measuring a stage by itself: [`group`] does the same on its way.
///
/// # Errors
/// See [`RunError`].
pub fn compared(sketches: &Sketches, config: &Config) -> Result<Vec<Compared>, RunError> {
    let store = Store::new(config.memory, &config.work_dir);
    let run = Run { config, store: &store, observer: &Silent, job: None };
    let mut arrivals = Arrivals::new(&store);
    arrivals.add(sketches)?;
    let mut corpus = arrivals.finish()?;
    let mut exact: Vec<u32> = (0..corpus.len() as u32).collect();
    exact_groups(&corpus, &mut exact, &store)?;
    let mut near = near::level(&mut corpus, &standing(&exact), &run)?.of;
    Levels::through(&exact, &mut near);
    let article = |(number, &near): (usize, &u32)| {
        let day = Fact::from(corpus.facts.get(number)?).day;
        let id = entry::Stored(&corpus.entries.get(number)?).id();
        Ok(Compared { id, list: corpus.texts.get(number)?, day, near })
    };
    near.iter().enumerate().map(article).collect()
}

/// The articles that stand for themselves, rising.
fn standing(representatives: &[u32]) -> Vec<u32> {
    let numbered = (0_u32..).zip(representatives);
    numbered.filter(|(article, to)| article == *to).map(|(article, _)| article).collect()
}

/// Puts the least number of those that are equal in the place of each article.
fn exact_groups(corpus: &Corpus, exact: &mut [u32], store: &Store) -> Result<(), StoreError> {
    let mut digests: Sorter<[u64; 3]> = Sorter::new(store, store.share(2));
    corpus.facts.blocks(|first, facts| {
        let numbered = (first as u64..).zip(facts);
        numbered.map(|(article, &facts)| (article, Fact::from(facts).digest)).try_for_each(
            |(article, digest)| digests.push([(digest >> 64) as u64, digest as u64, article]),
        )
    })?;
    let same = |a: &[u64; 3], b: &[u64; 3]| a[..2] == b[..2];
    digests.finish()?.blocks(same, |block| {
        for equal in block.chunk_by(same) {
            equal.iter().for_each(|of| exact[of[2] as usize] = equal[0][2] as u32);
        }
        Ok(())
    })
}

/// The score, at the exact or the near level, of each of the configuration's pairs; `None` where an
/// id is unknown.
fn judge(corpus: &Corpus, run: &Run<'_>) -> Result<Vec<Option<f64>>, StoreError> {
    let score = |(a, b): &(String, String)| {
        let (Some(a), Some(b)) = (find(&corpus.entries, a)?, find(&corpus.entries, b)?) else {
            return Ok(None);
        };
        let [a, b] = [a as usize, b as usize];
        let digest = |article: usize| Ok(Fact::from(corpus.facts.get(article)?).digest);
        Ok(Some(match run.config.level {
            Level::Exact => f64::from(u8::from(digest(a)? == digest(b)?)),
            _ => {
                let lists = [corpus.texts.get(a)?, corpus.texts.get(b)?];
                let sets = lists.map(|list| shingles(Tokens::of(&list)));
                Overlap::of(&sets[0], &sets[1]).score()
            }
        }))
    };
    run.config.judged_pairs.par_iter().map(score).collect()
}
