//! What two articles agree on and where they contradict each other, in their own words: for people
//! to see. No score depends on it.

use super::story::profile::{Profile, Weighted};
use crate::shingle::story::{LEAD_TERMS, Marks, each_term};
use crate::text::{Kind, Words};
use ahash::{AHashMap, AHashSet};
use std::ops::Range;

/// What two articles share, and what stands against it. Lists begin with the weightiest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    /// Names that stand in both: `Ewa Lindqvist` as one where both write it so.
    pub names: Vec<Mention>,
    /// Numbers that stand in both, with what they count where that is the same: `340 families`.
    pub numbers: Vec<Mention>,
    /// Rare words that stand in both, neighbours together.
    pub words: Vec<Mention>,
    /// Names and rare words that stand in the leads of both.
    pub lead: Vec<Mention>,
    /// Names and numbers that differ in comparable places: `12 dead` and `15 dead`.
    pub contradictions: Vec<Contradiction>,
    /// For each of the two what stands in its lead and nowhere in the other, apart from the
    /// contradictions.
    pub only: [Only; 2],
}

/// Something that is written in an article.
#[derive(Clone, Debug, PartialEq)]
pub struct Mention {
    /// As the first of the two that has it writes it.
    pub text: String,
    /// Sum of the inverse document frequencies of its words in everyday language, in nats.
    pub weight: f64,
}

/// A name or number that stands only in the first article, and another that stands only in the
/// second beside the same words.
#[derive(Clone, Debug, PartialEq)]
pub struct Contradiction {
    /// What is named or counted, in each as it writes it.
    pub texts: [String; 2],
    /// Whether they are numbers; else names.
    pub number: bool,
    /// How much the places have in common: sum of the inverse document frequencies of the
    /// words around, in nats.
    pub weight: f64,
}

/// What stands only in one of two articles.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Only {
    /// Names.
    pub names: Vec<Mention>,
    /// Numbers.
    pub numbers: Vec<Mention>,
}

/// Inverse document frequency from which a word is worth telling: one article in 100 holds it.
const RARE: f64 = 4.6;

/// The same from which a word says what is named or counted: two articles in three do not hold it.
const TELLING: f64 = 1.1;

/// The same from which a word with a capital is a name rather than the title before one.
const UNKNOWN_NAME: f64 = 6.0;

/// Terms on each side of a name or number that are its place.
const AROUND: usize = 5;

/// Of these the nearest, of which the first telling one must be the same on one side.
const NEAREST: usize = 3;

/// Least weight of what two places have in common, for numbers and for names. `dead` alone reaches
/// the first, `people` does not; `said` or `in` does not reach the second, nor does `city`.
const NUMBERS_AGREE: f64 = 4.0;
const NAMES_AGREE: f64 = 6.0;

/// Places of one term that are tried, and names and numbers of an article: bounds on the work for
/// texts that repeat themselves.
const PLACES: usize = 32;
const UNITS: usize = 2_000;

/// An article as it was read, with its profile.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    /// Words of the headline, if the dump has it apart.
    pub title: &'a Words,
    /// Words of the text.
    pub text: &'a Words,
    /// Weighted terms of both.
    pub profile: &'a Profile,
}

impl Evidence {
    /// What two articles share and what contradicts. Cost: a few passes over both.
    #[must_use]
    pub fn of(a: Reading<'_>, b: Reading<'_>) -> Evidence {
        let (a, b) = (Terms::of(a, b.profile), Terms::of(b, a.profile));
        let (own, its) = (a.units(&b), b.units(&a));
        let (contradictions, used) = contradictions(&a, &own, &b, &its);
        let left = |side: usize, terms: &Terms<'_>, units: &[Unit]| {
            let units: Vec<_> = units
                .iter()
                .filter(|unit| {
                    let told = |term: &Placed| used[side].contains(&term.hash);
                    terms.terms[unit.terms.start].lead
                        && !terms.terms[unit.terms.clone()].iter().all(told)
                })
                .collect();
            let mentions = |number| {
                let wanted = units.iter().filter(|unit| unit.number == number);
                terms.mentions(wanted.map(|unit| unit.terms.clone()))
            };
            Only { names: mentions(false), numbers: mentions(true) }
        };
        Evidence {
            names: a.shared(&b, |term| term.name),
            numbers: shared_numbers(&a, &b),
            lead: a.shared(&b, |term| {
                term.lead && !term.number && !term.broken && (term.name || term.idf >= RARE)
            }),
            words: a
                .shared(&b, |term| !term.name && !term.number && !term.broken && term.idf >= RARE),
            only: [left(0, &a, &own), left(1, &b, &its)],
            contradictions,
        }
    }
}

/// A term at its place.
#[derive(Clone, Debug)]
struct Placed {
    hash: u32,
    idf: f64,
    /// Its words, in the title or in the text.
    words: Range<usize>,
    in_title: bool,
    lead: bool,
    name: bool,
    number: bool,
    opens_sentence: bool,
    /// Whether nothing but a space or a hyphen parts it from the term before.
    joined: bool,
    /// Whether punctuation parts it from the term before, or its own two characters.
    parted: bool,
    broken: bool,
    /// Whether it is one character of a script without spaces, which says little.
    single: bool,
    /// Whether its line is written with capitals throughout, which say nothing there.
    headline: bool,
}

/// A name or number that the other article does not have.
#[derive(Clone, Debug)]
struct Unit {
    terms: Range<usize>,
    number: bool,
}

struct Terms<'a> {
    reading: Reading<'a>,
    terms: Vec<Placed>,
    /// First places of each term.
    places: AHashMap<u32, Vec<usize>>,
}

impl<'a> Terms<'a> {
    fn of(reading: Reading<'a>, other: &Profile) -> Terms<'a> {
        let mut terms: Vec<Placed> = Vec::new();
        for (in_title, words) in [(true, reading.title), (false, reading.text)] {
            let headlines = headlines(words);
            let mut end = None;
            each_term(&words.words, |hash, range| {
                let first = &words.words[range.start];
                let own = reading.profile.term(hash);
                let marked =
                    |term: Option<&Weighted>, mark| term.is_some_and(|t| t.marks.has(mark));
                let between = |end: u32, next: u32| {
                    // Neighbouring pairs of characters overlap.
                    words.normal.get(end as usize..next as usize).unwrap_or_default()
                };
                let gap = end.map_or("\n", |end| between(end, first.start));
                let last = &words.words[range.end - 1];
                end = Some(last.end);
                terms.push(Placed {
                    hash,
                    idf: own.map_or(0.0, |term| f64::from(term.idf)),
                    in_title,
                    lead: terms.len() < LEAD_TERMS,
                    name: first.capital
                        && (marked(own, Marks::NAME) || marked(other.term(hash), Marks::NAME)),
                    number: marked(own, Marks::NUMBER),
                    opens_sentence: first.opens_sentence,
                    joined: gap.chars().all(joins) && !first.opens_sentence,
                    parted: gap.chars().any(parts),
                    broken: range.len() > 1 && !between(first.end, last.start).is_empty(),
                    single: range.len() == 1 && first.kind == Kind::Solid,
                    headline: headlines.contains(&first.line),
                    words: range,
                });
            });
        }
        let mut places: AHashMap<u32, Vec<usize>> = AHashMap::new();
        for (at, term) in terms.iter().enumerate() {
            let places = places.entry(term.hash).or_default();
            if places.len() < PLACES {
                places.push(at);
            }
        }
        Terms { reading, terms, places }
    }

    /// Places of a term; none where it does not occur.
    fn places(&self, hash: u32) -> &[usize] {
        self.places.get(&hash).map_or(&[], Vec::as_slice)
    }

    fn words(&self, term: &Placed) -> &'a Words {
        if term.in_title { self.reading.title } else { self.reading.text }
    }

    /// What is written from the first of some terms to the last, on one line.
    fn text(&self, range: Range<usize>) -> String {
        let (first, last) = (&self.terms[range.start], &self.terms[range.end - 1]);
        let text = self.words(first).between(first.words.start..last.words.end);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn weight(&self, range: Range<usize>) -> f64 {
        self.terms[range].iter().map(|term| term.idf).sum()
    }

    /// The weightiest of some runs of terms. One that says nothing that has not been told is left
    /// out, and one that is not rare, unless it is a number.
    fn mentions(&self, runs: impl Iterator<Item = Range<usize>>) -> Vec<Mention> {
        let mut runs: Vec<(f64, Range<usize>)> =
            runs.map(|run| (self.weight(run.clone()), run)).collect();
        runs.sort_by(|x, y| y.0.total_cmp(&x.0).then(x.1.start.cmp(&y.1.start)));
        let mut told: AHashSet<u32> = AHashSet::new();
        let mut mentions = Vec::new();
        for (weight, run) in runs {
            let terms = &self.terms[run.clone()];
            let new = terms.iter().any(|term| tells(term) && !told.contains(&term.hash));
            if new && (weight >= RARE || terms.iter().any(|term| term.number)) {
                told.extend(terms.iter().map(|term| term.hash));
                mentions.push(Mention { text: self.text(run), weight });
            }
        }
        mentions
    }

    /// Runs of terms that stand in both articles, each as long as it goes, of those that `keep` has
    /// in both.
    fn shared(&self, other: &Terms<'_>, keep: impl Fn(&Placed) -> bool) -> Vec<Mention> {
        let (a, b) = (&self.terms, &other.terms);
        let mut runs = Vec::new();
        let mut at = 0;
        while at < a.len() {
            if !keep(&a[at]) {
                at += 1;
                continue;
            }
            let same = |place: usize| {
                let pairs = a[at..].iter().zip(&b[place..]).enumerate();
                pairs
                    .take_while(|(n, (x, y))| {
                        x.hash == y.hash
                            && keep(x)
                            && keep(y)
                            && (*n == 0 || (x.joined && y.joined))
                    })
                    .count()
            };
            let places = other.places(a[at].hash);
            let longest = places.iter().map(|&place| same(place)).max().unwrap_or(0);
            if longest > 0 {
                runs.push(at..at + longest);
            }
            at += longest.max(1);
        }
        self.mentions(runs.into_iter())
    }

    /// Names and numbers that the other article does not have, in order.
    fn units(&self, other: &Terms<'_>) -> Vec<Unit> {
        let beginnings = other.beginnings();
        let absent = |term: &Placed| {
            other.places(term.hash).is_empty()
                && (term.number || !self.has_form_in(term, &beginnings))
        };
        let named = |term: &Placed| term.name && !term.number && !term.headline && absent(term);
        let mut units = Vec::new();
        let mut at = 0;
        while at < self.terms.len() && units.len() < UNITS {
            let term = &self.terms[at];
            let rest = &self.terms[at + 1..];
            // A day and its month are one.
            let number = |term: &Placed| term.number && absent(term);
            if number(term) || named(term) {
                let more = rest.iter().take_while(|next| next.joined && named(next)).count();
                let terms = at..at + 1 + more;
                if term.number || self.weight(terms.clone()) >= RARE {
                    units.push(Unit { terms, number: term.number });
                }
                at += 1 + more;
            } else {
                at += 1;
            }
        }
        units
    }

    /// The folded words of both parts by their first [`FORM`] characters.
    fn beginnings(&self) -> AHashMap<String, Vec<Vec<char>>> {
        let mut beginnings: AHashMap<String, Vec<Vec<char>>> = AHashMap::new();
        for words in [self.reading.title, self.reading.text] {
            for word in words.folded.split(' ') {
                let characters: Vec<char> = word.chars().collect();
                if let Some(beginning) = characters.get(..FORM) {
                    let forms = beginnings.entry(beginning.iter().collect()).or_default();
                    if forms.len() < PLACES && !forms.contains(&characters) {
                        forms.push(characters);
                    }
                }
            }
        }
        beginnings
    }

    /// Whether the other article has another form of a name, as `Москва` is of `Москве`: the shorter
    /// of two words is, but for its last character, the beginning of the longer.
    fn has_form_in(&self, term: &Placed, beginnings: &AHashMap<String, Vec<Vec<char>>>) -> bool {
        let words = Words::of(self.words(term).between(term.words.clone()));
        let own: Vec<char> = words.folded.trim_end().chars().collect();
        let Some(beginning) = own.get(..FORM) else { return false };
        let forms = beginnings.get(&beginning.iter().collect::<String>());
        forms.is_some_and(|forms| {
            forms.iter().any(|form| {
                let same = own.iter().zip(form).take_while(|(x, y)| x == y).count();
                same + 1 >= own.len().min(form.len())
            })
        })
    }

    /// The place of a unit.
    fn place(&self, unit: &Unit) -> Place<'_> {
        let Range { start, end } = unit.terms;
        let (mut before, mut behind) = (Vec::new(), Vec::new());
        // How many on each side no punctuation parts from the unit.
        let mut near = [0; 2];
        let mut whole = true;
        for at in (start.saturating_sub(AROUND)..start).rev() {
            let next = &self.terms[at + 1];
            if next.opens_sentence {
                break;
            }
            whole &= !next.parted;
            near[0] += usize::from(whole);
            before.push(&self.terms[at]);
        }
        whole = true;
        for term in self.terms[end..].iter().take(AROUND) {
            if term.opens_sentence {
                break;
            }
            whole &= !term.parted;
            near[1] += usize::from(whole);
            behind.push(term);
        }
        let around = [before, behind];
        let anchors = [0, 1].map(|side| {
            let nearest = around[side][..near[side]].iter().take(NEAREST).enumerate();
            let mut telling = nearest.filter(|(_, term)| !term.number && term.idf >= TELLING);
            let (at, term) = telling.next()?;
            let says = if unit.number {
                side == 1 || !term.single
            } else {
                // `Mayor Lindqvist`, but not `Oslo Lindqvist`; `Oder bridge`, but not `Oder has burst`.
                (!term.name || term.idf < UNKNOWN_NAME) && (side == 0 || at == 0)
            };
            says.then_some((at, *term))
        });
        Place { around, anchors }
    }
}

/// Characters that two forms of one name have in common at least.
const FORM: usize = 4;

/// Whether a character between two words leaves them one name.
fn joins(c: char) -> bool {
    matches!(c, ' ' | '-' | '‐' | '‑' | '\'' | '’')
}

/// Whether a character between two words ends what is said of the one before.
fn parts(c: char) -> bool {
    !joins(c)
        && !c.is_whitespace()
        && !matches!(c, '$' | '€' | '£' | '¥' | '₹' | '%' | '°' | '#' | '№')
}

/// Lines in which most words have a capital.
fn headlines(words: &Words) -> AHashSet<u32> {
    let lines = words.words.chunk_by(|a, b| a.line == b.line);
    lines
        .filter(|line| {
            let capitals = line.iter().filter(|word| word.capital).count();
            line.len() > 3 && 5 * capitals > 3 * line.len()
        })
        .map(|line| line[0].line)
        .collect()
}

/// Whether a term is worth telling beside others.
fn tells(term: &Placed) -> bool {
    term.number || term.idf >= TELLING
}

/// The place of a name or number.
struct Place<'t> {
    /// The terms before it and behind it in its sentence, the nearest first.
    around: [Vec<&'t Placed>; 2],
    /// On each side the nearest that says what is named or counted, if one does, and how far off
    /// it is.
    anchors: [Option<(usize, &'t Placed)>; 2],
}

/// What the places of two units have in common.
struct Agreement {
    weight: f64,
    /// Terms before and behind each unit up to the ones that are the same.
    shown: [[usize; 2]; 2],
}

/// What two places have in common; `None` where neither side of them is the same.
fn agreement(x: &Place<'_>, y: &Place<'_>, number: bool) -> Option<Agreement> {
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
fn contradictions<'t>(
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
fn shared_numbers(a: &Terms<'_>, b: &Terms<'_>) -> Vec<Mention> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::story::profiles;
    use crate::shingle::story::terms;

    fn of_titled(a: [&str; 2], b: [&str; 2]) -> Evidence {
        let [a, b] = [a, b].map(|parts| parts.map(Words::of));
        let terms = [&a, &b].map(|[title, text]| terms(&title.words, &text.words));
        let profiles = profiles(&[&terms[0], &terms[1]]);
        Evidence::of(
            Reading { title: &a[0], text: &a[1], profile: &profiles[0] },
            Reading { title: &b[0], text: &b[1], profile: &profiles[1] },
        )
    }

    fn of(a: &str, b: &str) -> Evidence {
        of_titled(["", a], ["", b])
    }

    fn texts(mentions: &[Mention]) -> Vec<&str> {
        mentions.iter().map(|mention| &*mention.text).collect()
    }

    fn pairs(evidence: &Evidence) -> Vec<[&str; 2]> {
        evidence.contradictions.iter().map(|found| found.texts.each_ref().map(|t| &**t)).collect()
    }

    #[test]
    fn numbers_that_count_the_same_contradict() {
        let one = of(
            "The ferry sank at dawn and 12 people drowned off Korsund, said the coast guard.",
            "Off Korsund 15 people drowned when, on 3 May, a ferry went down.",
        );
        assert_eq!(pairs(&one), [["12 people drowned", "15 people drowned"]]);
        assert!(one.contradictions[0].number);
        // The same number elsewhere, or another thing counted, is no contradiction.
        assert!(pairs(&of("Some 12 boats sank.", "There 15 horses ran.")).is_empty());
        assert!(
            pairs(&of("Then 12 boats sank.", "Then 12 boats sank, 15 boats did not.")).is_empty()
        );
        // Beyond a comma something else is counted.
        assert!(
            pairs(&of("Injured were 12, drowned were six.", "Dead were 15, drowned were six."))
                .is_empty()
        );
    }

    #[test]
    fn other_names_in_the_same_place_contradict() {
        let found = of(
            "The flood was announced by harbour engineer Ida Brandt on the river Orvel.",
            "It was announced by harbour engineer Otto Falk on the river Tamsa.",
        );
        assert_eq!(
            pairs(&found),
            [["engineer Ida Brandt", "engineer Otto Falk"], ["river Orvel", "river Tamsa"]]
        );
        assert!(found.contradictions.iter().all(|found| !found.number));
        assert_eq!(found.only, [Only::default(), Only::default()]);
    }

    #[test]
    fn another_form_of_a_name_is_the_same_name() {
        let found = of("Мост через реку Лемба открыт.", "Открыли мост через реку Лембу.");
        assert_eq!(found.contradictions, []);
        assert!(found.only.iter().all(|only| only.names.is_empty()));
        let other = of("Мост через реку Лемба открыт.", "Открыли мост через реку Тарга.");
        assert_eq!(pairs(&other), [["реку Лемба", "реку Тарга"]]);
    }

    #[test]
    fn shared_names_stand_together_and_numbers_with_what_they_count() {
        let found = of(
            "The mayor of Korsund, Ewa Lindqvist, sent 340 families home. Lindqvist left at 6.",
            "Home went 340 families, said Ewa Lindqvist in Korsund. It was 6 by then.",
        );
        assert_eq!(texts(&found.names), ["Ewa Lindqvist", "Korsund"]);
        assert_eq!(texts(&found.numbers), ["340 families", "6"]);
    }

    #[test]
    fn characters_of_a_script_without_spaces_come_together() {
        let found =
            of("星期一，洛洲地铁开通，共12人受伤。", "洛洲地铁发生事故，有15人受伤，星期三。");
        assert_eq!(texts(&found.words)[0], "洛洲地铁");
        assert_eq!(pairs(&found), [["12人受伤", "15人受伤"]]);
    }

    #[test]
    fn what_stands_at_the_top_of_one_alone_is_told() {
        let found = of_titled(
            ["Fire at Korsund", "In Korsund a barn burnt."],
            ["A Barn Fire Destroys Much", "The barn of Nils Tamm burnt on day 14."],
        );
        assert_eq!(texts(&found.only[0].names), ["Korsund"]);
        // The capitals of a headline make no names.
        assert_eq!(texts(&found.only[1].names), ["Nils Tamm"]);
        assert_eq!(texts(&found.only[1].numbers), ["14"]);
        assert_eq!(found.only[0].numbers, []);
    }

    #[test]
    fn text_that_repeats_itself_ends() {
        let a = "Then 12 boats of Korsund sank. ".repeat(20_000);
        let b = "Then 15 boats of Velmora sank. ".repeat(20_000);
        let found = of(&a, &b);
        assert_eq!(
            pairs(&found),
            [["boats of Korsund", "boats of Velmora"], ["12 boats", "15 boats"]]
        );
        assert!(of("", "").contradictions.is_empty());
    }
}
