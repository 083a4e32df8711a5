//! `retold extract`: the articles as the detector reads them.

use super::args::InputArgs;
use super::output::Output;
use super::{Outcome, say, summary};
use anyhow::Result;
use clap::Args;
use retold::article::Article;
use retold::read::{self, Tally};
use serde::Serialize;
use std::io;
use std::path::PathBuf;

/// Print the articles as the detector reads them, as JSON Lines
///
/// One object an article, in the order of the files and their records: id, source, url, title, date,
/// lang and text; what is not known is left out. Of a page it is the main text that is read.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ExtractArgs {
    #[command(flatten)]
    input: InputArgs,

    #[command(flatten)]
    show: ShowArgs,
}

const EXAMPLES: &str = "\
Examples:
  retold extract data/articles -o articles.jsonl
  retold extract -q data/articles | head -n 1
  retold extract data/articles | retold cluster -";

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
struct ShowArgs {
    /// Write to FILE instead of standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,

    /// Fail if any file or record that should be an article was not read
    #[arg(long)]
    strict: bool,

    /// Say nothing on standard error but errors
    #[arg(short, long)]
    quiet: bool,
}

#[derive(Serialize)]
struct Line<'a> {
    id: String,
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lang: Option<&'a str>,
    text: &'a str,
}

/// Runs the command. Files are read one after another, so that the order of the lines is that of
/// the files and their records.
pub(super) fn run(args: &ExtractArgs) -> Result<Outcome> {
    let output = Output::open(&args.show.output)?;
    let (files, troubles) = args.input.files()?;
    output.refuse_to_replace(&files)?;
    let options = args.input.options();
    let mut tally = Tally::default();
    for trouble in troubles {
        tally.trouble(trouble.path, trouble.message);
    }
    let (mut decoded, mut is_kept) = (Tally::default(), false);
    let written = output.write(|out| {
        let mut written = Ok(());
        tally.merge(read::read(&files, &options, 1, |batch| {
            for record in &batch.records {
                match batch.decode(record, &options) {
                    Ok(found) => {
                        decoded.article(found.replaced, found.cut);
                        decoded.note(&found.article);
                        written = write(&found.article, out);
                    }
                    Err(skip) => decoded.skip(skip),
                }
                if written.is_err() {
                    return false;
                }
            }
            true
        }));
        tally.merge(decoded);
        written?;
        // Where nothing could be read, or the run fails, a file that is there stays as it is.
        let nothing = tally.articles == 0 && tally.is_incomplete();
        is_kept = nothing || summary::outcome(&tally, args.show.strict).is_err();
        if is_kept { Err(io::Error::other("nothing to write")) } else { Ok(()) }
    });
    if !is_kept {
        written?;
    }
    summary::say_troubles(&tally);
    summary::say_missing_fields(&tally, &options.fields);
    if !args.show.quiet {
        say(&format!(
            "read {} = {} + {}",
            summary::counted(tally.records, "record"),
            summary::counted(tally.articles, "article"),
            summary::skipped(&tally)
        ));
    }
    summary::outcome(&tally, args.show.strict)
}

fn write(article: &Article, out: &mut dyn io::Write) -> io::Result<()> {
    let source = article.source.to_string();
    let line = Line {
        id: article.id.clone().unwrap_or_else(|| source.clone()),
        source,
        url: article.url.as_deref(),
        title: article.title.as_deref(),
        date: article.date.as_deref().or(article.fetched.as_deref()),
        lang: article.lang.as_deref(),
        text: &article.text,
    };
    serde_json::to_writer(&mut *out, &line)?;
    out.write_all(b"\n")
}
