use super::{Entry, Frontier};

/// Last in, first out: deep first.
pub(crate) struct Stack<W>(Vec<Entry<W>>);

impl<W> Stack<W> {
    pub(crate) fn new() -> Self {
        Self(Vec::new())
    }
}

impl<W> Frontier<W> for Stack<W> {
    fn push(&mut self, entry: Entry<W>) {
        self.0.push(entry);
    }

    fn pop(&mut self) -> Option<Entry<W>> {
        self.0.pop()
    }

    fn len(&self) -> usize {
        self.0.len()
    }
}
