use rustc_hash::FxHashMap;
use std::hash::Hash;
use std::sync::{Arc, PoisonError, RwLock};
use verdi_machine::{Fault, Firings, Parts, Update};

/// What a step does, or why it faults.
pub(super) type Step = Arc<Result<Update, Fault>>;

/// What the parts of a model answered, remembered for all workers. Each worker arranges what it needs of it
/// for its own use, so that this is asked only where something is met for the first time.
#[derive(Debug)]
pub(super) struct Memo<'p, P> {
    pub(super) parts: &'p P,
    driven: Remembered<(u32, u32, bool), Arc<Firings>>,
    updates: Vec<Remembered<(u32, u32), Step>>,
}

type Remembered<K, V> = RwLock<FxHashMap<K, V>>;

/// Into how many tables updates are divided, so that workers seldom wait for each other.
const SHARDS: usize = 16;

impl<'p, P: Parts> Memo<'p, P> {
    pub(super) fn new(parts: &'p P) -> Self {
        let updates = (0..SHARDS).map(|_| RwLock::default()).collect();
        Self { parts, driven: RwLock::default(), updates }
    }

    /// See [`Parts::driven`].
    pub(super) fn driven(&self, vars: u32, packet: u32, head: bool) -> Arc<Firings> {
        remember(&self.driven, (vars, packet, head), || Arc::new(self.parts.driven(vars, packet, head)))
    }

    /// See [`Parts::update`].
    pub(super) fn update(&self, firing: u32, state: u32) -> Step {
        let shard = &self.updates[(firing ^ state) as usize % SHARDS];
        remember(shard, (firing, state), || Arc::new(self.parts.update(firing, state)))
    }

    /// About how many bytes are remembered here.
    pub(super) fn bytes(&self) -> u64 {
        let updates: usize = self.updates.iter().map(len).sum();
        (updates * 160 + len(&self.driven) * 128) as u64
    }
}

fn len<K, V>(known: &Remembered<K, V>) -> usize {
    known.read().unwrap_or_else(PoisonError::into_inner).len()
}

fn remember<K: Hash + Eq, V: Clone>(known: &Remembered<K, V>, key: K, compute: impl FnOnce() -> V) -> V {
    if let Some(found) = known.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return found.clone();
    }
    let value = compute();
    // Another worker may have been faster; the answers are equal.
    known.write().unwrap_or_else(PoisonError::into_inner).entry(key).or_insert(value).clone()
}
