//! The folder: that it is ours alone while we search, and that nothing is left in it.

use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// How the names of our files begin.
const PREFIX: &str = "verdic-search-";

/// A folder that one search at a time keeps worlds in. Its files go when they are not needed any more; those that a killed
/// search has left go when the next one opens it.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    files: AtomicU64,
    /// Locked as long as it is open.
    _lock: File,
}

/// Why a folder is of no use.
#[derive(Debug)]
pub enum Unusable {
    /// There is nothing.
    Missing,
    /// It is something else.
    NoFolder,
    /// Another search has files there, and still runs.
    InUse,
    /// It cannot be read, or nothing can be written to it.
    Forbidden(io::Error),
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("there is no such folder"),
            Self::NoFolder => f.write_str("it is not a folder"),
            Self::InUse => f.write_str("another search uses it"),
            Self::Forbidden(error) => write!(f, "no files can be kept there: {error}"),
        }
    }
}

impl std::error::Error for Unusable {}

impl Folder {
    /// Takes a folder for searches of this process; what else is in it is left alone.
    ///
    /// # Errors
    /// It cannot be used.
    pub fn open(path: &Path) -> Result<Self, Unusable> {
        match fs::metadata(path) {
            Ok(found) if !found.is_dir() => return Err(Unusable::NoFolder),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Unusable::Missing),
            Err(error) => return Err(Unusable::Forbidden(error)),
            Ok(_) => {}
        }
        // A lock on the folder itself leaves nothing behind, however the process ends.
        let lock = File::open(path).map_err(Unusable::Forbidden)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Unusable::InUse),
            Err(TryLockError::Error(error)) => return Err(Unusable::Forbidden(error)),
        }
        let folder = Self { path: path.to_owned(), files: AtomicU64::new(0), _lock: lock };
        folder.clear().map_err(Unusable::Forbidden)?;
        // That files can be written is better known before the search than after an hour of it.
        folder.create("probe").map_err(Unusable::Forbidden)?;
        Ok(folder)
    }

    /// Removes what a killed search has left.
    fn clear(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            let ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
            if ours && entry.file_type()?.is_file() {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// A new file, to be written and read.
    pub(super) fn create(&self, what: &str) -> io::Result<(File, Scrap)> {
        let number = self.files.fetch_add(1, Ordering::Relaxed);
        let path = self.path.join(format!("{PREFIX}{number}.{what}"));
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path)?;
        Ok((file, Scrap(path)))
    }
}

/// A file that is removed with this.
#[derive(Debug)]
pub(super) struct Scrap(PathBuf);

impl Drop for Scrap {
    fn drop(&mut self) {
        // If it cannot be removed, the next search that opens the folder tries again.
        let _ = fs::remove_file(&self.0);
    }
}
