//! What a run saves of each step, so that a killed one can be gone on with.

use super::RunError;
use super::progress::Observer;
use crate::config::{Checkpoints, Config};
use crate::hash::hash64;
use crate::read::{Format, InputFile};
use crate::store::{Found, Result, Saved, Saving, Store};
use serde::{Deserialize, Serialize};
use std::fs::{File, TryLockError, create_dir, read_dir, remove_dir_all, remove_file};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::UNIX_EPOCH;

/// What a run has to be the same in as the one that it goes on with.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Terms {
    /// Version of this crate: another may decide otherwise.
    version: String,
    /// Name and value of each option that decides the result.
    options: Vec<(String, String)>,
    files: Vec<FileState>,
}

/// A file as it was when the job began.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct FileState {
    name: Arc<str>,
    /// Bytes, and nanoseconds from 1970 to its last change; `None` where that cannot be told.
    bytes: Option<u64>,
    changed: Option<u64>,
}

impl Terms {
    fn of(files: &[InputFile], config: &Config) -> io::Result<Terms> {
        let pairs = format!("{:x}", hash_of(&json(&config.judged_pairs)?));
        let fields = &config.read.fields;
        let format = Format::NAMES.into_iter().find(|(_, of)| Some(*of) == config.read.format);
        let number = |number: f64| number.to_string();
        let options = [
            ("--format", format.map_or("by contents", |(name, _)| name).to_owned()),
            ("--max-article", config.read.max_article.to_string()),
            ("--text-field", fields.text.clone()),
            ("--id-field", fields.id.clone()),
            ("--title-field", fields.title.clone()),
            ("--url-field", fields.url.clone()),
            ("--date-field", fields.date.clone()),
            ("--match", config.level.name().to_owned()),
            ("--near-threshold", number(config.near_threshold)),
            ("--story-threshold", number(config.story_threshold)),
            ("--window", config.window_days.map_or("no limit".to_owned(), |days| days.to_string())),
            ("the hash of the labelled pairs", pairs),
        ];
        Ok(Terms {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            options: options.map(|(name, value)| (name.to_owned(), value)).into(),
            files: files.iter().map(FileState::of).collect(),
        })
    }

    /// What is not as it was, in words.
    fn change_from(&self, before: &Terms) -> Option<String> {
        if self.version != before.version {
            return Some(format!("it was begun by retold {}", before.version));
        }
        for ((name, now), (_, then)) in self.options.iter().zip(&before.options) {
            if now != then {
                return Some(format!("{name} was {then} and is {now}"));
            }
        }
        for (now, then) in self.files.iter().zip(&before.files) {
            if now.name != then.name {
                return Some(format!(
                    "the input {} was not there, or {} is not",
                    now.name, then.name
                ));
            }
            if now != then {
                return Some(format!("the input {} was changed", now.name));
            }
        }
        let [now, then] = [self, before].map(|terms| terms.files.len());
        (now != then).then(|| format!("there were {then} input files and are {now}"))
    }
}

impl FileState {
    fn of(file: &InputFile) -> FileState {
        let metadata = file.path.as_ref().and_then(|path| std::fs::metadata(path).ok());
        let changed = metadata.as_ref().and_then(|of| of.modified().ok());
        let changed = changed.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        FileState {
            name: Arc::clone(&file.name),
            bytes: metadata.map(|of| of.len()),
            changed: changed.and_then(|time| u64::try_from(time.as_nanos()).ok()),
        }
    }
}

fn json(value: &impl Serialize) -> io::Result<Vec<u8>> {
    Ok(serde_json::to_vec(value)?)
}

/// 128 bits that tell some bytes from all others.
fn hash_of(bytes: &[u8]) -> u128 {
    u128::from(hash64(bytes, 1)) << 64 | u128::from(hash64(bytes, 0))
}

/// What happens to checkpoints, for those who want to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checkpoint<'a> {
    /// There are none to go on from in this folder.
    Missing(&'a Path),
    /// A step is done already.
    Taken(&'a Path),
    /// It is damaged: the step is done again, and all that come after it.
    Damaged(&'a Path),
}

/// What a step comes to, as it is saved.
pub(super) trait Kept: Sized {
    fn save(&self, to: &mut Saving) -> Result<()>;
    fn load(from: &mut Saved, store: &Store) -> Result<Self>;
}

/// The folder of a job, and the right to it.
#[derive(Debug)]
pub(super) struct Job {
    folder: PathBuf,
    store: Store,
    /// What the checkpoints of this job begin with.
    seal: u128,
    /// Whether a step was done by this run, so that what was saved of later ones is not taken.
    is_fresh: AtomicBool,
    /// Held until this is dropped, or the program ends in any way.
    lock: File,
}

/// Name of the folder in the work folder.
const FOLDER: &str = "retold-job";

/// Files in it.
const LOCK: &str = "lock";
const TERMS: &str = "terms";

impl Job {
    /// The job that a run over some files is, new or gone on with; `None` where it saves nothing.
    pub(super) fn open(
        files: &[InputFile],
        config: &Config,
        store: &Store,
        observer: &dyn Observer,
    ) -> Result<Option<Job>, RunError> {
        if config.checkpoints == Checkpoints::None {
            return Ok(None);
        }
        if let Some(file) = files.iter().find(|file| file.is_read_once()) {
            return Err(RunError::ReadOnce(file.name.to_string()));
        }
        let folder = config.work_dir.join(FOLDER);
        if !folder.is_dir() {
            store.check(create_dir(&folder))?;
        }
        let lock = store.check(File::create(folder.join(LOCK)))?;
        if let Err(TryLockError::WouldBlock) = lock.try_lock() {
            return Err(RunError::Busy(folder));
        }
        let terms = store.check(Terms::of(files, config))?;
        let seal = hash_of(&store.check(json(&terms))?);
        let is_fresh = AtomicBool::new(true);
        let job = Job { folder, store: store.clone(), seal, is_fresh, lock };
        if config.checkpoints == Checkpoints::Resume {
            job.resume(&terms, observer)?;
        }
        if job.is_fresh.load(Ordering::Relaxed) {
            store.check(job.clear())?;
            let mut saving = Saving::new(store, &job.folder.join(TERMS), 0)?;
            saving.json(&terms)?;
            saving.finish()?;
        }
        Ok(Some(job))
    }

    /// Looks for what was saved under the same terms.
    fn resume(&self, terms: &Terms, observer: &dyn Observer) -> Result<(), RunError> {
        let cannot = |change| RunError::OtherJob { folder: self.folder.clone(), change };
        let damaged = || cannot(format!("its file {TERMS:?} is damaged"));
        let before = match Saved::open(&self.store, &self.folder.join(TERMS), 0)? {
            Found::Nothing => {
                observer.checkpoint(Checkpoint::Missing(&self.folder));
                return Ok(());
            }
            Found::Damaged => return Err(damaged()),
            Found::Whole(mut saved) => saved.json().map_err(|_| damaged())?,
        };
        if let Some(change) = terms.change_from(&before) {
            return Err(cannot(change));
        }
        self.is_fresh.store(false, Ordering::Relaxed);
        Ok(())
    }

    /// Removes what an earlier job left.
    fn clear(&self) -> io::Result<()> {
        for entry in read_dir(&self.folder)? {
            let entry = entry?;
            if entry.file_name() != LOCK {
                remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// What was saved of a step, unless a step before it was done anew.
    pub(super) fn kept(&self, step: &str, observer: &dyn Observer) -> Result<Option<Saved>> {
        if self.is_fresh.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let path = self.folder.join(step);
        Ok(match Saved::open(&self.store, &path, self.seal)? {
            Found::Nothing => None,
            Found::Damaged => {
                observer.checkpoint(Checkpoint::Damaged(&path));
                None
            }
            Found::Whole(saved) => {
                observer.checkpoint(Checkpoint::Taken(&path));
                Some(saved)
            }
        })
    }

    /// Begins to save a step that this run does.
    pub(super) fn begin(&self, step: &str) -> Result<Saving> {
        self.is_fresh.store(true, Ordering::Relaxed);
        Saving::new(&self.store, &self.folder.join(step), self.seal)
    }

    /// Removes what was saved of a step, as one after it holds all that is needed.
    pub(super) fn forget(&self, step: &str) -> Result<()> {
        match remove_file(self.folder.join(step)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => self.store.check(Err(error)),
            _ => Ok(()),
        }
    }

    /// Removes the folder: nobody needs to go on.
    pub(super) fn end(self) -> Result<()> {
        self.store.check(remove_dir_all(&self.folder))
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        // A program that is just being started may share it for a moment. It ends with this one anyhow.
        let _ = self.lock.unlock();
    }
}
