//! A text to words.

use retold::hash::hash_word;
use retold::text::{Kind, Marks, Reading, Tokens, Words};
use std::iter::once;
use unicode_normalization::UnicodeNormalization;

/// The normal form and the words of a text.
pub fn normalise(bytes: &[u8]) {
    let text = &*String::from_utf8_lossy(bytes);
    let words = Words::of(text);
    assert_eq!(words.normal, text.nfkc().collect::<String>());
    assert_eq!(Words::of(&words.normal).normal, words.normal);

    let mut end = 0;
    for (word, place) in words.words.iter().zip(0..) {
        assert!(end <= word.start && word.start < word.end);
        end = word.end;
        // Panics where the place is not one of whole characters.
        let written = words.between(place..place + 1);
        let folded: String = words.folded(place).into_iter().collect();
        // A number may hold separators, of which some fold away.
        if !written.contains(['.', ',']) {
            assert_eq!(word.hash, hash_word(folded.as_bytes()), "{written:?}");
        }
        let mut characters = written.chars();
        match word.kind {
            Kind::Solid => assert!(characters.next().is_some() && characters.next().is_none()),
            Kind::Number => assert!(!written.contains(|c: char| c.is_ascii_alphabetic())),
            Kind::Letters => {}
        }
        assert!(!word.opens_passage || word.opens_sentence);
    }
    assert!(end as usize <= words.normal.len());

    // A soft hyphen is seen by nobody, but keeps a word from the short cut for ASCII.
    let hyphenated = with_soft_hyphens(&words.normal);
    same_words(&Reading::of(&hyphenated), &Reading::of(text));
    if text.is_ascii() {
        let quiet = Reading::of(&text.to_ascii_lowercase());
        let loud = Reading::of(&text.to_ascii_uppercase());
        assert_eq!((quiet.hashes(), quiet.digest()), (loud.hashes(), loud.digest()));
    }
}

/// The text with a soft hyphen behind each letter of ASCII that no mark may follow.
fn with_soft_hyphens(text: &str) -> String {
    let mut out = String::with_capacity(2 * text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        out.push(c);
        let is_letter = c.is_ascii_alphabetic() || c == '_';
        if is_letter && characters.peek().is_none_or(char::is_ascii) {
            out.push('\u{AD}');
        }
    }
    out
}

fn same_words(one: &Reading, other: &Reading) {
    assert_eq!(one.hashes(), other.hashes());
    assert_eq!(one.marks(), other.marks());
    assert_eq!(one.digest(), other.digest());
}

/// A title (the first line) and a text as the list of numbers that is kept of them.
pub fn tokens(bytes: &[u8]) {
    let end = bytes.iter().position(|&byte| byte == b'\n').unwrap_or(0);
    let [title, text] = [&bytes[..end], &bytes[end..]].map(String::from_utf8_lossy);
    let words = Words::of(&text);
    let mut reading = Reading::of(&title);
    let title = reading.clone();
    // One value serves many texts in turn.
    reading.read(&text);
    same_words(&reading, &Reading::of(&text));
    assert!(
        words
            .words
            .iter()
            .map(|word| (word.hash >> 32) as u32)
            .eq(reading.hashes().iter().copied())
    );
    let marks = |word: &retold::text::Word| {
        [
            (Marks::NUMBER, word.kind == Kind::Number),
            (Marks::SOLID, word.kind == Kind::Solid),
            (Marks::CAPITAL, word.capital),
            (Marks::OPENS_SENTENCE, word.opens_sentence),
            (Marks::OPENS_PASSAGE, word.opens_passage),
        ]
    };
    for (word, found) in words.words.iter().zip(reading.marks()) {
        assert!(marks(word).into_iter().all(|(mark, is)| found.has(mark) == is));
    }

    // A list stands behind another.
    let mut list = Tokens::list_of("something else");
    let before = list.len();
    Tokens::write(&title, &reading, &mut list);
    let list = &list[before..];
    let tokens = Tokens::of(list);
    let (head, body) = (tokens.title(), tokens.text());
    assert_eq!((head.end, body.end), (body.start, tokens.len()));
    assert_eq!(tokens.is_empty(), body.end == 0);
    assert_eq!(tokens.hashes(body.clone()), reading.hashes());
    assert!(
        tokens.range(body.clone()).map(|token| token.marks).eq(reading.marks().iter().copied())
    );
    if head.is_empty() {
        assert!(reading.hashes().starts_with(title.hashes()));
    } else {
        assert_eq!(tokens.hashes(head.clone()), title.hashes());
    }
    for (place, token) in tokens.range(0..tokens.len()).enumerate() {
        assert_eq!(tokens.at(place), token);
    }

    // The passages are the whole text, and each but the first begins with its mark.
    let passages: Vec<_> = tokens.passages().collect();
    let starts = passages.iter().map(|passage| passage.start).chain(once(body.end));
    let ends = once(body.start).chain(passages.iter().map(|passage| passage.end));
    assert!(starts.eq(ends));
    for passage in &passages {
        let mut opens = tokens.range(passage.clone()).map(|t| t.marks.has(Marks::OPENS_PASSAGE));
        let first = opens.next();
        assert!(first == Some(true) || (first.is_some() && passage.start == body.start));
        assert!(!opens.any(|opens| opens));
    }
    assert_eq!(tokens.keep(passages.into_iter()), list);
    let title_only = tokens.keep(std::iter::empty());
    assert_eq!(Tokens::of(&title_only).len(), head.end);
}
