//! The near level as a whole: candidates, scores, groups; once as the articles are, and again without
//! the furniture of their sites.

use super::sketch::{Sketch, signature_of};
use crate::article::host;
use crate::cluster::{self, Group, near::Copies};
use crate::config::{Config, NEAR_RECALL, NEAR_SIMILARITY};
use crate::hash::hash64;
use crate::lsh;
use crate::lsh::near::Bands;
use crate::minhash::near::Signature;
use crate::score::near::Overlap;
use crate::score::template::is_template;
use crate::shingle::furniture::{Furniture, Page};
use crate::shingle::near::shingles;
use crate::shingle::story::terms;
use crate::text::Tokens;
use rayon::prelude::*;
use std::sync::OnceLock;

/// What the near level gives.
pub(super) struct NearLevel {
    pub(super) groups: Vec<Group>,
    /// Buckets too full for all their pairs to be compared.
    pub(super) capped_buckets: u64,
    /// Articles from which furniture was taken.
    pub(super) trimmed: u64,
}

/// The shingle sets of articles, made when they are first asked for: most articles have no candidate.
pub(super) struct ShingleSets(Vec<OnceLock<Box<[u64]>>>);

impl ShingleSets {
    pub(super) fn new(articles: usize) -> ShingleSets {
        ShingleSets((0..articles).map(|_| OnceLock::new()).collect())
    }

    fn get(&self, sketches: &[Sketch], article: u32) -> &[u64] {
        let article = article as usize;
        self.0[article].get_or_init(|| shingles(sketches[article].tokens()).into())
    }

    pub(super) fn overlap(&self, sketches: &[Sketch], a: u32, b: u32) -> Overlap {
        Overlap::of(self.get(sketches, a), self.get(sketches, b))
    }
}

/// Near groups of the articles in `standing`. Takes the furniture out of their sketches.
///
/// Furniture is what different articles of a site have in common, and which articles are different
/// is known once there are groups. So these are made with it, and made again where there was any.
pub(super) fn level(
    sketches: &mut [Sketch],
    shingles: &mut ShingleSets,
    standing: &[u32],
    config: &Config,
) -> NearLevel {
    let level = groups(sketches, shingles, standing, config);
    let stripped = without_furniture(sketches, standing, &level.groups);
    if stripped.is_empty() {
        return level;
    }
    let trimmed = stripped.len() as u64;
    for (article, tokens) in stripped {
        let article = article as usize;
        sketches[article].signature = signature_of(Tokens::of(&tokens));
        sketches[article].list = tokens;
        shingles.0[article].take();
    }
    NearLevel { trimmed, ..groups(sketches, shingles, standing, config) }
}

fn groups(
    sketches: &[Sketch],
    shingles: &ShingleSets,
    standing: &[u32],
    config: &Config,
) -> NearLevel {
    let signatures: Vec<(u32, &Signature)> = standing
        .iter()
        .filter_map(|&article| Some((article, sketches[article as usize].signature.as_deref()?)))
        .collect();
    let bands = Bands::for_recall(NEAR_SIMILARITY, NEAR_RECALL);
    let found = lsh::near::candidates(&signatures, bands);
    let overlap = |a: u32, b: u32| {
        let overlap = shingles.overlap(sketches, a, b);
        let terms = |article: u32| terms(sketches[article as usize].tokens());
        let near =
            overlap.score() >= config.near_threshold && !is_template(&terms(a), &terms(b), overlap);
        near.then_some(overlap)
    };
    let pairs: Vec<Copies> = found
        .pairs
        .par_iter()
        .filter_map(|&(a, b)| Some(Copies { a, b, overlap: overlap(a, b)? }))
        .collect();
    let size = |article: u32| shingles.get(sketches, article).len();
    let groups = cluster::near::groups(sketches.len(), &pairs, overlap, size);
    NearLevel { groups, capped_buckets: found.capped_buckets, trimmed: 0 }
}

/// The words, without furniture, of those articles in `standing` that have any.
fn without_furniture(
    sketches: &[Sketch],
    standing: &[u32],
    groups: &[Group],
) -> Vec<(u32, Vec<u32>)> {
    let representatives = super::representatives(sketches.len(), &[groups]);
    let pages: Vec<Page<'_>> = standing
        .par_iter()
        .map(|&article| {
            let sketch = &sketches[article as usize];
            let host = sketch.entry.url.as_deref().and_then(host);
            Page {
                tokens: sketch.tokens(),
                host: host.map(|host| hash64(host.as_bytes(), 0)),
                group: representatives[article as usize],
            }
        })
        .collect();
    let stripped = Furniture::of(&pages).stripped(&pages).into_iter();
    stripped.map(|(at, tokens)| (standing[at as usize], tokens)).collect()
}
