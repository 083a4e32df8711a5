//! Story candidates, measured: `cargo run --release --example candidate_recall -- LABELLED_DIR`.
//!
//! Each folder of `LABELLED_DIR` is a set: articles in `docs.jsonl` or `docs.jsonl.zst`, and which of
//! them tell one story in `clusters.tsv` (id, cluster) or else in `pairs.tsv` (id, id, 1 for yes).
//! All sets are one corpus, in which near copies are joined first, as the pipeline does it; labelled
//! pairs that this joins are left out. Parts of that corpus hold all sets with labels, and of the
//! others an even choice. For each part and design it prints how many candidates an article has
//! (each pair counts for both), pairs for each article, the share of the labelled pairs among the
//! candidates set by set, their mean, and the time from profiles to pairs.
#![allow(clippy::print_stdout, reason = "it is for people")]

use ahash::AHashMap;
use anyhow::{Context, ensure};
use rayon::prelude::*;
use retold::config::Config;
use retold::hash::{combine, hash64};
use retold::lsh::Pair;
use retold::lsh::story::{Keys, Limits, candidates};
use retold::math::ln;
use retold::pipeline::{Compared, Sketcher, Sketches, compared};
use retold::read::{InputFile, ReadOptions, read};
use retold::score::story::{Profile, Profiles};
use retold::store::{Column, Store};
use std::ops::Range;
use std::path::Path;
use std::time::{Duration, Instant};

fn main() -> anyhow::Result<()> {
    let folder = std::env::args_os().nth(1).context("name the folder of the labelled sets")?;
    let corpus = Corpus::read(Path::new(&folder))?;
    [4, 2, 1].into_iter().try_for_each(|part| corpus.part(part)?.measure())
}

/// All articles, sorted by id, and the labels.
struct Corpus {
    articles: Vec<Compared>,
    /// Those that stand for themselves after the near level.
    standing: Vec<u32>,
    sets: Vec<Set>,
}

/// A set with labels: its name, and the pairs of its articles that tell one story.
struct Set {
    name: String,
    pairs: Vec<Pair>,
}

impl Corpus {
    fn read(folder: &Path) -> anyhow::Result<Corpus> {
        let entries: Vec<_> = std::fs::read_dir(folder)?.collect::<Result<_, _>>()?;
        let mut folders: Vec<_> = entries.iter().map(std::fs::DirEntry::path).collect();
        folders.sort();
        let mut sketches = Sketches::default();
        for folder in &folders {
            read_set(folder, &mut sketches)?;
        }
        let articles = compared(&sketches, &Config::default())?;
        let repeated = articles.windows(2).find(|pair| pair[0].id == pair[1].id);
        ensure!(repeated.is_none(), "an id is taken twice: {repeated:?}");
        let numbers: AHashMap<&str, u32> =
            articles.iter().map(|article| (article.id.as_str(), article.near)).collect();
        let mut sets = Vec::new();
        for folder in &folders {
            sets.extend(labels(folder, &numbers)?);
        }
        let standing = (0..).zip(&articles).filter(|(own, of)| *own == of.near);
        let standing = standing.map(|(own, _)| own).collect();
        Ok(Corpus { standing, articles, sets })
    }

    /// One article of `part`, among them all of the sets with labels.
    fn part(&self, part: usize) -> anyhow::Result<Part> {
        let place = |&article: &u32| {
            let id = &self.articles[article as usize].id;
            let labelled = self.sets.iter().any(|set| id.starts_with(&format!("{}/", set.name)));
            (!labelled, hash64(id.as_bytes(), 1))
        };
        let mut chosen = self.standing.clone();
        chosen.sort_by_cached_key(place);
        chosen.truncate(self.standing.len() / part);
        chosen.sort_unstable();
        let number = |article| chosen.binary_search(&article).ok().map(|own| own as u32);
        let renumbered = |&(a, b): &Pair| Some((number(a)?, number(b)?));
        let sets = self.sets.iter().map(|set| {
            let pairs = set.pairs.iter().filter_map(renumbered).collect();
            Set { name: set.name.clone(), pairs }
        });
        let store = Store::new(usize::MAX, &std::env::temp_dir());
        let mut texts = Column::new(&store, usize::MAX);
        for article in &chosen {
            texts.push(&self.articles[*article as usize].list)?;
        }
        Ok(Part { sets: sets.collect(), texts, store })
    }
}

/// Adds the sketches of a set; their ids begin with its name.
fn read_set(folder: &Path, sketches: &mut Sketches) -> anyhow::Result<()> {
    let paths = ["docs.jsonl", "docs.jsonl.zst"].map(|name| folder.join(name));
    let Some(path) = paths.into_iter().find(|path| path.exists()) else { return Ok(()) };
    let file = InputFile { name: path.to_string_lossy().as_ref().into(), path: Some(path) };
    let (options, mut sketcher) = (ReadOptions::default(), Sketcher::default());
    let tally = read(&[file], &options, 1, |batch| {
        let decoded = batch.records.iter().filter_map(|record| batch.decode(record, &options).ok());
        for mut article in decoded.map(|decoded| decoded.article) {
            article.id = article.id.map(|id| format!("{}/{id}", name(folder)));
            // One without words has been left out already.
            let _ = sketcher.sketch(&article, sketches);
        }
        true
    });
    ensure!(!tally.is_incomplete(), "{folder:?} cannot be read in full: {tally:?}");
    Ok(())
}

fn name(folder: &Path) -> String {
    folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The pairs of a set that tell one story, by the numbers of their articles.
fn labels(folder: &Path, numbers: &AHashMap<&str, u32>) -> anyhow::Result<Option<Set>> {
    let paths = ["clusters.tsv", "pairs.tsv"].map(|name| folder.join(name));
    let Some(path) = paths.iter().find(|path| path.exists()) else { return Ok(None) };
    let (text, name) = (std::fs::read_to_string(path)?, name(folder));
    let number = |id: &str| numbers.get(format!("{name}/{id}").as_str()).copied();
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|row| row.split('\t').collect()).collect();
    let mut pairs: Vec<Pair> = Vec::new();
    let mut add = |a: &str, b: &str| match (number(a), number(b)) {
        (Some(a), Some(b)) if a != b => pairs.push((a.min(b), a.max(b))),
        _ => {}
    };
    for (i, row) in rows.iter().enumerate() {
        match row[..] {
            [a, cluster] => {
                let others = rows[..i].iter().filter(|other| other.get(1) == Some(&cluster));
                others.for_each(|other| add(a, other[0]));
            }
            [a, b, "1", ..] => add(a, b),
            _ => {}
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    Ok(Some(Set { name, pairs }))
}

/// A part of the corpus: words of its articles, and labelled pairs by their numbers in it.
struct Part {
    texts: Column,
    store: Store,
    sets: Vec<Set>,
}

impl Part {
    fn measure(&self) -> anyhow::Result<()> {
        println!("\n{} articles; labelled pairs:", self.texts.len());
        self.sets.iter().for_each(|set| println!("- {}: {}", set.name, set.pairs.len()));
        let names: Vec<&str> = self.sets.iter().map(|set| set.name.as_str()).collect();
        println!("\n| design | candidates | pairs | {} | mean | seconds |", names.join(" | "));
        println!("|---|{}", "---|".repeat(names.len() + 4));
        let present = Limits::default();
        let keep = |neighbours| Limits { neighbours, ..present };
        let cap = |file_cap| Limits { file_cap, ..present };
        let file = |keys| Limits { keys, ..present };
        let kept = [present, keep(20), keep(25), keep(30), keep(60)];
        let filed = [cap(100), cap(400), cap(800), file(32), file(128), file(1000)];
        for limits in kept.into_iter().chain(filed) {
            let made = self.profiles(limits.keys)?;
            let start = Instant::now();
            let pairs = self.candidates(&made.keys, made.terms, limits)?;
            self.row(&format!("{limits:?}"), &pairs, start.elapsed());
        }
        let profiles = self.profiles(0)?.profiles;
        let profiles = profiles.block(0..self.texts.len())?;
        for power in [1, 2] {
            let start = Instant::now();
            let drawn = (0..self.texts.len()).into_par_iter();
            let minima: Vec<Vec<u32>> =
                drawn.map(|row| minima(Profile::of(profiles.get(row)), power)).collect();
            let drawing = start.elapsed();
            for (shared, cap) in [(2, 100), (2, 400), (3, 100), (3, 400)] {
                let start = Instant::now();
                let pairs = sharing(&minima, shared, cap);
                let design = format!("minima by idf^{power}: {shared} shared, cap {cap}");
                self.row(&design, &pairs, drawing + start.elapsed());
            }
            let (start, limits) = (Instant::now(), Limits { keys: SAMPLES, ..cap(400) });
            let (keys, terms) = self.numbered(&minima)?;
            let pairs = self.candidates(&keys, terms, limits)?;
            let design = format!("minima by idf^{power}: {limits:?}");
            self.row(&design, &pairs, drawing + start.elapsed());
        }
        Ok(())
    }

    fn profiles(&self, keys: usize) -> anyhow::Result<Profiles> {
        let asked: Vec<u32> = (0..self.texts.len() as u32).collect();
        let days = |range: Range<usize>| Ok(vec![None; range.len()]);
        Profiles::new(&self.texts, &asked, &days, keys, &self.store, &mut |_| anyhow::Ok(()))
    }

    fn candidates(&self, keys: &Column, terms: usize, limits: Limits) -> anyhow::Result<Vec<Pair>> {
        let mut pairs = Vec::new();
        let keep = |mut found: Vec<Pair>| {
            pairs.append(&mut found);
            Ok(())
        };
        candidates(keys, terms, limits, |_, _| true, &self.store, keep)?;
        pairs.par_sort_unstable();
        pairs.dedup();
        Ok(pairs)
    }

    /// Hashes as keys of weight 1, and how many different ones there are.
    fn numbered(&self, hashes: &[Vec<u32>]) -> anyhow::Result<(Column, usize)> {
        let mut different: Vec<u32> = hashes.concat();
        different.par_sort_unstable();
        different.dedup();
        let mut keys = Column::new(&self.store, usize::MAX);
        for own in hashes {
            let mut list = Vec::new();
            let number = |hash| different.partition_point(|other| other < hash) as u32;
            Keys::write(own.iter().map(|hash| (number(hash), 1)), &mut list);
            keys.push(&list)?;
        }
        Ok((keys, different.len()))
    }

    fn row(&self, design: &str, pairs: &[Pair], took: Duration) {
        let each = pairs.len() as f64 / self.texts.len() as f64;
        print!("| {design} | {:.1} | {each:.1} |", 2.0 * each);
        let mut sum = 0.0;
        for set in &self.sets {
            let found = set.pairs.iter().filter(|pair| pairs.binary_search(pair).is_ok()).count();
            let recall = found as f64 / set.pairs.len() as f64;
            sum += recall;
            print!(" {recall:.4} |");
        }
        println!(" {:.4} | {:.2} |", sum / self.sets.len() as f64, took.as_secs_f64());
    }
}

/// Samples of weighted MinHash.
const SAMPLES: usize = 128;

/// For each sample a term, drawn in proportion to its weight among all terms of an article (the
/// least of exponential variables whose rates are the weights), hashed with the sample's number.
fn minima(profile: Profile<'_>, power: i32) -> Vec<u32> {
    let mut least = [(f64::INFINITY, 0); SAMPLES];
    profile.opened().shared(profile, |term, of, _| {
        let rate = of.idf().powi(power);
        for (sample, least) in least.iter_mut().enumerate() {
            let key = combine(u64::from(term), sample as u64);
            // In (0, 1): the high 53 bits, and a half.
            let uniform = ((key >> 11) as f64 + 0.5) / (1_u64 << 53) as f64;
            let arrival = -ln(uniform) / rate;
            if arrival < least.0 {
                *least = (arrival, (key >> 32) as u32);
            }
        }
    });
    let drawn = least.into_iter().filter(|(arrival, _)| arrival.is_finite());
    drawn.map(|(_, term)| term).collect()
}

/// Sorted pairs of articles that share at least `shared` keys, of those that at most `cap` hold.
fn sharing(keys: &[Vec<u32>], shared: u8, cap: usize) -> Vec<Pair> {
    let numbered = (0_u32..).zip(keys);
    let mut entries: Vec<(u32, u32)> =
        numbered.flat_map(|(own, keys)| keys.iter().map(move |key| (*key, own))).collect();
    entries.par_sort_unstable();
    // For each article those after it in each of its files.
    let mut met: Vec<Vec<&[(u32, u32)]>> = vec![Vec::new(); keys.len()];
    for file in entries.chunk_by(|a, b| a.0 == b.0).filter(|file| file.len() <= cap) {
        for (i, &(_, article)) in file.iter().enumerate() {
            met[article as usize].push(&file[i + 1..]);
        }
    }
    let pairs_of = |counts: &mut Vec<u8>, (article, met): (usize, &Vec<&[(u32, u32)]>)| {
        let mut pairs = Vec::new();
        for &(_, other) in met.iter().copied().flatten() {
            counts[other as usize] += 1;
            if counts[other as usize] == shared {
                pairs.push((article as u32, other));
            }
        }
        met.iter().copied().flatten().for_each(|&(_, other)| counts[other as usize] = 0);
        pairs.sort_unstable();
        pairs
    };
    let counts = || vec![0; keys.len()];
    met.par_iter().enumerate().map_init(counts, pairs_of).flatten_iter().collect()
}
