//! Two articles on a page of their own: why they are, or are not, one.

use super::shown::line;
use super::sides::{Segment, SideBySide};
use super::stories::Heading;
use super::template;
use crate::article::Article;
use crate::config::{Config, Level};
use crate::pipeline::Comparison;
use crate::report::signed;
use crate::score::evidence::Mention;
use crate::score::story::{Coefficients, Part};
use serde::Serialize;
use std::io::{self, Write};

/// A page on two articles: the verdict, the scores with what they are made of, what is shared and
/// what contradicts, and both texts side by side.
///
/// It holds both texts as a whole, and works without its script.
#[derive(Clone, Copy, Debug)]
pub struct ComparisonPage<'a> {
    /// The thresholds that the verdict goes by.
    pub config: &'a Config,
    /// The two.
    pub articles: [&'a Article; 2],
    /// What comparing them gave.
    pub comparison: &'a Comparison,
}

#[derive(Serialize)]
struct Page {
    verdict: &'static str,
    how_sure: Option<String>,
    headings: [Heading; 2],
    scores: Vec<Score>,
    template: bool,
    parts: Vec<Share>,
    even: String,
    shared: Vec<(&'static str, Vec<String>, usize)>,
    contradictions: Vec<[String; 2]>,
    more_contradictions: usize,
    sides: [Vec<Segment>; 2],
    passages: u32,
}

/// What came out at a level.
#[derive(Serialize)]
struct Score {
    level: &'static str,
    yes: bool,
    score: String,
    threshold: String,
    percent: String,
}

/// What a part adds to the story score.
#[derive(Serialize)]
struct Share {
    name: &'static str,
    adds: String,
    less: bool,
    /// Its size in percent of the largest.
    percent: String,
}

/// Mentions of a list that are shown, and characters of each.
const SHOWN_MENTIONS: usize = 20;
const MENTION_CHARS: usize = 80;

impl ComparisonPage<'_> {
    /// Writes the page: the same bytes for the same articles.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let comparison = self.comparison;
        let [a, b] = &comparison.texts;
        let both = SideBySide::of(a, b, &comparison.passages);
        let evidence = &comparison.evidence;
        let against = |found: &crate::score::evidence::Contradiction| {
            found.texts.each_ref().map(|text| line(text, MENTION_CHARS))
        };
        let contradictions = evidence.contradictions.iter().take(SHOWN_MENTIONS).map(against);
        let shared = [
            ("Names in both", &evidence.names),
            ("Numbers in both", &evidence.numbers),
            ("Rare words in both", &evidence.words),
            ("Only at the top of A, names", &evidence.only[0].names),
            ("Only at the top of A, numbers", &evidence.only[0].numbers),
            ("Only at the top of B, names", &evidence.only[1].names),
            ("Only at the top of B, numbers", &evidence.only[1].numbers),
        ];
        let page = Page {
            verdict: comparison.verdict(self.config),
            how_sure: comparison.how_sure(self.config),
            headings: self.articles.map(Heading::of_article),
            scores: self.scores(),
            template: comparison.template,
            parts: shares(&comparison.contributions),
            even: signed(Coefficients::SHIPPED.even),
            shared: shared.into_iter().filter(|(_, of)| !of.is_empty()).map(listed).collect(),
            contradictions: contradictions.collect(),
            more_contradictions: evidence.contradictions.len().saturating_sub(SHOWN_MENTIONS),
            sides: both.sides,
            passages: both.passages,
        };
        template::write("comparison.html", &page, "{}".to_owned(), out)
    }

    fn scores(&self) -> Vec<Score> {
        let comparison = self.comparison;
        let near = comparison.overlap.score();
        let score = |level: Level, yes: bool, score: f64, threshold: f64| Score {
            level: level.name(),
            yes,
            score: format!("{score:.2}"),
            threshold: format!("{threshold}"),
            percent: format!("{:.1}", score * 100.0),
        };
        let exact = f64::from(u8::from(comparison.exact));
        let config = self.config;
        let (is_near, is_story) = (comparison.is_near(config), comparison.is_story(config));
        vec![
            score(Level::Exact, comparison.exact, exact, 1.0),
            score(Level::Near, is_near, near, config.near_threshold),
            score(Level::Story, is_story, comparison.story, config.story_threshold),
        ]
    }
}

fn shares(contributions: &[(Part, f64)]) -> Vec<Share> {
    let most =
        contributions.iter().fold(f64::MIN_POSITIVE, |most, (_, share)| most.max(share.abs()));
    let share = |&(part, share): &(Part, f64)| Share {
        name: part.name(),
        adds: signed(share),
        less: share < 0.0,
        percent: format!("{:.1}", share.abs() / most * 100.0),
    };
    contributions.iter().map(share).collect()
}

fn listed((name, mentions): (&'static str, &Vec<Mention>)) -> (&'static str, Vec<String>, usize) {
    let shown =
        mentions.iter().take(SHOWN_MENTIONS).map(|mention| line(&mention.text, MENTION_CHARS));
    (name, shown.collect(), mentions.len().saturating_sub(SHOWN_MENTIONS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Source;
    use crate::pipeline::compare;

    fn article(id: &str, text: &str) -> Article {
        Article {
            source: Source { path: "memory".into(), record: 1 },
            id: Some(id.to_owned()),
            title: Some(format!("<b>{id}</b>")),
            url: Some(format!("https://{id}.example/")),
            date: None,
            fetched: None,
            lang: None,
            text: text.to_owned(),
        }
    }

    #[test]
    fn a_page_on_two_articles_says_why() {
        let a = article(
            "a",
            "Rain fell on the old harbour of Oslo for 12 days, <script>alert(1)</script> said Ida Brandt.",
        );
        let b = article(
            "b",
            "For 15 days rain fell on the old harbour of Oslo, said \u{202e} Ida Brandt.",
        );
        let comparison = compare(&a, &b).unwrap();
        let config = Config::default();
        let page = ComparisonPage { config: &config, articles: [&a, &b], comparison: &comparison };
        let mut written = Vec::new();
        page.write(&mut written).unwrap();
        let page = String::from_utf8(written).unwrap();
        assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"), "{page}");
        assert!(page.contains(comparison.verdict(&config)));
        assert!(page.contains(&comparison.how_sure(&config).unwrap()), "{page}");
        assert!(
            !page.contains("<script>alert") && !page.contains("<b>a") && !page.contains('\u{202e}')
        );
        assert_eq!(page.matches("<mark data-mark=\"1\">").count(), 2);
        assert!(page.contains("fell on the old harbour of Oslo</mark>"), "{page}");
    }
}
