//! Stories of our own making, each of which can be told many times in other words.

use super::news::Numbers;

const SYLLABLES: [&str; 20] = [
    "bar", "rel", "dom", "mik", "tan", "ke", "los", "fu", "gar", "pel", "sil", "va", "nor", "hu",
    "dri", "zel", "mal", "tor", "wen", "jas",
];

/// Words that any article may hold, whatever it is about.
const EVERYDAY: [&str; 60] = [
    "people", "said", "after", "morning", "several", "another", "before", "house", "water", "road",
    "found", "called", "money", "worked", "nobody", "would", "should", "across", "behind", "early",
    "late", "office", "police", "asked", "answer", "week", "month", "night", "children", "school",
    "later", "often", "plan", "paid", "letter", "carried", "open", "closed", "river", "street",
    "family", "women", "under", "between", "small", "large", "never", "again", "their", "other",
    "first", "second", "until", "about", "together", "without", "against", "still", "began",
    "ended",
];

const LITTLE: [&str; 10] = ["the", "of", "and", "in", "to", "a", "was", "for", "on", "with"];

/// What a story is about.
#[derive(Clone)]
pub struct Story {
    /// Names, numbers and rare words.
    pub facts: Vec<String>,
}

impl Story {
    /// A story that has nothing to do with that of any other seed.
    pub fn new(seed: u64) -> Story {
        let mut numbers = Numbers(seed.wrapping_mul(0x9FB2_1C65_1E98_DF25));
        let mut word =
            || -> String { (0..3).map(|_| SYLLABLES[numbers.below(SYLLABLES.len())]).collect() };
        let mut facts: Vec<String> = Vec::new();
        for at in 0..18 {
            let mut fact = word();
            if at < 9 {
                fact[..1].make_ascii_uppercase();
            }
            facts.push(fact);
        }
        facts.extend((0..4).map(|_| (100 + numbers.below(9_000)).to_string()));
        Story { facts }
    }

    /// The same with so many facts of another in the place of its own, from the one at `from` on: of
    /// two events in one affair.
    pub fn with(mut self, other: &Story, shared: usize, from: usize) -> Story {
        let step = self.facts.len() / shared;
        for at in 0..shared {
            self.facts[from + at * step].clone_from(&other.facts[from + at * step]);
        }
        self
    }

    /// The story as one of many may tell it: most facts, some of them twice, in an order of its own
    /// and between words of its own.
    pub fn told(&self, seed: u64) -> String {
        let mut numbers = Numbers(seed.wrapping_mul(0xD134_2543_DE82_EF95) ^ 0x51);
        let mut left: Vec<&str> = self.facts.iter().map(String::as_str).collect();
        for _ in 0..3 {
            left.remove(numbers.below(left.len()));
        }
        for _ in 0..6 {
            left.push(left[numbers.below(left.len())]);
        }
        let mut text = String::new();
        let mut sentence = 0;
        while !left.is_empty() {
            if sentence > 0 {
                text += " ";
            }
            // A sentence begins with a little word, so that its capital makes no name.
            let opening = LITTLE[numbers.below(LITTLE.len())];
            text += &opening[..1].to_uppercase();
            text += &opening[1..];
            for at in 0..10 {
                text += " ";
                text += match at % 5 {
                    2 => LITTLE[numbers.below(LITTLE.len())],
                    1 | 4 if !left.is_empty() => left.swap_remove(numbers.below(left.len())),
                    _ => EVERYDAY[numbers.below(EVERYDAY.len())],
                };
            }
            text += ".";
            sentence += 1;
        }
        text
    }
}
