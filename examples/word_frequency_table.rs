//! Makes `data/word-frequency/table.bin` from lists of words and their counts.
//!
//! ```sh
//! cargo run --release --example word_frequency_table -- DIRECTORY data/word-frequency/table.bin
//! ```
//!
//! `DIRECTORY` holds one `LANG.tsv` a language, each line a word, a tab and its count, the 8,000
//! most frequent of each language. Files are taken in the order of their names; the table does not
//! depend on it.

use anyhow::{Context, Result, bail};
use retold::shingle::frequency::WordFrequency;
use retold::shingle::story::terms;
use retold::text::{Kind, Tokens, Words};
use std::collections::BTreeMap;
use std::path::Path;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [lists, table] = arguments.as_slice() else {
        bail!("usage: word_frequency_table DIRECTORY TABLE");
    };
    let lists = read_lists(Path::new(lists))?;
    write_table(&lists, Path::new(table))
}

/// The words of a language with their counts.
type List = Vec<(String, f64)>;

fn read_lists(directory: &Path) -> Result<Vec<List>> {
    let mut lists = Vec::new();
    for entry in std::fs::read_dir(directory).with_context(|| directory.display().to_string())? {
        let path = entry?.path();
        // English words that stand in Chinese subtitles are no sign of how common they are.
        if path.extension().is_some_and(|e| e == "tsv") && !path.ends_with("ze_en.tsv") {
            lists.push(read_list(&path).with_context(|| path.display().to_string())?);
        }
    }
    Ok(lists)
}

fn read_list(path: &Path) -> Result<List> {
    let parse = |line: &str| -> Result<(String, f64)> {
        let (word, count) = line.split_once('\t').context("a line is WORD, tab, COUNT")?;
        Ok((word.to_owned(), count.parse()?))
    };
    std::fs::read_to_string(path)?.lines().map(parse).collect()
}

/// Writes the table: of each term the greatest share that it has in a language.
fn write_table(lists: &[List], path: &Path) -> Result<()> {
    let mut shares: BTreeMap<u32, f64> = BTreeMap::new();
    for list in lists {
        let total: f64 = list.iter().map(|(_, count)| count).sum();
        let mut counts: BTreeMap<u32, f64> = BTreeMap::new();
        for (word, count) in list {
            // A list cuts "don't" in its own way; what counts is how this program cuts it.
            for term in terms(Tokens::of(&Tokens::list_of(word))) {
                *counts.entry(term.hash).or_default() += count;
            }
        }
        let chance = chance_pairs(list).into_iter();
        for (term, share) in
            counts.into_iter().map(|(term, count)| (term, count / total)).chain(chance)
        {
            let greatest = shares.entry(term).or_default();
            *greatest = greatest.max(share);
        }
    }
    std::fs::write(path, WordFrequency::pack(shares)).with_context(|| path.display().to_string())
}

/// Share of characters from which a pair of them is entered although it is no word: the end of one
/// frequent word and the beginning of the next.
const CHANCE_SHARE: f64 = 6e-6;

/// Pairs of frequent characters of a script without spaces, with the share that chance gives them.
/// Without them a pair that belongs to no word would pass for a rare one.
fn chance_pairs(list: &List) -> Vec<(u32, f64)> {
    let mut characters: BTreeMap<char, f64> = BTreeMap::new();
    for (word, count) in list {
        let words = Words::of(word);
        for solid in words.words.iter().filter(|word| word.kind == Kind::Solid) {
            let text = &words.normal[solid.start as usize..solid.end as usize];
            for character in text.chars() {
                *characters.entry(character).or_default() += count;
            }
        }
    }
    let total: f64 = characters.values().sum();
    let mut pairs = Vec::new();
    for (first, a) in &characters {
        for (second, b) in &characters {
            let share = (a / total) * (b / total);
            if share >= CHANCE_SHARE {
                let list = Tokens::list_of(&format!("{first}{second}"));
                pairs.extend(terms(Tokens::of(&list)).into_iter().map(|term| (term.hash, share)));
            }
        }
    }
    pairs
}
