//! Tables of separated values.

use super::packing::is_packed;
use super::{Account, cut, limit, may_lack_words};
use ::csv::{ByteRecord, QuoteStyle, ReaderBuilder, Terminator, WriterBuilder};
use retold::article::Article;
use retold::read::{Format, ReadOptions};

const COLUMNS: [&str; 5] = ["id", "text", "title", "url", "date"];

/// A table as it is, or one that is written with the rest as its fields, beside what the `csv` crate
/// reads in it. The first byte chooses, the second the limit.
pub fn csv(bytes: &[u8]) {
    let [choice, max_article, bytes @ ..] = bytes else { return };
    let tabs = choice & 1 == 1;
    let format = Some(if tabs { Format::Tsv } else { Format::Csv });
    let options =
        ReadOptions { format, max_article: limit(*max_article), ..ReadOptions::default() };
    if choice & 2 == 0 {
        return beside_csv(bytes, tabs, &options);
    }
    let fields: Vec<&[u8]> = bytes.split(|&byte| byte == 0).collect();
    let rows: Vec<ByteRecord> =
        fields.chunks_exact(COLUMNS.len()).map(|row| row.iter().collect()).collect();
    let table = write(&rows, *choice, if tabs { b'\t' } else { b',' });
    are_of(&rows, &Account::of("x", &table, &options), &options);
}

/// A table of those rows, quoted and ended in the way that the choice says.
fn write(rows: &[ByteRecord], choice: u8, delimiter: u8) -> Vec<u8> {
    let quoted = if choice & 4 == 0 { QuoteStyle::Necessary } else { QuoteStyle::Always };
    let ends = [Terminator::CRLF, Terminator::Any(b'\n'), Terminator::Any(b'\r')];
    let end = ends[usize::from(choice >> 3) % ends.len()];
    let mut writer = WriterBuilder::new()
        .delimiter(delimiter)
        .quote_style(quoted)
        .terminator(end)
        .from_writer(Vec::new());
    let header = ByteRecord::from(COLUMNS.to_vec());
    for row in std::iter::once(&header).chain(rows) {
        writer.write_byte_record(row).expect("memory takes all");
    }
    writer.into_inner().expect("memory takes all")
}

fn beside_csv(bytes: &[u8], tabs: bool, options: &ReadOptions) {
    let account = Account::of("x", bytes, options);
    if is_packed("x", bytes) {
        return;
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let first = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
    // A header that does not end in the bytes that are looked at first is no test of this.
    if first.len() > 4000 {
        return;
    }
    let tabs = tabs || (first.contains(&b'\t') && !first.contains(&b','));
    let blank = bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    let mut table = ReaderBuilder::new()
        .delimiter(if tabs { b'\t' } else { b',' })
        .flexible(true)
        .has_headers(false)
        .from_reader(&bytes[blank..]);
    let mut rows: Vec<ByteRecord> =
        table.byte_records().map(|row| row.expect("any bytes are rows")).collect();
    if rows.is_empty() {
        return assert_eq!((account.tally.records, &account.tally.troubles[..]), (0, &[][..]));
    }
    let header = rows.remove(0);
    let column = |name: &str| {
        header.iter().position(|column| String::from_utf8_lossy(column).trim() == name)
    };
    let columns = COLUMNS.map(column);
    if columns[1].is_none() {
        assert_eq!((account.tally.records, account.tally.troubles.len()), (0, 1));
        return;
    }
    // As they would be with the columns in our order; of a row that does not fit, no field.
    for row in &mut rows {
        let field = |column: Option<usize>| column.and_then(|at| row.get(at)).unwrap_or_default();
        let fits = row.len() == header.len();
        *row = if fits { columns.map(field).iter().collect() } else { ByteRecord::new() };
    }
    are_of(&rows, &account, options);
}

/// Checks that the rows gave these articles.
fn are_of(rows: &[ByteRecord], account: &Account, options: &ReadOptions) {
    assert_eq!(account.tally.records, rows.len() as u64);
    assert!(account.tally.troubles.is_empty());
    let mut articles = account.articles.iter().peekable();
    for (row, number) in rows.iter().zip(1..) {
        let mut fields = row.iter().map(String::from_utf8_lossy);
        let mut field = || fields.next().unwrap_or_default();
        let [id, text, title, url, date] = std::array::from_fn(|_| field());
        match articles.next_if(|article| article.source.record == number) {
            Some(article) => {
                assert_eq!(article.text, cut(&text, options));
                let Article { id: i, title: t, url: u, date: d, .. } = article;
                for (found, expected) in [(i, id), (t, title), (u, url), (d, date)] {
                    assert_eq!(found.as_deref().unwrap_or_default(), expected);
                }
            }
            None => assert!(may_lack_words(cut(&text, options))),
        }
    }
    assert_eq!(articles.next(), None);
}
