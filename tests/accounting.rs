//! No record is lost: whatever is read, sound or broken, at any level and in any way, every record is an
//! article in one row, or skipped with a reason; and `dedup` keeps or removes each.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may fail anywhere, and says what it leaves out"
)]

mod support;

use retold::config::{Checkpoints, Config, Level};
use retold::pipeline::{Checkpoint, Observer, Progress, RunError, run};
use retold::read::expand;
use retold::text::Reading;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use support::cli::{Place, Run, json_lines, line, reasons, text as string};
use support::news::{article, text};
use support::{gzip, hostile, html, page, response, warc};

const LEVELS: [Level; 3] = [Level::Exact, Level::Near, Level::Story];

/// What a run came to.
#[derive(Debug, PartialEq)]
struct Counted {
    records: u64,
    clustered: u64,
    alone: u64,
    skipped: BTreeMap<String, u64>,
    /// Where the articles stand, one for each row.
    sources: Vec<String>,
}

/// A way to go through an input.
type Way = fn(&Place, &str, Level) -> Counted;

/// All of them; they come to the same.
const WAYS: [(&str, Way); 4] = [
    ("the program", |place, input, level| by_program(place, input, level, "1GiB")),
    ("with next to no memory", |place, input, level| by_program(place, input, level, "1B")),
    ("the library", |place, input, level| by_library(place, input, level, Checkpoints::None)),
    ("from what was saved", |place, input, level| {
        // As if killed once all was found, and before it was written.
        let before = by_library(place, input, level, Checkpoints::Anew);
        let after = by_library(place, input, level, Checkpoints::Resume);
        assert_eq!(before, after, "{input}");
        after
    }),
];

/// Whether what was saved is taken.
#[derive(Default)]
struct Taken(AtomicBool);

impl Observer for Taken {
    fn report(&self, _: Progress) -> bool {
        true
    }

    fn checkpoint(&self, checkpoint: Checkpoint<'_>) {
        assert!(matches!(checkpoint, Checkpoint::Taken(_)), "{checkpoint:?}");
        self.0.store(true, Ordering::Relaxed);
    }
}

fn by_program(place: &Place, input: &str, level: Level, memory: &str) -> Counted {
    let options = ["--match", level.name(), "--memory", memory, "--assignments", "rows.jsonl"];
    let run = place.cluster(&[&options[..], &["-o", "clusters.jsonl", input]].concat());
    assert!([0, 3].contains(&run.code), "{}", run.err);
    let account = run.account();
    let clusters = json_lines(&place.read("clusters.jsonl"));
    let sizes = clusters.iter().map(|cluster| cluster["articles"].as_array().unwrap().len() as u64);
    assert_eq!(sizes.sum::<u64>(), account.clustered);
    assert_eq!(clusters.len() as u64, account.clusters);
    let mut sources = sources(&json_lines(&place.read("rows.jsonl")));
    sources.sort();
    let (records, clustered, alone) = (account.records, account.clustered, account.alone);
    Counted { records, clustered, alone, skipped: account.reasons, sources }
}

fn by_library(place: &Place, input: &str, level: Level, checkpoints: Checkpoints) -> Counted {
    let work_dir = place.path().to_owned();
    let config = Config { level, work_dir, checkpoints, ..Config::default() };
    let seen = Taken::default();
    let mut clusters = run(&expand(&[PathBuf::from(input)]).unwrap().0, &config, &seen).unwrap();
    let resumes = matches!(checkpoints, Checkpoints::Resume);
    assert_eq!(seen.0.into_inner(), resumes, "{input}");
    if resumes {
        clusters.forget_checkpoints().unwrap();
    }
    let mut sources = Vec::new();
    let visit = |of: retold::pipeline::Assignment| {
        sources.push(clusters.entry(of.article)?.source.to_string());
        Ok::<_, RunError>(())
    };
    clusters.assignments(visit).unwrap();
    sources.sort();
    let clustered = clusters.count(2).1 as u64;
    let reasons = clusters.tally.by_reason();
    Counted {
        records: clusters.tally.records,
        clustered,
        alone: clusters.len() as u64 - clustered,
        skipped: reasons.iter().map(|(reason, count)| (reason.to_string(), *count)).collect(),
        sources,
    }
}

fn sources(rows: &[Value]) -> Vec<String> {
    rows.iter().map(|row| string(&row["source"]).to_owned()).collect()
}

/// The articles of an input as `extract` shows them, and the number of records.
fn extracted(place: &Place, input: &str) -> (Vec<Value>, u64) {
    let run = place.run(&["extract", input]);
    assert!([0, 3].contains(&run.code), "{}", run.err);
    (run.json(), numbers(&run)[0])
}

/// The numbers in the account: of `extract` and `dedup` the first is the sum of what follows.
fn numbers(run: &Run) -> Vec<u64> {
    let line = run.err.lines().find(|line| line.starts_with("read ")).expect(&run.err);
    let (line, _) = line.split_once(" (").unwrap_or((line, ""));
    let numbers = line.split(' ').filter_map(|word| word.parse().ok()).collect::<Vec<u64>>();
    assert_eq!(numbers[0], numbers[1..].iter().sum::<u64>(), "{line}");
    numbers
}

/// The texts of articles, sorted.
fn texts<'a>(articles: impl Iterator<Item = &'a Value>) -> Vec<&'a str> {
    let mut texts: Vec<&str> = articles.map(|article| string(&article["text"])).collect();
    texts.sort_unstable();
    texts
}

/// Checks an input: a file or a folder.
fn check(input: &Path) {
    let (input, place) = (input.to_str().unwrap(), Place::new());
    let (articles, records) = extracted(&place, input);
    // What has no words is an article for `extract`, and counted by the others.
    let (with_words, without): (Vec<_>, Vec<_>) =
        articles.iter().partition(|article| !Reading::of(string(&article["text"])).is_empty());
    let mut expected: Vec<String> =
        with_words.iter().map(|article| string(&article["source"]).to_owned()).collect();
    expected.sort();
    for level in LEVELS {
        let mut first = None;
        for (way, go) in WAYS {
            let found = go(&place, input, level);
            let told = format!("{input}, {}, {way}: {found:?}", level.name());
            assert_eq!(found.records, records, "{told}");
            assert_eq!(found.sources, expected, "{told}");
            assert_eq!(found.clustered + found.alone, expected.len() as u64, "{told}");
            let skipped: u64 = found.skipped.values().sum();
            assert_eq!(found.records, expected.len() as u64 + skipped, "{told}");
            let no_words = found.skipped.get("no words in the text").copied().unwrap_or(0);
            assert!(no_words >= without.len() as u64, "{told}");
            let first = first.get_or_insert(found.skipped.clone());
            assert_eq!(found.skipped, *first, "{told}");
        }
        let skipped = first.unwrap_or_default();
        check_dedup(&place, input, level, &articles, (records, skipped));
    }
}

/// Kept and removed are all, as many are skipped for each reason, and what is written holds what is
/// kept.
fn check_dedup(
    place: &Place,
    input: &str,
    level: Level,
    articles: &[Value],
    (records, skipped): (u64, BTreeMap<String, u64>),
) {
    let out = format!("out-{}", level.name());
    let options = ["--match", level.name(), "--removed", "gone.jsonl"];
    let run = place.run(&[&["dedup", input, "-o", &out], &options[..]].concat());
    assert!([0, 3].contains(&run.code), "{}", run.err);
    let told = format!("{input}, {}: {}", level.name(), run.err);
    let counted = numbers(&run);
    let (kept, removed) = (counted[1], counted[2]);
    assert_eq!(counted[0], records, "{told}");
    let note = run.err.lines().find(|line| line.contains("were not compared: ")).unwrap_or("");
    let list = note.split_once(" skipped").map_or("", |(_, list)| list);
    assert_eq!(reasons(list), Some(skipped), "{told}");
    let gone: BTreeSet<String> =
        sources(&json_lines(&place.read("gone.jsonl"))).into_iter().collect();
    assert_eq!(gone.len() as u64, removed, "{told}");
    let (again, records_again) = extracted(place, &out);
    let left = articles.iter().filter(|article| !gone.contains(string(&article["source"])));
    assert_eq!(texts(again.iter()), texts(left), "{told}");
    assert_eq!(records_again, kept, "{told}");
}

/// Lines of JSON, each article twice, the second time edited; ids repeat.
fn pairs(count: u64) -> String {
    let one = |n: u64| {
        let whole = article(n, 9);
        line(&n.to_string(), &whole.join(" ")) + &line("again", &whole[1..].join("\n"))
    };
    (0..count).map(one).collect()
}

#[test]
fn the_articles_in_data() {
    check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("data/articles"));
}

#[test]
fn what_broke_readers_before() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    for folder in std::fs::read_dir(corpus).unwrap() {
        check(&folder.unwrap().path());
    }
}

#[test]
fn lines() {
    let place = Place::new();
    place.write("in/sound.jsonl", pairs(20));
    place.write("in/hostile.jsonl", hostile::dump());
    let odd = [
        "\u{FEFF}\n\n",
        "not JSON\n",
        "{\"id\": \"no text\"}\n",
        "{\"text\": null}\n{\"text\": 7}\r\n{\"text\": [\"a\"]}\n",
        "{\"text\": \"\"}\n{\"text\": \" ... \"}\n",
        "{\"text\": \"A last line, said Ada, may lack its end\"}",
    ];
    place.write("in/odd.jsonl", odd.concat());
    place.write(
        "in/latin.jsonl",
        b"{\"text\": \"Caf\xE9 au lait\"}\n{\"text\": \"Caf\xE8 au lait\"}\n",
    );
    place.write("in/none.jsonl", "");
    let packed = gzip(pairs(60).as_bytes());
    place.write("in/cut.jsonl.gz", &packed[..packed.len() * 3 / 4]);
    place.write("in/behind.jsonl.gz", [&packed[..], b"what is no member"].concat());
    let mut members: Vec<Vec<u8>> =
        pairs(6).split_inclusive('\n').map(|line| gzip(line.as_bytes())).collect();
    members[4][30] ^= 0xFF;
    place.write("in/damaged.jsonl.gz", members.concat());
    let packed = zstd::encode_all(pairs(60).as_bytes(), 3).unwrap();
    place.write("in/cut.jsonl.zst", &packed[..packed.len() * 3 / 4]);
    check(&place.path().join("in"));
}

#[test]
fn tables() {
    let place = Place::new();
    let rows: String = (0..30).map(|n| format!("{n},\"{}\"\n", text(n % 20, 6))).collect();
    place.write("in/sound.csv", format!("id,text\n{rows}"));
    place.write("in/odd.csv", format!("id,text\n\n1\n1,2,3\n2,\n3,...\n{rows}4,\"open\n"));
    place.write("in/head.csv", "id,text\n");
    place.write("in/other.csv", "id,body\n1,Rain fell\n");
    place.write("in/none.tsv", "");
    place.write("in/sound.tsv", format!("text\tid\n{}\t1\n\n\t2\n{}\t3\n", text(1, 6), text(1, 6)));
    place.write("in/cut.csv.gz", &gzip(format!("id,text\n{rows}").as_bytes())[..900]);
    check(&place.path().join("in"));
}

#[cfg(feature = "parquet")]
#[test]
fn parquet() {
    let rows = |group: u64| (40 * group..40 * (group + 1)).map(|n| [text(n % 90, 6)]).collect();
    let mut sound = support::parquet(["text"], &[0, 1, 2].map(rows));
    let place = Place::new();
    place.write("in/sound.parquet", &sound);
    place.write("in/cut.parquet", &sound[..sound.len() / 2]);
    // The beginning of the second row group.
    let middle = sound.len() / 3;
    sound[middle..middle + 2000].fill(0xFF);
    place.write("in/damaged.parquet", sound);
    check(&place.path().join("in"));
}

#[test]
fn texts_and_pages() {
    let place = Place::new();
    let one = text(1, 9);
    place.write("in/one.txt", &one);
    place.write("in/below/two.txt", one.to_uppercase());
    place.write("in/empty.txt", "");
    place.write("in/blank.txt", " \n...\n");
    place.write("in/latin.txt", b"Caf\xE9 au lait");
    place.write("in/photo.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10");
    place.write("in/page.html", html("The pool stays shut"));
    place.write("in/again.html", html("The pool stays shut"));
    place.write("in/cut.txt.gz", &gzip(one.as_bytes())[..200]);
    #[cfg(unix)]
    std::os::unix::fs::symlink("nowhere", place.path().join("in/dangling")).unwrap();
    check(&place.path().join("in"));
}

#[test]
fn crawls() {
    let place = Place::new();
    let of = |number: usize, as_of: usize| {
        let page = String::from_utf8(page(number)).unwrap();
        page.replace(&format!(" {number} was"), &format!(" {as_of} was")).into_bytes()
    };
    let image = response(5, "Content-Type: image/png\r\n", b"\x89PNG");
    let lies = String::from_utf8(page(6)).unwrap().replace("Content-Length: ", "Content-Length: 9");
    let records = [
        warc("warcinfo", "Content-Type: application/warc-fields\r\n", b"software: x\r\n"),
        page(1),
        warc("request", "Content-Type: application/http\r\n", b"GET / HTTP/1.1\r\n\r\n"),
        of(2, 1),
        page(3),
        image,
        of(4, 3),
        lies.into_bytes(),
        page(7),
        of(8, 7),
        b"WARC/1.0\r\nno end".to_vec(),
    ];
    place.write("in/plain.warc", records.concat());
    place.write("in/cut.warc", &records.concat()[..3000]);
    let mut members: Vec<Vec<u8>> = records.iter().map(|record| gzip(record)).collect();
    place.write("in/members.warc.gz", members.concat());
    let middle = members[3].len() / 2;
    members[3][middle] ^= 0xFF;
    members[8].truncate(middle);
    place.write("in/damaged.warc.gz", members.concat());
    place.write("in/frames.warc.zst", zstd::encode_all(&records.concat()[..], 1).unwrap());
    check(&place.path().join("in"));
}

#[test]
fn real_crawls() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/crawl");
    if folder.is_dir() {
        check(&folder);
    } else {
        support::skipped(&format!("{} is not there", folder.display()));
    }
}
