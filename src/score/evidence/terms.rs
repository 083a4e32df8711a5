//! The terms of an article at their places, and which of them are names and numbers.

use super::{Mention, PLACES, RARE, Reading, TELLING, UNITS};
use crate::score::story::profile::{Profile, Weighted};
use crate::shingle::story::{LEAD_TERMS, Marks, each_term};
use crate::text::{Kind, Tokens, Word, Words};
use ahash::{AHashMap, AHashSet};
use std::ops::Range;

/// The same from which a word with a capital is a name rather than the title before one.
const UNKNOWN_NAME: f64 = 6.0;

/// Terms on each side of a name or number that are its place.
const AROUND: usize = 5;

/// Of these the nearest, of which the first telling one must be the same on one side.
const NEAREST: usize = 3;

/// A term at its place.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub(super) hash: u32,
    pub(super) idf: f64,
    /// Its words, in the title or in the text.
    pub(super) words: Range<usize>,
    pub(super) in_title: bool,
    pub(super) lead: bool,
    pub(super) name: bool,
    pub(super) number: bool,
    pub(super) opens_sentence: bool,
    /// Whether nothing but a space or a hyphen parts it from the term before.
    pub(super) joined: bool,
    /// Whether punctuation parts it from the term before, or its own two characters.
    pub(super) parted: bool,
    pub(super) broken: bool,
    /// Whether it is one character of a script without spaces, which says little.
    pub(super) single: bool,
    /// Whether its line is written with capitals throughout, which say nothing there.
    pub(super) headline: bool,
}

/// A name or number that the other article does not have.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    pub(super) terms: Range<usize>,
    pub(super) number: bool,
}

pub(super) struct Terms<'a> {
    pub(super) reading: Reading<'a>,
    pub(super) terms: Vec<Placed>,
    /// First places of each term.
    pub(super) places: AHashMap<u32, Vec<usize>>,
}

impl<'a> Terms<'a> {
    pub(super) fn of(reading: Reading<'a>, other: Profile<'_>) -> Terms<'a> {
        let mut terms: Vec<Placed> = Vec::new();
        for (in_title, words) in [(true, reading.title), (false, reading.text)] {
            let headlines = headlines(words);
            let mut end = None;
            let list = Tokens::list_of(&words.normal);
            let tokens = Tokens::of(&list);
            each_term(tokens, tokens.text(), |hash, range| {
                let first = &words.words[range.start];
                let own = reading.profile.term(hash);
                let marked = |term: Option<Weighted>, mark| term.is_some_and(|t| t.marks.has(mark));
                let between = |end: u32, next: u32| {
                    // Neighbouring pairs of characters overlap.
                    words.normal.get(end as usize..next as usize).unwrap_or_default()
                };
                let gap = end.map_or("\n", |end| between(end, first.start));
                let last = &words.words[range.end - 1];
                end = Some(last.end);
                terms.push(Placed {
                    hash,
                    idf: own.map_or(0.0, |own| own.idf()),
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
                    headline: headlines[range.start],
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
    pub(super) fn places(&self, hash: u32) -> &[usize] {
        self.places.get(&hash).map_or(&[], Vec::as_slice)
    }

    pub(super) fn words(&self, term: &Placed) -> &'a Words {
        if term.in_title { self.reading.title } else { self.reading.text }
    }

    /// What is written from the first of some terms to the last, on one line.
    pub(super) fn text(&self, range: Range<usize>) -> String {
        let (first, last) = (&self.terms[range.start], &self.terms[range.end - 1]);
        let text = self.words(first).between(first.words.start..last.words.end);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    pub(super) fn weight(&self, range: Range<usize>) -> f64 {
        self.terms[range].iter().map(|term| term.idf).sum()
    }

    /// The weightiest of some runs of terms. One that says nothing that has not been told is left
    /// out, and one that is not rare, unless it is a number.
    pub(super) fn mentions(&self, runs: impl Iterator<Item = Range<usize>>) -> Vec<Mention> {
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
    pub(super) fn shared(&self, other: &Terms<'_>, keep: impl Fn(&Placed) -> bool) -> Vec<Mention> {
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
    pub(super) fn units(&self, other: &Terms<'_>) -> Vec<Unit> {
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
    pub(super) fn beginnings(&self) -> AHashMap<String, Vec<Vec<char>>> {
        let mut beginnings: AHashMap<String, Vec<Vec<char>>> = AHashMap::new();
        for words in [self.reading.title, self.reading.text] {
            for place in 0..words.words.len() {
                let characters = words.folded(place);
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
    pub(super) fn has_form_in(
        &self,
        term: &Placed,
        beginnings: &AHashMap<String, Vec<Vec<char>>>,
    ) -> bool {
        let own = self.words(term).folded(term.words.start);
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
    pub(super) fn place(&self, unit: &Unit) -> Place<'_> {
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
pub(super) fn joins(c: char) -> bool {
    matches!(c, ' ' | '-' | '‐' | '‑' | '\'' | '’')
}

/// Whether a character between two words ends what is said of the one before.
pub(super) fn parts(c: char) -> bool {
    !joins(c)
        && !c.is_whitespace()
        && !matches!(c, '$' | '€' | '£' | '¥' | '₹' | '%' | '°' | '#' | '№')
}

/// For each word whether it stands in a line in which most words have a capital.
pub(super) fn headlines(words: &Words) -> Vec<bool> {
    let same_line = |a: &Word, b: &Word| {
        let between = words.normal.get(a.end as usize..b.start as usize);
        !between.is_some_and(|between| between.contains('\n'))
    };
    let lines = words.words.chunk_by(same_line);
    let is_headline = |line: &[Word]| {
        let capitals = line.iter().filter(|word| word.capital).count();
        line.len() > 3 && 5 * capitals > 3 * line.len()
    };
    lines.flat_map(|line| std::iter::repeat_n(is_headline(line), line.len())).collect()
}

/// Whether a term is worth telling beside others.
pub(super) fn tells(term: &Placed) -> bool {
    term.number || term.idf >= TELLING
}

/// The place of a name or number.
pub(super) struct Place<'t> {
    /// The terms before it and behind it in its sentence, the nearest first.
    pub(super) around: [Vec<&'t Placed>; 2],
    /// On each side the nearest that says what is named or counted, if one does, and how far off
    /// it is.
    pub(super) anchors: [Option<(usize, &'t Placed)>; 2],
}
