//! Parquet files that lie: about their rows, about where their pages are, and how much is in them.

use crate::support::cli::{Place, Run, line};
use crate::support::news::{Numbers, text};
use parquet::basic::{Compression, Encoding};
use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::file::properties::{WriterProperties, WriterVersion};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use std::sync::Arc;

const ROWS: usize = 40;

/// Rows of articles, as the program writes them, to be read by their column `source`.
fn written() -> Vec<u8> {
    let place = Place::new();
    let some = (0..ROWS as u64).map(|n| line(&format!("id {n}"), &text(n % 30, 9)));
    place.write("ferry boats.jsonl", some.collect::<String>());
    place.cluster(&["ferry boats.jsonl", "--assignments", "rows.parquet"]).ends(0);
    place.read_bytes("rows.parquet")
}

/// The same column in another encoding, in pages of either version, half of it null.
fn encoded(encoding: Encoding, version: WriterVersion, codec: Compression) -> Vec<u8> {
    let schema = parse_message_type("message rows { optional binary source (UTF8); }").unwrap();
    let properties = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_encoding(encoding)
        .set_compression(codec)
        .set_writer_version(version)
        .build();
    let (schema, properties) = (Arc::new(schema), Arc::new(properties));
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, properties).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let values = (0..ROWS / 2).map(|n| ByteArray::from(&*format!("Ferry boat {n} was late again")));
    let defined: Vec<i16> = (0..ROWS).map(|n| (n % 2) as i16).collect();
    let values: Vec<ByteArray> = values.collect();
    column.typed::<ByteArrayType>().write_batch(&values, Some(&defined), None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    writer.into_inner().unwrap()
}

fn all_kinds() -> Vec<Vec<u8>> {
    use Encoding::{DELTA_BYTE_ARRAY, DELTA_LENGTH_BYTE_ARRAY, PLAIN};
    use WriterVersion::{PARQUET_1_0, PARQUET_2_0};
    let mut kinds = vec![written()];
    for encoding in [PLAIN, DELTA_BYTE_ARRAY, DELTA_LENGTH_BYTE_ARRAY] {
        let of = |version| encoded(encoding, version, Compression::SNAPPY);
        kinds.extend([PARQUET_1_0, PARQUET_2_0].map(of));
    }
    kinds
}

/// Reads files beside two copies, in one run and within bounds.
fn read(files: impl Iterator<Item = Vec<u8>>) -> Run {
    let place = Place::new();
    place.write("in/sound.jsonl", "{\"source\":\"late\"}\n{\"source\":\"Late!\"}\n");
    for (n, bytes) in files.enumerate() {
        place.write(&format!("in/{n:05}.parquet"), bytes);
    }
    let args = ["cluster", "--threads", "2", "--match", "exact", "--text-field", "source", "in"];
    let run = place.run_within(ROOM, crate::SECONDS, &args);
    assert!([0, 3].contains(&run.code), "{}", run.err);
    run
}

/// More than elsewhere: a page is to be unpacked as a whole, and may say that it takes 2 GiB. Only what
/// is there is written to.
const ROOM: u32 = 6 << 10;

#[test]
fn every_kind_is_read_when_it_is_sound() {
    let run = read(all_kinds().into_iter()).ends(0);
    let rows = ROWS as u64;
    assert_eq!(run.account().records, 7 * rows + 2);
    assert_eq!(run.account().reasons, [("text field is not a string".to_owned(), 3 * rows)].into());
}

/// Bytes are changed at random, and each of the end of the file, which says where all the rest is.
#[test]
fn every_byte_may_lie() {
    let mut numbers = Numbers(3);
    for (n, sound) in all_kinds().into_iter().enumerate() {
        let [.., a, b, c, d, _, _, _, _] = *sound else { panic!("a short file") };
        let end = u32::from_le_bytes([a, b, c, d]) as usize + 8;
        // The end of one kind as a whole, with the lengths that stand last.
        let each = if n == 1 { sound.len() - end..sound.len() } else { 0..0 };
        let places = each.chain((0..300).map(|_| numbers.below(sound.len())).collect::<Vec<_>>());
        let changed = places.map(|at| {
            let mut file = sound.clone();
            file[at] = [0, 0x7F, 0xFF, sound[at] ^ 0x80, sound[at] ^ 1][at % 5];
            file
        });
        let run = read(changed).ends(3);
        assert!(run.account().clustered >= 2, "{}", run.err);
    }
}

/// Files that break off, and ends that claim to be longer than the file.
#[test]
fn every_length_may_lie() {
    let sound = encoded(Encoding::PLAIN, WriterVersion::PARQUET_1_0, Compression::SNAPPY);
    let cut = (8..sound.len()).step_by(3).map(|length| sound[..length].to_vec());
    read(cut).ends(3).counts([2, 2, 1, 0], &[]);
    let claims = [0, 1, 7, 1 << 20, u32::MAX / 2, u32::MAX].map(|claim: u32| {
        let at = sound.len() - 8;
        [&sound[..at], &claim.to_le_bytes(), b"PAR1"].concat()
    });
    read(claims.into_iter()).ends(3).counts([2, 2, 1, 0], &[]);
}

/// Three kilobytes that claim two billion strings: no room is made for them.
#[test]
fn numbers_of_values_may_lie() {
    use Encoding::{DELTA_BYTE_ARRAY, DELTA_LENGTH_BYTE_ARRAY};
    for encoding in [DELTA_BYTE_ARRAY, DELTA_LENGTH_BYTE_ARRAY] {
        for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
            let mut file = encoded(encoding, version, Compression::UNCOMPRESSED);
            // 128 to a block, four parts of it, 20 in all.
            let head = [0x80, 1, 4, ROWS as u8 / 2];
            let at = file.windows(4).position(|four| four == head).unwrap() + 3;
            file[at..at + 5].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0xFF, 7]);
            let run = read([file].into_iter()).ends(3).says(&["claims to hold 2147483647 values"]);
            run.counts([42, 2, 1, 0], &[("cut off or damaged", 40)]);
        }
    }
}

/// Numbers that nobody knows are passed over to the end of the file, and no further.
#[test]
fn lists_end_with_the_file() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus/parquet/list_behind_the_end");
    // The first byte is the fuzzer's.
    let file = std::fs::read(path).unwrap().split_off(1);
    let place = Place::new();
    for n in 0..20 {
        place.write(&format!("in/{n}.parquet"), &file);
    }
    let run = place.run_within(ROOM, crate::SECONDS, &["cluster", "--match", "exact", "in"]);
    run.ends(3).counts([60, 0, 0, 0], &[("cut off or damaged", 60)]);
}
