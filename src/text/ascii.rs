//! The words of ASCII in a window over a text, found 64 bytes at a time.

use wide::u8x16;

/// Bytes of a window: as many as a number has bits.
pub(super) const WINDOW: usize = u64::BITS as usize;

/// Bytes of the longest word that [`short_word`] folds.
pub(super) const SHORT: usize = 16;

/// A window, and as many bytes behind it as a short word that begins in it may have.
pub(super) type Bytes = [u8; WINDOW + SHORT];

/// What the bytes of a window are, one bit each, the first the lowest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Window {
    /// ASCII letters and digits.
    pub(super) words: u64,
    /// White space.
    pub(super) spaces: u64,
    /// Line ends.
    pub(super) lines: u64,
    /// Full stops and the like.
    pub(super) stops: u64,
    /// Behind what a sentence may begin: those, line ends, colons and quotation marks.
    pub(super) openers: u64,
    /// How many bytes this is true of: of those before `_` or a character beyond ASCII.
    pub(super) length: usize,
}

impl Window {
    /// The window over the first bytes of `bytes`.
    #[inline]
    pub(super) fn of(bytes: &Bytes) -> Window {
        let (mut words, mut spaces) = (0, 0);
        for (part, bytes) in bytes[..WINDOW].as_chunks::<16>().0.iter().enumerate() {
            let bytes = u8x16::from(*bytes);
            // Subtraction goes round, so that what is less is much more.
            let letters = ((bytes | splat(0x20)) - splat(b'a')).simd_lt(splat(26));
            let digits = (bytes - splat(b'0')).simd_lt(splat(10));
            words |= u64::from((letters | digits).to_bitmask()) << (16 * part);
            spaces |= u64::from(bytes.simd_eq(splat(b' ')).to_bitmask()) << (16 * part);
        }
        let mut window = Window { words, spaces, length: WINDOW, ..Window::default() };
        // Of the others there are a few.
        let mut others = !(words | spaces);
        while others != 0 {
            let at = others.trailing_zeros();
            let sign = SIGNS[usize::from(bytes[at as usize])];
            if sign == Sign::OTHER {
                window.length = at as usize;
                break;
            }
            let bit = |mark: u8| u64::from(sign & mark != 0) << at;
            window.spaces |= bit(Sign::SPACE);
            window.lines |= bit(Sign::LINE);
            window.stops |= bit(Sign::STOP);
            window.openers |= bit(Sign::OPENER);
            others &= others - 1;
        }
        window
    }
}

/// What a character outside words says, as bits.
struct Sign;

impl Sign {
    const SPACE: u8 = 1;
    const LINE: u8 = 2;
    const STOP: u8 = 4;
    const OPENER: u8 = 8;
    const OTHER: u8 = 16;
}

static SIGNS: [u8; 256] = {
    let mut signs = [0; 256];
    let mut byte = 0;
    while byte < signs.len() {
        signs[byte] = match byte as u8 {
            b'\n' | b'\r' => Sign::SPACE | Sign::LINE | Sign::OPENER,
            b' ' | b'\t' | 0x0B | 0x0C => Sign::SPACE,
            b'.' | b'!' | b'?' => Sign::STOP | Sign::OPENER,
            b':' | b'"' => Sign::OPENER,
            b'_' | 0x80.. => Sign::OTHER,
            _ => 0,
        };
        byte += 1;
    }
    signs
};

fn splat(byte: u8) -> u8x16 {
    u8x16::splat(byte)
}

/// The word of up to [`SHORT`] letters and digits at `start`, in lower case, as two little-endian
/// numbers with zeros behind it.
#[inline]
pub(super) fn short_word(bytes: &Bytes, start: usize, length: usize) -> (u64, u64) {
    /// For each length the bytes that belong to the word.
    const KEEP: [u128; SHORT + 1] = {
        let mut keep = [0; SHORT + 1];
        let mut length = 1;
        while length <= SHORT {
            keep[length] = u128::MAX >> (128 - 8 * length);
            length += 1;
        }
        keep
    };
    let word = bytes[start..].first_chunk().map_or(0, |word| u128::from_le_bytes(*word));
    // Of letters this bit is the case; digits have it.
    let folded = (word | u128::from_ne_bytes([0x20; SHORT])) & KEEP[length];
    (folded as u64, (folded >> 64) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::mix;

    fn random_bytes(seed: u64) -> Bytes {
        // Mostly letters, so that long words come up as well.
        std::array::from_fn(|at| match mix(seed << 8 | at as u64) {
            random if random % 64 == 0 => (random >> 32) as u8,
            random if random % 8 == 0 => b" \n\t.:,'"[(random >> 32) as usize % 7],
            random => b"aZmQz09Ab"[(random >> 32) as usize % 9],
        })
    }

    #[test]
    fn a_window_has_a_bit_for_each_byte() {
        for seed in 0..20_000 {
            let bytes = random_bytes(seed);
            let other = |&byte: &u8| byte == b'_' || !byte.is_ascii();
            let length = bytes[..WINDOW].iter().position(other).unwrap_or(WINDOW);
            let known = u64::MAX.checked_shr((WINDOW - length) as u32).unwrap_or(0);
            let all = |is: fn(char) -> bool| -> u64 {
                (0..length).map(|at| u64::from(is(char::from(bytes[at]))) << at).sum()
            };
            let window = Window::of(&bytes);
            assert_eq!(window.length, length);
            assert_eq!(window.words & known, all(|c| c.is_ascii_alphanumeric()));
            assert_eq!(window.spaces & known, all(char::is_whitespace));
            assert_eq!(window.lines, all(|c| matches!(c, '\n' | '\r')));
            assert_eq!(window.stops, all(|c| matches!(c, '.' | '!' | '?')));
            assert_eq!(
                window.openers,
                all(|c| matches!(c, '.' | '!' | '?' | ':' | '"' | '\n' | '\r'))
            );
        }
    }

    #[test]
    fn short_words_are_folded() {
        for seed in 0..20_000 {
            let bytes = random_bytes(seed);
            let start = mix(seed) as usize % WINDOW;
            let word = bytes[start..].iter().take(SHORT).take_while(|b| b.is_ascii_alphanumeric());
            let word: Vec<u8> = word.map(u8::to_ascii_lowercase).collect();
            let mut folded = [0; SHORT];
            folded[..word.len()].copy_from_slice(&word);
            let folded = u128::from_le_bytes(folded);
            let expected = (folded as u64, (folded >> 64) as u64);
            assert_eq!(short_word(&bytes, start, word.len()), expected, "{bytes:?}");
        }
    }
}
