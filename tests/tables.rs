//! CSV, TSV and Parquet files, sound and damaged, made here.
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

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

#[cfg(feature = "parquet")]
mod parquet {
    use super::*;
    use ::parquet::basic::Compression;
    use ::parquet::data_type::{ByteArray, ByteArrayType, Int32Type, Int64Type};
    use ::parquet::file::properties::WriterProperties;
    use ::parquet::file::writer::SerializedFileWriter;
    use ::parquet::schema::parser::parse_message_type;
    use retold::read::{InputFile, Tally, read};
    use std::sync::Arc;

    const ROWS: usize = 700;

    /// Two row groups: a numbered text, every seventh of them null, and other columns.
    fn file(compression: Compression, dictionary: bool) -> Vec<u8> {
        let schema = "message articles { required int64 id; optional binary text (UTF8); required int32 date (DATE); repeated binary tags (UTF8); optional binary blob; }";
        let schema = Arc::new(parse_message_type(schema).unwrap());
        let properties = WriterProperties::builder()
            .set_compression(compression)
            .set_dictionary_enabled(dictionary)
            .build();
        let mut out = Vec::new();
        let mut writer = SerializedFileWriter::new(&mut out, schema, Arc::new(properties)).unwrap();
        for group in 0..2 {
            let numbers = group * ROWS..(group + 1) * ROWS;
            let mut rows = writer.next_row_group().unwrap();
            let mut next = 0;
            while let Some(mut column) = rows.next_column().unwrap() {
                let levels: Vec<i16> = numbers.clone().map(|n| i16::from(n % 7 != 0)).collect();
                match next {
                    0 => {
                        let ids: Vec<i64> = numbers.clone().map(|n| n as i64).collect();
                        column.typed::<Int64Type>().write_batch(&ids, None, None).unwrap();
                    }
                    1 => {
                        let texts: Vec<ByteArray> = numbers
                            .clone()
                            .filter(|n| n % 7 != 0)
                            .map(|n| format!("Row {} says so", n % 50).into_bytes().into())
                            .collect();
                        column
                            .typed::<ByteArrayType>()
                            .write_batch(&texts, Some(&levels), None)
                            .unwrap();
                    }
                    2 => {
                        column
                            .typed::<Int32Type>()
                            .write_batch(&[20_517; ROWS], None, None)
                            .unwrap();
                    }
                    3 => {
                        column
                            .typed::<ByteArrayType>()
                            .write_batch(&[], Some(&[0; ROWS]), Some(&[0; ROWS]))
                            .unwrap();
                    }
                    _ => {
                        column
                            .typed::<ByteArrayType>()
                            .write_batch(&[], Some(&[0; ROWS]), None)
                            .unwrap();
                    }
                }
                next += 1;
                column.close().unwrap();
            }
            rows.close().unwrap();
        }
        writer.close().unwrap();
        out
    }

    #[test]
    fn every_codec_gives_the_same_rows() {
        let codecs = [
            Compression::UNCOMPRESSED,
            Compression::SNAPPY,
            Compression::GZIP(Default::default()),
            Compression::ZSTD(Default::default()),
            Compression::LZ4,
            Compression::LZ4_RAW,
        ];
        for (codec, dictionary) in
            codecs.into_iter().flat_map(|codec| [(codec, true), (codec, false)])
        {
            let (articles, tally) =
                read_bytes("x", &file(codec, dictionary), &ReadOptions::default());
            assert_eq!(
                (tally.records, articles.len(), tally.is_incomplete()),
                (1400, 1200, false),
                "{codec}"
            );
            assert_eq!(tally.by_reason()[&Reason::TextNotString], 200);
            let article = &articles[600];
            assert_eq!(
                (article.id.as_deref(), article.date.as_deref()),
                (Some("701"), Some("2026-03-05"))
            );
            assert_eq!((article.text.as_str(), article.source.record), ("Row 1 says so", 702));
        }
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let sound = file(Compression::SNAPPY, true);
        let wrong = |field: &str| {
            let options = ReadOptions {
                fields: Fields { text: field.into(), ..Fields::default() },
                ..ReadOptions::default()
            };
            read_bytes("x.parquet", &sound, &options).1.troubles[0].message.clone()
        };
        assert!(wrong("body").contains("id, text, date, tags, blob"), "{}", wrong("body"));
        assert!(wrong("tags").contains("lists"));
        let packed = support::gzip(&sound);
        assert!(
            read_bytes("x.parquet.gz", &packed, &ReadOptions::default()).1.troubles[0]
                .message
                .contains("unpacked")
        );
        let options =
            ReadOptions { format: Some(retold::read::Format::Parquet), ..ReadOptions::default() };
        let stdin = [InputFile { path: None, name: "-".into() }];
        assert!(read(&stdin, &options, 1, |_| true).troubles[0].message.contains("pipe"));
    }

    #[test]
    fn damage_is_counted_and_never_a_panic() {
        let sound = file(Compression::SNAPPY, false);
        assert!(
            read_bytes("x.parquet", &sound[..sound.len() / 2], &ReadOptions::default())
                .1
                .is_incomplete()
        );
        // A page of the first row group: the second is read.
        let mut broken = sound.clone();
        let at = broken.windows(10).position(|w| w == b"Row 1 says").unwrap();
        broken[at - 40..at + 40].fill(0xFF);
        let (articles, tally) = read_bytes("x.parquet", &broken, &ReadOptions::default());
        assert!(
            articles.len() >= 600 && tally.is_incomplete() && tally.records == 1400,
            "{tally:?}"
        );
        let mut account = Tally::default();
        for at in (0..sound.len()).step_by(41) {
            let mut broken = sound.clone();
            broken[at] ^= 0x81;
            account.merge(read_bytes("x.parquet", &broken, &ReadOptions::default()).1);
        }
        assert!(account.articles > 0);
    }
}
