//! How files are packed, and known by their names and first bytes.

use super::{Account, limit};
use flate2::Compression;
use flate2::write::GzEncoder;
use retold::read::{ReadOptions, Reason};
use std::io::Write;

/// Names that say something of the format or the packing, or nothing.
const NAMES: [&str; 14] = [
    "-",
    "x",
    "x.gz",
    "x.txt",
    "x.html",
    "x.jsonl",
    "x.jsonl.gz",
    "x.csv",
    "x.csv.zst",
    "x.tsv",
    "x.parquet",
    "x.warc",
    "x.warc.gz",
    "x.arc",
];

/// A file whose name, limit and packing the first three bytes choose.
pub fn any(bytes: &[u8]) {
    let [name, max_article, packing, bytes @ ..] = bytes else { return };
    let name = NAMES[usize::from(*name) % NAMES.len()];
    let options = ReadOptions::default();
    let plain = Account::of(name, bytes, &options);

    let limited = ReadOptions { max_article: limit(*max_article), ..ReadOptions::default() };
    let short = Account::of(name, bytes, &limited);
    assert_eq!(short.tally.records, plain.tally.records);
    for article in &short.articles {
        match plain.articles.iter().find(|whole| whole.source == article.source) {
            Some(whole) => assert!(whole.text.starts_with(&article.text)),
            // What makes it no text stands behind the limit.
            None => assert!(plain.tally.by_reason().contains_key(&Reason::NotText)),
        }
    }

    let half = bytes.len() / 2;
    let (first, second) = bytes.split_at(half);
    let members = || [gzip(first, 6), gzip(second, 1)].concat();
    let packed = match packing % 8 {
        0 => gzip(bytes, 6),
        1 => gzip(bytes, 0),
        2 => members(),
        3 => zstd(bytes),
        4 => [zstd(first), zstd(second)].concat(),
        // Damage, of which only the account is asked.
        5 => {
            let mut packed = members();
            let at = usize::from(*packing >> 3) * packed.len() / 32;
            packed[at] ^= 1 << (packing >> 5);
            Account::of(name, &packed, &limited);
            return;
        }
        6 => {
            let packed = members();
            Account::of(name, &packed[..usize::from(*packing) * packed.len() / 256], &limited);
            return;
        }
        _ => return,
    };
    if !is_packed(name, bytes) {
        assert_eq!(Account::of(name, &packed, &options), plain);
    }
}

/// Whether bytes may be taken for packed ones as they are.
pub(super) fn is_packed(name: &str, bytes: &[u8]) -> bool {
    const GZIP: [u8; 3] = [0x1F, 0x8B, 8];
    bytes.starts_with(&GZIP[..2])
        || matches!(bytes, [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..])
        || (name.ends_with(".gz") && bytes.windows(3).any(|bytes| bytes == GZIP))
}

pub(super) fn gzip(bytes: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(level));
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory takes all")
}

pub(super) fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).expect("memory takes all")
}
