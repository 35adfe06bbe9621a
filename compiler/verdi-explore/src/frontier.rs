//! The worlds that wait to be expanded, and in which order they are.

mod queue;
mod runs;
mod stack;

pub(crate) use queue::Queue;
pub(crate) use runs::Runs;
pub(crate) use stack::Stack;

use crate::seen::WorldId;

/// A world that waits.
#[derive(Clone)]
pub(crate) struct Entry<W> {
    pub(crate) id: WorldId,
    /// Steps from the first world, by the way that it was met.
    pub(crate) depth: u32,
    pub(crate) world: W,
}

/// The order of a search. The search ends when there is nothing to pop.
pub(crate) trait Frontier<W> {
    fn push(&mut self, entry: Entry<W>);

    fn pop(&mut self) -> Option<Entry<W>>;

    fn len(&self) -> usize;

    /// Finished runs, for an order that has runs.
    fn finished(&self) -> u64 {
        0
    }
}
