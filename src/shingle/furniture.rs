//! What a site prints around its articles: subscription appeals, footers, navigation, related news.
//!
//! It is no part of any story, so it may neither join two articles of a site nor part two copies on
//! different sites. It is told by who carries it: a passage that many *different* articles of one
//! host carry is furniture of that host. Articles of one near group count once, and each host by
//! itself, so a story that hundreds of sites print, or that one site prints again and again, is
//! none.

use crate::hash::{combine, follow, mix};
use crate::math::ln;
use crate::text::{Marks, Tokens};
use ahash::{AHashMap, AHashSet};
use rayon::prelude::*;
use std::ops::Range;

/// An article, for the question what of it is furniture.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// Its words.
    pub tokens: Tokens<'a>,
    /// Hash of its host's name; `None` where it is unknown.
    pub host: Option<u64>,
    /// Its near group: articles of one group count once.
    pub group: u32,
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

/// The furniture of all hosts.
#[derive(Debug, Default)]
pub struct Furniture {
    /// Passages on their hosts.
    passages: AHashSet<u64>,
    /// Places of the pages that carry any, rising.
    pages: Vec<u32>,
}

/// A passage on its host, the place of a page that carries it, and its words.
type Carrier = (u64, u32, u32);

impl Furniture {
    /// What many articles of one host carry. Cost: a sort of all passages; memory 16 bytes a
    /// passage.
    #[must_use]
    pub fn of(pages: &[Page<'_>]) -> Furniture {
        let least = least_carriers(pages);
        let carriers = carriers(pages);
        let page = |carrier: &Carrier| &pages[carrier.1 as usize];
        let enough = |same: &[Carrier], counts: &dyn Fn(&Carrier) -> bool| {
            let least = least[&page(&same[0]).host];
            let groups = || same.iter().filter(|carrier| counts(carrier)).map(|of| page(of).group);
            same.len() >= least && groups().collect::<AHashSet<u32>>().len() >= least
        };
        let repeated: Vec<&[Carrier]> =
            carriers.chunk_by(|a, b| a.0 == b.0).filter(|same| enough(same, &|_| true)).collect();
        let mut own: AHashMap<u32, usize> = AHashMap::new();
        for carrier in repeated.iter().copied().flatten() {
            let own = own.entry(carrier.1).or_insert_with(|| page(carrier).tokens.text().len());
            *own -= carrier.2 as usize;
        }
        let is_witness = |carrier: &Carrier| {
            let own = own.get(&carrier.1).copied().unwrap_or_default();
            let least = if page(carrier).host.is_some() { OWN } else { OWN_UNKNOWN_HOST };
            let words = page(carrier).tokens.text().len();
            own >= least.words && own as f64 >= least.share * words as f64
        };
        let furniture: Vec<&[Carrier]> =
            repeated.into_iter().filter(|same| enough(same, &is_witness)).collect();
        let mut pages: Vec<u32> = furniture.iter().copied().flatten().map(|of| of.1).collect();
        pages.sort_unstable();
        pages.dedup();
        Furniture { passages: furniture.iter().map(|same| same[0].0).collect(), pages }
    }

    /// The pages that carry any, by their places, each with its words without it. A page of which
    /// next to nothing else is left is left out. Cost: a pass over those pages.
    #[must_use]
    pub fn stripped(&self, pages: &[Page<'_>]) -> Vec<(u32, Vec<u32>)> {
        let strip = |&at: &u32| {
            let page = &pages[at as usize];
            let is_kept =
                |passage: &Range<usize>| !self.passages.contains(&key(page, passage.clone()));
            let tokens = page.tokens.keep(passages(page.tokens).filter(is_kept));
            (Tokens::of(&tokens).text().len() >= LEAST_WORDS).then_some((at, tokens))
        };
        self.pages.par_iter().filter_map(strip).collect()
    }
}

/// For each host how many near groups have to carry a passage of its furniture.
fn least_carriers(pages: &[Page<'_>]) -> AHashMap<Option<u64>, usize> {
    let mut carriers: Vec<_> = pages.iter().map(|page| (page.host, page.group)).collect();
    carriers.par_sort_unstable();
    carriers.dedup();
    let of_host = carriers.chunk_by(|a, b| a.0 == b.0);
    let least = |groups: &[(Option<u64>, u32)]| match groups[0].0 {
        Some(_) => ln(groups.len() as f64).max(LEAST_CARRIERS).ceil() as usize,
        None => LEAST_CARRIERS_UNKNOWN_HOST,
    };
    of_host.map(|groups| (groups[0].0, least(groups))).collect()
}

/// All passages that are long enough, each once a page, with those of one host together.
fn carriers(pages: &[Page<'_>]) -> Vec<Carrier> {
    let numbered = pages.par_iter().enumerate();
    let passages = numbered.flat_map_iter(|(at, page)| {
        let long = passages(page.tokens).filter(|passage| passage.len() >= LEAST_WORDS);
        long.map(move |passage| (key(page, passage.clone()), at as u32, passage.len() as u32))
    });
    let mut carriers: Vec<Carrier> = passages.collect();
    carriers.par_sort_unstable();
    carriers.dedup();
    carriers
}

/// The passages of a text: lines, and sentences in them.
fn passages(tokens: Tokens<'_>) -> impl Iterator<Item = Range<usize>> + '_ {
    let end = tokens.text().end;
    let mut start = tokens.text().start;
    std::iter::from_fn(move || {
        let opens = |place: &usize| tokens.at(*place).marks.has(Marks::OPENS_PASSAGE);
        let next = (start + 1..end).find(opens).unwrap_or(end);
        let passage = (start < end).then_some(start..next);
        start = next;
        passage
    })
}

/// A passage on its host, as one number.
fn key(page: &Page<'_>, passage: Range<usize>) -> u64 {
    let hash = page.tokens.range(passage).fold(0, |hash, word| follow(hash, u64::from(word.hash)));
    combine(page.host.unwrap_or(0), mix(hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    const APPEAL: &str = "Sign up for our letter now.\nAll rights reserved by the paper.";

    /// A body of so many words that no other seed has.
    fn body(seed: usize, words: usize) -> String {
        (0..words).map(|i| format!("w{seed}x{i} ")).collect()
    }

    fn stripped(pages: &[(&str, Option<u64>, u32)]) -> Vec<Option<usize>> {
        let lists: Vec<_> = pages.iter().map(|(text, ..)| Tokens::list_of(text)).collect();
        let pages: Vec<Page<'_>> = lists
            .iter()
            .zip(pages)
            .map(|(list, &(_, host, group))| Page { tokens: Tokens::of(list), host, group })
            .collect();
        let mut lengths = vec![None; pages.len()];
        for (at, tokens) in Furniture::of(&pages).stripped(&pages) {
            lengths[at as usize] = Some(Tokens::of(&tokens).len());
        }
        lengths
    }

    #[test]
    fn what_different_articles_of_a_host_carry_is_taken_out() {
        let texts: Vec<String> =
            (0..4).map(|seed| format!("{}.\n{APPEAL}", body(seed, 20))).collect();
        let on = |host: [u64; 4]| -> Vec<Option<usize>> {
            let page = |i: usize| (texts[i].as_str(), Some(host[i]), i as u32);
            stripped(&[page(0), page(1), page(2), page(3)])
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
            stripped(&pages)
        };
        assert!(each(|site| Some(site as u64)).iter().all(Option::is_none), "hosts are known");
        assert!(each(|_| None).iter().all(Option::is_none), "hosts are unknown");
        let copies: Vec<_> = (0..50).map(|_| (story.as_str(), Some(1), 0)).collect();
        assert!(stripped(&copies).iter().all(Option::is_none), "one near group of one host");
    }

    #[test]
    fn something_is_always_left() {
        let text = |seed: usize| format!("{}.\n{APPEAL}", body(seed, 60));
        let mut texts: Vec<String> = (0..6).map(text).collect();
        texts.push(APPEAL.to_owned());
        let on = |host| -> Vec<Option<usize>> {
            let page = |i: usize| (texts[i].as_str(), host, i as u32);
            stripped(&(0..7).map(page).collect::<Vec<_>>())
        };
        let mut expected = [Some(60); 7];
        expected[6] = None;
        assert_eq!(on(Some(7)), expected);
        assert_eq!(on(None), expected);
        assert!(stripped(&[]).is_empty());
    }

    #[test]
    fn versions_of_a_notice_are_no_witnesses() {
        let text = |seed: usize| format!("{}.\n{APPEAL}", body(seed, 19));
        let texts: Vec<String> = (0..4).map(text).collect();
        let pages: Vec<_> = (0..4).map(|i| (texts[i].as_str(), Some(1), i as u32)).collect();
        assert_eq!(stripped(&pages), [None; 4]);
    }
}
