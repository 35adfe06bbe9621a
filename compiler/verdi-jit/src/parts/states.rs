//! The states of nodes, as words alone: values are made of them where somebody asks for one.

#![expect(unsafe_code, reason = "words are written once, under a lock, and then read without one")]

use super::column::{CHUNKS, FIRST, place};
use super::node::OfKind;
use crate::heap::hash;
use crate::shared::Shared;
use std::fmt;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use verdi_machine::NodeState;

/// The states of all kinds of nodes.
pub(super) struct WordStates {
    shared: Arc<Shared>,
    pub(super) kinds: Vec<OfKind>,
    stores: Vec<Store>,
}

impl WordStates {
    pub(super) fn new(shared: &Arc<Shared>) -> Self {
        let kinds: Vec<OfKind> = shared.program.kinds.keys().map(|kind| OfKind::new(shared, kind)).collect();
        let stores = kinds.iter().map(|kind| Store::new(kind.width())).collect();
        Self { shared: Arc::clone(shared), kinds, stores }
    }

    /// The words of a state.
    #[inline]
    pub(super) fn words(&self, kind: u32, id: u32) -> &[u64] {
        self.stores[kind as usize].words(id)
    }

    /// The id of words, new or known.
    #[inline]
    pub(super) fn id_of(&self, kind: u32, words: &[u64]) -> u32 {
        self.stores[kind as usize].id(words)
    }
}

impl fmt::Debug for WordStates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WordStates").finish_non_exhaustive()
    }
}

impl verdi_machine::States for WordStates {
    fn id(&self, kind: u32, state: Arc<NodeState>) -> u32 {
        self.id_of(kind, &self.kinds[kind as usize].words(&self.shared, &state))
    }

    fn get(&self, kind: u32, id: u32) -> Arc<NodeState> {
        Arc::new(self.kinds[kind as usize].value(&self.shared, self.words(kind, id)))
    }

    fn count(&self, kind: u32) -> u32 {
        self.stores[kind as usize].count.load(Ordering::Acquire)
    }

    fn bytes(&self) -> u64 {
        self.stores.iter().map(|store| store.bytes.load(Ordering::Relaxed)).sum()
    }
}

/// How many threads can give out ids at once.
const SHARDS: usize = 64;

/// Rows of equally many words, each with an id; equal rows, equal ids.
struct Store {
    width: usize,
    shards: Box<[Mutex<Shard>]>,
    /// The rows by id, in chunks like those of a [`super::column::Column`].
    chunks: [OnceLock<Rows>; CHUNKS],
    count: AtomicU32,
    bytes: AtomicU64,
}

/// Some rows; nothing ever moves.
struct Rows(*mut [u64]);

/// Open addressing, a power of two of places: the upper half of the hash, then the id plus one; 0 where there is none.
#[derive(Default)]
struct Shard {
    table: Vec<u64>,
    count: usize,
}

impl Store {
    fn new(width: usize) -> Self {
        Self {
            width,
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            chunks: [const { OnceLock::new() }; CHUNKS],
            count: AtomicU32::new(0),
            bytes: AtomicU64::new(0),
        }
    }

    /// Where a row is.
    fn row(&self, id: u32) -> *mut u64 {
        let (chunk, at) = place(id);
        let rows = self.chunks[chunk].get_or_init(|| {
            let words = (FIRST << chunk) * self.width;
            // Memory that is not used yet costs nothing.
            Rows(Box::into_raw(vec![0; words].into_boxed_slice()))
        });
        debug_assert!((at + 1) * self.width <= rows.0.len());
        rows.0.cast::<u64>().wrapping_add(at * self.width)
    }

    /// The words of an id that was given out.
    fn words(&self, id: u32) -> &[u64] {
        // SAFETY: the row lies within its chunk, which is as old as the store and never moves. It was written before its
        // id was given out, under the lock of its shard; who has the id has it from there, or from a thread that has.
        unsafe { std::slice::from_raw_parts(self.row(id), self.width) }
    }

    fn id(&self, words: &[u64]) -> u32 {
        assert_eq!(words.len(), self.width);
        let hash = hash(0, words);
        let shard = &self.shards[(hash >> 58) as usize % SHARDS];
        // A shard is never left half changed.
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if shard.count * 4 >= shard.table.len() * 3 {
            self.grow(&mut shard);
        }
        let (mask, tag) = (shard.table.len() - 1, hash & TAG);
        let mut at = home(hash) & mask;
        while shard.table[at] != 0 {
            let id = (shard.table[at] & !TAG) as u32 - 1;
            if shard.table[at] & TAG == tag && self.words(id) == words {
                return id;
            }
            at = (at + 1) & mask;
        }
        let id = self.count.fetch_add(1, Ordering::AcqRel);
        assert!(id < u32::MAX - 1, "ids have 32 bits");
        self.bytes.fetch_add(8 * self.width as u64, Ordering::Relaxed);
        // SAFETY: the row lies within its chunk, and nobody else has its id yet.
        unsafe { self.row(id).copy_from_nonoverlapping(words.as_ptr(), self.width) };
        shard.table[at] = tag | u64::from(id + 1);
        shard.count += 1;
        id
    }

    fn grow(&self, shard: &mut Shard) {
        let size = (shard.table.len() * 2).max(16);
        self.bytes.fetch_add(8 * (size - shard.table.len()) as u64, Ordering::Relaxed);
        for place in std::mem::replace(&mut shard.table, vec![0; size]) {
            if place != 0 {
                let mut at = home(hash(0, self.words((place & !TAG) as u32 - 1))) & (size - 1);
                while shard.table[at] != 0 {
                    at = (at + 1) & (size - 1);
                }
                shard.table[at] = place;
            }
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        for rows in self.chunks.iter_mut().filter_map(OnceLock::take) {
            // SAFETY: it is the box that was made for this chunk, and nothing borrows from it any more.
            drop(unsafe { Box::from_raw(rows.0) });
        }
    }
}

// SAFETY: rows are written once, under a lock, and only read afterwards; see `Store::words`.
unsafe impl Send for Rows {}
// SAFETY: see above.
unsafe impl Sync for Rows {}

/// The bits of a hash that a place keeps.
const TAG: u64 = !0 << 32;

/// Where a search in a shard begins: not with the bits that chose the shard.
fn home(hash: u64) -> usize {
    hash as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_rows_have_one_id() {
        let store = Store::new(2);
        for n in 0..3000_u64 {
            assert_eq!(store.id(&[n, n / 3]), n as u32);
        }
        for n in 0..3000_u64 {
            assert_eq!(store.id(&[n, n / 3]), n as u32);
            assert_eq!(store.words(n as u32), [n, n / 3]);
        }
        assert!(store.bytes.load(Ordering::Relaxed) >= 3000 * 24);
    }

    #[test]
    fn rows_without_words_are_one() {
        let store = Store::new(0);
        assert_eq!((store.id(&[]), store.id(&[]), store.words(0).len()), (0, 0, 0));
    }

    #[test]
    fn threads_find_the_same_ids() {
        let store = Store::new(1);
        let all: Vec<Vec<u32>> = std::thread::scope(|scope| {
            let ids = || (0..5000_u64).map(|n| store.id(&[n * 7])).collect();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(ids)).collect();
            threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
        });
        assert_eq!(all.len(), 4);
        assert!(all.iter().all(|ids| *ids == all[0]));
        assert_eq!(store.count.load(Ordering::Relaxed), 5000);
    }
}
