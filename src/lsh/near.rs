//! Near level: bands of rows, sorted rather than hashed into maps.
//!
//! A signature is cut into `bands` of `rows` minima. Two articles are candidates when all rows of
//! some band agree, which for a similarity `s` happens with probability `1 - (1 - s^rows)^bands`:
//! the S-curve (Broder 1997; Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", ch. 3).

use super::Pair;
use crate::hash::{follow, mix};
use crate::minhash::near::{MINIMA, Signature};
use rayon::prelude::*;

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

    /// High half: hash of a band's minima. So articles with equal minima come together when sorted.
    fn key(self, band: usize, signature: &Signature) -> u64 {
        let minima = &signature[band * self.rows..(band + 1) * self.rows];
        mix(minima.iter().fold(band as u64, |key, &minimum| follow(key, u64::from(minimum)))) >> 32
            << 32
    }
}

/// Candidate pairs, and what was not enumerated.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Candidates {
    /// Pairs, sorted, each once.
    pub pairs: Vec<Pair>,
    /// Buckets of more than [`BUCKET_CAP`] articles, in which only the pairs with the first member
    /// and with the next are candidates.
    pub capped_buckets: u64,
}

/// Articles in one bucket whose pairs are all taken. Larger ones, which a template or one text
/// repeated makes, would give a quadratic number: each member is paired with the bucket's first and
/// with its successor, which is enough to find the component of any set of true copies.
pub const BUCKET_CAP: usize = 64;

/// Minima of the whole signature in which a candidate has to agree, besides some band: short rows
/// let chance in, and this sends it out. Of pairs at a Jaccard of 0.3, which agree in 19 of 64 on
/// average, one in 2,000 agrees in fewer; of pairs at 0.02 that meet in a band, one in 500 in more.
pub const LEAST_AGREEING: usize = 8;

/// Pairs of articles that agree in some band, and in [`LEAST_AGREEING`] minima altogether.
/// `signatures` are (article number, signature).
///
/// Cost: a sort of the articles for each band; memory 8 bytes an article and band, and 8 a pair.
#[must_use]
pub fn candidates(signatures: &[(u32, &Signature)], bands: Bands) -> Candidates {
    let found: Vec<Candidates> = keys(signatures, bands)
        .into_par_iter()
        .map(|mut keys| {
            keys.sort_unstable();
            let mut found = Candidates::default();
            for bucket in keys.chunk_by(|a, b| a >> 32 == b >> 32) {
                pair_up(bucket, signatures, &mut found);
            }
            found
        })
        .collect();
    let capped_buckets = found.iter().map(|band| band.capped_buckets).sum();
    let mut pairs: Vec<Pair> = found.into_iter().flat_map(|band| band.pairs).collect();
    pairs.par_sort_unstable();
    pairs.dedup();
    Candidates { pairs, capped_buckets }
}

/// For each band a key of each article: in the high half the hash of the band's minima, in the low
/// half the place in `signatures`, which rises with the articles.
fn keys(signatures: &[(u32, &Signature)], bands: Bands) -> Vec<Vec<u64>> {
    /// Signatures read at a time, for all bands: they lie apart in memory.
    const BLOCK: usize = 1024;
    let mut keys = vec![vec![0; signatures.len()]; bands.bands];
    let mut blocks: Vec<Vec<&mut [u64]>> = Vec::new();
    for of_band in &mut keys {
        for (block, keys) in of_band.chunks_mut(BLOCK).enumerate() {
            if block == blocks.len() {
                blocks.push(Vec::with_capacity(bands.bands));
            }
            blocks[block].push(keys);
        }
    }
    blocks.into_par_iter().enumerate().for_each(|(block, mut of_bands)| {
        let first = block * BLOCK;
        let read = signatures[first..].iter().take(BLOCK).enumerate();
        for (at, (_, signature)) in read {
            for (band, keys) in of_bands.iter_mut().enumerate() {
                keys[at] = bands.key(band, signature) | (first + at) as u64;
            }
        }
    });
    keys
}

fn pair_up(bucket: &[u64], signatures: &[(u32, &Signature)], found: &mut Candidates) {
    let mut pair = |a: usize, b: usize| {
        let (a, b) = (signatures[bucket[a] as u32 as usize], signatures[bucket[b] as u32 as usize]);
        let agreeing = a.1.iter().zip(b.1).filter(|(x, y)| x == y).count();
        if agreeing >= LEAST_AGREEING {
            found.pairs.push((a.0, b.0));
        }
    };
    if bucket.len() <= BUCKET_CAP {
        for b in 1..bucket.len() {
            (0..b).for_each(|a| pair(a, b));
        }
    } else {
        (1..bucket.len()).for_each(|b| pair(0, b));
        (2..bucket.len()).for_each(|b| pair(b - 1, b));
        found.capped_buckets += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::mix;
    use crate::minhash::near::signature;

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

    /// Of random pairs of known similarity, at least as many are found as the S-curve says, less
    /// four standard errors.
    #[test]
    fn recall_follows_the_s_curve() {
        let bands = Bands::for_recall(0.3, 0.95);
        for shared in [60, 100, 140] {
            let similarity = f64::from(shared) / f64::from(400 - shared);
            let pairs = 500u32;
            let signatures: Vec<(u32, Signature)> = (0..2 * pairs)
                .map(|article| {
                    let (pair, side) = (article / 2, article % 2);
                    let set: Vec<u64> = (0..200)
                        .map(|i| i + side * (200 - shared as u32))
                        .map(|i| mix(u64::from(pair) << 32 | u64::from(i)))
                        .collect();
                    (article, signature(set).unwrap())
                })
                .collect();
            let signatures: Vec<_> = signatures.iter().map(|(a, s)| (*a, s)).collect();
            let found = candidates(&signatures, bands).pairs;
            let true_ones = found.iter().filter(|(a, b)| a / 2 == b / 2).count() as f64;
            let expected = bands.probability(similarity);
            let error = (expected * (1.0 - expected) / f64::from(pairs)).sqrt();
            assert!(true_ones / f64::from(pairs) >= expected - 4.0 * error, "{similarity}");
        }
    }

    #[test]
    fn an_overfull_bucket_stays_linear_and_connected() {
        let one = signature([1, 2, 3]).unwrap();
        let signatures: Vec<_> = (0..10_000).map(|article| (article, &one)).collect();
        let found = candidates(&signatures, Bands::for_recall(0.3, 0.95));
        assert_eq!(found.pairs.len(), 9_999 + 9_998);
        assert_eq!(found.capped_buckets, 32);
    }
}
