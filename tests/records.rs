//! Crawl files with one kind of damage each, made here.
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod support;

use retold::article::Article;
use retold::read::{Format, MediaType, ReadOptions, Reason, RecordKind, Tally};
use support::{gzip, html, page, read_bytes, response, warc};

fn read(name: &str, bytes: &[u8]) -> (Vec<Article>, Tally) {
    read_bytes(name, bytes, &ReadOptions::default())
}

/// Numbers of the pages that were read.
fn numbers(articles: &[Article]) -> Vec<usize> {
    articles
        .iter()
        .map(|a| a.id.as_deref().unwrap().strip_prefix("urn:uuid:").unwrap().parse().unwrap())
        .collect()
}

fn damaged(tally: &Tally) -> u64 {
    tally.by_reason().get(&Reason::Damaged).copied().unwrap_or(0)
}

/// A member per record.
fn members(records: &[Vec<u8>]) -> Vec<Vec<u8>> {
    records.iter().map(|record| gzip(record)).collect()
}

#[test]
fn a_page_comes_with_what_is_known_of_it() {
    let (articles, tally) = read("crawl", &page(4));
    assert!(!tally.is_incomplete());
    let article = &articles[0];
    assert_eq!(article.id.as_deref(), Some("urn:uuid:4"));
    assert_eq!(article.url.as_deref(), Some("http://paper.example/4"));
    assert_eq!(article.fetched.as_deref(), Some("2026-03-05T08:00:00Z"));
    assert_eq!(article.title.as_deref(), Some("Ferry 4 was late again"));
    assert!(article.text.contains("the work went on all the same") && !article.text.contains('<'));
    assert_eq!(article.source.record, 1);
}

#[test]
fn what_is_no_article_is_counted_by_kind() {
    let http = "Content-Type: application/http\r\n";
    let file = [
        warc("warcinfo", "Content-Type: application/warc-fields\r\n", b"software: none\r\n"),
        warc("request", http, b"GET / HTTP/1.1\r\n\r\n"),
        warc("metadata", "", b"via: nobody"),
        warc("revisit", http, b"HTTP/1.1 200 OK\r\n\r\n"),
        warc("future", "", b""),
        response(5, "Content-Type: image/png\r\n", b"\x89PNG"),
        warc(
            "response",
            &format!("{http}WARC-Target-URI: <https://x.example/robots.txt>\r\n"),
            b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nUser-agent: *\n",
        ),
        warc(
            "response",
            http,
            b"HTTP/1.1 301 Moved\r\nContent-Type: text/html\r\n\r\n<html></html>",
        ),
        warc("resource", "Content-Type: text/plain\r\n", b"Plain words of a resource."),
        warc("resource", "Content-Type: text/plain\r\n", b"\0\x01\x02"),
        warc("conversion", "Content-Type: text/plain\r\n", "Das Tor fällt.".as_bytes()),
        page(6),
    ]
    .concat();
    let (articles, tally) = read("crawl.warc", &file);
    let counts: Vec<_> = tally.by_reason().into_iter().collect();
    use RecordKind::{Metadata, Request, Revisit, Unknown, Warcinfo};
    let mut expected = vec![
        (Reason::HttpStatus, 1),
        (Reason::MediaType(MediaType::BinaryData), 1),
        (Reason::MediaType(MediaType::Image), 1),
        (Reason::MediaType(MediaType::RobotsTxt), 1),
    ];
    expected.extend(
        [Metadata, Request, Revisit, Unknown, Warcinfo].map(|kind| (Reason::RecordKind(kind), 1)),
    );
    expected.sort();
    assert_eq!(counts, expected);
    assert_eq!(tally.records, 12);
    assert!(!tally.is_incomplete());
    let texts: Vec<_> = articles.iter().map(|a| a.text.as_str()).collect();
    assert_eq!(texts[..2], ["Plain words of a resource.", "Das Tor fällt."]);
}

#[test]
fn damage_in_one_member_costs_one_record() {
    let records: Vec<_> = (0..7).map(page).collect();
    let sound = members(&records);
    // A byte of the data, of the checksum, and the header itself.
    for (at, what) in [(40, "data"), (usize::MAX, "checksum"), (0, "header")] {
        let mut broken = sound.clone();
        let at = if at == usize::MAX { broken[3].len() - 6 } else { at };
        for byte in broken[3][at..].iter_mut().take(3) {
            *byte ^= 0x55;
        }
        let (articles, tally) = read("x.warc.gz", &broken.concat());
        assert_eq!(numbers(&articles), [0, 1, 2, 4, 5, 6], "{what}");
        assert_eq!((tally.records, damaged(&tally)), (7, 1), "{what}");
        assert!(tally.is_incomplete() && tally.troubles.is_empty());
        assert!(tally.left_out >= sound[3].len() as u64, "{what}: {}", tally.left_out);
        let skipped = tally.skipped.values().next().unwrap();
        assert!(skipped.first == 4 && skipped.detail.contains("left out"), "{skipped:?}");
    }
    // The very first bytes of the file.
    let mut broken = sound.concat();
    broken[..2].fill(0);
    let (articles, tally) = read("x.warc.gz", &broken);
    assert_eq!((numbers(&articles), damaged(&tally)), (vec![1, 2, 3, 4, 5, 6], 1));
    // Two in a row, and the first and the last.
    for (which, expected) in [([2, 3], [0, 1, 4, 5, 6]), ([0, 6], [1, 2, 3, 4, 5])] {
        let mut broken = sound.clone();
        for one in which {
            broken[one][30] ^= 0xFF;
            broken[one][31] ^= 0xFF;
        }
        let (articles, tally) = read("x.warc.gz", &broken.concat());
        assert_eq!(numbers(&articles), expected);
        assert_eq!((tally.records, damaged(&tally)), (7, 2), "{which:?} {tally:?}");
    }
}

#[test]
fn a_file_that_breaks_off_keeps_what_came_before() {
    let records: Vec<_> = (0..5).map(page).collect();
    let many = members(&records).concat();
    let one = gzip(&records.concat());
    let plain = records.concat();
    for (name, file) in [("many", &many), ("one", &one), ("plain", &plain)] {
        let (articles, tally) = read("x.warc", &file[..file.len() - 60]);
        // The last bytes of a member for all hold more than one of pages so alike.
        let whole = if name == "one" { articles.len() } else { 4 };
        assert_eq!(numbers(&articles), [0, 1, 2, 3][..whole], "{name}");
        assert!(whole > 0 && damaged(&tally) == 1 && tally.records == whole as u64 + 1, "{name}");
    }
    for length in 0..plain.len() {
        let (articles, tally) = read("x.warc", &plain[..length]);
        assert_eq!(tally.records, articles.len() as u64 + damaged(&tally));
        if length % 7 == 0 {
            read("x.warc.gz", &many[..length.min(many.len())]);
        }
    }
}

#[test]
fn damage_inside_one_member_for_all_costs_the_rest_of_it_only() {
    let first = gzip(&(0..3).flat_map(page).collect::<Vec<_>>());
    let second = gzip(&(3..6).flat_map(page).collect::<Vec<_>>());
    let mut file = [first.clone(), second].concat();
    for byte in &mut file[first.len() - 40..first.len() - 20] {
        *byte = 0xFF;
    }
    let (articles, tally) = read("x.warc.gz", &file);
    let read = numbers(&articles);
    assert!(read.starts_with(&[0]) && read.ends_with(&[3, 4, 5]), "{read:?}");
    assert!(damaged(&tally) >= 1);
}

#[test]
fn wrong_lengths_cost_the_record_alone() {
    let with_length = |number: usize, length: &str| {
        let record = String::from_utf8(page(number)).unwrap();
        let at = record.find("Content-Length: ").unwrap() + 16;
        let end = at + record[at..].find("\r\n").unwrap();
        [&record[..at], length, &record[end..]].concat().into_bytes()
    };
    for length in [
        "10",
        "0",
        "900",
        "5000",
        "99999999",
        "99999999999999",
        "18446744073709551615",
        "18446744073709551616",
        "-1",
        "many",
        "",
    ] {
        let file = [page(0), with_length(1, length), page(2), page(3)].concat();
        let (articles, tally) = read("x.warc", &file);
        assert_eq!(numbers(&articles), [0, 2, 3], "{length}");
        assert_eq!((tally.records, damaged(&tally)), (4, 1), "{length}");
    }
    // Every record of a file: no more is read again than the records are long.
    let file: Vec<_> = (0..3000).flat_map(|n| with_length(n, "60000000")).collect();
    let (articles, tally) = read("x.warc", &file);
    assert_eq!((articles.len(), tally.records), (0, 3000));
}

#[test]
fn heads_that_are_none_are_passed_over() {
    let no_version = page(1).split_off(10);
    let bomb =
        [b"WARC/1.0\r\n".to_vec(), b"X-Filler: of no use at all\r\n".repeat(40_000)].concat();
    let one_line = [b"WARC/1.0\r\n".to_vec(), vec![b'x'; 3 << 20], b"\r\n".to_vec()].concat();
    for (what, broken) in [
        ("no version line", no_version),
        ("a head that does not end", bomb),
        ("a line that does not end", one_line),
        ("junk", b"\r\n\r\n  <junk> \r\n".to_vec()),
        (
            "no length",
            b"WARC/1.0\r\nWARC-Type: response\r\n\r\nHTTP/1.1 200 OK\r\n\r\n\r\n\r\n".to_vec(),
        ),
    ] {
        let (articles, tally) = read("x.warc", &[page(0), broken, page(2)].concat());
        let read = numbers(&articles);
        assert!(
            read == [0, 2] || (what != "a head that does not end" && read == [2]),
            "{what}: {read:?}"
        );
        assert!(damaged(&tally) >= 1, "{what}");
        assert_eq!(tally.records, articles.len() as u64 + damaged(&tally), "{what}");
    }
}

#[test]
fn lines_may_end_in_lf_and_blank_lines_may_lack() {
    let lf = String::from_utf8(page(1)).unwrap().replace("\r\n", "\n").into_bytes();
    let length = lf.len();
    // The length of the block shrank with its line ends.
    let lf = String::from_utf8(lf).unwrap();
    let block = lf.split_once("\n\n").unwrap().1.trim_end_matches('\n');
    let lf = warc(
        "response",
        "WARC-Record-ID: <urn:uuid:1>\r\nContent-Type: application/http\r\n",
        block.as_bytes(),
    );
    assert!(lf.len() < length + 80);
    let mut bare = page(2);
    bare.truncate(bare.len() - 4);
    let (articles, tally) = read("x.warc", &[bare, lf, page(3)].concat());
    assert_eq!(numbers(&articles), [2, 1, 3]);
    assert!(!tally.is_incomplete());
}

#[test]
fn a_bomb_costs_bounded_memory_and_is_counted() {
    let zeros = gzip(&vec![b'0'; 96 << 20]);
    let file =
        [response(1, "Content-Type: text/plain\r\nContent-Encoding: gzip\r\n", &zeros), page(2)]
            .concat();
    let (articles, tally) = read("x.warc", &file);
    assert_eq!(numbers(&articles), [1, 2]);
    assert_eq!((tally.cut, articles[0].text.len()), (1, 16 << 20));
    // A record longer than any that is held.
    let file = gzip(
        &[response(1, "Content-Type: text/plain\r\n", &vec![b'a'; 80 << 20]), page(2)].concat(),
    );
    let (articles, tally) = read("x.warc", &file);
    assert_eq!((tally.records, tally.cut, articles[0].text.len()), (2, 1, 16 << 20));
    assert_eq!(numbers(&articles), [1, 2]);
    // The same of something that is no article is no damage.
    let file =
        [response(1, "Content-Type: video/mp4\r\n", &vec![b'a'; 80 << 20]), page(2)].concat();
    let (articles, tally) = read("x.warc", &file);
    assert_eq!(numbers(&articles), [2]);
    assert!(!tally.is_incomplete() && tally.by_reason()[&Reason::MediaType(MediaType::Video)] == 1);
}

#[test]
fn what_the_crawler_cut_is_kept_and_marked() {
    let body = html("The bridge is open");
    let lines = "Content-Type: application/http\r\nWARC-Truncated: length\r\n";
    let block =
        format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{}", &body[..body.len() - 60]);
    let (articles, tally) = read("x.warc", &warc("response", lines, block.as_bytes()));
    assert_eq!((articles.len(), tally.cut), (1, 1));
}

#[test]
fn texts_are_cut_at_the_limit() {
    let options = ReadOptions { max_article: 101, ..ReadOptions::default() };
    let text = "é".repeat(500);
    let file = warc("conversion", "Content-Type: text/plain\r\n", text.as_bytes());
    for (name, bytes) in [
        ("x.wet", file),
        ("x.txt", text.clone().into_bytes()),
        ("x.jsonl", format!("{{\"text\": \"{text}\"}}").into_bytes()),
        ("x.csv", format!("text\n{text}\n").into_bytes()),
    ] {
        let (articles, tally) = read_bytes(name, &bytes, &options);
        assert_eq!((articles[0].text.len(), tally.cut), (100, 1), "{name}");
    }
}

#[test]
fn arc_files_are_read_and_their_damage_passed_over() {
    let block =
        format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{}", html("The tram is back"));
    let record = |url: &str, length: &str, block: &str| {
        format!("{url} 192.0.2.7 20260305080000 text/html {length}\n{block}\n")
    };
    let good = |url: &str| record(url, &block.len().to_string(), &block);
    let first = record("filedesc://x.arc", "5", "1 0 x");
    let sound =
        [first.clone(), good("http://paper.example/a b"), good("https://paper.example/2")].concat();
    let (articles, tally) = read("x", sound.as_bytes());
    assert_eq!((tally.records, articles.len(), tally.is_incomplete()), (3, 2, false));
    assert_eq!(articles[0].url.as_deref(), Some("http://paper.example/a b"));
    assert_eq!(articles[0].fetched.as_deref(), Some("2026-03-05T08:00:00Z"));
    assert_eq!(articles[0].title.as_deref(), Some("The tram is back"));
    for length in ["-1", "abc", "10", "100000", "99999999999"] {
        let broken = record("http://paper.example/1", length, &block);
        let file = [first.clone(), broken, good("https://paper.example/2")].concat();
        let (articles, tally) = read("x.arc", file.as_bytes());
        assert_eq!((tally.records, articles.len(), damaged(&tally)), (3, 1, 1), "{length}");
    }
    // A damaged first member: the first head after it says that this is ARC.
    let mut file =
        [gzip(first.as_bytes()), gzip(good("http://paper.example/1").as_bytes())].concat();
    file[12] ^= 0xFF;
    let (articles, tally) = read("x.arc.gz", &file);
    assert_eq!((articles.len(), damaged(&tally), tally.records), (1, 1, 2));
}

#[test]
fn zstd_files_may_begin_with_a_dictionary() {
    let records: Vec<_> = (0..40).map(page).collect();
    // Any bytes may be a dictionary.
    let dictionary = records[7].clone();
    let frames: Vec<u8> = records
        .iter()
        .flat_map(|record| {
            zstd::bulk::Compressor::with_dictionary(3, &dictionary)
                .unwrap()
                .compress(record)
                .unwrap()
        })
        .collect();
    for stored in [dictionary.clone(), zstd::encode_all(&dictionary[..], 3).unwrap()] {
        let length = (stored.len() as u32).to_le_bytes();
        let file = [&[0x5D, 0x2A, 0x4D, 0x18][..], &length, &stored, &frames].concat();
        let (articles, tally) = read("x.warc.zst", &file);
        assert_eq!((articles.len(), tally.is_incomplete()), (40, false));
        let (articles, tally) = read("x.warc.zst", &file[..file.len() - 9]);
        assert!(articles.len() == 39 && tally.is_incomplete());
        // A dictionary that is not there whole, and frames without theirs.
        assert!(read("x.warc.zst", &file[..100]).1.is_incomplete());
    }
    assert!(read("x.warc.zst", &frames).1.is_incomplete());
}

#[test]
fn a_page_alone_is_an_article() {
    let page = html("The pool stays shut");
    for name in ["x.html", "x.htm.gz", "page"] {
        let (articles, _) = read(name, page.as_bytes());
        assert_eq!(articles[0].title.as_deref(), Some("The pool stays shut"), "{name}");
    }
    let latin: Vec<u8> = page.replace("pool", "p\u{fc}l").chars().map(|c| c as u32 as u8).collect();
    let options = ReadOptions { format: Some(Format::Html), ..ReadOptions::default() };
    let (articles, _) = read_bytes("x", &latin, &options);
    assert!(articles[0].text.contains("pül"));
}
