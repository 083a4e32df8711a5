//! The passages that two texts share, for people to see.

use crate::hash::combine;
use crate::text::{Word, Words};
use ahash::AHashMap;
use std::collections::BTreeSet;
use std::ops::Range;

/// A run of words that stands in both texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// Its words in the first text, by their places in it.
    pub a: Range<usize>,
    /// Its words in the second text.
    pub b: Range<usize>,
}

/// Words of the shortest passage that is found.
pub const LEAST_WORDS: usize = 4;

/// Places of one run of [`LEAST_WORDS`] in the first text that are tried. In a text that repeats
/// itself more often, a passage may be found shorter than it is.
const PLACES: usize = 16;

/// The passages of at least [`LEAST_WORDS`] words that two texts share, the longest first. In the
/// second text no two overlap.
///
/// Cost: a map over the first text, then a pass over the second with at most 16 tries a word.
#[must_use]
pub fn passages(a: &Words, b: &Words) -> Vec<Passage> {
    let (a, b) = (&a.words, &b.words);
    let mut places: AHashMap<u64, Vec<usize>> = AHashMap::new();
    for (place, run) in a.windows(LEAST_WORDS).enumerate() {
        let places = places.entry(key(run)).or_default();
        if places.len() < PLACES {
            places.push(place);
        }
    }
    let mut found = Vec::new();
    let mut at = 0;
    while at + LEAST_WORDS <= b.len() {
        let same = |place: usize| {
            a[place..].iter().zip(&b[at..]).take_while(|(x, y)| x.hash == y.hash).count()
        };
        let tried = places.get(&key(&b[at..at + LEAST_WORDS])).map_or(&[][..], Vec::as_slice);
        // The longest; of equals the first.
        let longest = tried
            .iter()
            .map(|&place| (same(place), place))
            .reduce(|best, next| if next.0 > best.0 { next } else { best });
        match longest {
            Some((length, place)) if length >= LEAST_WORDS => {
                found.push(Passage { a: place..place + length, b: at..at + length });
                at += length;
            }
            _ => at += 1,
        }
    }
    found.sort_by(|x, y| y.b.len().cmp(&x.b.len()).then(x.b.start.cmp(&y.b.start)));
    found
}

/// The number that each of some passages, the longest first, goes by: from 1, in the order of the first
/// text. Where the second text says something twice, or a part of it once more, both have one number:
/// that of the longest passage with these words of the first text.
///
/// Cost: a number for each word of the first text, and a pass over all passages.
#[must_use]
pub fn numbers(passages: &[Passage]) -> Vec<u32> {
    let words = passages.iter().map(|passage| passage.a.end).max().unwrap_or(0);
    // Each word of the first text is of the first passage that has it; 0 is none's.
    let (mut owners, mut count) = (vec![0_u32; words], 0);
    let mut found: Vec<u32> = Vec::with_capacity(passages.len());
    for passage in passages {
        let own = &mut owners[passage.a.clone()];
        let mut owner = own.first().copied().unwrap_or(0);
        if own.contains(&0) {
            count += 1;
            owner = count;
            own.iter_mut().filter(|word| **word == 0).for_each(|word| *word = owner);
        }
        found.push(owner);
    }
    let (mut risen, mut next) = (vec![0; count as usize + 1], 0);
    for owner in owners.into_iter().map(|owner| owner as usize).filter(|&owner| owner > 0) {
        if risen[owner] == 0 {
            next += 1;
            risen[owner] = next;
        }
    }
    found.into_iter().map(|owner| risen[owner as usize]).collect()
}

/// The longest `at_most` of some passages, the longest first, each with its number: in the order of
/// these, which is that of the first text. A number is the same however many are wanted.
#[must_use]
pub fn numbered(passages: &[Passage], at_most: usize) -> Vec<(usize, &Passage)> {
    let numbers = numbers(passages).into_iter().map(|number| number as usize);
    let mut numbered: Vec<(usize, &Passage)> = numbers.zip(passages).take(at_most).collect();
    numbered.sort_by_key(|(number, passage)| (*number, passage.a.start, passage.b.start));
    numbered
}

/// Of some passages, the longest first, the longest of each of their [`numbers`].
#[must_use]
pub fn distinct(passages: &[Passage]) -> Vec<&Passage> {
    let mut seen = BTreeSet::new();
    let numbered = passages.iter().zip(numbers(passages));
    numbered.filter(|(_, number)| seen.insert(*number)).map(|(passage, _)| passage).collect()
}

fn key(run: &[Word]) -> u64 {
    run.iter().fold(0, |key, word| combine(key, word.hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared(a: &str, b: &str) -> Vec<String> {
        let (a, b) = (Words::of(a), Words::of(b));
        let text = |passage: &Passage| b.between(passage.b.clone()).to_owned();
        passages(&a, &b).iter().map(text).collect()
    }

    #[test]
    fn passages_are_found_in_any_order_the_longest_first() {
        let a = "Rain fell on the old harbour all night. The mayor, Ida Brandt, opened the bridge.";
        let b = "The mayor, Ida BRANDT - opened the bridge; rain fell on the old town.";
        assert_eq!(
            shared(a, b),
            ["The mayor, Ida BRANDT - opened the bridge", "rain fell on the old"]
        );
        assert!(shared("one two three", "one two three").is_empty());
        assert!(shared("", "one two three four").is_empty());
    }

    #[test]
    fn what_is_said_again_has_one_number() {
        let passage = |a: Range<usize>, b: Range<usize>| Passage { a, b };
        let all = [
            passage(20..30, 0..10),
            passage(0..6, 30..36),
            passage(0..6, 50..56),
            passage(22..27, 60..65),
            // A word of its own is enough.
            passage(27..31, 70..74),
        ];
        assert_eq!(numbers(&all), [2, 1, 1, 2, 3]);
        assert_eq!(distinct(&all), [&all[0], &all[1], &all[4]]);
        assert!(numbers(&[]).is_empty());
    }

    #[test]
    fn text_that_repeats_itself_ends() {
        let text = "the same four words ".repeat(20_000);
        assert!(!shared(&text, &text).is_empty());
    }
}
