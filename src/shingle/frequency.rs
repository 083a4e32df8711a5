//! How common a word is in everyday language, from a table in the binary.
//!
//! A small corpus says nothing about its words: in three files every shared word has document
//! frequency 3. The table holds the most frequent words of 49 languages with their share among all
//! words. It is made by `examples/word_frequency_table.rs` from the lists of FrequencyWords 2018
//! (Hermit Dave, after OpenSubtitles), and carries their licence, CC BY-SA 4.0: see
//! `data/word-frequency/README.md`.

use crate::math;
use std::sync::LazyLock;

static TABLE: &[u8] = include_bytes!("../../data/word-frequency/table.bin");

/// Levels in each halving of a word's share.
const STEPS: f64 = 8.0;

/// High bits of a hash by which the table is entered: about five keys share them.
const INDEX_BITS: u32 = 16;
const INDEX_SHIFT: u32 = u32::BITS - INDEX_BITS;

/// A table of terms. Packed, each is the distance to the hash before it (seven bits a byte, the
/// lowest first, all but the last byte with the high bit set) and a byte for the level.
#[derive(Debug)]
pub struct WordFrequency {
    keys: Vec<u32>,
    /// For the high [`INDEX_BITS`] of a hash, where its keys begin.
    index: Vec<u32>,
    levels: Vec<u8>,
    shares: [f64; 256],
}

/// The table of this build, unpacked at first use.
pub static BACKGROUND: LazyLock<WordFrequency> = LazyLock::new(|| WordFrequency::unpack(TABLE));

impl WordFrequency {
    fn unpack(bytes: &[u8]) -> WordFrequency {
        let (mut keys, mut levels) = (Vec::new(), Vec::new());
        let (mut key, mut distance, mut shift) = (0_u32, 0_u32, 0);
        let mut bytes = bytes.iter();
        while let Some(&byte) = bytes.next() {
            distance |= u32::from(byte & 0x7F) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                key = key.wrapping_add(distance);
                keys.push(key);
                levels.extend(bytes.next());
                (distance, shift) = (0, 0);
            }
        }
        let first =
            |high: u64| keys.partition_point(|&key| u64::from(key) < high << INDEX_SHIFT) as u32;
        let index = (0..=1 << INDEX_BITS).map(first).collect();
        // 2^(-1/8): square roots are rounded in one way everywhere.
        let step = 0.5_f64.sqrt().sqrt().sqrt();
        let mut shares = [1.0; 256];
        for level in 1..shares.len() {
            shares[level] = shares[level - 1] * step;
        }
        WordFrequency { keys, index, levels, shares }
    }

    /// Share of the term with this hash among all words of a language, the greatest of the
    /// languages that have it among their frequent ones; `None` for a rare word.
    ///
    /// The 32 bits of a term's hash confuse an unknown word with a known one in one
    /// of 13,000 cases.
    #[must_use]
    pub fn share(&self, term: u32) -> Option<f64> {
        let high = (term >> INDEX_SHIFT) as usize;
        let (start, end) = (self.index[high] as usize, self.index[high + 1] as usize);
        let at = self.keys[start..end].iter().position(|&key| key == term)?;
        Some(self.shares[usize::from(self.levels[start + at])])
    }

    /// The table as bytes, from words and their shares. Of words with one key the greatest share
    /// counts.
    #[must_use]
    pub fn pack(words: impl IntoIterator<Item = (u32, f64)>) -> Vec<u8> {
        let mut rows: Vec<(u32, u8)> =
            words.into_iter().map(|(term, share)| (term, level(share))).collect();
        rows.sort_unstable();
        rows.dedup_by_key(|row| row.0);
        let (mut packed, mut before) = (Vec::new(), 0);
        for (key, level) in rows {
            let mut distance = key - before;
            before = key;
            while distance >= 0x80 {
                packed.push(distance as u8 | 0x80);
                distance >>= 7;
            }
            packed.extend([distance as u8, level]);
        }
        packed
    }
}

fn level(share: f64) -> u8 {
    let halvings = -math::ln(share) / math::ln(2.0);
    (halvings * STEPS + 0.5) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shingle::story::terms;
    use crate::text::Tokens;

    fn word(text: &str) -> u32 {
        terms(Tokens::of(&Tokens::list_of(text)))[0].hash
    }

    #[test]
    fn shares_survive_packing() {
        let words = [("the", 0.04), ("mayor", 3e-5), ("the", 0.01)];
        let table = WordFrequency::unpack(&WordFrequency::pack(words.map(|(w, s)| (word(w), s))));
        for (text, share) in &words[..2] {
            let found = table.share(word(text)).unwrap();
            assert!((found / share - 1.0).abs() < 0.05, "{text}: {found}");
        }
        assert_eq!(table.share(word("zyx")), None);
    }

    #[test]
    fn common_words_are_known_in_many_scripts() {
        for text in ["the", "und", "но", "من", "của", "και", "我们"] {
            assert!(BACKGROUND.share(word(text)).is_some_and(|s| s > 1e-4), "{text}");
        }
        assert_eq!(BACKGROUND.share(word("yevkurov")), None);
    }
}
