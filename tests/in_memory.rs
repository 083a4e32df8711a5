//! Articles that are handed over, instead of read.
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod support;

use retold::article::Article;
use retold::config::{Config, Level};
use retold::pipeline::{Clusters, Observer, Progress, RunError, Silent, run, run_articles};
use retold::read::{Reason, expand};
use support::cli::{Place, line};
use support::news::text;

/// More than are sketched together; every third repeats another.
fn texts() -> Vec<(String, String)> {
    (0..9000_u64).map(|n| (format!("{n:05}"), text(n % 6000, 3))).collect()
}

fn groups(clusters: &Clusters) -> Vec<u32> {
    (0..clusters.len() as u32).map(|a| clusters.representative(a, Level::Near)).collect()
}

#[test]
fn they_are_grouped_as_those_of_a_file() {
    let config = Config { level: Level::Near, ..Config::default() };
    let given = texts().into_iter().rev().map(|(id, text)| Article::new(id, text));
    let given = run_articles(given, &config, &Silent).unwrap();
    let place = Place::new();
    let lines: String = texts().iter().map(|(id, text)| line(id, text)).collect();
    let path = place.write("a.jsonl", lines);
    let read = run(&expand(&[path]).unwrap().0, &config, &Silent).unwrap();
    assert_eq!(given.count(2), (3000, 6000));
    assert_eq!(groups(&given), groups(&read));
    assert_eq!(given.id(8999).unwrap(), "08999");
}

#[test]
fn what_has_no_words_is_counted_and_who_asks_is_obeyed() {
    let articles = || [("a", " ... "), ("b", "Rain fell"), ("b", "Snow fell")];
    let articles = || articles().map(|(id, text)| Article::new(id, text));
    let clusters = run_articles(articles(), &Config::default(), &Silent).unwrap();
    assert_eq!((clusters.len(), clusters.tally.by_reason()[&Reason::NoWords]), (2, 1));
    assert_eq!((clusters.repeated_ids, &*clusters.id(1).unwrap()), (1, "b#2"));

    struct Stop;
    impl Observer for Stop {
        fn report(&self, _: Progress) -> bool {
            false
        }
    }
    let stopped = run_articles(articles(), &Config::default(), &Stop);
    assert!(matches!(stopped, Err(RunError::Cancelled)));
    let none = run_articles([], &Config::default(), &Silent).unwrap();
    assert!(none.is_empty());
    let wrong = Config { near_threshold: 2.0, ..Config::default() };
    assert!(matches!(run_articles([], &wrong, &Silent), Err(RunError::Config(_))));
}
