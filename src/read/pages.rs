//! Pages of a Parquet file, looked at before the crate makes room for all values that they claim.

use parquet::basic::{Encoding, Type};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::column::reader::{ColumnReader, get_column_reader};
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::RowGroupReader;

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
    let (values, most) = match page {
        Page::DictionaryPage { buf, num_values, .. } => {
            (u64::from(*num_values), buf.len() as u64 / least)
        }
        Page::DataPage { buf, encoding, rep_level_encoding, def_level_encoding, .. } => {
            let encodings = [*rep_level_encoding, *def_level_encoding].into_iter();
            let mut there = encodings.zip(levels).filter(|(_, there)| *there);
            let values = there.try_fold(&buf[..], |rest, (encoding, _)| {
                let (length, rest) = rest.split_first_chunk()?;
                let rest = rest.get(u32::from_le_bytes(*length) as usize..)?;
                (encoding == Encoding::RLE).then_some(rest)
            });
            (deltas(*encoding, values), MOST_VALUES)
        }
        Page::DataPageV2 { buf, encoding, def_levels_byte_len, rep_levels_byte_len, .. } => {
            let levels = def_levels_byte_len.saturating_add(*rep_levels_byte_len);
            (deltas(*encoding, buf.get(levels as usize..)), MOST_VALUES)
        }
    };
    if values > most.min(MOST_VALUES) {
        return Err(ParquetError::General(format!("a page claims to hold {values} values")));
    }
    Ok(())
}

/// How many strings are said to follow, where a number says so in front of them: the third one.
fn deltas(encoding: Encoding, values: Option<&[u8]>) -> u64 {
    if !matches!(encoding, Encoding::DELTA_BYTE_ARRAY | Encoding::DELTA_LENGTH_BYTE_ARRAY) {
        return 0;
    }
    // Seven bits a byte, the lowest first.
    let mut numbers = values.unwrap_or_default().split_inclusive(|byte| byte >> 7 == 0);
    let count = numbers.nth(2).unwrap_or_default().iter().rev();
    count
        .fold(0, |count: u64, byte| count.saturating_mul(128).saturating_add(u64::from(byte & 127)))
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

    #[test]
    fn a_number_of_deltas_is_believed_up_to_a_limit() {
        // Behind levels of both kinds: 128 values a block, one block in it, so many in all.
        let check = |count: &[u8], encoding| {
            let levels = [&[2, 0, 0, 0, 7, 7][..], &[1, 0, 0, 0, 7]].concat();
            let buf = [&levels, &[0x80, 1, 1][..], count, &[0; 9]].concat().into();
            let page = Page::DataPage {
                buf,
                num_values: 3,
                encoding,
                def_level_encoding: Encoding::RLE,
                rep_level_encoding: Encoding::RLE,
                statistics: None,
            };
            check(&page, [true; 2], 4).is_ok()
        };
        for encoding in [Encoding::DELTA_BYTE_ARRAY, Encoding::DELTA_LENGTH_BYTE_ARRAY] {
            assert!(check(&[0x80, 0x80, 0x80, 8], encoding));
            assert!(!check(&[0x81, 0x80, 0x80, 8], encoding));
            assert!(!check(&[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], encoding));
        }
        assert!(check(&[0x81, 0x80, 0x80, 8], Encoding::PLAIN));
    }
}
