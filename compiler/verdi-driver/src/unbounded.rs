//! Models without end: told from the program before a search begins, rather than by waiting for it to fill
//! the memory.

use crate::trace::any_statement;
use verdi_core::{Block, Fire, FuncId, PacketStore, Program, Rule, RuleId, Rvalue, StmtKind};

/// Rules that put packets in flight and take none out, with nothing to bound them: worlds without end.
pub fn endless_rules(program: &Program) -> Vec<RuleId> {
    let finite = program.packets_max.is_some() || program.depth_max.is_some();
    if finite || program.network.packets == PacketStore::Set {
        return Vec::new();
    }
    let rules = program.network.rules.iter();
    rules
        .filter(|(id, rule)| !is_bounded(program, *id) && adds_more(program, rule))
        .map(|(id, _)| id)
        .collect()
}

/// Rules that may be what makes a search long: nothing bounds them, and they make nodes send, or are as
/// [`endless_rules`]. Whether they do so without end depends on the state of the nodes.
pub fn suspects(program: &Program) -> Vec<RuleId> {
    if program.depth_max.is_some() {
        return Vec::new();
    }
    let endless = endless_rules(program);
    program
        .network
        .rules
        .iter()
        .filter(|(id, rule)| {
            endless.contains(id) || (!is_bounded(program, *id) && makes_nodes_send(program, rule))
        })
        .map(|(id, _)| id)
        .collect()
}

fn is_bounded(program: &Program, rule: RuleId) -> bool {
    program.bounds.iter().any(|bound| bound.rule == rule)
}

fn adds_more(program: &Program, rule: &Rule) -> bool {
    let body = &program.functions[rule.body].body;
    let (added, removed) = (count(body, true), count(body, false));
    added > removed
}

/// How many packets a block adds (or removes): in a loop, as many as there may be.
fn count(block: &Block, adds: bool) -> usize {
    let each = block.stmts.iter().map(|stmt| match &stmt.kind {
        StmtKind::AddPacket(_) => usize::from(adds),
        StmtKind::RemovePacket(_) => usize::from(!adds),
        StmtKind::If(_, yes, no) if adds => count(yes, adds).max(count(no, adds)),
        StmtKind::If(_, yes, no) => count(yes, adds).min(count(no, adds)),
        StmtKind::Scope(_, body) => count(body, adds),
        StmtKind::For { body, .. } if adds => count(body, adds).saturating_mul(1 << 20),
        _ => 0,
    });
    each.fold(0, usize::saturating_add)
}

/// Whether a rule gives nodes an input or a timeout that some handler answers by sending.
fn makes_nodes_send(program: &Program, rule: &Rule) -> bool {
    let body = &program.functions[rule.body].body;
    let fires = |wanted: fn(&Fire) -> bool| {
        any_statement(body, &|stmt| matches!(stmt, StmtKind::Fire(fire) if wanted(fire)))
    };
    let inputs = fires(|fire| matches!(fire, Fire::Input { .. }));
    let timeouts = fires(|fire| matches!(fire, Fire::Timeout { .. }));
    program.kinds.values().any(|kind| {
        let handlers = [kind.on_input.filter(|_| inputs), kind.on_timeout.filter(|_| timeouts)];
        handlers.into_iter().flatten().any(|func| sends(program, func))
    })
}

/// Whether a function, or one that it calls, sends. Calls have no cycles.
fn sends(program: &Program, func: FuncId) -> bool {
    any_statement(&program.functions[func].body, &|stmt| match stmt {
        StmtKind::Send { .. } => true,
        StmtKind::Call(callee, _) | StmtKind::Assign(_, Rvalue::Call(callee, _)) => sends(program, *callee),
        _ => false,
    })
}
