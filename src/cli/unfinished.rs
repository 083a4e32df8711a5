//! Files and folders that are removed again unless they are finished, however the program ends: by
//! itself, by an error, or by a signal.

use super::say;
use anyhow::{Context, Result};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::Duration;

/// All that are there now. Whoever holds the lock keeps others from finishing one.
static ALL: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn all() -> MutexGuard<'static, Vec<PathBuf>> {
    ALL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The path of something unfinished.
#[derive(Debug)]
pub(super) struct Unfinished(PathBuf);

impl Unfinished {
    /// A hidden name beside `place`, of which nothing is there yet.
    pub(super) fn beside(place: &Path) -> Result<Unfinished> {
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(place.file_name().context("it has no file name")?);
        hidden.push(format!(".{}.partial", process::id()));
        Ok(Unfinished::at(place.with_file_name(hidden)))
    }

    /// What is, or will be, at a path, and is not to stay.
    pub(super) fn at(path: PathBuf) -> Unfinished {
        all().push(path.clone());
        Unfinished(path)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Makes a folder in it, unless the program is ending.
    pub(super) fn make_folder(&self, folder: &Path) -> io::Result<()> {
        let _not_ending = all();
        fs::create_dir_all(folder)
    }

    /// Puts it in its place.
    pub(super) fn finish(self, place: &Path) -> io::Result<()> {
        let mut all = all();
        fs::rename(&self.0, place)?;
        all.retain(|path| *path != self.0);
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let mut all = all();
        if all.contains(&self.0) {
            remove(&self.0);
            all.retain(|path| *path != self.0);
        }
    }
}

/// Nothing more can be done about what cannot be removed.
fn remove(path: &Path) {
    let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
}

/// Exit code of a program that is stopped by Ctrl-C, as shells have it.
const STOPPED: i32 = 130;

/// From now on Ctrl-C, and a request to end, remove what is unfinished and end the program.
pub(super) fn remove_when_stopped() {
    let stop = || {
        // Held to the end, so that nothing is put in its place any more.
        let all = all();
        for path in all.iter() {
            remove(path);
            // A thread may just have added a file to it.
            for _ in 0..20 {
                if !path.exists() {
                    break;
                }
                sleep(Duration::from_millis(10));
                remove(path);
            }
        }
        say(
            "\nretold: stopped; unfinished files are removed. To begin anew, run the same command again",
        );
        exit(STOPPED);
    };
    // Where signals cannot be caught they end the program as they always do.
    let _ = ctrlc::set_handler(stop);
}

#[allow(clippy::exit, reason = "a run may be in the middle of anything, and must end now")]
fn exit(code: i32) {
    process::exit(code);
}
