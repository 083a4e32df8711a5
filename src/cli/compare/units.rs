//! A text in pieces that stay whole at the end of a line, with its marked passages.

use crate::cli::push_printable;
use retold::text::Words;
use std::ops::Range;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns that a text takes on a terminal.
pub(super) fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// As much of a text as fits in some columns, with `…` where there is more.
pub(super) fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let (mut shown, mut taken) = (String::new(), 1);
    for c in text.chars() {
        taken += c.width().unwrap_or(0);
        if taken > columns {
            break;
        }
        shown.push(c);
    }
    shown + "…"
}

/// What a piece of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paint {
    /// Text that is in no shared passage.
    Plain,
    /// Text of the passage with this number.
    Passage(usize),
    /// A bracket with its number.
    Mark(usize),
    /// It stands for text that is left out.
    Gap,
}

/// A part of a text that no line break may part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Unit {
    /// Its characters, as they may be printed.
    pub(super) runs: Vec<(Paint, String)>,
    /// Columns that it takes.
    pub(super) width: usize,
    /// Whether a space stands before it.
    pub(super) space: bool,
    /// Whether it opens a paragraph.
    pub(super) paragraph: bool,
}

impl Unit {
    pub(super) fn push(&mut self, paint: Paint, c: char) {
        if self.runs.last().is_none_or(|(last, _)| *last != paint) {
            self.runs.push((paint, String::new()));
        }
        if let Some((_, run)) = self.runs.last_mut() {
            let before = run.len();
            push_printable(c, run);
            self.width += width(&run[before..]);
        }
    }

    fn push_all(&mut self, paint: Paint, text: &str) {
        text.chars().for_each(|c| self.push(paint, c));
    }
}

/// Characters of one word that are shown where texts are cut, and bytes without any.
const LONGEST_WORD: usize = 120;
const LONGEST_GAP: usize = 200;

/// Bytes of a unit: what is longer comes as several.
const LONGEST_UNIT: usize = 1000;

/// The units of some words of a text, one after another.
pub(super) struct Units<'a> {
    text: &'a Words,
    /// Whether texts are shown as a whole.
    full: bool,
    marks: Marks,
    /// Words to go: ranges that rise.
    left: std::vec::IntoIter<Range<usize>>,
    range: Range<usize>,
    /// Byte of the text that comes next, and the one that ends the range.
    at: usize,
    end: usize,
    /// Behind what is before it, unless text was left out.
    shown_to: usize,
}

/// Marked passages on the way through a text.
struct Marks {
    /// Numbers and words, those that begin first before others, and the longer before the shorter.
    all: Vec<(usize, Range<usize>)>,
    next: usize,
    /// Those that are open, the last one opened last.
    open: Vec<(usize, usize)>,
}

impl Marks {
    /// Opens those that begin at a word or, as parts of what is left out, before it.
    fn open_at(&mut self, word: usize, unit: &mut Unit) {
        while let Some((number, words)) = self.all.get(self.next).filter(|(_, w)| w.start <= word) {
            unit.push_all(Paint::Mark(*number), &format!("[{number} "));
            self.open.push((*number, words.end));
            self.next += 1;
        }
    }

    /// Closes those that end before a word.
    fn close_at(&mut self, word: usize, unit: &mut Unit) {
        self.open.retain(|&(number, end)| {
            if end <= word {
                unit.push_all(Paint::Mark(number), &format!(" {number}]"));
            }
            end > word
        });
    }

    fn paint(&self) -> Paint {
        self.open.last().map_or(Paint::Plain, |&(number, _)| Paint::Passage(number))
    }
}

impl<'a> Units<'a> {
    /// The units of a text whose passages have these marks.
    pub(super) fn new(text: &'a Words, marks: Vec<(usize, Range<usize>)>, full: bool) -> Units<'a> {
        let marks = Marks { all: marks, next: 0, open: Vec::new() };
        let left = Vec::new().into_iter();
        Units { text, full, marks, left, range: 0..0, at: 0, end: 0, shown_to: 0 }
    }

    /// Goes on with these words: ranges that rise, behind all before.
    pub(super) fn go_on(&mut self, ranges: Vec<Range<usize>>) {
        self.left = ranges.into_iter();
        (self.at, self.end) = (0, 0);
    }

    /// Whether all words behind a place were shown, or there are none.
    pub(super) fn is_at_end(&self) -> bool {
        self.shown_to == self.text.words.len()
    }
}

impl Iterator for Units<'_> {
    type Item = Unit;

    fn next(&mut self) -> Option<Unit> {
        let mut unit = Unit::default();
        while self.at >= self.end {
            self.range = self.left.next()?;
            let Range { start, end } = self.range;
            (self.at, self.end) = (edge(self.text, start), edge(self.text, end));
            if start != std::mem::replace(&mut self.shown_to, end) {
                unit.space = true;
                unit.push_all(Paint::Gap, "...");
                return Some(unit);
            }
        }
        unit.paragraph = self.skip_space(&mut unit.space);
        self.read(&mut unit);
        Some(unit)
    }
}

impl Units<'_> {
    /// Passes white space; whether it ends a paragraph.
    fn skip_space(&mut self, space: &mut bool) -> bool {
        let rest = &self.text.normal[self.at..self.end];
        let white = rest.len() - rest.trim_start().len();
        *space |= white > 0 || self.at == 0;
        self.at += white;
        rest[..white].matches('\n').count() > 1
    }

    /// Reads on to the next white space, or to where a line may end without one.
    fn read(&mut self, unit: &mut Unit) {
        let (words, normal) = (&self.text.words, &self.text.normal);
        let mut word = words.partition_point(|word| (word.end as usize) <= self.at);
        let (began, mut in_word) = (self.at, 0);
        let mut before = None;
        while let Some(c) = normal[self.at..self.end].chars().next() {
            let is_parted = before.replace(c).is_some_and(|before| may_part(before, c));
            if c.is_whitespace() || is_parted || self.at - began > LONGEST_UNIT {
                break;
            }
            let inside = words.get(word).is_some_and(|word| self.at >= word.start as usize);
            if inside && in_word == 0 {
                self.marks.open_at(word, unit);
            }
            let paint = self.marks.paint();
            unit.push(paint, c);
            self.at += c.len_utf8();
            in_word += usize::from(inside);
            if let Some(to) = self.passed_over(word, in_word) {
                unit.push(paint, '…');
                self.at = to;
            }
            if words.get(word).is_some_and(|word| self.at >= word.end as usize) {
                word += 1;
                in_word = 0;
                self.marks.close_at(word, unit);
            }
        }
    }

    /// Where to go on, where more of a word, or of what stands before it, would be too much.
    fn passed_over(&self, word: usize, in_word: usize) -> Option<usize> {
        let words = &self.text.words;
        let next = words.get(word);
        let to = if in_word > LONGEST_WORD {
            next.map(|next| next.end as usize)
        } else {
            let gap = self.at - word.checked_sub(1).map_or(0, |before| words[before].end as usize);
            let is_long = in_word == 0 && gap > LONGEST_GAP;
            is_long.then(|| next.map_or(self.end, |next| next.start as usize))
        };
        to.map(|to| to.min(self.end)).filter(|&to| !self.full && to > self.at)
    }
}

/// Whether a line may end between two characters without white space: beside wide ones, as in
/// Chinese, but not before what closes or behind what opens.
fn may_part(before: char, c: char) -> bool {
    let wide = |c: char| c.width() == Some(2);
    (wide(c) || wide(before)) && !clings(c) && !opens(before)
}

/// The byte between a word and the one before it: where white space begins, or else the word.
fn edge(text: &Words, word: usize) -> usize {
    if word == 0 {
        return 0;
    }
    let from = text.words[word - 1].end as usize;
    let to = text.words.get(word).map_or(text.normal.len(), |word| word.start as usize);
    let between = &text.normal[from..to];
    between.find(char::is_whitespace).map_or(to, |space| from + space)
}

/// Whether a character stands at the beginning of no line: marks that close what is before, and those
/// that belong to the character before.
fn clings(c: char) -> bool {
    c.width() == Some(0)
        || matches!(c, '、' | '。' | '，' | '．' | '！' | '？' | '：' | '；')
        || matches!(c, '」' | '』' | '）' | '】' | '》' | '〉' | '”' | '’' | '…' | 'ー')
        || c.is_ascii_punctuation() && !matches!(c, '(' | '[' | '{')
}

/// Whether a character stands at the end of no line.
fn opens(c: char) -> bool {
    matches!(c, '「' | '『' | '（' | '【' | '《' | '〈' | '“' | '‘' | '(' | '[' | '{')
}
