//! What does not fit in memory goes to files, and comes out the same.
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod support;

use retold::hash::mix;
use support::cli::Place;
use support::stories::Story;

/// More than is held with next to no memory: articles in no order of their ids, some with an id that
/// is taken, on sites that print the same below all of theirs; every third an edited copy.
fn dump(articles: std::ops::Range<u64>) -> String {
    let article = |n: u64| {
        let (id, site) = (format!("{:x}", mix(n / 10 * 9 + n % 10) % 100_000), n % 7);
        let (told, copied) = (n / 3 * 3, n % 3 == 1);
        let edit = if copied { "As was reported before." } else { "" };
        let text = format!(
            "{} {edit}\nSign up for the evening letter of site {site}, and read it in bed.",
            Story::new(told + n % 3 / 2).told(told)
        );
        let url = format!("https://site{site}.example/{n}");
        serde_json::json!({ "id": id, "url": url, "text": text }).to_string() + "\n"
    };
    articles.map(article).collect()
}

#[test]
fn a_bound_on_memory_changes_nothing() {
    let place = Place::new();
    place.write("b.jsonl", dump(0..1_500));
    place.write("a.jsonl", dump(1_500..3_000));
    for level in ["exact", "near", "story"] {
        let run = |memory: &str, files: [&str; 2], name: &str| {
            let options = ["--match", level, "--memory", memory, "--assignments", name];
            let run = place.cluster(&[&options[..], &files].concat()).ends(0);
            (run.out, run.err, place.read(name))
        };
        let in_memory = run("1GiB", ["a.jsonl", "b.jsonl"], "memory.csv");
        assert!(in_memory.1.contains("repeated ids"), "{}", in_memory.1);
        assert_eq!(in_memory.1.contains("compared without what its site"), level != "exact");
        assert!(run("1B", ["b.jsonl", "a.jsonl"], "files.csv") == in_memory, "{level}");
    }
}

#[test]
fn a_work_folder_that_is_not_there_matters_when_it_is_needed() {
    let place = Place::new();
    place.write("all.jsonl", dump(0..3_000));
    let run = |memory| {
        place.cluster(&[
            "all.jsonl",
            "--match",
            "near",
            "--memory",
            memory,
            "--work-dir",
            "no/such",
        ])
    };
    run("1GiB").ends(0);
    run("1B").ends(1).says(&["no/such", "make room there, or name another with --work-dir"]);
}
