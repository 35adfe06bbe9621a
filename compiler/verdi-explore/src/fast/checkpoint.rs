//! A search on the disk, to go on with later: written now and then beside what it replaces and renamed over it, so
//! that there is a whole checkpoint whenever the process ends. Ways are not kept: a second search tells them.
//!
//! A file is words of 64 bits: what it is, its form, the marks of the run that wrote it, the search, and a sum over all
//! words before.

mod file;
mod state;
mod stream;

pub use file::Refused;
pub(super) use state::{Restored, State, restore, save_ids};
use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
pub(super) use stream::{In, Out, Sum};

/// At most this part of the time goes into writing.
const COST: u32 = 10;

/// What a run must have in common with the one that it goes on with, by name: the program, and all options that the
/// worlds or their order depend on.
pub type Marks = Vec<(String, String)>;

/// A text in few letters, that tell it from every other.
pub fn digest(text: &str) -> String {
    let sum = |seed: u64| {
        let mut sum = stream::Sum::new(seed);
        sum.bytes(text.as_bytes());
        sum.get()
    };
    let mut letters = String::new();
    // Writing to a string does not fail.
    let _ = write!(letters, "{:016x}{:016x}", sum(0), sum(1));
    letters
}

/// What a search goes on with.
#[derive(Debug)]
pub(super) struct From {
    /// The kind of space that it is of: [`super::levels::Space::KIND`].
    pub(super) kind: u64,
    pub(super) body: In,
}

/// Where a search is kept, and what it goes on with.
#[derive(Debug)]
pub struct Checkpoints {
    marks: Marks,
    file: Option<PathBuf>,
    every: Duration,
    from: Option<In>,
    last: Instant,
    cost: Duration,
    failure: Option<io::Error>,
    written: bool,
}

impl Checkpoints {
    /// Nothing is kept, and the search begins with the first world.
    pub fn new(marks: Marks) -> Self {
        Self {
            marks,
            file: None,
            every: Duration::MAX,
            from: None,
            last: Instant::now(),
            cost: Duration::ZERO,
            failure: None,
            written: false,
        }
    }

    /// Keeps the search in a file: about so often, and where it is cut short.
    #[must_use]
    pub fn keep(mut self, file: &Path, every: Duration) -> Self {
        self.file = Some(file.to_owned());
        self.every = every;
        self
    }

    /// Goes on with the search that a file has.
    ///
    /// # Errors
    /// The file is of no use for this run.
    pub fn resume(mut self, file: &Path) -> Result<Self, Refused> {
        self.from = Some(file::open(file, &self.marks)?);
        Ok(self)
    }

    /// Why the last checkpoint could not be written.
    pub fn failure(&self) -> Option<&io::Error> {
        self.failure.as_ref()
    }

    /// Whether any checkpoint was written.
    pub fn written(&self) -> bool {
        self.written
    }

    /// What the search goes on with, if with anything, and the parts' ids there.
    pub(super) fn take_from(&mut self) -> Result<Option<(From, Vec<u8>)>, Refused> {
        let Some(mut body) = self.from.take() else { return Ok(None) };
        let kind = body.word()?;
        let parts = body.bytes()?;
        Ok(Some((From { kind, body }, parts)))
    }

    pub(super) fn keeps(&self) -> bool {
        self.file.is_some()
    }

    /// Whether it is time to write.
    pub(super) fn due(&self) -> bool {
        self.keeps() && self.last.elapsed() >= self.every.max(self.cost * COST)
    }

    /// Writes a file, or notes why it cannot be written; then the one before it is still there.
    pub(super) fn write(&mut self, body: impl FnOnce(&mut Out) -> io::Result<()>) {
        let Some(path) = &self.file else { return };
        let begun = Instant::now();
        self.failure = file::replace(path, &self.marks, body).err();
        self.written |= self.failure.is_none();
        self.cost = begun.elapsed();
        self.last = Instant::now();
    }
}

#[cfg(test)]
mod tests;
