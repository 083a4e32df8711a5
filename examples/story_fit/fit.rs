//! How coefficients are chosen.
//!
//! [`TRIES`] settings are drawn around the shipped ones, each coefficient by itself. What a setting
//! is worth on some sets is the mean of its F1 over the sets, at its own cut and one
//! [`CUT_STEP`] to either side. The choice is the mean of the best tenth: the single best of
//! hundreds fits the accidents of the sets, their mean keeps to where good ones are dense. It is then drawn
//! half the way back to the shipped setting, which rests on all sets. Coefficients that the sets say
//! nothing of (templates, tiny corpora) stay as they are.

use crate::sets::Set;
use rayon::prelude::*;
use retold::hash::mix;
use retold::score::story::Coefficients;

const TRIES: u64 = 300;
const BEST: usize = 30;
const CUT_STEP: f64 = 0.01;

/// Standard deviation of a coefficient in the draws, as a share of it.
const SPREAD: f64 = 0.25;

/// Share of the way back to the shipped setting.
const SHRINK: f64 = 0.5;

/// The coefficients, by name; the first [`SEARCHED`] are searched for, `calibration` fits the next four.
pub(crate) fn fields(of: &mut Coefficients) -> [(&'static str, &mut f64); 17] {
    [
        ("names", &mut of.names),
        ("lead", &mut of.lead),
        ("phrases", &mut of.phrases),
        ("dates", &mut of.dates),
        ("density", &mut of.density),
        ("density_least", &mut of.density_least),
        ("base", &mut of.base),
        ("contrast", &mut of.contrast),
        ("steepness", &mut of.steepness),
        ("steepness_weight", &mut of.steepness_weight),
        ("even", &mut of.even),
        ("slope", &mut of.slope),
        ("joined", &mut of.joined),
        ("parted", &mut of.parted),
        ("template", &mut of.template),
        ("template_phrases", &mut of.template_phrases),
        ("density_prior", &mut of.density_prior),
    ]
}

const SEARCHED: usize = 10;

/// A setting, and its worth on each set.
pub(crate) struct Try {
    coefficients: Coefficients,
    worth: Vec<f64>,
}

/// Settings around the shipped one, tried on all sets.
pub(crate) fn tries(sets: &[&Set]) -> Vec<Try> {
    let measure = |number: u64| {
        let coefficients = draw(number);
        let worth = sets.iter().map(|set| worth(set, &coefficients)).collect();
        Try { coefficients, worth }
    };
    (0..TRIES).into_par_iter().map(measure).collect()
}

fn worth(set: &Set, of: &Coefficients) -> f64 {
    let cuts = [of.base - CUT_STEP, of.base, of.base + CUT_STEP];
    let f1 = |base| set.figures(&Coefficients { base, ..*of }).pairs.f1();
    cuts.map(f1).iter().sum::<f64>() / cuts.len() as f64
}

fn draw(number: u64) -> Coefficients {
    let mut drawn = Coefficients::SHIPPED;
    for (i, (_, value)) in fields(&mut drawn).into_iter().enumerate().take(SEARCHED) {
        // The sum of three uniform variables is close to normal, with a standard deviation of 1/2.
        let uniform =
            |j: u64| (mix(mix(number) ^ (i as u64 * 3 + j)) >> 11) as f64 / (1_u64 << 53) as f64;
        let normal = 2.0 * (uniform(0) + uniform(1) + uniform(2) - 1.5);
        *value *= (1.0 + SPREAD * normal).max(0.2);
    }
    drawn
}

/// The setting chosen by the sets of these numbers.
pub(crate) fn choose(tries: &[Try], sets: &[usize]) -> Coefficients {
    let worth = |of: &&Try| sets.iter().map(|&set| of.worth[set]).sum::<f64>();
    let mut ranked: Vec<&Try> = tries.iter().collect();
    ranked.sort_by(|a, b| worth(b).total_cmp(&worth(a)));
    let mut chosen = Coefficients::SHIPPED;
    for (i, (_, value)) in fields(&mut chosen).into_iter().enumerate().take(SEARCHED) {
        let best = ranked[..BEST].iter().map(|of| *fields(&mut of.coefficients.clone())[i].1);
        *value = SHRINK * *value + (1.0 - SHRINK) * best.sum::<f64>() / BEST as f64;
    }
    chosen
}
