//! The near level: buckets of bands, exact scores, groups.

use super::gathered::{self, Gathered, Next, Sets, place};
use super::rows::{Cell, Columns, Kind, Order, Out, Rows, bytes_of, list, long, numbers};
use super::{Failure, Stage};
use retold::cluster;
use retold::cluster::near::{Copies, Limits};
use retold::config::{NEAR_RECALL, NEAR_SIMILARITY};
use retold::lsh::near::{BUCKET_CAP, Bands, agree, brief, pair_up};
use retold::minhash::near::Signature;
use retold::report::rounded;
use retold::score::near::near_enough;
use retold::shingle::near::shingles;
use retold::store::{Column, Store, Table};
use retold::text::Tokens;

/// From `article` and `signature` to a row for each band: the bucket that the article is in, and the
/// signature in brief.
pub(super) struct BandKeys(Bands);

impl Default for BandKeys {
    fn default() -> BandKeys {
        BandKeys(Bands::for_recall(NEAR_SIMILARITY, NEAR_RECALL))
    }
}

pub(super) const BAND: Columns =
    &[("bucket", Kind::Long), ("article", Kind::Long), ("brief", Kind::Bytes)];

impl Stage for BandKeys {
    fn push(&mut self, rows: Rows<'_>, out: &mut Out) -> Result<(), Failure> {
        let (articles, signatures) = (rows.longs("article")?, rows.bytes("signature")?);
        for row in 0..rows.len() {
            let minima = numbers::<u16>(signatures.bytes(row).unwrap_or_default());
            let article = articles.at(row);
            let signature: Signature = minima.try_into().map_err(|_| Failure::Missing(article))?;
            let brief = brief(&signature);
            for band in 0..self.0.bands {
                let bucket = (band as i64) << 32 | i64::from(self.0.key(band, &signature));
                out.row(&[long(bucket), long(article), Cell::Bytes(bytes_of(&brief))])?;
            }
        }
        Ok(())
    }
}

/// From articles sorted by bucket and number to the pairs that agree: `a` the lesser number. The same
/// pair may come from several buckets.
#[derive(Default)]
pub(super) struct Buckets {
    order: Order,
    bucket: Option<i64>,
    /// The articles of the bucket; of one that is too full for all pairs the first and the last.
    articles: Vec<(i64, Vec<u32>)>,
    is_full: bool,
}

impl Buckets {
    fn close(&mut self, out: &mut Out) -> Result<(), Failure> {
        let articles = std::mem::take(&mut self.articles);
        if !std::mem::take(&mut self.is_full) {
            pairs_of(&articles, out)?;
        }
        Ok(())
    }
}

/// Gives the pairs of a bucket that agree.
fn pairs_of(articles: &[(i64, Vec<u32>)], out: &mut Out) -> Result<(), Failure> {
    let mut result = Ok(());
    pair_up(articles.len(), |a, b| {
        let [(a, brief_of_a), (b, brief_of_b)] = [&articles[a], &articles[b]];
        if result.is_ok() && agree(brief_of_a, brief_of_b) {
            result = out.row(&[long(*a), long(*b)]);
        }
    });
    result
}

pub(super) const PAIR: Columns = &[("a", Kind::Long), ("b", Kind::Long)];

impl Stage for Buckets {
    fn push(&mut self, rows: Rows<'_>, out: &mut Out) -> Result<(), Failure> {
        let (buckets, articles) = (rows.longs("bucket")?, rows.longs("article")?);
        let briefs = rows.bytes("brief")?;
        for row in 0..rows.len() {
            let (bucket, article) = (buckets.at(row), articles.at(row));
            self.order.next([bucket, article, 0])?;
            if self.bucket.replace(bucket) != Some(bucket) {
                self.close(out)?;
            }
            self.articles.push((article, list(&briefs, row)));
            // Of a bucket over the cap the first articles pair up as all of them do: each with the
            // first and with the one before it. So no more than these are kept of it.
            if self.articles.len() > BUCKET_CAP {
                pairs_of(&self.articles, out)?;
                self.articles.drain(1..self.articles.len() - 1);
                self.is_full = true;
            } else if self.is_full {
                let [first, before, last] = [0, 1, 2].map(|at| &self.articles[at]);
                for other in [first, before] {
                    if agree(&other.1, &last.1) {
                        out.row(&[long(other.0), long(last.0)])?;
                    }
                }
                self.articles.remove(1);
            }
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut Out) -> Result<(), Failure> {
        self.close(out)
    }
}

/// From pairs with the words of both to those that are near enough, with the numbers of shingles that
/// they share and have.
pub(super) struct NearPairs {
    threshold: f64,
    gathered: Gathered,
    sets: Sets,
}

impl NearPairs {
    pub(super) fn new(threshold: f64) -> NearPairs {
        NearPairs { threshold, gathered: Gathered::default(), sets: Sets::default() }
    }
}

pub(super) const COPIES: Columns = &[
    ("a", Kind::Long),
    ("b", Kind::Long),
    ("shared", Kind::Long),
    ("of_a", Kind::Long),
    ("of_b", Kind::Long),
];

impl Stage for NearPairs {
    fn push(&mut self, rows: Rows<'_>, out: &mut Out) -> Result<(), Failure> {
        let columns = gathered::Columns::of(rows)?;
        for row in 0..rows.len() {
            if self.gathered.opens(&columns, row) {
                self.sets.clear();
            }
            let Next::Pair(a, b) = self.gathered.next(&columns, row)? else { continue };
            let lists = [a, b].map(|place| self.gathered.list(place));
            let sets = self.sets.of(&self.gathered, [a, b]);
            if let Some(overlap) = near_enough(lists.map(Tokens::of), sets, self.threshold) {
                let [a, b] = [a, b].map(|place| long(self.gathered.article(place)));
                let [of_a, of_b] = sets.map(|set| long(set.len() as i64));
                out.row(&[a, b, long(overlap.shared as i64), of_a, of_b])?;
            }
        }
        Ok(())
    }
}

/// From the articles and the pairs of components to near groups: rows sorted by `root`, `kind` (0: an
/// article, `a`, with its words unless the component is large; 1: a pair), `a`, `b`.
pub(super) struct NearGroups {
    threshold: f64,
    store: Store,
    order: Order,
    root: Option<i64>,
    articles: Vec<i64>,
    texts: Column,
    pairs: Table<Copies>,
}

impl NearGroups {
    pub(super) fn new(threshold: f64, store: Store) -> NearGroups {
        let texts = Column::new(&store, store.share(2));
        let pairs = Table::new(&store, store.share(4));
        let (order, articles) = Default::default();
        NearGroups { threshold, store, order, root: None, articles, texts, pairs }
    }

    fn close(&mut self, out: &mut Out) -> Result<(), Failure> {
        let (texts, threshold) = (&self.texts, self.threshold);
        let overlap = |a: u32, b: u32| {
            let lists = [texts.get(a as usize)?, texts.get(b as usize)?];
            let tokens = lists.each_ref().map(|list| Tokens::of(list));
            let sets = tokens.map(shingles);
            Ok(near_enough(tokens, [&sets[0], &sets[1]], threshold))
        };
        let mut found = Vec::new();
        let articles = self.articles.len();
        let limits = Limits::default();
        cluster::near::groups(articles, &self.pairs, &self.store, limits, overlap, |group| {
            found.push(group);
            Ok(())
        })?;
        for group in found {
            let name = |article: u32| long(self.articles[article as usize]);
            let representative = name(group.representative);
            for member in group.members {
                let score = Cell::Double(rounded(member.score));
                out.row(&[name(member.article), representative, name(member.to), score])?;
            }
        }
        self.articles.clear();
        self.texts = Column::new(&self.store, self.store.share(2));
        self.pairs = Table::new(&self.store, self.store.share(4));
        Ok(())
    }
}

/// A member of a group: its number, that of the article that stands for the group, that of the one it
/// was matched with, and the score of the match.
pub(super) const MEMBER: Columns = &[
    ("article", Kind::Long),
    ("representative", Kind::Long),
    ("to", Kind::Long),
    ("score", Kind::Double),
];

impl Stage for NearGroups {
    fn push(&mut self, rows: Rows<'_>, out: &mut Out) -> Result<(), Failure> {
        let [roots, kinds, a, b] = ["root", "kind", "a", "b"].map(|name| rows.longs(name));
        let (roots, kinds, a, b) = (roots?, kinds?, a?, b?);
        let lists = rows.bytes("list")?;
        let (shared, of_a, of_b) =
            (rows.longs("shared")?, rows.longs("of_a")?, rows.longs("of_b")?);
        for row in 0..rows.len() {
            let (root, kind) = (roots.at(row), kinds.at(row));
            self.order.next([root << 1 | kind, a.at(row), b.at(row)])?;
            if self.root.replace(root) != Some(root) {
                self.close(out)?;
            }
            if kind == 0 {
                self.articles.push(a.at(row));
                self.texts.push(&list(&lists, row))?;
                continue;
            }
            let place = |article: i64| Ok::<_, Failure>(place(&self.articles, article)? as u32);
            let [shared, of_a, of_b] = [shared, of_a, of_b].map(|count| count.at(row) as u32);
            self.pairs.push([place(a.at(row))?, place(b.at(row))?, shared, of_a, of_b])?;
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut Out) -> Result<(), Failure> {
        self.close(out)
    }
}
