//! The numbers of the story model that are fitted to labelled articles, all in one place.

/// Every number of the story model that is fitted: one setting for all articles and languages.
///
/// Where a field says no more, it was set by hand, as a round number, and checked on six labelled sets;
/// `examples/story_fit.rs` fits all of them again and says what they are worth on sets that they
/// were not fitted on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coefficients {
    /// Weight of the cosine of names, where that of all words is 1.
    pub names: f64,
    /// Weight of the cosine of leads.
    pub lead: f64,
    /// Weight of the root of the cosine of phrases.
    pub phrases: f64,
    /// How much phrases in common count against two articles whose names or numbers differ.
    pub template: f64,
    /// Cosine of phrases from which on they do.
    pub template_phrases: f64,
    /// What is subtracted, at most, where two articles are far apart in time and both have a date.
    pub dates: f64,
    /// Share of the mean density around two articles that is subtracted from their likeness.
    pub density: f64,
    /// Density of an article in a corpus that is too small to tell.
    pub density_prior: f64,
    /// Least density: an article without neighbours is no easier to match.
    pub density_least: f64,
    /// Excess of a pair that is as likely one story as not.
    pub even: f64,
    /// Logits a unit of excess.
    pub slope: f64,
    /// Logits that a pair gains by being joined in one story: the articles around it speak for it.
    pub joined: f64,
    /// Logits that it loses by not being joined.
    pub parted: f64,
    /// Mean excess at which a group begins to be a story, were it not for its surroundings.
    pub base: f64,
    /// Share of the mean excess at a group's next merge that its own has to surpass.
    pub contrast: f64,
    /// Share of the mean excess inside a part of a group that the excess between its parts has to
    /// reach.
    pub steepness: f64,
    /// How much every bit below that counts.
    pub steepness_weight: f64,
}

impl Coefficients {
    /// Those that the program uses.
    pub const SHIPPED: Coefficients = Coefficients {
        names: 0.8,
        lead: 0.5,
        phrases: 0.6,
        template: 0.7,
        template_phrases: 0.2,
        dates: 0.1,
        density: 0.6,
        density_prior: 0.43,
        density_least: 0.13,
        even: 0.16,
        slope: 20.0,
        joined: 2.2,
        parted: 0.8,
        base: 0.05,
        contrast: 0.7,
        steepness: 0.5,
        steepness_weight: 1.5,
    };
}

impl Default for Coefficients {
    fn default() -> Coefficients {
        Coefficients::SHIPPED
    }
}
