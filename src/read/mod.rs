//! Bytes to articles, in batches, with backpressure.
//!
//! Plain reader threads open files, undo compression and cut them into raw records; full
//! [`Batch`]es go through a bounded channel to the caller, who decodes their records in parallel
//! (a thread of rayon's pool never waits for input). So memory holds a few batches, whatever the
//! size of the dump.
//!
//! A format is a file here with two functions: `split` finds the records in a stream, and `decode`
//! makes an article of one record.

mod batch;
mod jsonl;
mod open;
mod tally;
mod text;
mod walk;

pub use batch::{Batch, Decoded, RawRecord};
pub use tally::{Reason, Skip, Skipped, Tally, Trouble};
pub use walk::{InputFile, expand, paths_from};

use batch::Batcher;
use std::io::BufRead;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};

/// How the bytes of a file are to be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The whole file is one article.
    Text,
    /// One JSON object a line.
    JsonLines,
}

/// Names of the fields of a record that hold the parts of an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields {
    /// Field of the text.
    pub text: String,
    /// Field of the identifier.
    pub id: String,
    /// Field of the headline.
    pub title: String,
    /// Field of the address.
    pub url: String,
    /// Field of the date of publication.
    pub date: String,
}

impl Default for Fields {
    fn default() -> Self {
        let [text, id, title, url, date] =
            ["text", "id", "title", "url", "date"].map(str::to_owned);
        Fields { text, id, title, url, date }
    }
}

/// What is read and how.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// Format of every file; `None`: found for each by its contents and name.
    pub format: Option<Format>,
    /// Names of the fields.
    pub fields: Fields,
}

/// Longest text of an article in bytes; the rest of a longer one is left out, and counted.
pub const MAX_ARTICLE: usize = 16 << 20;

/// Longest record in bytes: a longer one is left out, and counted. Four times an article leaves
/// room for escapes and other fields.
pub const MAX_RECORD: usize = 4 * MAX_ARTICLE;

/// Batches that wait between readers and the caller: enough that neither waits for the other in
/// turn, few enough not to matter in memory.
const WAITING_BATCHES: usize = 4;

/// Reads `files` with `readers` threads and hands every batch to `consume`, on the calling thread,
/// in no particular order. What went wrong on the way is in the tally; nothing is fatal.
///
/// `consume` returns `false` to stop early. Memory: a few batches (see [`Batch`]).
pub fn read(
    files: &[InputFile],
    options: &ReadOptions,
    readers: usize,
    mut consume: impl FnMut(Batch) -> bool,
) -> Tally {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let (sender, batches) = sync_channel(WAITING_BATCHES);
        let readers: Vec<_> = (0..readers.clamp(1, files.len().max(1)))
            .map(|_| {
                let (next, sender) = (&next, sender.clone());
                scope.spawn(move || {
                    let mut batcher = Batcher::new(sender);
                    while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                        if !batcher.closed() {
                            read_file(file, options, &mut batcher);
                        }
                    }
                    batcher.finish()
                })
            })
            .collect();
        drop(sender);
        let batches: Receiver<Batch> = batches;
        for batch in &batches {
            if !consume(batch) {
                break;
            }
        }
        drop(batches);
        let mut tally = Tally::default();
        for reader in readers {
            match reader.join() {
                Ok(one) => tally.merge(one),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        tally
    })
}

fn read_file(file: &InputFile, options: &ReadOptions, batcher: &mut Batcher) {
    let outcome = open::open(file).and_then(|mut input| {
        let head = input.fill_buf()?;
        let format = options.format.unwrap_or_else(|| guess_format(&file.name, head));
        batcher.start_file(&file.name, format);
        match format {
            Format::Text => text::split(&mut input, batcher),
            Format::JsonLines => jsonl::split(&mut input, batcher),
        }
    });
    if let Err(error) = outcome {
        batcher.trouble(&file.name, &error);
    }
}

/// Format by name, or, where that says nothing, by whether the beginning looks like a line of JSON.
fn guess_format(name: &str, head: &[u8]) -> Format {
    let path = Path::new(name);
    let compressed = |e: &str| ["gz", "zst", "zstd"].iter().any(|c| e.eq_ignore_ascii_case(c));
    let inner = match extension(path) {
        Some(e) if compressed(e) => path.file_stem().map(Path::new).and_then(extension),
        other => other,
    };
    match inner.map(str::to_ascii_lowercase).as_deref() {
        Some("jsonl" | "ndjson" | "jsonlines" | "json") => Format::JsonLines,
        Some("txt" | "text" | "md") => Format::Text,
        _ if jsonl::looks_like_json_lines(head) => Format::JsonLines,
        _ => Format::Text,
    }
}

fn extension(path: &Path) -> Option<&str> {
    path.extension().and_then(|e| e.to_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_decide_and_contents_help_out() {
        assert_eq!(guess_format("a/b.jsonl.gz", b"x"), Format::JsonLines);
        assert_eq!(guess_format("a/b.TXT", b"{\"text\": 1}\n"), Format::Text);
        assert_eq!(guess_format("-", b" {\"text\": \"x\"}\n{"), Format::JsonLines);
        assert_eq!(guess_format("a.b/news", b"{ braces\nare not JSON"), Format::Text);
    }
}
