//! What `compare` says of two articles: the verdict, what contradicts, then the parts of the score with
//! what is behind each, and the two texts side by side.
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod support;

use serde_json::json;
use support::cli::{Place, Run};

const FLOOD: &str = "The river Orvel burst its banks at Krosno on Tuesday and drowned the railway \
    yard, said Mayor Ewa Lindqvist. In the valley 12 people died. Some 340 families slept in the \
    Copernicus school, and the Red Cross asked Szczecin for pumps, tents and 12,500 sandbags.";

const RETOLD: &str = "Ewa Lindqvist, mayor of Krosno, sent 340 families to the Copernicus school \
    after the Orvel rose over the dykes. By Wednesday 15 people died. Szczecin was asked by the Red \
    Cross for 12,500 sandbags as well as tents and pumps; the railway yard lay under water.";

const OTHER: &str = "The river Tamsa burst its banks at Pellworm on Friday, said Mayor Otto Falk. \
    On the islands 31 people died, and the Danish navy flew 77 pupils from a flooded school.";

/// Compares two texts.
fn compare(a: &str, b: &str) -> Run {
    let place = Place::new();
    place.write("a.txt", a);
    place.write("b.txt", b);
    place.run(&["compare", "a.txt", "b.txt"]).ends(0)
}

/// The verdict, which stands behind what articles these are.
fn verdict(run: &Run) -> &str {
    run.out.split("\n\n").nth(1).unwrap()
}

/// All that is said, on one line.
fn flat(run: &Run) -> String {
    run.out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is said of a part: its first line, and the lines that belong to it, as one.
fn said(run: &Run, part: &str) -> String {
    let mut lines = run.out.lines().skip_while(|line| !line.starts_with(&format!("  {part} ")));
    let first = lines.next().unwrap_or_else(|| panic!("{part} is not in:\n{}", run.out));
    let rest = lines.take_while(|line| line.starts_with("      "));
    let all: Vec<&str> =
        std::iter::once(first).chain(rest).flat_map(str::split_whitespace).collect();
    all.join(" ")
}

/// The parts with what they add, in order.
fn parts(run: &Run) -> Vec<(String, f64)> {
    let rows = run.out.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    rows.filter_map(|row| {
        let name = row.split_whitespace().next()?;
        let adds = row.split_whitespace().skip(1).take(2).find(|word| word.starts_with(['+', '-']));
        Some((name.to_owned(), adds?.parse().ok()?))
    })
    .collect()
}

#[test]
fn the_verdict_comes_first_and_the_weightiest_part_next() {
    for (a, b, verdict) in [
        (FLOOD, RETOLD, "One story, told in other words."),
        (FLOOD, OTHER, "Two different articles."),
        (FLOOD, &*FLOOD.to_uppercase(), "The same text"),
    ] {
        let run = compare(a, b);
        assert!(self::verdict(&run).starts_with(verdict), "{}", run.out);
        let mut parts = parts(&run);
        let (name, sum) = parts.pop().unwrap();
        assert_eq!(name, "sum");
        assert!(parts.len() >= 5, "{}", run.out);
        let weights: Vec<f64> = parts.iter().map(|(_, adds)| adds.abs()).collect();
        assert!(weights.is_sorted_by(|a, b| a >= b), "{}", run.out);
        // Each is rounded.
        let adds: f64 = parts.iter().map(|(_, adds)| adds).sum();
        assert!((adds - sum).abs() < 0.005 * (parts.len() + 2) as f64, "{}", run.out);
        // The verdict follows from the sum.
        let even = said(&run, "sum");
        let even: f64 = even.rsplit(' ').next().unwrap().parse().unwrap();
        assert_eq!(sum >= even, verdict != "Two different articles.", "{}", run.out);
    }
}

#[test]
fn what_is_shared_and_what_contradicts_is_told() {
    let run = compare(FLOOD, RETOLD);
    let names = said(&run, "names");
    for name in ["Ewa Lindqvist", "Red Cross", "Krosno", "Szczecin", "Copernicus", "Orvel"] {
        assert!(names.contains(name), "{name}: {names}");
    }
    let numbers = said(&run, "numbers");
    assert!(numbers.contains("340 families") && numbers.contains("12,500 sandbags"), "{numbers}");
    assert!(said(&run, "words").contains("sandbags"));
    assert!(said(&run, "lead").contains("Ewa Lindqvist"));
    let told = flat(&run);
    for part in [
        "6 names, 2 numbers and 0 passages of four words or more; 1 number contradicts.",
        "12 people died / 15 people died",
        "each stands in one of the two only, and the other has another in its place. A guess",
        "in nearly all cases",
        "For one story speak ",
    ] {
        assert!(told.contains(part), "{part}: {}", run.out);
    }
}

#[test]
fn of_another_event_it_tells_what_differs() {
    let run = compare(FLOOD, OTHER);
    let names = said(&run, "names");
    let told = flat(&run);
    for pair in [
        "  river Orvel / river Tamsa",
        "  Mayor Ewa Lindqvist / Mayor Otto Falk",
        "  12 people died / 31 people died",
        "1 number and 3 names contradict",
    ] {
        assert!(told.contains(pair.trim()), "{pair}: {}", run.out);
    }
    let (a, b) = names.split_once("only in B, at its top:").unwrap();
    assert!(a.contains("only in A, at its top:") && a.contains("Szczecin"), "{names}");
    assert!(b.contains("Danish") && !b.contains("Tamsa"), "{names}");
    assert!(said(&run, "phrases").contains("a passage of 4 words in both"), "{}", run.out);
    assert!(told.contains("[1 burst its banks at 1]"), "{}", run.out);
}

#[test]
fn dates_are_told_where_both_are_known() {
    let place = Place::new();
    let write = |name: &str, text: &str, date: Option<&str>| {
        place.write(name, json!({ "text": text, "date": date }).to_string() + "\n");
    };
    write("a.jsonl", FLOOD, Some("2026-05-01T20:00:00Z"));
    write("b.jsonl", RETOLD, Some("2026-05-04"));
    write("c.jsonl", RETOLD, None);
    let dates = |a: &str, b: &str| said(&place.run(&["compare", a, b]).ends(0), "dates");
    assert_eq!(dates("a.jsonl", "b.jsonl"), "dates -0.02 3 days apart");
    assert_eq!(dates("b.jsonl", "b.jsonl"), "dates +0.00 the same day");
    assert_eq!(dates("a.jsonl", "c.jsonl"), "dates not known of both");
}

#[test]
fn what_cannot_be_told_is_said() {
    let run = compare("It rained all day on the hills.", "It rained all night on the hills.");
    assert!(said(&run, "names").contains("too few names to tell"), "{}", run.out);
    assert!(said(&run, "numbers").contains("too few numbers to tell"), "{}", run.out);
    let run = compare("Rain", "Snow");
    assert!(verdict(&run).starts_with("Two different articles."), "{}", run.out);
    assert!(said(&run, "phrases").contains("no passage of four words or more"), "{}", run.out);
}

/// What an article holds cannot move the cursor of who reads.
#[test]
fn no_control_character_reaches_the_terminal() {
    let a = FLOOD.replace("Lindqvist", "Lind\u{1b}[31mqvist \u{202e}Tamm");
    let run = compare(&a, &a);
    assert!(!run.out.contains(['\u{1b}', '\u{202e}']), "{}", run.out);
}
