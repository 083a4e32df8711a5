//! Furniture: what a site prints around its articles.

use super::rows::{Cell, Columns, Kind, Order, Out, Rows, bytes_of, list, long};
use super::{Failure, Stage};
use retold::pipeline::signature_of;
use retold::shingle::furniture::{Carrying, Piece, carried, is_witness, least_of_host, stripped};
use retold::store::{Store, Table};
use retold::text::Tokens;

/// Of a carrier: the key of the passage, the article, its near group, how many groups it takes, and the
/// words of the passage.
pub(super) const CARRIER: Columns = &[
    ("key", Kind::Long),
    ("article", Kind::Long),
    ("near", Kind::Long),
    ("least", Kind::Long),
    ("words", Kind::Long),
];

/// From articles with their `host`, the number of near `groups` of that, their own group `near` and
/// their words to what others of their host may carry as well.
pub(super) struct Passages;

impl Stage for Passages {
    fn push(&mut self, rows: Rows<'_>, out: &mut Out) -> Result<(), Failure> {
        let (articles, near) = (rows.longs("article")?, rows.longs("near")?);
        let (hosts, groups) = (rows.longs("host")?, rows.longs("groups")?);
        let lists = rows.bytes("list")?;
        for row in 0..rows.len() {
            let list = list(&lists, row);
            let host = hosts.at(row) as u64;
            let least = long(least_of_host(host, groups.at(row) as usize) as i64);
            let mut passages: Vec<(u64, usize)> = carried(Tokens::of(&list), host).collect();
            passages.sort_unstable();
            passages.dedup();
            let [article, near] = [articles, near].map(|column| long(column.at(row)));
            for (key, words) in passages {
                out.row(&[long(key as i64), article, near, least, long(words as i64)])?;
            }
        }
        Ok(())
    }
}

/// Waiting carriers that are read at a time.
const AT_A_TIME: usize = 1 << 13;

/// From carriers sorted by passage and article to those of passages that enough near groups carry.
pub(super) struct Carriers {
    /// Whether only groups with a witness count; then each row also has the words of the article
    /// (`all`) and those of them that others carry as well (`repeated`).
    witnessed: bool,
    store: Store,
    order: Order,
    key: Option<i64>,
    carrying: Carrying,
    /// The carriers so far of a passage that may not be carried by enough.
    waiting: Table<[u64; 4]>,
}

impl Carriers {
    pub(super) fn repeated(store: Store) -> Carriers {
        let waiting = Table::new(&store, store.share(2));
        let carrying = Carrying::new(1);
        let order = Order::default();
        Carriers { witnessed: false, store, order, key: None, carrying, waiting }
    }

    pub(super) fn witnessed(store: Store) -> Carriers {
        Carriers { witnessed: true, ..Carriers::repeated(store) }
    }
}

impl Stage for Carriers {
    fn push(&mut self, rows: Rows<'_>, out: &mut Out) -> Result<(), Failure> {
        let (keys, articles) = (rows.longs("key")?, rows.longs("article")?);
        let (near, leasts, words) =
            (rows.longs("near")?, rows.longs("least")?, rows.longs("words")?);
        let own =
            if self.witnessed { Some((rows.longs("all")?, rows.longs("repeated")?)) } else { None };
        for row in 0..rows.len() {
            let (key, article, least) = (keys.at(row), articles.at(row), leasts.at(row));
            self.order.next([key, article, 0])?;
            if self.key.replace(key) != Some(key) {
                self.carrying = Carrying::new(least as u64);
                self.waiting = Table::new(&self.store, self.store.share(2));
            }
            let counts = own.is_none_or(|(all, repeated)| {
                let own = (all.at(row) - repeated.at(row)).max(0);
                is_witness(own as u32, all.at(row) as u32, least as u64)
            });
            let near = near.at(row);
            if counts {
                self.carrying.add(near as u32);
            }
            let carrier = [article, near, least, words.at(row)].map(|of| of as u64);
            if !self.carrying.is_enough() {
                self.waiting.push(carrier)?;
                continue;
            }
            let mut give = |&[article, near, least, words]: &[u64; 4]| {
                let [article, near, least, words] =
                    [article, near, least, words].map(|of| long(of as i64));
                out.row(&[long(key), article, near, least, words])
            };
            if !self.waiting.is_empty() {
                let waiting = 0..self.waiting.len();
                for start in waiting.clone().step_by(AT_A_TIME) {
                    let some = self.waiting.rows(start..waiting.end.min(start + AT_A_TIME))?;
                    some.iter().try_for_each(&mut give)?;
                }
                self.waiting = Table::new(&self.store, self.store.share(2));
            }
            give(&carrier)?;
        }
        Ok(())
    }
}

/// From articles with furniture to what is left of them: rows sorted by `article` and `kind` (0: the
/// `key` of a passage that is furniture; 1: the article's `host` and words). An article of which next
/// to nothing else is left stays as it is, and has no row.
#[derive(Default)]
pub(super) struct Strip {
    order: Order,
    pieces: Vec<Piece>,
}

pub(super) const STRIPPED: Columns =
    &[("article", Kind::Long), ("list", Kind::Bytes), ("signature", Kind::Bytes)];

impl Stage for Strip {
    fn push(&mut self, rows: Rows<'_>, out: &mut Out) -> Result<(), Failure> {
        let (articles, kinds) = (rows.longs("article")?, rows.longs("kind")?);
        let (keys, hosts) = (rows.longs("key")?, rows.longs("host")?);
        let lists = rows.bytes("list")?;
        for row in 0..rows.len() {
            let (article, kind) = (articles.at(row), kinds.at(row));
            self.order.next([article, kind, 0])?;
            if kind == 0 {
                self.pieces.push([article as u64, keys.at(row) as u64]);
                continue;
            }
            let mut pieces = std::mem::take(&mut self.pieces);
            pieces.retain(|piece| piece[0] == article as u64);
            pieces.sort_unstable();
            let list = list(&lists, row);
            if let Some(left) = stripped(Tokens::of(&list), hosts.at(row) as u64, &pieces) {
                let signature = signature_of(Tokens::of(&left));
                let [left, signature] = [bytes_of(&left), bytes_of(&signature)].map(Cell::Bytes);
                out.row(&[long(article), left, signature])?;
            }
        }
        Ok(())
    }
}
