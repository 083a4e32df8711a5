//! Reading against the bare decoder of each format, on one thread each: `read_speed FILE.jsonl.zst`.
//!
//! Makes of the file's texts, in the system's folder for such, a WET-like dump (gzip, a member per
//! record), the same as zstd, JSON Lines in zstd, and a Parquet file in zstd. Then it prints for
//! each the speed of the bare decoder, of the reader alone (records cut out, none decoded), and of
//! both with articles made of all records, as one core would do it. CPU time of
//! all threads, the sum of seven rounds.
#![allow(clippy::print_stdout, reason = "it is for people")]

use retold::read::{InputFile, ReadOptions, read};
use std::error::Error;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

type Outcome<T> = Result<T, Box<dyn Error>>;

const ROUNDS: usize = 7;

fn main() -> Outcome<()> {
    let from = std::env::args_os().nth(1).ok_or("name a .jsonl.zst file with a field `text`")?;
    let folder = std::env::temp_dir().join("retold-read-speed");
    std::fs::create_dir_all(&folder)?;
    let mut texts = Vec::new();
    for line in zstd::decode_all(File::open(from)?)?.split(|&b| b == b'\n') {
        if !line.is_empty() {
            let value: serde_json::Value = serde_json::from_slice(line)?;
            texts.push(value["text"].as_str().unwrap_or("").to_owned());
        }
    }
    let wet = wet(&folder, &texts)?;
    row("WET, gzip member per record", &wet, |file| {
        drain(flate2::bufread::MultiGzDecoder::new(file))
    })?;
    let wet = pack(&folder.join("x.warc.zst"), unpacked(&wet)?.as_slice())?;
    row("WET, zstd", &wet, |file| drain(zstd::Decoder::with_buffer(file)?))?;
    let jsonl = jsonl(&folder, &texts)?;
    row("JSON Lines, zstd", &jsonl, |file| drain(zstd::Decoder::with_buffer(file)?))?;
    #[cfg(feature = "parquet")]
    {
        let path = parquet::write(&folder, &texts)?;
        row("Parquet, zstd", &path, |_| parquet::drain(&path))?;
    }
    Ok(())
}

/// Measures one file: the three times, the rates, and the ratios to the bare decoder.
fn row(what: &str, path: &Path, bare: impl Fn(BufReader<File>) -> Outcome<u64>) -> Outcome<()> {
    let options = ReadOptions::default();
    let files =
        [InputFile { path: Some(path.to_owned()), name: path.to_string_lossy().as_ref().into() }];
    let (mut bytes, mut articles) = (0, 0);
    let mut times = [Duration::ZERO; 3];
    // In turn, so that a change of the machine's speed meets all three alike.
    for _ in 0..ROUNDS {
        let start = cpu_time()?;
        bytes = bare(BufReader::with_capacity(128 << 10, File::open(path)?))?;
        let bare = cpu_time()?;
        read(&files, &options, 1, |_| true);
        let reader = cpu_time()?;
        articles = 0;
        read(&files, &options, 1, |batch| {
            for record in &batch.records {
                articles += u64::from(batch.decode(record, &options).is_ok());
            }
            true
        });
        let end = cpu_time()?;
        for (time, took) in times.iter_mut().zip([bare - start, reader - bare, end - reader]) {
            *time += took;
        }
    }
    bytes *= ROUNDS as u64;
    let rate = |time: Duration| bytes as f64 / 1e6 / time.as_secs_f64();
    let ratio = |time: Duration| times[0].as_secs_f64() / time.as_secs_f64();
    println!(
        "{what}: {articles} articles, {} MB; bare decoder {:.0} MB/s; reader {:.0} MB/s ({:.2}); with articles made, one core {:.0} MB/s ({:.2})",
        bytes / ROUNDS as u64 / 1_000_000,
        rate(times[0]),
        rate(times[1]),
        ratio(times[1]),
        rate(times[2]),
        ratio(times[2]),
    );
    Ok(())
}

/// CPU time of all threads of this process so far, in steps of 10 ms; Linux has it in a file.
fn cpu_time() -> Outcome<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields = stat.rsplit(')').next().unwrap_or("").split_whitespace();
    let ticks: u64 = fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Ok(Duration::from_millis(10 * ticks))
}

fn drain(mut from: impl Read) -> Outcome<u64> {
    let mut buffer = vec![0; 128 << 10];
    let mut total = 0;
    loop {
        match from.read(&mut buffer)? {
            0 => return Ok(total),
            read => total += read as u64,
        }
    }
}

fn wet(folder: &Path, texts: &[String]) -> Outcome<PathBuf> {
    let path = folder.join("x.wet.gz");
    let mut out = BufWriter::new(File::create(&path)?);
    for (number, text) in texts.iter().enumerate() {
        let length = text.len();
        let record = format!(
            "WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: https://films.example/review/{number}\r\nWARC-Date: 2026-01-02T03:04:05Z\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012}>\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n{text}\r\n\r\n"
        );
        let mut member = flate2::write::GzEncoder::new(&mut out, flate2::Compression::default());
        member.write_all(record.as_bytes())?;
        member.finish()?;
    }
    out.flush()?;
    Ok(path)
}

fn unpacked(path: &Path) -> Outcome<Vec<u8>> {
    let mut out = Vec::new();
    flate2::bufread::MultiGzDecoder::new(BufReader::new(File::open(path)?))
        .read_to_end(&mut out)?;
    Ok(out)
}

fn pack(path: &Path, bytes: &[u8]) -> Outcome<PathBuf> {
    std::fs::write(path, zstd::encode_all(bytes, 3)?)?;
    Ok(path.to_owned())
}

fn jsonl(folder: &Path, texts: &[String]) -> Outcome<PathBuf> {
    let mut out = Vec::new();
    for (number, text) in texts.iter().enumerate() {
        let line = serde_json::json!({"id": number, "url": format!("https://films.example/review/{number}"), "text": text});
        serde_json::to_writer(&mut out, &line)?;
        out.push(b'\n');
    }
    pack(&folder.join("x.jsonl.zst"), &out)
}

#[cfg(feature = "parquet")]
mod parquet {
    use super::Outcome;
    use ::parquet::basic::{Compression, ZstdLevel};
    use ::parquet::column::reader::ColumnReader;
    use ::parquet::data_type::{ByteArray, ByteArrayType};
    use ::parquet::file::properties::WriterProperties;
    use ::parquet::file::reader::{FileReader, SerializedFileReader};
    use ::parquet::file::writer::SerializedFileWriter;
    use ::parquet::schema::parser::parse_message_type;
    use std::fs::File;
    use std::path::{Path, PathBuf};
    use std::sync::Arc;

    /// Row groups of 20,000 texts and addresses.
    pub(super) fn write(folder: &Path, texts: &[String]) -> Outcome<PathBuf> {
        let path = folder.join("x.parquet");
        let schema = parse_message_type(
            "message x { required binary url (UTF8); required binary text (UTF8); }",
        )?;
        let codec = Compression::ZSTD(ZstdLevel::try_new(3)?);
        let properties = WriterProperties::builder().set_compression(codec).build();
        let mut writer = SerializedFileWriter::new(
            File::create(&path)?,
            Arc::new(schema),
            Arc::new(properties),
        )?;
        for (group, texts) in texts.chunks(20_000).enumerate() {
            let urls = (0..texts.len())
                .map(|n| format!("https://films.example/review/{group}/{n}").into_bytes().into());
            let urls: Vec<ByteArray> = urls.collect();
            let texts: Vec<ByteArray> = texts.iter().map(|text| text.as_str().into()).collect();
            let mut rows = writer.next_row_group()?;
            for values in [urls, texts] {
                if let Some(mut column) = rows.next_column()? {
                    column.typed::<ByteArrayType>().write_batch(&values, None, None)?;
                    column.close()?;
                }
            }
            rows.close()?;
        }
        writer.close()?;
        Ok(path)
    }

    /// Reads both columns to their end with the crate alone; bytes of values.
    pub(super) fn drain(path: &Path) -> Outcome<u64> {
        let reader = SerializedFileReader::new(File::open(path)?)?;
        let mut total = 0;
        for group in 0..reader.num_row_groups() {
            let group = reader.get_row_group(group)?;
            for column in 0..2 {
                if let ColumnReader::ByteArrayColumnReader(mut column) =
                    group.get_column_reader(column)?
                {
                    let mut values = Vec::new();
                    while column.read_records(256, None, None, &mut values)?.0 > 0 {
                        total += values.drain(..).map(|value| value.len() as u64).sum::<u64>();
                    }
                }
            }
        }
        Ok(total)
    }
}
