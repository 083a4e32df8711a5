//! A row of a table: the fields that matter, packed for the way from the reader to a worker.

use super::Fields;
use super::batch::{Batcher, Decoded};
use super::reason::Reason;
use super::text::lossy;
use crate::article::{Article, Source};
use std::borrow::Cow;
use std::io;

/// Fields of a row: text, id, title, url, date.
pub(super) const FIELDS: usize = 5;

/// Where a table has each field, by number of the column.
pub(super) type Columns = [Option<usize>; FIELDS];

/// Length that stands for a field that is not there.
const NONE: u32 = u32::MAX;

/// The columns that `fields` name.
///
/// # Errors
/// There is no column of the text's name; which there are.
pub(super) fn columns<'a>(
    names: impl Iterator<Item = &'a str> + Clone,
    fields: &Fields,
) -> io::Result<Columns> {
    let wanted = [&fields.text, &fields.id, &fields.title, &fields.url, &fields.date];
    let columns = wanted.map(|field| names.clone().position(|name| name == field));
    if columns[0].is_none() {
        let message = fields.without_text("column", names);
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    Ok(columns)
}

/// Adds a row as a record.
pub(super) fn push(batcher: &mut Batcher, number: u64, fields: [Option<&[u8]>; FIELDS]) {
    let length: usize = fields.iter().flatten().map(|field| field.len()).sum();
    if length > batcher.max_record() {
        let detail = format!("the row is longer than {} MiB", batcher.max_record() >> 20);
        return batcher.skip(number, Reason::TooLong, detail);
    }
    let bytes = batcher.bytes();
    for field in fields {
        // No field is longer than a record, and none of those 4 GiB.
        let length = field.and_then(|field| u32::try_from(field.len()).ok()).unwrap_or(NONE);
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(field.unwrap_or(b""));
    }
    batcher.record(number, false);
}

/// The article in a row.
pub(super) fn decode(
    bytes: &[u8],
    source: Source,
    fields: &Fields,
) -> Result<Decoded, (Reason, String)> {
    let mut rest = bytes;
    let mut replaced = false;
    let mut field = || -> Option<String> {
        let (length, after) = rest.split_first_chunk::<4>()?;
        rest = after;
        let length = u32::from_le_bytes(*length);
        if length == NONE {
            return None;
        }
        let (field, after) = rest.split_at_checked(length as usize)?;
        rest = after;
        let text = lossy(field);
        replaced |= matches!(text, Cow::Owned(_));
        Some(text.into_owned())
    };
    let text = field();
    let [id, title, url, date] = std::array::from_fn(|_| field().filter(|field| !field.is_empty()));
    let Some(text) = text else {
        let detail = format!("field {:?} is null", fields.text);
        return Err((Reason::TextNotString, detail));
    };
    Ok(Decoded {
        article: Article { source, id, title, url, date, fetched: None, lang: None, text },
        replaced,
        cut: false,
    })
}
