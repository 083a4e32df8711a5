//! Lists of numbers, by row.

use super::{Held, Result, Store, Table, read_at, write_at};
use std::borrow::Cow;
use std::fs::File;
use std::ops::Range;

/// Lists of 32-bit numbers in the order in which they were added. The first may be in a file, the
/// last are in memory.
#[derive(Debug)]
pub struct Column {
    store: Store,
    /// Where each list begins. There it has its length before it.
    starts: Table<u64>,
    /// Numbers that are written down together; until there are as many, there is no file.
    buffered: usize,
    written: Option<File>,
    /// Numbers in the file.
    in_file: usize,
    memory: Vec<u32>,
    held: Held,
}

impl Column {
    /// An empty column that holds up to `bytes` in memory, and a longer list by itself.
    #[must_use]
    pub fn new(store: &Store, bytes: usize) -> Column {
        Column {
            // Of a few short lists the places take as much as the lists.
            starts: Table::new(store, bytes / 8),
            buffered: bytes / 8 * 7 / size_of::<u32>(),
            store: store.clone(),
            written: None,
            in_file: 0,
            memory: Vec::new(),
            held: Held::new(store),
        }
    }

    /// Number of lists.
    #[must_use]
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a list.
    ///
    /// # Errors
    /// Those of the work folder, as everywhere here.
    pub fn push(&mut self, list: &[u32]) -> Result<()> {
        if self.memory.len() + list.len() > self.buffered && !self.memory.is_empty() {
            self.write_down()?;
        }
        self.starts.push((self.in_file + self.memory.len()) as u64)?;
        self.memory.push(list.len() as u32);
        self.memory.extend_from_slice(list);
        self.held.set(self.memory.len() * size_of::<u32>());
        Ok(())
    }

    /// Whether it can be read without a file.
    #[must_use]
    pub fn is_in_memory(&self) -> bool {
        self.written.is_none()
    }

    /// Some lists. In memory they stay where they are, of a file they are read.
    ///
    /// # Errors
    /// See [`Column::push`].
    ///
    /// # Panics
    /// If there are no such lists.
    pub fn block(&self, range: Range<usize>) -> Result<Block<'_>> {
        let starts = self.starts.rows(range.clone())?;
        let (Some(file), Some(&base)) = (&self.written, starts.first()) else {
            let numbers = Cow::Borrowed(&self.memory[..]);
            return Ok(Block { range, base: 0, rows: None, starts, numbers });
        };
        let (base, all) = (base as usize, self.in_file + self.memory.len());
        let end = if range.end < self.len() { self.starts.get(range.end)? as usize } else { all };
        let mut numbers = vec![0; end - base];
        let in_file = end.min(self.in_file).saturating_sub(base);
        let bytes = bytemuck::cast_slice_mut(&mut numbers[..in_file]);
        self.store.check(read_at(file, bytes, base as u64 * 4))?;
        let after = base.max(self.in_file) - self.in_file;
        let rest = numbers.len() - in_file;
        numbers[in_file..].copy_from_slice(&self.memory[after..after + rest]);
        Ok(Block { range, base, rows: None, starts, numbers: Cow::Owned(numbers) })
    }

    /// Some lists of a range, those of `rows`, which rise. For a few lists that lie far apart.
    ///
    /// # Errors
    /// See [`Column::push`].
    ///
    /// # Panics
    /// If there are no such lists.
    pub fn some(&self, range: Range<usize>, rows: Vec<u32>) -> Result<Block<'_>> {
        let (mut starts, mut numbers) = (Vec::with_capacity(rows.len()), Vec::new());
        for &row in &rows {
            let row = row as usize;
            starts.push(numbers.len() as u64);
            let block = self.block(row..row + 1)?;
            numbers.push(block.get(row).len() as u32);
            numbers.extend_from_slice(block.get(row));
        }
        let (starts, numbers) = (Cow::Owned(starts), Cow::Owned(numbers));
        Ok(Block { range, base: 0, rows: Some(rows), starts, numbers })
    }

    /// One list.
    ///
    /// # Errors
    /// See [`Column::push`].
    ///
    /// # Panics
    /// If there is no such list.
    pub fn get(&self, row: usize) -> Result<Vec<u32>> {
        Ok(self.block(row..row + 1)?.get(row).to_vec())
    }

    /// Calls `visit` with all lists in order: all at once while there is no file, else as many at a
    /// time as take about `bytes`.
    ///
    /// # Errors
    /// See [`Column::push`]; those of `visit`.
    pub fn blocks(
        &self,
        bytes: usize,
        mut visit: impl FnMut(&Block<'_>) -> Result<()>,
    ) -> Result<()> {
        let mut first = 0;
        while first < self.len() {
            let end = if self.is_in_memory() { self.len() } else { self.end_of(first, bytes)? };
            visit(&self.block(first..end)?)?;
            first = end;
        }
        Ok(())
    }

    /// The greatest `shift` for which any 2^`shift` lists, from a multiple of it on, take at most
    /// `bytes`; 31 where all together do. Lists are never divided: it is 0 where one is longer.
    ///
    /// # Errors
    /// See [`Column::push`].
    pub fn shift(&self, bytes: usize) -> Result<u32> {
        let mut longest = [0; 32];
        let mut begun = [0; 32];
        let mut note = |row: usize, start: u64| {
            for shift in 0..row.trailing_zeros().min(31) as usize + 1 {
                longest[shift] = longest[shift].max(start - begun[shift]);
                begun[shift] = start;
            }
        };
        // In memory the places of lists may be in any order; what counts is how long they are.
        let mut end = 0;
        self.starts.blocks(|first, starts| {
            for (row, &start) in (first..).zip(starts) {
                note(row, if self.is_in_memory() { end } else { start });
                end += if self.is_in_memory() {
                    u64::from(self.memory[start as usize]) + 1
                } else {
                    0
                };
            }
            Ok(())
        })?;
        end = if self.is_in_memory() { end } else { (self.in_file + self.memory.len()) as u64 };
        let fits = |shift: &u32| {
            let at = *shift as usize;
            longest[at].max(end - begun[at]) * 4 <= bytes as u64
        };
        Ok((0..32).rev().find(fits).unwrap_or(0))
    }

    /// Puts lists in the places of others that are at least as long. Each comes with its row; rows
    /// rise. Cost: of those in a file, a pass over all between the first and the last.
    ///
    /// # Errors
    /// See [`Column::push`].
    ///
    /// # Panics
    /// If there are no such lists.
    pub fn shrink(&mut self, lists: &[(usize, Vec<u32>)]) -> Result<()> {
        let (Some(&(first, _)), Some(&(last, _))) = (lists.first(), lists.last()) else {
            return Ok(());
        };
        let block = self.block(first..last + 1)?;
        let places: Vec<usize> = lists.iter().map(|(row, _)| block.place(*row)).collect();
        let (base, numbers) = (block.base, block.numbers);
        let mut owned = match numbers {
            Cow::Owned(numbers) => Some(numbers),
            Cow::Borrowed(_) => None,
        };
        let numbers = owned.as_mut().unwrap_or(&mut self.memory);
        for (&place, (_, list)) in places.iter().zip(lists) {
            numbers[place] = list.len() as u32;
            numbers[place + 1..=place + list.len()].copy_from_slice(list);
        }
        let (Some(numbers), Some(file)) = (owned, &self.written) else { return Ok(()) };
        let in_file = (base + numbers.len()).min(self.in_file).saturating_sub(base);
        let bytes = bytemuck::cast_slice(&numbers[..in_file]);
        self.store.check(write_at(file, bytes, base as u64 * 4))?;
        let after = base.max(self.in_file) - self.in_file;
        self.memory[after..][..numbers.len() - in_file].copy_from_slice(&numbers[in_file..]);
        Ok(())
    }

    /// Copies of some lists, whose rows rise, in the order of the rows. Cost: a pass over the column.
    ///
    /// # Errors
    /// See [`Column::push`].
    ///
    /// # Panics
    /// If there are no such lists.
    pub fn select(&self, rows: &[u32], bytes: usize) -> Result<Column> {
        let mut selected = Column::new(&self.store, bytes);
        let mut left = rows;
        self.blocks(bytes, |block| {
            let here;
            (here, left) =
                left.split_at(left.partition_point(|&row| (row as usize) < block.range().end));
            here.iter().try_for_each(|&row| selected.push(block.get(row as usize)))
        })?;
        Ok(selected)
    }

    /// The lists in another order: the first is that with the first number, and so on. While there is
    /// no file only the places of the lists change.
    ///
    /// # Errors
    /// See [`Column::push`].
    pub fn reordered(mut self, order: &[u32]) -> Result<Column> {
        if self.is_in_memory() {
            self.starts = self.starts.reordered(order)?;
            return Ok(self);
        }
        let mut column = Column::new(&self.store, self.buffered * size_of::<u32>());
        order.iter().try_for_each(|&row| column.push(&self.get(row as usize)?))?;
        Ok(column)
    }

    /// The end of a range of lists that take about `bytes`, at least of one.
    pub(crate) fn end_of(&self, first: usize, bytes: usize) -> Result<usize> {
        let numbers = (bytes / size_of::<u32>()) as u64;
        let until = self.starts.get(first)? + numbers;
        let (mut fits, mut too_far) = (first, self.len());
        while fits + 1 < too_far {
            let middle = fits.midpoint(too_far);
            *(if self.starts.get(middle)? <= until { &mut fits } else { &mut too_far }) = middle;
        }
        Ok(fits.max(first) + 1)
    }

    fn write_down(&mut self) -> Result<()> {
        let file = match self.written.take() {
            Some(file) => file,
            None => self.store.file()?,
        };
        let place = self.in_file as u64 * 4;
        self.store.check(write_at(&file, bytemuck::cast_slice(&self.memory), place))?;
        self.written = Some(file);
        self.in_file += self.memory.len();
        self.memory.clear();
        Ok(())
    }
}

/// Some lists of a column, in memory.
#[derive(Clone, Debug)]
pub struct Block<'a> {
    range: Range<usize>,
    /// Place in the column of the first of `numbers`.
    base: usize,
    /// The rows that are there, where they are not all of the range.
    rows: Option<Vec<u32>>,
    starts: Cow<'a, [u64]>,
    numbers: Cow<'a, [u32]>,
}

impl Block<'_> {
    /// The rows that the lists are among.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// Whether all lists of the range are there.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.rows.is_none()
    }

    /// The list of a row of the column.
    ///
    /// # Panics
    /// If the block does not hold it.
    #[must_use]
    pub fn get(&self, row: usize) -> &[u32] {
        let start = self.place(row);
        let (length, list) = (self.numbers[start] as usize, start + 1);
        &self.numbers[list..list + length]
    }

    /// Where a list is in `numbers`, with its length before it.
    fn place(&self, row: usize) -> usize {
        let at = match &self.rows {
            Some(rows) => rows.partition_point(|&there| (there as usize) < row),
            None => row - self.range.start,
        };
        self.starts[at] as usize - self.base
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::both;
    use super::*;

    fn column(store: &Store) -> Column {
        let mut column = Column::new(store, if store.memory > 0 { 1 << 20 } else { 100 });
        (0..10).for_each(|row| column.push(&vec![row; row as usize]).unwrap());
        column
    }

    #[test]
    fn lists_are_the_same_in_memory_and_in_a_file() {
        for store in both() {
            let mut column = column(&store);
            assert_eq!(column.is_in_memory(), store.memory > 0);
            for range in [0..10, 2..5, 8..10, 9..10, 3..3] {
                let block = column.block(range.clone()).unwrap();
                assert_eq!(block.range(), range);
                range.for_each(|row| assert_eq!(block.get(row), vec![row as u32; row]));
            }
            column.shrink(&[(4, vec![7, 8])]).unwrap();
            column.shrink(&[(8, vec![1; 8]), (9, Vec::new())]).unwrap();
            column.shrink(&[]).unwrap();
            let some = column.some(1..9, vec![2, 4, 7]).unwrap();
            [2, 4, 7].iter().for_each(|&row| assert_eq!(some.get(row), column.get(row).unwrap()));
            let selected = column.select(&[3, 5, 9], 40).unwrap();
            assert_eq!((selected.len(), selected.get(1).unwrap()), (3, column.get(5).unwrap()));
            let mut found = Vec::new();
            column
                .blocks(40, |block| {
                    found.extend(block.range().map(|row| block.get(row).len()));
                    Ok(())
                })
                .unwrap();
            assert_eq!(found, [0, 1, 2, 3, 2, 5, 6, 7, 8, 0]);
            let column = column.reordered(&[4, 3, 2, 1, 0, 9, 8, 7, 6, 5]).unwrap();
            assert_eq!((column.get(0).unwrap(), column.len()), (vec![7, 8], 10));
        }
    }

    #[test]
    fn the_longest_run_of_lists_decides_how_many_fit() {
        for store in both() {
            // Lists 8 and 9, with their lengths, are 19 numbers; 8 alone 9.
            let column = column(&store);
            let backwards = column.reordered(&[9, 8, 7, 6, 5, 4, 3, 2, 1, 0]).unwrap();
            assert_eq!(backwards.shift(220).unwrap(), 31);
            assert_eq!(backwards.shift(76).unwrap(), 1);
            let column = backwards.reordered(&[9, 8, 7, 6, 5, 4, 3, 2, 1, 0]).unwrap();
            assert_eq!(column.shift(220).unwrap(), 31);
            assert_eq!(column.shift(219).unwrap(), 3);
            assert_eq!(column.shift(76).unwrap(), 1);
            assert_eq!(column.shift(75).unwrap(), 0);
            assert_eq!(column.shift(1).unwrap(), 0);
        }
    }
}
