//! Bytes to articles, in batches, with backpressure.
//!
//! Plain reader threads open files, undo compression and cut them into raw records; full
//! [`Batch`]es go through a bounded channel to the caller, who decodes their records in parallel
//! (a thread of rayon's pool never waits for input). So memory holds a few batches, whatever the
//! size of the dump.
//!
//! A format is a file here with two functions: `split` finds the records in a stream, and `decode`
//! makes an article of one record. Crawl files (`warc`, `arc`) are cut by `records` through a
//! `window`, over `gzip`, which steps over damaged members; `http` undoes what a server did to a
//! page, and `page` takes its text out, by the seam [`html`]. Tables (`csv`, `parquet`) send rows of
//! the columns that matter (`row`).

mod arc;
mod batch;
mod csv;
mod fetch;
mod fields;
mod gzip;
mod head;
pub mod html;
mod http;
mod jsonl;
mod open;
mod page;
#[cfg(feature = "parquet")]
pub(crate) mod pages;
#[cfg(feature = "parquet")]
mod parquet;
mod peek;
mod reason;
mod records;
mod row;
mod tally;
mod text;
mod walk;
mod warc;
mod window;

pub(crate) use batch::Met;
pub use batch::{Batch, Decoded, RawRecord};
pub use fetch::fetch;
pub use fields::Fields;
pub(crate) use gzip::Gap;
pub(crate) use open::{Packing, open};
pub use reason::{MediaType, Reason, RecordKind};
pub use tally::{Has, Skip, Skipped, Tally, Trouble};
pub use walk::{InputFile, expand, paths_from};

use batch::Batcher;
use peek::{LOOK, Peek};
use std::io::{self, BufRead};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};

/// How the bytes of a file are to be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The whole file is one article.
    Text,
    /// The whole file is one page.
    Html,
    /// One JSON object a line.
    JsonLines,
    /// Rows of fields with commas between them, under a row of their names.
    Csv,
    /// The same with tabs.
    Tsv,
    /// Apache Parquet.
    Parquet,
    /// The records of a crawl: WARC, WET and ARC.
    Warc,
}

impl Format {
    /// Every format with its name.
    pub const NAMES: [(&'static str, Format); 7] = [
        ("text", Format::Text),
        ("html", Format::Html),
        ("jsonl", Format::JsonLines),
        ("csv", Format::Csv),
        ("tsv", Format::Tsv),
        ("parquet", Format::Parquet),
        ("warc", Format::Warc),
    ];
}

impl std::str::FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Format, String> {
        let found = Format::NAMES.iter().find(|(known, _)| *known == name);
        found.map(|(_, format)| *format).ok_or_else(|| {
            let known: Vec<_> = Format::NAMES.iter().map(|(known, _)| *known).collect();
            format!("no format {name:?}; there are {}", known.join(", "))
        })
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = Format::NAMES.iter().find(|(_, format)| format == self);
        f.write_str(name.map_or("", |(name, _)| name))
    }
}

/// What is read and how.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// Format of every file; `None`: found for each by its contents and name.
    pub format: Option<Format>,
    /// Names of the fields.
    pub fields: Fields,
    /// Longest text of an article in bytes; the rest of a longer one is left out, and counted.
    pub max_article: usize,
}

/// Longest text of an article if nothing else is said.
pub const MAX_ARTICLE: usize = 16 << 20;

impl Default for ReadOptions {
    fn default() -> Self {
        ReadOptions { format: None, fields: Fields::default(), max_article: MAX_ARTICLE }
    }
}

impl ReadOptions {
    /// Longest record in bytes: of a longer one in a crawl the rest is left out, any other is left
    /// out as a whole; both are counted. Four times an article leaves room for escapes and other
    /// fields. A limit below the default shortens articles, and loses none.
    fn max_record(&self) -> usize {
        self.max_body().saturating_mul(4)
    }

    /// Longest page in bytes, uncompressed; the rest of a longer one is left out, and counted.
    fn max_body(&self) -> usize {
        self.max_article.max(MAX_ARTICLE)
    }
}

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
                    let mut batcher = Batcher::new(sender, options);
                    while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                        if !batcher.closed() {
                            let stream = open::open_counted(file, batcher.file_bytes());
                            read_stream(file, stream, options, &mut batcher);
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

/// Reads bytes as a file of that name; otherwise as [`read`].
pub fn read_bytes(
    name: &str,
    bytes: Vec<u8>,
    options: &ReadOptions,
    mut consume: impl FnMut(Batch) -> bool,
) -> Tally {
    let file = InputFile { path: None, name: name.into() };
    std::thread::scope(|scope| {
        let (sender, batches) = sync_channel(WAITING_BATCHES);
        let reader = scope.spawn(move || {
            let mut batcher = Batcher::new(sender, options);
            read_stream(
                &file,
                open::undo(Box::new(io::Cursor::new(bytes)), name),
                options,
                &mut batcher,
            );
            batcher.finish()
        });
        for batch in &batches {
            if !consume(batch) {
                break;
            }
        }
        drop(batches);
        reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Reads one file, from the `stream` of its uncompressed bytes.
fn read_stream(
    file: &InputFile,
    stream: io::Result<Box<dyn BufRead>>,
    options: &ReadOptions,
    batcher: &mut Batcher,
) {
    let outcome = stream.and_then(|input| {
        let mut input = Peek::new(input, LOOK)?;
        let gap = input.gap();
        let format = options.format.unwrap_or_else(|| guess_format(&file.name, input.head()));
        batcher.start_file(&file.name, format);
        match (format, gap) {
            (Format::Warc, gap) => warc::split(&mut input, gap, batcher),
            (Format::Text, gap) => text::split(&mut input, gap, options.max_article, batcher),
            (Format::Html, gap) => text::split(&mut input, gap, options.max_body(), batcher),
            (Format::JsonLines, gap) => jsonl::split(&mut input, gap, batcher),
            // Of a table the header is lost, of the rest what cannot be done without.
            (_, Some(gap)) => {
                batcher.left_out(gap.left_out);
                Err(io::Error::new(io::ErrorKind::InvalidData, gap))
            }
            (Format::Csv, _) => csv::split(&mut input, None, &options.fields, batcher),
            (Format::Tsv, _) => csv::split(&mut input, Some(b'\t'), &options.fields, batcher),
            #[cfg(feature = "parquet")]
            (Format::Parquet, _) => parquet::split(file, &options.fields, batcher),
            #[cfg(not(feature = "parquet"))]
            (Format::Parquet, _) => Err(io::Error::other("built without the feature parquet")),
        }
    });
    if let Err(error) = outcome {
        batcher.trouble(&file.name, &error);
    }
}

/// How a file is understood by [`read`], and how it is packed.
///
/// # Errors
/// It cannot be opened, or its beginning not be read.
pub(crate) fn look(file: &InputFile, options: &ReadOptions) -> io::Result<(Format, Packing)> {
    let packing = open::packing(file)?;
    let format = match options.format {
        Some(format) => format,
        None => guess_format(&file.name, Peek::new(open(file)?, LOOK)?.head()),
    };
    Ok((format, packing))
}

/// Format by magic bytes, else by name, else by what the beginning looks like.
fn guess_format(name: &str, head: &[u8]) -> Format {
    if head.starts_with(warc::MAGIC) || head.starts_with(arc::MAGIC) {
        return Format::Warc;
    }
    if head.starts_with(b"PAR1") {
        return Format::Parquet;
    }
    let path = Path::new(name);
    let compressed = |e: &str| ["gz", "zst", "zstd"].iter().any(|c| e.eq_ignore_ascii_case(c));
    let inner = match extension(path) {
        Some(e) if compressed(e) => path.file_stem().map(Path::new).and_then(extension),
        other => other,
    };
    match inner.map(str::to_ascii_lowercase).as_deref() {
        Some("jsonl" | "ndjson" | "jsonlines" | "json") => Format::JsonLines,
        Some("txt" | "text" | "md") => Format::Text,
        Some("html" | "htm" | "xhtml") => Format::Html,
        Some("csv") => Format::Csv,
        Some("tsv" | "tab") => Format::Tsv,
        Some("parquet") => Format::Parquet,
        Some("warc" | "wet" | "arc") => Format::Warc,
        _ if jsonl::looks_like_json_lines(head) => Format::JsonLines,
        _ if page::looks_like_html(head) => Format::Html,
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
        assert_eq!(guess_format("a.txt", b"WARC/1.0\r\n"), Format::Warc);
        assert_eq!(guess_format("a.warc.wet.gz", b""), Format::Warc);
        assert_eq!(guess_format("a.txt", b"PAR1"), Format::Parquet);
        assert_eq!(guess_format("a.tsv.zst", b"x"), Format::Tsv);
        assert_eq!(guess_format("-", b"<!DOCTYPE html>"), Format::Html);
    }

    #[test]
    fn formats_go_by_name() {
        for (name, format) in Format::NAMES {
            assert_eq!((name.parse(), format.to_string()), (Ok(format), name.to_owned()));
        }
        let error = "xml".parse::<Format>().unwrap_err();
        assert!(error.contains("text, html, jsonl, csv, tsv, parquet, warc"), "{error}");
    }
}
