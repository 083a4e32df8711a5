//! Ctrl-C, and requests to end: at once, with nothing half left behind.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod support;

use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use support::cli::{Place, line, program};
use support::gzip;
use support::news::text;

fn start(place: &Place, args: &[&str]) -> Child {
    let mut command = program(place.path());
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// Waits until the program has come so far, which it does, or a minute has gone by.
fn wait(what: &str, done: impl Fn() -> bool) {
    let started = Instant::now();
    while !done() {
        assert!(started.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn signal(child: &Child, signal: &str) {
    let pid = child.id().to_string();
    assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
}

fn stop(child: Child, how: &str) -> Output {
    signal(&child, how);
    child.wait_with_output().unwrap()
}

/// A set of signals of a process, as Linux tells it, a bit each.
fn signals(process: &str, set: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let found = status.lines().find_map(|line| line.strip_prefix(set)?.strip_prefix(':'))?;
    Some(u64::from_str_radix(found.trim(), 16).unwrap())
}

/// Ctrl-C; a request to end where this test was told to ignore it, and so the program is: what shells
/// start in the background is.
fn ctrl_c() -> &'static str {
    const INT: u64 = 1 << 1;
    if signals("self", "SigIgn").is_some_and(|ignored| ignored & INT != 0) {
        "-TERM"
    } else {
        "-INT"
    }
}

/// Whether the program catches signals by now, or ended.
fn catches(child: &Child) -> bool {
    const TERM: u64 = 1 << 14;
    signals(&child.id().to_string(), "SigCgt").is_none_or(|caught| caught & TERM != 0)
}

fn is_stopped(output: &Output) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(said.contains("retold: stopped") && said.contains("same command again"), "{said}");
    assert!(output.stdout.is_empty());
}

#[test]
fn a_run_that_waits_for_input_ends_at_once() {
    for signal in [ctrl_c(), "-TERM"] {
        let place = Place::new();
        place.write("old.jsonl", "old\n");
        // Its standard input stays open, so it would wait for ever.
        let child = start(&place, &["cluster", "-", "-o", "old.jsonl", "--progress", "json"]);
        wait("signals are caught", || catches(&child));
        is_stopped(&stop(child, signal));
        assert_eq!((place.names(), &*place.read("old.jsonl")), (vec!["old.jsonl".into()], "old\n"));
    }
}

#[test]
fn who_can_go_on_is_told() {
    let place = Place::new();
    let long = text(1, 1000);
    place
        .write("in.jsonl", (0..400).map(|n| line("x", &format!("{n} {long}"))).collect::<String>());
    let child = start(&place, &["cluster", "in.jsonl", "--threads", "1", "--work-dir", "."]);
    wait("something is saved", || place.path().join("retold-job/terms").exists());
    let stopped = stop(child, ctrl_c());
    let said = String::from_utf8_lossy(&stopped.stderr);
    assert_eq!(stopped.status.code(), Some(130), "{said}");
    assert!(said.contains("run the same command with --resume"), "{said}");
    place
        .cluster(&["in.jsonl", "--work-dir", ".", "--resume"])
        .ends(0)
        .counts([400, 400, 1, 0], &[]);
    assert_eq!(place.names(), ["in.jsonl"]);
}

/// Who has seen enough needs no checkpoints.
#[test]
fn a_closed_pipe_leaves_no_checkpoints() {
    let place = Place::new();
    place.write("all.jsonl", support::dump::dump(0..2_000));
    let script = "\"$0\" cluster all.jsonl --work-dir . | head -c 10";
    let mut command = Command::new("sh");
    command.args(["-c", script, env!("CARGO_BIN_EXE_retold")]).current_dir(place.path());
    assert_eq!(command.output().unwrap().stdout.len(), 10);
    assert_eq!(place.names(), ["all.jsonl"]);
}

#[test]
fn what_is_to_be_ignored_is() {
    let place = Place::new();
    let script = "trap '' INT HUP; exec \"$0\" cluster - -o out.jsonl";
    let mut command = Command::new("sh");
    command
        .args(["-c", script, env!("CARGO_BIN_EXE_retold")])
        .current_dir(place.path())
        .stdin(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let begun = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id()));
        status.is_ok_and(|status| status.starts_with("Name:\tretold"))
    };
    wait("the program runs", begun);
    std::thread::sleep(Duration::from_millis(50));
    for ignored in ["-INT", "-HUP"] {
        signal(&child, ignored);
    }
    std::thread::sleep(Duration::from_millis(50));
    drop(child.stdin.take());
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(0));
}

#[test]
fn the_copy_of_standard_input_is_removed() {
    let place = Place::new();
    std::fs::create_dir(place.path().join("work")).unwrap();
    let job = ["cluster", "-", "--report", "page.html", "--work-dir", "work"];
    let child = start(&place, &job);
    let copies = || std::fs::read_dir(place.path().join("work")).unwrap().count();
    wait("input is copied", || copies() == 1);
    is_stopped(&stop(child, ctrl_c()));
    assert_eq!((copies(), place.names()), (0, vec!["work".into()]));

    // By the next run, if need be.
    let mut child = start(&place, &job);
    wait("input is copied", || copies() == 1);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(copies(), 1);
    place.run_with_input(&job, b"Rain fell on the town.\n").ends(0);
    assert_eq!(copies(), 0);
}

/// SIGKILL leaves no time to remove anything: the next run does.
#[test]
fn what_a_killed_run_left_is_removed_by_the_next() {
    let place = Place::new();
    place.write("in.jsonl", line("a", "Rain fell"));
    let left = [".out.jsonl.77-0.partial", ".kept.77-3.partial/in.jsonl"];
    // Those of others, or of nobody: another name, or no numbers, or at work.
    let stays = [
        ".other.jsonl.77-0.partial",
        ".out.jsonl.partial",
        ".out.jsonl.7-x.partial",
        ".out.jsonl.78-0.partial",
    ];
    left.iter().chain(&stays).for_each(|name| drop(place.write(name, "half")));
    let at_work = std::fs::File::open(place.path().join(stays[3])).unwrap();
    at_work.lock().unwrap();
    place.cluster(&["in.jsonl", "-o", "out.jsonl"]).ends(0);
    place.run(&["dedup", "in.jsonl", "-o", "kept"]).ends(0);
    let mut expected = [&stays[..], &["in.jsonl", "kept", "out.jsonl"]].concat();
    expected.sort_unstable();
    assert_eq!(place.names(), expected);
}

#[test]
fn what_is_half_written_is_removed() {
    let place = Place::new();
    // Long texts, each twice in its file, so that every file is packed again.
    let long = text(1, 1000);
    for file in 0..6 {
        let lines = |n| line("x", &format!("{file} {n} {long}"));
        place.write(
            &format!("in/{file}.jsonl.gz"),
            gzip((0..40).map(lines).collect::<String>().repeat(2).as_bytes()),
        );
    }
    let child = start(&place, &["dedup", "in", "-o", "out", "--match", "exact"]);
    let partial = place.path().join(format!(".out.{}-0.partial", child.id()));
    wait("something is written", || partial.join("1.jsonl.gz").exists());
    is_stopped(&stop(child, ctrl_c()));
    assert_eq!(place.names(), ["in"]);
}
