//! Two texts in rows, for people to read one beside the other.

use super::passages::Passage;
use crate::text::Words;
use std::ops::Range;

/// Words of each of two texts that stand beside each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Words of the first text; may be none.
    pub a: Range<usize>,
    /// Words of the second text; may be none.
    pub b: Range<usize>,
}

/// The rows of two texts: one behind another they are both texts from beginning to end. Shared
/// passages stand in one row as far as their order is the same in both, and a row begins where
/// sentences do, if it can.
///
/// Cost: a sort of the passages.
#[must_use]
pub fn rows(passages: &[Passage], a: &Words, b: &Words) -> Vec<Row> {
    let mut rows = Vec::new();
    let (mut row, mut done) = ([0; 2], [0; 2]);
    for passage in in_order(passages) {
        let next = [opening(a, passage.a.start), opening(b, passage.b.start)];
        // A row ends behind what stands in it already.
        let free = (0..2).all(|side| next[side] >= done[side]);
        if free && next != row {
            rows.push(Row { a: row[0]..next[0], b: row[1]..next[1] });
            row = next;
        }
        done = [passage.a.end, passage.b.end];
    }
    rows.push(Row { a: row[0]..a.words.len(), b: row[1]..b.words.len() });
    rows
}

/// Words that a row may begin before a passage, to begin with its sentence.
const LONGEST_WAY_BACK: usize = 40;

/// The word that opens the sentence of a word; the word itself where that is far off.
fn opening(text: &Words, word: usize) -> usize {
    let near = word.saturating_sub(LONGEST_WAY_BACK)..=word;
    near.rev().find(|&at| at == 0 || text.words[at].opens_passage).unwrap_or(word)
}

/// Of the passages those that have one order in both texts and do not overlap: as many words as
/// possible together.
fn in_order(passages: &[Passage]) -> Vec<&Passage> {
    let mut passages: Vec<&Passage> = passages.iter().collect();
    passages.sort_by_key(|passage| (passage.b.start, passage.a.start));
    let mut ends: Vec<usize> = passages.iter().map(|passage| passage.a.end).collect();
    ends.sort_unstable();
    // The best sequence that ends with each: its words, and the passage before.
    let mut best = Best { heaviest: vec![None; ends.len() + 1] };
    let mut before = vec![None; passages.len()];
    for (at, passage) in passages.iter().enumerate() {
        let up_to = ends.partition_point(|&end| end <= passage.a.start);
        let (words, last) = best.of_first(up_to).map_or((0, None), |(w, last)| (w, Some(last)));
        before[at] = last;
        let place = ends.partition_point(|&end| end < passage.a.end);
        best.add(place, (words + passage.a.len(), at));
    }
    let mut chain = Vec::new();
    let mut next = best.of_first(ends.len()).map(|(_, last)| last);
    while let Some(at) = next {
        chain.push(passages[at]);
        next = before[at];
    }
    chain.reverse();
    chain
}

/// The heaviest sequence among the first places of a list, as a tree of sums (Fenwick 1994) keeps it.
struct Best {
    heaviest: Vec<Option<(usize, usize)>>,
}

impl Best {
    /// The heaviest of the first `count` places, the latest of equals.
    fn of_first(&self, mut count: usize) -> Option<(usize, usize)> {
        let mut found = None;
        while count > 0 {
            found = found.max(self.heaviest[count]);
            count &= count - 1;
        }
        found
    }

    fn add(&mut self, place: usize, sequence: (usize, usize)) {
        let mut at = place + 1;
        while at < self.heaviest.len() {
            self.heaviest[at] = self.heaviest[at].max(Some(sequence));
            at += at & at.wrapping_neg();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::passages::passages;

    /// The rows as the words that begin them, after a check that nothing is lost.
    fn shown(a: &str, b: &str) -> Vec<[String; 2]> {
        let texts = [a, b].map(Words::of);
        let rows = rows(&passages(&texts[0], &texts[1]), &texts[0], &texts[1]);
        let ends = rows.iter().fold([0; 2], |[a, b], row| {
            assert_eq!([a, b], [row.a.start, row.b.start]);
            [row.a.end, row.b.end]
        });
        assert_eq!(ends, texts.each_ref().map(|text| text.words.len()));
        let text = |side: usize, words: &Range<usize>| match words.is_empty() {
            true => String::new(),
            false => texts[side].between(words.clone()).to_owned(),
        };
        rows.iter().map(|row| [text(0, &row.a), text(1, &row.b)]).collect()
    }

    #[test]
    fn a_row_begins_with_the_sentences_that_share_a_passage() {
        let a = "The wind rose. At noon the old bridge at Selwyn fell. Nobody was hurt, they said.";
        let b = "A quiet day. So it was thought. Then the old bridge at Selwyn fell into the \
                 river. Nobody was hurt, they said, and all went home.";
        let expected = [
            ["The wind rose", "A quiet day. So it was thought"],
            [
                "At noon the old bridge at Selwyn fell",
                "Then the old bridge at Selwyn fell into the river",
            ],
            ["Nobody was hurt, they said", "Nobody was hurt, they said, and all went home"],
        ];
        assert_eq!(shown(a, b), expected);
    }

    #[test]
    fn passages_in_another_order_share_no_row() {
        let one = "Nobody was hurt, they said.";
        let long = "The old bridge at Selwyn fell at noon into the river.";
        let rows = shown(&format!("{one} {long}"), &format!("{long} {one}"));
        let long = long.trim_end_matches('.');
        assert_eq!(rows[1], [long.to_owned(), format!("{long}. Nobody was hurt, they said")]);
        assert_eq!(rows[0][1], "");
    }

    #[test]
    fn texts_without_a_common_passage_are_one_row() {
        assert_eq!(shown("One thing.", "And another."), [["One thing", "And another"]]);
        assert_eq!(shown("", "And another."), [["", "And another"]]);
        assert_eq!(shown("", ""), [["", ""]]);
    }

    #[test]
    fn the_heaviest_order_is_kept() {
        let passage = |a: Range<usize>, b: Range<usize>| Passage { a, b };
        let all = [
            passage(0..4, 40..44),
            passage(10..14, 0..4),
            passage(20..24, 10..14),
            passage(12..30, 20..38),
            passage(40..44, 50..54),
        ];
        let kept: Vec<_> = in_order(&all).iter().map(|passage| passage.a.start).collect();
        assert_eq!(kept, [12, 40]);
    }

    #[test]
    fn text_that_repeats_itself_ends() {
        let text = "the same four words and. ".repeat(20_000);
        assert_eq!(shown(&text, &text).len(), 1);
        let a: String = (0..40_000).map(|n| format!("one two three four x{n}. ")).collect();
        let b: String = (0..40_000).map(|n| format!("one two three four y{n}. ")).collect();
        assert!(!shown(&a, &b).is_empty());
    }
}
