//! Story level: articles that share their rarest terms.
//!
//! Each article is filed under its weightiest terms. Two articles are compared by the terms they are
//! both filed under, and each keeps its best neighbours (see [`Limits`]): so the number of
//! candidates is bounded however the corpus grows, and a retelling competes only with what is more
//! alike. (Weighted MinHash, which draws terms in proportion to their weight, was measured beside
//! this: see ARCHITECTURE.md, and `examples/candidate_recall.rs`.)

use super::Pair;
use crate::store::{Column, Result, Store};
use rayon::prelude::*;
use std::ops::Range;

/// How far the search goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Terms an article is filed under.
    pub keys: usize,
    /// Articles under one term. A term that more hold says little: its file is passed over.
    pub file_cap: u16,
    /// Candidates an article keeps for itself; it also is one of those that keep it.
    pub neighbours: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { keys: 40, file_cap: 200, neighbours: 30 }
    }
}

/// The terms an article is filed under, by numbers, and their weights in it, in a unit of the
/// caller's. The products of the weights of an article's terms with those of another are added up in
/// 32 bits: they may not exceed 2^31.
///
/// They are a view of a list of numbers, as they are stored: the terms, then the weights, two to a
/// number.
#[derive(Clone, Copy, Debug)]
pub struct Keys<'a> {
    terms: &'a [u32],
    weights: &'a [u16],
}

impl<'a> Keys<'a> {
    /// Adds keys, as a list, to another.
    pub fn write(keys: impl Iterator<Item = (u32, u16)> + Clone, list: &mut Vec<u32>) {
        let start = list.len();
        list.extend(keys.clone().map(|(term, _)| term));
        let end = list.len();
        list.resize(end + (end - start).div_ceil(2), 0);
        let places: &mut [u16] = bytemuck::cast_slice_mut(&mut list[end..]);
        places.iter_mut().zip(keys).for_each(|(place, (_, weight))| *place = weight);
    }

    /// The keys in a list; an empty one has none.
    #[must_use]
    pub fn of(list: &'a [u32]) -> Keys<'a> {
        let (terms, weights) = list.split_at(list.len() * 2 / 3);
        Keys { terms, weights: &bytemuck::cast_slice(weights)[..terms.len()] }
    }

    /// Each term and its weight.
    pub fn iter(self) -> impl Iterator<Item = (u32, u16)> + Clone + 'a {
        self.terms.iter().copied().zip(self.weights.iter().copied())
    }
}

/// Articles that are looked up at a time: enough for all threads.
const AT_A_TIME: usize = 1 << 14;

/// Calls `found` with candidate pairs, some at a time; each comes once or twice. `keys` has a list for
/// each article, which [`Keys`] reads, and names fewer than `terms` different terms; `allowed` says
/// whether a pair may be compared at all.
///
/// Cost: three passes over the keys, and for each article the sum of the files it is in, at most
/// `limits.keys * limits.file_cap`. Memory: 6 bytes a term, 150 kB a thread, and half of what is free
/// in the store; there 6 bytes for each key of an article. Where this is not enough, some articles
/// are filed at a time, and the best neighbours so far of each article, 8 bytes each, go to a
/// file in between.
///
/// # Errors
/// Those of the work folder, as everywhere here; those of `found`.
pub fn candidates(
    keys: &Column,
    terms: usize,
    limits: Limits,
    allowed: impl Fn(u32, u32) -> bool + Sync,
    store: &Store,
    found: impl FnMut(Vec<Pair>) -> Result<()>,
) -> Result<()> {
    let room = Room { entries: store.share(3) / size_of::<Entry>(), buffer: store.share(16) };
    candidates_within(room, keys, terms, limits, allowed, store, found)
}

/// What may be held at a time.
#[derive(Clone, Copy)]
struct Room {
    /// Entries in files.
    entries: usize,
    /// Bytes of what is read or written in between.
    buffer: usize,
}

fn candidates_within(
    room: Room,
    keys: &Column,
    terms: usize,
    limits: Limits,
    allowed: impl Fn(u32, u32) -> bool + Sync,
    store: &Store,
    mut found: impl FnMut(Vec<Pair>) -> Result<()>,
) -> Result<()> {
    let sizes = sizes(keys, terms, room.buffer)?;
    let useful = |term: u32| (2..=limits.file_cap).contains(&sizes[term as usize]);
    // The best neighbours of each article among those that were filed so far.
    let mut best: Option<Column> = None;
    let mut filed = 0;
    while filed < keys.len() {
        let files = Files::new(keys, filed, room, terms, useful)?;
        filed = files.filed.end;
        let mut next = Column::new(store, room.buffer);
        keys.blocks(room.buffer, |block| {
            let range = block.range();
            for first in range.clone().step_by(AT_A_TIME) {
                let articles = first..range.end.min(first + AT_A_TIME);
                let before = best.as_ref().map(|best| best.block(articles.clone())).transpose()?;
                let search = || Search::new(&files, limits, keys.len());
                let of_one = |search: &mut Search<'_>, article: usize| {
                    let before = before.as_ref().map_or(&[][..], |before| before.get(article));
                    search.neighbours(
                        article as u32,
                        Keys::of(block.get(article)),
                        before,
                        &allowed,
                    )
                };
                let lists = articles.clone().into_par_iter().map_init(search, of_one);
                let lists: Vec<Vec<u64>> = lists.collect();
                if filed < keys.len() {
                    lists.iter().try_for_each(|list| next.push(&halves(list)))?;
                    continue;
                }
                let pairs = (articles.start as u32..).zip(lists).flat_map(|(article, list)| {
                    let pair = move |rank| (article.min(other(rank)), article.max(other(rank)));
                    list.into_iter().map(pair)
                });
                found(pairs.collect())?;
            }
            Ok(())
        })?;
        best = Some(next);
    }
    Ok(())
}

/// How many articles are filed under each term; more than 65,535 count as that.
fn sizes(keys: &Column, terms: usize, buffer: usize) -> Result<Vec<u16>> {
    let mut sizes = vec![0_u16; terms];
    keys.blocks(buffer, |block| {
        for article in block.range() {
            for &term in Keys::of(block.get(article)).terms {
                let size = &mut sizes[term as usize];
                *size = size.saturating_add(1);
            }
        }
        Ok(())
    })?;
    Ok(sizes)
}

/// An article in a file, by the two halves of its number, the low one first, and its weight there.
type Entry = [u16; 3];

/// Some articles under each term, to search among.
#[derive(Debug)]
pub struct Files {
    /// Those that are filed.
    filed: Range<usize>,
    /// Where the file of each term begins, and where the last ends.
    starts: Vec<u32>,
    entries: Vec<Entry>,
}

impl Files {
    /// Files all articles of a column of keys, which name fewer than `terms` terms, each held by
    /// [`Limits::file_cap`] articles at most. Cost: two passes over the keys; 6 bytes for each, and 4
    /// a term.
    ///
    /// # Errors
    /// Those of the work folder, as everywhere here.
    pub fn all(keys: &Column, terms: usize) -> Result<Files> {
        let room = Room { entries: usize::MAX, buffer: usize::MAX };
        Files::new(keys, 0, room, terms, |_| true)
    }

    /// Files as many articles from one on as there is room for, under their useful terms.
    fn new(
        keys: &Column,
        first: usize,
        room: Room,
        terms: usize,
        useful: impl Fn(u32) -> bool,
    ) -> Result<Files> {
        // Counted to the place of each term, which then ends its file, and begins it once it is full.
        let (mut starts, mut filed, mut entries) = (vec![0; terms + 1], first..first, 0);
        let most = room.entries.min(u32::MAX as usize);
        keys.blocks_from(first, room.buffer, |block| {
            for article in block.range() {
                let keys = Keys::of(block.get(article));
                let own = keys.terms.iter().filter(|term| useful(**term));
                entries += own.clone().count();
                if entries > most && !filed.is_empty() {
                    return Ok(false);
                }
                own.for_each(|&term| starts[term as usize] += 1);
                filed.end = article + 1;
            }
            Ok(true)
        })?;
        let mut end = 0;
        for start in &mut starts {
            end += *start;
            *start = end;
        }
        let mut entries = vec![[0; 3]; end as usize];
        keys.blocks_from(first, room.buffer, |block| {
            for article in block.range().take_while(|article| filed.contains(article)) {
                let own = Keys::of(block.get(article)).iter();
                for (term, weight) in own.filter(|(term, _)| useful(*term)) {
                    let start = &mut starts[term as usize];
                    *start -= 1;
                    entries[*start as usize] = [article as u16, (article >> 16) as u16, weight];
                }
            }
            Ok(block.range().end < filed.end)
        })?;
        Ok(Files { filed, starts, entries })
    }

    fn of(&self, term: u32) -> &[Entry] {
        let term = term as usize;
        &self.entries[self.starts[term] as usize..self.starts[term + 1] as usize]
    }
}

/// Finds the best neighbours of articles, one after another. What one thread adds up in: a small table of its own, since a cell for each article of a large
/// corpus would be far away.
#[derive(Debug)]
pub struct Search<'a> {
    files: &'a Files,
    limits: Limits,
    /// The inverted number of an article, above the sum; 0 where there is none.
    slots: Vec<u64>,
    /// Slots that are in use.
    touched: Vec<u32>,
    /// The files of the article.
    open: Vec<&'a [Entry]>,
    /// The best ranks so far, and some that are not.
    best: Vec<u64>,
    /// The least of the best: what does not exceed it is none of them.
    least: u64,
}

/// The rank of a neighbour is its sum, above its inverted number: the greatest rank is the best,
/// and of equal sums the least number is chosen everywhere.
#[must_use]
pub fn other(rank: u64) -> u32 {
    !(rank as u32)
}

/// Ranks as a list of numbers, and back.
fn halves(ranks: &[u64]) -> Vec<u32> {
    ranks.iter().flat_map(|rank| [*rank as u32, (rank >> 32) as u32]).collect()
}

fn whole(halves: &[u32]) -> impl Iterator<Item = u64> {
    halves.chunks_exact(2).map(|half| u64::from(half[1]) << 32 | u64::from(half[0]))
}

impl<'a> Search<'a> {
    /// A search among some articles, of a corpus of so many.
    #[must_use]
    pub fn new(files: &'a Files, limits: Limits, articles: usize) -> Search<'a> {
        // At most half full.
        let touched = articles.min(limits.keys * usize::from(limits.file_cap)).max(1);
        let slots = (2 * touched).next_power_of_two();
        Search {
            files,
            limits,
            slots: vec![0; slots],
            // One more is written than counts.
            touched: vec![0; touched + 1],
            open: Vec::with_capacity(limits.keys),
            best: Vec::with_capacity(2 * limits.neighbours),
            least: 0,
        }
    }

    /// The ranks of the best neighbours of an article among those that are filed, and some `before`,
    /// in no particular order; see [`other`].
    pub fn neighbours(
        &mut self,
        article: u32,
        keys: Keys<'_>,
        before: &[u32],
        allowed: &impl Fn(u32, u32) -> bool,
    ) -> Vec<u64> {
        self.best.clear();
        self.best.extend(whole(before));
        self.least = 0;
        if self.best.len() >= self.limits.neighbours {
            self.choose();
        }
        let touched = self.add(keys);
        for at in 0..touched {
            let slot = std::mem::take(&mut self.slots[self.touched[at] as usize]);
            let rank = slot.rotate_left(32);
            if rank > self.least && other(rank) != article && allowed(article, other(rank)) {
                self.best.push(rank);
                if self.best.len() == 2 * self.limits.neighbours {
                    self.choose();
                }
            }
        }
        self.choose();
        self.best.clone()
    }

    /// Adds up the files of an article; returns how many others were met.
    fn add(&mut self, keys: Keys<'_>) -> usize {
        let (mut met, last) = (0, self.slots.len() - 1);
        let shift = u32::BITS - self.slots.len().trailing_zeros();
        self.open.clear();
        self.open.extend(keys.iter().take(self.limits.keys).map(|(term, _)| self.files.of(term)));
        // Reads each cache line, one behind another: so the processor waits for many at a time.
        let lines = self.open.iter().flat_map(|file| file.iter().step_by(OF_A_LINE));
        std::hint::black_box(lines.fold(0, |all, entry| all ^ entry[0]));
        for ((_, own), file) in keys.iter().zip(&self.open) {
            for &[low, high, weight] in *file {
                let inverted = !(u32::from(high) << 16 | u32::from(low));
                let mut at = (inverted.wrapping_mul(SPREAD) >> shift) as usize;
                let mut slot = self.slots[at];
                while slot != 0 && (slot >> 32) as u32 != inverted {
                    at = (at + 1) & last;
                    slot = self.slots[at];
                }
                // Without a branch: whether it was met before cannot be foreseen.
                self.touched[met] = at as u32;
                met += usize::from(slot == 0);
                let product = u64::from(own) * u64::from(weight);
                self.slots[at] = (slot | u64::from(inverted) << 32) + product;
            }
        }
        met
    }

    /// Leaves the best, and says what the next have to exceed.
    fn choose(&mut self) {
        let most = self.limits.neighbours;
        if self.best.len() >= most {
            let (_, least, _) = self.best.select_nth_unstable_by(most - 1, |x, y| y.cmp(x));
            self.least = *least;
            self.best.truncate(most);
        }
    }
}

/// Entries that lie in one cache line.
const OF_A_LINE: usize = 64 / size_of::<Entry>();

/// 2^32 by the golden ratio: neighbouring numbers come far apart.
const SPREAD: u32 = 0x9E37_79B1;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::both;

    fn pairs(all: &[Vec<(u32, u16)>], allowed: impl Fn(u32, u32) -> bool + Sync) -> Vec<Pair> {
        let terms = all.iter().flatten().map(|(term, _)| term + 1).max().unwrap_or(0) as usize;
        let made = both().map(|store| {
            let in_memory = store.share(1) > 1 << 20;
            let bytes = if in_memory { 1 << 20 } else { 100 };
            let mut keys = Column::new(&store, bytes);
            for own in all {
                let mut list = Vec::new();
                Keys::write(own.iter().copied(), &mut list);
                keys.push(&list).unwrap();
            }
            let room = Room { entries: bytes, buffer: bytes };
            let mut found = Vec::new();
            let keep = |mut pairs: Vec<Pair>| {
                found.append(&mut pairs);
                Ok(())
            };
            let limits = Limits::default();
            candidates_within(room, &keys, terms, limits, &allowed, &store, keep).unwrap();
            found.sort_unstable();
            found.dedup();
            found
        });
        let [in_file, in_memory] = made;
        assert_eq!(in_file, in_memory);
        in_memory
    }

    fn keys(terms: &[u32]) -> Vec<(u32, u16)> {
        terms.iter().map(|&term| (term, 10)).collect()
    }

    #[test]
    fn articles_that_share_terms_are_candidates() {
        let all = [keys(&[1, 2]), keys(&[2, 3]), keys(&[4]), keys(&[3, 4]), keys(&[])];
        assert_eq!(pairs(&all, |_, _| true), [(0, 1), (1, 3), (2, 3)]);
        assert_eq!(pairs(&all, |a, b| a + b != 4), [(0, 1), (2, 3)]);
        assert!(pairs(&[], |_, _| true).is_empty());
    }

    #[test]
    fn the_best_neighbours_are_kept() {
        let limits = Limits::default();
        let mut all = vec![keys(&[1, 2]), keys(&[1, 2])];
        all.extend((0..limits.neighbours as u32 + 20).map(|i| keys(&[1, 100 + i, 200 + i])));
        let found = pairs(&all, |_, _| true);
        // All are equally near to all but the first two, and keep those and the first of the others.
        let of = |article| found.iter().filter(|(a, b)| *a == article || *b == article).count();
        assert_eq!(of(all.len() as u32 - 1), limits.neighbours);
        assert!(found.contains(&(0, 1)));
    }

    #[test]
    fn random_keys_agree_with_the_definition() {
        let random = |i: u64| crate::hash::mix(i);
        let keys_of = |article: u64| {
            let mut keys: Vec<(u32, u16)> = (0..12)
                .map(|i| random(article * 100 + i))
                .map(|key| ((key % 300) as u32, (key >> 40) as u16 % 9000))
                .collect();
            keys.sort_unstable();
            keys.dedup_by_key(|key| key.0);
            keys
        };
        let all: Vec<Vec<(u32, u16)>> = (0..400).map(keys_of).collect();
        let sum = |a: usize, b: usize| -> u64 {
            let weight = |(term, own): &(u32, u16)| {
                let its = all[b].iter().find(|key| key.0 == *term);
                its.map_or(0, |its| u64::from(*own) * u64::from(its.1))
            };
            all[a].iter().map(weight).sum()
        };
        let mut expected = Vec::new();
        for a in 0..all.len() {
            let others = (0..all.len()).filter(|&b| b != a && sum(a, b) > 0);
            let mut ranked: Vec<_> = others.map(|b| (std::cmp::Reverse(sum(a, b)), b)).collect();
            ranked.sort_unstable();
            ranked.truncate(Limits::default().neighbours);
            expected.extend(ranked.iter().map(|(_, b)| (a.min(*b) as u32, a.max(*b) as u32)));
        }
        expected.sort_unstable();
        expected.dedup();
        assert_eq!(pairs(&all, |_, _| true), expected);
    }

    #[test]
    fn a_term_that_all_hold_costs_nothing() {
        let all = vec![keys(&[7]); usize::from(Limits::default().file_cap) + 1];
        assert!(pairs(&all, |_, _| true).is_empty());
    }
}
