//! The story level as a whole: profiles, candidates, scores, groups.

use super::Run;
use super::clusters::{Match, Relation, matched};
use super::corpus::Corpus;
use super::entry::find;
use super::pairs::Pairs;
use super::sketch::Fact;
use crate::cluster::{self, Edge, Member, graph::Graph};
use crate::lsh::Pair;
use crate::lsh::story::{Limits, candidates};
use crate::score::near::Overlap;
use crate::score::story::{
    self, Coefficients, Density, LEAST_EXCESS, Likeness, Phraseless, Phrases, Profile, Profiles,
    likeness,
};
use crate::shingle::near::shingles;
use crate::store::{Block, Column, Result, Sorter, Store};
use crate::text::Tokens;
use rayon::prelude::*;
use std::ops::Range;
use std::sync::OnceLock;

/// What the story level gives.
pub(super) struct StoryLevel {
    /// For each article the one that stands for its story; itself where it is alone, or does not stand
    /// for its near group.
    pub(super) of: Vec<u32>,
    /// Why each other is in its story.
    pub(super) matches: Sorter<Match>,
    /// For each of the configuration's pairs the probability of one story.
    pub(super) judged: Vec<Option<f64>>,
}

const OF: &Coefficients = &Coefficients::SHIPPED;

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
) -> Result<StoryLevel> {
    let (store, articles) = (run.store, corpus.len());
    let days = |range: Range<usize>| {
        let facts = corpus.facts.rows(range)?;
        Ok(facts.iter().map(|&facts| Fact::from(facts).day).collect::<Vec<_>>())
    };
    let limits = Limits::default();
    let made = Profiles::new(&corpus.texts, standing, &days, limits.keys, store)?;
    let Profiles { profiles, keys, terms } = made;

    let window = run.config.window_days.map(|window| Ok((window, days(0..articles)?)));
    let window = window.transpose()?;
    let allowed = |a: u32, b: u32| {
        window.as_ref().is_none_or(|(window, days)| {
            let days = days[a as usize].zip(days[b as usize]);
            days.is_none_or(|(a, b)| a.abs_diff(b) <= *window)
        })
    };
    // Profiles that are in memory need no blocks.
    let lists = if profiles.is_in_memory() { usize::MAX } else { store.share(4) };
    let mut found = Pairs::new(store, &profiles, store.share(4), lists)?;
    candidates(&keys, terms, limits, allowed, store, |pairs| found.extend(pairs))?;
    drop((keys, window));

    let mut likenesses = Sorter::new(store, store.share(4));
    let mut compared = Pairs::new(store, &corpus.texts, store.share(4), store.share(8))?;
    compare(found, &mut likenesses, &mut compared)?;
    let density = Density::new(articles, standing.len(), &likenesses.finish()?, OF)?;
    let judged = judged(corpus, near, &profiles, &density, run)?;
    drop(profiles);

    let graph = edges(compared, &density, articles, store)?;
    let cut = story::cut(run.config.story_threshold, &density, OF);
    drop(density);
    let mut of: Vec<u32> = (0..articles as u32).collect();
    let mut matches = Sorter::new(store, store.share(8));
    cluster::story::groups(graph, cut, |group| {
        group.members.iter().try_for_each(|member| {
            of[member.article as usize] = group.representative;
            let score = story::probability_clustered(member.score, true, OF);
            matches.push(matched(&Member { score, ..*member }, Relation::Story))
        })
    })?;
    Ok(StoryLevel { of, matches, judged })
}

/// Compares candidate pairs: tells how alike the words of both are, and keeps what may count.
fn compare(
    found: Pairs<'_>,
    likenesses: &mut Sorter<Likeness>,
    compared: &mut Pairs<'_, (Pair, u64)>,
) -> Result<()> {
    // Density is never less, as it is kept.
    let least = f64::from(OF.density_least as f32);
    found.visit(|pairs, firsts, seconds| {
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
                            kept.push(((a, b), parts.bits()));
                        }
                    }
                }
                (alike, kept)
            },
        );
        for (alike, kept) in some.collect::<Vec<_>>() {
            likenesses.extend(&alike)?;
            compared.extend(kept)?;
        }
        Ok(())
    })
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
    compared: Pairs<'_, (Pair, u64)>,
    density: &Density,
    articles: usize,
    store: &Store,
) -> Result<Graph> {
    let mut graph = Graph::new(articles, store, store.share(4));
    let (mut of_firsts, mut of_seconds) = (Sets::default(), Sets::default());
    compared.visit(|rows, firsts, seconds| {
        of_firsts.begin(firsts);
        // In memory the blocks are one, and so are the sets.
        let same = firsts.range() == seconds.range();
        if !same {
            of_seconds.begin(seconds);
        }
        let of_seconds = if same { &of_firsts } else { &of_seconds };
        let of_one = |rows: &[(Pair, u64)]| {
            let a = rows[0].0.0;
            let mut own = None;
            let edge = |&((_, b), bits): &(Pair, u64)| {
                let (parts, density) = (Phraseless::from_bits(bits), density.between(a, b));
                if parts.greatest_excess(density, OF) <= LEAST_EXCESS {
                    return None;
                }
                let own = own.get_or_insert_with(|| Phrases::of(of_firsts.get(firsts, a)));
                let phrases = story::phrases::phrases(own.overlap(of_seconds.get(seconds, b)));
                let score = parts.excess(phrases, density, OF);
                (score > LEAST_EXCESS).then_some(Edge { a, b, score })
            };
            rows.iter().filter_map(edge).collect::<Vec<Edge>>()
        };
        let same_first = |x: &(Pair, u64), y: &(Pair, u64)| x.0.0 == y.0.0;
        let found: Vec<Edge> = rows.par_chunk_by(same_first).flat_map_iter(of_one).collect();
        found.into_iter().try_for_each(|edge| graph.push(edge))
    })?;
    Ok(graph)
}

/// The shingle sets of the articles of a block, made when they are first asked for.
#[derive(Default)]
struct Sets {
    articles: Range<usize>,
    sets: Vec<OnceLock<Box<[u64]>>>,
}

impl Sets {
    /// Of another block, unless it is the same.
    fn begin(&mut self, block: &Block<'_>) {
        if self.articles != block.range() {
            self.articles = block.range();
            self.sets.clear();
            self.sets.resize_with(self.articles.len(), OnceLock::new);
        }
    }

    fn get(&self, block: &Block<'_>, article: u32) -> &[u64] {
        let article = article as usize;
        let set = || shingles(Tokens::of(block.get(article))).into();
        self.sets[article - self.articles.start].get_or_init(set)
    }
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
