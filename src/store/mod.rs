//! Data that may outgrow memory: tables, columns of lists, and sorted records.
//!
//! Each holds what it is given in memory up to a size it is told, and goes on in a file without a
//! name in the work folder, which is gone when the run is, however it ends. What comes out is the
//! same either way. A [`Store`] keeps count of what is held, so that a stage can ask what it
//! may still use. What a later run may go on from is [`Saving`], in files with names.

mod column;
mod saved;
mod sorter;
mod table;

pub use column::{Block, Column};
pub use saved::{Found, Plain, Saved, Saving};
pub use sorter::{Sorted, Sorter};
pub use table::Table;

use crate::system::is_out_of_files;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use thiserror::Error;

/// A plain value of a fixed number of bytes, such as an array of numbers: what tables hold and
/// sorters sort, by the order of the type.
pub trait Record: bytemuck::Pod + Ord + Send + Sync {}

impl<R: bytemuck::Pod + Ord + Send + Sync> Record for R {}

/// A file in the work folder cannot be written or read.
#[derive(Debug, Error)]
#[error("the work folder {} failed: {error}: {}", folder.display(), advice(error))]
pub struct StoreError {
    folder: PathBuf,
    /// Not the source of this one, which tells it already.
    error: std::io::Error,
}

/// What may help.
fn advice(error: &std::io::Error) -> &'static str {
    use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    match error.kind() {
        StorageFull | QuotaExceeded => "make room there, or name another with --work-dir",
        FileTooLarge => "raise the limit (ulimit -f)",
        _ if is_out_of_files(error) => "raise the limit (ulimit -n), or close other programs",
        _ => "name another with --work-dir",
    }
}

/// The result of what may go to a file.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

impl From<StoreError> for std::io::Error {
    fn from(failed: StoreError) -> std::io::Error {
        std::io::Error::new(failed.error.kind(), failed)
    }
}

/// How much memory data may take, and where the rest goes. Clones count together.
#[derive(Clone, Debug)]
pub struct Store {
    memory: usize,
    folder: Arc<Path>,
    held: Arc<AtomicUsize>,
}

/// Least memory that a buffer is made for, however little is left: smaller ones would read and write
/// next to nothing at a time.
const LEAST_BUFFER: usize = 1 << 20;

impl Store {
    /// A store that holds up to `memory` bytes, and the rest in `folder`, which is touched only when
    /// it is needed.
    #[must_use]
    pub fn new(memory: usize, folder: &Path) -> Store {
        Store { memory, folder: folder.into(), held: Arc::default() }
    }

    /// A share of the memory that nothing holds yet, in bytes: one of `of` equal ones.
    #[must_use]
    pub fn share(&self, of: usize) -> usize {
        let free = self.memory.saturating_sub(self.held.load(Ordering::Relaxed));
        (free / of).max(LEAST_BUFFER)
    }

    /// Counts some bytes as held, that are held elsewhere.
    #[must_use]
    pub fn hold(&self, bytes: usize) -> Held {
        let mut held = Held::new(self);
        held.set(bytes);
        held
    }

    /// A new file, empty, that nobody else sees.
    fn file(&self) -> Result<File> {
        self.check(tempfile::tempfile_in(&self.folder))
    }

    /// The result of working on a file, with the name of the folder.
    pub(crate) fn check<T>(&self, result: std::io::Result<T>) -> Result<T> {
        result.map_err(|error| StoreError { folder: self.folder.to_path_buf(), error })
    }
}

/// Bytes that count as held until this is dropped.
#[derive(Debug)]
pub struct Held {
    store: Store,
    bytes: usize,
}

impl Held {
    fn new(store: &Store) -> Held {
        Held { store: store.clone(), bytes: 0 }
    }

    /// Counts `bytes` instead of what was counted so far.
    fn set(&mut self, bytes: usize) {
        self.store.held.fetch_add(bytes, Ordering::Relaxed);
        self.store.held.fetch_sub(std::mem::replace(&mut self.bytes, bytes), Ordering::Relaxed);
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.set(0);
    }
}

/// Reads all of `buffer` from a place in a file. Several may read one file at a time.
fn read_at(file: &File, buffer: &mut [u8], place: u64) -> std::io::Result<()> {
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::read_exact_at(file, buffer, place);
    #[cfg(windows)]
    {
        let (mut buffer, mut place) = (buffer, place);
        while !buffer.is_empty() {
            let read = std::os::windows::fs::FileExt::seek_read(file, buffer, place)?;
            if read == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            (buffer, place) = (&mut buffer[read..], place + read as u64);
        }
        Ok(())
    }
}

/// Writes all of `bytes` to a place in a file.
fn write_at(file: &File, bytes: &[u8], place: u64) -> std::io::Result<()> {
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::write_all_at(file, bytes, place);
    #[cfg(windows)]
    {
        let (mut bytes, mut place) = (bytes, place);
        while !bytes.is_empty() {
            let written = std::os::windows::fs::FileExt::seek_write(file, bytes, place)?;
            (bytes, place) = (&bytes[written..], place + written as u64);
        }
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A store that goes to files at once, and one that never does.
    pub(crate) fn both() -> [Store; 2] {
        [0, usize::MAX].map(|memory| Store::new(memory, &std::env::temp_dir()))
    }

    #[test]
    fn what_is_held_is_not_free() {
        let store = Store::new(64 << 20, Path::new("."));
        assert_eq!(store.share(4), 16 << 20);
        let mut held = store.hold(32 << 20);
        assert_eq!(store.share(4), 8 << 20);
        held.set(63 << 20);
        assert_eq!(store.share(4), LEAST_BUFFER);
        drop(held);
        assert_eq!(store.share(1), 64 << 20);
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let error = Store::new(0, Path::new("no/such/folder")).file().unwrap_err().to_string();
        assert!(error.contains("no/such/folder") && error.contains("--work-dir"), "{error}");
    }
}
