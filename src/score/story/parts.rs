//! How alike two articles are in each view of them, and what that adds up to.

use super::coefficients::Coefficients;
use super::phrases::phrases;
use crate::score::near::Overlap;

/// Views of two articles in which they are compared: cosines, each 0 to 1, and the days between them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Parts {
    /// Over all terms, those of the lead counted more.
    pub words: f64,
    /// Over names: words with a capital inside a sentence. `None` where one of the two has too few
    /// to tell, as in scripts without capitals.
    pub names: Option<f64>,
    /// Over numbers. `None` where one of the two has none.
    pub numbers: Option<f64>,
    /// Whether numbers have to stand in for names: both have enough of them, and no capitals.
    pub by_numbers: bool,
    /// Over the terms of both leads.
    pub lead: f64,
    /// Over shingles.
    pub phrases: f64,
    /// Days between the two, where both have a date.
    pub days: Option<u32>,
}

/// Days that say nothing: many tell a story the morning after.
const FREE_DAYS: u32 = 1;

/// Days beyond those, at which a date counts half of what it can.
const HALF_DAYS: f64 = 7.0;

/// A named share in the excess of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The words in common, and what they stand in for.
    Words,
    /// The names in common.
    Names,
    /// The numbers in common, where they stand in for names.
    Numbers,
    /// The terms that both leads have in common.
    Lead,
    /// The phrases in common.
    Phrases,
    /// Phrases in common without the names and numbers; 0 or less.
    Template,
    /// The days between the two; 0 or less, and 0 where one has no date.
    Dates,
    /// What two articles have in common with those around them; 0 or less.
    Density,
}

impl Part {
    /// Its name in the output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Part::Words => "words",
            Part::Names => "names",
            Part::Numbers => "numbers",
            Part::Lead => "lead",
            Part::Phrases => "phrases",
            Part::Template => "template",
            Part::Dates => "dates",
            Part::Density => "density",
        }
    }
}

impl Parts {
    /// With the overlap of the shingles.
    #[must_use]
    pub fn with_phrases(self, shingles: Overlap) -> Parts {
        Parts { phrases: phrases(shingles), ..self }
    }

    /// With the days of publication, where they are known.
    #[must_use]
    pub fn with_days(self, a: Option<i32>, b: Option<i32>) -> Parts {
        Parts { days: a.zip(b).map(|(a, b)| a.abs_diff(b)), ..self }
    }

    /// What two articles have in common beyond what is owed to their surroundings, whose mean
    /// density is `density`: the sum of the [`Parts::contributions`]. Below 0 for most pairs.
    #[must_use]
    pub fn excess(self, density: f64, of: &Coefficients) -> f64 {
        self.contributions(density, of).iter().map(|(_, share)| share).sum()
    }

    /// What is left of them until the phrases and the density are known.
    #[must_use]
    pub fn without_phrases(self, of: &Coefficients) -> Phraseless {
        Phraseless {
            rest: Parts { phrases: 0.0, ..self }.excess(0.0, of) as f32,
            words: (self.words * Phraseless::WORDS) as u16,
            missing: (self.missing() * Phraseless::MISSING) as u16,
        }
    }

    /// What each part adds to the excess, or takes from it.
    #[must_use]
    pub fn contributions(self, density: f64, of: &Coefficients) -> [(Part, f64); 8] {
        // What stands for names: in scripts without capitals the numbers, as far as there are any,
        // take half of their place, and the words the rest.
        let (names, numbers, instead) = match (self.names, self.numbers) {
            (Some(names), _) => (names, 0.0, 0.0),
            (None, Some(numbers)) if self.by_numbers => (0.0, numbers / 2.0, self.words / 2.0),
            _ => (0.0, 0.0, self.words),
        };
        let all = all(of);
        [
            (Part::Words, (self.words + of.names * instead) / all),
            (Part::Names, of.names * names / all),
            (Part::Numbers, of.names * numbers / all),
            (Part::Lead, of.lead * self.lead / all),
            (Part::Phrases, by_phrases(self.phrases, self.words, of)),
            (Part::Template, -self.template(of)),
            (Part::Dates, -of.dates * self.apart()),
            (Part::Density, -of.density * density),
        ]
    }

    /// How far apart in time the two are, 0 to 1.
    fn apart(self) -> f64 {
        let days = f64::from(self.days.unwrap_or(0).saturating_sub(FREE_DAYS));
        days / (days + HALF_DAYS)
    }

    /// How much points to one template filled in twice; 0 for most pairs.
    #[must_use]
    pub fn template(self, of: &Coefficients) -> f64 {
        of.template * (self.phrases - of.template_phrases).max(0.0) * self.missing()
    }

    /// What the two do not share of their numbers and names, 0 to 2.
    fn missing(self) -> f64 {
        let missing = |view: Option<f64>| view.map_or(0.0, |cosine| 1.0 - cosine);
        missing(self.names) + missing(self.numbers)
    }
}

/// What phrases add to an excess: not more than words do.
fn by_phrases(phrases: f64, words: f64, of: &Coefficients) -> f64 {
    of.phrases * phrases.sqrt().min(words) / all(of)
}

/// Weight of all views together.
fn all(of: &Coefficients) -> f64 {
    1.0 + of.names + of.lead + of.phrases
}

/// The parts of a pair in eight bytes, as far as they are needed once its phrases are known, and the
/// density around it. Excess comes out within 0.00002 of that of the parts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Phraseless {
    /// Excess without phrases and density.
    rest: f32,
    /// In units of 1 / [`Phraseless::WORDS`], as [`Parts::words`].
    words: u16,
    /// In units of 1 / [`Phraseless::MISSING`]: what numbers and names do not share.
    missing: u16,
}

impl Phraseless {
    const WORDS: f64 = 65_535.0;
    const MISSING: f64 = 32_767.0;

    /// [`Parts::excess`] with the cosine of the phrases, and a mean density.
    #[must_use]
    pub fn excess(self, phrases: f64, density: f64, of: &Coefficients) -> f64 {
        let missing = f64::from(self.missing) / Phraseless::MISSING;
        f64::from(self.rest) + by_phrases(phrases, self.words(), of)
            - of.template * (phrases - of.template_phrases).max(0.0) * missing
            - of.density * density
    }

    /// The greatest [`Phraseless::excess`] there is with any phrases: so most pairs need not have
    /// their shingles looked at.
    #[must_use]
    pub fn greatest_excess(self, density: f64, of: &Coefficients) -> f64 {
        f64::from(self.rest) + by_phrases(1.0, self.words(), of) - of.density * density
    }

    fn words(self) -> f64 {
        f64::from(self.words) / Phraseless::WORDS
    }

    /// As a number.
    #[must_use]
    pub fn bits(self) -> u64 {
        let rest = u64::from(self.rest.to_bits()) << 32;
        rest | u64::from(self.words) << 16 | u64::from(self.missing)
    }

    /// What a number stands for.
    #[must_use]
    pub fn from_bits(bits: u64) -> Phraseless {
        let rest = f32::from_bits((bits >> 32) as u32);
        Phraseless { rest, words: (bits >> 16) as u16, missing: bits as u16 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OF: Coefficients = Coefficients::SHIPPED;

    fn parts() -> Parts {
        let (words, lead, phrases) = (0.5, 0.4, 0.3);
        Parts { words, names: Some(0.6), numbers: Some(0.2), lead, phrases, ..Parts::default() }
    }

    #[test]
    fn contributions_add_up() {
        let words = |parts: Parts| parts.contributions(0.2, &OF)[0].1;
        // (0.5 + 0.8 * 0.6 + 0.5 * 0.4 + 0.6 * 0.5) / 2.9 - 0.7 * 0.1 * (0.8 + 0.4) - 0.6 * 0.2
        assert!((parts().excess(0.2, &OF) - (1.48 / 2.9 - 0.084 - 0.12)).abs() < 1e-12);
        let nameless = Parts { names: None, ..parts() };
        assert!(words(nameless) > words(parts()));
        let halved = Parts { by_numbers: true, ..nameless };
        assert_eq!(halved.contributions(0.2, &OF)[2], (Part::Numbers, 0.8 * 0.1 / 2.9));
    }

    #[test]
    fn no_phrases_bring_more_than_the_bound() {
        let bound = parts().without_phrases(&OF).greatest_excess(0.2, &OF);
        for phrases in [0.0, 0.1, 0.25, 0.5, 1.0] {
            assert!(parts().without_phrases(&OF).excess(phrases, 0.2, &OF) <= bound);
        }
    }

    #[test]
    fn eight_bytes_say_the_same() {
        for (names, days) in [(None, None), (Some(0.1), Some(30)), (Some(0.9), Some(2))] {
            for phrases in [0.0, 0.1, 0.25, 0.5, 1.0] {
                let parts = Parts { names, days, phrases, ..parts() };
                let kept = Phraseless::from_bits(parts.without_phrases(&OF).bits());
                let error = parts.excess(0.2, &OF) - kept.excess(phrases, 0.2, &OF);
                assert!(error.abs() < 2e-5, "{error}");
            }
        }
    }

    #[test]
    fn only_known_dates_that_are_far_apart_count() {
        let dates = |a, b| parts().with_days(a, b).contributions(0.2, &OF)[6].1;
        assert_eq!((dates(None, Some(9)), dates(Some(8), Some(9))), (0.0, 0.0));
        assert!((dates(Some(20), Some(12)) + OF.dates / 2.0).abs() < 1e-12);
        assert!(dates(Some(-2_000_000_000), Some(2_000_000_000)) >= -OF.dates);
    }
}
