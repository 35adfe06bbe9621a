use super::Binding;
use std::collections::BTreeMap;
use verdi_core::{Block, Function, LocalId, Operand, Rvalue, StmtKind, Value};

/// What an element of a loop is called in the source: the loop's local if it has a name, else the variables that the
/// body makes of it by copying and taking apart, as patterns are compiled to.
pub(super) fn bindings(function: &Function, element: LocalId, value: Value) -> Vec<Binding> {
    let mut known = BTreeMap::from([(element, value)]);
    let mut named = Vec::new();
    name(function, element, &known, &mut named);
    if !named.is_empty() {
        return named;
    }
    let Some(body) = loop_body(&function.body, element) else { return named };
    let mut blocks = vec![body.stmts.iter()];
    while let Some(stmts) = blocks.last_mut() {
        match stmts.next().map(|stmt| &stmt.kind) {
            Some(StmtKind::Assign(local, value)) if !known.contains_key(local) => {
                if let Some(part) = part(value, &known) {
                    known.insert(*local, part);
                    name(function, *local, &known, &mut named);
                }
            }
            Some(StmtKind::Scope(_, block)) => blocks.push(block.stmts.iter()),
            Some(_) => {}
            None => drop(blocks.pop()),
        }
    }
    named
}

fn name(function: &Function, local: LocalId, known: &BTreeMap<LocalId, Value>, named: &mut Vec<Binding>) {
    let info = &function.locals[local];
    if !info.name.is_empty() {
        named.push(Binding { name: info.name.clone(), ty: info.ty, value: known[&local].clone() });
    }
}

/// A copy or a part of a value that is known.
fn part(value: &Rvalue, known: &BTreeMap<LocalId, Value>) -> Option<Value> {
    match value {
        Rvalue::Use(Operand::Local(local)) => known.get(local).cloned(),
        Rvalue::Get(Operand::Local(local), tag, field) => {
            let whole = known.get(local).filter(|whole| whole.tag() == *tag)?;
            whole.fields().get(*field as usize).cloned()
        }
        _ => None,
    }
}

/// The body of the loop over this element.
fn loop_body(body: &Block, element: LocalId) -> Option<&Block> {
    let mut blocks = vec![body];
    while let Some(block) = blocks.pop() {
        for stmt in &block.stmts {
            match &stmt.kind {
                StmtKind::For { element: own, body, .. } if *own == element => return Some(body),
                StmtKind::For { body, .. } | StmtKind::Scope(_, body) => blocks.push(body),
                StmtKind::If(_, then, other) => blocks.extend([then, other]),
                _ => {}
            }
        }
    }
    None
}
