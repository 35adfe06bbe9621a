use crate::packets::Packets;
use crate::watch::Watch;
use std::sync::Arc;
use verdi_core::{FieldId, VarId};
use verdi_runtime::{List, Value};

/// A whole world: what the nodes know, what is in flight, the network's variables, what is left of the bounds, what
/// watchers know, and the history where a property reads it. Cheap to clone. Its parts carry the ids that its machine interned
/// them as, so it means something to that machine only.
#[derive(Clone, Debug)]
pub struct World {
    pub(crate) nodes: Vec<Interned<NodeState>>,
    pub(crate) packets: Packets,
    pub(crate) vars: Interned<Vec<Value>>,
    /// What is left of each bound; see `Bounds`.
    pub(crate) left: Arc<[u32]>,
    /// The events, oldest first, and the id of this history.
    pub(crate) trace: Interned<Vec<Value>>,
    /// What watchers know, by watcher.
    pub(crate) watch: Interned<Vec<Watch>>,
}

/// Something shared, with the id that stands for it in keys.
#[derive(Debug)]
pub(crate) struct Interned<T> {
    pub(crate) id: u32,
    pub(crate) value: Arc<T>,
}

impl<T> Clone for Interned<T> {
    fn clone(&self) -> Self {
        Self { id: self.id, value: Arc::clone(&self.value) }
    }
}

/// What a node knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct NodeState {
    pub(crate) fields: Vec<Value>,
    /// Positions among the program's timers, ascending.
    pub(crate) armed: Vec<u32>,
}

impl NodeState {
    /// A state of these fields; the armed timers by their positions, ascending.
    pub fn new(fields: Vec<Value>, armed: Vec<u32>) -> Self {
        Self { fields, armed }
    }

    /// The value of a field.
    pub fn field(&self, field: FieldId) -> &Value {
        &self.fields[field.as_u32() as usize]
    }

    /// The armed timers, by their positions among the program's timers, ascending.
    pub fn armed(&self) -> &[u32] {
        &self.armed
    }

    pub(crate) fn arm(&mut self, timer: u32) {
        if let Err(at) = self.armed.binary_search(&timer) {
            self.armed.insert(at, timer);
        }
    }

    pub(crate) fn disarm(&mut self, timer: u32) {
        if let Ok(at) = self.armed.binary_search(&timer) {
            self.armed.remove(at);
        }
    }
}

impl World {
    /// How many nodes there are.
    pub fn node_count(&self) -> u32 {
        self.nodes.len() as u32
    }

    /// What a node knows.
    pub fn node(&self, node: u32) -> &NodeState {
        &self.nodes[node as usize].value
    }

    /// The packets in flight, copies too, as values of the program's packet type: in canonical order, but
    /// queues by their pair of nodes and then in order.
    pub fn packets(&self) -> List {
        self.packets.all()
    }

    /// How many packets are in flight.
    pub fn packet_count(&self) -> u64 {
        self.packets.total()
    }

    /// The value of a network's variable.
    pub fn var(&self, var: VarId) -> &Value {
        &self.vars.value[var.as_u32() as usize]
    }

    /// The history of client input and output, oldest first, as values of the program's event type: empty
    /// unless the program keeps it.
    pub fn trace(&self) -> &[Value] {
        &self.trace.value
    }
}
