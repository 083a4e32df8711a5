//! Lists of numbers, by row.

use super::table::{AT_A_TIME, Table};
use super::{Result, Saved, Saving, Store};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::mpsc::sync_channel;
use std::thread;

/// Lists of 32-bit numbers in the order in which they were added, or in another that they were
/// given since. The first that were added may be in a file, the last are in memory.
#[derive(Debug)]
pub struct Column {
    store: Store,
    places: Table<Place>,
    /// The lists, one behind another.
    numbers: Table<u32>,
}

/// Where a list is among all numbers of a column: its beginning and its end.
type Place = [u64; 2];

/// Numbers between two lists that are read with them: 4 KiB, a page. Reading on is quicker than reading anew.
const GAP: u64 = 1 << 10;

/// Numbers that are read at a time, and a longer list by itself.
const TOGETHER: u64 = (AT_A_TIME / size_of::<u32>()) as u64;

impl Column {
    /// An empty column that holds up to `bytes` in memory.
    #[must_use]
    pub fn new(store: &Store, bytes: usize) -> Column {
        Column {
            store: store.clone(),
            // Of a few short lists the places take as much as the lists.
            places: Table::new(store, bytes / 8),
            numbers: Table::new(store, bytes / 8 * 7),
        }
    }

    /// Saves the lists.
    ///
    /// # Errors
    /// See [`Column::push`].
    pub fn save(&self, to: &mut Saving) -> Result<()> {
        self.places.save(to)?;
        self.numbers.save(to)
    }

    /// Lists that were saved, of which up to `bytes` are held in memory.
    ///
    /// # Errors
    /// See [`Column::push`].
    pub fn load(from: &mut Saved, store: &Store, bytes: usize) -> Result<Column> {
        let mut column = Column::new(store, bytes);
        from.rows(|places| column.places.extend(places))?;
        from.rows(|numbers| column.numbers.extend(numbers))?;
        Ok(column)
    }

    /// Number of lists.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
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
        let start = self.numbers.len();
        self.places.push([start, start + list.len()].map(|at| at as u64))?;
        self.numbers.extend(list)
    }

    /// Whether it can be read without a file.
    #[must_use]
    pub fn is_in_memory(&self) -> bool {
        self.numbers.is_in_memory()
    }

    /// Some lists. In memory they stay where they are, of a file they are read.
    ///
    /// # Errors
    /// See [`Column::push`].
    ///
    /// # Panics
    /// If there are no such lists.
    pub fn block(&self, range: Range<usize>) -> Result<Block<'_>> {
        let places = self.places.rows(range.clone())?;
        if self.is_in_memory() {
            let numbers = self.numbers.rows(0..self.numbers.len())?;
            return Ok(Block { range, rows: None, places, numbers });
        }
        let (places, numbers) = self.gathered(places.into_owned())?;
        Ok(Block { range, rows: None, places: places.into(), numbers: numbers.into() })
    }

    /// Some lists of a range, those of `rows`, in any order and as often as they like: of a file only
    /// these are read. For a few lists that lie far apart.
    ///
    /// # Errors
    /// See [`Column::push`].
    ///
    /// # Panics
    /// If there are no such lists.
    pub fn some(&self, range: Range<usize>, mut rows: Vec<u32>) -> Result<Block<'_>> {
        if self.is_in_memory() {
            return self.block(range);
        }
        rows.sort_unstable();
        rows.dedup();
        let (places, numbers) = self.gathered(self.places.some(&rows)?)?;
        Ok(Block { range, rows: Some(rows), places: places.into(), numbers: numbers.into() })
    }

    /// Reads the lists at some places, and says where they are in what was read: that and nothing
    /// else. Lists that lie near each other are read together.
    fn gathered(&self, mut places: Vec<Place>) -> Result<(Vec<Place>, Vec<u32>)> {
        let mut order: Vec<usize> = (0..places.len()).collect();
        order.sort_unstable_by_key(|&at| places[at]);
        let all: u64 = places.iter().map(|[start, end]| end - start).sum();
        let mut numbers = Vec::with_capacity(all as usize + TOGETHER as usize);
        let mut left = &order[..];
        while let Some(&first) = left.first() {
            let [start, mut end] = places[first];
            let near = |&&at: &&usize| {
                let [next, its_end] = places[at];
                let near = next <= end + GAP && its_end <= start + TOGETHER;
                end = if near { end.max(its_end) } else { end };
                near
            };
            let together = 1 + left[1..].iter().take_while(near).count();
            let here;
            (here, left) = left.split_at(together);
            let mut at = numbers.len();
            let base = at as u64;
            numbers.resize(at + (end - start) as usize, 0);
            self.numbers.read(start as usize, &mut numbers[at..])?;
            for &list in here {
                let from = places[list].map(|place| (place - start + base) as usize);
                numbers.copy_within(from[0]..from[1], at);
                places[list] = [at, at + from[1] - from[0]].map(|at| at as u64);
                at = places[list][1] as usize;
            }
            numbers.truncate(at);
        }
        // Hundreds of blocks may be held at a time.
        numbers.shrink_to_fit();
        Ok((places, numbers))
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
    /// time as take about half of `bytes`. The next are read while these are visited.
    ///
    /// # Errors
    /// See [`Column::push`]; those of `visit`.
    pub fn blocks(
        &self,
        bytes: usize,
        mut visit: impl FnMut(&Block<'_>) -> Result<()>,
    ) -> Result<()> {
        self.blocks_from(0, bytes, |block| visit(block).map(|()| true))
    }

    /// The same from a row on, as long as `visit` wants more.
    ///
    /// # Errors
    /// See [`Column::blocks`].
    pub fn blocks_from(
        &self,
        mut first: usize,
        bytes: usize,
        mut visit: impl FnMut(&Block<'_>) -> Result<bool>,
    ) -> Result<()> {
        if first >= self.len() {
            return Ok(());
        }
        if self.is_in_memory() {
            return visit(&self.block(first..self.len())?).map(drop);
        }
        thread::scope(|scope| {
            let (send, blocks) = sync_channel(0);
            scope.spawn(move || {
                while first < self.len() {
                    let end = self.end_of(first, bytes / 2);
                    let block =
                        end.and_then(|end| self.block(std::mem::replace(&mut first, end)..end));
                    let failed = block.is_err();
                    // Nobody waits for more when one was refused.
                    if send.send(block).is_err() || failed {
                        break;
                    }
                }
            });
            for block in blocks {
                if !visit(&block?)? {
                    break;
                }
            }
            Ok(())
        })
    }

    /// The greatest `shift` for which any 2^`shift` lists, from a multiple of it on, take at most
    /// `bytes`; 31 where all together do. Lists are never divided: it is 0 where one is longer.
    ///
    /// # Errors
    /// See [`Column::push`].
    pub fn shift(&self, bytes: usize) -> Result<u32> {
        let (mut longest, mut begun, mut all) = ([0; 32], [0; 32], 0);
        self.places.blocks(|first, places| {
            for (row, [start, end]) in (first..).zip(places) {
                for shift in 0..row.trailing_zeros().min(31) as usize + 1 {
                    longest[shift] = longest[shift].max(all - begun[shift]);
                    begun[shift] = all;
                }
                all += end - start;
            }
            Ok(())
        })?;
        let fits = |shift: &u32| {
            let at = *shift as usize;
            longest[at].max(all - begun[at]) * 4 <= bytes as u64
        };
        Ok((0..32).rev().find(fits).unwrap_or(0))
    }

    /// Puts lists in the places of others that are at least as long. Each comes with its row; rows
    /// rise.
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
        let places = self.places.rows(first..last + 1)?;
        let mut to: Vec<(Place, &[u32])> =
            lists.iter().map(|(row, list)| (places[row - first], &list[..])).collect();
        let shorter = |(row, list): &(usize, Vec<u32>)| {
            let start = places[row - first][0];
            (*row, [start, start + list.len() as u64])
        };
        let shorter: Vec<(usize, Place)> = lists.iter().map(shorter).collect();
        drop(places);
        self.places.replace(&shorter)?;
        to.sort_unstable();
        let in_memory = self.is_in_memory();
        let mut numbers = Vec::new();
        for together in to.chunk_by(|a, b| a.0[1] == b.0[0] && !in_memory) {
            let start = together[0].0[0];
            numbers.clear();
            for ([place, _], list) in together {
                // What is left of the list before is nobody's.
                numbers.resize((place - start) as usize, 0);
                numbers.extend_from_slice(list);
            }
            self.numbers.write(start as usize, &numbers)?;
        }
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

    /// The lists in another order: the first is that with the first number, and so on. They stay where
    /// they are; only their places are put in order.
    ///
    /// # Errors
    /// See [`Column::push`].
    pub fn reordered(self, order: &[u32]) -> Result<Column> {
        Ok(Column { places: self.places.reordered(order)?, ..self })
    }

    /// The end of a range of lists that take about `bytes`, at least of one.
    ///
    /// # Errors
    /// See [`Column::push`].
    pub(crate) fn end_of(&self, first: usize, bytes: usize) -> Result<usize> {
        /// Places that are read at a time.
        const PLACES: usize = 1 << 12;
        let (mut end, mut left) = (first, (bytes / size_of::<u32>()) as u64);
        while end < self.len() {
            for [start, until] in &*self.places.rows(end..self.len().min(end + PLACES))? {
                let length = until - start;
                if length > left && end > first {
                    return Ok(end);
                }
                (end, left) = (end + 1, left.saturating_sub(length));
            }
        }
        Ok(end)
    }
}

/// Some lists of a column, in memory.
#[derive(Clone, Debug)]
pub struct Block<'a> {
    range: Range<usize>,
    /// The rows that are there, where they are not all of the range.
    rows: Option<Vec<u32>>,
    /// Where each is in `numbers`.
    places: Cow<'a, [Place]>,
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
        let at = match &self.rows {
            Some(rows) => rows.partition_point(|&there| (there as usize) < row),
            None => row - self.range.start,
        };
        let [start, end] = self.places[at];
        &self.numbers[start as usize..end as usize]
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
            let order = [4, 3, 2, 1, 0, 9, 8, 7, 6, 5];
            let before: Vec<_> = order.iter().map(|&row| column.get(row).unwrap()).collect();
            let mut column = column.reordered(&order.map(|row| row as u32)).unwrap();
            let block = column.block(0..10).unwrap();
            assert!((0..10).all(|row| block.get(row) == before[row]));
            column.shrink(&[(1, vec![9]), (7, vec![5; 7]), (9, vec![4; 3])]).unwrap();
            assert_eq!([1, 7, 9].map(|row| column.get(row).unwrap()[0]), [9, 5, 4]);
            assert_eq!(
                [2, 8].map(|row| column.get(row).unwrap()),
                [2, 8].map(|row| before[row].clone())
            );
        }
    }

    #[test]
    fn the_longest_run_of_lists_decides_how_many_fit() {
        for store in both() {
            // Lists 8 and 9 are 17 numbers, 9 alone 9.
            let column = column(&store);
            let backwards = column.reordered(&[9, 8, 7, 6, 5, 4, 3, 2, 1, 0]).unwrap();
            assert_eq!(backwards.shift(180).unwrap(), 31);
            assert_eq!(backwards.shift(68).unwrap(), 1);
            let column = backwards.reordered(&[9, 8, 7, 6, 5, 4, 3, 2, 1, 0]).unwrap();
            assert_eq!(column.shift(180).unwrap(), 31);
            assert_eq!(column.shift(179).unwrap(), 3);
            assert_eq!(column.shift(68).unwrap(), 1);
            assert_eq!(column.shift(67).unwrap(), 0);
            assert_eq!(column.shift(1).unwrap(), 0);
        }
    }
}
