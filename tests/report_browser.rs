//! The page for people, in a browser.
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod support;

use serde_json::{Value, json};
use std::path::Path;
use support::browser::{Browser, ENTER, RIGHT};
use support::cli::Place;
use support::hostile;
use support::news::article;

const WITHOUT_ERRORS: [Value; 0] = [];

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn a_reader_finds_opens_and_compares() {
    let place = Place::new();
    let articles = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/articles");
    let sentences = article(5, 14);
    let orders =
        [sentences.clone(), [&sentences[7..], &sentences[..6]].concat(), sentences[2..].to_vec()];
    let lines = orders.map(|sentences| {
        format!("{}\n", json!({ "title": "Three swimming halls", "text": sentences.join(" ") }))
    });
    place.write("halls.jsonl", lines.concat());
    let inputs = [articles.to_str().unwrap(), "halls.jsonl"];
    place.cluster(&[&["-q", "--report", "page.html"], &inputs[..]].concat()).ends(0);
    let browser = Browser::start();
    browser.open(&place.path().join("page.html"));
    assert_eq!(browser.console(), WITHOUT_ERRORS);

    // The filter.
    let shown = || {
        browser.run("return [...document.querySelectorAll('.cluster')].filter((one) => one.checkVisibility()).length")
    };
    let all = shown().as_u64().unwrap();
    browser.run("document.getElementById('words').focus()");
    browser.press("halls SWIMMING");
    assert_eq!(shown(), 1);
    let said = browser.run("return document.getElementById('count').textContent");
    assert_eq!(said, format!("1 of {all} shown"));
    assert_eq!(browser.run("return document.querySelector('.sides')"), Value::Null);

    // A story, by the keyboard: Tab would come by the two other fields first.
    browser.run("[...document.querySelectorAll('.cluster')].find((one) => !one.hidden).querySelector('summary').focus()");
    browser.press(ENTER);
    let marks = "return [...document.querySelectorAll('.cluster[open] .side')].map((side) => [...side.querySelectorAll('mark')].sort((a, b) => a.dataset.mark - b.dataset.mark).map((mark) => mark.textContent))";
    let marks = browser.run(marks);
    assert!(marks[0].as_array().unwrap().len() > 1, "{marks}");
    assert_eq!(marks[0], marks[1]);
    let texts = browser.run("return [...document.querySelectorAll('.cluster[open] .text')].map((text) => text.textContent.length)");
    assert!(
        texts.as_array().unwrap().iter().all(|length| length.as_u64().unwrap() > 500),
        "{texts}"
    );

    // The marks.
    browser.run("document.querySelector('.sides mark').focus()");
    let lit = "return [...document.querySelectorAll('mark.lit')].map((mark) => mark.dataset.mark)";
    assert_eq!(browser.run(lit), json!(["1", "1"]));
    browser.press(RIGHT);
    assert_eq!(browser.run(lit), json!(["2", "2"]));
    assert_eq!(browser.run("return document.activeElement.dataset.mark"), "2");

    // Another member.
    let buttons = "return [...document.querySelectorAll('.cluster[open] .compare')].map((one) => one.ariaPressed)";
    assert_eq!(browser.run(buttons), json!(["true", "false"]));
    browser.run("document.querySelectorAll('.cluster[open] .compare')[1].focus()");
    browser.press(ENTER);
    assert_eq!(browser.run(buttons), json!(["false", "true"]));
    assert_eq!(browser.run("return document.querySelectorAll('.sides').length"), 1);

    // The other fields.
    browser.run("document.getElementById('words').select()");
    browser.press("\u{e003}");
    assert_eq!(shown(), all);
    let choose = |field: &str, value: &str| {
        browser.run(&format!("const it = document.getElementById('{field}'); it.value = '{value}'; it.dispatchEvent(new Event('input'))"));
    };
    choose("kind", "near");
    let near = shown().as_u64().unwrap();
    assert!(near > 0 && near < all, "{near}");
    choose("least", "100");
    assert_eq!(shown(), 0);
    assert_eq!(browser.console(), WITHOUT_ERRORS);
}

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn hostile_articles_do_not_run() {
    let place = Place::new();
    place.write("<b>'\".jsonl", hostile::dump());
    place.cluster(&["-q", "--report", "page.html", "<b>'\".jsonl"]).ends(3);
    let browser = Browser::start();
    browser.open(&place.path().join("page.html"));
    let open = "for (const one of document.querySelectorAll('details')) { one.open = true; }";
    browser.run(open);
    // Events of the opening come after it.
    let opened = browser.run("return new Promise((done) => setTimeout(() => done(document.querySelectorAll('.sides').length), 200))");
    assert_eq!(opened, 4);
    // Were there markup of an article, it would be moved over and looked at now.
    browser.run("for (const one of document.querySelectorAll('*')) { one.dispatchEvent(new Event('mouseover')); one.dispatchEvent(new Event('focus')); }");
    assert_eq!(browser.run("return window.ran === undefined"), true);
    assert_eq!(browser.run("return document.querySelectorAll('img, b, i, body script').length"), 2);
    let texts = browser.run(
        "return [...document.querySelectorAll('.text')].map((text) => text.textContent).join('')",
    );
    assert!(texts.as_str().unwrap().contains(hostile::MARKUP));
    // Neither an error nor anything that the policy forbade.
    assert_eq!(browser.console(), WITHOUT_ERRORS);
    // The policy holds for what does get in.
    browser.run("const it = document.createElement('script'); it.textContent = 'window.ran = 7'; document.body.append(it)");
    assert_eq!(browser.run("return window.ran === undefined"), true);
}

/// The comparison of two hostile articles that contradict each other in words that no line has room
/// for.
fn hostile_comparison(place: &Place) {
    let (long, sentences) = ("Nowherehampton".repeat(6), article(80, 12).join(" "));
    let text = |n: u32, name: &str| {
        format!(
            "{} {} The bridge at {name} fell at noon on Monday, said the mayor {name}, and {n} people of the old town saw it. {sentences}",
            hostile::MARKUP,
            hostile::CONTROLS
        )
    };
    for (n, name) in [(12, format!("A{long}")), (15, format!("B{long}"))] {
        let title = format!("{} {}", hostile::QUOTES, hostile::unbroken());
        let article = json!({ "title": title, "text": text(n, &name) });
        place.write(&format!("{n}.json"), article.to_string());
    }
    place.run(&["compare", "--html", "both.html", "12.json", "15.json"]).ends(0);
}

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn the_comparison_is_sound_on_a_phone_and_at_night() {
    let place = Place::new();
    hostile_comparison(&place);
    let browser = Browser::start();
    let mut grounds = Vec::new();
    for (width, scheme) in [(1280_u64, "light"), (390, "light"), (390, "dark")] {
        browser.look(width, 844, scheme);
        browser.open(&place.path().join("both.html"));
        let wide = browser.run("return document.documentElement.scrollWidth");
        assert!(wide.as_u64().unwrap() <= width, "{wide} of {width}: something sticks out");
        grounds.push(browser.run("return getComputedStyle(document.body).backgroundColor"));
    }
    assert!(grounds[0] == grounds[1] && grounds[1] != grounds[2], "{grounds:?}");
    assert!(
        browser.run("return document.querySelectorAll('.against td').length").as_u64() > Some(1)
    );
    assert_eq!(
        browser
            .run("return [...document.querySelectorAll('.letter')].map((one) => one.textContent)"),
        json!(["A", "B"])
    );
    browser.run("for (const one of document.querySelectorAll('*')) { one.dispatchEvent(new Event('mouseover')); one.dispatchEvent(new Event('focus')); }");
    assert_eq!(browser.run("return window.ran === undefined"), true);
    assert_eq!(browser.run("return document.querySelectorAll('img, b, i').length"), 0);
    browser.run("document.querySelector('.sides mark').focus()");
    assert_eq!(browser.run("return new Set([...document.querySelectorAll('mark.lit')].map((mark) => mark.closest('.side'))).size"), 2);
    assert_eq!(browser.console(), WITHOUT_ERRORS);
}

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn the_comparison_comes_into_view() {
    let place = Place::new();
    let copies: String = (0..15)
        .map(|n| {
            let text = [article(6, 14), article(60 + n, 1)].concat().join(" ");
            format!("{}\n", json!({ "title": format!("Copy {n} & \"more\""), "text": text }))
        })
        .collect();
    place.write("copies.jsonl", copies);
    place.cluster(&["-q", "--report", "page.html", "copies.jsonl"]).ends(0);
    let browser = Browser::start();
    browser.look(390, 700, "light");
    browser.open(&place.path().join("page.html"));
    browser.run("document.querySelector('.cluster').open = true");
    let button = "document.querySelectorAll('.cluster[open] .compare')[1]";
    // Events of the opening come after it, and move nothing.
    let rests = browser.run("return new Promise((done) => setTimeout(() => done([scrollY, document.activeElement === document.body]), 200))");
    assert_eq!(rests, json!([0, true]));
    let label = browser.run(&format!("return {button}.ariaLabel === 'Compare with ' + {button}.closest('li').querySelector('bdi').textContent"));
    assert_eq!(label, true);
    browser.run(&format!("{button}.scrollIntoView(); {button}.click()"));
    let seen = browser.run("const says = document.querySelector('.cluster[open] .says'); const { top, bottom } = says.getBoundingClientRect(); return [top >= 0 && bottom <= innerHeight, document.activeElement === says]");
    assert_eq!(seen, json!([true, true]));
    assert_eq!(browser.console(), WITHOUT_ERRORS);
}

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn the_page_fits_a_phone_and_the_night() {
    let place = Place::new();
    place.write("dump.jsonl", hostile::dump());
    place.cluster(&["-q", "--report", "page.html", "dump.jsonl"]).ends(3);
    let browser = Browser::start();
    let mut grounds = Vec::new();
    for (width, scheme) in [(1280_u64, "light"), (390, "light"), (390, "dark")] {
        browser.look(width, 844, scheme);
        browser.open(&place.path().join("page.html"));
        browser.run("for (const one of document.querySelectorAll('details')) { one.open = true; }");
        let wide = browser.run("return document.documentElement.scrollWidth");
        assert!(wide.as_u64().unwrap() <= width, "{wide} of {width}: something sticks out");
        let columns = browser.run("return new Promise((done) => setTimeout(() => done(new Set([...document.querySelectorAll('.side')].map((side) => side.getBoundingClientRect().left)).size), 200))");
        assert_eq!(columns, if width > 1000 { 2 } else { 1 });
        grounds.push(browser.run("return getComputedStyle(document.body).backgroundColor"));
    }
    assert!(grounds[0] == grounds[1] && grounds[1] != grounds[2], "{grounds:?}");
    assert_eq!(browser.console(), WITHOUT_ERRORS);
}
