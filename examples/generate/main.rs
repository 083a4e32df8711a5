//! Makes a dump with known answers, of any size in little memory.
//!
//! ```sh
//! cargo run --release --example generate -- 100000 DIRECTORY
//! retold eval --gold DIRECTORY/gold.near.tsv --match near DIRECTORY/articles.jsonl
//! retold eval --gold DIRECTORY/gold.story.tsv DIRECTORY/articles.jsonl
//! ```
//!
//! `corpus` says what is planted. The texts mean nothing, but have what a detector of retellings
//! goes by: words as frequent as in a language, names, numbers and dates that belong to an event, themes
//! that events share, phrases that recur, sentences, paragraphs, and page furniture by site.
#![allow(clippy::print_stdout, reason = "it is for people")]

mod corpus;

use clap::Parser;
use corpus::{Corpus, Options};
use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::time::Instant;

/// Make a dump with known answers
#[derive(Debug, Parser)]
struct Args {
    /// How many articles to make
    articles: u64,

    /// Folder for articles.jsonl, gold.near.tsv and gold.story.tsv
    out: PathBuf,

    /// Words of an article, on average
    #[arg(long, default_value_t = 140)]
    words: u64,

    /// Another seed is another dump
    #[arg(long, default_value_t = 0)]
    seed: u64,

    /// Share of the articles that are one text, to the letter
    #[arg(long, default_value_t = 0.0)]
    same: f64,

    /// Share of the articles that are edited copies of one text
    #[arg(long, default_value_t = 0.0)]
    bucket: f64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let Args { articles, out, words, seed, same, bucket } = Args::parse();
    std::fs::create_dir_all(&out)?;
    let create = |name: &str| File::create(out.join(name)).map(BufWriter::new);
    let mut dump = create("articles.jsonl")?;
    let mut near = create("gold.near.tsv")?;
    let mut story = create("gold.story.tsv")?;
    writeln!(near, "id\tnear")?;
    writeln!(story, "id\tstory")?;
    let start = Instant::now();
    let corpus = Corpus::new(Options { seed, words, same, bucket });
    let (mut line, mut bytes) = (Vec::new(), 0);
    for number in 0..articles {
        line.clear();
        corpus.write(number, &mut line);
        dump.write_all(&line)?;
        bytes += line.len();
        let (id, place) = (corpus.id(number), corpus.place(number));
        writeln!(near, "{id}\t{}", place.near)?;
        writeln!(story, "{id}\t{}", place.story)?;
    }
    for mut file in [dump, near, story] {
        file.flush()?;
    }
    let (megabytes, seconds) = (bytes as f64 / 1e6, start.elapsed().as_secs_f64());
    println!("{articles} articles, {megabytes:.0} MB in {seconds:.1} s");
    Ok(())
}
