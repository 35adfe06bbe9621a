//! What each function reads and how it may end, its callees included.

use crate::{
    Block, FaultKind, FieldId, FuncId, Function, KindId, LocalId, Op, Operand, Program, Rvalue, Span, Stmt,
    StmtKind, Ty, TyId, Types, Value, VarId,
};
use cranelift_entity::{EntitySet, SecondaryMap};
use std::collections::{BTreeMap, BTreeSet};

/// What a function does; each with the first place where it does.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Facts {
    /// It reads the packets in flight.
    pub(super) packets: Option<Span>,
    /// It reads the history.
    pub(super) trace: Option<Span>,
    /// It reads armed timers.
    pub(super) timers: Option<Span>,
    /// It may fault otherwise than by a limit on work or size.
    pub(super) fault: Option<Span>,
    /// Fields of nodes, by kind.
    pub(super) fields: BTreeMap<(KindId, FieldId), Span>,
    /// Variables of the network.
    pub(super) vars: BTreeSet<VarId>,
}

impl Facts {
    fn join(&mut self, other: &Facts) {
        self.packets = self.packets.or(other.packets);
        self.trace = self.trace.or(other.trace);
        self.timers = self.timers.or(other.timers);
        self.fault = self.fault.or(other.fault);
        for (field, span) in &other.fields {
            self.fields.entry(*field).or_insert(*span);
        }
        self.vars.extend(&other.vars);
    }

    fn see(&mut self, program: &Program, counts: &EntitySet<LocalId>, stmt: &Stmt) {
        let StmtKind::Assign(local, value) = &stmt.kind else {
            if matches!(stmt.kind, StmtKind::Assert(..)) {
                self.fault.get_or_insert(stmt.span);
            }
            return;
        };
        let here = Some(stmt.span);
        match value {
            Rvalue::Packets | Rvalue::DistinctPackets | Rvalue::Heads => self.packets = self.packets.or(here),
            Rvalue::Trace => self.trace = self.trace.or(here),
            Rvalue::Timers(_) => self.timers = self.timers.or(here),
            Rvalue::NodeField(_, kind, field) => {
                self.fields.entry((*kind, *field)).or_insert(stmt.span);
            }
            Rvalue::Var(var) => {
                self.vars.insert(*var);
            }
            Rvalue::Op(op, args) => {
                let faults = op.info().faults.iter().any(|fault| match fault {
                    FaultKind::TooLarge => false,
                    FaultKind::DivisionByZero => !by_constant(program, args),
                    FaultKind::IndexOutOfRange => !is_within(program, args),
                    FaultKind::Overflow => !counts.contains(*local),
                    _ => true,
                });
                self.fault = self.fault.or(here.filter(|_| faults));
            }
            _ => {}
        }
    }
}

/// Whether what is divided by is a constant other than 0.
fn by_constant(program: &Program, args: &[Operand]) -> bool {
    matches!(args.get(1), Some(Operand::Const(id)) if program.consts[*id].value != Value::Int(0))
}

/// Whether a constant list has an element at a constant position.
fn is_within(program: &Program, args: &[Operand]) -> bool {
    let [Operand::Const(list), Operand::Const(at)] = args else { return false };
    let (list, at) = (&program.consts[*list].value, &program.consts[*at].value);
    matches!((list, at), (Value::List(items), Value::Int(at)) if (0..items.len() as i64).contains(at))
}

/// Locals that only ever are small constants, or get more or less by such: the fuel of a call is out before they
/// overflow.
fn counts(program: &Program, function: &Function) -> EntitySet<LocalId> {
    let small = |operand: &Operand| match operand {
        Operand::Const(id) => {
            matches!(program.consts[*id].value, Value::Int(n) if n.unsigned_abs() < 1 << 32)
        }
        Operand::Local(_) => false,
    };
    let mut counts = EntitySet::with_capacity(function.locals.len());
    let params = function.locals.keys().take(function.params);
    let mut others: Vec<LocalId> = params.collect();
    each(&function.body, &mut |stmt| {
        if let Some(local) = stmt.assigns() {
            let fits = match &stmt.kind {
                StmtKind::Assign(_, Rvalue::Use(value)) => small(value),
                StmtKind::Assign(_, Rvalue::Op(Op::Add | Op::Sub, args)) => {
                    args[0] == Operand::Local(local) && small(&args[1])
                }
                _ => false,
            };
            counts.insert(local);
            others.extend((!fits).then_some(local));
        }
    });
    for local in others {
        counts.remove(local);
    }
    counts
}

/// The facts of every function of a verified program.
pub(super) fn facts(program: &Program) -> SecondaryMap<FuncId, Facts> {
    let mut found: SecondaryMap<FuncId, Facts> = SecondaryMap::new();
    let mut changed = true;
    while changed {
        changed = false;
        for (id, function) in &program.functions {
            let counts = counts(program, function);
            let mut facts = Facts::default();
            each(&function.body, &mut |stmt| {
                facts.see(program, &counts, stmt);
                if let Some(callee) = stmt.callee() {
                    facts.join(&found[callee]);
                }
            });
            changed |= facts != found[id];
            found[id] = facts;
        }
    }
    found
}

/// Whether values of a type can hold nodes.
pub(super) fn holds_nodes(types: &Types, ty: TyId) -> bool {
    let (mut seen, mut next) = (vec![ty], 0);
    while let Some(&ty) = seen.get(next) {
        next += 1;
        let inside: Vec<TyId> = match types.get(ty) {
            Ty::Node => return true,
            Ty::Bool | Ty::Int | Ty::Str | Ty::Caller => Vec::new(),
            Ty::List(item) | Ty::Set(item) => vec![*item],
            Ty::Map(key, value) => vec![*key, *value],
            Ty::Data(id) => {
                types.data(*id).ctors.iter().flat_map(|ctor| &ctor.fields).map(|(_, ty)| *ty).collect()
            }
        };
        for part in inside {
            if !seen.contains(&part) {
                seen.push(part);
            }
        }
    }
    false
}

/// Shows every statement of a block in order, those in others too.
pub(super) fn each<'a>(block: &'a Block, see: &mut dyn FnMut(&'a Stmt)) {
    let mut open = vec![block.stmts.iter()];
    while let Some(stmts) = open.last_mut() {
        let Some(stmt) = stmts.next() else {
            open.pop();
            continue;
        };
        see(stmt);
        match &stmt.kind {
            StmtKind::If(_, then, other) => open.extend([other.stmts.iter(), then.stmts.iter()]),
            StmtKind::For { body, .. } | StmtKind::Scope(_, body) => open.push(body.stmts.iter()),
            _ => {}
        }
    }
}
