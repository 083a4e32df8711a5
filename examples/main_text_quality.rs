//! Main text of pages, measured: `cargo run --release --example main_text_quality -- PAGES`.
//!
//! `PAGES` is JSON Lines, plain or zstd, each line a page with its `html` and its `expected_text`. For
//! each page the multisets of word 4-grams (tokens `\w+`, lower case) of what comes out and of what
//! is expected are compared; precision and recall are averaged over the pages, and F1 is that of the
//! averages. The speed is that of one thread.
#![allow(clippy::print_stdout, reason = "it is for people")]

use ahash::AHashMap;
use anyhow::{Context, ensure};
use retold::read::html::main_text;
use serde::Deserialize;
use std::io::{BufRead, BufReader, Read};
use std::time::{Duration, Instant};

#[derive(Deserialize)]
struct Labelled {
    html: String,
    expected_text: String,
}

fn main() -> anyhow::Result<()> {
    let path = std::env::args_os().nth(1).context("name the file of pages")?;
    let file = std::fs::File::open(&path)?;
    let zstd = path.to_string_lossy().ends_with(".zst");
    let input: Box<dyn Read> =
        if zstd { Box::new(zstd::Decoder::new(file)?) } else { Box::new(file) };
    let (mut pages, mut precision, mut recall, mut dated) = (0.0, 0.0, 0.0, 0);
    let mut spent = Duration::ZERO;
    for line in BufReader::new(input).lines() {
        let labelled: Labelled = serde_json::from_str(&line?)?;
        let started = Instant::now();
        let page = main_text(&labelled.html)?;
        spent += started.elapsed();
        let (found, wanted) = (four_grams(&page.text), four_grams(&labelled.expected_text));
        let shared: u32 = found
            .iter()
            .map(|(gram, &count)| wanted.get(gram).map_or(0, |&other| count.min(other)))
            .sum();
        let share = |of: &AHashMap<Vec<String>, u32>| {
            let all: u32 = of.values().sum();
            if all == 0 { 0.0 } else { f64::from(shared) / f64::from(all) }
        };
        pages += 1.0;
        precision += share(&found);
        recall += share(&wanted);
        dated += u32::from(page.date.is_some());
    }
    ensure!(pages > 0.0, "the file holds no page");
    let (precision, recall) = (precision / pages, recall / pages);
    let f1 = 2.0 * precision * recall / (precision + recall);
    println!("{pages} pages, {dated} with a date");
    println!("precision {precision:.3}  recall {recall:.3}  F1 {f1:.3}");
    println!("{:.0} pages a second", pages / spent.as_secs_f64());
    Ok(())
}

fn four_grams(text: &str) -> AHashMap<Vec<String>, u32> {
    let folded = text.to_lowercase();
    let words: Vec<&str> = folded
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
        .collect();
    let mut grams = AHashMap::new();
    for gram in words.windows(4) {
        *grams.entry(gram.iter().map(|word| (*word).to_owned()).collect()).or_insert(0) += 1;
    }
    grams
}
