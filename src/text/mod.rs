//! Text to words: the same word for every writer's way of writing it.
//!
//! A text is brought into a canonical form (`normal`: compatibility forms; `fold`: case, invisible
//! marks) and cut into words (`scan`, with a short cut for ASCII in `ascii`). No dictionaries: a
//! detector of copies needs pieces that are *stable*, not words that are linguistically right, and
//! a dictionary that is updated would move every signature. [`Words`] are the words with their
//! places in the text, a [`Reading`] is what is kept of them, and [`Tokens`] of a whole article.

mod ascii;
mod fold;
mod normal;
mod reading;
mod scan;
mod tokens;
mod words;

pub use reading::Reading;
pub use tokens::{Marks, Token, Tokens};
pub use words::{Kind, Word, Words};
