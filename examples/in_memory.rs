//! Clusters texts that are in memory: `cargo run --release --example in_memory`.
#![allow(clippy::print_stdout, reason = "an example prints what it does")]

use retold::article::{Article, Source};
use retold::config::Config;
use retold::pipeline::{Silent, Sketcher, Sketches, group};
use retold::read::Tally;

const TEXTS: [&str; 3] = [
    "A fire in the old cannery at Port Halvard killed two night watchmen, Marit Solberg said.",
    "Two guards died when flames swept the Halvard cannery, according to police chief Solberg.",
    "The council of Port Halvard decided to build a swimming hall beside the school.",
];

fn main() -> anyhow::Result<()> {
    let mut sketcher = Sketcher::default();
    let mut sketches = Sketches::default();
    for (record, text) in (1..).zip(TEXTS) {
        let source = Source { path: "memory".into(), record };
        let text = text.to_owned();
        let article = Article {
            source,
            id: None,
            title: None,
            url: None,
            date: None,
            fetched: None,
            lang: None,
            text,
        };
        let sketched = sketcher.sketch(&article, &mut sketches);
        sketched.map_err(|skip| anyhow::anyhow!(skip.detail))?;
    }
    let clusters = group(&sketches, Tally::default(), &Config::default(), &Silent)?;
    clusters.clusters(1, |members| {
        for found in members {
            let opening = clusters.entry(found.article)?.opening;
            let score = found.matched.map_or(String::new(), |(_, score)| format!("{score:.2}"));
            println!("{:<14} {score:<4} {opening}", found.relation.name());
        }
        println!();
        Ok(())
    })
}
