//! What sites print around their articles neither joins two of one site nor parts two copies.
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod support;

use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use support::cli::{Place, json_lines, text};
use support::news::article;

const SITES: u64 = 120;
const OWN_ARTICLES: u64 = 6;

/// Seeds of texts, apart from one another.
const FURNITURE: u64 = 1_000_000;
const STORY: u64 = 2_000_000;

/// A dump in which each site prints a few articles of its own and one story that all print, each
/// time between appeals and footers as long as the article.
fn dump(hosts_are_known: bool) -> String {
    let mut lines = String::new();
    for site in 0..SITES {
        let furniture = article(FURNITURE + site, 20);
        let own = (0..OWN_ARTICLES).map(|n| (format!("own-{site}-{n}"), site * 100 + n));
        for (id, seed) in own.chain([(format!("story-{site}"), STORY)]) {
            let (head, foot) = furniture.split_at(5);
            let parts = [head.join("\n"), article(seed, 20).join(" "), foot.join("\n")];
            let mut line = json!({ "id": id, "text": parts.join("\n") });
            if hosts_are_known {
                line["url"] = json!(format!("https://www.site{site}.example/news/{seed}.html"));
            }
            lines.push_str(&format!("{line}\n"));
        }
    }
    lines
}

/// Runs it, and checks that the story is one near group and everything else is alone.
fn check(hosts_are_known: bool) {
    let place = Place::new();
    place.write("dump.jsonl", dump(hosts_are_known));
    let run = place.cluster(&["dump.jsonl", "-o", "clusters.jsonl", "--assignments", "rows.jsonl"]);
    let trimmed = SITES * (OWN_ARTICLES + 1);
    run.ends(0).says(&[&format!("{trimmed} articles compared without")]);
    let mut groups: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in json_lines(&place.read("rows.jsonl")) {
        assert_eq!(row["near"], row["story"], "no story of copies that are no copies: {row}");
        groups
            .entry(text(&row["near"]).to_owned())
            .or_default()
            .insert(text(&row["id"]).to_owned());
    }
    let joined: Vec<_> = groups.into_values().filter(|group| group.len() > 1).collect();
    let story: BTreeSet<String> = (0..SITES).map(|site| format!("story-{site}")).collect();
    assert_eq!(joined, [story]);
}

#[test]
fn a_story_on_many_sites_is_found_and_the_sites_are_kept_apart() {
    check(true);
}

#[test]
fn the_same_where_the_addresses_are_not_known() {
    check(false);
}
