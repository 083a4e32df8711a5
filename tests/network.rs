//! No network is used: the program gives the same bytes where there is none, and where it would be
//! killed as soon as it asks for a socket.
#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may fail anywhere")]

mod support;

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use support::cli::Place;

/// Number of the signal that ends what does a forbidden call.
const SIGSYS: i32 = 31;

/// Each command with what it can write.
const JOBS: [&[&str]; 5] = [
    &[
        "cluster",
        "data/articles",
        "-o",
        "out/clusters.jsonl",
        "--assignments",
        "out/rows.csv",
        "--report",
        "out/report.html",
    ],
    &["dedup", "data/articles", "-o", "out/kept", "--removed", "out/removed.csv"],
    &[
        "compare",
        "--html",
        "out/pair.html",
        "data/articles/000_niger-yevkurov-visit.txt",
        "data/articles/001_russia-niger-defence-links.txt",
    ],
    &["eval", "--gold", "data/labels.tsv", "data/articles"],
    &["extract", "data/articles"],
];

/// What stands before a program so that it has no network and no sockets.
fn sealed() -> Vec<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/network/sealed.py");
    ["python3", script.to_str().unwrap()].map(str::to_owned).to_vec()
}

/// What stands before a program so that it is in a network of its own, with nothing in it. `None`,
/// which is said, where the system does not let it.
fn alone() -> Option<Vec<String>> {
    let command = ["unshare", "--map-root-user", "--net"].map(str::to_owned).to_vec();
    let tried = run(Path::new("."), &command, &["cat", "/proc/net/route"]);
    let Some(output) = tried.ok().filter(|output| output.status.success()) else {
        support::skipped("no network of its own can be made for a program here");
        return None;
    };
    // A head at most, and no route to anywhere.
    assert!(String::from_utf8(output.stdout).unwrap().lines().count() <= 1);
    Some(command)
}

fn run(folder: &Path, before: &[String], args: &[&str]) -> std::io::Result<Output> {
    let whole: Vec<&str> = before.iter().map(String::as_str).chain(args.iter().copied()).collect();
    Command::new(whole[0]).args(&whole[1..]).current_dir(folder).stdin(Stdio::null()).output()
}

/// All that a job says and writes.
fn result(before: &[String], job: &[&str]) -> Vec<(String, Vec<u8>)> {
    let place = Place::new();
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    std::os::unix::fs::symlink(data, place.path().join("data")).unwrap();
    let out = place.path().join("out");
    std::fs::create_dir(&out).unwrap();
    let args = [&[env!("CARGO_BIN_EXE_retold")], job].concat();
    let Output { status, stdout, stderr } = run(place.path(), before, &args).unwrap();
    assert!(status.success(), "{job:?}: {status}: {}", String::from_utf8_lossy(&stderr));
    let mut all = vec![("standard output".into(), stdout), ("standard error".into(), stderr)];
    for entry in walkdir::WalkDir::new(&out).sort_by_file_name() {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            all.push((entry.path().strip_prefix(&out).unwrap().display().to_string(), {
                std::fs::read(entry.path()).unwrap()
            }));
        }
    }
    all
}

/// Whether the program that puts on the seal can run, else that is said.
fn can_be_sealed() -> bool {
    let tried = Command::new("python3").arg("--version").output();
    if let Err(error) = &tried {
        support::skipped(&format!("no python3 here: {error}"));
    }
    tried.is_ok()
}

#[test]
fn the_seal_is_tight() {
    if !can_be_sealed() {
        return;
    }
    let ask = |what: &str| {
        let program = format!("import socket; socket.{what}");
        run(Path::new("."), &sealed(), &["python3", "-c", &program]).unwrap().status
    };
    assert!(ask("socketpair()").success());
    assert_eq!(ask("socket()").signal(), Some(SIGSYS));
    assert_eq!(ask("getaddrinfo('paper.example', 80)").signal(), Some(SIGSYS));
}

#[test]
fn the_same_bytes_come_without_network_and_sockets() {
    let (alone, sealed) = (alone(), can_be_sealed().then(sealed));
    for job in JOBS {
        let usual = result(&[], job);
        assert!(usual.iter().any(|(_, bytes)| bytes.len() > 200), "{job:?}");
        for before in [&sealed, &alone].into_iter().flatten() {
            let other = result(before, job);
            for ((name, usual), (other_name, other)) in usual.iter().zip(&other) {
                assert!(name == other_name && usual == other, "{job:?}: {name} by {before:?}");
            }
            assert_eq!(usual.len(), other.len(), "{job:?} by {before:?}");
        }
    }
}
