//! HTTP/1.x responses as crawls store them: head, chunks, content encodings.
//!
//! Heads often promise what the stored body no longer is, since some crawlers undo chunks and
//! encodings and keep the head. So each step is taken only when the body looks like it needs it,
//! and what was read before an error is kept, and marked as cut.

use super::head::Head;
use super::page::{self, Document};
use super::reason::Reason;
use brotli_decompressor::Decompressor;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use std::borrow::Cow;
use std::io::Read;

/// Content encodings undone one after another; more are nobody's page.
const MAX_ENCODINGS: usize = 3;

/// Longest line of a chunk's size: 16 hexadecimal digits and an extension.
const MAX_SIZE_LINE: usize = 1024;

/// The document in a response, of which no more than `limit` bytes are kept.
///
/// # Errors
/// Why it is no article: the status, the media type, or a head that is none.
pub(super) fn response<'a>(
    block: &'a [u8],
    url: Option<&str>,
    limit: usize,
) -> Result<Document<'a>, (Reason, String)> {
    if !block.starts_with(b"HTTP/") {
        // HTTP/0.9, or a crawler that stored the body alone.
        return page::plain_document(None, url, block);
    }
    let head = Head::parse(block);
    let Some(status) = status(head.first) else {
        return Err((Reason::Damaged, "the HTTP status line cannot be read".to_owned()));
    };
    if !(200..300).contains(&status) {
        return Err((Reason::HttpStatus, format!("status {status}")));
    }
    let declared = head.text("Content-Type");
    page::check_media(declared, url)?;
    if !head.ended && block.len() > head.length {
        return Err((Reason::Damaged, "the HTTP head does not end".to_owned()));
    }
    let stored = &block[head.length..];
    let chunked = head.text("Transfer-Encoding").is_some_and(|e| has_token(e, "chunked"));
    let (mut body, mut cut) = match chunked.then(|| unchunk(stored)).flatten() {
        Some((body, cut)) => (Cow::Owned(body), cut),
        None => (Cow::Borrowed(stored), false),
    };
    let encodings = head.text("Content-Encoding").unwrap_or("");
    for encoding in encodings.rsplit(',').map(str::trim).take(MAX_ENCODINGS) {
        if let Some((decoded, short)) = undo(encoding, &body, limit) {
            (body, cut) = (Cow::Owned(decoded), cut || short);
        }
    }
    if body.len() > limit {
        cut = true;
        body = match body {
            Cow::Borrowed(body) => Cow::Borrowed(&body[..limit]),
            Cow::Owned(mut body) => {
                body.truncate(limit);
                Cow::Owned(body)
            }
        };
    }
    page::document(declared, url, body).map(|document| Document { cut, ..document })
}

/// The status in `HTTP/1.1 200 OK`.
fn status(line: &[u8]) -> Option<u16> {
    let mut words = line.split(|&b| b == b' ').filter(|word| !word.is_empty());
    words.next()?;
    let status = std::str::from_utf8(words.next()?).ok()?;
    status.parse().ok().filter(|status| (100..1000).contains(status))
}

fn has_token(list: &str, token: &str) -> bool {
    list.split(',').any(|one| one.trim().eq_ignore_ascii_case(token))
}

/// The body without its chunks' sizes, and whether it ended before its last chunk did; `None`
/// where it does not begin with a chunk. Never longer than `body`.
pub(super) fn unchunk(body: &[u8]) -> Option<(Vec<u8>, bool)> {
    let mut out = Vec::new();
    let mut rest = body;
    loop {
        let Some((size, length)) = chunk_size(rest) else {
            return (rest.len() < body.len()).then_some((out, true));
        };
        rest = &rest[length..];
        if size == 0 {
            return Some((out, false));
        }
        let there = usize::try_from(size).unwrap_or(usize::MAX).min(rest.len());
        out.extend_from_slice(&rest[..there]);
        rest = &rest[there..];
        rest = rest.strip_prefix(b"\r").unwrap_or(rest);
        rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        if rest.is_empty() {
            return Some((out, true));
        }
    }
}

/// A chunk's size and the length of the line it stands in.
fn chunk_size(bytes: &[u8]) -> Option<(u64, usize)> {
    let end = memchr::memchr(b'\n', &bytes[..bytes.len().min(MAX_SIZE_LINE)])?;
    let line = std::str::from_utf8(&bytes[..end]).ok()?;
    let digits = line.split(';').next()?.trim();
    let hexadecimal = digits.bytes().all(|b| b.is_ascii_hexdigit());
    let size = u64::from_str_radix(digits, 16).ok().filter(|_| hexadecimal)?;
    Some((size, end + 1))
}

/// The body without `encoding`, no more than `limit` bytes of it, and whether that is not all;
/// `None` where it is not so encoded.
fn undo(encoding: &str, body: &[u8], limit: usize) -> Option<(Vec<u8>, bool)> {
    let is = |names: &[&str]| names.iter().any(|name| encoding.eq_ignore_ascii_case(name));
    if is(&["gzip", "x-gzip"]) {
        return body.starts_with(&[0x1F, 0x8B]).then(|| take(MultiGzDecoder::new(body), limit));
    }
    let (decoded, cut) = if is(&["deflate"]) {
        // The standard means zlib; many servers sent the bare stream.
        let zlib =
            matches!(body, [a, b, ..] if a & 15 == 8 && u16::from_be_bytes([*a, *b]) % 31 == 0);
        if zlib {
            take(ZlibDecoder::new(body), limit)
        } else {
            take(DeflateDecoder::new(body), limit)
        }
    } else if is(&["br"]) {
        // Windows of up to a GiB are an extension that no browser takes.
        if body.first().is_some_and(|first| first & 0x7F == 0x11) {
            return None;
        }
        take(Decompressor::new(body, 16 << 10), limit)
    } else if is(&["zstd"]) {
        take(zstd::Decoder::with_buffer(body).ok()?, limit)
    } else {
        return None;
    };
    // These have nothing at their beginning to be known by: an error at once says it was not so.
    (!decoded.is_empty() || !cut).then_some((decoded, cut))
}

fn take(decoder: impl Read, limit: usize) -> (Vec<u8>, bool) {
    let mut out = Vec::new();
    let outcome = decoder.take(limit as u64 + 1).read_to_end(&mut out);
    let cut = outcome.is_err() || out.len() > limit;
    out.truncate(limit);
    (out, cut)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::MediaType;
    use flate2::Compression;
    use std::io::Write;

    const PAGE: &str =
        "<html><p>The tram runs again since Monday, to the joy of the hill.</p></html>";

    fn body(head: &str, body: &[u8]) -> (String, bool) {
        let block =
            [format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{head}\r\n").as_bytes(), body]
                .concat();
        let document = response(&block, None, 1 << 20).expect("a document");
        (String::from_utf8_lossy(&document.body).into_owned(), document.cut)
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn chunks_are_joined_whatever_they_lie() {
        let chunked = "Transfer-Encoding: chunked\r\n";
        let whole = |text: &[u8]| body(chunked, text);
        assert_eq!(
            whole(b"5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n"),
            ("hello world".into(), false)
        );
        assert_eq!(whole(b"5\nhello\n0\n"), ("hello".into(), false));
        // More promised than there is, a size that is none, no last chunk, no chunks at all.
        assert_eq!(whole(b"FF\r\nhello"), ("hello".into(), true));
        assert_eq!(whole(b"ffffffffffffffff\r\nhello"), ("hello".into(), true));
        assert_eq!(whole(b"5\r\nhello\r\nzz\r\nworld"), ("hello".into(), true));
        assert_eq!(whole(b"5\r\nhello\r\n"), ("hello".into(), true));
        assert_eq!(whole(PAGE.as_bytes()), (PAGE.into(), false));
        assert_eq!(whole(b"+5\r\nhello"), ("+5\r\nhello".into(), false));
        assert_eq!(whole(&b"1".repeat(5000)).0.len(), 5000);
    }

    #[test]
    fn every_encoding_is_undone() {
        let page = PAGE.as_bytes();
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), Compression::default());
        let mut raw = flate2::write::DeflateEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(page).unwrap();
        raw.write_all(page).unwrap();
        let (zlib, raw) = (zlib.finish().unwrap(), raw.finish().unwrap());
        let zstd = zstd::encode_all(page, 3).unwrap();
        for (name, bytes) in
            [("gzip", gzip(page)), ("deflate", zlib), ("Deflate", raw), ("zstd", zstd)]
        {
            let head = format!("Content-Encoding: {name}\r\n");
            assert_eq!(body(&head, &bytes), (PAGE.into(), false), "{name}");
            let short = body(&head, &bytes[..bytes.len() - 12]);
            assert!(short.1 || short.0 != PAGE, "{name}");
            // Kept in the head, undone in the body.
            assert_eq!(body(&head, page), (PAGE.into(), false), "{name}");
        }
        let twice = gzip(&gzip(page));
        assert_eq!(body("Content-Encoding: gzip, gzip\r\n", &twice), (PAGE.into(), false));
        let chunked =
            [format!("{:x}\r\n", twice.len()).as_bytes(), &twice, b"\r\n0\r\n\r\n"].concat();
        let head = "Content-Encoding: gzip, gzip\r\nTransfer-Encoding: chunked\r\n";
        assert_eq!(body(head, &chunked), (PAGE.into(), false));
    }

    #[test]
    fn brotli_is_undone() {
        // An uncompressed meta-block: window bits, length - 1, the bytes, and an empty last block.
        let text = b"Ice on the quay.";
        let bits = (text.len() as u32 - 1) << 4 | 1 << 20;
        let stream = [&bits.to_le_bytes()[..3], &text[..], &[3]].concat();
        let (out, cut) = body("Content-Encoding: br\r\n", &stream);
        assert_eq!((out.as_bytes(), cut), (&text[..], false));
        assert_eq!(body("Content-Encoding: br\r\n", PAGE.as_bytes()).0, PAGE);
    }

    #[test]
    fn a_bomb_is_cut_at_the_limit() {
        let bomb = gzip(&vec![b' '; 8 << 20]);
        assert!(bomb.len() < 1 << 14);
        let (text, cut) = body("Content-Encoding: gzip\r\n", &bomb);
        assert_eq!((text.len(), cut), (1 << 20, true));
    }

    #[test]
    fn only_good_answers_with_text_are_documents() {
        let reason = |block: &str| response(block.as_bytes(), None, 100).unwrap_err().0;
        assert_eq!(
            reason("HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\nx"),
            Reason::HttpStatus
        );
        assert_eq!(reason("HTTP/1.1 OK\r\n\r\nx"), Reason::Damaged);
        assert_eq!(
            reason("HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\nx"),
            Reason::MediaType(MediaType::Image)
        );
        assert_eq!(reason("HTTP/1.1 200 OK\r\n\r\nx"), Reason::MediaType(MediaType::OtherMedia));
        let endless =
            format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{}", "A: b\r\n".repeat(100_000));
        assert_eq!(reason(&endless), Reason::Damaged);
    }
}
