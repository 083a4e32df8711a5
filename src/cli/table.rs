//! The table for people: clusters on a terminal.

use super::printable;
use retold::pipeline::{Clusters, Entry};
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
    let wanted = |members: &Vec<u32>| members.len() > 1 || singletons;
    let all: Vec<Vec<u32>> = clusters.clusters().into_iter().filter(wanted).collect();
    for members in all.iter().take(SHOWN_CLUSTERS) {
        write_cluster(clusters, members, out)?;
    }
    if all.is_empty() {
        writeln!(out, "No two articles belong together.")?;
    }
    if let Some(more @ 1..) = all.len().checked_sub(SHOWN_CLUSTERS) {
        writeln!(out, "... and {more} smaller clusters: -o FILE writes them all")?;
    }
    Ok(())
}

fn write_cluster(clusters: &Clusters, members: &[u32], out: &mut dyn Write) -> io::Result<()> {
    let articles = if members.len() == 1 { "article" } else { "articles" };
    writeln!(out, "{} {articles}", members.len())?;
    for &article in members.iter().take(SHOWN_MEMBERS) {
        let entry = &clusters.entries[article as usize];
        let assignment = &clusters.assignments[article as usize];
        let (relation, score) = match assignment.matched {
            None => ("", "    ".to_owned()),
            Some((_, score)) => (assignment.relation.name(), format!("{score:.2}")),
        };
        writeln!(out, "  {relation:<5} {score}  {}  {}", printable(&entry.id), title(entry))?;
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
