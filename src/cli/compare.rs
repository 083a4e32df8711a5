//! `retold compare`: why two articles are, or are not, one.

use super::output::Output;
use super::{Outcome, printable};
use anyhow::{Context, Result, bail};
use clap::Args;
use retold::article::Article;
use retold::config::{Config, Level};
use retold::pipeline::{self, Comparison, SharedTerm};
use retold::read::{ReadOptions, expand, read};
use retold::score::story::Coefficients;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Tell why two articles are, or are not, one: scores, and the passages they share
#[derive(Debug, Args)]
pub(super) struct CompareArgs {
    /// A file with one article
    #[arg(value_name = "A")]
    a: PathBuf,
    /// Another
    #[arg(value_name = "B")]
    b: PathBuf,
}

/// Passages and terms that are shown; the rest is counted.
const SHOWN_PASSAGES: usize = 5;
const SHOWN_TERMS: usize = 12;

/// Runs the command.
pub(super) fn run(args: &CompareArgs) -> Result<Outcome> {
    let (a, b) = (article(&args.a)?, article(&args.b)?);
    let comparison = pipeline::compare(a, b)
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
    writeln!(out, "{verdict}\n")?;

    let yes = |yes: bool| if yes { "yes" } else { "no " };
    writeln!(out, "exact  {}", yes(comparison.exact))?;
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
    write_parts(comparison, out)?;
    write_terms("names and numbers", comparison, |term| term.name || term.number, out)?;
    write_terms("rare words", comparison, |term| !term.name && !term.number, out)?;
    write_passages(comparison, out)
}

fn write_parts(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    let parts = comparison.parts;
    let mut part = |name: &str, value: Option<f64>| match value {
        Some(value) => writeln!(out, "         {name:<8} {value:.2}"),
        None => writeln!(out, "         {name:<8} -     (too few to tell)"),
    };
    part("words", Some(parts.words))?;
    part("names", parts.names)?;
    part("numbers", parts.numbers)?;
    part("lead", Some(parts.lead))?;
    part("phrases", Some(parts.phrases))?;
    let template = parts.template(&Coefficients::SHIPPED);
    if template > 0.0 {
        writeln!(out, "         template -{template:.2}")?;
    }
    writeln!(
        out,
        "         density  {:.2}  (likeness of unrelated articles, subtracted)",
        comparison.density
    )
}

/// Weight from which a shared word is worth telling: one article in 100 holds it.
const RARE: f64 = 4.6;

fn write_terms(
    what: &str,
    comparison: &Comparison,
    keep: impl Fn(&SharedTerm) -> bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let rare = |term: &&SharedTerm| keep(term) && term.weight >= RARE;
    let all: Vec<&SharedTerm> = comparison.shared_terms.iter().filter(rare).collect();
    let shown: Vec<String> =
        all.iter().take(SHOWN_TERMS).map(|term| printable(&term.text)).collect();
    let more = match all.len().checked_sub(SHOWN_TERMS) {
        Some(more @ 1..) => format!(", and {more} more"),
        _ => String::new(),
    };
    let list = if shown.is_empty() { "none".to_owned() } else { shown.join(", ") + &more };
    writeln!(out, "\nshared {what}: {list}")
}

fn write_passages(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    let passages = &comparison.passages;
    if passages.is_empty() {
        return writeln!(out, "\nno passage of four words or more is shared");
    }
    writeln!(out, "\nlongest shared passages:")?;
    for passage in passages.iter().take(SHOWN_PASSAGES) {
        let text = comparison.texts[0].between(passage.a.clone());
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        writeln!(out, "  {:>4} words  {}", passage.a.len(), printable(&text))?;
    }
    match passages.len().checked_sub(SHOWN_PASSAGES) {
        Some(more @ 1..) => writeln!(out, "  ... and {more} shorter ones"),
        _ => Ok(()),
    }
}
