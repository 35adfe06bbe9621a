use super::{Entry, Frontier};

/// The world at the end of the run at hand; when a run has ended, the first world again, as often as there
/// are runs.
pub(crate) struct Runs<W> {
    first: Option<Entry<W>>,
    last: Option<Entry<W>>,
    started: u64,
    finished: u64,
    runs: u64,
}

impl<W> Runs<W> {
    pub(crate) fn new(runs: u64) -> Self {
        Self { first: None, last: None, started: 0, finished: 0, runs }
    }
}

impl<W: Clone> Frontier<W> for Runs<W> {
    fn push(&mut self, entry: Entry<W>) {
        if entry.depth == 0 {
            self.first = Some(entry);
        } else {
            self.last = Some(entry);
        }
    }

    fn pop(&mut self) -> Option<Entry<W>> {
        if let Some(entry) = self.last.take() {
            return Some(entry);
        }
        self.finished = self.started;
        if self.started == self.runs {
            return None;
        }
        self.started += 1;
        self.first.clone()
    }

    fn len(&self) -> usize {
        usize::from(self.last.is_some())
    }

    fn finished(&self) -> u64 {
        self.finished
    }
}
