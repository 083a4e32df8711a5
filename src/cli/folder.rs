//! An output folder that appears whole or not at all.

use super::unfinished::Unfinished;
use anyhow::{Context, Result, bail};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A place where a folder can be put.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

/// A folder that is filled beside its place under another name, then moved there.
#[derive(Debug)]
pub(super) struct Filling {
    place: PathBuf,
    unfinished: Unfinished,
}

fn cannot(place: &Path) -> String {
    format!("cannot write to the folder {}", place.display())
}

fn create(path: &Path) -> io::Result<()> {
    fs::create_dir(path)
}

impl Folder {
    /// Checks that a folder can be made at `place`, where nothing may be but an empty folder.
    pub(super) fn open(place: &Path) -> Result<Folder> {
        let cannot = || cannot(place);
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
        let (unfinished, ()) = Unfinished::beside(&place, create).with_context(cannot)?;
        if place.exists() {
            // Where it cannot be replaced, a mount point say, this is known now.
            replace(unfinished, &place).with_context(cannot)?;
        } else {
            drop(unfinished);
        }
        Ok(Folder(place))
    }

    /// Where it will be.
    pub(super) fn place(&self) -> &Path {
        &self.0
    }

    /// Makes it, under another name. Not before the input is known: it may lie in a folder that is an
    /// input.
    pub(super) fn make(self) -> Result<Filling> {
        let Folder(place) = self;
        let made = Unfinished::beside(&place, create).with_context(|| cannot(&place));
        Ok(Filling { unfinished: made?.0, place })
    }
}

impl Filling {
    /// Where it will be.
    pub(super) fn place(&self) -> &Path {
        &self.place
    }

    /// The place of a file in it, with the folders above it.
    pub(super) fn file(&self, below: &Path) -> io::Result<PathBuf> {
        let file = self.unfinished.path().join(below);
        self.unfinished.make_folder(file.parent().unwrap_or(self.unfinished.path()))?;
        Ok(file)
    }

    /// Puts it in its place.
    pub(super) fn complete(self) -> Result<()> {
        replace(self.unfinished, &self.place).with_context(|| cannot(&self.place))
    }
}

/// Puts a folder in a place where nothing is, or an empty folder.
fn replace(unfinished: Unfinished, place: &Path) -> io::Result<()> {
    if cfg!(windows) && place.exists() {
        fs::remove_dir(place)?;
    }
    unfinished.finish(place)
}
