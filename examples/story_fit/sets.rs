//! Labelled sets, with all that does not depend on the coefficients worked out.
//!
//! A set is a folder: articles in `docs.jsonl` or `docs.jsonl.zst`, labels in `clusters.tsv` (id,
//! cluster) or else in `pairs.tsv` or `pairs_silver.tsv` (id, id, 1 for one story).

use ahash::AHashMap;
use anyhow::{Context, Result, ensure};
use rayon::prelude::*;
use retold::cluster::{self, Edge, Group, graph::Graph};
use retold::config::{Config, Level};
use retold::eval::{Agreement, JudgedPair, PrecisionRecall, compare_groups, compare_pairs};
use retold::lsh::{self, Pair};
use retold::pipeline::{Compared, Silent, Sketcher, Sketches, compared, group};
use retold::read::{InputFile, ReadOptions, Tally, read};
use retold::score::near::Overlap;
use retold::score::story::{
    self, Coefficients, Density, LEAST_EXCESS, Parts, Profile, Profiles, likeness,
};
use retold::shingle::near::shingles;
use retold::store::{Column, Sorter, Store};
use retold::text::Tokens;
use std::ops::Range;
use std::path::Path;

/// Sets whose labels say what one story is.
pub(crate) const LABELLED: [&str; 6] = [
    "ecbplus",
    "allsides_story_fulltext",
    "basil",
    "vietnamese_mds",
    "tgcontest_pairs",
    "clough_stevenson",
];

/// The set of templates filled in twice (0) and articles sent again (1).
pub(crate) const TEMPLATES: &str = "reuters21578";

/// A labelled set. Articles are numbered among those that speak for their near groups.
pub(crate) struct Set {
    pub(crate) name: String,
    articles: usize,
    candidates: Vec<(u32, u32, Parts)>,
    labels: Labels,
}

enum Labels {
    /// Article and label of each labelled article; two of them may be one near group.
    Groups(Vec<(u32, u32)>),
    Pairs(Vec<(u32, u32, bool)>),
}

/// How good the clusters of a set are, as `retold eval` says it.
pub(crate) struct Figures {
    /// Over pairs: all pairs of labelled articles, or the labelled ones.
    pub(crate) pairs: PrecisionRecall,
    /// Where the labels are groups.
    pub(crate) grouping: Option<Agreement>,
}

/// A candidate pair with a label.
pub(crate) struct LabelledPair {
    pub(crate) excess: f64,
    pub(crate) wanted: bool,
    /// Whether the two are in one cluster.
    pub(crate) joined: bool,
    /// Whether one is the match that is reported of the other.
    pub(crate) reported: bool,
}

/// Excess of each candidate pair, and the groups.
struct Clustered {
    excess: Vec<f64>,
    groups: Vec<Group>,
    /// Representative of each article.
    of: Vec<u32>,
}

impl Set {
    pub(crate) fn read(folder: &Path) -> Result<Set> {
        let read = sketches(folder)?;
        let articles = compared(&read, &Config::default())?;
        let standing: Vec<u32> =
            (0..).zip(&articles).filter(|(i, of)| *i == of.near).map(|(i, _)| i).collect();
        let own = |of: &Compared| standing.partition_point(|&i| i < of.near) as u32;
        let own: Vec<u32> = articles.iter().map(own).collect();
        let set = Set {
            name: folder.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            articles: standing.len(),
            candidates: candidates(&articles, &standing)?,
            labels: Labels::read(folder, &articles, &own)?,
        };
        let piped = group(&read, Tally::default(), &Config::default(), &Silent)?;
        ensure!(piped.repeated_ids == 0, "{} ids are taken twice", piped.repeated_ids);
        let clusters = set.clusters(&Coefficients::SHIPPED).of;
        let story = |article| piped.representative(article, Level::Story);
        let equal = (0..)
            .zip(&own)
            .all(|(article, &own)| story(article) == standing[clusters[own as usize] as usize]);
        ensure!(equal, "{}: the pipeline makes other clusters", set.name);
        Ok(set)
    }

    /// Whether the labels are groups, and so tell of all pairs.
    pub(crate) fn has_groups(&self) -> bool {
        matches!(self.labels, Labels::Groups(_))
    }

    fn clusters(&self, of: &Coefficients) -> Clustered {
        self.try_clusters(of)
            .unwrap_or_else(|error| unreachable!("nothing goes to a file: {error}"))
    }

    fn try_clusters(&self, of: &Coefficients) -> retold::store::Result<Clustered> {
        let store = memory();
        let mut likenesses = Sorter::new(&store, usize::MAX);
        for &(a, b, parts) in &self.candidates {
            likenesses.extend(&[a, b].map(|own| likeness(own, parts.words)))?;
        }
        let density = Density::new(self.articles, self.articles, &likenesses.finish()?, of)?;
        let (mut excess, mut graph) = (Vec::new(), Graph::new(self.articles, &store, usize::MAX));
        for &(a, b, parts) in &self.candidates {
            // As the pipeline rounds it.
            let score = parts.without_phrases(of).excess(parts.phrases, density.between(a, b), of);
            excess.push(score);
            if score > LEAST_EXCESS {
                graph.push(Edge { a, b, score })?;
            }
        }
        let cut = story::cut(Config::default().story_threshold, density.trust(), of);
        let mut groups = Vec::new();
        let keep = |group| {
            groups.push(group);
            Ok(())
        };
        cluster::story::groups(graph, cut, keep)?;
        let mut of: Vec<u32> = (0..self.articles as u32).collect();
        for group in &groups {
            group
                .members
                .iter()
                .for_each(|member| of[member.article as usize] = group.representative);
        }
        Ok(Clustered { excess, groups, of })
    }

    pub(crate) fn figures(&self, of: &Coefficients) -> Figures {
        let clusters = self.clusters(of).of;
        let cluster = |own: u32| clusters[own as usize];
        match &self.labels {
            Labels::Groups(articles) => {
                let (found, wanted): (Vec<u32>, Vec<u32>) =
                    articles.iter().map(|&(own, label)| (cluster(own), label)).unzip();
                let agreement = compare_groups(&found, &wanted);
                Figures { pairs: agreement.pairwise, grouping: Some(agreement) }
            }
            Labels::Pairs(pairs) => {
                let judge = |&(a, b, wanted): &(u32, u32, bool)| JudgedPair {
                    wanted,
                    found: cluster(a) == cluster(b),
                    score: 0.0,
                };
                let judged: Vec<_> = pairs.iter().map(judge).collect();
                Figures { pairs: compare_pairs(&judged).joined, grouping: None }
            }
        }
    }

    /// Shares of the pairs that belong together, and of those that do not, that are joined.
    pub(crate) fn joined(&self, of: &Coefficients) -> (f64, f64) {
        let clusters = self.clusters(of).of;
        let Labels::Pairs(pairs) = &self.labels else { return (0.0, 0.0) };
        let share = |label: bool| {
            let labelled = pairs.iter().filter(|pair| pair.2 == label);
            let joined =
                |&&(a, b, _): &&(u32, u32, bool)| clusters[a as usize] == clusters[b as usize];
            labelled.clone().filter(joined).count() as f64 / labelled.count() as f64
        };
        (share(true), share(false))
    }

    pub(crate) fn labelled_pairs(&self, of: &Coefficients) -> Vec<LabelledPair> {
        let clusters = self.clusters(of);
        let mut matches: Vec<(u32, u32)> = clusters
            .groups
            .iter()
            .flat_map(|group| &group.members)
            .map(|member| (member.article.min(member.to), member.article.max(member.to)))
            .collect();
        matches.sort_unstable();
        let wanted: AHashMap<(u32, u32), bool> = match &self.labels {
            Labels::Groups(articles) => {
                let label: AHashMap<u32, u32> = articles.iter().copied().collect();
                let pairs = self
                    .candidates
                    .iter()
                    .filter_map(|&(a, b, _)| Some(((a, b), label.get(&a)? == label.get(&b)?)));
                pairs.collect()
            }
            Labels::Pairs(pairs) => {
                pairs.iter().map(|&(a, b, wanted)| ((a.min(b), a.max(b)), wanted)).collect()
            }
        };
        let scored = self.candidates.iter().zip(&clusters.excess);
        scored
            .filter_map(|(&(a, b, _), &excess)| {
                Some(LabelledPair {
                    excess,
                    wanted: *wanted.get(&(a, b))?,
                    joined: clusters.of[a as usize] == clusters.of[b as usize],
                    reported: matches.binary_search(&(a, b)).is_ok(),
                })
            })
            .collect()
    }
}

impl Labels {
    fn read(folder: &Path, articles: &[Compared], own: &[u32]) -> Result<Labels> {
        let paths = ["clusters.tsv", "pairs.tsv", "pairs_silver.tsv"].map(|name| folder.join(name));
        let path = paths.iter().find(|path| path.exists());
        let path = path.with_context(|| format!("no labels in {}", folder.display()))?;
        let ids = articles.iter().map(|article| article.id.as_str());
        let number: AHashMap<&str, u32> = ids.zip(own.iter().copied()).collect();
        let text = std::fs::read_to_string(path)?;
        let rows = text.lines().skip(1).map(|row| row.split('\t').collect::<Vec<_>>());
        if !path.ends_with("clusters.tsv") {
            let pair = |row: Vec<&str>| match row[..] {
                [a, b, label, ..] => Some((*number.get(a)?, *number.get(b)?, label == "1")),
                _ => None,
            };
            return Ok(Labels::Pairs(rows.filter_map(pair).collect()));
        }
        let mut names: AHashMap<String, u32> = AHashMap::new();
        let label = |row: Vec<&str>| match row[..] {
            [id, cluster] => {
                let next = names.len() as u32;
                let label = *names.entry(cluster.to_owned()).or_insert(next);
                Some((*number.get(id)?, label))
            }
            _ => None,
        };
        Ok(Labels::Groups(rows.filter_map(label).collect()))
    }
}

/// The sketches of a set.
fn sketches(folder: &Path) -> Result<Sketches> {
    let paths = ["docs.jsonl", "docs.jsonl.zst"].map(|name| folder.join(name));
    let path = paths.into_iter().find(|path| path.exists());
    let path = path.with_context(|| format!("no articles in {}", folder.display()))?;
    let file = InputFile { name: path.to_string_lossy().as_ref().into(), path: Some(path) };
    let (options, mut sketcher) = (ReadOptions::default(), Sketcher::default());
    let mut sketches = Sketches::default();
    let tally = read(&[file], &options, 1, |batch| {
        let decoded = batch.records.iter().filter_map(|record| batch.decode(record, &options).ok());
        decoded.for_each(|decoded| {
            // One without words has been left out already.
            let _ = sketcher.sketch(&decoded.article, &mut sketches);
        });
        true
    });
    ensure!(!tally.is_incomplete(), "{folder:?} cannot be read in full: {tally:?}");
    Ok(sketches)
}

/// Candidate pairs of the articles in `standing`, by own numbers, with all their parts.
fn candidates(articles: &[Compared], standing: &[u32]) -> Result<Vec<(u32, u32, Parts)>> {
    let store = memory();
    let mut texts = Column::new(&store, usize::MAX);
    for article in standing {
        texts.push(&articles[*article as usize].list)?;
    }
    let day = |own: usize| articles[standing[own] as usize].day;
    let days = |range: Range<usize>| Ok(range.map(day).collect());
    let own: Vec<u32> = (0..standing.len() as u32).collect();
    let limits = lsh::story::Limits::default();
    let tell = &mut |_| anyhow::Ok(());
    let made = Profiles::new(&texts, &own, &days, limits.keys, &store, tell)?;
    let mut pairs = Vec::new();
    let keep = |mut found: Vec<Pair>| {
        pairs.append(&mut found);
        Ok(())
    };
    lsh::story::candidates(&made.keys, made.terms, limits, |_, _| true, &store, keep)?;
    pairs.sort_unstable();
    pairs.dedup();
    let (texts, profiles) = (texts.block(0..own.len())?, made.profiles.block(0..own.len())?);
    let own = own.par_iter();
    let sets: Vec<_> = own.map(|own| shingles(Tokens::of(texts.get(*own as usize)))).collect();
    let compare = |&(a, b): &Pair| {
        let [first, second] = [a, b].map(|own| Profile::of(profiles.get(own as usize)));
        let overlap = Overlap::of(&sets[a as usize], &sets[b as usize]);
        (a, b, first.opened().compare(second).with_phrases(overlap))
    };
    Ok(pairs.par_iter().map(compare).collect())
}

fn memory() -> Store {
    Store::new(usize::MAX, &std::env::temp_dir())
}
