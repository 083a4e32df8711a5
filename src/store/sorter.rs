//! Records in order: sorted runs in a file, merged as they are read.

use super::{Held, Plain, Record, Result, Saved, Saving, Store, StoreError, read_at, write_at};
use rayon::prelude::*;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::fs::File;
use std::ops::Range;

/// Takes records in any order, and gives them back sorted.
#[derive(Debug)]
pub struct Sorter<R> {
    store: Store,
    /// Records that are sorted at a time; until there are as many, there is no file.
    buffered: usize,
    distinct: bool,
    memory: Vec<R>,
    runs: Runs,
    held: Held,
}

/// Sorted runs in one file, by the numbers of their records.
#[derive(Debug, Default)]
struct Runs {
    file: Option<File>,
    ranges: Vec<Range<u64>>,
}

impl<R: Record> Sorter<R> {
    /// An empty sorter that holds up to `bytes` in memory.
    #[must_use]
    pub fn new(store: &Store, bytes: usize) -> Sorter<R> {
        Sorter {
            store: store.clone(),
            buffered: (bytes / size_of::<R>()).max(1),
            distinct: false,
            memory: Vec::new(),
            runs: Runs::default(),
            held: Held::new(store),
        }
    }

    /// The same, for records of which each is wanted once.
    #[must_use]
    pub fn distinct(store: &Store, bytes: usize) -> Sorter<R> {
        Sorter { distinct: true, ..Sorter::new(store, bytes) }
    }

    /// Adds records.
    ///
    /// # Errors
    /// Those of the work folder, as everywhere here.
    pub fn extend(&mut self, mut records: &[R]) -> Result<()> {
        while self.memory.len() + records.len() > self.buffered {
            let now;
            (now, records) = records.split_at(self.buffered - self.memory.len());
            self.memory.extend_from_slice(now);
            self.sort();
            // Where most were there already, there is room again.
            if self.memory.len() > self.buffered / 2 {
                self.write_down()?;
            }
        }
        self.memory.extend_from_slice(records);
        self.held.set(self.memory.len() * size_of::<R>());
        Ok(())
    }

    /// Adds one record.
    ///
    /// # Errors
    /// See [`Sorter::extend`].
    pub fn push(&mut self, record: R) -> Result<()> {
        // What is held is counted now and then.
        if self.memory.len() < self.buffered && self.memory.len() < self.memory.capacity() {
            self.memory.push(record);
            return Ok(());
        }
        self.extend(&[record])
    }

    /// The records in order. Cost: a sort; in memory nothing else.
    ///
    /// # Errors
    /// See [`Sorter::extend`].
    pub fn finish(mut self) -> Result<Sorted<R>> {
        self.sort();
        if !self.runs.ranges.is_empty() {
            self.write_down()?;
            self.memory = Vec::new();
        }
        self.held.set(self.memory.len() * size_of::<R>());
        let Sorter { store, buffered, distinct, memory, runs, held } = self;
        Ok(Sorted { store, buffered, distinct, memory, runs, _held: held })
    }

    fn sort(&mut self) {
        self.memory.par_sort_unstable();
        if self.distinct {
            self.memory.dedup();
        }
    }

    fn write_down(&mut self) -> Result<()> {
        let file = match self.runs.file.take() {
            Some(file) => file,
            None => self.store.file()?,
        };
        let start = self.runs.ranges.last().map_or(0, |run| run.end);
        let place = start * size_of::<R>() as u64;
        self.store.check(write_at(&file, bytemuck::cast_slice(&self.memory), place))?;
        self.runs.file = Some(file);
        self.runs.ranges.push(start..start + self.memory.len() as u64);
        self.memory.clear();
        Ok(())
    }
}

/// Records in order, in memory or in runs of a file.
#[derive(Debug)]
pub struct Sorted<R> {
    store: Store,
    buffered: usize,
    distinct: bool,
    memory: Vec<R>,
    runs: Runs,
    _held: Held,
}

impl<R: Record> Sorted<R> {
    /// Calls `visit` with all records in order, those that are the `same` together in one call: all at
    /// once while there is no file, else about half as many as the sorter held.
    ///
    /// # Errors
    /// See [`Sorter::extend`]; those of `visit`.
    pub fn blocks<E: From<StoreError>>(
        &self,
        same: impl Fn(&R, &R) -> bool,
        mut visit: impl FnMut(&[R]) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.runs.ranges.is_empty() {
            return if self.memory.is_empty() { Ok(()) } else { visit(&self.memory) };
        }
        let mut merge = Merge::new(self)?;
        let (mut block, enough) = (Vec::new(), self.buffered / 2);
        while let Some(record) = merge.next()? {
            let last = block.last();
            if self.distinct && last == Some(&record) {
                continue;
            }
            if block.len() >= enough && !last.is_some_and(|last| same(last, &record)) {
                visit(&block)?;
                block.clear();
            }
            block.push(record);
        }
        if block.is_empty() { Ok(()) } else { visit(&block) }
    }
}

impl<R: Plain> Sorted<R> {
    /// Saves the records as a list.
    ///
    /// # Errors
    /// See [`Sorter::extend`].
    pub fn save(&self, to: &mut Saving) -> Result<()> {
        self.blocks(|_, _| false, |records| to.rows(records))?;
        to.end()
    }

    /// The records of a list that was saved, of which up to `bytes` are held in memory.
    ///
    /// # Errors
    /// See [`Sorter::extend`].
    pub fn load(from: &mut Saved, store: &Store, bytes: usize) -> Result<Sorted<R>> {
        let mut sorter = Sorter::new(store, bytes);
        from.rows(|records| sorter.extend(records))?;
        sorter.finish()
    }
}

/// Reads all runs at a time.
struct Merge<'a, R> {
    sorted: &'a Sorted<R>,
    /// The next record of each run that has one, the least first.
    next: BinaryHeap<Reverse<(R, usize)>>,
    runs: Vec<Run<R>>,
}

/// What is left of a run.
struct Run<R> {
    left: Range<u64>,
    read: std::vec::IntoIter<R>,
}

impl<'a, R: Record> Merge<'a, R> {
    fn new(sorted: &'a Sorted<R>) -> Result<Merge<'a, R>> {
        let run = |left: &Range<u64>| Run { left: left.clone(), read: Vec::new().into_iter() };
        let runs = sorted.runs.ranges.iter().map(run).collect();
        let mut merge = Merge { sorted, next: BinaryHeap::new(), runs };
        for run in 0..merge.runs.len() {
            if let Some(record) = merge.of_run(run)? {
                merge.next.push(Reverse((record, run)));
            }
        }
        Ok(merge)
    }

    fn next(&mut self) -> Result<Option<R>> {
        let Some(&Reverse((record, run))) = self.next.peek() else { return Ok(None) };
        let following = self.of_run(run)?;
        if let Some(mut least) = self.next.peek_mut() {
            match following {
                Some(following) => *least = Reverse((following, run)),
                None => drop(PeekMut::pop(least)),
            }
        }
        Ok(Some(record))
    }

    fn of_run(&mut self, run: usize) -> Result<Option<R>> {
        // The other half of the memory is that of the block.
        let at_most = (self.sorted.buffered / 2 / self.runs.len()).max(1) as u64;
        let run = &mut self.runs[run];
        if run.read.len() == 0 && !run.left.is_empty() {
            let count = at_most.min(run.left.end - run.left.start);
            let mut records = vec![R::zeroed(); count as usize];
            let place = run.left.start * size_of::<R>() as u64;
            if let Some(file) = &self.sorted.runs.file {
                let bytes = bytemuck::cast_slice_mut(&mut records);
                self.sorted.store.check(read_at(file, bytes, place))?;
            }
            run.left.start += count;
            run.read = records.into_iter();
        }
        Ok(run.read.next())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::both;
    use super::*;
    use crate::hash::mix;

    fn sorted(store: &Store, distinct: bool) -> Vec<u64> {
        let bytes = if store.memory > 0 { 1 << 20 } else { 80 };
        let mut sorter =
            if distinct { Sorter::distinct(store, bytes) } else { Sorter::new(store, bytes) };
        let records: Vec<u64> = (0..500).map(|i| mix(i) % 300).collect();
        sorter.extend(&records[..333]).unwrap();
        records[333..].iter().for_each(|&record| sorter.push(record).unwrap());
        let (mut found, mut calls) = (Vec::new(), 0);
        let same = |a: &u64, b: &u64| a / 10 == b / 10;
        sorter
            .finish()
            .unwrap()
            .blocks::<StoreError>(same, |block| {
                assert!(found.last().is_none_or(|last| !same(last, &block[0])));
                found.extend_from_slice(block);
                calls += 1;
                Ok(())
            })
            .unwrap();
        assert_eq!(calls > 1, store.memory == 0);
        found
    }

    #[test]
    fn records_are_sorted_in_memory_and_in_runs() {
        let mut expected: Vec<u64> = (0..500).map(|i| mix(i) % 300).collect();
        expected.sort_unstable();
        for store in both() {
            assert_eq!(sorted(&store, false), expected);
        }
        expected.dedup();
        for store in both() {
            assert_eq!(sorted(&store, true), expected);
        }
    }

    #[test]
    fn nothing_sorted_is_nothing() {
        for store in both() {
            let none = Sorter::<u64>::new(&store, 8).finish().unwrap();
            none.blocks::<StoreError>(|_, _| true, |_| panic!("nothing to visit")).unwrap();
        }
    }
}
