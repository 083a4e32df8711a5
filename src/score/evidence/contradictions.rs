//! Names and numbers in comparable places: the same ones, and others.

use super::terms::{Place, Placed, Terms, Unit};
use super::{Contradiction, Mention, PLACES, TELLING, UNITS};
use ahash::{AHashMap, AHashSet};
use std::ops::Range;

/// Least weight of what two places have in common, for numbers and for names. `dead` alone reaches
/// the first, `people` does not; `said` or `in` does not reach the second, nor does `city`.
const NUMBERS_AGREE: f64 = 4.0;
const NAMES_AGREE: f64 = 6.0;

/// What the places of two units have in common.
pub(super) struct Agreement {
    pub(super) weight: f64,
    /// Terms before and behind each unit up to the ones that are the same.
    pub(super) shown: [[usize; 2]; 2],
}

/// What two places have in common; `None` where neither side of them is the same.
pub(super) fn agreement(x: &Place<'_>, y: &Place<'_>, number: bool) -> Option<Agreement> {
    let mut weights = [0.0; 2];
    let mut shown = [[0; 2]; 2];
    for side in 0..2 {
        let (Some((i, s)), Some((j, t))) = (x.anchors[side], y.anchors[side]) else { continue };
        if s.hash == t.hash {
            weights[side] = s.idf;
            // Behind, the phrase goes on as long as it is the same, to one telling word more.
            let on = x.around[side][i..].iter().zip(&y.around[side][j..]).skip(1);
            let on =
                on.take_while(|(s, t)| side == 1 && s.hash == t.hash && !s.parted && !t.parted);
            let more = on.enumerate().find(|(_, (s, _))| s.idf >= TELLING);
            let length = more.map_or(1, |(at, _)| at + 2);
            (shown[0][side], shown[1][side]) = (i + length, j + length);
        }
    }
    if weights == [0.0; 2] {
        return None;
    }
    // What is counted follows in most languages: what is before is told where it says far more. A
    // name is told by what is before it.
    let before = if number { weights[0] >= 3.0 * weights[1] } else { weights[0] > 0.0 };
    for shown in &mut shown {
        if !before {
            shown[0] = 0;
        } else if !number {
            shown[1] = 0;
        }
    }
    let mut both: Vec<&Placed> = x.around.iter().flatten().copied().collect();
    both.sort_by_key(|term| term.hash);
    both.dedup_by_key(|term| term.hash);
    let its: AHashSet<u32> = y.around.iter().flatten().map(|term| term.hash).collect();
    let same = both.iter().filter(|term| its.contains(&term.hash)).map(|term| term.idf);
    Some(Agreement { weight: weights.iter().sum::<f64>() + same.sum::<f64>(), shown })
}

/// The contradictions, and the terms of both that are in one.
pub(super) fn contradictions<'t>(
    a: &'t Terms<'_>,
    own: &[Unit],
    b: &'t Terms<'_>,
    its: &[Unit],
) -> (Vec<Contradiction>, [AHashSet<u32>; 2]) {
    let place = |terms: &'t Terms<'_>, units: &[Unit]| -> Vec<Place<'t>> {
        units.iter().map(|unit| terms.place(unit)).collect()
    };
    let places = [place(a, own), place(b, its)];
    let keys = |unit: &Unit, place: &Place<'_>| {
        let number = unit.number;
        [0, 1].map(|side| place.anchors[side].map(|(_, term)| (number, side, term.hash)))
    };
    let mut by_anchor: AHashMap<(bool, usize, u32), Vec<usize>> = AHashMap::new();
    for (at, (unit, place)) in its.iter().zip(&places[1]).enumerate() {
        for key in keys(unit, place).into_iter().flatten() {
            let units = by_anchor.entry(key).or_default();
            if units.len() < PLACES {
                units.push(at);
            }
        }
    }
    let mut found = Vec::new();
    for (at, (unit, place)) in own.iter().zip(&places[0]).enumerate() {
        let keys = keys(unit, place).into_iter().flatten();
        let mut tried: Vec<usize> =
            keys.filter_map(|key| by_anchor.get(&key)).flatten().copied().collect();
        tried.sort_unstable();
        tried.dedup();
        let least = if unit.number { NUMBERS_AGREE } else { NAMES_AGREE };
        for other in tried {
            let agreed = agreement(place, &places[1][other], unit.number);
            if let Some(agreed) = agreed.filter(|agreed| agreed.weight >= least) {
                found.push((at, other, agreed));
            }
        }
    }
    found.sort_by(|x, y| y.2.weight.total_cmp(&x.2.weight).then((x.0, x.1).cmp(&(y.0, y.1))));
    let mut paired = [AHashSet::new(), AHashSet::new()];
    let mut told = [AHashSet::new(), AHashSet::new()];
    let mut contradictions: Vec<Contradiction> = Vec::new();
    for (x, y, agreed) in found {
        if paired[0].contains(&x) || paired[1].contains(&y) {
            continue;
        }
        let (own, its) = (&own[x], &its[y]);
        paired[0].insert(x);
        paired[1].insert(y);
        told[0].extend(a.terms[own.terms.clone()].iter().map(|term| term.hash));
        told[1].extend(b.terms[its.terms.clone()].iter().map(|term| term.hash));
        let wide = |range: &Range<usize>, [before, behind]: [usize; 2]| {
            range.start - before..range.end + behind
        };
        let texts =
            [a.text(wide(&own.terms, agreed.shown[0])), b.text(wide(&its.terms, agreed.shown[1]))];
        if contradictions.iter().all(|told| told.texts != texts) {
            contradictions.push(Contradiction { texts, number: own.number, weight: agreed.weight });
        }
    }
    (contradictions, told)
}

/// Numbers of both, with what they count where it is the same.
pub(super) fn shared_numbers(a: &Terms<'_>, b: &Terms<'_>) -> Vec<Mention> {
    let unit = |at: usize| Unit { terms: at..at + 1, number: true };
    let mut runs = Vec::new();
    let numbers = a.terms.iter().enumerate().filter(|(_, term)| term.number);
    for (at, term) in numbers.filter(|(_, term)| !b.places(term.hash).is_empty()).take(UNITS) {
        let own = a.place(&unit(at));
        let agreed = b
            .places(term.hash)
            .iter()
            .filter_map(|&other| agreement(&own, &b.place(&unit(other)), true));
        let best = agreed.reduce(|best, next| if next.weight > best.weight { next } else { best });
        let [before, behind] = best.map_or([0; 2], |best| best.shown[0]);
        runs.push(at - before..at + 1 + behind);
    }
    a.mentions(runs.into_iter())
}
