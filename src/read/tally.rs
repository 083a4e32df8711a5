//! The account of a run's reading: every record is an article, or counted here by reason and place.

use super::reason::Reason;
use crate::article::{Article, Source};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One record that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skip {
    /// Where it stands.
    pub source: Source,
    /// Why.
    pub reason: Reason,
    /// What was found there, and what to do.
    pub detail: String,
}

impl Skip {
    /// A record whose text has no words, which nothing can be compared with.
    #[must_use]
    pub fn without_words(source: Source) -> Skip {
        let detail = "the text is empty or holds no letters and digits".to_owned();
        Skip { source, reason: Reason::NoWords, detail }
    }
}

/// A file that could not be read, or not to its end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Trouble {
    /// Its path.
    pub path: Arc<str>,
    /// What happened.
    pub message: String,
}

/// The records of one file that were left out for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// How many.
    pub count: u64,
    /// The first of them.
    pub first: u64,
    /// What was found at the first, and what to do.
    pub detail: String,
}

/// What an article may have beside its text: whether some has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Has {
    /// An identifier that the dump gives.
    pub id: bool,
    /// A headline.
    pub title: bool,
    /// An address.
    pub url: bool,
    /// A date of publication.
    pub date: bool,
}

/// What was read and what was not. Independent of the order in which records were met.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Records met: `articles` and all skipped ones. A damaged Parquet file may claim any number of
    /// rows, so sums of records stop at the largest number there is.
    pub records: u64,
    /// Records that became articles.
    pub articles: u64,
    /// Articles in which bytes that are not UTF-8 were replaced.
    pub replaced: u64,
    /// Articles whose text was cut at the limit.
    pub cut: u64,
    /// Bytes that were passed over around damage, to go on behind it.
    pub left_out: u64,
    /// What some article has.
    pub has: Has,
    /// What was left out, by file and reason.
    #[serde(with = "as_rows")]
    pub skipped: BTreeMap<(Arc<str>, Reason), Skipped>,
    /// Files that could not be read, or not to their end.
    pub troubles: Vec<Trouble>,
    /// Whether the system refused to read one of them, which may be fine at another time.
    pub is_refused: bool,
    /// Whether it did since it opens no more files: no result should be made of the rest.
    pub out_of_files: bool,
    /// Records of each file whose records have fields: whether all of them lack the text's name
    /// shows only when the articles of all are decoded. One number a file.
    fielded: BTreeMap<Arc<str>, u64>,
}

/// A map as a list of its entries, for formats whose keys are strings.
mod as_rows {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::collections::BTreeMap;

    pub(super) fn serialize<K: Serialize, V: Serialize, S: Serializer>(
        map: &BTreeMap<K, V>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(map)
    }

    pub(super) fn deserialize<'de, K, V, D>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
    where
        K: Deserialize<'de> + Ord,
        V: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        let rows = Vec::<(K, V)>::deserialize(deserializer)?;
        Ok(rows.into_iter().collect())
    }
}

impl Tally {
    /// Counts an article.
    pub fn article(&mut self, replaced: bool, cut: bool) {
        self.records += 1;
        self.articles += 1;
        self.replaced += u64::from(replaced);
        self.cut += u64::from(cut);
    }

    /// Notes what an article has.
    pub fn note(&mut self, article: &Article) {
        let Article { id, title, url, date, .. } = article;
        self.has.id |= id.is_some();
        self.has.title |= title.is_some();
        self.has.url |= url.is_some();
        self.has.date |= date.is_some();
    }

    /// Counts a record that was left out.
    pub fn skip(&mut self, skip: Skip) {
        self.skip_many(skip, 1);
    }

    /// Counts `count` records from `skip`'s on that were left out.
    pub(super) fn skip_many(&mut self, skip: Skip, count: u64) {
        self.records = self.records.saturating_add(count);
        let one = Skipped { count, first: skip.source.record, detail: skip.detail };
        self.add_skipped((skip.source.path, skip.reason), one);
    }

    /// Counts records of a file whose records have fields.
    pub(super) fn add_fielded(&mut self, path: &Arc<str>, records: u64) {
        let sum = self.fielded.entry(Arc::clone(path)).or_insert(0);
        *sum = sum.saturating_add(records);
    }

    /// Notes that a file could not be read, or not to its end.
    pub fn trouble(&mut self, path: Arc<str>, message: String) {
        let at = self.troubles.partition_point(|t| *t.path < *path);
        self.troubles.insert(at, Trouble { path, message });
    }

    /// Adds what another part of the run counted.
    pub fn merge(&mut self, other: Tally) {
        self.left_out += other.left_out;
        self.is_refused |= other.is_refused;
        self.out_of_files |= other.out_of_files;
        self.records = self.records.saturating_add(other.records);
        self.articles += other.articles;
        self.replaced += other.replaced;
        self.cut += other.cut;
        self.has.id |= other.has.id;
        self.has.title |= other.has.title;
        self.has.url |= other.has.url;
        self.has.date |= other.has.date;
        for (place, skipped) in other.skipped {
            self.add_skipped(place, skipped);
        }
        for (path, records) in other.fielded {
            self.add_fielded(&path, records);
        }
        self.troubles.extend(other.troubles);
        self.troubles.sort();
    }

    fn add_skipped(&mut self, place: (Arc<str>, Reason), new: Skipped) {
        match self.skipped.get_mut(&place) {
            Some(old) => {
                old.count = old.count.saturating_add(new.count);
                if new.first < old.first {
                    (old.first, old.detail) = (new.first, new.detail);
                }
            }
            None => {
                self.skipped.insert(place, new);
            }
        }
    }

    /// Records left out, by reason.
    #[must_use]
    pub fn by_reason(&self) -> BTreeMap<Reason, u64> {
        let mut sums = BTreeMap::new();
        for ((_, reason), skipped) in &self.skipped {
            let sum: &mut u64 = sums.entry(*reason).or_default();
            *sum = sum.saturating_add(skipped.count);
        }
        sums
    }

    /// Records left out.
    #[must_use]
    pub fn total_skipped(&self) -> u64 {
        self.skipped.values().fold(0, |sum: u64, skipped| sum.saturating_add(skipped.count))
    }

    /// Whether some input could not be read: a file, the rest of one, or a record that is damaged;
    /// or a file gave no article because the text field has another name there.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        !self.troubles.is_empty()
            || self.skipped.keys().any(|(path, reason)| {
                let no_text = matches!(reason, Reason::NoTextField | Reason::TextNotString);
                reason.is_damage() || (no_text && self.is_without_article(path))
            })
    }

    /// Whether none of a file's records, which have fields, became an article.
    fn is_without_article(&self, path: &Arc<str>) -> bool {
        let first = (Arc::clone(path), Reason::NotText);
        let of_file = self.skipped.range(first..).take_while(|((other, _), _)| other == path);
        let skipped = of_file.fold(0, |sum: u64, (_, one)| sum.saturating_add(one.count));
        self.fielded.get(path).is_none_or(|&records| records <= skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skip(path: &str, record: u64, detail: &str) -> Skip {
        let source = Source { path: path.into(), record };
        Skip { source, reason: Reason::NotJson, detail: detail.into() }
    }

    #[test]
    fn the_account_does_not_depend_on_the_order() {
        let skips = [skip("b", 9, "nine"), skip("b", 2, "two"), skip("a", 1, "one")];
        let mut forward = Tally::default();
        skips.iter().cloned().for_each(|s| forward.skip(s));
        forward.trouble("b".into(), "broken".into());
        forward.trouble("a".into(), "missing".into());
        let (mut backward, mut half) = (Tally::default(), Tally::default());
        half.trouble("a".into(), "missing".into());
        half.trouble("b".into(), "broken".into());
        skips.iter().rev().cloned().for_each(|s| half.skip(s));
        backward.merge(half);
        assert_eq!(forward, backward);
        let b = &forward.skipped[&("b".into(), Reason::NotJson)];
        assert_eq!((b.count, b.first, b.detail.as_str()), (2, 2, "two"));
        assert_eq!(forward.records, forward.total_skipped());
    }

    #[test]
    fn empty_articles_are_no_damage_but_a_wrong_field_name_is() {
        let missing = Skip { reason: Reason::NoTextField, ..skip("a", 1, "") };
        let empty = Skip { reason: Reason::NoWords, ..skip("a", 2, "") };
        let mut tally = Tally::default();
        tally.skip(empty);
        assert!(!tally.is_incomplete());
        tally.skip(missing);
        tally.add_fielded(&"a".into(), 2);
        assert!(tally.is_incomplete());
        // An article of another file is none of this one.
        tally.article(false, false);
        tally.add_fielded(&"b".into(), 1);
        assert!(tally.is_incomplete());
        let mut more = Tally::default();
        more.article(false, false);
        more.add_fielded(&"a".into(), 1);
        tally.merge(more);
        assert!(!tally.is_incomplete());
        tally.skip(skip("a", 2, ""));
        assert!(tally.is_incomplete());
    }
}
