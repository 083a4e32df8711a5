//! Two articles by themselves: what each level says of them.

use super::sketch::Sketcher;
use crate::article::Article;
use crate::config::{Config, Level};
use crate::read::Skip;
use crate::score::near::Overlap;
use crate::score::passages::{Passage, passages};
use crate::score::story::profile::{Profile, profiles};
use crate::score::story::{self, Coefficients, Density, Parts};
use crate::score::template::is_template;
use crate::shingle::near::shingles;
use crate::shingle::story::{Marks, each_term, terms};
use crate::text::{Tokens, Words};
use ahash::AHashMap;

/// What the levels say of two articles.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Whether their folded texts are equal.
    pub exact: bool,
    /// Overlap of their shingles.
    pub overlap: Overlap,
    /// Whether they look like one template filled in twice, which keeps the near level from joining
    /// them.
    pub template: bool,
    /// The parts of the story score.
    pub parts: Parts,
    /// Density that is assumed around two articles without a corpus.
    pub density: f64,
    /// Probability that they tell one story.
    pub story: f64,
    /// Their texts as the detector reads them.
    pub texts: [Words; 2],
    /// Passages that stand in both, the longest first.
    pub passages: Vec<Passage>,
    /// Terms that both hold, the weightiest first.
    pub shared_terms: Vec<SharedTerm>,
}

/// A term that two articles hold.
#[derive(Clone, Debug, PartialEq)]
pub struct SharedTerm {
    /// As the first article writes it first.
    pub text: String,
    /// Inverse document frequency in everyday language, in nats.
    pub weight: f64,
    /// Whether it is a name in one of the two.
    pub name: bool,
    /// Whether it is a number.
    pub number: bool,
}

impl Comparison {
    /// The level at which the two belong together: `config`'s thresholds against the score of the
    /// pair. (`cluster` also weighs what is around the two.)
    #[must_use]
    pub fn level(&self, config: &Config) -> Option<Level> {
        if self.exact {
            Some(Level::Exact)
        } else if self.overlap.score() >= config.near_threshold && !self.template {
            Some(Level::Near)
        } else if self.story >= config.story_threshold {
            Some(Level::Story)
        } else {
            None
        }
    }
}

/// Compares two articles.
///
/// # Errors
/// One of them has no words.
pub fn compare(a: Article, b: Article) -> Result<Comparison, Box<Skip>> {
    let texts = [Words::of(&a.text), Words::of(&b.text)];
    let titles = [&a, &b].map(|article| Words::of(article.title.as_deref().unwrap_or_default()));
    let mut sketcher = Sketcher::default();
    let (a, b) = (sketcher.sketch(a)?, sketcher.sketch(b)?);
    let overlap = Overlap::of(&shingles(&a.tokens), &shingles(&b.tokens));
    let terms = [terms(&a.tokens), terms(&b.tokens)];
    let profiles = profiles(&terms);
    let parts = profiles[0].compare(&profiles[1]).with_phrases(overlap).with_days(a.day, b.day);
    let of = &Coefficients::SHIPPED;
    let density = Density::new(2, std::iter::once((0, 1, parts.words)), of).between(0, 1);
    Ok(Comparison {
        exact: a.digest == b.digest,
        overlap,
        template: is_template(&terms[0], &terms[1], overlap),
        parts,
        density,
        story: story::probability(parts.excess(density, of), of),
        passages: passages(&texts[0], &texts[1]),
        shared_terms: shared_terms(&profiles, [&titles[0], &texts[0]]),
        texts,
    })
}

/// The terms of both profiles, as they are first written in `written`.
fn shared_terms(profiles: &[Profile], written: [&Words; 2]) -> Vec<SharedTerm> {
    let mut texts: AHashMap<u32, &str> = AHashMap::new();
    for words in written {
        let tokens = Tokens::new(&[], &words.words);
        each_term(&tokens, tokens.text(), |term, places| {
            texts.entry(term).or_insert_with(|| words.between(places));
        });
    }
    let mut shared = Vec::new();
    profiles[0].shared(&profiles[1], |term, x, y| {
        shared.extend(texts.get(&term).map(|text| SharedTerm {
            text: (*text).to_owned(),
            weight: f64::from(x.idf),
            name: x.marks.has(Marks::NAME) || y.marks.has(Marks::NAME),
            number: x.marks.has(Marks::NUMBER),
        }));
    });
    shared.sort_by(|x, y| y.weight.total_cmp(&x.weight).then_with(|| x.text.cmp(&y.text)));
    shared
}
