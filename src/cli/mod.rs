//! The command line: the only part that knows arguments, terminals and exit codes.

mod args;
mod cluster;
mod compare;
mod dedup;
mod eval;
mod extract;
mod folder;
mod job;
mod limits;
mod output;
mod progress;
mod shell;
mod spool;
mod summary;
mod table;
mod unfinished;

use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use std::io::{self, Write};
use std::panic::catch_unwind;
use std::process::ExitCode;

/// Finds the articles that tell the same story twice.
///
/// Reads a crawl dump and reports clusters at three depths: exact copies, near-duplicates, and
/// articles that tell one story in other words.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, after_help = AFTER_HELP)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Examples:
  retold cluster data/articles                          which articles tell one story
  retold dedup data/articles -o kept                    the same files without edited copies
  retold compare data/articles/000* data/articles/001*  why two are, or are not, one story

Each command says more, with examples: retold help cluster

Exit codes:
  0    done
  1    failed
  2    wrong usage
  3    done, but some input could not be read (said on standard error, file by file)
  130  stopped by Ctrl-C: unfinished files are removed";

#[derive(Debug, Subcommand)]
enum Command {
    Cluster(cluster::ClusterArgs),
    Dedup(dedup::DedupArgs),
    Compare(compare::CompareArgs),
    Extract(extract::ExtractArgs),
    Eval(eval::EvalArgs),
    Completions(shell::CompletionsArgs),
    Man(shell::ManArgs),
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Everything was read.
    Done,
    /// Some input could not be read.
    Incomplete,
}

/// The commands and their arguments. Whoever removes articles wants copies to go, not stories.
fn command() -> clap::Command {
    let near = |level: clap::Arg| level.default_value("near");
    Cli::command().mut_subcommand("dedup", |dedup| dedup.mut_arg("level", near))
}

/// Runs the command that the arguments name.
pub(crate) fn main() -> ExitCode {
    // Wrong usage ends here, with exit code 2.
    let matches = command().try_get_matches();
    let cli = matches.and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = cli.unwrap_or_else(|wrong| spelt_out(wrong).exit());
    // A fault of ours, and a thread that cannot be started, are failures like others.
    let outcome = catch_unwind(|| run(cli.command));
    match outcome.unwrap_or_else(|_| Err(anyhow::anyhow!("ended in the middle, as is said above")))
    {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Incomplete) => ExitCode::from(3),
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("retold: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<Outcome> {
    unfinished::remove_when_stopped();
    limits::fail_at_limits();
    match command {
        Command::Cluster(args) => cluster::run(&args),
        Command::Dedup(args) => dedup::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::Extract(args) => extract::run(&args),
        Command::Eval(args) => eval::run(&args),
        Command::Completions(args) => shell::completions(&args).map(|()| Outcome::Done),
        Command::Man(args) => shell::man(&args).map(|()| Outcome::Done),
    }
}

/// Wrong usage as it may be printed: what a shell puts in the place of a `*` is the name of a file.
fn spelt_out(mut wrong: clap::Error) -> clap::Error {
    let strings = wrong.context().filter_map(|(kind, value)| match value {
        ContextValue::String(text) => Some((kind, printable(text))).filter(|(_, s)| s != text),
        _ => None,
    });
    for (kind, text) in strings.collect::<Vec<_>>() {
        wrong.insert(kind, ContextValue::String(text));
        // Advice repeats what was written.
        wrong.remove(ContextKind::Suggested);
    }
    wrong
}

/// Whether the reader of our output went away, as `head` does: it has what it wanted.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

/// A line on standard error. If nobody can read it there is nobody to tell.
fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{}", printable(line));
}

/// The text with control characters, line ends among them, and changes of direction written out, so
/// that a file's name or an article's title cannot drive the terminal or look like a line of ours.
fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    text.chars().for_each(|c| push_printable(c, &mut shown));
    shown
}

/// Adds a character as [`printable`] shows it.
fn push_printable(c: char, shown: &mut String) {
    let turns = matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    if c.is_control() || turns { shown.extend(c.escape_default()) } else { shown.push(c) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_well_formed() {
        command().debug_assert();
    }

    #[test]
    fn escapes_are_shown_and_not_obeyed() {
        assert_eq!(printable("a\u{1b}[31mb\u{202e}c é\n"), "a\\u{1b}[31mb\\u{202e}c é\\n");
    }
}
