//! tour
pub mod article;
pub mod cluster;
pub mod config;
pub mod eval;
pub mod hash;
pub mod lsh;
pub mod math;
pub mod minhash;
pub mod pipeline;
pub mod read;
pub mod report;
pub mod score;
pub mod shingle;
pub mod text;
