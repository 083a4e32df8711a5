//! Two texts side by side, with the passages that both hold marked.

use super::shown;
use crate::score::passages::{Passage, numbers};
use crate::text::Words;
use serde::Serialize;
use std::collections::BTreeSet;
use std::ops::Range;

/// A stretch of a text as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Segment {
    /// Its characters, none of which does anything but to be seen.
    pub text: String,
    /// Number of the passage that it is of, from 1; `None` where the other text has it not.
    pub mark: Option<u32>,
}

/// Two texts in segments. A passage has the same number in both, and they are numbered in the order
/// of the first text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SideBySide {
    /// The segments of each, which are the whole text.
    pub sides: [Vec<Segment>; 2],
    /// Number of passages that the whole texts share.
    pub passages: u32,
}

impl SideBySide {
    /// Two texts with what [`passages`](crate::score::passages::passages) found in them.
    ///
    /// A word is in one mark only, that of the longest passage; a passage that stands twice in the
    /// second text and once in the first has one number in all three places.
    ///
    /// # Panics
    /// If the passages are of other texts.
    #[must_use]
    pub fn of(a: &Words, b: &Words, passages: &[Passage]) -> SideBySide {
        SideBySide::within(a, b, passages, [0..a.normal.len(), 0..b.normal.len()])
    }

    /// The part of each text that its window of bytes shows. The numbers are those of the whole texts.
    pub(super) fn within(
        a: &Words,
        b: &Words,
        passages: &[Passage],
        windows: [Range<usize>; 2],
    ) -> SideBySide {
        let mut marks = [vec![0_u32; a.words.len()], vec![0; b.words.len()]];
        let numbers = numbers(passages);
        let count = numbers.iter().copied().max().unwrap_or(0);
        // The longest come last, so that a word is of the longest that has it.
        for (passage, number) in passages.iter().zip(numbers).rev() {
            marks[0][passage.a.clone()].fill(number);
            marks[1][passage.b.clone()].fill(number);
        }
        let [in_a, in_b] = windows;
        let sides = [segments(a, &marks[0], in_a), segments(b, &marks[1], in_b)];
        SideBySide { sides, passages: count }
    }

    /// Passages of which something is in both sides.
    pub(super) fn in_both(&self) -> u32 {
        let [a, b] = self
            .sides
            .each_ref()
            .map(|side| side.iter().filter_map(|segment| segment.mark).collect::<BTreeSet<u32>>());
        a.intersection(&b).count() as u32
    }

    /// The text of a side.
    pub(super) fn text(&self, side: usize) -> String {
        self.sides[side].iter().map(|segment| segment.text.as_str()).collect()
    }

    /// The marked ranges of a side, in UTF-16 units of its text, as scripts count them, each
    /// with its number behind it.
    pub(super) fn marked(&self, side: usize) -> Vec<u32> {
        let (mut at, mut marked) = (0, Vec::new());
        for segment in &self.sides[side] {
            let end = at + segment.text.encode_utf16().count() as u32;
            if let Some(mark) = segment.mark {
                marked.extend([at, end, mark]);
            }
            at = end;
        }
        marked
    }
}

/// Cuts the part of a text that a window of bytes shows where the marks of its words change, 0 being
/// none.
fn segments(text: &Words, marks: &[u32], window: Range<usize>) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut push = |range: Range<usize>, mark: u32| {
        let (start, end) = (range.start.max(window.start), range.end.min(window.end));
        let text = text.normal.get(start..end).map(shown::text).unwrap_or_default();
        if !text.is_empty() {
            segments.push(Segment { text, mark: (mark > 0).then_some(mark) });
        }
    };
    let (mut at, mut word) = (0, 0);
    for run in marks.chunk_by(|x, y| x == y) {
        let words = &text.words[word..word + run.len()];
        word += run.len();
        if let ([first, ..], [.., last]) = (words, words)
            && run[0] > 0
        {
            push(at..first.start as usize, 0);
            push(first.start as usize..last.end as usize, run[0]);
            at = last.end as usize;
        }
    }
    push(at..text.normal.len(), 0);
    segments
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::passages::passages;

    fn of(a: &str, b: &str) -> SideBySide {
        let (a, b) = (Words::of(a), Words::of(b));
        let both = SideBySide::of(&a, &b, &passages(&a, &b));
        for (side, text) in [&a, &b].into_iter().enumerate() {
            assert_eq!(both.text(side), shown::text(&text.normal));
        }
        both
    }

    fn told(side: &[Segment]) -> Vec<(Option<u32>, &str)> {
        side.iter().map(|segment| (segment.mark, segment.text.as_str())).collect()
    }

    #[test]
    fn a_passage_has_one_number_in_both_texts() {
        let both = of(
            "Rain fell on the old harbour. The mayor, Ida Brandt, opened the bridge!",
            "the mayor Ida Brandt opened the bridge; rain fell on the old town",
        );
        assert_eq!(both.passages, 2);
        assert_eq!(
            told(&both.sides[0]),
            [
                (Some(1), "Rain fell on the old"),
                (None, " harbour. "),
                (Some(2), "The mayor, Ida Brandt, opened the bridge"),
                (None, "!"),
            ]
        );
        assert_eq!(
            told(&both.sides[1]),
            [
                (Some(2), "the mayor Ida Brandt opened the bridge"),
                (None, "; "),
                (Some(1), "rain fell on the old"),
                (None, " town"),
            ]
        );
    }

    #[test]
    fn what_is_said_twice_has_one_number() {
        let both = of("x rain fell on Oslo", "rain fell on Oslo, y, rain fell on Oslo");
        let marks: Vec<_> = both.sides[1].iter().map(|segment| segment.mark).collect();
        assert_eq!((both.passages, marks), (1, vec![Some(1), None, Some(1)]));
    }

    #[test]
    fn places_are_counted_as_scripts_do() {
        let both = of("😀𝄞 rain fell on Oslo\0", "\u{202e}é rain fell on Oslo 😀");
        // Two units each for what is beyond the first 65,536 characters.
        assert_eq!(both.marked(0), [5, 22, 1]);
        assert_eq!(both.marked(1), [3, 20, 1]);
        assert_eq!(both.sides[0][2].text, "␀");
    }

    #[test]
    fn a_window_keeps_the_numbers_of_the_whole() {
        let a = "Rain fell on Oslo. The mayor opened the bridge";
        let [a, b] = [a, "the mayor opened the bridge; rain fell on Oslo"].map(Words::of);
        let passages = passages(&a, &b);
        let both = SideBySide::within(&a, &b, &passages, [14..30, 0..46]);
        assert_eq!(
            told(&both.sides[0]),
            [(Some(1), "slo"), (None, ". "), (Some(2), "The mayor o")]
        );
        assert_eq!((both.passages, both.in_both()), (2, 2));
        let both = SideBySide::within(&a, &b, &passages, [19..46, 29..46]);
        assert_eq!((both.passages, both.in_both()), (2, 0));
    }

    #[test]
    fn texts_without_passages_are_one_segment() {
        let both = of("", "nothing shared at all");
        assert_eq!(both.sides[0], []);
        assert_eq!(told(&both.sides[1]), [(None, "nothing shared at all")]);
        assert!(both.marked(1).is_empty());
    }
}
