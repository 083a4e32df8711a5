//! Near level: bands of rows, sorted rather than hashed into maps.
//!
//! A signature is cut into `bands` of `rows` minima. Two articles are candidates when all rows of
//! some band agree, which for a similarity `s` happens with probability `1 - (1 - s^rows)^bands`:
//! the S-curve (Broder 1997; Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", ch. 3).

use super::Pair;
use crate::hash::{follow, mix};
use crate::minhash::near::{MINIMA, Signature};
use crate::store::{Result, Sorter, Store, Table};
use rayon::prelude::*;
use std::sync::{Mutex, PoisonError};

/// How a signature is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bands {
    /// Number of bands.
    pub bands: usize,
    /// Minima in each band.
    pub rows: usize,
}

impl Bands {
    /// The cut with the most rows, and so the fewest chance candidates, that still finds a pair of
    /// similarity `similarity` with probability `recall`, out of [`MINIMA`] minima.
    ///
    /// Where none does, as many bands of one row as there are minima.
    #[must_use]
    pub fn for_recall(similarity: f64, recall: f64) -> Bands {
        (1..=MINIMA)
            .rev()
            .map(|rows| Bands { bands: MINIMA / rows, rows })
            .find(|bands| bands.probability(similarity) >= recall)
            .unwrap_or(Bands { bands: MINIMA, rows: 1 })
    }

    /// Probability that a pair of the given similarity becomes a candidate: the S-curve.
    #[must_use]
    pub fn probability(self, similarity: f64) -> f64 {
        let agree = (0..self.rows).fold(1.0, |product, _| product * similarity);
        1.0 - (0..self.bands).fold(1.0, |product, _| product * (1.0 - agree))
    }

    /// Hash of a band's minima: articles with equal minima in it come into one bucket.
    #[must_use]
    pub fn key(self, band: usize, signature: &Signature) -> u32 {
        let minima = &signature[band * self.rows..(band + 1) * self.rows];
        let hash = minima.iter().fold(band as u64, |key, &minimum| follow(key, u64::from(minimum)));
        (mix(hash) >> 32) as u32
    }
}

/// Articles in one bucket whose pairs are all taken. Larger ones, which a template or one text
/// repeated makes, would give a quadratic number: each member is paired with the bucket's first and
/// with its successor, which is enough to find the component of any set of true copies.
pub const BUCKET_CAP: usize = 64;

/// Minima of the whole signature in which a candidate has to agree, besides some band: short rows
/// let chance in, and this sends it out. Of pairs at a Jaccard of 0.3, which agree in 19 of 64 on
/// average, one in 2,000 agrees in fewer; of pairs at 0.02 that meet in a band, one in 500 in more.
pub const LEAST_AGREEING: usize = 8;

/// Numbers of a [`brief`] signature.
const BRIEF: usize = MINIMA / size_of::<u32>();

/// The low bytes of a signature's minima, in the size of a cache line: all that [`agree`] looks at.
#[must_use]
pub fn brief(signature: &Signature) -> [u32; BRIEF] {
    let mut brief = [0; BRIEF];
    let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut brief);
    bytes.iter_mut().zip(signature).for_each(|(byte, minimum)| *byte = *minimum as u8);
    brief
}

/// Whether two signatures, as [`brief`] gives them, agree in [`LEAST_AGREEING`] minima. A byte agrees
/// by chance in one minimum of 256.
#[must_use]
pub fn agree(a: &[u32], b: &[u32]) -> bool {
    let [a, b]: [&[u8]; 2] = [a, b].map(bytemuck::cast_slice);
    a.iter().zip(b).map(|(x, y)| u8::from(x == y)).sum::<u8>() >= LEAST_AGREEING as u8
}

/// Calls `found` with the pairs of articles that agree in some band, the smaller number first, in no
/// particular order; a pair comes once for each band. A row of `signatures` is an article; those that
/// do not stand for themselves take no part. Returns the number of buckets that were too full for all
/// their pairs (see [`BUCKET_CAP`]).
///
/// Cost: a sort of the articles for each band, 8 bytes each.
///
/// # Errors
/// Those of the work folder, and of `found`.
pub fn candidates(
    signatures: &Table<Signature>,
    stands: impl Fn(u32) -> bool + Sync,
    bands: Bands,
    store: &Store,
    found: impl FnMut(Vec<Pair>) -> Result<()> + Send,
) -> Result<u64> {
    let share = store.share(2) / bands.bands;
    let mut sorters: Vec<Sorter<u64>> =
        (0..bands.bands).map(|_| Sorter::new(store, share)).collect();
    signatures.blocks(|first, rows| {
        let filled = sorters.par_iter_mut().enumerate().map(|(band, sorter)| {
            let mut numbered = (first as u32..).zip(rows).filter(|(article, _)| stands(*article));
            numbered.try_for_each(|(article, signature)| {
                let key = u64::from(bands.key(band, signature));
                sorter.push(key << 32 | u64::from(article))
            })
        });
        filled.collect::<Result<()>>()
    })?;
    let found = Mutex::new(found);
    let of_bands = sorters.into_par_iter().map(|sorter| {
        let mut capped = 0;
        sorter.finish()?.blocks(in_one_bucket, |keys| {
            let mut pairs = Vec::new();
            for bucket in keys.chunk_by(in_one_bucket) {
                capped += u64::from(bucket.len() > BUCKET_CAP);
                pair_up(bucket.len(), |a, b| pairs.push((bucket[a] as u32, bucket[b] as u32)));
            }
            let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
            found(pairs)
        })?;
        Ok(capped)
    });
    Ok(of_bands.collect::<Result<Vec<u64>>>()?.iter().sum())
}

fn in_one_bucket(a: &u64, b: &u64) -> bool {
    a >> 32 == b >> 32
}

/// Calls `pair` with the pairs that are taken of a bucket of so many articles, by their places in
/// it, in the order of the numbers of the articles: see [`BUCKET_CAP`].
pub fn pair_up(bucket: usize, mut pair: impl FnMut(usize, usize)) {
    if bucket <= BUCKET_CAP {
        for b in 1..bucket {
            (0..b).for_each(|a| pair(a, b));
        }
    } else {
        (1..bucket).for_each(|b| pair(0, b));
        (2..bucket).for_each(|b| pair(b - 1, b));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::mix;
    use crate::minhash::near::signature;
    use crate::store::tests::both;

    #[test]
    fn the_cut_keeps_its_promise() {
        for (similarity, recall) in [(0.3, 0.95), (0.5, 0.99), (0.8, 0.99), (0.95, 0.9)] {
            let bands = Bands::for_recall(similarity, recall);
            assert!(bands.probability(similarity) >= recall);
            assert!(bands.bands * bands.rows <= MINIMA);
        }
        assert_eq!(Bands::for_recall(0.3, 0.95), Bands { bands: 32, rows: 2 });
        assert_eq!(Bands::for_recall(0.001, 0.99), Bands { bands: 64, rows: 1 });
    }

    /// The pairs that agree in some band and altogether, each once, and the number of capped buckets.
    fn found(signatures: &[Signature], bands: Bands) -> (Vec<Pair>, u64) {
        let mut results = both().into_iter().map(|store| {
            let mut table = Table::new(&store, store.share(4).min(1 << 20));
            table.extend(signatures).unwrap();
            let mut pairs = Vec::new();
            let keep = |mut some: Vec<Pair>| {
                pairs.append(&mut some);
                Ok(())
            };
            let capped = candidates(&table, |_| true, bands, &store, keep).unwrap();
            pairs.sort_unstable();
            pairs.dedup();
            let brief = |article: u32| brief(&signatures[article as usize]);
            pairs.retain(|&(a, b)| agree(&brief(a), &brief(b)));
            (pairs, capped)
        });
        let first = results.next().unwrap();
        assert!(results.all(|other| other == first));
        first
    }

    /// Of random pairs of known similarity, at least as many are found as the S-curve says, less
    /// four standard errors.
    #[test]
    fn recall_follows_the_s_curve() {
        let bands = Bands::for_recall(0.3, 0.95);
        for shared in [60, 100, 140] {
            let similarity = f64::from(shared) / f64::from(400 - shared);
            let pairs = 500u32;
            let signatures: Vec<Signature> = (0..2 * pairs)
                .map(|article| {
                    let (pair, side) = (article / 2, article % 2);
                    let set: Vec<u64> = (0..200)
                        .map(|i| i + side * (200 - shared as u32))
                        .map(|i| mix(u64::from(pair) << 32 | u64::from(i)))
                        .collect();
                    signature(set).unwrap()
                })
                .collect();
            let (found, _) = found(&signatures, bands);
            let true_ones = found.iter().filter(|(a, b)| a / 2 == b / 2).count() as f64;
            let expected = bands.probability(similarity);
            let error = (expected * (1.0 - expected) / f64::from(pairs)).sqrt();
            assert!(true_ones / f64::from(pairs) >= expected - 4.0 * error, "{similarity}");
        }
    }

    #[test]
    fn an_overfull_bucket_stays_linear_and_connected() {
        let signatures = vec![signature([1, 2, 3]).unwrap(); 10_000];
        let (pairs, capped) = found(&signatures, Bands::for_recall(0.3, 0.95));
        assert_eq!(pairs.len(), 9_999 + 9_998);
        assert_eq!(capped, 32);
    }

    #[test]
    fn agreement_is_counted() {
        let signature: Signature = std::array::from_fn(|i| mix(i as u64) as u16);
        let other = |equal: usize| {
            let mut other = signature;
            other[equal..].iter_mut().for_each(|minimum| *minimum ^= 1);
            other
        };
        let agreeing = |equal| agree(&brief(&signature), &brief(&other(equal)));
        assert!(agreeing(MINIMA) && agreeing(LEAST_AGREEING) && !agreeing(LEAST_AGREEING - 1));
    }
}
