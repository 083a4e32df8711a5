//! Crawl files, and the responses in them.

use super::Account;
use retold::read::{ReadOptions, Tally, read_bytes};

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

/// Reads bytes once, since pages take long.
fn whole_account(name: &str, bytes: &[u8]) -> Tally {
    let options = ReadOptions::default();
    let Account { tally, .. } =
        Account::whole(&options, |take| read_bytes(name, bytes.to_vec(), &options, take));
    // Whatever has bytes has a record, or says why not.
    assert!(tally.records > 0 || tally.is_incomplete() || bytes.len() < 2000);
    tally
}
