//! Whether a machine is a product over keys: its state maps only, and every input reads and writes them at one key
//! alone, which one of its fields gives. Then what is said about one key hangs on nothing that is said about others,
//! and a history can be searched key by key (Horn and Kroening, Faster linearizability checking via P-compositionality, 2015).

use super::facts::each;
use crate::{Context, FieldId, Function, LocalId, Op, Operand, Program, Rvalue, Stmt, StmtKind, Ty};
use std::collections::{BTreeMap, BTreeSet};

/// Which field of each input is the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keyed {
    /// For each constructor of the input type; `None` where the input leaves the state alone.
    pub fields: Vec<Option<u32>>,
}

/// What a local may hold, over all that is assigned to it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Holds {
    /// The input.
    Input,
    /// One of these fields of the input, each of a constructor.
    Part(BTreeSet<(u32, u32)>),
    /// A field of the state, as it is or changed at the key.
    State(FieldId),
    /// Nothing that is a map of the state.
    Other,
    /// A map of the state, or something else.
    Mixed,
}

/// The keys of a machine; `None` where it cannot be shown that it is a product over them.
pub fn keyed(program: &Program) -> Option<Keyed> {
    let (_, kind) = program.kinds.iter().next()?;
    let handler = &program.functions[kind.on_input?];
    let maps = kind.fields.values().all(|field| matches!(program.types.get(field.ty), Ty::Map(..)));
    if !maps || kind.on_start.is_some() {
        return None;
    }
    let locals = follow(handler);
    let mut keys = BTreeMap::new();
    let mut fine = true;
    each(&handler.body, &mut |stmt| fine &= is_at_key(program, &locals, stmt, &mut keys));
    if !fine {
        return None;
    }
    let (_, inputs) = program.types.as_data(program.special.input)?;
    Some(Keyed { fields: (0..inputs.ctors.len() as u32).map(|tag| keys.get(&tag).copied()).collect() })
}

/// What each local may hold.
fn follow(handler: &Function) -> BTreeMap<LocalId, Holds> {
    let mut locals =
        BTreeMap::from([(LocalId::from_u32(0), Holds::Other), (LocalId::from_u32(1), Holds::Input)]);
    let mut changed = true;
    while changed {
        changed = false;
        each(&handler.body, &mut |stmt| {
            let Some(local) = stmt.assigns() else { return };
            let Some(new) = result(&locals, stmt) else { return };
            let joined = match locals.get(&local) {
                None => new,
                Some(old) => join(old, &new),
            };
            changed |= locals.insert(local, joined.clone()) != Some(joined);
        });
    }
    locals
}

fn join(a: &Holds, b: &Holds) -> Holds {
    match (a, b) {
        (a, b) if a == b => a.clone(),
        (Holds::Part(a), Holds::Part(b)) => Holds::Part(a | b),
        (Holds::State(_) | Holds::Mixed, _) | (_, Holds::State(_) | Holds::Mixed) => Holds::Mixed,
        _ => Holds::Other,
    }
}

/// What a statement assigns; `None` where that hangs on a local of which nothing is known yet.
fn result(locals: &BTreeMap<LocalId, Holds>, stmt: &Stmt) -> Option<Holds> {
    let of = |operand: &Operand| match operand {
        Operand::Local(local) => locals.get(local).cloned(),
        Operand::Const(_) => Some(Holds::Other),
    };
    let StmtKind::Assign(_, value) = &stmt.kind else { return Some(Holds::Other) };
    match value {
        Rvalue::Use(operand) => of(operand),
        Rvalue::Field(field) => Some(Holds::State(*field)),
        Rvalue::Get(operand, tag, field) => Some(match of(operand)? {
            Holds::Input => Holds::Part(BTreeSet::from([(*tag, *field)])),
            _ => Holds::Other,
        }),
        Rvalue::Op(Op::MapInsert | Op::MapRemove, args) => of(&args[0]),
        _ => Some(Holds::Other),
    }
}

/// Whether a statement does nothing with the maps of the state but at the key of the input, which is noted.
fn is_at_key(
    program: &Program,
    locals: &BTreeMap<LocalId, Holds>,
    stmt: &Stmt,
    keys: &mut BTreeMap<u32, u32>,
) -> bool {
    let of = |operand: &Operand| match operand {
        Operand::Local(local) => locals.get(local).cloned().unwrap_or(Holds::Mixed),
        Operand::Const(_) => Holds::Other,
    };
    let is_map = |operand: &Operand| matches!(of(operand), Holds::State(_) | Holds::Mixed);
    if let Some(callee) = stmt.callee()
        && program.functions[callee].context != Context::Pure
    {
        return false;
    }
    match &stmt.kind {
        StmtKind::StoreField(field, value) => of(value) == Holds::State(*field),
        StmtKind::Assign(_, Rvalue::Use(value)) => of(value) != Holds::Mixed,
        StmtKind::Assign(local, Rvalue::Field(_)) => of(&Operand::Local(*local)) != Holds::Mixed,
        StmtKind::Assign(
            _,
            Rvalue::Op(
                Op::MapGet | Op::MapGetOr | Op::MapIndex | Op::MapContains | Op::MapInsert | Op::MapRemove,
                args,
            ),
        ) if is_map(&args[0]) => {
            let Holds::Part(parts) = of(&args[1]) else { return false };
            let one_each = parts.iter().all(|(tag, field)| *keys.entry(*tag).or_insert(*field) == *field);
            one_each && of(&args[0]) != Holds::Mixed && !args[2..].iter().any(is_map)
        }
        _ => !stmt.operands().iter().any(is_map),
    }
}
