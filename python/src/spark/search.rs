//! Story candidates: articles that are filed under the same rare terms.
//!
//! A task looks up a block of articles among another block that is filed, so keys travel once to each
//! task of their row and column, and files are never longer than on one machine. What a task finds
//! are its best neighbours; the best of all tasks are those of the article.

use super::rows::{Cell, Columns, Kind, Order, Out, PerArticle, Rows, bytes_of, list, long};
use super::terms::unpacked;
use super::{Failure, Stage};
use ahash::AHashMap;
use retold::lsh::story::{Files, Keys, Limits, Search, other};
use retold::store::{Column, Store};

/// From articles and their keys to a row for each task that needs them, with the useful keys alone:
/// those that enough articles hold, and not too many. `kind` is 0 where the article is filed, 1 where
/// it asks.
pub(super) struct FileOut {
    /// A bit for each term.
    useful: Vec<u64>,
    filed: i64,
    asking: i64,
}

impl FileOut {
    /// With the terms that [`super::terms::Pack`] packed, for so many blocks that are filed, and that ask.
    pub(super) fn new(counts: &[Vec<u8>], (filed, asking): (i64, i64)) -> FileOut {
        let mut useful = Vec::new();
        for (term, _) in unpacked(counts) {
            let at = term as usize >> 6;
            if useful.len() <= at {
                useful.resize(at + 1, 0);
            }
            useful[at] |= 1 << (term & 63);
        }
        FileOut { useful, filed, asking }
    }

    fn is_useful(&self, term: u32) -> bool {
        self.useful.get(term as usize >> 6).is_some_and(|bits| bits >> (term & 63) & 1 == 1)
    }
}

pub(super) const FILED: Columns = &[
    ("task", Kind::Long),
    ("kind", Kind::Long),
    ("article", Kind::Long),
    ("day", Kind::Long),
    ("keys", Kind::Bytes),
];

impl Stage for FileOut {
    fn push(&mut self, rows: Rows<'_>, out: &mut Out) -> Result<(), Failure> {
        let (articles, days) = (rows.longs("article")?, rows.longs("day")?);
        let lists = rows.bytes("keys")?;
        let mut kept = Vec::new();
        for row in 0..rows.len() {
            let list = list(&lists, row);
            let useful = Keys::of(&list).iter().filter(|(term, _)| self.is_useful(*term));
            kept.clear();
            Keys::write(useful, &mut kept);
            if kept.is_empty() {
                continue;
            }
            let article = articles.at(row);
            let (own_filed, own_asking) = (article % self.filed, article % self.asking);
            let filed = (0..self.asking).map(|asking| (own_filed * self.asking + asking, 0_i64));
            let asks = (0..self.filed).map(|filed| (filed * self.asking + own_asking, 1));
            let day = days.get(row).map_or(Cell::Null, Cell::Long);
            for (task, kind) in filed.chain(asks) {
                let keys = Cell::Bytes(bytes_of(&kept));
                out.row(&[long(task), long(kind), long(article), day, keys])?;
            }
        }
        Ok(())
    }
}

/// From the articles of tasks, sorted by `task`, `kind` and `article`, to the best neighbours of those
/// that ask among those that are filed: as ranks, the sum of the products above the inverted number.
pub(super) struct Neighbours {
    window: Option<u32>,
    store: Store,
    limits: Limits,
    order: Order,
    task: Option<i64>,
    block: Block,
    files: Option<Files>,
}

/// The articles that are filed.
struct Block {
    articles: Vec<i64>,
    days: Vec<Option<i32>>,
    keys: Column,
    /// The terms of the block, numbered as they come.
    terms: AHashMap<u32, u32>,
}

impl Neighbours {
    pub(super) fn new(window: Option<u32>, store: Store) -> Neighbours {
        let block = Block::new(&store);
        let (order, limits) = Default::default();
        Neighbours { window, store, limits, order, task: None, block, files: None }
    }
}

impl Block {
    fn new(store: &Store) -> Block {
        let (articles, days, terms) = Default::default();
        Block { articles, days, keys: Column::new(store, usize::MAX), terms }
    }

    fn add(&mut self, article: i64, day: Option<i32>, list: &[u32]) -> Result<(), Failure> {
        self.articles.push(article);
        self.days.push(day);
        let mut own = Vec::new();
        for (term, weight) in Keys::of(list).iter() {
            let next = self.terms.len() as u32;
            own.push((*self.terms.entry(term).or_insert(next), weight));
        }
        Ok(self.keys.push(&keys(&own))?)
    }
}

fn keys(own: &[(u32, u16)]) -> Vec<u32> {
    let mut list = Vec::new();
    Keys::write(own.iter().copied(), &mut list);
    list
}

pub(super) const FOUND: Columns = &[("article", Kind::Long), ("ranks", Kind::Bytes)];

impl Stage for Neighbours {
    fn push(&mut self, rows: Rows<'_>, out: &mut Out) -> Result<(), Failure> {
        let (tasks, kinds) = (rows.longs("task")?, rows.longs("kind")?);
        let (articles, days) = (rows.longs("article")?, rows.longs("day")?);
        let lists = rows.bytes("keys")?;
        let mut row = 0;
        while row < rows.len() {
            // Filed articles, then those that ask, as far as they are of one task.
            let task = tasks.at(row);
            if self.task.replace(task) != Some(task) {
                self.block = Block::new(&self.store);
                self.files = None;
            }
            let mut next = |row: usize| -> Result<bool, Failure> {
                if row == rows.len() || tasks.at(row) != task {
                    return Ok(false);
                }
                self.order.next([task << 1 | kinds.at(row), articles.at(row), 0])?;
                Ok(true)
            };
            let day = |row: usize| days.get(row).map(|day| day as i32);
            while row < rows.len() && kinds.at(row) == 0 && next(row)? {
                self.block.add(articles.at(row), day(row), &list(&lists, row))?;
                row += 1;
            }
            if row == rows.len() || tasks.at(row) != task {
                continue;
            }
            let Block { articles: filed, days: filed_days, keys: filed_keys, terms } = &self.block;
            let files = match self.files.take() {
                Some(files) => files,
                None => Files::all(filed_keys, terms.len())?,
            };
            let files = self.files.insert(files);
            let mut search = Search::new(files, self.limits, filed.len());
            while next(row)? {
                let article = articles.at(row);
                let own = Keys::of(&list(&lists, row))
                    .iter()
                    .filter_map(|(term, weight)| Some((*terms.get(&term)?, weight)))
                    .collect::<Vec<_>>();
                let place = filed.binary_search(&article).map_or(u32::MAX, |place| place as u32);
                let day = day(row);
                let allowed = |_, other: u32| {
                    let days = day.zip(filed_days[other as usize]);
                    self.window.zip(days).is_none_or(|(window, (a, b))| a.abs_diff(b) <= window)
                };
                let list = keys(&own);
                let found = search.neighbours(place, Keys::of(&list), &[], &allowed);
                let global = |rank: u64| {
                    let number = filed[other(rank) as usize] as u32;
                    rank >> 32 << 32 | u64::from(!number)
                };
                let ranks: Vec<u64> = found.into_iter().map(global).collect();
                if !ranks.is_empty() {
                    out.row(&[long(article), Cell::Bytes(bytes_of(&ranks))])?;
                }
                row += 1;
            }
        }
        Ok(())
    }
}

/// From the neighbours that tasks found, sorted by article, to pairs: of each article with its best ones.
/// A pair comes twice where each is among the best of the other.
#[derive(Default)]
pub(super) struct Best(PerArticle<u64>);

/// Gives the pairs of an article with its best neighbours, of which these are some.
fn pairs_of(article: i64, ranks: &mut Vec<u64>, out: &mut Out) -> Result<(), Failure> {
    ranks.sort_unstable_by(|x, y| y.cmp(x));
    ranks.truncate(Limits::default().neighbours);
    ranks.iter().try_for_each(|&rank| {
        let other = i64::from(other(rank));
        out.row(&[long(article.min(other)), long(article.max(other))])
    })
}

impl Stage for Best {
    fn push(&mut self, rows: Rows<'_>, out: &mut Out) -> Result<(), Failure> {
        let (articles, ranks) = (rows.longs("article")?, rows.bytes("ranks")?);
        self.0.push(articles, &ranks, |article, ranks| pairs_of(article, ranks, out))
    }

    fn finish(&mut self, out: &mut Out) -> Result<(), Failure> {
        self.0.finish(|article, ranks| pairs_of(article, ranks, out))
    }
}
