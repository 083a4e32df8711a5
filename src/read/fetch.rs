//! Articles of an earlier reading, read a second time.

use super::{InputFile, ReadOptions, Tally, read};
use crate::article::{Article, Source};
use ahash::AHashSet;
use std::collections::BTreeSet;

/// Reads the articles at `places` again, from the files among `files` that hold them, and calls
/// `visit` with each, on the calling thread, in no particular order.
///
/// What is not there any more, because a file vanished or changed, is passed over: whoever needs to
/// know which article it is has to look at it. Standard input has no second reading; give a copy
/// of it.
///
/// Returns the account of the readers. What it says of files that cannot be read was told when they
/// were read first; but for want of open files more is left out than that.
///
/// Cost: one reading with `readers` threads of the files that hold any, until the last is found;
/// nothing is decoded but what is wanted. Memory: that of [`read`], and the article that is visited.
#[must_use]
pub fn fetch(
    files: &[InputFile],
    options: &ReadOptions,
    readers: usize,
    places: impl IntoIterator<Item = Source>,
    mut visit: impl FnMut(Article),
) -> Tally {
    let mut missing: BTreeSet<Source> = places.into_iter().collect();
    let holding: AHashSet<&str> = missing.iter().map(|place| &*place.path).collect();
    let named = |file: &&InputFile| file.path.is_some() && holding.contains(&*file.name);
    let files: Vec<InputFile> = files.iter().filter(named).cloned().collect();
    read(&files, options, readers, |batch| {
        for record in &batch.records {
            if missing.remove(record.source())
                && let Ok(decoded) = batch.decode(record, options)
            {
                visit(decoded.article);
            }
        }
        !missing.is_empty()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn file(folder: &Path, name: &str, contents: &str) -> InputFile {
        let path = folder.join(name);
        std::fs::write(&path, contents).unwrap();
        InputFile { path: Some(path), name: name.into() }
    }

    fn texts(files: &[InputFile], places: &[(&str, u64)]) -> Vec<String> {
        let place = |&(path, record): &(&str, u64)| Source { path: path.into(), record };
        let mut found = Vec::new();
        let _ = fetch(files, &ReadOptions::default(), 2, places.iter().map(place), |article| {
            found.push(format!("{}: {}", article.source, article.text));
        });
        found.sort();
        found
    }

    #[test]
    fn only_what_is_wanted_is_read_and_what_is_gone_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let lines = "{\"text\":\"rain\"}\nno JSON\n{\"text\":\"snow\"}\n{\"text\":\"hail\"}\n";
        let mut files = vec![
            file(folder.path(), "a.jsonl", lines),
            file(folder.path(), "b.txt", "fog"),
            file(folder.path(), "c.txt", "dew"),
            InputFile { path: Some(folder.path().join("gone")), name: "gone".into() },
            InputFile { path: None, name: "-".into() },
        ];
        let places = [("a.jsonl", 3), ("a.jsonl", 2), ("a.jsonl", 9), ("b.txt", 0), ("gone", 0)];
        assert_eq!(texts(&files, &places), ["a.jsonl#3: snow", "b.txt: fog"]);
        assert!(texts(&files, &[("-", 0), ("d.txt", 0)]).is_empty());
        // The name of an article's source need not be that of the file.
        files[1].name = "-".into();
        assert_eq!(texts(&files, &[("-", 0)]), ["-: fog"]);
    }
}
