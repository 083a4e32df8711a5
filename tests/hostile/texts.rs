//! Texts made so that many of them meet where few should: in the bands of the near level, and under the
//! keys of the story level.

use crate::support::cli::{Place, line};
use crate::support::news::{Numbers, sentence};
use retold::minhash::near::MINIMA;
use retold::shingle::near::shingles;
use retold::text::Tokens;

/// Three invented words.
fn phrase(numbers: &mut Numbers) -> String {
    const LETTERS: [&[u8]; 2] = [b"bdfgklmnprstvz", b"aeiou"];
    let mut word = || -> String {
        let letter = |at: usize, numbers: &mut Numbers| {
            let some = LETTERS[at % 2];
            some[numbers.below(some.len())] as char
        };
        (0..8).map(|at| letter(at, numbers)).collect()
    };
    [word(), word(), word()].join(" ")
}

/// For each of the first so many minima of a signature a phrase that sets it in nearly every text
/// that holds the phrase: its hash falls there, and is one of the least there are.
fn winning_phrases(minima: usize) -> Vec<String> {
    const LEAST: u64 = (1 << 32) / 4000;
    let mut numbers = Numbers(1);
    let mut found = vec![None; minima];
    while found.iter().any(Option::is_none) {
        let phrase = phrase(&mut numbers);
        let hash = shingles(Tokens::of(&Tokens::list_of(&phrase)))[0];
        let place = (hash >> (u64::BITS - MINIMA.trailing_zeros())) as usize;
        if hash & u64::from(u32::MAX) < LEAST && place < minima {
            found[place].get_or_insert(phrase);
        }
    }
    found.into_iter().flatten().collect()
}

/// An article of sentences that no other seed has, each with one of the phrases within.
fn around(phrases: &[String], seed: u64) -> String {
    let mut numbers = Numbers(seed.wrapping_mul(0x9FB2_1C65_1E98_DF25) ^ 0x77);
    let mut whole = |phrase: &str| {
        let [one, other] = [(); 2].map(|()| sentence(&mut numbers));
        format!("{} {phrase} {}", one.trim_end_matches('.'), other.to_lowercase())
    };
    phrases.iter().map(|phrase| whole(phrase)).collect::<Vec<_>>().join(" ")
}

/// Articles that agree in some minima and have nothing else in common, but for every hundredth, which
/// is an edited copy of the one fifty before.
fn colliding(phrases: &[String], articles: u64) -> impl Iterator<Item = String> {
    (0..articles).map(move |n| {
        let is_copy = n % 100 == 99;
        let text = around(phrases, if is_copy { n - 50 } else { n });
        let end = if is_copy { " Our readers were told so before." } else { "" };
        line(&format!("{n:06}"), &format!("{text}{end}"))
    })
}

/// Articles about nothing in common that hold the same forty words nobody else uses; those of a group
/// of this size do, and others have others.
fn under_the_same_keys(group: u64, articles: u64) -> impl Iterator<Item = String> {
    (0..articles).map(move |n| {
        let mut shared = Numbers(n / group + 5);
        let shared: Vec<String> = (0..14).map(|_| phrase(&mut shared)).collect();
        line(&format!("{n:06}"), &around(&shared, n))
    })
}

/// Articles of many phrases, which are long.
const ARTICLES: u64 = 3_000;

/// Clusters articles that collide; returns the clusters, and the pairs of copies.
fn clusters_of_colliding(minima: usize, articles: u64, full: &str) -> [Vec<Vec<String>>; 2] {
    let place = Place::new();
    let phrases = winning_phrases(minima);
    place.write("all.jsonl", colliding(&phrases, articles).collect::<String>());
    let run = place.run_within(640, 60, &["cluster", "--threads", "2", "all.jsonl"]).ends(0);
    let run = run.says(&[full, "too full to compare all pairs in"]);
    assert_eq!(run.account().records, articles);
    let mut found = run.clusters();
    found.sort();
    let pair = |n: u64| [n * 100 + 49, n * 100 + 99].map(|n| format!("{n:06}")).to_vec();
    [found, (0..articles / 100).map(pair).collect()]
}

/// All come into one bucket of one band; copies find each other in the others.
#[test]
fn one_band_in_which_all_agree() {
    let [found, copies] = clusters_of_colliding(2, 100_000, "note: ");
    assert_eq!(found, copies);
}

/// All come into one bucket of every band. Copies may be missed there, which is said, but nothing is
/// joined that is none.
#[test]
fn all_bands_in_which_all_agree() {
    let [found, copies] = clusters_of_colliding(MINIMA, ARTICLES, "note: 32 buckets");
    assert!(found.iter().all(|cluster| copies.contains(cluster)), "{found:?}");
}

/// More articles than are looked at under one key, and just as many.
#[test]
fn keys_that_all_share() {
    for group in [ARTICLES, 200] {
        let place = Place::new();
        let all: String = under_the_same_keys(group, ARTICLES).collect();
        place.write("all.jsonl", all);
        let run = place.run_within(640, 60, &["cluster", "--threads", "2", "all.jsonl"]).ends(0);
        run.counts([ARTICLES, 0, 0, ARTICLES], &[]);
    }
}
