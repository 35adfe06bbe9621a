use super::{Entry, Frontier};
use std::collections::VecDeque;

/// First in, first out: breadth first, so each world is met first by a shortest way.
pub(crate) struct Queue<W>(VecDeque<Entry<W>>);

impl<W> Queue<W> {
    pub(crate) fn new() -> Self {
        Self(VecDeque::new())
    }
}

impl<W> Frontier<W> for Queue<W> {
    fn push(&mut self, entry: Entry<W>) {
        self.0.push_back(entry);
    }

    fn pop(&mut self) -> Option<Entry<W>> {
        self.0.pop_front()
    }

    fn len(&self) -> usize {
        self.0.len()
    }
}
