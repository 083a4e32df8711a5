//! Rows of fields under a row of their names, as RFC 4180 describes them; with tabs the same.

use super::Fields;
use super::batch::Batcher;
use super::gzip::Gap;
use super::reason::Reason;
use super::row::{self, Columns};
use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use std::io::{self, BufRead};

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Longest header in bytes.
const MAX_HEADER: usize = 1 << 20;

/// Fields of a row that are kept; a row of more is no row.
const MAX_FIELDS: usize = 64 << 10;

/// Each row after the header as one record, numbered from 1. `delimiter`: as the header has it.
///
/// A row with another number of fields than the header is counted as bad. One over the limit of
/// records, as a quote that is never closed makes it, is counted as too long, and reading goes on
/// with the next line. So is a gap counted, with the row it breaks; what stands behind it is read as
/// the beginning of a row.
///
/// # Errors
/// The header is damaged or has no field of the text's name; or the stream breaks.
pub(super) fn split(
    input: &mut dyn BufRead,
    delimiter: Option<u8>,
    fields: &Fields,
    batcher: &mut Batcher,
) -> io::Result<()> {
    let has_mark = input.fill_buf()?.starts_with(BYTE_ORDER_MARK);
    if has_mark {
        input.consume(BYTE_ORDER_MARK.len());
    }
    let delimiter = match delimiter {
        Some(delimiter) => delimiter,
        None => sniff(input.fill_buf()?),
    };
    let mut rows = Rows::new(ReaderBuilder::new().delimiter(delimiter).build());
    rows.taken = if has_mark { BYTE_ORDER_MARK.len() as u64 } else { 0 };
    match rows.next(input, MAX_HEADER) {
        Ok(Row::Whole) => {}
        Ok(Row::End) => return Ok(()),
        Ok(Row::TooLong) => {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the header does not end"));
        }
        Err(error) => {
            // Without the header's names nothing that follows can be read.
            batcher.left_out(Gap::of(&error).map_or(0, |gap| gap.left_out));
            return Err(error);
        }
    }
    let names: Vec<String> =
        (0..rows.len()).map(|i| String::from_utf8_lossy(rows.field(i)).trim().to_owned()).collect();
    let columns: Columns = row::columns(names.iter().map(String::as_str), fields)?;
    let mut number = 0;
    batcher.reach(rows.taken);
    batcher.pass();
    while !batcher.closed() {
        let outcome = rows.next(input, batcher.max_record());
        // Blank lines before it are nobody's.
        batcher.reach(rows.start);
        batcher.pass();
        batcher.reach(rows.taken);
        number += 1;
        match outcome {
            Ok(Row::Whole) if rows.len() == names.len() => {
                row::push(batcher, number, columns.map(|c| c.map(|c| rows.field(c))));
            }
            Ok(Row::Whole) => {
                let detail = format!("{} fields, the header has {}", rows.len(), names.len());
                batcher.skip(number, Reason::BadRow, detail);
            }
            Ok(Row::TooLong) => {
                let limit = batcher.max_record() >> 20;
                let detail = format!("longer than {limit} MiB: is a quote not closed?");
                batcher.skip(number, Reason::TooLong, detail);
            }
            Ok(Row::End) => break,
            Err(error) => {
                if let Some(gap) = Gap::of(&error) {
                    batcher.lost(number, rows.written as u64, gap.left_out);
                    rows.reader.reset();
                    continue;
                }
                if rows.begun() {
                    let detail = "the file broke off here".to_owned();
                    batcher.skip(number, Reason::Damaged, detail);
                }
                return Err(error);
            }
        }
    }
    Ok(())
}

/// Tab if the header has one and no comma.
fn sniff(head: &[u8]) -> u8 {
    let header = head.split(|&b| b == b'\n').next().unwrap_or(head);
    if header.contains(&b'\t') && !header.contains(&b',') { b'\t' } else { b',' }
}

enum Row {
    Whole,
    TooLong,
    End,
}

/// Rows of a stream, one at a time.
struct Rows {
    reader: Reader,
    /// The fields of the row one after another, and where each ends.
    bytes: Vec<u8>,
    ends: Vec<usize>,
    written: usize,
    ended: usize,
    /// Bytes of the stream that were taken so far, and those of them before the row.
    taken: u64,
    start: u64,
}

impl Rows {
    fn new(reader: Reader) -> Rows {
        Rows {
            reader,
            bytes: vec![0; 64 << 10],
            ends: vec![0; 64],
            written: 0,
            ended: 0,
            taken: 0,
            start: 0,
        }
    }

    /// Reads the next row. One over `max` bytes is left where it passes the limit, and what
    /// follows is read from the next line on.
    fn next(&mut self, input: &mut dyn BufRead, max: usize) -> io::Result<Row> {
        (self.written, self.ended, self.start) = (0, 0, self.taken);
        loop {
            let buffer = match input.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if self.start == self.taken {
                let blank = buffer.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
                if blank > 0 {
                    input.consume(blank);
                    self.taken += blank as u64;
                    self.start = self.taken;
                    continue;
                }
            }
            let (result, read, written, ended) = self.reader.read_record(
                buffer,
                &mut self.bytes[self.written..],
                &mut self.ends[self.ended..],
            );
            input.consume(read);
            self.taken += read as u64;
            self.written += written;
            self.ended += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if self.bytes.len() < max => {
                    self.bytes.resize((2 * self.bytes.len()).min(max), 0);
                }
                ReadRecordResult::OutputEndsFull if self.ends.len() < MAX_FIELDS => {
                    self.ends.resize(2 * self.ends.len(), 0);
                }
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    self.reader.reset();
                    self.skip_line(input)?;
                    return Ok(Row::TooLong);
                }
                ReadRecordResult::Record => return Ok(Row::Whole),
                ReadRecordResult::End => return Ok(Row::End),
            }
        }
    }

    /// Passes over the rest of a line.
    fn skip_line(&mut self, input: &mut dyn BufRead) -> io::Result<()> {
        loop {
            let buffer = match input.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                outcome => outcome?,
            };
            let end = memchr::memchr(b'\n', buffer);
            let (read, at_end) = (end.map_or(buffer.len(), |end| end + 1), buffer.is_empty());
            input.consume(read);
            self.taken += read as u64;
            if end.is_some() || at_end {
                return Ok(());
            }
        }
    }

    /// Fields of the row.
    fn len(&self) -> usize {
        self.ended
    }

    fn field(&self, number: usize) -> &[u8] {
        let start = if number == 0 { 0 } else { self.ends[number - 1] };
        &self.bytes[start..self.ends[number]]
    }

    /// Whether something of the row was read.
    fn begun(&self) -> bool {
        self.written + self.ended > 0
    }
}
