//! Labels as people give them: a table.

use crate::config::Level;
use csv::{ReaderBuilder, StringRecord};
use std::io::{self, Read};
use thiserror::Error;

/// Labels, by the ids of articles; one at least.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Labels {
    /// For each level the group of each article.
    Groups(Vec<(Level, Vec<(String, String)>)>),
    /// Pairs, and whether they belong together.
    Pairs(Vec<(String, String, bool)>),
}

/// Why a table holds no labels to compare with.
#[derive(Debug, Error)]
pub enum LabelsError {
    /// It cannot be read, or is no table.
    #[error(transparent)]
    Table(#[from] io::Error),
    /// It is a header at most.
    #[error("there is no row under the header")]
    Empty,
    /// A pair has another label than the two that there are.
    #[error("label {0:?}: 1 or 0 is expected")]
    Label(String),
    /// The least of its levels is deeper than the deepest that is asked for.
    #[error("its labels are of the level {}, deeper than the level {} that is asked for", .0.name(), .1.name())]
    TooDeep(Level, Level),
    /// Its columns say something else.
    #[error(
        "its columns are {0:?}: expected are id and cluster; id and exact, near or story; or id_a, \
         id_b and label"
    )]
    Columns(Vec<String>),
}

impl Labels {
    /// Reads a table with a header: `id` and `cluster`, groups at `level`; `id` and any of `exact`,
    /// `near` and `story`, groups at these levels, of which those below `level` are left out; or `id_a`,
    /// `id_b` and `label` (1 or 0), pairs. `delimiter` is a comma, and cells may be quoted, or a tab.
    ///
    /// Memory: twice the table.
    ///
    /// # Errors
    /// The table holds something else.
    pub fn read(table: impl Read, delimiter: u8, level: Level) -> Result<Labels, LabelsError> {
        let mut table =
            ReaderBuilder::new().delimiter(delimiter).quoting(delimiter == b',').from_reader(table);
        let header = table.headers().map_err(io::Error::from)?.clone();
        let rows: Vec<StringRecord> =
            table.records().collect::<Result<_, _>>().map_err(io::Error::from)?;
        if rows.is_empty() {
            return Err(LabelsError::Empty);
        }
        let column = |name: &str| header.iter().position(|column| column == name);
        if let (Some(a), Some(b), Some(label)) = (column("id_a"), column("id_b"), column("label")) {
            let pair = |row: &StringRecord| match &row[label] {
                "1" => Ok((row[a].to_owned(), row[b].to_owned(), true)),
                "0" => Ok((row[a].to_owned(), row[b].to_owned(), false)),
                other => Err(LabelsError::Label(other.to_owned())),
            };
            return Ok(Labels::Pairs(rows.iter().map(pair).collect::<Result<_, _>>()?));
        }
        let named = [("cluster", level)]
            .into_iter()
            .chain([Level::Exact, Level::Near, Level::Story].map(|level| (level.name(), level)));
        let levels: Vec<(usize, Level)> =
            named.filter_map(|(name, level)| Some((column(name)?, level))).collect();
        let least = levels.iter().map(|(_, of)| *of).min();
        let (Some(id), Some(least)) = (column("id"), least) else {
            return Err(LabelsError::Columns(header.iter().map(str::to_owned).collect()));
        };
        if least > level {
            return Err(LabelsError::TooDeep(least, level));
        }
        let groups =
            |at: usize| rows.iter().map(|row| (row[id].to_owned(), row[at].to_owned())).collect();
        let reached = levels.into_iter().filter(|(_, of)| *of <= level);
        Ok(Labels::Groups(reached.map(|(at, of)| (of, groups(at))).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(table: &str, level: Level) -> Result<Labels, String> {
        Labels::read(table.as_bytes(), b'\t', level).map_err(|error| error.to_string())
    }

    #[test]
    fn columns_say_what_a_table_holds() {
        let group = |id: &str, group: &str| (id.to_owned(), group.to_owned());
        let cluster = vec![group("a", "1"), group("\"b", "")];
        let table = "cluster\tnote\tid\n1\tx\ta\n\ty\t\"b\n";
        assert_eq!(read(table, Level::Near), Ok(Labels::Groups(vec![(Level::Near, cluster)])));
        let table = "id\tstory\texact\tnear\na\t1\t2\t3\n";
        let levels = [(Level::Exact, vec![group("a", "2")]), (Level::Near, vec![group("a", "3")])];
        assert_eq!(read(table, Level::Near), Ok(Labels::Groups(levels.into())));
        let table = "label\tid_b\tid_a\n1\tb\ta\n0\tc\ta\n";
        let pairs = [("a".into(), "b".into(), true), ("a".into(), "c".into(), false)];
        assert_eq!(read(table, Level::Exact), Ok(Labels::Pairs(pairs.into())));
        let quoted = Labels::read(&b"id,cluster\n\"a,b\",1\n"[..], b',', Level::Exact).unwrap();
        assert_eq!(quoted, Labels::Groups(vec![(Level::Exact, vec![group("a,b", "1")])]));
    }

    #[test]
    fn what_is_no_table_of_labels_is_said() {
        for (table, expected) in [
            ("", "no row under the header"),
            ("id\tcluster\n", "no row under the header"),
            ("id\tgroup\na\t1\n", "its columns are [\"id\", \"group\"]: expected are id and"),
            ("exact\na\n", "its columns are"),
            ("id\tstory\na\t1\n", "of the level story, deeper than the level near"),
            ("id_a\tid_b\tlabel\na\tb\tyes\n", "label \"yes\": 1 or 0 is expected"),
            ("id\tcluster\na\n", "found record with 1 fields"),
        ] {
            let error = read(table, Level::Near).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }
}
