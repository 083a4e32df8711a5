//! Pairs of lists of a column, where the column may be larger than memory.

use crate::lsh::Pair;
use crate::store::{Block, Column, Record, Result, Sorter, Store, StoreError};
use std::ops::Range;

/// Pairs of rows of a column, each once, that are visited with their lists.
///
/// The rows are cut into blocks of a power of two. Pairs are sorted by the block of their first row,
/// then by that of their second, so a block of first rows stays in memory while the second rows
/// go by, and those are read once for each block of first ones. Where all lists fit they are one
/// block, and the order of the pairs the plain one.
#[derive(Debug)]
pub(super) struct Pairs<'a, R: Row = Pair> {
    column: &'a Column,
    packing: Packing,
    sorter: Sorter<R::Packed>,
}

/// A pair, and possibly more that is known of it.
pub(super) trait Row: Copy + Send + Sync {
    /// What is sorted of it.
    type Packed: Record;

    fn pair(&self) -> Pair;

    /// With the pair as one number.
    fn pack(self, pair: u64) -> Self::Packed;

    /// The pair as one number.
    fn place(packed: &Self::Packed) -> u64;

    fn unpack(packed: Self::Packed, pair: Pair) -> Self;
}

impl Row for Pair {
    type Packed = u64;

    fn pair(&self) -> Pair {
        *self
    }

    fn pack(self, pair: u64) -> u64 {
        pair
    }

    fn place(packed: &u64) -> u64 {
        *packed
    }

    fn unpack(_: u64, pair: Pair) -> Pair {
        pair
    }
}

impl Row for (Pair, u64) {
    type Packed = u128;

    fn pair(&self) -> Pair {
        self.0
    }

    fn pack(self, pair: u64) -> u128 {
        u128::from(pair) << 64 | u128::from(self.1)
    }

    fn place(packed: &u128) -> u64 {
        (packed >> 64) as u64
    }

    fn unpack(packed: u128, pair: Pair) -> (Pair, u64) {
        (pair, packed as u64)
    }
}

/// Pairs decoded for one visit: enough for all threads, few enough to be nothing beside the lists.
const AT_A_TIME: usize = 1 << 17;

impl<'a, R: Row> Pairs<'a, R> {
    /// No pairs yet. `pairs` bytes may be taken by them, and `lists` by the lists of a visit, of which
    /// those of the first rows get three quarters. (Lists that are in memory anyhow need no limit
    /// unless the visitor makes more of them.)
    ///
    /// # Errors
    /// Those of the work folder, as everywhere here.
    pub(super) fn new(
        store: &Store,
        column: &'a Column,
        pairs: usize,
        lists: usize,
    ) -> Result<Pairs<'a, R>> {
        let (first, second) = (column.shift(lists / 4 * 3)?, column.shift(lists / 4)?);
        let packing = Packing { first, second };
        Ok(Pairs { column, packing, sorter: Sorter::distinct(store, pairs) })
    }

    /// Adds pairs.
    ///
    /// # Errors
    /// See [`Pairs::new`].
    pub(super) fn extend(&mut self, pairs: impl IntoIterator<Item = R>) -> Result<()> {
        let pack = |row: R| row.pack(self.packing.pack(row.pair()));
        pairs.into_iter().try_for_each(|row| self.sorter.push(pack(row)))
    }

    /// Calls `visit` with some pairs, sorted, all that share their first row in one call as far as
    /// their second rows are in one block; with blocks that hold the lists of all first rows, and of
    /// all second ones; and with the share of the pairs that came before, as it would be of random ones.
    ///
    /// # Errors
    /// See [`Pairs::new`]; those of `visit`.
    pub(super) fn visit<E: From<StoreError>>(
        self,
        mut visit: impl FnMut(&[R], &Block<'_>, &Block<'_>, f64) -> Result<(), E>,
    ) -> Result<(), E> {
        let Pairs { column, packing, sorter } = self;
        let mut firsts = Loaded { column, shift: packing.first, block: column.block(0..0)? };
        let mut seconds = Loaded { column, shift: packing.second, block: column.block(0..0)? };
        let place = R::place;
        let of_first = |x: &R::Packed, y: &R::Packed| packing.same_first(place(x), place(y));
        let mut some = Vec::new();
        sorter.finish()?.blocks(of_first, |mut sorted| {
            while let Some(next) = sorted.first() {
                let in_block = |row: &R::Packed| packing.same_first_block(place(next), place(row));
                let block = sorted.partition_point(in_block);
                let in_blocks = |row: &R::Packed| packing.same_blocks(place(next), place(row));
                let blocks = sorted.partition_point(in_blocks);
                let end = match sorted.get(AT_A_TIME).filter(|_| AT_A_TIME < blocks) {
                    Some(last) => sorted.partition_point(|row| row <= last || of_first(last, row)),
                    None => blocks,
                };
                let now;
                (now, sorted) = sorted.split_at(end);
                some.clear();
                some.extend(now.iter().map(|row| R::unpack(*row, packing.unpack(place(row)))));
                let rows_of = |end: fn(Pair) -> u32| some.iter().map(move |row| end(row.pair()));
                let firsts = firsts.with(rows_of(|pair| pair.0), block)?;
                let before = share_before(some[0].pair(), firsts.range(), column.len());
                let seconds = seconds.with(rows_of(|pair| pair.1), blocks)?;
                visit(&some, firsts, seconds, before)?;
            }
            Ok(())
        })
    }
}

/// Of random pairs of so many rows, the first row before the second, the share that is visited before
/// this one, whose first row is in a block of `firsts`.
fn share_before(pair: Pair, firsts: Range<usize>, rows: usize) -> f64 {
    let [first, second] = [pair.0, pair.1].map(|row| row as usize);
    let at = if firsts.len() == rows {
        first as f64
    } else {
        // While a block stays, the second rows behind it go by.
        let behind = (rows - firsts.start).max(1) as f64;
        let by = second.saturating_sub(firsts.start) as f64 / behind;
        firsts.start as f64 + by * firsts.len() as f64
    };
    let left = 1.0 - at / rows.max(1) as f64;
    1.0 - left * left
}

/// How a pair is written as one number: the block of its first row, the block of its second, and the
/// places of both in their blocks.
#[derive(Clone, Copy, Debug)]
struct Packing {
    /// Logarithm of the rows in a block of first ones.
    first: u32,
    /// The same of second ones.
    second: u32,
}

impl Packing {
    fn pack(self, (a, b): Pair) -> u64 {
        let [a_block, a_place] = cut(a, self.first);
        let [b_block, b_place] = cut(b, self.second);
        a_block << (32 + self.first)
            | b_block << (self.first + self.second)
            | a_place << self.second
            | b_place
    }

    fn unpack(self, packed: u64) -> Pair {
        let [a_block, rest] = cut(packed, 32 + self.first);
        let [b_block, rest] = cut(rest, self.first + self.second);
        let [a_place, b_place] = cut(rest, self.second);
        ((a_block << self.first | a_place) as u32, (b_block << self.second | b_place) as u32)
    }

    fn same_first_block(self, x: u64, y: u64) -> bool {
        (x ^ y) >> (u32::BITS + self.first) == 0
    }

    fn same_blocks(self, x: u64, y: u64) -> bool {
        (x ^ y) >> (self.first + self.second) == 0
    }

    fn same_first(self, x: u64, y: u64) -> bool {
        (x ^ y) >> self.second == 0
    }
}

/// The bits of a number above a place, and those below.
fn cut(number: impl Into<u64>, at: u32) -> [u64; 2] {
    let number = number.into();
    [number >> at, number & ((1 << at) - 1)]
}

/// Of so many rows of a block that one is asked for, reading these alone is quicker than reading all.
const FEW: usize = 4;

/// The block of a column that was asked for last.
struct Loaded<'a> {
    column: &'a Column,
    shift: u32,
    block: Block<'a>,
}

impl<'a> Loaded<'a> {
    /// A block that holds some rows, all of one block, of which so many will be asked for one after
    /// another.
    fn with(
        &mut self,
        rows: impl ExactSizeIterator<Item = u32> + Clone,
        wanted: usize,
    ) -> Result<&Block<'a>> {
        let row = rows.clone().next().unwrap_or_default() as usize;
        if self.block.range().contains(&row) && self.block.is_whole() {
            return Ok(&self.block);
        }
        // Two do not fit.
        self.block = self.column.block(0..0)?;
        let first = row >> self.shift << self.shift;
        let range = first..self.column.len().min(first + (1 << self.shift));
        self.block = if wanted * FEW < range.len() {
            self.column.some(range, rows.collect())?
        } else {
            self.column.block(range)?
        };
        Ok(&self.block)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::mix;
    use crate::store::tests::both;

    #[test]
    fn a_pair_is_packed_and_unpacked() {
        for first in [0, 3, 17, 31] {
            for second in [0, 5, 16, 31] {
                let packing = Packing { first, second };
                for pair in [(0, 1), (5, u32::MAX), (1 << 20, (1 << 20) + 1), (u32::MAX - 1, 7)] {
                    assert_eq!(packing.unpack(packing.pack(pair)), pair);
                }
            }
        }
        let plain = Packing { first: 31, second: 31 };
        assert!(plain.pack((3, 900)) < plain.pack((4, 5)));
    }

    /// What is visited of random pairs, in order.
    fn visited<R: Row + Ord>(store: &Store, row: impl Fn(Pair) -> R) -> Vec<R> {
        let in_memory = store.share(1) > 1 << 20;
        let mut column = Column::new(store, if in_memory { 1 << 20 } else { 400 });
        (0..200_u32).for_each(|row| column.push(&vec![row; row as usize % 7]).unwrap());
        let lists = if in_memory { usize::MAX } else { 600 };
        let mut pairs = Pairs::new(store, &column, 1000, lists).unwrap();
        pairs.extend(random_pairs().into_iter().map(row)).unwrap();
        let mut found = Vec::new();
        let mut before = 0.0;
        pairs
            .visit(|rows, firsts, seconds, share| {
                assert!(rows.is_sorted() && (0.0..=1.0).contains(&share));
                assert!(share >= before || !in_memory);
                before = share;
                for (a, b) in rows.iter().map(Row::pair) {
                    assert_eq!(firsts.get(a as usize), vec![a; a as usize % 7]);
                    assert_eq!(seconds.get(b as usize), vec![b; b as usize % 7]);
                }
                found.extend_from_slice(rows);
                Ok::<_, StoreError>(())
            })
            .unwrap();
        assert_eq!(found.is_sorted(), in_memory);
        found.sort_unstable();
        found
    }

    fn random_pairs() -> Vec<Pair> {
        let random = |i: u64| (mix(i) % 200) as u32;
        (0..3000).map(|i| (random(i), random(i + 9999))).collect()
    }

    #[test]
    fn each_pair_is_visited_once_with_its_lists() {
        let mut expected = random_pairs();
        expected.sort_unstable();
        expected.dedup();
        for store in both() {
            assert_eq!(visited(&store, |pair| pair), expected);
            let more = |pair: Pair| (pair, u64::from(pair.0 ^ pair.1));
            let expected: Vec<_> = expected.iter().map(|pair| more(*pair)).collect();
            assert_eq!(visited(&store, more), expected);
        }
    }
}
