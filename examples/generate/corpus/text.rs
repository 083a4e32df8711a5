//! What an article tells, and how it tells it.
//!
//! How often a word of a sentence is a name, a recurring phrase and so on is chosen so that articles
//! are as alike as real ones. Jaccard similarity of word 3-grams, at 140 words: of two random articles
//! 0.0012 on average, and 0.008 in one pair of a hundred (film reviews: 0.0007 and 0.007); of two
//! retellings 0.017 in the median (ECB+ 0.015, AllSides 0.018); of two copies 0.71, with the page
//! furniture of another site around each.

use super::Place;
use super::words::{Rng, Spelling, Vocabulary};
use std::io::Write;

/// Names are from a list of four million, words of an event from one of 130,000, both by Zipf's law: a
/// few are met in every tenth article, and most in one.
const NAME_OCTAVES: u64 = 22;
const RARE_OCTAVES: u64 = 17;

/// An event has a third of its words from one of 4,000 themes.
const THEME_OCTAVES: u64 = 12;

/// Phrases of three or four common words that recur everywhere.
const PHRASE_OCTAVES: u64 = 10;

/// Of how many common words in a copy one is another.
const WORDS_AN_EDIT: u64 = 64;

/// What all articles of a story have in common.
#[derive(Debug)]
pub(super) struct Event {
    /// People, places and bodies, of two words each.
    names: [[Spelling; 2]; 8],
    /// Words for what happened.
    words: [Spelling; 24],
    numbers: [u64; 6],
    /// Seeds of what all tell in the same words, such as quotes.
    sayings: [u64; 3],
    /// Day of the year, from 0.
    day: u64,
}

impl Event {
    pub(super) fn new(seed: u64, story: u64) -> Event {
        let mut rng = Rng::new(seed, "event", story);
        let theme = rng.zipf(THEME_OCTAVES);
        let mut themed = Rng::new(seed, "theme", theme);
        Event {
            names: std::array::from_fn(|_| {
                std::array::from_fn(|_| Spelling::name(rng.zipf(NAME_OCTAVES)))
            }),
            words: std::array::from_fn(|place| {
                let rng = if place % 3 == 0 { &mut themed } else { &mut rng };
                Spelling::rare(rng.zipf(RARE_OCTAVES))
            }),
            numbers: std::array::from_fn(|_| 2 + rng.zipf(14)),
            sayings: std::array::from_fn(|_| rng.next()),
            day: rng.below(363),
        }
    }

    /// Month and day of an article that appears so many days after the event.
    pub(super) fn date(&self, days_after: u64) -> (usize, u64) {
        const MONTHS: [u64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let mut day = self.day + days_after;
        for (month, days) in (1..).zip(MONTHS) {
            if day < days {
                return (month, day + 1);
            }
            day -= days;
        }
        (12, 31)
    }
}

/// Appends the parts of an article to a line of JSON: no letter of them needs to be escaped, and a
/// line break is written as `\n`.
pub(super) struct Writer<'a> {
    pub(super) event: Event,
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) seed: u64,
    /// Where in the event's facts the article begins.
    pub(super) first_told: usize,
    pub(super) out: &'a mut Vec<u8>,
}

impl Writer<'_> {
    pub(super) fn title(&mut self, near: u64) {
        let mut rng = Rng::new(self.seed, "title", near);
        let start = self.out.len();
        for _ in 0..2 {
            self.name(rng.next());
            self.common(rng.next());
            self.rare(rng.next());
            self.common(rng.next());
        }
        self.end(start, b"");
    }

    /// The masthead of the site, sentences in paragraphs, and what the site has below all articles.
    pub(super) fn text(&mut self, place: Place, host: u64, words: u64) {
        let mut site = Rng::new(self.seed, "site", host);
        for _ in 0..2 {
            self.word(&Spelling::name(site.zipf(NAME_OCTAVES)));
        }
        self.out.pop();
        let mut voice = Rng::new(self.seed, "voice", place.near);
        let mut edits =
            (place.edition != place.near).then(|| Rng::new(self.seed, "edits", place.edition));
        // One sentence more in every other copy, and one less; in long articles in all.
        let [added, dropped] =
            [(); 2].map(|()| edits.as_mut().map_or(u64::MAX, |edits| edits.below(20)));
        let words = words * (7 + voice.below(7)) / 10;
        // Every fourth copy ends early, somewhere in its second half.
        let kept = edits.as_mut().map_or(100, |edits| (50 + edits.below(200)).min(100));
        let mut written = 0;
        for sentence in 0.. {
            if written >= words * kept / 100 {
                break;
            }
            let start = self.out.len();
            self.out.extend_from_slice(if sentence % 5 == 0 { b"\\n" } else { b" " });
            written += self.sentence(&mut voice, edits.as_mut());
            if sentence == dropped {
                self.out.truncate(start);
            }
            if sentence == added
                && let Some(edits) = &mut edits
            {
                self.out.push(b' ');
                self.sentence(edits, None);
            }
        }
        self.out.extend_from_slice(b"\\n");
        let start = self.out.len();
        for _ in 0..6 {
            self.common(site.next());
        }
        self.end(start, b".");
    }

    /// A sentence; how many words of it are counted.
    fn sentence(&mut self, voice: &mut Rng, mut edits: Option<&mut Rng>) -> u64 {
        let start = self.out.len();
        let words = 6 + voice.below(12);
        for _ in 0..words {
            let random = voice.next();
            if let Some(edits) = &mut edits
                && edits.below(WORDS_AN_EDIT) == 0
            {
                self.common(edits.next());
                continue;
            }
            // Out of 256 words.
            match random & 0xFF {
                0..24 => self.name(random),
                24..56 => self.rare(random),
                56..62 => self.number(random),
                62..68 => {
                    let saying = self.event.sayings[self.told(random, self.event.sayings.len())];
                    self.phrase(saying, 8);
                }
                68..76 => {
                    // Not from `voice`, which has to be where it would be without edits.
                    let phrase = Rng::new(self.seed, "which", random).zipf(PHRASE_OCTAVES);
                    self.phrase(phrase, 3 + phrase % 2);
                }
                _ => self.common(random),
            }
        }
        self.end(start, b".");
        words
    }

    /// So many common words that always follow each other.
    fn phrase(&mut self, phrase: u64, words: u64) {
        let mut rng = Rng::new(self.seed, "phrase", phrase);
        for _ in 0..words {
            self.common(rng.next());
        }
    }

    /// Which of so many facts of the event a random number stands for: nobody tells more than two
    /// thirds of them.
    fn told(&self, random: u64, facts: usize) -> usize {
        (self.first_told + (random >> 32) as usize % (facts * 2 / 3)) % facts
    }

    fn common(&mut self, random: u64) {
        self.out.extend_from_slice(self.vocabulary.draw(random));
        self.out.push(b' ');
    }

    fn rare(&mut self, random: u64) {
        let word = self.event.words[self.told(random, self.event.words.len())];
        self.word(&word);
    }

    /// A name, in two cases of three with the word before it.
    fn name(&mut self, random: u64) {
        let [first, last] = self.event.names[self.told(random, self.event.names.len())];
        if !(random >> 16).is_multiple_of(3) {
            self.word(&first);
        }
        self.word(&last);
    }

    fn number(&mut self, random: u64) {
        let number = self.event.numbers[self.told(random, self.event.numbers.len())];
        let _ = write!(self.out, "{number} ");
    }

    fn word(&mut self, word: &Spelling) {
        self.out.extend_from_slice(word.as_bytes());
        self.out.push(b' ');
    }

    /// Ends what began at `start`: a capital there, and a stop instead of the last space.
    fn end(&mut self, start: usize, stop: &[u8]) {
        self.out.pop();
        self.out[start].make_ascii_uppercase();
        self.out.extend_from_slice(stop);
    }
}
