//! Terms: how many articles hold each, and profiles by them.

use super::rows::{Cell, Columns, Kind, Order, Out, Rows, bytes_of, list, long, numbers};
use super::{Failure, Stage};
use ahash::AHashMap;
use retold::lsh::story::{Keys, Limits};
use retold::score::story::profile::Writer;
use retold::score::story::weights::Weights;
use retold::shingle::frequency::BACKGROUND;
use retold::shingle::story::{each_term, terms};
use retold::text::Tokens;

/// Terms that are counted in memory at a time.
const COUNTED: usize = 1 << 20;

/// How many articles hold each term, counted as far as memory allows: the same term may come again.
#[derive(Default)]
struct Counts(AHashMap<u32, u32>);

/// A term, and how many articles hold it.
pub(super) const COUNT: Columns = &[("term", Kind::Long), ("held", Kind::Long)];

impl Counts {
    fn add(&mut self, term: u32) {
        *self.0.entry(term).or_default() += 1;
    }

    fn give(&mut self, out: &mut Out) -> Result<(), Failure> {
        let mut counts: Vec<(u32, u32)> = self.0.drain().collect();
        counts.sort_unstable();
        counts.into_iter().try_for_each(|(term, held)| out.row(&[long(term), long(held)]))
    }

    fn give_if_many(&mut self, out: &mut Out) -> Result<(), Failure> {
        if self.0.len() < COUNTED { Ok(()) } else { self.give(out) }
    }
}

/// From words to the number of articles that hold each term.
#[derive(Default)]
pub(super) struct Terms {
    counts: Counts,
    own: Vec<u32>,
}

impl Stage for Terms {
    fn push(&mut self, rows: Rows<'_>, out: &mut Out) -> Result<(), Failure> {
        let lists = rows.bytes("list")?;
        for row in 0..rows.len() {
            let list = list(&lists, row);
            let tokens = Tokens::of(&list);
            self.own.clear();
            for part in [tokens.title(), tokens.text()] {
                each_term(tokens, part, |hash, _| self.own.push(hash));
            }
            self.own.sort_unstable();
            self.own.dedup();
            self.own.iter().for_each(|&term| self.counts.add(term));
            self.counts.give_if_many(out)?;
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut Out) -> Result<(), Failure> {
        self.counts.give(out)
    }
}

/// From keys to the number of articles that are filed under each term.
#[derive(Default)]
pub(super) struct KeyTerms(Counts);

impl Stage for KeyTerms {
    fn push(&mut self, rows: Rows<'_>, out: &mut Out) -> Result<(), Failure> {
        let lists = rows.bytes("keys")?;
        for row in 0..rows.len() {
            let list = list(&lists, row);
            Keys::of(&list).iter().for_each(|(term, _)| self.0.add(term));
            self.0.give_if_many(out)?;
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut Out) -> Result<(), Failure> {
        self.0.give(out)
    }
}

/// High bits of a term that name its chunk.
const CHUNK_SHIFT: u32 = 22;

/// From terms and their counts, sorted by term, to few rows: chunks of them that all tasks are sent.
#[derive(Default)]
pub(super) struct Pack {
    order: Order,
    chunk: i64,
    counts: Vec<[u32; 2]>,
}

impl Pack {
    fn close(&mut self, out: &mut Out) -> Result<(), Failure> {
        if !self.counts.is_empty() {
            out.row(&[long(self.chunk), Cell::Bytes(bytes_of(&self.counts))])?;
            self.counts.clear();
        }
        Ok(())
    }
}

/// What was packed, one chunk behind another.
pub(super) fn unpacked(chunks: &[Vec<u8>]) -> Vec<(u32, u32)> {
    let counts = chunks.iter().flat_map(|chunk| numbers::<[u32; 2]>(chunk));
    counts.map(|[term, held]| (term, held)).collect()
}

pub(super) const PACKED: Columns = &[("chunk", Kind::Long), ("counts", Kind::Bytes)];

impl Stage for Pack {
    fn push(&mut self, rows: Rows<'_>, out: &mut Out) -> Result<(), Failure> {
        let (terms, held) = (rows.longs("term")?, rows.longs("held")?);
        for row in 0..rows.len() {
            let term = terms.at(row);
            self.order.next([term, 0, 0])?;
            let chunk = term >> CHUNK_SHIFT;
            if chunk != self.chunk {
                self.close(out)?;
                self.chunk = chunk;
            }
            let held = held.at(row).min(i64::from(u32::MAX));
            self.counts.push([term as u32, held as u32]);
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut Out) -> Result<(), Failure> {
        self.close(out)
    }
}

/// From words and a day to a profile, and to the keys that the article is found by.
pub(super) struct Profiles {
    weights: Weights,
    writer: Writer,
    keys: usize,
}

impl Profiles {
    pub(super) fn new(articles: usize, counts: &[Vec<u8>]) -> Profiles {
        let weights = Weights::new(articles, &unpacked(counts), &BACKGROUND);
        Profiles { weights, writer: Writer::default(), keys: Limits::default().keys }
    }
}

pub(super) const PROFILE: Columns = &[
    ("article", Kind::Long),
    ("day", Kind::Long),
    ("profile", Kind::Bytes),
    ("keys", Kind::Bytes),
];

impl Stage for Profiles {
    fn push(&mut self, rows: Rows<'_>, out: &mut Out) -> Result<(), Failure> {
        let (articles, days) = (rows.longs("article")?, rows.longs("day")?);
        let lists = rows.bytes("list")?;
        let (mut profile, mut keys) = (Vec::new(), Vec::new());
        for row in 0..rows.len() {
            profile.clear();
            keys.clear();
            let terms = terms(Tokens::of(&list(&lists, row)));
            let day = days.get(row);
            self.writer.profile(&terms, day.map(|day| day as i32), &self.weights, &mut profile);
            self.writer.keys(self.keys, &mut keys);
            let lists = [&profile, &keys].map(|list| Cell::Bytes(bytes_of(list)));
            let day = day.map_or(Cell::Null, Cell::Long);
            out.row(&[long(articles.at(row)), day, lists[0], lists[1]])?;
        }
        Ok(())
    }
}
