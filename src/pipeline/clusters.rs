//! The result of a run: for every article the groups it is in, and why.

use crate::article::Source;
use crate::cluster::Group;
use crate::read::Tally;
use std::cmp::Reverse;

/// What is reported of an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its identifier, unlike any other's in the run.
    pub id: String,
    /// Where it was read.
    pub source: Source,
    /// Headline, if the dump has it.
    pub title: Option<String>,
    /// Address, if the dump has it.
    pub url: Option<String>,
    /// Date of publication as the dump writes it, if it does.
    pub date: Option<String>,
    /// First words of the text, to show it by.
    pub opening: String,
}

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

/// The result of a run. Articles are numbered in the order of their ids.
#[derive(Clone, Debug)]
pub struct Clusters {
    /// The articles.
    pub entries: Vec<Entry>,
    /// The groups of each.
    pub assignments: Vec<Assignment>,
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
}

impl Clusters {
    /// Puts the groups of the three levels together. Groups of a level consist of articles that
    /// stand for themselves at the level before.
    pub(super) fn new(entries: Vec<Entry>, levels: [Vec<Group>; 3], tally: Tally) -> Clusters {
        let mut assignments: Vec<Assignment> = (0..entries.len() as u32)
            .map(|own| Assignment {
                exact: own,
                near: own,
                story: own,
                relation: Relation::Representative,
                matched: None,
            })
            .collect();
        let relations = [Relation::Exact, Relation::Near, Relation::Story];
        for (groups, relation) in levels.iter().zip(relations) {
            for group in groups {
                for member in &group.members {
                    let assignment = &mut assignments[member.article as usize];
                    assignment.relation = relation;
                    assignment.matched = Some((member.to, member.score));
                    match relation {
                        Relation::Exact => assignment.exact = group.representative,
                        Relation::Near => assignment.near = group.representative,
                        _ => assignment.story = group.representative,
                    }
                }
            }
        }
        for i in 0..assignments.len() {
            let near = assignments[assignments[i].exact as usize].near;
            assignments[i].near = near;
            assignments[i].story = assignments[near as usize].story;
        }
        Clusters {
            entries,
            assignments,
            tally,
            repeated_ids: 0,
            capped_buckets: 0,
            trimmed: 0,
            judged: Vec::new(),
        }
    }

    /// The clusters, each with its members: the largest first, equal ones by the representative's
    /// number. In each the representative comes first, then its exact copies, then the other near
    /// groups in the same way.
    #[must_use]
    pub fn clusters(&self) -> Vec<Vec<u32>> {
        let mut order: Vec<u32> = (0..self.entries.len() as u32).collect();
        order.sort_unstable_by_key(|&article| {
            let Assignment { story, near, exact, .. } = self.assignments[article as usize];
            (story, near != story, near, exact != near, exact, article != exact, article)
        });
        let mut clusters: Vec<Vec<u32>> = order
            .chunk_by(|&a, &b| {
                self.assignments[a as usize].story == self.assignments[b as usize].story
            })
            .map(<[u32]>::to_vec)
            .collect();
        clusters.sort_by_key(|members| (Reverse(members.len()), members[0]));
        clusters
    }
}
