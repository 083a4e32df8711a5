//! What was read, and how much of it is told twice.

use super::shown::{line, percent};
use crate::config::{Config, Level};
use crate::pipeline::Clusters;
use crate::read::{Reason, Skipped, Trouble};
use serde::Serialize;
use std::sync::Arc;

/// The counts of a run.
#[derive(Debug, Serialize)]
pub(super) struct Figures {
    records: u64,
    articles: u64,
    skipped: u64,
    clusters: u64,
    clustered: u64,
    alone: u64,
    levels: Vec<LevelShare>,
    sizes: Vec<Bucket>,
    reasons: Vec<(String, u64)>,
    troubles: Vec<(String, String)>,
    more_troubles: u64,
    places: Vec<SkippedPlace>,
    more_places: u64,
    notes: Vec<(u64, &'static str)>,
}

/// How much of the articles repeats another at a level.
#[derive(Debug, Serialize)]
struct LevelShare {
    name: &'static str,
    means: &'static str,
    /// Groups of two and more.
    groups: u64,
    /// Articles in them.
    grouped: u64,
    /// Articles beyond the first of each group.
    repeats: u64,
    percent: String,
}

/// The clusters of some sizes.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Bucket {
    from: u64,
    to: u64,
    clusters: u64,
    articles: u64,
    /// Length of its bar in percent of the longest, by their logarithms: most articles are alone, and
    /// beside them all other counts would be as nothing.
    percent: String,
}

/// Records of a file that were left out for one reason.
#[derive(Debug, Serialize)]
struct SkippedPlace {
    path: String,
    reason: String,
    count: u64,
    first: u64,
    detail: String,
}

/// Files that are named among those that could not be read, and places among those skipped.
const SHOWN_PLACES: usize = 20;

/// Characters of a path that are shown, and of what was found there.
const PATH_CHARS: usize = 200;

impl Figures {
    /// Counts. Memory: 8 bytes an article.
    pub(super) fn of(clusters: &Clusters, config: &Config) -> Figures {
        let levels = [
            (Level::Exact, "the same text but for case, spacing and punctuation"),
            (Level::Near, "that, or an edited copy"),
            (Level::Story, "that, or the same story in other words"),
        ];
        let levels = levels.into_iter().filter(|(level, _)| *level <= config.level);
        let (n_clusters, clustered) = clusters.count(2);
        let tally = &clusters.tally;
        // Those that should have been articles first, and of them the most frequent.
        let mut places: Vec<_> = tally.skipped.iter().collect();
        places
            .sort_by_key(|((_, reason), skipped)| (reason.is_expected(), u64::MAX - skipped.count));
        let place = |((path, reason), skipped): (&(Arc<str>, Reason), &Skipped)| SkippedPlace {
            path: line(path, PATH_CHARS),
            reason: reason.to_string(),
            count: skipped.count,
            first: skipped.first,
            detail: line(&skipped.detail, PATH_CHARS),
        };
        let shown = |trouble: &Trouble| {
            (line(&trouble.path, PATH_CHARS), line(&trouble.message, PATH_CHARS))
        };
        Figures {
            records: tally.records,
            articles: clusters.len() as u64,
            skipped: tally.total_skipped(),
            clusters: n_clusters as u64,
            clustered: clustered as u64,
            alone: (clusters.len() - clustered) as u64,
            levels: levels.map(|(level, means)| share(clusters, level, means)).collect(),
            sizes: histogram(&sizes(clusters, Level::Story)),
            reasons: tally.by_reason().iter().map(|(reason, &n)| (reason.to_string(), n)).collect(),
            troubles: tally.troubles.iter().take(SHOWN_PLACES).map(shown).collect(),
            more_troubles: tally.troubles.len().saturating_sub(SHOWN_PLACES) as u64,
            places: places.iter().take(SHOWN_PLACES).copied().map(place).collect(),
            more_places: places.len().saturating_sub(SHOWN_PLACES) as u64,
            notes: notes(clusters),
        }
    }
}

fn notes(clusters: &Clusters) -> Vec<(u64, &'static str)> {
    let tally = &clusters.tally;
    let notes = [
        (tally.left_out, "bytes passed over around damage"),
        (tally.replaced, "articles with bytes that are not UTF-8, replaced"),
        (tally.cut, "articles cut at the size limit"),
        (clusters.repeated_ids, "repeated ids, told apart by #2, #3, …"),
        (clusters.capped_buckets, "buckets too full to compare all pairs in"),
        (clusters.trimmed, "articles compared without what their site prints on many pages"),
    ];
    notes.into_iter().filter(|(count, _)| *count > 0).collect()
}

/// For each article the number of those that it stands for at a level.
fn sizes(clusters: &Clusters, level: Level) -> Vec<u32> {
    let mut sizes = vec![0; clusters.len()];
    for article in 0..clusters.len() as u32 {
        sizes[clusters.representative(article, level) as usize] += 1;
    }
    sizes
}

fn share(clusters: &Clusters, level: Level, means: &'static str) -> LevelShare {
    let (mut groups, mut grouped) = (0, 0);
    for size in sizes(clusters, level).into_iter().filter(|&size| size > 1) {
        groups += 1;
        grouped += u64::from(size);
    }
    let repeats = grouped - groups;
    let percent = percent(repeats, clusters.len() as u64);
    LevelShare { name: level.name(), means, groups, grouped, repeats, percent }
}

/// The sizes of clusters in buckets that grow about as their logarithm: 1, 2, 3, 4 to 5, 6 to 10, 11
/// to 20, 21 to 50, and so on by tens; up to the last that holds any. 0 counts for nothing.
fn histogram(sizes: &[u32]) -> Vec<Bucket> {
    let mut ends: Vec<u64> = vec![1, 2, 3];
    let mut ten = 1;
    while ends.last().is_some_and(|&end| end < u64::from(u32::MAX)) {
        ends.extend([5 * ten, 10 * ten, 20 * ten]);
        ten *= 10;
    }
    let mut counts = vec![[0_u64; 2]; ends.len()];
    for size in sizes.iter().map(|&size| u64::from(size)).filter(|&size| size > 0) {
        let [clusters, articles] = &mut counts[ends.partition_point(|&end| end < size)];
        *clusters += 1;
        *articles += size;
    }
    let used = counts.iter().rposition(|count| count[0] > 0).map_or(0, |last| last + 1);
    let most = counts.iter().map(|count| count[0]).max().unwrap_or(0);
    let bucket = |at: usize| Bucket {
        from: at.checked_sub(1).map_or(1, |before| ends[before] + 1),
        to: ends[at],
        clusters: counts[at][0],
        articles: counts[at][1],
        percent: format!(
            "{:.1}",
            (counts[at][0] as f64).ln_1p() / (most.max(1) as f64).ln_1p() * 100.0
        ),
    };
    (0..used).map(bucket).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_fall_in_buckets() {
        let sizes = [1, 0, 1, 2, 5, 4, 21, 50, 51, 100];
        let found: Vec<_> =
            histogram(&sizes).iter().map(|b| (b.from, b.to, b.clusters, b.articles)).collect();
        assert_eq!(
            found,
            [
                (1, 1, 2, 2),
                (2, 2, 1, 2),
                (3, 3, 0, 0),
                (4, 5, 2, 9),
                (6, 10, 0, 0),
                (11, 20, 0, 0),
                (21, 50, 2, 71),
                (51, 100, 2, 151)
            ]
        );
        let bars: Vec<_> = histogram(&[[1; 1023].as_slice(), &[2, 4]].concat())
            .into_iter()
            .map(|bucket| bucket.percent)
            .collect();
        assert_eq!(bars, ["100.0", "10.0", "0.0", "10.0"]);
        assert!(histogram(&[]).is_empty() && histogram(&[0]).is_empty());
        assert_eq!(histogram(&[u32::MAX]).last().map(|bucket| bucket.clusters), Some(1));
    }
}
