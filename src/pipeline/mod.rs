//! The whole way: read, text, shingle, minhash, lsh, score, cluster.
//!
//! [`run`] joins the stages and returns [`Clusters`]. Each stage is a pure function of plain data
//! (numbers of articles, keys, pairs, scores), so the result depends on the articles and the
//! options alone: not on the number of threads, nor on the order in which files are named or read.

mod clusters;
mod compare;
mod near;
mod pairs;
mod progress;
mod sketch;

pub use clusters::{Assignment, Clusters, Entry, Relation};
pub use compare::{Comparison, compare};
pub use progress::{Observer, Progress, Silent, Stage};
pub use sketch::{Sketch, Sketcher};

use crate::article::Source;
use crate::cluster::{self, Edge, Group};
use crate::config::{Config, Level, ThresholdError};
use crate::lsh;
use crate::read::{self, InputFile, Tally};
use crate::score::near::Overlap;
use crate::score::story::{self, Coefficients, Density, Opened, Parts};
use crate::shingle::story::terms;
use near::ShingleSets;
use rayon::prelude::*;
use thiserror::Error;

/// Why a run has no result.
#[derive(Debug, Error)]
pub enum RunError {
    /// An option makes no sense.
    #[error(transparent)]
    Config(#[from] ThresholdError),
    /// The threads could not be started.
    #[error("could not start the worker threads: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// More articles than fit in 32 bits.
    #[error("more than {} articles in one run: split the input", u32::MAX)]
    TooMany,
    /// The observer asked to stop.
    #[error("cancelled")]
    Cancelled,
}

/// Reads `files` and groups their articles.
///
/// Memory: what is kept of each article (twice its text, with what is compared of it; at the story
/// level, with weights and candidates, seven times), and a few batches of input.
///
/// # Errors
/// See [`RunError`]. Input that cannot be read is no error: it is in the tally of the result.
pub fn run(
    files: &[InputFile],
    config: &Config,
    observer: &dyn Observer,
) -> Result<Clusters, RunError> {
    config.check()?;
    let threads = config.threads.map_or(0, std::num::NonZeroUsize::get);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    let (sketches, tally) = gather(files, config, &pool, observer)?;
    pool.install(|| group(sketches, tally, config, observer))
}

/// Groups articles that are already sketched, in the calling thread's pool: what [`run`] does after
/// reading.
///
/// # Errors
/// See [`RunError`].
pub fn group(
    mut sketches: Vec<Sketch>,
    tally: Tally,
    config: &Config,
    observer: &dyn Observer,
) -> Result<Clusters, RunError> {
    if u32::try_from(sketches.len()).is_err() {
        return Err(RunError::TooMany);
    }
    let repeated_ids = name_apart(&mut sketches);
    let check = |stage, total| {
        let progress = Progress { stage, done: 0, total: Some(total) };
        if observer.report(progress) { Ok(()) } else { Err(RunError::Cancelled) }
    };
    check(Stage::Exact, sketches.len() as u64)?;
    let exact = exact_groups(&sketches);
    let mut shingles = ShingleSets::new(sketches.len());
    let (mut near, mut story, mut judged) = (Vec::new(), Vec::new(), Vec::new());
    let (mut capped_buckets, mut trimmed) = (0, 0);
    if config.level >= Level::Near {
        check(Stage::Near, sketches.len() as u64)?;
        let standing = standing(&representatives(sketches.len(), &[&exact]));
        let level = near::level(&mut sketches, &mut shingles, &standing, config);
        (near, capped_buckets, trimmed) = (level.groups, level.capped_buckets, level.trimmed);
    }
    if config.level == Level::Exact {
        judged = judge(&sketches, config, |a, b| {
            f64::from(u8::from(sketches[a as usize].digest == sketches[b as usize].digest))
        });
    }
    if config.level == Level::Near {
        judged = judge(&sketches, config, |a, b| shingles.overlap(&sketches, a, b).score());
    }
    if config.level >= Level::Story {
        check(Stage::Story, sketches.len() as u64)?;
        let representatives = representatives(sketches.len(), &[&exact, &near]);
        let standing = standing(&representatives);
        let corpus = Corpus { sketches: &sketches, shingles: &shingles, standing };
        (story, judged) = story_groups(&corpus, &representatives, config);
    }
    check(Stage::Report, sketches.len() as u64)?;
    let entries = sketches.into_iter().map(|sketch| sketch.entry).collect();
    let mut clusters = Clusters::new(entries, [exact, near, story], tally);
    clusters.repeated_ids = repeated_ids;
    clusters.capped_buckets = capped_buckets;
    clusters.trimmed = trimmed;
    clusters.judged = judged;
    Ok(clusters)
}

/// For each article the one that stands for it after the exact and the near level, by number; those
/// that stand for themselves are what the story level compares. Takes the furniture out of their
/// sketches. For measuring a stage by itself: [`group`] does the same on its way.
pub fn near_representatives(sketches: &mut [Sketch], config: &Config) -> Vec<u32> {
    let exact = exact_groups(sketches);
    let standing = standing(&representatives(sketches.len(), &[&exact]));
    let near = near::level(sketches, &mut ShingleSets::new(sketches.len()), &standing, config);
    representatives(sketches.len(), &[&exact, &near.groups])
}

/// Reads and sketches every article.
fn gather(
    files: &[InputFile],
    config: &Config,
    pool: &rayon::ThreadPool,
    observer: &dyn Observer,
) -> Result<(Vec<Sketch>, Tally), RunError> {
    // Two readers even on one core: one waits for the disk while the other parses.
    let readers = pool.current_num_threads().clamp(2, 8);
    let (mut sketches, mut sketched) = (Vec::new(), Tally::default());
    let (mut bytes, mut cancelled) = (0, false);
    let mut tally = read::read(files, &config.read, readers, |batch| {
        let results: Vec<_> = pool.install(|| {
            batch
                .records
                .par_iter()
                .map_init(Sketcher::default, |sketcher, record| {
                    let decoded = batch.decode(record, &config.read)?;
                    let (replaced, cut) = (decoded.replaced, decoded.cut);
                    Ok((sketcher.sketch(decoded.article)?, replaced, cut))
                })
                .collect()
        });
        for result in results {
            match result {
                Ok((sketch, replaced, cut)) => {
                    sketched.article(replaced, cut);
                    sketches.push(sketch);
                }
                Err(skip) => sketched.skip(skip),
            }
        }
        bytes += batch.len_bytes() as u64;
        cancelled = !observer.report(Progress { stage: Stage::Read, done: bytes, total: None });
        !cancelled
    });
    tally.merge(sketched);
    if cancelled { Err(RunError::Cancelled) } else { Ok((sketches, tally)) }
}

/// Brings sketches into the order of their ids, which numbers articles from here on, and gives
/// articles whose id is taken another: `ID#2` and so on, in the order of their sources. Returns how
/// many were renamed.
fn name_apart(sketches: &mut [Sketch]) -> u64 {
    let place = |sketch: &Sketch| -> (String, Source) {
        (sketch.entry.id.clone(), sketch.entry.source.clone())
    };
    sketches.par_sort_by_cached_key(place);
    let mut taken: ahash::AHashSet<String> =
        sketches.iter().map(|sketch| sketch.entry.id.clone()).collect();
    let mut renamed = 0;
    for repeats in sketches.chunk_by_mut(|a, b| a.entry.id == b.entry.id) {
        let mut number = 1_u64;
        for sketch in &mut repeats[1..] {
            renamed += 1;
            let new = loop {
                number += 1;
                let new = format!("{}#{number}", sketch.entry.id);
                if taken.insert(new.clone()) {
                    break new;
                }
            };
            sketch.entry.id = new;
        }
    }
    if renamed > 0 {
        sketches.par_sort_by_cached_key(place);
    }
    renamed
}

/// For each article the one that stands for it after some levels: itself, if it is alone so far.
fn representatives(articles: usize, levels: &[&[Group]]) -> Vec<u32> {
    let mut representatives: Vec<u32> = (0..articles as u32).collect();
    // From the last level to the first, so that what a representative was joined to is known.
    for group in levels.iter().rev().flat_map(|groups| groups.iter()) {
        for member in &group.members {
            representatives[member.article as usize] =
                representatives[group.representative as usize];
        }
    }
    representatives
}

/// Numbers of the articles that stand for themselves.
fn standing(representatives: &[u32]) -> Vec<u32> {
    let numbered = (0_u32..).zip(representatives);
    numbered.filter(|(article, to)| article == *to).map(|(article, _)| article).collect()
}

fn exact_groups(sketches: &[Sketch]) -> Vec<Group> {
    let mut digests: Vec<(u128, u32)> =
        sketches.iter().enumerate().map(|(i, sketch)| (sketch.digest, i as u32)).collect();
    digests.par_sort_unstable();
    digests
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|equal| equal.len() > 1)
        .map(|equal| {
            let to = equal[0].1;
            let member = |&(_, article): &(u128, u32)| cluster::Member { article, to, score: 1.0 };
            Group { representative: to, members: equal[1..].iter().map(member).collect() }
        })
        .collect()
}

/// The score of each of the configuration's pairs; `None` where an id is unknown.
fn judge(
    sketches: &[Sketch],
    config: &Config,
    score: impl Fn(u32, u32) -> f64 + Sync,
) -> Vec<Option<f64>> {
    let number = |id: &String| {
        let found = sketches.binary_search_by(|sketch| sketch.entry.id.cmp(id));
        found.ok().map(|number| number as u32)
    };
    let pairs = config.judged_pairs.par_iter();
    pairs.map(|(a, b)| Some(score(number(a)?, number(b)?))).collect()
}

/// The articles that speak for their near groups, by numbers of their own.
struct Corpus<'a> {
    sketches: &'a [Sketch],
    shingles: &'a ShingleSets,
    /// Number of each among all articles, rising.
    standing: Vec<u32>,
}

impl Corpus<'_> {
    fn sketch(&self, own: u32) -> &Sketch {
        &self.sketches[self.standing[own as usize] as usize]
    }

    fn overlap(&self, a: u32, b: u32) -> Overlap {
        let (a, b) = (self.standing[a as usize], self.standing[b as usize]);
        self.shingles.overlap(self.sketches, a, b)
    }
}

/// Story groups, and the scores of the pairs that are to be judged.
fn story_groups(
    corpus: &Corpus<'_>,
    representatives: &[u32],
    config: &Config,
) -> (Vec<Group>, Vec<Option<f64>>) {
    let n = corpus.standing.len();
    let terms: Vec<_> =
        (0..n as u32).into_par_iter().map(|own| terms(corpus.sketch(own).tokens())).collect();
    let profiles = story::profiles(&terms);
    drop(terms);
    let limits = lsh::story::Limits::default();
    let keys: Vec<_> = profiles.par_iter().map(|profile| profile.keys(limits.keys)).collect();
    let within_window =
        |a: u32, b: u32| match (config.window_days, corpus.sketch(a).day, corpus.sketch(b).day) {
            (Some(window), Some(a), Some(b)) => a.abs_diff(b) <= window,
            _ => true,
        };
    let pairs = lsh::story::candidates(&keys, limits, within_window);
    let compare = |opened: &Opened<'_>, a: u32, b: u32| {
        let parts = opened.compare(&profiles[b as usize]);
        parts.with_days(corpus.sketch(a).day, corpus.sketch(b).day)
    };
    let compared: Vec<_> = pairs
        .par_chunk_by(|x, y| x.0 == y.0)
        .flat_map_iter(|of_one| {
            let opened = profiles[of_one[0].0 as usize].opened();
            of_one.iter().map(move |&(a, b)| (a, b, compare(&opened, a, b)))
        })
        .collect();
    let of = &Coefficients::SHIPPED;
    let words = compared.iter().map(|&(a, b, parts)| (a, b, parts.words));
    let density = Density::new(n, words, of);
    let excess = |a: u32, b: u32, parts: Parts| {
        parts.with_phrases(corpus.overlap(a, b)).excess(density.between(a, b), of)
    };
    let edges: Vec<Edge> = compared
        .par_iter()
        .filter(|&&(a, b, parts)| {
            parts.greatest_excess(density.between(a, b), of) > story::LEAST_EXCESS
        })
        .map(|&(a, b, parts)| Edge { a, b, score: excess(a, b, parts) })
        .filter(|edge| edge.score > story::LEAST_EXCESS)
        .collect();

    let own_number = |article: u32| {
        let representative = representatives[article as usize];
        corpus.standing.partition_point(|&standing| standing < representative) as u32
    };
    let judged = judge(corpus.sketches, config, |a, b| match (own_number(a), own_number(b)) {
        (a, b) if a == b => 1.0,
        (a, b) => {
            let parts = compare(&profiles[a as usize].opened(), a, b);
            story::probability(excess(a, b, parts), of)
        }
    });

    let cut = story::cut(config.story_threshold, &density, of);
    let mut groups = cluster::story::groups(n, &edges, cut);
    let name = |own: u32| corpus.standing[own as usize];
    for group in &mut groups {
        group.representative = name(group.representative);
        for member in &mut group.members {
            member.article = name(member.article);
            member.to = name(member.to);
            member.score = story::probability_clustered(member.score, true, of);
        }
    }
    (groups, judged)
}
