//! Records that follow one another, each with its length in its head: WARC and ARC.
//!
//! A length is believed only when another record, or the end, follows where it says. Otherwise the
//! record is counted as damaged, and reading goes on at the next line that begins a record, be it
//! inside what the length claimed.

use super::batch::Batcher;
use super::gzip::Gap;
use super::reason::{Reason, RecordKind};
use super::window::{Stop, Window};
use std::io;

/// Bytes searched at a time for the next record, and first looked at for a head.
const SEARCH: usize = 64 << 10;
const FIRST_LOOK: usize = 4 << 10;

/// What stands at the beginning of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// A record.
    Record {
        /// Bytes of its head.
        head: usize,
        /// Bytes that the head says come after it.
        block: u64,
        /// Its kind, where none of that kind is an article.
        unwanted: Option<RecordKind>,
    },
    /// A record whose head cannot be read.
    Broken,
    /// The beginning of a head.
    More,
    /// Something else.
    Nothing,
}

/// How the records of a format are told apart.
pub(super) trait Framing {
    /// Bytes looked at behind a record to see whether it ended where its length says.
    const LOOK_AHEAD: usize;

    /// What stands at the beginning of `bytes`, of which there are no more if `all`.
    fn start(bytes: &[u8], all: bool) -> Start;

    /// Whether `bytes`, a few from a line's beginning, may begin a record.
    fn may_start(bytes: &[u8]) -> bool;

    /// The first place after a line's end where a record begins. `Err`: how many bytes hold no such
    /// place, whatever comes after them.
    fn find(bytes: &[u8]) -> Result<usize, usize>;
}

/// Cuts a stream into records, numbered from 1.
///
/// # Errors
/// The stream cannot be read to its end. Damage in it is counted, and no error.
pub(super) fn split<F: Framing>(mut window: Window<'_>, batcher: &mut Batcher) -> io::Result<()> {
    let mut splitter = Splitter { window: &mut window, batcher, number: 0, lost: None };
    splitter.run::<F>();
    window.into_error().map_or(Ok(()), Err)
}

struct Splitter<'s, 'w> {
    window: &'s mut Window<'w>,
    batcher: &'s mut Batcher,
    /// Of the last record.
    number: u64,
    lost: Option<Lost>,
}

/// A stretch that is being passed over.
struct Lost {
    number: u64,
    bytes: u64,
    compressed: u64,
}

impl Splitter<'_, '_> {
    fn run<F: Framing>(&mut self) {
        while !self.batcher.closed() {
            self.window.want(1);
            let newlines = leading_newlines(self.window.bytes());
            if newlines > 0 {
                self.window.consume(newlines);
            } else if self.window.bytes().is_empty() {
                match self.window.gap() {
                    Some(gap) => self.gap(gap),
                    None => break,
                }
            } else {
                match self.start::<F>() {
                    Start::Record { head, block, unwanted } => {
                        self.end_loss();
                        self.number += 1;
                        self.record::<F>(block.saturating_add(head as u64), unwanted);
                    }
                    Start::Broken | Start::More => {
                        self.end_loss();
                        self.number += 1;
                        self.lose_record::<F>(0);
                    }
                    Start::Nothing => self.pass::<F>(),
                }
            }
        }
        self.end_loss();
    }

    fn start<F: Framing>(&mut self) -> Start {
        let mut look = FIRST_LOOK;
        loop {
            let have = self.window.want(look);
            match F::start(self.window.bytes(), have < look) {
                Start::More if have >= look => look *= 4,
                start => return start,
            }
        }
    }

    /// Takes a record of `length` bytes in all.
    fn record<F: Framing>(&mut self, length: u64, unwanted: Option<RecordKind>) {
        let max = self.batcher.max_record();
        let held = usize::try_from(length).unwrap_or(usize::MAX).min(max);
        let have = self.window.want(held + F::LOOK_AHEAD);
        if have < held || (held as u64 == length && !self.ends_at::<F>(held)) {
            return self.lose_record::<F>(0);
        }
        if unwanted.is_none() {
            self.batcher.bytes().extend_from_slice(&self.window.bytes()[..held]);
        }
        self.window.consume(held);
        let cut = length > held as u64;
        if cut && !self.skip_rest::<F>(length - held as u64) {
            self.batcher.discard();
            return self.lose_record::<F>(held as u64);
        }
        // The empty lines behind it are its own.
        self.window.consume(leading_newlines(self.window.bytes()));
        self.batcher.reach(self.window.taken());
        match unwanted {
            Some(kind) => {
                self.batcher.skip(self.number, Reason::RecordKind(kind), String::new());
            }
            None => self.batcher.record(self.number, cut),
        }
    }

    /// Whether a record may end after `length` bytes of those that are there.
    fn ends_at<F: Framing>(&self, length: usize) -> bool {
        let after = &self.window.bytes()[length..];
        let after = &after[leading_newlines(after)..];
        match self.window.gap() {
            Some(gap) if after.is_empty() => gap.clean,
            _ => after.is_empty() || F::may_start(after),
        }
    }

    /// Passes over the rest of a record that is too long to be held; `false` if it does not end
    /// as it should. Another record within it is taken for the next one: a length that claims the
    /// rest of the file must not have it.
    fn skip_rest<F: Framing>(&mut self, mut rest: u64) -> bool {
        while rest > 0 {
            let have = self.window.want(SEARCH);
            let within = usize::try_from(rest).unwrap_or(usize::MAX).min(have);
            let passed = match F::find(&self.window.bytes()[..within]) {
                Ok(_) => return false,
                Err(_) if within as u64 == rest || have < SEARCH => within,
                Err(passed) => passed.max(1),
            };
            if passed == 0 {
                return false;
            }
            self.window.consume(passed);
            rest -= passed as u64;
        }
        self.window.want(F::LOOK_AHEAD);
        self.ends_at::<F>(0)
    }

    /// Counts the current record as damaged, of which `bytes` were passed already.
    fn lose_record<F: Framing>(&mut self, bytes: u64) {
        self.lost = Some(Lost { number: self.number, bytes, compressed: 0 });
        self.pass::<F>();
        // A gap that ends it is part of the same loss.
        if self.window.bytes().is_empty()
            && let Some(gap) = self.window.gap()
        {
            self.lost().compressed += gap.left_out;
            self.window.step_over();
        }
    }

    /// A gap where no record was begun. In a damaged member is one at least; junk between members
    /// counts as one too, unless it is part of a larger loss.
    fn gap(&mut self, gap: Gap) {
        if gap.member {
            self.end_loss();
        }
        self.lost().compressed += gap.left_out;
        self.window.step_over();
    }

    /// Passes over everything to the next record, or to what stops the stream.
    fn pass<F: Framing>(&mut self) {
        loop {
            let have = self.window.want(SEARCH);
            let (passed, done) = match F::find(self.window.bytes()) {
                Ok(at) => (at, true),
                Err(_) if self.window.stop() != Stop::None => (have, true),
                Err(passed) => (passed.max(1), false),
            };
            self.window.consume(passed);
            self.lost().bytes += passed as u64;
            if done {
                return;
            }
        }
    }

    /// The stretch that is being passed over; it counts as one record.
    fn lost(&mut self) -> &mut Lost {
        self.lost.get_or_insert_with(|| {
            self.number += 1;
            Lost { number: self.number, bytes: 0, compressed: 0 }
        })
    }

    fn end_loss(&mut self) {
        if let Some(Lost { number, bytes, compressed }) = self.lost.take() {
            self.batcher.reach(self.window.taken());
            self.batcher.lost(number, bytes, compressed);
        }
    }
}

fn leading_newlines(bytes: &[u8]) -> usize {
    bytes.iter().position(|b| !matches!(b, b'\r' | b'\n')).unwrap_or(bytes.len())
}
