use crate::{Engine, Machine, World};
use std::collections::BTreeMap;
use verdi_core::{FieldId, NodeId, TyId, Value, VarId};

/// A part of a world that differs from another's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A field of a node's state.
    Field {
        /// The node.
        node: u32,
        /// The field of its kind.
        field: FieldId,
        /// Its type.
        ty: TyId,
        /// Before.
        from: Value,
        /// After.
        to: Value,
    },
    /// A timer is armed.
    Armed {
        /// The node.
        node: u32,
        /// The timer's position among the program's.
        timer: u32,
    },
    /// A timer is armed no longer.
    Disarmed {
        /// The node.
        node: u32,
        /// The timer's position among the program's.
        timer: u32,
    },
    /// A variable of the network.
    Var {
        /// The variable.
        var: VarId,
        /// Its type.
        ty: TyId,
        /// Before.
        from: Value,
        /// After.
        to: Value,
    },
    /// More copies of a packet are in flight.
    Sent {
        /// The packet.
        packet: Value,
        /// How many more.
        copies: u64,
    },
    /// Fewer copies of a packet are in flight.
    Gone {
        /// The packet.
        packet: Value,
        /// How many fewer.
        copies: u64,
    },
    /// The history is longer by an event.
    Happened(Value),
}

impl<E: Engine> Machine<E> {
    /// What is different in `after`: nodes in order, then variables, then packets in canonical order, then the
    /// history.
    pub fn diff(&self, before: &World, after: &World) -> Vec<Change> {
        let mut changes = Vec::new();
        for node in 0..before.node_count() {
            self.fields(before, after, node, &mut changes);
            timers(before, after, node, &mut changes);
        }
        for (var, info) in &self.program().network.vars {
            let (from, to) = (before.var(var), after.var(var));
            if from != to {
                changes.push(Change::Var { var, ty: info.ty, from: from.clone(), to: to.clone() });
            }
        }
        packets(before, after, &mut changes);
        let events = after.trace().iter().skip(before.trace().len());
        changes.extend(events.cloned().map(Change::Happened));
        changes
    }

    fn fields(&self, before: &World, after: &World, node: u32, changes: &mut Vec<Change>) {
        let kind = self.program().nodes[NodeId::from_u32(node)].kind;
        for (field, info) in &self.program().kinds[kind].fields {
            let (from, to) = (before.node(node).field(field), after.node(node).field(field));
            if from != to {
                changes.push(Change::Field { node, field, ty: info.ty, from: from.clone(), to: to.clone() });
            }
        }
    }
}

fn timers(before: &World, after: &World, node: u32, changes: &mut Vec<Change>) {
    let (from, to) = (before.node(node).armed(), after.node(node).armed());
    let disarmed = from.iter().filter(|timer| !to.contains(timer));
    changes.extend(disarmed.map(|timer| Change::Disarmed { node, timer: *timer }));
    let armed = to.iter().filter(|timer| !from.contains(timer));
    changes.extend(armed.map(|timer| Change::Armed { node, timer: *timer }));
}

fn packets(before: &World, after: &World, changes: &mut Vec<Change>) {
    let mut copies: BTreeMap<Value, (u64, u64)> = BTreeMap::new();
    for packet in before.packets().iter() {
        copies.entry(packet.clone()).or_default().0 += 1;
    }
    for packet in after.packets().iter() {
        copies.entry(packet.clone()).or_default().1 += 1;
    }
    for (packet, (from, to)) in copies {
        if to > from {
            changes.push(Change::Sent { packet, copies: to - from });
        } else if to < from {
            changes.push(Change::Gone { packet, copies: from - to });
        }
    }
}
