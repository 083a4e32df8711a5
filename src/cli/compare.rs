//! `retold compare`: why two articles are, or are not, one.

use super::output::Output;
use super::{Outcome, printable};
use anyhow::{Context, Result, bail};
use clap::Args;
use retold::article::Article;
use retold::config::{Config, Level};
use retold::pipeline::{self, Comparison};
use retold::read::{ReadOptions, expand, read};
use retold::score::evidence::Evidence;
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
    write_contradictions(&comparison.evidence, out)?;
    write_parts(comparison, out)?;
    Ok(())
}

fn write_contradictions(evidence: &Evidence, out: &mut dyn Write) -> io::Result<()> {
    for c in &evidence.contradictions {
        writeln!(out, "  {} / {}  ({:.1})", c.texts[0], c.texts[1], c.weight)?;
    }
    for (name, list) in [
        ("names", &evidence.names),
        ("numbers", &evidence.numbers),
        ("words", &evidence.words),
        ("only A names", &evidence.only[0].names),
        ("only A numbers", &evidence.only[0].numbers),
        ("only B names", &evidence.only[1].names),
        ("only B numbers", &evidence.only[1].numbers),
    ] {
        let list: Vec<String> = list.iter().map(|m| printable(&m.text)).collect();
        writeln!(out, "{name}: {}", list.join(", "))?;
    }
    Ok(())
}

fn write_parts(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{:?}", comparison.parts)
}
