//! What the tests of reading share; those of the program are in `cli`, `news` and `stories`.
#![allow(dead_code, unreachable_pub, reason = "each test file uses a part")]

pub mod browser;
pub mod cli;
pub mod dump;
pub mod hostile;
pub mod news;
pub mod stories;

use retold::article::Article;
use retold::read::{InputFile, ReadOptions, Tally, read};
use std::io::Write;
use std::path::Path;
#[cfg(feature = "parquet")]
use std::sync::Arc;

/// Says that a test is left out, past what keeps the output of tests that end well.
pub fn skipped(why: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
}

/// The articles of a file in order of their records, and the account.
pub fn read_file(path: &Path, options: &ReadOptions) -> (Vec<Article>, Tally) {
    let name = path.file_name().unwrap().to_string_lossy().as_ref().into();
    let files = [InputFile { path: Some(path.to_owned()), name }];
    let (mut articles, mut decoding) = (Vec::new(), Tally::default());
    let mut tally = read(&files, options, 1, |batch| {
        for record in &batch.records {
            match batch.decode(record, options) {
                Ok(decoded) => {
                    decoding.article(decoded.replaced, decoded.cut);
                    articles.push(decoded.article);
                }
                Err(skip) => decoding.skip(skip),
            }
        }
        true
    });
    tally.merge(decoding);
    articles.sort_by(|a, b| a.source.cmp(&b.source));
    assert_eq!(tally.articles, articles.len() as u64);
    assert_eq!(tally.records, tally.articles + tally.total_skipped());
    (articles, tally)
}

/// The same of bytes, as a file of that name.
pub fn read_bytes(name: &str, bytes: &[u8], options: &ReadOptions) -> (Vec<Article>, Tally) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    read_file(&path, options)
}

/// One gzip member.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A Parquet file with columns of text, and a row group for each of these lists of rows.
#[cfg(feature = "parquet")]
pub fn parquet<const N: usize>(names: [&str; N], groups: &[Vec<[String; N]>]) -> Vec<u8> {
    use parquet::data_type::{ByteArray, ByteArrayType};
    let columns = names.map(|name| format!("required binary {name} (UTF8);")).concat();
    let schema = format!("message articles {{ {columns} }}");
    let schema = parquet::schema::parser::parse_message_type(&schema).unwrap();
    let writer = parquet::file::writer::SerializedFileWriter::new;
    let mut writer = writer(Vec::new(), schema.into(), Arc::default()).unwrap();
    for rows in groups {
        let mut group = writer.next_row_group().unwrap();
        for column in 0..N {
            let values: Vec<_> = rows.iter().map(|row| ByteArray::from(&*row[column])).collect();
            let mut column = group.next_column().unwrap().unwrap();
            column.typed::<ByteArrayType>().write_batch(&values, None, None).unwrap();
            column.close().unwrap();
        }
        group.close().unwrap();
    }
    writer.into_inner().unwrap()
}

/// A WARC record of this type, with these further head lines.
pub fn warc(kind: &str, lines: &str, block: &[u8]) -> Vec<u8> {
    let length = block.len();
    let head = format!("WARC/1.1\r\nWARC-Type: {kind}\r\n{lines}Content-Length: {length}\r\n\r\n");
    [head.as_bytes(), block, b"\r\n\r\n"].concat()
}

/// A page of a text that is long enough to be an article.
pub fn html(words: &str) -> String {
    let paragraph = format!("<p>{words}, and the mayor said on the steps of the town hall that the work went on all the same, as it had for weeks.</p>").repeat(3);
    format!(
        "<!doctype html><html><head><title>{words}</title></head><body><article><h1>{words}</h1>{paragraph}</article></body></html>"
    )
}

/// A response record of one page, with its HTTP head.
pub fn response(number: usize, http: &str, body: &[u8]) -> Vec<u8> {
    let lines = format!(
        "WARC-Record-ID: <urn:uuid:{number}>\r\nWARC-Target-URI: http://paper.example/{number}\r\nWARC-Date: 2026-03-0{}T08:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n",
        number % 9 + 1
    );
    let block = [format!("HTTP/1.1 200 OK\r\n{http}\r\n").as_bytes(), body].concat();
    warc("response", &lines, &block)
}

/// A response record of a page that begins with the number in words.
pub fn page(number: usize) -> Vec<u8> {
    let body = html(&format!("Ferry {number} was late again"));
    response(number, "Content-Type: text/html; charset=utf-8\r\n", body.as_bytes())
}
