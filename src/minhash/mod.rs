//! Sets to signatures of fixed length, whose agreement estimates how alike the sets are.

pub mod near;
