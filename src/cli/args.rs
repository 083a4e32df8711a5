//! Options that several commands share, and their meaning as a checked `Config`.

use super::progress::ProgressMode;
use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use retold::config::{Config, Level, NEAR_THRESHOLD, STORY_THRESHOLD};
use retold::read::{Fields, Format, InputFile, ReadOptions, Trouble, expand, paths_from};
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// What to read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub(super) struct InputArgs {
    /// Files, directories (with everything below them, hidden files too), or `-` for standard input
    #[arg(value_name = "INPUT", required_unless_present = "files_from")]
    inputs: Vec<PathBuf>,

    /// Read more inputs from FILE, one a line; `-`: from standard input
    #[arg(long, value_name = "FILE")]
    files_from: Option<PathBuf>,

    /// Format of all inputs, instead of finding it for each by its contents and name
    #[arg(long, value_enum)]
    format: Option<FormatName>,

    /// Field that holds the text
    #[arg(long, value_name = "NAME", default_value = "text")]
    text_field: String,

    /// Field that holds the identifier
    #[arg(long, value_name = "NAME", default_value = "id")]
    id_field: String,

    /// Field that holds the headline
    #[arg(long, value_name = "NAME", default_value = "title")]
    title_field: String,

    /// Field that holds the address
    #[arg(long, value_name = "NAME", default_value = "url")]
    url_field: String,

    /// Field that holds the date of publication
    #[arg(long, value_name = "NAME", default_value = "date")]
    date_field: String,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatName {
    /// A file is an article
    Text,
    /// One JSON object a line
    Jsonl,
}

impl InputArgs {
    /// The files to read, in order, and the names that lead nowhere.
    pub(super) fn files(&self) -> Result<(Vec<InputFile>, Vec<Trouble>)> {
        let mut inputs = self.inputs.clone();
        if let Some(list) = &self.files_from {
            if list.as_os_str() == "-" && inputs.iter().any(|input| input.as_os_str() == "-") {
                bail!("standard input cannot be both the list of files and an input");
            }
            inputs
                .extend(paths_from(list).with_context(|| {
                    format!("cannot read the list of files {}", list.display())
                })?);
        }
        Ok(expand(&inputs))
    }

    pub(super) fn options(&self) -> ReadOptions {
        ReadOptions {
            format: self.format.map(|format| match format {
                FormatName::Text => Format::Text,
                FormatName::Jsonl => Format::JsonLines,
            }),
            fields: Fields {
                text: self.text_field.clone(),
                id: self.id_field.clone(),
                title: self.title_field.clone(),
                url: self.url_field.clone(),
                date: self.date_field.clone(),
            },
        }
    }
}

/// How to match.
#[derive(Debug, Args)]
#[command(next_help_heading = "Matching")]
pub(super) struct MatchArgs {
    /// Deepest level to match at; each contains the ones before it
    #[arg(long = "match", value_enum, value_name = "LEVEL", default_value = "story")]
    level: LevelName,

    /// Least score of two near-duplicates, above 0, at most 1
    #[arg(long, value_name = "SCORE", default_value_t = NEAR_THRESHOLD)]
    near_threshold: f64,

    /// Least mean score inside a story, above 0, at most 1; 0.5 is "as likely as not"
    #[arg(long, value_name = "SCORE", default_value_t = STORY_THRESHOLD)]
    story_threshold: f64,

    /// Do not compare articles for a story whose dates are further apart than this
    #[arg(long, value_name = "DAYS")]
    window: Option<u32>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LevelName {
    /// The same text once case, spacing and punctuation are folded
    Exact,
    /// Edited copies
    Near,
    /// The same event in other words
    Story,
}

/// How to run.
#[derive(Debug, Args)]
#[command(next_help_heading = "Running")]
pub(super) struct RunArgs {
    /// Threads to work with [default: one a core]
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,

    /// Fail if any record is skipped
    #[arg(long)]
    pub(super) strict: bool,

    /// How to show progress on standard error
    #[arg(long, value_enum, value_name = "HOW", default_value = "auto")]
    pub(super) progress: ProgressMode,

    /// Say nothing on standard error but errors
    #[arg(short, long)]
    pub(super) quiet: bool,
}

/// The configuration that the options mean.
pub(super) fn config(input: &InputArgs, matching: &MatchArgs, run: &RunArgs) -> Result<Config> {
    let config = Config {
        read: input.options(),
        level: match matching.level {
            LevelName::Exact => Level::Exact,
            LevelName::Near => Level::Near,
            LevelName::Story => Level::Story,
        },
        near_threshold: matching.near_threshold,
        story_threshold: matching.story_threshold,
        window_days: matching.window,
        threads: run.threads,
        ..Config::default()
    };
    config.check()?;
    Ok(config)
}
