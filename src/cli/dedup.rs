//! `retold dedup`: the dump again, with one article kept of each group.

use super::args::{InputArgs, MatchArgs, RunArgs, config, expanded};
use super::folder::{Filling, Folder};
use super::output::{Output, kind};
use super::progress::Reporter;
use super::spool::spooled;
use super::{Outcome, is_closed_pipe, job, say, summary};
use ahash::AHashSet;
use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use retold::dedup::{self, Copied, Keep, Removals, Removed};
use retold::pipeline::{Clusters, Observer, Progress, Stage};
use retold::read::{InputFile, ReadOptions, Trouble};
use retold::report::{CsvRemoved, JsonRemoved, Report};
use std::fs::File;
use std::panic::resume_unwind;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::SystemTime;

/// Write the dump again, with one article kept of each group
///
/// Every file is written below DIR in its own format and packing; what is kept stays as it was,
/// byte for byte.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct DedupArgs {
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
  retold dedup data/articles -o kept
  retold dedup --match exact --keep earliest data/articles -o without-copies
  retold dedup --match story data/articles -o one-a-story --removed removed.csv";

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
struct OutputArgs {
    /// Write the files below DIR, a new folder or an empty one
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,

    /// Which article of a group is kept; of equals the first
    #[arg(long, value_enum, value_name = "WHICH", default_value = "longest")]
    keep: KeepName,

    /// Write one row per removed article to FILE (.jsonl or .csv), or `-` for standard output
    ///
    /// It says which article stands for it, the level at which the two are together, and the lowest
    /// score on the way from match to match between them.
    #[arg(long, value_name = "FILE")]
    removed: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum KeepName {
    /// That of most words
    Longest,
    /// The first by path, then by record
    First,
    /// The first by date of publication; without a date it comes last
    Earliest,
}

/// Runs the command.
pub(super) fn run(args: &DedupArgs) -> Result<Outcome> {
    let mut config = config(&args.input, &args.matching, &args.run)?;
    let folder = Folder::open(&args.output.output)?;
    let rows = args.output.open_removed()?;
    let names = args.input.names()?;
    let (mut files, troubles) = expanded(&names)?;
    config.checkpoints = args.run.checkpoints(&mut files)?;
    if let Some((_, output)) = &rows {
        output.refuse_to_replace(&files)?;
        output.refuse_in(folder.place())?;
        if output.is_at(folder.place()) {
            bail!("-o and --removed both name {}: one place holds one", folder.place().display());
        }
    }
    let targets = targets(&names, &files)?;
    let (files, spool) = spooled(files, &config.work_dir)?;
    let states: Vec<Option<State>> = files.iter().map(State::of).collect();

    let reporter = Reporter::new(args.run.progress, args.run.quiet);
    let (mut clusters, mut outcome) = job::run(&files, troubles, &config, &args.run, &reporter)?;
    let keep = match args.output.keep {
        KeepName::Longest => Keep::Longest,
        KeepName::First => Keep::First,
        KeepName::Earliest => Keep::Earliest,
    };
    let mut removed = dedup::removals(&clusters, keep)?;
    let folder = folder.make()?;
    let copying = Copying {
        files: &files,
        targets: &targets,
        removals: Removals::new(&clusters, &removed, &files)?,
        options: &config.read,
        folder: &folder,
        clusters: &clusters,
        reporter: &reporter,
        total: states.iter().flatten().map(|state| state.bytes).sum(),
        states,
        done: AtomicU64::new(0),
    };
    let threads = config.threads.or_else(|| std::thread::available_parallelism().ok());
    copying.tell(0);
    let copied = copying.write(threads.map_or(1, usize::from))?;
    reporter.rest();
    let whole = copying.copied_whole(&copied);
    for Trouble { path, message } in &whole {
        say(&format!("retold: {path}: {message}"));
        outcome = Outcome::Incomplete;
    }
    if args.run.strict && !whole.is_empty() {
        bail!("--strict: some input could not be written again without its copies");
    }
    if !whole.is_empty() {
        let paths: AHashSet<&str> = whole.iter().map(|trouble| &*trouble.path).collect();
        dedup::leave_out(&clusters, &mut removed, |source| paths.contains(&*source.path))?;
    }
    drop(spool);
    // Rows first: a folder without its rows could not be made again in its place.
    let rows_written = rows.map_or(Ok(()), |(format, output)| {
        output.write(|out| format.report(&removed).write(&clusters, out))
    });
    let written = match rows_written {
        Err(error) if !is_closed_pipe(&error) => Err(error),
        enough => folder.complete().and(enough),
    };
    job::end(&mut clusters, written)?;
    if !args.run.quiet {
        summary::say_kept(&clusters, &copied);
    }
    Ok(outcome)
}

/// How rows are written.
enum RowFormat {
    Csv,
    JsonLines,
}

impl RowFormat {
    fn report<'a>(&self, removed: &'a [Removed]) -> Box<dyn Report + 'a> {
        match self {
            RowFormat::Csv => Box::new(CsvRemoved(removed)),
            RowFormat::JsonLines => Box::new(JsonRemoved(removed)),
        }
    }
}

impl OutputArgs {
    fn open_removed(&self) -> Result<Option<(RowFormat, Output)>> {
        let Some(path) = &self.removed else { return Ok(None) };
        let format = match kind(path).as_deref() {
            Some("csv") => RowFormat::Csv,
            Some("jsonl" | "ndjson") => RowFormat::JsonLines,
            _ if path.as_os_str() == "-" => RowFormat::JsonLines,
            _ => bail!("--removed {}: name it .jsonl or .csv", path.display()),
        };
        Ok(Some((format, Output::open(path)?)))
    }
}

/// The copying of all files.
struct Copying<'a> {
    files: &'a [InputFile],
    targets: &'a [PathBuf],
    removals: Removals,
    options: &'a ReadOptions,
    folder: &'a Filling,
    clusters: &'a Clusters,
    reporter: &'a Reporter,
    /// The files before they were read.
    states: Vec<Option<State>>,
    /// Bytes of all files, and of those that are done.
    total: u64,
    done: AtomicU64,
}

impl Copying<'_> {
    /// Writes all files, and returns what was done to each.
    fn write(&self, threads: usize) -> Result<Vec<Copied>> {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut done = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(file) = self.files.get(number) else { return done };
                let cannot = || {
                    format!("cannot write {} again in {}", file.name, self.folder.place().display())
                };
                let copied = self.file(number).with_context(cannot);
                if copied.is_err() {
                    // The others need not go on.
                    next.store(self.files.len(), Ordering::Relaxed);
                }
                done.push((number, copied));
            }
        };
        let mut done = Vec::with_capacity(self.files.len());
        std::thread::scope(|scope| {
            let workers = (0..threads.min(self.files.len())).map(|_| scope.spawn(work));
            for worker in workers.collect::<Vec<_>>() {
                done.extend(worker.join().unwrap_or_else(|panic| resume_unwind(panic)));
            }
        });
        done.sort_unstable_by_key(|(number, _)| *number);
        done.into_iter().map(|(_, copied)| copied).collect()
    }

    /// Reports that so many bytes more are done.
    fn tell(&self, bytes: u64) {
        let bytes = self.done.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let share = Some(bytes as f64 / self.total.max(bytes).max(1) as f64);
        let articles = self.clusters.len() as u64;
        self.reporter.report(Progress { stage: Stage::Write, share, articles, bytes });
    }

    /// The files that still hold what was to be removed, for they could not be read as a whole.
    fn copied_whole(&self, copied: &[Copied]) -> Vec<Trouble> {
        let mut whole = Vec::new();
        for (number, (file, copied)) in self.files.iter().zip(copied).enumerate() {
            if copied.is_whole && !self.removals.of(number).is_empty() {
                let articles = self.removals.of(number).len() as u64;
                let articles = summary::counted(articles, "article");
                let message = format!(
                    "it cannot be read as a whole, so it is written as it was: {articles} to remove stay"
                );
                whole.push(Trouble { path: Arc::clone(&file.name), message });
            }
        }
        whole
    }

    fn file(&self, number: usize) -> Result<Copied> {
        let (file, removed) = (&self.files[number], self.removals.of(number));
        let is_closed = || file.path.as_ref().is_some_and(|path| File::open(path).is_err());
        if removed.is_empty() && self.states[number].is_none() && is_closed() {
            // It could not be read before, which is said already.
            return Ok(Copied::default());
        }
        let to = self.folder.file(&self.targets[number])?;
        let copied = dedup::write(file, self.options, removed, &to, &|bytes| self.tell(bytes))?;
        // Of what changes in between other records might be removed.
        if State::of(file) != self.states[number] {
            return Err(dedup::changed().into());
        }
        Ok(copied)
    }
}

/// What tells whether a file was changed. `None` where it cannot be opened.
#[derive(Debug, PartialEq, Eq)]
struct State {
    bytes: u64,
    modified: Option<SystemTime>,
}

impl State {
    fn of(file: &InputFile) -> Option<State> {
        let metadata = File::open(file.path.as_ref()?).and_then(|file| file.metadata()).ok()?;
        Some(State { bytes: metadata.len(), modified: metadata.modified().ok() })
    }
}

/// Where each file goes, below the output folder: as it lies below the folder that was named, or below
/// the one that all inputs have in common. A path never leads out of the output folder.
fn targets(names: &[PathBuf], files: &[InputFile]) -> Result<Vec<PathBuf>> {
    let names: AHashSet<&Path> = names.iter().map(PathBuf::as_path).collect();
    let mut places = Vec::new();
    for file in files {
        places.push(match &file.path {
            None => None,
            Some(path) => Some(place(&names, path).with_context(|| file.name.to_string())?),
        });
    }
    let common = places.iter().flatten().map(|(base, _)| base.clone()).reduce(|a, b| {
        a.components().zip(b.components()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect()
    });
    let common = common.unwrap_or_default();
    let (mut seen, mut shown) = (AHashSet::new(), AHashSet::new());
    let mut targets = Vec::new();
    for (file, place) in files.iter().zip(places) {
        // Two that differ in bytes which are no text cannot be told apart in what was read.
        if !shown.insert(&file.name) {
            bail!("{}: the names of two files look like this: rename one", file.name);
        }
        let target = match place {
            None => PathBuf::from("stdin"),
            Some((base, below)) => {
                let whole = base.join(below);
                let below = whole.strip_prefix(&common).unwrap_or(&whole);
                below.components().filter(|part| matches!(part, Component::Normal(_))).collect()
            }
        };
        if !seen.insert(target.clone()) {
            bail!("{}: another input goes to {} as well: rename one", file.name, target.display());
        }
        targets.push(target);
    }
    if let Some(target) =
        targets.iter().find(|target| target.ancestors().skip(1).any(|above| seen.contains(above)))
    {
        bail!("{}: another input goes to a file above it: rename one", target.display());
    }
    Ok(targets)
}

/// The folder that a file was named by, in full, and its path below.
fn place(names: &AHashSet<&Path>, path: &Path) -> std::io::Result<(PathBuf, PathBuf)> {
    let name = path.ancestors().find(|above| names.contains(above)).unwrap_or(path);
    let below = path.strip_prefix(name).unwrap_or(Path::new(""));
    if below.as_os_str().is_empty() {
        let folder = name.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new(".")).canonicalize()?;
        Ok((folder, name.file_name().map(PathBuf::from).unwrap_or_default()))
    } else {
        Ok((name.canonicalize()?, below.to_owned()))
    }
}
