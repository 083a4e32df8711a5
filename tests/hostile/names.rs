//! Names of files that are made to drive a terminal, or to look like what the program says. Messages
//! and what is printed for people spell such names out; data holds them as they are, in the quotes of
//! its format.
#![cfg(unix)]

use crate::support::cli::{Place, Run, json_lines, line, text as string};
use crate::support::news::text;
use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStringExt;
use std::process::{Command, Stdio};

/// Sets the title of a window, clears it by a control of one byte and of two, goes back to the
/// beginning of the line, turns the direction of what follows, says what was read, and is no UTF-8.
const EVIL: &[u8] =
    b"\x1b]0;evil\x07\xc2\x9b2J\rX\x1b[2J\xe2\x80\xaegpj.\xe2\x81\xa6\nread 9\n\xff, \"x\"";

/// What none of it may do to a terminal.
const FORBIDDEN: [&str; 8] =
    ["\u{1b}]", "\u{1b}[2J", "\u{7}", "\u{9b}", "\rX", "\u{202e}", "\u{2066}", "\nread 9"];

/// As it stands in texts.
fn evil_text() -> String {
    String::from_utf8_lossy(EVIL).into_owned()
}

fn evil(ending: &str) -> OsString {
    OsString::from_vec([EVIL, ending.as_bytes()].concat())
}

/// Two copies, and files of each kind that is told of, all under such names, in the folder `in`.
fn place() -> Place {
    let place = Place::new();
    let folder = place.path().join("in");
    std::fs::create_dir(&folder).unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.join(evil(name)), bytes).unwrap();
    write("1.txt", text(1, 9).as_bytes());
    write("2.txt", text(1, 9).as_bytes());
    let (id, title) = (evil_text(), format!("Ferry late {}", evil_text()));
    let article = |id: &str| serde_json::json!({ "id": id, "text": text(2, 9), "title": title, "url": id, "date": id });
    write("3.jsonl", format!("{}\n{}\n", article(&id), article("b")).as_bytes());
    write("image.txt", b"\x89PNG\r\n\x1a\n\0\0");
    write("empty.txt", b"");
    write("no-text.csv", format!("{:?}\n1\n", evil_text()).as_bytes());
    write("columns.csv", b"id,text\n1,2,3\n");
    let no_text = serde_json::json!({ evil_text(): 1 });
    write("odd.jsonl", format!("{no_text}\nno JSON {}\n", evil_text()).as_bytes());
    write("odd.parquet", &[b"PAR1", EVIL, b"PAR1"].concat());
    write("cut.txt.gz", &crate::support::gzip(b"The tram was late.")[..20]);
    std::os::unix::fs::symlink("nowhere", folder.join(evil("link"))).unwrap();
    place
}

/// Runs it with the hostile name where `EVIL` stands; on a terminal if it is to be.
fn run(place: &Place, args: &[&str], terminal: bool) -> Run {
    let args = args.iter().map(|arg| {
        let parts: Vec<&[u8]> = arg.split("EVIL").map(str::as_bytes).collect();
        OsString::from_vec(parts.join(EVIL))
    });
    let mut command = Command::new(if terminal { "script" } else { env!("CARGO_BIN_EXE_retold") });
    if terminal {
        // None of them holds a single quote.
        let quoted = |arg: &OsString| -> OsString {
            [OsStr::new(" '"), arg, OsStr::new("'")].into_iter().collect()
        };
        let mut line = quoted(&env!("CARGO_BIN_EXE_retold").into());
        line.extend(args.map(|arg| quoted(&arg)));
        command.arg("-qec").arg(line).arg("/dev/null").env("TERM", "xterm");
    } else {
        command.args(args);
    }
    let command = command.current_dir(place.path()).stdin(Stdio::null());
    Run::of(command.output().unwrap())
}

fn is_spelt_out(said: &str, args: &[&str]) {
    let said = said.replace("\r\n", "\n");
    for forbidden in FORBIDDEN {
        assert!(!said.contains(forbidden), "{forbidden:?} by {args:?} in {said:?}");
    }
}

#[test]
fn messages_spell_names_out() {
    let place = place();
    for args in [
        &["cluster", "in"][..],
        &["cluster", "--strict", "in", "EVILmissing"],
        &["cluster", "--progress", "json", "in"],
        &["cluster", "-o", "EVIL/out.jsonl", "in"],
        &["cluster", "-o", "EVIL", "in"],
        &["cluster", "-o", "in/EVIL3.jsonl", "in"],
        &["cluster", "-o", "EVIL.csv", "--assignments", "EVIL.csv", "in"],
        &["cluster", "--report", "EVIL", "in"],
        &["cluster", "--files-from", "EVIL"],
        &["cluster", "--text-field", "EVIL", "in"],
        &["cluster", "--id-field", "EVIL", "in"],
        &["dedup", "in", "-o", "kept"],
        &["dedup", "in", "-o", "EVIL/kept"],
        &["dedup", "in", "-o", "in/EVIL1.txt"],
        &["dedup", "in", "-o", "other", "--removed", "EVIL"],
        &["dedup", "in", "-o", "EVIL.csv", "--removed", "EVIL.csv"],
        &["extract", "-o", "some.jsonl", "in"],
        &["extract", "-o", "EVIL/some.jsonl", "in"],
        &["eval", "--gold", "EVIL", "in"],
        &["eval", "--gold", "in/EVILno-text.csv", "in"],
        &["compare", "in/EVIL1.txt", "EVIL"],
        &["compare", "--in", "EVILmissing", "a", "b"],
        &["compare", "--html", "EVIL", "in/EVIL1.txt", "in/EVIL2.txt"],
        // A shell puts names in the place of a star, whatever they begin with.
        &["EVIL"],
        &["cluster", "--EVIL"],
        &["cluster", "-EVIL"],
        &["cluster", "--match", "EVIL", "in"],
        &["cluster", "--threads", "EVIL", "in"],
    ] {
        let run = run(&place, args, false);
        is_spelt_out(&run.err, args);
        // What has to be text is not repeated if it is none.
        let told = ["\\u{", "invalid UTF-8"].iter().any(|part| run.err.contains(part));
        assert!(told, "{args:?}: {}", run.err);
    }
}

#[test]
fn what_is_printed_for_people_spells_names_out() {
    let place = place();
    for (args, code) in [
        (&["cluster", "in"][..], 3),
        (&["cluster", "--singletons", "--progress", "bar", "in"], 3),
        (&["compare", "in/EVIL1.txt", "in/EVIL2.txt"], 0),
        (&["compare", "--in", "in", "b", "b#2"], 1),
        (&["cluster", "--EVIL"], 2),
    ] {
        let run = run(&place, args, true).ends(code);
        is_spelt_out(&run.out, args);
        assert!(run.out.contains("\\u{202e}gpj."), "{args:?}: {:?}", run.out);
    }
}

/// As JSON and as CSV the same names come back, with what is no UTF-8 replaced.
#[test]
fn data_holds_names_as_they_are() {
    let place = place();
    let of = |args: &[&str]| drop(run(&place, args, false).ends(3));
    of(&["cluster", "in", "-o", "x.jsonl", "--assignments", "rows.jsonl"]);
    of(&["cluster", "in", "-o", "x.csv", "--assignments", "rows.csv"]);
    of(&["dedup", "in", "-o", "kept", "--removed", "removed.csv"]);
    let csv = |file: &str| -> Vec<String> {
        let mut table = csv::Reader::from_path(place.path().join(file)).unwrap();
        table.records().map(|row| row.unwrap()[1].to_owned()).collect()
    };
    let source = |row: &serde_json::Value| string(&row["source"]).to_owned();
    let mut rows: Vec<String> = json_lines(&place.read("rows.jsonl")).iter().map(source).collect();
    assert_eq!(rows, csv("rows.csv"));
    rows.sort();
    let named = |ending: &&str| format!("in/{}{ending}", evil_text());
    let expected = ["1.txt", "2.txt", "3.jsonl#1", "3.jsonl#2", "cut.txt.gz"];
    assert_eq!(rows, expected.iter().map(named).collect::<Vec<_>>());
    let mut removed = csv("removed.csv");
    removed.sort();
    assert_eq!(removed, [named(&"2.txt"), named(&"3.jsonl#2")]);
    // A file is called by its own name again.
    assert!(place.path().join("kept").join(evil("1.txt")).exists());
}

/// What a spreadsheet would take for a formula comes back as it went in: rows are for programs.
#[test]
fn cells_that_look_like_formulas_stay_as_they_are() {
    let ids = ["=1+2", "+1", "-1", "@A1", "\t=1", "\r=1", "=\"a\",b", "=HYPERLINK(\"x\")\n"];
    let place = Place::new();
    let all: String = ids.iter().map(|id| line(id, &text(1, 9))).collect();
    place.write("all.jsonl", all);
    place.cluster(&["all.jsonl", "-o", "x.csv", "--assignments", "rows.csv"]).ends(0);
    place.run(&["dedup", "all.jsonl", "-o", "kept", "--removed", "removed.csv"]).ends(0);
    for (file, gone) in [("x.csv", 0), ("rows.csv", 0), ("removed.csv", 1)] {
        let mut table = csv::Reader::from_path(place.path().join(file)).unwrap();
        let found: BTreeSet<String> =
            table.records().map(|row| row.unwrap()[0].to_owned()).collect();
        assert_eq!(found.len(), ids.len() - gone, "{file}");
        assert!(found.iter().all(|id| ids.contains(&&**id)), "{file}: {found:?}");
    }
}
