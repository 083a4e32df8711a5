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
    /// Language tag as the page claims it, such as `en` or `pt-BR`, if it does. Often wrong.
    pub lang: Option<String>,
    /// The text to compare.
    pub text: String,
}
