//! What the program writes, and in which ways it can be told what to read.
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod support;

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use support::cli::{Place, json_lines, line, text as string};
use support::news::{article, text};

/// Two exact copies and an edited one, two retellings of a story, and a stranger.
fn dump() -> String {
    let whole = article(1, 12);
    let one = "The river Oder burst its banks at Krosno on Tuesday and drowned the railway yard, \
               said Mayor Ewa Lindqvist. Some 340 families slept in the Copernicus school, and \
               the Red Cross asked Szczecin for pumps, tents and 12,000 sandbags.";
    let other = "Ewa Lindqvist, mayor of Krosno, sent 340 families to the Copernicus school after \
                 the Oder rose over the dykes. Szczecin was asked by the Red Cross for 12,000 \
                 sandbags as well as tents and pumps; the railway yard lay under water by Tuesday.";
    let lines = [
        json!({"id": "a", "text": whole.join(" "), "title": "First", "url": "http://x.example/a", "date": "2026-05-01"}),
        json!({"id": "b", "text": whole.join("\n").to_uppercase(), "title": "", "date": null}),
        json!({"id": "c", "text": whole[2..].join(" ")}),
        json!({"id": "d", "text": one, "date": "2026-05-02"}),
        json!({"id": "e", "text": other, "date": "2026-05-04"}),
        json!({"id": "f", "text": text(9, 12)}),
    ];
    lines.iter().fold(String::new(), |all, line| format!("{all}{line}\n"))
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn a_cluster_record_holds_all_that_is_promised() {
    let place = Place::new();
    place.write("dump.jsonl", dump());
    let records = place.cluster(&["dump.jsonl"]).ends(0).counts([6, 5, 2, 1], &[]).json();
    assert_eq!(records.len(), 2);
    for record in &records {
        assert_eq!(keys(record), ["articles", "cluster", "size"]);
        let articles = record["articles"].as_array().unwrap();
        assert_eq!(record["size"].as_u64(), Some(articles.len() as u64));
        assert_eq!(record["cluster"], articles[0]["id"]);
    }
    let first = &records[0]["articles"][0];
    assert_eq!(
        *first,
        json!({"id": "a", "source": "dump.jsonl#1", "title": "First", "url": "http://x.example/a",
               "date": "2026-05-01", "exact": "a", "near": "a", "relation": "representative",
               "to": null, "score": null})
    );
    // What is not known has no key.
    let second = &records[0]["articles"][1];
    assert_eq!(
        *second,
        json!({"id": "b", "source": "dump.jsonl#2", "exact": "a", "near": "a",
               "relation": "exact", "to": "a", "score": 1.0})
    );
    let third = &records[0]["articles"][2];
    assert_eq!((&third["relation"], &third["exact"]), (&json!("near"), &json!("c")));
    let retold = &records[1]["articles"][1];
    assert_eq!((&retold["relation"], &retold["near"]), (&json!("story"), &retold["id"]));
    assert!(retold["score"].as_f64().is_some_and(|score| (0.5..=1.0).contains(&score)));
}

#[test]
fn levels_are_nested_and_no_article_is_lost() {
    let place = Place::new();
    place.write("dump.jsonl", dump());
    let args = ["--singletons", "--assignments", "rows.jsonl", "dump.jsonl", "data"];
    copy_examples(&place);
    let run = place.cluster(&args).ends(0);
    let rows = json_lines(&place.read("rows.jsonl"));
    assert_eq!(rows.len() as u64, run.account().records);

    let mut story_of_near = BTreeMap::new();
    let mut near_of_exact = BTreeMap::new();
    let ids: BTreeSet<&str> = rows.iter().map(|row| string(&row["id"])).collect();
    assert_eq!(ids.len(), rows.len());
    for row in &rows {
        assert_eq!(
            keys(row),
            ["exact", "id", "near", "relation", "score", "source", "story", "to"]
        );
        let [id, exact, near, story] =
            ["id", "exact", "near", "story"].map(|key| string(&row[key]));
        assert_eq!(*near_of_exact.entry(exact).or_insert(near), near, "{row}");
        assert_eq!(*story_of_near.entry(near).or_insert(story), story, "{row}");
        let relation = string(&row["relation"]);
        let expected = match id {
            id if id == story => "representative",
            id if id == near => "story",
            id if id == exact => "near",
            _ => "exact",
        };
        assert_eq!(relation, expected, "{row}");
        if relation == "representative" {
            assert!(row["to"].is_null() && row["score"].is_null(), "{row}");
        } else {
            let (to, score) = (string(&row["to"]), row["score"].as_f64().unwrap());
            assert!(to != id && ids.contains(to) && (0.0..=1.0).contains(&score), "{row}");
        }
    }
    // The clusters say the same, each article once.
    let by_id: BTreeMap<&str, &Value> = rows.iter().map(|row| (string(&row["id"]), row)).collect();
    let mut seen = BTreeSet::new();
    let records = run.json();
    for record in &records {
        for member in record["articles"].as_array().unwrap() {
            let id = string(&member["id"]);
            assert!(seen.insert(id), "{id} is in two clusters");
            let row = by_id[id];
            assert_eq!(row["story"], record["cluster"]);
            for key in ["source", "exact", "near", "relation", "to", "score"] {
                assert_eq!(row[key], member[key], "{id} {key}");
            }
        }
    }
    assert_eq!(seen, ids);
    let sizes: Vec<u64> = records.iter().map(|record| record["size"].as_u64().unwrap()).collect();
    assert!(sizes.is_sorted_by(|a, b| a >= b) && sizes.ends_with(&[1]), "{sizes:?}");
    // Without singletons the same records, but for those of one.
    let without = place.cluster(&args[1..]).ends(0).json();
    let expected: Vec<Value> = records.into_iter().filter(|r| r["size"] != 1).collect();
    assert_eq!(without, expected);
}

/// The articles of the repository, as `data/...` in the folder of the test.
fn copy_examples(place: &Place) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/articles");
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("data/{}", entry.file_name().to_str().unwrap());
        place.write(&name, std::fs::read(entry.path()).unwrap());
    }
}

#[test]
fn a_shallower_level_repeats_its_columns() {
    let place = Place::new();
    place.write("dump.jsonl", dump());
    let rows = |level: &str| {
        let args = ["--match", level, "--assignments", "rows.jsonl", "dump.jsonl"];
        let run = place.cluster(&args).ends(0);
        (run.account().clusters, json_lines(&place.read("rows.jsonl")))
    };
    let (story_clusters, story) = rows("story");
    let (near_clusters, near) = rows("near");
    let (exact_clusters, exact) = rows("exact");
    assert_eq!([story_clusters, near_clusters, exact_clusters], [2, 1, 1]);
    for ((s, n), e) in story.iter().zip(&near).zip(&exact) {
        assert_eq!((&n["exact"], &n["near"], &n["story"]), (&s["exact"], &s["near"], &s["near"]));
        assert_eq!((&e["exact"], &e["near"], &e["story"]), (&s["exact"], &s["exact"], &s["exact"]));
        assert!(n["relation"] != "story" && e["relation"] != "story" && e["relation"] != "near");
    }
    // Each level has something to repeat.
    assert!(story != near && near != exact);
}

/// A second reading of the same rows, by the rules of RFC 4180.
fn csv_rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut table = csv::Reader::from_reader(text.as_bytes());
    table.deserialize().collect::<Result<_, _>>().unwrap()
}

#[test]
fn tables_hold_what_the_json_holds() {
    let place = Place::new();
    let odd = line("comma, \"quote\"\nand line", &text(9, 12));
    place.write("dump.jsonl", dump() + &odd);
    let rows = |file: &str| {
        place.cluster(&["--assignments", file, "-o", "x.jsonl", "dump.jsonl"]).ends(0);
        place.read(file)
    };
    let as_json = json_lines(&rows("rows.jsonl"));
    let table = rows("rows.csv");
    assert!(table.starts_with("id,source,exact,near,story,relation,to,score\n"), "{table}");
    let as_csv = csv_rows(&table);
    assert_eq!(as_csv.len(), as_json.len());
    for (csv, json) in as_csv.iter().zip(&as_json) {
        for (key, value) in json.as_object().unwrap() {
            let shown = match value {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                number => number.to_string(),
            };
            assert_eq!(csv[key], shown, "{key}");
        }
    }
    assert!(as_csv.iter().any(|row| row["id"] == "comma, \"quote\"\nand line"));

    // As clusters: without those that are alone, unless they are asked for.
    place.cluster(&["-o", "x.csv", "dump.jsonl"]).ends(0).counts([7, 7, 3, 0], &[]);
    assert_eq!(csv_rows(&place.read("x.csv")).len(), 7);
    place.write("lone.jsonl", line("l", &text(8, 9)));
    place.cluster(&["-o", "x.csv", "lone.jsonl"]).ends(0);
    assert_eq!(place.read("x.csv").lines().count(), 1);
    place.cluster(&["-o", "x.csv", "--singletons", "lone.jsonl"]).ends(0);
    assert_eq!(csv_rows(&place.read("x.csv"))[0]["relation"], "representative");
}

#[test]
fn output_goes_where_it_is_told() {
    let place = Place::new();
    place.write("dump.jsonl", dump());
    let piped = place.cluster(&["dump.jsonl"]).ends(0).out;
    assert_eq!(place.cluster(&["-o", "-", "dump.jsonl"]).ends(0).out, piped);
    assert_eq!(place.cluster(&["-o", "x.jsonl", "dump.jsonl"]).ends(0).out, "");
    assert_eq!(place.read("x.jsonl"), piped);
    // On standard output are the clusters or the rows, never both.
    for more in [&["-o", "x.jsonl"][..], &[]] {
        let run = place.cluster(&[more, &["--assignments", "-", "dump.jsonl"]].concat()).ends(0);
        let rows = run.json();
        assert_eq!(rows.len(), 6);
        assert!(rows.iter().all(|row| row["story"].is_string()));
    }
    for [one, other] in [["y.jsonl", "y.jsonl"], ["./y.jsonl", "y.jsonl"], ["-", "-"]] {
        let run = place.cluster(&["-o", one, "--assignments", other, "dump.jsonl"]).ends(1);
        assert_eq!(run.out, "");
        run.says(&["-o and --assignments both name", other]);
    }
    assert_eq!(place.names(), ["dump.jsonl", "x.jsonl"]);
}

/// What is being written is no input, even in a folder that is.
#[test]
fn output_beside_the_input_is_not_read() {
    let place = Place::new();
    place.write("one.txt", text(1, 9));
    place.write("two.txt", text(1, 9));
    for command in ["cluster", "extract"] {
        let run = place.run(&[command, "--strict", "-o", "out.jsonl", "."]).ends(0);
        assert!(run.err.starts_with("read 2 records = 2 "), "{}", run.err);
        assert_eq!(place.names(), ["one.txt", "out.jsonl", "two.txt"]);
        std::fs::remove_file(place.path().join("out.jsonl")).unwrap();
    }
}

/// `cluster` and `extract` agree on what is an article.
#[test]
fn the_accounts_of_cluster_and_extract_agree() {
    let place = Place::new();
    place.write("one.txt", "Ferry late again.");
    let run = place.run(&["extract", "one.txt"]).ends(0);
    assert_eq!(run.err, "read 1 record = 1 article + 0 skipped\n");
    let texts = ["", "... -- !?", "\u{2014}\u{2026}", "\u{6e21}\u{8239}", "\u{e9}", "7", "_"];
    let lines: Vec<String> =
        (0..).zip(texts).map(|(n, text)| line(&format!("{n}"), text)).collect();
    place.write("all.jsonl", lines.concat());
    let said = "retold: all.jsonl: skipped: no words in the text (3 records, the first is 1)";
    let run = place.run(&["extract", "all.jsonl"]).ends(0);
    let run = run.says(&[said, "read 7 records = 4 articles + 3 skipped (3 no words in the text)"]);
    let ids: Vec<_> = run.json().iter().map(|shown| string(&shown["id"]).to_owned()).collect();
    assert_eq!(ids, ["3", "4", "5", "6"]);
    let reasons = [("no words in the text", 3)];
    place.cluster(&["all.jsonl"]).ends(0).says(&[said]).counts([7, 0, 0, 4], &reasons);
}

/// A run that reads nothing, or fails, does not cost what an earlier one wrote.
#[test]
fn extract_replaces_no_file_by_nothing() {
    let place = Place::new();
    place.write("sound.txt", text(1, 9));
    place.write("odd.jsonl", "not JSON\n");
    place.write("old.jsonl", "old\n");
    let before = place.names();
    for input in ["nowhere", "odd.jsonl"] {
        place.run(&["extract", "-o", "old.jsonl", input]).ends(3).says(&[input]);
        assert_eq!((place.read("old.jsonl").as_str(), place.names()), ("old\n", before.clone()));
    }
    let strict = ["extract", "--strict", "-o", "old.jsonl", "sound.txt", "odd.jsonl"];
    place.run(&strict).ends(1).says(&["--strict"]);
    assert_eq!((place.read("old.jsonl").as_str(), place.names()), ("old\n", before.clone()));
    place.run(&["extract", "-o", "old.jsonl", "sound.txt", "odd.jsonl"]).ends(3);
    assert_eq!(support::cli::json_lines(&place.read("old.jsonl")).len(), 1);
    // Input that was read and holds nothing is a result.
    place.write("empty.jsonl", "");
    place.run(&["extract", "-o", "old.jsonl", "empty.jsonl"]).ends(0);
    assert_eq!(place.read("old.jsonl"), "");
}

/// The language is printed where the page claims one, behind the date.
#[test]
fn the_language_of_a_page_is_shown() {
    let place = Place::new();
    let page = support::html("Ferry late again").replace("<html>", "<html lang=\"pt-BR\">");
    place.write("page.html", page);
    place.write("none.html", support::html("Bridge closed"));
    let run = place.run(&["extract", "page.html", "none.html"]).ends(0);
    let shown = run.json();
    assert_eq!(shown[0].get("lang"), None, "{}", run.out);
    assert_eq!(shown[1]["lang"], "pt-BR");
    assert!(run.out.contains("\"lang\":\"pt-BR\",\"text\":"), "{}", run.out);
}

#[test]
fn dates_further_apart_than_the_window_are_not_compared() {
    let place = Place::new();
    place.write("dump.jsonl", dump());
    for (days, clusters) in [("2", 2), ("1", 1)] {
        let run = place.cluster(&["--window", days, "dump.jsonl"]).ends(0);
        assert_eq!(run.account().clusters, clusters, "{days}");
    }
    // Only stories have a window: copies stay copies.
    let lines = dump().replace("2026-05-01", "1999-01-01");
    place.write("dump.jsonl", lines.replace("\"date\":null", "\"date\":\"2026-05-01\""));
    let run = place.cluster(&["--window", "0", "dump.jsonl"]).ends(0);
    assert_eq!(run.clusters(), [["a", "b", "c"]]);
}

#[test]
fn progress_is_data_for_programs() {
    let place = Place::new();
    place.write("dump.jsonl", dump());
    let run = place.cluster(&["-q", "--progress", "json", "dump.jsonl"]).ends(0);
    let lines = json_lines(&run.err);
    let stages: Vec<&str> = lines.iter().map(|line| string(&line["stage"])).collect();
    assert_eq!(stages, ["read", "exact", "near", "story", "report"]);
    for line in &lines {
        assert_eq!(keys(line), ["articles", "bytes", "left", "seconds", "share", "stage"]);
        assert!(line["seconds"].as_f64().is_some_and(|seconds| seconds >= 0.0));
        assert!(line["share"].as_f64().is_none_or(|share| (0.0..=1.0).contains(&share)));
    }
    assert_eq!(lines[0]["bytes"].as_u64(), Some(dump().len() as u64));
    assert_eq!((lines[0]["share"].as_f64(), &lines[1]["articles"]), (Some(1.0), &json!(6)));

    // Where standard error is no terminal there is no bar, and nothing at all with -q.
    assert_eq!(place.cluster(&["dump.jsonl"]).ends(0).err.lines().count(), 1);
    assert_eq!(place.cluster(&["-q", "dump.jsonl"]).ends(0).err, "");
    let run = place.cluster(&["-q", "dump.jsonl", "nowhere"]).ends(3);
    assert_eq!(run.err.lines().count(), 1, "{}", run.err);
}

#[test]
fn labelled_pairs_are_judged_at_every_level() {
    let place = Place::new();
    let text = "Rain fell on the old harbour of Selwyn all night and two ferries stayed in port.";
    let line = |id: &str, text: &str| format!("{{\"id\":\"{id}\",\"text\":\"{text}\"}}\n");
    let other = "Parliament passed the budget of Norrvik by a single vote on a quiet afternoon.";
    place.write("a.jsonl", line("a", text) + &line("b", &text.to_uppercase()) + &line("c", other));
    place.write("pairs.tsv", "id_a\tid_b\tlabel\na\tb\t1\na\tc\t0\n");
    for level in ["exact", "near", "story"] {
        let run =
            place.run(&["eval", "--json", "--match", level, "--gold", "pairs.tsv", "a.jsonl"]);
        assert_eq!(run.code, 0, "{level}: {}", run.err);
        let figures: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        let figures = &figures["figures"][0];
        assert_eq!(figures["pairs"], 2, "{level}");
        assert_eq!(figures["joined"]["f1"], 1.0, "{level}");
        assert_eq!(figures["average_precision"], 1.0, "{level}");
    }
}
