//! The ways to name input, and the forms it may have.
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod support;

use retold::read::ReadOptions;
use serde_json::json;
use support::cli::{Place, line, text as string};
use support::gzip;
use support::news::text;

/// Twenty articles, every fourth a copy of the one before.
fn lines() -> Vec<String> {
    (0..20)
        .map(|n| line(&format!("n{n:02}"), &text(if n % 4 == 3 { n - 1 } else { n }, 9)))
        .collect()
}

/// The clusters of a run without the places they were read at.
fn without_source(out: &str) -> Vec<serde_json::Value> {
    let mut records = support::cli::json_lines(out);
    for record in &mut records {
        for article in record["articles"].as_array_mut().unwrap() {
            article.as_object_mut().unwrap().remove("source").unwrap();
        }
    }
    records
}

#[test]
fn compressed_input_gives_the_same_clusters() {
    let place = Place::new();
    let plain = lines().concat();
    let members: Vec<u8> = plain.as_bytes().chunks(777).flat_map(gzip).collect();
    let frames: Vec<u8> =
        plain.as_bytes().chunks(777).flat_map(|part| zstd::encode_all(part, 1).unwrap()).collect();
    let expected = without_source(&place_with(&place, "plain.jsonl", plain.as_bytes()));
    assert_eq!(expected.len(), 5);
    for (name, bytes) in [
        ("one.jsonl.gz", gzip(plain.as_bytes())),
        ("many.jsonl.gz", members.clone()),
        ("one.jsonl.zst", zstd::encode_all(plain.as_bytes(), 3).unwrap()),
        ("many.jsonl.zst", frames),
        // What it is shows in its first bytes, whatever its name.
        ("dump", members),
        ("dump.gz", plain.as_bytes().to_vec()),
        ("windows.jsonl", plain.replace('\n', "\r\n").into_bytes()),
        ("marked.jsonl", [b"\xEF\xBB\xBF", plain.as_bytes()].concat()),
        ("open.jsonl", plain.trim_end().as_bytes().to_vec()),
        ("spaced.jsonl", plain.replace('\n', "\n\n  \n").into_bytes()),
    ] {
        assert_eq!(without_source(&place_with(&place, name, &bytes)), expected, "{name}");
    }
    // Text as well.
    place.write("a.txt.gz", gzip(text(1, 9).as_bytes()));
    place.write("b.txt.zst", zstd::encode_all(text(1, 9).as_bytes(), 3).unwrap());
    let run = place.cluster(&["a.txt.gz", "b.txt.zst"]).ends(0);
    assert_eq!(run.clusters(), [["a.txt.gz", "b.txt.zst"]]);
}

fn place_with(place: &Place, name: &str, bytes: &[u8]) -> String {
    place.write(name, bytes);
    place.cluster(&["--strict", name]).ends(0).out
}

#[test]
fn a_list_names_the_files() {
    let place = Place::new();
    let lines = lines();
    place.write("a b.jsonl", lines[..7].concat());
    place.write("more/c.jsonl", lines[7..].concat());
    let expected = place.cluster(&["a b.jsonl", "more"]).ends(0).out;
    assert_eq!(expected.lines().count(), 5);
    place.write("list", "more\r\n\na b.jsonl");
    assert_eq!(place.cluster(&["--files-from", "list"]).ends(0).out, expected);
    let run = place.run_with_input(&["cluster", "--files-from", "-"], b"a b.jsonl\nmore/c.jsonl\n");
    assert_eq!(run.ends(0).out, expected);
    // Names in the list and on the command line add up, and a file named twice is read once.
    place.write("list", "more\n");
    let both = ["--files-from", "list", "a b.jsonl", "more/c.jsonl"];
    assert_eq!(place.cluster(&both).ends(0).out, expected);
    place.write("list", "more\nmissing.txt\n");
    place.cluster(&["--files-from", "list"]).ends(3).says(&["retold: missing.txt: No such file"]);
    let run = place.run_with_input(&["cluster", "--files-from", "-", "-"], b"a b.jsonl\n");
    run.ends(1).says(&["standard input cannot be both"]);
}

#[test]
fn standard_input_is_a_dump_or_a_text() {
    let place = Place::new();
    let dump = lines().concat();
    place.write("dump.jsonl", &dump);
    let expected = without_source(&place.cluster(&["dump.jsonl"]).ends(0).out);
    for bytes in [dump.clone().into_bytes(), gzip(dump.as_bytes())] {
        let run = place.run_with_input(&["cluster", "-"], &bytes).ends(0);
        assert_eq!(run.json()[0]["articles"][0]["source"], "-#3");
        assert_eq!(without_source(&run.out), expected);
    }
    // A line longer than any buffer shows as JSON by its beginning.
    let long = line("long", &text(1, 5000));
    assert!(long.len() > 1 << 17);
    place.write("long", &long);
    let file = std::fs::File::open(place.path().join("long")).unwrap();
    let command = support::cli::program(place.path())
        .args(["cluster", "--singletons", "-"])
        .stdin(file)
        .output();
    assert_eq!(support::cli::Run::of(command.unwrap()).ends(0).clusters(), [["long"]]);
    // A text is an article beside others.
    let third = text(2, 9).to_uppercase();
    let run = place.run_with_input(&["cluster", "-", "dump.jsonl"], third.as_bytes()).ends(0);
    assert!(run.clusters().contains(&vec!["-".into(), "n02".into(), "n03".into()]), "{}", run.out);
    // Named twice it is read once.
    let run = place.run_with_input(&["cluster", "-", "-"], b"One text.").ends(0);
    run.counts([1, 0, 0, 1], &[]);
    let run = place.run_with_input(&["cluster", "--format", "text", "-"], dump.as_bytes()).ends(0);
    run.counts([1, 0, 0, 1], &[]);
}

#[test]
fn fields_go_by_the_names_they_are_given() {
    let place = Place::new();
    let one = json!({"body": text(1, 9), "key": 17, "head": "H", "link": "http://l.example", "day": "2026-01-01",
                     "text": "Other words.", "id": "no", "title": "no", "url": "no", "date": "no"});
    let two = json!({"body": text(1, 9), "key": "18"});
    place.write("dump.jsonl", format!("{one}\n{two}\n"));
    let fields = ["--text-field", "body", "--id-field", "key", "--title-field", "head"];
    let more = ["--url-field", "link", "--date-field", "day", "dump.jsonl"];
    let records = place.cluster(&[&fields[..], &more].concat()).ends(0).json();
    let first = &records[0]["articles"][0];
    assert_eq!(
        ["id", "title", "url", "date"].map(|key| string(&first[key])),
        ["17", "H", "http://l.example", "2026-01-01"]
    );
    assert_eq!((&records[0]["size"], &records[0]["articles"][1]["id"]), (&json!(2), &json!("18")));
    // By the default names the first has another text, and the second none.
    let run = place.cluster(&["dump.jsonl"]).ends(0);
    run.counts([2, 0, 0, 1], &[("no text field", 1)]);
}

/// Without an id an article goes by its path, and in a file of many by its place in it.
#[test]
fn an_article_without_id_goes_by_its_place() {
    let place = Place::new();
    let text = text(1, 9);
    place.write(
        "sub/dump.jsonl",
        format!("\n{}\n{}\n", json!({"text": text}), json!({"text": text, "id": ""})),
    );
    place.write("sub/.hidden/one.txt", &text);
    place.write("sub/.gitignore", &text);
    let run = place.cluster(&["sub"]).ends(0);
    let expected =
        ["sub/.gitignore", "sub/.hidden/one.txt", "sub/dump.jsonl#2", "sub/dump.jsonl#3"];
    assert_eq!(run.clusters(), [expected]);
    for member in run.json()[0]["articles"].as_array().unwrap() {
        assert_eq!(member["id"], member["source"]);
    }
}

#[test]
fn a_format_can_be_forced() {
    let place = Place::new();
    place.write("dump.txt", lines().concat());
    place.cluster(&["dump.txt"]).ends(0).counts([1, 0, 0, 1], &[]);
    place.cluster(&["--format", "jsonl", "dump.txt"]).ends(0).counts([20, 10, 5, 10], &[]);
}

#[test]
fn a_text_is_cut_between_characters() {
    for (word, max, expected) in [
        ("\u{e9}\u{e9}\u{e9}", 5, "\u{e9}\u{e9}"),
        ("\u{e9}\u{e9}\u{e9}", 4, "\u{e9}\u{e9}"),
        ("a\u{20ac}\u{1F600}", 4, "a\u{20ac}"),
        ("a\u{20ac}\u{1F600}", 7, "a\u{20ac}"),
        ("abcdef", 3, "abc"),
    ] {
        let options = ReadOptions { max_article: max, ..ReadOptions::default() };
        let (articles, tally) = support::read_bytes("x.txt", word.as_bytes(), &options);
        assert_eq!(articles[0].text, expected, "{max}");
        assert_eq!((tally.cut, tally.replaced), (1, 0), "{word} {max}");
    }
}
