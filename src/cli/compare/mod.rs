//! `retold compare`: why two articles are, or are not, one.

mod columns;
mod heads;
mod parts;
mod passages;
mod sources;
mod units;
mod verdict;

use super::args::{ReadArgs, expanded, share};
use super::output::Output;
use super::{Outcome, printable};
use anstream::{AutoStream, ColorChoice};
use anyhow::Result;
use clap::{Args, ValueEnum};
use retold::article::Article;
use retold::config::{Config, NEAR_THRESHOLD, STORY_THRESHOLD};
use retold::pipeline::{self, Comparison};
use retold::report::{ComparisonPage, JsonComparison};
use std::io::{self, Write};
use std::path::PathBuf;

/// Tell why two articles are, or are not, one: the verdict, the score, and the texts side by side
///
/// It looks at the two alone. `cluster` also weighs what is around them, so its story score of the
/// same pair may be another.
///
/// Passages of four words or more that both hold are marked by brackets with a number, the same in both
/// columns. Names and numbers contradict where each of the two has one that the other has not, beside
/// the same words: a guess, on which no score depends.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{JSON}"))]
pub(super) struct CompareArgs {
    /// A file with one article; with --in the id of an article
    #[arg(value_name = "A")]
    a: PathBuf,

    /// Another
    #[arg(value_name = "B")]
    b: PathBuf,

    #[command(flatten)]
    input: CompareInputArgs,

    /// Least score of two near-duplicates, above 0, at most 1
    #[arg(long, value_name = "SCORE", default_value_t = NEAR_THRESHOLD, value_parser = share)]
    #[arg(help_heading = "Matching")]
    near_threshold: f64,

    /// Least score of one story, above 0, at most 1
    #[arg(long, value_name = "SCORE", default_value_t = STORY_THRESHOLD, value_parser = share)]
    #[arg(help_heading = "Matching")]
    story_threshold: f64,

    #[command(flatten)]
    show: ShowArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
struct CompareInputArgs {
    /// Find A and B by their ids in INPUT: a file, a directory or `-`; may be given several times
    ///
    /// Ids are those that `cluster` and `extract` report on the same inputs, `FILE#N` (record N of a
    /// file) and `ID#2` (the second article with that id) among them.
    #[arg(long = "in", value_name = "INPUT")]
    inputs: Vec<PathBuf>,

    #[command(flatten)]
    reading: ReadArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
struct ShowArgs {
    /// Print the comparison as one JSON object (--help says which)
    #[arg(long)]
    json: bool,

    /// Write a page with both texts to FILE (.html) as well; `-`: to standard output instead
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,

    /// Print both texts as a whole, not only the passages of texts over 700 words
    #[arg(long)]
    full: bool,

    /// Characters of a line, 20 at least [default: those of the terminal; 100 elsewhere]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(20..))]
    width: Option<u16>,

    /// When to colour; auto: on a terminal, unless NO_COLOR is set
    #[arg(long, value_enum, value_name = "WHEN", default_value = "auto")]
    color: When,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum When {
    Auto,
    Always,
    Never,
}

const EXAMPLES: &str = "\
Examples:
  retold compare data/articles/021* data/articles/022*
  retold compare --color always --full data/articles/000* data/articles/001* | less -R
  retold compare data/articles/017* data/articles/018* --html template.html
  retold extract data/articles > dump.jsonl
  retold compare --in dump.jsonl dump.jsonl#12 dump.jsonl#14";

const JSON: &str = "\
--json prints one object on a line:
  a, b            the two articles: id, source; title, url and date where they are known
  level           exact, near or story; null: two different articles
  exact           whether the folded texts are equal
  near            score, threshold, jaccard, containment; shared, a number of shingles;
                  shingles, those of the shorter and of the longer text; template,
                  whether it keeps them from being near
  story           score, threshold; sum, and even, the sum of even odds; parts, each with
                  alike (0 to 1, or null) and adds, what it adds to the sum
  shared          names, numbers, words and lead: what both hold, the weightiest first
  only            a and b: names and numbers at the top of one and nowhere in the other
  contradictions  a and b, what each says; kind: name or number
  passages        number, words, and a and b: text, and word, its first word (from 0)";

/// Width where there is no terminal.
const WIDTH: usize = 100;

/// How it is shown.
#[derive(Clone, Copy, Debug)]
struct Look {
    /// Characters of a line.
    width: usize,
    colour: bool,
    /// Whether long texts are shown as a whole.
    full: bool,
}

/// Runs the command.
pub(super) fn run(args: &CompareArgs) -> Result<Outcome> {
    let options = args.input.reading.options();
    let page = args.page()?;
    let (articles, outcome) = if args.input.inputs.is_empty() {
        (sources::files([&args.a, &args.b], &options)?, Outcome::Done)
    } else {
        sources::found(&args.input.inputs, [&args.a, &args.b], &options)?
    };
    let config = Config {
        near_threshold: args.near_threshold,
        story_threshold: args.story_threshold,
        ..Config::default()
    };
    let comparison = pipeline::compare(&articles[0], &articles[1])
        .map_err(|skip| anyhow::anyhow!("{}: {}: {}", skip.source, skip.reason, skip.detail))?;
    let articles = articles.each_ref();
    if let Some(page) = page {
        let only_page = matches!(page, Output::Stdout);
        let html = ComparisonPage { config: &config, articles, comparison: &comparison };
        page.write(|out| html.write(out))?;
        if only_page {
            return Ok(outcome);
        }
    }
    let look = args.show.look();
    Output::Stdout.write(|out| {
        if args.show.json {
            JsonComparison { config: &config, articles, comparison: &comparison }.write(out)
        } else {
            write(articles, &comparison, &config, look, out)
        }
    })?;
    Ok(outcome)
}

impl CompareArgs {
    /// Where the page goes, if there is to be one.
    fn page(&self) -> Result<Option<Output>> {
        let Some(path) = &self.show.html else { return Ok(None) };
        let mut inputs = self.input.inputs.clone();
        if inputs.is_empty() {
            inputs.extend([self.a.clone(), self.b.clone()]);
        }
        let output = Output::open_page("--html", path)?;
        output.refuse_to_replace(&expanded(&inputs)?.0)?;
        Ok(Some(output))
    }
}

impl ShowArgs {
    fn look(&self) -> Look {
        let terminal = terminal_size::terminal_size_of(io::stdout());
        let width = self.width.or(terminal.map(|(width, _)| width.0));
        let colour = match self.color {
            When::Always => true,
            When::Never => false,
            When::Auto => AutoStream::choice(&io::stdout()) != ColorChoice::Never,
        };
        Look { width: width.map_or(WIDTH, |width| width.into()).max(20), colour, full: self.full }
    }
}

fn write(
    articles: [&Article; 2],
    comparison: &Comparison,
    config: &Config,
    look: Look,
    out: &mut dyn Write,
) -> io::Result<()> {
    heads::write(articles, look, out)?;
    verdict::write(comparison, config, look, out)?;
    parts::write(comparison, config, look, out)?;
    columns::write(comparison, look, out)
}

/// Columns of a name or a number, with what is beside it, that are shown.
const LONGEST_MENTION: usize = 120;

/// What an article says, on one line that is not too long.
fn mention(text: &str) -> String {
    units::cut(&printable(&text.replace('\n', " ")), LONGEST_MENTION)
}

/// Writes words, on as many lines as they need: the first goes on at a column, the others have `indent`
/// before them.
fn wrap(
    text: &str,
    mut at: usize,
    indent: &str,
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    for (n, word) in text.split(' ').enumerate() {
        let length = units::width(word);
        if n > 0 && at + 1 + length > width {
            write!(out, "\n{indent}{word}")?;
            at = units::width(indent) + length;
        } else {
            write!(out, "{}{word}", if n > 0 { " " } else { "" })?;
            at += usize::from(n > 0) + length;
        }
    }
    writeln!(out)
}
