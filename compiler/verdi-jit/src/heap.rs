//! Interned objects.
#![expect(unsafe_code, reason = "objects lie in memory that this module hands out")]

use crate::object::{HEADER, INTERNED, Object};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// How many threads can add objects at once.
const SHARDS: usize = 64;
/// The words of a shard's first chunk; each is twice as large as the one before, up to [`CHUNK_MAX`].
const CHUNK_MIN: usize = 1 << 8;
const CHUNK_MAX: usize = 1 << 17;

/// Canonical collections: equal contents, equal words. It only grows; objects are read without a lock.
pub(crate) struct Heap {
    shards: Box<[Mutex<Shard>]>,
    bytes: AtomicU64,
    empty: Object,
}

#[derive(Default)]
struct Shard {
    /// Open addressing: the objects, 0 where there is none; a power of two.
    table: Vec<u64>,
    count: usize,
    chunks: Vec<Box<[u64]>>,
    /// How much of the last chunk is taken.
    taken: usize,
}

impl Heap {
    pub(crate) fn new() -> Self {
        let shards = (0..SHARDS).map(|_| Mutex::default()).collect();
        let mut heap = Self { shards, bytes: AtomicU64::new(0), empty: Object::of(8) };
        heap.empty = heap.intern(0, &[]);
        heap
    }

    /// The object of nothing: every empty collection's, and the empty string's.
    pub(crate) fn empty(&self) -> Object {
        self.empty
    }

    /// The object with these contents.
    pub(crate) fn intern(&self, len: usize, words: &[u64]) -> Object {
        let hash = hash(len as u64, words);
        let shard = &self.shards[(hash >> 58) as usize % SHARDS];
        // A shard is never left half changed.
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        shard.intern(len as u32, words, hash & !0xff, &self.bytes)
    }

    /// The interned object of the same contents.
    pub(crate) fn canonical(&self, object: Object) -> Object {
        if object.is_interned() { object } else { self.intern(object.len(), object.words()) }
    }

    /// What all objects take.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

impl Shard {
    fn intern(&mut self, len: u32, words: &[u64], hash: u64, bytes: &AtomicU64) -> Object {
        if self.count * 4 >= self.table.len() * 3 {
            self.grow(bytes);
        }
        let mask = self.table.len() - 1;
        let mut at = slot(hash) & mask;
        loop {
            let word = self.table[at];
            if word == 0 {
                break;
            }
            let known = Object::of(word);
            if known.mark() == hash | INTERNED && known.len() == len as usize && known.words() == words {
                return known;
            }
            at = (at + 1) & mask;
        }
        let place = self.place(HEADER + words.len(), bytes);
        let object = Object::write_interned(place, len, words, hash);
        self.table[at] = object.word();
        self.count += 1;
        object
    }

    fn grow(&mut self, bytes: &AtomicU64) {
        let size = (self.table.len() * 2).max(16);
        bytes.fetch_add(8 * (size - self.table.len()) as u64, Ordering::Relaxed);
        let old = std::mem::replace(&mut self.table, vec![0; size]);
        for word in old.into_iter().filter(|word| *word != 0) {
            let mut at = slot(Object::of(word).mark()) & (size - 1);
            while self.table[at] != 0 {
                at = (at + 1) & (size - 1);
            }
            self.table[at] = word;
        }
    }

    fn place(&mut self, words: usize, bytes: &AtomicU64) -> *mut u64 {
        let left = self.chunks.last().map_or(0, |chunk| chunk.len() - self.taken);
        if left < words {
            let size = (CHUNK_MIN << self.chunks.len().min(16)).min(CHUNK_MAX).max(words);
            bytes.fetch_add(8 * size as u64, Ordering::Relaxed);
            self.chunks.push(vec![0; size].into());
            self.taken = 0;
        }
        let last = self.chunks.len() - 1;
        let place = self.chunks[last].as_mut_ptr().wrapping_add(self.taken);
        self.taken += words;
        place
    }
}

// SAFETY: objects are written once, under their shard's lock, and only read afterwards; whoever gets an object's word
// gets it from that lock or from a thread that did.
unsafe impl Send for Heap {}
// SAFETY: see above.
unsafe impl Sync for Heap {}

/// Mixes words so that every bit of the result depends on every word.
pub(crate) fn hash(seed: u64, words: &[u64]) -> u64 {
    let mut hash = seed ^ 0x9e37_79b9_7f4a_7c15;
    for word in words {
        hash = mix(hash ^ word, 0xa076_1d64_78bd_642f).wrapping_add(0x9e37_79b9_7f4a_7c15);
    }
    mix(hash, 0xe703_7ed1_a0b4_28db)
}

/// Both halves of a product, folded.
fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

/// Where a search in a table begins.
fn slot(mark: u64) -> usize {
    (mark >> 16) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_contents_are_one_object() {
        let heap = Heap::new();
        let object = heap.intern(2, &[1, 2]);
        assert!(object == heap.intern(2, &[1, 2]) && object.is_interned());
        assert_eq!((object.len(), object.words()), (2, [1, 2].as_slice()));
        // One element of two words is something else than two of one.
        assert!(object != heap.intern(1, &[1, 2]));
        assert!(heap.intern(0, &[]) == heap.empty());
        assert!(heap.intern(1, &[]) != heap.empty());
    }

    #[test]
    fn objects_stay_where_they_are() {
        let heap = Heap::new();
        let objects: Vec<Object> = (0..20_000).map(|n| heap.intern(1, &[n])).collect();
        for (n, object) in objects.iter().enumerate() {
            assert_eq!(object.words(), [n as u64]);
            assert!(*object == heap.intern(1, &[n as u64]));
        }
        let large: Vec<u64> = (0..1 << 18).collect();
        assert_eq!(heap.intern(large.len(), &large).words(), large);
        assert!(heap.bytes() > 20_000 * 24 + (8 << 18));
    }

    #[test]
    fn threads_find_the_same_objects() {
        let heap = Heap::new();
        let all = std::thread::scope(|scope| {
            let intern = || (0..5000).map(|n| heap.intern(2, &[n % 700, n / 7]).word()).collect::<Vec<u64>>();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(intern)).collect();
            threads.into_iter().filter_map(|thread| thread.join().ok()).collect::<Vec<_>>()
        });
        assert_eq!(all.len(), 4);
        assert!(all.iter().all(|words| *words == all[0]));
    }
}
