//! Parquet.

use super::{Account, limit};
use retold::read::{InputFile, ReadOptions};

/// A Parquet file, with a limit that the first byte chooses.
pub fn parquet(bytes: &[u8]) {
    let Some((choice, bytes)) = bytes.split_first() else { return };
    let options = ReadOptions { max_article: limit(*choice), ..ReadOptions::default() };
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let path = folder.path().join("x");
    std::fs::write(&path, bytes).expect("a file can be written");
    let file = InputFile { path: Some(path), name: "x.parquet".into() };
    let once = Account::of_file(&file, &options);
    assert_eq!(once, Account::of_file(&file, &options));
    // What has no record says why.
    assert!(once.tally.records > 0 || once.tally.is_incomplete() || bytes.len() < 2000);
}
