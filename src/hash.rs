//! The frozen hash: the only function whose values may reach a decision or a disk.
//!
//! XXH3 (Collet, frozen since release 0.8.0) over explicit little-endian bytes; for what is hashed once
//! a word, functions of few multiplications, defined here.
//! ahash and std's hashers are for in-memory maps only: their values differ between builds and
//! releases, so a signature made with them could not be compared with another machine's.

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Version of everything this file defines; changes whenever any value below would.
pub const HASH_VERSION: u32 = 3;

/// Hash of `bytes` under `seed`: equal on every machine and in every release with the same
/// [`HASH_VERSION`]. Different uses take different seeds.
#[inline]
#[must_use]
pub fn hash64(bytes: &[u8], seed: u64) -> u64 {
    xxh3_64_with_seed(bytes, seed)
}

/// Hash of something short, such as a folded word: of up to 16 bytes [`hash_short`], of more
/// [`hash64`].
#[inline]
#[must_use]
pub fn hash_word(word: &[u8]) -> u64 {
    let mut short = [0; 16];
    match short.get_mut(..word.len()) {
        Some(start) => {
            start.copy_from_slice(word);
            let short = u128::from_le_bytes(short);
            hash_short(short as u64, (short >> 64) as u64)
        }
        None => hash64(word, 0),
    }
}

/// Hash of up to 16 bytes, given as two little-endian numbers with zeros behind them; zeros that
/// belong to them do not count.
///
/// Two rounds of a multiplication to 128 bits whose halves are joined (Wang Yi's `wyhash`). A factor
/// of zero would hide the other one: no text has one, since the constants of the first round hold
/// bytes that UTF-8 does not (0xFA and 0xC0).
///
/// Of the 284,823 words in the lists that `data/word-frequency` is made from, no two share a hash,
/// and 8 pairs its high half, where chance has 9.4.
#[inline]
#[must_use]
pub const fn hash_short(first: u64, second: u64) -> u64 {
    let joined = fold(first ^ PI[0], second ^ PI[1]);
    fold(joined ^ PI[2], PI[3])
}

/// Odd numbers without a pattern: hexadecimal digits of pi, 16 each.
const PI: [u64; 4] =
    [0x082E_FA98_EC4E_6C89, 0xC0AC_29B7_C97C_50DD, 0x4528_21E6_38D0_1377, 0x3F84_D5B5_B547_0917];

const fn fold(a: u64, b: u64) -> u64 {
    let product = a as u128 * b as u128;
    product as u64 ^ (product >> 64) as u64
}

/// 128-bit digest of a sequence of hashes: two different sequences share one with probability
/// 2^-128, and never if they differ in one place only.
///
/// Two states of 64 bits, each a bijection of the one before and of the hash that is added. The
/// hashes are spread over all bits already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest(u64, u64);

impl Default for Digest {
    /// The digest of the empty sequence.
    fn default() -> Digest {
        Digest(PI[0], PI[1])
    }
}

impl Digest {
    /// Adds the next hash.
    #[inline]
    pub fn add(&mut self, hash: u64) {
        self.0 = (self.0 ^ hash).rotate_left(29).wrapping_mul(PI[2]);
        self.1 = (self.1.rotate_left(37) ^ hash).wrapping_mul(PI[3]);
    }

    /// The digest of what was added.
    #[must_use]
    pub fn value(self) -> u128 {
        u128::from(mix(self.0)) << 64 | u128::from(mix(self.1))
    }
}

/// A bijection of 64-bit values that spreads every bit over all others.
///
/// The finaliser of `splitmix64` (Steele, Lea and Flood, "Fast splittable pseudorandom number
/// generators", 2014).
#[inline]
#[must_use]
pub const fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// One step of a hash over a sequence: `hash` is that of what came before, 0 at the beginning. The
/// last step goes through [`mix`].
#[inline]
#[must_use]
pub const fn follow(hash: u64, next: u64) -> u64 {
    // The odd constant of MMIX (Knuth, "The Art of Computer Programming" 2, 3.3.4).
    hash.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(next)
}

/// Order-dependent combination of two hashes.
#[inline]
#[must_use]
pub const fn combine(left: u64, right: u64) -> u64 {
    mix(left ^ mix(right).rotate_left(23))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Golden values, those of XXH3 made with its reference implementation: a change of any of them makes stored signatures worthless, and needs a new
    /// `HASH_VERSION`.
    #[test]
    fn values_are_frozen() {
        assert_eq!(hash64(b"near duplicate", 0), 0xC69C_3D34_337C_E164);
        assert_eq!(mix(0), 0xE220_A839_7B1D_CDAF); // first output of splitmix64 from seed 0
        assert_eq!(follow(1, 2), 0x5851_F42D_4C95_7F2F);
        assert_eq!(combine(1, 2), 0x1648_2550_0515_39DA);
        assert_ne!(combine(1, 2), combine(2, 1));
        assert_eq!(hash_word(b"rain"), 0x22DA_A83C_C6D9_C149);
        assert_eq!(hash_word("überflutungen".as_bytes()), 0x22B8_D2EF_5698_AA89);
        assert_eq!(hash_word(b"more_than_16_bytes"), hash64(b"more_than_16_bytes", 0));
        let mut digest = Digest::default();
        digest.add(1);
        digest.add(2);
        assert_eq!(digest.value(), 0xB3B7_7503_9D2D_2F6C_ED3E_C88B_E2F4_0388);
    }

    /// Each bit of a word moves each bit of its hash in about half of all words: of 2,000, no
    /// further from it than chance may bring one of 128 * 64 counts (six standard errors).
    #[test]
    fn every_bit_of_a_word_moves_every_bit_of_its_hash() {
        let mut moved = vec![[0_u32; 64]; 128];
        for seed in 0..2_000 {
            // Words of 1 to 16 letters.
            let letters = u128::from(mix(seed)) << 64 | u128::from(mix(!seed));
            let letters = letters & (u128::MAX / 0xFF * 0x0F) | (u128::MAX / 0xFF * 0x60);
            let word = letters >> (8 * (seed % 16));
            let hash = |word: u128| hash_short(word as u64, (word >> 64) as u64);
            for (bit, moved) in moved.iter_mut().enumerate() {
                let change = hash(word) ^ hash(word ^ 1 << bit);
                (0..64).for_each(|out| moved[out] += (change >> out & 1) as u32);
            }
        }
        let farthest = moved.iter().flatten().map(|&moved| moved.abs_diff(1_000)).max();
        assert!(farthest < Some(6 * 22), "{farthest:?}");
    }

    /// Of 2.2 million words of three syllables no two share a hash, and no more the half of it that
    /// is kept than chance has it.
    #[test]
    fn short_words_share_hashes_no_more_than_chance_has_it() {
        let syllables: Vec<String> = (0..26 * 5)
            .map(|i| {
                format!("{}{}", char::from(b'a' + i / 5), char::from(b"aeiou"[usize::from(i) % 5]))
            })
            .collect();
        let mut hashes = Vec::new();
        for a in &syllables {
            for b in &syllables {
                for c in &syllables {
                    hashes.push(hash_word([a.as_str(), b, c].concat().as_bytes()));
                }
            }
        }
        let n = hashes.len() as f64;
        let shared = |shift: u32| {
            let mut keys: Vec<u64> = hashes.iter().map(|hash| hash >> shift).collect();
            keys.sort_unstable();
            keys.windows(2).filter(|pair| pair[0] == pair[1]).count() as f64
        };
        assert_eq!(shared(0), 0.0);
        let expected = n * n / 2.0_f64.powi(33);
        let chance = 5.0 * expected.sqrt();
        assert!((shared(32) - expected).abs() < chance, "{} of {expected}", shared(32));
    }
}
