//! The tokeniser: runs of letters and digits, folded, in one pass over a text in normal form.
//!
//! A word is what `\w+` finds (letters, digits, `_`), and a character of a script without spaces
//! is a word of its own. Unlike in UAX #29, an apostrophe or a full stop inside a word parts it, so
//! that a missing space after a sentence or another kind of apostrophe changes nothing. Only
//! numbers keep their sides together: `1,500`, `1.500` and `1500` are one number, and so are `1.5`
//! and `1,5`, but not 15.

use super::ascii::{Bytes, SHORT, WINDOW, Window, short_word};
use super::fold::{Class, class, fold_char};
use super::tokens::Marks;
use crate::hash::{hash_short, hash_word};
use std::ops::Range;

/// Hands the hash, marks and place of each word of `normal` to `found`, in order; of a text over
/// 4 GiB only those of the beginning. `folding` is a buffer.
pub(super) fn scan(
    normal: &str,
    folding: &mut String,
    found: impl FnMut(u64, Marks, Range<usize>),
) {
    /// Places are kept in 32 bits.
    const LONGEST: usize = u32::MAX as usize;
    let normal = &normal[..normal.floor_char_boundary(LONGEST)];
    let mut scan = Scan { normal, folding, before: Before::START, found };
    let mut at = 0;
    while let Some(rest) = normal.as_bytes().get(at..).filter(|rest| !rest.is_empty()) {
        at = match rest.first_chunk() {
            Some(bytes) => scan.window(at, bytes),
            None => {
                let mut bytes = [0; _];
                bytes[..rest.len()].copy_from_slice(rest);
                scan.window(at, &bytes)
            }
        };
    }
}

struct Scan<'a, F> {
    normal: &'a str,
    /// The folded word that is being read.
    folding: &'a mut String,
    before: Before,
    found: F,
}

impl<F: FnMut(u64, Marks, Range<usize>)> Scan<'_, F> {
    /// Reads the words that end within `bytes`, those of the text at `from` or zeros behind its end;
    /// returns where to go on, which is not in the midst of a word.
    ///
    /// The short cut for ASCII: up to the first number, long word or other character, a few numbers
    /// tell where words begin and end and what they open. The rest is left to `step`.
    fn window(&mut self, from: usize, bytes: &Bytes) -> usize {
        let window = Window::of(bytes);
        let between = !window.words;
        // A sum carries a bit through what is between two words to the beginning of the second.
        let carried =
            |bits: u64, earlier: bool| between.wrapping_add(bits).wrapping_add(u64::from(earlier));
        let Before { opens, full_stop } = self.before;
        let behind_stop = between & !carried(window.stops, full_stop);
        let passages = window.lines | window.spaces & behind_stop;
        let passages = carried(passages, opens.has(Marks::OPENS_PASSAGE));
        let sentences = carried(window.openers, opens.has(Marks::OPENS_SENTENCE));

        // What stands where the window ends may belong to the word before it.
        let parts = window.length < WINDOW && self.parts(from + window.length);
        let known = u64::MAX.checked_shr((WINDOW - window.length - usize::from(parts)) as u32);
        let mut starts = window.words & !(window.words << 1);
        let mut ends = between & window.words << 1 & known.unwrap_or(0);
        let mut done = 0;
        while ends != 0 {
            let (start, end) = (starts.trailing_zeros() as usize, ends.trailing_zeros() as usize);
            let first = bytes[start];
            if first < b'A' || end - start > SHORT {
                break;
            }
            let (low, high) = short_word(bytes, start, end - start);
            let marks = Marks::CAPITAL
                .when(first < b'a')
                .and(Marks::OPENS_SENTENCE.when(sentences >> start & 1 == 1))
                .and(Marks::OPENS_PASSAGE.when(passages >> start & 1 == 1));
            (self.found)(hash_short(low, high), marks, from + start..from + end);
            (starts, ends) = (starts & (starts - 1), ends & (ends - 1));
            done = end;
        }
        if done > 0 {
            self.before = Before::WORD;
        }
        let to = match done {
            _ if ends != 0 => starts.trailing_zeros() as usize + 1,
            _ if window.length < WINDOW => window.length + 1,
            0 => WINDOW,
            done => done,
        };
        self.steps(from + done, self.normal.len().min(from + to))
    }

    /// Whether the character at `at` parts words.
    fn parts(&self, at: usize) -> bool {
        self.normal[at..].chars().next().is_some_and(|c| class(c) == Class::Break)
    }

    /// Goes on step by step until `to` is reached; returns where.
    fn steps(&mut self, from: usize, to: usize) -> usize {
        let mut at = from;
        while at < to {
            at = self.step(at);
        }
        at
    }

    /// Reads one word of any script, or one character outside words; returns where it ends.
    fn step(&mut self, from: usize) -> usize {
        let Some(c) = self.normal[from..].chars().next() else { return from };
        let end = from + c.len_utf8();
        match class(c) {
            Class::Ignored => {}
            Class::Break => self.before.pass(c),
            Class::Solid => {
                self.folding.clear();
                fold_char(c, self.folding);
                let hash = hash_word(self.folding.as_bytes());
                self.push(hash, Marks::SOLID, false, from..end);
            }
            Class::Letter | Class::Digit => return self.word(from, c.is_uppercase()),
        }
        end
    }

    /// Reads the word that begins with the letter or digit at `start`; returns where it ends.
    fn word(&mut self, start: usize, capital: bool) -> usize {
        self.folding.clear();
        let (mut end, mut number) = (start, true);
        let mut rest = self.normal[start..].char_indices();
        while let Some((offset, c)) = rest.next() {
            match class(c) {
                Class::Ignored => continue,
                Class::Letter => number = false,
                Class::Digit => {}
                Class::Solid => break,
                Class::Break => {
                    match separator(c, rest.as_str()).filter(|_| number) {
                        // Between thousands: `1,500` and `1.500` are 1500.
                        Some(3) => {}
                        Some(_) => self.folding.push('.'),
                        None => break,
                    }
                    continue;
                }
            }
            end = start + offset + c.len_utf8();
            fold_char(c, self.folding);
        }
        let hash = hash_word(self.folding.as_bytes());
        let kind = if number { Marks::NUMBER } else { Marks::default() };
        self.push(hash, kind, capital, start..end);
        end
    }

    #[inline]
    fn push(&mut self, hash: u64, kind: Marks, capital: bool, place: Range<usize>) {
        let opens = std::mem::replace(&mut self.before, Before::WORD).opens;
        (self.found)(hash, kind.and(opens).and(Marks::CAPITAL.when(capital)), place);
    }
}

/// What stands between a word and the one before it.
#[derive(Clone, Copy)]
struct Before {
    /// What the next word opens.
    opens: Marks,
    /// Whether a full stop or the like has been passed since the last word.
    full_stop: bool,
}

impl Before {
    const START: Before =
        Before { opens: Marks::OPENS_SENTENCE.and(Marks::OPENS_PASSAGE), full_stop: false };
    const WORD: Before = Before { opens: Marks::NONE, full_stop: false };

    /// Goes past a character outside words.
    fn pass(&mut self, c: char) {
        match c {
            '\n' | '\r' => *self = Before::START,
            '.' | '!' | '?' | '…' | '؟' | '।' => {
                self.opens = self.opens.and(Marks::OPENS_SENTENCE);
                self.full_stop = true;
            }
            // After these a sentence may begin without a space.
            '。' => *self = Before::START,
            ':' | '"' | '“' | '«' | '¿' | '¡' => {
                self.opens = self.opens.and(Marks::OPENS_SENTENCE);
            }
            c if self.full_stop && c.is_whitespace() => {
                self.opens = self.opens.and(Marks::OPENS_PASSAGE);
            }
            _ => {}
        }
    }
}

/// Where `c` is a full stop or comma before a digit, how many digits follow it, up to four.
fn separator(c: char, rest: &str) -> Option<usize> {
    let digit = |next: &char| class(*next) == Class::Digit;
    let digits =
        if matches!(c, '.' | ',') { rest.chars().take_while(digit).take(4).count() } else { 0 };
    (digits > 0).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::mix;

    /// What is read character by character, without the short cut for ASCII, is the same.
    #[test]
    fn the_short_cut_for_ascii_changes_nothing() {
        let pieces = [
            "a",
            "Z",
            "_",
            "fourteen_bytes",
            "sixteenletters16",
            "unbelievablyLongWord",
            "0",
            "17",
            ".",
            ",",
            "'",
            " ",
            "\n",
            "\r",
            "\t",
            "é",
            "E\u{301}",
            "日",
            "ß",
            "\u{AD}",
            "\u{200B}",
            "٣",
            "…",
            "’",
            "\"",
            ":",
            "ΑΣ",
            "\u{1F600}",
            "𠀀",
            "000",
            "?",
            "\0",
            "ﬁ",
            "Ａ",
            "ท",
            "ي",
        ];
        for seed in 0..20_000_u64 {
            let piece = |i| pieces[mix(seed << 8 | i) as usize % pieces.len()];
            let text: String = (0..mix(seed) % 24).map(piece).collect();
            let (mut quick, mut slow, mut folding) = (Vec::new(), Vec::new(), String::new());
            scan(&text, &mut folding, |hash, marks, place| quick.push((hash, marks, place)));
            let found = |hash, marks, place| slow.push((hash, marks, place));
            let folding = &mut folding;
            let mut scan = Scan { normal: &text, folding, before: Before::START, found };
            let mut at = 0;
            while at < text.len() {
                at = scan.step(at);
            }
            assert_eq!(quick, slow, "{text:?}");
        }
    }
}
