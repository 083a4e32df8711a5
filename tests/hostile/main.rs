//! Input that is made to harm: to fill the memory or the disk, to take for ever, to join what does not
//! belong together, to drive a terminal, or to write where nothing is to be written.
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

#[path = "../support/mod.rs"]
mod support;

mod bombs;
mod names;
mod nesting;
#[cfg(feature = "parquet")]
mod parquet;
mod paths;
mod seeds;
mod texts;

use support::cli::{Place, Run, line};
use support::news::text;

/// Address space in MiB that a run may take.
const ROOM: u32 = 640;

/// Seconds of one core that it may take: many times what it needs.
const SECONDS: u32 = 60;

/// Clusters a hostile file beside two copies, which are found, within bounds.
fn beside_copies(name: &str, bytes: impl AsRef<[u8]>, options: &[&str]) -> Run {
    let place = Place::new();
    place.write("sound.jsonl", line("a", &text(1, 9)) + &line("b", &text(1, 9)));
    place.write(name, bytes);
    let args = [&["cluster", "--threads", "2", "sound.jsonl", name], options].concat();
    let run = place.run_within(ROOM, SECONDS, &args);
    assert!([0, 3].contains(&run.code) && !run.err.contains("panic"), "{name}: {}", run.err);
    assert!(run.clusters().contains(&vec!["a".into(), "b".into()]), "{name}: {}", run.out);
    run.account();
    run
}
