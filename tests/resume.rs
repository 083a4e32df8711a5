//! A run that is stopped or killed is gone on with, and ends with the same bytes.
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod support;

use retold::config::{Checkpoints, Config};
use retold::pipeline::{Checkpoint, Clusters, Observer, Progress, RunError, Silent, Stage, run};
use retold::read::{InputFile, expand};
use retold::report::{JsonRows, Report, RowsOf};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use support::cli::{Place, Run, json_lines, text};
use support::dump::dump;
use support::skipped;

/// Names of the checkpoints in a work folder.
fn checkpoints(work: &Path) -> BTreeSet<String> {
    let names = std::fs::read_dir(work.join("retold-job")).into_iter().flatten();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name != "lock" && name != "terms").collect()
}

/// Stops a run at one of its reports, and notes which checkpoints are taken.
struct Stop {
    reports: AtomicUsize,
    at: usize,
    taken: Mutex<BTreeSet<String>>,
}

impl Stop {
    fn at(at: usize) -> Stop {
        Stop { reports: AtomicUsize::new(0), at, taken: Mutex::default() }
    }
}

impl Observer for Stop {
    fn report(&self, _: Progress) -> bool {
        self.reports.fetch_add(1, Ordering::Relaxed) != self.at
    }

    fn checkpoint(&self, checkpoint: Checkpoint<'_>) {
        let path = match checkpoint {
            Checkpoint::Taken(path) => path,
            Checkpoint::GivenUp(_) => return,
            _ => panic!("{checkpoint:?}"),
        };
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        assert!(self.taken.lock().unwrap().insert(name));
    }
}

/// What is reported of each article, and the account.
fn result(clusters: &Clusters) -> (Vec<u8>, String) {
    let mut rows = Vec::new();
    JsonRows(RowsOf::All).write(clusters, &mut rows).unwrap();
    let Clusters { tally, repeated_ids, capped_buckets, trimmed, judged, .. } = clusters;
    let account = format!("{tally:?} {repeated_ids} {capped_buckets} {trimmed} {judged:?}");
    (rows, account)
}

/// The ids of two lines.
fn two_ids(lines: &str) -> [String; 2] {
    let ids = json_lines(lines).into_iter().map(|article| text(&article["id"]).to_owned());
    ids.collect::<Vec<_>>().try_into().unwrap()
}

/// Stops a run at `stops` of its reports, each time from the beginning, and goes on with it.
fn stop_and_resume(files: &[InputFile], config: &Config, stops: usize) -> BTreeSet<String> {
    let undisturbed = result(&run(files, config, &Silent).unwrap());
    let counting = Stop::at(usize::MAX);
    let config = Config { checkpoints: Checkpoints::Anew, ..config.clone() };
    let mut clusters = run(files, &config, &counting).unwrap();
    assert!(result(&clusters) == undisturbed);
    clusters.forget_checkpoints().unwrap();
    assert!(!config.work_dir.join("retold-job").exists());

    let reports = counting.reports.into_inner();
    assert!(reports > stops, "{reports}");
    let mut all_taken = BTreeSet::new();
    for stop in 0..stops {
        let stopped = run(files, &config, &Stop::at(reports * stop / stops));
        assert!(matches!(stopped, Err(RunError::Cancelled)), "{stop}: {stopped:?}");
        let saved = checkpoints(&config.work_dir);
        let going_on = Stop::at(usize::MAX);
        let config = Config { checkpoints: Checkpoints::Resume, ..config.clone() };
        let clusters = run(files, &config, &going_on).unwrap();
        assert!(result(&clusters) == undisturbed, "{stop}");
        let taken = going_on.taken.into_inner().unwrap();
        assert_eq!(taken, saved, "{stop}");
        all_taken.extend(taken);
    }
    all_taken
}

#[test]
fn what_was_done_before_a_stop_is_not_done_again() {
    let place = Place::new();
    let path = place.write("all.jsonl", dump(0..900));
    let [a, b] = two_ids(&dump(0..2));
    let judged_pairs = [(a.clone(), b), (a, "no such".to_owned())];
    for memory in [1, usize::MAX] {
        let config = Config {
            work_dir: place.path().to_owned(),
            memory,
            judged_pairs: judged_pairs.to_vec(),
            ..Config::default()
        };
        let taken = stop_and_resume(&expand(std::slice::from_ref(&path)).unwrap().0, &config, 24);
        let steps = ["articles-0", "compared", "copies", "furniture", "near", "profiles"];
        assert_eq!(taken, steps.map(str::to_owned).into(), "memory {memory}");
    }
}

#[test]
fn files_that_were_read_are_not_read_again() {
    let place = Place::new();
    for file in 0..80 {
        let name = format!("in/{file:02}.jsonl");
        place.write(&name, dump(file * 5..file * 5 + 5));
        if file % 40 == 35 {
            // A file of so many zero bytes takes no room on the drive, and is no text.
            let hole = std::fs::File::create(place.path().join(format!("in/{file}.zero"))).unwrap();
            hole.set_len(256 << 20).unwrap();
        }
    }
    let config = Config { work_dir: place.path().to_owned(), ..Config::default() };
    let files = expand(&[place.path().join("in")]).unwrap().0;
    let taken = stop_and_resume(&files, &config, 12);
    let parts: Vec<&String> = taken.iter().filter(|name| name.starts_with("articles")).collect();
    assert_eq!(parts, ["articles-0", "articles-1", "articles-2"]);
}

/// Changes a file.
fn change(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(path).unwrap();
    change(&mut bytes);
    std::fs::write(path, bytes).unwrap();
}

/// A job of which everything is saved and nothing written: the run fails at its end, as `--strict`
/// does where a line cannot be read.
struct Failed {
    place: Place,
    /// What a run that does not fail comes to.
    undisturbed: Done,
}

#[derive(Debug, PartialEq)]
struct Done {
    rows: String,
    clusters: String,
    said: String,
}

const OUTPUTS: [&str; 4] = ["-o", "clusters.jsonl", "--assignments", "rows.csv"];
const JOB: [&str; 3] = ["all.jsonl", "--work-dir", "work"];

impl Failed {
    fn new() -> Failed {
        let place = Place::new();
        place.write("all.jsonl", dump(0..400) + "no article\n");
        std::fs::create_dir(place.path().join("work")).unwrap();
        let run = place.cluster(&[&OUTPUTS[..], &["all.jsonl"]].concat()).ends(3);
        let undisturbed = Done::of(&place, &run);
        Failed { place, undisturbed }.again()
    }

    /// The same job once more.
    fn again(self) -> Failed {
        let Failed { place, undisturbed } = self;
        for output in ["clusters.jsonl", "rows.csv"] {
            let _ = std::fs::remove_file(place.path().join(output));
        }
        place.cluster(&[&OUTPUTS[..], &JOB, &["--strict"]].concat()).ends(1);
        assert_eq!(place.names(), ["all.jsonl", "work"]);
        Failed { place, undisturbed }
    }

    fn again_without(self, files: [&str; 2]) -> Failed {
        for name in files {
            std::fs::remove_file(self.place.path().join(name)).unwrap();
        }
        self.again()
    }

    fn resume(&self, more: &[&str]) -> Run {
        self.place.cluster(&[&OUTPUTS[..], &JOB, &["--resume"], more].concat())
    }

    /// Checks that a run that went on came to the same, and left no checkpoints.
    fn is_same(&self, run: &Run) {
        assert_eq!(Done::of(&self.place, run), self.undisturbed);
        assert!(!self.place.path().join("work/retold-job").exists());
    }

    /// Changes a checkpoint.
    fn change(&self, name: &str, how: impl FnOnce(&mut Vec<u8>)) {
        change(&self.place.path().join("work/retold-job").join(name), how);
    }
}

impl Done {
    fn of(place: &Place, run: &Run) -> Done {
        run.account();
        let own = |line: &&str| !line.contains("retold-job");
        let said = run.err.lines().filter(own).collect::<Vec<_>>().join("\n");
        Done { rows: place.read("rows.csv"), clusters: place.read("clusters.jsonl"), said }
    }
}

#[test]
fn a_run_that_failed_at_its_end_only_writes() {
    let job = Failed::new();
    let saved = checkpoints(&job.place.path().join("work"));
    let run = job.resume(&[]).ends(3);
    for name in &saved {
        assert!(run.err.contains(&format!("done before: work/retold-job/{name}\n")), "{}", run.err);
    }
    job.is_same(&run);
    // And now there is nothing to go on with.
    let run = job.resume(&[]).ends(3).says(&["nothing to resume in work/retold-job"]);
    job.is_same(&run);
    // Nobody who does not ask goes on.
    let job = job.again();
    let run = job.place.cluster(&[&OUTPUTS[..], &JOB].concat()).ends(3);
    assert!(run.err.contains("an earlier run saved in work/retold-job is removed"), "{}", run.err);
    assert!(!run.err.contains("done before"), "{}", run.err);
    job.is_same(&run);
}

#[test]
fn a_damaged_checkpoint_is_done_again() {
    let mut job = Failed::new();
    for name in ["articles-0", "copies", "furniture", "near", "stories", "terms"] {
        for how in 0..4 {
            job.change(name, |bytes| match how {
                0 => bytes.clear(),
                1 => bytes.truncate(bytes.len() - 1),
                2 => {
                    let middle = bytes.len() / 2;
                    bytes[middle] ^= 0x10;
                }
                // What was saved of another step.
                _ => *bytes = job.place.read_bytes("work/retold-job/copies"),
            });
            if how == 3 && name == "copies" {
                continue;
            }
            let damaged = format!("work/retold-job/{name} is damaged");
            job.is_same(&job.resume(&[]).ends(3).says(&[&damaged]));
            job = job.again();
        }
    }
    // Not even that of another part.
    let copied = ["articles-0", "articles-1"].map(|name| format!("work/retold-job/{name}"));
    job.place.write(&copied[1], job.place.read_bytes(&copied[0]));
    job.is_same(&job.resume(&[]).ends(3));
}

#[test]
fn another_job_is_refused() {
    let job = Failed::new();
    let more = "All the news that is left.\n";
    for (options, change) in [
        (&["--match", "near"][..], "--match was story and is near"),
        (&["--near-threshold", "0.7"], "--near-threshold was 0.6 and is 0.7"),
        (&["--story-threshold", "0.7"], "--story-threshold was 0.5 and is 0.7"),
        (&["--window", "3"], "--window was no limit and is 3"),
        (&["--format", "jsonl"], "--format was by contents and is jsonl"),
        (&["--max-article", "1MiB"], "--max-article was 16777216 and is 1048576"),
        (&["--text-field", "body"], "--text-field was text and is body"),
        (&["--id-field", "url"], "--id-field was id and is url"),
        (&["--title-field", "head"], "--title-field was title and is head"),
        (&["--url-field", "link"], "--url-field was url and is link"),
        (&["--date-field", "day"], "--date-field was date and is day"),
        (&["b.txt"], "there were 1 input files and are 2"),
        (&["a.txt"], "the input a.txt was not there"),
    ] {
        job.place.write("a.txt", more);
        job.place.write("b.txt", more);
        job.resume(options).ends(1).says(&["cannot be resumed", change, "Without --resume"]);
    }
    let named = ["a.txt", "b.txt", "all.jsonl", "work"];
    assert_eq!(
        job.place.names().into_iter().collect::<BTreeSet<_>>(),
        named.map(str::to_owned).into()
    );
    // What decides nothing may change.
    let run = job.resume(&["--threads", "1", "--memory", "1MiB", "--progress", "none"]).ends(3);
    job.is_same(&run);

    let job = job.again_without(["a.txt", "b.txt"]);
    let input = job.place.path().join("all.jsonl");
    let file = std::fs::File::options().append(true).open(&input).unwrap();
    let time = file.metadata().unwrap().modified().unwrap();
    file.set_modified(time + std::time::Duration::from_nanos(1_000)).unwrap();
    job.resume(&[]).ends(1).says(&["the input all.jsonl was changed"]);
    file.set_modified(time).unwrap();
    change(&input, |bytes| bytes.push(b' '));
    file.set_modified(time).unwrap();
    job.resume(&[]).ends(1).says(&["the input all.jsonl was changed"]);
    std::fs::remove_file(job.place.path().join("all.jsonl")).unwrap();
    job.resume(&[]).ends(1).says(&["there were 1 input files and are 0"]);
}

/// What was saved behind a step that is done anew was made of another: a third run must not find it.
#[test]
fn what_follows_a_step_that_is_done_again_is_removed() {
    let place = Place::new();
    let path = place.write("all.jsonl", dump(0..100));
    let files = expand(&[path]).unwrap().0;
    let work_dir = place.path().to_owned();
    let config = Config { work_dir, checkpoints: Checkpoints::Anew, ..Config::default() };
    drop(run(&files, &config, &Silent).unwrap());
    let steps = ["articles-0", "copies", "furniture", "near", "stories"];
    assert_eq!(checkpoints(place.path()), steps.map(str::to_owned).into());
    place.write("retold-job/articles-0", "");
    let config = Config { checkpoints: Checkpoints::Resume, ..config };

    /// Stops as soon as the articles are read again.
    struct StopBehindReading;
    impl Observer for StopBehindReading {
        fn report(&self, progress: Progress) -> bool {
            progress.stage == Stage::Read
        }
    }
    let stopped = run(&files, &config, &StopBehindReading);
    assert!(matches!(stopped, Err(RunError::Cancelled)));
    assert_eq!(checkpoints(place.path()), ["articles-0".to_owned()].into());
}

/// Whose files are not ours to remove, and what is ours is no input.
#[test]
fn the_folder_of_a_job_is_for_jobs() {
    let place = Place::new();
    place.write("retold-job/mine.jsonl", dump(0..9));
    let run = place.cluster(&["retold-job", "--work-dir", "."]).ends(1);
    run.says(&["./retold-job/mine.jsonl is no checkpoint", "name another --work-dir"]);
    assert_eq!(place.read("retold-job/mine.jsonl"), dump(0..9));
    std::fs::rename(place.path().join("retold-job"), place.path().join("in")).unwrap();

    // Inside an input, its files are none.
    place.write("in/bad.jsonl", "no article\n");
    let undisturbed = place.cluster(&["in"]).ends(3);
    place.cluster(&["in", "--work-dir", "in", "--strict"]).ends(1);
    assert!(place.path().join("in/retold-job/articles-0").exists());
    let resumed = place.cluster(&["in", "--work-dir", "in", "--resume"]).ends(3);
    assert_eq!((&resumed.out, resumed.account().records), (&undisturbed.out, 10));
    assert!(!place.path().join("in/retold-job").exists());
}

/// A file that the system refused to read, and does not when the run is gone on with.
#[cfg(unix)]
#[test]
fn what_was_refused_is_tried_again() {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;

    let place = Place::new();
    place.write("in/all.jsonl", dump(0..9));
    let refused = place.write("in/refused.jsonl", dump(9..18));
    let allow = |path: &Path, mode| set_permissions(path, Permissions::from_mode(mode)).unwrap();
    // Who may read everything is refused nothing, and does it as somebody else.
    let own = place.path().join("retold");
    std::fs::copy(env!("CARGO_BIN_EXE_retold"), &own).unwrap();
    allow(place.path(), 0o777);
    let cluster = |args: &[&str]| {
        let mut command = std::process::Command::new(&own);
        if rustix::process::geteuid().is_root() {
            command.uid(65_534).gid(65_534);
        }
        command.args([&["cluster", "in"], args].concat()).env_remove("RUST_BACKTRACE");
        Some(Run::of(command.current_dir(place.path()).output().ok()?))
    };
    let Some(undisturbed) = cluster(&[]) else {
        skipped("nobody else may come here");
        return;
    };
    let undisturbed = undisturbed.ends(0).out;

    allow(&refused, 0);
    let job = ["--work-dir", ".", "--strict"];
    cluster(&job).unwrap().ends(1).says(&["retold: in/refused.jsonl: "]);
    let resume = || cluster(&[&job[..], &["--resume"]].concat()).unwrap();
    let run = resume().ends(1).says(&["retold: in/refused.jsonl: "]);
    let taken = ["articles-0", "stories"].map(|name| format!("done before: ./retold-job/{name}"));
    assert!(taken.iter().all(|line| run.err.contains(line)), "{}", run.err);
    allow(&refused, 0o644);
    let run = resume().ends(0);
    assert_eq!((run.account().records, run.out), (18, undisturbed));
}

#[test]
fn one_run_at_a_time_works_in_a_folder() {
    let job = Failed::new();
    let lock = std::fs::File::open(job.place.path().join("work/retold-job/lock")).unwrap();
    lock.lock().unwrap();
    for more in [&["--resume"][..], &[]] {
        let run = job.place.cluster(&[&JOB[..], more].concat()).ends(1);
        run.says(&["another run works in work/retold-job", "name another --work-dir"]);
    }
    drop(lock);
    job.is_same(&job.resume(&[]).ends(3));
}

#[test]
fn what_is_read_once_cannot_be_gone_on_with() {
    let place = Place::new();
    let input = dump(0..20);
    let run = |args: &[&str]| {
        place.run_with_input(
            &[&["cluster", "-", "--report", "page.html"], args].concat(),
            input.as_bytes(),
        )
    };
    run(&["--resume"]).ends(2).says(&["--work-dir"]);
    run(&["--resume", "--work-dir", "."]).ends(1).says(&["- can be read once only"]);
    run(&["--work-dir", "."]).ends(0).says(&["note: nothing is saved: - can be read once only"]);
    assert_eq!(place.names(), ["page.html"]);
}

#[test]
fn dedup_and_eval_go_on_too() {
    let place = Place::new();
    place.write("in/all.jsonl", dump(0..200) + "no article\n");
    let [a, b] = two_ids(&dump(0..2));
    place.write("gold.tsv", format!("id_a\tid_b\tlabel\n{a}\t{b}\t1\n"));
    let dedup = ["dedup", "in", "-o", "kept", "--removed", "removed.csv", "--work-dir", "."];
    let eval = ["eval", "--gold", "gold.tsv", "in", "--work-dir", "."];
    let written = || (place.read("kept/all.jsonl"), place.read("removed.csv"));
    for command in [&dedup[..], &eval] {
        let undisturbed = (place.run(command).ends(3), written());
        if command == dedup {
            std::fs::remove_dir_all(place.path().join("kept")).unwrap();
        }
        place.run(&[command, &["--strict"]].concat()).ends(1);
        let resumed = (place.run(&[command, &["--resume"]].concat()).ends(3), written());
        assert!(resumed.0.err.contains("done before"), "{}", resumed.0.err);
        let said = |run: &Run| (run.out.clone(), run.err.lines().last().unwrap().to_owned());
        assert_eq!(said(&resumed.0), said(&undisturbed.0));
        assert_eq!(resumed.1, undisturbed.1);
    }
}
