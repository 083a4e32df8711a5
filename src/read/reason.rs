//! Why a record is no article.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a record holds no article that can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Reason {
    /// The file is not text: it holds NUL bytes.
    NotText,
    /// The line is not a JSON object.
    NotJson,
    /// The record has no field of the text's name.
    NoTextField,
    /// The text field holds something else than a string.
    TextNotString,
    /// The text has no letters or digits.
    NoWords,
    /// The record is longer than is held: four times the longest article, and 64 MiB at least.
    TooLong,
    /// The file ended or broke within the record.
    Damaged,
    /// The row has not as many fields as the header, or no text.
    BadRow,
    /// The record of a crawl is of a kind that is no article: a request, say.
    RecordKind(RecordKind),
    /// The server's answer was an error or sends elsewhere.
    HttpStatus,
    /// The record holds something else than a text: an image, say.
    MediaType(MediaType),
    /// The page could not be read, by a fault of the reader.
    Unreadable,
}

/// A kind of record of a crawl that is no article, whatever is in it; in the order of their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RecordKind {
    /// The rest of a record in another file.
    Continuation,
    /// On the ARC file itself.
    Filedesc,
    /// What the crawler knew of a page.
    Metadata,
    /// What the crawler asked for.
    Request,
    /// The same as before.
    Revisit,
    /// A kind that the standard does not know.
    Unknown,
    /// On the crawl itself.
    Warcinfo,
}

impl RecordKind {
    /// Its name in a crawl.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            RecordKind::Continuation => "continuation",
            RecordKind::Filedesc => "filedesc",
            RecordKind::Metadata => "metadata",
            RecordKind::Request => "request",
            RecordKind::Revisit => "revisit",
            RecordKind::Unknown => "unknown",
            RecordKind::Warcinfo => "warcinfo",
        }
    }
}

/// What a record holds where that is no article; in the order in which they are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum MediaType {
    /// An answer of the domain name system.
    DnsAnswer,
    /// Flash.
    Flash,
    /// JSON.
    Json,
    /// PDF.
    Pdf,
    /// XML that is no page.
    Xml,
    /// Sound.
    Audio,
    /// Zero bytes in what should be plain text.
    BinaryData,
    /// A typeface.
    Font,
    /// An image.
    Image,
    /// Anything else.
    OtherMedia,
    /// The rules of a site for crawlers.
    RobotsTxt,
    /// A program of a page.
    Script,
    /// The looks of a page.
    StyleSheet,
    /// A film.
    Video,
}

impl MediaType {
    /// Its name for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            MediaType::DnsAnswer => "DNS answer",
            MediaType::Flash => "Flash",
            MediaType::Json => "JSON",
            MediaType::Pdf => "PDF",
            MediaType::Xml => "XML",
            MediaType::Audio => "audio",
            MediaType::BinaryData => "binary data",
            MediaType::Font => "font",
            MediaType::Image => "image",
            MediaType::OtherMedia => "other media",
            MediaType::RobotsTxt => "robots.txt",
            MediaType::Script => "script",
            MediaType::StyleSheet => "style sheet",
            MediaType::Video => "video",
        }
    }
}

impl Reason {
    /// Whether this is a fault of the input's form, so that the run ends with the exit code for
    /// input that could not be read; the others are records that were read and hold nothing.
    #[must_use]
    pub fn is_damage(self) -> bool {
        use Reason::{BadRow, Damaged, NotJson, NotText, TooLong, Unreadable};
        matches!(self, NotText | NotJson | TooLong | Damaged | BadRow | Unreadable)
    }

    /// Whether the record was never meant to be an article: most records of a crawl.
    #[must_use]
    pub fn is_expected(self) -> bool {
        matches!(self, Reason::RecordKind(_) | Reason::MediaType(_) | Reason::HttpStatus)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Reason::RecordKind(kind) => return write!(f, "{} record", kind.name()),
            Reason::MediaType(kind) => return write!(f, "{}, no article", kind.name()),
            Reason::NotText => "not text",
            Reason::NotJson => "not a JSON object",
            Reason::NoTextField => "no text field",
            Reason::TextNotString => "text field is not a string",
            Reason::NoWords => "no words in the text",
            Reason::TooLong => "record too long",
            Reason::Damaged => "cut off or damaged",
            Reason::BadRow => "row does not fit the header",
            Reason::HttpStatus => "no good answer of the server",
            Reason::Unreadable => "page could not be read",
        })
    }
}
