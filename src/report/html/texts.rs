//! The texts of the page, for its script to show: what two members of a story share.

use super::HtmlPage;
use super::sides::{SideBySide, whole};
use super::stories::{Shown, Story};
use crate::article::Source;
use crate::pipeline::Clusters;
use crate::read::fetch;
use crate::score::passages::passages;
use crate::store::{Result, StoreError};
use crate::text::Words;
use ahash::{AHashMap, AHashSet};
use serde::Serialize;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;

/// Members of a story whose texts are compared with the representative's, at most.
const COMPARED: usize = 9;

/// Bytes of a text that are shown, of a longer one its beginning: five minutes of reading.
const LONGEST: usize = 8000;

/// Bytes that all texts and the places of what they share may take on the page.
const ALL: usize = 2_200_000;

/// A text as it was read again.
struct Found {
    /// Its first bytes.
    text: String,
    /// Bytes that are left out.
    left_out: usize,
}

#[derive(Serialize)]
struct TextRecord<'a> {
    text: &'a str,
    left_out: usize,
}

#[derive(Serialize)]
struct PairRecord {
    passages: u32,
    a: Vec<u32>,
    b: Vec<u32>,
}

/// Reads the texts of some members of the stories again, and marks these members. Returns what the
/// script needs as JSON that may stand in a page: `texts`, by the article's number, and `pairs`, by
/// the number of the article that is compared with its representative, each with the ranges of
/// both texts (beginning, end, number of the passage, all in one list) in UTF-16 units.
///
/// Cost: one reading of the files that hold them. Memory: some 2,000 texts of 8 KB.
pub(super) fn embed(
    page: &HtmlPage<'_>,
    clusters: &Clusters,
    stories: &mut [Story],
) -> Result<String> {
    let wanted: Vec<Vec<usize>> = stories.iter().map(compared).collect();
    let found = read_again(page, clusters, stories, &wanted)?;
    let (mut texts, mut pairs) = (Vec::new(), Vec::new());
    let (mut bytes, mut written) = (0, AHashSet::new());
    for round in 0..COMPARED {
        for (story, wanted) in stories.iter_mut().zip(&wanted) {
            let Some(&at) = wanted.get(round) else { continue };
            let articles = [0, at].map(|at| story.members[at].article);
            let [Some(a), Some(b)] = articles.map(|article| found.get(&article)) else {
                for at in [0, at] {
                    let member = &mut story.members[at];
                    if !found.contains_key(&member.article) {
                        member.text = Shown::Gone;
                    }
                }
                continue;
            };
            let words = [a, b].map(|found| Words::of(&found.text));
            let both = SideBySide::of(&words[0], &words[1], &passages(&words[0], &words[1]));
            let pair = PairRecord { passages: both.passages, a: both.marked(0), b: both.marked(1) };
            let pair = entry(articles[1], &pair);
            let mut new = Vec::new();
            for ((article, found), words) in articles.into_iter().zip([a, b]).zip(&words) {
                if !written.contains(&article) {
                    let text = TextRecord { text: &whole(words), left_out: found.left_out };
                    new.push((article, entry(article, &text)));
                }
            }
            let more = pair.len() + new.iter().map(|(_, text)| text.len() + 1).sum::<usize>() + 1;
            if bytes + more > ALL {
                continue;
            }
            bytes += more;
            pairs.push(pair);
            for (article, text) in new {
                written.insert(article);
                texts.push(text);
            }
            [0, at].into_iter().for_each(|at| story.members[at].text = Shown::Text);
        }
    }
    Ok(format!("{{\"texts\":{{{}}},\"pairs\":{{{}}}}}", texts.join(","), pairs.join(",")))
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

/// The texts that are wanted, by the numbers of their articles, where they are still what they were.
fn read_again(
    page: &HtmlPage<'_>,
    clusters: &Clusters,
    stories: &[Story],
    wanted: &[Vec<usize>],
) -> Result<AHashMap<u32, Found>> {
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
    fetch(page.files, &config.read, readers, places.keys().cloned(), |article| {
        let Some(&number) = places.get(&article.source) else { return };
        match clusters.entry(number) {
            Ok(entry) if entry.is_of(&article) => {
                let mut text = article.text;
                let end = text.floor_char_boundary(LONGEST);
                let left_out = text.len() - end;
                text.truncate(end);
                text.shrink_to_fit();
                found.insert(number, Found { text, left_out });
            }
            Ok(_) => {}
            Err(error) => outcome = Err(error),
        }
    });
    outcome.map(|()| found)
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
    fn nothing_in_the_data_ends_the_script() {
        let text = "</script><!--<script>&\u{2028}\u{2029}\"\\ \u{1F600}";
        let entry = entry(7, &TextRecord { text, left_out: 0 });
        assert!(!entry.contains(['<', '>', '&', '\u{2028}', '\u{2029}']), "{entry}");
        let read: serde_json::Value = serde_json::from_str(&format!("{{{entry}}}")).unwrap();
        assert_eq!(read["7"]["text"], text);
    }
}
