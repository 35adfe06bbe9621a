//! What functions act on in these tests: it keeps everything and tells what was done.

use crate::types::World;
use verdi_core::*;
use verdi_machine::{Effect, Env, Fault};

/// A world that is there for one call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Surroundings {
    node: u32,
    /// The fields of each node, the own one's among them.
    fields: Vec<Vec<Value>>,
    timers: Vec<Value>,
    inputs: Vec<Value>,
    vars: Vec<Value>,
    packets: Vec<Value>,
    trace: Value,
    fired: Option<Fault>,
    /// What was done, in order.
    pub(crate) done: Vec<String>,
}

impl Surroundings {
    pub(crate) fn new(world: &mut World, context: Context) -> Self {
        let special = world.program.special;
        let nodes: Vec<KindId> = world.program.nodes.values().map(|node| node.kind).collect();
        let fields = nodes
            .iter()
            .map(|kind| {
                let tys: Vec<TyId> =
                    world.program.kinds[*kind].fields.values().map(|field| field.ty).collect();
                tys.into_iter().map(|ty| world.value(ty, 0)).collect()
            })
            .collect();
        let list = |world: &mut World, ty: TyId| {
            let len = world.dice.below(4);
            Value::list((0..len).map(|_| world.value(ty, 1)).collect())
        };
        let tys: Vec<TyId> = world.program.network.vars.values().map(|var| var.ty).collect();
        let node = match context {
            Context::Node(kind) => world.program.kinds[kind].nodes[0].as_u32(),
            _ => 0,
        };
        let fault = Fault { kind: FaultKind::Assert, span: Span::default(), detail: "a handler's".into() };
        Self {
            node,
            fields,
            timers: nodes.iter().map(|_| list(world, special.timer)).collect(),
            inputs: nodes.iter().map(|_| list(world, special.invocation)).collect(),
            vars: tys.into_iter().map(|ty| world.value(ty, 0)).collect(),
            packets: list(world, special.packet).as_list().to_vec(),
            trace: list(world, special.event),
            fired: world.dice.one_in(8).then_some(fault),
            done: Vec::new(),
        }
    }

    fn fire(&mut self, what: String) -> Result<(), Fault> {
        self.done.push(what);
        // A handler may send.
        if let Some(first) = self.packets.first().cloned() {
            self.packets.push(first);
        }
        self.fired.clone().map_or(Ok(()), Err)
    }
}

impl Env for Surroundings {
    fn self_node(&self) -> u32 {
        self.node
    }
    fn field(&self, field: FieldId) -> Value {
        self.fields[self.node as usize][field.as_u32() as usize].clone()
    }
    fn store_field(&mut self, field: FieldId, value: Value) {
        self.fields[self.node as usize][field.as_u32() as usize] = value;
    }
    fn effect(&mut self, effect: Effect) {
        self.done.push(format!("{effect:?}"));
    }
    fn node_field(&self, node: u32, _: KindId, field: FieldId) -> Value {
        self.fields[node as usize][field.as_u32() as usize].clone()
    }
    fn timers(&self, node: u32) -> Value {
        self.timers[node as usize].clone()
    }
    fn inputs(&self, node: u32) -> Value {
        self.inputs[node as usize].clone()
    }
    fn var(&self, var: VarId) -> Value {
        self.vars[var.as_u32() as usize].clone()
    }
    fn packets(&self) -> Value {
        Value::list(self.packets.clone())
    }
    fn distinct_packets(&self) -> Value {
        Value::List(Value::set(self.packets.clone()).as_set().clone())
    }
    fn heads(&self) -> Value {
        Value::list(self.packets.iter().take(1).cloned().collect())
    }
    fn trace(&self) -> Value {
        self.trace.clone()
    }
    fn store_var(&mut self, var: VarId, value: Value) {
        self.done.push(format!("{var} := {value:?}"));
        self.vars[var.as_u32() as usize] = value;
    }
    fn add_packet(&mut self, packet: Value) {
        self.done.push(format!("add {packet:?}"));
        self.packets.push(packet);
    }
    fn remove_packet(&mut self, packet: &Value) {
        self.done.push(format!("remove {packet:?}"));
        self.packets.retain(|known| known != packet);
    }
    fn fire_input(&mut self, invocation: Value, at: u32) -> Result<(), Fault> {
        self.fire(format!("input {invocation:?} at {at}"))
    }
    fn fire_deliver(&mut self, packet: Value) -> Result<(), Fault> {
        self.fire(format!("deliver {packet:?}"))
    }
    fn fire_timeout(&mut self, timer: Value, at: u32) -> Result<(), Fault> {
        self.fire(format!("timeout {timer:?} at {at}"))
    }
    fn fire_crash(&mut self, node: u32) -> Result<(), Fault> {
        self.fire(format!("crash {node}"))
    }
    fn fire_reboot(&mut self, node: u32) -> Result<(), Fault> {
        self.fire(format!("reboot {node}"))
    }
}
