//! What each level says of two articles, and the parts of the story score with what is behind each.

use super::Look;
use crate::cli::summary::counted;
use retold::config::Config;
use retold::pipeline::Comparison;
use retold::report::signed;
use retold::score::evidence::Mention;
use retold::score::passages::distinct;
use retold::score::story::{Coefficients, Part, Parts};
use std::io::{self, Write};

/// Terms of a list that are shown; the rest is counted.
const SHOWN_TERMS: usize = 12;

/// Passages whose length is told.
const SHOWN_PASSAGES: usize = 12;

/// Spaces before what is behind a part.
const INDENT: usize = 27;

/// Writes what the levels say, then the parts, the weightiest first.
pub(super) fn write(
    comparison: &Comparison,
    config: &Config,
    look: Look,
    out: &mut dyn Write,
) -> io::Result<()> {
    let yes = |yes: bool| if yes { "yes" } else { "no " };
    writeln!(out, "exact  {}", yes(comparison.exact).trim_end())?;
    let overlap = comparison.overlap;
    let shingles = format!(
        "near   {}  score {:.2} (from {}): {} shingles shared of {} and {}; Jaccard {:.2}, containment {:.2}",
        yes(comparison.is_near(config)),
        overlap.score(),
        config.near_threshold,
        overlap.shared,
        overlap.smaller,
        overlap.larger,
        overlap.jaccard(),
        overlap.containment(),
    );
    super::wrap(&shingles, 0, "            ", look.width, out)?;
    if comparison.template {
        writeln!(out, "            phrases agree, names and numbers do not: a template")?;
    }
    let (score, least) = (comparison.story, config.story_threshold);
    writeln!(out, "story  {}  score {score:.2} (from {least})", yes(comparison.is_story(config)))?;
    let what = "parts of the story score  (how alike, 0 to 1; what it adds; what is behind it)";
    writeln!(out)?;
    super::wrap(what, 0, "", look.width, out)?;
    for &(part, share) in &comparison.contributions {
        write_part(comparison, part, share, look, out)?;
    }
    let even = format!("even odds, a score of 0.5, at {}", signed(Coefficients::SHIPPED.even));
    row("sum", "", signed(comparison.sum()), &even, look, out)?;
    writeln!(out)
}

/// A line on a part; on a further one goes what does not fit.
fn row(
    name: &str,
    alike: &str,
    adds: String,
    says: &str,
    look: Look,
    out: &mut dyn Write,
) -> io::Result<()> {
    // A narrow terminal has room for the numbers, or for what is behind them.
    let indent = if look.width > 2 * INDENT { INDENT } else { 4 };
    write!(out, "  {name:<10}{alike:>5}  {adds:>5}   ")?;
    super::wrap(says, INDENT, &" ".repeat(indent + 2), look.width, out)
}

fn write_part(
    comparison: &Comparison,
    part: Part,
    share: f64,
    look: Look,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (parts, evidence) = (comparison.parts, &comparison.evidence);
    let mut says: Vec<String> = Vec::new();
    let alike = match part {
        Part::Words => {
            says.push(list("rare words in both", &evidence.words));
            Some(parts.words)
        }
        Part::Names => {
            in_both(&evidence.names, parts.names, &mut says);
            only(comparison, false, &mut says);
            parts.names
        }
        Part::Numbers => {
            in_both(&evidence.numbers, parts.numbers, &mut says);
            only(comparison, true, &mut says);
            parts.numbers
        }
        Part::Lead => {
            says.push(list("at the top of both", &evidence.lead));
            Some(parts.lead)
        }
        Part::Phrases => {
            phrases(comparison, &mut says);
            Some(parts.phrases)
        }
        Part::Template if signed(share) != signed(0.0) => {
            let of = |view: Option<f64>| view.map_or("-".to_owned(), |view| format!("{view:.2}"));
            says.push(format!(
                "phrases are shared that names ({}) and numbers ({}) do not bear out",
                of(parts.names),
                of(parts.numbers)
            ));
            None
        }
        Part::Template => return Ok(()),
        Part::Dates => {
            says.push(match parts.days {
                Some(0) => "the same day".to_owned(),
                Some(days) => counted(days.into(), "day") + " apart",
                None => "not known of both".to_owned(),
            });
            None
        }
        Part::Density => {
            says.push("what articles share anyway (assumed: there is no corpus around)".to_owned());
            Some(comparison.density)
        }
    };
    match (part, alike) {
        (Part::Names, None) => says.insert(0, too_few_names(parts)),
        (Part::Numbers, None) => says.insert(0, "too few numbers to tell".to_owned()),
        (Part::Numbers, Some(_)) if share == 0.0 => {
            says.insert(0, not_counted(comparison).to_owned());
        }
        _ => {}
    }
    let alike = match part {
        Part::Template | Part::Dates => String::new(),
        _ => alike.map_or("-".to_owned(), |alike| format!("{alike:.2}")),
    };
    // What cannot be told adds nothing.
    let untold = alike == "-" || part == Part::Dates && parts.days.is_none();
    let adds = if untold && share == 0.0 { String::new() } else { signed(share) };
    let mut head = (part.name(), &*alike, adds);
    for line in &says {
        row(head.0, head.1, head.2, line, look, out)?;
        head = ("", "", String::new());
    }
    Ok(())
}

/// What stands in for names.
fn too_few_names(parts: Parts) -> String {
    let instead = if parts.by_numbers { "numbers and rare words" } else { "rare words" };
    format!("too few names to tell; {instead} count instead")
}

/// Why numbers that can be told add nothing.
fn not_counted(comparison: &Comparison) -> &'static str {
    let template = |&(part, share): &(Part, f64)| part == Part::Template && share < 0.0;
    match comparison.contributions.iter().any(template) {
        true => "counted under template",
        false => "counted only where names cannot be told",
    }
}

/// What both have, unless there is nothing to tell and that is said.
fn in_both(mentions: &[Mention], alike: Option<f64>, says: &mut Vec<String>) {
    if alike.is_some() || !mentions.is_empty() {
        says.push(list("in both", mentions));
    }
}

/// The first of some mentions, and how many more there are.
fn list(what: &str, mentions: &[Mention]) -> String {
    let shown = mentions.iter().take(SHOWN_TERMS);
    let shown: Vec<String> = shown.map(|mention| super::mention(&mention.text)).collect();
    let shown = if shown.is_empty() { "none".to_owned() } else { shown.join("; ") };
    let more = match mentions.len().checked_sub(SHOWN_TERMS) {
        Some(more @ 1..) => format!("; and {more} more"),
        _ => String::new(),
    };
    format!("{what}: {shown}{more}")
}

/// What stands at the top of one and nowhere in the other.
fn only(comparison: &Comparison, numbers: bool, says: &mut Vec<String>) {
    for (only, name) in comparison.evidence.only.iter().zip(["A", "B"]) {
        let mentions = if numbers { &only.numbers } else { &only.names };
        if !mentions.is_empty() {
            says.push(list(&format!("only in {name}, at its top"), mentions));
        }
    }
}

/// The lengths of the passages that both hold.
fn phrases(comparison: &Comparison, says: &mut Vec<String>) {
    let lengths: Vec<String> =
        distinct(&comparison.passages).iter().map(|passage| passage.b.len().to_string()).collect();
    says.push(match lengths.len() {
        0 => "no passage of four words or more in both".to_owned(),
        1 => format!("a passage of {} words in both", lengths[0]),
        n => {
            let shown = lengths[..n.min(SHOWN_PASSAGES)].join(", ");
            let more = if n > SHOWN_PASSAGES { ", ..." } else { "" };
            format!("{n} passages in both, of {shown}{more} words")
        }
    });
}
