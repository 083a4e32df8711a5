//! A file as a stream of its uncompressed bytes.

use super::walk::InputFile;
use flate2::bufread::MultiGzDecoder;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

/// Buffer of each stage of reading: the size of a zstd block.
const BUFFER: usize = 128 << 10;

const GZIP: &[u8] = &[0x1F, 0x8B];
const ZSTD: &[u8] = &[0x28, 0xB5, 0x2F, 0xFD];

/// Opens a file, or standard input for `-`, and undoes gzip (any number of members) or zstd (any
/// number of frames), which are known by their first bytes.
///
/// # Errors
/// The file cannot be opened or its beginning not be read.
pub(super) fn open(file: &InputFile) -> io::Result<Box<dyn BufRead>> {
    let raw: Box<dyn Read> = match &file.path {
        None => Box::new(io::stdin()),
        Some(path) => Box::new(File::open(path)?),
    };
    let mut raw = BufReader::with_capacity(BUFFER, raw);
    let head = raw.fill_buf()?;
    Ok(if head.starts_with(GZIP) {
        Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(raw)))
    } else if head.starts_with(ZSTD) {
        let decoder = zstd::Decoder::with_buffer(raw)?;
        Box::new(BufReader::with_capacity(BUFFER, decoder))
    } else {
        Box::new(raw)
    })
}
