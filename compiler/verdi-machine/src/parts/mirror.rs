use super::TakenApart;
use super::table::Memo;
use crate::watch::Watch;
use crate::world::Interned;
use crate::{Engine, NodeState};
use std::sync::Arc;
use verdi_core::Value;

/// Which ids here and at the machine stand for the same, so that worlds cross over without a look at their values.
#[derive(Debug)]
pub(super) struct Mirror {
    /// By kind of node.
    states: Vec<Both<Interned<NodeState>>>,
    packets: Both<(Value, u32)>,
    vars: Both<Interned<Vec<Value>>>,
    watches: Both<Interned<Vec<Watch>>>,
}

/// Of one sort.
#[derive(Debug)]
struct Both<T> {
    /// What the machine has for an id here.
    there: Memo<T>,
    /// The id here for one of the machine's.
    here: Memo<u32>,
}

impl<T> Default for Both<T> {
    fn default() -> Self {
        Self { there: Memo::default(), here: Memo::default() }
    }
}

impl<T: Clone> Both<T> {
    fn there(&self, id: u32, find: impl FnOnce() -> T) -> T {
        self.there.get(id).unwrap_or_else(|| self.there.insert(id, find(), 0))
    }

    fn here(&self, machine_id: u32, find: impl FnOnce() -> u32) -> u32 {
        self.here.get(machine_id).unwrap_or_else(|| self.here.insert(machine_id, find(), 0))
    }

    fn bytes(&self) -> u64 {
        self.there.bytes() + self.here.bytes()
    }
}

impl Mirror {
    pub(super) fn new(kinds: usize) -> Self {
        Self {
            states: (0..kinds).map(|_| Both::default()).collect(),
            packets: Both::default(),
            vars: Both::default(),
            watches: Both::default(),
        }
    }

    pub(super) fn bytes(&self) -> u64 {
        let states: u64 = self.states.iter().map(Both::bytes).sum();
        states + self.packets.bytes() + self.vars.bytes() + self.watches.bytes()
    }
}

impl<E: Engine> TakenApart<'_, E> {
    fn states_mirror(&self, node: u32) -> &Both<Interned<NodeState>> {
        &self.mirror.states[self.shape.kinds[node as usize] as usize]
    }

    /// The machine's form of a state of a node.
    pub(super) fn state_there(&self, node: u32, state: u32) -> Interned<NodeState> {
        self.states_mirror(node).there(state, || {
            let known = self.state(node, state);
            self.machine.tables.interner.state(NodeState::clone(&known))
        })
    }

    /// The id of a state of a node that the machine has.
    pub(super) fn state_here(&self, node: u32, state: &Interned<NodeState>) -> u32 {
        self.states_mirror(node).here(state.id, || self.state_id(node, Arc::clone(&state.value)))
    }

    /// The machine's form of a packet.
    pub(super) fn packet_there(&self, packet: u32) -> (Value, u32) {
        let find = || self.machine.tables.interner.packet(Value::clone(&self.packets.get(packet)));
        self.mirror.packets.there(packet, find)
    }

    /// The id of a packet that the machine has.
    pub(super) fn packet_here(&self, packet: &Value, machine_id: u32) -> u32 {
        self.mirror.packets.here(machine_id, || self.packets.id(packet.clone()))
    }

    /// The machine's form of the variables.
    pub(super) fn vars_there(&self, vars: u32) -> Interned<Vec<Value>> {
        let find = || self.machine.tables.interner.vars(Vec::clone(&self.vars.get(vars)));
        self.mirror.vars.there(vars, find)
    }

    /// The id of variables that the machine has.
    pub(super) fn vars_here(&self, vars: &Interned<Vec<Value>>) -> u32 {
        self.mirror.vars.here(vars.id, || self.vars.id(Arc::clone(&vars.value)))
    }

    /// The machine's form of what watchers know.
    pub(super) fn watch_there(&self, slot: u32) -> Interned<Vec<Watch>> {
        let find = |watch: Vec<Watch>| self.machine.tables.interner.watch(watch);
        match self.watch_id_of(slot) {
            Some(watch) => {
                self.mirror.watches.there(watch, || find(Vec::clone(&self.slots.watches.get(watch))))
            }
            None => find(Vec::new()),
        }
    }

    /// The id of what watchers know.
    pub(super) fn watch_here(&self, watch: &Interned<Vec<Watch>>) -> u32 {
        self.mirror.watches.here(watch.id, || self.slots.watches.id(Arc::clone(&watch.value)))
    }
}
