//! A comparison as one JSON object, for programs.

use super::rounded;
use crate::article::Article;
use crate::config::{Config, Level};
use crate::pipeline::Comparison;
use crate::score::evidence::{Mention, Only};
use crate::score::passages::numbered;
use crate::score::story::{Coefficients, Part};
use serde_json::{Map, Value, json};
use std::io::{self, Write};

/// Two articles, and why they are, or are not, one, as a JSON object on one line: what
/// `retold compare --json` writes. `retold compare --help` says what each field holds.
#[derive(Clone, Copy, Debug)]
pub struct JsonComparison<'a> {
    /// The thresholds that the level goes by.
    pub config: &'a Config,
    /// The two.
    pub articles: [&'a Article; 2],
    /// What comparing them gave.
    pub comparison: &'a Comparison,
}

impl JsonComparison<'_> {
    /// Writes the object.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer(&mut *out, &self.object())?;
        out.write_all(b"\n")
    }

    fn object(&self) -> Value {
        let JsonComparison { config, articles, comparison } = *self;
        let overlap = comparison.overlap;
        let evidence = &comparison.evidence;
        let [a, b] = articles.map(article);
        json!({
            "a": a,
            "b": b,
            "level": comparison.level(config).map(Level::name),
            "exact": comparison.exact,
            "near": {
                "score": rounded(overlap.score()),
                "threshold": config.near_threshold,
                "jaccard": rounded(overlap.jaccard()),
                "containment": rounded(overlap.containment()),
                "shared": overlap.shared,
                "shingles": [overlap.smaller, overlap.larger],
                "template": comparison.template,
            },
            "story": {
                "score": rounded(comparison.story),
                "threshold": config.story_threshold,
                "sum": rounded(comparison.sum()),
                "even": Coefficients::SHIPPED.even,
                "parts": comparison
                    .contributions
                    .iter()
                    .map(|&(of, adds)| {
                        json!({"part": of.name(), "alike": alike(comparison, of).map(rounded), "adds": rounded(adds)})
                    })
                    .collect::<Vec<_>>(),
            },
            "shared": {
                "names": texts(&evidence.names),
                "numbers": texts(&evidence.numbers),
                "words": texts(&evidence.words),
                "lead": texts(&evidence.lead),
            },
            "only": { "a": only(&evidence.only[0]), "b": only(&evidence.only[1]) },
            "contradictions": evidence
                .contradictions
                .iter()
                .map(|found| {
                    let [a, b] = &found.texts;
                    json!({"a": a, "b": b, "kind": if found.number { "number" } else { "name" }})
                })
                .collect::<Vec<_>>(),
            "passages": passages(comparison),
        })
    }
}

fn article(article: &Article) -> Value {
    let source = article.source.to_string();
    let id = article.id.clone().unwrap_or_else(|| source.clone());
    let mut object = Map::new();
    object.insert("id".to_owned(), id.into());
    object.insert("source".to_owned(), source.into());
    let date = article.date.as_ref().or(article.fetched.as_ref());
    for (name, value) in [("title", &article.title), ("url", &article.url)] {
        object.extend(value.clone().map(|value| (name.to_owned(), value.into())));
    }
    object.extend(date.map(|date| ("date".to_owned(), date.clone().into())));
    Value::Object(object)
}

/// How alike the two are in a part, if that can be told.
fn alike(comparison: &Comparison, part: Part) -> Option<f64> {
    let parts = comparison.parts;
    match part {
        Part::Words => Some(parts.words),
        Part::Names => parts.names,
        Part::Numbers => parts.numbers,
        Part::Lead => Some(parts.lead),
        Part::Phrases => Some(parts.phrases),
        Part::Density => Some(comparison.density),
        Part::Template | Part::Dates => None,
    }
}

fn texts(mentions: &[Mention]) -> Vec<&str> {
    mentions.iter().map(|mention| &*mention.text).collect()
}

fn only(only: &Only) -> Value {
    json!({ "names": texts(&only.names), "numbers": texts(&only.numbers) })
}

fn passages(comparison: &Comparison) -> Vec<Value> {
    let [a, b] = &comparison.texts;
    numbered(&comparison.passages, usize::MAX)
        .into_iter()
        .map(|(number, passage)| {
            json!({
                "number": number,
                "words": passage.a.len(),
                "a": { "text": a.between(passage.a.clone()), "word": passage.a.start },
                "b": { "text": b.between(passage.b.clone()), "word": passage.b.start },
            })
        })
        .collect()
}
