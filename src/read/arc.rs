//! ARC version 1 (Internet Archive, 1996): a line for a head, the response, a blank line.

use super::batch::Decoded;
use super::head::line;
use super::http;
use super::page::{self, Origin};
use super::reason::{Reason, RecordKind};
use super::records::{Framing, Start};
use crate::article::Source;

/// First bytes of an ARC file.
pub(super) const MAGIC: &[u8] = b"filedesc://";

/// Longest line that is taken for a head; addresses are shorter.
const MAX_LINE: usize = 16 << 10;

/// The parts of a record's line: `address IP date type length`.
struct Line<'a> {
    url: &'a str,
    date: &'a str,
    media: &'a str,
    /// `None`: it is not a number.
    length: Option<u64>,
}

impl<'a> Line<'a> {
    /// The parts are taken from the end, since addresses with spaces in them occur.
    fn parse(line: &'a [u8]) -> Option<Line<'a>> {
        if !begins_with_scheme(line) || line.len() > MAX_LINE {
            return None;
        }
        let line = std::str::from_utf8(line).ok()?;
        let mut parts = line.rsplitn(5, ' ');
        let (length, media, date, ip) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let is_ip = ip.contains(['.', ':'])
            && ip.bytes().all(|b| b.is_ascii_hexdigit() || matches!(b, b'.' | b':'));
        let url = parts.next()?;
        is_ip.then(|| Line { url, date, media, length: length.parse().ok() })
    }
}

/// Whether bytes begin as an address does.
fn begins_with_scheme(bytes: &[u8]) -> bool {
    let scheme = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
    let end = bytes.iter().take(16).position(|b| !scheme(b));
    bytes.first().is_some_and(u8::is_ascii_alphabetic)
        && end.map_or(bytes.len() < 16, |end| bytes[end] == b':')
}

pub(super) struct Arc;

impl Framing for Arc {
    const LOOK_AHEAD: usize = MAX_LINE;

    fn start(bytes: &[u8], all: bool) -> Start {
        let (first, head) = line(&bytes[..bytes.len().min(MAX_LINE)]);
        if bytes[head - 1] != b'\n' && !all && bytes.len() < MAX_LINE {
            return Start::More;
        }
        match Line::parse(first) {
            Some(Line { url, length: Some(block), .. }) => {
                let unwanted = url.as_bytes().starts_with(MAGIC).then_some(RecordKind::Filedesc);
                Start::Record { head, block, unwanted }
            }
            Some(_) => Start::Broken,
            None => Start::Nothing,
        }
    }

    /// The whole line is there as a rule; of a longer one a scheme and a colon must do.
    fn may_start(bytes: &[u8]) -> bool {
        let (first, length) = line(bytes);
        begins_with_scheme(bytes) && (length == first.len() || Line::parse(first).is_some())
    }

    fn find(bytes: &[u8]) -> Result<usize, usize> {
        let mut at = 0;
        while let Some(end) = memchr::memchr(b'\n', &bytes[at..]) {
            let start = at + end + 1;
            let (first, length) = line(&bytes[start..]);
            if start + length >= bytes.len() && bytes.last() != Some(&b'\n') {
                // The line is not there whole; it is asked for again, from the one before.
                let long = bytes.len() - start > MAX_LINE;
                return Err(if long { bytes.len() } else { start - 1 });
            }
            if Line::parse(first).is_some() {
                return Ok(start);
            }
            at = start;
        }
        Err(bytes.len().saturating_sub(1))
    }
}

/// The article in a record.
pub(super) fn decode(
    bytes: &[u8],
    source: Source,
    max_body: usize,
) -> Result<Decoded, (Reason, String)> {
    let (first, length) = line(bytes);
    let Some(Line { url, date, media, .. }) = Line::parse(first) else {
        return Err((Reason::Damaged, "not an ARC record".to_owned()));
    };
    let block = &bytes[length..];
    let origin = Origin { source, id: None, url: Some(url.to_owned()), fetched: rfc3339(date) };
    let document = if block.starts_with(b"HTTP/") {
        http::response(block, Some(url), max_body)?
    } else {
        page::plain_document(Some(media), Some(url), block)?
    };
    page::article(document, origin)
}

/// `20140216050221` as `2014-02-16T05:02:21Z`; dates of another shape are none.
fn rfc3339(date: &str) -> Option<String> {
    if date.len() != 14 || !date.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let [year, month, day] = [&date[..4], &date[4..6], &date[6..8]];
    let [hour, minute, second] = [&date[8..10], &date[10..12], &date[12..]];
    Some(format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_taken_apart_from_its_end() {
        let line = b"http://x.example/a b?c=d e 192.0.2.7 20140216050221 text/html 1591";
        let line = Line::parse(line).expect("a head");
        assert_eq!((line.url, line.length), ("http://x.example/a b?c=d e", Some(1591)));
        assert_eq!(rfc3339(line.date).as_deref(), Some("2014-02-16T05:02:21Z"));
        assert_eq!(rfc3339("2014021605022x"), None);
        assert!(Line::parse(b"http://x.example/ 192.0.2.7 20140216050221 text/html -1").is_some());
        assert!(Line::parse(b"Note: this is a line of 5 words").is_none());
    }
}
