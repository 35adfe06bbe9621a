//! What may come of an event of one sort at a node of one kind.

use crate::reduce::facts::each;
use crate::*;
use cranelift_entity::SecondaryMap;
use std::collections::{BTreeMap, BTreeSet};

/// What happens at a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// It starts.
    Start,
    /// An input of this constructor reaches it.
    Input(u32),
    /// A message of this constructor reaches it, from a node of this kind.
    Message(u32, KindId),
    /// A timer fires, by its position among the program's.
    Timeout(u32),
    /// It crashes.
    Crash,
    /// It comes back.
    Reboot,
}

/// Some nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whom {
    /// The node whose message is handled.
    pub sender: bool,
    /// The node at hand.
    pub itself: bool,
    /// Any nodes of these kinds.
    pub kinds: BTreeSet<KindId>,
}

/// What may happen when an event is handled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handling {
    /// The fields that may be written.
    pub writes: BTreeSet<FieldId>,
    /// The timers that may be started.
    pub starts: BTreeSet<u32>,
    /// Whether timers may be stopped.
    pub stops: bool,
    /// Messages that may be sent, by constructor, and whom to.
    pub sends: BTreeMap<u32, Whom>,
    /// Whether anything may be output.
    pub outputs: bool,
    /// Whether no property and no constraint can tell the world before the event from the world after it.
    pub invisible: bool,
}

impl Whom {
    pub(super) fn join(&mut self, other: &Whom) {
        self.sender |= other.sender;
        self.itself |= other.itself;
        self.kinds.extend(&other.kinds);
    }

    /// The kinds of these nodes, for an event at a node of a kind.
    pub(super) fn kinds(&self, at: KindId, cause: Cause) -> BTreeSet<KindId> {
        let mut kinds = self.kinds.clone();
        kinds.extend(self.itself.then_some(at));
        if let (true, Cause::Message(_, from)) = (self.sender, cause) {
            kinds.insert(from);
        }
        kinds
    }
}

/// The kinds of nodes in a value.
pub(super) fn kinds_in(program: &Program, value: &Value, found: &mut BTreeSet<KindId>) {
    match value {
        Value::Node(node) => {
            found.insert(program.nodes[NodeId::from_u32(*node)].kind);
        }
        Value::List(items) | Value::Set(items) => {
            items.iter().for_each(|item| kinds_in(program, item, found))
        }
        Value::Map(entries) => entries.iter().for_each(|(key, value)| {
            kinds_in(program, key, found);
            kinds_in(program, value, found);
        }),
        Value::Data(_, fields) => fields.iter().for_each(|field| kinds_in(program, field, found)),
        Value::Bool(_) | Value::Int(_) | Value::Str(_) | Value::Caller(_) => {}
    }
}

/// The kinds of nodes in the constants of a function and of those it calls.
pub(super) fn constant_kinds(program: &Program, func: FuncId) -> BTreeSet<KindId> {
    let mut found = BTreeSet::new();
    let mut seen: SecondaryMap<FuncId, bool> = SecondaryMap::new();
    let mut todo = vec![func];
    while let Some(func) = todo.pop() {
        if std::mem::replace(&mut seen[func], true) {
            continue;
        }
        each(&program.functions[func].body, &mut |stmt| {
            todo.extend(stmt.callee());
            for operand in stmt.operands() {
                if let Operand::Const(id) = operand {
                    kinds_in(program, &program.consts[id].value, &mut found);
                }
            }
        });
    }
    found
}
