//! Input that can be read once, such as standard input, copied to where it can be read again.

use super::unfinished::Unfinished;
use anyhow::{Context, Result};
use retold::read::InputFile;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

/// Copies, which are removed when this is dropped.
#[derive(Debug)]
pub(super) struct Spool(#[expect(dead_code, reason = "held for its end")] Vec<Unfinished>);

/// The files with copies in `work_dir` in the place of standard input, pipes and devices: under the
/// names of the originals, so that nothing else shows. For commands that read their input twice.
///
/// # Errors
/// Standard input cannot be read, or the copy not be written. A pipe that cannot be opened stays, for
/// the reader to tell of.
pub(super) fn spooled(
    mut files: Vec<InputFile>,
    work_dir: &Path,
) -> Result<(Vec<InputFile>, Spool)> {
    let mut copies = Vec::new();
    for file in &mut files {
        let source: Box<dyn Read> = match &file.path {
            None => Box::new(io::stdin().lock()),
            Some(path) if file.is_read_once() => match File::open(path) {
                Ok(opened) => Box::new(opened),
                Err(_) => continue,
            },
            Some(_) => continue,
        };
        let cannot = || format!("cannot copy {} to {}", file.name, work_dir.display());
        let copy = copy(source, work_dir).with_context(cannot)?;
        file.path = Some(copy.path().to_owned());
        copies.push(copy);
    }
    Ok((files, Spool(copies)))
}

fn copy(mut source: Box<dyn Read>, work_dir: &Path) -> Result<Unfinished> {
    let make = |path: &Path| {
        let mut options = File::options();
        // Folders for temporary files are everybody's.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.write(true).create_new(true).open(path)
    };
    let (copy, mut file) = Unfinished::beside(&work_dir.join("retold-input"), make)?;
    io::copy(&mut source, &mut file)?;
    file.flush()?;
    Ok(copy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_stay_and_what_is_read_once_is_copied() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        std::fs::write(&path, "rain").unwrap();
        let named = |path: &Path| InputFile { path: Some(path.to_owned()), name: "a".into() };
        let files = vec![named(&path), named(&folder.path().join("gone"))];
        let (same, _) = spooled(files.clone(), folder.path()).unwrap();
        assert_eq!(same, files);
        if cfg!(unix) {
            let (copied, spool) =
                spooled(vec![named(Path::new("/dev/null"))], folder.path()).unwrap();
            let copy = copied[0].path.clone().unwrap();
            assert!(copy.starts_with(folder.path()) && &*copied[0].name == "a");
            assert_eq!(std::fs::read(&copy).unwrap(), b"");
            drop(spool);
            assert!(!copy.exists());
        }
    }
}
