//! tour
pub mod article;
pub mod hash;
pub mod lsh;
pub mod minhash;
pub mod read;
pub mod shingle;
pub mod text;
pub mod cluster;
pub mod eval;
pub mod config;
pub mod math;
pub mod score;
pub mod pipeline;
pub mod report;
