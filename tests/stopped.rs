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

fn stop(child: Child, signal: &str) -> Output {
    let pid = child.id().to_string();
    assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    child.wait_with_output().unwrap()
}

fn is_stopped(output: &Output) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(said.contains("retold: stopped") && said.contains("same command again"), "{said}");
    assert!(output.stdout.is_empty());
}

#[test]
fn a_run_that_waits_for_input_ends_at_once() {
    for signal in ["-INT", "-TERM"] {
        let place = Place::new();
        place.write("old.jsonl", "old\n");
        // Its standard input stays open, so it would wait for ever.
        let child = start(&place, &["cluster", "-", "-o", "old.jsonl", "--progress", "json"]);
        let status = format!("/proc/{}/status", child.id());
        let caught = || {
            let caught = std::fs::read_to_string(&status).unwrap_or_default();
            let caught = caught.lines().find_map(|line| line.strip_prefix("SigCgt:"));
            caught.is_none_or(|set| u64::from_str_radix(set.trim(), 16).unwrap() & 0b10 != 0)
        };
        wait("signals are caught", caught);
        is_stopped(&stop(child, signal));
        assert_eq!((place.names(), &*place.read("old.jsonl")), (vec!["old.jsonl".into()], "old\n"));
    }
}

#[test]
fn the_copy_of_standard_input_is_removed() {
    let place = Place::new();
    std::fs::create_dir(place.path().join("work")).unwrap();
    let child = start(&place, &["cluster", "-", "--report", "page.html", "--work-dir", "work"]);
    let copies = || std::fs::read_dir(place.path().join("work")).unwrap().count();
    wait("input is copied", || copies() == 1);
    is_stopped(&stop(child, "-INT"));
    assert_eq!((copies(), place.names()), (0, vec!["work".into()]));
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
    let partial = place.path().join(format!(".out.{}.partial", child.id()));
    wait("something is written", || partial.join("1.jsonl.gz").exists());
    is_stopped(&stop(child, "-INT"));
    assert_eq!(place.names(), ["in"]);
}
