use super::footprint::Footprint;
use verdi_core::{Block, FuncId, Operand, Program, Rule, RuleId, Rvalue, StmtKind, Ty};

/// What a rule's firings depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// A packet in flight, which the first binder is, and the variables. `heads`: the first of its queue.
    Driven { heads: bool },
    /// The variables.
    Free,
    /// The node that the first binder is, and the variables.
    Anchored,
    /// The whole world.
    World,
}

/// A rule, with what is known of it.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) id: RuleId,
    pub(super) class: Class,
    /// Whether what its body does depends on the variables.
    pub(super) vars: bool,
    /// Whether its firings wait for operations: what the last binder draws is all that a node may be sent, but for
    /// operations of callers that have one open.
    pub(super) waits: bool,
}

impl Known {
    /// `whole`: whether only whole worlds tell what a step does. `waits`: whether firings can wait for operations.
    pub(super) fn of(program: &Program, id: RuleId, (whole, waits): (bool, bool)) -> Self {
        let rule = &program.network.rules[id];
        let body = Footprint::of(program, rule.body);
        let waits = waits && program.limits_operations() && draws_inputs(program, rule);
        let class = if whole { Class::World } else { class(program, rule, &body, waits) };
        Self { id, class, vars: body.reads_vars || body.writes_vars, waits }
    }
}

fn class(program: &Program, rule: &Rule, body: &Footprint, waits: bool) -> Class {
    if !body.reads_vars_only() {
        return Class::World;
    }
    let mut domains: Vec<_> =
        rule.binders.iter().map(|binder| Footprint::of(program, binder.domain)).collect();
    if waits && let Some(inputs) = domains.last_mut() {
        inputs.reads_trace = false;
    }
    let guard = rule.guard.map(|guard| Footprint::of(program, guard)).unwrap_or_default();
    let later = || domains.iter().skip(1).chain([&guard]);
    if let Some(heads) = rule.binders.first().and_then(|binder| packets(program, binder.domain)) {
        return if later().all(Footprint::reads_vars_only) { Class::Driven { heads } } else { Class::World };
    }
    if domains.iter().chain([&guard]).all(Footprint::reads_vars_only) {
        return Class::Free;
    }
    let first = rule.binders.first().zip(domains.first());
    let anchored = first.is_some_and(|(binder, domain)| {
        *program.types.get(binder.ty) == Ty::Node
            && domain.reads_vars_only()
            && later().all(Footprint::reads_first_node_only)
            && body.fires.iter().all(|at| *at == Some(0))
    });
    if anchored { Class::Anchored } else { Class::World }
}

/// Whether the last that a rule draws is just what a node may be sent. A guard must not fault: it is asked of what
/// waits too.
fn draws_inputs(program: &Program, rule: &Rule) -> bool {
    let last = rule.binders.last().filter(|_| rule.guard.is_none_or(|guard| is_total(program, guard)));
    last.and_then(|binder| given(program, binder.domain)).is_some_and(|it| matches!(it, Rvalue::Inputs(_)))
}

/// Whether a function answers whatever it is asked: it calls and repeats nothing, and no operation in it may fault.
fn is_total(program: &Program, func: FuncId) -> bool {
    fn total(block: &Block) -> bool {
        block.stmts.iter().all(|stmt| match &stmt.kind {
            StmtKind::Assign(_, Rvalue::Op(op, _)) => op.info().faults.is_empty(),
            StmtKind::Assign(_, Rvalue::Call(..)) | StmtKind::Call(..) => false,
            StmtKind::For { .. } | StmtKind::Assert(..) => false,
            StmtKind::If(_, then, other) => total(then) && total(other),
            StmtKind::Scope(_, body) => total(body),
            _ => true,
        })
    }
    total(&program.functions[func].body)
}

/// Whether a function gives just the packets in flight: `Some(true)` the first of each queue, `Some(false)` each
/// distinct one.
fn packets(program: &Program, func: FuncId) -> Option<bool> {
    match given(program, func)? {
        Rvalue::DistinctPackets => Some(false),
        Rvalue::Heads => Some(true),
        _ => None,
    }
}

/// What a function gives that does nothing else.
fn given(program: &Program, func: FuncId) -> Option<&Rvalue> {
    let [first, second] = program.functions[func].body.stmts.as_slice() else { return None };
    match (&first.kind, &second.kind) {
        (StmtKind::Assign(made, value), StmtKind::Return(Some(Operand::Local(given)))) => {
            (made == given).then_some(value)
        }
        _ => None,
    }
}
