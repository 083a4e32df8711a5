//! `compare --in`: articles of a dump by the ids that `cluster` reports.
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod support;

use retold::pipeline::{HELD, find_articles};
use retold::read::{ReadOptions, expand};
use serde_json::{Value, json};
use support::cli::{Place, Run, line, text as string};

fn article(n: usize) -> String {
    format!("Article {n} says that the ferry to Selwyn is late again.")
}

/// The source and the id of each article that is compared.
fn compared(place: &Place, args: &[&str]) -> [[String; 2]; 2] {
    let run = place.run(&[&["compare", "--json"], args].concat()).ends(0);
    let found: Value = serde_json::from_str(&run.out).unwrap();
    ["a", "b"].map(|side| ["id", "source"].map(|key| string(&found[side][key]).to_owned()))
}

/// Ids that repeat, ids that look as if they had been told apart, and articles without one, in two
/// files.
fn awkward(place: &Place) {
    let ids = ["x", "y", "x", "x#3", "x", "x#02", "x#2#2", "y", "y#2", "b.jsonl", "b.jsonl", "z#"];
    let lines = ids.iter().enumerate().map(|(n, id)| line(id, &article(n)));
    place.write("a.jsonl", lines.collect::<String>());
    let nameless = (20..23).map(|n| format!("{}\n", json!({ "text": article(n) })));
    let more = [line("x", &article(30)), line("x#2", &article(31)), line("x#2", &article(32))];
    place.write("b.jsonl", nameless.chain(more).collect::<String>() + "not JSON\n");
    place.write("sub/c.txt", article(40));
}

#[test]
fn every_id_of_a_run_finds_its_article() {
    let place = Place::new();
    awkward(&place);
    let rows = ["--match", "exact", "--assignments", "-", "a.jsonl", "b.jsonl", "sub"];
    let rows = place.cluster(&rows).ends(3).json();
    assert_eq!(rows.len(), 19);
    // In whatever order the inputs are named.
    for pair in rows.windows(2) {
        let [a, b] = [0, 1].map(|at| string(&pair[at]["id"]));
        let run = place
            .run(&["compare", "--json", "--in", "sub", "--in", "b.jsonl", "--in", "a.jsonl", a, b]);
        assert!(run.code == 0 || run.code == 3, "{}", run.err);
        let found: Value = serde_json::from_str(&run.out).unwrap();
        for (side, row) in ["a", "b"].iter().zip(pair) {
            assert_eq!((&found[side]["id"], &found[side]["source"]), (&row["id"], &row["source"]));
        }
    }
}

#[test]
fn a_place_names_an_article_too() {
    let place = Place::new();
    awkward(&place);
    let found = compared(&place, &["--in", "a.jsonl", "a.jsonl#5", "x"]);
    assert_eq!(found, [["x", "a.jsonl#5"], ["x", "a.jsonl#1"]].map(|pair| pair.map(String::from)));
}

#[test]
fn packed_dumps_standard_input_and_other_fields_are_read() {
    let place = Place::new();
    let dump: String = (1..=3)
        .map(|n| format!("{}\n", json!({ "uuid": n, "body": article(n), "headline": "Ferry" })))
        .collect();
    place.write("dump.ndjson.gz", support::gzip(dump.as_bytes()));
    let fields =
        ["--text-field", "body", "--id-field", "uuid", "--title-field", "headline", "--json"];
    let args = [&["compare", "--in", "dump.ndjson.gz", "3", "1"], &fields[..]].concat();
    let run = place.run(&args).ends(0);
    let found: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(found["a"], json!({"id": "3", "source": "dump.ndjson.gz#3", "title": "Ferry"}));
    let args = [&["compare", "--in", "-", "3", "1"], &fields[..]].concat();
    let run = place.run_with_input(&args, dump.as_bytes()).ends(0);
    assert_eq!(serde_json::from_str::<Value>(&run.out).unwrap()["b"]["source"], "-#1");
}

#[test]
fn an_id_that_is_not_there_is_answered_with_what_is() {
    let place = Place::new();
    let lines = (0..40).map(|n| line(&format!("https://news.example/2026/{n:04}"), &article(n)));
    place.write("dump.jsonl", lines.collect::<String>());
    let run = |a: &str, b: &str| place.run(&["compare", "--in", "dump.jsonl", a, b]).ends(1);
    let typo = "https://news.exmaple/2026/0007";
    run("https://news.example/2026/0001", typo).says(&[
        "retold: no article \"https://news.exmaple/2026/0007\"; the nearest: \"https://news.example/2026/0007\"",
        "40 articles in dump.jsonl; an id there is \"https://news.example/2026/0000\"",
        "retold extract",
    ]);
    run("HTTPS://NEWS.EXAMPLE/2026/0003", "0012").says(&["/2026/0003\"", "/2026/0012\""]);
    run("völlig anders", "x#2").says(&["no article \"völlig anders\"\n", "no article \"x#2\"\n"]);
    place.write("empty.jsonl", "");
    let run = place.run(&["compare", "--in", "empty.jsonl", "a", "b"]).ends(1);
    run.says(&["no article in empty.jsonl"]);
    let run = place.run(&["compare", "--in", "nowhere", "a", "b"]).ends(1);
    run.says(&["nowhere", "No such file"]);
    // Nor is it passed over where both are found elsewhere.
    let [a, b] = ["0001", "0002"].map(|n| format!("https://news.example/2026/{n}"));
    let args = ["compare", "--in", "dump.jsonl", "--in", "nowhere", &a, &b];
    place.run(&args).ends(3).says(&["retold: nowhere: "]);
}

#[test]
fn two_names_of_one_article_are_no_pair() {
    let place = Place::new();
    awkward(&place);
    for b in ["x", "a.jsonl#1"] {
        let run = place.run(&["compare", "--in", "a.jsonl", "x", b]).ends(1);
        run.says(&["A and B are one article, at a.jsonl#1"]);
    }
}

/// Without `--in` what is no file of one article is answered with how to name it.
#[test]
fn files_and_ids_are_told_apart() {
    let place = Place::new();
    awkward(&place);
    let run = |a: &str, b: &str| -> Run { place.run(&["compare", a, b]).ends(1) };
    run("x", "sub/c.txt").says(&["x: ", "--in DUMP"]);
    run("sub/c.txt", "a.jsonl").says(&["holds more than one article", "--in a.jsonl"]);
}

/// Only those that can be meant are held, and not all that share an id.
#[test]
fn a_number_far_behind_is_found() {
    let place = Place::new();
    let dump: String = (0..2_000).map(|n| line("same", &article(n))).collect();
    let path = place.write("dump.jsonl", dump + &line("same#1500", &article(1)));
    let (files, _) = expand(&[path]).unwrap();
    const { assert!(HELD < 1_500) };
    let found = |id: &str| {
        let mut found = find_articles(&files, &ReadOptions::default(), &[id]);
        found.articles.remove(0).map(|article| article.source.record)
    };
    let ids = ["same", "same#2", "same#1499", "same#1500", "same#1501", "same#2001", "same#2002"];
    let records = [Some(1), Some(2), Some(1499), Some(2001), Some(1500), Some(2000), None];
    assert_eq!(ids.map(found), records);
}
