//! Candidate pairs to scores.

pub mod evidence;
pub mod near;
pub mod passages;
pub mod story;
pub mod template;
