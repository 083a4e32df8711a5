//! Completions and pages of the manual.
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod support;

use support::cli::Place;

#[test]
fn completions_know_commands_and_options() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = place.run(&["completions", shell]).ends(0);
        for word in ["cluster", "compare", "near-threshold", "work-dir"] {
            assert!(run.out.contains(word), "{shell}: {word}");
        }
    }
    assert!(place.run(&["completions", "tcsh"]).ends(2).err.contains("bash"));
}

/// As a shell would: the script is read, and says what may follow.
#[test]
fn bash_completes() {
    let place = Place::new();
    place.write("retold.bash", place.run(&["completions", "bash"]).ends(0).out);
    let script = "source ./retold.bash; COMP_WORDS=(retold clu); COMP_CWORD=1; \
        _retold retold clu retold; echo \"${COMPREPLY[@]}\"";
    let mut bash = std::process::Command::new("bash");
    match bash.args(["-c", script]).current_dir(place.path()).output() {
        Ok(output) => assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "cluster"),
        Err(error) => support::skipped(&format!("no bash here: {error}")),
    }
}

#[test]
fn the_manual_has_a_page_for_each_command() {
    let place = Place::new();
    let all = place.run(&["man"]).ends(0).out;
    assert!(all.starts_with(".ie") || all.contains(".TH"), "{all}");
    for command in ["cluster", "compare", "extract", "eval", "completions", "man"] {
        assert!(all.contains(command), "{command}");
        let page = place.run(&["man", command]).ends(0).out;
        assert!(page.contains(".TH") && page.contains(command), "{page}");
    }
    place.run(&["man", "clutser"]).ends(2).says(&["similar value", "'cluster'"]);
}

/// The examples that the help gives work on the articles of the repository.
#[cfg(unix)]
#[test]
fn the_examples_of_the_help_work() {
    let place = Place::new();
    let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    std::os::unix::fs::symlink(data, place.path().join("data")).unwrap();
    let program = env!("CARGO_BIN_EXE_retold");
    let mut lines = Vec::new();
    for command in ["cluster", "dedup", "compare", "extract", "eval"] {
        let help = place.run(&[command, "-h"]).ends(0).out;
        let examples = help.lines().skip_while(|line| *line != "Examples:").skip(1);
        lines.extend(
            examples.map(|line| line.trim().replace("| less -R", "").replace("retold", program)),
        );
    }
    assert!(lines.len() >= 16, "{lines:?}");
    let script = format!("set -eo pipefail\n{}", lines.join("\n"));
    let mut bash = std::process::Command::new("bash");
    match bash.args(["-c", &script]).current_dir(place.path()).output() {
        Ok(output) => assert!(output.status.success(), "{script}\n{output:?}"),
        Err(error) => support::skipped(&format!("no bash here: {error}")),
    }
}
