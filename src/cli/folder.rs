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
    unfinished: Option<Unfinished>,
}

impl Folder {
    /// Checks that a folder can be made at `place`, where nothing may be but an empty folder.
    pub(super) fn open(place: &Path) -> Result<Folder> {
        let cannot = || format!("cannot write to the folder {}", place.display());
        if place.is_symlink() && !place.exists() {
            bail!("the folder {} is a link that leads nowhere", place.display());
        }
        // What is there is called by its own name, where a link leads to it too.
        let place = if place.exists() { place.canonicalize() } else { Ok(place.to_owned()) };
        let place = place.with_context(cannot)?;
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
        let make = |path: &Path| fs::create_dir(path);
        let (unfinished, ()) = Unfinished::beside(&place, make).with_context(cannot)?;
        if place.exists() {
            // Where it cannot be replaced, a mount point say, this is known now.
            replace(unfinished, &place).with_context(cannot)?;
        } else {
            drop(unfinished);
        }
        Ok(Folder { place, unfinished: None })
    }

    /// Where it will be.
    pub(super) fn place(&self) -> &Path {
        &self.place
    }

    /// Makes it, under another name. Not before the input is known: it may lie in a folder that is an
    /// input.
    pub(super) fn make(&mut self) -> Result<()> {
        let cannot = || format!("cannot write to the folder {}", self.place.display());
        let made = Unfinished::beside(&self.place, |path| fs::create_dir(path));
        self.unfinished = Some(made.with_context(cannot)?.0);
        Ok(())
    }

    /// The place of a file in it, with the folders above it, once it is made.
    pub(super) fn file(&self, below: &Path) -> io::Result<PathBuf> {
        let unfinished = self.unfinished.as_ref().ok_or(io::ErrorKind::NotFound)?;
        let file = unfinished.path().join(below);
        unfinished.make_folder(file.parent().unwrap_or(unfinished.path()))?;
        Ok(file)
    }

    /// Puts it in its place.
    pub(super) fn complete(self) -> Result<()> {
        let cannot = || format!("cannot write to the folder {}", self.place.display());
        let Some(unfinished) = self.unfinished else { return Ok(()) };
        replace(unfinished, &self.place).with_context(cannot)
    }
}

/// Puts a folder in a place where nothing is, or an empty folder.
fn replace(unfinished: Unfinished, place: &Path) -> io::Result<()> {
    if cfg!(windows) && place.exists() {
        fs::remove_dir(place)?;
    }
    unfinished.finish(place)
}
