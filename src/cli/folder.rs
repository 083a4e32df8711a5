//! An output folder that appears whole or not at all.

use super::unfinished::Unfinished;
use anyhow::{Context, Result, bail};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A folder that is filled beside its place under another name, then moved there.
#[derive(Debug)]
pub(super) struct Folder {
    place: PathBuf,
    unfinished: Unfinished,
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
        let unfinished = Unfinished::beside(&place).with_context(cannot)?;
        // Tried and removed: where it lies in a folder that is itself an input it must not be found.
        let path = unfinished.path();
        fs::create_dir(path).and_then(|()| fs::remove_dir(path)).with_context(cannot)?;
        Ok(Folder { place, unfinished })
    }

    /// The place of a file in it, with the folders above it.
    pub(super) fn file(&self, below: &Path) -> io::Result<PathBuf> {
        let file = self.unfinished.path().join(below);
        self.unfinished.make_folder(file.parent().unwrap_or(self.unfinished.path()))?;
        Ok(file)
    }

    /// Puts it in its place.
    pub(super) fn complete(self) -> Result<()> {
        let cannot = || format!("cannot write to the folder {}", self.place.display());
        // Without any file too.
        self.unfinished.make_folder(self.unfinished.path()).with_context(cannot)?;
        if self.place.exists() {
            // It is empty, or this fails.
            fs::remove_dir(&self.place).with_context(cannot)?;
        }
        self.unfinished.finish(&self.place).with_context(cannot)
    }
}

/// The path with a name at its end: `.` and `a/..` have none.
fn normal(place: &Path) -> io::Result<PathBuf> {
    if place.file_name().is_some() { Ok(place.to_owned()) } else { place.canonicalize() }
}
