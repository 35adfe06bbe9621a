//! Things of a sort as words and as ids.

use super::column::Column;
use crate::heap::hash;
use crate::object::Object;
use crate::shared::Shared;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

const SHARDS: usize = 32;

/// The ids of things of a sort, and the words that ids stand for: interned, so that equal words have one address.
#[derive(Default)]
pub(super) struct Sort {
    ids: [Mutex<HashMap<u64, u32, BuildHasherDefault<Mixed>>>; SHARDS],
    words: Column<Object>,
    count: AtomicU64,
}

impl Sort {
    /// The id of words; `find` finds it where they are new.
    pub(super) fn id(&self, shared: &Shared, words: &[u64], find: impl FnOnce() -> u32) -> u32 {
        let object = shared.heap.intern(0, words);
        let shard = &self.ids[object.word() as usize / 64 % SHARDS];
        let known = shard.lock().unwrap_or_else(PoisonError::into_inner).get(&object.word()).copied();
        known.unwrap_or_else(|| {
            let id = find();
            self.words.get_or(id, || object);
            let new =
                shard.lock().unwrap_or_else(PoisonError::into_inner).insert(object.word(), id).is_none();
            self.count.fetch_add(u64::from(new), Ordering::Relaxed);
            id
        })
    }

    /// The words of an id; `find` finds them where nobody has asked for it.
    pub(super) fn words(&self, shared: &Shared, id: u32, find: impl FnOnce() -> Vec<u64>) -> &[u64] {
        self.words.get_or(id, || shared.heap.intern(0, &find())).words()
    }

    /// About how many bytes the ids take; the words are the heap's.
    pub(super) fn bytes(&self) -> u64 {
        // A place in the map, a third of which is free, and one in the column.
        self.count.load(Ordering::Relaxed) * 40
    }
}

/// Mixes the bits of addresses.
#[derive(Default)]
struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = hash(self.0, &[word]);
    }
}
