//! `retold cluster`: the main job.

use super::args::{InputArgs, MatchArgs, RunArgs, config};
use super::output::{Output, kind};
use super::progress::Reporter;
use super::spool::spooled;
use super::{Outcome, job, summary, table};
use anyhow::{Context, Result, bail};
use clap::Args;
use retold::pipeline::Stage;
use retold::report::{CsvRows, HtmlPage, JsonClusters, JsonRows, Report, RowsOf};
use std::io::IsTerminal;
use std::path::PathBuf;

/// Report which articles belong together: clusters at three levels
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ClusterArgs {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    matching: MatchArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    run: RunArgs,
}

const EXAMPLES: &str = "\
Examples:
  retold cluster data/articles
  retold cluster data/articles -o clusters.jsonl --assignments rows.parquet
  retold cluster --match near --memory 1GiB data/articles -o copies.csv
  retold extract data/articles | retold cluster - --window 3";

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
struct OutputArgs {
    /// Write the clusters to FILE, one JSON object a line (.csv or .parquet: one row per article in
    /// them), or `-` for standard output
    ///
    /// Without it, a table for people on a terminal, and JSON Lines in a pipe (unless
    /// --assignments goes there).
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Write one row per article to FILE (.jsonl, .csv or .parquet), or `-` for JSON Lines on
    /// standard output
    #[arg(long, value_name = "FILE")]
    assignments: Option<PathBuf>,

    /// Write a page for people to FILE (.html), or `-` for standard output
    ///
    /// One file that needs no network: figures, the largest stories, and the passages that their
    /// articles share. Their texts are read a second time.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,

    /// Report articles that are alone as clusters of one
    #[arg(long)]
    singletons: bool,
}

/// Runs the command.
pub(super) fn run(args: &ClusterArgs) -> Result<Outcome> {
    let mut config = config(&args.input, &args.matching, &args.run)?;
    let singletons = args.output.singletons;
    let (destinations, page) = args.output.open()?;
    let (mut files, troubles) = args.input.files()?;
    for output in destinations.iter().map(|(_, output)| output).chain(&page) {
        output.refuse_to_replace(&files)?;
    }
    config.checkpoints = args.run.checkpoints(&mut files)?;
    let mut spool = None;
    if page.is_some() {
        let (again, copies) = spooled(files, &config.work_dir)?;
        (files, spool) = (again, Some(copies));
    }

    let reporter = Reporter::new(args.run.progress, args.run.quiet);
    let (mut clusters, outcome) = job::run(&files, troubles, &config, &args.run, &reporter)?;
    let write = |report: &dyn Report, output: Output| {
        output.write(|out| {
            let mut out = reporter.counting(Stage::Report, clusters.len(), out);
            report.write(&clusters, &mut out)
        })
    };
    let write_all = || -> Result<()> {
        for (report, output) in destinations {
            write(&*report, output)?;
        }
        if let Some(output) = page {
            write(&HtmlPage { config: &config, files: &files }, output)?;
        }
        reporter.rest();
        if args.output.output.is_some() || args.output.is_stdout_taken() {
            return Ok(());
        }
        if std::io::stdout().is_terminal() {
            Output::Stdout.write(|out| table::write(&clusters, singletons, out))
        } else {
            Output::Stdout.write(|out| JsonClusters { singletons }.write(&clusters, out))
        }
    };
    let written = write_all();
    job::end(&mut clusters, written)?;
    drop((reporter, spool));
    if !args.run.quiet {
        summary::say_counts(&clusters);
    }
    Ok(outcome)
}

type Destination = (Box<dyn Report>, Output);

impl OutputArgs {
    /// Whether something else than the clusters goes to standard output.
    fn is_stdout_taken(&self) -> bool {
        [&self.assignments, &self.report].into_iter().flatten().any(|path| path.as_os_str() == "-")
    }

    /// Opens the files that are asked for, the page apart: it needs the input too.
    fn open(&self) -> Result<(Vec<Destination>, Option<Output>)> {
        let mut destinations: Vec<Destination> = Vec::new();
        if let Some(path) = &self.output {
            let rows = if self.singletons { RowsOf::ClusteredAndAlone } else { RowsOf::Clustered };
            let report: Box<dyn Report> = match kind(path).as_deref() {
                Some("csv") => Box::new(CsvRows(rows)),
                Some("parquet") => {
                    parquet(rows).with_context(|| format!("-o {}", path.display()))?
                }
                None | Some("jsonl" | "ndjson" | "json") => {
                    Box::new(JsonClusters { singletons: self.singletons })
                }
                Some(_) => bail!("-o {}: name it .jsonl, .csv or .parquet", path.display()),
            };
            destinations.push((report, Output::open(path)?));
        }
        if let Some(path) = &self.assignments {
            let report: Box<dyn Report> = match kind(path).as_deref() {
                Some("csv") => Box::new(CsvRows(RowsOf::All)),
                Some("parquet") => parquet(RowsOf::All)
                    .with_context(|| format!("--assignments {}", path.display()))?,
                Some("jsonl" | "ndjson") => Box::new(JsonRows(RowsOf::All)),
                _ if path.as_os_str() == "-" => Box::new(JsonRows(RowsOf::All)),
                _ => bail!("--assignments {}: name it .jsonl, .csv or .parquet", path.display()),
            };
            if destinations.iter().any(|(_, output)| output.is_at(path)) {
                bail!("-o and --assignments both name {}: one place holds one", path.display());
            }
            destinations.push((report, Output::open(path)?));
        }
        let Some(path) = &self.report else { return Ok((destinations, None)) };
        if destinations.iter().any(|(_, output)| output.is_at(path)) {
            bail!("two outputs are named {}: one place holds one", path.display());
        }
        Ok((destinations, Some(Output::open_page("--report", path)?)))
    }
}

#[cfg(feature = "parquet")]
fn parquet(rows: RowsOf) -> Result<Box<dyn Report>> {
    Ok(Box::new(retold::report::ParquetRows(rows)))
}

#[cfg(not(feature = "parquet"))]
fn parquet(_: RowsOf) -> Result<Box<dyn Report>> {
    bail!("built without the feature parquet: name it .jsonl or .csv")
}
