//! Scored pairs to groups.
//!
//! [`near`] makes groups in which every member is near its representative; [`story`] groups whose
//! members are alike on average. Both start from the [`components`] of the pairs, and both are pure
//! functions of the pairs: the order in which pairs were found does not matter.

pub mod components;
pub mod graph;
pub mod near;
pub mod story;

/// A pair of articles and how strongly they belong together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    /// Number of one article.
    pub a: u32,
    /// Number of the other, larger than `a`.
    pub b: u32,
    /// 0 to 1.
    pub score: f64,
}

/// A group, and why each of its members is in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The article that stands for all.
    pub representative: u32,
    /// The others, sorted by number.
    pub members: Vec<Member>,
}

/// A member of a group other than its representative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Member {
    /// Its number.
    pub article: u32,
    /// The article in the same group that it was matched with.
    pub to: u32,
    /// The score of that match.
    pub score: f64,
}

/// All articles of each group, sorted.
#[cfg(test)]
fn sets(groups: &[Group]) -> Vec<Vec<u32>> {
    let all = |group: &Group| {
        let members = group.members.iter().map(|member| member.article);
        let mut all: Vec<u32> = members.chain([group.representative]).collect();
        all.sort_unstable();
        all
    };
    groups.iter().map(all).collect()
}
