//! The generator of dumps: its articles depend on nothing but seed and number, and hold what it says.
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

#[path = "../examples/generate/corpus/mod.rs"]
mod corpus;

use corpus::{Corpus, Options};
use serde_json::Value;
use std::collections::BTreeMap;

const PLAIN: Options = Options { seed: 7, words: 140, same: 0.0, bucket: 0.0 };

fn line(corpus: &Corpus, number: u64) -> String {
    let mut line = Vec::new();
    corpus.write(number, &mut line);
    String::from_utf8(line).unwrap()
}

/// The texts of the articles from 0 to 999.
fn texts(corpus: &Corpus) -> Vec<String> {
    let text = |number| {
        let article: Value = serde_json::from_str(&line(corpus, number)).unwrap();
        assert_eq!(article["id"], corpus.id(number));
        article["text"].as_str().unwrap().to_owned()
    };
    (0..1000).map(text).collect()
}

#[test]
fn an_article_is_the_same_whatever_was_made_before_it() {
    let corpus = Corpus::new(PLAIN);
    let forwards: Vec<String> = (0..100).map(|number| line(&corpus, number)).collect();
    let again = Corpus::new(PLAIN);
    let backwards: Vec<String> = (0..100).rev().map(|number| line(&again, number)).collect();
    assert!(forwards.iter().eq(backwards.iter().rev()));
    assert_ne!(forwards[0], line(&Corpus::new(Options { seed: 8, ..PLAIN }), 0));
}

/// Of a thousand articles 100 copy another one, and 50 retell another one; no text occurs twice.
#[test]
fn a_thousand_articles_hold_what_is_planted() {
    let corpus = Corpus::new(PLAIN);
    let (mut near, mut story) = (BTreeMap::new(), BTreeMap::new());
    for place in (0..1000).map(|number| corpus.place(number)) {
        *near.entry(place.near).or_insert(0) += 1;
        *story.entry(place.story).or_insert(0) += 1;
    }
    assert_eq!((near.len(), story.len()), (900, 850));
    assert!(near.values().chain(story.values()).all(|size| (1..=5).contains(size)));
    let mut texts = texts(&corpus);
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), 1000);
}

#[test]
fn one_text_repeats_to_the_letter_and_another_one_is_edited() {
    let mut texts = texts(&Corpus::new(Options { same: 0.5, bucket: 0.1, ..PLAIN }));
    texts.sort();
    let sizes: Vec<usize> = texts.chunk_by(|a, b| a == b).map(<[String]>::len).collect();
    assert_eq!((sizes.len(), sizes.into_iter().max()), (501, Some(500)));
}
