//! Signatures and terms to candidate pairs: the few that are worth scoring, out of all.

pub mod near;
pub mod story;

/// A pair of articles by their numbers, the smaller first.
pub type Pair = (u32, u32);
