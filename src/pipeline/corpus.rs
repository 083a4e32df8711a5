//! All articles of a run, in the order of their ids, which numbers them.

use super::entry::{Stored, next_number, numbered};
use super::sketch::{Facts, Lists, Sketches};
use crate::hash::hash64;
use crate::minhash::near::Signature;
use crate::store::{Block, Column, Result, Saved, Saving, Store, Table};
use ahash::AHashSet;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{JoinHandle, spawn};

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

    /// Adds all articles of a corpus in memory, in the order given.
    fn append(&mut self, other: &Corpus, order: &[u32]) -> Result<()> {
        let all = 0..other.len();
        for (column, to) in [(&other.entries, &mut self.entries), (&other.texts, &mut self.texts)] {
            let lists = column.block(all.clone())?;
            order.iter().try_for_each(|&row| to.push(lists.get(row as usize)))?;
        }
        self.signatures.extend(&other.signatures.some(order)?)?;
        self.facts.extend(&other.facts.some(order)?)
    }

    /// The numbers of the articles in the order of their ids; those of one id by their sources.
    fn order(&self) -> Result<Vec<u32>> {
        let entries = self.entries.block(0..self.len())?;
        let key = |article: u32| Stored(entries.get(article as usize)).key();
        let ids = || (0..self.len() as u32).map(|article| key(article).0);
        // Most ids differ in the first bytes after those that all have, and need no look at the whole.
        let first = ids().next().unwrap_or_default();
        let in_common = |common: usize, id: &[u8]| {
            first[..common].iter().zip(id).take_while(|(a, b)| a == b).count()
        };
        let common = ids().fold(first.len(), in_common);
        let mut order: Vec<(u64, u32)> = ids().map(|id| next_bytes(id, common)).zip(0..).collect();
        order.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| key(a.1).cmp(&key(b.1))));
        Ok(order.into_iter().map(|(_, article)| article).collect())
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

    /// Saves the texts of some articles, whose numbers rise, and what is made from them.
    pub(super) fn save_texts(&self, articles: &[u32], to: &mut Saving) -> Result<()> {
        let mut left = articles;
        while let Some(&first) = left.first() {
            let end = self.texts.end_of(first as usize, TEXTS_AT_A_TIME)?;
            let some;
            (some, left) = left.split_at(left.partition_point(|&article| (article as usize) < end));
            let texts = self.texts.some(first as usize..end, some.to_vec())?;
            let mut lists = Lists::default();
            some.iter().for_each(|&article| lists.push(texts.get(article as usize)));
            to.list(some)?;
            to.list(&self.signatures.some(some)?)?;
            lists.save(to)?;
        }
        to.list::<u32>(&[])
    }

    /// Puts texts that were saved, which are no longer, in the places of others, and says how many.
    pub(super) fn load_texts(&mut self, from: &mut Saved) -> Result<u64> {
        let mut articles = 0;
        loop {
            let some: Vec<u32> = from.list()?;
            if some.is_empty() {
                return Ok(articles);
            }
            let signatures: Vec<Signature> = from.list()?;
            let lists = Lists::load(from)?;
            let rows = || some.iter().map(|&article| article as usize);
            let lists: Vec<_> = rows().zip(lists.iter().map(<[u32]>::to_vec)).collect();
            self.texts.shrink(&lists)?;
            self.signatures.replace(&rows().zip(signatures).collect::<Vec<_>>())?;
            articles += some.len() as u64;
        }
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
            number = next_number(number, |number| taken.contains(&(hash, number)));
            let list = self.entries.get(article as usize)?;
            self.entries.shrink(&[(article as usize, Stored(&list).repeated(number))])?;
        }
        Ok(repeats.len() as u64)
    }
}

/// The eight bytes after the first ones, in the order of strings; zeros where there are none.
fn next_bytes(id: &[u8], first: usize) -> u64 {
    let mut bytes = [0; size_of::<u64>()];
    bytes.iter_mut().zip(&id[first..]).for_each(|(to, byte)| *to = *byte);
    u64::from_be_bytes(bytes)
}

/// Bytes of texts that are saved together, and a longer one by itself.
const TEXTS_AT_A_TIME: usize = 4 << 20;

/// Bytes of entries that are read at a time.
const ENTRIES_AT_A_TIME: usize = 16 << 20;

/// Articles as they come, until all are there.
#[derive(Debug)]
pub(super) struct Arrivals {
    store: Store,
    /// Bytes that are held before they are written down; as many are being written meanwhile.
    bytes: usize,
    held: usize,
    arrived: Corpus,
    written: usize,
    writer: Option<Writer>,
}

/// A thread that writes down what it is sent, one run at a time.
#[derive(Debug)]
struct Writer {
    /// The next run waits until the one before is written.
    send: SyncSender<Corpus>,
    thread: JoinHandle<Result<Written>>,
}

/// Articles in files, in runs that have the order of the ids.
struct Written {
    corpus: Corpus,
    runs: Vec<Range<usize>>,
}

impl Arrivals {
    pub(super) fn new(store: &Store) -> Arrivals {
        let arrived = Corpus::new(store, usize::MAX);
        let (store, bytes) = (store.clone(), store.share(3));
        Arrivals { store, bytes, held: 0, arrived, written: 0, writer: None }
    }

    pub(super) fn len(&self) -> usize {
        self.arrived.len() + self.written
    }

    /// Adds articles.
    pub(super) fn add(&mut self, sketches: &Sketches) -> Result<()> {
        let numbers = sketches.entries.numbers.len() + sketches.texts.numbers.len();
        let fixed = size_of::<Signature>() + size_of::<Facts>() + 4 * size_of::<u64>();
        let bytes = numbers * size_of::<u32>() + sketches.len() * fixed;
        if self.held + bytes > self.bytes && self.held > 0 {
            self.write_down()?;
        }
        self.held += bytes;
        self.arrived.extend(sketches)
    }

    /// All articles in the order of their ids. Cost: a sort of the ids; of what does not fit in memory
    /// one pass over the entries. Texts stay where they were written.
    pub(super) fn finish(self) -> Result<Corpus> {
        let Arrivals { store, arrived, writer, .. } = self;
        let Some(writer) = writer else {
            let order = arrived.order()?;
            return arrived.reordered(&order);
        };
        // If it has stopped, it says why once it is finished.
        drop(writer.send.send(arrived));
        let Written { corpus, runs } = writer.finish()?;
        let order = merged(&corpus.entries, &runs, store.share(4))?;
        corpus.reordered(&order)
    }

    /// Hands a run to the writer.
    fn write_down(&mut self) -> Result<()> {
        let arrived = std::mem::replace(&mut self.arrived, Corpus::new(&self.store, usize::MAX));
        self.written += arrived.len();
        self.held = 0;
        let start = || Writer::start(&self.store, self.bytes / 4);
        let writer = self.writer.take().unwrap_or_else(start);
        match writer.send.send(arrived) {
            Ok(()) => self.writer = Some(writer),
            // It has stopped, and says why.
            Err(_) => drop(writer.finish()?),
        }
        Ok(())
    }
}

impl Writer {
    /// A thread that buffers up to `bytes` of what it writes.
    fn start(store: &Store, bytes: usize) -> Writer {
        let mut written = Written { corpus: Corpus::new(store, bytes), runs: Vec::new() };
        let (send, receive) = sync_channel::<Corpus>(0);
        let write = move || {
            for arrived in receive {
                let start = written.corpus.len();
                written.corpus.append(&arrived, &arrived.order()?)?;
                written.runs.push(start..written.corpus.len());
            }
            Ok(written)
        };
        Writer { send, thread: spawn(write) }
    }

    fn finish(self) -> Result<Written> {
        drop(self.send);
        self.thread.join().unwrap_or_else(|panic| resume_unwind(panic))
    }
}

/// The numbers of the articles of some runs in the order of their ids. Holds up to `bytes`.
fn merged(entries: &Column, runs: &[Range<usize>], bytes: usize) -> Result<Vec<u32>> {
    let bytes = bytes / runs.len();
    let mut order = Vec::with_capacity(entries.len());
    let mut next = BinaryHeap::new();
    let mut cursors = Vec::new();
    for (number, run) in runs.iter().enumerate() {
        let mut cursor = Cursor { entries, left: run.clone(), read: entries.block(0..0)? };
        next.extend(cursor.next(bytes)?.map(|key| Reverse((key, number))));
        cursors.push(cursor);
    }
    while let Some(Reverse(((_, row), number))) = next.pop() {
        order.push(row);
        next.extend(cursors[number].next(bytes)?.map(|key| Reverse((key, number))));
    }
    Ok(order)
}

/// A place in a run of entries.
struct Cursor<'a> {
    entries: &'a Column,
    left: Range<usize>,
    read: Block<'a>,
}

/// What articles are ordered by.
type Key = (Vec<u8>, Vec<u8>, u64);

impl Cursor<'_> {
    /// The key and the row of the next article, if there is one; reads about `bytes` where needed.
    fn next(&mut self, bytes: usize) -> Result<Option<(Key, u32)>> {
        let Some(row) = self.left.next() else { return Ok(None) };
        if !self.read.range().contains(&row) {
            let end = self.entries.end_of(row, bytes)?.min(self.left.end);
            self.read = self.entries.block(row..end)?;
        }
        let (id, path, record) = Stored(self.read.get(row)).key();
        Ok(Some(((id.to_vec(), path.to_vec(), record), row as u32)))
    }
}
