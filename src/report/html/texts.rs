//! The texts of the page, for its script to show: what two members of a story share.

use super::HtmlPage;
use super::sides::SideBySide;
use super::stories::{Shown, Story};
use super::window::windows;
use crate::article::Source;
use crate::pipeline::{Clusters, RunError};
use crate::read::fetch;
use crate::score::passages::passages;
use crate::store::StoreError;
use crate::text::Words;
use ahash::AHashMap;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io;
use std::num::NonZeroUsize;
use std::ops::Range;

/// Members of a story whose texts are compared with the representative's, at most.
const COMPARED: usize = 9;

/// Bytes of a text that are shown, of a longer one a part: five minutes of reading.
const LONGEST: usize = 8000;

/// Bytes that are shown of a text on the fullest page.
const LEAST: usize = 64;

/// Bytes that all texts and the places of what they share may take on the page.
const ALL: usize = 2_200_000;

/// Bytes of all texts in which passages are sought. Where they are more, they are sought in the
/// beginnings, but never in less than is shown.
const SOUGHT: usize = 64 << 20;

/// A text as it was read again.
struct Found {
    /// Its bytes, or the first of them.
    text: String,
    /// Bytes behind them.
    behind: usize,
}

#[derive(Serialize)]
struct TextRecord {
    text: String,
    /// Bytes that are left out before it and behind it.
    before: usize,
    behind: usize,
}

#[derive(Serialize)]
struct PairRecord {
    /// Passages that both share, and those of which both show something.
    passages: u32,
    shown: u32,
    /// Whether they were sought in all of both texts.
    whole: bool,
    /// Another part of the representative's text than the one that is there for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    own: Option<TextRecord>,
    a: Vec<u32>,
    b: Vec<u32>,
}

/// A representative and another member, as the page has them.
struct Pair {
    /// Entries of the texts that were not there before, and that of the pair.
    texts: Vec<String>,
    pair: String,
    /// The part of the representative's text that is there for all.
    window: Range<usize>,
}

/// Reads the texts of some members of the stories again, and marks these members. Returns what the
/// script needs as JSON that may stand in a page: `sought`, bytes of a text in which passages are sought
/// at most; `texts`, by the article's number; and `pairs`, by the number of the article that is compared
/// with its representative, each with the ranges of both texts (beginning, end, number of the
/// passage, all in one list) in UTF-16 units.
///
/// Every story gets its representative and one member, if with less of long texts; of the others those
/// that fit.
///
/// Cost: one reading of the files that hold them. Memory: the texts that are compared, some 2,000,
/// of which 64 MiB at most are kept.
pub(super) fn embed(
    page: &HtmlPage<'_>,
    clusters: &Clusters,
    stories: &mut [Story],
) -> io::Result<String> {
    let wanted: Vec<Vec<usize>> = stories.iter().map(compared).collect();
    let texts: usize = wanted.iter().map(|wanted| 1 + wanted.len()).sum();
    let sought = (SOUGHT / texts.max(1)).max(LONGEST);
    let found = read_again(page, clusters, stories, &wanted, sought)?;
    let mut ready = Vec::new();
    for (story, wanted) in stories.iter_mut().zip(wanted) {
        for at in [0].iter().chain(&wanted) {
            let member = &mut story.members[*at];
            if !found.contains_key(&member.article) {
                member.text = Shown::Gone;
            }
        }
        let is_there = |at: &usize| story.members[*at].text != Shown::Gone;
        let all = if is_there(&0) { wanted } else { Vec::new() };
        ready.push(all.into_iter().filter(is_there).collect::<Vec<usize>>());
    }

    let pair = |story: &Story, at: usize, longest: usize, window: Option<&Range<usize>>| {
        let articles = [0, at].map(|at| story.members[at].article);
        Pair::of(articles, articles.map(|article| &found[&article]), longest, window)
    };
    let first = |(story, ready): (&Story, &Vec<usize>)| {
        ready.first().map(|&at| pair(story, at, LONGEST, None))
    };
    let mut firsts: Vec<Option<Pair>> = stories.iter().zip(&ready).map(first).collect();
    let room = share(firsts.iter().flatten().map(Pair::bytes).collect(), ALL);
    for ((story, ready), first) in stories.iter().zip(&ready).zip(&mut firsts) {
        let (Some(first), Some(&at)) = (first, ready.first()) else { continue };
        let mut longest = LONGEST;
        while first.bytes() > room && longest > LEAST {
            // Characters that are written as several bytes are not spread evenly: a little less.
            longest = (longest * room / first.bytes() * 7 / 8).max(LEAST);
            *first = pair(story, at, longest, None);
        }
    }

    let (mut texts, mut pairs, mut bytes) = (Vec::new(), Vec::new(), 0);
    let mut windows: Vec<Option<Range<usize>>> = vec![None; stories.len()];
    for round in 0..COMPARED {
        for (n, story) in stories.iter_mut().enumerate() {
            let Some(&at) = ready[n].get(round) else { continue };
            let new = firsts[n].take();
            let new = new.unwrap_or_else(|| pair(story, at, LONGEST, windows[n].as_ref()));
            if bytes + new.bytes() > ALL {
                story.members[at].text = Shown::Full;
                continue;
            }
            bytes += new.bytes();
            texts.extend(new.texts);
            pairs.push(new.pair);
            windows[n] = Some(new.window);
            [0, at].into_iter().for_each(|at| story.members[at].text = Shown::Text);
        }
    }
    let (texts, pairs) = (texts.join(","), pairs.join(","));
    Ok(format!("{{\"sought\":{sought},\"texts\":{{{texts}}},\"pairs\":{{{pairs}}}}}"))
}

/// What each may have at most, so that all together have no more than there is: those that want less
/// leave the rest to the others.
fn share(mut wants: Vec<usize>, mut left: usize) -> usize {
    wants.sort_unstable();
    for (at, want) in wants.iter().enumerate() {
        let share = left / (wants.len() - at);
        if *want > share {
            return share;
        }
        left -= want;
    }
    usize::MAX
}

impl Pair {
    /// Two articles with at most `longest` bytes of their texts. `window` is the part of the
    /// representative's text that is on the page already.
    fn of(
        articles: [u32; 2],
        found: [&Found; 2],
        longest: usize,
        window: Option<&Range<usize>>,
    ) -> Pair {
        let words = found.map(|found| Words::of(&found.text));
        let [a, b] = &words;
        let passages = passages(a, b);
        let windows = windows([a, b], &passages, longest, window);
        let both = SideBySide::within(a, b, &passages, windows.clone());
        let text = |side: usize| TextRecord {
            text: both.text(side),
            before: windows[side].start,
            behind: words[side].normal.len() - windows[side].end + found[side].behind,
        };
        let own = window.is_some_and(|window| *window != windows[0]).then(|| text(0));
        let record = PairRecord {
            passages: both.passages,
            shown: both.in_both(),
            whole: found.iter().all(|found| found.behind == 0),
            own,
            a: both.marked(0),
            b: both.marked(1),
        };
        let new = if window.is_some() { 1..2 } else { 0..2 };
        Pair {
            texts: new.map(|side| entry(articles[side], &text(side))).collect(),
            pair: entry(articles[1], &record),
            window: window.unwrap_or(&windows[0]).clone(),
        }
    }

    /// Bytes that it takes on the page.
    fn bytes(&self) -> usize {
        self.texts.iter().chain([&self.pair]).map(|entry| entry.len() + 1).sum()
    }
}

/// The members of a story that are compared with its representative, by their places: in turn one of
/// each relation, the loosest first, for it has the most to show.
fn compared(story: &Story) -> Vec<usize> {
    let places = |relation: &str| {
        let these =
            story.members.iter().enumerate().filter(|(_, member)| member.relation == relation);
        these.map(|(at, _)| at).collect::<Vec<_>>()
    };
    let by_relation = ["story", "near", "exact"].map(places);
    let turn = |nth: usize| by_relation.iter().filter_map(move |places| places.get(nth).copied());
    (0..COMPARED).flat_map(turn).take(COMPARED).collect()
}

/// The texts that are wanted, at most `longest` bytes of each, by the numbers of their articles, where
/// they are still what they were.
fn read_again(
    page: &HtmlPage<'_>,
    clusters: &Clusters,
    stories: &[Story],
    wanted: &[Vec<usize>],
    longest: usize,
) -> io::Result<AHashMap<u32, Found>> {
    let mut places: BTreeMap<Source, u32> = BTreeMap::new();
    for (story, wanted) in stories.iter().zip(wanted) {
        for member in [0].iter().chain(wanted).map(|&at| &story.members[at]) {
            places.insert(member.source.clone(), member.article);
        }
    }
    let config = page.config;
    let cores = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let readers = config.threads.map_or_else(cores, NonZeroUsize::get).clamp(2, 8);
    let (mut found, mut outcome) = (AHashMap::new(), Ok::<(), StoreError>(()));
    let tally = fetch(page.files, &config.read, readers, places.keys().cloned(), |article| {
        let Some(&number) = places.get(&article.source) else { return };
        match clusters.entry(number) {
            Ok(entry) if entry.is_of(&article) => {
                let mut text = article.text;
                let end = text.floor_char_boundary(longest);
                let behind = text.len() - end;
                text.truncate(end);
                text.shrink_to_fit();
                found.insert(number, Found { text, behind });
            }
            Ok(_) => {}
            Err(error) => outcome = Err(error),
        }
    });
    outcome?;
    if tally.out_of_files {
        return Err(io::Error::other(RunError::OutOfFiles));
    }
    Ok(found)
}

/// An entry of a JSON object that may stand in a page: what could end the script or begin markup is
/// written as an escape.
fn entry(number: u32, value: &impl Serialize) -> String {
    // Numbers and strings have no way to fail.
    let json = serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned());
    let mut entry = format!("\"{number}\":");
    for c in json.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                entry.push_str(&format!("\\u{:04x}", c as u32));
            }
            c => entry.push(c),
        }
    }
    entry
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_that_want_less_leave_the_rest() {
        assert_eq!(share(vec![9, 1, 5], 15), usize::MAX);
        assert_eq!(share(vec![9, 1, 12], 15), 7);
        assert_eq!(share(vec![9, 9, 9], 9), 3);
        assert_eq!(share(vec![], 9), usize::MAX);
    }

    #[test]
    fn nothing_in_the_data_ends_the_script() {
        let text = "</script><!--<script>&\u{2028}\u{2029}\"\\ \u{1F600}";
        let entry = entry(7, &TextRecord { text: text.to_owned(), before: 0, behind: 0 });
        assert!(!entry.contains(['<', '>', '&', '\u{2028}', '\u{2029}']), "{entry}");
        let read: serde_json::Value = serde_json::from_str(&format!("{{{entry}}}")).unwrap();
        assert_eq!(read["7"]["text"], text);
    }
}
