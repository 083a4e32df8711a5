//! Text files, and lines of JSON.

use super::packing::is_packed;
use super::{Account, cut, limit, may_lack_words};
use retold::article::Article;
use retold::read::{Format, ReadOptions};
use serde_json::{Map, Value};

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A file that is one article, with a limit that the first byte chooses.
pub fn text(bytes: &[u8]) {
    let Some((choice, bytes)) = bytes.split_first() else { return };
    let max_article = limit(*choice);
    let options = ReadOptions { format: Some(Format::Text), max_article, ..ReadOptions::default() };
    let Account { articles, tally } = Account::of("x", bytes, &options);
    if is_packed("x", bytes) {
        return;
    }
    assert_eq!(tally.records, 1);
    let held = &bytes[..bytes.len().min(max_article)];
    let whole = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let whole = String::from_utf8_lossy(whole);
    match &articles[..] {
        [Article { text, .. }] if tally.cut == 0 => assert_eq!(*text, whole),
        [Article { text, .. }] => {
            assert!(whole.starts_with(text));
            // A mark at the front, and a part of a character at the end.
            assert!(text.len() + 3 + 3 >= max_article);
        }
        // What is replaced grows, and is cut once more.
        _ => assert!(
            held.contains(&0) || may_lack_words(cut(&String::from_utf8_lossy(held), &options))
        ),
    }
}

/// JSON Lines, with a limit that the first byte chooses, beside what `serde_json` reads in them.
pub fn jsonl(bytes: &[u8]) {
    let Some((choice, bytes)) = bytes.split_first() else { return };
    let (format, max_article) = (Some(Format::JsonLines), limit(*choice));
    let options = ReadOptions { format, max_article, ..ReadOptions::default() };
    let account = Account::of("x", bytes, &options);
    if is_packed("x", bytes) {
        return;
    }
    let mut articles = account.articles.iter().peekable();
    let mut records = 0;
    for (line, number) in bytes.split(|&byte| byte == b'\n').zip(1..) {
        if line.trim_ascii().is_empty() {
            continue;
        }
        records += 1;
        let found = articles.next_if(|article| article.source.record == number);
        let line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
        let line = String::from_utf8_lossy(line);
        match (serde_json::from_str::<Map<String, Value>>(&line), found) {
            (Ok(object), Some(article)) => is_of(&object, article, &options),
            (Ok(object), None) => {
                let text = object.get("text").and_then(Value::as_str).unwrap_or_default();
                assert!(may_lack_words(cut(text, &options)), "{line}");
            }
            // Halves of surrogate pairs are replaced, and what is deep or large passed over.
            (Err(error), Some(_)) => {
                let error = error.to_string();
                let known = ["recursion limit", "number out of range"];
                assert!(
                    line.contains("\\u") || known.iter().any(|known| error.contains(known)),
                    "{error}: {line}"
                );
            }
            (Err(_), None) => {}
        }
    }
    assert_eq!((articles.next(), account.tally.records), (None, records));
}

/// Checks that an article holds what the object says.
fn is_of(object: &Map<String, Value>, article: &Article, options: &ReadOptions) {
    let text = object.get("text").and_then(Value::as_str);
    assert_eq!(text.map(|text| cut(text, options)), Some(&article.text[..]));
    let Article { id, title, url, date, .. } = article;
    for (name, found) in [("id", id), ("title", title), ("url", url), ("date", date)] {
        let expected = match object.get(name) {
            Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
            Some(Value::Number(number)) if !number.is_f64() => Some(number.to_string()),
            Some(Value::Number(_)) => continue,
            _ => None,
        };
        assert_eq!(*found, expected, "{name}");
    }
}
