//! Corpora at the edge: very few articles, very short ones, very many that are equal.
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod support;

use support::cli::{Place, line, text as string};
use support::news::{article, text};

#[test]
fn none_one_and_two() {
    let place = Place::new();
    std::fs::create_dir(place.path().join("empty")).unwrap();
    let run = place.cluster(&["--singletons", "empty"]).ends(0).counts([0; 4], &[]);
    assert_eq!(run.out, "");
    run.says(&["read 0 records = 0 in 0 clusters + 0 alone + 0 skipped"]);

    place.write("one.txt", text(1, 9));
    let run = place.cluster(&["one.txt"]).ends(0).counts([1, 0, 0, 1], &[]);
    assert_eq!(run.out, "");
    run.says(&["read 1 record = "]);
    let run = place.cluster(&["--singletons", "one.txt"]).ends(0);
    assert_eq!(run.clusters(), [["one.txt"]]);

    place.write("two.txt", text(2, 9));
    place.cluster(&["one.txt", "two.txt"]).ends(0).counts([2, 0, 0, 2], &[]);
    place.write("two.txt", text(1, 9).to_lowercase());
    let run = place.cluster(&["one.txt", "two.txt"]).ends(0);
    assert_eq!(run.clusters(), [["one.txt", "two.txt"]]);
    run.says(&["2 in 1 cluster + 0 alone"]).counts([2, 2, 1, 0], &[]);
}

#[test]
fn a_thousand_equal_articles() {
    let place = Place::new();
    let same = text(1, 9);
    place
        .write("all.jsonl", (0..1000).map(|n| line(&format!("{n:03}"), &same)).collect::<String>());
    let run = place.cluster(&["all.jsonl"]).ends(0);
    let records = run.json();
    assert_eq!((records.len(), &records[0]["size"]), (1, &1000.into()));
    for member in &records[0]["articles"].as_array().unwrap()[1..] {
        assert_eq!((&member["relation"], &member["to"]), (&"exact".into(), &"000".into()));
    }
    run.counts([1000, 1000, 1, 0], &[]);
}

/// One word is the whole text: equal ones are copies, others have nothing to do with them.
#[test]
fn articles_of_one_word() {
    let place = Place::new();
    let words = ["Rain", "Snow", "rain!", "Hail", "  SNOW\n", "Regen", "雨", "雨。", "7", "8"];
    let lines = words.iter().enumerate().map(|(n, word)| line(&n.to_string(), word));
    place.write("all.jsonl", lines.collect::<String>());
    let run = place.cluster(&["all.jsonl"]).ends(0);
    assert_eq!(run.clusters(), [["0", "2"], ["1", "4"], ["6", "7"]]);
    run.counts([10, 6, 3, 4], &[]);
}

/// Sentences of our own in scripts with and without spaces, each also with changes that folding
/// undoes, and a text that changes script midway.
#[test]
fn scripts_side_by_side() {
    let place = Place::new();
    let texts = [
        ("el", "Η γέφυρα του λιμανιού άνοιξε ξανά τη Δευτέρα μετά από επτά μήνες εργασιών."),
        ("ru", "Портовый мост снова открыли в понедельник после семи месяцев ремонта."),
        ("ar", "أعيد فتح جسر الميناء يوم الاثنين بعد سبعة أشهر من أعمال الصيانة."),
        ("hi", "सात महीने की मरम्मत के बाद सोमवार को बंदरगाह का पुल फिर से खोल दिया गया।"),
        ("zh", "港口大桥经过七个月的维修，于星期一重新开放通车，首日有三千辆汽车驶过。"),
        ("ja", "港の橋は七か月の工事を終えて月曜日に再び開通し、初日は三千台の車が渡った。"),
        ("th", "สะพานท่าเรือเปิดให้ใช้อีกครั้งในวันจันทร์หลังจากซ่อมแซมนานเจ็ดเดือน"),
        ("ko", "항구 다리는 일곱 달 동안의 공사를 마치고 월요일에 다시 개통되었다."),
        (
            "de",
            "Nach sieben Monaten Bauzeit ist die Hafenbrücke seit Montag wieder für alle offen.",
        ),
        ("mix", "Мост Harbour Bridge 港口大桥 снова открыт: 3,000 cars crossed it يوم الاثنين."),
    ];
    let mut all = String::new();
    for (language, text) in texts {
        all += &line(language, text);
        let spaced = format!("\u{FEFF}  «{}»\n", text.to_uppercase().replace(' ', " \n "));
        all += &line(&format!("{language}-2"), &spaced);
    }
    place.write("all.jsonl", all);
    let run = place.cluster(&["--match", "near", "all.jsonl"]).ends(0);
    let mut found = run.clusters();
    found.sort();
    let mut expected: Vec<Vec<String>> =
        texts.iter().map(|(l, _)| vec![(*l).to_owned(), format!("{l}-2")]).collect();
    expected.sort();
    assert_eq!(found, expected);
    // Nothing joins two languages at the deepest level either.
    let deep = place.cluster(&["all.jsonl"]).ends(0).counts([20, 20, 10, 0], &[]);
    assert_eq!(deep.clusters().len(), 10);
}

/// A text that a whole dump repeats must cost no more than as many others, and join no stranger.
#[test]
fn one_text_twenty_thousand_times_beside_strangers() {
    let place = Place::new();
    let same = text(77, 6);
    let mut all = String::new();
    for n in 0..20_000 {
        all += &line(&format!("same-{n:05}"), &same);
        if n % 10 == 0 {
            all += &line(&format!("other-{n:05}"), &text(1000 + n, 6));
        }
    }
    place.write("all.jsonl", all);
    let run = place.cluster(&["all.jsonl"]).ends(0).counts([22_000, 20_000, 1, 2_000], &[]);
    let records = run.json();
    assert!(ids(&records[0]).iter().all(|id| id.starts_with("same-")));
}

fn ids(record: &serde_json::Value) -> Vec<&str> {
    record["articles"].as_array().unwrap().iter().map(|article| string(&article["id"])).collect()
}

/// The same with a word of its own in each, so that they are near but not equal.
#[test]
fn a_thousand_texts_that_differ_in_a_word() {
    let place = Place::new();
    let same = text(77, 12);
    let mut all = String::new();
    for n in 0..1_000 {
        all += &line(&format!("same-{n:04}"), &format!("{same} Reader {n}."));
        all += &line(&format!("other-{n:04}"), &text(1000 + n, 12));
    }
    place.write("all.jsonl", all);
    let run = place.cluster(&["--match", "near", "all.jsonl"]).ends(0);
    run.counts([2_000, 1_000, 1, 1_000], &[]);
}

/// A brief that many articles begin with: the articles have nothing else in common, and the brief
/// is a small part of each.
#[test]
fn a_beginning_of_many_joins_none_of_them() {
    let place = Place::new();
    let brief = article(5, 3);
    let mut all = line("brief", &brief.join(" "));
    for n in 0..60 {
        let whole = [brief.clone(), article(100 + n, 40)].concat();
        all += &line(&format!("long-{n:02}"), &whole.join(" "));
    }
    place.write("all.jsonl", all);
    let run = place.cluster(&["--match", "near", "all.jsonl"]).ends(0);
    run.counts([61, 0, 0, 61], &[]);
}

/// Versions of one text, each with a paragraph more: those that are close are together, and all of
/// them are near the one that stands for them.
#[test]
fn an_article_that_grows() {
    let place = Place::new();
    let whole = article(5, 40);
    let lines = (0..10).map(|n| line(&format!("{n}"), &whole[..22 + 2 * n].join(" ")));
    place.write("all.jsonl", lines.collect::<String>());
    let run = place.cluster(&["--match", "near", "all.jsonl"]).ends(0).counts([10, 10, 1, 0], &[]);
    let records = run.json();
    for member in &records[0]["articles"].as_array().unwrap()[1..] {
        assert_eq!(member["to"], records[0]["cluster"]);
        assert!(member["score"].as_f64().is_some_and(|score| score > 0.9), "{member}");
    }
}
