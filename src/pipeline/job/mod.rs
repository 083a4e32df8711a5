//! What a run saves of each step, so that a killed one can be gone on with.

mod terms;

use super::RunError;
use super::progress::Observer;
use crate::config::{Checkpoints, Config};
use crate::hash::hash64;
use crate::read::InputFile;
use crate::store::{Found, Result, Saved, Saving, Store};
use ahash::AHashSet;
use std::fs::{self, DirBuilder, File, TryLockError};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use terms::Terms;

/// What happens to checkpoints, for those who want to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checkpoint<'a> {
    /// There are none to go on from in this folder.
    Missing(&'a Path),
    /// Those in this folder are removed: nobody asked to go on from them.
    GivenUp(&'a Path),
    /// A step is done already.
    Taken(&'a Path),
    /// It is damaged: the step is done again, and all that come after it.
    Damaged(&'a Path),
}

/// A step of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Reading the files of a part.
    Articles(usize),
    /// Near groups with furniture.
    Copies,
    /// Taking the furniture out of texts.
    Furniture,
    /// Near groups without it.
    Near,
    /// What articles are compared by for a story.
    Profiles,
    /// Comparing them.
    Compared,
    /// Stories.
    Stories,
}

impl Step {
    const AFTER_READING: [Step; 6] =
        [Step::Copies, Step::Furniture, Step::Near, Step::Profiles, Step::Compared, Step::Stories];

    /// The name of its file.
    fn file(self) -> String {
        let name = match self {
            Step::Articles(part) => return format!("{ARTICLES}{part}"),
            Step::Copies => "copies",
            Step::Furniture => "furniture",
            Step::Near => "near",
            Step::Profiles => "profiles",
            Step::Compared => "compared",
            Step::Stories => "stories",
        };
        name.to_owned()
    }
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
    terms: Terms,
    /// What tells checkpoints of this job from those of others.
    seal: u128,
    /// Whether a step was done by this run, so that what was saved of later ones is not taken.
    is_fresh: AtomicBool,
    /// The files of steps that were done before.
    taken: Mutex<Vec<String>>,
    /// Held until this is dropped, or the program ends in any way.
    lock: File,
}

/// Name of the folder in the work folder.
const FOLDER: &str = "retold-job";

/// Files in it, but for those of steps.
const LOCK: &str = "lock";
const TERMS: &str = "terms";

/// What the files of parts begin with.
const ARTICLES: &str = "articles-";

/// The folder in a work folder where checkpoints are; no input is looked for in it.
#[must_use]
pub fn job_folder(work_dir: &Path) -> PathBuf {
    work_dir.join(FOLDER)
}

/// Checks that a run over some files can be gone on with.
///
/// # Errors
/// One of them can be read once only, or two have names that look the same.
pub fn can_be_resumed(files: &[InputFile]) -> Result<(), RunError> {
    if let Some(file) = files.iter().find(|file| file.is_read_once()) {
        return Err(RunError::ReadOnce(file.name.to_string()));
    }
    let mut names = AHashSet::new();
    match files.iter().find(|file| !names.insert(&file.name)) {
        Some(file) => Err(RunError::SameNames(file.name.to_string())),
        None => Ok(()),
    }
}

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
        can_be_resumed(files)?;
        let folder = job_folder(&config.work_dir);
        if let Some(foreign) =
            store.check(files_in(&folder))?.into_iter().find(|name| !is_ours(name))
        {
            return Err(RunError::Foreign(folder.join(foreign)));
        }
        let lock = store.check(own(&folder))?.ok_or_else(|| RunError::Busy(folder.clone()))?;
        let terms = store.check(Terms::of(files, config))?;
        let seal = store.check(terms.seal())?;
        let (is_fresh, taken) = (AtomicBool::new(true), Mutex::default());
        let job = Job { folder, store: store.clone(), terms, seal, is_fresh, taken, lock };
        if config.checkpoints == Checkpoints::Resume {
            job.resume(observer)?;
        } else if job.folder.join(TERMS).exists() {
            observer.checkpoint(Checkpoint::GivenUp(&job.folder));
        }
        if job.is_fresh.load(Ordering::Relaxed) {
            store.check(job.clear())?;
            let mut saving = Saving::new(store, &job.folder.join(TERMS), 0)?;
            saving.json(&job.terms)?;
            saving.finish()?;
        }
        Ok(Some(job))
    }

    /// Looks for what was saved under the same terms.
    fn resume(&self, observer: &dyn Observer) -> Result<(), RunError> {
        let cannot = |change| RunError::OtherJob { folder: self.folder.clone(), change };
        let unknown = || cannot("it was begun by another version of retold".to_owned());
        let path = self.folder.join(TERMS);
        let before = match Saved::open(&self.store, &path, 0)? {
            Found::Nothing => {
                observer.checkpoint(Checkpoint::Missing(&self.folder));
                return Ok(());
            }
            Found::Damaged => {
                observer.checkpoint(Checkpoint::Damaged(&path));
                return Ok(());
            }
            Found::Whole(mut saved) => saved.json().map_err(|_| unknown())?,
        };
        if let Some(change) = self.terms.change_from(&before) {
            return Err(cannot(change));
        }
        self.is_fresh.store(false, Ordering::Relaxed);
        Ok(())
    }

    /// Removes what was saved, and no longer is to be taken.
    fn clear(&self) -> io::Result<()> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let mut files = files_in(&self.folder)?;
        files.retain(|name| is_ours(name) && !taken.contains(name));
        files.into_iter().try_for_each(|name| fs::remove_file(self.folder.join(name)))
    }

    /// Files that are read and saved together, in order.
    pub(super) fn parts(&self) -> Vec<Range<usize>> {
        self.terms.parts()
    }

    /// What was saved of a step, unless a step before it was done anew.
    pub(super) fn kept(&self, step: Step, observer: &dyn Observer) -> Result<Option<Saved>> {
        if self.is_fresh.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let path = self.folder.join(step.file());
        Ok(match Saved::open(&self.store, &path, self.seal_of(step))? {
            Found::Nothing => None,
            Found::Damaged => {
                observer.checkpoint(Checkpoint::Damaged(&path));
                None
            }
            Found::Whole(saved) => {
                self.taken.lock().unwrap_or_else(PoisonError::into_inner).push(step.file());
                observer.checkpoint(Checkpoint::Taken(&path));
                Some(saved)
            }
        })
    }

    /// Begins to save a step that this run does. What an earlier run saved of later ones is removed: it
    /// was made from what is made anew.
    pub(super) fn begin(&self, step: Step) -> Result<Saving> {
        if !self.is_fresh.swap(true, Ordering::Relaxed) {
            self.taken.lock().unwrap_or_else(PoisonError::into_inner).push(TERMS.to_owned());
            self.store.check(self.clear())?;
        }
        Saving::new(&self.store, &self.folder.join(step.file()), self.seal_of(step))
    }

    /// What the file of a step begins with, so that none is taken for that of another.
    fn seal_of(&self, step: Step) -> u128 {
        self.seal ^ u128::from(hash64(step.file().as_bytes(), 0))
    }

    /// Removes what was saved of a step, as one after it holds all that is needed.
    pub(super) fn forget(&self, step: Step) -> Result<()> {
        match fs::remove_file(self.folder.join(step.file())) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => self.store.check(Err(error)),
            _ => Ok(()),
        }
    }

    /// Removes the folder: nobody needs to go on.
    pub(super) fn end(self) -> Result<()> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.store.check(self.clear())?;
        // Some drives keep a name for what is open.
        let (folder, store) = (self.folder.clone(), self.store.clone());
        store.check(fs::remove_file(folder.join(LOCK)))?;
        drop(self);
        match fs::remove_dir(folder) {
            // A run that begins has taken it over.
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(()),
            removed => store.check(removed),
        }
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        // A program that is just being started may share it for a moment. It ends with this one anyhow.
        let _ = self.lock.unlock();
    }
}

/// Names of the files in the folder of a job, but for the lock; none where there is no folder.
fn files_in(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // What is no file is nothing of ours.
        files.push(if entry.file_type()?.is_file() { name } else { name + "/" });
    }
    files.retain(|name| name != LOCK);
    // Without its terms nothing else is taken, should the program be killed while files are removed.
    files.sort_by_key(|name| name != TERMS);
    Ok(files)
}

/// Makes the folder of a job, or takes that which is there, for this run alone; `None` if another is at
/// work in it.
fn own(folder: &Path) -> io::Result<Option<File>> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    loop {
        match builder.create(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        refuse_of_others(folder)?;
        let path = folder.join(LOCK);
        let lock = match File::options().create(true).truncate(false).write(true).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            lock => lock?,
        };
        // Where files cannot be locked nobody keeps two runs apart.
        if let Err(TryLockError::WouldBlock) = lock.try_lock() {
            return Ok(None);
        }
        // A run that ends removes the file under the eyes of one that begins.
        if is_at(&lock, &path)? {
            return Ok(Some(lock));
        }
    }
}

/// Fails where the folder of a job is none, or belongs to somebody else, who could have put anything
/// in it.
fn refuse_of_others(folder: &Path) -> io::Result<()> {
    let found = match fs::symlink_metadata(folder) {
        // A run that ends has just removed it.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        found => found?,
    };
    #[cfg(unix)]
    let is_ours =
        std::os::unix::fs::MetadataExt::uid(&found) == rustix::process::geteuid().as_raw();
    #[cfg(not(unix))]
    let is_ours = true;
    if found.is_dir() && is_ours {
        return Ok(());
    }
    let what = format!("{} is not a folder of this user's", folder.display());
    Err(io::Error::new(io::ErrorKind::PermissionDenied, what))
}

/// Whether a file is still the one at a path.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let own = file.metadata()?;
    match fs::symlink_metadata(path) {
        Ok(there) => Ok((own.dev(), own.ino()) == (there.dev(), there.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> io::Result<bool> {
    Ok(true)
}

/// Whether a file in the folder of a job is one that jobs make.
fn is_ours(name: &str) -> bool {
    let name = name.strip_suffix(".partial").unwrap_or(name);
    let is_part = name
        .strip_prefix(ARTICLES)
        .is_some_and(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    is_part || name == TERMS || Step::AFTER_READING.iter().any(|step| step.file() == name)
}
