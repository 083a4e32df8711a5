//! Text to words: the same word for every writer's way of writing it.
//!
//! [`Words::read`] brings a text into a canonical form (compatibility forms, case, invisible marks)
//! and cuts it into words. No dictionaries: a detector of copies needs pieces that are *stable*,
//! not words that are linguistically right, and a dictionary that is updated would move every
//! signature. [`Tokens`] is what is kept of the words of an article.

mod fold;
mod tokens;
mod words;

pub use tokens::{Marks, Token, Tokens, digest};
pub use words::{Kind, Word, Words};
