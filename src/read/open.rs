//! A file as a stream of its uncompressed bytes.

use super::gzip::{Members, holds_member};
use super::peek::Peek;
use super::walk::InputFile;
use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

/// Buffer of each stage of reading: the size of a zstd block.
const BUFFER: usize = 128 << 10;

const GZIP: &[u8] = &[0x1F, 0x8B];
const ZSTD: &[u8] = &[0x28, 0xB5, 0x2F, 0xFD];

/// The three bytes after the first of a frame that decoders pass over.
const ZSTD_SKIPPABLE: &[u8] = &[0x2A, 0x4D, 0x18];

/// First byte of such a frame that holds a dictionary, at the front of a `.warc.zst`.
const DICTIONARY_FRAME: u8 = 0x5D;

/// Largest dictionary: hundred times the usual.
const MAX_DICTIONARY: u64 = 16 << 20;

/// Opens a file, or standard input for `-`, and undoes gzip (any number of members) or zstd (any
/// number of frames, and a dictionary for them at the front), which are known by their first bytes.
///
/// Damage in a gzip file is an error that holds a [`Gap`](super::gzip::Gap): reading may go on.
///
/// # Errors
/// The file cannot be opened or its beginning not be read.
pub(crate) fn open(file: &InputFile) -> io::Result<Box<dyn BufRead>> {
    undo(raw(file)?, &file.name)
}

/// The same, counting the bytes of the file that are read.
pub(super) fn open_counted(file: &InputFile, count: Rc<Cell<u64>>) -> io::Result<Box<dyn BufRead>> {
    undo(Box::new(Counted { raw: raw(file)?, count }), &file.name)
}

struct Counted {
    raw: Box<dyn Read>,
    count: Rc<Cell<u64>>,
}

impl Read for Counted {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.raw.read(out)?;
        self.count.update(|count| count + read as u64);
        Ok(read)
    }
}

fn raw(file: &InputFile) -> io::Result<Box<dyn Read>> {
    Ok(match &file.path {
        None => Box::new(io::stdin()),
        Some(path) => Box::new(File::open(path)?),
    })
}

/// How the bytes of a file are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    /// Not at all.
    None,
    /// Members of gzip.
    Gzip,
    /// Frames of zstd; the first byte of a frame that decoders pass over, where one is at the front.
    Zstd { skippable: Option<u8> },
}

impl Packing {
    /// That of a file of that name which begins so.
    fn of(head: &[u8], name: &str) -> Packing {
        // A name alone does not make it gzip, since some programs unpack and keep the name; but with
        // a member further on, its beginning is damaged.
        let damaged = || name.ends_with(".gz") && !head.starts_with(b"WARC/") && holds_member(head);
        match head {
            [first @ 0x50..=0x5F, rest @ ..] if rest.starts_with(ZSTD_SKIPPABLE) => {
                Packing::Zstd { skippable: Some(*first) }
            }
            _ if head.starts_with(ZSTD) => Packing::Zstd { skippable: None },
            _ if head.starts_with(GZIP) || damaged() => Packing::Gzip,
            _ => Packing::None,
        }
    }
}

/// How a file is packed.
///
/// # Errors
/// See [`open`].
pub(super) fn packing(file: &InputFile) -> io::Result<Packing> {
    Ok(Packing::of(Peek::new(raw(file)?, BUFFER)?.head(), &file.name))
}

/// The uncompressed bytes of a stream of that name; see [`open`].
pub(super) fn undo(raw: Box<dyn Read>, name: &str) -> io::Result<Box<dyn BufRead>> {
    let raw = Peek::new(raw, BUFFER)?;
    let packing = Packing::of(raw.head(), name);
    let mut raw = BufReader::with_capacity(BUFFER, raw);
    Ok(match packing {
        Packing::None => Box::new(raw),
        Packing::Gzip => Box::new(BufReader::with_capacity(BUFFER, Members::new(raw))),
        Packing::Zstd { skippable: None } => {
            let decoder = zstd::Decoder::with_buffer(raw)?;
            Box::new(BufReader::with_capacity(BUFFER, decoder))
        }
        Packing::Zstd { skippable: Some(first) } => {
            let has_dictionary = first == DICTIONARY_FRAME;
            let dictionary = if has_dictionary { dictionary(&mut raw)? } else { Vec::new() };
            let decoder = zstd::Decoder::with_dictionary(raw, &dictionary)?;
            Box::new(BufReader::with_capacity(BUFFER, decoder))
        }
    })
}

/// The dictionary in the frame at the front, which may itself be compressed.
fn dictionary(raw: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut head = [0; 8];
    raw.read_exact(&mut head)?;
    let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
    let mut frame = Vec::new();
    raw.take(u64::from(length).min(MAX_DICTIONARY + 1)).read_to_end(&mut frame)?;
    if frame.starts_with(ZSTD) {
        let mut dictionary = Vec::new();
        let decoder = zstd::Decoder::with_buffer(&frame[..])?.single_frame();
        decoder.take(MAX_DICTIONARY + 1).read_to_end(&mut dictionary)?;
        frame = dictionary;
    }
    if frame.len() as u64 > MAX_DICTIONARY {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the zstd dictionary is too large"));
    }
    Ok(frame)
}
