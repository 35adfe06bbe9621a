use crate::watch::Watch;
use crate::world::{Interned, NodeState};
use rustc_hash::FxHashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use verdi_runtime::Value;

/// Gives small ids to the parts of worlds: equal parts, equal ids. Ids depend on the order in which parts
/// are met, so nothing but keys is made of them.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    tables: Mutex<Tables>,
}

#[derive(Debug, Default)]
struct Tables {
    states: FxHashMap<Arc<NodeState>, u32>,
    packets: FxHashMap<Value, u32>,
    vars: FxHashMap<Arc<Vec<Value>>, u32>,
    watches: FxHashMap<Arc<Vec<Watch>>, u32>,
    /// A history is an earlier one and an event; the empty one is 0.
    traces: FxHashMap<(u32, Value), u32>,
}

impl Interner {
    fn tables(&self) -> MutexGuard<'_, Tables> {
        // The tables are never left half changed.
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn state(&self, state: NodeState) -> Interned<NodeState> {
        shared(&mut self.tables().states, state)
    }

    pub(crate) fn vars(&self, vars: Vec<Value>) -> Interned<Vec<Value>> {
        shared(&mut self.tables().vars, vars)
    }

    pub(crate) fn watch(&self, watch: Vec<Watch>) -> Interned<Vec<Watch>> {
        shared(&mut self.tables().watches, watch)
    }

    /// A packet's id, and the packet as it was first met.
    pub(crate) fn packet(&self, packet: Value) -> (Value, u32) {
        let packets = &mut self.tables().packets;
        match packets.get_key_value(&packet) {
            Some((known, id)) => (known.clone(), *id),
            None => {
                let id = packets.len() as u32;
                packets.insert(packet.clone(), id);
                (packet, id)
            }
        }
    }

    /// A history with one more event.
    pub(crate) fn trace(&self, trace: &mut Interned<Vec<Value>>, event: Value) {
        let traces = &mut self.tables().traces;
        let next = traces.len() as u32 + 1;
        trace.id = *traces.entry((trace.id, event.clone())).or_insert(next);
        Arc::make_mut(&mut trace.value).push(event);
    }
}

fn shared<T: Hash + Eq>(table: &mut FxHashMap<Arc<T>, u32>, value: T) -> Interned<T> {
    if let Some((known, id)) = table.get_key_value(&value) {
        return Interned { id: *id, value: Arc::clone(known) };
    }
    let (id, value) = (table.len() as u32, Arc::new(value));
    table.insert(Arc::clone(&value), id);
    Interned { id, value }
}
