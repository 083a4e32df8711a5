//! Articles of our own making: the same ones on every machine.

/// Numbers that look random (SplitMix64), from a seed.
pub struct Numbers(pub u64);

impl Numbers {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % limit as u64) as usize
    }
}

const SYLLABLES: [&str; 24] = [
    "ba", "rel", "do", "mi", "tan", "ke", "los", "fu", "gar", "pe", "sil", "va", "nor", "hu",
    "dri", "ze", "mal", "to", "wen", "ja", "lup", "ri", "cos", "en",
];

/// Words that everyone uses.
const COMMON: [&str; 16] = [
    "the", "of", "and", "in", "to", "a", "was", "for", "said", "on", "with", "at", "by", "from",
    "that", "after",
];

/// A sentence of invented words, between common ones.
pub fn sentence(numbers: &mut Numbers) -> String {
    let mut words = Vec::new();
    for at in 0..8 + numbers.below(8) {
        if at % 2 == 1 {
            words.push(COMMON[numbers.below(COMMON.len())].to_owned());
        } else {
            words.push((0..4).map(|_| SYLLABLES[numbers.below(SYLLABLES.len())]).collect());
        }
    }
    let initial = words[0][..1].to_uppercase();
    words[0].replace_range(..1, &initial);
    words.join(" ") + "."
}

/// An article of so many sentences that has nothing to do with that of any other seed.
pub fn article(seed: u64, sentences: usize) -> Vec<String> {
    let mut numbers = Numbers(seed.wrapping_mul(0xD134_2543_DE82_EF95));
    (0..sentences).map(|_| sentence(&mut numbers)).collect()
}

/// The same as one text.
pub fn text(seed: u64, sentences: usize) -> String {
    article(seed, sentences).join(" ")
}
