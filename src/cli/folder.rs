//! An output folder that appears whole or not at all.

use anyhow::{Context, Result, bail};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A folder that is filled beside its place under another name, then moved there. It is removed again
/// unless it is completed.
#[derive(Debug)]
pub(super) struct Folder {
    place: PathBuf,
    partial: PathBuf,
    completed: bool,
}

impl Folder {
    /// Checks that a folder can be made at `place`, where nothing may be but an empty folder.
    pub(super) fn open(place: &Path) -> Result<Folder> {
        let cannot = || format!("cannot write to the folder {}", place.display());
        let place = normal(place).with_context(cannot)?;
        match fs::read_dir(&place) {
            Ok(mut entries) => {
                if entries.next().is_some() {
                    bail!(
                        "the folder {} is not empty: name a new one, nothing is written over",
                        place.display()
                    );
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(cannot),
        }
        let name = place.file_name().context("it has no name").with_context(cannot)?;
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{}.partial", std::process::id()));
        let partial = place.with_file_name(hidden);
        // Tried and removed: where it lies in a folder that is itself an input it must not be found.
        fs::create_dir(&partial).and_then(|()| fs::remove_dir(&partial)).with_context(cannot)?;
        Ok(Folder { place, partial, completed: false })
    }

    /// The place of a file in it, with the folders above it.
    pub(super) fn file(&self, below: &Path) -> io::Result<PathBuf> {
        let file = self.partial.join(below);
        fs::create_dir_all(file.parent().unwrap_or(&self.partial))?;
        Ok(file)
    }

    /// Puts it in its place.
    pub(super) fn complete(mut self) -> Result<()> {
        let cannot = || format!("cannot write to the folder {}", self.place.display());
        // Without any file too.
        fs::create_dir_all(&self.partial).with_context(cannot)?;
        if self.place.exists() {
            // It is empty, or this fails.
            fs::remove_dir(&self.place).with_context(cannot)?;
        }
        fs::rename(&self.partial, &self.place).with_context(cannot)?;
        self.completed = true;
        Ok(())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.completed {
            // Nothing more can be done about a folder that cannot be removed.
            let _ = fs::remove_dir_all(&self.partial);
        }
    }
}

/// The path with a name at its end: `.` and `a/..` have none.
fn normal(place: &Path) -> io::Result<PathBuf> {
    if place.file_name().is_some() { Ok(place.to_owned()) } else { place.canonicalize() }
}
