//! What ids stand for, for those who keep the parts in a form of their own too.

use super::questions::Asks;
use super::{Script, TakenApart};
use crate::{Engine, NodeState};
use std::sync::Arc;
use verdi_core::{FieldId, FuncId, Value};

impl<E: Engine> TakenApart<'_, E> {
    /// The id of a packet, new or known.
    pub fn packet_to_id(&self, packet: Value) -> u32 {
        self.packets.id(packet)
    }

    /// A packet.
    pub fn id_to_packet(&self, packet: u32) -> Arc<Value> {
        self.packets.get(packet)
    }

    /// The id of an event of the history, new or known.
    pub fn event_to_id(&self, event: Value) -> u32 {
        self.events.id(event)
    }

    /// The network's variables.
    pub fn id_to_vars(&self, vars: u32) -> Arc<Vec<Value>> {
        self.vars.get(vars)
    }

    /// The id of the network's variables, new or known.
    pub fn vars_to_id(&self, vars: Vec<Value>) -> u32 {
        self.vars.id(vars)
    }

    /// The events of a history, oldest first.
    pub fn id_to_history(&self, trace: u32) -> Vec<Value> {
        self.events_of(trace)
    }

    /// What a firing does, as far as it does not depend on a node's state.
    pub fn id_to_script(&self, firing: u32) -> Arc<Script> {
        self.scripts.at(firing)
    }

    /// The function that a question is, if it is one.
    pub fn question_function(&self, question: u32) -> Option<FuncId> {
        match self.questions[question as usize].asks {
            Asks::Function(func) => Some(func),
            Asks::Watcher(_) => None,
        }
    }

    /// The fields that a question may read of each kind of node, and whether their timers; `None` where that is all
    /// that there is.
    pub fn question_reads(&self, question: u32) -> Vec<Option<(Vec<FieldId>, bool)>> {
        self.questions[question as usize].reads()
    }

    /// What a node knows before any handler ran, its `every` timers armed.
    pub fn fresh(&self, node: u32) -> Option<Arc<NodeState>> {
        self.machine.tables.fresh.get(node as usize).cloned()
    }

    /// The invocations that a node may be sent, as a list.
    pub fn inputs(&self, node: u32) -> Option<Value> {
        self.machine.tables.inputs.get(node as usize).cloned()
    }
}
