//! From a file to groups, at two sizes: `cargo bench --bench growth`.
//!
//! Bytes a second should be the same at both, or the work grows faster than the dump. Besides a plain dump
//! two that make buckets overflow: one text in all articles, and edited copies of one
//! text in a tenth of them.
#![allow(clippy::unwrap_used, reason = "a bench may fail anywhere")]

#[path = "../examples/generate/corpus/mod.rs"]
mod corpus;

use corpus::{Corpus, Options};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use retold::config::{Config, Level};
use retold::pipeline::{Silent, run};
use retold::read::InputFile;
use std::io::Write;

const SIZES: [u64; 2] = [25_000, 100_000];

criterion_group!(growth, dumps);
criterion_main!(growth);

fn dumps(criterion: &mut Criterion) {
    let plain = Options { seed: 1, words: 140, same: 0.0, bucket: 0.0 };
    let same = Options { same: 1.0, ..plain.clone() };
    let bucket = Options { bucket: 0.1, ..plain.clone() };
    for (name, options) in [("plain", plain), ("one text", same), ("one bucket", bucket)] {
        let corpus = Corpus::new(options);
        for articles in SIZES {
            let (mut file, mut line) = (tempfile::NamedTempFile::new().unwrap(), Vec::new());
            let mut bytes = 0;
            for number in 0..articles {
                line.clear();
                corpus.write(number, &mut line);
                file.write_all(&line).unwrap();
                bytes += line.len() as u64;
            }
            let files =
                [InputFile { path: Some(file.path().to_owned()), name: "dump.jsonl".into() }];
            for level in [Level::Near, Level::Story] {
                let config = Config { level, ..Config::default() };
                let mut group = criterion.benchmark_group(format!("{name}, {}", level.name()));
                group.sample_size(10).throughput(Throughput::Bytes(bytes));
                group.bench_function(BenchmarkId::from_parameter(articles), |bencher| {
                    bencher.iter(|| run(&files, &config, &Silent).unwrap());
                });
            }
        }
    }
}
