//! Which cells a piece of code may write.

use super::value::Cell;
use crate::{Block, FuncId, Program, StmtKind};
use cranelift_entity::SecondaryMap;
use std::collections::BTreeSet;

/// Something outside of its function that a function may write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outside {
    /// A field of the own state, or a variable of the network: functions of one context have either.
    Place(u32),
    /// The packets in flight.
    Packets,
    /// The armed timers.
    Timers,
}

/// How many cells stand for what is done to the world.
pub(super) const DONE: usize = 2;

impl Outside {
    /// Where it lies, after so many fields or variables.
    pub(super) fn cell(self, places: usize) -> Cell {
        Cell(match self {
            Self::Place(at) => at as usize,
            Self::Packets => places,
            Self::Timers => places + 1,
        })
    }

    fn of(stmt: &StmtKind) -> Option<Self> {
        match stmt {
            StmtKind::StoreField(field, _) => Some(Self::Place(field.as_u32())),
            StmtKind::StoreVar(var, _) => Some(Self::Place(var.as_u32())),
            StmtKind::Send { .. } | StmtKind::AddPacket(_) | StmtKind::RemovePacket(_) => Some(Self::Packets),
            StmtKind::StartTimer(_) | StmtKind::StopTimer(_) => Some(Self::Timers),
            _ => None,
        }
    }
}

/// What each function writes outside of itself, its callees included.
pub(super) struct Writes(SecondaryMap<FuncId, BTreeSet<Outside>>);

impl Writes {
    pub(super) fn new(program: &Program) -> Self {
        let mut writes = Self(SecondaryMap::new());
        let mut changed = true;
        while changed {
            changed = false;
            for (id, function) in &program.functions {
                let found = writes.outside(&function.body);
                changed |= found != writes.0[id];
                writes.0[id] = found;
            }
        }
        writes
    }

    fn outside(&self, block: &Block) -> BTreeSet<Outside> {
        let mut found = BTreeSet::new();
        each(block, &mut |stmt| {
            found.extend(Outside::of(&stmt.kind));
            if let Some(callee) = stmt.callee() {
                found.extend(&self.0[callee]);
            }
        });
        found
    }

    /// The cells that a block of a function may write, where so many fields or variables come first.
    pub(super) fn cells(&self, block: &Block, places: usize) -> BTreeSet<Cell> {
        let mut found: BTreeSet<Cell> =
            self.outside(block).into_iter().map(|outside| outside.cell(places)).collect();
        each(block, &mut |stmt| {
            found.extend(stmt.assigns().map(|local| Cell(places + DONE + local.as_u32() as usize)));
        });
        found
    }
}

/// Shows every statement of a block, those in others too.
fn each(block: &Block, see: &mut dyn FnMut(&crate::Stmt)) {
    let mut blocks = vec![block];
    while let Some(block) = blocks.pop() {
        for stmt in &block.stmts {
            see(stmt);
            match &stmt.kind {
                StmtKind::If(_, then, other) => blocks.extend([then, other]),
                StmtKind::For { body, .. } | StmtKind::Scope(_, body) => blocks.push(body),
                _ => {}
            }
        }
    }
}
