//! The search goes on when memory is full. The table then gives its keys to a sorted run on the disk and begins anew, and
//! a world that it does not know is from then on a *candidate*: at the end of the level, or when the table is full again,
//! candidates are held against the runs, and those that were met before are struck out before anything is counted of
//! them. To judge a world again is harmless: it was judged alike the first time. Worlds keep their order and numbers, so
//! that ways and counts are those of the search in memory.
//!
//! Worlds that wait, and ways, go to the disk where they take more than their part of the memory.

mod folder;
mod frontier;
mod levels;
mod run;
mod runs;
mod ways;

pub use folder::{Folder, Unusable};
pub(super) use ways::Ways;

use super::checkpoint::Refused;
use super::space::Space;
use crate::Cut;
use frontier::Frontier;
use runs::Runs;
use std::io;
use std::sync::Arc;

/// What a search has on the disk.
pub(super) struct Disk<S: Space> {
    folder: Arc<Folder>,
    runs: Runs<S::Key>,
    /// What is left of this level.
    level: Frontier<S>,
    /// What there is of the next, without candidates.
    next: Frontier<S>,
    /// Candidates, of which workers have more.
    candidates: Frontier<S>,
    /// The number of the next world of the level.
    number: u32,
    /// How many of the worlds that were met the table does not know any more.
    gone: u64,
    /// How many worlds were met, without candidates.
    sure: u64,
    ways: Ways,
}

impl<S: Space> Disk<S> {
    pub(super) fn new(folder: Arc<Folder>) -> Self {
        Self {
            runs: Runs::new(Arc::clone(&folder)),
            folder,
            level: Frontier::default(),
            next: Frontier::default(),
            candidates: Frontier::default(),
            number: 0,
            gone: 0,
            sure: 0,
            ways: Ways::default(),
        }
    }

    /// How many worlds were met that the table does not know any more.
    pub(super) fn gone(&self) -> u64 {
        self.gone
    }

    /// How much of the worlds that wait is in memory.
    pub(super) fn bytes(&self) -> u64 {
        self.level.bytes + self.next.bytes + self.candidates.bytes
    }

    /// How many worlds of the level are not in the portion that is worked on.
    pub(super) fn queue(&self) -> u64 {
        self.level.worlds
    }

    /// Of so many worlds that were met, those that are no candidates.
    pub(super) fn sure(&self, met: u64) -> u64 {
        if self.has_runs() { self.sure } else { met }
    }

    /// Whether there may be candidates.
    pub(super) fn has_runs(&self) -> bool {
        !self.runs.is_empty()
    }

    pub(super) fn into_ways(self) -> Ways {
        self.ways
    }
}

impl From<io::Error> for Cut {
    fn from(error: io::Error) -> Self {
        Self::Disk(error.kind())
    }
}

impl From<Refused> for Cut {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Unreadable(error) => error.into(),
            _ => Self::Disk(io::ErrorKind::InvalidData),
        }
    }
}

#[cfg(test)]
mod tests;
