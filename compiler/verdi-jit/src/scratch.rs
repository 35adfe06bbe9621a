//! Objects of one call.

use crate::object::{HEADER, Object};

/// The words of the first chunk.
const CHUNK: usize = 1 << 12;
/// The most words that one call may take, so that a loop over large collections does not exhaust memory.
const WORDS_MAX: usize = 1 << 25;

/// Memory for the objects that one call makes: all of it is free again when the next call begins.
#[derive(Default)]
pub(crate) struct Scratch {
    chunks: Vec<Box<[u64]>>,
    /// The chunk that is being filled, and how far.
    current: usize,
    taken: usize,
    /// The words of all chunks.
    total: usize,
}

impl Scratch {
    /// Forgets all objects.
    pub(crate) fn reset(&mut self) {
        // What one call took beyond the usual is not kept for the next.
        let usual = self.chunks.first().is_some_and(|chunk| chunk.len() == CHUNK);
        self.chunks.truncate(usize::from(usual));
        self.total = if usual { CHUNK } else { 0 };
        (self.current, self.taken) = (0, 0);
    }

    /// An empty object with room for this many words; `None` where the call has taken all that it may.
    pub(crate) fn object(&mut self, room: usize) -> Option<Object> {
        let words = HEADER + room;
        let fits = self.chunks.get(self.current).is_some_and(|chunk| chunk.len() - self.taken >= words);
        if !fits {
            self.add_chunk(words)?;
        }
        let place = self.chunks[self.current].as_mut_ptr().wrapping_add(self.taken);
        self.taken += words;
        Some(Object::write_scratch(place, room))
    }

    fn add_chunk(&mut self, words: usize) -> Option<()> {
        let size = (CHUNK << self.chunks.len().min(10)).max(words);
        if self.total + size > WORDS_MAX {
            return None;
        }
        self.chunks.push(vec![0; size].into());
        self.total += size;
        (self.current, self.taken) = (self.chunks.len() - 1, 0);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_takes_so_much_and_no_more() {
        let mut scratch = Scratch::default();
        let first = scratch.object(3).map(Object::word);
        let taken = (0..).take_while(|_| scratch.object(CHUNK).is_some()).count();
        assert!(taken * CHUNK <= WORDS_MAX && taken * CHUNK > WORDS_MAX / 2);
        scratch.reset();
        assert_eq!((scratch.object(3).map(Object::word), scratch.total), (first, CHUNK));
    }

    #[test]
    fn a_large_first_object_is_not_kept() {
        let mut scratch = Scratch::default();
        assert!(scratch.object(100 * CHUNK).is_some());
        scratch.reset();
        assert_eq!(scratch.total, 0);
        assert!(scratch.object(WORDS_MAX).is_none());
    }
}
