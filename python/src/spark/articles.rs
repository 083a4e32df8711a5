//! Articles: what is kept of each, their numbers, and names for those whose id is taken.

use super::rows::{Cell, Columns, Kind, Out, Rows, bytes_of, long};
use super::{Failure, Stage};
use retold::article::Article;
use retold::pipeline::{Sketcher, Sketches, next_number, numbered};
use retold::read::Reason;
use std::cmp::Ordering;

/// Bits of a row's number that its place in its partition takes.
const PLACE_BITS: u32 = 33;

/// From `id`, `text`, and where they are there `title`, `url`, `date`, `source` to what the levels
/// compare of each article, or to why it is left out. Rows get a number of their own.
pub(super) struct Sketch {
    next: i64,
    sketcher: Sketcher,
    sketches: Sketches,
}

impl Sketch {
    pub(super) fn new(partition: i64) -> Sketch {
        let (sketcher, sketches) = Default::default();
        Sketch { next: partition << PLACE_BITS, sketcher, sketches }
    }

    /// Adds an article to the sketches, which are empty.
    fn sketch(
        &mut self,
        id: Option<&str>,
        text: Option<String>,
        optional: [Option<String>; 3],
    ) -> Result<(), String> {
        let id = id.ok_or("no id")?;
        let text = text.ok_or_else(|| Reason::NoTextField.to_string())?;
        let [title, url, date] = optional;
        let article = Article { title, url, date, ..Article::new(id, text) };
        let sketched = self.sketcher.sketch(&article, &mut self.sketches);
        sketched.map_err(|skip| skip.reason.to_string())
    }
}

pub(super) const SKETCH: Columns = &[
    ("row", Kind::Long),
    ("id", Kind::Text),
    ("source", Kind::Text),
    ("skipped", Kind::Text),
    ("digest", Kind::Bytes),
    ("host", Kind::Long),
    ("day", Kind::Long),
    ("words", Kind::Long),
    ("list", Kind::Bytes),
    ("signature", Kind::Bytes),
];

impl Stage for Sketch {
    fn push(&mut self, rows: Rows<'_>, out: &mut Out) -> Result<(), Failure> {
        let (id, text) = (rows.bytes("id")?, rows.bytes("text")?);
        let optional = |name| rows.optional_bytes(name);
        let [title, url, date] = [optional("title")?, optional("url")?, optional("date")?];
        let sources = optional("source")?;
        for row in 0..rows.len() {
            self.sketches.clear();
            let id = id.text(row);
            let given = [title, url, date].map(|column| column?.text(row));
            let sketched = self.sketch(id.as_deref(), text.text(row), given);
            let source = sources.and_then(|sources| sources.text(row));
            let [id, source] = [&id, &source].map(|text| Cell::text(text.as_deref()));
            let number = long(self.next);
            self.next += 1;
            if let Err(why) = sketched {
                let mut cells = [Cell::Null; 10];
                cells[..4].copy_from_slice(&[number, id, source, Cell::Text(&why)]);
                out.row(&cells)?;
                continue;
            }
            let sketch = self.sketches.sketch(0);
            out.row(&[
                number,
                id,
                source,
                Cell::Null,
                Cell::Bytes(&sketch.digest.to_be_bytes()),
                // The bits of an unsigned number; 0 where there is none.
                long(sketch.host.unwrap_or(0) as i64),
                sketch.day.map_or(Cell::Null, long),
                long(sketch.words),
                Cell::Bytes(bytes_of(sketch.list)),
                Cell::Bytes(bytes_of(sketch.signature)),
            ])?;
        }
        Ok(())
    }
}

/// From articles sorted by id, source and digest to their places in the partition; `repeat` is how
/// often the id came before. All articles of one id are in one partition.
pub(super) struct Number {
    partition: i64,
    place: i64,
    repeat: i64,
    before: Option<[Vec<u8>; 2]>,
}

impl Number {
    pub(super) fn new(partition: i64) -> Number {
        Number { partition, place: 0, repeat: 0, before: None }
    }
}

pub(super) const NUMBER: Columns = &[
    ("row", Kind::Long),
    ("partition", Kind::Long),
    ("place", Kind::Long),
    ("id", Kind::Text),
    ("source", Kind::Text),
    ("digest", Kind::Bytes),
    ("repeat", Kind::Long),
];

impl Stage for Number {
    fn push(&mut self, rows: Rows<'_>, out: &mut Out) -> Result<(), Failure> {
        let (numbers, ids) = (rows.longs("row")?, rows.bytes("id")?);
        let (sources, digests) = (rows.bytes("source")?, rows.bytes("digest")?);
        for row in 0..rows.len() {
            let id = ids.get(row).unwrap_or_default();
            let source = sources.get(row);
            let key = [id.to_vec(), source.unwrap_or_default().to_vec()];
            match self.before.as_ref().map(|before| before.cmp(&key)) {
                Some(Ordering::Greater) => return Err(Failure::Unsorted),
                _ if self.before.as_ref().is_some_and(|before| before[0] == key[0]) => {
                    self.repeat += 1;
                }
                _ => self.repeat = 0,
            }
            self.before = Some(key);
            let (id, source) = (String::from_utf8_lossy(id), sources.text(row));
            out.row(&[
                long(numbers.at(row)),
                long(self.partition),
                long(self.place),
                Cell::Text(&id),
                Cell::text(source.as_deref()),
                digests.get(row).map_or(Cell::Null, Cell::Bytes),
                long(self.repeat),
            ])?;
            self.place += 1;
        }
        Ok(())
    }
}

/// From ids that repeat to other names for all but the first: `ID#2` and so on, but for names that
/// others have. Rows are sorted by `base`, the id before a number, then by `number`: of another id that
/// looks like one of these names, which comes first; null of an article that needs a name, and these in
/// order.
#[derive(Default)]
pub(super) struct NameApart {
    base: Vec<u8>,
    /// Numbers that are taken, rising. 4 bytes each.
    taken: Vec<u32>,
    number: u32,
    before: Option<(bool, i64)>,
}

pub(super) const NAME: Columns = &[("article", Kind::Long), ("name", Kind::Text)];

impl Stage for NameApart {
    fn push(&mut self, rows: Rows<'_>, out: &mut Out) -> Result<(), Failure> {
        let (bases, taken) = (rows.bytes("base")?, rows.longs("taken")?);
        let articles = rows.longs("article")?;
        for row in 0..rows.len() {
            let base = bases.get(row).unwrap_or_default();
            match self.base.as_slice().cmp(base) {
                Ordering::Greater => return Err(Failure::Unsorted),
                Ordering::Equal => {}
                Ordering::Less => {
                    *self = NameApart { base: base.to_vec(), number: 1, ..NameApart::default() };
                }
            }
            let key = match taken.get(row) {
                Some(number) => (false, number),
                None => (true, articles.at(row)),
            };
            if self.before.replace(key).is_some_and(|before| key < before) {
                return Err(Failure::Unsorted);
            }
            if let (false, number) = key {
                self.taken.extend(u32::try_from(number));
                continue;
            }
            let is_taken = |number| self.taken.binary_search(&number).is_ok();
            self.number = next_number(self.number.max(1), is_taken);
            let name = format!("{}#{}", String::from_utf8_lossy(base), self.number);
            out.row(&[long(articles.at(row)), Cell::Text(&name)])?;
        }
        Ok(())
    }
}

/// From ids to those that look like a name that is given apart: the id before the number, and the
/// number.
pub(super) struct Numbered;

pub(super) const NUMBERED: Columns = &[("base", Kind::Text), ("taken", Kind::Long)];

impl Stage for Numbered {
    fn push(&mut self, rows: Rows<'_>, out: &mut Out) -> Result<(), Failure> {
        let ids = rows.bytes("id")?;
        for row in 0..rows.len() {
            if let Some((base, number)) = ids.get(row).and_then(numbered) {
                out.row(&[Cell::Text(&String::from_utf8_lossy(base)), long(number)])?;
            }
        }
        Ok(())
    }
}
