//! The beginning of a stream, looked at before it is read.

use super::gzip::Gap;
use std::io::{self, BufRead, Read};

/// Bytes that are looked at, if the stream has as many: a pipe, or a small first member, gives less
/// at a time than the magic bytes of a format.
pub(super) const LOOK: usize = 4 << 10;

/// A stream of which the first bytes were read already, and are read again.
pub(super) struct Peek<R> {
    input: R,
    head: Vec<u8>,
    at: usize,
    /// What stands behind the head, if it is no byte.
    stop: Option<io::Error>,
    gap: Option<Gap>,
}

impl<R: Read> Peek<R> {
    /// Reads until [`LOOK`] bytes are there, and up to `room` if they come at once.
    ///
    /// # Errors
    /// Nothing can be read. An error behind the first bytes comes in its turn.
    pub(super) fn new(mut input: R, room: usize) -> io::Result<Peek<R>> {
        let (mut head, mut end) = (vec![0; room.max(LOOK)], 0);
        let (mut stop, mut gap) = (None, None::<Gap>);
        while end < LOOK {
            match input.read(&mut head[end..]) {
                Ok(0) => break,
                Ok(read) => end += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => match Gap::of(&error) {
                    Some(one) if end == 0 => {
                        let before = gap.map_or(0, |gap| gap.left_out);
                        gap = Some(Gap { left_out: before + one.left_out, ..one });
                    }
                    None if end == 0 => return Err(error),
                    _ => {
                        stop = Some(error);
                        break;
                    }
                },
            }
        }
        head.truncate(end);
        Ok(Peek { input, head, at: 0, stop, gap })
    }

    /// The first bytes.
    pub(super) fn head(&self) -> &[u8] {
        &self.head
    }

    /// The damage before them, if there is some.
    pub(super) fn gap(&self) -> Option<Gap> {
        self.gap
    }
}

impl<R: Read> Read for Peek<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut rest = &self.head[self.at..];
        if !rest.is_empty() {
            let read = rest.read(out)?;
            self.at += read;
            return Ok(read);
        }
        match self.stop.take() {
            Some(error) => Err(error),
            None => self.input.read(out),
        }
    }
}

impl<R: BufRead> BufRead for Peek<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at < self.head.len() {
            return Ok(&self.head[self.at..]);
        }
        match self.stop.take() {
            Some(error) => Err(error),
            None => self.input.fill_buf(),
        }
    }

    fn consume(&mut self, count: usize) {
        if self.at < self.head.len() {
            self.at = (self.at + count).min(self.head.len());
        } else {
            self.input.consume(count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{ReadOptions, Tally, batch::Batcher, open, read_stream, walk::InputFile};
    use std::io::Write;
    use std::sync::mpsc::sync_channel;

    /// Gives one byte at a time.
    struct Slow<R>(R);

    impl<R: Read> Read for Slow<R> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let one = out.len().min(1);
            self.0.read(&mut out[..one])
        }
    }

    /// The texts in a slow stream without a name, and the account of its splitting.
    fn read(bytes: &[u8]) -> (Vec<String>, Tally) {
        let options = ReadOptions::default();
        let (sender, batches) = sync_channel(9);
        let mut batcher = Batcher::new(sender, &options);
        let file = InputFile { path: None, name: "-".into() };
        let slow = Slow(io::Cursor::new(bytes.to_vec()));
        read_stream(&file, open::undo(Box::new(slow), "-"), &options, &mut batcher);
        let tally = batcher.finish();
        let texts = batches.iter().flat_map(|batch| {
            let texts = batch.records.iter().map(|record| batch.decode(record, &options));
            texts.map(|decoded| decoded.unwrap().article.text).collect::<Vec<_>>()
        });
        (texts.collect(), tally)
    }

    #[test]
    fn a_stream_of_single_bytes_is_known_by_its_beginning() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(b"{\"text\": \"x\"}\n{\"text\": \"y\"}\n").unwrap();
        let gzip = gzip.finish().unwrap();
        let warc = b"WARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: 1\r\n\r\nx\r\n\r\nWARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: 1\r\n\r\ny\r\n\r\n";
        let zstd = zstd::encode_all(&warc[..], 1).unwrap();
        for bytes in [&b"{\"text\": \"x\"}\n{\"text\": \"y\"}\n"[..], &gzip, warc, &zstd] {
            let (texts, tally) = read(bytes);
            assert_eq!(texts, ["x", "y"]);
            assert!(tally.records == 0 && !tally.is_incomplete());
        }
        let paragraph = "<p>The ferry was late again, and the mayor said so.</p>".repeat(9);
        let (texts, _) = read(format!("<!doctype html><body>{paragraph}</body>").as_bytes());
        assert!(texts.len() == 1 && !texts[0].contains("<p>"), "{texts:?}");
    }

    #[test]
    fn all_bytes_come_again_and_an_error_in_its_turn() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("broken"))
            }
        }
        assert!(Peek::new(Broken, 0).is_err());
        let mut peek = Peek::new(b"some ".chain(Broken), 0).unwrap();
        let mut out = Vec::new();
        assert_eq!(peek.read_to_end(&mut out).unwrap_err().to_string(), "broken");
        assert_eq!((&out[..], peek.head()), (&b"some "[..], &b"some "[..]));
        let long: Vec<u8> = (0..5 * LOOK).map(|n| n as u8).collect();
        let mut peek = Peek::new(Slow(&long[..]), 0).unwrap();
        assert_eq!(peek.head(), &long[..LOOK]);
        out.clear();
        peek.read_to_end(&mut out).unwrap();
        assert!(out == long);
    }
}
