//! The texts of some articles by themselves, and their shingles.

use crate::shingle::near::shingles;
use crate::store::{Block, Column, Result, Store};
use crate::text::Tokens;
use std::ops::Range;
use std::sync::OnceLock;

/// Texts of the articles that are in any pair: few, and far apart in a file until they are gathered.
#[derive(Debug)]
pub(super) struct Chosen {
    /// Their numbers, rising.
    articles: Vec<u32>,
    /// Their lists, in that order: a row is the place of an article.
    pub(super) texts: Column,
}

impl Chosen {
    /// Gathers the texts of those articles that `each` names. Cost: a pass over all.
    pub(super) fn new(
        texts: &Column,
        store: &Store,
        each: impl FnOnce(&mut dyn FnMut(u32)) -> Result<()>,
    ) -> Result<Chosen> {
        let mut is_chosen = vec![false; texts.len()];
        each(&mut |article| is_chosen[article as usize] = true)?;
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

/// The shingle sets of the texts in the blocks of a visit. They take up to twice the bytes of the
/// lists, and stay as long as the blocks do.
#[derive(Debug, Default)]
pub(super) struct Sets([Made; 2]);

/// Those of one block, made when they are first asked for.
#[derive(Debug, Default)]
struct Made {
    rows: Range<usize>,
    sets: Vec<OnceLock<Box<[u64]>>>,
}

/// The sets of a block.
#[derive(Clone, Copy, Debug)]
pub(super) struct SetsOf<'a> {
    made: &'a Made,
    block: &'a Block<'a>,
}

impl Sets {
    /// Those of the first and of the second rows.
    pub(super) fn of<'a>(&'a mut self, blocks: [&'a Block<'a>; 2]) -> [SetsOf<'a>; 2] {
        let [firsts, seconds] = blocks.map(Block::range);
        // In memory the blocks are one, and so are the sets.
        let other = if firsts == seconds { 0..0 } else { seconds.clone() };
        for (made, rows) in self.0.iter_mut().zip([firsts.clone(), other]) {
            if made.rows != rows {
                made.sets.clear();
                made.sets.resize_with(rows.len(), OnceLock::new);
                made.rows = rows;
            }
        }
        let [first, second] = &self.0;
        let made = [first, if firsts == seconds { first } else { second }];
        [0, 1].map(|at| SetsOf { made: made[at], block: blocks[at] })
    }
}

impl<'a> SetsOf<'a> {
    /// The shingles of a text.
    pub(super) fn get(self, row: u32) -> &'a [u64] {
        let row = row as usize;
        let set = || shingles(Tokens::of(self.block.get(row))).into();
        self.made.sets[row - self.made.rows.start].get_or_init(set)
    }
}
