//! The story level.
use super::Run;
use super::clusters::{Match, Relation, matched};
use super::corpus::Corpus;
use super::entry::find;
use super::sketch::Fact;
use crate::cluster::{self, Edge};
use crate::lsh;
use crate::score::near::Overlap;
use crate::score::story::{self, Coefficients, Density, Opened, Parts};
use crate::shingle::near::shingles;
use crate::shingle::story::terms;
use crate::store::{Result, Sorter};
use crate::text::Tokens;
use rayon::prelude::*;

/// What the story level gives.
pub(super) struct StoryLevel {
    pub(super) of: Vec<u32>,
    pub(super) matches: Sorter<Match>,
    pub(super) judged: Vec<Option<f64>>,
}

pub(super) fn level(
    corpus: &Corpus,
    standing: &[u32],
    near: &[u32],
    run: &Run<'_>,
) -> Result<StoryLevel> {
    let n = standing.len();
    let config = run.config;
    let texts = corpus.texts.block(0..corpus.len())?;
    let facts = corpus.facts.rows(0..corpus.len())?;
    let tokens = |own: u32| Tokens::of(texts.get(standing[own as usize] as usize));
    let day = |own: u32| Fact::from(facts[standing[own as usize] as usize]).day;
    let terms: Vec<_> = (0..n as u32).into_par_iter().map(|own| terms(tokens(own))).collect();
    let sets: Vec<_> = (0..n as u32).into_par_iter().map(|own| shingles(tokens(own))).collect();
    let profiles = story::profiles(&terms);
    let limits = lsh::story::Limits::default();
    let keys: Vec<_> = profiles.par_iter().map(|profile| profile.keys(limits.keys)).collect();
    let within_window = |a: u32, b: u32| match (config.window_days, day(a), day(b)) {
        (Some(window), Some(a), Some(b)) => a.abs_diff(b) <= window,
        _ => true,
    };
    let pairs = lsh::story::candidates(&keys, limits, within_window);
    let compare = |opened: &Opened<'_>, a: u32, b: u32| {
        opened.compare(&profiles[b as usize]).with_days(day(a), day(b))
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
        parts
            .with_phrases(Overlap::of(&sets[a as usize], &sets[b as usize]))
            .excess(density.between(a, b), of)
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
        standing.partition_point(|&standing| standing < near[article as usize]) as u32
    };
    let judged = config
        .judged_pairs
        .iter()
        .map(|(a, b)| {
            let (Some(a), Some(b)) = (find(&corpus.entries, a)?, find(&corpus.entries, b)?) else {
                return Ok(None);
            };
            Ok(Some(match (own_number(a), own_number(b)) {
                (a, b) if a == b => 1.0,
                (a, b) => {
                    let parts = compare(&profiles[a as usize].opened(), a, b);
                    story::probability(excess(a, b, parts), of)
                }
            }))
        })
        .collect::<Result<_>>()?;
    let cut = story::cut(config.story_threshold, &density, of);
    let name = |own: u32| standing[own as usize];
    let mut of_all: Vec<u32> = (0..corpus.len() as u32).collect();
    let mut matches = Sorter::new(run.store, run.store.share(8));
    for group in cluster::story::groups(n, &edges, cut) {
        for mut member in group.members {
            of_all[name(member.article) as usize] = name(group.representative);
            member.article = name(member.article);
            member.to = name(member.to);
            member.score = story::probability_clustered(member.score, true, of);
            matches.push(matched(&member, Relation::Story))?;
        }
    }
    Ok(StoryLevel { of: of_all, matches, judged })
}
