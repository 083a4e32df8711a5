//! Each stage by itself, in bytes a second on one core: `cargo bench --bench stages`.
//!
//! The near and story levels work on all cores. The texts are those of `examples/generate`, of 1 KB each; bytes are
//! always those of the texts, unless said.
#![allow(clippy::unwrap_used, reason = "a bench may fail anywhere")]

#[path = "../examples/generate/corpus/mod.rs"]
mod corpus;

use corpus::{Corpus, Options};
use criterion::measurement::WallTime;
use criterion::{
    BatchSize, BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main,
};
use retold::article::Article;
use retold::config::{Config, Level};
use retold::minhash::near::signature;
use retold::pipeline::{Silent, Sketcher, Sketches, group};
use retold::read::{ReadOptions, Tally, read_bytes};
use retold::score::near::Overlap;
use retold::shingle::{near::shingles, story::terms};
use retold::text::{Tokens, Words};
use std::hint::black_box;
use std::io::Write;

const ARTICLES: u64 = 4_000;

/// Letters of other scripts for those from a to z.
const SCRIPTS: [(&str, &str); 4] = [
    ("Latin with accents", "ábčďéfğhíjķľmñópqřšťúvŵxýž"),
    ("Cyrillic", "абцдефгхийклмнопярстувшщыз"),
    ("Arabic", "ابتثجحخدذرزسشصضطظعغفقكلمنه"),
    ("Chinese", "的一是不了人我在有他这中大来上个国到说们为子和你地出"),
];

criterion_group!(stages, read, words, sets, levels);
criterion_main!(stages);

/// The generated dump as JSON Lines.
fn dump() -> Vec<u8> {
    let corpus = Corpus::new(Options { seed: 1, words: 140, same: 0.0, bucket: 0.0 });
    let mut dump = Vec::new();
    (0..ARTICLES).for_each(|number| corpus.write(number, &mut dump));
    dump
}

fn articles(name: &str, dump: Vec<u8>) -> Vec<Article> {
    let options = ReadOptions::default();
    let mut articles = Vec::new();
    read_bytes(name, dump, &options, |batch| {
        let decoded = batch.records.iter().map(|record| batch.decode(record, &options).unwrap());
        articles.extend(decoded.map(|decoded| decoded.article));
        true
    });
    articles
}

fn texts() -> Vec<String> {
    articles("dump.jsonl", dump()).into_iter().map(|article| article.text).collect()
}

fn len(texts: &[String]) -> u64 {
    texts.iter().map(|text| text.len() as u64).sum()
}

fn started<'c>(criterion: &'c mut Criterion, name: &str) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(20);
    group
}

/// Files to articles; bytes are those of the file unpacked.
fn read(criterion: &mut Criterion) {
    let mut group = started(criterion, "read");
    let dump = dump();
    let pages = pages(&texts()[..200]);
    let packed = zstd::encode_all(dump.as_slice(), 3).unwrap();
    let (dumped, paged) = (dump.len() as u64, pages.1);
    for (name, bytes, unpacked) in
        [("jsonl", dump, dumped), ("jsonl.zst", packed, dumped), ("warc.gz", pages.0, paged)]
    {
        group.throughput(Throughput::Bytes(unpacked));
        group.bench_function(name, |bencher| {
            let read = |bytes| articles(name, bytes);
            bencher.iter_batched(|| bytes.clone(), read, BatchSize::LargeInput);
        });
    }
}

/// Pages as a crawl keeps them, a gzip member each; and their length unpacked.
fn pages(texts: &[String]) -> (Vec<u8>, u64) {
    let (mut packed, mut unpacked) = (Vec::new(), 0);
    for (number, text) in texts.iter().enumerate() {
        let paragraphs = text.replace('\n', "</p><p>");
        let http = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><head><title>Page \
             {number}</title></head><body><nav><a href=/>Home</a></nav><article><p>{paragraphs}</p></article></body></html>"
        );
        let record = format!(
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://site.example/{number}\r\n\
             WARC-Record-ID: <urn:uuid:{number}>\r\nContent-Type: application/http; msgtype=response\r\n\
             Content-Length: {}\r\n\r\n{http}\r\n\r\n",
            http.len()
        );
        unpacked += record.len() as u64;
        let mut member = flate2::write::GzEncoder::new(packed, flate2::Compression::default());
        member.write_all(record.as_bytes()).unwrap();
        packed = member.finish().unwrap();
    }
    (packed, unpacked)
}

/// Texts to folded words.
fn words(criterion: &mut Criterion) {
    let mut group = started(criterion, "words");
    let ascii = texts();
    let others = SCRIPTS.map(|(name, letters)| {
        let letters: Vec<char> = letters.chars().collect();
        (name, ascii.iter().map(|text| in_script(text, &letters, name != "Chinese")).collect())
    });
    for (name, texts) in [("ASCII", ascii)].into_iter().chain(others) {
        group.throughput(Throughput::Bytes(len(&texts)));
        let mut words = Words::default();
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                for text in &texts {
                    words.read(text);
                    black_box(&words);
                }
            });
        });
    }
}

/// The text with other letters, and with or without its spaces.
fn in_script(text: &str, letters: &[char], spaced: bool) -> String {
    let letter = |c: char| letters[usize::from(c.to_ascii_lowercase() as u8 - b'a')];
    text.chars()
        .filter(|c| spaced || *c != ' ')
        .flat_map(|c| match c {
            'A'..='Z' => letter(c).to_uppercase().collect(),
            'a'..='z' => vec![letter(c)],
            other => vec![other],
        })
        .collect()
}

/// What is made of the words of each article, and the score of a pair.
fn sets(criterion: &mut Criterion) {
    let mut group = started(criterion, "sets");
    let texts = texts();
    let lists: Vec<_> = texts.iter().map(|text| Tokens::list_of(text)).collect();
    let tokens: Vec<Tokens<'_>> = lists.iter().map(|list| Tokens::of(list)).collect();
    let sets: Vec<Vec<u64>> = tokens.iter().copied().map(shingles).collect();
    group.throughput(Throughput::Bytes(len(&texts)));
    let mut each = |name: &str, work: &dyn Fn(usize)| {
        group.bench_function(name, |bencher| bencher.iter(|| (0..texts.len()).for_each(work)));
    };
    each("shingles", &|at| {
        black_box(shingles(tokens[at]));
    });
    each("signature", &|at| {
        black_box(signature(sets[at].iter().copied()));
    });
    each("story terms", &|at| {
        black_box(terms(tokens[at]));
    });
    // Each text is in two pairs.
    each("near score", &|at| {
        black_box(Overlap::of(&sets[at], &sets[(at + 1) % sets.len()]));
    });
}

/// Articles to sketches, and sketches to groups at the near level, and at all.
fn levels(criterion: &mut Criterion) {
    let mut measured = started(criterion, "levels");
    let articles = articles("dump.jsonl", dump());
    let bytes = articles.iter().map(|article| article.text.len() as u64).sum();
    let sketched = || {
        let (mut sketcher, mut sketches) = (Sketcher::default(), Sketches::default());
        articles.iter().for_each(|article| sketcher.sketch(article, &mut sketches).unwrap());
        sketches
    };
    measured.throughput(Throughput::Bytes(bytes));
    measured.bench_function("sketches", |bencher| {
        bencher.iter_with_large_drop(sketched);
    });
    let sketches = sketched();
    for level in [Level::Near, Level::Story] {
        let config = Config { level, ..Config::default() };
        let grouped = || group(&sketches, Tally::default(), &config, &Silent).unwrap();
        measured.bench_function(level.name(), |bencher| bencher.iter_with_large_drop(grouped));
    }
}
