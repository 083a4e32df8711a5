//! What two articles agree on and where they contradict each other, in their own words: for people
//! to see. No score depends on it.

mod contradictions;
mod terms;

use super::story::profile::Profile;
use crate::text::Words;
use contradictions::{contradictions, shared_numbers};
use terms::{Placed, Terms, Unit};

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
    pub profile: Profile<'a>,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::story::profiles;
    use crate::shingle::story::terms;
    use crate::text::{self, Tokens};

    fn of_titled(a: [&str; 2], b: [&str; 2]) -> Evidence {
        let [a, b] = [a, b].map(|parts| parts.map(Words::of));
        let terms = [&a, &b].map(|parts| {
            let [title, text] = parts.each_ref().map(|part| text::Reading::of(&part.normal));
            let mut list = Vec::new();
            Tokens::write(&title, &text, &mut list);
            terms(Tokens::of(&list))
        });
        let lists = profiles(&terms);
        Evidence::of(
            Reading { title: &a[0], text: &a[1], profile: Profile::of(&lists[0]) },
            Reading { title: &b[0], text: &b[1], profile: Profile::of(&lists[1]) },
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
