//! What lies within what lies within, a million levels deep; lists of a million; a single line or page
//! of millions of words.

use crate::beside_copies;
use crate::support::news::Numbers;

const MILLION: usize = 1_000_000;

#[test]
fn json_a_million_levels_deep() {
    let text = "\"text\":\"The ferry was late again.\"";
    let lists = "[".repeat(MILLION) + &"]".repeat(MILLION);
    let objects = "{\"a\":".repeat(MILLION) + "1" + &"}".repeat(MILLION);
    // In what is not looked at it costs nothing.
    for line in [
        format!("{{{text},\"x\":{lists}}}\n"),
        format!("{{\"x\":{objects},{text}}}\n"),
        format!("{{{text},\"id\":{lists}}}\n"),
    ] {
        beside_copies("x.jsonl", line, &[]).ends(0).counts([3, 2, 1, 1], &[]);
    }
    let not_json = [("not a JSON object", 1)];
    let not_text = [("text field is not a string", 1)];
    for (line, reasons) in [
        (format!("{{\"text\":{lists}}}\n"), &not_text),
        (format!("{{\"text\":{objects}}}\n"), &not_text),
        (lists, &not_json),
        ("[".repeat(MILLION), &not_json),
        ("{\"a\":".repeat(MILLION), &not_json),
    ] {
        beside_copies("x.jsonl", line, &[]).ends(3).counts([3, 2, 1, 0], reasons);
    }
}

#[test]
fn objects_of_a_million_keys() {
    let many = |key: &dyn Fn(usize) -> String| {
        let keys: Vec<String> = (0..MILLION).map(key).collect();
        format!("{{{},\"text\":\"The ferry was late again.\"}}\n", keys.join(","))
    };
    for keys in [many(&|n| format!("\"k{n}\":1")), many(&|_| "\"text\":\"Other words.\"".into())] {
        beside_copies("x.jsonl", keys, &[]).ends(0).counts([3, 2, 1, 1], &[]);
    }
    let no_text = many(&|n| format!("\"k{n}\":1")).replace("text", "body");
    let run = beside_copies("x.jsonl", no_text, &[]).ends(3);
    assert!(run.err.len() < 1000, "{}", run.err.len());
    run.says(&["fields there are: k0, k1, k2"]).counts([3, 2, 1, 0], &[("no text field", 1)]);
}

#[test]
fn tables_of_a_million_columns_and_rows() {
    let columns =
        format!("id,text{}\n1,The ferry was late{}\n", ",c".repeat(MILLION), ",".repeat(MILLION));
    let run = beside_copies("x.csv", columns, &[]).ends(3).counts([2, 2, 1, 0], &[]);
    run.says(&["retold: x.csv: the header does not end"]);
    let rows = format!("id,text\n{}", "1,\n".repeat(MILLION));
    let no_words = [("no words in the text", 1_000_000)];
    beside_copies("x.csv", rows, &[]).ends(0).counts([1_000_002, 2, 1, 0], &no_words);
    let quote = format!("id,text\n1,\"{}", "\"\"".repeat(20 * MILLION));
    let no_words = [("no words in the text", 1)];
    beside_copies("x.csv", quote, &[]).ends(0).counts([3, 2, 1, 0], &no_words);
}

/// Pages whose trees would be deep, wide or quadratic. What stands behind so much that it is not read
/// any more is cut off, and such a page may be left with no words.
#[test]
fn pages_that_are_hard_to_parse() {
    const WORDS: &str = "The ferry to Gull Point was late again on Monday";
    let deep =
        |tags: &str, end: &str| format!("{}{WORDS}{}", tags.repeat(MILLION), end.repeat(MILLION));
    let named = |name: &dyn Fn(usize) -> String| (0..MILLION).map(name).collect::<String>();
    for (page, article) in [
        (deep("<div>", "</div>"), true),
        (deep("<b><p>", ""), false),
        (deep("<table><tr><td>", ""), false),
        (deep("<a><p><b><i>", ""), false),
        (deep("<svg><math>", ""), false),
        (deep("<select>", ""), true),
        (deep("<script>", ""), false),
        (deep("<!--", ""), false),
        (deep("<a href=\"", ""), false),
        (deep("<", ""), false),
        (deep("&amp;", ""), true),
        (deep("</p>", ""), true),
        (format!("<p {}>{WORDS}</p>", named(&|n| format!("a{n} "))), true),
        (format!("<p {}>{WORDS}</p>", "class=x ".repeat(MILLION)), true),
        (format!("<p>{WORDS}</p>{}", named(&|n| format!("<x{n}>"))), true),
        (format!("<p>{WORDS}</p><table>{}", "<tr><td>and</td></tr>".repeat(MILLION)), true),
        (
            format!(
                "<script type=\"application/ld+json\">{}</script><p>{WORDS}</p>",
                "[".repeat(MILLION)
            ),
            true,
        ),
    ] {
        let beginning = &page[..60.min(page.len())];
        let run = beside_copies("x.html", format!("<html><body>{page}"), &[]).ends(0);
        let account = run.account();
        assert_eq!((account.records, account.alone == 1), (3, article), "{beginning}: {}", run.err);
    }
}

/// Ten million words on one line, and on as many lines: more than an article may be long, and less.
#[test]
fn ten_million_words() {
    const WORDS: usize = 10 * MILLION;
    let mut numbers = Numbers(5);
    let mut text = String::with_capacity(3 * WORDS);
    for _ in 0..WORDS {
        let letter = b'a' + numbers.below(26) as u8;
        text.extend([letter as char, if letter == b'e' { '\n' } else { ' ' }]);
    }
    let escaped = text.replace('\n', "\\n");
    let line = format!("{{\"id\":\"x\",\"text\":\"{escaped}\"}}\n");
    for (name, bytes) in [("x.txt", &text), ("x.jsonl", &line)] {
        for (most, cut) in [("16MiB", true), ("32MiB", false)] {
            let run = beside_copies(name, bytes, &["--max-article", most]).ends(0);
            assert_eq!(run.err.contains("note: 1 article cut at the size limit"), cut, "{name}");
            run.counts([3, 2, 1, 1], &[]);
        }
    }
}
