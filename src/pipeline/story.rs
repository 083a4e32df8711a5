//! The story level as a whole: profiles, candidates, scores, groups.

use super::chosen::{Chosen, Sets};
use super::clusters::{Match, Relation, matched};
use super::corpus::Corpus;
use super::entry::find;
use super::job::{Kept, Step};
use super::pairs::Pairs;
use super::progress::{Stage, Steps};
use super::sketch::Fact;
use super::{Run, RunError};
use crate::cluster::{self, Edge, Member, graph::Graph};
use crate::lsh::Pair;
use crate::lsh::story::{Limits, candidates};
use crate::score::near::Overlap;
use crate::score::story::{
    self, Coefficients, Density, LEAST_EXCESS, Likeness, Phraseless, Phrases, Profile, Profiles,
    likeness,
};
use crate::shingle::near::shingles;
use crate::store::{Column, Result, Saved, Saving, Sorted, Sorter, Store, Table};
use crate::text::Tokens;
use rayon::prelude::*;
use std::ops::Range;

/// What the story level gives.
pub(super) struct StoryLevel {
    /// For each article the one that stands for its story; itself where it is alone, or does not stand
    /// for its near group.
    pub(super) of: Vec<u32>,
    /// Why each other is in its story.
    pub(super) matches: Sorted<Match>,
    /// For each of the configuration's pairs the probability of one story.
    pub(super) judged: Vec<Option<f64>>,
}

impl Kept for StoryLevel {
    fn save(&self, to: &mut Saving) -> Result<()> {
        save_judged(&self.judged, to)?;
        to.list(&self.of)?;
        self.matches.save(to)
    }

    fn load(from: &mut Saved, store: &Store) -> Result<StoryLevel> {
        let (judged, of) = (load_judged(from)?, from.list()?);
        Ok(StoryLevel { judged, of, matches: Sorted::load(from, store, store.share(8))? })
    }
}

const OF: &Coefficients = &Coefficients::SHIPPED;

/// Shares of the level's time; the rest is density and groups.
const PROFILES: f64 = 0.42;
const CANDIDATES: f64 = 0.16;
const COMPARISON: f64 = 0.28;
const EDGES: f64 = 0.1;

/// Groups the articles in `standing`, which speak for their near groups; `near` says for each article
/// which one speaks for it.
///
/// Memory: at most 17 bytes an article at a time, and 8 more where there is a window; 6 bytes for
/// each term that several articles hold; in a large corpus about 200 MB for the largest
/// component. The rest is in the store, or in files.
pub(super) fn level(
    corpus: &Corpus,
    standing: &[u32],
    near: &[u32],
    run: &Run<'_>,
) -> Result<StoryLevel, RunError> {
    let steps = Steps::begin(run, Stage::Story, corpus.len())?;
    let level = run.step(Step::Stories, || {
        let compared = run.step(Step::Compared, || compare(corpus, standing, near, run, &steps))?;
        run.forget(Step::Profiles)?;
        groups(compared, corpus, run, &steps)
    })?;
    run.forget(Step::Compared)?;
    Ok(level)
}

/// What the story level knows of candidate pairs.
struct Compared {
    /// Those that may count.
    pairs: Table<Pairing>,
    density: Density,
    /// See [`StoryLevel::judged`].
    judged: Vec<Option<f64>>,
}

impl Kept for Compared {
    fn save(&self, to: &mut Saving) -> Result<()> {
        save_judged(&self.judged, to)?;
        self.density.save(to)?;
        self.pairs.save(to)
    }

    fn load(from: &mut Saved, store: &Store) -> Result<Compared> {
        let (judged, density) = (load_judged(from)?, Density::load(from)?);
        Ok(Compared { judged, density, pairs: Table::load(from, store, store.share(16))? })
    }
}

impl Kept for Profiles {
    fn save(&self, to: &mut Saving) -> Result<()> {
        to.list(&[self.terms as u64])?;
        self.profiles.save(to)?;
        self.keys.save(to)
    }

    fn load(from: &mut Saved, store: &Store) -> Result<Profiles> {
        Ok(Profiles {
            terms: from.one::<u64>()? as usize,
            profiles: Column::load(from, store, store.share(4))?,
            keys: Column::load(from, store, store.share(8))?,
        })
    }
}

fn save_judged(judged: &[Option<f64>], to: &mut Saving) -> Result<()> {
    // No probability is NaN.
    let bits: Vec<u64> = judged.iter().map(|score| score.unwrap_or(f64::NAN).to_bits()).collect();
    to.list(&bits)
}

fn load_judged(from: &mut Saved) -> Result<Vec<Option<f64>>> {
    let scores = from.list()?.into_iter().map(f64::from_bits);
    Ok(scores.map(|score| Some(score).filter(|score| !score.is_nan())).collect())
}

/// Finds candidate pairs and compares them.
fn compare(
    corpus: &Corpus,
    standing: &[u32],
    near: &[u32],
    run: &Run<'_>,
    steps: &Steps<'_>,
) -> Result<Compared, RunError> {
    let (store, articles) = (run.store, corpus.len());
    let days = |range: Range<usize>| {
        let facts = corpus.facts.rows(range)?;
        Ok(facts.iter().map(|&facts| Fact::from(facts).day).collect::<Vec<_>>())
    };
    let limits = Limits::default();
    let made = run.step(Step::Profiles, || {
        let mut tell = |part| steps.within(PROFILES, part);
        Profiles::new(&corpus.texts, standing, &days, limits.keys, store, &mut tell)
    })?;
    let Profiles { profiles, keys, terms } = made;
    steps.end(PROFILES)?;

    let window =
        run.config.window_days.map(|window| Ok::<_, RunError>((window, days(0..articles)?)));
    let window = window.transpose()?;
    let allowed = |a: u32, b: u32| {
        window.as_ref().is_none_or(|(window, days)| {
            let days = days[a as usize].zip(days[b as usize]);
            days.is_none_or(|(a, b)| a.abs_diff(b) <= *window)
        })
    };
    // Profiles that are in memory need no blocks; of others as many as there is room for, since what
    // is read grows with their square over it.
    let lists = if profiles.is_in_memory() { usize::MAX } else { store.share(2) };
    let mut found = Pairs::new(store, &profiles, store.share(8), lists)?;
    candidates(&keys, terms, limits, allowed, store, |pairs| found.extend(pairs))?;
    drop((keys, window));
    steps.end(CANDIDATES)?;

    let mut likenesses = Sorter::new(store, store.share(8));
    let mut pairs = Table::new(store, store.share(16));
    compare_candidates(found, &mut likenesses, &mut pairs, steps)?;
    let density = Density::new(articles, standing.len(), &likenesses.finish()?, OF)?;
    let judged = judged(corpus, near, &profiles, &density, run)?;
    Ok(Compared { pairs, density, judged })
}

/// Groups articles by what is known of candidate pairs.
fn groups(
    compared: Compared,
    corpus: &Corpus,
    run: &Run<'_>,
    steps: &Steps<'_>,
) -> Result<StoryLevel, RunError> {
    let (store, Compared { pairs, density, judged }) = (run.store, compared);
    steps.reach(PROFILES + CANDIDATES + COMPARISON)?;
    let graph = edges(&pairs, &density, corpus, store, steps)?;
    drop(pairs);
    let cut = story::cut(run.config.story_threshold, density.trust(), OF);
    drop(density);
    let mut of: Vec<u32> = (0..corpus.len() as u32).collect();
    let mut matches = Sorter::new(store, store.share(8));
    cluster::story::groups(graph, cut, |group| {
        group.members.iter().try_for_each(|member| {
            of[member.article as usize] = group.representative;
            let score = story::probability_clustered(member.score, true, OF);
            matches.push(matched(&Member { score, ..*member }, Relation::Story))
        })
    })?;
    Ok(StoryLevel { of, matches: matches.finish()?, judged })
}

/// A pair of articles, and the two halves of what is known of how alike they are but for phrases.
type Pairing = [u32; 4];

fn phraseless(&[.., low, high]: &Pairing) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}

/// Compares candidate pairs: tells how alike the words of both are, and keeps what may count.
fn compare_candidates(
    found: Pairs<'_>,
    likenesses: &mut Sorter<Likeness>,
    compared: &mut Table<Pairing>,
    steps: &Steps<'_>,
) -> Result<(), RunError> {
    // Density is never less, as it is kept.
    let least = f64::from(OF.density_least as f32);
    found.visit(|pairs, firsts, seconds, before| {
        steps.within(COMPARISON, before)?;
        let some = pairs.par_chunk_by(|x, y| x.0 == y.0).fold(
            || (Vec::new(), Vec::new()),
            |(mut alike, mut kept), of_one| {
                let mut opened = Profile::of(firsts.get(of_one[0].0 as usize)).opened();
                for some in of_one.chunks(NEAR_AT_HAND) {
                    let lists = some.iter().map(|&(_, b)| seconds.get(b as usize));
                    let lists: Vec<&[u32]> = lists.collect();
                    bring_near(&lists);
                    for (&(a, b), list) in some.iter().zip(lists) {
                        let parts = opened.compare(Profile::of(list));
                        alike.extend([likeness(a, parts.words), likeness(b, parts.words)]);
                        let parts = parts.without_phrases(OF);
                        if parts.greatest_excess(least, OF) > LEAST_EXCESS {
                            let bits = parts.bits();
                            kept.push([a, b, bits as u32, (bits >> 32) as u32]);
                        }
                    }
                }
                (alike, kept)
            },
        );
        for (alike, kept) in some.collect::<Vec<_>>() {
            likenesses.extend(&alike)?;
            compared.extend(&kept)?;
        }
        Ok::<_, RunError>(())
    })?;
    steps.end(COMPARISON)
}

/// Lists that fit in the innermost cache together.
const NEAR_AT_HAND: usize = 16;

/// Reads a number of each cache line of some lists: one behind another, so that the processor waits
/// for many lines at a time, where a comparison would wait for each.
fn bring_near(lists: &[&[u32]]) {
    const OF_A_LINE: usize = 16;
    let read = |list: &&[u32]| list.iter().step_by(OF_A_LINE).fold(0, |all, next| all ^ next);
    std::hint::black_box(lists.iter().fold(0, |all, list| all ^ read(list)));
}

/// The pairs that are alike beyond their surroundings, phrases included.
fn edges(
    compared: &Table<Pairing>,
    density: &Density,
    corpus: &Corpus,
    store: &Store,
    steps: &Steps<'_>,
) -> Result<Graph, RunError> {
    let may_count = |row: &&Pairing| {
        let (parts, density) =
            (Phraseless::from_bits(phraseless(row)), density.between(row[0], row[1]));
        parts.greatest_excess(density, OF) > LEAST_EXCESS
    };
    let chosen = Chosen::new(&corpus.texts, store, |choose| {
        compared.blocks(|_, rows| {
            let counting = rows.iter().filter(may_count);
            counting.for_each(|row| row[..2].iter().for_each(|&article| choose(article)));
            Ok(())
        })
    })?;
    let mut pairs = Pairs::new(store, &chosen.texts, store.share(8), store.share(8))?;
    compared.blocks(|_, rows| {
        let counting = rows.iter().filter(may_count);
        pairs.extend(counting.map(|row| {
            let [a, b] = [row[0], row[1]].map(|article| chosen.place(article));
            ((a, b), phraseless(row))
        }))
    })?;
    let mut graph = Graph::new(corpus.len(), store, store.share(4));
    let mut sets = Sets::default();
    pairs.visit(|rows, firsts, seconds, before| {
        steps.within(EDGES, before)?;
        let [of_firsts, of_seconds] = sets.of([firsts, seconds]);
        let of_one = |rows: &[(Pair, u64)]| {
            let first = rows[0].0.0;
            let (a, own) = (chosen.article(first), Phrases::of(of_firsts.get(first)));
            let edge = |&((_, second), bits): &(Pair, u64)| {
                let b = chosen.article(second);
                let phrases = story::phrases::phrases(own.overlap(of_seconds.get(second)));
                let parts = Phraseless::from_bits(bits);
                let score = parts.excess(phrases, density.between(a, b), OF);
                (score > LEAST_EXCESS).then_some(Edge { a, b, score })
            };
            rows.iter().filter_map(edge).collect::<Vec<Edge>>()
        };
        let same_first = |x: &(Pair, u64), y: &(Pair, u64)| x.0.0 == y.0.0;
        let found: Vec<Edge> = rows.par_chunk_by(same_first).flat_map_iter(of_one).collect();
        Ok::<_, RunError>(found.into_iter().try_for_each(|edge| graph.push(edge))?)
    })?;
    steps.end(EDGES)?;
    Ok(graph)
}

/// The probability that each of the configuration's pairs tells one story: 1 within a near group;
/// `None` where an id is unknown.
fn judged(
    corpus: &Corpus,
    near: &[u32],
    profiles: &Column,
    density: &Density,
    run: &Run<'_>,
) -> Result<Vec<Option<f64>>> {
    let probability = |(a, b): &(String, String)| {
        let (Some(a), Some(b)) = (find(&corpus.entries, a)?, find(&corpus.entries, b)?) else {
            return Ok(None);
        };
        let pair @ [a, b] = [a, b].map(|article| near[article as usize]);
        if a == b {
            return Ok(Some(1.0));
        }
        let profiles = [profiles.get(a as usize)?, profiles.get(b as usize)?];
        let parts = Profile::of(&profiles[0]).opened().compare(Profile::of(&profiles[1]));
        let set = |article: u32| Ok(shingles(Tokens::of(&corpus.texts.get(article as usize)?)));
        let sets: Vec<Vec<u64>> = pair.into_iter().map(set).collect::<Result<_>>()?;
        let parts = parts.with_phrases(Overlap::of(&sets[0], &sets[1]));
        Ok(Some(story::probability(parts.excess(density.between(a, b), OF), OF)))
    };
    run.config.judged_pairs.par_iter().map(probability).collect()
}
