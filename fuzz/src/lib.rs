//! What the fuzz targets do; `tests/corpus.rs` does it with the files of `corpus`.
//!
//! A target takes any bytes, and panics where something that is promised does not hold. Where there is
//! a choice to make, the first bytes make it.

mod checkpoint;
mod crawl;
mod dedup;
mod labels;
mod packing;
mod pages;
#[cfg(feature = "parquet")]
mod parquet;
mod tables;
mod texts;
mod words;

pub use checkpoint::checkpoint;
pub use crawl::{arc, chunked, warc};
pub use dedup::dedup;
pub use labels::labels;
pub use packing::any;
pub use pages::{charset, dates, html};
#[cfg(feature = "parquet")]
pub use parquet::parquet;
pub use tables::csv;
pub use texts::{jsonl, text};
pub use words::{normalise, tokens};

use retold::article::Article;
use retold::read::{Batch, InputFile, ReadOptions, Tally, read, read_bytes};

/// What was read of a file.
#[derive(Debug, PartialEq)]
struct Account {
    articles: Vec<Article>,
    tally: Tally,
}

impl Account {
    /// Of bytes as a file of that name. They are read twice, and must give the same.
    fn of(name: &str, bytes: &[u8], options: &ReadOptions) -> Account {
        let read =
            || Account::whole(options, |take| read_bytes(name, bytes.to_vec(), options, take));
        let account = read();
        assert_eq!(account, read());
        account
    }

    /// Of a file.
    fn of_file(file: &InputFile, options: &ReadOptions) -> Account {
        Account::whole(options, |take| read(std::slice::from_ref(file), options, 1, take))
    }

    /// Of what `read` hands over; checks that every record is accounted for.
    fn whole(
        options: &ReadOptions,
        read: impl FnOnce(&mut dyn FnMut(Batch) -> bool) -> Tally,
    ) -> Account {
        let (mut articles, mut decoding) = (Vec::new(), Tally::default());
        let mut tally = read(&mut |batch| {
            for record in &batch.records {
                match batch.decode(record, options) {
                    Ok(decoded) => {
                        assert_eq!(decoded.article.source, *record.source());
                        decoding.article(decoded.replaced, decoded.cut);
                        articles.push(decoded.article);
                    }
                    Err(skip) => {
                        assert_eq!(skip.source, *record.source());
                        decoding.skip(skip);
                    }
                }
            }
            true
        });
        tally.merge(decoding);
        assert_eq!(tally.records, tally.articles.saturating_add(tally.total_skipped()));
        assert_eq!(tally.articles, articles.len() as u64);
        assert!(articles.is_sorted_by(|one, next| one.source < next.source));
        for Article { id, title, url, date, text, .. } in &articles {
            assert!(!text.is_empty() && text.len() <= options.max_article);
            let all = [id, title, url, date];
            assert!(all.into_iter().flatten().all(|part| !part.is_empty()));
        }
        Account { articles, tally }
    }
}

/// A limit of the length of articles: most often none that matters.
fn limit(choice: u8) -> usize {
    const LIMITS: [usize; 8] = [0, 1, 3, 4, 17, 64, 300, 4097];
    LIMITS.get(usize::from(choice)).copied().unwrap_or(ReadOptions::default().max_article)
}

/// The beginning of a text, no longer than the limit.
fn cut<'a>(text: &'a str, options: &ReadOptions) -> &'a str {
    &text[..text.floor_char_boundary(options.max_article)]
}

/// Whether a text that gave no article may have no words.
fn may_lack_words(text: &str) -> bool {
    !text.bytes().any(|byte| byte.is_ascii_alphanumeric())
}
