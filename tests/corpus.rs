//! The corpus of the fuzz targets as a plain test.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may fail anywhere, and say so"
)]

#[path = "../fuzz/src/lib.rs"]
#[allow(unreachable_pub, reason = "a library of its own, for the fuzzer")]
mod targets;

use std::collections::BTreeSet;
use std::path::Path;

fn run(name: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let mut count = 0;
    for file in std::fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        println!("{}", path.display());
        target(&std::fs::read(path).unwrap());
        count += 1;
    }
    assert!(count > 0, "{}", folder.display());
}

macro_rules! targets {
    ($($(#[$given:meta])? $name:ident)*) => {
        const TARGETS: &[&str] = &[$(stringify!($name)),*];
        $(
        $(#[$given])?
        #[test]
        fn $name() {
            run(stringify!($name), targets::$name);
        }
        )*
    };
}

targets! {
    any
    arc
    charset
    checkpoint
    chunked
    csv
    dates
    dedup
    html
    jsonl
    labels
    normalise
    #[cfg(feature = "parquet")]
    parquet
    text
    tokens
    warc
}

/// None is forgotten here, and none has an empty folder.
#[test]
fn every_target_is_here() {
    let names = |folder: &str| -> BTreeSet<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(folder);
        let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        paths.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
    };
    let here: BTreeSet<String> = TARGETS.iter().map(|&name| name.to_owned()).collect();
    assert_eq!(here, names("fuzz_targets"));
    assert_eq!(here, names("corpus"));
}
