//! Gzip, member by member, so that damage in one member costs that one and not the rest of the file.

use flate2::{Crc, Decompress, FlushDecompress, Status};
use std::fmt;
use std::io::{self, Read};

/// Compressed bytes that are held. A damaged member that fits is searched again from its beginning
/// for the next one, since damage can make the decoder run past the member's end.
const BUFFER: usize = 512 << 10;

/// Longest extra field, name and comment of a member: beyond it, this is no gzip.
const MAX_HEADER: usize = 128 << 10;

/// First bytes of a member: the magic number, and the only method there is.
const MAGIC: [u8; 3] = [0x1F, 0x8B, 8];

/// A gzip header without its optional parts.
const HEADER: usize = 10;

/// Checksum and length at the end of a member.
const FOOTER: usize = 8;

/// Part of a gzip file that could not be read; reading may go on after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gap {
    /// Compressed bytes from the beginning of the damaged member (or of what is no member at all)
    /// to the next one, or to the end of the file.
    pub(super) left_out: u64,
    /// Whether a member is damaged, rather than something stands there that is none.
    pub(super) member: bool,
    /// Whether the damaged member gave nothing, so that all that came before the gap is sound.
    pub(super) clean: bool,
}

impl Gap {
    /// The gap that `error` stands for, if it is one.
    pub(crate) fn of(error: &io::Error) -> Option<Gap> {
        error.get_ref()?.downcast_ref::<Gap>().copied()
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "damaged gzip data ({} compressed bytes)", self.left_out)
    }
}

impl std::error::Error for Gap {}

/// The uncompressed bytes of a gzip file of any number of members.
///
/// Damage shows as an [`io::Error`] that holds a [`Gap`], after all bytes that came before it;
/// the next call goes on with the next member. Zeros after the last member count for nothing.
/// Memory: half a MiB.
pub(super) struct Members<R> {
    raw: R,
    buffer: Vec<u8>,
    /// Next byte to look at, and end of what was read, in `buffer`.
    at: usize,
    end: usize,
    /// Offset of the buffer's first byte in the file.
    base: u64,
    /// Offset in the file of the member that is being read.
    member: u64,
    /// Bytes that were looked at again after damage.
    again: u64,
    inflate: Decompress,
    crc: Crc,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// A header is next, or the end.
    Header,
    /// Inside the compressed data.
    Body,
    /// Checksum and length are next.
    Footer,
    /// The member cannot be read on, or is none.
    Damaged { member: bool },
}

impl<R: Read> Members<R> {
    pub(super) fn new(raw: R) -> Members<R> {
        Members {
            raw,
            buffer: vec![0; BUFFER],
            at: 0,
            end: 0,
            base: 0,
            member: 0,
            again: 0,
            inflate: Decompress::new(false),
            crc: Crc::new(),
            state: State::Header,
        }
    }

    /// Reads more compressed bytes; `false` at the end of the file. What is still wanted of the
    /// buffer's beginning is moved out of the way, or given up where it fills the buffer.
    fn fill(&mut self) -> io::Result<bool> {
        if self.end == self.buffer.len() {
            let member = usize::try_from(self.member.saturating_sub(self.base)).unwrap_or(self.at);
            // Given up only when less than a quarter would come free.
            let keep = if member < BUFFER / 4 { self.at } else { member.min(self.at) };
            if keep == 0 {
                return Err(io::Error::other("a gzip header that does not end"));
            }
            self.buffer.copy_within(keep..self.end, 0);
            (self.at, self.end) = (self.at - keep, self.end - keep);
            self.base += keep as u64;
        }
        loop {
            match self.raw.read(&mut self.buffer[self.end..]) {
                Ok(read) => {
                    self.end += read;
                    return Ok(read > 0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Makes `count` bytes available; `false` where the file ends before.
    fn have(&mut self, count: usize) -> io::Result<bool> {
        while self.end - self.at < count {
            if !self.fill()? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn offset(&self) -> u64 {
        self.base + self.at as u64
    }

    /// Reads a member's header; `false` at the end of the file.
    fn header(&mut self) -> io::Result<bool> {
        self.member = self.offset();
        if !self.have(HEADER)? && self.end - self.at == 0 {
            return Ok(false);
        }
        if !is_header(&self.buffer[self.at..self.end]) {
            return if self.only_zeros()? {
                Ok(false)
            } else {
                self.state = State::Damaged { member: false };
                Ok(true)
            };
        }
        let length = loop {
            match header_length(&self.buffer[self.at..self.end]) {
                Some(length) => break length,
                None if self.end - self.at < MAX_HEADER && self.fill()? => {}
                None => {
                    self.state = State::Damaged { member: false };
                    return Ok(true);
                }
            }
        };
        self.at += length;
        self.inflate.reset(false);
        self.crc.reset();
        self.state = State::Body;
        Ok(true)
    }

    /// Passes over zeros; whether nothing else is left.
    fn only_zeros(&mut self) -> io::Result<bool> {
        loop {
            match self.buffer[self.at..self.end].iter().position(|&b| b != 0) {
                Some(other) => {
                    self.at += other;
                    self.member = self.offset();
                    return Ok(false);
                }
                None => {
                    self.at = self.end;
                    self.member = self.offset();
                    if !self.fill()? {
                        return Ok(true);
                    }
                }
            }
        }
    }

    fn footer(&mut self) -> io::Result<()> {
        let sound = self.have(FOOTER)? && {
            let footer = &self.buffer[self.at..self.at + FOOTER];
            let mut expected = [0; FOOTER];
            expected[..4].copy_from_slice(&self.crc.sum().to_le_bytes());
            expected[4..].copy_from_slice(&self.crc.amount().to_le_bytes());
            footer == expected
        };
        if sound {
            self.at += FOOTER;
            self.state = State::Header;
        } else {
            self.state = State::Damaged { member: true };
        }
        Ok(())
    }

    /// Goes to the next place that looks like a member's header, and says what was passed over.
    fn resync(&mut self, is_member: bool) -> io::Result<Gap> {
        let member = self.member;
        let clean = !is_member || self.inflate.total_out() == 0;
        // Again from the member's beginning if it is still held. To look at bytes again may not
        // cost more in sum than to read them: a file made of headers would take quadratic time.
        if member >= self.base {
            let first = (member - self.base) as usize + 1;
            let again = self.at.saturating_sub(first) as u64;
            if self.again + again <= self.offset() + BUFFER as u64 {
                self.again += again;
                self.at = first.min(self.end);
            }
        }
        loop {
            let rest = &self.buffer[self.at..self.end];
            match memchr::memmem::find(rest, &MAGIC) {
                Some(found) => {
                    self.at += found;
                    let whole = self.have(HEADER)?;
                    if whole && plausible(&self.buffer[self.at..self.end]) {
                        break;
                    }
                    self.at += 1;
                }
                None => {
                    // The last two bytes may be the beginning of a header.
                    self.at = self.end.saturating_sub(2).max(self.at);
                    // Nothing before is wanted any more.
                    self.member = self.offset();
                    if !self.fill()? {
                        self.at = self.end;
                        break;
                    }
                }
            }
        }
        self.state = State::Header;
        Ok(Gap { left_out: self.offset() - member, member: is_member, clean })
    }

    fn inflate(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.at == self.end && !self.fill()? {
            self.state = State::Damaged { member: true };
            return Ok(0);
        }
        let (read, made) = (self.inflate.total_in(), self.inflate.total_out());
        let input = &self.buffer[self.at..self.end];
        let status = self.inflate.decompress(input, out, FlushDecompress::None);
        let read = (self.inflate.total_in() - read) as usize;
        let made = (self.inflate.total_out() - made) as usize;
        self.at += read;
        self.crc.update(&out[..made]);
        match status {
            Ok(Status::StreamEnd) => self.state = State::Footer,
            Ok(_) if read + made > 0 => {}
            // With input and room to write, no progress is damage too.
            Ok(_) | Err(_) => self.state = State::Damaged { member: true },
        }
        Ok(made)
    }
}

impl<R: Read> Read for Members<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            match self.state {
                State::Header => {
                    if !self.header()? {
                        return Ok(0);
                    }
                }
                State::Body => {
                    let made = self.inflate(out)?;
                    if made > 0 {
                        return Ok(made);
                    }
                }
                State::Footer => self.footer()?,
                State::Damaged { member } => {
                    let gap = self.resync(member)?;
                    return Err(io::Error::new(io::ErrorKind::InvalidData, gap));
                }
            }
        }
    }
}

/// Whether a gzip header begins here, where one is expected.
fn is_header(bytes: &[u8]) -> bool {
    bytes.len() >= HEADER && matches!(bytes, [0x1F, 0x8B, 8, 0..=0x1F, ..])
}

/// Whether a gzip header may begin here, where anything might stand: it says known things of its
/// writer too. Random bytes pass at one place in 10^10.
fn plausible(bytes: &[u8]) -> bool {
    is_header(bytes) && matches!(bytes[8..HEADER], [0..=4, 0..=13 | 255])
}

/// Whether a member seems to begin somewhere in the bytes.
pub(super) fn holds_member(bytes: &[u8]) -> bool {
    memchr::memmem::find_iter(bytes, &MAGIC).any(|at| plausible(&bytes[at..]))
}

/// Length of the whole header at the beginning of `bytes`, if it ends there.
fn header_length(bytes: &[u8]) -> Option<usize> {
    let flags = bytes[3];
    let mut at = HEADER;
    if flags & 4 != 0 {
        let length = bytes.get(at..at + 2)?;
        at += 2 + usize::from(u16::from_le_bytes([length[0], length[1]]));
    }
    for optional in [8, 16] {
        if flags & optional != 0 {
            at += memchr::memchr(0, bytes.get(at..)?)? + 1;
        }
    }
    if flags & 2 != 0 {
        at += 2;
    }
    (at <= bytes.len()).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::write::GzEncoder;
    use std::io::Write;

    fn member(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    /// What comes out, gaps marked by `|`, and the gaps.
    fn read(file: &[u8]) -> (String, Vec<Gap>) {
        let mut members = Members::new(file);
        let (mut out, mut gaps, mut buffer) = (Vec::new(), Vec::new(), [0; 7]);
        loop {
            match members.read(&mut buffer) {
                Ok(0) => return (String::from_utf8_lossy(&out).into_owned(), gaps),
                Ok(read) => out.extend_from_slice(&buffer[..read]),
                Err(error) => {
                    gaps.push(Gap::of(&error).expect("a gap"));
                    out.push(b'|');
                }
            }
        }
    }

    #[test]
    fn members_follow_one_another_and_zeros_end_them() {
        let mut file = [member("the ferry "), member(""), member("sails at noon")].concat();
        file.extend([0; 1000]);
        assert_eq!(read(&file), ("the ferry sails at noon".into(), vec![]));
        assert_eq!(read(b""), (String::new(), vec![]));
    }

    #[test]
    fn damage_costs_one_member() {
        let parts = [member("first "), member("the second, damaged "), member("third")];
        let length = parts[1].len() as u64;
        // The last byte of the checksum, of the length, and one of the compressed data.
        for (at, keeps) in [(5, true), (1, true), (length as usize - 10, false)] {
            let mut file = parts.concat();
            let end = parts[0].len() + parts[1].len();
            file[end - at] ^= 0xFF;
            let (text, gaps) = read(&file);
            assert_eq!(gaps, [Gap { left_out: length, member: true, clean: !keeps }], "{at}");
            assert!(text.starts_with("first ") && text.ends_with("|third"), "{text}");
            assert_eq!(text.contains("the second, damaged |"), keeps, "{text}");
        }
    }

    #[test]
    fn junk_between_and_a_missing_end_are_gaps() {
        let file = [&member("first ")[..], b"junk", &member("second ")].concat();
        let gap = Gap { left_out: 4, member: false, clean: true };
        assert_eq!(read(&file), ("first |second ".into(), vec![gap]));
        let whole = member("the end of this is missing");
        let (text, gaps) = read(&whole[..whole.len() - 9]);
        assert!(text.ends_with('|') && gaps.len() == 1 && !gaps[0].clean, "{text}");
    }

    #[test]
    fn a_file_of_headers_ends_in_linear_time() {
        let header = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0, 0xFF, 0xFF, 0, 0];
        let file = header.repeat(200_000);
        let (_, gaps) = read(&file);
        let left_out: u64 = gaps.iter().map(|gap| gap.left_out).sum();
        assert!(left_out >= file.len() as u64 / 2, "{left_out}");
    }

    #[test]
    fn a_header_may_have_every_optional_part() {
        let mut file = vec![0x1F, 0x8B, 8, 0x1E, 0, 0, 0, 0, 0, 3, 3, 0, b'x', b'y', b'z'];
        file.extend(b"name\0comment\0\x12\x34");
        file.extend(&member("body")[10..]);
        assert_eq!(read(&file), ("body".into(), vec![]));
    }
}
