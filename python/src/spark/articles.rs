//! Articles: what is kept of each, their numbers, and names for those whose id is taken.

use super::rows::{Cell, Columns, Kind, Out, Rows, bytes_of, long};
use super::{Failure, Stage};
use crate::strings::Strings;
use retold::article::Article;
use retold::hash::{combine, hash64};
use retold::pipeline::{Sketcher, Sketches, next_number, numbered};
use retold::read::{Fields, Format, MAX_ARTICLE, ReadOptions, Reason, read_bytes};
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

    /// The row of an article, or of what is none.
    fn give(
        &mut self,
        id: Option<&str>,
        source: Option<&str>,
        article: Result<(Article, bool), String>,
        out: &mut Out,
    ) -> Result<(), Failure> {
        let [id, source] = [id, source].map(Cell::text);
        let number = long(self.next);
        self.next += 1;
        self.sketches.clear();
        let sketched = article.and_then(|(article, cut)| {
            let sketched = self.sketcher.sketch(&article, &mut self.sketches);
            sketched.map_err(|skip| skip.reason.to_string())?;
            Ok((fields_of(&article), cut))
        });
        let (fields, cut) = match sketched {
            Ok(sketched) => sketched,
            Err(why) => {
                let mut cells = [Cell::Null; SKETCH.len()];
                cells[..4].copy_from_slice(&[number, id, source, Cell::Text(&why)]);
                return out.row(&cells);
            }
        };
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
            Cell::Bytes(&fields),
            long(cut),
        ])
    }
}

/// A hash of all that is given of an article: two with the same id are told apart by it, where one
/// machine would know their places in a file. Where it is the same, so are they.
fn fields_of(article: &Article) -> [u8; 16] {
    let Article { title, url, date, text, .. } = article;
    let given = [Some(text), title.as_ref(), url.as_ref(), date.as_ref()];
    let half = |seed: u64| {
        let hash = |hash: u64, field: Option<&String>| {
            combine(hash, field.map_or(seed, |field| hash64(field.as_bytes(), seed + 1)))
        };
        given.into_iter().fold(seed, hash).to_be_bytes()
    };
    let [first, second] = [half(0), half(2)];
    std::array::from_fn(|at| if at < 8 { first[at] } else { second[at - 8] })
}

/// Bytes of the longest text that is read at all: as of a record of a file.
const LONGEST: usize = 4 * MAX_ARTICLE;

/// Why a row without an id is left out: on one machine an article is named by its place, which rows of
/// a cluster do not have.
const NO_ID: &str = "no id";

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
    ("fields", Kind::Bytes),
    ("cut", Kind::Long),
];

impl Stage for Sketch {
    fn push(&mut self, rows: Rows<'_>, out: &mut Out) -> Result<(), Failure> {
        let (ids, texts) = (rows.bytes("id")?, rows.bytes("text")?);
        let optional = |name| rows.optional_bytes(name);
        let [titles, urls, dates] = [optional("title")?, optional("url")?, optional("date")?];
        let sources = optional("source")?;
        for row in 0..rows.len() {
            let given = |column: &Option<Strings>| Some(column.as_ref()?.get(row)?.into_owned());
            // An empty one is none, as in a file.
            let id = ids.get(row).filter(|id| !id.is_empty());
            let article = match (&id, texts.get(row)) {
                (None, _) => Err(NO_ID.to_owned()),
                (_, None) => Err(Reason::NoTextField.to_string()),
                (_, Some(text)) if text.len() > LONGEST => Err(Reason::TooLong.to_string()),
                (Some(id), Some(text)) => {
                    let end = text.floor_char_boundary(MAX_ARTICLE);
                    let article = Article::new(&**id, &text[..end]);
                    let [title, url, date] = [&titles, &urls, &dates].map(given);
                    let cut = end < text.len();
                    Ok((Article { title, url, date, ..article }, cut))
                }
            };
            self.give(id.as_deref(), given(&sources).as_deref(), article, out)?;
        }
        Ok(())
    }
}

/// The same from lines of JSON Lines, as a file of them is read on one machine. Blank ones are no rows.
pub(super) struct SketchLines {
    sketch: Sketch,
    options: ReadOptions,
}

impl SketchLines {
    pub(super) fn new(partition: i64, fields: Fields) -> SketchLines {
        let format = Some(Format::JsonLines);
        let options = ReadOptions { format, fields, ..ReadOptions::default() };
        SketchLines { sketch: Sketch::new(partition), options }
    }

    /// Takes the lines of one file.
    fn lines(
        &mut self,
        source: Option<&str>,
        lines: Vec<u8>,
        out: &mut Out,
    ) -> Result<(), Failure> {
        let (sketch, options) = (&mut self.sketch, &self.options);
        let mut result = Ok(());
        // Its name would say that a file is packed, which its lines are no longer.
        let tally = read_bytes("lines", lines, options, |batch| {
            result = batch.records.iter().try_for_each(|record| {
                let mut article =
                    batch.decode(record, options).map(|decoded| (decoded.article, decoded.cut));
                let id = article.as_mut().ok().and_then(|(article, _)| article.id.take());
                let article = match (&id, article) {
                    (None, Ok(_)) => Err(NO_ID.to_owned()),
                    (_, article) => article.map_err(|skip| skip.reason.to_string()),
                };
                sketch.give(id.as_deref(), source, article, out)
            });
            result.is_ok()
        });
        result?;
        // Lines that are too long to be held never come as records.
        for (reason, count) in tally.by_reason() {
            for _ in 0..count {
                self.sketch.give(None, source, Err(reason.to_string()), out)?;
            }
        }
        Ok(())
    }
}

impl Stage for SketchLines {
    fn push(&mut self, rows: Rows<'_>, out: &mut Out) -> Result<(), Failure> {
        let (lines, sources) = (rows.bytes("line")?, rows.optional_bytes("source")?);
        let source = |row: usize| sources.as_ref().and_then(|sources| sources.get(row));
        let mut row = 0;
        while row < rows.len() {
            // A line end first, so that no line passes for the head of a packed file.
            let (of_file, mut bytes) = (source(row), vec![b'\n']);
            while row < rows.len() && source(row) == of_file {
                // A line end within a row would be one more line.
                let line = lines.bytes(row).unwrap_or_default();
                bytes.extend(line.iter().map(|&byte| if byte == b'\n' { b' ' } else { byte }));
                bytes.push(b'\n');
                row += 1;
            }
            self.lines(of_file.as_deref(), bytes, out)?;
        }
        Ok(())
    }
}

/// From articles sorted by id, source and fields to their places in the partition; `repeat` is how
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
            let id = ids.bytes(row).unwrap_or_default();
            let source = sources.bytes(row);
            let key = [id.to_vec(), source.unwrap_or_default().to_vec()];
            match self.before.as_ref().map(|before| before.cmp(&key)) {
                Some(Ordering::Greater) => return Err(Failure::Unsorted),
                _ if self.before.as_ref().is_some_and(|before| before[0] == key[0]) => {
                    self.repeat += 1;
                }
                _ => self.repeat = 0,
            }
            self.before = Some(key);
            let (id, source) = (String::from_utf8_lossy(id), sources.get(row));
            out.row(&[
                long(numbers.at(row)),
                long(self.partition),
                long(self.place),
                Cell::Text(&id),
                Cell::text(source.as_deref()),
                digests.bytes(row).map_or(Cell::Null, Cell::Bytes),
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
            let base = bases.bytes(row).unwrap_or_default();
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
            if let Some((base, number)) = ids.bytes(row).and_then(numbered) {
                out.row(&[Cell::Text(&String::from_utf8_lossy(base)), long(number)])?;
            }
        }
        Ok(())
    }
}
