//! The dump again, with one article kept of each group.
//!
//! [`removals`] chooses which articles go; [`Removals`] says of each file which of its records that are;
//! [`write()`] writes a file without them. What is not removed stays as it is, byte for byte: records
//! that are no articles, blank lines, the header of a table.

mod copy;
mod pack;
#[cfg(feature = "parquet")]
mod parquet;

pub use copy::{Copied, changed, write};

use crate::article::Source;
use crate::config::Level;
use crate::pipeline::{Assignment, Clusters, TOGETHER};
use crate::read::InputFile;
use crate::store::Result;
use ahash::AHashMap;
use std::ops::Range;

/// Which article of a group is kept. Of equals the one that was read first: by path, then by record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// That of most words.
    Longest,
    /// That which was read first.
    First,
    /// That which was published first; those without a date come last.
    Earliest,
}

/// An article that goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Removed {
    /// Its number.
    pub article: u32,
    /// Number of the article that stands for it.
    pub kept: u32,
    /// The first level at which the two are together.
    pub level: Level,
    /// Lowest score on the way from match to match between the two, 0 to 1. Where one was matched with
    /// the other, the score of that match.
    pub score: f64,
}

/// The articles that go when one is kept of each group of the deepest level, cluster by cluster.
///
/// Memory: 24 bytes for each of them, and for the largest cluster some 60 an article. Cost: a pass
/// over the clusters and their entries.
///
/// # Errors
/// Those of the work folder.
pub fn removals(clusters: &Clusters, keep: Keep) -> Result<Vec<Removed>> {
    let mut removed = Vec::new();
    clusters.clusters(2, |members| {
        let kept = choose(clusters, members, keep)?;
        let scores = weakest_links(members, kept);
        let of = &members[kept];
        for (member, score) in members.iter().zip(scores) {
            if member.article != of.article {
                let level = match () {
                    () if member.exact == of.exact => Level::Exact,
                    () if member.near == of.near => Level::Near,
                    () => Level::Story,
                };
                removed.push(Removed { article: member.article, kept: of.article, level, score });
            }
        }
        Ok(())
    })?;
    Ok(removed)
}

/// Takes back those removals whose sources `stay` names.
///
/// # Errors
/// Those of the work folder.
pub fn leave_out(
    clusters: &Clusters,
    removed: &mut Vec<Removed>,
    stay: impl Fn(&Source) -> bool,
) -> Result<()> {
    let mut left = Vec::with_capacity(removed.len());
    for chunk in removed.chunks(TOGETHER) {
        let entries = clusters.entries(chunk.iter().map(|removed| removed.article).collect())?;
        left.extend(chunk.iter().filter(|removed| !stay(&entries.source(removed.article))));
    }
    *removed = left;
    Ok(())
}

/// The place of the member that is kept.
fn choose(clusters: &Clusters, members: &[Assignment], keep: Keep) -> Result<usize> {
    let mut best: Option<(i64, Source, usize)> = None;
    for (chunk, first) in members.chunks(TOGETHER).zip((0..).step_by(TOGETHER)) {
        let articles: Vec<u32> = chunk.iter().map(|member| member.article).collect();
        let extents = clusters.extents(&articles)?;
        let entries = clusters.entries(articles.clone())?;
        for ((place, extent), article) in (first..).zip(extents).zip(articles) {
            // The least is kept.
            let rank = match keep {
                Keep::Longest => -i64::from(extent.words),
                Keep::First => 0,
                Keep::Earliest => extent.day.map_or(i64::MAX, i64::from),
            };
            // Sources are looked at where they can matter.
            if best.as_ref().is_none_or(|(before, ..)| rank <= *before) {
                let next = (rank, entries.source(article), place);
                if best.as_ref().is_none_or(|before| next < *before) {
                    best = Some(next);
                }
            }
        }
    }
    Ok(best.map_or(0, |(.., place)| place))
}

/// For each member the lowest score on the way from match to match to the one at `kept`.
///
/// Matches make a tree under the representative. On the way up from the kept one they count from below;
/// everywhere else from above.
fn weakest_links(members: &[Assignment], kept: usize) -> Vec<f64> {
    let place: AHashMap<u32, usize> =
        members.iter().enumerate().map(|(place, member)| (member.article, place)).collect();
    let above = |at: usize| members[at].matched.map(|(to, score)| (place[&to], score));
    let mut weakest: Vec<Option<f64>> = vec![None; members.len()];
    let (mut at, mut score) = (kept, 1.0_f64);
    weakest[at] = Some(score);
    while let Some((up, link)) = above(at) {
        score = score.min(link);
        weakest[up] = Some(score);
        at = up;
    }
    let mut way = Vec::new();
    for mut at in 0..members.len() {
        let known = loop {
            match (weakest[at], above(at)) {
                (Some(score), _) => break score,
                (None, Some((up, link))) => {
                    way.push((at, link));
                    at = up;
                }
                // The representative is on the way up from the kept one.
                (None, None) => break 1.0,
            }
        };
        way.drain(..).rev().fold(known, |score, (at, link)| {
            let score = score.min(link);
            weakest[at] = Some(score);
            score
        });
    }
    weakest.into_iter().map(|score| score.unwrap_or(1.0)).collect()
}

/// Which records of which files are removed.
#[derive(Clone, Debug, Default)]
pub struct Removals {
    /// Of each file, in the order of the files, its place in `records`.
    of: Vec<Range<usize>>,
    records: Vec<u64>,
}

impl Removals {
    /// Looks up where the articles stand, in `files`, the files of the run. Memory: 16 bytes for each of
    /// them.
    ///
    /// # Errors
    /// Those of the work folder.
    pub fn new(clusters: &Clusters, removed: &[Removed], files: &[InputFile]) -> Result<Removals> {
        let numbers: AHashMap<&str, usize> =
            files.iter().zip(0..).map(|(file, number)| (&*file.name, number)).collect();
        let mut places = Vec::with_capacity(removed.len());
        for chunk in removed.chunks(TOGETHER) {
            let articles = chunk.iter().map(|removed| removed.article);
            let entries = clusters.entries(articles.clone().collect())?;
            places.extend(articles.filter_map(|article| {
                let source = entries.source(article);
                Some((*numbers.get(&*source.path)?, source.record))
            }));
        }
        places.sort_unstable();
        let (mut of, mut end) = (Vec::with_capacity(files.len()), 0);
        for number in 0..files.len() {
            let start = end;
            end += places[start..].partition_point(|&(file, _)| file == number);
            of.push(start..end);
        }
        Ok(Removals { of, records: places.into_iter().map(|(_, record)| record).collect() })
    }

    /// Numbers of the records of a file, by its place among the files, that are removed; rising.
    ///
    /// # Panics
    /// If there is no such file.
    #[must_use]
    pub fn of(&self, file: usize) -> &[u64] {
        &self.records[self.of[file].clone()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::Relation;

    fn member(article: u32, to: Option<(u32, f64)>) -> Assignment {
        let relation = if to.is_some() { Relation::Near } else { Relation::Representative };
        Assignment { article, exact: article, near: 1, story: 1, relation, matched: to }
    }

    #[test]
    fn a_score_is_the_lowest_on_the_way() {
        // 1 <- 2 <- 3 <- 5 and 1 <- 4.
        let members = [
            member(1, None),
            member(2, Some((1, 0.9))),
            member(3, Some((2, 0.7))),
            member(4, Some((1, 0.8))),
            member(5, Some((3, 0.95))),
        ];
        assert_eq!(weakest_links(&members, 0), [1.0, 0.9, 0.7, 0.8, 0.7]);
        assert_eq!(weakest_links(&members, 2), [0.7, 0.7, 1.0, 0.7, 0.95]);
        assert_eq!(weakest_links(&members, 3), [0.8, 0.8, 0.7, 1.0, 0.7]);
    }
}
