//! A file without some of its articles.

use super::Account;
use super::packing::{gzip, is_packed, zstd};
use retold::article::Article;
use retold::dedup::write;
use retold::read::{Format, InputFile, ReadOptions};
use std::path::Path;

const NAMES: [(&str, Format); 7] = [
    ("x.jsonl", Format::JsonLines),
    ("x.csv", Format::Csv),
    ("x.tsv", Format::Tsv),
    ("x.warc", Format::Warc),
    ("x.arc", Format::Warc),
    ("x.txt", Format::Text),
    ("x.parquet", Format::Parquet),
];

/// A file whose name and packing the first byte chooses, without the articles that the second does.
///
/// The format is said, as by `--format`: the first record may have hidden that the second looks like
/// the beginning of another one.
pub fn dedup(bytes: &[u8]) {
    let [choice, removed, bytes @ ..] = bytes else { return };
    let (name, format) = NAMES[usize::from(choice & 15) % NAMES.len()];
    let packed = match choice >> 4 {
        0..=8 => bytes.to_vec(),
        9..=12 => gzip(bytes, 6),
        _ => zstd(bytes),
    };
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let [from, to] = ["from", "to"].map(|path| folder.path().join(path));
    std::fs::write(&from, &packed).expect("a file can be written");

    let options = ReadOptions { format: Some(format), ..ReadOptions::default() };
    let articles = |path: &Path| {
        let file = InputFile { path: Some(path.to_owned()), name: name.into() };
        Account::of_file(&file, &options).articles
    };
    let (gone, kept): (Vec<_>, Vec<_>) =
        articles(&from).into_iter().zip(0..).partition(|(_, at)| removed >> (at % 8) & 1 == 1);
    let numbers: Vec<u64> = gone.iter().map(|(article, _)| article.source.record).collect();

    let file = InputFile { path: Some(from), name: name.into() };
    let copied = write(&file, &options, &numbers, &to, &|_| ()).expect("nobody changed it");
    if copied.is_whole {
        // Only such a file may be unable to lose what is to be removed.
        assert!(numbers.is_empty() || format == Format::Parquet);
        assert!(std::fs::read(&to).is_ok_and(|written| written == packed));
        return;
    }
    assert_eq!(copied.removed, numbers.len() as u64);
    let written = std::fs::read(&to).unwrap_or_default();
    // Of the packing nothing can be said.
    if is_packed(name, bytes) != is_packed(name, &written) && choice >> 4 <= 8 {
        return;
    }
    let left = if to.exists() { articles(&to) } else { Vec::new() };
    // Records are counted anew.
    let unnumbered = |mut article: Article| {
        article.source.record = 0;
        article
    };
    let kept: Vec<_> = kept.into_iter().map(|(article, _)| unnumbered(article)).collect();
    assert_eq!(left.into_iter().map(unnumbered).collect::<Vec<_>>(), kept);
}
