//! Two texts side by side, with the passages that both hold marked.

use super::Look;
use super::passages::Numbered;
use super::units::{self, Paint, Unit, Units};
use anstyle::{AnsiColor, Style};
use retold::pipeline::Comparison;
use retold::score::passages::{Passage, distinct};
use retold::score::side_by_side::rows;
use retold::text::Words;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::ops::Range;

/// Words and bytes from which on a text is long, and only its passages are shown, with what is around
/// them.
const LONG: usize = 700;
const LONG_BYTES: usize = 20 * LONG;

/// Passages that are then shown, words before and behind each, and words of its two ends.
const SHOWN: usize = 30;
const AROUND: usize = 10;
const ENDS: usize = 20;

/// Words of a text that are shown at its beginning.
const OPENING: usize = 40;

/// Between the columns.
const BAR: &str = " │ ";

/// Writes the texts.
pub(super) fn write(comparison: &Comparison, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let [a, b] = &comparison.texts;
    let is_short = |text: &Words| text.words.len() <= LONG && text.normal.len() <= LONG_BYTES;
    let full = look.full || (is_short(a) && is_short(b));
    let numbered = Numbered::of(&comparison.passages, if full { usize::MAX } else { SHOWN });
    let marked: Vec<Passage> = numbered.0.iter().map(|(_, passage)| (*passage).clone()).collect();
    let marks = [numbered.marks(true), numbered.marks(false)];
    let lengths = [a.words.len(), b.words.len()];
    let shown = [0, 1]
        .map(|side| if full { one(0..lengths[side]) } else { around(&marks[side], lengths[side]) });

    let width = (look.width - BAR.chars().count()) / 2;
    let titles = ["A", "B"].map(|name| vec![title(name)]);
    write_line(&titles, width, look, out)?;
    writeln!(out, "{}─┼─{}", "─".repeat(width), "─".repeat(width))?;
    let [first, second] = marks;
    let mut columns = [Column::new(a, first, full), Column::new(b, second, full)];
    for row in rows(&marked, a, b) {
        columns[0].units.go_on(within(&shown[0], row.a));
        columns[1].units.go_on(within(&shown[1], row.b));
        loop {
            let lines = [columns[0].line(width), columns[1].line(width)];
            if lines.iter().all(Option::is_none) {
                break;
            }
            write_line(&lines.map(Option::unwrap_or_default), width, look, out)?;
        }
    }
    let more =
        columns.each_ref().map(|column| if column.units.is_at_end() { Vec::new() } else { gap() });
    if more.iter().any(|line| !line.is_empty()) {
        write_line(&more, width, look, out)?;
    }
    if !full {
        let shown: BTreeSet<usize> = numbered.0.iter().map(|(number, _)| *number).collect();
        let left_out = distinct(&comparison.passages).len() - shown.len();
        let passages = match left_out {
            0 => String::new(),
            1 => ", but for 1 passage".to_owned(),
            n => format!(", but for {n} shorter passages"),
        };
        writeln!(out)?;
        let note = format!(
            "These are long texts: shown is what both hold{passages}. --full prints them as a whole."
        );
        super::wrap(&note, 0, "", look.width, out)?;
    }
    Ok(())
}

fn one(range: Range<usize>) -> Vec<Range<usize>> {
    if range.is_empty() { Vec::new() } else { Vec::from([range]) }
}

/// Words of a long text that are shown: its beginning, and the ends of its marked passages with what
/// is around them.
fn around(marks: &[(usize, Range<usize>)], words: usize) -> Vec<Range<usize>> {
    let ends = marks.iter().flat_map(|(_, Range { start, end })| {
        [
            start.saturating_sub(AROUND)..(start + ENDS).min(end + AROUND),
            (end.saturating_sub(ENDS)).max(start.saturating_sub(AROUND))..end + AROUND,
        ]
    });
    let mut ranges: Vec<Range<usize>> = std::iter::once(0..OPENING).chain(ends).collect();
    ranges.sort_by_key(|range| range.start);
    let mut shown: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        let range = range.start.min(words)..range.end.min(words);
        match shown.last_mut() {
            // A gap of a word or two is no gain.
            Some(last) if range.start <= last.end + 2 => last.end = last.end.max(range.end),
            _ => shown.extend(one(range)),
        }
    }
    shown
}

/// The parts of the ranges that are within a row.
fn within(shown: &[Range<usize>], row: Range<usize>) -> Vec<Range<usize>> {
    let from = shown.partition_point(|range| range.end <= row.start);
    let parts = shown[from..].iter().take_while(|range| range.start < row.end);
    parts.flat_map(|range| one(range.start.max(row.start)..range.end.min(row.end))).collect()
}

type Line = Vec<Unit>;

/// A column on its way through a text.
struct Column<'a> {
    units: Units<'a>,
    /// What the last line had no room for.
    waiting: Option<Unit>,
}

impl Column<'_> {
    fn new(text: &Words, marks: Vec<(usize, Range<usize>)>, full: bool) -> Column<'_> {
        Column { units: Units::new(text, marks, full), waiting: None }
    }

    /// The next line; none where the row ends.
    fn line(&mut self, width: usize) -> Option<Line> {
        let mut line = Vec::new();
        let mut taken = 0;
        while let Some(mut unit) = self.waiting.take().or_else(|| self.units.next()) {
            if line.is_empty() {
                unit.space = false;
                if unit.width > width {
                    let (fits, rest) = part(unit, width);
                    line.push(fits);
                    self.waiting = Some(rest);
                    break;
                }
            } else if unit.paragraph || taken + usize::from(unit.space) + unit.width > width {
                self.waiting = Some(unit);
                break;
            }
            taken += usize::from(unit.space) + unit.width;
            line.push(unit);
        }
        (!line.is_empty()).then_some(line)
    }
}

/// Parts a unit that is wider than a line.
fn part(unit: Unit, width: usize) -> (Unit, Unit) {
    let (mut fits, mut rest) = (Unit::default(), Unit::default());
    for (paint, text) in unit.runs {
        for c in text.chars() {
            let more = units::width(c.encode_utf8(&mut [0; 4]));
            let goes_on =
                rest.runs.is_empty() && (fits.runs.is_empty() || fits.width + more <= width);
            if goes_on { fits.push(paint, c) } else { rest.push(paint, c) }
        }
    }
    (fits, rest)
}

fn title(name: &str) -> Unit {
    Unit { runs: vec![(Paint::Plain, name.to_owned())], width: name.len(), ..Unit::default() }
}

fn gap() -> Line {
    vec![Unit { runs: vec![(Paint::Gap, "...".to_owned())], width: 3, ..Unit::default() }]
}

fn write_line(lines: &[Line; 2], width: usize, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let taken: usize = lines[0].iter().map(|unit| usize::from(unit.space) + unit.width).sum();
    let is_right_to_left = |line: &Line| {
        let mut chars = line.iter().flat_map(|unit| &unit.runs).flat_map(|(_, text)| text.chars());
        chars.any(|c| matches!(c, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}'))
    };
    write_units(&lines[0], look, out)?;
    write!(out, "{:1$}", "", width.saturating_sub(taken))?;
    let bar = if lines[1].is_empty() { BAR.trim_end() } else { BAR };
    if lines.iter().any(is_right_to_left) {
        // A mark of no width on each side, so that a terminal that turns text around does so within
        // its column.
        write!(out, "\u{200E}{bar}\u{200E}")?;
    } else {
        write!(out, "{bar}")?;
    }
    write_units(&lines[1], look, out)?;
    writeln!(out)
}

fn write_units(line: &Line, look: Look, out: &mut dyn Write) -> io::Result<()> {
    for unit in line {
        let space = if unit.space { " " } else { "" };
        write!(out, "{space}")?;
        for (paint, text) in &unit.runs {
            let style = if look.colour { style(*paint) } else { Style::new() };
            write!(out, "{style}{text}{style:#}")?;
        }
    }
    Ok(())
}

fn style(paint: Paint) -> Style {
    const COLOURS: [AnsiColor; 6] = [
        AnsiColor::Green,
        AnsiColor::Cyan,
        AnsiColor::Magenta,
        AnsiColor::Yellow,
        AnsiColor::Blue,
        AnsiColor::Red,
    ];
    let colour =
        |number: usize| Style::new().fg_color(Some(COLOURS[number % COLOURS.len()].into()));
    match paint {
        Paint::Plain => Style::new(),
        Paint::Passage(number) => colour(number),
        Paint::Mark(number) => colour(number).bold(),
        Paint::Gap => Style::new().dimmed(),
    }
}
