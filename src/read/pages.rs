//! Pages of a Parquet file, looked at before the crate makes room for all values that they claim, or
//! passes over all that they claim to hold.

use bytes::Bytes;
use parquet::basic::{Encoding, Type};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::column::reader::{ColumnReader, get_column_reader};
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length, RowGroupReader, SerializedFileReader};
use std::fs::File;
use std::io::{self, Read};

/// A reader of a file.
///
/// # Errors
/// Its end cannot be understood.
pub(crate) fn file_reader(file: File) -> Result<SerializedFileReader<impl ChunkReader>> {
    SerializedFileReader::new(Ending(file))
}

/// A file, or its bytes from some place on, whose end is an error for those who read on. The crate
/// passes over what it does not know, two billion numbers say, without seeing that nothing is left.
struct Ending<T>(T);

impl Length for Ending<File> {
    fn len(&self) -> u64 {
        self.0.len()
    }
}

impl ChunkReader for Ending<File> {
    type T = Ending<<File as ChunkReader>::T>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        self.0.get_read(start).map(Ending)
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        self.0.get_bytes(start, length)
    }
}

impl<R: Read> Read for Ending<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        match self.0.read(to)? {
            0 if !to.is_empty() => Err(io::ErrorKind::UnexpectedEof.into()),
            count => Ok(count),
        }
    }
}

/// Values in a page; a writer begins a new one after some 20,000 rows, or a mebibyte.
const MOST_VALUES: u64 = 1 << 24;

/// The values of a column of a row group.
///
/// # Errors
/// The column cannot be found.
pub(crate) fn column_reader(group: &dyn RowGroupReader, number: usize) -> Result<ColumnReader> {
    let column = group.metadata().column(number).column_descr_ptr();
    let pages = group.get_column_page_reader(number)?;
    let levels = [column.max_rep_level(), column.max_def_level()].map(|level| level > 0);
    // The length of a string takes four bytes, and a number as many at least.
    let least = if column.physical_type() == Type::FIXED_LEN_BYTE_ARRAY { 1 } else { 4 };
    Ok(get_column_reader(column, Box::new(Checked { pages, levels, least })))
}

struct Checked {
    pages: Box<dyn PageReader>,
    /// Whether there are levels of repetition, and of definition.
    levels: [bool; 2],
    /// Bytes of a value in a dictionary.
    least: u64,
}

/// Fails where a page claims more values than it can hold, or any writer puts in one.
fn check(page: &Page, levels: [bool; 2], least: u64) -> Result<()> {
    let (values, encoding, rows) = match page {
        Page::DictionaryPage { buf, num_values, .. } => {
            return believe(u64::from(*num_values), buf.len() as u64 / least);
        }
        Page::DataPage {
            buf,
            num_values,
            encoding,
            rep_level_encoding,
            def_level_encoding,
            ..
        } => {
            let encodings = [*rep_level_encoding, *def_level_encoding].into_iter();
            let mut there = encodings.zip(levels).filter(|(_, there)| *there);
            let values = there.try_fold(&buf[..], |rest, (encoding, _)| {
                let (length, rest) = rest.split_first_chunk()?;
                let rest = rest.get(u32::from_le_bytes(*length) as usize..)?;
                (encoding == Encoding::RLE).then_some(rest)
            });
            (values, *encoding, *num_values)
        }
        Page::DataPageV2 {
            buf,
            num_values,
            encoding,
            def_levels_byte_len,
            rep_levels_byte_len,
            ..
        } => {
            let levels = def_levels_byte_len.saturating_add(*rep_levels_byte_len);
            (buf.get(levels as usize..), *encoding, *num_values)
        }
    };
    let lengths = match encoding {
        Encoding::DELTA_LENGTH_BYTE_ARRAY => 1,
        // Of what is shared with the string before, and of what is not.
        Encoding::DELTA_BYTE_ARRAY => 2,
        _ => return Ok(()),
    };
    let mut rest = values.ok_or_else(lost)?;
    for _ in 0..lengths {
        rest = behind_deltas(rest, u64::from(rows))?;
    }
    Ok(())
}

fn believe(values: u64, most: u64) -> Result<()> {
    if values <= most.min(MOST_VALUES) {
        return Ok(());
    }
    Err(ParquetError::General(format!("a page claims to hold {values} values")))
}

fn lost() -> ParquetError {
    ParquetError::General("the lengths of strings in a page cannot be found".to_owned())
}

/// What stands behind a list of differences (`DELTA_BINARY_PACKED`), which may have so many numbers.
fn behind_deltas(mut bytes: &[u8], most: u64) -> Result<&[u8]> {
    let [block, parts, count, _] = [(); 4].map(|()| variable(&mut bytes));
    believe(count.ok_or_else(lost)?, most)?;
    let mut behind = || {
        let (parts, numbers) = (usize::try_from(parts?).ok()?, block?.checked_div(parts?)?);
        // The first number stands in the head.
        let mut left = count?.saturating_sub(1);
        while left > 0 {
            variable(&mut bytes)?;
            let (widths, rest) = bytes.split_at_checked(parts)?;
            bytes = rest;
            for width in widths {
                if left == 0 {
                    break;
                }
                left = left.saturating_sub(numbers);
                let packed = u64::from(*width).checked_mul(numbers)? / 8;
                bytes = bytes.get(usize::try_from(packed).ok()?..)?;
            }
        }
        Some(bytes)
    };
    behind().ok_or_else(lost)
}

/// A number of seven bits a byte, the lowest first.
fn variable(bytes: &mut &[u8]) -> Option<u64> {
    let end = bytes.iter().position(|byte| byte >> 7 == 0)?;
    let (number, rest) = bytes.split_at(end + 1);
    *bytes = rest;
    let digits = number.iter().rev().map(|byte| u64::from(byte & 127));
    Some(digits.fold(0, |number, digit| number.saturating_mul(128).saturating_add(digit)))
}

impl Iterator for Checked {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Result<Page>> {
        self.get_next_page().transpose()
    }
}

impl PageReader for Checked {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.pages.get_next_page()?;
        page.iter().try_for_each(|page| check(page, self.levels, self.least))?;
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.pages.skip_next_page()
    }

    fn at_record_boundary(&mut self) -> Result<bool> {
        self.pages.at_record_boundary()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dictionary_holds_no_more_than_there_are_bytes_for() {
        let check = |num_values, bytes: usize, least| {
            let (buf, encoding) = (vec![0; bytes].into(), Encoding::PLAIN);
            let page = Page::DictionaryPage { buf, num_values, encoding, is_sorted: false };
            check(&page, [false; 2], least).is_ok()
        };
        assert!(check(25, 100, 4) && !check(26, 100, 4) && check(100, 100, 1));
        assert!(!check(1 << 31, 100, 4) && !check(u32::MAX, 100 << 20, 1));
    }

    /// A page of values behind levels of both kinds.
    fn data_page(values: &[u8], encoding: Encoding, levels: Encoding) -> Page {
        Page::DataPage {
            buf: [&[2, 0, 0, 0, 7, 7, 1, 0, 0, 0, 7], values].concat().into(),
            num_values: 300,
            encoding,
            def_level_encoding: levels,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        }
    }

    /// A list of so many differences: 128 in a block of four parts, which are 1 and 0 bits wide.
    fn list(count: &[u8], blocks: usize) -> Vec<u8> {
        let head = [&[0x80, 1, 4][..], count, &[5]].concat();
        let block = [&[0x81, 0, 1, 0, 1, 0][..], &[0; 8]].concat();
        [head, block.repeat(blocks)].concat()
    }

    #[test]
    fn lists_of_differences_are_passed_over() {
        for (count, blocks) in [(0, 0), (1, 0), (2, 1), (129, 1), (130, 2)] {
            let bytes = [list(&[count as u8 % 128 + 128, (count / 128) as u8], blocks), vec![9; 3]];
            let bytes = bytes.concat();
            // Of the last block only the parts that hold something are there.
            let behind = if blocks > 0 && count != 129 { 7 } else { 3 };
            assert_eq!(behind_deltas(&bytes, count).unwrap().len(), behind, "{count}");
        }
        assert!(behind_deltas(&list(&[200, 1], 1), 1000).is_err());
        assert!(behind_deltas(&[0x80, 1, 0, 5, 5], 1000).is_err());
    }

    #[test]
    fn lengths_are_believed_up_to_the_values_of_a_page() {
        let check = |lists: &[u8], encoding, levels| {
            check(&data_page(lists, encoding, levels), [true; 2], 4).is_ok()
        };
        let (fits, over) = (list(&[0xAC, 2], 3), list(&[0xAD, 2], 3));
        // 2^60 numbers that take no bits, in a block of 2^62.
        let huge = |top| [[0x80; 8].as_slice(), &[top]].concat();
        let bomb = [&huge(64)[..], &[4], &huge(16), &[5, 0, 0, 0, 0, 0]].concat();
        for encoding in [Encoding::DELTA_BYTE_ARRAY, Encoding::DELTA_LENGTH_BYTE_ARRAY] {
            let check = |lists: &[&[u8]]| check(&lists.concat(), encoding, Encoding::RLE);
            let last = &fits[..fits.len() - 4];
            assert!(check(&[last, last]));
            assert!(!check(&[&over, &over]) && !check(&[&bomb, &bomb]));
            let takes_two = encoding == Encoding::DELTA_BYTE_ARRAY;
            assert_eq!(check(&[last, &over]), !takes_two);
            assert_eq!(check(&[last, &bomb]), !takes_two);
        }
        let lists = [&fits[..fits.len() - 4]; 2].concat();
        assert!(!check(
            &lists,
            Encoding::DELTA_BYTE_ARRAY,
            #[expect(deprecated, reason = "a file may name it")]
            Encoding::BIT_PACKED
        ));
        assert!(check(&bomb, Encoding::PLAIN, Encoding::RLE));
    }
}
