//! A file without some of its records.

use super::pack::Packer;
use crate::pipeline::RunError;
use crate::read::{self, Batch, Format, Gap, InputFile, Met, ReadOptions};
use std::fs::File;
use std::io::{self, BufRead, BufWriter, Read, Write};
use std::path::Path;

/// What was done to the records of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// Removed as they were meant to be.
    pub removed: u64,
    /// Left out because nothing of them can be read.
    pub left_out: u64,
    /// Whether the file was written as it was, records that were to be removed and all.
    pub is_whole: bool,
}

/// Writes `file` again to the path `to`, without the records of these numbers, which rise.
///
/// A file that loses nothing is copied as it is. Of others all that is not removed is written byte
/// for byte as it was, but for damaged stretches, and packed as before: in WARC a member a record,
/// otherwise in one. Parquet is written with the values and the schema that were there, and the codecs
/// of the first row group, row group by row group; one that cannot be read as a whole is copied as it
/// is. A file that is one article, removed, is not written.
///
/// `tell` is called now and then with how many bytes of the file, as it is packed, more are done.
///
/// Memory: a few batches of records; of Parquet a page, and 256 rows, of a column.
///
/// # Errors
/// A file cannot be read or written; or a record to remove is not there, since the file has changed.
pub fn write(
    file: &InputFile,
    options: &ReadOptions,
    removed: &[u64],
    to: &Path,
    tell: &dyn Fn(u64),
) -> io::Result<Copied> {
    let path = file.path.as_ref().ok_or_else(|| io::Error::other("it cannot be read twice"))?;
    let [first, ..] = removed else { return copy_whole(path, to, tell) };
    let (format, packing) = read::look(file, options)?;
    if matches!(format, Format::Text | Format::Html) {
        return match (removed, first) {
            ([_], 0) => {
                tell(path.metadata()?.len());
                Ok(Copied { removed: 1, ..Copied::default() })
            }
            _ => Err(changed()),
        };
    }
    #[cfg(feature = "parquet")]
    if format == Format::Parquet {
        let copied = super::parquet::copy(path, removed, to, tell)?;
        return copied.map_or_else(|| copy_whole(path, to, tell), Ok);
    }
    let out = File::create(to)?;
    let synced = out.try_clone()?;
    let copier = Copier {
        input: read::open(file)?,
        at: 0,
        last: None,
        out: Packer::new(packing, BufWriter::new(out)),
        // As crawls are packed, so that a reader can begin at any record.
        member_a_record: format == Format::Warc,
        lines: format == Format::JsonLines,
        removed,
        copied: Copied::default(),
        tell,
    };
    let copied = copier.run(file, options)?;
    synced.sync_all()?;
    Ok(copied)
}

/// Bytes that are copied at a time.
const CHUNK: u64 = 4 << 20;

/// Copies a file as it is.
fn copy_whole(from: &Path, to: &Path, tell: &dyn Fn(u64)) -> io::Result<Copied> {
    let (mut from, mut to) = (File::open(from)?, File::create(to)?);
    loop {
        let copied = io::copy(&mut (&mut from).take(CHUNK), &mut to)?;
        tell(copied);
        if copied == 0 {
            to.sync_all()?;
            return Ok(Copied { is_whole: true, ..Copied::default() });
        }
    }
}

/// What to say of a file that is not what it was when it was read before.
#[must_use]
pub fn changed() -> io::Error {
    io::Error::other("it was changed while retold read it: run again when nobody writes to it")
}

/// Copies a stream next to a reader who says where its records are.
struct Copier<'a, W: Write> {
    input: Box<dyn BufRead>,
    /// Uncompressed bytes that were taken.
    at: u64,
    /// The last byte that was written.
    last: Option<u8>,
    out: Packer<W>,
    member_a_record: bool,
    /// Whether records are lines, and nothing else parts them.
    lines: bool,
    /// Records that are to be removed still.
    removed: &'a [u64],
    copied: Copied,
    tell: &'a dyn Fn(u64),
}

impl<W: Write> Copier<'_, W> {
    fn run(mut self, file: &InputFile, options: &ReadOptions) -> io::Result<Copied> {
        let mut outcome = Ok(());
        let tally = read::read(std::slice::from_ref(file), options, 1, |batch| {
            outcome = self.batch(&batch);
            (self.tell)(batch.file_bytes());
            outcome.is_ok()
        });
        outcome?;
        if tally.out_of_files {
            return Err(io::Error::other(RunError::OutOfFiles));
        }
        if !self.removed.is_empty() {
            return Err(changed());
        }
        // Where the reader could not go on, there is no more to copy.
        if tally.troubles.is_empty() {
            self.copy_to(u64::MAX)?;
        }
        self.out.finish()?;
        Ok(self.copied)
    }

    fn batch(&mut self, batch: &Batch) -> io::Result<()> {
        for Met { number, place, is_damaged } in &batch.met {
            self.copy_to(place.start)?;
            // A header, and what else stands before the first record.
            self.end_member()?;
            match self.removed.split_first() {
                Some((next, rest)) if next == number => {
                    self.removed = rest;
                    self.copied.removed += 1;
                    self.pass_to(place.end)?;
                }
                _ if *is_damaged => {
                    self.copied.left_out += 1;
                    self.pass_to(place.end)?;
                    self.end_line()?;
                }
                _ => self.copy_to(place.end)?,
            }
            self.end_member()?;
        }
        Ok(())
    }

    fn end_member(&mut self) -> io::Result<()> {
        if self.member_a_record { self.out.end_member() } else { Ok(()) }
    }

    /// Ends a line whose end was lost in damage: what stands behind that is another.
    fn end_line(&mut self) -> io::Result<()> {
        if self.lines && self.last.is_some_and(|last| last != b'\n') {
            self.last = Some(b'\n');
            self.out.write_all(b"\n")?;
        }
        Ok(())
    }

    /// Writes the bytes before a place, or all that are left.
    fn copy_to(&mut self, end: u64) -> io::Result<()> {
        self.take(end, true)
    }

    /// Leaves out the bytes before a place. A line end of two bytes is not parted: some readers let a
    /// row end between them.
    fn pass_to(&mut self, end: u64) -> io::Result<()> {
        if self.last == Some(b'\r') && self.next() == Some(b'\n') {
            self.copy_to(self.at + 1)?;
        }
        if end > self.at {
            self.take(end - 1, false)?;
            let last = self.next();
            self.take(end, false)?;
            if last == Some(b'\r') && self.next() == Some(b'\n') {
                self.take(end + 1, false)?;
            }
        }
        Ok(())
    }

    /// The byte that is taken next, if there is one that can be read.
    fn next(&mut self) -> Option<u8> {
        fill(&mut *self.input).ok()?.first().copied()
    }

    fn take(&mut self, end: u64, write: bool) -> io::Result<()> {
        while self.at < end {
            let there = fill(&mut *self.input)?;
            let taken = there.len().min(usize::try_from(end - self.at).unwrap_or(usize::MAX));
            let Some(last) = taken.checked_sub(1).map(|last| there[last]) else {
                return if end == u64::MAX { Ok(()) } else { Err(changed()) };
            };
            if write {
                self.last = Some(last);
                self.out.write_all(&there[..taken])?;
            }
            self.input.consume(taken);
            self.at += taken as u64;
        }
        Ok(())
    }
}

/// The bytes that are there; on after damage, which the reader knows of.
fn fill(input: &mut dyn BufRead) -> io::Result<&[u8]> {
    // Twice, since a borrow that is returned on one way only is held on all.
    loop {
        match input.fill_buf() {
            Ok(_) => return input.fill_buf(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if Gap::of(&error).is_some() => {}
            Err(error) => return Err(error),
        }
    }
}
