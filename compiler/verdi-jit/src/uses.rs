//! What of its context a function may read, with all that it calls.

use cranelift_entity::PrimaryMap;
use std::collections::BTreeSet;
use verdi_core::{Block, FieldId, FuncId, Function, KindId, Program, Rvalue, StmtKind, VarId};

/// What a function may read or write. All of it has to be in the context when it runs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Uses {
    /// Own fields, read or written.
    pub(crate) fields: BTreeSet<FieldId>,
    /// Own fields that are written.
    pub(crate) stores: BTreeSet<FieldId>,
    /// Fields of nodes of a kind.
    pub(crate) node_fields: BTreeSet<(KindId, FieldId)>,
    /// Variables, read or written.
    pub(crate) vars: BTreeSet<VarId>,
    pub(crate) self_node: bool,
    pub(crate) timers: bool,
    pub(crate) inputs: bool,
    pub(crate) packets: bool,
    pub(crate) distinct: bool,
    pub(crate) heads: bool,
    pub(crate) trace: bool,
    /// The functions it calls itself, each once.
    pub(crate) callees: BTreeSet<FuncId>,
    /// How many statements it has itself.
    pub(crate) stmts: usize,
}

impl Uses {
    /// The uses of every function.
    pub(crate) fn of_all(program: &Program) -> PrimaryMap<FuncId, Uses> {
        let mut all: PrimaryMap<FuncId, Uses> = program.functions.values().map(Uses::of_body).collect();
        for func in callees_first(&all) {
            for callee in all[func].callees.clone() {
                let inner = all[callee].clone();
                all[func].include(&inner);
            }
        }
        all
    }

    fn include(&mut self, inner: &Uses) {
        self.fields.extend(&inner.fields);
        self.stores.extend(&inner.stores);
        self.node_fields.extend(&inner.node_fields);
        self.vars.extend(&inner.vars);
        self.self_node |= inner.self_node;
        self.timers |= inner.timers;
        self.inputs |= inner.inputs;
        self.packets |= inner.packets;
        self.distinct |= inner.distinct;
        self.heads |= inner.heads;
        self.trace |= inner.trace;
    }

    fn of_body(function: &Function) -> Self {
        let (mut uses, mut blocks): (Self, Vec<&Block>) = (Self::default(), vec![&function.body]);
        while let Some(block) = blocks.pop() {
            uses.stmts += block.stmts.len();
            for stmt in &block.stmts {
                uses.callees.extend(stmt.callee());
                match &stmt.kind {
                    StmtKind::Assign(_, value) => uses.value(value),
                    StmtKind::StoreField(field, _) => {
                        uses.fields.insert(*field);
                        uses.stores.insert(*field);
                    }
                    StmtKind::StoreVar(var, _) => drop(uses.vars.insert(*var)),
                    StmtKind::If(_, then, other) => blocks.extend([then, other]),
                    StmtKind::For { body, .. } | StmtKind::Scope(_, body) => blocks.push(body),
                    _ => {}
                }
            }
        }
        uses
    }

    fn value(&mut self, value: &Rvalue) {
        match value {
            Rvalue::SelfNode => self.self_node = true,
            Rvalue::Field(field) => drop(self.fields.insert(*field)),
            Rvalue::NodeField(_, kind, field) => drop(self.node_fields.insert((*kind, *field))),
            Rvalue::Var(var) => drop(self.vars.insert(*var)),
            Rvalue::Timers(_) => self.timers = true,
            Rvalue::Inputs(_) => self.inputs = true,
            Rvalue::Packets => self.packets = true,
            Rvalue::DistinctPackets => self.distinct = true,
            Rvalue::Heads => self.heads = true,
            Rvalue::Trace => self.trace = true,
            _ => {}
        }
    }
}

/// All functions, each after those that it calls.
fn callees_first(all: &PrimaryMap<FuncId, Uses>) -> Vec<FuncId> {
    let mut order = Vec::with_capacity(all.len());
    let mut seen: BTreeSet<FuncId> = BTreeSet::new();
    for root in all.keys() {
        add_after_callees(all, root, &mut seen, &mut order);
    }
    order
}

/// A function and all that it calls, directly or not, each after those that it calls; what was seen is left out.
pub(crate) fn add_after_callees(
    all: &PrimaryMap<FuncId, Uses>,
    root: FuncId,
    seen: &mut BTreeSet<FuncId>,
    order: &mut Vec<FuncId>,
) {
    let mut open = vec![(root, false)];
    while let Some((func, callees_done)) = open.pop() {
        if callees_done {
            order.push(func);
        } else if seen.insert(func) {
            open.push((func, true));
            open.extend(all[func].callees.iter().map(|callee| (*callee, false)));
        }
    }
}
