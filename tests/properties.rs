//! What must hold of any articles, tried on articles made at random: of few words, so that much is
//! equal by chance; edited copies and retellings of each other; with ids and hosts that repeat; of
//! next to no text, and of any characters.
//!
//! They are the same each time, unless `PROPTEST_RNG_SEED` names others; `PROPTEST_CASES` makes more.
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod support;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::RngSeed;
use retold::article::{Article, Source};
use retold::config::{Config, Level};
use retold::pipeline::{Clusters, Relation, RunError, Silent, compare, run_articles};
use retold::report::{CsvRows, JsonClusters, JsonRows, Report, RowsOf};
use retold::text::Words;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use support::cli::json_lines;
use support::stories::Story;

const LEVELS: [Level; 3] = [Level::Exact, Level::Near, Level::Story];

/// Words of short texts, some of which are the same once they are folded, and some none.
const WORDS: [&str; 12] =
    ["rain", "RAIN!", "Мост", "мост", "雨", "港口", "1,500", "1500", "ﬁne", "fine", "—", "Łódź.\n"];

/// How one in four of the default number of cases is tried.
fn cases() -> ProptestConfig {
    let usual = ProptestConfig::default();
    let rng_seed = match usual.rng_seed {
        RngSeed::Random => RngSeed::Fixed(1),
        named => named,
    };
    ProptestConfig { cases: usual.cases / 4, rng_seed, failure_persistence: None, ..usual }
}

/// What an article is made of.
#[derive(Clone, Debug)]
struct Draft {
    id: u8,
    host: Option<u8>,
    day: Option<u8>,
    titled: bool,
    text: Text,
}

#[derive(Clone, Debug)]
enum Text {
    Short(Vec<&'static str>),
    Any(Vec<char>),
    /// A story, as one of some tell it.
    Told(u64, u64),
    /// That of an article before this one.
    Edited(Index, Edit),
}

#[derive(Clone, Debug)]
enum Edit {
    Capitals,
    /// Without a stretch of words.
    Cut(Index, usize),
    /// With a word in the place of every so many.
    Replaced(usize),
    /// With another article's text, and a sentence that many have, behind it.
    Extended(Index),
}

fn text() -> impl Strategy<Value = Text> {
    let edit = prop_oneof![
        Just(Edit::Capitals),
        (any::<Index>(), 1..60_usize).prop_map(|(from, words)| Edit::Cut(from, words)),
        (4..40_usize).prop_map(Edit::Replaced),
        any::<Index>().prop_map(Edit::Extended),
    ];
    prop_oneof![
        2 => vec(select(&WORDS[..]), 0..9).prop_map(Text::Short),
        1 => vec(any::<char>(), 0..30).prop_map(Text::Any),
        3 => (0..4_u64, 0..3_u64).prop_map(|(story, telling)| Text::Told(story, telling)),
        4 => (any::<Index>(), edit).prop_map(|(of, edit)| Text::Edited(of, edit)),
    ]
}

/// Up to 18 articles. Their sources are their places.
fn articles() -> impl Strategy<Value = Vec<Article>> {
    let draft = (0..12_u8, option::of(0..3_u8), option::of(1..29_u8), any::<bool>(), text());
    let draft =
        draft.prop_map(|(id, host, day, titled, text)| Draft { id, host, day, titled, text });
    vec(draft, 0..19).prop_map(|drafts| {
        let mut texts: Vec<String> = Vec::new();
        for draft in &drafts {
            texts.push(written(&draft.text, &texts));
        }
        let made = drafts.iter().zip(texts).zip(0..);
        made.map(|((draft, text), at)| article(draft, text, at)).collect()
    })
}

fn article(draft: &Draft, text: String, at: u64) -> Article {
    Article {
        source: Source { path: "made".into(), record: at },
        title: draft.titled.then(|| text.chars().take(30).collect()),
        url: draft.host.map(|host| format!("https://site{host}.example/{at}")),
        date: draft.day.map(|day| format!("2026-02-{day:02}")),
        ..Article::new(format!("id{}", draft.id), text)
    }
}

fn written(text: &Text, before: &[String]) -> String {
    match text {
        Text::Short(words) => words.join(" "),
        Text::Any(characters) => characters.iter().collect(),
        Text::Told(story, telling) => Story::new(*story).told(*telling),
        Text::Edited(_, _) if before.is_empty() => String::new(),
        Text::Edited(of, edit) => {
            let text = of.get(before);
            let mut words: Vec<&str> = text.split(' ').collect();
            match edit {
                Edit::Capitals => return text.to_uppercase(),
                Edit::Cut(from, count) => {
                    let from = from.index(words.len());
                    words.drain(from..words.len().min(from + count));
                }
                Edit::Replaced(step) => {
                    words.iter_mut().step_by(*step).for_each(|word| *word = "another");
                }
                Edit::Extended(by) => {
                    let by: &String = by.get(before);
                    words.extend(["\nSign up for the evening letter.\n", by]);
                }
            }
            words.join(" ")
        }
    }
}

fn run(articles: Vec<Article>, config: &Config) -> Clusters {
    run_articles(articles, config, &Silent).unwrap()
}

fn at(level: Level) -> Config {
    Config { level, ..Config::default() }
}

/// The place of each article, and of those that stand for it at each level.
fn groups(clusters: &Clusters) -> BTreeMap<u64, [u64; 3]> {
    let numbers: Vec<u32> = (0..clusters.len() as u32).collect();
    let entries = clusters.entries(numbers.clone()).unwrap();
    let place = |article| entries.source(article).record;
    let of = |&article: &u32| {
        (place(article), LEVELS.map(|level| place(clusters.representative(article, level))))
    };
    numbers.iter().map(of).collect()
}

fn bytes(report: &dyn Report, clusters: &Clusters) -> String {
    let mut out = Vec::new();
    report.write(clusters, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The words of a text, as the detector reads them.
fn folded(text: &str) -> Vec<Vec<char>> {
    let words = Words::of(text);
    let number = |word: Vec<char>| word.into_iter().filter(|c| *c != ',').collect();
    (0..words.words.len()).map(|place| number(words.folded(place))).collect()
}

proptest! {
    #![proptest_config(cases())]

    /// Every article with words is in one group at each level, each inside the next, and is there for
    /// a reason that holds.
    #[test]
    fn groups_part_the_articles(
        articles in articles(),
        level in select(&LEVELS[..]),
        (near_threshold, story_threshold) in (0.05..1.0, 0.05..1.0),
    ) {
        let config = Config { near_threshold, story_threshold, ..at(level) };
        let clusters = run(articles.clone(), &config);
        let groups = groups(&clusters);
        let with_words = articles.iter().filter(|article| !folded(&article.text).is_empty());
        let places: Vec<u64> = with_words.map(|article| article.source.record).collect();
        prop_assert_eq!(groups.keys().copied().collect::<Vec<_>>(), places);

        for (a, of_a) in &groups {
            // What stands for others stands for itself, and those of one group stay together.
            prop_assert_eq!(groups[&of_a[0]][0], of_a[0]);
            prop_assert_eq!((groups[&of_a[1]][1], groups[&of_a[0]][1]), (of_a[1], of_a[1]));
            prop_assert_eq!((groups[&of_a[2]][2], groups[&of_a[1]][2]), (of_a[2], of_a[2]));
            prop_assert!(level >= Level::Near || of_a[0] == of_a[1]);
            prop_assert!(level >= Level::Story || of_a[1] == of_a[2]);
            for (b, of_b) in &groups {
                let same = [a, b].map(|at| folded(&articles[*at as usize].text));
                prop_assert_eq!(of_a[0] == of_b[0], same[0] == same[1]);
            }
        }
        clusters.assignments::<RunError>(|of| {
            let (own, to) = (of.article, of.matched.map(|(to, _)| to));
            let score = of.matched.map(|(_, score)| score);
            let at = |level, article| clusters.representative(article, level);
            let stands = [of.exact == own, of.near == own, of.story == own];
            let (expected, holds) = match of.relation {
                Relation::Representative => ([true; 3], to.is_none()),
                Relation::Exact => {
                    ([false; 3], to == Some(of.exact) && score == Some(1.0))
                }
                Relation::Near => {
                    ([true, false, false], to == Some(of.near) && score >= Some(near_threshold))
                }
                Relation::Story => {
                    let to = to.unwrap();
                    let joined = at(Level::Story, to) == of.story && at(Level::Near, to) == to;
                    ([true, true, false], joined && to != own)
                }
            };
            assert!(stands == expected && holds, "{of:?}");
            assert!(score.is_none_or(|score| (0.0..=1.0).contains(&score)), "{of:?}");
            Ok(())
        }).unwrap();
    }

    /// Records, rows and members are as many everywhere.
    #[test]
    fn counts_agree(articles in articles(), level in select(&LEVELS[..])) {
        let clusters = run(articles.clone(), &at(level));
        let tally = &clusters.tally;
        prop_assert_eq!(tally.records, articles.len() as u64);
        prop_assert_eq!(tally.records, tally.articles + tally.total_skipped());
        let expected = tally.articles as usize;
        prop_assert_eq!((clusters.len(), clusters.count(1).1), (expected, expected));
        for of in [RowsOf::All, RowsOf::ClusteredAndAlone] {
            prop_assert_eq!(json_lines(&bytes(&JsonRows(of), &clusters)).len(), expected);
            let csv = bytes(&CsvRows(of), &clusters);
            let rows = csv::Reader::from_reader(csv.as_bytes()).into_records();
            prop_assert_eq!(rows.filter(Result::is_ok).count(), expected);
        }
        for (singletons, at_least) in [(true, 1), (false, 2)] {
            let records = json_lines(&bytes(&JsonClusters { singletons }, &clusters));
            let sizes: Vec<u64> = records.iter().map(|of| of["size"].as_u64().unwrap()).collect();
            prop_assert!(sizes.is_sorted_by(|a, b| a >= b));
            let members = records.iter().map(|of| of["articles"].as_array().unwrap().len() as u64);
            prop_assert_eq!(&members.collect::<Vec<_>>(), &sizes);
            let counted = (sizes.len(), sizes.iter().sum::<u64>() as usize);
            prop_assert_eq!(counted, clusters.count(at_least));
        }
    }

    /// A level is the same whether or not a deeper one follows.
    #[test]
    fn deeper_levels_change_nothing_above(articles in articles()) {
        let [exact, near, story] = LEVELS.map(|level| groups(&run(articles.clone(), &at(level))));
        for (place, of) in story {
            prop_assert_eq!((exact[&place][0], near[&place][0]), (of[0], of[0]));
            prop_assert_eq!(near[&place][1], of[1]);
        }
    }

    #[test]
    fn order_and_threads_do_not_matter(
        (articles, shuffled) in articles().prop_flat_map(|articles| {
            (Just(articles.clone()), Just(articles).prop_shuffle())
        }),
    ) {
        let [first, second] = [(articles, 1), (shuffled, 3)].map(|(articles, threads)| {
            let config = Config { threads: NonZeroUsize::new(threads), ..Config::default() };
            let clusters = run(articles, &config);
            let rows = bytes(&JsonRows(RowsOf::All), &clusters);
            (rows, bytes(&JsonClusters { singletons: true }, &clusters), clusters.tally)
        });
        prop_assert_eq!(first, second);
    }

    /// Of stories this is not so: what is rare, and how alike strangers are, is learnt from all
    /// articles. Nor of sites of more than 20 near groups, where the number of carriers that make
    /// furniture grows with them.
    #[test]
    fn an_unrelated_article_changes_no_other_copies(
        articles in articles(),
        words in vec(0..50_u8, 1..200),
        host in option::of(0..3_u8),
    ) {
        let before = groups(&run(articles.clone(), &at(Level::Near)));
        let text: Vec<String> = words.iter().map(|word| format!("q{word}zx")).collect();
        let draft = Draft { id: 6, host, day: None, titled: false, text: Text::Short(Vec::new()) };
        let stranger = article(&draft, text.join(" "), articles.len() as u64);
        let with = [&articles[..], &[stranger]].concat();
        let mut after = groups(&run(with, &at(Level::Near)));
        let of_stranger = after.pop_last();
        prop_assert_eq!(of_stranger.map(|(place, of)| of == [place; 3]), Some(true));
        prop_assert_eq!(after, before);
    }

    #[test]
    fn scores_are_the_same_from_both_sides(articles in articles()) {
        for pair in articles.windows(2) {
            let (Ok(there), Ok(back)) = (compare(&pair[0], &pair[1]), compare(&pair[1], &pair[0]))
            else {
                continue;
            };
            prop_assert_eq!(there.exact, back.exact);
            prop_assert_eq!((there.overlap, there.template), (back.overlap, back.template));
            prop_assert_eq!((there.parts, there.story), (back.parts, back.story));
            prop_assert_eq!(there.contributions, back.contributions);
            prop_assert!((0.0..=1.0).contains(&there.story));
            prop_assert!((0.0..=1.0).contains(&there.overlap.score()));
            prop_assert!(there.overlap.score() >= there.overlap.jaccard() - 1e-12);
        }
    }
}
