//! Candidate pairs to scores.

pub mod near;
pub mod passages;
pub mod story;
pub mod template;
