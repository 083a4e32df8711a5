//! Options that several commands share, and their meaning as a checked `Config`.

use super::progress::ProgressMode;
use super::{limits, say};
use anyhow::{Context, Result, bail};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use retold::config::{Checkpoints, Config, Level, NEAR_THRESHOLD, STORY_THRESHOLD};
use retold::pipeline::{RunError, can_be_resumed, job_folder};
use retold::read::{Fields, Format, InputFile, ReadOptions, Trouble, expand, paths_from};
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// What to read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub(super) struct InputArgs {
    /// Files, directories (with everything below them, hidden files too), or `-` for standard input
    #[arg(value_name = "INPUT", required_unless_present = "files_from", help_heading = None)]
    inputs: Vec<PathBuf>,

    /// Read more inputs from FILE, one a line; `-`: from standard input
    #[arg(long, value_name = "FILE")]
    files_from: Option<PathBuf>,

    #[command(flatten)]
    reading: ReadArgs,
}

/// How to read it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub(super) struct ReadArgs {
    /// Format of all inputs [default: found for each by its contents and name]
    #[arg(long, value_parser = format_parser())]
    format: Option<Format>,

    /// Cut articles that are longer than SIZE (B, KiB, MiB, GiB), and count them
    #[arg(long, value_name = "SIZE", default_value = "16MiB", value_parser = size)]
    max_article: usize,

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

impl InputArgs {
    /// The files to read, in order, and the names that lead nowhere.
    pub(super) fn files(&self) -> Result<(Vec<InputFile>, Vec<Trouble>)> {
        expanded(&self.names()?)
    }

    /// The inputs that are named.
    pub(super) fn names(&self) -> Result<Vec<PathBuf>> {
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
        Ok(inputs)
    }

    pub(super) fn options(&self) -> ReadOptions {
        self.reading.options()
    }
}

/// The files that names lead to, and the names that lead nowhere.
pub(super) fn expanded(names: &[PathBuf]) -> Result<(Vec<InputFile>, Vec<Trouble>)> {
    Ok(expand(names).map_err(|_| RunError::OutOfFiles)?)
}

impl ReadArgs {
    pub(super) fn options(&self) -> ReadOptions {
        ReadOptions {
            format: self.format,
            max_article: self.max_article,
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

/// The names of the formats, so that a wrong one is answered with the right ones.
fn format_parser() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::NAMES.map(|(name, _)| name))
        .try_map(|name| name.parse::<Format>())
}

/// A number above 0, at most 1.
pub(super) fn share(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number| *number > 0.0 && *number <= 1.0);
    number.ok_or_else(|| "it must be above 0 and at most 1".to_owned())
}

/// A size in bytes as people write it: `500`, `64KiB`, `2GiB`, or with K, M and G for the same.
fn size(text: &str) -> Result<usize, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kib" => 10,
        "m" | "mib" => 20,
        "g" | "gib" => 30,
        unit => return Err(format!("unknown unit {unit:?}: use B, KiB, MiB or GiB")),
    };
    let number: usize = digits.parse().map_err(|_| "expected a number like 16MiB".to_owned())?;
    let bytes = number.checked_mul(1 << shift).filter(|bytes| *bytes > 0);
    bytes.ok_or_else(|| "it must be above 0, and fit in memory".to_owned())
}

/// How to match.
#[derive(Debug, Args)]
#[command(next_help_heading = "Matching")]
pub(super) struct MatchArgs {
    /// Deepest level to match at; each contains the ones before it
    #[arg(long = "match", value_enum, value_name = "LEVEL", default_value = "story")]
    level: LevelName,

    /// Least score of two near-duplicates, above 0, at most 1
    #[arg(long, value_name = "SCORE", default_value_t = NEAR_THRESHOLD, value_parser = share)]
    near_threshold: f64,

    /// How strictly stories are cut, above 0, at most 1: higher is stricter
    ///
    /// It moves the bar by which a group is kept, and is no limit on the scores of its members.
    #[arg(long, value_name = "SCORE", default_value_t = STORY_THRESHOLD, value_parser = share)]
    story_threshold: f64,

    /// Do not compare articles for a story whose dates are further apart than this [default: no
    /// limit]
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

    /// Use about SIZE of memory (MiB, GiB), and write down what does not fit [default: half of the
    /// machine's]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    memory: Option<usize>,

    /// Folder for what does not fit in memory, and for what --resume goes on from [default: the
    /// system's for temporary files, and nothing to go on from]
    #[arg(long, value_name = "DIR")]
    work_dir: Option<PathBuf>,

    /// Go on from what a run that was killed left in --work-dir, and end with the same bytes
    ///
    /// The inputs and all options that decide the result have to be as they were; where nothing was
    /// left it begins anew.
    #[arg(long, requires = "work_dir")]
    resume: bool,

    /// Fail if any file or record that should be an article was not read
    #[arg(long)]
    pub(super) strict: bool,

    /// How to show progress on standard error
    #[arg(long, value_enum, value_name = "HOW", default_value = "auto")]
    pub(super) progress: ProgressMode,

    /// Say nothing on standard error but errors
    #[arg(short, long)]
    pub(super) quiet: bool,
}

impl RunArgs {
    /// What a run over some files is to save of its steps. Checkpoints are taken out of the files: they
    /// may lie in a folder that is an input.
    ///
    /// # Errors
    /// It is to be gone on with, and its files do not allow that.
    pub(super) fn checkpoints(&self, files: &mut Vec<InputFile>) -> Result<Checkpoints> {
        let Some(work_dir) = &self.work_dir else { return Ok(Checkpoints::None) };
        if let Ok(folder) = job_folder(work_dir).canonicalize() {
            let real = |file: &InputFile| file.path.as_ref()?.canonicalize().ok();
            files.retain(|file| !real(file).is_some_and(|path| path.starts_with(&folder)));
        }
        Ok(match can_be_resumed(files) {
            Ok(()) if self.resume => Checkpoints::Resume,
            Ok(()) => Checkpoints::Anew,
            Err(error) if self.resume => return Err(error.into()),
            Err(error) => {
                if !self.quiet {
                    say(&format!("note: nothing is saved: {error}"));
                }
                Checkpoints::None
            }
        })
    }
}

/// The configuration that the options mean, but for checkpoints, which the files decide too.
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
        memory: limits::memory(run.memory, run.threads)?,
        work_dir: run.work_dir.clone().unwrap_or_else(std::env::temp_dir),
        threads: run.threads,
        ..Config::default()
    };
    config.check()?;
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_as_people_write_them() {
        assert_eq!(size("500"), Ok(500));
        assert_eq!(size("64KiB"), Ok(64 << 10));
        assert_eq!(size("2g"), Ok(2 << 30));
        for wrong in ["", "0", "MiB", "-1", "3 apples", "99999999999999999999", "17179869184G"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}
