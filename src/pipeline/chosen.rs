//! The texts of some articles by themselves.

use crate::store::{Column, Result, Store};

/// Texts of the articles that are in any pair: few, and far apart in a file until they are gathered.
#[derive(Debug)]
pub(super) struct Chosen {
    /// Their numbers, rising.
    articles: Vec<u32>,
    /// Their lists, in that order: a row is the place of an article.
    pub(super) texts: Column,
}

impl Chosen {
    /// Gathers the texts of those articles that `is_chosen` says so of. Cost: a pass over all.
    pub(super) fn new(texts: &Column, is_chosen: &[bool], store: &Store) -> Result<Chosen> {
        let all = 0..is_chosen.len() as u32;
        let articles: Vec<u32> = all.filter(|&article| is_chosen[article as usize]).collect();
        let texts = texts.select(&articles, store.share(4))?;
        Ok(Chosen { articles, texts })
    }

    /// The place of an article that is among them. Cost: a binary search.
    pub(super) fn place(&self, article: u32) -> u32 {
        self.articles.partition_point(|&chosen| chosen < article) as u32
    }

    /// The article at a place.
    pub(super) fn article(&self, place: u32) -> u32 {
        self.articles[place as usize]
    }
}
