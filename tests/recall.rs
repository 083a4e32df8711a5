//! Near copies against all pairs, counted word by word: which are found, and what becomes of each.
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod support;

use retold::article::{Article, Source};
use retold::config::{Config, Level, NEAR_RECALL, NEAR_SIMILARITY, NEAR_THRESHOLD};
use retold::lsh::near::{Bands, agree, brief, candidates};
use retold::minhash::near::Signature;
use retold::pipeline::{RunError, Silent, run_articles, signature_of};
use retold::score::near::{MIN_CONTAINED, MIN_JACCARD, Overlap};
use retold::score::template::is_template;
use retold::store::{Store, Table};
use retold::text::Tokens;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use support::news::Numbers;

/// A text of invented words, by their numbers.
type Text = Vec<usize>;

const VOCABULARY: usize = 20_000;

fn random(numbers: &mut Numbers, words: usize) -> Text {
    (0..words).map(|_| numbers.below(VOCABULARY)).collect()
}

/// The same with about so many words of a thousand replaced.
fn replaced(text: &Text, of_a_thousand: usize, numbers: &mut Numbers) -> Text {
    let mut edited = text.clone();
    for word in &mut edited {
        if numbers.below(1000) < of_a_thousand {
            *word = numbers.below(VOCABULARY);
        }
    }
    edited
}

fn written(text: &Text) -> String {
    text.iter().map(|word| format!("w{word}x ")).collect()
}

/// The word triples of a text, each as one number: sorted, each once.
fn triples(text: &Text) -> Vec<usize> {
    let one = |triple: &[usize]| triple.iter().fold(0, |all, word| all * VOCABULARY + word);
    let triples: BTreeSet<usize> = text.windows(3).map(one).collect();
    triples.into_iter().collect()
}

fn overlap(a: &[usize], b: &[usize]) -> Overlap {
    let shared = a.iter().filter(|triple| b.binary_search(triple).is_ok()).count();
    Overlap { shared, smaller: a.len().min(b.len()), larger: a.len().max(b.len()) }
}

fn jaccard(overlap: Overlap) -> f64 {
    overlap.shared as f64 / (overlap.smaller + overlap.larger - overlap.shared) as f64
}

/// The near score as the README says it.
fn score(overlap: Overlap) -> f64 {
    let contained = overlap.shared as f64 / overlap.smaller as f64;
    if overlap.smaller < MIN_CONTAINED || jaccard(overlap) < MIN_JACCARD {
        return jaccard(overlap);
    }
    contained / (2.0 - contained)
}

/// Probability that a pair of this similarity agrees in some band.
fn s_curve(similarity: f64, bands: Bands) -> f64 {
    1.0 - (1.0 - similarity.powi(bands.rows as i32)).powi(bands.bands as i32)
}

/// The least count that a sum of chances may come to: four standard deviations under the mean.
fn least(chances: &[f64]) -> f64 {
    let mean: f64 = chances.iter().sum();
    let variance: f64 = chances.iter().map(|chance| chance * (1.0 - chance)).sum();
    mean - 4.0 * variance.sqrt()
}

/// The pairs of texts whose signatures agree in some band, and whether they agree as a whole.
fn found(texts: &[Text], bands: Bands) -> BTreeMap<(usize, usize), bool> {
    let store = Store::new(1 << 30, Path::new("."));
    let signature = |text| signature_of(Tokens::of(&Tokens::list_of(&written(text))));
    let signatures: Vec<Signature> = texts.iter().map(signature).collect();
    let mut table = Table::new(&store, 1 << 24);
    table.extend(&signatures).unwrap();
    let mut pairs = BTreeMap::new();
    let keep = |some: Vec<(u32, u32)>| {
        for (a, b) in some.into_iter().map(|(a, b)| (a as usize, b as usize)) {
            pairs.insert((a, b), agree(&brief(&signatures[a]), &brief(&signatures[b])));
        }
        Ok(())
    };
    let capped = candidates(&table, |_| true, bands, &store, keep);
    assert_eq!(capped.unwrap(), 0);
    pairs
}

/// Of pairs that are edited copies by any measure, at least as many are found as the S-curve says of
/// their similarity.
#[test]
fn bands_find_what_the_s_curve_says() {
    let mut numbers = Numbers(1);
    let texts: Vec<Text> = (0..2_000)
        .flat_map(|pair| {
            let words = 150 + numbers.below(300);
            let text = random(&mut numbers, words);
            let edited = replaced(&text, pair / 4, &mut numbers);
            [text, edited]
        })
        .collect();
    let bands = Bands::for_recall(NEAR_SIMILARITY, NEAR_RECALL);
    let found = found(&texts, bands);
    // By tenths of similarity: the chance of each pair, how many were found, and how many of them
    // agree.
    let mut tenths = vec![(Vec::new(), 0, 0); 10];
    for (pair, texts) in texts.chunks(2).enumerate() {
        let similarity = jaccard(overlap(&triples(&texts[0]), &triples(&texts[1])));
        let (chances, candidates, agreeing) = &mut tenths[((similarity * 10.0) as usize).min(9)];
        chances.push(s_curve(similarity, bands));
        let agrees = found.get(&(2 * pair, 2 * pair + 1));
        *candidates += usize::from(agrees.is_some());
        *agreeing += usize::from(agrees == Some(&true));
    }
    for (tenth, (chances, candidates, _)) in tenths.iter().enumerate() {
        assert!(chances.len() > 20, "{tenth}: {} pairs are too few", chances.len());
        let (least, of) = (least(chances), chances.len());
        assert!(*candidates as f64 >= least, "{tenth}: {candidates} of {of}, not {least}");
    }
    // From the similarity on that the bands are made for, they keep their promise.
    let promised = tenths[3..].iter().map(|(chances, ..)| chances.len()).sum::<usize>();
    let kept = tenths[3..].iter().map(|(.., agreeing)| agreeing).sum::<usize>();
    assert!(kept as f64 >= NEAR_RECALL * promised as f64, "{kept} of {promised}");
}

/// Families of one text: edited again and again, trimmed, lengthened, two of them in one. No two
/// texts are equal.
fn corpus(seed: u64) -> Vec<Text> {
    let mut numbers = Numbers(seed);
    let mut texts: Vec<Text> = Vec::new();
    for _ in 0..40 {
        let words = 30 + numbers.below(200);
        let first = texts.len();
        texts.push(random(&mut numbers, words));
        for _ in 0..numbers.below(15) {
            let of = texts[first + numbers.below(texts.len() - first)].clone();
            let some = 1 + numbers.below(of.len() / 2);
            let edited = match numbers.below(6) {
                0 => of[some..].to_vec(),
                1 => of[..of.len() - some].to_vec(),
                2 => [of, random(&mut numbers, 3 * some)].concat(),
                3 => [of, texts[numbers.below(texts.len())].clone()].concat(),
                _ => {
                    let of_a_thousand = 5 + numbers.below(150);
                    replaced(&of, of_a_thousand, &mut numbers)
                }
            };
            if !texts.contains(&edited) {
                texts.push(edited);
            }
        }
    }
    texts
}

/// The pairs that are near enough, and their similarity. Of invented words none are taken for a form
/// that was filled in twice.
fn near_pairs(texts: &[Text], sets: &[Vec<usize>]) -> BTreeMap<(usize, usize), f64> {
    let lists: Vec<Vec<u32>> = texts.iter().map(|text| Tokens::list_of(&written(text))).collect();
    let mut pairs = BTreeMap::new();
    for b in 0..texts.len() {
        for a in 0..b {
            let overlap = overlap(&sets[a], &sets[b]);
            let [x, y] = [a, b].map(|at| Tokens::of(&lists[at]));
            if score(overlap) >= NEAR_THRESHOLD {
                assert!(!is_template(x, y, overlap), "{a} and {b}");
                pairs.insert((a, b), jaccard(overlap));
            }
        }
    }
    pairs
}

/// Which article stands for each, and the scores of the matches, in the order of `texts`.
fn grouped(texts: &[Text]) -> (Vec<usize>, Vec<f64>) {
    let articles = texts.iter().zip(0..).map(|(text, at)| {
        let source = Source { path: "made".into(), record: at };
        Article { source, ..Article::new(format!("{at:04}"), written(text)) }
    });
    let config = Config { level: Level::Near, ..Config::default() };
    let clusters = run_articles(articles, &config, &Silent).unwrap();
    // So nothing parts copies but what is checked here.
    assert_eq!((clusters.len(), clusters.trimmed, clusters.capped_buckets), (texts.len(), 0, 0));
    let (mut of, mut scores) = (Vec::new(), Vec::new());
    clusters
        .assignments::<RunError>(|assignment| {
            let (to, score) = assignment.matched.unwrap_or((assignment.article, 1.0));
            assert_eq!(to, assignment.near);
            of.push(to as usize);
            scores.push(score);
            Ok(())
        })
        .unwrap();
    (of, scores)
}

/// Each pair that is near enough ends in one group, unless
///
/// - it was not found, nor do other pairs join its articles, which is as rare as the S-curve says;
/// - or one of the two was taken by an article that it is near, before the other one was looked at.
///   So no two that stand for groups, or are alone, are near each other. (But for round-ups whose
///   parts were taken before: random texts have none.)
#[test]
fn pairs_that_are_near_end_in_one_group_or_are_explained() {
    let bands = Bands::for_recall(NEAR_SIMILARITY, NEAR_RECALL);
    let (mut chances, mut connected) = (Vec::new(), 0);
    let (mut together, mut taken) = (0, 0);
    for seed in 0..8 {
        let texts = corpus(seed);
        let sets: Vec<Vec<usize>> = texts.iter().map(triples).collect();
        let near = near_pairs(&texts, &sets);
        let (of, scores) = grouped(&texts);

        // Every member is near the one that stands for it, and the score says how near.
        for (at, &to) in of.iter().enumerate().filter(|(at, to)| at != *to) {
            assert!(
                of[to] == to && near.contains_key(&(at.min(to), at.max(to))),
                "{seed}: {at} and {to}"
            );
            let expected = score(overlap(&sets[at], &sets[to]));
            assert!((scores[at] - expected).abs() < 1e-12, "{seed}: {at} and {to}");
        }

        let found = found(&texts, bands);
        let mut component: Vec<usize> = (0..texts.len()).collect();
        for (a, b) in near.keys().filter(|pair| found.get(pair) == Some(&true)) {
            let (from, to) = (component[*b], component[*a]);
            component.iter_mut().filter(|of| **of == from).for_each(|of| *of = to);
        }
        for (&(a, b), &similarity) in &near {
            chances.push(s_curve(similarity, bands));
            connected += usize::from(component[a] == component[b]);
            if of[a] == of[b] {
                together += 1;
            } else if component[a] == component[b] {
                assert!(of[a] != a || of[b] != b, "{seed}: {a} and {b} both stand");
                taken += 1;
            }
        }
    }
    assert!(connected as f64 >= least(&chances), "{connected} of {}", chances.len());
    // There is something of each kind.
    assert!(taken * 20 > chances.len() && together * 2 > chances.len(), "{together}, {taken}");
}
