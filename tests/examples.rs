//! The articles in `data` against their labels, and the three the project grew from.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may fail anywhere, and says what it leaves out"
)]

mod support;

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use support::cli::{Run, program};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs the program where a user of the repository would.
fn run(args: &[&str]) -> Run {
    Run::of(program(root()).args(args).output().unwrap()).ends(0)
}

/// The cluster that holds the article whose id has this in it.
fn cluster_of<'a>(clusters: &'a [Vec<String>], part: &str) -> Option<&'a Vec<String>> {
    clusters.iter().find(|ids| ids.iter().any(|id| id.contains(part)))
}

#[test]
fn every_label_is_met_at_all_three_levels() {
    let run = run(&["eval", "--json", "--gold", "data/labels.tsv", "data/articles"]);
    let found: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(found["labels_without_article"], 0);
    let articles = std::fs::read_dir(root().join("data/articles")).unwrap().count();
    assert!(articles >= 30);
    let figures = found["figures"].as_array().unwrap();
    let levels: Vec<&Value> = figures.iter().map(|figure| &figure["level"]).collect();
    assert_eq!(levels, ["exact", "near", "story"]);
    for figure in figures {
        assert_eq!(figure["articles"].as_u64(), Some(articles as u64), "{figure}");
        assert_eq!(figure["pairwise"]["f1"].as_f64(), Some(1.0), "{figure}");
        assert_eq!(figure["b_cubed"]["f1"].as_f64(), Some(1.0), "{figure}");
        assert_eq!(figure["adjusted_rand_index"].as_f64(), Some(1.0), "{figure}");
    }
}

/// Every level has groups to find, or an F1 of 1 would mean nothing.
#[test]
fn the_labels_ask_for_something_at_each_level() {
    let labels = std::fs::read_to_string(root().join("data/labels.tsv")).unwrap();
    let mut lines = labels.lines();
    assert_eq!(lines.next(), Some("id\texact\tnear\tstory"));
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split('\t').collect()).collect();
    let groups = |column: usize| rows.iter().map(|row| row[column]).collect::<BTreeSet<_>>().len();
    let [ids, exact, near, story] = [0, 1, 2, 3].map(groups);
    assert!(ids > exact && exact > near && near > story, "{ids} {exact} {near} {story}");
    assert_eq!(ids, rows.len());
}

#[test]
fn the_first_two_tell_one_story_and_the_fourth_another() {
    let clusters = run(&["cluster", "data/articles"]).clusters();
    let story = cluster_of(&clusters, "/000_").unwrap();
    assert_eq!(story.len(), 2, "{story:?}");
    assert!(story[1].contains("/001_"), "{story:?}");
    assert_eq!(cluster_of(&clusters, "/003_"), None);
}

/// Runs of five words, by the plainest rule there is: lower case, letters and digits.
fn five_grams(text: &str) -> BTreeSet<Vec<String>> {
    let lower = text.to_lowercase();
    let words: Vec<String> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    words.windows(5).map(<[String]>::to_vec).collect()
}

fn jaccard(a: &str, b: &str) -> f64 {
    let (a, b) = (five_grams(a), five_grams(b));
    assert!(a.len() > 100 && b.len() > 100);
    let shared = a.intersection(&b).count();
    shared as f64 / (a.len() + b.len() - shared) as f64
}

/// They are told in other words, so no count of shared phrases would have joined them.
#[test]
fn the_first_two_share_next_to_no_phrase() {
    let read = |name: &str| std::fs::read_to_string(root().join("data/articles").join(name));
    let a = read("000_niger-yevkurov-visit.txt").unwrap();
    let b = read("001_russia-niger-defence-links.txt").unwrap();
    assert!(jaccard(&a, &b) < 0.08, "{}", jaccard(&a, &b));
    assert!((jaccard(&a, &a) - 1.0).abs() < f64::EPSILON);
}

/// The articles that the project grew from, where they are.
fn seeds() -> Option<[String; 3]> {
    let folder = root().join("../shared/seeds");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        support::skipped(&format!("{} is not there", folder.display()));
        return None;
    };
    let names: Vec<String> =
        entries.map(|entry| entry.unwrap().path().to_str().unwrap().to_owned()).collect();
    Some(["000_", "001_", "003_"].map(|start| {
        let found = names.iter().find(|name| {
            Path::new(name)
                .file_name()
                .is_some_and(|file| file.to_str().is_some_and(|file| file.starts_with(start)))
        });
        found.unwrap_or_else(|| panic!("{start} is not in {}", folder.display())).clone()
    }))
}

#[test]
fn the_seeds_are_one_story_and_another() {
    let Some([first, second, other]) = seeds() else { return };
    let clusters = run(&["cluster", &first, &second, &other]).clusters();
    let mut expected = vec![first, second];
    expected.sort();
    assert_eq!(clusters, [expected]);
}

#[test]
fn the_seeds_are_far_from_the_threshold() {
    let Some([first, second, other]) = seeds() else { return };
    for (a, b, together) in
        [(&first, &second, true), (&first, &other, false), (&second, &other, false)]
    {
        let shown = run(&["compare", a, b]).out;
        let line = shown.lines().find(|line| line.starts_with("story ")).expect(&shown);
        let (_, rest) = line.split_once("score ").expect(line);
        let score: f64 = rest.split(' ').next().unwrap().parse().expect(line);
        assert_eq!(score > 0.5, together, "{a} {b}: {line}");
        assert!((score - 0.5).abs() >= 0.15, "{a} {b}: {line}");
        assert_eq!(shown.contains("\nOne story"), together, "{shown}");
    }
}
