//! Random numbers, and words spelled from our own syllables.

use retold::hash::{combine, hash64, mix};
use retold::shingle::frequency::BACKGROUND;
use retold::shingle::story::terms;
use retold::text::Tokens;
use std::collections::BTreeMap;

/// A stream of random numbers: splitmix64.
#[derive(Clone, Debug)]
pub(super) struct Rng(u64);

impl Rng {
    /// The stream for a purpose and a number under a seed.
    pub(super) fn new(seed: u64, purpose: &str, number: u64) -> Rng {
        Rng(combine(hash64(purpose.as_bytes(), seed), number))
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// A number under `limit`.
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        ((self.next() >> 32) * limit) >> 32
    }

    /// A rank under `2^octaves`, one as likely to be in `2^k..2^(k+1)` as in any other octave: Zipf's
    /// law in steps, and the same on every machine, which a logarithm is not.
    pub(super) fn zipf(&mut self, octaves: u64) -> u64 {
        let start = 1 << self.below(octaves);
        start + self.below(start) - 1
    }

    fn syllables(&mut self) -> [u64; 3] {
        std::array::from_fn(|_| self.below(SYLLABLES))
    }
}

const ONSETS: [&str; 20] = [
    "", "b", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "st", "th",
    "tr", "z",
];
const VOWELS: [&str; 6] = ["a", "e", "i", "o", "u", "y"];
const CODAS: [&str; 6] = ["", "", "n", "r", "s", "l"];
const SYLLABLES: u64 = (ONSETS.len() * VOWELS.len() * CODAS.len()) as u64;

/// A word as it is written: at most three syllables, in place, since millions of them are made.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spelling {
    bytes: [u8; 15],
    len: u8,
}

impl Spelling {
    /// The word with these syllables.
    fn of(syllables: &[u64]) -> Spelling {
        let mut spelling = Spelling::default();
        for &syllable in syllables {
            let at = syllable as usize;
            let (vowel, coda) = (at / ONSETS.len(), at / (ONSETS.len() * VOWELS.len()));
            for part in [ONSETS[at % ONSETS.len()], VOWELS[vowel % VOWELS.len()], CODAS[coda]] {
                for &byte in part.as_bytes() {
                    spelling.bytes[usize::from(spelling.len)] = byte;
                    spelling.len += 1;
                }
            }
        }
        spelling
    }

    /// The rare word of this rank: three syllables, out of 370 million such words.
    pub(super) fn rare(rank: u64) -> Spelling {
        Spelling::of(&Rng::new(0, "rare", rank).syllables())
    }

    /// The name of this rank, the same with a capital.
    pub(super) fn name(rank: u64) -> Spelling {
        let mut spelling = Spelling::of(&Rng::new(0, "name", rank).syllables());
        spelling.bytes[0].make_ascii_uppercase();
        spelling
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

/// Bits of a draw from the vocabulary.
const DRAW_BITS: u32 = 16;

/// The words that every text is full of, with their shares.
///
/// The table of `retold` knows shares, but no spellings. So it is asked about all words of one and two of
/// our syllables, and of those it knows one is taken for each rank of the curve
/// `0.127 / (rank + 1.2)`: the most frequent that is not above it. That is how words are distributed in English
/// (100,000 film reviews: ranks 1, 10, 100 and 1,000 at 0.058, 0.012, 0.0012 and 0.00010), and what
/// the detector takes for common is common here.
#[derive(Debug)]
pub(super) struct Vocabulary {
    words: Vec<Spelling>,
    /// `2^DRAW_BITS` places, of which each word has its share.
    draws: Vec<u16>,
}

impl Vocabulary {
    pub(super) fn new() -> Vocabulary {
        let mut known = known_words().into_iter();
        let (mut words, mut draws) = (Vec::new(), Vec::new());
        let places = 1 << DRAW_BITS;
        while draws.len() < places {
            let wanted = 0.127 / (words.len() as f64 + 2.2);
            let Some((spelling, share)) = known.find(|(_, share)| *share <= wanted) else { break };
            let count = ((share * places as f64) as usize).max(1);
            draws.resize((draws.len() + count).min(places), words.len() as u16);
            words.push(spelling);
        }
        // Where the known words do not last, the frequent ones fill the rest in proportion.
        let missing = places - draws.len();
        draws.extend_from_within(..missing);
        Vocabulary { words, draws }
    }

    /// The word that a random number stands for.
    pub(super) fn draw(&self, random: u64) -> &[u8] {
        let place = (random >> (u64::BITS - DRAW_BITS)) as usize;
        self.words[usize::from(self.draws[place])].as_bytes()
    }
}

/// Words of one and two syllables that the table knows, the most frequent first.
fn known_words() -> Vec<(Spelling, f64)> {
    let pairs = (0..SYLLABLES).flat_map(|a| (0..SYLLABLES).map(move |b| Spelling::of(&[a, b])));
    let all = (0..SYLLABLES).map(|a| Spelling::of(&[a])).chain(pairs);
    // In one order, each spelling once.
    let mut known: BTreeMap<Vec<u8>, (Spelling, f64)> = BTreeMap::new();
    for spelling in all {
        let text = std::str::from_utf8(spelling.as_bytes()).unwrap_or_default();
        let list = Tokens::list_of(text);
        let first = terms(Tokens::of(&list)).first().copied();
        let share = first.and_then(|term| BACKGROUND.share(term.hash));
        if let Some(share) = share {
            known.insert(spelling.as_bytes().to_vec(), (spelling, share));
        }
    }
    let mut known: Vec<(Spelling, f64)> = known.into_values().collect();
    known.sort_by(|a, b| b.1.total_cmp(&a.1));
    known
}
