//! Which part of a long text is shown: one that holds what the text shares with another.

use crate::score::passages::Passage;
use crate::text::Words;
use std::ops::Range;

/// A passage that begins in the last of so many parts of a window is not counted as shown by it.
const EDGE: usize = 8;

/// Bytes before the passage that a window is made for, or a part of the window if that is less: some
/// lines, so that one sees the passage without a search.
const BEFORE: usize = 300;

/// The bytes of two texts that are shown, at most `longest` of each: the beginnings, unless most of
/// what the two share is further on; then what is around the longest passage. `fixed` is the window
/// of the first text where it has one already, which is kept if it will do.
pub(super) fn windows(
    texts: [&Words; 2],
    passages: &[Passage],
    longest: usize,
    fixed: Option<&Range<usize>>,
) -> [Range<usize>; 2] {
    let mut windows = texts.map(|text| part(text, 0, longest));
    if let Some(fixed) = fixed {
        windows[0] = fixed.clone();
    }
    let Some(most) = passages.first() else { return windows };
    let begins = |passage: &Passage| {
        [texts[0].words[passage.a.start].start, texts[1].words[passage.b.start].start]
            .map(|at| at as usize)
    };
    let shows = |side: usize, window: &Range<usize>, at: usize| {
        let ends = window.end == texts[side].normal.len();
        window.contains(&at) && (ends || at + window.len() / EDGE <= window.end)
    };
    let are_shown = |passage: &&Passage| {
        let begins = begins(passage);
        (0..2).all(|side| shows(side, &windows[side], begins[side]))
    };
    let shown: usize = passages.iter().filter(are_shown).map(|passage| passage.a.len()).sum();
    if shown * 2 < most.a.len() {
        let before = BEFORE.min(longest / EDGE);
        for (side, at) in begins(most).into_iter().enumerate() {
            if !shows(side, &windows[side], at) {
                windows[side] = part(texts[side], at.saturating_sub(before), longest);
            }
        }
    }
    windows
}

/// The bytes of a text from the first word behind a place on; from before it, where the text ends
/// sooner.
fn part(text: &Words, from: usize, longest: usize) -> Range<usize> {
    let normal = &text.normal;
    let from = from.min(normal.len().saturating_sub(longest));
    let next = text.words.partition_point(|word| (word.start as usize) < from);
    let start = match text.words.get(next) {
        Some(word) if from > 0 => word.start as usize,
        _ => normal.floor_char_boundary(from),
    };
    start..normal.floor_char_boundary(start + longest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::passages::passages;

    fn words(of: &str, n: usize) -> String {
        (0..n).map(|at| format!("{of}{at} ")).collect()
    }

    fn shown(a: &str, b: &str, fixed: Option<Range<usize>>) -> [String; 2] {
        let [a, b] = [a, b].map(Words::of);
        let found = windows([&a, &b], &passages(&a, &b), 400, fixed.as_ref());
        let [in_a, in_b] = found;
        [a.normal[in_a].to_owned(), b.normal[in_b].to_owned()]
    }

    #[test]
    fn the_beginnings_are_shown_where_they_share_enough() {
        let (a, b) = (words("same", 200), words("same", 90));
        assert_eq!(shown(&a, &b, None), [&a[..400], &b[..400]]);
        assert_eq!(shown("short", &a, None), ["short", &a[..400]]);
        assert_eq!(shown("é".repeat(400).as_str(), "", None)[0].len(), 400);
    }

    #[test]
    fn what_is_shared_further_on_is_shown() {
        let shared = words("same", 40);
        let a = format!("by chance four words {} {shared} {}", words("a", 300), words("c", 300));
        let b = format!("by chance four words {} {shared}", words("b", 900));
        let [in_a, in_b] = shown(&a, &b, None);
        for part in [&in_a, &in_b] {
            let at = part.find("same0 same1 ").unwrap();
            assert!((1..=50).contains(&at) || part.len() - at <= shared.len(), "{part}");
            assert!(part.len() <= 400 && !part.starts_with(' '), "{part}");
        }
        // A window that shows it already is kept, another is not.
        let kept = a.find("same0").unwrap() - 200..a.find("same0").unwrap() + 200;
        assert_eq!(shown(&a, &b, Some(kept.clone()))[0], a[kept]);
        assert!(shown(&a, &b, Some(0..400))[0].contains("same0 same1 "));
    }
}
