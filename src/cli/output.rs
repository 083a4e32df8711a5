//! Output files that appear whole or not at all, and are tried before the work starts.

use super::unfinished::Unfinished;
use anyhow::{Context, Result, bail};
use retold::read::InputFile;
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
    File(PathBuf),
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
        // Tried and removed: in a folder that is itself an input it must not be found.
        drop(Unfinished::beside(path, |path| File::create_new(path)).with_context(cannot)?);
        Ok(Output::File(path.to_owned()))
    }

    /// Opens an output for a page, named by an option.
    pub(super) fn open_page(option: &str, path: &Path) -> Result<Output> {
        if path.as_os_str() != "-" && !matches!(kind(path).as_deref(), Some("html" | "htm")) {
            bail!("{option} {}: name it .html", path.display());
        }
        Output::open(path)
    }

    /// Whether what is written to `path` would end in the same place.
    pub(super) fn is_at(&self, path: &Path) -> bool {
        let place = |path: &Path| {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok();
            (folder, path.file_name().map(ToOwned::to_owned))
        };
        match self {
            Output::Stdout => path.as_os_str() == "-",
            Output::Direct(_) => false,
            Output::File(own) => place(own) == place(path),
        }
    }

    /// Fails if the output would lie in a folder.
    pub(super) fn refuse_in(&self, folder: &Path) -> Result<()> {
        let Output::File(place) = self else { return Ok(()) };
        let above = place.parent().filter(|above| !above.as_os_str().is_empty());
        let above = above.unwrap_or(Path::new(".")).canonicalize();
        if above.is_ok_and(|above| above.starts_with(folder)) {
            bail!("{} lies in {}: name a file elsewhere", place.display(), folder.display());
        }
        Ok(())
    }

    /// Fails if the output would take the place of one of the files to read.
    pub(super) fn refuse_to_replace(&self, files: &[InputFile]) -> Result<()> {
        let Output::File(place) = self else { return Ok(()) };
        let Ok(place) = place.canonicalize() else { return Ok(()) };
        for file in files {
            let input = file.path.as_ref().and_then(|path| path.canonicalize().ok());
            if input.as_ref() == Some(&place) {
                bail!("{} is an input: name another file to write to", file.name);
            }
        }
        Ok(())
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
            Output::File(path) => {
                let cannot = || format!("cannot write {}", path.display());
                let unfinished = Unfinished::beside(&path, |path| File::create_new(path));
                let (unfinished, mut file) = unfinished.with_context(cannot)?;
                buffered(&mut file).with_context(cannot)?;
                file.sync_all().with_context(cannot)?;
                unfinished.finish(&path).with_context(cannot)
            }
        }
    }
}

/// What the name's ending says a file holds.
pub(super) fn kind(path: &Path) -> Option<String> {
    path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase())
}
