//! Words to the pieces that articles are compared by.
//!
//! [`near`] makes the set of word n-grams that edited copies share; [`story`] the weighted terms
//! that retellings share. [`frequency`] knows how common a word is, and [`furniture`] what a
//! site prints around all its articles.

pub mod frequency;
pub mod furniture;
pub mod near;
pub mod story;
