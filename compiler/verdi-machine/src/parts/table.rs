use crate::{Choice, NodeState};
use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxBuildHasher;
use std::borrow::Borrow;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use verdi_core::Value;

type Rows<T> = IndexSet<Arc<T>, FxBuildHasher>;

/// Gives small ids to things of a sort, and keeps them: equal things, equal ids.
#[derive(Debug)]
pub(super) struct Table<T> {
    rows: RwLock<Rows<T>>,
    bytes: AtomicU64,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { rows: RwLock::default(), bytes: AtomicU64::new(0) }
    }
}

impl<T: Hash + Eq + Heavy> Table<T> {
    /// The id of something, new or known.
    pub(super) fn id(&self, thing: impl Borrow<T> + Into<Arc<T>>) -> u32 {
        if let Some(id) = self.read().get_index_of(thing.borrow()) {
            return id as u32;
        }
        let thing = thing.into();
        let bytes = thing.bytes();
        let (id, new) = self.write().insert_full(thing);
        if new {
            // A row is the thing with the counts of its `Arc`, a pointer and a hash, and a place among the indices.
            self.bytes.fetch_add(bytes + 64, Ordering::Relaxed);
        }
        id as u32
    }

    /// What an id stands for.
    pub(super) fn get(&self, id: u32) -> Arc<T> {
        Arc::clone(self.look().get(id))
    }

    /// A look at many rows. Nothing new may be given an id while it lasts.
    pub(super) fn look(&self) -> Look<'_, T> {
        Look(self.read())
    }

    pub(super) fn len(&self) -> usize {
        self.read().len()
    }

    /// All that have an id, in order.
    pub(super) fn rows(&self) -> Vec<Arc<T>> {
        self.read().iter().cloned().collect()
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    fn read(&self) -> RwLockReadGuard<'_, Rows<T>> {
        // Rows are never left half changed.
        self.rows.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Rows<T>> {
        self.rows.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A look at many rows of a table.
pub(super) struct Look<'a, T>(RwLockReadGuard<'a, Rows<T>>);

impl<T> Look<'_, T> {
    /// What an id stands for.
    pub(super) fn get(&self, id: u32) -> &Arc<T> {
        match self.0.get_index(id as usize) {
            Some(thing) => thing,
            None => unreachable!("ids come from here"),
        }
    }
}

/// What something takes.
pub(super) trait Heavy {
    /// About how many bytes, with all that it points to.
    fn bytes(&self) -> u64;
}

impl Heavy for Value {
    fn bytes(&self) -> u64 {
        // What an `Arc` adds to what it holds, and the vector in it.
        const COUNTS: u64 = 16;
        const VEC: u64 = 24;
        let inside = match self {
            Self::Bool(_) | Self::Int(_) | Self::Node(_) | Self::Caller(_) => 0,
            Self::Str(text) => COUNTS + text.len() as u64,
            Self::List(items) | Self::Set(items) => COUNTS + VEC + all(items),
            Self::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| key.bytes() + value.bytes());
                COUNTS + VEC + entries.sum::<u64>()
            }
            Self::Data(_, fields) if fields.is_empty() => 0,
            Self::Data(_, fields) => COUNTS + all(fields),
        };
        size_of::<Self>() as u64 + inside
    }
}

fn all(values: &[Value]) -> u64 {
    values.iter().map(Heavy::bytes).sum()
}

impl Heavy for Vec<Value> {
    fn bytes(&self) -> u64 {
        size_of::<Self>() as u64 + all(self)
    }
}

impl Heavy for NodeState {
    fn bytes(&self) -> u64 {
        size_of::<Self>() as u64 + all(&self.fields) + size_of_val(self.armed.as_slice()) as u64
    }
}

impl Heavy for Choice {
    fn bytes(&self) -> u64 {
        size_of::<Self>() as u64 + all(&self.args)
    }
}

/// A history: an earlier one and an event.
impl Heavy for (u32, u32) {
    fn bytes(&self) -> u64 {
        size_of::<Self>() as u64
    }
}

/// What tells firings apart: the variables, where they matter, and the choice.
pub(super) type FiringKey = (Option<u32>, u32);

/// What firings do, with small ids of the firings.
#[derive(Debug)]
pub(super) struct Scripts<T> {
    rows: RwLock<IndexMap<FiringKey, Arc<T>, FxBuildHasher>>,
    bytes: AtomicU64,
}

impl<T> Default for Scripts<T> {
    fn default() -> Self {
        Self { rows: RwLock::default(), bytes: AtomicU64::new(0) }
    }
}

impl<T: Heavy> Scripts<T> {
    pub(super) fn get(&self, key: &FiringKey) -> Option<(u32, Arc<T>)> {
        let rows = self.rows.read().unwrap_or_else(PoisonError::into_inner);
        rows.get_full(key).map(|(id, _, script)| (id as u32, Arc::clone(script)))
    }

    /// Keeps what a firing does, unless it is known already.
    pub(super) fn insert(&self, key: FiringKey, script: T) -> (u32, Arc<T>) {
        let mut rows = self.rows.write().unwrap_or_else(PoisonError::into_inner);
        let row = rows.entry(key);
        let id = row.index() as u32;
        let script = row.or_insert_with(|| {
            self.bytes.fetch_add(script.bytes() + 64, Ordering::Relaxed);
            Arc::new(script)
        });
        (id, Arc::clone(script))
    }

    /// What tells all firings apart, in the order of their ids.
    pub(super) fn keys(&self) -> Vec<FiringKey> {
        let rows = self.rows.read().unwrap_or_else(PoisonError::into_inner);
        rows.keys().copied().collect()
    }

    pub(super) fn at(&self, id: u32) -> Arc<T> {
        let rows = self.rows.read().unwrap_or_else(PoisonError::into_inner);
        match rows.get_index(id as usize) {
            Some((_, script)) => Arc::clone(script),
            None => unreachable!("ids come from here"),
        }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

/// Remembers something for ids.
#[derive(Debug)]
pub(super) struct Memo<T> {
    rows: RwLock<Vec<Option<T>>>,
    bytes: AtomicU64,
}

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self { rows: RwLock::default(), bytes: AtomicU64::new(0) }
    }
}

impl<T: Clone> Memo<T> {
    pub(super) fn get(&self, id: u32) -> Option<T> {
        let rows = self.rows.read().unwrap_or_else(PoisonError::into_inner);
        rows.get(id as usize).cloned().flatten()
    }

    /// Keeps it, unless something is known already. `bytes` is what it takes.
    pub(super) fn insert(&self, id: u32, found: T, bytes: u64) -> T {
        let mut rows = self.rows.write().unwrap_or_else(PoisonError::into_inner);
        if rows.len() <= id as usize {
            rows.resize(id as usize + 1, None);
        }
        let row = &mut rows[id as usize];
        if row.is_none() {
            self.bytes.fetch_add(bytes + size_of::<Option<T>>() as u64, Ordering::Relaxed);
        }
        row.get_or_insert(found).clone()
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}
