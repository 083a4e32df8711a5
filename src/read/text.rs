//! A file that is one article.

use super::MAX_ARTICLE;
use super::batch::{Batcher, Decoded};
use super::tally::Reason;
use crate::article::{Article, Source};
use std::io::{self, BufRead, Read};

/// The whole stream as one record, cut at [`MAX_ARTICLE`]; what came before an error is kept.
pub(super) fn split(input: &mut dyn BufRead, batcher: &mut Batcher) -> io::Result<()> {
    let limit = MAX_ARTICLE as u64 + 1;
    let outcome = input.take(limit).read_to_end(batcher.bytes());
    let cut = batcher.pending() > MAX_ARTICLE;
    if cut {
        let end = batcher.bytes().len() - (batcher.pending() - MAX_ARTICLE);
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
    let text = String::from_utf8_lossy(bytes);
    let replaced = matches!(text, std::borrow::Cow::Owned(_));
    let article =
        Article { source, id: None, title: None, url: None, date: None, text: text.into() };
    Ok(Decoded { article, replaced, cut: false })
}
