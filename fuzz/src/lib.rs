//! What the fuzz targets do; `tests/corpus.rs` does it with the files of `corpus`.

use retold::read::{ReadOptions, Tally, html, read_bytes};

/// A WARC file, packed or not.
pub fn warc(bytes: &[u8]) {
    whole_account("x.warc", bytes);
}

/// An ARC file, packed or not.
pub fn arc(bytes: &[u8]) {
    whole_account("x.arc", bytes);
}

/// An HTTP body in chunks, then in the encoding that the first byte chooses.
pub fn chunked(bytes: &[u8]) {
    let Some((choice, body)) = bytes.split_first() else { return };
    let encoding =
        ["identity", "gzip", "deflate", "br", "zstd", "br, gzip"][usize::from(choice % 6)];
    let chunks = if choice & 0x80 == 0 { "Transfer-Encoding: chunked\r\n" } else { "" };
    let http = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n{chunks}Content-Encoding: {encoding}\r\n\r\n"
    );
    let length = http.len() + body.len();
    let head = format!(
        "WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http\r\nContent-Length: {length}\r\n\r\n"
    );
    let record = [head.as_bytes(), http.as_bytes(), body].concat();
    let tally = whole_account("x.warc", &record);
    assert_eq!(tally.records, 1);
}

/// The bytes of a page.
pub fn html(bytes: &[u8]) {
    let (text, _) = html::charset::decode(bytes, None);
    if let Err(error) = html::main_text(&text) {
        panic!("{error}");
    }
}

/// Reads bytes as a file of that name, and checks that every record is accounted for.
fn whole_account(name: &str, bytes: &[u8]) -> Tally {
    let options = ReadOptions::default();
    let mut decoding = Tally::default();
    let mut tally = read_bytes(name, bytes.to_vec(), &options, |batch| {
        for record in &batch.records {
            match batch.decode(record, &options) {
                Ok(decoded) => {
                    assert!(decoded.article.text.len() <= options.max_article);
                    decoding.article(decoded.replaced, decoded.cut);
                }
                Err(skip) => decoding.skip(skip),
            }
        }
        true
    });
    tally.merge(decoding);
    assert_eq!(tally.records, tally.articles + tally.total_skipped());
    // Whatever has bytes has a record, or says why not.
    assert!(tally.records > 0 || tally.is_incomplete() || bytes.len() < 2000);
    tally
}
