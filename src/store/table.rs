//! Rows of one size, by number.

use super::{Held, Plain, Record, Result, Saved, Saving, Store, read_at, write_at};
use std::borrow::Cow;
use std::fs::File;
use std::ops::Range;

/// Rows in the order in which they were added. The first may be in a file, the last are in memory.
#[derive(Debug)]
pub struct Table<R> {
    store: Store,
    /// Rows that are written down together; until there are as many, there is no file, and from then on
    /// they are few.
    buffered: usize,
    written: Option<File>,
    /// Rows in the file.
    in_file: usize,
    memory: Vec<R>,
    held: Held,
}

impl<R: Record> Table<R> {
    /// An empty table that holds up to `bytes` in memory.
    #[must_use]
    pub fn new(store: &Store, bytes: usize) -> Table<R> {
        Table {
            buffered: (bytes / size_of::<R>()).max(1),
            store: store.clone(),
            written: None,
            in_file: 0,
            memory: Vec::new(),
            held: Held::new(store),
        }
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.in_file + self.memory.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds rows.
    ///
    /// # Errors
    /// Those of the work folder, as everywhere here.
    pub fn extend(&mut self, mut rows: &[R]) -> Result<()> {
        while self.memory.len() + rows.len() > self.buffered {
            let now;
            (now, rows) = rows.split_at(self.buffered - self.memory.len());
            self.memory.extend_from_slice(now);
            self.write_down()?;
        }
        self.memory.extend_from_slice(rows);
        self.held.set(self.memory.len() * size_of::<R>());
        Ok(())
    }

    /// Adds one row.
    ///
    /// # Errors
    /// See [`Table::extend`].
    pub fn push(&mut self, row: R) -> Result<()> {
        self.extend(&[row])
    }

    /// Some rows.
    ///
    /// # Errors
    /// See [`Table::extend`].
    ///
    /// # Panics
    /// If there are no such rows.
    pub fn rows(&self, range: Range<usize>) -> Result<Cow<'_, [R]>> {
        if self.is_in_memory() {
            return Ok(Cow::Borrowed(&self.memory[range]));
        }
        let mut rows = vec![R::zeroed(); range.len()];
        self.read(range.start, &mut rows)?;
        Ok(Cow::Owned(rows))
    }

    /// Whether it can be read without a file.
    #[must_use]
    pub fn is_in_memory(&self) -> bool {
        self.written.is_none()
    }

    /// Puts those from a row on in the place of all `rows`.
    pub(super) fn read(&self, start: usize, rows: &mut [R]) -> Result<()> {
        let in_file = rows.len().min(self.in_file.saturating_sub(start));
        let (written, rest) = rows.split_at_mut(in_file);
        if let Some(file) = &self.written {
            let place = start as u64 * size_of::<R>() as u64;
            self.store.check(read_at(file, bytemuck::cast_slice_mut(written), place))?;
        }
        let after = (start + in_file).saturating_sub(self.in_file);
        rest.copy_from_slice(&self.memory[after..after + rest.len()]);
        Ok(())
    }

    /// Puts all `rows` in the place of those from a row on.
    pub(super) fn write(&mut self, start: usize, rows: &[R]) -> Result<()> {
        let in_file = rows.len().min(self.in_file.saturating_sub(start));
        let (written, rest) = rows.split_at(in_file);
        if let Some(file) = &self.written {
            let place = start as u64 * size_of::<R>() as u64;
            self.store.check(write_at(file, bytemuck::cast_slice(written), place))?;
        }
        let after = (start + in_file).saturating_sub(self.in_file);
        self.memory[after..after + rest.len()].copy_from_slice(rest);
        Ok(())
    }

    /// One row.
    ///
    /// # Errors
    /// See [`Table::extend`].
    ///
    /// # Panics
    /// If there is no such row.
    pub fn get(&self, row: usize) -> Result<R> {
        Ok(self.rows(row..row + 1)?[0])
    }

    /// Puts other rows in the places of some. Each comes with its number; they rise. Cost: of those
    /// in a file, a pass over all between the first and the last.
    ///
    /// # Errors
    /// See [`Table::extend`].
    ///
    /// # Panics
    /// If there are no such rows.
    pub fn replace(&mut self, rows: &[(usize, R)]) -> Result<()> {
        let in_file = rows.partition_point(|(row, _)| *row < self.in_file);
        let (in_file, in_memory) = rows.split_at(in_file);
        for (row, value) in in_memory {
            self.memory[row - self.in_file] = *value;
        }
        let (Some(&(first, _)), Some(&(last, _))) = (in_file.first(), in_file.last()) else {
            return Ok(());
        };
        let mut all = self.rows(first..last + 1)?.into_owned();
        in_file.iter().for_each(|(row, value)| all[row - first] = *value);
        self.write(first, &all)
    }

    /// Calls `visit` with all rows in order, and the number of the first of each call: all at once
    /// while there is no file, else as many as one may hold in memory.
    ///
    /// # Errors
    /// See [`Table::extend`]; those of `visit`.
    pub fn blocks(&self, mut visit: impl FnMut(usize, &[R]) -> Result<()>) -> Result<()> {
        let mut first = 0;
        while first < self.len() {
            let at_most = if self.is_in_memory() { self.len() } else { self.buffered };
            let end = self.len().min(first + at_most);
            visit(first, &self.rows(first..end)?)?;
            first = end;
        }
        Ok(())
    }

    /// Some rows, in any order. Those that lie near each other are read together.
    ///
    /// # Errors
    /// See [`Table::extend`].
    ///
    /// # Panics
    /// If there are no such rows.
    pub fn some(&self, rows: &[u32]) -> Result<Vec<R>> {
        if self.is_in_memory() {
            return Ok(rows.iter().map(|&row| self.memory[row as usize]).collect());
        }
        /// Rows that are read together at most, and rows between two that are read with them.
        const TOGETHER: u32 = 1 << 12;
        const GAP: u32 = 1 << 6;
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_unstable_by_key(|&at| rows[at]);
        let mut some = vec![R::zeroed(); rows.len()];
        let mut left = &order[..];
        while let Some(&first) = left.first() {
            let (first, mut last) = (rows[first], rows[first]);
            let near = |&&at: &&usize| {
                let near = rows[at] - last <= GAP && rows[at] - first < TOGETHER;
                last = if near { rows[at] } else { last };
                near
            };
            let together = left.iter().take_while(near).count();
            let here;
            (here, left) = left.split_at(together);
            let read = self.rows(first as usize..last as usize + 1)?;
            here.iter().for_each(|&at| some[at] = read[(rows[at] - first) as usize]);
        }
        Ok(some)
    }

    /// The rows in another order: the first is that with the first number, and so on. Cost: a pass
    /// over all; of those in a file, quick as far as rows that lie near each other stay so.
    ///
    /// # Errors
    /// See [`Table::extend`].
    pub fn reordered(self, order: &[u32]) -> Result<Table<R>> {
        let at_a_time = if self.is_in_memory() { order.len() } else { self.buffered };
        let mut table = Table::new(&self.store, self.buffered * size_of::<R>());
        for rows in order.chunks(at_a_time.max(1)) {
            table.extend(&self.some(rows)?)?;
        }
        Ok(table)
    }

    /// Saves the rows as a list.
    ///
    /// # Errors
    /// See [`Table::extend`].
    pub fn save(&self, to: &mut Saving) -> Result<()>
    where
        R: Plain,
    {
        self.blocks(|_, rows| to.rows(rows))?;
        to.end()
    }

    /// The rows of a list that was saved, of which up to `bytes` are held in memory.
    ///
    /// # Errors
    /// See [`Table::extend`].
    pub fn load(from: &mut Saved, store: &Store, bytes: usize) -> Result<Table<R>>
    where
        R: Plain,
    {
        let mut table = Table::new(store, bytes);
        from.rows(|rows| table.extend(rows))?;
        Ok(table)
    }

    fn write_down(&mut self) -> Result<()> {
        let file = match self.written.take() {
            Some(file) => file,
            None => self.store.file()?,
        };
        let place = self.in_file as u64 * size_of::<R>() as u64;
        self.store.check(write_at(&file, bytemuck::cast_slice(&self.memory), place))?;
        self.written = Some(file);
        self.in_file += self.memory.len();
        // What has outgrown memory is read from the file anyhow, and leaves the memory to others.
        self.memory.clear();
        self.buffered = self.buffered.min((AT_A_TIME / size_of::<R>()).max(1));
        self.memory.shrink_to(self.buffered);
        Ok(())
    }
}

/// Bytes that are written and read at a time once there is a file.
pub(super) const AT_A_TIME: usize = 4 << 20;

#[cfg(test)]
mod tests {
    use super::super::tests::both;
    use super::*;

    #[test]
    fn rows_are_the_same_in_memory_and_in_a_file() {
        for store in both() {
            let mut table = Table::new(&store, if store.memory > 0 { 1 << 20 } else { 24 });
            assert!(table.is_empty());
            let rows: Vec<u64> = (0..10).map(|i| i * i).collect();
            table.extend(&rows[..7]).unwrap();
            rows[7..].iter().for_each(|&row| table.push(row).unwrap());
            for (start, end) in [(0, 10), (0, 0), (2, 5), (8, 9), (9, 10), (5, 10), (10, 10)] {
                assert_eq!(*table.rows(start..end).unwrap(), rows[start..end]);
            }
            table.replace(&[(1, 100), (9, 900)]).unwrap();
            table.replace(&[]).unwrap();
            let mut found = Vec::new();
            table
                .blocks(|first, rows| {
                    assert_eq!(first, found.len());
                    found.extend_from_slice(rows);
                    Ok(())
                })
                .unwrap();
            assert_eq!(found, [0, 100, 4, 9, 16, 25, 36, 49, 64, 900]);
            let table = table.reordered(&[9, 0, 1, 2, 3, 4, 5, 6, 7, 8]).unwrap();
            assert_eq!(*table.rows(0..3).unwrap(), [900, 0, 100]);
        }
    }
}
