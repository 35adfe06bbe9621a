use std::sync::Arc;
use verdi_runtime::{List, Value};

/// A multiset, with a limit on the copies of each element.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bag {
    /// The distinct elements, strictly ascending: apart, so that the list a rule draws from is there already.
    distinct: List,
    /// Their ids and counts.
    counts: Arc<Vec<(u32, u32)>>,
    copies_max: u32,
}

impl Bag {
    pub(crate) fn new(copies_max: u32) -> Self {
        Self { distinct: Arc::default(), counts: Arc::default(), copies_max }
    }

    pub(crate) fn add(&mut self, packet: Value, id: u32) {
        match self.distinct.binary_search(&packet) {
            Ok(at) if self.counts[at].1 < self.copies_max => Arc::make_mut(&mut self.counts)[at].1 += 1,
            Ok(_) => {}
            Err(at) => {
                Arc::make_mut(&mut self.distinct).insert(at, packet);
                Arc::make_mut(&mut self.counts).insert(at, (id, 1));
            }
        }
    }

    pub(crate) fn remove(&mut self, packet: &Value) {
        let Ok(at) = self.distinct.binary_search(packet) else { return };
        if self.counts[at].1 > 1 {
            Arc::make_mut(&mut self.counts)[at].1 -= 1;
        } else {
            Arc::make_mut(&mut self.distinct).remove(at);
            Arc::make_mut(&mut self.counts).remove(at);
        }
    }

    pub(crate) fn total(&self) -> u64 {
        self.counts.iter().map(|(_, count)| u64::from(*count)).sum()
    }

    pub(crate) fn all(&self) -> List {
        if self.counts.iter().all(|(_, count)| *count == 1) {
            return self.distinct();
        }
        let copies = self.distinct.iter().zip(self.counts.iter());
        Arc::new(
            copies
                .flat_map(|(packet, (_, count))| std::iter::repeat_n(packet.clone(), *count as usize))
                .collect(),
        )
    }

    pub(crate) fn each(&self, visit: &mut dyn FnMut(&Value, u32)) {
        for (packet, (id, count)) in self.distinct.iter().zip(self.counts.iter()) {
            (0..*count).for_each(|_| visit(packet, *id));
        }
    }

    pub(crate) fn distinct(&self) -> List {
        Arc::clone(&self.distinct)
    }

    /// The ids in the order of their packets; the lowest bit says whether a count follows.
    pub(crate) fn key(&self, words: &mut Vec<u32>) {
        for (id, count) in self.counts.iter() {
            if *count == 1 {
                words.push(id << 1);
            } else {
                words.extend([id << 1 | 1, *count]);
            }
        }
    }
}
