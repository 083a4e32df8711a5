//! Finds the articles that tell the same story twice.
//!
//! Articles are grouped at three levels, each inside the next ([`config::Level`]): `exact`, the same
//! text but for case, spacing and punctuation; `near`, edited copies; `story`, the same event told in
//! other words. The program `retold` is a thin layer over this library.
//!
//! # The stages
//!
//! An article passes them in this order. Each is a module, and plain data goes from one to the next.
//!
//! 1. [`read`]: the bytes of a dump to [`article`]s, in batches.
//! 2. [`text`]: a text to folded words.
//! 3. [`shingle`]: words to what the levels compare: word 3-grams, and terms with their marks.
//! 4. [`minhash`]: a set of shingles to a signature of 64 minima (one-permutation hashing: Li, Owen
//!    and Zhang 2012; densified: Shrivastava 2017).
//! 5. [`lsh`]: signatures and terms to candidate pairs (bands of minima: Broder 1997).
//! 6. [`score`]: candidate pairs to scores. The near score is exact; the story score weighs shared
//!    terms and subtracts the density around the two (the idea of CSLS: Conneau et al. 2018).
//! 7. [`cluster`]: scored pairs to groups: stars for copies, average linkage (Sokal and Michener
//!    1958) for stories.
//! 8. [`report`]: groups to files, and to a page for people. Or [`dedup`]: the dump again, with one
//!    article of each group.
//!
//! [`pipeline`] joins them, under a [`config`]; [`store`] holds what may not fit in memory; [`eval`]
//! measures the result against labels. [`hash`] and [`math`] hold what makes a result the same on
//! every machine.
//!
//! # Promises
//!
//! - The same articles and options give the same bytes, on any number of threads, on any machine, in
//!   any order of files. Scores come of integers, or of `+ - * /` and square roots in a fixed order.
//! - Every record that is met is an article in exactly one cluster, or counted in the
//!   [`read::Tally`] by reason and place.
//! - Every member of a cluster names the article that it was matched with, the level, and the score.
//! - Nothing is printed, no environment is read, and progress is data ([`pipeline::Observer`]).
//!
//! # Example
//!
//! [`pipeline::run`] reads files; [`pipeline::run_articles`] takes texts that are in memory:
//!
//! ```
//! use retold::article::Article;
//! use retold::config::{Config, Level};
//! use retold::pipeline::{Silent, run_articles};
//!
//! let articles = [
//!     "A fire in the old cannery at Port Halvard killed two night watchmen, Marit Solberg said.",
//!     "Two guards died when flames swept the Halvard cannery, according to police chief Solberg.",
//!     "The council of Port Halvard decided to build a swimming hall beside the school.",
//! ];
//! let articles = ["a", "b", "c"].iter().zip(articles).map(|(id, text)| Article::new(*id, text));
//! let clusters = run_articles(articles, &Config::default(), &Silent)?;
//! // Articles are numbered in the order of their ids.
//! let story = |article| clusters.representative(article, Level::Story);
//! assert!(story(0) == story(1) && story(2) != story(0));
//! # Ok::<(), retold::pipeline::RunError>(())
//! ```
//!
//! # References
//!
//! - A. Broder, "On the resemblance and containment of documents", 1997.
//! - P. Li, A. Owen and C. Zhang, "One permutation hashing", 2012.
//! - A. Shrivastava, "Optimal densification for fast and accurate minwise hashing", 2017.
//! - A. Conneau et al., "Word translation without parallel data", 2018.
//! - R. Sokal and C. Michener, "A statistical method for evaluating systematic relationships", 1958.
//!
//! What was measured, and what lost, is in ARCHITECTURE.md.

#[cfg(all(feature = "parquet", target_endian = "big"))]
compile_error!(
    "the crate `parquet` writes files on big-endian machines that none can read: \
     build with --no-default-features"
);

pub mod article;
pub mod cluster;
pub mod config;
pub mod dedup;
pub mod eval;
pub mod hash;
pub mod lsh;
pub mod math;
pub mod minhash;
pub mod pipeline;
pub mod read;
pub mod report;
pub mod score;
pub mod shingle;
pub mod store;
mod system;
pub mod text;
