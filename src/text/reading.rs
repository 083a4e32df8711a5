//! The words of a text without their places.

use super::normal::normal_form;
use super::scan::scan;
use super::tokens::Marks;
use crate::hash::Digest;

/// A text as what is kept of it: half a hash and marks of each word, and a digest of them all. One
/// value serves many texts in turn, so that a worker allocates its buffers once.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    hashes: Vec<u32>,
    marks: Vec<Marks>,
    digest: Digest,
    folding: String,
}

impl Reading {
    /// The words of `text`, in a new value.
    #[must_use]
    pub fn of(text: &str) -> Reading {
        let mut reading = Reading::default();
        reading.read(text);
        reading
    }

    /// Replaces the contents by those of `text`; of a text over 4 GiB only the beginning. They are
    /// the words that [`Words::read`](super::Words::read) finds, at the same cost.
    pub fn read(&mut self, text: &str) {
        self.hashes.clear();
        self.marks.clear();
        let mut digest = Digest::default();
        scan(&normal_form(text), &mut self.folding, |hash, marks, _| {
            self.hashes.push((hash >> 32) as u32);
            self.marks.push(marks);
            digest.add(hash);
        });
        self.digest = digest;
    }

    /// High half of the hash of each word, in order.
    #[must_use]
    pub fn hashes(&self) -> &[u32] {
        &self.hashes
    }

    /// Marks of each word, in order.
    #[must_use]
    pub fn marks(&self) -> &[Marks] {
        &self.marks
    }

    /// Number of words.
    #[must_use]
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// 128-bit digest of the words in their order: two texts with equal digests are equal but for
    /// case, spacing and punctuation.
    #[must_use]
    pub fn digest(&self) -> u128 {
        self.digest.value()
    }
}
