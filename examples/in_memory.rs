//! Clusters texts that are in memory: `cargo run --example in_memory`.
#![allow(clippy::print_stdout, reason = "an example prints what it does")]

use retold::article::Article;
use retold::config::Config;
use retold::pipeline::{Silent, run_articles};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let articles = [
        (
            "gazette",
            "A fire in the old cannery at Port Halvard killed two night watchmen, Marit Solberg said.",
        ),
        (
            "courier",
            "Two guards died when flames swept the Halvard cannery, according to police chief Solberg.",
        ),
        (
            "council",
            "The council of Port Halvard decided to build a swimming hall beside the school.",
        ),
    ];
    let articles = articles.map(|(id, text)| Article::new(id, text));
    let clusters = run_articles(articles, &Config::default(), &Silent)?;
    clusters.clusters(1, |members| {
        for found in members {
            let score = found.matched.map_or(String::new(), |(_, score)| format!("{score:.2}"));
            println!("{:<8} {:<14} {score}", clusters.id(found.article)?, found.relation.name());
        }
        println!();
        Ok(())
    })
}
