//! Input that is missing, damaged or not what it claims to be: what is said, what is counted, and
//! how the run ends. Exit code 3 is for what could not be read; records that were read and hold no
//! text end it with 0, or with 1 where `--strict` asks for all.
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod support;

use support::cli::{Place, line};
use support::news::text;

/// Two lines that are one article, and a stranger.
fn sound() -> String {
    [line("a", &text(1, 9)), line("b", &text(1, 9)), line("c", &text(2, 9))].concat()
}

/// Writes `sound.jsonl` and another file, clusters both, and again with `--strict`, which is to end
/// with 1, saying why, and to print nothing.
fn beside_sound(name: &str, contents: impl AsRef<[u8]>) -> support::cli::Run {
    let place = Place::new();
    place.write("sound.jsonl", sound());
    place.write(name, contents);
    let strict = place.cluster(&["--strict", "sound.jsonl", name]).ends(1);
    let strict = strict.says(&["retold: --strict: some input was skipped", name]);
    assert_eq!(strict.out, "");
    let run = place.cluster(&["sound.jsonl", name]);
    assert_eq!(run.clusters()[0], ["a", "b"]);
    run
}

#[test]
fn no_such_path() {
    let place = Place::new();
    place.write("sound.jsonl", sound());
    let run = place.cluster(&["sound.jsonl", "nowhere.txt", "no/where"]).ends(3);
    let run = run.says(&["retold: nowhere.txt: No such file", "retold: no/where: No such file"]);
    assert_eq!(run.clusters(), [["a", "b"]]);
    run.counts([3, 2, 1, 1], &[]);
    place.cluster(&["--strict", "sound.jsonl", "nowhere.txt"]).ends(1).says(&["nowhere.txt"]);
    let alone = place.cluster(&["nowhere.txt"]).ends(3).counts([0; 4], &[]);
    assert_eq!(alone.out, "");
    place.cluster(&["--files-from", "no.list"]).ends(1).says(&["no.list", "No such file"]);
}

#[cfg(unix)]
#[test]
#[allow(clippy::print_stdout, reason = "it says what it leaves out")]
fn a_file_without_permission() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    place.write("sound.jsonl", sound());
    let closed = place.write("closed.txt", "A secret.");
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(&closed).is_ok() {
        support::skipped("this user may read everything");
        return;
    }
    let run = place.cluster(&["sound.jsonl", "closed.txt"]).ends(3);
    run.says(&["retold: closed.txt: Permission denied"]).counts([3, 2, 1, 1], &[]);
}

/// Opens well and cannot be read, whoever asks.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_be_read() {
    let place = Place::new();
    place.write("sound.jsonl", sound());
    let run = place.cluster(&["/proc/self/mem", "sound.jsonl"]).ends(3);
    assert_eq!(run.clusters(), [["a", "b"]]);
    run.says(&["retold: /proc/self/mem: "]).counts([3, 2, 1, 1], &[]);
}

#[test]
fn an_empty_file_is_an_article_without_words() {
    let run = beside_sound("empty.txt", "").ends(0);
    run.says(&["retold: empty.txt: skipped: no words in the text"])
        .counts([4, 2, 1, 1], &[("no words in the text", 1)]);
    let place = Place::new();
    place.write("empty.jsonl", "");
    let run = place.cluster(&["--strict", "empty.jsonl"]).ends(0).counts([0; 4], &[]);
    assert_eq!(run.out, "");
}

#[test]
fn a_file_that_is_not_text() {
    let image = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10";
    let run = beside_sound("photo.txt", image).ends(3);
    run.says(&["retold: photo.txt: skipped: not text", "NUL", "--format"])
        .counts([4, 2, 1, 1], &[("not text", 1)]);
}

#[test]
fn bytes_that_are_not_utf8_are_replaced_and_counted() {
    let place = Place::new();
    let (one, other) = (text(1, 9), text(2, 9));
    place.write("latin.txt", [one.as_bytes(), b" Caf\xE9."].concat());
    place.write(
        "latin.jsonl",
        [b"{\"id\":\"j\",\"text\":\"Caf\xE9 ", other.as_bytes(), b"\"}\n"].concat(),
    );
    place.write("plain.txt", &one);
    let run = place.cluster(&["--strict", "."]).ends(0);
    assert_eq!(run.clusters(), [["./latin.txt", "./plain.txt"]]);
    run.says(&["note: 2 articles with bytes that are not UTF-8, replaced"])
        .counts([3, 2, 1, 1], &[]);
    let shown = place.run(&["extract", "latin.jsonl"]).ends(0).json();
    assert!(support::cli::text(&shown[0]["text"]).starts_with("Caf\u{FFFD} "), "{shown:?}");
}

#[test]
fn a_line_that_is_not_json() {
    let broken = format!(
        "{}not JSON at all\n\n{{\"text\": \"cut\n{}",
        line("d", &text(3, 9)),
        line("e", &text(4, 9))
    );
    let run = beside_sound("broken.jsonl", broken).ends(3);
    run.says(&[
        "retold: broken.jsonl: skipped: not a JSON object (2 records, the first is 2)",
        "one JSON object a line is expected",
    ])
    .counts([7, 2, 1, 3], &[("not a JSON object", 2)]);
}

#[test]
fn json_without_a_text() {
    let odd = "{\"id\": \"x\", \"body\": \"Words.\", \"lang\": \"en\"}\n\
               {\"text\": null}\n{\"text\": 7}\n{\"text\": [\"a\"]}\n";
    let good = line("d", &text(3, 9));
    let run = beside_sound("odd.jsonl", format!("{odd}{good}")).ends(0);
    run.says(&[
        "retold: odd.jsonl: skipped: no text field (record 1): no field \"text\"; fields there are: id, body, lang (--text-field names it)",
        "retold: odd.jsonl: skipped: text field is not a string (3 records, the first is 2): field \"text\" holds null",
    ])
    .counts([8, 2, 1, 2], &[("no text field", 1), ("text field is not a string", 3)]);
    // Of each kind the first is shown.
    let number = format!("{{\"text\": 7}}\n{good}");
    beside_sound("number.jsonl", number).ends(0).says(&["holds a number"]);
}

/// Where no record has the field, it is the name that is wrong, and nothing was read.
#[test]
fn a_wrong_field_name_is_no_success() {
    let place = Place::new();
    place.write("all.jsonl", sound());
    let run = place.cluster(&["--text-field", "body", "all.jsonl"]).ends(3);
    run.says(&["no field \"body\"", "fields there are: id, text", "--text-field"])
        .counts([3, 0, 0, 0], &[("no text field", 3)]);
}

/// The same of one file among sound ones.
#[test]
fn another_field_name_in_one_file_is_no_success() {
    let body = sound().replace("\"text\"", "\"body\"");
    let said = "retold: body.jsonl: skipped: no text field (3 records, the first is 1)";
    let run = beside_sound("body.jsonl", &body).ends(3);
    run.says(&[said, "fields there are: id, body (--text-field"])
        .counts([6, 2, 1, 1], &[("no text field", 3)]);
    beside_sound("number.jsonl", "{\"text\": 7}\n").ends(3).says(&["holds a number"]);
    // Empty texts are no fault of the name.
    beside_sound("empty.jsonl", "{\"text\": \"\"}\n").ends(0);
    let place = Place::new();
    place.write("sound.jsonl", sound());
    place.write("body.jsonl", body);
    place.run(&["extract", "sound.jsonl", "body.jsonl"]).ends(3);
}

#[test]
fn an_empty_text() {
    let lines = [line("d", ""), line("e", " \n\t "), line("f", "... -- !?")].concat();
    let run = beside_sound("blank.jsonl", lines).ends(0);
    run.says(&["retold: blank.jsonl: skipped: no words in the text (3 records, the first is 1)"])
        .counts([6, 2, 1, 1], &[("no words in the text", 3)]);
}

#[test]
fn ids_that_repeat_are_told_apart() {
    let place = Place::new();
    let lines = [
        line("a", &text(1, 9)),
        line("a", &text(2, 9)),
        line("a", &text(1, 9)),
        line("a#2", &text(3, 9)),
    ];
    place.write("all.jsonl", lines.concat());
    let run = place.cluster(&["--strict", "--singletons", "all.jsonl"]).ends(0);
    let articles: Vec<[String; 2]> = run
        .json()
        .iter()
        .flat_map(|record| record["articles"].as_array().unwrap().clone())
        .map(|a| ["id", "source"].map(|key| support::cli::text(&a[key]).to_owned()))
        .collect();
    // "a#2" is another article's own name.
    let expected = [
        ["a", "all.jsonl#1"],
        ["a#4", "all.jsonl#3"],
        ["a#3", "all.jsonl#2"],
        ["a#2", "all.jsonl#4"],
    ];
    assert_eq!(articles, expected);
    run.says(&["note: 2 repeated ids, told apart by #2"]).counts([4, 2, 1, 2], &[]);
}

#[cfg(unix)]
#[test]
fn a_loop_of_directories_ends() {
    let place = Place::new();
    place.write("dump/one.txt", text(1, 9));
    place.write("dump/deep/two.txt", text(1, 9));
    std::os::unix::fs::symlink("..", place.path().join("dump/deep/up")).unwrap();
    std::os::unix::fs::symlink("one.txt", place.path().join("dump/link.txt")).unwrap();
    std::os::unix::fs::symlink("nowhere", place.path().join("dump/dangling")).unwrap();
    let run = place.cluster(&["dump"]).ends(3);
    // A link to a file is no second article.
    assert_eq!(run.clusters(), [["dump/deep/two.txt", "dump/link.txt"]]);
    assert!(!run.err.contains("up"), "{}", run.err);
    run.says(&["retold: dump/dangling: No such file"]).counts([2, 2, 1, 0], &[]);
}

#[test]
fn thresholds_out_of_range() {
    let place = Place::new();
    place.write("all.jsonl", sound());
    for option in ["--near-threshold", "--story-threshold"] {
        for value in ["0", "2", "NaN", "1.0001", "inf", "-0.5"] {
            let set = format!("{option}={value}");
            let run = place.cluster(&[&set, "all.jsonl"]).ends(2);
            let run = run.says(&[option, "it must be above 0 and at most 1"]);
            assert_eq!(run.out, "");
        }
        place.cluster(&[option, "most", "all.jsonl"]).ends(2).says(&[option, "most"]);
        for value in ["0.0001", "1"] {
            place.cluster(&[option, value, "all.jsonl"]).ends(0);
        }
    }
}

#[test]
fn wrong_usage() {
    let place = Place::new();
    place.write("all.jsonl", sound());
    for (args, said) in [
        (&["clutser", "all.jsonl"][..], "clutser"),
        (&[], "Usage"),
        (&["cluster"], "INPUT"),
        (&["cluster", "--threads", "0", "all.jsonl"], "--threads"),
        (&["cluster", "--match", "same", "all.jsonl"], "exact, near, story"),
        (&["cluster", "--format", "xml", "all.jsonl"], "jsonl"),
        (&["cluster", "--max-article", "0", "all.jsonl"], "--max-article"),
        (&["cluster", "--window", "-1", "all.jsonl"], "-1"),
        (&["cluster", "--no-such-option", "all.jsonl"], "--no-such-option"),
    ] {
        let run = place.run(args).ends(2).says(&[said]);
        assert_eq!(run.out, "", "{args:?}");
    }
}

#[test]
fn a_field_that_no_article_has_is_said() {
    let place = Place::new();
    place.write("a.jsonl", "{\"text\": \"Rain fell\", \"id\": 7, \"headline\": \"Rain\"}\n");
    let args = ["a.jsonl", "--id-field", "ID", "--title-field", "headline"];
    for command in ["cluster", "extract"] {
        let run = place.run(&[&[command], &args[..]].concat()).ends(0);
        let run = run.says(&["no article has a field \"ID\": is --id-field mistyped?"]);
        assert!(!run.err.contains("headline"), "{}", run.err);
    }
    // Those that are not named may be missing.
    assert!(!place.cluster(&["a.jsonl"]).ends(0).err.contains("field"));
}
