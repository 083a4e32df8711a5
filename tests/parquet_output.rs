//! Rows in Parquet hold what the same rows in CSV hold.
#![cfg(feature = "parquet")]
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod support;

use parquet::basic::{Compression, LogicalType, Repetition};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use std::fs::File;
use support::cli::{Place, line};

const ARTICLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/articles");

const COLUMNS: [&str; 8] = ["id", "source", "exact", "near", "story", "relation", "to", "score"];

fn open(place: &Place, name: &str) -> SerializedFileReader<File> {
    SerializedFileReader::new(File::open(place.path().join(name)).unwrap()).unwrap()
}

/// The rows, each value as CSV writes it.
fn parquet_rows(place: &Place, name: &str) -> Vec<Vec<String>> {
    let shown = |field: &Field| match field {
        Field::Null => String::new(),
        Field::Str(text) => text.clone(),
        Field::Double(number) => format!("{number:?}"),
        other => panic!("{other:?}"),
    };
    let reader = open(place, name);
    let row =
        |row: parquet::record::Row| row.get_column_iter().map(|(_, field)| shown(field)).collect();
    reader.get_row_iter(None).unwrap().map(|found| row(found.unwrap())).collect()
}

fn csv_rows(place: &Place, name: &str) -> Vec<Vec<String>> {
    let mut table = csv::Reader::from_path(place.path().join(name)).unwrap();
    let row = |row: csv::StringRecord| row.iter().map(str::to_owned).collect();
    table.records().map(|found| row(found.unwrap())).collect()
}

#[test]
fn the_rows_are_those_of_the_csv() {
    let place = Place::new();
    for [option, other] in [["--assignments", "-o"], ["-o", "--assignments"]] {
        let run = |file: &str, more: &[&str]| {
            place.cluster(&[&[option, file, other, "x.jsonl", ARTICLES], more].concat()).ends(0)
        };
        for more in [&[][..], &["--singletons"]] {
            run("rows.csv", more);
            run("rows.parquet", more);
            let rows = parquet_rows(&place, "rows.parquet");
            assert!(rows.len() > 30 && rows.iter().any(|row| row[6].is_empty()), "{rows:?}");
            assert_eq!(rows, csv_rows(&place, "rows.csv"), "{option} {more:?}");
        }
        let before = std::fs::read(place.path().join("rows.parquet")).unwrap();
        run("again.Parquet", &["--singletons", "--threads", "1"]);
        assert_eq!(std::fs::read(place.path().join("again.Parquet")).unwrap(), before);
    }
}

#[test]
fn the_columns_are_strings_and_a_number_and_say_who_wrote_them() {
    let place = Place::new();
    place.cluster(&["--assignments", "rows.parquet", ARTICLES]).ends(0);
    let reader = open(&place, "rows.parquet");
    let file = reader.metadata().file_metadata();
    let version = concat!("retold version ", env!("CARGO_PKG_VERSION"));
    assert_eq!(file.created_by(), Some(version));
    let columns = file.schema_descr().columns();
    assert_eq!(columns.iter().map(|column| column.name()).collect::<Vec<_>>(), COLUMNS);
    for column in columns {
        let optional = matches!(column.name(), "to" | "score");
        let repetition = if optional { Repetition::OPTIONAL } else { Repetition::REQUIRED };
        assert_eq!(column.self_type().get_basic_info().repetition(), repetition);
        let text = (column.name() != "score").then_some(&LogicalType::String);
        assert_eq!(column.logical_type_ref(), text, "{}", column.name());
    }
    let group = reader.metadata().row_group(0);
    assert!(group.columns().iter().all(|c| matches!(c.compression(), Compression::ZSTD(_))));
}

#[test]
fn a_result_without_rows_is_a_table_too() {
    let place = Place::new();
    place.write("lone.jsonl", line("a", "Rain fell on the old harbour of Selwyn all night."));
    place.cluster(&["-o", "none.parquet", "lone.jsonl"]).ends(0);
    assert!(parquet_rows(&place, "none.parquet").is_empty());
    let reader = open(&place, "none.parquet");
    assert_eq!(reader.metadata().file_metadata().schema_descr().num_columns(), COLUMNS.len());
    place.cluster(&["-o", "one.parquet", "--singletons", "lone.jsonl"]).ends(0);
    let expected = ["a", "lone.jsonl#1", "a", "a", "a", "representative", "", ""];
    assert_eq!(parquet_rows(&place, "one.parquet"), [expected]);
}

/// More rows than a row group has, and ids of several bytes a character.
#[test]
fn many_rows_come_in_groups() {
    let place = Place::new();
    let dump = |n: u32| line(&format!("日本-{n:07}"), &format!("Alone {n}"));
    place.write("dump.jsonl", (0..70_000).map(dump).collect::<String>());
    let args = ["--match", "exact", "-o", "x.jsonl", "dump.jsonl"];
    place.cluster(&[&["--assignments", "rows.csv"], &args[..]].concat()).ends(0);
    place.cluster(&[&["--assignments", "rows.parquet"], &args[..]].concat()).ends(0);
    assert_eq!(open(&place, "rows.parquet").num_row_groups(), 2);
    assert!(parquet_rows(&place, "rows.parquet") == csv_rows(&place, "rows.csv"));
}
