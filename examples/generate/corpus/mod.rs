//! A dump of articles with known answers, each a pure function of the seed and its number.
//!
//! Of every thousand articles 140 stand in near groups and 70 in stories, of 2, 3, 4 and 5 articles
//! each: so 10 % are edited copies of another article, and 5 % retell another one. The rest is
//! unrelated. Members of a group are at most a thousand numbers apart, but their ids, which decide
//! the order in which `retold` looks at them, are scattered.

mod text;
mod words;

use retold::hash::mix;
use std::io::Write;
use text::{Event, Writer};
use words::{Rng, Vocabulary};

/// Articles among which groups are planted.
const BLOCK: u64 = 1000;

/// Sites of the articles.
const HOSTS: u64 = 4096;

/// What is made.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// Seed of everything.
    pub(crate) seed: u64,
    /// Words of an article, on average; it has from 0.7 to 1.3 times as many.
    pub(crate) words: u64,
    /// Share of the articles that are one text, to the letter.
    pub(crate) same: f64,
    /// Share of the articles that are edited copies of one text.
    pub(crate) bucket: f64,
}

/// A corpus without end.
#[derive(Debug)]
pub(crate) struct Corpus {
    options: Options,
    vocabulary: Vocabulary,
}

/// Where an article belongs. Groups have numbers for names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// What it tells.
    pub(crate) story: u64,
    /// In which words.
    pub(crate) near: u64,
    /// With which edits and page furniture; the name of the near group where there are no edits.
    pub(crate) edition: u64,
}

impl Corpus {
    pub(crate) fn new(options: Options) -> Corpus {
        Corpus { options, vocabulary: Vocabulary::new() }
    }

    /// Id of an article: unlike any other's.
    pub(crate) fn id(&self, number: u64) -> String {
        format!("{:016x}", mix(number ^ (self.options.seed << 40)))
    }

    /// The groups of an article.
    pub(crate) fn place(&self, number: u64) -> Place {
        const SAME: u64 = u64::MAX;
        const BUCKET: u64 = u64::MAX - 1;
        /// Groups of 2, 3, 4 and 5 slots, over and over: how far each slot is from its group's first.
        const FROM_FIRST: [u64; 14] = [0, 1, 0, 1, 2, 0, 1, 2, 3, 0, 1, 2, 3, 4];
        // 619 and 1000 have no common divisor, so each slot of a block is met once.
        let (block, slot) = (number - number % BLOCK, number * 619 % BLOCK);
        let own = block + slot;
        let first = own - FROM_FIRST[(slot % 14) as usize];
        let same = (self.options.same * BLOCK as f64) as u64;
        let bucket = same + (self.options.bucket * BLOCK as f64) as u64;
        match slot {
            _ if slot < same => Place { story: SAME, near: SAME, edition: SAME },
            _ if slot < bucket => Place { story: BUCKET, near: BUCKET, edition: own },
            // 60 and 65 whole rounds of 14 slots.
            840..980 => Place { story: first, near: first, edition: own },
            770..840 => Place { story: first, near: own, edition: own },
            _ => Place { story: own, near: own, edition: own },
        }
    }

    /// Appends an article as a line of JSON.
    pub(crate) fn write(&self, number: u64, out: &mut Vec<u8>) {
        let Options { seed, words, .. } = self.options;
        let place = self.place(number);
        let event = Event::new(seed, place.story);
        let host = Rng::new(seed, "host", place.edition).below(HOSTS);
        let (month, day) = event.date(place.edition % 3);
        let id = self.id(number);
        // Writing to a Vec cannot fail.
        let _ = write!(
            out,
            r#"{{"id":"{id}","url":"https://site{host}.example/{id}","date":"2025-{month:02}-{day:02}","title":""#
        );
        let first_told = Rng::new(seed, "told", place.near).below(1000) as usize;
        let mut writer = Writer { event, vocabulary: &self.vocabulary, seed, first_told, out };
        writer.title(place.near);
        writer.out.extend_from_slice(br#"","text":""#);
        writer.text(place, host, words);
        out.extend_from_slice(b"\"}\n");
    }
}
