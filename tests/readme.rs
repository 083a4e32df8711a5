//! What the README shows, done: commands in `sh` blocks end well, and those in `console` blocks say
//! what stands below them, where `...` is any number of lines.
#![cfg(all(unix, feature = "parquet"))]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may fail anywhere")]

mod support;

use std::path::Path;
use std::process::{Command, Output};
use support::cli::{Place, line};
use support::news::text;
use support::{gzip, html, page, warc};

const README: &str = include_str!("../README.md");

/// The fenced blocks of a language.
fn blocks(language: &str) -> Vec<Vec<&'static str>> {
    let (mut blocks, mut lines) = (Vec::new(), README.lines());
    while let Some(line) = lines.next() {
        if let Some(found) = line.strip_prefix("```").filter(|rest| !rest.is_empty()) {
            let block = lines.by_ref().take_while(|line| *line != "```").collect();
            if found == language {
                blocks.push(block);
            }
        }
    }
    blocks
}

/// A folder with what the commands name.
fn place() -> Place {
    let place = Place::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["data", "fuzz"] {
        std::os::unix::fs::symlink(root.join(folder), place.path().join(folder)).unwrap();
    }
    let lines = |from: u64| (from..from + 9).map(|n| line(&n.to_string(), &text(n, 9)));
    let lines = |from: u64| lines(from).collect::<String>();
    for n in 0..3 {
        place.write(&format!("news/{n}.txt"), text(n, 9));
    }
    place.write("news.jsonl", lines(1));
    place.write("a.jsonl.zst", zstd::encode_all(lines(1).as_bytes(), 1).unwrap());
    place.write("b.jsonl.gz", gzip(lines(4).as_bytes()));
    let wet = |n: u64| {
        let head = format!("WARC-Target-URI: http://paper.example/{n}\r\n");
        gzip(&warc("conversion", &head, text(n, 9).as_bytes()))
    };
    place.write("CC-MAIN-20260312.warc.wet.gz", (0..5).flat_map(wet).collect::<Vec<_>>());
    place
        .write("CC-NEWS-20260312.warc.gz", (0..5).flat_map(|n| gzip(&page(n))).collect::<Vec<_>>());
    place.write("page.html", html("Bridge closed after crack is found"));
    place.write("n.jsonl", "{\"headline\": \"Bridge\", \"body\": \"The bridge is closed.\"}\n");
    place.write("paths.txt", "news/0.txt\nnews/1.txt\n");
    let rows = (0..4).map(|n| [n.to_string(), text(n, 9)]).collect();
    place.write("news.parquet", support::parquet(["uuid", "body"], &[rows]));
    std::fs::create_dir(place.path().join("scratch")).unwrap();
    place.write("DIRECTORY/articles.jsonl", lines(1));
    place.write("DIRECTORY/gold.story.tsv", "id\tcluster\n1\t1\n2\t2\n");
    place
}

/// Runs a script with the program on its path; on a terminal if it is to be.
fn run(place: &Place, script: &str, terminal: bool) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_retold"));
    let folders = std::env::split_paths(&std::env::var_os("PATH").unwrap()).collect::<Vec<_>>();
    let path = std::iter::once(program.parent().unwrap().to_owned()).chain(folders);
    let mut command = if terminal {
        let mut command = Command::new("script");
        command.args(["-qec", script, "/dev/null"]);
        command
    } else {
        let mut command = Command::new("bash");
        command.args(["-c", script]);
        command
    };
    command.env("PATH", std::env::join_paths(path).unwrap()).env("TERM", "dumb");
    command.current_dir(place.path()).stdin(std::process::Stdio::null()).output().unwrap()
}

/// Whether lines are as they are expected, where `...` stands for any.
fn fits(expected: &[&str], lines: &[&str]) -> bool {
    match (expected.split_first(), lines.split_first()) {
        (None, None) => true,
        (Some((&"...", rest)), _) => (0..=lines.len()).any(|skip| fits(rest, &lines[skip..])),
        (Some((one, expected)), Some((other, lines))) => one == other && fits(expected, lines),
        _ => false,
    }
}

#[test]
fn commands_end_well() {
    let place = place();
    let mut count = 0;
    for block in blocks("sh") {
        for line in block {
            let command = line.split("  # ").next().unwrap().replace("| man -l -", "> page.1");
            // Those that build are what runs this.
            let builds = ["cargo ", "benches/", "#"].iter().any(|of| command.starts_with(of));
            if builds || command.trim().is_empty() {
                continue;
            }
            let output = run(
                &place,
                &format!(
                    "set -eo pipefail; HOME=.; mkdir -p .local/share/bash-completion/completions; {command}"
                ),
                false,
            );
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{command}\n{said}");
            count += 1;
        }
    }
    assert!(count >= 18, "{count} commands were found");
}

#[test]
fn commands_say_what_is_shown() {
    let place = place();
    let has_terminal = Command::new("script").arg("--version").output().is_ok();
    let mut count = 0;
    for block in blocks("console") {
        let mut parts: Vec<(&str, Vec<&str>)> = Vec::new();
        for line in block {
            match line.strip_prefix("$ ") {
                Some(command) => parts.push((command, Vec::new())),
                None => parts.last_mut().expect("a command comes first").1.push(line),
            }
        }
        let mut status = 0;
        for (command, expected) in parts {
            // What the README shows of a table is what a terminal shows.
            let terminal = command.starts_with("cargo run --release -- ");
            if terminal && !has_terminal {
                support::skipped(&format!("no script(1) makes a terminal for {command}"));
                continue;
            }
            let script = command.replace("cargo run --release --", "retold");
            let script =
                if terminal { script } else { format!("(exit {status}); {{ {script}; }} 2>&1") };
            let output = run(&place, &script, terminal);
            status = output.status.code().unwrap();
            let said = String::from_utf8(output.stdout).unwrap().replace(['\r', '\u{1b}'], "");
            let lines: Vec<&str> = said.trim_end_matches('\n').lines().collect();
            let lines: Vec<&str> =
                lines.iter().map(|line| line.trim_start_matches("[2K")).collect();
            assert!(
                fits(&expected, &lines),
                "{command}\n{said}\nexpected\n{}",
                expected.join("\n")
            );
            count += 1;
        }
    }
    assert!(count >= 6, "{count} commands were found");
}

#[test]
fn any_lines_are_any_lines() {
    assert!(fits(&["a", "...", "d"], &["a", "b", "c", "d"]));
    assert!(fits(&["...", "d", "..."], &["d"]));
    assert!(!fits(&["a", "...", "d"], &["a", "b"]));
    assert!(!fits(&["a"], &["a", "b"]));
}
