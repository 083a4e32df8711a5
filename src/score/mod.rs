//! Candidate pairs to scores.

pub mod evidence;
pub mod near;
pub mod passages;
pub mod side_by_side;
pub mod story;
pub mod template;
