//! How `compare` shows two articles: widths, colours, scripts, long and hostile texts, and as JSON.
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod support;

use serde_json::{Value, json};
use support::cli::{Place, Run, program};
use unicode_width::UnicodeWidthStr;

const ONE: &str = "Night ferry runs aground\n\nThe night ferry to Selwyn ran aground on Tuesday with 212 people \
    on board, the coast guard said. Nobody was hurt, and tugs will try to pull her free at high water.";
const TWO: &str = "According to the coast guard, 214 people on board slept in their clothes. The night \
    ferry to Selwyn ran aground on Tuesday. Tugs will try to pull her free at noon.";

fn compare(a: &str, b: &str, args: &[&str]) -> Run {
    let place = Place::new();
    place.write("a.txt", a);
    place.write("b.txt", b);
    place.run(&[&["compare", "a.txt", "b.txt"], args].concat()).ends(0)
}

/// The columns, without the line between them and white space at their ends.
fn columns(run: &Run) -> Vec<[&str; 2]> {
    let lines = run.out.lines().filter_map(|line| line.split_once('│'));
    let clean = |text: &'_ str| text.trim_matches(|c: char| c == ' ' || c == '\u{200E}').len();
    let lines = lines.map(|(a, b)| {
        [a, b].map(|text| {
            let text = text.trim_start_matches([' ', '\u{200E}']);
            &text[..clean(text)]
        })
    });
    lines.skip(1).collect()
}

fn column(run: &Run, side: usize) -> String {
    let lines: Vec<&str> = columns(run).iter().map(|line| line[side]).collect();
    lines.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn what_both_hold_is_marked_with_one_number() {
    let run = compare(ONE, TWO, &[]);
    let [a, b] = [0, 1].map(|side| column(&run, side));
    assert_eq!(
        a,
        "Night ferry runs aground [1 The night ferry to Selwyn ran aground on Tuesday 1] with 212 \
         people on board, the coast guard said. Nobody was hurt, and [2 tugs will try to pull her \
         free at 2] high water."
    );
    assert_eq!(
        b,
        "According to the coast guard, 214 people on board slept in their clothes. [1 The night \
         ferry to Selwyn ran aground on Tuesday 1]. [2 Tugs will try to pull her free at 2] noon."
    );
    // What is in both begins on one line.
    assert!(columns(&run).iter().any(|[a, b]| a.starts_with("[1 ") && b.starts_with("[1 ")));
    assert!(run.out.contains("  212 people on board  /  214 people on board"), "{}", run.out);
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let wide = "河水在星期二淹没了铁路，市长说有十二人死亡。星期三水位下降，学校重新开放。";
    let word = "x".repeat(150);
    for (a, b) in [(ONE, TWO), (wide, wide), (&word, ONE)] {
        for width in [40, 61, 80, 100, 173] {
            let run = compare(a, b, &["--width", &width.to_string()]);
            let texts = run.out.lines().filter(|line| line.contains(['│', '┼']));
            for line in texts {
                assert!(line.width() <= width, "{width}: {line}\n{}", run.out);
            }
            // A figure or a word may stand over a narrow edge, a sentence may not.
            let over = run.out.lines().filter(|line| line.width() > width.max(75)).count();
            assert!(over <= 1, "{width}: {}", run.out);
        }
    }
    for width in ["19", "x", "70000"] {
        let place = Place::new();
        place.run(&["compare", "a", "b", "--width", width]).ends(2);
    }
}

#[test]
fn narrow_columns_lose_nothing() {
    let whole = |text: &str| text.split_whitespace().collect::<String>();
    for width in ["20", "33", "90"] {
        let run = compare(ONE, "Nothing of that.", &["--width", width]);
        assert_eq!(whole(&column(&run, 0)), whole(ONE), "{}", run.out);
    }
    let wide = "河水在星期二淹没了铁路，市长说有「十二人」死亡。ＡＢ";
    let run = compare(wide, "Nothing of that.", &["--width", "30"]);
    let expected = "河水在星期二淹没了铁路,市长说有「十二人」死亡。AB";
    assert_eq!(whole(&column(&run, 0)), expected);
    // No line begins with what closes the one before, or ends with what opens the next.
    for [a, _] in columns(&run) {
        assert!(!a.starts_with(['。', '」', ',']) && !a.ends_with('「'), "{}", run.out);
    }
}

#[test]
fn text_from_right_to_left_stays_in_its_column() {
    let arabic = "فاض نهر أورفل يوم الثلاثاء وأغرق محطة القطار في المدينة القديمة.";
    let run = compare(arabic, arabic, &[]);
    let lines = run.out.lines().filter(|line| line.contains('│')).skip(1);
    for line in lines {
        assert!(line.contains("\u{200E} │ \u{200E}"), "{line:?}");
    }
    assert!(column(&run, 0).contains("[1 فاض نهر"), "{}", run.out);
    assert!(!compare(ONE, TWO, &[]).out.contains('\u{200E}'));
}

#[test]
fn colours_come_where_they_are_wanted() {
    let plain = compare(ONE, TWO, &[]).out;
    assert!(!plain.contains('\u{1b}'));
    assert_eq!(compare(ONE, TWO, &["--color", "never"]).out, plain);
    let coloured = compare(ONE, TWO, &["--color", "always"]).out;
    assert!(coloured.contains("\u{1b}[36m"), "{coloured:?}");
    // Colours change nothing else.
    let mut bare = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        bare.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    assert_eq!(bare + rest, plain);
    // A variable that asks for colours in a pipe yields to one that forbids them, and to the option.
    let place = Place::new();
    place.write("a.txt", ONE);
    place.write("b.txt", TWO);
    let with = |variables: &[(&str, &str)], args: &[&str]| {
        let mut program = program(place.path());
        program.args(["compare", "a.txt", "b.txt"]).args(args).env_remove("NO_COLOR");
        program.envs(variables.iter().copied());
        Run::of(program.output().unwrap()).ends(0).out
    };
    assert_eq!(with(&[("CLICOLOR_FORCE", "1")], &[]), coloured);
    assert_eq!(with(&[("CLICOLOR_FORCE", "1")], &["--color", "never"]), plain);
    assert_eq!(with(&[("NO_COLOR", "1")], &[]), plain);
    assert_eq!(with(&[("NO_COLOR", "1")], &["--color", "always"]), coloured);
}

/// On a terminal there are colours, unless a variable forbids them, and lines of its width.
#[cfg(target_os = "linux")]
#[test]
fn a_terminal_is_looked_at() {
    let place = Place::new();
    place.write("a.txt", ONE);
    place.write("b.txt", TWO);
    let retold =
        format!("stty rows 40 cols 67; {} compare a.txt b.txt", env!("CARGO_BIN_EXE_retold"));
    for (variable, coloured) in
        [(None, true), (Some(("NO_COLOR", "1")), false), (Some(("TERM", "dumb")), false)]
    {
        let mut script = std::process::Command::new("script");
        script.args(["-qec", &retold, "/dev/null"]).current_dir(place.path());
        script.stdin(std::process::Stdio::null()).env("TERM", "xterm");
        // What asks for colours or forbids them where these tests run.
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI"] {
            script.env_remove(name);
        }
        script.envs(variable);
        match script.output() {
            Ok(output) => {
                let shown = String::from_utf8(output.stdout).unwrap();
                assert_eq!(shown.contains('\u{1b}'), coloured, "{variable:?}: {shown}");
                let line = format!("{0}─┼─{0}\r\n", "─".repeat(32));
                assert!(shown.contains(&line), "{shown}");
            }
            Err(error) => support::skipped(&format!("no program `script` here: {error}")),
        }
    }
}

/// Nothing that an article holds drives the terminal, wherever it is shown.
#[test]
fn hostile_text_is_shown_and_not_obeyed() {
    let evil = "\u{1b}[2J\u{1b}]0;owned\u{7} \u{202e}desrever\u{2066} \u{0}\u{8}\u{9b}31m";
    let text = |end: &str| format!("The river Orvel {evil} burst its banks at Krosno in May {end}");
    let place = Place::new();
    let dump: String = [("a", "early"), ("b", "late")]
        .map(|(id, end)| {
            let record = json!({ "id": format!("{id}{evil}"), "title": format!("T {evil}"), "date": evil,
                "url": format!("http://x{evil}.example/"), "text": text(end) });
            format!("{record}\n")
        })
        .concat();
    place.write("dump.jsonl", dump);
    let ids = ["dump.jsonl#1", "dump.jsonl#2"];
    for args in [&["--color", "never"][..], &["--json"], &["--color", "never", "--full"]] {
        let run = place.run(&[&["compare", "--in", "dump.jsonl"], &ids[..], args].concat()).ends(0);
        // In JSON only what is below the space has to be written out.
        let harmful = |c: char| match args[0] {
            "--json" => c.is_ascii_control() && c != '\n',
            _ => c.is_control() && c != '\n' || matches!(c, '\u{202e}' | '\u{2066}'),
        };
        assert!(!run.out.contains(harmful), "{:?}", run.out);
    }
    let run = place.run(&["compare", "--in", "dump.jsonl", "c\u{1b}[2J", "b"]);
    assert!(!run.err.contains('\u{1b}'), "{:?}", run.err);
}

#[test]
fn long_texts_are_cut_to_what_both_hold() {
    let filler = |name: &str, n: usize| -> String {
        (0..n).map(|at| format!("{name}{at} went by. ")).collect()
    };
    let a =
        format!("{} The night ferry ran aground at Selwyn. {}", filler("a", 900), filler("x", 900));
    let b = format!(
        "{} The night ferry ran aground at Selwyn. {}",
        filler("b", 300),
        filler("y", 1500)
    );
    let run = compare(&a, &b, &[]);
    let [first, second] = [0, 1].map(|side| column(&run, side));
    assert!(first.starts_with("a0 went by. ") && first.ends_with(" ..."), "{first}");
    assert!(
        first.contains("... ")
            && first.contains("[1 went by. The night ferry ran aground at Selwyn 1].")
    );
    assert!(
        second.contains("[1 went by. The night ferry ran aground at Selwyn 1]. y0 went"),
        "{second}"
    );
    assert!(first.len() + second.len() < 2_000, "{first}");
    assert!(run.out.contains("--full prints them as a whole"), "{}", run.out);
    let run = compare(&a, &b, &["--full"]);
    assert!(column(&run, 0).contains("a899 [1 went by. The night"), "{}", run.out);
    assert!(!run.out.contains("...") && !run.out.contains("--full"), "{}", run.out);
}

/// Words and gaps without an end, and text that repeats itself.
#[test]
fn monstrous_texts_end() {
    let word = "a".repeat(1 << 20);
    let dashes = format!("one two three four {} five", "- ".repeat(1 << 19));
    let solid = format!("one {} two", "…".repeat(1 << 18));
    let again = "The same four words again. ".repeat(30_000);
    for text in [&word, &dashes, &solid, &again] {
        let run = compare(text, text, &[]);
        assert!(run.out.len() < 20_000, "{} bytes of {}", run.out.len(), &text[..20]);
        let run = compare(text, "one two three four", &["--full", "--width", "200"]);
        assert!(run.out.len() >= text.trim_end().len(), "{} bytes", run.out.len());
    }
}

#[test]
fn the_comparison_as_json_is_whole() {
    let run = compare(ONE, TWO, &["--json"]);
    assert_eq!(run.out.lines().count(), 1);
    let found: Value = serde_json::from_str(&run.out).unwrap();
    let keys: Vec<&String> = found.as_object().unwrap().keys().collect();
    let expected = [
        "a",
        "b",
        "contradictions",
        "exact",
        "level",
        "near",
        "only",
        "passages",
        "shared",
        "story",
    ];
    assert_eq!(keys, expected);
    assert_eq!(found["a"], json!({"id": "a.txt", "source": "a.txt"}));
    let parts = found["story"]["parts"].as_array().unwrap();
    assert_eq!(parts.len(), 8);
    let sum: f64 = parts.iter().map(|part| part["adds"].as_f64().unwrap()).sum();
    assert!((sum - found["story"]["sum"].as_f64().unwrap()).abs() < 1e-3, "{run:?}");
    let passages = found["passages"].as_array().unwrap();
    let [first, second] = [0, 1].map(|at| &passages[at]);
    let text = "The night ferry to Selwyn ran aground on Tuesday";
    assert_eq!(first["a"], json!({"text": text, "word": 4}));
    assert_eq!(first["b"], json!({"text": text, "word": 13}));
    assert_eq!((&first["number"], &first["words"]), (&json!(1), &json!(9)));
    assert_eq!(second["b"]["text"], "Tugs will try to pull her free at");
    let contradiction =
        json!({"a": "212 people on board", "b": "214 people on board", "kind": "number"});
    assert_eq!(found["contradictions"], json!([contradiction]));
}

#[test]
fn the_thresholds_decide_the_verdict() {
    let level = |args: &[&str]| -> Value {
        let run = compare(ONE, TWO, &[&["--json"], args].concat());
        serde_json::from_str::<Value>(&run.out).unwrap()["level"].clone()
    };
    assert_eq!(level(&["--story-threshold", "0.01"]), "story");
    assert_eq!(level(&["--story-threshold", "1"]), Value::Null);
    assert_eq!(level(&["--near-threshold", "0.01"]), "near");
    let place = Place::new();
    place.run(&["compare", "a", "b", "--near-threshold", "2"]).ends(2).says(&["above 0"]);
}

/// The heads name date and site where they are known, and the first line where there is no title.
#[test]
fn the_heads_say_which_articles_these_are() {
    let place = Place::new();
    let record = json!({ "id": "7", "text": ONE, "title": "Ferry\n aground ", "date": "2026-05-01",
        "url": "https://www.news.example/ferry?x" });
    place.write("a.jsonl", format!("{record}\n"));
    place.write("b.txt", TWO);
    let run = place.run(&["compare", "a.jsonl", "b.txt", "--width", "60"]).ends(0);
    let heads: Vec<&str> = run.out.lines().take(4).collect();
    assert_eq!(
        heads[..3],
        ["A  7  (a.jsonl#1)", "   Ferry aground · 2026-05-01 · news.example", "B  b.txt"]
    );
    assert!(heads[3].starts_with("   According to the coast guard") && heads[3].ends_with('…'));
}

#[test]
fn a_page_holds_the_verdict_and_both_texts() {
    let place = Place::new();
    let a = "At noon <script>alert(1)</script> 14 people were killed when the old bridge at Selwyn fell.";
    let b = "At noon 22 people were killed when the old bridge at Selwyn fell, said Ada Brandt.";
    place.write("a.txt", a);
    place.write("b.txt", b);
    let run = place.run(&["compare", "a.txt", "b.txt", "--html", "page.html"]).ends(0);
    assert!(run.out.starts_with("A  a.txt"), "{}", run.out);
    let page = place.read("page.html");
    for part in
        ["old bridge at Selwyn fell", "What contradicts", "22 people were killed", "Ada Brandt"]
    {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("<script>alert") && page.contains("&lt;script&gt;"));
    // Instead of the text, where it goes to standard output.
    let run = place.run(&["compare", "a.txt", "b.txt", "--html", "-"]).ends(0);
    assert_eq!(run.out, page);
    for wrong in ["page.txt", "no/page.html"] {
        place.run(&["compare", "a.txt", "b.txt", "--html", wrong]).ends(1);
    }
    place.write("c.html", b);
    place.run(&["compare", "a.txt", "c.html", "--html", "c.html"]).ends(1).says(&["is an input"]);
    assert_eq!(place.read("c.html"), b);
}
