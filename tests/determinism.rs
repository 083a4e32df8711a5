//! The same bytes, whatever the number of threads, the order of the files, the memory and the machine.
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod support;

use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::path::Path;
use support::cli::{Place, Run, ids_of, json_lines, line, program};
use support::gzip;
use support::news::{Numbers, article};

/// Files of the corpus. With fewer readers than files, and several readers, which file ends up in
/// which batch is a race.
const FILES: usize = 9;

/// Articles without relatives; about one in five more is a copy of one of them.
const ARTICLES: u64 = 2_500;

/// The lines of a corpus, each with the number of the article it is made from.
fn corpus() -> Vec<(u64, String)> {
    let mut numbers = Numbers(7);
    let mut lines = Vec::new();
    for seed in 0..ARTICLES {
        let whole = article(seed, 12 + numbers.below(20));
        let mut push = |kind: &str, text: String| {
            // Ids repeat, across files too.
            let id = if seed % 50 == 0 { "again".to_owned() } else { format!("{seed}-{kind}") };
            lines.push((seed, line(&id, &text)));
        };
        push("whole", whole.join(" "));
        if seed % 5 == 0 {
            push("capitals", whole.join("\n\n").to_uppercase());
        }
        if seed % 7 == 0 {
            push("trimmed", whole[..whole.len() - 2].join(" "));
        }
    }
    lines
}

/// Writes the corpus into nine files, plain and compressed, of unequal length.
fn write_corpus(place: &Place) -> Vec<String> {
    let mut files = vec![String::new(); FILES];
    let mut numbers = Numbers(11);
    for (_, line) in corpus() {
        let at = numbers.below(FILES).min(numbers.below(FILES));
        files[at].push_str(&line);
    }
    let mut names = Vec::new();
    for (at, file) in files.into_iter().enumerate() {
        let name = format!("corpus/part-{at}.jsonl{}", if at % 3 == 0 { ".gz" } else { "" });
        let bytes = if at % 3 == 0 { gzip(file.as_bytes()) } else { file.into_bytes() };
        place.write(&name, bytes);
        names.push(name);
    }
    names
}

/// Runs it to files, and returns what is in them.
fn both_files(place: &Place, args: &[&str]) -> (String, String, Run) {
    let outputs = ["-o", "clusters.jsonl", "--assignments", "rows.jsonl"];
    let run = place.cluster(&[&outputs, args].concat()).ends(0);
    assert_eq!(run.out, "");
    (place.read("clusters.jsonl"), place.read("rows.jsonl"), run)
}

#[test]
fn threads_and_the_order_of_files_do_not_show() {
    let place = Place::new();
    let names = write_corpus(&place);
    let (clusters, rows, run) = both_files(&place, &["--threads", "1", "corpus"]);

    // There is something to compare: the planted copies are found, and nothing else is joined.
    let account = run.account();
    let lines = corpus();
    assert_eq!(account.records, lines.len() as u64);
    assert_eq!(account.clusters, (0..ARTICLES).filter(|s| s % 5 == 0 || s % 7 == 0).count() as u64);
    assert_eq!(account.skipped, 0);
    assert!(run.err.contains("repeated ids"), "{}", run.err);

    let list: String = names.iter().rev().fold(String::new(), |mut list, name| {
        writeln!(list, "{name}").unwrap();
        list
    });
    place.write("list", list);
    let singly: Vec<&str> = names.iter().map(String::as_str).collect();
    let backward: Vec<&str> = singly.iter().rev().copied().collect();
    let mixed: Vec<&str> = [4, 0, 8, 2, 6, 1, 3, 7, 5].map(|at| singly[at]).to_vec();
    for args in [
        vec!["--threads", "2", "corpus"],
        vec!["--threads", "7", "corpus"],
        [vec!["--threads", "7"], backward].concat(),
        [vec!["--threads", "2"], mixed].concat(),
        singly,
        vec!["--files-from", "list"],
    ] {
        let (again, rows_again, run_again) = both_files(&place, &args);
        assert!(again == clusters, "clusters differ: {args:?}");
        assert!(rows_again == rows, "rows differ: {args:?}");
        assert_eq!(run_again.err, run.err, "{args:?}");
    }
}

/// The copies that are planted are found for what they are.
#[test]
fn planted_copies_are_found_and_told_apart() {
    let place = Place::new();
    let lines: String =
        corpus().into_iter().filter(|(seed, _)| seed % 50 != 0).map(|(_, line)| line).collect();
    place.write("all.jsonl", lines);
    let run = place.cluster(&["--match", "near", "all.jsonl"]).ends(0);
    let mut found = ids_of(&run.json());
    found.sort();
    let mut expected = Vec::new();
    for seed in (0..ARTICLES).filter(|seed| seed % 50 != 0) {
        let mut ids = vec![format!("{seed}-whole")];
        ids.extend((seed % 5 == 0).then(|| format!("{seed}-capitals")));
        ids.extend((seed % 7 == 0).then(|| format!("{seed}-trimmed")));
        ids.sort();
        if ids.len() > 1 {
            expected.push(ids);
        }
    }
    expected.sort();
    assert_eq!(found, expected);
    for record in run.json() {
        for member in record["articles"].as_array().unwrap().iter().skip(1) {
            let (id, to) = (member["id"].as_str().unwrap(), member["to"].as_str().unwrap());
            let edited = id.ends_with("-trimmed") != to.ends_with("-trimmed");
            assert_eq!(member["relation"], if edited { "near" } else { "exact" }, "{record}");
        }
    }
}

#[test]
fn two_halves_of_a_dump_may_come_in_either_order() {
    let place = Place::new();
    let mut numbers = Numbers(3);
    let mut halves = [String::new(), String::new()];
    for seed in 0..300 {
        let whole = article(seed, 9);
        let (first, second) = (numbers.below(2), numbers.below(2));
        // The two copies of a text have one id, and so have articles that are strangers.
        let id = if seed % 3 == 0 { "same".to_owned() } else { format!("n{seed}") };
        halves[first].push_str(&line(&id, &whole.join(" ")));
        halves[second].push_str(&line(&id, &whole[1..].join(" ")));
    }
    place.write("b.jsonl", &halves[0]);
    place.write("a.jsonl", &halves[1]);
    let forward = both_files(&place, &["--threads", "2", "a.jsonl", "b.jsonl"]);
    let backward = both_files(&place, &["--threads", "2", "b.jsonl", "a.jsonl"]);
    assert!((&forward.0, &forward.1) == (&backward.0, &backward.1));
    assert_eq!(forward.2.err, backward.2.err);
    // 600 articles: one may keep the name "same", and one of each two others its own.
    assert!(forward.2.err.contains("note: 399 repeated ids"), "{}", forward.2.err);
    let rows = json_lines(&forward.1);
    let ids: std::collections::BTreeSet<_> =
        rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 600);
    assert!(ids.contains("same#200") && ids.contains("n1#2") && !ids.contains("same#201"));
}

/// SHA-256 of what the articles in `data` come to at the three levels: clusters, rows, and what is
/// said. It is that of any build on any machine; only a change of the articles or of a decision
/// changes it.
const OF_DATA: &str = "ea90d18d8b3cb935e28c4660d9d14c4e06571bbed42874c928d249fb20a7b54a";

#[test]
fn the_articles_in_data_come_to_the_same_everywhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let place = Place::new();
    let come_to = |args: &[&str], level: &str, endings: [&str; 2]| -> Vec<u8> {
        let [clusters, rows] = endings.map(|ending| place.path().join(format!("rows{ending}")));
        let mut run = program(root);
        run.args(["cluster", "--match", level]).args(args);
        run.arg("-o").arg(&clusters).arg("--assignments").arg(&rows);
        let run = Run::of(run.output().unwrap()).ends(0);
        let [clusters, rows] = [clusters, rows].map(|file| std::fs::read(file).unwrap());
        [clusters, rows, run.err.into_bytes()].concat()
    };
    let mut names: Vec<String> = std::fs::read_dir(root.join("data/articles"))
        .unwrap()
        .map(|entry| format!("data/articles/{}", entry.unwrap().file_name().to_str().unwrap()))
        .collect();
    let mut numbers = Numbers(5);
    names.sort_by_cached_key(|_| numbers.below(1 << 30));
    let shuffled: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut in_parquet = None;
    for args in [
        &["data/articles"][..],
        &["data/articles", "--threads", "1"],
        &["data/articles", "--threads", "2"],
        &["data/articles", "--threads", "7"],
        &["data/articles", "--memory", "1MiB"],
        &["data/articles", "--memory", "256MiB"],
        &shuffled[..],
    ] {
        let mut sum = Sha256::new();
        for level in ["exact", "near", "story"] {
            sum.update(come_to(args, level, [".jsonl", ".csv"]));
        }
        let sum =
            sum.finalize().iter().fold(String::new(), |sum, byte| sum + &format!("{byte:02x}"));
        assert_eq!(sum, OF_DATA, "{args:?}");
        // What its authors write around the rows may change with the next release.
        if cfg!(feature = "parquet") {
            let found = come_to(args, "story", ["-1.parquet", "-2.parquet"]);
            assert!(*in_parquet.get_or_insert_with(|| found.clone()) == found, "{args:?}");
        }
    }
}
