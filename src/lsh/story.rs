//! Story level: articles that share their rarest terms.
//!
//! Each article is filed under its weightiest terms. Two articles are compared by the terms they are
//! both filed under, and each keeps its best neighbours (see [`Limits`]): so the number of
//! candidates is bounded however the corpus grows, and a retelling competes only with what is more
//! alike. (Weighted MinHash, which draws terms in proportion to their weight, was measured beside
//! this: see ARCHITECTURE.md, and `examples/candidate_recall.rs`.)

use super::Pair;
use rayon::prelude::*;
use std::ops::Range;

/// How far the search goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Terms an article is filed under.
    pub keys: usize,
    /// Articles under one term. A term that more hold says little: its file is passed over.
    pub file_cap: usize,
    /// Candidates an article keeps for itself; it also is one of those that keep it.
    pub neighbours: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { keys: 40, file_cap: 200, neighbours: 30 }
    }
}

/// A term an article is filed under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// Hash of the term.
    pub term: u32,
    /// Its weight in the article, in a unit of the caller's. The products of the weights of an
    /// article's terms with those of another are added up in 32 bits: they may not exceed 2^31.
    pub weight: u32,
}

/// Candidate pairs, sorted, each once. `keys` are those of each article, by its number; `allowed`
/// says whether a pair may be compared at all.
///
/// Cost: a sort of all keys, then for each article the sum of the files it is in, at most
/// `limits.keys * limits.file_cap`; memory 32 bytes a key, 8 a pair, and 8 an article and thread.
pub fn candidates(
    keys: &[Vec<Key>],
    limits: Limits,
    allowed: impl Fn(u32, u32) -> bool + Sync,
) -> Vec<Pair> {
    let files = Files::new(keys, limits.file_cap);
    let mut pairs: Vec<Pair> = (0..keys.len() as u32)
        .into_par_iter()
        .map_init(
            || Scratch { sums: vec![0; keys.len()], touched: Vec::new() },
            |scratch, article| {
                let best = scratch.neighbours(article, &files, limits.neighbours, &allowed);
                best.into_iter().map(move |other| (article.min(other), article.max(other)))
            },
        )
        .flatten_iter()
        .collect();
    pairs.par_sort_unstable();
    pairs.dedup();
    pairs
}

/// The articles under each term, and the files of each article.
struct Files {
    /// Articles with their weights, file after file.
    entries: Vec<(u32, u32)>,
    /// For each article the places in `entries` of each file it is in, and its weight there.
    of: Vec<Vec<(Range<u32>, u32)>>,
}

impl Files {
    fn new(keys: &[Vec<Key>], cap: usize) -> Files {
        let mut sorted: Vec<(u32, u32, u32)> = keys
            .par_iter()
            .enumerate()
            .flat_map_iter(|(article, keys)| {
                keys.iter().map(move |key| (key.term, article as u32, key.weight))
            })
            .collect();
        sorted.par_sort_unstable();
        let mut files = Files { entries: Vec::new(), of: vec![Vec::new(); keys.len()] };
        // A file of one finds nobody, and one over the cap says too little.
        let useful = |file: &&[(u32, u32, u32)]| (2..=cap).contains(&file.len());
        for file in sorted.chunk_by(|a, b| a.0 == b.0).filter(useful) {
            let start = files.entries.len() as u32;
            let range = start..start + file.len() as u32;
            for &(_, article, weight) in file {
                files.entries.push((article, weight));
                files.of[article as usize].push((range.clone(), weight));
            }
        }
        files
    }
}

/// What one thread adds up in.
struct Scratch {
    sums: Vec<u32>,
    touched: Vec<u32>,
}

impl Scratch {
    fn neighbours(
        &mut self,
        article: u32,
        files: &Files,
        at_most: usize,
        allowed: &impl Fn(u32, u32) -> bool,
    ) -> Vec<u32> {
        for (file, own) in &files.of[article as usize] {
            for &(other, weight) in &files.entries[file.start as usize..file.end as usize] {
                let sum = &mut self.sums[other as usize];
                if *sum == 0 {
                    self.touched.push(other);
                }
                *sum = sum.saturating_add(own.saturating_mul(weight));
            }
        }
        let mut found: Vec<(u32, u32)> = self
            .touched
            .drain(..)
            .map(|other| (std::mem::take(&mut self.sums[other as usize]), other))
            .filter(|&(_, other)| other != article && allowed(article, other))
            .collect();
        // The best first; ties by number, so that the choice is the same everywhere.
        let order = |x: &(u32, u32), y: &(u32, u32)| y.0.cmp(&x.0).then(x.1.cmp(&y.1));
        if found.len() > at_most {
            found.select_nth_unstable_by(at_most, order);
            found.truncate(at_most);
        }
        found.into_iter().map(|(_, other)| other).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(terms: &[u32]) -> Vec<Key> {
        terms.iter().map(|&term| Key { term, weight: 10 }).collect()
    }

    #[test]
    fn articles_that_share_terms_are_candidates() {
        let all = [keys(&[1, 2]), keys(&[2, 3]), keys(&[4]), keys(&[3, 4])];
        let limits = Limits::default();
        assert_eq!(candidates(&all, limits, |_, _| true), [(0, 1), (1, 3), (2, 3)]);
        assert_eq!(candidates(&all, limits, |a, b| a + b != 4), [(0, 1), (2, 3)]);
        assert!(candidates(&[], limits, |_, _| true).is_empty());
    }

    #[test]
    fn the_best_neighbours_are_kept() {
        let limits = Limits::default();
        let mut all = vec![keys(&[1, 2]), keys(&[1, 2])];
        all.extend((0..limits.neighbours as u32 + 20).map(|i| keys(&[1, 100 + i, 200 + i])));
        let files = Files::new(&all, limits.file_cap);
        let mut scratch = Scratch { sums: vec![0; all.len()], touched: Vec::new() };
        let best = scratch.neighbours(0, &files, limits.neighbours, &|_, _| true);
        assert_eq!(best.len(), limits.neighbours);
        assert!(best.contains(&1));
    }

    #[test]
    fn a_term_that_all_hold_costs_nothing() {
        let limits = Limits::default();
        let all = vec![keys(&[7]); limits.file_cap + 1];
        assert!(candidates(&all, limits, |_, _| true).is_empty());
    }
}
