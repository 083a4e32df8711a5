//! The page for people, as far as it can be checked without a browser.
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod support;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dom_query::Document;
use retold::config::Config;
use retold::pipeline::{Silent, run};
use retold::read::expand;
use retold::report::{HtmlPage, Report};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::num::NonZeroUsize;
use std::path::Path;
use support::cli::{Place, line};
use support::hostile;
use support::news::{article, text};

/// The page of a run in a folder; further arguments name the input.
fn page(place: &Place, args: &[&str]) -> String {
    let run = place.cluster(&[&["-o", "clusters.jsonl", "--report", "page.html"], args].concat());
    // 3: some of what is read in these tests is no article.
    assert!([0, 3].contains(&run.code), "{}", run.err);
    place.read("page.html")
}

fn data(page: &str) -> Value {
    let document = Document::from(page);
    serde_json::from_str(&document.select("#data").text()).unwrap()
}

/// Checks what holds for every page: tags are closed in order, names are there once, and nothing is
/// loaded or run but what the policy names.
fn assert_sound(page: &str) {
    assert!(page.len() < 5_000_000, "{} bytes", page.len());
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
    assert!(!page.chars().any(|c| c.is_control() && c != '\n'), "a control character");
    let turns = |c: char| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    assert!(!page.contains(turns), "a change of direction");
    assert_balanced(page);

    let document = Document::from(page);
    let scripts = document.select("script");
    let kinds: Vec<_> =
        scripts.iter().map(|script| script.attr("type").map(|kind| kind.to_string())).collect();
    assert_eq!(kinds, [Some("application/json".to_owned()), None]);
    let policy = document.select("meta[http-equiv]").attr("content").unwrap();
    let [script, style] = ["script", "style"].map(|own| {
        let (begins, ends) = (format!("<{own}>"), format!("</{own}>"));
        let own = page.split_once(&begins).unwrap().1.split_once(&ends).unwrap().0;
        STANDARD.encode(Sha256::digest(own))
    });
    let only = "base-uri 'none'; form-action 'none'";
    assert_eq!(
        &*policy,
        format!(
            "default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}'; {only}"
        )
    );
    let mut names = std::collections::BTreeSet::new();
    for element in document.select("*").iter() {
        for attribute in element.attrs() {
            let (name, value) = (&*attribute.name.local, &*attribute.value);
            assert!(!name.starts_with("on") && name != "style" && name != "src", "{name}={value}");
            match name {
                "href" => {
                    let kept =
                        ["#", "http://", "https://"].iter().any(|begins| value.starts_with(begins));
                    assert!(kept, "{value}");
                    let away = !value.starts_with('#');
                    assert_eq!(
                        element.attr("rel").is_some_and(|rel| &*rel == "noreferrer noopener"),
                        away
                    );
                }
                "id" => assert!(names.insert(value.to_owned()), "{value} is there twice"),
                _ => {}
            }
        }
    }
    for of in document.select("[aria-labelledby], nav a").iter() {
        let named = of.attr("aria-labelledby").or(of.attr("href")).unwrap();
        for name in named.trim_start_matches('#').split(' ') {
            assert!(names.contains(name), "nothing has the name {name}");
        }
    }
}

/// Checks that every tag is closed in its turn.
fn assert_balanced(page: &str) {
    const VOID: [&str; 2] = ["meta", "input"];
    let mut open: Vec<&str> = Vec::new();
    let mut rest = page.split_once('>').unwrap().1;
    while let Some((_, after)) = rest.split_once('<') {
        let end = after.find('>').unwrap();
        let (tag, behind) = (&after[..end], &after[end + 1..]);
        let name = tag.trim_start_matches('/').split([' ', '\n']).next().unwrap();
        assert!(name.bytes().all(|b| b.is_ascii_alphanumeric()), "<{tag}>");
        rest = behind;
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "</{name}>");
        } else if !VOID.contains(&name) && !tag.ends_with('/') {
            open.push(name);
            if matches!(name, "script" | "style") {
                rest = &behind[behind.find(&format!("</{name}>")).unwrap()..];
            }
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn the_page_of_our_articles_is_sound() {
    let place = Place::new();
    let articles = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/articles");
    let articles = articles.to_str().unwrap();
    let run = place.cluster(&["-o", "x.jsonl", "--report", "page.html", articles]).ends(0);
    let page = place.read("page.html");
    assert_sound(&page);
    let document = Document::from(&*page);
    let account = run.account();
    assert_eq!(document.select("details.cluster").length() as u64, account.clusters);
    let tiles: Vec<String> =
        document.select(".tiles dd").iter().map(|tile| tile.text().to_string()).collect();
    let expected = [account.records, account.clusters, account.alone, account.skipped];
    assert_eq!(tiles, expected.map(|n| n.to_string()));
    assert_eq!(document.select(".levels tbody tr").length(), 3);
    assert_eq!(document.select("polyline").length(), 1);
    // Every story can be opened on two texts.
    let data = data(&page);
    for button in document.select(".compare").iter() {
        let article = button.attr("data-article").unwrap();
        assert!(data["pairs"][&*article]["a"].is_array(), "{article}");
        assert!(data["texts"][&*button.attr("data-with").unwrap()]["text"].is_string());
    }
    assert!(document.select(".compare").length() as u64 >= account.clusters);
}

#[test]
fn hostile_articles_stay_text() {
    let place = Place::new();
    place.write("<b>&\"'.jsonl", hostile::dump());
    let args = ["-o", "x.jsonl", "--report", "page.html", "<b>&\"'.jsonl", "<i>nowhere"];
    place.cluster(&args).ends(3);
    let page = place.read("page.html");
    assert_sound(&page);
    assert!(!page.contains("window.ran=1</script>") && !page.contains("<img"));
    let document = Document::from(&*page);
    assert_eq!(document.select("details.cluster").length(), 4);
    let titles = document.select(".title").text();
    assert!(
        titles.contains("<script>window.ran=1</script>") && titles.contains("{{ 7 * 7 }}"),
        "{titles}"
    );
    assert!(titles.contains("\u{fffd}desrever\u{fffd}␀␛[31m␇ \u{fffd}"), "{titles}");
    // What the script puts on the page is as it was, but for characters that do something.
    let data = data(&page);
    let texts: Vec<&str> = data["texts"]
        .as_object()
        .unwrap()
        .values()
        .map(|text| text["text"].as_str().unwrap())
        .collect();
    assert_eq!(texts.len(), 8);
    assert!(texts.iter().any(|text| text.contains(hostile::MARKUP)));
    assert!(
        texts.iter().any(|text| text.contains('␀'))
            && !texts.iter().any(|text| text.contains('\0'))
    );
    let input = document.select("#read").text();
    assert!(input.contains("<i>nowhere") && input.contains("<b>&\"'.jsonl"), "{input}");
}

/// Two of the pair's own offsets name the same words, in a text with characters of two units.
#[test]
fn marks_are_where_the_script_counts_them() {
    let place = Place::new();
    let sentences = article(3, 12);
    let (a, b) = (sentences.join(" "), sentences[2..].join(" "));
    place.write("a.jsonl", line("a", &format!("😀𝄞 {a}")) + &line("b", &format!("x {b} 😀")));
    let data = data(&page(&place, &["a.jsonl"]));
    let cut = |article: &str, range: &Value| {
        let text: Vec<u16> =
            data["texts"][article]["text"].as_str().unwrap().encode_utf16().collect();
        let at = |n: usize| range[n].as_u64().unwrap() as usize;
        String::from_utf16(&text[at(0)..at(1)]).unwrap()
    };
    let pair = &data["pairs"]["1"];
    assert_eq!(pair["passages"], 1);
    let shared = b.trim_end_matches('.');
    assert_eq!(
        (cut("0", &pair["a"]), cut("1", &pair["b"])),
        (shared.to_owned(), shared.to_owned())
    );
}

#[test]
fn the_same_input_gives_the_same_page() {
    let place = Place::new();
    let mut dump = hostile::dump();
    for story in 0..40 {
        let sentences = article(story, 10);
        for copy in 0..story as usize % 4 {
            let entry = json!({
                "id": format!("{story}-{copy}"),
                "url": format!("https://site{}.example/{story}", (story as usize * 7 + copy) % 9),
                "date": format!("2026-05-{:02}", 1 + copy * 3),
                "text": sentences[copy..].join(" "),
            });
            dump += &format!("{entry}\n");
        }
    }
    place.write("dump.jsonl", &dump);
    let one = page(&place, &["--threads", "1", "dump.jsonl"]);
    assert_sound(&one);
    let memory = ["--threads", "3", "--memory", "1MiB", "dump.jsonl"];
    assert!(page(&place, &memory) == one);
    assert!(one.contains("site0.example") && one.contains("A earlier"));
    // From a pipe, under another name, and on standard output.
    let (half, _) = dump.split_at(dump.len().min(60_000));
    let half = &half[..=half.rfind('\n').unwrap()];
    let run =
        place.run_with_input(&["cluster", "-q", "--report", "-", "-"], half.as_bytes()).ends(3);
    assert_sound(&run.out);
    place.write("-", half);
    let args = ["-q", "-o", "x.jsonl", "--report", "page.html", "./-"];
    place.cluster(&args).ends(3);
    assert!(place.read("page.html").replace(".&#x2f;-", "-") == run.out);
}

#[test]
fn many_long_articles_make_a_page_of_limited_size() {
    let place = Place::new();
    let mut dump = String::new();
    let long = "<\"&'/>".repeat(200);
    for story in 0..260 {
        let body = article(story, 8).join(" ");
        let padding = "\u{0}<&> ".repeat(3000);
        for copy in 0..24 {
            let entry = json!({
                "id": format!("{story}-{copy}{long}"),
                "url": format!("https://{story}.example/{long}"),
                "title": format!("{long}{long}"),
                "date": long,
                "text": format!("{body} {copy} {padding}"),
            });
            dump += &format!("{entry}\n");
        }
    }
    place.write("dump.jsonl", dump);
    let page = page(&place, &["-q", "dump.jsonl"]);
    assert_sound(&page);
    let document = Document::from(&*page);
    let shown = document.select("details.cluster").length();
    assert!((10..=200).contains(&shown), "{shown}");
    let said = format!(
        "and {} smaller clusters with {} articles",
        260 - shown,
        grouped((260 - shown) * 24)
    );
    assert!(document.select("#stories").text().contains(&said), "{said}");
    assert!(document.select(".members").text().contains("0-0"));
    for story in document.select("details.cluster").iter() {
        let compared = story.select(".compare").length();
        let full = story.select(".gone").text().matches("the page is full").count();
        assert!(compared >= 1 && compared + full == 9, "{compared}, {full}");
    }
    let data = data(&page);
    let shown = |text: &Value| text["text"].as_str().unwrap().len() > 1000;
    assert!(data["texts"].as_object().unwrap().values().all(shown));
}

/// Long articles that share nothing but what stands behind all that is shown of a text.
#[test]
fn what_is_shared_far_down_is_found_and_shown() {
    let place = Place::new();
    let shared = article(900, 300).join(" ");
    let own = |n: u64| article(n, 150).join(" ");
    let texts = [
        format!("{} {shared}", own(901)),
        format!("{} {shared}", own(902)),
        format!("{} {shared} {}", own(903), own(904)),
    ];
    assert!(own(901).len() > 8000 && shared.len() > 8000);
    let lines = (0..).zip(&texts).map(|(n, text): (u32, _)| line(&n.to_string(), text));
    place.write("dump.jsonl", lines.collect::<String>());
    let page = page(&place, &["dump.jsonl"]);
    assert_sound(&page);
    let data = data(&page);
    assert_eq!(data["pairs"].as_object().unwrap().len(), 2, "{}", data["pairs"]);
    for (article, pair) in data["pairs"].as_object().unwrap() {
        assert!(pair["passages"].as_u64().unwrap() > 0 && pair["whole"] == true, "{article}");
        assert!(pair["shown"].as_u64().unwrap() > 0, "{article}");
        let text = &data["texts"][article];
        let part = text["text"].as_str().unwrap();
        let before = text["before"].as_u64().unwrap() as usize;
        let whole = &texts[article.parse::<usize>().unwrap()];
        assert!(before > 0 && whole[before..].starts_with(part), "{article}");
        let behind = text["behind"].as_u64().unwrap() as usize;
        assert_eq!(before + part.len() + behind, whole.len());
        assert!(part.contains(&shared[..200]), "{article}");
    }
}

fn grouped(n: usize) -> String {
    if n < 1000 { n.to_string() } else { format!("{},{:03}", n / 1000, n % 1000) }
}

/// Between the two readings a file can vanish, and another take its place.
#[test]
fn texts_that_are_gone_are_said_to_be() {
    let place = Place::new();
    for name in ["a.txt", "b.txt", "c.txt", "d.txt"] {
        place.write(name, text(1, 12));
    }
    let (files, _) = expand(&[place.path().to_owned()]).unwrap();
    let config = Config { threads: NonZeroUsize::new(1), ..Config::default() };
    let clusters = run(&files, &config, &Silent).unwrap();
    std::fs::remove_file(place.path().join("b.txt")).unwrap();
    place.write("c.txt", text(2, 12));
    let mut page = Vec::new();
    HtmlPage { config: &config, files: &files }.write(&clusters, &mut page).unwrap();
    let page = String::from_utf8(page).unwrap();
    assert_sound(&page);
    let document = Document::from(&*page);
    assert_eq!((document.select(".gone").length(), document.select(".compare").length()), (2, 1));
    // Without the representative there is nothing to compare with.
    std::fs::remove_file(place.path().join("a.txt")).unwrap();
    let mut page = Vec::new();
    HtmlPage { config: &config, files: &files }.write(&clusters, &mut page).unwrap();
    let page = String::from_utf8(page).unwrap();
    let document = Document::from(&*page);
    assert_eq!((document.select(".gone").length(), document.select(".compare").length()), (3, 0));
}

#[test]
fn levels_that_were_not_looked_for_are_not_shown() {
    let place = Place::new();
    place.write("dump.jsonl", line("a", &text(1, 12)) + &line("b", &text(1, 12).to_uppercase()));
    for (level, shown, curves) in [("exact", 1, 0), ("near", 2, 1), ("story", 3, 1)] {
        let page = page(&place, &["--match", level, "dump.jsonl"]);
        assert_sound(&page);
        let document = Document::from(&*page);
        assert_eq!(document.select(".levels tbody tr").length(), shown);
        assert_eq!(document.select("polyline").length(), curves);
        assert_eq!(document.select("details.cluster").length(), 1);
    }
}

#[test]
fn nothing_to_show_is_a_page_too() {
    let place = Place::new();
    place.write("empty.jsonl", "");
    let page_of_nothing = page(&place, &["empty.jsonl"]);
    assert_sound(&page_of_nothing);
    assert!(page_of_nothing.contains("No two of 0 articles belong together."));
    place.write("one.jsonl", line("a", &text(1, 9)));
    let page_of_one = page(&place, &["one.jsonl"]);
    assert_sound(&page_of_one);
    assert!(page_of_one.contains("every article is alone"));
}

#[test]
fn the_page_goes_where_it_is_told() {
    let place = Place::new();
    place.write("dump.jsonl", line("a", &text(1, 9)) + &line("b", &text(1, 9)));
    place.write("dump.html", support::html("Ferry late again"));
    let refused = |args: &[&str], says: &str| {
        let run = place.cluster(args).ends(1).says(&[says]);
        assert_eq!(run.out, "");
    };
    refused(&["--report", "page.txt", "dump.jsonl"], "name it .html");
    refused(&["--report", "dump.html", "dump.html"], "is an input");
    refused(&["-o", "-", "--report", "-", "dump.jsonl"], "two outputs");
    refused(&["--assignments", "-", "--report", "-", "dump.jsonl"], "two outputs");
    refused(&["--report", "no/folder/x.html", "dump.jsonl"], "cannot write");
    assert_eq!(place.names(), ["dump.html", "dump.jsonl"]);
    // The clusters go to standard output beside a file, and not beside the page.
    assert_eq!(place.cluster(&["--report", "x.html", "dump.jsonl"]).ends(0).json().len(), 1);
    let run = place.cluster(&["--report", "-", "dump.jsonl"]).ends(0);
    assert!(run.out == place.read("x.html"));
}
