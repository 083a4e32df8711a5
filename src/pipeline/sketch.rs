//! An article to what the levels compare, and what is reported of it.

use super::entry::Stored;
use crate::article::{Article, host};
use crate::hash::hash64;
use crate::minhash::near::{Signature, signature};
use crate::read::Skip;
use crate::shingle::near::each_shingle;
use crate::store::{Result, Saved, Saving};
use crate::text::{Reading, Tokens};

/// What is kept of some articles, one behind another.
#[derive(Clone, Debug, Default)]
pub struct Sketches {
    /// What is reported of each.
    pub(super) entries: Lists,
    /// Its words: what near and story level are made from.
    pub(super) texts: Lists,
    /// Signature of the shingles of its text.
    pub(super) signatures: Vec<Signature>,
    /// All that has a fixed size.
    pub(super) facts: Vec<Facts>,
}

impl Sketches {
    /// Number of articles.
    #[must_use]
    pub fn len(&self) -> usize {
        self.facts.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }

    /// One of them, in the order in which they were added.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn sketch(&self, at: usize) -> Sketch<'_> {
        let Fact { digest, host, day, words } = Fact::from(self.facts[at]);
        let (list, signature) = (self.texts.get(at), &self.signatures[at]);
        Sketch { list, signature, digest, host, day, words }
    }

    /// Saves them, as lists.
    pub(super) fn save(&self, to: &mut Saving) -> Result<()> {
        to.list(&self.facts)?;
        to.list(&self.signatures)?;
        self.entries.save(to)?;
        self.texts.save(to)
    }

    /// Puts those that were saved next in the place of these.
    pub(super) fn load(&mut self, from: &mut Saved) -> Result<()> {
        self.facts = from.list()?;
        self.signatures = from.list()?;
        self.entries = Lists::load(from)?;
        self.texts = Lists::load(from)?;
        Ok(())
    }

    /// Forgets them all, and keeps the memory.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.texts.clear();
        self.signatures.clear();
        self.facts.clear();
    }
}

/// What the levels compare of an article.
#[derive(Clone, Copy, Debug)]
pub struct Sketch<'a> {
    /// Its words, as [`Tokens`].
    pub list: &'a [u32],
    /// Signature of the shingles of its text.
    pub signature: &'a Signature,
    /// Digest of its folded text.
    pub digest: u128,
    /// Hash of the name of its host, where that is known; never 0.
    pub host: Option<u64>,
    /// Day of publication, in days from 1970-01-01, where it is known.
    pub day: Option<i32>,
    /// Words of its text.
    pub words: u32,
}

/// Lists of numbers, one behind another.
#[derive(Clone, Debug, Default)]
pub(super) struct Lists {
    pub(super) numbers: Vec<u32>,
    ends: Vec<u64>,
}

impl Lists {
    /// Adds a list.
    pub(super) fn push(&mut self, list: &[u32]) {
        self.numbers.extend_from_slice(list);
        self.ends.push(self.numbers.len() as u64);
    }

    pub(super) fn save(&self, to: &mut Saving) -> Result<()> {
        to.list(&self.ends)?;
        to.list(&self.numbers)
    }

    pub(super) fn load(from: &mut Saved) -> Result<Lists> {
        Ok(Lists { ends: from.list()?, numbers: from.list()? })
    }

    pub(super) fn clear(&mut self) {
        self.numbers.clear();
        self.ends.clear();
    }

    pub(super) fn get(&self, at: usize) -> &[u32] {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.numbers[start as usize..self.ends[at] as usize]
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &[u32]> {
        (0..self.ends.len()).map(|at| self.get(at))
    }
}

/// What is known of an article in a fixed number of bytes: the digest of its folded text in four
/// numbers, the hash of its host in two, its day of publication, the number of words of its text.
pub(super) type Facts = [u32; 8];

/// What is known of an article, spelt out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fact {
    pub(super) digest: u128,
    /// Hash of the host's name, never 0.
    pub(super) host: Option<u64>,
    /// In days from 1970-01-01.
    pub(super) day: Option<i32>,
    pub(super) words: u32,
}

const NO_DAY: u32 = i32::MIN as u32;

impl From<Fact> for Facts {
    fn from(fact: Fact) -> Facts {
        let digest = [0, 32, 64, 96].map(|shift| (fact.digest >> shift) as u32);
        let host = fact.host.unwrap_or(0);
        let day = fact.day.map_or(NO_DAY, |day| day as u32);
        let [a, b, c, d] = digest;
        [a, b, c, d, host as u32, (host >> 32) as u32, day, fact.words]
    }
}

impl From<Facts> for Fact {
    fn from(facts: Facts) -> Fact {
        let [a, b, c, d, low, high, day, words] = facts;
        let digest = [d, c, b, a].iter().fold(0, |digest, &part| digest << 32 | u128::from(part));
        let host = u64::from(high) << 32 | u64::from(low);
        let day = (day != NO_DAY).then_some(day as i32);
        Fact { digest, host: (host != 0).then_some(host), day, words }
    }
}

/// Makes sketches; one value serves many articles in turn and keeps its buffers.
#[derive(Debug, Default)]
pub struct Sketcher {
    title: Reading,
    text: Reading,
    strings: String,
}

impl Sketcher {
    /// Adds the sketch of an article to others.
    ///
    /// # Errors
    /// A text without words cannot be compared.
    pub fn sketch(&mut self, article: &Article, into: &mut Sketches) -> Result<(), Skip> {
        self.text.read(&article.text);
        if self.text.is_empty() {
            return Err(Skip::without_words(article.source.clone()));
        }
        self.title.read(article.title.as_deref().unwrap_or_default());
        Tokens::write(&self.title, &self.text, &mut into.texts.numbers);
        into.texts.ends.push(into.texts.numbers.len() as u64);
        let tokens = Tokens::of(into.texts.get(into.facts.len()));
        into.signatures.push(signature_of(tokens));
        let host = article.url.as_deref().and_then(host);
        into.facts.push(Facts::from(Fact {
            digest: self.text.digest(),
            host: host.map(|host| hash64(host.as_bytes(), 0).max(1)),
            day: article.date.as_deref().and_then(day),
            words: tokens.text().len() as u32,
        }));
        Stored::write(article, &mut into.entries.numbers, &mut self.strings);
        into.entries.ends.push(into.entries.numbers.len() as u64);
        Ok(())
    }
}

/// The signature of the shingles of a text that has words.
#[must_use]
pub fn signature_of(tokens: Tokens<'_>) -> Signature {
    signature(each_shingle(tokens)).unwrap_or([0; _])
}

/// The day in a date as dumps write it: ISO 8601 with or without a time, or RFC 2822. `None` for
/// anything else.
pub(crate) fn day(date: &str) -> Option<i32> {
    let date = date.trim();
    let civil = date
        .get(..10)
        .and_then(|day| day.parse().ok())
        .or_else(|| date.parse::<jiff::civil::Date>().ok())
        .or_else(|| jiff::fmt::rfc2822::parse(date).ok().map(|zoned| zoned.date()))?;
    Some(civil.since(jiff::civil::date(1970, 1, 1)).ok()?.get_days())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_dumps_write_them() {
        for date in
            ["1970-01-11", "1970-01-11T23:59:59Z", "19700111", "Sun, 11 Jan 1970 08:00:00 GMT"]
        {
            assert_eq!(day(date), Some(10), "{date}");
        }
        for date in ["", "yesterday", "11/01/1970", "9999999999999"] {
            assert_eq!(day(date), None, "{date}");
        }
    }

    #[test]
    fn facts_come_out_as_they_went_in() {
        for (host, day) in [(None, None), (Some(1 << 63 | 5), Some(-3)), (Some(1), Some(0))] {
            let fact = Fact { digest: u128::MAX / 3, host, day, words: 9 };
            assert_eq!(Fact::from(Facts::from(fact)), fact);
        }
    }
}
