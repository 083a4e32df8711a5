//! A file that is one article.

use super::batch::{Batcher, Decoded};
use super::tally::Reason;
use crate::article::{Article, Source};
use std::borrow::Cow;
use std::io::{self, BufRead, Read};

/// The whole stream as one record, cut at `max` bytes; what came before an error is kept.
pub(super) fn split(input: &mut dyn BufRead, max: usize, batcher: &mut Batcher) -> io::Result<()> {
    let outcome = input.take(max as u64 + 1).read_to_end(batcher.bytes());
    let cut = batcher.pending() > max;
    if cut {
        let end = batcher.bytes().len() - (batcher.pending() - max);
        batcher.bytes().truncate(end);
    }
    if outcome.is_ok() || batcher.pending() > 0 {
        batcher.record(0, cut);
    }
    outcome.map(|_| ())
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
    let article =
        Article { source, id: None, title: None, url: None, date: None, text: text.into() };
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
