//! tour
pub mod article;
pub mod hash;
pub mod lsh;
pub mod minhash;
pub mod read;
pub mod shingle;
pub mod text;
