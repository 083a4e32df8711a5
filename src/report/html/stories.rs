//! The largest stories, with their members.

use super::most::Counter;
use super::shown::{line, link};
use super::sites::{SITE_CHARS, published, site};
use crate::article::{Article, Source};
use crate::hash::hash64;
use crate::pipeline::{Assignment, Clusters, Entry, OPENING_CHARS, Relation, TOGETHER};
use crate::report::rounded;
use crate::store::{Result, StoreError};
use jiff::Span;
use jiff::civil::date;
use serde::Serialize;

/// The stories that are shown, and how much is not.
#[derive(Debug, Default, Serialize)]
pub(super) struct Stories {
    pub(super) shown: Vec<Story>,
    /// Smaller clusters that are counted only, and their articles.
    more: u64,
    more_articles: u64,
}

/// A cluster of two and more.
#[derive(Debug, Serialize)]
pub(super) struct Story {
    size: usize,
    exact: usize,
    near: usize,
    retold: usize,
    sites: Vec<(String, u64)>,
    more_sites: u64,
    /// First and last day on which one of its articles was published, where any is known.
    days: Option<[String; 2]>,
    /// The representative comes first.
    pub(super) members: Vec<Member>,
    more_members: usize,
}

/// An article of a story.
#[derive(Debug, Serialize)]
pub(super) struct Member {
    pub(super) article: u32,
    pub(super) heading: Heading,
    pub(super) relation: &'static str,
    score: Option<String>,
    /// The article that it was matched with, where that is not the representative.
    to: Option<String>,
    /// Whether its text can be compared with that of the representative.
    pub(super) text: Shown,
    #[serde(skip)]
    pub(super) source: Source,
}

/// What is shown of the text of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Shown {
    /// It is none of those that are compared.
    Not,
    /// All of it or a part.
    Text,
    /// There was no room for it.
    Full,
    /// It is no longer where it was read.
    Gone,
}

/// What an article is called.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Heading {
    title: String,
    id: String,
    /// Its address, where one can go there.
    link: Option<String>,
    site: Option<String>,
    date: Option<String>,
    fetched: bool,
}

/// Stories that are shown at most, and members of each: more than one reads.
const SHOWN_STORIES: usize = 200;
const SHOWN_MEMBERS: usize = 20;

/// Bytes that the lists of stories may take on the page, about.
const LIST_BYTES: usize = 1_800_000;

/// Bytes of markup around a story, and around a member.
const STORY_BYTES: usize = 1500;
const MEMBER_BYTES: usize = 700;

/// Sites of a story that are shown.
const SHOWN_SITES: usize = 6;

/// Characters that are shown of a title, an id, and a date.
const TITLE_CHARS: usize = 160;
const ID_CHARS: usize = 120;
const DATE_CHARS: usize = 32;

impl Stories {
    /// The largest stories. Cost: a pass over all clusters, and the entries of those that are shown.
    pub(super) fn of(clusters: &Clusters) -> Result<Stories> {
        let (mut stories, mut bytes) = (Stories::default(), 0);
        clusters.clusters::<StoreError>(2, |members| {
            if stories.shown.len() < SHOWN_STORIES && bytes < LIST_BYTES && stories.more == 0 {
                let story = story(clusters, members)?;
                bytes += story.bytes();
                if bytes < LIST_BYTES {
                    stories.shown.push(story);
                    return Ok(());
                }
            }
            stories.more += 1;
            stories.more_articles += members.len() as u64;
            Ok(())
        })?;
        Ok(stories)
    }
}

fn story(clusters: &Clusters, members: &[Assignment]) -> Result<Story> {
    let count = |relation| members.iter().filter(|of| of.relation == relation).count();
    let mut sites = Counter::new(clusters);
    let mut days: Option<[i32; 2]> = None;
    for some in members.chunks(TOGETHER) {
        let entries = clusters.entries(some.iter().map(|of| of.article).collect())?;
        for of in some {
            let entry = entries.entry(of.article);
            if let Some(site) = site(&entry) {
                sites.push([0, hash64(site.as_bytes(), 0)], 0, u64::from(of.article))?;
            }
            if let Some(day) = published(&entry) {
                let [first, last] = days.unwrap_or([day; 2]);
                days = Some([first.min(day), last.max(day)]);
            }
        }
    }
    let (most, distinct) = sites.most(SHOWN_SITES)?;
    let mut sites = Vec::new();
    for count in most {
        let entry = clusters.entry(count.example as u32)?;
        sites.push((line(&site(&entry).unwrap_or_default(), SITE_CHARS), count.all));
    }
    sites.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let shown = chosen(members);
    Ok(Story {
        size: members.len(),
        exact: count(Relation::Exact),
        near: count(Relation::Near),
        retold: count(Relation::Story),
        more_sites: distinct - sites.len() as u64,
        sites,
        days: days.map(|days| days.map(written)),
        more_members: members.len() - shown.len(),
        members: rows(clusters, members[0].article, &shown)?,
    })
}

/// The members that are shown, in their order: the representative, and of the others as many of each
/// relation as of any, as far as there are.
fn chosen(members: &[Assignment]) -> Vec<Assignment> {
    let of = |relation: Relation| {
        let these = members.iter().enumerate().filter(move |(_, of)| of.relation == relation);
        // The second of one relation competes with the second of another.
        (0..).zip(these).map(|(nth, (at, _))| (nth, at)).take(SHOWN_MEMBERS)
    };
    let mut places: Vec<(usize, usize)> = of(Relation::Story)
        .chain(of(Relation::Near))
        .chain(of(Relation::Exact))
        .chain(of(Relation::Representative))
        .collect();
    places.sort_unstable_by_key(|&(nth, at)| (at > 0, nth, at));
    places.truncate(SHOWN_MEMBERS);
    places.sort_unstable_by_key(|&(_, at)| at);
    places.into_iter().map(|(_, at)| members[at]).collect()
}

fn rows(clusters: &Clusters, representative: u32, of: &[Assignment]) -> Result<Vec<Member>> {
    let both = |of: &Assignment| [of.article, of.matched.map_or(of.article, |(to, _)| to)];
    let entries = clusters.entries(of.iter().flat_map(both).collect())?;
    let row = |of: &Assignment| {
        let entry = entries.entry(of.article);
        let to = of.matched.map(|(to, _)| to).filter(|&to| to != representative);
        Member {
            article: of.article,
            heading: Heading::of(&entry),
            relation: of.relation.name(),
            score: of.matched.map(|(_, score)| format!("{:.2}", rounded(score))),
            to: to.map(|to| line(&entries.id(to), ID_CHARS)),
            text: Shown::Not,
            source: entry.source,
        }
    };
    Ok(of.iter().map(row).collect())
}

/// A day as ISO 8601 writes it; nothing where the calendar has no such day.
fn written(day: i32) -> String {
    let date = Span::new().try_days(day).and_then(|days| date(1970, 1, 1).checked_add(days));
    date.map_or_else(|_| String::new(), |date| date.to_string())
}

impl Heading {
    /// What an article is called that is not of a result.
    pub(super) fn of_article(article: &Article) -> Heading {
        Heading::of(&Entry::of(article))
    }

    /// What an article of a result is called.
    fn of(entry: &Entry) -> Heading {
        let title = entry.title.as_deref().filter(|title| !title.trim().is_empty());
        let mut opening = line(&entry.opening, TITLE_CHARS);
        // One short where a space would have been the last.
        if entry.opening.chars().count() + 1 >= OPENING_CHARS {
            opening.push('…');
        }
        Heading {
            title: title.map_or(opening, |title| line(title, TITLE_CHARS)),
            id: line(&entry.id, ID_CHARS),
            link: entry.url.as_deref().and_then(link),
            site: site(entry).map(|site| line(&site, SITE_CHARS)),
            date: entry.date.as_deref().map(|date| line(date, DATE_CHARS)),
            fetched: entry.fetched,
        }
    }

    fn bytes(&self) -> usize {
        let optional = [&self.link, &self.site, &self.date].into_iter().flatten();
        optional.chain([&self.title, &self.id]).map(|text| escaped(text)).sum()
    }
}

impl Story {
    /// Bytes that it takes on the page, about, and no less.
    fn bytes(&self) -> usize {
        let sites: usize = self.sites.iter().map(|(site, _)| escaped(site) + 20).sum();
        let members = self.members.iter().map(|member| {
            // The button names the title once more.
            let heading = member.heading.bytes() + escaped(&member.heading.title);
            MEMBER_BYTES + heading + member.to.as_deref().map_or(0, escaped)
        });
        // The representative's title stands above them all once more.
        let heading = self.members.first().map_or(0, |member| member.heading.bytes());
        STORY_BYTES + heading + sites + members.sum::<usize>()
    }
}

/// Bytes of a text on a page.
fn escaped(text: &str) -> usize {
    text.bytes()
        .map(|b| if matches!(b, b'<' | b'>' | b'&' | b'"' | b'\'' | b'/') { 6 } else { 1 })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_as_dates() {
        assert_eq!([0, -1, 19_812].map(written), ["1970-01-01", "1969-12-31", "2024-03-30"]);
        assert_eq!(written(i32::MAX), "");
    }

    #[test]
    fn every_relation_has_its_members_among_those_shown() {
        let member = |article, relation| Assignment {
            article,
            exact: 0,
            near: 0,
            story: 0,
            relation,
            matched: (article > 0).then_some((0, 0.9)),
        };
        let relation = |article: u32| match article {
            0 => Relation::Representative,
            1..=50 => Relation::Exact,
            51..=53 => Relation::Near,
            _ => Relation::Story,
        };
        let members: Vec<_> = (0..100).map(|article| member(article, relation(article))).collect();
        let shown = chosen(&members);
        assert_eq!((shown.len(), shown[0].article), (SHOWN_MEMBERS, 0));
        assert!(shown.is_sorted_by_key(|of| of.article));
        let count = |relation| shown.iter().filter(|of| of.relation == relation).count();
        let counts = [Relation::Exact, Relation::Near, Relation::Story].map(count);
        assert_eq!(counts, [8, 3, 8]);
        assert_eq!(chosen(&members[..3]), members[..3]);
    }
}
