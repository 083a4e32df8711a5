//! Names on the command line to the list of files to read.

use super::tally::Trouble;
use crate::system::is_out_of_files;
use ahash::AHashSet;
use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use walkdir::WalkDir;

/// A file to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputFile {
    /// Where it is; `None`: standard input.
    pub path: Option<PathBuf>,
    /// Its path as it was named, `/`-joined: the article's source, and its id where it has no other.
    pub name: Arc<str>,
}

impl InputFile {
    /// Whether something of it can be read.
    pub(crate) fn can_be_read(&self) -> bool {
        let read = |path| std::fs::File::open(path)?.read(&mut [0]);
        self.path.as_ref().is_some_and(|path| read(path).is_ok())
    }

    /// Whether what was read of it is gone: standard input, a pipe or a device.
    #[must_use]
    pub fn is_read_once(&self) -> bool {
        let metadata = |path: &PathBuf| std::fs::metadata(path);
        self.path.as_ref().is_none_or(|path| {
            metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
        })
    }
}

/// The files that `inputs` name, in order of their names, whatever the order of `inputs`: files,
/// directories with everything below them (hidden and git-ignored files too), and `-`.
///
/// Symbolic links are followed, and a file that is reached twice is read once, under the first of
/// its names: a link is no second article, and a loop of links ends. What cannot be entered comes
/// back as trouble. Cost: one `realpath` a file.
///
/// # Errors
/// The system opens no more files: nobody knows what was not found.
pub fn expand(inputs: &[PathBuf]) -> io::Result<(Vec<InputFile>, Vec<Trouble>)> {
    let (mut files, mut troubles) = (Vec::new(), Vec::new());
    for input in inputs {
        if input.as_os_str() == "-" {
            files.push(InputFile { path: None, name: "-".into() });
            continue;
        }
        // A file that is named outright is read whatever it is, a pipe for instance.
        let named_outright = !input.is_dir();
        for entry in WalkDir::new(input).follow_links(true).sort_by_file_name() {
            match entry {
                Ok(entry) if named_outright || entry.file_type().is_file() => {
                    let name = slashed(entry.path());
                    files.push(InputFile { path: Some(entry.into_path()), name });
                }
                Ok(_) => {}
                Err(error) if error.loop_ancestor().is_some() => {}
                Err(error) if error.io_error().is_some_and(is_out_of_files) => {
                    return Err(error.into());
                }
                Err(error) => {
                    let path = slashed(error.path().unwrap_or(input));
                    let message =
                        error.io_error().map_or_else(|| error.to_string(), io::Error::to_string);
                    troubles.push(Trouble { path, message });
                }
            }
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    let mut seen = AHashSet::new();
    files.retain(|file| {
        let real = file.path.as_ref().and_then(|path| path.canonicalize().ok());
        seen.insert(real.or_else(|| file.path.clone()))
    });
    troubles.sort();
    Ok((files, troubles))
}

/// The paths in a list, one a line, as crawls publish them; blank lines count for nothing.
/// `-` is standard input.
///
/// # Errors
/// The list cannot be read, or is not UTF-8.
pub fn paths_from(list: &Path) -> io::Result<Vec<PathBuf>> {
    let input: Box<dyn Read> = if list.as_os_str() == "-" {
        Box::new(io::stdin())
    } else {
        Box::new(std::fs::File::open(list)?)
    };
    let mut paths = Vec::new();
    for line in io::BufReader::new(input).lines() {
        let line = line?;
        let line = line.trim_end_matches('\r');
        if !line.is_empty() {
            paths.push(PathBuf::from(line));
        }
    }
    Ok(paths)
}

fn slashed(path: &Path) -> Arc<str> {
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' {
        text.into()
    } else {
        text.replace(std::path::MAIN_SEPARATOR, "/").into()
    }
}
