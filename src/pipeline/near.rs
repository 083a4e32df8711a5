//! The near level as a whole: candidates, scores, groups; once as the articles are, and again without
//! the furniture of their sites.

use super::chosen::{Chosen, Sets};
use super::clusters::{Match, Relation, matched};
use super::corpus::Corpus;
use super::job::{Kept, Step};
use super::pairs::Pairs;
use super::progress::{Stage, Steps};
use super::sketch::{Fact, signature_of};
use super::{Run, RunError};
use crate::cluster;
use crate::cluster::near::{Copies, Limits};
use crate::config::{NEAR_RECALL, NEAR_SIMILARITY};
use crate::lsh;
use crate::lsh::near::{Bands, agree, brief};
use crate::score::near::near_enough;
use crate::shingle::furniture::{Pages, Piece, furniture, stripped};
use crate::shingle::near::shingles;
use crate::store::{Column, Result, Saved, Saving, Sorted, Sorter, Store, Table};
use crate::text::Tokens;
use rayon::prelude::*;

/// What the near level gives.
pub(super) struct NearLevel {
    /// For each article the one that stands for its near group, of those that stand for themselves
    /// after the exact level; for all others themselves.
    pub(super) of: Vec<u32>,
    /// Why each member is in its group.
    pub(super) matches: Sorted<Match>,
    /// Buckets too full for all their pairs to be compared.
    pub(super) capped_buckets: u64,
    /// Articles from which furniture was taken.
    pub(super) trimmed: u64,
}

impl Kept for NearLevel {
    fn save(&self, to: &mut Saving) -> Result<()> {
        to.list(&[self.capped_buckets])?;
        to.list(&[self.trimmed])?;
        to.list(&self.of)?;
        self.matches.save(to)
    }

    fn load(from: &mut Saved, store: &Store) -> Result<NearLevel> {
        Ok(NearLevel {
            capped_buckets: from.one()?,
            trimmed: from.one()?,
            of: from.list()?,
            matches: Sorted::load(from, store, store.share(8))?,
        })
    }
}

/// Near groups of the articles in `standing`, rising. Takes the furniture out of their texts.
///
/// Furniture is what different articles of a site have in common, and which articles are different
/// is known once there are groups. So these are made with it, and made again where there was any.
pub(super) fn level(
    corpus: &mut Corpus,
    standing: &[u32],
    run: &Run<'_>,
) -> Result<NearLevel, RunError> {
    let steps = Steps::begin(run, Stage::Near, corpus.len())?;
    let level = run.step(Step::Copies, || groups(corpus, standing, run, &steps))?;
    steps.reach(AGREEING + SCORES)?;
    let trimmed = match run.kept(Step::Furniture)? {
        Some(mut kept) => corpus.load_texts(&mut kept)?,
        None => {
            let trimmed = take_furniture(corpus, standing, &level.of, run, &steps)?;
            run.keep(Step::Furniture, |to| corpus.save_texts(&trimmed, to))?;
            trimmed.len() as u64
        }
    };
    if trimmed == 0 {
        return Ok(level);
    }
    steps.reach(1.0 - AGREEING - SCORES)?;
    run.step(Step::Near, || Ok(NearLevel { trimmed, ..groups(corpus, standing, run, &steps)? }))
}

/// Shares of the level's time: the pairs that agree, their scores and groups, both once and again;
/// furniture, and taking it out.
const AGREEING: f64 = 0.11;
const SCORES: f64 = 0.14;
const FURNITURE: f64 = 0.2;
const TRIMMING: f64 = 0.3;

fn groups(
    corpus: &Corpus,
    standing: &[u32],
    run: &Run<'_>,
    steps: &Steps<'_>,
) -> Result<NearLevel, RunError> {
    let store = run.store;
    let (pairs, capped_buckets) = agreeing_pairs(corpus, standing, run)?;
    steps.end(AGREEING)?;
    let paired = Chosen::new(&corpus.texts, store, |choose| {
        pairs.blocks(|_, pairs| {
            pairs.iter().flatten().for_each(|&article| choose(article));
            Ok(())
        })
    })?;
    let texts = &paired.texts;
    let mut agreeing = Pairs::new(store, texts, store.share(8), store.share(8))?;
    pairs.blocks(|_, pairs| {
        agreeing.extend(pairs.iter().map(|&[a, b]| (paired.place(a), paired.place(b))))
    })?;
    drop(pairs);
    let threshold = run.config.near_threshold;
    let mut copies = Table::new(store, store.share(8));
    let mut sets = Sets::default();
    agreeing.visit(|pairs, firsts, seconds, before| {
        steps.within(SCORES, before)?;
        let [sets_of_firsts, sets_of_seconds] = sets.of([firsts, seconds]);
        let found: Vec<Copies> = pairs
            .par_iter()
            .filter_map(|&(a, b)| {
                let tokens = [firsts.get(a as usize), seconds.get(b as usize)].map(Tokens::of);
                let sets = [sets_of_firsts.get(a), sets_of_seconds.get(b)];
                let shared = near_enough(tokens, sets, threshold)?.shared;
                let [a, b] = [a, b].map(|place| paired.article(place));
                let sizes = [shared, sets[0].len(), sets[1].len()].map(|size| size as u32);
                Some([a, b, sizes[0], sizes[1], sizes[2]])
            })
            .collect();
        Ok::<_, RunError>(copies.extend(&found)?)
    })?;
    let overlap = |a: u32, b: u32| {
        let [a, b] = [a, b].map(|article| paired.place(article) as usize);
        let lists = [texts.block(a..a + 1)?, texts.block(b..b + 1)?];
        let tokens = [Tokens::of(lists[0].get(a)), Tokens::of(lists[1].get(b))];
        let sets = tokens.map(shingles);
        Ok(near_enough(tokens, [&sets[0], &sets[1]], threshold))
    };
    let mut of: Vec<u32> = (0..corpus.len() as u32).collect();
    let mut matches = Sorter::new(store, store.share(8));
    cluster::near::groups(corpus.len(), &copies, store, Limits::default(), overlap, |group| {
        group.members.iter().try_for_each(|member| {
            of[member.article as usize] = group.representative;
            matches.push(matched(member, Relation::Near))
        })
    })?;
    steps.end(SCORES)?;
    Ok(NearLevel { of, matches: matches.finish()?, capped_buckets, trimmed: 0 })
}

/// Pairs of articles whose signatures agree in some band and altogether, and the number of capped
/// buckets.
fn agreeing_pairs(
    corpus: &Corpus,
    standing: &[u32],
    run: &Run<'_>,
) -> Result<(Table<[u32; 2]>, u64)> {
    let store = run.store;
    let mut stands = vec![false; corpus.len()];
    standing.iter().for_each(|&article| stands[article as usize] = true);
    let mut briefs = Column::new(store, store.share(4));
    corpus.signatures.blocks(|_, signatures| {
        signatures.iter().try_for_each(|signature| briefs.push(&brief(signature)))
    })?;
    let bands = Bands::for_recall(NEAR_SIMILARITY, NEAR_RECALL);
    let mut met = Pairs::new(store, &briefs, store.share(4), store.share(4))?;
    let stands = |article: u32| stands[article as usize];
    let keep = |pairs: Vec<(u32, u32)>| met.extend(pairs);
    let capped = lsh::near::candidates(&corpus.signatures, stands, bands, store, keep)?;
    let mut agreeing = Table::new(store, store.share(8));
    met.visit(|pairs, firsts, seconds, _| {
        let found: Vec<[u32; 2]> = pairs
            .par_iter()
            .filter(|&&(a, b)| agree(firsts.get(a as usize), seconds.get(b as usize)))
            .map(|&(a, b)| [a, b])
            .collect();
        agreeing.extend(&found)
    })?;
    Ok((agreeing, capped))
}

/// Bytes of texts that are trimmed together at most: enough for all threads.
const TRIMMED_TOGETHER: usize = 32 << 20;

/// Takes the furniture out of those articles in `standing` that have any, and says which.
fn take_furniture(
    corpus: &mut Corpus,
    standing: &[u32],
    groups: &[u32],
    run: &Run<'_>,
    steps: &Steps<'_>,
) -> Result<Vec<u32>, RunError> {
    let mut hosts = Vec::with_capacity(standing.len());
    let mut words = Vec::with_capacity(corpus.len());
    corpus.facts.blocks(|first, facts| {
        let start = hosts.len();
        let here = standing[start..].iter().map(|&article| article as usize - first);
        let here = here.take_while(|&at| at < facts.len());
        hosts.extend(here.map(|at| Fact::from(facts[at]).host.unwrap_or(0)));
        words.extend(facts.iter().map(|&facts| Fact::from(facts).words));
        Ok(())
    })?;
    let texts = &corpus.texts;
    let pages = Pages { texts, asked: standing, hosts: &hosts, words: &words, groups };
    let pieces = furniture(&pages, run.store)?;
    steps.end(FURNITURE)?;
    let mut trimmed = Vec::new();
    let same = |a: &Piece, b: &Piece| a[0] == b[0];
    pieces.blocks(same, |block| {
        let of_articles: Vec<&[Piece]> = block.chunk_by(same).collect();
        let article = |pieces: &[Piece]| pieces[0][0] as usize;
        let mut left = &of_articles[..];
        while let Some(first) = left.first() {
            let bytes = run.store.share(16).min(TRIMMED_TOGETHER);
            let end = corpus.texts.end_of(article(first), bytes)?;
            let some;
            (some, left) = left.split_at(left.partition_point(|pieces| article(pieces) < end));
            steps.within(TRIMMING, article(first) as f64 / corpus.len() as f64)?;
            let texts = corpus.texts.block(article(some[0])..article(some[some.len() - 1]) + 1)?;
            let strip = |pieces: &&[Piece]| {
                let article = article(pieces);
                let at = standing.partition_point(|&standing| (standing as usize) < article);
                let list = stripped(Tokens::of(texts.get(article)), hosts[at], pieces)?;
                Some(((article, signature_of(Tokens::of(&list))), (article, list)))
            };
            let (signatures, lists): (Vec<_>, Vec<_>) = some.par_iter().filter_map(strip).unzip();
            drop(texts);
            corpus.texts.shrink(&lists)?;
            corpus.signatures.replace(&signatures)?;
            trimmed.extend(lists.iter().map(|(article, _)| *article as u32));
        }
        Ok::<_, RunError>(())
    })?;
    steps.end(TRIMMING)?;
    Ok(trimmed)
}
