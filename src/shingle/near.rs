//! Near level: the set of short word sequences of a text, as 64-bit hashes.

use crate::hash::{hash_short, hash_word};
use crate::text::{Marks, Tokens};

/// Length of a shingle, in steps: a word is [`WORD_STEPS`] long and a character of a script
/// without spaces [`SOLID_STEPS`], so that a shingle is 3 words or 5 such characters.
///
/// Three words follow the truth sets that copies are measured against (`\w+`, 3-token shingles);
/// five characters are two to three Chinese words.
const SHINGLE_STEPS: u32 = 15;
const WORD_STEPS: u32 = 5;
const SOLID_STEPS: u32 = 3;
/// Words in a shingle of words alone.
const WORDS: usize = (SHINGLE_STEPS / WORD_STEPS) as usize;
/// Bytes of the hashes of the characters in a shingle without words.
const LONGEST: usize = (SHINGLE_STEPS / SOLID_STEPS) as usize * size_of::<u32>();

/// The set of shingles of a text, title left out: sorted, each once. A text shorter than a shingle
/// has one, made of all its words; a text without words has none.
///
/// Two different shingles of different words share a hash with probability 2^-64. Cost: one pass
/// and a sort.
#[must_use]
pub fn shingles(tokens: Tokens<'_>) -> Vec<u64> {
    let mut found = Vec::with_capacity(tokens.text().len());
    found.extend(each_shingle(tokens));
    found.sort_unstable();
    found.dedup();
    found
}

/// Each shingle of a text, in order, as often as it occurs. Cost: one pass.
pub fn each_shingle(tokens: Tokens<'_>) -> impl Iterator<Item = u64> {
    let text = tokens.text();
    let last = text.end.saturating_sub(WORDS - 1).max(text.start);
    // The two words before, and which of the last ones are no words; those before the text are none.
    let (mut before, mut solid) = (0, u32::MAX);
    let whole = tokens.range(text.clone()).zip(text.start..).map(move |(token, place)| {
        let hash = u64::from(token.hash);
        let two = before;
        before = two >> 32 | hash << 32;
        solid = solid << 1 | u32::from(token.marks.has(Marks::SOLID));
        if solid % (1 << WORDS) == 0 {
            // Nearly always: the same as below, of three words at once.
            return Some(hash_short(two, hash));
        }
        let first = place.checked_sub(WORDS - 1).filter(|&first| first >= text.start);
        first.and_then(|first| shingle_at(tokens, first))
    });
    whole.chain((last..tokens.text().end).map(move |first| shingle_at(tokens, first))).flatten()
}

/// The shingle that begins with a word; `None` where the text ends before the shingle does, unless
/// it is the whole text.
fn shingle_at(tokens: Tokens<'_>, first: usize) -> Option<u64> {
    let text = tokens.text();
    let (mut steps, mut length, mut bytes) = (0, 0, [0; LONGEST]);
    for (token, place) in tokens.range(first..text.end).zip(bytes.as_chunks_mut::<4>().0) {
        *place = token.hash.to_le_bytes();
        length += place.len();
        steps += if token.marks.has(Marks::SOLID) { SOLID_STEPS } else { WORD_STEPS };
        if steps >= SHINGLE_STEPS {
            break;
        }
    }
    (steps >= SHINGLE_STEPS || first == text.start).then(|| hash_word(&bytes[..length]))
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

    /// Words that follow each other take a short cut.
    #[test]
    fn shingles_are_the_same_by_the_short_cut() {
        for text in
            ["", "a", "a b", "a b c", "a b c d 日 e f g h 本 国 政 府 は i j", "日本国政府は a b c"]
        {
            let list = Tokens::list_of(text);
            let tokens = Tokens::of(&list);
            let expected: Vec<u64> =
                tokens.text().filter_map(|first| shingle_at(tokens, first)).collect();
            assert_eq!(each_shingle(tokens).collect::<Vec<_>>(), expected, "{text}");
        }
    }

    #[test]
    fn order_of_words_matters() {
        let of = |text| shingles(Tokens::of(&Tokens::list_of(text)));
        assert_ne!(of("a b c"), of("c b a"));
    }
}
