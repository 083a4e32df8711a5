//! The verdict in words, and what contradicts.

use super::{Look, mention, wrap};
use crate::cli::summary::counted;
use anstyle::Style;
use retold::config::{Config, Level};
use retold::pipeline::Comparison;
use retold::report::signed;
use retold::score::passages::distinct;
use retold::score::story::{Coefficients, Part};
use std::io::{self, Write};

/// Characters of a line of prose: more are hard to read, however wide the terminal.
const PROSE: usize = 100;

/// Contradictions that are shown; the rest is counted.
const SHOWN: usize = 12;

/// Writes the verdict, how sure it is, what speaks for it and against it, and what contradicts.
pub(super) fn write(
    comparison: &Comparison,
    config: &Config,
    look: Look,
    out: &mut dyn Write,
) -> io::Result<()> {
    let width = look.width.min(PROSE);
    let verdict = comparison.verdict(config);
    let bold = if look.colour { Style::new().bold() } else { Style::new() };
    writeln!(out, "{bold}{verdict}.{bold:#}")?;
    let shared = shared(comparison);
    let how_sure = match (comparison.level(config), comparison.how_sure(config)) {
        (_, None) => shared,
        (Some(Level::Near), Some(sure)) => format!("{sure} {shared}"),
        (_, Some(sure)) => format!("{sure} {} {shared}", reasons(comparison)),
    };
    wrap(&how_sure, 0, "", width, out)?;
    contradictions(comparison, width, out)?;
    writeln!(out)
}

/// What speaks for one story, and what against it, in the order of its weight.
fn reasons(comparison: &Comparison) -> String {
    let said = |sign: f64| -> Vec<String> {
        let shares = comparison.contributions.iter().filter(|(_, share)| share * sign >= 0.005);
        shares.map(|&(part, share)| format!("{} ({})", in_words(part), signed(share))).collect()
    };
    let (speaks, against) = (listed(&said(1.0)), listed(&said(-1.0)));
    let speaks =
        if speaks.is_empty() { "nothing speaks".to_owned() } else { format!("speak {speaks}") };
    let against =
        if against.is_empty() { String::new() } else { format!("; against it {against}") };
    let even = signed(Coefficients::SHIPPED.even);
    format!(
        "For one story {speaks}{against}. That is {} together, and {even} makes even odds.",
        signed(comparison.sum())
    )
}

fn in_words(part: Part) -> &'static str {
    match part {
        Part::Words => "words",
        Part::Names => "names",
        Part::Numbers => "numbers",
        Part::Lead => "what stands at the top",
        Part::Phrases => "phrases",
        Part::Template => "phrases whose names and numbers differ, as in a template",
        Part::Dates => "the days between them",
        Part::Density => "what any two articles share",
    }
}

/// Things in a sentence.
fn listed(things: &[String]) -> String {
    match things {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// What is shared, and whether anything contradicts.
fn shared(comparison: &Comparison) -> String {
    let evidence = &comparison.evidence;
    let shared = [
        counted(evidence.names.len() as u64, "name"),
        counted(evidence.numbers.len() as u64, "number"),
        counted(distinct(&comparison.passages).len() as u64, "passage") + " of four words or more",
    ];
    let numbers = evidence.contradictions.iter().filter(|found| found.number).count();
    let names = evidence.contradictions.len() - numbers;
    let against = match (numbers, names) {
        (0, 0) => "no number or name contradicts".to_owned(),
        (1, 0) => "1 number contradicts".to_owned(),
        (0, 1) => "1 name contradicts".to_owned(),
        (numbers, 0) => format!("{numbers} numbers contradict"),
        (0, names) => format!("{names} names contradict"),
        (numbers, names) => format!(
            "{} and {} contradict",
            counted(numbers as u64, "number"),
            counted(names as u64, "name")
        ),
    };
    format!("Both have {}; {against}.", listed(&shared))
}

fn contradictions(comparison: &Comparison, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let found = &comparison.evidence.contradictions;
    if found.is_empty() {
        return Ok(());
    }
    let note = "contradictions: each stands in one of the two only, and the other has another in its \
                place. A guess from the words around; no score depends on it.";
    writeln!(out)?;
    wrap(note, 0, "", width, out)?;
    for one in found.iter().take(SHOWN) {
        let [a, b] = one.texts.each_ref().map(|text| mention(text));
        write!(out, "  ")?;
        wrap(&format!("{a}  /  {b}"), 0, "    ", width.saturating_sub(2), out)?;
    }
    if let Some(more @ 1..) = found.len().checked_sub(SHOWN) {
        writeln!(out, "  and {more} more")?;
    }
    Ok(())
}
