//! `retold compare`: why two articles are, or are not, one.

use super::output::Output;
use super::{Outcome, printable};
use anyhow::{Context, Result, bail};
use clap::Args;
use retold::article::Article;
use retold::config::{Config, Level};
use retold::pipeline::{self, Comparison};
use retold::read::{ReadOptions, expand, read};
use retold::score::evidence::{Contradiction, Mention};
use retold::score::story::{Coefficients, Part, Parts};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Tell why two articles are, or are not, one: what they share, what contradicts, and what it weighs
#[derive(Debug, Args)]
pub(super) struct CompareArgs {
    /// A file with one article
    #[arg(value_name = "A")]
    a: PathBuf,
    /// Another
    #[arg(value_name = "B")]
    b: PathBuf,
}

/// Passages and terms of a list that are shown; the rest is counted.
const SHOWN_PASSAGES: usize = 5;
const SHOWN_TERMS: usize = 12;

/// Words of a passage that are shown.
const SHOWN_WORDS: usize = 16;

/// Characters of a line, where its words allow it.
const WIDTH: usize = 100;

/// Spaces before what is behind a part.
const INDENT: usize = 27;

/// Runs the command.
pub(super) fn run(args: &CompareArgs) -> Result<Outcome> {
    let (a, b) = (article(&args.a)?, article(&args.b)?);
    let comparison = pipeline::compare(&a, &b)
        .map_err(|skip| anyhow::anyhow!("{}: {}: {}", skip.source, skip.reason, skip.detail))?;
    Output::Stdout.write(|out| write(&comparison, out))?;
    Ok(Outcome::Done)
}

/// The one article of a file.
fn article(path: &Path) -> Result<Article> {
    let (files, troubles) = expand(&[path.to_owned()]);
    if let Some(trouble) = troubles.first() {
        bail!("{}: {}", trouble.path, trouble.message);
    }
    let options = ReadOptions::default();
    let mut found = Vec::new();
    let tally = read(&files, &options, 1, |batch| {
        found.extend(batch.records.iter().map(|record| batch.decode(record, &options)));
        found.len() < 2
    });
    if found.len() > 1 {
        bail!("{}: holds more than one article: name files of one article each", path.display());
    }
    if let Some(trouble) = tally.troubles.first() {
        bail!("{}: {}", trouble.path, trouble.message);
    }
    match found.pop().with_context(|| format!("{}: holds no article", path.display()))? {
        Ok(decoded) => Ok(decoded.article),
        Err(skip) => bail!("{}: {}: {}", skip.source, skip.reason, skip.detail),
    }
}

fn write(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    let config = Config::default();
    let verdict = match comparison.level(&config) {
        Some(Level::Exact) => "the same text (but for case, spacing and punctuation)",
        Some(Level::Near) => "near-duplicates: one is an edited copy of the other",
        Some(Level::Story) => "one story, told in other words",
        None => "two different articles",
    };
    writeln!(out, "{verdict}\n{}\n", summary(comparison))?;

    let yes = |yes: bool| if yes { "yes" } else { "no " };
    writeln!(out, "exact  {}", yes(comparison.exact).trim_end())?;
    let overlap = comparison.overlap;
    let near = overlap.score() >= config.near_threshold && !comparison.template;
    writeln!(
        out,
        "near   {}  score {:.2} (from {}): {} shingles shared of {} and {}; Jaccard {:.2}, containment {:.2}",
        yes(near),
        overlap.score(),
        config.near_threshold,
        overlap.shared,
        overlap.smaller,
        overlap.larger,
        overlap.jaccard(),
        overlap.containment(),
    )?;
    if comparison.template {
        writeln!(out, "            phrases agree, names and numbers do not: a template")?;
    }
    let story = comparison.story >= config.story_threshold;
    writeln!(
        out,
        "story  {}  score {:.2} (from {})",
        yes(story),
        comparison.story,
        config.story_threshold
    )?;
    writeln!(
        out,
        "\nparts of the story score  (how alike, 0 to 1; what it adds; what is behind it)"
    )?;
    for &(part, share) in &comparison.contributions {
        write_part(comparison, part, share, out)?;
    }
    let sum: f64 = comparison.contributions.iter().map(|(_, share)| share).sum();
    let even = Coefficients::SHIPPED.even;
    row("sum", "", signed(sum), &format!("even odds, a score of 0.5, at {}", signed(even)), out)
}

/// What is shared and what contradicts, in a sentence.
fn summary(comparison: &Comparison) -> String {
    let evidence = &comparison.evidence;
    let numbers = evidence.contradictions.iter().filter(|found| found.number).count();
    let names = evidence.contradictions.len() - numbers;
    let shared = [
        plural(evidence.names.len(), "name", "names"),
        plural(evidence.numbers.len(), "number", "numbers"),
        plural(comparison.passages.len(), "passage", "passages"),
    ];
    let against = match (numbers, names) {
        (0, 0) => "no number or name contradicts".to_owned(),
        _ => format!(
            "{} and {} contradict",
            plural(numbers, "number", "numbers"),
            plural(names, "name", "names")
        ),
    };
    let [names, numbers, passages] = shared;
    format!("shared: {names}, {numbers}, {passages}; {against}")
}

fn plural(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

fn signed(share: f64) -> String {
    // No "-0.00".
    let rounded = (share * 100.0).round() / 100.0 + 0.0;
    format!("{rounded:+.2}")
}

/// A line on a part; on a further one goes what does not fit.
fn row(name: &str, alike: &str, adds: String, says: &str, out: &mut dyn Write) -> io::Result<()> {
    let head = format!("  {name:<10}{alike:>5}  {adds:>5}   ");
    write!(out, "{head}")?;
    let mut at = INDENT;
    for (n, word) in says.split(' ').enumerate() {
        let length = word.chars().count();
        if n > 0 && at + 1 + length > WIDTH {
            write!(out, "\n{:INDENT$}  {word}", "")?;
            at = INDENT + 2 + length;
        } else {
            write!(out, "{}{word}", if n > 0 { " " } else { "" })?;
            at += usize::from(n > 0) + length;
        }
    }
    writeln!(out)
}

fn write_part(
    comparison: &Comparison,
    part: Part,
    share: f64,
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
            against(comparison, false, &mut says);
            parts.names
        }
        Part::Numbers => {
            in_both(&evidence.numbers, parts.numbers, &mut says);
            against(comparison, true, &mut says);
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
                Some(days) => plural(days as usize, "day", "days") + " apart",
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
        row(head.0, head.1, head.2, line, out)?;
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
    let texts: Vec<String> = mentions.iter().map(|mention| printable(&mention.text)).collect();
    some(what, &texts)
}

fn some(what: &str, texts: &[String]) -> String {
    let more = match texts.len().checked_sub(SHOWN_TERMS) {
        Some(more @ 1..) => format!("; and {more} more"),
        _ => String::new(),
    };
    let shown = &texts[..texts.len().min(SHOWN_TERMS)];
    let shown = if shown.is_empty() { "none".to_owned() } else { shown.join("; ") };
    format!("{what}: {shown}{more}")
}

/// What contradicts, and what stands at the top of one and nowhere in the other.
fn against(comparison: &Comparison, numbers: bool, says: &mut Vec<String>) {
    let evidence = &comparison.evidence;
    let told = |found: &&Contradiction| found.number == numbers;
    let texts: Vec<String> = evidence
        .contradictions
        .iter()
        .filter(told)
        .map(|found| found.texts.each_ref().map(|text| printable(text)).join(" / "))
        .collect();
    if !texts.is_empty() {
        says.push(some("contradict", &texts));
    }
    for (only, name) in evidence.only.iter().zip(["A", "B"]) {
        let mentions = if numbers { &only.numbers } else { &only.names };
        if !mentions.is_empty() {
            says.push(list(&format!("only in {name}, at its top"), mentions));
        }
    }
}

/// The longest passages that both hold.
fn phrases(comparison: &Comparison, says: &mut Vec<String>) {
    let passages = &comparison.passages;
    if passages.is_empty() {
        says.push("no passage of four words or more in both".to_owned());
    }
    for passage in passages.iter().take(SHOWN_PASSAGES) {
        let words = passage.a.start..passage.a.end.min(passage.a.start + SHOWN_WORDS);
        let text = comparison.texts[0].between(words);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let more = if passage.a.len() > SHOWN_WORDS { " ..." } else { "" };
        says.push(format!("{:>3} words: {}{more}", passage.a.len(), printable(&text)));
    }
    if let Some(more @ 1..) = passages.len().checked_sub(SHOWN_PASSAGES) {
        says.push(format!("and {}", plural(more, "shorter one", "shorter ones")));
    }
}
