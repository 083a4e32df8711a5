//! Articles of a dump, by the ids that a run gives them.

use super::entry::numbered;
use crate::article::{Article, Source};
use crate::read::{Batch, InputFile, ReadOptions, Tally, read};
use rayon::prelude::*;
use std::collections::{BTreeSet, VecDeque};

/// What a search for articles came to.
#[derive(Debug)]
pub struct Found {
    /// For each id its article. One that was told apart by a number (`ID#2`) bears it.
    pub articles: Vec<Option<Article>>,
    /// For each id the ids most like it, the likest first, where it is none itself.
    pub nearest: Vec<Vec<String>>,
    /// The first id that was met.
    pub first: Option<String>,
    /// What was read, unless the search ended before the input did.
    pub tally: Option<Tally>,
}

/// Finds articles by the ids that [`run`](super::run) gives them on the same files, `FILE#N` and
/// `ID#2` among them; what is no such id may also be the place of an article, as its [`Source`] is
/// shown. Of two articles that an id could name it is the one that the run names so.
///
/// Cost: the files are read and decoded, up to the last article where no id had to be told apart.
/// Memory: a few batches. Of articles that share an id with the one that is meant some are held until
/// all numbers are known: [`HELD`] at most, which is enough as long as no more ids are written as
/// `ID#2` by the dump itself.
#[must_use]
pub fn find_articles(files: &[InputFile], options: &ReadOptions, ids: &[&str]) -> Found {
    let mut wanted: Vec<Wanted<'_>> = ids.iter().map(|id| Wanted::new(id)).collect();
    let (mut decoded, mut first) = (Tally::default(), None);
    // One reader, so that articles come in the order of their sources, which numbers repeated ids.
    let mut tally = read(files, options, 1, |batch: Batch| {
        let records = batch.records.par_iter();
        let articles: Vec<_> = records.map(|record| batch.decode(record, options)).collect();
        for article in articles {
            match article {
                Ok(found) => {
                    decoded.article(found.replaced, found.cut);
                    let id = id_in_dump(&found.article);
                    first.get_or_insert_with(|| id.clone());
                    wanted.iter_mut().for_each(|wanted| wanted.see(&id, &found.article));
                }
                Err(skip) => decoded.skip(skip),
            }
        }
        wanted.iter().any(|wanted| wanted.own.is_none())
    });
    tally.merge(decoded);
    let all_own = wanted.iter().all(|wanted| wanted.own.is_some());
    let nearest = |wanted: &Wanted<'_>| wanted.nearest.iter().map(|(_, id)| id.clone()).collect();
    Found {
        nearest: wanted.iter().map(nearest).collect(),
        articles: wanted.into_iter().map(Wanted::article).collect(),
        first,
        tally: (!all_own).then_some(tally),
    }
}

/// The id of an article before repeated ones are told apart.
fn id_in_dump(article: &Article) -> String {
    article.id.clone().unwrap_or_else(|| article.source.to_string())
}

/// Articles that share an id and are held until it is known which of them is meant.
pub const HELD: usize = 64;

/// Ids that are named where one is not there.
const NEAREST: usize = 3;

/// An article that is looked for.
struct Wanted<'a> {
    id: &'a str,
    /// The article whose id in the dump that is; the first of them.
    own: Option<Article>,
    /// The article in the place that the id names.
    there: Option<Article>,
    /// The id before its number, and the number, if it can be one that was told apart by it.
    repeat: Option<(&'a str, u32)>,
    /// Articles so far that have the id before the number.
    same: u32,
    /// Lesser numbers, or this one, that ids of the dump itself have behind that id.
    taken: BTreeSet<u32>,
    /// Articles that may be meant, and how many of that id came before them.
    held: VecDeque<(u32, Article)>,
    /// Ids like it and how unlike they are, the likest first.
    nearest: Vec<(usize, String)>,
}

impl Wanted<'_> {
    fn new(id: &str) -> Wanted<'_> {
        let repeat = numbered(id.as_bytes()).and_then(|(before, number)| {
            let before = &id[..before.len()];
            let is_written_so = id[before.len()..] == format!("#{number}");
            (number > 1 && is_written_so).then_some((before, number))
        });
        Wanted {
            id,
            own: None,
            there: None,
            repeat,
            same: 0,
            taken: BTreeSet::new(),
            held: VecDeque::new(),
            nearest: Vec::new(),
        }
    }

    /// Looks at the next article, which the dump gives this id.
    fn see(&mut self, id: &str, article: &Article) {
        if self.own.is_some() {
            return;
        }
        if id == self.id {
            self.own = Some(article.clone());
            return;
        }
        if is_at(&article.source, self.id) {
            self.there = Some(article.clone());
        }
        if let Some((before, number)) = self.repeat {
            if id == before {
                if self.same > 0 && self.same <= self.rank(number) {
                    self.held.push_back((self.same, article.clone()));
                    if self.held.len() > HELD {
                        self.held.pop_front();
                    }
                }
                self.same += 1;
            } else if let Some((of, taken)) = numbered(id.as_bytes())
                && of == before.as_bytes()
                && (2..=number).contains(&taken)
            {
                self.taken.insert(taken);
            }
        }
        self.note(id);
    }

    /// How many articles of the id stand before the one with this number, as far as is known: the
    /// first has none, and numbers that are taken are passed over.
    fn rank(&self, number: u32) -> u32 {
        number - 1 - self.taken.range(..number).count() as u32
    }

    /// The article that is meant.
    fn article(mut self) -> Option<Article> {
        if let Some((_, number)) = self.repeat
            && self.own.is_none()
            && !self.taken.contains(&number)
        {
            let rank = self.rank(number);
            let meant = self.held.drain(..).find(|(same, _)| *same == rank);
            let named = |(_, article)| Article { id: Some(self.id.to_owned()), ..article };
            self.own = meant.map(named);
        }
        self.own.or(self.there)
    }

    /// Keeps an id if it is one of those most like the one that is looked for.
    fn note(&mut self, id: &str) {
        let unlike = unlikeness(id.as_bytes(), self.id.as_bytes());
        let Some(unlike) = unlike else { return };
        let at = self.nearest.partition_point(|(other, _)| *other <= unlike);
        if at < NEAREST && !self.nearest.iter().any(|(_, other)| other == id) {
            self.nearest.insert(at, (unlike, id.to_owned()));
            self.nearest.truncate(NEAREST);
        }
    }
}

/// Whether an article stands in the place that a source is shown as.
fn is_at(source: &Source, shown: &str) -> bool {
    shown.strip_prefix(&*source.path).is_some_and(|rest| match source.record {
        0 => rest.is_empty(),
        record => rest.strip_prefix('#').is_some_and(|number| number.parse() == Ok(record)),
    })
}

/// How many bytes of the longer of two ids stand between what they begin and what they end with
/// together; `None` where that is less than half of the one that is `wanted`. A look at each byte, for
/// there may be millions of ids.
fn unlikeness(id: &[u8], wanted: &[u8]) -> Option<usize> {
    let same = |(a, b): &(&u8, &u8)| a.eq_ignore_ascii_case(b);
    let begin = id.iter().zip(wanted).take_while(same).count();
    let (rest, of_wanted) = (&id[begin..], &wanted[begin..]);
    let end = rest.iter().rev().zip(of_wanted.iter().rev()).take_while(same).count();
    let together = begin + end;
    (2 * together >= wanted.len() && together > 0).then(|| id.len().max(wanted.len()) - together)
}
