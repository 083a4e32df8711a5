//! Files and folders that are removed again unless they are finished, however the program ends: by
//! itself, by an error, or by a signal.

use anyhow::{Context, Result};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// All that are there now. Whoever holds the lock keeps others from finishing one.
static ALL: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn all() -> MutexGuard<'static, Vec<PathBuf>> {
    ALL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether what was done is saved, so that another run can go on.
static IS_SAVED: AtomicBool = AtomicBool::new(false);

/// Whether what is done from now on is saved.
pub(super) fn is_saved(saved: bool) {
    IS_SAVED.store(saved, Ordering::Relaxed);
}

/// The path of something unfinished, which this program has made.
#[derive(Debug)]
pub(super) struct Unfinished {
    path: PathBuf,
    /// Says that somebody works on it, as long as the program runs.
    lock: Option<File>,
}

/// What is at the end of a name, behind the number of the program and another.
const ENDING: &str = ".partial";

impl Unfinished {
    /// Makes a file or a folder by `make`, beside `place` under a hidden name that nothing has.
    pub(super) fn beside<T>(
        place: &Path,
        make: impl Fn(&Path) -> io::Result<T>,
    ) -> Result<(Unfinished, T)> {
        let name = place.file_name().context("it has no file name")?;
        remove_forsaken(place, name);
        for number in 0_u32.. {
            let mut hidden = std::ffi::OsString::from(".");
            hidden.push(name);
            // In containers all programs have one number.
            hidden.push(format!(".{}-{number}{ENDING}", process::id()));
            let path = place.with_file_name(hidden);
            let mut all = all();
            match make(&path) {
                Ok(made) => {
                    all.push(path.clone());
                    let lock = lock(&path);
                    return Ok((Unfinished { path, lock }, made));
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error.into()),
            }
        }
        anyhow::bail!("no name is left for it")
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes a folder in it, unless the program is ending.
    pub(super) fn make_folder(&self, folder: &Path) -> io::Result<()> {
        let _not_ending = all();
        fs::create_dir_all(folder)
    }

    /// Puts it in its place.
    pub(super) fn finish(self, place: &Path) -> io::Result<()> {
        let mut all = all();
        fs::rename(&self.path, place)?;
        all.retain(|path| *path != self.path);
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let mut all = all();
        if all.contains(&self.path) {
            // There may be no more open files than this one.
            drop(self.lock.take());
            remove(&self.path);
            all.retain(|path| *path != self.path);
        }
    }
}

/// The right to a file or a folder, if nobody has it.
fn lock(path: &Path) -> Option<File> {
    // Elsewhere others could not read what is locked, and folders cannot be.
    let file = File::open(path).ok().filter(|_| cfg!(unix))?;
    file.try_lock().is_ok().then_some(file)
}

/// Removes what programs that were killed have left beside a place. It is nobody's matter if that
/// cannot be done.
fn remove_forsaken(place: &Path, name: &OsStr) {
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty());
    let Ok(entries) = fs::read_dir(folder.unwrap_or(Path::new("."))) else { return };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_unfinished = |other: &OsStr| {
        let other = other.as_encoded_bytes().strip_prefix(b".");
        let rest = other.and_then(|other| other.strip_prefix(name.as_encoded_bytes()));
        let numbers = rest.and_then(|rest| str::from_utf8(rest).ok()?.strip_prefix('.'));
        let numbers = numbers.and_then(|numbers| numbers.strip_suffix(ENDING)?.split_once('-'));
        numbers.is_some_and(|(program, number)| is_number(program) && is_number(number))
    };
    for entry in entries.flatten().filter(|entry| is_unfinished(&entry.file_name())) {
        if lock(&entry.path()).is_some() {
            remove(&entry.path());
        }
    }
}

/// Nothing more can be done about what cannot be removed.
fn remove(path: &Path) {
    let is_folder = fs::symlink_metadata(path).is_ok_and(|found| found.is_dir());
    let _ = if is_folder { remove_folder(path) } else { fs::remove_file(path) };
}

/// Removes a folder with all that is in it. Only one folder is open at a time: there may be no more.
fn remove_folder(path: &Path) -> io::Result<()> {
    let entries: Vec<PathBuf> =
        fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    entries.iter().for_each(|entry| remove(entry));
    fs::remove_dir(path)
}

/// From now on Ctrl-C, and a request to end, remove what is unfinished and end the program.
#[cfg(unix)]
pub(super) fn remove_when_stopped() {
    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    // What whoever started the program wants it to ignore, as for one in the background.
    let ignored = ignored_signals();
    let wanted = [SIGINT, SIGTERM].into_iter().filter(|signal| ignored & (1 << (signal - 1)) == 0);
    // Where signals cannot be caught they end the program as they always do.
    let Ok(mut signals) = Signals::new(wanted) else { return };
    std::thread::spawn(move || {
        if signals.forever().next().is_some() {
            std::thread::spawn(stop);
            // Who asks again wants no more cleaning.
            signals.forever().next();
            exit();
        }
    });
}

/// Elsewhere Ctrl-C ends the program as it always does.
#[cfg(not(unix))]
pub(super) fn remove_when_stopped() {}

/// The signals that are ignored, a bit each, as Linux tells; none where it cannot be told.
#[cfg(unix)]
fn ignored_signals() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let set = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    set.and_then(|set| u64::from_str_radix(set.trim(), 16).ok()).unwrap_or(0)
}

#[cfg(unix)]
fn stop() {
    use std::thread::{sleep, spawn};
    use std::time::Duration;

    /// Time for the message, which nobody may be reading.
    const FOR_THE_MESSAGE: Duration = Duration::from_millis(200);

    let said = spawn(|| {
        let how = if IS_SAVED.load(Ordering::Relaxed) {
            "To go on, run the same command with --resume"
        } else {
            "To begin anew, run the same command again"
        };
        // Behind the ^C that a terminal shows.
        super::say("");
        super::say(&format!("retold: stopped; unfinished files are removed. {how}"));
    });
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
    for _ in 0..20 {
        if said.is_finished() {
            break;
        }
        sleep(FOR_THE_MESSAGE / 20);
    }
    exit();
}

/// Exit code of a program that is stopped by Ctrl-C, as shells have it.
#[cfg(unix)]
const STOPPED: i32 = 130;

#[cfg(unix)]
#[allow(clippy::exit, reason = "a run may be in the middle of anything, and must end now")]
fn exit() {
    process::exit(STOPPED);
}
