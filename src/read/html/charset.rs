//! From the bytes of a page to text.
//!
//! The order is the one of the HTML standard: byte order mark, HTTP header, meta tag,
//! and only then a guess. The mark wins because nothing else begins with it by chance;
//! the header wins over the page because servers that convert pages do not edit them.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, X_USER_DEFINED};

/// Where a meta tag is looked for. The standard says 1024 bytes, but real pages put
/// comments and scripts before it, and browsers read on.
const META_WINDOW: usize = 4096;
/// What the guess is made from: enough to decide, and it bounds the cost.
const GUESS_WINDOW: usize = 64 * 1024;

/// Decodes a page; `http_charset` is the `charset` parameter of its Content-Type header,
/// if it had one. The flag says that some bytes had no meaning in the chosen encoding and
/// became U+FFFD: the choice was wrong or the page is damaged. Never fails; linear.
pub fn decode(bytes: &[u8], http_charset: Option<&str>) -> (String, bool) {
    let named =
        |label: &str| Encoding::for_label(label.trim_matches([' ', '\t', '"', '\'']).as_bytes());
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None => http_charset
            .and_then(named)
            .or_else(|| in_meta(bytes).and_then(named).map(readable))
            .unwrap_or_else(|| guess(bytes)),
    };
    // Removes a mark of this encoding; there is no other, or it would have been chosen.
    let (text, had_errors) = encoding.decode_with_bom_removal(bytes);
    (text.into_owned(), had_errors)
}

/// Whoever could read the meta tag was not reading UTF-16, whatever it says; the second
/// rule is the standard's as well.
fn readable(encoding: &'static Encoding) -> &'static Encoding {
    match encoding {
        e if e == UTF_16LE || e == UTF_16BE => UTF_8,
        e if e == X_USER_DEFINED => encoding_rs::WINDOWS_1252,
        e => e,
    }
}

/// The value after the first `charset` in a meta tag: `<meta charset="x">` and
/// `<meta http-equiv=... content="text/html; charset=x">` alike.
fn in_meta(bytes: &[u8]) -> Option<&str> {
    let head = &bytes[..bytes.len().min(META_WINDOW)];
    let mut rest = head;
    while let Some(at) = find(rest, b"<meta") {
        let tag = &rest[at + 5..];
        let end = tag.iter().position(|&b| b == b'>').unwrap_or(tag.len());
        rest = &tag[end..];
        let Some(value) = find(&tag[..end], b"charset").map(|i| tag[i + 7..end].trim_ascii_start())
        else {
            continue;
        };
        let Some(value) = value.strip_prefix(b"=").map(<[u8]>::trim_ascii_start) else {
            continue;
        };
        let value = value.strip_prefix(b"\"").or(value.strip_prefix(b"'")).unwrap_or(value);
        let stop = |b: &u8| b.is_ascii_whitespace() || b"\"';/".contains(b);
        return std::str::from_utf8(&value[..value.iter().position(stop).unwrap_or(value.len())])
            .ok();
    }
    None
}

/// First place of `word` (in small letters) in `bytes`, whatever its case.
fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes.windows(word.len()).position(|w| w.eq_ignore_ascii_case(word))
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    if std::str::from_utf8(bytes).is_ok() {
        return UTF_8;
    }
    // The plain part of a page, often all of its head, tells the detector nothing.
    let from = bytes.iter().position(|b| !b.is_ascii()).unwrap_or(0);
    let window = &bytes[from..bytes.len().min(from + GUESS_WINDOW)];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    // Not "last" when cut short: a halved character must not count against an encoding.
    detector.feed(window, from + window.len() == bytes.len());
    detector.guess(None, Utf8Detection::Allow)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GREETING: &str =
        "Die Bäckerei öffnet früh, und die Straße füllt sich mit müden Fußgängern.";

    fn latin(text: &str) -> Vec<u8> {
        encoding_rs::WINDOWS_1252.encode(text).0.into_owned()
    }

    #[test]
    fn a_byte_order_mark_beats_every_label() {
        let utf8 = [b"\xEF\xBB\xBF", GREETING.as_bytes()].concat();
        assert_eq!(decode(&utf8, Some("windows-1251")), (GREETING.into(), false));
        let utf16: Vec<u8> = "\u{FEFF}hät".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&utf16, Some("utf-8")), ("hät".into(), false));
    }

    #[test]
    fn the_header_beats_the_meta_tag() {
        let page = [b"<meta charset=koi8-r>".to_vec(), latin("für")].concat();
        assert_eq!(decode(&page, Some(" \"ISO-8859-1\" ")).0, "<meta charset=koi8-r>für");
        let unknown = decode(
            &[b"<meta charset=latin1>".to_vec(), latin("für")].concat(),
            Some("no-such-thing"),
        );
        assert!(unknown.0.ends_with("für"));
    }

    #[test]
    fn both_kinds_of_meta_tag_are_read() {
        for tag in [
            "<META name=x><meta CharSet = 'windows-1252' >",
            "<meta content=\"text/html; charset=windows-1252\">",
        ] {
            let page = [tag.as_bytes().to_vec(), latin("naïve “quote”")].concat();
            assert_eq!(decode(&page, None), (format!("{tag}naïve “quote”"), false));
        }
        assert_eq!(decode("<meta charset=utf-16>ü".as_bytes(), None).0, "<meta charset=utf-16>ü");
    }

    #[test]
    fn without_a_label_it_is_guessed() {
        assert_eq!(decode(&latin(GREETING), None), (GREETING.into(), false));
        assert_eq!(decode(GREETING.as_bytes(), None), (GREETING.into(), false));
        let japanese = "今日は朝から雨が降っていて、駅前の広場にはほとんど人がいない。";
        let (bytes, ..) = encoding_rs::SHIFT_JIS.encode(japanese);
        assert_eq!(decode(&bytes, None), (japanese.into(), false));
    }

    #[test]
    fn damage_is_reported_and_nothing_panics() {
        assert_eq!(decode(b"ab\xFFc", Some("utf-8")), ("ab\u{FFFD}c".into(), true));
        assert_eq!(decode(b"", None), (String::new(), false));
        for junk in [
            &b"<meta"[..],
            b"<meta charset",
            b"<meta charset=",
            b"<meta charset=\"",
            b"\xFF\xFE",
            b"\x80",
        ] {
            decode(junk, None);
        }
    }
}
