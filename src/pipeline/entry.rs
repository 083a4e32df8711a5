//! What is reported of an article, and how it is stored.

use crate::article::{Article, Source};
use crate::store::{Column, Result};
use std::fmt::Write;
use std::ops::Range;

/// What is reported of an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its identifier, unlike any other's in the run.
    pub id: String,
    /// Where it was read.
    pub source: Source,
    /// Headline, if the dump has it.
    pub title: Option<String>,
    /// Address, if the dump has it.
    pub url: Option<String>,
    /// Date of publication as the dump writes it, if it does; else when a crawl fetched it, if that
    /// is known.
    pub date: Option<String>,
    /// Whether the date is that of a crawl, which says nothing on when the article was published.
    pub fetched: bool,
    /// First words of the text, to show it by.
    pub opening: String,
}

impl Entry {
    /// What would be reported of an article in a run of its own.
    #[must_use]
    pub fn of(article: &Article) -> Entry {
        let mut list = Vec::new();
        Stored::write(article, &mut list, &mut String::new());
        Stored(&list).entry()
    }

    /// Whether this is reported of `article`, as far as can be told: the title, the address and the
    /// first words are the same. For articles that are read again.
    #[must_use]
    pub fn is_of(&self, article: &Article) -> bool {
        let mut opening = String::new();
        write_opening(&article.text, &mut opening);
        (&self.title, &self.url, &self.opening) == (&article.title, &article.url, &opening)
    }
}

/// Characters of the beginning of a text that are kept to show it by.
pub(crate) const OPENING_CHARS: usize = 100;

/// Numbers before the strings of a list.
const HEAD: usize = 10;
/// Place of the number of a repeated id, 0 where it is the first: `ID#2` and so on.
const REPEAT: usize = 0;
/// Places of the two halves of the record's number.
const RECORD: Range<usize> = 1..3;
/// Length of all strings in bytes.
const BYTES: usize = 3;
/// Places of the ends of the strings: id, path, title, url, date, opening. The high bit says that
/// there is none, the one below it that a date is that of a crawl.
const ENDS: Range<usize> = 4..HEAD;
const ABSENT: u32 = 1 << 31;
const FETCHED: u32 = 1 << 30;

/// Place of the date among the strings.
const DATE: usize = 4;

/// Bytes of the longest string that is kept: together they have to fit in 30 bits.
const LONGEST: usize = 64 << 20;

/// An entry as it is stored: a list of numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stored<'a>(pub(super) &'a [u32]);

impl<'a> Stored<'a> {
    /// Adds the entry of an article to `list`, with `strings` as a buffer.
    pub(super) fn write(article: &Article, list: &mut Vec<u32>, strings: &mut String) {
        strings.clear();
        let mut ends = [0; ENDS.end - ENDS.start];
        let date = article.date.as_ref().or(article.fetched.as_ref());
        let source = &article.source;
        let texts = [article.id.as_deref(), Some(&source.path), article.title.as_deref()];
        let texts = texts.into_iter().chain([article.url.as_deref(), date.map(String::as_str)]);
        for (at, text) in texts.enumerate() {
            match text {
                Some(text) => strings.push_str(&text[..text.floor_char_boundary(LONGEST)]),
                // A string takes everything that is written to it.
                None if at == 0 => drop(write!(strings, "{source}")),
                None => ends[at] = ABSENT,
            }
            ends[at] |= strings.len() as u32;
        }
        if article.date.is_none() && article.fetched.is_some() {
            ends[DATE] |= FETCHED;
        }
        write_opening(&article.text, strings);
        ends[ends.len() - 1] = strings.len() as u32;
        list.extend([0, source.record as u32, (source.record >> 32) as u32, strings.len() as u32]);
        list.extend(ends);
        let start = list.len();
        list.resize(start + strings.len().div_ceil(size_of::<u32>()), 0);
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut list[start..]);
        bytes[..strings.len()].copy_from_slice(strings.as_bytes());
    }

    /// The identifier as the dump gives it, and the place in the dump: what articles are ordered by.
    pub(super) fn key(self) -> (&'a [u8], &'a [u8], u64) {
        let strings = self.strings();
        let [id, path] = [self.range(0), self.range(1)].map(|range| &strings[range]);
        (id, path, self.record())
    }

    /// The identifier in the run.
    pub(super) fn id(self) -> String {
        let mut id = self.string(0);
        if self.0[REPEAT] > 0 {
            id.push_str(&format!("#{}", self.0[REPEAT]));
        }
        id
    }

    /// The list, with the number of a repeated id.
    pub(super) fn repeated(self, number: u32) -> Vec<u32> {
        let mut list = self.0.to_vec();
        list[REPEAT] = number;
        list
    }

    pub(super) fn entry(self) -> Entry {
        let optional = |at: usize| (self.0[ENDS][at] & ABSENT == 0).then(|| self.string(at));
        Entry {
            id: self.id(),
            source: self.source(),
            title: optional(2),
            url: optional(3),
            date: optional(DATE),
            fetched: self.0[ENDS][DATE] & FETCHED != 0,
            opening: self.string(5),
        }
    }

    pub(super) fn source(self) -> Source {
        Source { path: self.string(1).into(), record: self.record() }
    }

    fn record(self) -> u64 {
        let [low, high] = [0, 1].map(|half| u64::from(self.0[RECORD][half]));
        high << 32 | low
    }

    fn strings(self) -> &'a [u8] {
        &bytemuck::cast_slice(&self.0[HEAD..])[..self.0[BYTES] as usize]
    }

    fn range(self, at: usize) -> Range<usize> {
        let end = |at: usize| (self.0[ENDS][at] & !(ABSENT | FETCHED)) as usize;
        at.checked_sub(1).map_or(0, end)..end(at)
    }

    fn string(self, at: usize) -> String {
        String::from_utf8_lossy(&self.strings()[self.range(at)]).into_owned()
    }
}

/// The number of the article with this id in the run.
pub(super) fn find(entries: &Column, id: &str) -> Result<Option<u32>> {
    let first_of = |id: &[u8]| {
        let (mut low, mut high) = (0, entries.len());
        while low < high {
            let middle = low.midpoint(high);
            let entry = entries.block(middle..middle + 1)?;
            let before = Stored(entry.get(middle)).key().0 < id;
            (low, high) = if before { (middle + 1, high) } else { (low, middle) };
        }
        Ok(low)
    };
    // Repeated ids stand where the one stands that they repeat.
    let repeats = numbered(id.as_bytes()).map(|(id, _)| id);
    for given in [Some(id.as_bytes()), repeats].into_iter().flatten() {
        for article in first_of(given)?..entries.len() {
            let entry = entries.block(article..article + 1)?;
            let entry = Stored(entry.get(article));
            if entry.key().0 != given {
                break;
            }
            if entry.id() == id {
                return Ok(Some(article as u32));
            }
        }
    }
    Ok(None)
}

/// The next number after one that tells articles of an id apart (`ID#2` and so on), of those that no
/// other id has taken.
#[must_use]
pub fn next_number(mut number: u32, is_taken: impl Fn(u32) -> bool) -> u32 {
    number += 1;
    while is_taken(number) {
        number += 1;
    }
    number
}

/// The id before the number, and the number, of an id like `ID#2`.
#[must_use]
pub fn numbered(id: &[u8]) -> Option<(&[u8], u32)> {
    let at = id.iter().rposition(|&byte| byte == b'#')?;
    Some((&id[..at], std::str::from_utf8(&id[at + 1..]).ok()?.parse().ok()?))
}

fn write_opening(text: &str, strings: &mut String) {
    let mut left = OPENING_CHARS;
    for word in text.split_whitespace() {
        let space = usize::from(left < OPENING_CHARS);
        if left <= space {
            break;
        }
        left -= space;
        let end = word.char_indices().nth(left).map_or(word.len(), |(end, _)| end);
        left -= word[..end].chars().count();
        strings.push_str(&" "[..space]);
        strings.push_str(&word[..end]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article(text: &str) -> Article {
        Article {
            source: Source { path: "dump.jsonl".into(), record: 1 << 40 },
            id: None,
            title: Some("Regn i Ålesund".into()),
            url: None,
            date: None,
            fetched: Some("2024-05-01".into()),
            lang: None,
            text: text.into(),
        }
    }

    fn stored(article: &Article) -> Vec<u32> {
        let mut list = vec![7];
        Stored::write(article, &mut list, &mut String::new());
        list.split_off(1)
    }

    #[test]
    fn an_entry_comes_out_as_it_went_in() {
        let article = article(" Rain\n\tfell  on Oslo ");
        let list = stored(&article);
        let entry = Stored(&list).entry();
        assert!(entry.is_of(&article));
        assert!(!entry.is_of(&Article { text: "Rain fell on Bergen".into(), ..article.clone() }));
        let dated = Article { date: Some("2024-04-30".into()), ..article.clone() };
        assert!(!Stored(&stored(&dated)).entry().fetched);
        let Article { source, title, .. } = article;
        let (date, opening) = (Some("2024-05-01".into()), "Rain fell on Oslo".into());
        let id = format!("dump.jsonl#{}", 1_u64 << 40);
        let fetched = true;
        assert_eq!(
            entry,
            Entry { id: id.clone(), source, title, url: None, date, fetched, opening }
        );
        assert_eq!(Stored(&list).key(), (id.as_bytes(), &b"dump.jsonl"[..], 1 << 40));
        let again = Stored(&list).repeated(3);
        assert_eq!(Stored(&again).entry().id, id.clone() + "#3");
        assert_eq!(Stored(&again).key().0, id.as_bytes());
    }

    #[test]
    fn openings_are_one_line_of_limited_length() {
        let opening = |text: &str| Stored(&stored(&article(text))).entry().opening;
        assert_eq!(opening(&"é".repeat(500)).chars().count(), OPENING_CHARS);
        assert_eq!(opening(&"aé ".repeat(500)), "aé ".repeat(33) + "a");
        let whole = "é".repeat(99);
        assert_eq!(opening(&format!("{whole} more")), whole);
    }
}
