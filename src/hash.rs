//! The frozen hash: the only function whose values may reach a decision or a disk.
//!
//! XXH3 (Collet, 64- and 128-bit, frozen since release 0.8.0) over explicit little-endian bytes.
//! ahash and std's hashers are for in-memory maps only: their values differ between builds and
//! releases, so a signature made with them could not be compared with another machine's.

use xxhash_rust::xxh3::{xxh3_64_with_seed, xxh3_128_with_seed};

/// Version of everything this file defines; changes whenever any value below would.
pub const HASH_VERSION: u32 = 2;

/// Hash of `bytes` under `seed`: equal on every machine and in every release with the same
/// [`HASH_VERSION`]. Different uses take different seeds.
#[inline]
#[must_use]
pub fn hash64(bytes: &[u8], seed: u64) -> u64 {
    xxh3_64_with_seed(bytes, seed)
}

/// 128-bit digest of `bytes`: two different texts share one with probability 2^-128.
#[must_use]
pub fn digest128(bytes: &[u8]) -> u128 {
    xxh3_128_with_seed(bytes, 0)
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

    /// Golden values, made with the reference implementation of XXH3: a change of any of them makes stored signatures worthless, and needs a new
    /// `HASH_VERSION`.
    #[test]
    fn values_are_frozen() {
        assert_eq!(hash64(b"near duplicate", 0), 0xC69C_3D34_337C_E164);
        assert_eq!(digest128(b"near duplicate"), 0x99ED_5846_724F_D50E_0DEF_4E1D_7F04_93EF);
        assert_eq!(mix(0), 0xE220_A839_7B1D_CDAF); // first output of splitmix64 from seed 0
        assert_eq!(follow(1, 2), 0x5851_F42D_4C95_7F2F);
        assert_eq!(combine(1, 2), 0x1648_2550_0515_39DA);
        assert_ne!(combine(1, 2), combine(2, 1));
    }
}
