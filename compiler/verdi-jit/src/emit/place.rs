//! Where locals are kept.

use super::{Emit, Words};
use crate::shared::Shared;
use cranelift_codegen::ir::{self, InstBuilder, StackSlot, StackSlotData, StackSlotKind, types::I64};
use cranelift_entity::{EntitySet, SecondaryMap};
use cranelift_frontend::{FunctionBuilder, Variable};
use verdi_core::{Block, Function, LocalId, Operand, Rvalue, StmtKind};

/// Values of more words are kept in memory.
const VARIABLES_MAX: usize = 6;
/// Values of more words that are never assigned but by a loop or a call stay where they are.
const COPIED_MAX: usize = 2;

/// Where a local is kept.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// A variable for each word.
    Variables(Vec<Variable>),
    /// In the frame.
    Slot(StackSlot),
    /// In a list or among the arguments of the call: its address.
    Borrowed(Variable),
}

/// How often something is assigned to each local, besides by loops and calls.
pub(super) fn assigned(function: &Function) -> SecondaryMap<LocalId, bool> {
    let mut assigned = SecondaryMap::new();
    each_assign(function, |local, _| assigned[local] = true);
    assigned
}

fn each_assign(function: &Function, mut then: impl FnMut(LocalId, &Rvalue)) {
    let mut blocks: Vec<&Block> = vec![&function.body];
    while let Some(block) = blocks.pop() {
        for stmt in &block.stmts {
            match &stmt.kind {
                StmtKind::Assign(local, value) => then(*local, value),
                StmtKind::If(_, then, other) => blocks.extend([then, other]),
                StmtKind::For { body, .. } | StmtKind::Scope(_, body) => blocks.push(body),
                _ => {}
            }
        }
    }
}

/// The locals whose collections may be scratch objects: what operations give, what is passed, and copies of these.
pub(super) fn scratchy(shared: &Shared, function: &Function) -> EntitySet<LocalId> {
    let mut found = EntitySet::with_capacity(function.locals.len());
    for (local, info) in function.locals.iter().take(function.params) {
        if shared.layouts.is_collection(info.ty) {
            found.insert(local);
        }
    }
    loop {
        let mut more = false;
        each_assign(function, |local, value| {
            let is = match value {
                Rvalue::Use(Operand::Local(from)) => found.contains(*from),
                Rvalue::Op(..) | Rvalue::List(_) | Rvalue::Call(..) => true,
                Rvalue::Timers(_) | Rvalue::Packets | Rvalue::DistinctPackets => true,
                Rvalue::Inputs(_) | Rvalue::Heads | Rvalue::Trace => true,
                _ => false,
            };
            let is = is && shared.layouts.is_collection(function.locals[local].ty);
            more |= is && found.insert(local);
        });
        if !more {
            return found;
        }
    }
}

/// A place for a local. `stays`: whether its value lies somewhere already, and never changes.
pub(super) fn place(b: &mut FunctionBuilder<'_>, words: usize, stays: bool) -> Place {
    if stays && words > COPIED_MAX {
        Place::Borrowed(b.declare_var(I64))
    } else if words <= VARIABLES_MAX {
        Place::Variables((0..words).map(|_| b.declare_var(I64)).collect())
    } else {
        Place::Slot(slot(b, words))
    }
}

pub(super) fn slot(b: &mut FunctionBuilder<'_>, words: usize) -> StackSlot {
    b.create_sized_stack_slot(StackSlotData::new(StackSlotKind::ExplicitSlot, 8 * words as u32, 3))
}

impl Emit<'_, '_> {
    /// Some words of an operand.
    pub(super) fn read_part(&mut self, operand: Operand, from: usize, words: usize) -> Words {
        match operand {
            Operand::Local(local) => match self.places[local].clone() {
                Place::Variables(variables) => {
                    variables[from..from + words].iter().map(|variable| self.b.use_var(*variable)).collect()
                }
                Place::Slot(slot) => (from..from + words)
                    .map(|at| self.b.ins().stack_load(I64, I64, slot, 8 * at as i32))
                    .collect(),
                Place::Borrowed(base) => {
                    let base = self.b.use_var(base);
                    self.load_words(base, from, words)
                }
            },
            Operand::Const(_) => self.constant(operand, from, words),
        }
    }

    fn constant(&mut self, operand: Operand, from: usize, words: usize) -> Words {
        let Operand::Const(id) = operand else { return Words::new() };
        let constant = &self.shared.program.consts[id];
        let all = self.shared.to_words(constant.ty, &constant.value);
        let objects = self.shared.objects_in(constant.ty, &all);
        (from..from + words)
            .map(|at| match objects[at] {
                true => self.address(super::Address::Object(all[at])),
                false => self.int(all[at] as i64),
            })
            .collect()
    }

    /// All words of an operand.
    pub(super) fn read(&mut self, operand: Operand) -> Words {
        let words = self.shared.words(self.ty(operand));
        self.read_part(operand, 0, words)
    }

    /// The word of an operand that has one.
    pub(super) fn read_word(&mut self, operand: Operand) -> ir::Value {
        self.read_part(operand, 0, 1)[0]
    }

    /// The words of an operand that becomes a part of something: canonical.
    pub(super) fn read_canonical(&mut self, operand: Operand) -> Words {
        let mut words = self.read(operand);
        if self.is_scratchy(operand) {
            words[0] = self.canonical(words[0]);
        }
        words
    }

    /// The words of an operand that a second local, a loop or a function gets too.
    pub(super) fn read_shared(&mut self, operand: Operand) -> Words {
        let words = self.read(operand);
        if self.is_scratchy(operand) {
            self.share(words[0]);
        }
        words
    }

    pub(super) fn is_scratchy(&self, operand: Operand) -> bool {
        matches!(operand, Operand::Local(local) if self.scratchy.contains(local))
    }

    pub(super) fn write(&mut self, local: LocalId, words: &[ir::Value]) {
        match self.places[local].clone() {
            Place::Variables(variables) => {
                for (variable, word) in variables.iter().zip(words) {
                    self.b.def_var(*variable, *word);
                }
            }
            Place::Slot(slot) => {
                for (at, word) in words.iter().enumerate() {
                    self.b.ins().stack_store(I64, *word, slot, 8 * at as i32);
                }
            }
            Place::Borrowed(_) => unreachable!("what is assigned is not borrowed"),
        }
    }

    /// Gives a local the words at an address.
    pub(super) fn write_from(&mut self, local: LocalId, base: ir::Value, from: usize) {
        match self.places[local] {
            Place::Borrowed(variable) => {
                let base = if from == 0 { base } else { self.b.ins().iadd_imm_s(base, 8 * from as i64) };
                self.b.def_var(variable, base);
            }
            _ => {
                let words = self.shared.words(self.function.locals[local].ty);
                let words = self.load_words(base, from, words);
                self.write(local, &words);
            }
        }
    }
}
