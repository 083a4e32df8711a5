//! Which two articles these are.

use super::{Look, printable, units, wrap};
use retold::article::{Article, host};
use std::io::{self, Write};

/// Characters of an article without a headline that stand in for it.
const OPENING: usize = 200;

/// Writes id, place, headline, date and site of both.
pub(super) fn write(articles: [&Article; 2], look: Look, out: &mut dyn Write) -> io::Result<()> {
    for (article, letter) in articles.into_iter().zip(["A", "B"]) {
        let source = article.source.to_string();
        let id = article.id.as_deref().unwrap_or(&source);
        let place = if id == source { String::new() } else { format!("  ({source})") };
        let head = printable(&format!("{id}{place}"));
        wrap(&format!("{letter}  {head}"), 0, "   ", look.width, out)?;
        let site = article.url.as_deref().and_then(host);
        let known = [Some(title(article)), article.date.clone(), site];
        let known: Vec<String> = known
            .into_iter()
            .flatten()
            .map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
            .filter(|text| !text.is_empty())
            .collect();
        let line = printable(&known.join(" · "));
        writeln!(out, "   {}", units::cut(&line, look.width.saturating_sub(3)))?;
    }
    writeln!(out)
}

/// The headline, or else the first line.
fn title(article: &Article) -> String {
    let first = article.text.lines().map(str::trim).find(|line| !line.is_empty());
    let title = article.title.as_deref().or(first).unwrap_or_default();
    title.chars().take(OPENING).collect()
}
