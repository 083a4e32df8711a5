//! A stream seen through a window that can be looked at before it is taken.

use super::gzip::Gap;
use std::io::{self, BufRead};

/// Bytes asked of the stream at a time.
const CHUNK: usize = 128 << 10;

/// Why no more bytes follow those in the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// Nothing stops it: more follow.
    None,
    /// The stream is damaged here; [`Window::step_over`] goes on after it.
    Gap,
    /// The stream has ended, or cannot be read on.
    End,
}

/// What was read of a stream and not yet taken.
///
/// Memory: twice the most that was asked for at once, and a little more.
pub(super) struct Window<'a> {
    input: &'a mut dyn BufRead,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Bytes taken so far.
    taken: u64,
    gap: Option<Gap>,
    ended: bool,
    error: Option<io::Error>,
}

impl<'a> Window<'a> {
    /// A window on `input`, where a `gap` may have been met already.
    pub(super) fn new(input: &'a mut dyn BufRead, gap: Option<Gap>) -> Window<'a> {
        let buffer = vec![0; 2 * CHUNK];
        Window { input, buffer, start: 0, end: 0, taken: 0, gap, ended: false, error: None }
    }

    /// The bytes that are there.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Reads until `count` bytes are there, or what stops it; returns how many there are.
    pub(super) fn want(&mut self, count: usize) -> usize {
        while self.end - self.start < count && self.stop() == Stop::None {
            self.make_room(count);
            match self.input.read(&mut self.buffer[self.end..]) {
                Ok(0) => self.ended = true,
                Ok(read) => self.end += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => match Gap::of(&error) {
                    Some(gap) => self.gap = Some(gap),
                    None => (self.error, self.ended) = (Some(error), true),
                },
            }
        }
        self.end - self.start
    }

    /// Room for a chunk more. Bytes are moved only when as many were taken before them, so each is
    /// moved once on average; and the buffer grows with what is there, not with what a head claims.
    fn make_room(&mut self, count: usize) {
        let there = self.end - self.start;
        let room = count.min(2 * there) + CHUNK;
        if self.start + room > self.buffer.len() && self.start >= there {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, there);
        }
        if self.start + room > self.buffer.len() {
            self.buffer.resize(self.start + room, 0);
        }
    }

    /// What stands behind the bytes that are there, as far as it is known.
    pub(super) fn stop(&self) -> Stop {
        match (self.gap, self.ended) {
            (Some(_), _) => Stop::Gap,
            (None, true) => Stop::End,
            (None, false) => Stop::None,
        }
    }

    /// Takes `count` of the bytes that are there.
    pub(super) fn consume(&mut self, count: usize) {
        let count = count.min(self.end - self.start);
        self.start += count;
        self.taken += count as u64;
    }

    /// Bytes of the stream that were taken so far.
    pub(super) fn taken(&self) -> u64 {
        self.taken
    }

    /// The gap behind the bytes that are there.
    pub(super) fn gap(&self) -> Option<Gap> {
        self.gap
    }

    /// Gives up the bytes before a gap, and goes on after it.
    pub(super) fn step_over(&mut self) {
        self.consume(usize::MAX);
        self.gap = None;
    }

    /// The error that ended the stream, if one did.
    pub(super) fn into_error(self) -> Option<io::Error> {
        self.error
    }
}
