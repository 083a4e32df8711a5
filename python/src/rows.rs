//! The result of a run, by the rows of the input, which are numbered from 0.

use crate::export::Part;
use arrow_array::{ArrayRef, Float64Array, Int64Array, StringArray, StructArray};
use arrow_schema::{ArrowError, DataType, Field, Fields};
use retold::config::Level;
use retold::pipeline::{Assignment, Clusters};
use retold::read::Reason;
use retold::report::rounded;
use retold::store::StoreError;
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// What is kept of the input while it goes by.
#[derive(Debug, Default)]
pub(crate) struct Input {
    /// Rows that have been seen.
    rows: u32,
    /// Those without a text, rising.
    without_text: Vec<u32>,
    /// The ids that were given, one behind another, and where each ends, up to the last row that has
    /// one.
    ids: String,
    ends: Vec<usize>,
}

impl Input {
    /// The number of the next row; `None` where there are more than can be told apart.
    pub(crate) fn add(&mut self, id: Option<&str>, has_text: bool) -> Option<u32> {
        let row = self.rows;
        self.rows = row.checked_add(1)?;
        if let Some(id) = id {
            self.ends.resize(row as usize, self.ids.len());
            self.ids.push_str(id);
            self.ends.push(self.ids.len());
        }
        if !has_text {
            self.without_text.push(row);
        }
        Some(row)
    }

    /// The id of a row: its number, where it was given none.
    pub(crate) fn id(&self, row: u32) -> Cow<'_, str> {
        let at = row as usize;
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied();
        match self.ends.get(at).map(|&end| &self.ids[start.unwrap_or(0)..end]) {
            Some(id) if !id.is_empty() => id.into(),
            _ => row.to_string().into(),
        }
    }
}

/// The result for each row.
#[derive(Debug)]
pub(crate) struct Rows {
    input: Input,
    /// Ids of those whose own was taken.
    renamed: BTreeMap<u32, String>,
    /// For each row its groups, in which articles are named by their rows; `None` where it was
    /// skipped.
    assigned: Vec<Option<Assignment>>,
    /// How many had an id that was taken.
    pub(crate) repeated_ids: u64,
}

/// Articles whose entries are read together, and rows of a part of the table.
const TOGETHER: usize = 1 << 13;
const PART_ROWS: usize = 1 << 16;

/// Bytes of the ids in a part of the table, of which a column of strings may hold 2 GiB.
const PART_BYTES: usize = 1 << 28;

impl Rows {
    /// The result of a run in which each article had the number of its row for its record.
    pub(crate) fn of(clusters: &Clusters, input: Input) -> Result<Rows, StoreError> {
        let (mut rows, mut renamed) = (Vec::with_capacity(clusters.len()), BTreeMap::new());
        for first in (0..clusters.len()).step_by(TOGETHER) {
            let articles = first as u32..(first + TOGETHER).min(clusters.len()) as u32;
            let entries = clusters.entries(articles.clone().collect())?;
            for article in articles {
                let row = entries.source(article).record as u32;
                let id = entries.id(article);
                if id != input.id(row) {
                    renamed.insert(row, id);
                }
                rows.push(row);
            }
        }
        let row = |article: u32| rows[article as usize];
        let mut assigned = vec![None; input.rows as usize];
        clusters.assignments::<StoreError>(|of| {
            assigned[row(of.article) as usize] = Some(Assignment {
                article: row(of.article),
                exact: row(of.exact),
                near: row(of.near),
                story: row(of.story),
                relation: of.relation,
                matched: of.matched.map(|(to, score)| (row(to), score)),
            });
            Ok(())
        })?;
        Ok(Rows { input, renamed, assigned, repeated_ids: clusters.repeated_ids })
    }

    pub(crate) fn len(&self) -> usize {
        self.assigned.len()
    }

    /// The id of a row in the result.
    pub(crate) fn id(&self, row: u32) -> Cow<'_, str> {
        self.renamed.get(&row).map_or_else(|| self.input.id(row), |id| id.into())
    }

    /// For each row the one that stands for its group at a level.
    pub(crate) fn labels(&self, level: Level) -> impl Iterator<Item = Option<u32>> {
        self.assigned.iter().map(move |of| Some(at(of.as_ref()?, level)))
    }

    /// The groups of `at_least` rows at a level, the largest first; in each the one that stands for it
    /// comes first. What is equal goes by rows.
    pub(crate) fn groups(&self, level: Level, at_least: usize) -> Vec<Vec<u32>> {
        let mut groups: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (row, label) in (0..).zip(self.labels(level)) {
            let Some(label) = label else { continue };
            let group = groups.entry(label).or_insert_with(|| vec![label]);
            group.extend((row != label).then_some(row));
        }
        let mut groups: Vec<_> =
            groups.into_values().filter(|group| group.len() >= at_least).collect();
        groups.sort_by_key(|group| Reverse(group.len()));
        groups
    }

    /// The rows that were skipped, and why.
    pub(crate) fn skipped(&self) -> impl Iterator<Item = (u32, String)> {
        let skipped = (0..).zip(&self.assigned).filter(|(_, of)| of.is_none());
        skipped.map(|(row, _)| {
            let without = self.input.without_text.binary_search(&row).is_ok();
            (row, if without { "no text".to_owned() } else { Reason::NoWords.to_string() })
        })
    }

    /// The rows from one on that make a part of the table.
    fn part(&self, first: usize) -> Range<usize> {
        let mut bytes = 0;
        let rows = self.assigned[first..].iter().zip(first as u32..).take(PART_ROWS);
        let fitting = rows.take_while(|(of, row)| {
            let to = of.and_then(|of| of.matched).map_or(*row, |(to, _)| to);
            let others = of.map_or([*row; 4], |of| [of.exact, of.near, of.story, to]);
            bytes += others.iter().chain([row]).map(|row| self.id(*row).len()).sum::<usize>();
            bytes <= PART_BYTES
        });
        first..first + fitting.count().max(1)
    }
}

fn at(of: &Assignment, level: Level) -> u32 {
    match level {
        Level::Exact => of.exact,
        Level::Near => of.near,
        Level::Story => of.story,
    }
}

fn strings<'a>(of: impl Iterator<Item = Option<Cow<'a, str>>>) -> ArrayRef {
    Arc::new(StringArray::from_iter(of))
}

impl Part for Rows {
    fn fields() -> Fields {
        let text = |name: &str| Field::new(name, DataType::Utf8, true);
        [
            Field::new("id", DataType::Utf8, false),
            Field::new("row", DataType::Int64, false),
            text("exact"),
            text("near"),
            text("story"),
            text("relation"),
            text("to"),
            Field::new("score", DataType::Float64, true),
        ]
        .into_iter()
        .collect()
    }

    fn part(&self, first: usize) -> Result<Option<(StructArray, usize)>, ArrowError> {
        if first >= self.len() {
            return Ok(None);
        }
        let range = self.part(first);
        let assigned = &self.assigned[range.clone()];
        let rows = || (range.start as u32..).take(range.len());
        let label =
            |level| strings(assigned.iter().map(move |of| Some(self.id(at(of.as_ref()?, level)))));
        let matched = || assigned.iter().map(|of| of.as_ref()?.matched);
        let relations = assigned.iter().map(|of| Some(of.as_ref()?.relation.name().into()));
        let scores = matched().map(|matched| Some(rounded(matched?.1)));
        let columns: Vec<ArrayRef> = vec![
            strings(rows().map(|row| Some(self.id(row)))),
            Arc::new(Int64Array::from_iter_values(rows().map(i64::from))),
            label(Level::Exact),
            label(Level::Near),
            label(Level::Story),
            strings(relations),
            strings(matched().map(|matched| Some(self.id(matched?.0)))),
            Arc::new(Float64Array::from_iter(scores)),
        ];
        Ok(Some((StructArray::try_new(Self::fields(), columns, None)?, range.end)))
    }
}
