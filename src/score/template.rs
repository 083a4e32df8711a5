//! Copies against templates: the same sentences with other names and numbers are another article.
//!
//! A dividend notice, a weather report or a telegram of congratulation shares most of its shingles
//! with any other of its kind. What it does not share are its specific terms: numbers, names, and
//! words that everyday language does not know. A copy shares those like everything else.

use super::near::Overlap;
use crate::shingle::frequency::BACKGROUND;
use crate::shingle::story::{Marks, each_marked};
use crate::text::Tokens;

/// Containment of specific terms from which two articles of many common shingles are copies.
///
/// Of the pairs of Reuters-21578 that were labelled by rule (`pairs_silver.tsv`), 99 % of the
/// re-sends and 2 % of the template notices reach it.
const SPECIFIC_CONTAINMENT: f64 = 0.75;

/// Specific terms that an article needs to be told by them.
const LEAST_SPECIFIC: usize = 3;

/// Whether two articles that share shingles, as `overlap` says, are filled-in templates rather than
/// copies: they share few of their specific terms, and fewer than of their shingles. (A copy in
/// other page furniture shares few of both.)
///
/// Cost: a look-up for each word of both, and a sort of those that are specific.
#[must_use]
pub fn is_template(a: Tokens<'_>, b: Tokens<'_>, overlap: Overlap) -> bool {
    let specific = Overlap::of(&specific(a), &specific(b));
    let shared = specific.containment();
    specific.smaller >= LEAST_SPECIFIC
        && shared < SPECIFIC_CONTAINMENT
        && shared < overlap.containment()
}

/// Hashes of the specific terms of an article, sorted, each once.
fn specific(tokens: Tokens<'_>) -> Vec<u64> {
    let mut specific = Vec::new();
    each_marked(tokens, |hash, marks| {
        let told = marks.has(Marks::NUMBER) || marks.has(Marks::NAME);
        if told || BACKGROUND.share(hash).is_none() {
            specific.push(u64::from(hash));
        }
    });
    specific.sort_unstable();
    specific.dedup();
    specific
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shingle::near::shingles;

    fn judged(a: &str, b: &str) -> bool {
        let lists = [a, b].map(Tokens::list_of);
        let [a, b] = [0, 1].map(|at| Tokens::of(&lists[at]));
        let overlap = Overlap::of(&shingles(a), &shingles(b));
        is_template(a, b, overlap)
    }

    const NOTICE: &str = "The board of Arbonel declared a dividend of 31 cents a share for the \
        quarter, to be paid on the first of May to all who hold shares at the end of April";

    #[test]
    fn another_company_and_figure_make_another_notice() {
        assert!(judged(NOTICE, &NOTICE.replace("Arbonel", "Quistra").replace("31", "12")));
    }

    #[test]
    fn an_edited_copy_is_no_template() {
        assert!(!judged(NOTICE, NOTICE));
        let plain = "we are going to the house by the sea and then we will all come home again";
        assert!(!judged(plain, &format!("{plain} when it is time to go")));
        assert!(!judged(NOTICE, &NOTICE.replace("all who hold", "those holding")));
        assert!(!judged(
            NOTICE,
            &NOTICE.replace(" to all who hold shares at the end of April", "")
        ));
    }
}
