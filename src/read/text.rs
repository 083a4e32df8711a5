//! A file that is one article.

use super::batch::{Batcher, Decoded};
use super::gzip::Gap;
use super::reason::Reason;
use crate::article::{Article, Source};
use std::borrow::Cow;
use std::io::{self, BufRead, Read};

/// The whole stream as one record, cut at `max` bytes or a few before, so that no character of
/// UTF-8 is parted. What came before an error is kept, and what stands on both sides of a gap, of
/// which the one at the very beginning may have been met already.
///
/// # Errors
/// The stream cannot be read to its end, or not all of it: the file then lacks a part.
pub(super) fn split(
    input: &mut dyn BufRead,
    gap: Option<Gap>,
    max: usize,
    batcher: &mut Batcher,
) -> io::Result<()> {
    let mut lost = gap;
    // Where the last gap is, if something came before it.
    let mut parted = None;
    let outcome = loop {
        let room = (max + 1).saturating_sub(batcher.pending()) as u64;
        let before = batcher.pending();
        let outcome = (&mut *input).take(room).read_to_end(batcher.bytes());
        if let Some(at) = parted
            && batcher.pending() > before
        {
            // The halves of two words must not make one.
            batcher.bytes().insert(at, b'\n');
        }
        match outcome.as_ref().map_err(Gap::of) {
            Err(Some(gap)) => {
                let left_out = lost.map_or(0, |lost| lost.left_out) + gap.left_out;
                lost = Some(Gap { left_out, ..gap });
                parted = (batcher.pending() > 0).then(|| batcher.bytes().len());
            }
            _ => break outcome,
        }
    };
    let pending = batcher.pending();
    let cut = pending > max;
    if cut {
        let start = batcher.bytes().len() - pending;
        let end = whole_characters(&batcher.bytes()[start..], max);
        batcher.bytes().truncate(start + end);
    }
    if pending > 0 || (outcome.is_ok() && lost.is_none()) {
        batcher.record(0, cut);
    }
    if let Some(gap) = lost {
        batcher.left_out(gap.left_out);
        outcome?;
        Err(io::Error::new(io::ErrorKind::InvalidData, gap))
    } else {
        outcome.map(|_| ())
    }
}

/// The end of the last whole character of UTF-8 in the first `max` of some bytes; `max` where they
/// are not UTF-8.
fn whole_characters(bytes: &[u8], max: usize) -> usize {
    for back in 1..=max.min(3) {
        let length = bytes[max - back].leading_ones() as usize;
        if length != 1 {
            let is_parted = (back + 1..=4).contains(&length);
            return if is_parted { max - back } else { max };
        }
    }
    max
}

/// An article of all the bytes: UTF-8, with anything else replaced.
pub(super) fn decode(bytes: &[u8], source: Source) -> Result<Decoded, (Reason, String)> {
    if memchr::memchr(0, bytes).is_some() {
        let detail = "the file holds NUL bytes: name text files only, or say --format";
        return Err((Reason::NotText, detail.to_owned()));
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = lossy(bytes);
    let replaced = matches!(text, Cow::Owned(_));
    let article = Article { source, id: None, ..Article::new("", text) };
    Ok(Decoded { article, replaced, cut: false })
}

/// The bytes as text, with U+FFFD for what is not UTF-8. What `String::from_utf8_lossy` gives, but
/// faster where nothing is to be replaced.
pub(super) fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}
