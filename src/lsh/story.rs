//! Story level: articles that share their rarest terms.
//!
//! Each article is filed under its [`KEYS`] weightiest terms. Two articles are compared by the
//! terms they are both filed under, and each keeps its [`NEIGHBOURS`] best: so the number of
//! candidates is bounded however the corpus grows, and a retelling competes only with what is more
//! alike.

use super::Pair;
use rayon::prelude::*;
use std::ops::Range;

/// Terms an article is filed under.
pub const KEYS: usize = 64;

/// Candidates an article keeps for itself; it also is one of those that keep it.
pub const NEIGHBOURS: usize = 40;

/// Articles under one term. A term that more hold says little; those filed beyond are passed over.
pub const FILE_CAP: usize = 200;

/// A term an article is filed under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// Hash of the term.
    pub term: u64,
    /// Its weight in the article, in a unit of the caller's.
    pub weight: u32,
}

/// Candidate pairs, sorted, each once. `keys` are those of each article, by its number; `allowed`
/// says whether a pair may be compared at all.
///
/// Cost: a sort of all keys, then for each article the sum of the files it is in, at most
/// `KEYS * FILE_CAP`; memory 40 bytes a key, 8 a pair, and 8 an article and thread.
pub fn candidates(keys: &[Vec<Key>], allowed: impl Fn(u32, u32) -> bool + Sync) -> Vec<Pair> {
    let files = Files::new(keys);
    let mut pairs: Vec<Pair> = (0..keys.len() as u32)
        .into_par_iter()
        .map_init(
            || Scratch { sums: vec![0; keys.len()], touched: Vec::new() },
            |scratch, article| {
                let best = scratch.neighbours(article, &files, &allowed);
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
    fn new(keys: &[Vec<Key>]) -> Files {
        let mut sorted: Vec<(u64, u32, u32)> = keys
            .par_iter()
            .enumerate()
            .flat_map_iter(|(article, keys)| {
                keys.iter().map(move |key| (key.term, article as u32, key.weight))
            })
            .collect();
        sorted.par_sort_unstable();
        let mut files = Files { entries: Vec::new(), of: vec![Vec::new(); keys.len()] };
        // A file of one finds nobody, and one over the cap says too little.
        let useful = |file: &&[(u64, u32, u32)]| (2..=FILE_CAP).contains(&file.len());
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
    sums: Vec<u64>,
    touched: Vec<u32>,
}

impl Scratch {
    fn neighbours(
        &mut self,
        article: u32,
        files: &Files,
        allowed: &impl Fn(u32, u32) -> bool,
    ) -> Vec<u32> {
        for (file, own) in &files.of[article as usize] {
            for &(other, weight) in &files.entries[file.start as usize..file.end as usize] {
                let sum = &mut self.sums[other as usize];
                if *sum == 0 {
                    self.touched.push(other);
                }
                *sum += u64::from(*own) * u64::from(weight);
            }
        }
        let mut found: Vec<(u64, u32)> = self
            .touched
            .drain(..)
            .map(|other| (std::mem::take(&mut self.sums[other as usize]), other))
            .filter(|&(_, other)| other != article && allowed(article, other))
            .collect();
        // The best first; ties by number, so that the choice is the same everywhere.
        let order = |x: &(u64, u32), y: &(u64, u32)| y.0.cmp(&x.0).then(x.1.cmp(&y.1));
        if found.len() > NEIGHBOURS {
            found.select_nth_unstable_by(NEIGHBOURS, order);
            found.truncate(NEIGHBOURS);
        }
        found.into_iter().map(|(_, other)| other).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(terms: &[u64]) -> Vec<Key> {
        terms.iter().map(|&term| Key { term, weight: 10 }).collect()
    }

    #[test]
    fn articles_that_share_terms_are_candidates() {
        let all = [keys(&[1, 2]), keys(&[2, 3]), keys(&[4]), keys(&[3, 4])];
        assert_eq!(candidates(&all, |_, _| true), [(0, 1), (1, 3), (2, 3)]);
        assert_eq!(candidates(&all, |a, b| a + b != 4), [(0, 1), (2, 3)]);
        assert!(candidates(&[], |_, _| true).is_empty());
    }

    #[test]
    fn the_best_neighbours_are_kept() {
        let mut all = vec![keys(&[1, 2]), keys(&[1, 2])];
        all.extend((0..NEIGHBOURS as u64 + 20).map(|i| keys(&[1, 100 + i, 200 + i])));
        let files = Files::new(&all);
        let mut scratch = Scratch { sums: vec![0; all.len()], touched: Vec::new() };
        let best = scratch.neighbours(0, &files, &|_, _| true);
        assert_eq!(best.len(), NEIGHBOURS);
        assert!(best.contains(&1));
    }

    #[test]
    fn a_term_that_all_hold_costs_nothing() {
        let all = vec![keys(&[7]); FILE_CAP + 1];
        assert!(candidates(&all, |_, _| true).is_empty());
    }
}
