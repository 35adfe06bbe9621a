use verdi_machine::{Shape, Whole};

/// Worlds that wait to be expanded, the last one first, each with how it was reached from one above it.
pub(super) struct Stack {
    words: Vec<u32>,
    words_max: usize,
    nodes: usize,
    counters: usize,
}

impl Stack {
    pub(super) fn new(shape: &Shape, bytes: u64) -> Self {
        // Half of it may be room to grow.
        let (nodes, counters) = (shape.kinds.len(), shape.counters.len());
        Self { words: Vec::new(), words_max: (bytes / 8).max(1024) as usize, nodes, counters }
    }

    /// Puts a world on top; `false` where there is no room.
    pub(super) fn push(&mut self, world: &Whole, depth: u32, choice: u32) -> bool {
        let words = self.nodes + self.counters + world.packets.len() + 5;
        if self.words.len() + words > self.words_max {
            return false;
        }
        for part in [&world.packets, &world.nodes, &world.left] {
            self.words.extend_from_slice(part);
        }
        self.words.extend([world.vars, world.trace, world.packets.len() as u32, depth, choice]);
        true
    }

    /// Takes the world on top: its depth, and the choice that led to it.
    pub(super) fn pop(&mut self, world: &mut Whole) -> Option<(u32, u32)> {
        let [.., vars, trace, packets, depth, choice] = self.words[..] else { return None };
        let left = self.words.len() - 5 - self.counters;
        let nodes = left - self.nodes;
        let start = nodes - packets as usize;
        (world.vars, world.trace) = (vars, trace);
        let parts = [(&mut world.packets, start..nodes), (&mut world.nodes, nodes..left)];
        for (part, range) in parts.into_iter().chain([(&mut world.left, left..left + self.counters)]) {
            part.clear();
            part.extend_from_slice(&self.words[range]);
        }
        self.words.truncate(start);
        Some((depth, choice))
    }

    pub(super) fn bytes(&self) -> u64 {
        self.words.capacity() as u64 * 4
    }
}
