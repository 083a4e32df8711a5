//! Pairs of articles, with what both are compared by.
//!
//! Articles are dealt into blocks, and pairs into tasks by the blocks of both ends, so that an article's
//! list travels once to each task that needs it, not once for each of its pairs. In the rows of a
//! task the lists come first, rising by article, then the pairs in order.

use super::Failure;
use super::rows::{Longs, Order, Rows, list};
use crate::strings::Strings;
use retold::shingle::near::shingles;
use retold::text::Tokens;

/// Kinds of rows, as they are sorted.
const LIST: i64 = 0;

/// The lists of the task that is being worked on.
#[derive(Default)]
pub(super) struct Gathered {
    order: Order,
    task: Option<i64>,
    articles: Vec<i64>,
    lists: Vec<Vec<u32>>,
    last: Option<(i64, i64)>,
}

/// The columns of such rows: the task, the kind of the row, the ends of a pair (of a list, `a` is its
/// article), the list.
pub(super) struct Columns<'a> {
    task: Longs<'a>,
    kind: Longs<'a>,
    a: Longs<'a>,
    b: Longs<'a>,
    list: Strings,
}

impl<'a> Columns<'a> {
    pub(super) fn of(rows: Rows<'a>) -> Result<Columns<'a>, Failure> {
        Ok(Columns {
            task: rows.longs("task")?,
            kind: rows.longs("kind")?,
            a: rows.longs("a")?,
            b: rows.longs("b")?,
            list: rows.bytes("list")?,
        })
    }
}

/// What a row was.
pub(super) enum Next {
    /// A list, or a pair that was there before.
    Nothing,
    /// A pair: the places of both ends among the lists.
    Pair(usize, usize),
}

/// The place of an article among some, which rise.
pub(super) fn place(articles: &[i64], article: i64) -> Result<usize, Failure> {
    articles.binary_search(&article).map_err(|_| Failure::Missing(article))
}

impl Gathered {
    /// Whether a row is the first of another task.
    pub(super) fn opens(&self, columns: &Columns<'_>, row: usize) -> bool {
        self.task != Some(columns.task.at(row))
    }

    /// Takes the next row.
    pub(super) fn next(&mut self, columns: &Columns<'_>, row: usize) -> Result<Next, Failure> {
        let (task, kind) = (columns.task.at(row), columns.kind.at(row));
        let (a, b) = (columns.a.at(row), columns.b.at(row));
        self.order.next([task << 1 | kind, a, b])?;
        if self.opens(columns, row) {
            self.task = Some(task);
            self.articles.clear();
            self.lists.clear();
            self.last = None;
        }
        if kind == LIST {
            self.articles.push(a);
            self.lists.push(list(&columns.list, row));
            return Ok(Next::Nothing);
        }
        if self.last.replace((a, b)) == Some((a, b)) {
            return Ok(Next::Nothing);
        }
        Ok(Next::Pair(self.place(a)?, self.place(b)?))
    }

    fn place(&self, article: i64) -> Result<usize, Failure> {
        place(&self.articles, article)
    }

    /// The articles of the task whose lists have come.
    pub(super) fn articles(&self) -> &[i64] {
        &self.articles
    }

    pub(super) fn article(&self, place: usize) -> i64 {
        self.articles[place]
    }

    pub(super) fn list(&self, place: usize) -> &[u32] {
        &self.lists[place]
    }
}

/// The shingles of the articles of a task, made when they are first asked for.
#[derive(Default)]
pub(super) struct Sets(Vec<Option<Box<[u64]>>>);

impl Sets {
    /// Forgets those of a task.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Those of a pair, whose lists are the words of both.
    pub(super) fn of(&mut self, gathered: &Gathered, pair: [usize; 2]) -> [&[u64]; 2] {
        for place in pair {
            if self.0.len() <= place {
                self.0.resize(place + 1, None);
            }
            let made = || shingles(Tokens::of(gathered.list(place))).into_boxed_slice();
            self.0[place].get_or_insert_with(made);
        }
        pair.map(|place| self.0[place].as_deref().unwrap_or_default())
    }
}
