//! Small files that unpack to large ones: what is kept of them is bounded, and counted.

use crate::beside_copies;
use crate::support::{gzip, response};
use flate2::Compression;
use flate2::write::{DeflateEncoder, ZlibEncoder};
use std::io::Write;

const MIB: usize = 1 << 20;

/// What a bomb unpacks to: more than there is room for.
const UNPACKED: usize = 1024 * MIB;

/// Members of one byte each, again and again.
fn gzip_bomb(byte: u8) -> Vec<u8> {
    gzip(&vec![byte; MIB]).repeat(UNPACKED / MIB)
}

/// A zstd frame of blocks that each say one byte and how often it comes: 128 KiB in four bytes. It
/// claims a window, which decoders hold, of 2 to the power of `window`.
fn zstd_bomb(window: u8, byte: u8, count: usize) -> Vec<u8> {
    const BLOCK: usize = 128 << 10;
    let mut frame = vec![0x28, 0xB5, 0x2F, 0xFD, 0, (window - 10) << 3];
    let blocks = count / BLOCK;
    for n in 1..=blocks {
        let head = u32::from(n == blocks) | 1 << 1 | (BLOCK as u32) << 3;
        frame.extend(&head.to_le_bytes()[..3]);
        frame.push(byte);
    }
    frame
}

#[test]
fn a_file_that_unpacks_to_a_gibibyte() {
    let zstd = |byte| zstd_bomb(17, byte, UNPACKED);
    for (name, bytes) in [("x.txt.gz", gzip_bomb(b'a')), ("x.txt.zst", zstd(b'a'))] {
        assert!(bytes.len() < UNPACKED / 400);
        let run = beside_copies(name, bytes, &[]).ends(0);
        run.says(&["note: 1 article cut at the size limit"]).counts([3, 2, 1, 1], &[]);
    }
    let too_long = [("record too long", 1)];
    beside_copies("x.jsonl.gz", gzip_bomb(b' '), &[]).ends(3).counts([3, 2, 1, 0], &too_long);
    beside_copies("x.jsonl.zst", zstd(b'{'), &[]).ends(3).counts([3, 2, 1, 0], &too_long);
    for byte in [b',', b'"'] {
        let run = beside_copies("x.csv.zst", zstd(byte), &[]).ends(3).counts([2, 2, 1, 0], &[]);
        run.says(&["retold: x.csv.zst: the header does not end"]);
    }
    let no_words = [("no words in the text", 1)];
    beside_copies("x.html.zst", zstd(b'<'), &[]).ends(0).counts([3, 2, 1, 0], &no_words);
}

/// A frame may claim that 2 GiB have to be held to read it, or 2^60 bytes to come.
#[test]
fn a_zstd_frame_that_claims_too_much() {
    let run = beside_copies("x.jsonl.zst", zstd_bomb(31, b'\n', MIB), &[]).ends(3);
    run.says(&["retold: x.jsonl.zst: "]).counts([2, 2, 1, 0], &[]);
    let mut frame = zstd::bulk::compress(b"A short text.", 3).unwrap();
    assert_eq!(frame[4] >> 5, 1, "one segment, and one byte of length");
    frame[4] |= 3 << 6;
    frame.splice(5..6, (1_u64 << 60).to_le_bytes());
    beside_copies("x.txt.zst", frame, &[]).ends(3).says(&["retold: x.txt.zst: "]);
}

/// A quarter of a gibibyte of `a` as brotli packs it, in hexadecimal digits.
const BROTLI_BOMB: &str = "\
    cfffff7f0024c2e2b14072effff9ffff0f8004401c1680eefd3fffffff01900088c302d0bdffe7ffff3f001200\
    715800baf7fffcffff074002200e0b40f7fe9fffffff004800c46101e8defff3ffff1f000980382c00ddfb7ffe\
    ffff032001108705a07bffcfffff7f002400e2b00074effff9ffff0f8004401c1680eefd3fffffff01900088c3\
    02d0bdffe7ffff3f001200715800baf7fffcffff074002200e0b40f7fe9fffffff004800c46101e8defff3ffff\
    1f000980382c00ddfbfffcffff072001108705a07bff0f";

fn brotli_bomb() -> Vec<u8> {
    let digits = BROTLI_BOMB.as_bytes().chunks(2).map(|two| std::str::from_utf8(two).unwrap());
    digits.map(|two| u8::from_str_radix(two, 16).unwrap()).collect()
}

fn deflate_bomb(zlib: bool) -> Vec<u8> {
    fn fill<W: Write>(mut encoder: W) -> W {
        let block = vec![b'a'; MIB];
        (0..64).for_each(|_| encoder.write_all(&block).unwrap());
        encoder
    }
    let level = Compression::fast();
    if zlib {
        fill(ZlibEncoder::new(Vec::new(), level)).finish().unwrap()
    } else {
        fill(DeflateEncoder::new(Vec::new(), level)).finish().unwrap()
    }
}

/// Pages that unpack to hundreds of mebibytes each, in records that are packed themselves.
#[test]
fn pages_of_a_crawl_that_unpack_to_more_than_there_is_room_for() {
    let text = "Content-Type: text/plain\r\n";
    let page = |number: usize, encodings: &str, body: &[u8]| {
        gzip(&response(number, &format!("{text}Content-Encoding: {encodings}\r\n"), body))
    };
    let crawl = [
        page(1, "gzip", &gzip_bomb(b'a')),
        page(2, "gzip, gzip", &gzip(&gzip_bomb(b'a'))),
        page(3, "br", &brotli_bomb()),
        page(4, "deflate", &deflate_bomb(true)),
        page(5, "deflate", &deflate_bomb(false)),
        page(6, "zstd", &zstd_bomb(17, b'a', UNPACKED)),
        // Not undone: nobody packs a page four times, or needs a window of 2 GiB.
        page(7, "gzip, gzip, gzip, gzip", &gzip(&gzip(&gzip(&gzip_bomb(b'a'))))),
        page(8, "zstd", &zstd_bomb(31, b'a', UNPACKED)),
    ];
    let run = beside_copies("x.warc.gz", crawl.concat(), &["--max-article", "1MiB"]);
    assert_eq!(run.account().records, 10, "{}", run.err);
    run.ends(0).says(&["note: 6 articles cut at the size limit"]);
}

/// Sizes of chunks that are not there, and a hundred thousand chunks of one byte.
#[test]
fn chunks_that_lie() {
    let head = "Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n";
    let records: Vec<u8> = [
        b"7fffffffffffffff\r\nThe ferry was late again.".to_vec(),
        b"ffffffffffffffff\r\nThe tram was late again.".to_vec(),
        b"1\r\na\r\n".repeat(100_000),
    ]
    .iter()
    .enumerate()
    .flat_map(|(n, body)| response(n, head, body))
    .collect();
    let run = beside_copies("x.warc", records, &[]).ends(0);
    run.says(&["note: 3 articles cut at the size limit"]).counts([5, 2, 1, 3], &[]);
}
