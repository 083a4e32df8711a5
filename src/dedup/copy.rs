//! A file without some of its records.

use super::pack::Packer;
use crate::read::{self, Batch, Format, Gap, InputFile, Met, ReadOptions};
use std::fs::File;
use std::io::{self, BufRead, BufWriter, Write};
use std::path::Path;

/// What was done to the records of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// Removed as they were meant to be.
    pub removed: u64,
    /// Left out because nothing of them can be read.
    pub left_out: u64,
}

/// Writes `file` again to the path `to`, without the records of these numbers, which rise.
///
/// A file that loses nothing is copied as it is. Of others all that is not removed is written byte
/// for byte as it was, but for damaged stretches, and packed as before: in WARC a member a record,
/// otherwise in one. Parquet is written with the values, the schema and the codecs that were there,
/// row group by row group. A file that is one article, removed, is not written.
///
/// `tell` is called now and then with how many bytes of the file, as it is packed, more are done.
///
/// Memory: a few batches of records; of Parquet a page of each column.
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
    let [first, ..] = removed else {
        let path = file.path.as_ref().ok_or_else(|| io::Error::other("it cannot be read twice"))?;
        tell(std::fs::copy(path, to)?);
        return Ok(Copied::default());
    };
    let (format, packing) = read::look(file, options)?;
    if matches!(format, Format::Text | Format::Html) {
        return match (removed, first) {
            ([_], 0) => Ok(Copied { removed: 1, left_out: 0 }),
            _ => Err(changed()),
        };
    }
    let out = File::create(to)?;
    let synced = out.try_clone()?;
    let copied = match format {
        #[cfg(feature = "parquet")]
        Format::Parquet => {
            let copied = super::parquet::copy(file, removed, out)?;
            tell(synced.metadata()?.len());
            copied
        }
        _ => {
            let copier = Copier {
                input: read::open(file)?,
                at: 0,
                last: None,
                out: Packer::new(packing, BufWriter::new(out)),
                // As crawls are packed, so that a reader can begin at any record.
                member_a_record: format == Format::Warc,
                removed,
                copied: Copied::default(),
                tell,
            };
            copier.run(file, options)?
        }
    };
    synced.sync_all()?;
    Ok(copied)
}

pub(super) fn changed() -> io::Error {
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
        if !self.removed.is_empty() {
            return Err(changed());
        }
        match self.copy_to(u64::MAX) {
            // Where the reader could not go on, there is no more to copy.
            Err(_) if !tally.troubles.is_empty() => {}
            outcome => outcome?,
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

    /// Writes the bytes before a place, or all that are left.
    fn copy_to(&mut self, end: u64) -> io::Result<()> {
        self.take(end, true)
    }

    /// Leaves out the bytes before a place. A line end of two bytes is not parted: some readers let a
    /// row end between them.
    fn pass_to(&mut self, end: u64) -> io::Result<()> {
        if self.last == Some(b'\r') && self.next()? == Some(b'\n') {
            self.copy_to(self.at + 1)?;
        }
        if end > self.at {
            self.take(end - 1, false)?;
            let last = self.next()?;
            self.take(end, false)?;
            if last == Some(b'\r') && self.next()? == Some(b'\n') {
                self.take(end + 1, false)?;
            }
        }
        Ok(())
    }

    /// The byte that is taken next.
    fn next(&mut self) -> io::Result<Option<u8>> {
        Ok(fill(&mut *self.input)?.first().copied())
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
