//! The shared passages that are shown, with the numbers that mark them.

use retold::score::passages::{Passage, numbered};
use std::ops::Range;

/// Shared passages with their numbers, which rise.
#[derive(Debug)]
pub(super) struct Numbered<'a>(pub(super) Vec<(usize, &'a Passage)>);

impl<'a> Numbered<'a> {
    /// The passages, or the longest of them; `passages` begin with the longest. A number is the same
    /// however many are shown.
    pub(super) fn of(passages: &'a [Passage], at_most: usize) -> Numbered<'a> {
        Numbered(numbered(passages, at_most))
    }

    /// What they mark in the first text or the second: the number and the words, in order.
    pub(super) fn marks(&self, first: bool) -> Vec<(usize, Range<usize>)> {
        let words = |passage: &Passage| if first { passage.a.clone() } else { passage.b.clone() };
        let mut marks: Vec<_> = self.0.iter().map(|&(n, passage)| (n, words(passage))).collect();
        marks.sort_by_key(|(n, words)| (words.start, std::cmp::Reverse(words.end), *n));
        // A part of a passage that the second text says once more is in the first text already.
        let mut ends = vec![0; 1 + marks.iter().map(|(n, _)| *n).max().unwrap_or(0)];
        marks.retain(|(n, words)| {
            let before = std::mem::replace(&mut ends[*n], words.end);
            ends[*n] = before.max(words.end);
            words.end > before
        });
        marks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_rise_in_the_first_text_and_are_one_for_one_passage() {
        let passage = |a: Range<usize>, b: Range<usize>| Passage { a, b };
        let all = [passage(20..30, 0..10), passage(0..5, 20..25), passage(0..5, 40..45)];
        let numbered = Numbered::of(&all, 9);
        assert_eq!(numbered.marks(true), [(1, 0..5), (2, 20..30)]);
        assert_eq!(numbered.marks(false), [(2, 0..10), (1, 20..25), (1, 40..45)]);
        assert_eq!(Numbered::of(&all, 1).marks(true), [(2, 20..30)]);
        // The second text says a part of a passage once more.
        let all = [passage(0..9, 0..9), passage(2..6, 20..24)];
        let numbered = Numbered::of(&all, 9);
        assert_eq!(numbered.marks(true), [(1, 0..9)]);
        assert_eq!(numbered.marks(false), [(1, 0..9), (1, 20..24)]);
    }
}
