//! Near level: the set of short word sequences of a text, as 64-bit hashes.

use crate::hash::{follow, mix};
use crate::text::{Marks, Tokens};

/// Length of a shingle, in steps: a word is [`WORD_STEPS`] long and a character of a script
/// without spaces [`SOLID_STEPS`], so that a shingle is 3 words or 5 such characters.
///
/// Three words follow the truth sets that copies are measured against (`\w+`, 3-token shingles);
/// five characters are two to three Chinese words.
const SHINGLE_STEPS: u32 = 15;
const WORD_STEPS: u32 = 5;
const SOLID_STEPS: u32 = 3;

/// The set of shingles of a text, title left out: sorted, each once. A text shorter than a shingle
/// has one, made of all its words; a text without words has none.
///
/// Two different shingles of different words share a hash with probability 2^-64. Cost: one pass
/// and a sort.
#[must_use]
pub fn shingles(tokens: Tokens<'_>) -> Vec<u64> {
    let mut found = Vec::with_capacity(tokens.text().len());
    each_shingle(tokens, |shingle| found.push(shingle));
    found.sort_unstable();
    found.dedup();
    found
}

/// Calls `visit` with each shingle of a text, in order, as often as it occurs. Cost: one pass.
pub fn each_shingle(tokens: Tokens<'_>, mut visit: impl FnMut(u64)) {
    let text = tokens.text();
    for first in text.clone() {
        let (mut steps, mut hash) = (0, 0);
        for place in first..text.end {
            let token = tokens.at(place);
            hash = follow(hash, u64::from(token.hash));
            steps += if token.marks.has(Marks::SOLID) { SOLID_STEPS } else { WORD_STEPS };
            if steps >= SHINGLE_STEPS {
                break;
            }
        }
        if steps >= SHINGLE_STEPS || first == text.start {
            visit(mix(hash));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str) -> usize {
        shingles(Tokens::of(&Tokens::list_of(text))).len()
    }

    #[test]
    fn a_text_of_n_words_has_n_minus_two() {
        assert_eq!(count("a rose fell on the road"), 4);
        assert_eq!(count("a b c a b c a b c"), 3);
    }

    #[test]
    fn five_characters_of_a_script_without_spaces_make_one() {
        assert_eq!(count("日本国政府"), 1);
        assert_eq!(count("日本国政府は"), 2);
    }

    #[test]
    fn short_texts_have_one_and_empty_ones_none() {
        assert_eq!(count("two words"), 1);
        assert_eq!(count("..."), 0);
    }

    #[test]
    fn order_of_words_matters() {
        let of = |text| shingles(Tokens::of(&Tokens::list_of(text)));
        assert_ne!(of("a b c"), of("c b a"));
    }
}
