//! A dump in which every stage finds something to do.

use super::stories::Story;
use retold::hash::mix;

/// Lines of articles in no order of their ids, some with an id that
/// is taken, on sites that print the same below all of theirs; every third an edited copy.
pub fn dump(articles: std::ops::Range<u64>) -> String {
    let article = |n: u64| {
        let (id, site) = (format!("{:x}", mix(n / 10 * 9 + n % 10) % 100_000), n % 7);
        let (told, copied) = (n / 3 * 3, n % 3 == 1);
        let edit = if copied { "As was reported before." } else { "" };
        let text = format!(
            "{} {edit}\nSign up for the evening letter of site {site}, and read it in bed.",
            Story::new(told + n % 3 / 2).told(told)
        );
        let url = format!("https://site{site}.example/{n}");
        serde_json::json!({ "id": id, "url": url, "text": text }).to_string() + "\n"
    };
    articles.map(article).collect()
}
