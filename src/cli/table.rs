//! The table for people: clusters on a terminal.

use super::printable;
use retold::pipeline::{Assignment, Clusters, Entry};
use std::io::{self, Write};

/// Clusters that are shown; the rest is counted.
const SHOWN_CLUSTERS: usize = 30;

/// Members of a cluster that are shown; the rest is counted.
const SHOWN_MEMBERS: usize = 8;

/// Characters of a title that are shown.
const TITLE_CHARS: usize = 60;

/// Writes the clusters of two and more (with `singletons` all): size, and of each member its
/// relation, score, id and title.
pub(super) fn write(clusters: &Clusters, singletons: bool, out: &mut dyn Write) -> io::Result<()> {
    let at_least = if singletons { 1 } else { 2 };
    let mut all = 0;
    clusters.clusters(at_least, |members| {
        all += 1;
        if all <= SHOWN_CLUSTERS { write_cluster(clusters, members, out) } else { Ok(()) }
    })?;
    if all == 0 {
        writeln!(out, "No two articles belong together.")?;
    }
    if let Some(more @ 1..) = all.checked_sub(SHOWN_CLUSTERS) {
        writeln!(out, "... and {more} smaller clusters: -o FILE writes them all")?;
    }
    Ok(())
}

fn write_cluster(
    clusters: &Clusters,
    members: &[Assignment],
    out: &mut dyn Write,
) -> io::Result<()> {
    let articles = if members.len() == 1 { "article" } else { "articles" };
    writeln!(out, "{} {articles}", members.len())?;
    for assignment in members.iter().take(SHOWN_MEMBERS) {
        let entry = clusters.entry(assignment.article)?;
        let (relation, score) = match assignment.matched {
            None => ("", "    ".to_owned()),
            Some((_, score)) => (assignment.relation.name(), format!("{score:.2}")),
        };
        writeln!(out, "  {relation:<5} {score}  {}  {}", printable(&entry.id), title(&entry))?;
        if let Some(url) = &entry.url
            && *url != entry.id
        {
            writeln!(out, "              {}", printable(url))?;
        }
    }
    if let Some(more @ 1..) = members.len().checked_sub(SHOWN_MEMBERS) {
        writeln!(out, "  ... and {more} more")?;
    }
    writeln!(out)
}

/// The headline or the first words, on one line.
fn title(entry: &Entry) -> String {
    let whole = entry.title.as_deref().unwrap_or(&entry.opening).replace(['\n', '\r', '\t'], " ");
    let mut title: String = whole.chars().take(TITLE_CHARS).collect();
    if title.len() < whole.len() {
        title.push('…');
    }
    printable(&title)
}
