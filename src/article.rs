//! An article as it comes from a dump, before any stage has looked at its words.

use std::sync::Arc;

/// Where an article was read: the file, and in a file of many the record.
///
/// Ordered by path, then by record, so that the order in which files are named or finish reading
/// never shows in a result.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// Path as it was given, `/`-joined; `-` for standard input.
    pub path: Arc<str>,
    /// Number of the record in its file, from 1 (in JSON Lines the line); 0 where the file is one
    /// article.
    pub record: u64,
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.record {
            0 => f.write_str(&self.path),
            n => write!(f, "{}#{n}", self.path),
        }
    }
}

/// One article of a dump.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Article {
    /// Where it was read.
    pub source: Source,
    /// The identifier the dump gives it, if any.
    pub id: Option<String>,
    /// Headline, if the dump has it apart from the text.
    pub title: Option<String>,
    /// Address of the page, if the dump has it.
    pub url: Option<String>,
    /// Date of publication as the dump writes it, if it does.
    pub date: Option<String>,
    /// When a crawl fetched it, if that is known: no date of publication, and never compared.
    pub fetched: Option<String>,
    /// Language tag as the page claims it, such as `en` or `pt-BR`, if it does. Often wrong.
    pub lang: Option<String>,
    /// The text to compare.
    pub text: String,
}

impl Article {
    /// An article of an id and a text, from no file.
    #[must_use]
    pub fn new(id: impl Into<String>, text: impl Into<String>) -> Article {
        Article {
            source: Source { path: "memory".into(), record: 0 },
            id: Some(id.into()),
            title: None,
            url: None,
            date: None,
            fetched: None,
            lang: None,
            text: text.into(),
        }
    }
}

/// The host that an address names, in lower case, without a `www.` before it or a port behind it;
/// `None` where there is none to see.
#[must_use]
pub fn host(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?.to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    (!host.is_empty()).then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_addresses() {
        for (url, expected) in [
            ("https://www.Example.org/a/b?c", Some("example.org")),
            ("http://reader@news.example:8080", Some("news.example")),
            ("https://example.net?x", Some("example.net")),
            ("example.org/a", None),
            ("https:///a", None),
            ("", None),
        ] {
            assert_eq!(host(url).as_deref(), expected, "{url}");
        }
    }
}
