//! The corpus of the fuzz targets as a plain test.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may fail anywhere, and say so"
)]

#[path = "../fuzz/src/lib.rs"]
#[allow(unreachable_pub, reason = "a library of its own, for the fuzzer")]
mod targets;

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
    ($($(#[$given:meta])? $name:ident)*) => {$(
        $(#[$given])?
        #[test]
        fn $name() {
            run(stringify!($name), targets::$name);
        }
    )*};
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
