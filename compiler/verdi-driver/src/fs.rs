//! Where files come from: the disk, or a map in memory for tests, fuzzing and editors.

use std::collections::BTreeMap;
use std::io;
use std::path::{Component, Path, PathBuf};

/// Gives the bytes of files.
pub trait FileSystem {
    /// The bytes of a file.
    ///
    /// # Errors
    /// What the system says.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// The same file under its one name, so that a file that is used twice is loaded once.
    fn canonical(&self, path: &Path) -> PathBuf {
        lexical(path)
    }
}

/// The disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl FileSystem for Disk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        // A pipe or a device may never end.
        let meta = std::fs::metadata(path)?;
        if meta.is_dir() {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a directory"));
        }
        let limit = verdi_syntax::FILE_BYTES_MAX as u64 + 1;
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut io::Read::take(std::fs::File::open(path)?, limit), &mut bytes)?;
        Ok(bytes)
    }

    fn canonical(&self, path: &Path) -> PathBuf {
        std::fs::canonicalize(path).unwrap_or_else(|_| lexical(path))
    }
}

/// Files in memory.
#[derive(Clone, Debug, Default)]
pub struct Memory(BTreeMap<PathBuf, Vec<u8>>);

impl Memory {
    /// No files.
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more file.
    #[must_use]
    pub fn with(mut self, path: impl Into<PathBuf>, bytes: impl Into<Vec<u8>>) -> Self {
        self.0.insert(lexical(&path.into()), bytes.into());
        self
    }
}

impl FileSystem for Memory {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.0.get(&lexical(path)).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

/// A path without `.` and, where it can be told from the text, `..`.
fn lexical(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_in_memory_are_one_however_written() {
        let files = Memory::new().with("a/b.verdi", "x");
        assert_eq!(files.read(Path::new("./a/../a/b.verdi")).unwrap(), b"x");
        assert!(files.read(Path::new("../a/b.verdi")).is_err());
        assert_eq!(lexical(Path::new("../../x")), Path::new("../../x"));
    }
}
