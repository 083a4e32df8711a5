//! JSON Lines: one object a line, its fields named by the options.

use super::Fields;
use super::batch::{Batcher, Decoded};
use super::gzip::Gap;
use super::tally::Reason;
use super::text::lossy;
use crate::article::{Article, Source};
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;
use std::borrow::Cow;
use std::fmt;
use std::io::{self, BufRead};

/// Whether the first line is a JSON object, as far as it is there: of a long line, or from a slow
/// pipe, only a part is.
pub(super) fn looks_like_json_lines(head: &[u8]) -> bool {
    let mut lines = head.split(|&b| b == b'\n');
    let line = lines.find(|line| !line.trim_ascii().is_empty());
    let is_cut = lines.next().is_none();
    line.is_some_and(|line| {
        line.trim_ascii_start().starts_with(b"{")
            && match serde_json::from_slice::<serde_json::Map<String, Value>>(line) {
                Ok(_) => true,
                Err(error) => is_cut && error.is_eof(),
            }
    })
}

/// Each line that is not blank as one record, numbered by the line. `gap`: damage at the very
/// beginning.
///
/// A line over the limit of records is counted and passed over without being held; a line that the
/// stream breaks off in is counted as damaged. So is a gap, with the line it breaks: what stands
/// behind it is read as the beginning of a line, since those who write members end them with lines.
pub(super) fn split(
    input: &mut dyn BufRead,
    gap: Option<Gap>,
    batcher: &mut Batcher,
) -> io::Result<()> {
    let (mut number, mut too_long) = (1, false);
    if let Some(gap) = gap {
        batcher.lost(number, 0, gap.left_out);
        number += 1;
    }
    let max_record = batcher.max_record();
    loop {
        let buffer = match input.fill_buf() {
            Ok(buffer) => buffer,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => {
                let begun = batcher.pending();
                batcher.discard();
                let Some(gap) = Gap::of(&error) else {
                    if begun > 0 {
                        let detail = "the file broke off here".to_owned();
                        batcher.skip(number, Reason::Damaged, detail);
                    }
                    return Err(error);
                };
                batcher.lost(number, begun as u64, gap.left_out);
                number += 1;
                too_long = false;
                continue;
            }
        };
        let line_end = memchr::memchr(b'\n', buffer);
        let taken = line_end.unwrap_or(buffer.len());
        let at_end = buffer.is_empty();
        if !too_long {
            batcher.bytes().extend_from_slice(&buffer[..taken]);
            too_long = batcher.pending() > max_record;
            if too_long {
                batcher.discard();
            }
        }
        input.consume(taken + usize::from(line_end.is_some()));
        if at_end || line_end.is_some() {
            end_line(batcher, number, std::mem::take(&mut too_long));
            number += 1;
        }
        if at_end || batcher.closed() {
            return Ok(());
        }
    }
}

fn end_line(batcher: &mut Batcher, number: u64, too_long: bool) {
    let pending = batcher.pending();
    let bytes = batcher.bytes();
    if too_long {
        let detail =
            format!("the line is longer than {} MiB: split it", batcher.max_record() >> 20);
        batcher.skip(number, Reason::TooLong, detail);
    } else if bytes[bytes.len() - pending..].trim_ascii().is_empty() {
        batcher.discard();
    } else {
        batcher.record(number, false);
    }
}

/// The article in one line.
pub(super) fn decode(
    line: &[u8],
    source: Source,
    fields: &Fields,
) -> Result<Decoded, (Reason, String)> {
    let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
    let text = lossy(line);
    let replaced = matches!(text, Cow::Owned(_));
    let found = match parse(&text, fields) {
        Ok(found) => found,
        Err(error) => {
            // Half a surrogate pair, as careless writers leave it, is no reason to lose an article.
            let mended = replace_lone_surrogates(&text);
            return match mended.as_deref().map(|mended| parse(mended, fields)) {
                Some(Ok(found)) => article(found, source, fields, true),
                _ => Err((Reason::NotJson, format!("{error}: one JSON object a line is expected"))),
            };
        }
    };
    article(found, source, fields, replaced)
}

fn article(
    found: Found<'_>,
    source: Source,
    fields: &Fields,
    replaced: bool,
) -> Result<Decoded, (Reason, String)> {
    let text = match found.text {
        Some(Scalar::Text(text)) => text.into_owned(),
        Some(other) => {
            let detail = format!("field {:?} holds {}", fields.text, other.kind());
            return Err((Reason::TextNotString, detail));
        }
        None => {
            let there = if found.other_fields.is_empty() {
                "the object has no other fields".to_owned()
            } else {
                format!("fields there are: {}", found.other_fields.join(", "))
            };
            let detail = format!("no field {:?}; {there} (--text-field names it)", fields.text);
            return Err((Reason::NoTextField, detail));
        }
    };
    let article = Article {
        source,
        id: found.id.and_then(Scalar::into_string),
        title: found.title.and_then(Scalar::into_string),
        url: found.url.and_then(Scalar::into_string),
        date: found.date.and_then(Scalar::into_string),
        fetched: None,
        lang: None,
        text,
    };
    Ok(Decoded { article, replaced, cut: false })
}

/// The fields of a line that matter.
#[derive(Default)]
struct Found<'a> {
    text: Option<Scalar<'a>>,
    id: Option<Scalar<'a>>,
    title: Option<Scalar<'a>>,
    url: Option<Scalar<'a>>,
    date: Option<Scalar<'a>>,
    /// Names of some of the rest, for the message when the text is not there.
    other_fields: Vec<String>,
}

/// Field names kept for a message.
const NAMED_FIELDS: usize = 12;

fn parse<'a>(line: &'a str, fields: &Fields) -> serde_json::Result<Found<'a>> {
    let mut deserializer = serde_json::Deserializer::from_str(line);
    let found = ObjectSeed(fields).deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(found)
}

struct ObjectSeed<'f>(&'f Fields);

impl<'de> DeserializeSeed<'de> for ObjectSeed<'_> {
    type Value = Found<'de>;

    fn deserialize<D: serde::Deserializer<'de>>(self, from: D) -> Result<Found<'de>, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ObjectSeed<'_> {
    type Value = Found<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found<'de>, A::Error> {
        let fields = self.0;
        let mut found = Found::default();
        while let Some(Name(name)) = map.next_key::<Name<'de>>()? {
            let slot = match &*name {
                n if n == fields.text => &mut found.text,
                n if n == fields.id => &mut found.id,
                n if n == fields.title => &mut found.title,
                n if n == fields.url => &mut found.url,
                n if n == fields.date => &mut found.date,
                other => {
                    if found.other_fields.len() < NAMED_FIELDS {
                        found.other_fields.push(other.to_owned());
                    }
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            *slot = Some(map.next_value::<Scalar<'de>>()?);
        }
        Ok(found)
    }
}

/// A field name, borrowed from the line where it has no escapes.
struct Name<'a>(Cow<'a, str>);

impl<'de> serde::Deserialize<'de> for Name<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match Scalar::deserialize(from)? {
            Scalar::Text(name) => Ok(Name(name)),
            _ => Err(serde::de::Error::custom("a field name is a string")),
        }
    }
}

/// A field's value, as far as it can be part of an article.
enum Scalar<'a> {
    Text(Cow<'a, str>),
    Number(String),
    Other(&'static str),
}

impl Scalar<'_> {
    fn kind(&self) -> &'static str {
        match self {
            Scalar::Text(_) => "a string",
            Scalar::Number(_) => "a number",
            Scalar::Other(kind) => kind,
        }
    }

    /// What an identifier, title, address or date may be; an empty one is none.
    fn into_string(self) -> Option<String> {
        match self {
            Scalar::Text(text) => Some(text.into_owned()).filter(|text| !text.is_empty()),
            Scalar::Number(number) => Some(number),
            Scalar::Other(_) => None,
        }
    }
}

impl<'de> serde::Deserialize<'de> for Scalar<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Scalar<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON value")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Scalar<'de>, E> {
                Ok(Scalar::Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Scalar<'de>, E> {
                Ok(Scalar::Text(Cow::Owned(text.to_owned())))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Scalar<'de>, E> {
                Ok(Scalar::Number(number.to_string()))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Scalar<'de>, E> {
                Ok(Scalar::Number(number.to_string()))
            }
            fn visit_f64<E>(self, number: f64) -> Result<Scalar<'de>, E> {
                Ok(Scalar::Number(number.to_string()))
            }
            fn visit_bool<E>(self, _: bool) -> Result<Scalar<'de>, E> {
                Ok(Scalar::Other("true or false"))
            }
            fn visit_unit<E>(self) -> Result<Scalar<'de>, E> {
                Ok(Scalar::Other("null"))
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(
                self,
                mut seq: A,
            ) -> Result<Scalar<'de>, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Scalar::Other("a list"))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scalar<'de>, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Scalar::Other("an object"))
            }
        }
        from.deserialize_any(Any)
    }
}

/// The line with each `\uD800`..`\uDFFF` that has no partner replaced by `\uFFFD`; `None` if there
/// is none.
fn replace_lone_surrogates(line: &str) -> Option<String> {
    let unit = |at: usize| -> Option<u16> {
        let digits = line.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let mut mended = String::with_capacity(line.len());
    let (mut copied, mut at) = (0, 0);
    while let Some(backslash) = memchr::memchr(b'\\', &line.as_bytes()[at..]).map(|i| at + i) {
        let first = unit(backslash);
        at = match first {
            Some(0xD800..=0xDBFF) if matches!(unit(backslash + 6), Some(0xDC00..=0xDFFF)) => {
                backslash + 12
            }
            Some(0xD800..=0xDFFF) => {
                mended.push_str(&line[copied..backslash]);
                mended.push_str("\\uFFFD");
                copied = backslash + 6;
                copied
            }
            _ => (backslash + 2).min(line.len()),
        };
    }
    (copied > 0).then(|| mended + &line[copied..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Decoded, (Reason, String)> {
        let source = Source { path: "x.jsonl".into(), record: 1 };
        decode(line.as_bytes(), source, &Fields::default())
    }

    #[test]
    fn fields_are_taken_and_the_rest_ignored() {
        let line = r#"{"id": 7, "x": {"text": [1]}, "text": "a \"b\"", "date": "", "title": null}"#;
        let article = read(line).unwrap().article;
        assert_eq!((article.id.as_deref(), article.text.as_str()), (Some("7"), "a \"b\""));
        assert_eq!((article.title, article.date), (None, None));
    }

    #[test]
    fn what_is_missing_is_said_with_what_is_there() {
        let (reason, detail) = read(r#"{"body": "x", "name": "y"}"#).unwrap_err();
        assert_eq!(reason, Reason::NoTextField);
        assert!(detail.contains("body, name") && detail.contains("--text-field"), "{detail}");
        for (line, kind) in [("null", "null"), ("3.5", "number"), ("[\"x\"]", "list")] {
            let (reason, detail) = read(&format!("{{\"text\": {line}}}")).unwrap_err();
            assert_eq!(reason, Reason::TextNotString);
            assert!(detail.contains(kind), "{detail}");
        }
    }

    #[test]
    fn a_part_of_the_first_line_is_enough() {
        let line = "{\"id\": 7, \"x\": [null], \"text\": \"é\"}".as_bytes();
        for length in 1..=line.len() {
            assert!(looks_like_json_lines(&line[..length]), "{length}");
            assert!(looks_like_json_lines(&[b"\n \n", &line[..length]].concat()));
        }
        for text in ["", "{ braces", "{\n\"text\": 1}", "{\"text\": \"cut\n", "{}x", "[1]", "x {}"]
        {
            assert!(!looks_like_json_lines(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn lines_that_are_not_objects_are_not_json_lines() {
        for line in ["{\"text\": \"x\"", "[1]", "nonsense", "{\"text\": \"x\"} {}"] {
            assert_eq!(read(line).unwrap_err().0, Reason::NotJson, "{line}");
        }
        let deep = format!("{{\"a\": {}, \"text\": \"x\"}}", "[".repeat(100_000));
        assert_eq!(read(&deep).unwrap_err().0, Reason::NotJson);
    }

    #[test]
    fn half_a_surrogate_pair_is_replaced() {
        let decoded = read(r#"{"text": "a\ud83d b\\ud83d \ud83d\ude00"}"#).unwrap();
        assert_eq!(decoded.article.text, "a\u{FFFD} b\\ud83d 😀");
        assert!(decoded.replaced);
    }
}
