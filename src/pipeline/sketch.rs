//! An article to what the levels compare: everything that is kept of it.

use super::Entry;
use crate::article::Article;
use crate::minhash::near::{Signature, signature};
use crate::read::Skip;
use crate::shingle::near::each_shingle;
use crate::text::{Reading, Tokens};

/// What is kept of an article.
#[derive(Clone, Debug)]
pub struct Sketch {
    /// What is reported of it.
    pub entry: Entry,
    /// Day of publication, in days from 1970-01-01, where it is known.
    pub day: Option<i32>,
    /// Digest of the folded text: the exact level.
    pub digest: u128,
    /// Its words: what near and story level are made from.
    pub tokens: Tokens,
    /// Signature of the shingles of the text; `None` where there are none.
    pub signature: Option<Box<Signature>>,
}

/// Makes sketches; one value serves many articles in turn and keeps its buffers.
#[derive(Debug, Default)]
pub struct Sketcher {
    title: Reading,
    text: Reading,
}

/// Characters of the beginning of a text that are kept to show it by.
const OPENING_CHARS: usize = 100;

impl Sketcher {
    /// The sketch of an article.
    ///
    /// # Errors
    /// A text without words cannot be compared.
    pub fn sketch(&mut self, article: Article) -> Result<Sketch, Skip> {
        self.text.read(&article.text);
        if self.text.is_empty() {
            return Err(Skip::without_words(article.source));
        }
        self.title.read(article.title.as_deref().unwrap_or_default());
        let tokens = Tokens::new(&self.title, &self.text);
        let id = article.id.unwrap_or_else(|| article.source.to_string());
        Ok(Sketch {
            day: article.date.as_deref().and_then(day),
            digest: self.text.digest(),
            signature: signature_of(&tokens),
            tokens,
            entry: Entry {
                id,
                source: article.source,
                title: article.title,
                url: article.url,
                date: article.date.or(article.fetched),
                opening: opening(&article.text),
            },
        })
    }
}

/// The signature of the shingles of a text; `None` where there are none.
pub(super) fn signature_of(tokens: &Tokens) -> Option<Box<Signature>> {
    signature(each_shingle(tokens)).map(Box::new)
}

fn opening(text: &str) -> String {
    let (mut opening, mut left) = (String::new(), OPENING_CHARS);
    for word in text.split_whitespace() {
        let space = usize::from(!opening.is_empty());
        if left <= space {
            break;
        }
        left -= space;
        let end = word.char_indices().nth(left).map_or(word.len(), |(end, _)| end);
        left -= word[..end].chars().count();
        opening.push_str(&" "[..space]);
        opening.push_str(&word[..end]);
    }
    opening
}

/// The day in a date as dumps write it: ISO 8601 with or without a time, or RFC 2822. `None` for
/// anything else.
fn day(date: &str) -> Option<i32> {
    let date = date.trim();
    let civil = date
        .get(..10)
        .and_then(|day| day.parse().ok())
        .or_else(|| date.parse::<jiff::civil::Date>().ok())
        .or_else(|| jiff::fmt::rfc2822::parse(date).ok().map(|zoned| zoned.date()))?;
    Some(civil.since(jiff::civil::date(1970, 1, 1)).ok()?.get_days())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_dumps_write_them() {
        for date in
            ["1970-01-11", "1970-01-11T23:59:59Z", "19700111", "Sun, 11 Jan 1970 08:00:00 GMT"]
        {
            assert_eq!(day(date), Some(10), "{date}");
        }
        for date in ["", "yesterday", "11/01/1970", "9999999999999"] {
            assert_eq!(day(date), None, "{date}");
        }
    }

    #[test]
    fn openings_are_one_line_of_limited_length() {
        assert_eq!(opening(" Rain\n\tfell  on Oslo "), "Rain fell on Oslo");
        assert_eq!(opening(&"é".repeat(500)).chars().count(), OPENING_CHARS);
        assert_eq!(opening(&"aé ".repeat(500)), "aé ".repeat(33) + "a");
        let whole = "é".repeat(99);
        assert_eq!(opening(&format!("{whole} more")), whole);
    }
}
