#![no_main]

libfuzzer_sys::fuzz_target!(
    // The crate `parquet` panics on some damaged files, which is caught: a panic is no end by itself.
    init: drop(std::panic::take_hook()),
    |bytes: &[u8]| retold_fuzz::dedup(bytes)
);
