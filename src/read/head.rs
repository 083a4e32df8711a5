//! Heads as WARC and HTTP have them: a first line, `Name: value` lines, a blank line.

/// Longest head in bytes. Real ones are of a few KiB, cookies and all.
pub(super) const MAX_HEAD: usize = 256 << 10;

/// A head, borrowed from the bytes it stands in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head<'a> {
    /// The first line.
    pub(super) first: &'a [u8],
    lines: &'a [u8],
    /// Its bytes, the blank line with them.
    pub(super) length: usize,
    /// Whether there is a blank line; without one the bytes ended first.
    pub(super) ended: bool,
}

impl<'a> Head<'a> {
    /// The head at the beginning of `bytes`, lines ended by CR LF or LF alone. Looks at no more
    /// than [`MAX_HEAD`] bytes; a head that is not ended there has all of them.
    pub(super) fn parse(bytes: &'a [u8]) -> Head<'a> {
        let bytes = &bytes[..bytes.len().min(MAX_HEAD)];
        let (first, start) = line(bytes);
        let mut at = start;
        while at < bytes.len() {
            let (line, length) = line(&bytes[at..]);
            if line.is_empty() && bytes[at + length - 1] == b'\n' {
                let lines = &bytes[start..at];
                return Head { first, lines, length: at + length, ended: true };
            }
            at += length;
        }
        Head { first, lines: &bytes[start..], length: bytes.len(), ended: false }
    }

    /// Value of the first line of that name, in any case, without the space around it. Lines that
    /// go on with the next one are cut there: none of the values wanted here is that long.
    pub(super) fn get(&self, name: &str) -> Option<&'a [u8]> {
        let mut rest = self.lines;
        while !rest.is_empty() {
            let (line, length) = line(rest);
            rest = &rest[length..];
            if line.len() > name.len()
                && line[..name.len()].eq_ignore_ascii_case(name.as_bytes())
                && let Some(value) = line[name.len()..].trim_ascii_start().strip_prefix(b":")
            {
                return Some(value.trim_ascii());
            }
        }
        None
    }

    /// The same as text; `None` too where it is not UTF-8 or empty.
    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        std::str::from_utf8(self.get(name)?).ok().filter(|value| !value.is_empty())
    }

    /// The same as a number of bytes.
    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.text(name)?.parse().ok()
    }
}

/// The first line of `bytes` without its end, and its length with it.
pub(super) fn line(bytes: &[u8]) -> (&[u8], usize) {
    match memchr::memchr(b'\n', bytes) {
        Some(end) => (bytes[..end].strip_suffix(b"\r").unwrap_or(&bytes[..end]), end + 1),
        None => (bytes, bytes.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_case_and_values_are_trimmed() {
        let bytes =
            b"WARC/1.0\r\nwarc-type:response\nContent-Length :  12 \r\nX\r\n\r\nbody\r\n\r\n";
        let head = Head::parse(bytes);
        assert_eq!((head.first, &bytes[head.length..]), (&b"WARC/1.0"[..], &b"body\r\n\r\n"[..]));
        assert_eq!(head.text("WARC-Type"), Some("response"));
        assert_eq!(head.number("content-length"), Some(12));
        assert!(head.ended && head.get("Content").is_none() && head.get("X").is_none());
    }

    #[test]
    fn a_head_without_end_stops_at_the_limit() {
        let endless = b"a: b\n".repeat(MAX_HEAD);
        let head = Head::parse(&endless);
        assert_eq!((head.length, head.ended), (MAX_HEAD, false));
        let head = Head::parse(b"HTTP/1.1 200 OK\r\nA: b");
        assert_eq!((head.text("a"), head.ended), (Some("b"), false));
        assert!(!Head::parse(b"").ended);
        assert!(!Head::parse(b"x\n\r").ended);
    }
}
