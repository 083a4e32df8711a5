//! JSON Lines: one object a line, its fields named by the options.

use super::batch::{Batcher, Decoded};
use super::fields::{Fields, NAMED};
use super::gzip::Gap;
use super::reason::Reason;
use super::text::lossy;
use crate::article::{Article, Source};
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde_json::Number;
use serde_json::value::{RawValue, Value};
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
    let (mut number, mut too_long, mut bytes) = (1, false, 0);
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
                let mut begun = batcher.pending();
                let gap = Gap::of(&error);
                if begun > 0 && gap.is_some_and(|gap| !gap.member) {
                    // Before what is no member all is sound: the line may be whole.
                    end_line(batcher, number, too_long);
                    number += 1;
                    begun = 0;
                }
                batcher.discard();
                let Some(gap) = gap else {
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
        let taken = taken + usize::from(line_end.is_some());
        input.consume(taken);
        bytes += taken as u64;
        batcher.reach(bytes);
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
        batcher.pass();
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
    let line = lossy(line);
    let mut replaced = matches!(line, Cow::Owned(_));
    let found = parse(&line, fields).map_err(|error| {
        (Reason::NotJson, format!("{error}: one JSON object a line is expected"))
    })?;
    let Some(text) = found.text else {
        let known = [(found.id, &fields.id), (found.title, &fields.title)];
        let known = known.into_iter().chain([(found.url, &fields.url), (found.date, &fields.date)]);
        let known = known.filter_map(|(value, name)| value.map(|_| name));
        let names = known.chain(&found.other_fields).map(String::as_str);
        let detail = fields.without_text("field", names);
        return Err((Reason::NoTextField, detail));
    };
    let Some(text) = string(text, &mut replaced).map(Cow::into_owned) else {
        let detail = format!("field {:?} holds {}", fields.text, kind(text));
        return Err((Reason::TextNotString, detail));
    };
    // What an identifier, title, address or date may be; an empty one is none.
    let mut scalar = |raw: Option<&RawValue>| {
        let raw = raw?;
        let found = if kind(raw) == NUMBER {
            number(raw)
        } else {
            Some(string(raw, &mut replaced)?.into_owned())
        };
        found.filter(|text| !text.is_empty())
    };
    let article = Article {
        source,
        id: scalar(found.id),
        title: scalar(found.title),
        url: scalar(found.url),
        date: scalar(found.date),
        fetched: None,
        lang: None,
        text,
    };
    Ok(Decoded { article, replaced, cut: false })
}

/// The fields of a line that matter.
#[derive(Default)]
struct Found<'a> {
    text: Option<&'a RawValue>,
    id: Option<&'a RawValue>,
    title: Option<&'a RawValue>,
    url: Option<&'a RawValue>,
    date: Option<&'a RawValue>,
    /// Names of some of the rest, for the message when the text is not there.
    other_fields: Vec<String>,
}

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
        while let Some(raw) = map.next_key::<&RawValue>()? {
            let name = string(raw, &mut false).unwrap_or_default();
            let slot = match &*name {
                n if n == fields.text => &mut found.text,
                n if n == fields.id => &mut found.id,
                n if n == fields.title => &mut found.title,
                n if n == fields.url => &mut found.url,
                n if n == fields.date => &mut found.date,
                other => {
                    if found.other_fields.len() <= NAMED {
                        found.other_fields.push(other.to_owned());
                    }
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            *slot = Some(map.next_value()?);
        }
        Ok(found)
    }
}

/// What a value is, for a message.
fn kind(raw: &RawValue) -> &'static str {
    match raw.get().as_bytes().first() {
        Some(b'"') => "a string",
        Some(b'[') => "a list",
        Some(b'{') => "an object",
        Some(b't' | b'f') => "true or false",
        Some(b'n') => "null",
        _ => NUMBER,
    }
}

const NUMBER: &str = "a number";

/// A number as it is written without exponent and needless zeros.
fn number(raw: &RawValue) -> Option<String> {
    let number: Number = serde_json::from_str(raw.get()).ok()?;
    Some(match number.as_f64() {
        Some(fraction) if number.is_f64() => fraction.to_string(),
        _ => number.to_string(),
    })
}

/// The text of a string; `None` of another value. Half a surrogate pair, as careless writers leave it,
/// is replaced by U+FFFD, and that is noted.
fn string<'a>(raw: &'a RawValue, replaced: &mut bool) -> Option<Cow<'a, str>> {
    let raw = raw.get().strip_prefix('"')?.strip_suffix('"')?;
    let mut rest = raw;
    let mut text = String::new();
    while let Some(backslash) = memchr::memchr(b'\\', rest.as_bytes()) {
        text.reserve(rest.len());
        text.push_str(&rest[..backslash]);
        let escape = &rest[backslash + 1..];
        let (c, length) = match *escape.as_bytes().first()? {
            b'n' => ('\n', 1),
            b't' => ('\t', 1),
            b'r' => ('\r', 1),
            b'b' => ('\u{8}', 1),
            b'f' => ('\u{C}', 1),
            b'u' => {
                let (c, length) = utf16(escape);
                *replaced |= c.is_none();
                (c.unwrap_or(char::REPLACEMENT_CHARACTER), length)
            }
            other => (char::from(other), 1),
        };
        text.push(c);
        rest = &escape[length..];
    }
    if text.is_empty() {
        return Some(Cow::Borrowed(rest));
    }
    text.push_str(rest);
    Some(Cow::Owned(text))
}

/// The character that `uXXXX` at the beginning, or `uXXXX\uXXXX`, stands for, and the length of that.
fn utf16(escape: &str) -> (Option<char>, usize) {
    let unit = |at: usize| -> Option<u16> {
        let digits = escape.get(at..at + 5)?.strip_prefix('u')?;
        u16::from_str_radix(digits, 16).ok()
    };
    let pair = [unit(0), escape[5..].starts_with('\\').then(|| unit(6)).flatten()];
    let mut characters = char::decode_utf16(pair.into_iter().flatten());
    match characters.next() {
        Some(Ok(c)) => (Some(c), if c.len_utf16() == 2 { 11 } else { 5 }),
        _ => (None, 5),
    }
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
    fn escapes_are_undone() {
        for raw in [
            "",
            "plain “ü”",
            r#"\"\\\/\b\f\n\r\t"#,
            r"a\u00e9\u65E5b\ud83d\uDE00\u0041",
            r"\n\nü",
            r"x\\n",
        ] {
            let line = format!("{{\"te\\u0078t\": \"{raw}x\"}}");
            let expected: String = serde_json::from_str(&format!("\"{raw}x\"")).unwrap();
            let decoded = read(&line).unwrap();
            assert_eq!((decoded.article.text, decoded.replaced), (expected, false), "{raw}");
        }
        for raw in ["\n", r"\x", r"\u12", r"\u+123", "\\"] {
            assert_eq!(read(&format!("{{\"text\": \"{raw}\"}}")).unwrap_err().0, Reason::NotJson);
        }
    }

    #[test]
    fn half_a_surrogate_pair_is_replaced() {
        let decoded = read(r#"{"text": "a\ud83d b\\ud83d \ud83d\ude00"}"#).unwrap();
        assert_eq!(decoded.article.text, "a\u{FFFD} b\\ud83d 😀");
        assert!(decoded.replaced);
        let decoded = read(r#"{"\udc00": 1, "id": "\ud83d\u0041", "text": "\udc00"}"#).unwrap();
        let article = decoded.article;
        assert_eq!((article.id.as_deref(), &*article.text), (Some("\u{FFFD}A"), "\u{FFFD}"));
    }

    #[test]
    fn numbers_are_written_in_one_way() {
        for (raw, id) in [("7", "7"), ("-7", "-7"), ("1e3", "1000"), ("0.50", "0.5")] {
            let article = read(&format!("{{\"id\": {raw}, \"text\": \"x\"}}")).unwrap().article;
            assert_eq!(article.id.as_deref(), Some(id));
        }
    }
}
