//! Files that break off, lines and texts of 200 MB, and outputs that cannot be written.
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod support;

use retold::article::Article;
use retold::read::{ReadOptions, Reason, Tally};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::process::Stdio;
use support::cli::{Place, line, program, text as string};
use support::news::text;
use support::{gzip, read_bytes};

/// Lines of JSON, each article twice.
fn pairs(count: u64) -> String {
    (0..count)
        .map(|n| line(&format!("{n}-a"), &text(n, 9)) + &line(&format!("{n}-b"), &text(n, 9)))
        .collect()
}

/// What comes before the cut is kept, the file is named, and the line in which it breaks is counted.
fn breaks_off(name: &str, bytes: &[u8]) {
    let place = Place::new();
    place.write(name, bytes);
    place.write("sound.jsonl", line("sound", &text(0, 9)));
    let whole = place.cluster(&[name]).ends(0);
    assert_eq!(whole.account().records, 400, "{name}");

    place.write(name, &bytes[..bytes.len() * 3 / 4]);
    let run = place.cluster(&[name, "sound.jsonl"]).ends(3).says(&[&format!("retold: {name}: ")]);
    let account = run.account();
    assert!(account.records > 100 && account.records < 400, "{}", run.err);
    // The last line may have ended just where the decoder stopped.
    assert!(account.skipped <= 1 && account.alone <= 1, "{}", run.err);
    if account.skipped == 1 {
        assert_eq!(account.reasons["cut off or damaged"], 1);
    }
    let clusters = run.clusters();
    assert_eq!(clusters[0], ["0-a", "0-b", "sound"]);
    assert_eq!(clusters[1], ["1-a", "1-b"]);
    place.cluster(&["--strict", name]).ends(1).says(&[name]);
}

#[test]
fn gzip_that_breaks_off() {
    breaks_off("dump.jsonl.gz", &gzip(pairs(200).as_bytes()));
}

#[test]
fn gzip_of_many_members_that_breaks_off() {
    let lines = pairs(200);
    let members: Vec<u8> =
        lines.split_inclusive('\n').flat_map(|line| gzip(line.as_bytes())).collect();
    breaks_off("dump.jsonl.gz", &members);
}

#[test]
fn zstd_that_breaks_off() {
    let lines = pairs(200);
    let frames: Vec<u8> = lines
        .as_bytes()
        .chunks(10_000)
        .flat_map(|part| zstd::encode_all(part, 3).unwrap())
        .collect();
    breaks_off("dump.jsonl.zst", &frames);
}

/// A text that breaks off is an article all the same.
#[test]
fn a_compressed_text_that_breaks_off() {
    let place = Place::new();
    let whole = text(1, 400);
    place.write("whole.txt", &whole);
    let packed = gzip(whole.as_bytes());
    place.write("cut.txt.gz", &packed[..packed.len() - 20]);
    let run = place.cluster(&["."]).ends(3).says(&["retold: ./cut.txt.gz: "]);
    assert_eq!(run.clusters(), [["./cut.txt.gz", "./whole.txt"]]);
    run.counts([2, 2, 1, 0], &[]);
}

/// Six members of which the third is damaged, at each byte in turn: what the others hold is read.
/// `members`: what they hold of the articles 0 and 1, 2 and 3, ...
fn damaged_member(name: &str, members: &[String], check: impl Fn(&[Article], &Tally)) {
    let packed: Vec<Vec<u8>> = members.iter().map(|member| gzip(member.as_bytes())).collect();
    let start = packed[0].len() + packed[1].len();
    let sound = packed.concat();
    for at in (10..packed[2].len()).step_by(7) {
        let mut file = sound.clone();
        file[start + at] ^= 0xFF;
        let (articles, tally) = read_bytes(name, &file, &ReadOptions::default());
        assert!(tally.is_incomplete(), "{at}");
        assert!(tally.left_out >= packed[2].len() as u64, "{at}: {}", tally.left_out);
        check(&articles, &tally);
    }
    let mut file = sound;
    file[start + 10] = 0xFF;
    let place = Place::new();
    place.write(name, file);
    let run = place.run(&["extract", name]).ends(3);
    let run = run.says(&[&format!("retold: {name}: "), "bytes passed over around damage"]);
    assert!(!run.out.is_empty());
    place.run(&["extract", "--strict", name]).ends(1);
}

/// The articles that are not in the damaged member are all there, and no other is counted lost.
fn all_but_the_third_member(articles: &[Article], tally: &Tally) {
    for n in [0, 1, 2, 3, 6, 7, 8, 9, 10, 11] {
        let found = articles.iter().find(|a| a.id == Some(n.to_string()));
        assert_eq!(found.unwrap().text, text(n, 9), "{n}");
    }
    assert_eq!(tally.by_reason()[&Reason::Damaged], 1);
    assert!(tally.troubles.is_empty());
}

#[test]
fn a_damaged_member_costs_no_lines_but_its_own() {
    let member = |m: u64| {
        let [a, b] = [2 * m, 2 * m + 1].map(|n| line(&n.to_string(), &text(n, 9)));
        a + &b
    };
    let members: Vec<String> = (0..6).map(member).collect();
    damaged_member("dump.jsonl.gz", &members, all_but_the_third_member);
    // Damage at the very beginning.
    let mut file: Vec<u8> = members.iter().flat_map(|member| gzip(member.as_bytes())).collect();
    file[10] = 0xFF;
    let (articles, tally) = read_bytes("dump.jsonl.gz", &file, &ReadOptions::default());
    assert_eq!((articles.len(), tally.by_reason()[&Reason::Damaged]), (10, 1));
}

/// A line that one sound member begins and the next should end is dropped with the gap.
#[test]
fn half_a_line_before_a_gap_is_dropped() {
    let parts = ["{\"text\": \"one\"}\n{\"text\"", ": \"two\"}\n", "{\"text\": \"three\"}\n"];
    let mut packed = parts.map(|part| gzip(part.as_bytes()));
    packed[1][10] = 0xFF;
    let (articles, tally) = read_bytes("x.jsonl.gz", &packed.concat(), &ReadOptions::default());
    let texts: Vec<&str> = articles.iter().map(|a| a.text.as_str()).collect();
    assert_eq!((texts, tally.records), (vec!["one", "three"], 3));
    assert_eq!(tally.left_out, 7 + packed[1].len() as u64);
}

#[test]
fn a_damaged_member_costs_no_rows_but_its_own() {
    for (name, comma) in [("dump.csv.gz", ','), ("dump.tsv.gz", '\t')] {
        let row = |n: u64| format!("{n}{comma}\"{}\"\n", text(n, 9));
        let member = |m: u64| row(2 * m) + &row(2 * m + 1);
        let mut members: Vec<String> = (0..6).map(member).collect();
        members[0].insert_str(0, &format!("id{comma}text\n"));
        damaged_member(name, &members, all_but_the_third_member);
        // Without its header a table says nothing.
        let mut file: Vec<u8> = members.iter().flat_map(|member| gzip(member.as_bytes())).collect();
        file[10] = 0xFF;
        let (articles, tally) = read_bytes(name, &file, &ReadOptions::default());
        assert!(articles.is_empty() && tally.troubles.len() == 1 && tally.left_out > 0);
    }
}

#[test]
fn a_damaged_member_costs_no_part_of_a_text_but_its_own() {
    let members: Vec<String> = (0..6).map(|n| text(n, 9)).collect();
    damaged_member("long.txt.gz", &members, |articles, tally| {
        let [article] = articles else { panic!("{} articles", articles.len()) };
        let sound = [0, 1, 3, 4, 5].map(|n| article.text.contains(&text(n, 9)));
        assert_eq!(sound, [true; 5], "{}", article.text);
        assert!(tally.troubles.len() == 1 && tally.troubles[0].message.contains("damaged gzip"));
    });
}

const MIB: usize = 1 << 20;

/// Writes 200 MB of words on one line, between `before` and `after`.
fn write_huge(place: &Place, name: &str, before: &str, after: &str) {
    let mut file = BufWriter::new(File::create(place.path().join(name)).unwrap());
    file.write_all(before.as_bytes()).unwrap();
    let mut some = text(5, 3000);
    while some.len() < MIB {
        some += &text(some.len() as u64, 3000);
    }
    some.truncate(MIB);
    for _ in 0..200 {
        file.write_all(some.as_bytes()).unwrap();
    }
    file.write_all(after.as_bytes()).unwrap();
    file.flush().unwrap();
}

/// Clusters files in less memory than a reader takes which holds all 200 MB.
fn cluster_in_little_memory(place: &Place, files: &[&str]) -> support::cli::Run {
    place.run_within(488, 120, &[&["cluster", "--threads", "2"], files].concat())
}

#[cfg(target_os = "linux")]
#[test]
fn a_line_of_200_mb_is_passed_over() {
    let place = Place::new();
    let (before, after) = (line("a", &text(1, 9)), line("b", &text(1, 9)));
    write_huge(&place, "huge.jsonl", &format!("{before}{{\"text\": \""), &format!("\"}}\n{after}"));
    let run = cluster_in_little_memory(&place, &["huge.jsonl"]).ends(3);
    assert_eq!(run.clusters(), [["a", "b"]]);
    run.says(&["retold: huge.jsonl: skipped: record too long (record 2)", "64 MiB"])
        .counts([3, 2, 1, 0], &[("record too long", 1)]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_text_of_200_mb_is_cut() {
    let place = Place::new();
    write_huge(&place, "huge.txt", "", "");
    place.write("small.txt", text(1, 9));
    let run = cluster_in_little_memory(&place, &["huge.txt", "small.txt"]).ends(0);
    run.says(&["note: 1 article cut at the size limit"]).counts([2, 0, 0, 2], &[]);
    let shown = place.run(&["extract", "--max-article", "1MiB", "huge.txt"]).ends(0).json();
    assert_eq!(string(&shown[0]["text"]).len(), MIB);
}

/// Many clusters, so that the output is more than a pipe holds.
#[test]
fn a_closed_pipe_is_no_error() {
    let place = Place::new();
    place.write("all.jsonl", pairs(600));
    let size = place.cluster(&["all.jsonl"]).ends(0).out.len();
    assert!(size > 1 << 17, "{size}");
    for args in [
        &["cluster", "all.jsonl"][..],
        &["cluster", "-o", "-", "all.jsonl"],
        &["cluster", "-o", "some.jsonl", "--assignments", "-", "all.jsonl"],
        &["extract", "all.jsonl"],
    ] {
        let mut child = program(place.path())
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let run = support::cli::Run::of(child.wait_with_output().unwrap()).ends(0);
        for line in run.err.lines() {
            assert!(line.starts_with("read ") || line.starts_with("note: "), "{args:?}: {line}");
        }
    }
}

/// That the work has not begun shows in that it tells of no stage, and not of the missing input.
#[test]
fn an_output_that_cannot_be_written_is_said_first() {
    let place = Place::new();
    place.write("all.jsonl", pairs(3));
    place.write("folder/kept.txt", "kept");
    let before = place.names();
    for output in ["-o", "--assignments"] {
        for (path, why) in [
            ("no/such/x.jsonl", "No such file"),
            ("folder.jsonl/x.jsonl", "No such file"),
            ("all.jsonl/x.jsonl", "Not a directory"),
            ("folder", "directory"),
            ("..", "directory"),
        ] {
            if output == "--assignments" && !path.ends_with(".jsonl") {
                continue;
            }
            let run = place
                .cluster(&[output, path, "--progress", "json", "all.jsonl", "nowhere.txt"])
                .ends(1)
                .says(&["retold: cannot write ", path, why]);
            assert_eq!((run.out.as_str(), run.err.lines().count()), ("", 1), "{}", run.err);
        }
    }
    let run = place.cluster(&["--assignments", "rows.txt", "nowhere.txt"]).ends(1);
    assert_eq!(run.err.lines().count(), 1, "{}", run.err);
    run.says(&["--assignments rows.txt: name it .jsonl, .csv or .parquet"]);
    // One of two outputs is bad: the other is not there either.
    place.cluster(&["-o", "good.jsonl", "--assignments", "no/rows.csv", "all.jsonl"]).ends(1);
    assert_eq!(place.names(), before);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_fails_the_run() {
    let place = Place::new();
    place.write("all.jsonl", pairs(3));
    let run = place.cluster(&["-o", "/dev/full", "all.jsonl"]).ends(1);
    run.says(&["No space left on device"]);
}

#[cfg(unix)]
#[test]
#[allow(clippy::print_stdout, reason = "it says what it leaves out")]
fn an_output_without_permission_stays_as_it_is() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    place.write("all.jsonl", pairs(3));
    let old = place.write("old.jsonl", "old\n");
    std::fs::set_permissions(&old, std::fs::Permissions::from_mode(0o444)).unwrap();
    if File::options().write(true).open(&old).is_ok() {
        support::skipped("this user may write everything");
        return;
    }
    place.cluster(&["-o", "old.jsonl", "all.jsonl"]).ends(1).says(&["cannot write old.jsonl"]);
    assert_eq!(place.read("old.jsonl"), "old\n");
}

/// What was there before stays, and nothing half-written is left beside it.
#[test]
fn a_run_that_fails_leaves_the_outputs_alone() {
    let place = Place::new();
    place.write("all.jsonl", pairs(3) + "not JSON\n");
    place.write("old.jsonl", "old clusters\n");
    place.write("old.csv", "old rows\n");
    let before = place.names();
    let args = ["-o", "old.jsonl", "--assignments", "old.csv", "all.jsonl"];
    place.cluster(&[&args[..], &["--strict"]].concat()).ends(1);
    assert_eq!(place.names(), before);
    assert_eq!(
        (place.read("old.jsonl").as_str(), place.read("old.csv").as_str()),
        ("old clusters\n", "old rows\n")
    );
    // The same without the failure puts new ones in their place.
    place.cluster(&args).ends(3);
    assert_eq!(place.names(), before);
    assert_eq!(place.read("old.jsonl").lines().count(), 3);
    assert_eq!(place.read("old.csv").lines().count(), 7);
}

#[test]
fn an_output_never_takes_the_place_of_an_input() {
    let place = Place::new();
    place.write("a.jsonl", line("1", "Rain fell on the old harbour of Selwyn all night."));
    place.cluster(&["-o", "./a.jsonl", "a.jsonl"]).ends(1).says(&["is an input"]);
    assert!(place.read("a.jsonl").contains("Rain fell"));
    // A mistyped ending is not taken for what it is not.
    place.cluster(&["-o", "rows.paruqet", "a.jsonl"]).ends(1).says(&["name it"]);
}

#[test]
fn a_line_before_junk_is_whole() {
    let place = Place::new();
    let first = line("1", "The ferry was late again");
    let packed = [&support::gzip(first.trim_end().as_bytes())[..], b"trailing junk"].concat();
    place.write("a.jsonl.gz", packed);
    place.cluster(&["a.jsonl.gz"]).ends(3).counts([2, 0, 0, 1], &[("cut off or damaged", 1)]);
    // What is read is not replaced.
    place.write("b.jsonl", &first);
    place.run(&["extract", "b.jsonl", "-o", "b.jsonl"]).ends(1).says(&["is an input"]);
    assert_eq!(place.read("b.jsonl"), first);
}
