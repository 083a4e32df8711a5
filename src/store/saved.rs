//! What is saved in files with names, so that a later run can go on from it.
//!
//! A file begins with [`MAGIC`], the version of this format and that of the hash, 4 bytes each, and a
//! seal of 16 bytes: what it belongs to. Blocks follow: the number of their bytes (4), a hash of the
//! seal, of the block's number and of its bytes (8), and the bytes. A block of none ends the file. All
//! numbers are little-endian.
//!
//! The bytes of the blocks, one behind another, are lists of rows in pieces: the number of rows (4)
//! and the rows, ended by a piece of none.

use super::{Record, Result, Store};
use crate::hash::{HASH_VERSION, combine, hash64};
use crate::system::is_out_of_files;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// First bytes of every file.
const MAGIC: &[u8; 8] = b"retold\r\n";

/// Version of the format; changes whenever files of the one before could not be read.
const VERSION: u32 = 1;

/// Bytes of the head of a file.
const HEAD: usize = 32;

/// Bytes of a block at most: enough for the drive, and nothing beside what a stage holds.
const BLOCK: usize = 1 << 20;

/// Rows of a piece at most: what is held while a list is read.
const PIECE: usize = 1 << 14;

/// A record that is the same in every file: numbers, little-endian.
pub trait Plain: Record {
    /// Its numbers in the order of bytes that files have, or back.
    #[must_use]
    fn little_endian(self) -> Self;
}

macro_rules! plain {
    ($($number:ty),*) => {$(
        impl Plain for $number {
            fn little_endian(self) -> Self {
                self.to_le()
            }
        }
    )*};
}

plain!(u8, u16, u32, u64);

impl<T: Plain, const N: usize> Plain for [T; N]
where
    [T; N]: Record,
{
    fn little_endian(self) -> Self {
        self.map(T::little_endian)
    }
}

/// The head of files with a seal.
fn head(seal: u128) -> [u8; HEAD] {
    let mut head = [0; HEAD];
    head[..8].copy_from_slice(MAGIC);
    head[8..12].copy_from_slice(&VERSION.to_le_bytes());
    head[12..16].copy_from_slice(&HASH_VERSION.to_le_bytes());
    head[16..].copy_from_slice(&seal.to_le_bytes());
    head
}

/// The hash of a block.
fn check(head: &[u8; HEAD], number: u64, bytes: &[u8]) -> u64 {
    combine(hash64(head, number), hash64(bytes, number))
}

/// A file that is being written. It has its name when it is finished, and is gone if it never is.
#[derive(Debug)]
pub struct Saving {
    store: Store,
    path: PathBuf,
    head: [u8; HEAD],
    file: Option<File>,
    block: Vec<u8>,
    blocks: u64,
}

/// The name of a file while it is written.
fn partial(path: &Path) -> PathBuf {
    path.with_extension("partial")
}

impl Saving {
    /// Begins a file; its name has no ending.
    ///
    /// # Errors
    /// It cannot be written, as everywhere here.
    pub fn new(store: &Store, path: &Path, seal: u128) -> Result<Saving> {
        let head = head(seal);
        let made = || {
            let mut file = File::create(partial(path))?;
            file.write_all(&head)?;
            Ok(file)
        };
        let file = Some(store.check(made())?);
        let block = Vec::with_capacity(BLOCK);
        Ok(Saving { store: store.clone(), path: path.to_owned(), head, file, block, blocks: 0 })
    }

    /// Adds rows to the list.
    ///
    /// # Errors
    /// See [`Saving::new`].
    pub fn rows<R: Plain>(&mut self, rows: &[R]) -> Result<()> {
        for piece in rows.chunks(PIECE) {
            self.bytes(&(piece.len() as u32).to_le_bytes())?;
            let piece = if cfg!(target_endian = "little") {
                Cow::Borrowed(piece)
            } else {
                piece.iter().map(|row| row.little_endian()).collect()
            };
            self.bytes(bytemuck::cast_slice(&piece))?;
        }
        Ok(())
    }

    /// Ends the list.
    ///
    /// # Errors
    /// See [`Saving::new`].
    pub fn end(&mut self) -> Result<()> {
        self.bytes(&0_u32.to_le_bytes())
    }

    /// Adds a whole list.
    ///
    /// # Errors
    /// See [`Saving::new`].
    pub fn list<R: Plain>(&mut self, rows: &[R]) -> Result<()> {
        self.rows(rows)?;
        self.end()
    }

    /// Adds a value as the list of the bytes of its JSON.
    ///
    /// # Errors
    /// See [`Saving::new`].
    pub fn json(&mut self, value: &impl Serialize) -> Result<()> {
        let json = self.store.check(serde_json::to_vec(value).map_err(Into::into))?;
        self.list(&json)
    }

    /// Ends the file, and gives it its name.
    ///
    /// # Errors
    /// See [`Saving::new`].
    pub fn finish(mut self) -> Result<()> {
        if !self.block.is_empty() {
            self.write_block()?;
        }
        self.write_block()?;
        self.file = None;
        self.store.check(std::fs::rename(partial(&self.path), &self.path))
    }

    fn bytes(&mut self, mut bytes: &[u8]) -> Result<()> {
        while self.block.len() + bytes.len() >= BLOCK {
            let now;
            (now, bytes) = bytes.split_at(BLOCK - self.block.len());
            self.block.extend_from_slice(now);
            self.write_block()?;
        }
        self.block.extend_from_slice(bytes);
        Ok(())
    }

    fn write_block(&mut self) -> Result<()> {
        let check = check(&self.head, self.blocks, &self.block);
        if let Some(file) = &mut self.file {
            let mut write = || {
                file.write_all(&(self.block.len() as u32).to_le_bytes())?;
                file.write_all(&check.to_le_bytes())?;
                file.write_all(&self.block)
            };
            self.store.check(write())?;
        }
        self.blocks += 1;
        self.block.clear();
        Ok(())
    }
}

impl Drop for Saving {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            // Nothing more can be done about what cannot be removed.
            let _ = std::fs::remove_file(partial(&self.path));
        }
    }
}

/// A file that is read.
#[derive(Debug)]
pub struct Saved {
    store: Store,
    head: [u8; HEAD],
    file: File,
    block: Vec<u8>,
    /// Bytes of the block that were taken.
    taken: usize,
    blocks: u64,
}

/// What was found where a file was looked for.
#[derive(Debug)]
pub enum Found {
    /// Nothing.
    Nothing,
    /// A file that is not what was written, or of another seal or version.
    Damaged,
    /// The whole file.
    Whole(Saved),
}

impl Saved {
    /// Opens a file and checks all of it, so that nothing of a damaged one is used. Cost: a pass over
    /// it.
    ///
    /// # Errors
    /// The system has no more memory, or opens no more files.
    pub fn open(store: &Store, path: &Path, seal: u128) -> Result<Found> {
        let whole = || {
            let mut checked = Saved::begin(store, path, seal)?;
            while checked.read_block()? {}
            match checked.file.read(&mut [0])? {
                0 => Saved::begin(store, path, seal),
                _ => Err(io::ErrorKind::InvalidData.into()),
            }
        };
        match whole() {
            Ok(saved) => Ok(Found::Whole(saved)),
            Err(error) => match error.kind() {
                io::ErrorKind::NotFound => Ok(Found::Nothing),
                // It may be whole.
                io::ErrorKind::OutOfMemory => store.check(Err(error)),
                _ if is_out_of_files(&error) => store.check(Err(error)),
                // What a drive cannot read is no better than what it reads wrongly.
                _ => Ok(Found::Damaged),
            },
        }
    }

    fn begin(store: &Store, path: &Path, seal: u128) -> io::Result<Saved> {
        let (mut file, head, mut found) = (File::open(path)?, head(seal), [0; HEAD]);
        file.read_exact(&mut found)?;
        if found != head {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let store = store.clone();
        Ok(Saved { store, head, file, block: Vec::new(), taken: 0, blocks: 0 })
    }

    /// Calls `visit` with the rows of the next list, some at a time.
    ///
    /// # Errors
    /// See [`Saved::open`]; those of `visit`.
    pub fn rows<R: Plain>(&mut self, mut visit: impl FnMut(&[R]) -> Result<()>) -> Result<()> {
        let mut rows = Vec::new();
        while self.piece(&mut rows)? {
            visit(&rows)?;
        }
        Ok(())
    }

    /// The row of the next list, which has one.
    ///
    /// # Errors
    /// See [`Saved::open`].
    pub fn one<R: Plain>(&mut self) -> Result<R> {
        let rows: Vec<R> = self.list()?;
        self.store.check(rows.first().copied().ok_or(io::ErrorKind::InvalidData.into()))
    }

    /// The next list.
    ///
    /// # Errors
    /// See [`Saved::open`].
    pub fn list<R: Plain>(&mut self) -> Result<Vec<R>> {
        let mut list = Vec::new();
        self.rows(|rows| {
            list.extend_from_slice(rows);
            Ok(())
        })?;
        Ok(list)
    }

    /// The value whose JSON the next list holds.
    ///
    /// # Errors
    /// See [`Saved::open`].
    pub fn json<T: DeserializeOwned>(&mut self) -> Result<T> {
        let json: Vec<u8> = self.list()?;
        self.store.check(serde_json::from_slice(&json).map_err(Into::into))
    }

    /// Puts the rows of the next piece in the place of `rows`; `false` if the list has no more.
    fn piece<R: Plain>(&mut self, rows: &mut Vec<R>) -> Result<bool> {
        let mut count = [0; 4];
        self.bytes(&mut count)?;
        let count = u32::from_le_bytes(count) as usize;
        if count > PIECE {
            return self.store.check(Err(io::ErrorKind::InvalidData.into()));
        }
        rows.clear();
        rows.resize(count, R::zeroed());
        self.bytes(bytemuck::cast_slice_mut(rows))?;
        if cfg!(target_endian = "big") {
            rows.iter_mut().for_each(|row| *row = row.little_endian());
        }
        Ok(count > 0)
    }

    fn bytes(&mut self, mut to: &mut [u8]) -> Result<()> {
        while !to.is_empty() {
            if self.taken == self.block.len() {
                let more = self.read_block().and_then(|more| {
                    if more { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
                });
                self.store.check(more)?;
            }
            let count = to.len().min(self.block.len() - self.taken);
            let now;
            (now, to) = to.split_at_mut(count);
            now.copy_from_slice(&self.block[self.taken..self.taken + count]);
            self.taken += count;
        }
        Ok(())
    }

    /// Reads the next block and checks it; `false` behind the last.
    fn read_block(&mut self) -> io::Result<bool> {
        let (mut length, mut found) = ([0; 4], [0; 8]);
        self.file.read_exact(&mut length)?;
        self.file.read_exact(&mut found)?;
        let length = u32::from_le_bytes(length) as usize;
        if length > BLOCK {
            return Err(io::ErrorKind::InvalidData.into());
        }
        self.block.resize(length, 0);
        self.file.read_exact(&mut self.block)?;
        if u64::from_le_bytes(found) != check(&self.head, self.blocks, &self.block) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        (self.taken, self.blocks) = (0, self.blocks + 1);
        Ok(length > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::both;
    use super::*;

    const SEAL: u128 = 7;

    fn whole(found: Found) -> Saved {
        let Found::Whole(saved) = found else { panic!("{found:?}") };
        saved
    }

    #[test]
    fn lists_come_out_as_they_went_in() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lists");
        let [store, _] = both();
        let numbers: Vec<u32> = (0..3 * PIECE as u32 + 5).collect();
        let pairs: Vec<[u64; 3]> = (0..BLOCK as u64 / 16).map(|i| [i, i * i, !i]).collect();
        let mut saving = Saving::new(&store, &path, SEAL).unwrap();
        saving.list(&numbers).unwrap();
        saving.list::<u8>(&[]).unwrap();
        saving.rows(&pairs[..10]).unwrap();
        saving.rows(&pairs[10..]).unwrap();
        saving.end().unwrap();
        assert!(!path.exists());
        saving.finish().unwrap();
        let mut saved = whole(Saved::open(&store, &path, SEAL).unwrap());
        assert_eq!(saved.list::<u32>().unwrap(), numbers);
        assert!(saved.list::<u8>().unwrap().is_empty());
        assert_eq!(saved.list::<[u64; 3]>().unwrap(), pairs);
        assert!(saved.list::<u8>().is_err());
    }

    /// The last block is whole, or all but, or begun with a byte.
    #[test]
    fn lists_of_any_length_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lengths");
        let [store, _] = both();
        // Each piece of a list has 4 bytes before it, and one of none ends it.
        let pieces = BLOCK.div_ceil(PIECE + 4) + 1;
        for length in (BLOCK - 4 * pieces - 3)..(BLOCK + 3) {
            let bytes = vec![7_u8; length];
            let mut saving = Saving::new(&store, &path, SEAL).unwrap();
            saving.list(&bytes).unwrap();
            saving.finish().unwrap();
            let mut saved = whole(Saved::open(&store, &path, SEAL).unwrap());
            assert!(saved.list::<u8>().unwrap() == bytes, "{length}");
        }
    }

    #[test]
    fn what_is_not_finished_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let [store, _] = both();
        let mut saving = Saving::new(&store, &folder.path().join("half"), SEAL).unwrap();
        saving.list(&[1_u32]).unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        drop(saving);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    /// Golden bytes: a file that an older version wrote is read, or is known to be of another version.
    #[test]
    fn the_format_is_frozen() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("golden");
        let [store, _] = both();
        let mut saving = Saving::new(&store, &path, 0x0102_0304).unwrap();
        saving.list(&[[1_u16, 0x0203]]).unwrap();
        saving.finish().unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let (head, blocks) = bytes.split_at(HEAD);
        let seal = [4, 3, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(head, [b"retold\r\n\x01\0\0\0\x03\0\0\0", &seal[..]].concat());
        assert_eq!(blocks[..4], [12, 0, 0, 0]);
        assert_eq!(blocks[12..24], [1, 0, 0, 0, 1, 0, 3, 2, 0, 0, 0, 0]);
        assert_eq!(blocks[24..28], [0; 4]);
        // Made with another implementation of XXH3, and of `combine`.
        let check = |at: usize| u64::from_le_bytes(blocks[at..at + 8].try_into().unwrap());
        assert_eq!([check(4), check(28)], [0x4FAB_8A72_1A03_D85A, 0x1F19_AD9E_C8CB_570B]);
        assert_eq!(blocks.len(), 36);
    }

    /// Every byte of a file, and every length of it.
    #[test]
    fn all_damage_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("damaged");
        let [store, _] = both();
        let mut saving = Saving::new(&store, &path, SEAL).unwrap();
        saving.list(&[5_u64; 9]).unwrap();
        saving.finish().unwrap();
        let good = std::fs::read(&path).unwrap();
        let is_damaged = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            matches!(Saved::open(&store, &path, SEAL).unwrap(), Found::Damaged)
        };
        assert!(!is_damaged(&good));
        for at in 0..good.len() {
            assert!(is_damaged(&good[..at]), "{at}");
            let mut bad = good.clone();
            bad[at] ^= 1 << (at % 8);
            assert!(is_damaged(&bad), "{at}");
        }
        assert!(is_damaged(&[&good[..], b"x"].concat()));
        std::fs::write(&path, &good).unwrap();
        assert!(matches!(Saved::open(&store, &path, SEAL + 1).unwrap(), Found::Damaged));
        std::fs::remove_file(&path).unwrap();
        assert!(matches!(Saved::open(&store, &path, SEAL).unwrap(), Found::Nothing));
    }
}
