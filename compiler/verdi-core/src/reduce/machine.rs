//! What makes a program a *machine*: one node whose every input has its answers at once, so that it can be taken as
//! a function from a state and an input to the next state and the outputs.

use super::Why;
use super::facts::each;
use crate::{FuncId, LocalId, Operand, Program, Stmt, StmtKind};
use cranelift_entity::EntitySet;

/// What keeps a program of one node from being a machine, each with its place: what it sends, timers that it uses,
/// outputs that no input asked for.
pub fn not_a_machine(program: &Program) -> Vec<Why> {
    let mut found = Vec::new();
    for (id, timer) in program.timers.iter().enumerate().filter(|(_, timer)| timer.every) {
        let handles = program.kinds.values().find(|kind| kind.timers.contains(&(id as u32)));
        let span = handles.and_then(|kind| kind.on_timeout).map(|func| program.functions[func].span);
        found.push(Why::new(
            span.unwrap_or_default(),
            format!("the timer `{}` is armed at start", timer.name),
        ));
    }
    let at_start = reached(program, program.kinds.values().filter_map(|kind| kind.on_start));
    for (id, function) in &program.functions {
        each(&function.body, &mut |stmt| match stmt.kind {
            StmtKind::Send { .. } => found.push(Why::new(stmt.span, "this sends a message")),
            StmtKind::StartTimer(_) => found.push(Why::new(stmt.span, "this starts a timer")),
            StmtKind::Output { .. } if at_start.contains(id) => {
                found.push(Why::new(stmt.span, "this is an output at start, which no input asked for"));
            }
            _ => {}
        });
    }
    found
}

/// Whether a machine does anything else with the caller of an input than to give it outputs: only then can who
/// asks make a difference.
pub fn tells_callers_apart(program: &Program) -> bool {
    let caller = Operand::Local(LocalId::from_u32(0));
    program.kinds.values().filter_map(|kind| kind.on_input).any(|func| {
        let mut used = false;
        each(&program.functions[func].body, &mut |stmt| used |= computes_with(stmt, caller));
        used
    })
}

/// Whether a statement reads an operand other than to say whom an output is for.
fn computes_with(stmt: &Stmt, operand: Operand) -> bool {
    match &stmt.kind {
        StmtKind::Output { body, .. } => *body == operand,
        _ => stmt.assigns().map(Operand::Local) == Some(operand) || stmt.operands().contains(&operand),
    }
}

/// The functions that may run when some do.
fn reached(program: &Program, from: impl Iterator<Item = FuncId>) -> EntitySet<FuncId> {
    let mut found = EntitySet::with_capacity(program.functions.len());
    let mut todo: Vec<FuncId> = from.collect();
    while let Some(func) = todo.pop() {
        if found.insert(func) {
            each(&program.functions[func].body, &mut |stmt| todo.extend(stmt.callee()));
        }
    }
    found
}
