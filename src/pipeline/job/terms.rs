//! What a run has to be the same in as the one that it goes on with.

use crate::config::Config;
use crate::hash::hash64;
use crate::read::InputFile;
use serde::{Deserialize, Serialize};
use std::io;
use std::ops::Range;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// The terms of a job.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Terms {
    /// Version of this crate, and what it was built with: another may decide otherwise.
    version: String,
    /// Name and value of each option that decides the result.
    options: Vec<(String, String)>,
    files: Vec<FileState>,
}

/// A file as it was when the job began.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct FileState {
    name: Arc<str>,
    /// Bytes, and nanoseconds from 1970 to its last change; `None` where that cannot be told.
    bytes: Option<u64>,
    changed: Option<i64>,
}

/// Bytes of files, as they are packed, that are saved together at least: what is read again is not
/// much more.
const PART_BYTES: u64 = 256 << 20;

/// Files that are saved together at least, so that all readers find enough to do.
const PART_FILES: usize = 8;

impl Terms {
    pub(super) fn of(files: &[InputFile], config: &Config) -> io::Result<Terms> {
        let pairs = seal_of(&config.judged_pairs)?;
        let fields = &config.read.fields;
        let no_limit = || "no limit".to_owned();
        let options = [
            ("--format", config.read.format.map_or("by contents".to_owned(), |of| of.to_string())),
            ("--max-article", config.read.max_article.to_string()),
            ("--text-field", fields.text.clone()),
            ("--id-field", fields.id.clone()),
            ("--title-field", fields.title.clone()),
            ("--url-field", fields.url.clone()),
            ("--date-field", fields.date.clone()),
            ("--match", config.level.name().to_owned()),
            ("--near-threshold", config.near_threshold.to_string()),
            ("--story-threshold", config.story_threshold.to_string()),
            ("--window", config.window_days.map_or_else(no_limit, |days| days.to_string())),
            ("the hash of the labelled pairs", format!("{pairs:x}")),
        ];
        let parquet = if cfg!(feature = "parquet") { "" } else { " without Parquet" };
        Ok(Terms {
            version: format!("{}{parquet}", env!("CARGO_PKG_VERSION")),
            options: options.map(|(name, value)| (name.to_owned(), value)).into(),
            files: files.iter().map(FileState::of).collect(),
        })
    }

    /// 128 bits that tell these terms from all others.
    pub(super) fn seal(&self) -> io::Result<u128> {
        seal_of(self)
    }

    /// What is not as it was, in words.
    pub(super) fn change_from(&self, before: &Terms) -> Option<String> {
        if self.version != before.version {
            return Some(format!("it was begun by retold {}", before.version));
        }
        for ((name, now), (_, then)) in self.options.iter().zip(&before.options) {
            if now != then {
                return Some(format!("{name} was {then} and is {now}"));
            }
        }
        for (now, then) in self.files.iter().zip(&before.files) {
            // Files come in the order of their names.
            if now.name < then.name {
                return Some(format!("the input {} was not there", now.name));
            }
            if now.name > then.name {
                return Some(format!("the input {} is gone", then.name));
            }
            if now != then {
                return Some(format!("the input {} was changed", now.name));
            }
        }
        let [now, then] = [self, before].map(|terms| terms.files.len());
        (now != then).then(|| format!("there were {then} input files and are {now}"))
    }

    /// Files that are read and saved together, in order.
    pub(super) fn parts(&self) -> Vec<Range<usize>> {
        let (mut parts, mut start, mut bytes) = (Vec::new(), 0, 0);
        for (end, file) in (1..).zip(&self.files) {
            bytes += file.bytes.unwrap_or(0);
            let is_enough = bytes >= PART_BYTES && end - start >= PART_FILES;
            if is_enough || end == self.files.len() {
                parts.push(start..end);
                (start, bytes) = (end, 0);
            }
        }
        parts
    }
}

impl FileState {
    fn of(file: &InputFile) -> FileState {
        let metadata = file.path.as_ref().and_then(|path| std::fs::metadata(path).ok());
        FileState {
            name: Arc::clone(&file.name),
            bytes: metadata.as_ref().map(|of| of.len()),
            changed: metadata.and_then(|of| of.modified().ok()).map(nanoseconds),
        }
    }
}

/// From 1970 to a time, or back to it.
fn nanoseconds(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => after.as_nanos() as i64,
        Err(before) => -(before.duration().as_nanos() as i64),
    }
}

/// 128 bits that tell a value from all others.
fn seal_of(value: &impl Serialize) -> io::Result<u128> {
    let json = serde_json::to_vec(value)?;
    Ok(u128::from(hash64(&json, 1)) << 64 | u128::from(hash64(&json, 0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(files: &[(&str, u64, i64)]) -> Terms {
        let state = |&(name, bytes, changed): &(&str, u64, i64)| FileState {
            name: name.into(),
            bytes: Some(bytes),
            changed: Some(changed),
        };
        let files = files.iter().map(state).collect();
        Terms { files, ..Terms::of(&[], &Config::default()).unwrap() }
    }

    #[test]
    fn what_was_changed_is_named() {
        let before = terms(&[("a", 1, 7), ("c", 2, -7)]);
        for (now, change) in [
            (&[("a", 1, 7), ("c", 2, -7)][..], None),
            (&[("a", 1, 7), ("c", 2, 7)], Some("the input c was changed")),
            (&[("a", 2, 7), ("c", 2, -7)], Some("the input a was changed")),
            (&[("a", 1, 7), ("b", 1, 7), ("c", 2, -7)], Some("the input b was not there")),
            (&[("c", 2, -7)], Some("the input a is gone")),
            (&[("a", 1, 7)], Some("there were 2 input files and are 1")),
        ] {
            let now = terms(now);
            assert_eq!(now.change_from(&before).as_deref(), change);
            assert_eq!(now.seal().unwrap() == before.seal().unwrap(), change.is_none());
        }
    }

    #[test]
    fn parts_have_enough_bytes_and_files() {
        let sizes = |sizes: &[u64]| {
            let files: Vec<_> = sizes.iter().map(|&size| ("x", size, 0)).collect();
            terms(&files).parts()
        };
        assert_eq!(sizes(&[]), []);
        let both = 0..2;
        assert_eq!(sizes(&[1, 2]), [both]);
        assert_eq!(sizes(&[PART_BYTES; 20]), [0..8, 8..16, 16..20]);
        let mut small = [1; 30];
        small[10] = PART_BYTES;
        assert_eq!(sizes(&small), [0..11, 11..30]);
    }
}
