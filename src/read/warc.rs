//! WARC 1.0 and 1.1 (ISO 28500), the drafts before them, and the WET files made of them; and ARC,
//! which goes by the same name on the command line.

use super::batch::{Batcher, Decoded};
use super::gzip::Gap;
use super::head::{Head, MAX_HEAD, line};
use super::page::{self, Origin};
use super::reason::{Reason, RecordKind};
use super::records::{self, Framing, Start};
use super::window::Window;
use super::{arc, http};
use crate::article::Source;
use std::io::{self, BufRead};

/// Each record of a WARC or ARC file. `gap`: damage at its very beginning.
pub(super) fn split(
    input: &mut dyn BufRead,
    gap: Option<Gap>,
    batcher: &mut Batcher,
) -> io::Result<()> {
    let mut window = Window::new(input, gap);
    window.want(arc::MAGIC.len());
    // Of a file whose beginning is lost, the first thing that looks like a record decides.
    if window.bytes().starts_with(arc::MAGIC) || arc::Arc::may_start(window.bytes()) {
        records::split::<arc::Arc>(window, batcher)
    } else {
        records::split::<Warc>(window, batcher)
    }
}

/// The article in a record that `split` found.
pub(super) fn decode(
    bytes: &[u8],
    source: Source,
    max_body: usize,
) -> Result<Decoded, (Reason, String)> {
    if !bytes.starts_with(MAGIC) {
        return arc::decode(bytes, source, max_body);
    }
    let head = Head::parse(bytes);
    let block = &bytes[head.length..];
    let origin = Origin {
        source,
        id: head.text("WARC-Record-ID").map(bare).map(str::to_owned),
        url: head.text("WARC-Target-URI").map(bare).map(str::to_owned),
        fetched: head.text("WARC-Date").map(str::to_owned),
    };
    let kind = head.text("WARC-Type").unwrap_or("");
    let media = head.text("Content-Type");
    let document = if kind.eq_ignore_ascii_case("response") && is_http(media, block) {
        http::response(block, origin.url.as_deref(), max_body)?
    } else {
        let declared = media.or(kind.eq_ignore_ascii_case("conversion").then_some("text/plain"));
        let mut document = page::plain_document(declared, origin.url.as_deref(), block)?;
        if kind.eq_ignore_ascii_case("conversion") {
            // What a crawl converts itself is UTF-8.
            document.charset = document.charset.or(Some("utf-8"));
        }
        document
    };
    // Cut by the crawler, or the rest stands in other records.
    let cut = ["WARC-Truncated", "WARC-Segment-Number"].iter().any(|n| head.get(n).is_some());
    page::article(document, origin).map(|decoded| Decoded { cut: decoded.cut || cut, ..decoded })
}

/// First bytes of a WARC file.
pub(super) const MAGIC: &[u8] = b"WARC/";

fn is_http(media: Option<&str>, block: &[u8]) -> bool {
    media.is_none_or(|media| page::is_media(media, "application/http"))
        || block.starts_with(b"HTTP/")
}

/// An identifier without the angle brackets that some writers put around it.
fn bare(value: &str) -> &str {
    value.strip_prefix('<').and_then(|v| v.strip_suffix('>')).unwrap_or(value)
}

struct Warc;

impl Framing for Warc {
    const LOOK_AHEAD: usize = 64;

    fn start(bytes: &[u8], all: bool) -> Start {
        if !bytes.starts_with(MAGIC) {
            return if !all && MAGIC.starts_with(bytes) { Start::More } else { Start::Nothing };
        }
        let head = Head::parse(bytes);
        if head.first.len() < bytes.len() && !is_version(head.first) {
            return Start::Nothing;
        }
        if !head.ended {
            return if all || bytes.len() >= MAX_HEAD { Start::Broken } else { Start::More };
        }
        match head.number("Content-Length") {
            Some(block) => {
                let unwanted = unwanted(head.text("WARC-Type").unwrap_or(""));
                Start::Record { head: head.length, block, unwanted }
            }
            None => Start::Broken,
        }
    }

    fn may_start(bytes: &[u8]) -> bool {
        let length = bytes.len().min(MAGIC.len());
        bytes[..length] == MAGIC[..length]
    }

    fn find(bytes: &[u8]) -> Result<usize, usize> {
        /// Longest version line that is looked for.
        const LONGEST: usize = 16;
        for found in memchr::memmem::find_iter(bytes, b"\nWARC/") {
            let (first, length) = line(&bytes[found + 1..]);
            let whole = bytes[found + 1..].len() >= length && bytes[found + length] == b'\n';
            if whole && is_version(first) {
                return Ok(found + 1);
            }
        }
        Err(bytes.len().saturating_sub(LONGEST))
    }
}

/// Whether a line says `WARC/` and a version.
fn is_version(line: &[u8]) -> bool {
    let version = line.strip_prefix(MAGIC).unwrap_or(b"").trim_ascii_end();
    (3..=8).contains(&version.len())
        && version[0].is_ascii_digit()
        && version.iter().all(|b| b.is_ascii_digit() || *b == b'.')
}

/// The kind of a record that is no article, whatever is in it.
fn unwanted(kind: &str) -> Option<RecordKind> {
    use RecordKind::{Continuation, Metadata, Request, Revisit, Unknown, Warcinfo};
    const WANTED: [&str; 3] = ["response", "conversion", "resource"];
    let is = |name: &str| name.eq_ignore_ascii_case(kind);
    if WANTED.into_iter().any(is) {
        return None;
    }
    let known = [Continuation, Metadata, Request, Revisit, Warcinfo];
    known.into_iter().find(|kind| is(kind.name())).or(Some(Unknown))
}
