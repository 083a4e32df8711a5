//! Output files that appear whole or not at all, and are tried before the work starts.

use anyhow::{Context, Result};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Where a result goes.
#[derive(Debug)]
pub(super) enum Output {
    /// Standard output.
    Stdout,
    /// A pipe or device, written as it is.
    Direct(File),
    /// A file: written beside its place under another name, then moved there.
    File {
        /// Its place.
        path: PathBuf,
        /// Its name until it is complete.
        partial: Partial,
    },
}

/// A file that is removed again unless it is completed.
#[derive(Debug)]
pub(super) struct Partial {
    path: PathBuf,
    file: File,
    completed: bool,
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.completed {
            // Nothing more can be done about a file that cannot be removed.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

impl Output {
    /// Opens an output; `-` is standard output. Fails now rather than after hours of work.
    pub(super) fn open(path: &Path) -> Result<Output> {
        let cannot = || format!("cannot write {}", path.display());
        if path.as_os_str() == "-" {
            return Ok(Output::Stdout);
        }
        match std::fs::metadata(path) {
            Ok(found) if found.is_dir() => {
                return Err(anyhow::anyhow!("it is a directory: name a file")).with_context(cannot);
            }
            Ok(found) if !found.is_file() => {
                let file = File::options().write(true).open(path).with_context(cannot)?;
                return Ok(Output::Direct(file));
            }
            // The file that is there stays as it is until the new one is complete.
            Ok(_) => drop(File::options().write(true).open(path).with_context(cannot)?),
            Err(_) => {}
        }
        let name = path.file_name().context("it has no file name").with_context(cannot)?;
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{}.partial", std::process::id()));
        let partial = path.with_file_name(hidden);
        let file = File::create(&partial).with_context(cannot)?;
        let partial = Partial { path: partial, file, completed: false };
        Ok(Output::File { path: path.to_owned(), partial })
    }

    /// Writes what `write` writes, and puts the file in its place.
    pub(super) fn write(self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
        let buffered = |out: &mut dyn Write| -> io::Result<()> {
            let mut out = BufWriter::with_capacity(1 << 16, out);
            write(&mut out)?;
            out.flush()
        };
        match self {
            Output::Stdout => buffered(&mut io::stdout().lock()).context("standard output"),
            Output::Direct(mut file) => buffered(&mut file).context("output"),
            Output::File { path, mut partial } => {
                let cannot = || format!("cannot write {}", path.display());
                buffered(&mut partial.file).with_context(cannot)?;
                partial.file.sync_all().with_context(cannot)?;
                std::fs::rename(&partial.path, &path).with_context(cannot)?;
                partial.completed = true;
                Ok(())
            }
        }
    }
}
