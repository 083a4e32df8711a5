//! All articles of a run, in the order of their ids, which numbers them.

use super::entry::{Stored, numbered};
use super::sketch::{Facts, Lists, Sketches};
use crate::hash::hash64;
use crate::minhash::near::Signature;
use crate::store::{Block, Column, Result, Store, Table};
use ahash::AHashSet;
use rayon::prelude::*;
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What is kept of the articles of a run: a row of each column is one article.
#[derive(Debug)]
pub(super) struct Corpus {
    /// What is reported of each, as [`Stored`].
    pub(super) entries: Column,
    /// Its words, as `Tokens`.
    pub(super) texts: Column,
    pub(super) signatures: Table<Signature>,
    pub(super) facts: Table<Facts>,
}

impl Corpus {
    /// An empty corpus that holds up to `bytes` in memory.
    fn new(store: &Store, bytes: usize) -> Corpus {
        // Shares as of articles of 1 KB; where one is used up the others still hold.
        Corpus {
            entries: Column::new(store, bytes / 8),
            texts: Column::new(store, bytes / 8 * 5),
            signatures: Table::new(store, bytes / 8),
            facts: Table::new(store, bytes / 16),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.facts.len()
    }

    fn extend(&mut self, sketches: &Sketches) -> Result<()> {
        let lists =
            |of: &Lists, column: &mut Column| of.iter().try_for_each(|list| column.push(list));
        lists(&sketches.entries, &mut self.entries)?;
        lists(&sketches.texts, &mut self.texts)?;
        self.signatures.extend(&sketches.signatures)?;
        self.facts.extend(&sketches.facts)
    }

    /// The numbers of the articles in the order of their ids; those of one id by their sources.
    fn order(&self) -> Result<Vec<u32>> {
        let entries = self.entries.block(0..self.len())?;
        let key = |article: &u32| Stored(entries.get(*article as usize)).key();
        let mut order: Vec<u32> = (0..self.len() as u32).collect();
        if !order.is_sorted_by_key(key) {
            order.par_sort_by(|a, b| key(a).cmp(&key(b)));
        }
        Ok(order)
    }

    fn reordered(self, order: &[u32]) -> Result<Corpus> {
        if order.is_sorted() {
            return Ok(self);
        }
        Ok(Corpus {
            entries: self.entries.reordered(order)?,
            texts: self.texts.reordered(order)?,
            signatures: self.signatures.reordered(order)?,
            facts: self.facts.reordered(order)?,
        })
    }

    /// Gives articles whose id is taken another: `ID#2` and so on, in the order of their sources.
    /// Returns how many were renamed. Cost: a pass over the entries; where ids repeat two more, and
    /// in memory a hash of each of these.
    pub(super) fn name_apart(&mut self) -> Result<u64> {
        let bytes = ENTRIES_AT_A_TIME;
        let (mut repeats, mut repeated) = (Vec::new(), AHashSet::new());
        let mut before: Option<Vec<u8>> = None;
        self.entries.blocks(bytes, |block| {
            for article in block.range() {
                let id = Stored(block.get(article)).key().0;
                if before.as_deref() == Some(id) {
                    let hash = hash64(id, 0);
                    repeated.insert(hash);
                    repeats.push((hash, article as u32));
                } else {
                    let before = before.get_or_insert_default();
                    before.clear();
                    before.extend_from_slice(id);
                }
            }
            Ok(())
        })?;
        if repeats.is_empty() {
            return Ok(0);
        }
        let mut taken = AHashSet::new();
        self.entries.blocks(bytes, |block| {
            let ids = block.range().map(|article| Stored(block.get(article)).key().0);
            let ids = ids.filter_map(numbered).map(|(id, number)| (hash64(id, 0), number));
            taken.extend(ids.filter(|(hash, _)| repeated.contains(hash)));
            Ok(())
        })?;
        let (mut of, mut number) = (None, 1);
        for &(hash, article) in &repeats {
            if of.replace(hash) != Some(hash) {
                number = 1;
            }
            number += 1;
            while taken.contains(&(hash, number)) {
                number += 1;
            }
            let list = self.entries.get(article as usize)?;
            self.entries.shrink(&[(article as usize, Stored(&list).repeated(number))])?;
        }
        Ok(repeats.len() as u64)
    }
}

/// Bytes of entries that are read at a time.
const ENTRIES_AT_A_TIME: usize = 16 << 20;

/// Articles as they come, until all are there.
#[derive(Debug)]
pub(super) struct Arrivals {
    store: Store,
    /// Bytes that are held before they are written down.
    bytes: usize,
    held: usize,
    arrived: Corpus,
    /// Articles that were written down, each run in the order of the ids.
    runs: Vec<Corpus>,
}

/// Runs that are merged at a time: each has eight buffers.
const MOST_RUNS: usize = 64;

impl Arrivals {
    pub(super) fn new(store: &Store) -> Arrivals {
        let arrived = Corpus::new(store, usize::MAX);
        Arrivals { store: store.clone(), bytes: store.share(2), held: 0, arrived, runs: Vec::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.arrived.len() + self.runs.iter().map(Corpus::len).sum::<usize>()
    }

    /// Adds articles.
    pub(super) fn add(&mut self, sketches: &Sketches) -> Result<()> {
        let numbers = sketches.entries.numbers.len() + sketches.texts.numbers.len();
        let fixed = size_of::<Signature>() + size_of::<Facts>() + 3 * size_of::<u64>();
        let bytes = numbers * size_of::<u32>() + sketches.len() * fixed;
        if self.held + bytes > self.bytes && self.held > 0 {
            self.write_down()?;
        }
        self.held += bytes;
        self.arrived.extend(sketches)
    }

    /// All articles in the order of their ids. Cost: a sort of the ids; of what does not fit in memory
    /// one pass over everything.
    pub(super) fn finish(mut self) -> Result<Corpus> {
        if self.runs.is_empty() {
            let order = self.arrived.order()?;
            return self.arrived.reordered(&order);
        }
        self.write_down()?;
        self.merged()
    }

    fn write_down(&mut self) -> Result<()> {
        if self.runs.len() == MOST_RUNS {
            let merged = self.merged()?;
            self.runs = vec![merged];
        }
        let order = self.arrived.order()?;
        let arrived = std::mem::replace(&mut self.arrived, Corpus::new(&self.store, usize::MAX));
        let mut run = Corpus::new(&self.store, self.buffer());
        let rows = Rows::of(&arrived, 0..arrived.len())?;
        order.iter().try_for_each(|&row| rows.copy(row as usize, &mut run))?;
        self.runs.push(run);
        self.held = 0;
        Ok(())
    }

    /// Bytes that a corpus in files buffers, of the half of the memory that the articles have not.
    fn buffer(&self) -> usize {
        self.bytes / (2 * MOST_RUNS)
    }

    fn merged(&self) -> Result<Corpus> {
        let mut merged = Corpus::new(&self.store, self.bytes / 4);
        let mut cursors = Vec::new();
        for run in &self.runs {
            cursors.push(Cursor { run, rows: Rows::of(run, 0..0)?, at: 0 });
        }
        let mut next = BinaryHeap::new();
        for (number, cursor) in cursors.iter_mut().enumerate() {
            next.extend(cursor.next(self.buffer())?.map(|key| Reverse((key, number))));
        }
        while let Some(Reverse((_, number))) = next.pop() {
            let cursor = &mut cursors[number];
            cursor.rows.copy(cursor.at, &mut merged)?;
            cursor.at += 1;
            next.extend(cursor.next(self.buffer())?.map(|key| Reverse((key, number))));
        }
        Ok(merged)
    }
}

/// Some rows of a corpus, in memory.
struct Rows<'a> {
    first: usize,
    entries: Block<'a>,
    texts: Block<'a>,
    signatures: Cow<'a, [Signature]>,
    facts: Cow<'a, [Facts]>,
}

impl<'a> Rows<'a> {
    fn of(corpus: &'a Corpus, range: std::ops::Range<usize>) -> Result<Rows<'a>> {
        Ok(Rows {
            first: range.start,
            entries: corpus.entries.block(range.clone())?,
            texts: corpus.texts.block(range.clone())?,
            signatures: corpus.signatures.rows(range.clone())?,
            facts: corpus.facts.rows(range)?,
        })
    }

    fn copy(&self, row: usize, to: &mut Corpus) -> Result<()> {
        to.entries.push(self.entries.get(row))?;
        to.texts.push(self.texts.get(row))?;
        to.signatures.push(self.signatures[row - self.first])?;
        to.facts.push(self.facts[row - self.first])
    }
}

/// A place in a run.
struct Cursor<'a> {
    run: &'a Corpus,
    rows: Rows<'a>,
    at: usize,
}

/// What articles are ordered by.
type Key = (Vec<u8>, Vec<u8>, u64);

impl Cursor<'_> {
    /// The key of the article at this place, if there is one; reads about `bytes` where needed.
    fn next(&mut self, bytes: usize) -> Result<Option<Key>> {
        if self.at == self.run.len() {
            return Ok(None);
        }
        if self.at == self.rows.entries.range().end {
            let end = self.run.texts.end_of(self.at, bytes)?;
            self.rows = Rows::of(self.run, self.at..end)?;
        }
        let (id, path, record) = Stored(self.rows.entries.get(self.at)).key();
        Ok(Some((id.to_vec(), path.to_vec(), record)))
    }
}
