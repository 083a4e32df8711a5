//! The result of a run: for every article the groups it is in, and why.

use super::entry::{Entry, Stored, find};
use super::job::Job;
use super::sketch::{Fact, Facts};
use crate::article::Source;
use crate::cluster::Member;
use crate::config::Level;
use crate::read::Tally;
use crate::store::{Block, Column, Result, Sorted, Sorter, Store, StoreError, Table};

/// Why an article is in its cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// It stands for the cluster, or is alone.
    Representative,
    /// The same text as another.
    Exact,
    /// An edited copy of another.
    Near,
    /// The same story as another.
    Story,
}

impl Relation {
    /// Its name in the output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Relation::Representative => "representative",
            Relation::Exact => "exact",
            Relation::Near => "near",
            Relation::Story => "story",
        }
    }
}

/// The groups of an article. Articles are named by their numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Assignment {
    /// Its number.
    pub article: u32,
    /// Representative of its exact group; itself where it is alone.
    pub exact: u32,
    /// Representative of its near group; that of the exact group at `--match exact`.
    pub near: u32,
    /// Representative of its story; that of the near group at `--match near`.
    pub story: u32,
    /// Why it is in its cluster.
    pub relation: Relation,
    /// The article it was matched with, and the score of the match; `None` for a representative.
    pub matched: Option<(u32, f64)>,
}

/// Why an article is in its near group or its story: its number, the level, the article it was
/// matched with, and the two halves of the score's bits.
pub(super) type Match = [u32; 5];

/// The match of a member of a group.
pub(super) fn matched(member: &Member, relation: Relation) -> Match {
    let score = member.score.to_bits();
    [member.article, relation as u32, member.to, (score >> 32) as u32, score as u32]
}

fn score_of(high: u32, low: u32) -> f64 {
    f64::from_bits(u64::from(high) << 32 | u64::from(low))
}

/// The result of a run. Articles are numbered in the order of the ids that the dump gives them.
#[derive(Debug)]
pub struct Clusters {
    pub(super) store: Store,
    pub(super) entries: Column,
    pub(super) facts: Table<Facts>,
    /// For each article the one that stands for it after each level.
    pub(super) levels: Levels,
    pub(super) matches: Sorted<Match>,
    /// What was read and what was not.
    pub tally: Tally,
    /// Articles whose id was taken and who were given another.
    pub repeated_ids: u64,
    /// Near buckets too full for all their pairs to be compared.
    pub capped_buckets: u64,
    /// Articles that were compared without a part of their text: furniture of their site.
    pub trimmed: u64,
    /// For each of the configuration's `judged_pairs` the score at its level, from 0 to 1: at the
    /// story level the probability of one story (1 within a near group); `None` where an id is
    /// unknown.
    pub judged: Vec<Option<f64>>,
    /// Where the run saved its steps, if it did.
    pub(super) job: Option<Job>,
}

/// Articles whose entries are read together: enough for few readings, few enough to be nothing beside a
/// stage.
pub(crate) const TOGETHER: usize = 1 << 13;

/// What is reported of some articles of a result.
#[derive(Debug)]
pub struct Entries<'a>(Block<'a>);

impl Entries<'_> {
    /// That of one of them.
    ///
    /// # Panics
    /// If it was not asked for.
    #[must_use]
    pub fn entry(&self, article: u32) -> Entry {
        Stored(self.0.get(article as usize)).entry()
    }

    /// Where it was read.
    ///
    /// # Panics
    /// See [`Entries::entry`].
    #[must_use]
    pub fn source(&self, article: u32) -> Source {
        Stored(self.0.get(article as usize)).source()
    }

    /// Its id.
    ///
    /// # Panics
    /// See [`Entries::entry`].
    #[must_use]
    pub fn id(&self, article: u32) -> String {
        Stored(self.0.get(article as usize)).id()
    }
}

/// How long an article is, and how old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Words of its text.
    pub words: u32,
    /// Day of publication, in days from 1970-01-01, where it is known.
    pub day: Option<i32>,
}

/// For each article the one that stands for its exact group, its near group, and its story.
#[derive(Debug)]
pub(super) struct Levels {
    pub(super) exact: Vec<u32>,
    pub(super) near: Vec<u32>,
    pub(super) story: Vec<u32>,
}

impl Levels {
    /// As many articles, each by itself at each level.
    pub(super) fn new(articles: usize) -> Levels {
        let each: Vec<u32> = (0..articles as u32).collect();
        Levels { exact: each.clone(), near: each.clone(), story: each }
    }

    /// Looks up what stands for the articles at a level, from what stands for those that stand for
    /// themselves at the level before: `of` in the place of each.
    pub(super) fn through(before: &[u32], of: &mut [u32]) {
        // A representative stands for itself before, so its own place is right already.
        for (article, &to) in before.iter().enumerate() {
            of[article] = of[to as usize];
        }
    }
}

/// A member of a cluster, in the order in which clusters are shown: the size of the cluster, less
/// than which comes later; its representative; whether the article is in another near group, its
/// representative; the same of the exact group; whether it is not that itself; the article, the
/// relation, the match and the halves of its score.
type Placed = [u32; 12];

impl Clusters {
    /// Number of articles.
    #[must_use]
    pub fn len(&self) -> usize {
        self.levels.exact.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Removes the checkpoints of the run: the result is written, and nobody needs to go on from them.
    ///
    /// # Errors
    /// Those of the work folder, as everywhere here.
    pub fn forget_checkpoints(&mut self) -> Result<()> {
        self.job.take().map_or(Ok(()), Job::end)
    }

    /// Where a report may put what outgrows memory.
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// What is reported of an article.
    ///
    /// # Errors
    /// Those of the work folder, as everywhere here.
    ///
    /// # Panics
    /// If there is no such article.
    pub fn entry(&self, article: u32) -> Result<Entry> {
        Ok(self.entries(vec![article])?.entry(article))
    }

    /// What is reported of some articles. Quicker than one by one where it is in a file.
    ///
    /// # Errors
    /// See [`Clusters::entry`].
    ///
    /// # Panics
    /// If there is no such article.
    pub fn entries(&self, articles: Vec<u32>) -> Result<Entries<'_>> {
        Ok(Entries(self.entries.some(0..self.len(), articles)?))
    }

    /// How long some articles are, and how old, in the order given.
    ///
    /// # Errors
    /// See [`Clusters::entry`].
    ///
    /// # Panics
    /// If there is no such article.
    pub fn extents(&self, articles: &[u32]) -> Result<Vec<Extent>> {
        let extent = |facts| {
            let Fact { words, day, .. } = Fact::from(facts);
            Extent { words, day }
        };
        Ok(self.facts.some(articles)?.into_iter().map(extent).collect())
    }

    /// The number of the article with this id. Cost: a binary search.
    ///
    /// # Errors
    /// See [`Clusters::entry`].
    pub fn find(&self, id: &str) -> Result<Option<u32>> {
        find(&self.entries, id)
    }

    /// The id of an article.
    ///
    /// # Errors
    /// See [`Clusters::entry`].
    ///
    /// # Panics
    /// If there is no such article.
    pub fn id(&self, article: u32) -> Result<String> {
        Ok(self.entries(vec![article])?.id(article))
    }

    /// The article that stands for the group of an article at a level.
    ///
    /// # Panics
    /// If there is no such article.
    #[must_use]
    pub fn representative(&self, article: u32, level: Level) -> u32 {
        let level = match level {
            Level::Exact => &self.levels.exact,
            Level::Near => &self.levels.near,
            Level::Story => &self.levels.story,
        };
        level[article as usize]
    }

    /// Calls `visit` with the groups of each article, in the order of their numbers.
    ///
    /// # Errors
    /// See [`Clusters::entry`]; those of `visit`.
    pub fn assignments<E: From<StoreError>>(
        &self,
        mut visit: impl FnMut(Assignment) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut next = 0;
        self.matches.blocks(
            |_, _| false,
            |matches: &[Match]| -> Result<(), E> {
                for &[article, relation, to, high, low] in matches {
                    (next..article).try_for_each(|article| visit(self.unmatched(article)))?;
                    let relation = if relation == Relation::Near as u32 {
                        Relation::Near
                    } else {
                        Relation::Story
                    };
                    let matched = Some((to, score_of(high, low)));
                    visit(Assignment { relation, matched, ..self.unmatched(article) })?;
                    next = article + 1;
                }
                Ok(())
            },
        )?;
        (next..self.len() as u32).try_for_each(|article| visit(self.unmatched(article)))
    }

    /// An article that is not matched with another beyond the exact level.
    fn unmatched(&self, article: u32) -> Assignment {
        let Levels { exact, near, story } = &self.levels;
        let [exact, near, story] = [exact, near, story].map(|level| level[article as usize]);
        let copy = exact != article;
        let relation = if copy { Relation::Exact } else { Relation::Representative };
        let matched = copy.then_some((exact, 1.0));
        Assignment { article, exact, near, story, relation, matched }
    }

    /// Number of clusters, and of articles in clusters, of `at_least` articles.
    #[must_use]
    pub fn count(&self, at_least: u32) -> (usize, usize) {
        let sizes = self.sizes();
        let large =
            || sizes.iter().map(|&size| size as usize).filter(|&size| size >= at_least as usize);
        (large().filter(|&size| size > 0).count(), large().sum())
    }

    /// Calls `visit` with the clusters of `at_least` articles: the largest first, equal ones by the
    /// representative's number. In each the representative comes first, then its exact copies, then
    /// the other near groups in the same way.
    ///
    /// # Errors
    /// See [`Clusters::entry`]; those of `visit`.
    pub fn clusters<E: From<StoreError>>(
        &self,
        at_least: u32,
        mut visit: impl FnMut(&[Assignment]) -> Result<(), E>,
    ) -> Result<(), E> {
        let sizes = self.sizes();
        let mut placed: Sorter<Placed> = Sorter::new(&self.store, self.store.share(4));
        self.assignments::<StoreError>(|of| {
            let size = sizes[of.story as usize];
            if size < at_least {
                return Ok(());
            }
            let other = |representative, inner| u32::from(representative != inner);
            let Assignment { article, exact, near, story, relation, matched } = of;
            let (to, score) = matched.unwrap_or((article, 0.0));
            let bits = score.to_bits();
            placed.push([
                u32::MAX - size,
                story,
                other(story, near),
                near,
                other(near, exact),
                exact,
                other(exact, article),
                article,
                relation as u32,
                to,
                (bits >> 32) as u32,
                bits as u32,
            ])
        })?;
        drop(sizes);
        let same = |x: &Placed, y: &Placed| x[1] == y[1];
        let mut cluster = Vec::new();
        placed.finish()?.blocks(same, |block| {
            for members in block.chunk_by(same) {
                cluster.clear();
                cluster.extend(members.iter().map(assignment));
                visit(&cluster)?;
            }
            Ok(())
        })
    }

    /// For each article the size of the cluster it stands for.
    fn sizes(&self) -> Vec<u32> {
        let mut sizes = vec![0; self.len()];
        self.levels.story.iter().for_each(|&story| sizes[story as usize] += 1);
        sizes
    }
}

fn assignment(
    &[_, story, _, near, _, exact, _, article, relation, to, high, low]: &Placed,
) -> Assignment {
    let relations = [Relation::Representative, Relation::Exact, Relation::Near, Relation::Story];
    let relation = relations[relation as usize];
    let matched = (relation != Relation::Representative).then(|| (to, score_of(high, low)));
    Assignment { article, exact, near, story, relation, matched }
}
