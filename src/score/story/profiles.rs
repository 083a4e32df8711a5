//! The profiles of a corpus, whose own frequencies enter the weights.

use super::profile::Writer;
use super::weights::{Frequencies, Weights};
use crate::shingle::frequency::BACKGROUND;
use crate::shingle::story::{Term, each_term, terms};
use crate::store::{Block, Column, Result, Store, StoreError};
use crate::text::Tokens;
use rayon::prelude::*;
use std::ops::Range;

/// What the articles of a corpus are compared and found by.
#[derive(Debug)]
pub struct Profiles {
    /// A list for each article, which `Profile` reads; empty for those that are not asked for.
    pub profiles: Column,
    /// The same of their keys, which `Keys` reads.
    pub keys: Column,
    /// Number of terms that keys may name.
    pub terms: usize,
}

/// Days of publication of some articles, in days from 1970-01-01, where they are known.
pub type Days<'a> = dyn Fn(Range<usize>) -> Result<Vec<Option<i32>>> + 'a;

/// Numbers of lists that are worked on at a time, at most: 16 MiB.
const AT_A_TIME: usize = 1 << 22;

/// Articles of one thread at a time.
const OF_A_THREAD: usize = 64;

impl Profiles {
    /// Profiles of the articles of these rising numbers, whose words `texts` holds, with up to `keys`
    /// keys each.
    ///
    /// Cost: two passes over the words, a sort of all terms, and a look-up for each. Memory: 4 bytes
    /// for each different term that several articles hold, and three quarters of what is free in the
    /// store; there the profiles, 9 bytes for each term of an article and 60 an article, may take a
    /// quarter, and the keys, 6 bytes each, an eighth.
    ///
    /// `tell` is called now and then with the share of the work that is done, 0 to 1.
    ///
    /// # Errors
    /// Those of the work folder, as everywhere here, and of `tell`.
    pub fn new<E: From<StoreError>>(
        texts: &Column,
        asked: &[u32],
        days: &Days<'_>,
        keys: usize,
        store: &Store,
        tell: &mut dyn FnMut(f64) -> Result<(), E>,
    ) -> Result<Profiles, E> {
        let weights = weights_of(texts, asked, store, &mut |part| tell(WEIGHTS * part))?;
        let mut found = Profiles {
            profiles: Column::new(store, store.share(4)),
            keys: Column::new(store, store.share(8)),
            terms: weights.len(),
        };
        let bytes = store.share(16);
        // Lists of some articles are stored while those of the next are made.
        let mut made: (&[u32], Vec<Lists>) = Default::default();
        pieces(texts, asked, bytes, |block, articles| -> Result<(), E> {
            let first = articles[0] as usize;
            tell(WEIGHTS + (1.0 - WEIGHTS) * first as f64 / texts.len() as f64)?;
            let days = days(first..articles[articles.len() - 1] as usize + 1)?;
            let some = |writer: &mut Writer, articles: &[u32]| {
                let mut some = Lists::default();
                for &article in articles {
                    let terms = terms(Tokens::of(block.get(article as usize)));
                    writer.profile(
                        &terms,
                        days[article as usize - first],
                        &weights,
                        &mut some.profiles,
                    );
                    writer.keys(keys, &mut some.keys);
                    some.ends.push([some.profiles.len(), some.keys.len()]);
                }
                some
            };
            let make =
                || articles.par_chunks(OF_A_THREAD).map_init(Writer::default, some).collect();
            let (next, stored) = rayon::join(make, || found.store(&made));
            made = (articles, next);
            Ok(stored?)
        })?;
        found.store(&made)?;
        found.fill(texts.len())?;
        Ok(found)
    }

    /// Adds the lists of some articles, and empty ones of those between them.
    fn store(&mut self, (articles, lists): &(&[u32], Vec<Lists>)) -> Result<()> {
        for (articles, some) in articles.chunks(OF_A_THREAD).zip(lists) {
            let mut starts = [0, 0];
            for (&article, &ends) in articles.iter().zip(&some.ends) {
                self.fill(article as usize)?;
                self.profiles.push(&some.profiles[starts[0]..ends[0]])?;
                self.keys.push(&some.keys[starts[1]..ends[1]])?;
                starts = ends;
            }
        }
        Ok(())
    }

    /// Adds empty lists until there are so many.
    fn fill(&mut self, articles: usize) -> Result<()> {
        while self.profiles.len() < articles {
            self.profiles.push(&[])?;
            self.keys.push(&[])?;
        }
        Ok(())
    }
}

/// Lists of some articles behind one another, and where each ends.
#[derive(Default)]
struct Lists {
    profiles: Vec<u32>,
    keys: Vec<u32>,
    ends: Vec<[usize; 2]>,
}

/// Profiles of a few articles, without dates, by themselves: for two of them, and for tests.
#[must_use]
pub fn profiles(corpus: &[Vec<Term>]) -> Vec<Vec<u32>> {
    let (weights, mut writer) = (weights(corpus), Writer::default());
    let mut list_of = |terms: &Vec<Term>| {
        let mut list = Vec::new();
        writer.profile(terms, None, &weights, &mut list);
        list
    };
    corpus.iter().map(&mut list_of).collect()
}

/// The weights in a corpus of a few articles.
pub(super) fn weights(corpus: &[Vec<Term>]) -> Weights {
    let mut hashes: Vec<u32> = corpus.iter().flatten().map(|term| term.hash).collect();
    hashes.sort_unstable();
    let counts = hashes.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u32));
    Weights::new(corpus.len(), &counts.collect::<Vec<_>>(), &BACKGROUND)
}

/// Share of the weights in the time that profiles take.
const WEIGHTS: f64 = 0.25;

fn weights_of<E: From<StoreError>>(
    texts: &Column,
    asked: &[u32],
    store: &Store,
    tell: &mut dyn FnMut(f64) -> Result<(), E>,
) -> Result<Weights, E> {
    let mut frequencies = Frequencies::new(store, store.share(4));
    pieces(texts, asked, store.share(8), |block, articles| -> Result<(), E> {
        tell(f64::from(articles[0]) / texts.len() as f64)?;
        let some = articles.par_chunks(OF_A_THREAD).map(|articles| {
            let (mut all, mut own) = (Vec::new(), Vec::new());
            for &article in articles {
                let tokens = Tokens::of(block.get(article as usize));
                own.clear();
                for part in [tokens.title(), tokens.text()] {
                    each_term(tokens, part, |hash, _| own.push(hash));
                }
                own.sort_unstable();
                own.dedup();
                all.extend_from_slice(&own);
            }
            all
        });
        Ok(frequencies.add(articles.len(), some.collect::<Vec<_>>().concat())?)
    })?;
    Ok(frequencies.finish(&BACKGROUND)?)
}

/// Calls `visit` with the lists of some of the articles of these rising numbers at a time, and their
/// numbers: as many as take about `bytes`.
fn pieces<'a, E: From<StoreError>>(
    texts: &Column,
    asked: &'a [u32],
    bytes: usize,
    mut visit: impl FnMut(&Block<'_>, &'a [u32]) -> Result<(), E>,
) -> Result<(), E> {
    let at_a_time = AT_A_TIME.min(bytes / size_of::<u32>());
    let mut left = asked;
    let mut visit_all = |block: &Block<'_>| {
        let here = left.partition_point(|&article| (article as usize) < block.range().end);
        let mut articles;
        (articles, left) = left.split_at(here);
        while !articles.is_empty() {
            let mut numbers = 0;
            let within = |article: &&u32| {
                numbers += block.get(**article as usize).len();
                numbers <= at_a_time
            };
            let some = articles.iter().take_while(within).count().max(1);
            let now;
            (now, articles) = articles.split_at(some);
            visit(block, now)?;
        }
        Ok(())
    };
    let mut visited = Ok(());
    texts.blocks_from(0, bytes, |block| {
        visited = visit_all(block);
        Ok(visited.is_ok())
    })?;
    visited
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lsh::story::Keys;
    use crate::score::story::Profile;
    use crate::store::tests::both;

    #[test]
    fn profiles_are_the_same_in_memory_and_in_a_file() {
        let made = both().map(|store| {
            let in_memory = store.share(1) > 1 << 20;
            let mut texts = Column::new(&store, if in_memory { 1 << 20 } else { 1000 });
            for article in 0..300 {
                let text =
                    format!("Arles {} flood {} by {article} mayors", article % 7, article % 50);
                texts.push(&Tokens::list_of(&text)).unwrap();
            }
            let asked: Vec<u32> = (0..300).filter(|article| article % 3 > 0).collect();
            let days = |range: Range<usize>| Ok(range.map(|row| Some(row as i32)).collect());
            let tell = &mut |_| Ok::<_, StoreError>(());
            let made = Profiles::new(&texts, &asked, &days, 4, &store, tell).unwrap();
            assert_eq!((made.profiles.len(), made.keys.len()), (300, 300));
            assert!(made.keys.get(3).unwrap().is_empty());
            let profile = made.profiles.get(4).unwrap();
            assert!(Profile::of(&profile).hashes().is_sorted());
            assert!(Keys::of(&made.keys.get(4).unwrap()).iter().count() > 2);
            let lists = |column: &Column| -> Vec<Vec<u32>> {
                (0..300).map(|row| column.get(row).unwrap()).collect()
            };
            (made.terms, lists(&made.profiles), lists(&made.keys))
        });
        assert_eq!(made[0], made[1]);
    }
    #[test]
    fn they_stop_where_they_are_told_to() {
        for store in both() {
            let mut texts = Column::new(&store, 1 << 20);
            let list = Tokens::list_of("Arles flood by mayors");
            (0..300).try_for_each(|_| texts.push(&list)).unwrap();
            let asked: Vec<u32> = (0..300).collect();
            let days = |range: Range<usize>| Ok(vec![None; range.len()]);
            let mut told = 0;
            let tell = &mut |_| {
                told += 1;
                anyhow::bail!("enough")
            };
            let stopped = Profiles::new(&texts, &asked, &days, 4, &store, tell).unwrap_err();
            assert_eq!((told, stopped.to_string()), (1, "enough".to_owned()));
        }
    }
}
