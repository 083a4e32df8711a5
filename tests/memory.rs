//! What does not fit in memory goes to files, and comes out the same.
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod support;

use support::cli::Place;
use support::dump::dump;

#[test]
fn a_bound_on_memory_changes_nothing() {
    let place = Place::new();
    place.write("b.jsonl", dump(0..1_500));
    place.write("a.jsonl", dump(1_500..3_000));
    for level in ["exact", "near", "story"] {
        let run = |memory: &str, threads: &str, files: [&str; 2], name: &str| {
            let bounds = ["--memory", memory, "--threads", threads];
            let options = [&bounds[..], &["--match", level, "--assignments", name]].concat();
            let run = place.cluster(&[&options[..], &files].concat()).ends(0);
            (run.out, run.err, place.read(name))
        };
        let in_memory = run("1GiB", "2", ["a.jsonl", "b.jsonl"], "memory.csv");
        assert!(in_memory.1.contains("repeated ids"), "{}", in_memory.1);
        assert_eq!(in_memory.1.contains("compared without what its site"), level != "exact");
        for threads in ["1", "2", "7"] {
            let files = run("1B", threads, ["b.jsonl", "a.jsonl"], "files.csv");
            assert!(files == in_memory, "{level}, {threads} threads");
        }
    }
}

#[test]
fn a_work_folder_that_is_not_there_is_told() {
    let place = Place::new();
    place.write("all.jsonl", dump(0..10));
    let run = place.cluster(&["all.jsonl", "--work-dir", "no/such"]);
    run.ends(1).says(&["no/such", "name another with --work-dir"]);
}
