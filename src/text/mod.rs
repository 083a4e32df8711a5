//! Text to words: the same word for every writer's way of writing it.
//!
//! [`Words::read`] brings a text into a canonical form (compatibility forms, case, invisible marks)
//! and cuts it into words. No dictionaries: a detector of copies needs pieces that are *stable*,
//! not words that are linguistically right, and a dictionary that is updated would move every
//! signature.

mod fold;
mod words;

pub use words::{Kind, Word, Words};
