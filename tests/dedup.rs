//! `retold dedup`: the dump again, byte for byte but for the articles that are removed.
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod support;

use serde_json::json;
use std::io::Read;
use std::path::Path;
use support::cli::{Place, Run, line, text as string};
use support::news::{article, text};
use support::{gzip, page, warc};

/// What is written of a file, and whether it is to be there still.
type Piece = (Vec<u8>, bool);

fn bytes(pieces: &[Piece], all: bool) -> Vec<u8> {
    pieces.iter().filter(|(_, kept)| *kept || all).flat_map(|(bytes, _)| bytes.clone()).collect()
}

/// Runs it on a folder `in`, into a folder `out`.
fn dedup(place: &Place, args: &[&str]) -> Run {
    place.run(&[&["dedup", "in", "-o", "out"], args].concat())
}

/// The account: read, kept, removed.
fn account(run: &Run) -> [u64; 3] {
    let line = run.err.lines().find(|line| line.starts_with("read ")).expect(&run.err);
    let numbers = line.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok());
    let numbers: Vec<u64> = numbers.collect();
    assert_eq!(numbers[0], numbers[1..].iter().sum::<u64>(), "{line}");
    [numbers[0], numbers[1], numbers[2]]
}

fn unpack(path: &Path) -> Vec<u8> {
    let packed = std::fs::read(path).unwrap();
    let mut bytes = Vec::new();
    match path.extension().unwrap().to_str().unwrap() {
        "gz" => {
            flate2::read::MultiGzDecoder::new(&packed[..]).read_to_end(&mut bytes).unwrap();
        }
        "zst" => bytes = zstd::decode_all(&packed[..]).unwrap(),
        _ => bytes = packed,
    }
    bytes
}

/// Removes copies from a file of these pieces, plain and packed, and checks what is left to the byte.
fn check(name: &str, pieces: &[Piece], removed: u64) {
    let whole = bytes(pieces, true);
    let in_parts: Vec<u8> = whole.chunks(97).flat_map(gzip).collect();
    for (ending, packed) in
        [("", whole.clone()), (".gz", in_parts), (".zst", zstd::encode_all(&whole[..], 1).unwrap())]
    {
        let place = Place::new();
        let name = format!("{name}{ending}");
        place.write(&format!("in/{name}"), packed);
        let run = dedup(&place, &["--match", "exact", "--keep", "first"]);
        assert!([0, 3].contains(&run.code), "{}", run.err);
        let [_, kept, gone] = account(&run);
        assert_eq!(gone, removed, "{name}: {}", run.err);
        let out = place.path().join("out").join(&name);
        let (found, expected) = (unpack(&out), bytes(pieces, false));
        assert!(
            found == expected,
            "{name}:\n{}\nexpected\n{}",
            String::from_utf8_lossy(&found),
            String::from_utf8_lossy(&expected)
        );
        // What is left has no more copies, and loses nothing more.
        let again = place.run(&["dedup", "out", "-o", "again", "--match", "exact"]);
        assert_eq!(account(&again), [kept, kept, 0]);
        assert_eq!(place.read_bytes(&format!("again/{name}")), std::fs::read(&out).unwrap());
    }
}

fn piece(bytes: impl AsRef<[u8]>, kept: bool) -> Piece {
    (bytes.as_ref().to_vec(), kept)
}

#[test]
fn lines_that_are_kept_stay_as_they_are() {
    let one = text(1, 9);
    let pieces = [
        piece("\u{FEFF}  \n\n", true),
        piece(line("a", &one), true),
        piece("\r\n", true),
        piece("{\"n\": 1,   \"text\" : \"\\u0041 fine day, said Ada\" }\r\n", true),
        piece(line("b", &one.to_uppercase()), false),
        piece("this is no JSON\n", true),
        piece(line("c", &one), false),
        piece("{\"id\": \"no text\"}\n", true),
        piece("{\"text\": \"A fine day; said: ADA!\", \"z\": [1]}\r\n", false),
        piece("\n", true),
        piece(line("d", &text(2, 9)).trim_end(), true),
    ];
    check("x.jsonl", &pieces, 3);
}

#[test]
fn rows_that_are_kept_stay_as_they_are() {
    for (name, ends) in [("x.csv", "\r\n"), ("x.csv", "\n"), ("x.csv", "\r")] {
        let row = |row: &str, kept| piece(format!("{row}{ends}"), kept);
        let pieces = [
            row("\u{FEFF}id,text,\"n \"", true),
            row("", true),
            row("1,\"The ferry, said Ada, was \"\"late\"\"\r\nagain\",x", true),
            row("", true),
            row("2, the ferry said ada was LATE again,", false),
            row("", true),
            row("", true),
            row("3,too,many,fields", true),
            row("\"4\",\"Rain fell\non Oslo\",\"\"", true),
            row("5,the ferry said ada was late again,y", false),
            piece("6,rain fell on Oslo,z", false),
        ];
        check(name, &pieces, 3);
    }
    let pieces = [
        piece("id\ttext\n", true),
        piece("1\tRain fell on Oslo\n", false),
        piece("0\tRain fell on Oslo.\n", true),
    ];
    // The first by place, whatever the ids say.
    let kept = [pieces[0].clone(), (pieces[1].0.clone(), true), (pieces[2].0.clone(), false)];
    check("x.tsv", &kept, 1);
}

#[test]
fn long_tables_are_cut_at_no_line_end() {
    // Rows that end at any place of the buffers they are read through.
    let mut pieces = vec![piece("text,id\r\n", true)];
    for n in 0..9000_usize {
        let row = format!("\"Ferry number {} was late{}\",{n}\r\n", n % 4000, "!".repeat(n % 61));
        pieces.push(piece(row, n < 4000));
    }
    check("x.csv", &pieces, 5000);
}

#[test]
fn records_of_a_crawl_stay_whole_each_in_its_member() {
    let info = warc("warcinfo", "Content-Type: application/warc-fields\r\n", b"software: x\r\n");
    let request = warc("request", "Content-Type: application/http\r\n", b"GET / HTTP/1.1\r\n\r\n");
    let other = |number: usize, of: usize| {
        String::from_utf8(page(number))
            .unwrap()
            .replace(&format!(" {number} was"), &format!(" {of} was"))
    };
    let pieces = [
        piece(&info, true),
        piece(page(1), true),
        piece(&request, true),
        piece(other(2, 1), false),
        piece(&request, true),
        piece(page(3), true),
        piece(other(4, 3), false),
    ];
    let lengths_fit = other(2, 1).len() == page(2).len();
    assert!(lengths_fit, "the lengths in the heads would be wrong");
    check("x.warc", &pieces, 2);

    let place = Place::new();
    let members: Vec<u8> = pieces.iter().flat_map(|(bytes, _)| gzip(bytes)).collect();
    place.write("in/x.warc.gz", members);
    dedup(&place, &["--keep", "first", "--match", "exact"]).ends(0);
    let out = place.read_bytes("out/x.warc.gz");
    let mut rest = &out[..];
    for (bytes, _) in pieces.iter().filter(|(_, kept)| *kept) {
        let mut member = Vec::new();
        flate2::bufread::GzDecoder::new(&mut rest).read_to_end(&mut member).unwrap();
        assert_eq!(&member, bytes);
    }
    assert!(rest.is_empty());
}

#[test]
fn damage_is_left_out_and_costs_nothing_else() {
    let lines: Vec<String> = (0..6).map(|n| line(&format!("id {n}"), &text(n % 4, 9))).collect();
    let mut members: Vec<Vec<u8>> = lines.iter().map(|line| gzip(line.as_bytes())).collect();
    let middle = members[2].len() / 2;
    members[2].truncate(middle);
    let place = Place::new();
    place.write("in/x.jsonl.gz", members.concat());
    let run = dedup(&place, &["--keep", "first"]).ends(3).says(&["1 left out (damaged)"]);
    assert_eq!(account(&run), [6, 3, 2]);
    let out = String::from_utf8(unpack(&place.path().join("out/x.jsonl.gz"))).unwrap();
    assert_eq!(out, [&*lines[0], &lines[1], &lines[3]].concat());
    // A stream that breaks off keeps what came before.
    let lines: Vec<String> =
        (0..4000_usize).map(|n| line("x", &text(n as u64 % 3000, 6))).collect();
    let whole = zstd::encode_all(lines.concat().as_bytes(), 1).unwrap();
    let place = Place::new();
    place.write("in/x.jsonl.zst", &whole[..whole.len() * 9 / 10]);
    let run = dedup(&place, &["--keep", "first"]).ends(3).says(&["1 left out (damaged)"]);
    let [read, kept, removed] = account(&run);
    assert!((3001..4000).contains(&read), "{}", run.err);
    assert_eq!((kept, removed), (3000, read - 1 - 3000));
    let out = String::from_utf8(unpack(&place.path().join("out/x.jsonl.zst"))).unwrap();
    assert!(out == lines[..3000].concat());
}

#[test]
fn one_of_a_group_is_kept_by_length_place_or_date() {
    let whole = article(3, 12);
    let dump: String = [
        json!({"id": "z", "date": "2026-05-03", "text": whole[1..].join(" ")}),
        json!({"id": "y", "text": whole.join(" ")}),
        json!({"id": "x", "date": "2026-05-01T10:00:00Z", "text": whole[..11].join(" ")}),
        json!({"id": "w", "date": "2026-05-01", "text": whole[..11].join(" ").to_uppercase()}),
    ]
    .iter()
    .map(|line| format!("{line}\n"))
    .collect();
    for (keep, id) in [("longest", "y"), ("first", "z"), ("earliest", "x")] {
        let place = Place::new();
        place.write("in/a.jsonl", &dump);
        let run = dedup(&place, &["--keep", keep, "--removed", "gone.jsonl"]).ends(0);
        assert_eq!(account(&run), [4, 1, 3]);
        let kept: Vec<_> = support::cli::json_lines(&place.read("out/a.jsonl"));
        assert_eq!((kept.len(), string(&kept[0]["id"])), (1, id), "{keep}");
        let gone = support::cli::json_lines(&place.read("gone.jsonl"));
        assert_eq!(gone.len(), 3);
        for row in &gone {
            assert_eq!(string(&row["kept"]), id);
            assert!(string(&row["source"]).starts_with("in/a.jsonl#"));
            let pair = [id, string(&row["id"])];
            let exact = pair.contains(&"x") && pair.contains(&"w");
            assert_eq!(string(&row["level"]), if exact { "exact" } else { "near" });
            let score = row["score"].as_f64().unwrap();
            let least = if exact { 1.0 } else { 0.6 };
            assert!((least..=1.0).contains(&score), "{score}");
        }
    }
    // The story level groups wider, and --match exact narrower.
    let place = Place::new();
    place.write("in/a.jsonl", &dump);
    let run = dedup(&place, &["--match", "exact", "--removed", "-"]).ends(0);
    assert_eq!((account(&run), run.json().len()), ([4, 3, 1], 1));
}

#[test]
fn files_go_where_they_lie_below_what_was_named() {
    let place = Place::new();
    place.write("in/a/one.txt", text(1, 9));
    place.write("in/b/.hidden/two.txt", text(1, 9));
    place.write("in/b/three.txt", text(2, 9));
    place.write("in/b/image.png", b"\x89PNG\0\0");
    let run = dedup(&place, &["--keep", "first"]).ends(3);
    assert_eq!(account(&run), [4, 3, 1]);
    assert_eq!(place.read("out/a/one.txt"), text(1, 9));
    assert_eq!(place.read_bytes("out/b/image.png"), b"\x89PNG\0\0");
    assert!(!place.path().join("out/b/.hidden/two.txt").exists());
    // Two folders keep their names; a single file has none above it.
    place.run(&["dedup", "in/a", "./in/../in/b/three.txt", "-o", "both"]).ends(0);
    assert_eq!(place.read("both/b/three.txt"), text(2, 9));
    assert_eq!(place.read("both/a/one.txt"), text(1, 9));
    place.run(&["dedup", "in/b/three.txt", "-o", "single"]).ends(0);
    assert_eq!(place.read("single/three.txt"), text(2, 9));
}

#[test]
fn what_can_be_read_once_is_copied_first() {
    let place = Place::new();
    let dump = line("1", &text(1, 9)) + &line("2", &text(1, 9)) + &line("3", &text(2, 9));
    let args = ["dedup", "-", "-o", "out", "--keep", "first", "--work-dir", "work"];
    std::fs::create_dir(place.path().join("work")).unwrap();
    let run = place.run_with_input(&args, gzip(dump.as_bytes()).as_slice()).ends(0);
    assert_eq!(account(&run), [3, 2, 1]);
    let packed = place.read_bytes("out/stdin");
    let mut out = String::new();
    flate2::read::MultiGzDecoder::new(&packed[..]).read_to_string(&mut out).unwrap();
    assert_eq!(out, line("1", &text(1, 9)) + &line("3", &text(2, 9)));
    assert_eq!(std::fs::read_dir(place.path().join("work")).unwrap().count(), 0);
}

#[test]
fn nothing_is_written_over_and_nothing_half_is_left() {
    let place = Place::new();
    place.write("in/a.jsonl", line("1", &text(1, 9)).repeat(2));
    place.write("full/there.txt", "there");
    for out in ["in", "full", "in/a.jsonl", "no/such/folder", "."] {
        let run = place.run(&["dedup", "in", "-o", out]).ends(1);
        assert!(run.err.contains("folder"), "{}", run.err);
    }
    assert_eq!(place.names(), ["full", "in"]);
    assert_eq!(place.read("full/there.txt"), "there");
    place.run(&["dedup", "in", "-o", "out", "--removed", "in/a.jsonl"]).ends(1);
    place.run(&["dedup", "in", "-o", "out", "--removed", "gone.xls"]).ends(1);
    place.run(&["dedup", "in", "-o", "a.csv", "--removed", "a.csv"]).ends(1).says(&["one place"]);
    place.run(&["dedup", "in"]).ends(2);
    std::fs::create_dir(place.path().join("out")).unwrap();
    for rows in ["out/a.jsonl", "out/b.csv"] {
        place.run(&["dedup", "in", "-o", "out", "--removed", rows]).ends(1).says(&["elsewhere"]);
    }
    assert_eq!(std::fs::read_dir(place.path().join("out")).unwrap().count(), 0);
    std::fs::remove_dir(place.path().join("out")).unwrap();
    // A run that --strict fails writes nothing.
    place.write("in/b.jsonl", "no JSON\n");
    place.run(&["dedup", "in", "-o", "out", "--strict"]).ends(1);
    assert_eq!(place.names(), ["full", "in"]);
    #[cfg(unix)]
    {
        let link = |to: &str, name: &str| {
            std::os::unix::fs::symlink(place.path().join(to), place.path().join(name)).unwrap();
        };
        link("no", "link");
        place.run(&["dedup", "in", "-o", "link"]).ends(1).says(&["nowhere"]);
        std::fs::create_dir(place.path().join("no")).unwrap();
        place.run(&["dedup", "in", "-o", "link"]).ends(3);
        assert_eq!(place.read("link/b.jsonl"), "no JSON\n");
    }
    // An empty folder is as good as none, and may lie in the input.
    std::fs::create_dir(place.path().join("in/out")).unwrap();
    place.run(&["dedup", "in", "-o", "in/out"]).ends(3);
    assert_eq!(place.read("in/out/b.jsonl"), "no JSON\n");
}

#[test]
fn the_same_bytes_on_any_number_of_threads() {
    let place = Place::new();
    for file in 0..5 {
        let lines: String =
            (0..40).map(|n| line(&format!("{n}"), &text(n * file % 37, 6))).collect();
        place.write(&format!("in/{file}.jsonl.gz"), gzip(lines.as_bytes()));
    }
    let mut results = Vec::new();
    for threads in ["1", "2", "7"] {
        let out = format!("out{threads}");
        place.run(&["dedup", "in", "-o", &out, "--threads", threads, "--removed", "r.csv"]).ends(0);
        let mut all = place.read_bytes("r.csv");
        for file in 0..5 {
            all.extend(place.read_bytes(&format!("{out}/{file}.jsonl.gz")));
        }
        results.push(all);
    }
    assert!(results[0] == results[1] && results[1] == results[2]);
}

#[cfg(feature = "parquet")]
mod parquet {
    use super::*;
    use ::parquet::basic::Compression;
    use ::parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type};
    use ::parquet::file::metadata::KeyValue;
    use ::parquet::file::properties::WriterProperties;
    use ::parquet::file::reader::{FileReader, SerializedFileReader};
    use ::parquet::file::writer::SerializedFileWriter;
    use ::parquet::schema::parser::parse_message_type;
    use std::fs::File;
    use std::sync::Arc;

    /// Rows of a row group.
    const ROWS: usize = 600;
    /// Texts after which they come again.
    const TEXTS: usize = 800;

    /// Two row groups: texts, every tenth null; lists of none to three numbers; scores.
    fn file() -> Vec<u8> {
        let schema = "message articles { optional binary text (UTF8); required double score; \
                      optional group tags (LIST) { repeated group list { required int32 element; } } }";
        let schema = Arc::new(parse_message_type(schema).unwrap());
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_key_value_metadata(Some(vec![KeyValue::new(
                "maker".to_owned(),
                "a test".to_owned(),
            )]))
            .build();
        let mut out = Vec::new();
        let mut writer = SerializedFileWriter::new(&mut out, schema, Arc::new(properties)).unwrap();
        for group in 0..2 {
            let numbers = || group * ROWS..(group + 1) * ROWS;
            let mut rows = writer.next_row_group().unwrap();
            let mut column = rows.next_column().unwrap().unwrap();
            let texts: Vec<ByteArray> = numbers()
                .filter(|n| n % 10 != 0)
                .map(|n| ByteArray::from(text((n % TEXTS) as u64, 4).into_bytes()))
                .collect();
            let levels: Vec<i16> = numbers().map(|n| i16::from(n % 10 != 0)).collect();
            column.typed::<ByteArrayType>().write_batch(&texts, Some(&levels), None).unwrap();
            column.close().unwrap();
            let mut column = rows.next_column().unwrap().unwrap();
            let scores: Vec<f64> = numbers().map(|n| n as f64 / 7.0).collect();
            column.typed::<DoubleType>().write_batch(&scores, None, None).unwrap();
            column.close().unwrap();
            let mut column = rows.next_column().unwrap().unwrap();
            let (mut values, mut defined, mut repeated) = (vec![], vec![], vec![]);
            for n in numbers() {
                match n % 5 {
                    // No list, and an empty one.
                    few @ (0 | 1) => {
                        defined.push(few as i16);
                        repeated.push(0);
                    }
                    some => {
                        for at in 0..some - 1 {
                            values.push((n * 10 + at) as i32);
                            defined.push(2);
                            repeated.push(i16::from(at > 0));
                        }
                    }
                }
            }
            column
                .typed::<Int32Type>()
                .write_batch(&values, Some(&defined), Some(&repeated))
                .unwrap();
            column.close().unwrap();
            rows.close().unwrap();
        }
        writer.close().unwrap();
        out
    }

    fn rows(path: &Path) -> Vec<String> {
        let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
        reader.get_row_iter(None).unwrap().map(|row| row.unwrap().to_string()).collect()
    }

    #[test]
    fn rows_that_are_kept_have_the_values_they_had() {
        let place = Place::new();
        let path = place.write("in/x.parquet", file());
        let run = dedup(&place, &["--match", "exact", "--keep", "first"]).ends(0);
        // Of the 1,200 rows those from 800 on repeat one before, but for the nulls.
        let gone = (TEXTS..2 * ROWS).filter(|n| n % 10 != 0).count();
        assert_eq!(account(&run), [1200, 1200 - gone as u64, gone as u64]);
        let expected: Vec<String> = rows(&path)
            .into_iter()
            .enumerate()
            .filter(|(n, _)| *n < TEXTS || n % 10 == 0)
            .map(|(_, row)| row)
            .collect();
        let out = place.path().join("out/x.parquet");
        assert_eq!(rows(&out), expected);
        let metadata = |path: &Path| {
            let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
            let metadata = reader.metadata();
            let column = metadata.row_group(1).column(2);
            let file = metadata.file_metadata();
            let pairs = file.key_value_metadata().cloned();
            (file.schema().clone(), pairs, metadata.num_row_groups(), column.compression())
        };
        assert_eq!(metadata(&out), metadata(&path));
        let again = place.run(&["dedup", "out", "-o", "again", "--match", "exact"]).ends(0);
        assert_eq!(account(&again)[2], 0);
    }

    #[test]
    fn a_file_that_cannot_be_read_as_a_whole_is_written_as_it_was() {
        let place = Place::new();
        let sound = file();
        let whole = place.write("sound.parquet", &sound);
        let reader = SerializedFileReader::new(File::open(whole).unwrap()).unwrap();
        // The texts of the second group, and then the lists, which are in no article.
        for column in [0, 2] {
            let (start, length) = reader.metadata().row_group(1).column(column).byte_range();
            let mut bytes = sound.clone();
            bytes[start as usize + 30..(start + length) as usize].fill(0xFF);
            let place = Place::new();
            place.write("in/m.parquet", &bytes);
            place.write("in/a.jsonl", line("same as row 2", &text(1, 4)));
            place.write("in/z.jsonl", line("same as row 702", &text(701, 4)));
            let args = ["--match", "exact", "--keep", "first", "--removed", "gone.csv"];
            let run = dedup(&place, &args).ends(3).says(&["m.parquet", "written as it was"]);
            assert!(place.read_bytes("out/m.parquet") == bytes);
            // What row 702 stands for goes only if that can be read.
            let z = place.read("out/z.jsonl");
            assert_eq!(z.is_empty(), column == 2, "{}", run.err);
            assert_eq!(place.read("gone.csv").lines().count(), if z.is_empty() { 2 } else { 1 });
            let [read, kept, gone] = account(&run);
            assert_eq!((read, read - kept, gone), (1202, u64::from(z.is_empty()), read - kept));
            place.run(&["dedup", "in", "-o", "none", "--strict"]).ends(1);
            assert!(!place.path().join("none").exists());
        }
    }
}
