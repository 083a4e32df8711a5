//! What a run did, in a few lines on standard error.

use super::{Outcome, say};
use retold::pipeline::Clusters;
use retold::read::Tally;

/// Says, file by file, what could not be read.
pub(super) fn say_troubles(tally: &Tally) {
    for trouble in &tally.troubles {
        say(&format!("retold: {}: {}", trouble.path, trouble.message));
    }
    for ((path, reason), skipped) in &tally.skipped {
        let place = if skipped.first == 0 {
            String::new()
        } else if skipped.count == 1 {
            format!(" (record {})", skipped.first)
        } else {
            format!(" ({} records, the first is {})", skipped.count, skipped.first)
        };
        say(&format!("retold: {path}: skipped: {reason}{place}: {}", skipped.detail));
    }
}

/// Says how many articles were read, skipped, clustered and alone.
pub(super) fn say_counts(clusters: &Clusters) {
    let tally = &clusters.tally;
    let groups = clusters.clusters();
    let clustered: usize = groups.iter().map(Vec::len).filter(|&size| size > 1).sum();
    let n_clusters = groups.iter().filter(|members| members.len() > 1).count();
    let alone = groups.len() - n_clusters;
    let skipped = if tally.total_skipped() == 0 {
        "0 skipped".to_owned()
    } else {
        let reasons: Vec<String> =
            tally.by_reason().iter().map(|(reason, count)| format!("{count} {reason}")).collect();
        format!("{} skipped ({})", tally.total_skipped(), reasons.join(", "))
    };
    say(&format!(
        "read {} = {clustered} in {} + {alone} alone + {skipped}",
        counted(tally.records as usize, "record"),
        counted(n_clusters, "cluster"),
    ));
    let notes = [
        (tally.replaced, "articles with bytes that are not UTF-8, replaced"),
        (tally.cut, "articles cut at the size limit"),
        (clusters.repeated_ids, "ids that repeat, told apart by #2, #3, ..."),
        (clusters.capped_buckets, "buckets too full to compare all pairs in"),
    ];
    for (count, what) in notes {
        if count > 0 {
            say(&format!("note: {count} {what}"));
        }
    }
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// How the run ended, by what was read.
///
/// # Errors
/// With `strict`, when any record was skipped or any file not read.
pub(super) fn outcome(tally: &Tally, strict: bool) -> anyhow::Result<Outcome> {
    let lost = tally.total_skipped() > 0 || !tally.troubles.is_empty();
    if strict && lost {
        anyhow::bail!("--strict: some input was skipped or could not be read");
    }
    Ok(if tally.is_incomplete() { Outcome::Incomplete } else { Outcome::Done })
}
