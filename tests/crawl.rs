//! Real crawl files, good and broken, where they are at hand.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may fail anywhere, and say so"
)]

mod support;

use retold::read::{MediaType, ReadOptions, Reason, RecordKind, Tally};
use std::io::Read;
use std::path::{Path, PathBuf};
use support::{gzip, read_bytes, read_file};

/// Folder of the files, if it is there.
fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/crawl");
    if !folder.is_dir() {
        support::skipped(&format!("{} is not there", folder.display()));
        return None;
    }
    Some(folder)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for sub in std::fs::read_dir(folder).unwrap() {
        for file in std::fs::read_dir(sub.unwrap().path()).unwrap() {
            files.push(file.unwrap().path());
        }
    }
    files.sort();
    files.retain(|file| file.file_name().unwrap() != "LICENSE");
    files
}

/// The bytes of a file without gzip, up to the first damage.
fn unpacked(path: &Path) -> Vec<u8> {
    let raw = std::fs::read(path).unwrap();
    if !raw.starts_with(&[0x1F, 0x8B]) {
        return raw;
    }
    let mut out = Vec::new();
    let _ = flate2::read::MultiGzDecoder::new(&raw[..]).read_to_end(&mut out);
    out
}

/// Records by a scan that knows nothing of lengths: lines that say WARC/ and a digit, or that are
/// five words or more, the first an address, the fourth from the end an IP address.
fn count(bytes: &[u8]) -> u64 {
    let is_arc = bytes.starts_with(b"filedesc:");
    let heads = bytes.split(|&b| b == b'\n').filter(|line| {
        let line = String::from_utf8_lossy(line);
        let line = line.trim_end_matches('\r');
        if !is_arc {
            return line.starts_with("WARC/")
                && line[5..].starts_with(|c: char| c.is_ascii_digit());
        }
        let words: Vec<_> = line.split(' ').collect();
        words.len() >= 5
            && words[0].contains(':')
            && words[words.len() - 4].parse::<std::net::IpAddr>().is_ok()
    });
    heads.count() as u64
}

fn of_kind(tally: &Tally, reason: Reason) -> u64 {
    tally.by_reason().get(&reason).copied().unwrap_or(0)
}

#[test]
fn every_record_of_every_file_is_counted() {
    let Some(folder) = folder() else { return };
    let files = files(&folder);
    assert!(files.len() > 20);
    for file in files {
        let (articles, tally) = read_file(&file, &ReadOptions::default());
        println!(
            "{}: {} records, {} articles, {:?}",
            file.display(),
            tally.records,
            articles.len(),
            tally.by_reason()
        );
        for ((_, reason), skipped) in &tally.skipped {
            if reason.is_damage() {
                println!("    {reason} at {}: {}", skipped.first, skipped.detail);
            }
        }
        for trouble in &tally.troubles {
            println!("    {}", trouble.message);
        }
        assert_eq!(tally.records, count(&unpacked(&file)), "{}", file.display());
    }
}

#[test]
fn the_known_archive_has_what_it_is_known_for() {
    let Some(folder) = folder() else { return };
    let file = folder.join("aut/example.warc.gz");
    let (articles, tally) = read_file(&file, &ReadOptions::default());
    assert!(!tally.is_incomplete());
    use RecordKind::{Metadata, Request, Warcinfo};
    for (kind, count) in [(Warcinfo, 1), (Request, 261), (Metadata, 261)] {
        assert_eq!(of_kind(&tally, Reason::RecordKind(kind)), count, "{kind:?}");
    }
    let responses = tally.records - 523;
    assert_eq!(responses, 299);
    // By their own heads 140 responses are HTML; those of them that are answers are articles.
    let bytes = unpacked(&file);
    let text = String::from_utf8_lossy(&bytes);
    let heads: Vec<_> = text
        .split("\nHTTP/1.")
        .skip(1)
        .map(|rest| rest.split("\r\n\r\n").next().unwrap())
        .collect();
    let html: Vec<_> = heads
        .iter()
        .filter(|head| {
            head.to_ascii_lowercase().contains("content-type: text/html")
                && !head.contains("Host: ")
        })
        .collect();
    assert_eq!(html.len(), 140);
    let good = html.iter().filter(|head| head[2..].starts_with('2')).count();
    let plain = heads
        .iter()
        .filter(|head| {
            head[2..].starts_with('2')
                && head.to_ascii_lowercase().contains("content-type: text/plain")
        })
        .count();
    let robots = of_kind(&tally, Reason::MediaType(MediaType::RobotsTxt)) as usize;
    assert_eq!((good, plain, robots), (94, 36, 33));
    let empty = of_kind(&tally, Reason::NoWords) as usize;
    assert_eq!(articles.len() + empty, good + plain - robots);
    assert!(
        articles
            .iter()
            .all(|a| a.id.as_deref().is_some_and(|id| id.starts_with("urn:uuid:"))
                && a.url.is_some())
    );
    // The same crawl as ARC.
    let (same, _) = read_file(&folder.join("aut/example.arc.gz"), &ReadOptions::default());
    assert!(same.iter().zip(&articles).all(|(a, b)| a.text == b.text && a.url == b.url));
    assert_eq!(same.len(), articles.len());
}

#[test]
fn plain_gzip_and_zstd_give_the_same_articles() {
    let Some(folder) = folder() else { return };
    let options = ReadOptions::default();
    for name in ["aut/example.warc.gz", "aut/example.arc.gz"] {
        let file = folder.join(name);
        let (expected, account) = read_file(&file, &options);
        let bytes = unpacked(&file);
        for packed in [bytes.clone(), gzip(&bytes), zstd::encode_all(&bytes[..], 1).unwrap()] {
            let (articles, tally) = read_bytes("example", &packed, &options);
            let same = articles.iter().zip(&expected).all(|(a, b)| {
                (&a.id, &a.url, &a.title, &a.date, &a.text, a.source.record)
                    == (&b.id, &b.url, &b.title, &b.date, &b.text, b.source.record)
            });
            assert!(same && articles.len() == expected.len());
            assert_eq!(tally.by_reason(), account.by_reason());
        }
    }
}
