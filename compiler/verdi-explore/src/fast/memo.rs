use rustc_hash::FxHashMap;
use std::hash::Hash;
use std::sync::{Arc, PoisonError, RwLock};
use verdi_machine::{Firings, Parts};

/// What packets drive, remembered for all workers. Each worker arranges what it needs of it for its own use, so
/// that this is asked only where something is met for the first time.
#[derive(Debug)]
pub(super) struct Memo<'p, P> {
    pub(super) parts: &'p P,
    /// Whether the first world has more packets than there may be after a step: then steps that add none are not
    /// taken either.
    pub(super) is_crowded: bool,
    driven: Remembered<(u32, u32, bool), Arc<Firings>>,
}

type Remembered<K, V> = RwLock<FxHashMap<K, V>>;

impl<'p, P: Parts> Memo<'p, P> {
    pub(super) fn new(parts: &'p P) -> Self {
        let most = parts.shape().packets_max;
        let is_crowded =
            most.is_some_and(|most| parts.first().is_ok_and(|first| first.packets.len() as u64 > most));
        Self { parts, is_crowded, driven: RwLock::default() }
    }

    /// See [`Parts::driven`].
    pub(super) fn driven(&self, vars: u32, packet: u32, head: bool) -> Arc<Firings> {
        remember(&self.driven, (vars, packet, head), || Arc::new(self.parts.driven(vars, packet, head)))
    }

    /// About how many bytes are remembered here.
    pub(super) fn bytes(&self) -> u64 {
        let driven = self.driven.read().unwrap_or_else(PoisonError::into_inner).len();
        driven as u64 * 128
    }
}

fn remember<K: Hash + Eq, V: Clone>(known: &Remembered<K, V>, key: K, compute: impl FnOnce() -> V) -> V {
    if let Some(found) = known.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return found.clone();
    }
    let value = compute();
    // Another worker may have been faster; the answers are equal.
    known.write().unwrap_or_else(PoisonError::into_inner).entry(key).or_insert(value).clone()
}
