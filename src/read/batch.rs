//! Raw records on their way from a reader thread to the workers.

use super::reason::Reason;
use super::tally::{Skip, Tally};
use super::{Format, ReadOptions, jsonl, page, row, text, warc};
use crate::article::{Article, Source};
use crate::system::is_out_of_files;
use crate::text::Words;
use std::cell::Cell;
use std::error::Error;
use std::io;
use std::iter::successors;
use std::ops::Range;
use std::rc::Rc;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex};

/// Bytes after which a batch is full. Large enough that handing it over costs nothing beside
/// reading it, small enough that a dozen of them do not matter.
const BATCH_BYTES: usize = 4 << 20;

/// Records after which a batch is full, however small they are.
const BATCH_RECORDS: usize = 8192;

/// A record as it stands in its file.
#[derive(Clone, Debug)]
pub struct RawRecord {
    source: Source,
    format: Format,
    range: Range<usize>,
    /// Whether bytes beyond the limit were left out.
    cut: bool,
}

impl RawRecord {
    /// Where it stands.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }
}

/// A record that was met, held or not, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Met {
    /// Its number in its file.
    pub(crate) number: u64,
    /// Its place in the uncompressed bytes of the file, its line end and the like included. What
    /// stands between two places is no record.
    pub(crate) place: Range<u64>,
    /// Whether it is a stretch of damage, of which nothing can be read.
    pub(crate) is_damaged: bool,
}

/// Records of about 4 MiB together (of more where a single one is larger).
#[derive(Debug, Default)]
pub struct Batch {
    /// The records, each a range of the bytes.
    pub records: Vec<RawRecord>,
    /// All that was met, in the order of the file; of files that are one article, and of Parquet,
    /// nothing.
    pub(crate) met: Vec<Met>,
    bytes: Vec<u8>,
    /// Bytes of files that were read for it, as they are packed.
    file_bytes: u64,
    /// Where its buffer goes when it is done with.
    spare: Spare,
}

/// Buffers of batches that were dropped, for the next ones: memory fresh from the system costs more
/// than to read into it.
type Spare = Arc<Mutex<Vec<Vec<u8>>>>;

impl Drop for Batch {
    fn drop(&mut self) {
        // A buffer that a large record made grow is given back to the system.
        if (1..=2 * BATCH_BYTES).contains(&self.bytes.capacity())
            && let Ok(mut spare) = self.spare.lock()
        {
            self.bytes.clear();
            spare.push(std::mem::take(&mut self.bytes));
        }
    }
}

/// An article, and what had to be done to read it.
#[derive(Debug)]
pub struct Decoded {
    /// The article.
    pub article: Article,
    /// Whether bytes that are not UTF-8 were replaced by U+FFFD.
    pub replaced: bool,
    /// Whether its text was cut at the limit.
    pub cut: bool,
}

impl Batch {
    /// The article in `record`, one of this batch's.
    ///
    /// # Errors
    /// Why the record holds no article.
    pub fn decode(&self, record: &RawRecord, options: &ReadOptions) -> Result<Decoded, Skip> {
        let bytes = &self.bytes[record.range.clone()];
        let decoded = match record.format {
            Format::Text => text::decode(bytes, record.source.clone()),
            Format::Html => page::decode(bytes, record.source.clone()),
            Format::JsonLines => jsonl::decode(bytes, record.source.clone(), &options.fields),
            Format::Csv | Format::Tsv | Format::Parquet => {
                row::decode(bytes, record.source.clone(), &options.fields)
            }
            Format::Warc => warc::decode(bytes, record.source.clone(), options.max_body()),
        };
        decoded
            .map(|mut decoded| {
                let cut = cut_text(&mut decoded.article.text, options.max_article);
                Decoded { cut: cut || decoded.cut || record.cut, ..decoded }
            })
            .map_err(|(reason, detail)| Skip { source: record.source.clone(), reason, detail })
            .and_then(|decoded| {
                let found = has_words(&decoded.article.text);
                if found { Ok(decoded) } else { Err(Skip::without_words(record.source.clone())) }
            })
    }

    /// Bytes of the files, as they are packed, that its reader went through for it.
    #[must_use]
    pub fn file_bytes(&self) -> u64 {
        self.file_bytes
    }
}

/// Whether there is a word in a text. Cost: of nearly all texts the first few bytes.
fn has_words(text: &str) -> bool {
    /// Bytes of a text without ASCII letters that are looked at before it is read as a whole.
    const BEGINNING: usize = 256;
    let is_word = |text: &str| !Words::of(text).words.is_empty();
    text.bytes().any(|b| b.is_ascii_alphanumeric())
        || is_word(&text[..text.floor_char_boundary(BEGINNING)])
        || is_word(text)
}

/// Leaves no more than `max` bytes of a text; whether there were more.
fn cut_text(text: &mut String, max: usize) -> bool {
    let cut = text.len() > max;
    text.truncate(text.floor_char_boundary(max));
    cut
}

/// A reader thread's end of the channel: gathers records into batches.
pub(super) struct Batcher {
    sender: SyncSender<Batch>,
    batch: Batch,
    tally: Tally,
    path: Arc<str>,
    format: Format,
    /// Bytes of files that were read since the last batch was sent.
    file_bytes: Rc<Cell<u64>>,
    /// Records of the file so far.
    records: u64,
    /// Bytes of the file that were taken, and those of them before what is met next.
    taken: u64,
    passed: u64,
    closed: bool,
    max_record: usize,
}

impl Batcher {
    pub(super) fn new(sender: SyncSender<Batch>, options: &ReadOptions) -> Batcher {
        Batcher {
            sender,
            batch: Batch::default(),
            tally: Tally::default(),
            path: "".into(),
            format: Format::Text,
            file_bytes: Rc::default(),
            records: 0,
            taken: 0,
            passed: 0,
            closed: false,
            max_record: options.max_record(),
        }
    }

    /// Where bytes of files are counted as they are read.
    pub(super) fn file_bytes(&self) -> Rc<Cell<u64>> {
        Rc::clone(&self.file_bytes)
    }

    /// Longest record in bytes that is kept.
    pub(super) fn max_record(&self) -> usize {
        self.max_record
    }

    /// Whether nobody takes batches any more.
    pub(super) fn closed(&self) -> bool {
        self.closed
    }

    pub(super) fn start_file(&mut self, path: &Arc<str>, format: Format) {
        self.end_file();
        self.path = Arc::clone(path);
        self.format = format;
        (self.taken, self.passed) = (0, 0);
    }

    /// Notes that so many uncompressed bytes of the file were taken by now.
    pub(super) fn reach(&mut self, taken: u64) {
        self.taken = taken;
    }

    /// Notes that what was taken since the last record is none.
    pub(super) fn pass(&mut self) {
        self.passed = self.taken;
    }

    /// Notes what was taken since the last record as one.
    fn meet(&mut self, number: u64, is_damaged: bool) {
        if self.passed < self.taken || is_damaged {
            self.batch.met.push(Met { number, place: self.passed..self.taken, is_damaged });
            self.passed = self.taken;
        }
        // Bytes of a record that has only begun stay with it.
        if self.batch.met.len() >= BATCH_RECORDS && self.pending() == 0 {
            self.send();
        }
    }

    /// Counts the records of the file, where they have fields.
    fn end_file(&mut self) {
        use Format::{Csv, JsonLines, Parquet, Tsv};
        let records = std::mem::take(&mut self.records);
        if records > 0 && matches!(self.format, JsonLines | Csv | Tsv | Parquet) {
            self.tally.add_fielded(&self.path, records);
        }
    }

    /// Buffer to append the next record's bytes to; `record` then says how they are to be read.
    pub(super) fn bytes(&mut self) -> &mut Vec<u8> {
        if self.batch.bytes.capacity() == 0 {
            let spare = self.batch.spare.lock().ok().and_then(|mut spare| spare.pop());
            // To grow by doubling would copy each byte once more.
            let fresh = || Vec::with_capacity(BATCH_BYTES + BATCH_BYTES / 8);
            self.batch.bytes = spare.unwrap_or_else(fresh);
        }
        &mut self.batch.bytes
    }

    /// Bytes appended since the last record ended.
    pub(super) fn pending(&self) -> usize {
        self.batch.bytes.len() - self.record_start()
    }

    fn record_start(&self) -> usize {
        self.batch.records.last().map_or(0, |last| last.range.end)
    }

    /// Drops the bytes appended since the last record ended.
    pub(super) fn discard(&mut self) {
        let start = self.record_start();
        self.batch.bytes.truncate(start);
    }

    /// Ends a record: it consists of all bytes appended since the one before.
    pub(super) fn record(&mut self, number: u64, cut: bool) {
        self.records += 1;
        let range = self.record_start()..self.batch.bytes.len();
        let source = Source { path: Arc::clone(&self.path), record: number };
        self.batch.records.push(RawRecord { source, format: self.format, range, cut });
        self.meet(number, false);
        if self.batch.bytes.len() >= BATCH_BYTES || self.batch.records.len() >= BATCH_RECORDS {
            self.send();
        }
    }

    /// Counts a record that was left out while splitting.
    pub(super) fn skip(&mut self, number: u64, reason: Reason, detail: String) {
        let source = Source { path: Arc::clone(&self.path), record: number };
        self.records += 1;
        self.meet(number, reason == Reason::Damaged);
        self.tally.skip(Skip { source, reason, detail });
    }

    /// Counts `count` records from `number` on that were left out for one reason.
    #[cfg(feature = "parquet")]
    pub(super) fn skip_many(&mut self, number: u64, count: u64, reason: Reason, detail: String) {
        let source = Source { path: Arc::clone(&self.path), record: number };
        self.records = self.records.saturating_add(count);
        self.tally.skip_many(Skip { source, reason, detail }, count);
    }

    /// Counts a damaged record of which so many bytes were passed over: of the stream, and
    /// compressed ones that gave none.
    pub(super) fn lost(&mut self, number: u64, bytes: u64, compressed: u64) {
        let detail = match (bytes, compressed) {
            (_, 0) => format!("{bytes} bytes left out"),
            (0, _) => format!("{compressed} compressed bytes left out"),
            _ => format!("{bytes} bytes left out, with {compressed} compressed ones"),
        };
        self.left_out(bytes + compressed);
        self.skip(number, Reason::Damaged, detail);
    }

    /// Counts bytes that were passed over around damage.
    pub(super) fn left_out(&mut self, bytes: u64) {
        self.tally.left_out += bytes;
    }

    /// Notes whether it is the system, and not what a file holds, that keeps it from being read.
    pub(super) fn refused(&mut self, error: &(dyn Error + 'static)) {
        let chain = successors(Some(error), |&error| error.source());
        let mut found = chain.filter_map(|error| error.downcast_ref::<io::Error>());
        if let Some(error) = found.find(|error| error.raw_os_error().is_some()) {
            self.tally.is_refused = true;
            self.tally.out_of_files |= is_out_of_files(error);
        }
    }

    /// Notes that a file could not be read, or not to its end.
    pub(super) fn trouble(&mut self, path: &Arc<str>, error: &io::Error) {
        self.refused(error);
        self.tally.trouble(Arc::clone(path), error.to_string());
    }

    fn send(&mut self) {
        let spare = Arc::clone(&self.batch.spare);
        self.batch.file_bytes = self.file_bytes.take();
        let next =
            Batch { records: Vec::new(), met: Vec::new(), bytes: Vec::new(), file_bytes: 0, spare };
        let full = std::mem::replace(&mut self.batch, next);
        // The receiver is gone when the caller stopped early: nothing is left to do then.
        self.closed |= self.sender.send(full).is_err();
    }

    /// Sends the last batch; what was counted on the way.
    pub(super) fn finish(mut self) -> Tally {
        if !self.batch.records.is_empty() || !self.batch.met.is_empty() {
            self.send();
        }
        self.end_file();
        self.tally
    }
}
