use super::{PacketOp, TakenApart, Whole};
use crate::env::{delivery, input};
use crate::machine::Tables;
use crate::{Engine, Env, Event, Fault, NodeState};
use std::cell::OnceCell;
use std::sync::Arc;
use verdi_core::{FieldId, KindId, PacketStore, Value, VarId};
use verdi_runtime::{List, set};

/// A domain or guard at work that reads at most the variables and the state of one node.
pub(super) struct NearEnv<'a> {
    pub(super) tables: &'a Tables,
    pub(super) vars: &'a [Value],
    pub(super) state: Option<&'a NodeState>,
}

impl Env for NearEnv<'_> {
    fn node_field(&self, _node: u32, _kind: KindId, field: FieldId) -> Value {
        self.state.map_or(Value::Bool(false), |state| state.field(field).clone())
    }

    fn timers(&self, _node: u32) -> Value {
        self.tables.armed(self.state.map_or(&[], NodeState::armed))
    }

    fn inputs(&self, node: u32) -> Value {
        self.tables.inputs[node as usize].clone()
    }

    fn var(&self, var: VarId) -> Value {
        self.vars[var.as_u32() as usize].clone()
    }
}

/// The body of a rule at work that reads at most the variables: notes what it does.
pub(super) struct ScriptEnv<'a> {
    pub(super) packet_id: &'a dyn Fn(&Value) -> u32,
    pub(super) vars: &'a [Value],
    pub(super) written: Option<Vec<Value>>,
    /// What it did to the packets before its event, or at all if there was none.
    pub(super) before: Vec<PacketOp>,
    pub(super) event: Option<(u32, Event)>,
    /// What it did to the packets after its event.
    pub(super) after: Vec<PacketOp>,
}

impl ScriptEnv<'_> {
    fn op(&mut self, op: PacketOp) {
        if self.event.is_none() { &mut self.before } else { &mut self.after }.push(op);
    }

    fn fire(&mut self, node: u32, event: Event) -> Result<(), Fault> {
        self.event = Some((node, event));
        Ok(())
    }
}

impl Env for ScriptEnv<'_> {
    fn var(&self, var: VarId) -> Value {
        self.written.as_deref().unwrap_or(self.vars)[var.as_u32() as usize].clone()
    }

    fn store_var(&mut self, var: VarId, value: Value) {
        self.written.get_or_insert_with(|| self.vars.to_vec())[var.as_u32() as usize] = value;
    }

    fn add_packet(&mut self, packet: Value) {
        self.op(PacketOp::Add((self.packet_id)(&packet)));
    }

    fn remove_packet(&mut self, packet: &Value) {
        self.op(PacketOp::Remove((self.packet_id)(packet)));
    }

    fn fire_input(&mut self, invocation: Value, at: u32) -> Result<(), Fault> {
        self.fire(at, input(&invocation))
    }

    fn fire_deliver(&mut self, packet: Value) -> Result<(), Fault> {
        let (node, event) = delivery(&packet);
        self.fire(node, event)
    }

    fn fire_timeout(&mut self, timer: Value, at: u32) -> Result<(), Fault> {
        self.fire(at, Event::Timeout(timer.tag()))
    }

    fn fire_crash(&mut self, node: u32) -> Result<(), Fault> {
        self.fire(node, Event::Crash)
    }

    fn fire_reboot(&mut self, node: u32) -> Result<(), Fault> {
        self.fire(node, Event::Reboot)
    }
}

/// A property or constraint at work. It looks up no more of the world than is read.
pub(super) struct WholeEnv<'a, E> {
    apart: &'a TakenApart<'a, E>,
    world: &'a Whole,
    states: Vec<OnceCell<Arc<NodeState>>>,
    vars: OnceCell<Arc<Vec<Value>>>,
    /// All, each distinct one, and the first of each queue.
    packets: [OnceCell<List>; 3],
}

impl<'a, E: Engine> WholeEnv<'a, E> {
    pub(super) fn new(apart: &'a TakenApart<'a, E>, world: &'a Whole) -> Self {
        let states = vec![OnceCell::new(); world.nodes.len()];
        Self { apart, world, states, vars: OnceCell::new(), packets: Default::default() }
    }

    fn state(&self, node: u32) -> &NodeState {
        let at = node as usize;
        self.states[at].get_or_init(|| self.apart.state(node, self.world.nodes[at]))
    }

    fn all_packets(&self) -> &List {
        self.packets[0].get_or_init(|| Arc::new(self.apart.packets_of(self.world)))
    }
}

impl<E: Engine> Env for WholeEnv<'_, E> {
    fn node_field(&self, node: u32, _kind: KindId, field: FieldId) -> Value {
        self.state(node).field(field).clone()
    }

    fn timers(&self, node: u32) -> Value {
        self.apart.machine.tables.armed(self.state(node).armed())
    }

    fn inputs(&self, node: u32) -> Value {
        self.apart.machine.tables.inputs_now(node, &self.apart.watch_of(self.world.trace))
    }

    fn var(&self, var: VarId) -> Value {
        let vars = self.vars.get_or_init(|| self.apart.vars.get(self.world.vars));
        vars[var.as_u32() as usize].clone()
    }

    fn packets(&self) -> Value {
        Value::List(Arc::clone(self.all_packets()))
    }

    fn distinct_packets(&self) -> Value {
        let distinct = self.packets[1].get_or_init(|| set::of(Arc::clone(self.all_packets())));
        Value::List(Arc::clone(distinct))
    }

    fn heads(&self) -> Value {
        if self.apart.shape.packets != PacketStore::Fifo {
            return self.distinct_packets();
        }
        let heads = self.packets[2].get_or_init(|| {
            let mut heads = Vec::clone(self.all_packets());
            heads.dedup_by(|later, first| later.fields()[..2] == first.fields()[..2]);
            Arc::new(heads)
        });
        Value::List(Arc::clone(heads))
    }

    fn trace(&self) -> Value {
        Value::list(self.apart.events_of(self.world.trace))
    }
}
