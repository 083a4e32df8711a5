//! Two articles by themselves: what each level says of them.

use super::sketch::{Fact, Sketcher, Sketches};
use crate::article::Article;
use crate::config::{Config, Level};
use crate::read::Skip;
use crate::score::evidence::{Evidence, Reading};
use crate::score::near::Overlap;
use crate::score::passages::{Passage, passages};
use crate::score::story::{self, Coefficients, Density, Part, Parts, Profile, profiles};
use crate::score::template::is_template;
use crate::shingle::near::shingles;
use crate::shingle::story::terms;
use crate::text::{Tokens, Words};

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
    /// What each part adds to the story score, or takes from it, the weightiest first: excess, of
    /// which [`Coefficients::even`] in sum is as likely one story as not.
    pub contributions: Vec<(Part, f64)>,
    /// Probability that they tell one story.
    pub story: f64,
    /// Their texts as the detector reads them.
    pub texts: [Words; 2],
    /// Passages that stand in both, the longest first.
    pub passages: Vec<Passage>,
    /// What they share and what contradicts, in their own words.
    pub evidence: Evidence,
}

/// Share of the smaller text's shingles in the other one from which two texts are not told "in other
/// words": a third.
const MUCH: f64 = 1.0 / 3.0;

impl Comparison {
    /// The level at which the two belong together: `config`'s thresholds against the score of the
    /// pair. (`cluster` also weighs what is around the two.)
    #[must_use]
    pub fn level(&self, config: &Config) -> Option<Level> {
        if self.exact {
            Some(Level::Exact)
        } else if self.is_near(config) {
            Some(Level::Near)
        } else if self.is_story(config) {
            Some(Level::Story)
        } else {
            None
        }
    }

    /// Whether the near level joins them.
    #[must_use]
    pub fn is_near(&self, config: &Config) -> bool {
        self.overlap.score() >= config.near_threshold && !self.template
    }

    /// Whether the story score is enough.
    #[must_use]
    pub fn is_story(&self, config: &Config) -> bool {
        self.story >= config.story_threshold
    }

    /// What the parts of the story score add up to.
    #[must_use]
    pub fn sum(&self) -> f64 {
        self.contributions.iter().map(|(_, share)| share).sum()
    }

    /// What [`Comparison::level`] means, in words.
    #[must_use]
    pub fn verdict(&self, config: &Config) -> &'static str {
        match self.level(config) {
            Some(Level::Exact) => "The same text, but for case, spacing and punctuation",
            Some(Level::Near) => "Near-duplicates: one is an edited copy of the other",
            Some(Level::Story) if self.overlap.containment() >= MUCH => {
                "One story, a good part of it word for word"
            }
            Some(Level::Story) => "One story, told in other words",
            None => "Two different articles",
        }
    }

    /// How sure that is, in a sentence; `None` of equal texts, where there is no doubt.
    #[must_use]
    pub fn how_sure(&self, config: &Config) -> Option<String> {
        match self.level(config) {
            Some(Level::Exact) => None,
            Some(Level::Near) => Some(format!(
                "Near score {:.2}: of the {} shingles (three words, or five characters) of the shorter one, {} are in the other.",
                self.overlap.score(),
                self.overlap.smaller,
                self.overlap.shared
            )),
            Some(Level::Story) | None => Some(format!(
                "Story score {:.2}: such pairs tell one story in {}.",
                self.story,
                share_in_words(self.story)
            )),
        }
    }
}

/// Compares two articles.
///
/// # Errors
/// One of them has no words.
pub fn compare(a: &Article, b: &Article) -> Result<Comparison, Box<Skip>> {
    let texts = [Words::of(&a.text), Words::of(&b.text)];
    let titles = [a, b].map(|article| Words::of(article.title.as_deref().unwrap_or_default()));
    let mut sketcher = Sketcher::default();
    let mut sketches = Sketches::default();
    sketcher.sketch(a, &mut sketches)?;
    sketcher.sketch(b, &mut sketches)?;
    let facts = [0, 1].map(|at| Fact::from(sketches.facts[at]));
    let tokens = [0, 1].map(|at| Tokens::of(sketches.texts.get(at)));
    let overlap = Overlap::of(&shingles(tokens[0]), &shingles(tokens[1]));
    let lists = profiles(&tokens.map(terms));
    let profiles = [0, 1].map(|at| Profile::of(&lists[at]));
    let parts = profiles[0]
        .opened()
        .compare(profiles[1])
        .with_phrases(overlap)
        .with_days(facts[0].day, facts[1].day);
    let reading =
        |at: usize| Reading { title: &titles[at], text: &texts[at], profile: profiles[at] };
    let of = &Coefficients::SHIPPED;
    let density = Density::of_two(of);
    Ok(Comparison {
        exact: facts[0].digest == facts[1].digest,
        overlap,
        template: is_template(tokens[0], tokens[1], overlap),
        parts,
        density,
        contributions: weightiest_first(parts.contributions(density, of)),
        story: story::probability(parts.excess(density, of), of),
        passages: passages(&texts[0], &texts[1]),
        evidence: Evidence::of(reading(0), reading(1)),
        texts,
    })
}

fn weightiest_first(contributions: impl Into<Vec<(Part, f64)>>) -> Vec<(Part, f64)> {
    let mut contributions = contributions.into();
    // Stable: of equals the first.
    contributions.sort_by(|(_, a), (_, b)| b.abs().total_cmp(&a.abs()));
    contributions
}

/// A share of a whole as people say it.
fn share_in_words(share: f64) -> &'static str {
    const WORDS: [(f64, &str); 17] = [
        (0.0, "hardly any case"),
        (0.01, "about one of a hundred cases"),
        (0.02, "about one of fifty cases"),
        (0.05, "about one of twenty cases"),
        (0.1, "about one of ten cases"),
        (0.2, "about one of five cases"),
        (0.25, "about one of four cases"),
        (0.333, "about one of three cases"),
        (0.4, "about two of five cases"),
        (0.5, "about half of the cases"),
        (0.6, "about three of five cases"),
        (0.667, "about two of three cases"),
        (0.75, "about three of four cases"),
        (0.8, "about four of five cases"),
        (0.9, "about nine of ten cases"),
        (0.95, "about nineteen of twenty cases"),
        (1.0, "nearly all cases"),
    ];
    let away = |at: f64| (at - share).abs();
    let nearest = WORDS.iter().min_by(|x, y| away(x.0).total_cmp(&away(y.0)));
    nearest.map_or("", |(_, words)| words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_said_as_people_say_them() {
        for (share, words) in [
            (0.0, "hardly any case"),
            (0.012, "about one of a hundred cases"),
            (0.13, "about one of ten cases"),
            (0.5, "about half of the cases"),
            (0.79, "about four of five cases"),
            (0.98, "nearly all cases"),
        ] {
            assert_eq!(share_in_words(share), words, "{share}");
        }
    }
}
