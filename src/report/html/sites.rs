//! The sites that print the same articles.

use super::most::{Count, Counter};
use super::shown::line;
use crate::article::host;
use crate::hash::hash64;
use crate::pipeline::{Clusters, Entry, Relation, TOGETHER, day};
use crate::store::{Result, StoreError};
use serde::Serialize;

/// Pairs of sites, and what cannot be told of one.
#[derive(Debug, Serialize)]
pub(super) struct Sites {
    pairs: Vec<SitePair>,
    /// Pairs that are not shown.
    more: u64,
    /// Copies within one site.
    within: u64,
    /// Copies where the address of one or both is not known.
    unknown: u64,
}

/// Two sites, in the order of their names.
#[derive(Debug, Serialize)]
struct SitePair {
    sites: [String; 2],
    /// Articles of one that were matched with one of the other.
    matches: u64,
    exact: u64,
    near: u64,
    /// Of these, how often the first and the second had it on an earlier day.
    first: [u64; 2],
    /// How often both had it on one day.
    same_day: u64,
    /// How often the day of one or both is not known.
    untold: u64,
}

/// Pairs that are shown.
const SHOWN_PAIRS: usize = 20;

/// Characters of a site's name that are shown.
pub(super) const SITE_CHARS: usize = 80;

impl Sites {
    /// Counts the exact and near matches between sites. Cost: the entries of all copies and of what
    /// they were matched with. Memory: a share of what is free, however many there are.
    pub(super) fn of(clusters: &Clusters) -> Result<Sites> {
        let mut counting = Counting { pairs: Counter::new(clusters), within: 0, unknown: 0 };
        let mut waiting = Vec::with_capacity(TOGETHER);
        clusters.assignments::<StoreError>(|of| {
            if let (Relation::Exact | Relation::Near, Some((to, _))) = (of.relation, of.matched) {
                waiting.push((of.article, to, of.relation));
            }
            if waiting.len() == TOGETHER { counting.add(clusters, &mut waiting) } else { Ok(()) }
        })?;
        counting.add(clusters, &mut waiting)?;
        let Counting { pairs, within, unknown } = counting;
        let (most, distinct) = pairs.most(SHOWN_PAIRS)?;
        let mut pairs =
            most.iter().map(|count| pair(clusters, count)).collect::<Result<Vec<_>>>()?;
        pairs.sort_by(|a, b| b.matches.cmp(&a.matches).then_with(|| a.sites.cmp(&b.sites)));
        Ok(Sites { more: distinct - pairs.len() as u64, pairs, within, unknown })
    }
}

/// The place of a match among the kinds of a count: who had it first, for each relation.
const FIRST: usize = 0;
const SECOND: usize = 1;
const SAME_DAY: usize = 2;
const UNTOLD: usize = 3;
const OF_NEAR: usize = 4;

struct Counting {
    pairs: Counter,
    within: u64,
    unknown: u64,
}

impl Counting {
    /// Counts the matches that wait.
    fn add(&mut self, clusters: &Clusters, waiting: &mut Vec<(u32, u32, Relation)>) -> Result<()> {
        let both = |&(article, to, _): &(u32, u32, Relation)| [article, to];
        let entries = clusters.entries(waiting.iter().flat_map(both).collect())?;
        for (article, to, relation) in waiting.drain(..) {
            let mut ends = [article, to].map(|article| (article, entries.entry(article)));
            let [Some(a), Some(b)] = ends.each_ref().map(|(_, entry)| site(entry)) else {
                self.unknown += 1;
                continue;
            };
            if a == b {
                self.within += 1;
                continue;
            }
            let mut hashes = [&a, &b].map(|site| hash64(site.as_bytes(), 0));
            if b < a {
                ends.reverse();
                hashes.reverse();
            }
            let first = match ends.each_ref().map(|(_, entry)| published(entry)) {
                [Some(a), Some(b)] if a < b => FIRST,
                [Some(a), Some(b)] if b < a => SECOND,
                [Some(_), Some(_)] => SAME_DAY,
                _ => UNTOLD,
            };
            let kind = first + if relation == Relation::Near { OF_NEAR } else { 0 };
            let example = u64::from(ends[0].0) << 32 | u64::from(ends[1].0);
            self.pairs.push(hashes, kind, example)?;
        }
        Ok(())
    }
}

fn pair(clusters: &Clusters, count: &Count) -> Result<SitePair> {
    let articles = [(count.example >> 32) as u32, count.example as u32];
    let entries = clusters.entries(articles.to_vec())?;
    let sites = articles.map(|article| site(&entries.entry(article)).unwrap_or_default());
    let of = |kind: usize| count.kinds[kind] + count.kinds[kind + OF_NEAR];
    Ok(SitePair {
        sites: sites.map(|site| line(&site, SITE_CHARS)),
        matches: count.all,
        exact: count.kinds[..OF_NEAR].iter().sum(),
        near: count.kinds[OF_NEAR..].iter().sum(),
        first: [of(FIRST), of(SECOND)],
        same_day: of(SAME_DAY),
        untold: of(UNTOLD),
    })
}

/// The site of an article.
pub(super) fn site(entry: &Entry) -> Option<String> {
    entry.url.as_deref().and_then(host)
}

/// The day on which an article was published, where that is known.
pub(super) fn published(entry: &Entry) -> Option<i32> {
    if entry.fetched { None } else { entry.date.as_deref().and_then(day) }
}
