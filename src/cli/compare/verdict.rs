//! The verdict in words, and what contradicts.

use super::{Look, mention, plural, wrap};
use anstyle::Style;
use retold::config::{Config, Level};
use retold::pipeline::Comparison;
use retold::report::signed;
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
    let how_sure = match comparison.level(config) {
        Some(Level::Exact) => shared(comparison),
        Some(Level::Near) => format!("{} {}", copied(comparison), shared(comparison)),
        Some(Level::Story) | None => {
            format!("{} {} {}", chance(comparison.story), reasons(comparison), shared(comparison))
        }
    };
    wrap(&how_sure, "", width, out)?;
    contradictions(comparison, width, out)?;
    writeln!(out)
}

/// How much of a copy is the other's.
fn copied(comparison: &Comparison) -> String {
    let overlap = comparison.overlap;
    format!(
        "Near score {:.2}: of the {} phrases of three words in the shorter one, {} are in the other.",
        overlap.score(),
        overlap.smaller,
        overlap.shared
    )
}

/// What a story score means.
fn chance(score: f64) -> String {
    format!("Story score {score:.2}: such pairs tell one story in {}.", share_in_words(score))
}

/// A share of a whole as people say it.
fn share_in_words(share: f64) -> &'static str {
    const WORDS: [(f64, &str); 17] = [
        (0.0, "hardly any case"),
        (0.01, "about one of a hundred cases"),
        (0.02, "about one of fifty cases"),
        (0.05, "about one of twenty cases"),
        (0.1, "about one of ten cases"),
        (0.2, "about one of five cases"),
        (0.25, "about one of four cases"),
        (0.333, "about one of three cases"),
        (0.4, "about two of five cases"),
        (0.5, "about half of the cases"),
        (0.6, "about three of five cases"),
        (0.667, "about two of three cases"),
        (0.75, "about three of four cases"),
        (0.8, "about four of five cases"),
        (0.9, "about nine of ten cases"),
        (0.95, "about nineteen of twenty cases"),
        (1.0, "nearly all cases"),
    ];
    let away = |at: f64| (at - share).abs();
    let nearest = WORDS.iter().min_by(|x, y| away(x.0).total_cmp(&away(y.0)));
    nearest.map_or("", |(_, words)| words)
}

/// What speaks for one story, and what against it, in the order of its weight.
fn reasons(comparison: &Comparison) -> String {
    let sum: f64 = comparison.contributions.iter().map(|(_, share)| share).sum();
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
        signed(sum)
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
        plural(evidence.names.len(), "name", "names"),
        plural(evidence.numbers.len(), "number", "numbers"),
        plural(comparison.passages.len(), "passage", "passages") + " of four words or more",
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
            plural(numbers, "number", "numbers"),
            plural(names, "name", "names")
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
    wrap(note, "", width, out)?;
    for one in found.iter().take(SHOWN) {
        let [a, b] = one.texts.each_ref().map(|text| mention(text));
        write!(out, "  ")?;
        wrap(&format!("{a}  /  {b}"), "    ", width.saturating_sub(2), out)?;
    }
    if let Some(more @ 1..) = found.len().checked_sub(SHOWN) {
        writeln!(out, "  and {more} more")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_said_as_people_say_them() {
        for (share, words) in [
            (0.0, "hardly any case"),
            (0.012, "about one of a hundred cases"),
            (0.13, "about one of ten cases"),
            (0.5, "about half of the cases"),
            (0.79, "about four of five cases"),
            (0.98, "nearly all cases"),
        ] {
            assert_eq!(share_in_words(share), words, "{share}");
        }
    }
}
