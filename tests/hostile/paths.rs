//! Inputs whose names would lead out of the folder that `dedup` writes to.
#![cfg(unix)]

use crate::support::cli::{Place, line};
use crate::support::news::text;
use std::os::unix::fs::symlink;
use std::path::Path;

/// All files and links below a folder, with what is in the files.
fn everything(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(Result::unwrap);
    let files = entries.filter(|entry| !entry.file_type().is_dir());
    files
        .map(|file| {
            let name = file.path().strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read(file.path()).unwrap_or_default())
        })
        .collect()
}

/// A folder `work` to run in, with inputs in it and beside it, and links between them.
fn place() -> Place {
    let place = Place::new();
    let article = |n: u64| line(&n.to_string(), &text(n, 9)).repeat(2);
    for (n, name) in (0..).zip([
        "outside/a.jsonl",
        "outside/deep/b.jsonl",
        "work/in/c.jsonl",
        "work/in/deep/d.jsonl",
        "work/other/in/c.jsonl",
    ]) {
        place.write(name, article(n));
    }
    let link = |to: &str, from: &str| symlink(to, place.path().join(from)).unwrap();
    link("../../outside/a.jsonl", "work/in/linked.jsonl");
    link("../../outside/deep", "work/in/linked");
    link("..", "work/in/deep/up");
    link("in", "work/alias");
    place
}

/// Whatever the inputs are called, new files lie below the output folder, and the rest stays.
#[test]
fn nothing_is_written_outside_of_the_folder() {
    let inputs: [&[&str]; 12] = [
        &["../outside"],
        &["../outside/a.jsonl"],
        &["../outside", "in"],
        &["../outside/a.jsonl", "../outside/deep/b.jsonl"],
        &["in/../../outside/deep/../a.jsonl"],
        &["in/../.."],
        &["ABSOLUTE/outside/deep", "in"],
        &["ABSOLUTE/outside/../outside/a.jsonl", "ABSOLUTE/work/in/c.jsonl"],
        &["in"],
        &["alias"],
        &["in/linked/../a.jsonl", "in/linked"],
        &["./in/./deep/up/deep/d.jsonl", "../work/other"],
    ];
    let lists = Place::new();
    for inputs in inputs {
        let place = place();
        let work = place.path().join("work");
        let absolute = place.path().to_str().unwrap();
        let inputs: Vec<String> = inputs.iter().map(|i| i.replace("ABSOLUTE", absolute)).collect();
        let before = everything(place.path());
        for (out, by_list) in [("out", false), ("deep/../kept", true)] {
            std::fs::create_dir_all(work.join("deep")).unwrap();
            let list = lists.write("list", inputs.join("\n"));
            let mut command = crate::support::cli::program(&work);
            command.args(["dedup", "--keep", "first", "-o", out]);
            if by_list {
                command.arg("--files-from").arg(list)
            } else {
                command.args(&inputs)
            };
            let run = crate::support::cli::Run::of(command.output().unwrap()).ends(0);
            let out = work.join(out).canonicalize().unwrap();
            let written = everything(&out);
            assert!(!written.is_empty() && run.err.contains(" kept + "), "{inputs:?}");
            // What is new is in it, and there is no link among it.
            let links = walkdir::WalkDir::new(&out).into_iter();
            assert!(links.map(Result::unwrap).all(|entry| !entry.path_is_symlink()), "{inputs:?}");
            std::fs::remove_dir_all(out).unwrap();
            assert_eq!(everything(place.path()), before, "{inputs:?}");
        }
    }
}

#[test]
fn two_inputs_that_would_go_to_one_place_are_refused() {
    let place = place();
    place.write("work/stdin", text(7, 9));
    let before = everything(place.path());
    let mut command = crate::support::cli::program(&place.path().join("work"));
    command.args(["dedup", "-", "stdin", "-o", "out"]);
    let run = crate::support::cli::Run::of(command.output().unwrap()).ends(1);
    run.says(&["another input goes to stdin as well"]);
    assert_eq!(everything(place.path()), before);
}

/// A link in the output folder could lead a file that is written elsewhere.
#[test]
fn an_output_folder_is_never_one_with_links_in_it() {
    let place = place();
    let out = place.path().join("work/out");
    std::fs::create_dir(&out).unwrap();
    symlink("../../outside/a.jsonl", out.join("c.jsonl")).unwrap();
    let before = everything(place.path());
    place.run(&["dedup", "work/in", "-o", "work/out"]).ends(1).says(&["not empty"]);
    assert_eq!(everything(place.path()), before);
}
