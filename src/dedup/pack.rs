//! Bytes into a file that is packed as the one they come from.

use crate::read::Packing;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{self, Write};

/// Writes bytes packed, in members (frames) that end where it is told.
pub(super) struct Packer<W: Write> {
    packing: Packing,
    state: State<W>,
    /// Whether a member was written.
    begun: bool,
}

enum State<W: Write> {
    /// Between two members; always, where nothing is packed.
    Between(W),
    Gzip(GzEncoder<W>),
    Zstd(zstd::Encoder<'static, W>),
    /// After an error.
    Lost,
}

impl<W: Write> Packer<W> {
    pub(super) fn new(packing: Packing, out: W) -> Packer<W> {
        Packer { packing, state: State::Between(out), begun: false }
    }

    /// Ends a member. The next byte begins another.
    pub(super) fn end_member(&mut self) -> io::Result<()> {
        self.state = match std::mem::replace(&mut self.state, State::Lost) {
            State::Gzip(encoder) => State::Between(encoder.finish()?),
            State::Zstd(encoder) => State::Between(encoder.finish()?),
            other => other,
        };
        Ok(())
    }

    /// Ends the last member. A file without one is given an empty one: no bytes at all are no gzip.
    pub(super) fn finish(mut self) -> io::Result<()> {
        if !self.begun {
            self.begin()?;
        }
        self.end_member()?;
        match self.state {
            State::Between(mut out) => out.flush(),
            _ => Ok(()),
        }
    }

    fn begin(&mut self) -> io::Result<()> {
        let State::Between(_) = self.state else { return Ok(()) };
        self.begun = true;
        if let State::Between(out) = std::mem::replace(&mut self.state, State::Lost) {
            self.state = match self.packing {
                Packing::None => State::Between(out),
                Packing::Gzip => State::Gzip(GzEncoder::new(out, Compression::default())),
                Packing::Zstd { .. } => {
                    let mut encoder = zstd::Encoder::new(out, zstd::DEFAULT_COMPRESSION_LEVEL)?;
                    encoder.include_checksum(true)?;
                    State::Zstd(encoder)
                }
            };
        }
        Ok(())
    }
}

impl<W: Write> Write for Packer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.begin()?;
        match &mut self.state {
            State::Between(out) => out.write(bytes),
            State::Gzip(encoder) => encoder.write(bytes),
            State::Zstd(encoder) => encoder.write(bytes),
            State::Lost => Err(io::Error::other("writing failed before")),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.state {
            State::Between(out) => out.flush(),
            State::Gzip(encoder) => encoder.flush(),
            State::Zstd(encoder) => encoder.flush(),
            State::Lost => Ok(()),
        }
    }
}
