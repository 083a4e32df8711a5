//! The shared passages that are shown, with the numbers that mark them.

use retold::score::passages::Passage;
use std::ops::Range;

/// Shared passages with their numbers, in the order of the first text. Where the second text says a
/// passage twice, both have one number.
#[derive(Debug)]
pub(super) struct Numbered<'a>(pub(super) Vec<(usize, &'a Passage)>);

impl<'a> Numbered<'a> {
    /// Numbers the passages, or the longest of them; `passages` begin with the longest.
    pub(super) fn of(passages: &'a [Passage], at_most: usize) -> Numbered<'a> {
        let mut shown: Vec<&Passage> = passages.iter().take(at_most).collect();
        shown.sort_by_key(|passage| (passage.a.start, passage.a.end, passage.b.start));
        let same = |x: &&Passage, y: &&Passage| x.a == y.a;
        let numbered = (1..).zip(shown.chunk_by(same));
        Numbered(
            numbered
                .flat_map(|(n, group)| group.iter().map(move |&passage| (n, passage)))
                .collect(),
        )
    }

    /// What they mark in the first text or the second: the number and the words, in order.
    pub(super) fn marks(&self, first: bool) -> Vec<(usize, Range<usize>)> {
        let words = |passage: &Passage| if first { passage.a.clone() } else { passage.b.clone() };
        let mut marks: Vec<_> = self.0.iter().map(|&(n, passage)| (n, words(passage))).collect();
        marks.sort_by_key(|(n, words)| (words.start, std::cmp::Reverse(words.end), *n));
        marks.dedup();
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
        assert_eq!(Numbered::of(&all, 1).marks(true), [(1, 20..30)]);
    }
}
