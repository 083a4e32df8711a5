//! What a site prints around its articles: subscription appeals, footers, navigation, related news.
//!
//! It is no part of any story, so it may neither join two articles of a site nor part two copies on
//! different sites. It is told by who carries it: a passage that many *different* articles of one
//! host carry is furniture of that host. Articles of one near group count once, and each host by
//! itself, so a story that hundreds of sites print, or that one site prints again and again, is
//! none.

use crate::hash::{combine, follow, mix};
use crate::math::ln;
use crate::store::{Column, Result, Sorted, Sorter, Store};
use crate::text::Tokens;
use ahash::AHashMap;
use rayon::prelude::*;
use std::ops::Range;

/// Articles, for the question what of them is furniture. They are named by their numbers.
#[derive(Debug)]
pub struct Pages<'a> {
    /// Their words, as [`Tokens`].
    pub texts: &'a Column,
    /// Those that are asked about, rising.
    pub asked: &'a [u32],
    /// For each that is asked about the hash of its host's name, never 0; 0 where it is unknown.
    pub hosts: &'a [u64],
    /// For each article the words of its text.
    pub words: &'a [u32],
    /// For each article its near group: articles of one group count once.
    pub groups: &'a [u32],
}

/// Words of the shortest passage that counts: a shingle.
const LEAST_WORDS: usize = 3;

/// Least number of near groups of one host that carry a passage of its furniture. On a host of many
/// near groups it is the natural logarithm of their number: a sentence that a running story repeats
/// there is no furniture yet.
const LEAST_CARRIERS: f64 = 3.0;

/// The same where the host is unknown. Sites are small in an unknown mixture, so it does not grow.
/// From 6 up the labelled sets stay as they are; with 5 ECB+ loses 0.006 of F1.
const LEAST_CARRIERS_UNKNOWN_HOST: usize = 6;

/// What an article needs of its own, outside what others of its host carry as well, to be a witness:
/// different from the others, although it carries the same passage. Versions of one story are none.
struct Own {
    words: usize,
    /// Of all its words.
    share: f64,
}

const OWN: Own = Own { words: 20, share: 0.0 };

/// The same where the host is unknown, and so all hosts of a dump are one. There a story that many
/// sites print, each in a little furniture of its own, must not pass for furniture, nor the form of
/// a short notice: with 30 words instead of 50, 3.1 % of the template notices of Reuters-21578 end
/// in one story, and not 2.9 %.
const OWN_UNKNOWN_HOST: Own = Own { words: 50, share: 0.3 };

/// A passage of an article that is furniture: the number of the article, and the key of the passage.
pub type Piece = [u64; 2];

/// A passage on its host, and an article that carries it (see [`carrier`]).
type Carrier = [u64; 2];

/// What many articles of one host carry: all pieces, sorted. Cost: a sort of all passages, 16 bytes
/// each; in memory eight bytes an article.
///
/// # Errors
/// Those of the work folder.
pub fn furniture(pages: &Pages<'_>, store: &Store) -> Result<Sorted<Piece>> {
    let least = least_carriers(pages, store)?;
    let carriers = carriers(pages, &least, store)?;
    let same = |a: &Carrier, b: &Carrier| a[0] == b[0];
    // For each article the words that are its own.
    let mut own = pages.words.to_vec();
    carriers.blocks(same, |block| {
        let repeated = block.par_chunk_by(same).filter(|same| enough(same, pages, |_| true));
        let repeated: Vec<&[Carrier]> = repeated.collect();
        for &carrier in repeated.into_iter().flatten() {
            let own = &mut own[article(carrier)];
            *own = own.saturating_sub(words(carrier));
        }
        Ok(())
    })?;
    let is_witness = |carrier: Carrier| {
        let [own, words] = [&own, pages.words].map(|of| of[article(carrier)]);
        is_witness(own, words, least_of(carrier))
    };
    let mut pieces = Sorter::distinct(store, store.share(4));
    carriers.blocks(same, |block| {
        let found: Vec<Piece> = block
            .par_chunk_by(same)
            // Most passages are nobody else's.
            .filter(|same| enough(same, pages, |_| true) && enough(same, pages, is_witness))
            .flat_map_iter(|same| same.iter().map(|&[key, of]| [article([key, of]) as u64, key]))
            .collect();
        pieces.extend(&found)
    })?;
    pieces.finish()
}

/// The words of an article without those of its passages that are among `pieces`, all its own: as a
/// list. `None` where next to nothing else is left.
#[must_use]
pub fn stripped(tokens: Tokens<'_>, host: u64, pieces: &[Piece]) -> Option<Vec<u32>> {
    let is_kept = |passage: &Range<usize>| {
        let key = key(tokens, host, passage);
        pieces.binary_search_by_key(&key, |piece| piece[1]).is_err()
    };
    let list = tokens.keep(tokens.passages().filter(is_kept));
    (Tokens::of(&list).text().len() >= LEAST_WORDS).then_some(list)
}

/// Whether an article of so many words, of which it shares all but so many `own` ones with others of
/// its host, is different enough from these to be a witness. `least` is [`least_of_host`]'s.
#[must_use]
pub fn is_witness(own: u32, words: u32, least: u64) -> bool {
    let needs = if least == UNKNOWN { OWN_UNKNOWN_HOST } else { OWN };
    own as usize >= needs.words && f64::from(own) >= needs.share * f64::from(words)
}

/// The near groups that carry a passage, as far as it matters: until there are enough of them to make
/// it furniture.
#[derive(Clone, Debug)]
pub struct Carrying {
    least: usize,
    /// There are never many: the logarithm of a number of articles.
    groups: Vec<u32>,
}

impl Carrying {
    /// None yet, of the passage of a host; `least` is [`least_of_host`]'s.
    #[must_use]
    pub fn new(least: u64) -> Carrying {
        let least = match least {
            UNKNOWN => LEAST_CARRIERS_UNKNOWN_HOST,
            least => least as usize,
        };
        Carrying { least, groups: Vec::new() }
    }

    /// Adds the near group of a carrier.
    pub fn add(&mut self, group: u32) {
        if !self.is_enough() && !self.groups.contains(&group) {
            self.groups.push(group);
        }
    }

    /// Whether there are enough.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        self.groups.len() >= self.least
    }
}

/// Whether enough near groups carry a passage, among the carriers that count.
fn enough(same: &[Carrier], pages: &Pages<'_>, counts: impl Fn(Carrier) -> bool) -> bool {
    let mut carrying = Carrying::new(least_of(same[0]));
    if same.len() < carrying.least {
        return false;
    }
    for &carrier in same.iter().filter(|carrier| counts(**carrier)) {
        carrying.add(pages.groups[article(carrier)]);
        if carrying.is_enough() {
            return true;
        }
    }
    false
}

/// How many near groups have to carry a passage of the furniture of a host of so many, at most 255: as
/// a number that stands for the rule where the host is unknown (0) as well.
#[must_use]
pub fn least_of_host(host: u64, groups: usize) -> u64 {
    if host == 0 { UNKNOWN } else { ln(groups as f64).ceil().max(LEAST_CARRIERS) as u64 }
}

/// The passages of an article of a host (0 where it is unknown) that may be furniture: the key of
/// each, the same wherever the host prints it, and its words. One that is repeated comes again.
pub fn carried(tokens: Tokens<'_>, host: u64) -> impl Iterator<Item = (u64, usize)> {
    let long = tokens.passages().filter(|passage| passage.len() >= LEAST_WORDS);
    long.map(move |passage| (key(tokens, host, &passage), passage.len().min(MOST_WORDS)))
}

/// For each host of many near groups how many of them have to carry a passage of its furniture: for
/// all others it is [`LEAST_CARRIERS`].
fn least_carriers(pages: &Pages<'_>, store: &Store) -> Result<AHashMap<u64, u64>> {
    let mut groups = Sorter::distinct(store, store.share(4));
    for (&host, &article) in pages.hosts.iter().zip(pages.asked) {
        if host != 0 {
            groups.push([host, u64::from(pages.groups[article as usize])])?;
        }
    }
    let mut least = AHashMap::new();
    let same = |a: &[u64; 2], b: &[u64; 2]| a[0] == b[0];
    groups.finish()?.blocks(same, |block| {
        let of_hosts = block.chunk_by(same).map(|of| (of[0][0], least_of_host(of[0][0], of.len())));
        least.extend(of_hosts.filter(|of| of.1 > least_of_host(of.0, 1)));
        Ok(())
    })?;
    Ok(least)
}

/// All passages that are long enough, each once an article, with those of one host together.
fn carriers(
    pages: &Pages<'_>,
    least: &AHashMap<u64, u64>,
    store: &Store,
) -> Result<Sorted<Carrier>> {
    let mut carriers = Sorter::distinct(store, store.share(4));
    pages.texts.blocks(store.share(8), |block| {
        let place = |row: usize| pages.asked.partition_point(|&article| (article as usize) < row);
        let of_one = |&(article, host): &(u32, u64)| {
            let tokens = Tokens::of(block.get(article as usize));
            let least = least.get(&host).copied().unwrap_or_else(|| least_of_host(host, 1));
            carried(tokens, host).map(move |(key, words)| carrier(key, article, least, words))
        };
        let here = place(block.range().start)..place(block.range().end);
        let asked = pages.asked[here.clone()].iter().copied();
        let asked: Vec<(u32, u64)> = asked.zip(pages.hosts[here].iter().copied()).collect();
        asked.chunks(TOGETHER).try_for_each(|asked| {
            let found: Vec<Carrier> = asked.par_iter().flat_map_iter(of_one).collect();
            carriers.extend(&found)
        })
    })?;
    carriers.finish()
}

/// Articles whose passages are found together: enough for all threads.
const TOGETHER: usize = 1 << 13;

/// In the place of [`LEAST_CARRIERS`] where the host is unknown.
const UNKNOWN: u64 = 0xFF;

/// Words of a passage that are counted at most.
const MOST_WORDS: usize = (1 << 24) - 1;

/// A passage by its key, the article that carries it, how many have to, and its words.
fn carrier(key: u64, article: u32, least: u64, words: usize) -> Carrier {
    [key, u64::from(article) << 32 | least << 24 | words as u64]
}

fn article(carrier: Carrier) -> usize {
    (carrier[1] >> 32) as usize
}

fn least_of(carrier: Carrier) -> u64 {
    carrier[1] >> 24 & 0xFF
}

fn words(carrier: Carrier) -> u32 {
    carrier[1] as u32 & MOST_WORDS as u32
}

/// A passage on its host, as one number.
fn key(tokens: Tokens<'_>, host: u64, passage: &Range<usize>) -> u64 {
    let words = tokens.hashes(passage.clone()).iter();
    let hash = words.fold(0, |hash, word| follow(hash, u64::from(*word)));
    combine(host, mix(hash))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreError;

    const APPEAL: &str = "Sign up for our letter now.\nAll rights reserved by the paper.";

    /// A body of so many words that no other seed has.
    fn body(seed: usize, words: usize) -> String {
        (0..words).map(|i| format!("w{seed}x{i} ")).collect()
    }

    /// For each page, as its text, host and group, the words that are left where there was furniture.
    fn left(pages: &[(&str, Option<u64>, u32)]) -> Vec<Option<usize>> {
        let mut results = crate::store::tests::both().into_iter().map(|store| {
            let mut texts = Column::new(&store, store.share(4));
            pages.iter().for_each(|(text, ..)| texts.push(&Tokens::list_of(text)).unwrap());
            let asked: Vec<u32> = (0..pages.len() as u32).collect();
            let hosts: Vec<u64> = pages.iter().map(|(_, host, _)| host.unwrap_or(0)).collect();
            let groups: Vec<u32> = pages.iter().map(|(.., group)| *group).collect();
            let words: Vec<u32> = asked
                .iter()
                .map(|&at| Tokens::of(&texts.get(at as usize).unwrap()).len() as u32)
                .collect();
            let pages = Pages {
                texts: &texts,
                asked: &asked,
                hosts: &hosts,
                words: &words,
                groups: &groups,
            };
            let mut left = vec![None; asked.len()];
            let same = |a: &Piece, b: &Piece| a[0] == b[0];
            let pieces = furniture(&pages, &store).unwrap();
            pieces
                .blocks::<StoreError>(same, |block| {
                    for pieces in block.chunk_by(same) {
                        let article = pieces[0][0] as usize;
                        let list = texts.get(article)?;
                        let list = stripped(Tokens::of(&list), hosts[article], pieces);
                        left[article] = list.map(|list| Tokens::of(&list).len());
                    }
                    Ok(())
                })
                .unwrap();
            left
        });
        let first = results.next().unwrap();
        assert!(results.all(|other| other == first));
        first
    }

    #[test]
    fn what_different_articles_of_a_host_carry_is_taken_out() {
        let texts: Vec<String> =
            (0..4).map(|seed| format!("{}.\n{APPEAL}", body(seed, 20))).collect();
        let on = |host: [u64; 4]| -> Vec<Option<usize>> {
            let page = |i: usize| (texts[i].as_str(), Some(host[i]), i as u32);
            left(&[page(0), page(1), page(2), page(3)])
        };
        assert_eq!(on([1, 1, 1, 2]), [Some(20), Some(20), Some(20), None]);
        assert_eq!(on([1, 1, 2, 2]), [None; 4], "two are too few");
    }

    #[test]
    fn a_story_is_no_furniture_however_many_print_it() {
        let story = body(100, 30);
        let on_sites: Vec<String> =
            (0..50).map(|site| format!("{story}.\n{}", body(site, 20))).collect();
        let each = |host: fn(usize) -> Option<u64>| -> Vec<Option<usize>> {
            let pages: Vec<_> =
                (0..50).map(|i| (on_sites[i].as_str(), host(i), i as u32)).collect();
            left(&pages)
        };
        assert!(each(|site| Some(site as u64)).iter().all(Option::is_none), "hosts are known");
        assert!(each(|_| None).iter().all(Option::is_none), "hosts are unknown");
        let copies: Vec<_> = (0..50).map(|_| (story.as_str(), Some(1), 0)).collect();
        assert!(left(&copies).iter().all(Option::is_none), "one near group of one host");
    }

    #[test]
    fn something_is_always_left() {
        let text = |seed: usize| format!("{}.\n{APPEAL}", body(seed, 60));
        let mut texts: Vec<String> = (0..6).map(text).collect();
        texts.push(APPEAL.to_owned());
        let on = |host| -> Vec<Option<usize>> {
            let page = |i: usize| (texts[i].as_str(), host, i as u32);
            left(&(0..7).map(page).collect::<Vec<_>>())
        };
        let mut expected = [Some(60); 7];
        expected[6] = None;
        assert_eq!(on(Some(7)), expected);
        assert_eq!(on(None), expected);
        assert!(left(&[]).is_empty());
    }

    #[test]
    fn versions_of_a_notice_are_no_witnesses() {
        let text = |seed: usize| format!("{}.\n{APPEAL}", body(seed, 19));
        let texts: Vec<String> = (0..4).map(text).collect();
        let pages: Vec<_> = (0..4).map(|i| (texts[i].as_str(), Some(1), i as u32)).collect();
        assert_eq!(left(&pages), [None; 4]);
    }
}
