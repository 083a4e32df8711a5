//! What a run did, in a few lines on standard error.

use super::{Outcome, say};
use retold::dedup::Copied;
use retold::pipeline::{Clusters, RunError};
use retold::read::{Fields, Reason, Tally};

/// Says, file by file, what could not be read. Records that were never meant to be articles are
/// only counted.
pub(super) fn say_troubles(tally: &Tally) {
    for trouble in &tally.troubles {
        say(&format!("retold: {}: {}", trouble.path, trouble.message));
    }
    for ((path, reason), skipped) in &tally.skipped {
        if reason.is_expected() {
            continue;
        }
        let place = if skipped.first == 0 {
            String::new()
        } else if skipped.count == 1 {
            format!(" (record {})", skipped.first)
        } else {
            format!(" ({} records, the first is {})", skipped.count, skipped.first)
        };
        let detail = if skipped.detail.is_empty() { "" } else { ": " };
        say(&format!("retold: {path}: skipped: {reason}{place}{detail}{}", skipped.detail));
    }
    if tally.left_out > 0 {
        say(&format!("retold: {} bytes passed over around damage", tally.left_out));
    }
}

/// Says which fields, named by an option, no article has: the name may be mistyped.
pub(super) fn say_missing_fields(tally: &Tally, fields: &Fields) {
    if tally.articles == 0 {
        return;
    }
    let (usual, has) = (Fields::default(), tally.has);
    for (option, name, usual, is_there) in [
        ("--id-field", &fields.id, usual.id, has.id),
        ("--title-field", &fields.title, usual.title, has.title),
        ("--url-field", &fields.url, usual.url, has.url),
        ("--date-field", &fields.date, usual.date, has.date),
    ] {
        if !is_there && *name != usual {
            say(&format!(
                "retold: no article has a field {name:?}: is {option} mistyped? (usually it is {usual:?})"
            ));
        }
    }
}

/// Says how many articles were read, skipped, clustered and alone.
pub(super) fn say_counts(clusters: &Clusters) {
    let tally = &clusters.tally;
    let (n_clusters, clustered) = clusters.count(2);
    let alone = clusters.len() - clustered;
    say(&format!(
        "read {} = {clustered} in {} + {alone} alone + {}",
        counted(tally.records, "record"),
        counted(n_clusters as u64, "cluster"),
        skipped(tally),
    ));
    say_notes(clusters);
}

/// Says how many articles were kept, and how many removed.
pub(super) fn say_kept(clusters: &Clusters, copied: &[Copied]) {
    let tally = &clusters.tally;
    let removed: u64 = copied.iter().map(|file| file.removed).sum();
    let left_out: u64 = copied.iter().map(|file| file.left_out).sum();
    let kept = tally.records.saturating_sub(removed + left_out);
    let damaged =
        if left_out > 0 { format!(" + {left_out} left out (damaged)") } else { String::new() };
    say(&format!(
        "read {} = {kept} kept + {removed} removed{damaged}",
        counted(tally.records, "record")
    ));
    if tally.total_skipped() > 0 {
        say(&format!("note: records that are no articles were not compared: {}", skipped(tally)));
    }
    say_notes(clusters);
}

fn say_notes(clusters: &Clusters) {
    let tally = &clusters.tally;
    let notes = [
        (tally.replaced, "article", " with bytes that are not UTF-8, replaced"),
        (tally.cut, "article", " cut at the size limit"),
        (clusters.repeated_ids, "repeated id", ", told apart by #2, #3, ..."),
        (clusters.capped_buckets, "bucket", " too full to compare all pairs in"),
        (clusters.trimmed, "article", " compared without what its site prints on many pages"),
    ];
    for (count, noun, what) in notes {
        if count > 0 {
            say(&format!("note: {}{what}", counted(count, noun)));
        }
    }
}

/// How many records were left out, and why.
pub(super) fn skipped(tally: &Tally) -> String {
    let reasons: Vec<String> =
        tally.by_reason().iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    let of = if reasons.is_empty() { String::new() } else { format!(" ({})", reasons.join(", ")) };
    format!("{} skipped{of}", tally.total_skipped())
}

/// A count with its noun, in the plural where it is one.
pub(super) fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// How the run ended, by what was read.
///
/// # Errors
/// With `strict`, when any file or any record that should be an article was not read.
pub(super) fn outcome(tally: &Tally, strict: bool) -> anyhow::Result<Outcome> {
    let unexpected = |(_, reason): &(_, Reason)| !reason.is_expected();
    let lost = tally.skipped.keys().any(unexpected) || !tally.troubles.is_empty();
    if tally.out_of_files {
        return Err(RunError::OutOfFiles.into());
    }
    if strict && lost {
        anyhow::bail!("--strict: some input was skipped or could not be read");
    }
    Ok(if tally.is_incomplete() { Outcome::Incomplete } else { Outcome::Done })
}
