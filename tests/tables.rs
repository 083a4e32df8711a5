//! CSV, TSV and Parquet files, sound and damaged, made here.

mod support;

use retold::read::{Fields, ReadOptions, Reason};
use support::read_bytes;

fn texts(name: &str, file: &str) -> Vec<String> {
    let (articles, _) = read_bytes(name, file.as_bytes(), &ReadOptions::default());
    articles.into_iter().map(|article| article.text).collect()
}

#[test]
fn fields_are_found_by_name() {
    let file = "\u{FEFF}id,text,extra,title,date\r\n7,\"Said \"\"no\"\",\nand went.\",x,,2026-01-02\r\n8,Two,y,\"T, t\",\r\n";
    let (articles, tally) = read_bytes("x.csv", file.as_bytes(), &ReadOptions::default());
    assert!(!tally.is_incomplete());
    assert_eq!(articles[0].text, "Said \"no\",\nand went.");
    assert_eq!((articles[0].id.as_deref(), articles[0].title.as_deref()), (Some("7"), None));
    assert_eq!(articles[0].date.as_deref(), Some("2026-01-02"));
    assert_eq!((articles[1].title.as_deref(), articles[1].source.record), (Some("T, t"), 2));
    assert_eq!(texts("x.tsv", "text\tid\na, b\t1\n"), ["a, b"]);
    assert_eq!(texts("x.csv", "id\ttext\n1\ta, b\n"), ["a, b"]);
    assert_eq!(texts("x.csv", "text\nlast line without an end"), ["last line without an end"]);
    assert!(texts("x.csv", "").is_empty());
}

#[test]
fn a_wrong_name_says_which_columns_there_are() {
    let (articles, tally) = read_bytes("x.csv", b"id,body,lang\n1,x,en\n", &ReadOptions::default());
    assert!(articles.is_empty() && tally.is_incomplete());
    let message = &tally.troubles[0].message;
    assert!(message.contains("\"text\"") && message.contains("id, body, lang"), "{message}");
    let fields = Fields { text: "body".into(), ..Fields::default() };
    let options = ReadOptions { fields, ..ReadOptions::default() };
    assert_eq!(read_bytes("x.csv", b"id,body,lang\n1,x,en\n", &options).0[0].text, "x");
}

#[test]
fn bad_rows_are_counted_and_cost_no_other() {
    let file = "id,text\n1,one\n2\n3,three,more\n4,four\n";
    let (articles, tally) = read_bytes("x.csv", file.as_bytes(), &ReadOptions::default());
    assert_eq!(articles.iter().map(|a| &*a.text).collect::<Vec<_>>(), ["one", "four"]);
    assert_eq!((tally.records, tally.by_reason()[&Reason::BadRow]), (4, 2));
    assert!(tally.is_incomplete());
    // A quote that is never closed swallows no more than a record may have.
    let mut long = b"id,text\n1,\"open ".to_vec();
    long.extend(b"line, of words\n".repeat(6 << 20));
    let (_, tally) = read_bytes("x.csv", &long, &ReadOptions::default());
    assert_eq!(tally.by_reason()[&Reason::TooLong], 1);
    // Bytes that are not UTF-8, and a file that breaks off.
    let (articles, tally) = read_bytes("x.csv", b"text\nna\xEFve\n", &ReadOptions::default());
    assert_eq!((articles[0].text.as_str(), tally.replaced), ("na\u{FFFD}ve", 1));
    let packed = support::gzip("text\n".repeat(1000).as_bytes());
    let (_, tally) = read_bytes("x.csv.gz", &packed[..packed.len() - 9], &ReadOptions::default());
    assert!(tally.is_incomplete());
}
