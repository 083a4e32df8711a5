//! Labels of articles, as people give them.

use csv::Writer;
use retold::config::Level;
use retold::eval::Labels;

/// A table of labels, whose delimiter and level the first byte chooses.
pub fn labels(bytes: &[u8]) {
    let Some((choice, bytes)) = bytes.split_first() else { return };
    let delimiter = if choice & 1 == 0 { b'\t' } else { b',' };
    let level = [Level::Exact, Level::Near, Level::Story][usize::from(choice >> 1) % 3];
    let labels = match Labels::read(bytes, delimiter, level) {
        Ok(labels) => labels,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    // With tabs, each line that is not blank is a row.
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let lines = bytes.split(|byte| matches!(byte, b'\r' | b'\n')).filter(|line| !line.is_empty());
    let rows = if delimiter == b'\t' { Some(lines.count() - 1) } else { None };
    match &labels {
        Labels::Groups(levels) => {
            assert!(!levels.is_empty());
            for (of, groups) in levels {
                assert!(*of <= level && rows.is_none_or(|rows| rows == groups.len()));
                let cells = groups.iter().map(|(id, group)| [&**id, group]);
                let alone = Labels::Groups(vec![(*of, groups.clone())]);
                assert_eq!(written(["id", "cluster"], cells, *of), alone);
            }
        }
        Labels::Pairs(pairs) => {
            assert!(rows.is_none_or(|rows| rows == pairs.len()));
            let cells = pairs.iter().map(|(a, b, one)| [&**a, b, if *one { "1" } else { "0" }]);
            assert_eq!(written(["id_a", "id_b", "label"], cells, level), labels);
        }
    }
}

/// What a table of these rows says, quoted where needed.
fn written<'a, const N: usize>(
    header: [&str; N],
    rows: impl Iterator<Item = [&'a str; N]>,
    level: Level,
) -> Labels {
    let mut table = Writer::from_writer(Vec::new());
    table.write_record(header).expect("memory takes all");
    rows.for_each(|row| table.write_record(row).expect("memory takes all"));
    let table = table.into_inner().expect("memory takes all");
    Labels::read(&table[..], b',', level).expect("a table of labels")
}
