//! Collections that are changed while others have what they were; and what became of everything.

use super::Writer;
use crate::types::span;
use verdi_core::*;

impl Writer<'_> {
    /// Makes a record the result: of some locals, and of which of these are equal.
    pub(super) fn tell(&mut self, block: &mut Block) {
        let mut told: Vec<LocalId> = self.assigned.clone();
        while told.len() > 8 {
            told.swap_remove(self.world.dice.below(told.len() - 4));
        }
        let bool = self.world.program.special.bool;
        for (at, a) in told.clone().into_iter().enumerate() {
            for at in at + 1..told.len() {
                let b = told[at];
                if self.locals[a].ty == self.locals[b].ty && told.len() < 12 {
                    let equal = self.new_local(bool);
                    let args = vec![Operand::Local(a), Operand::Local(b)];
                    self.push(block, StmtKind::Assign(equal, Rvalue::Op(Op::Eq, args)));
                    told.push(equal);
                }
            }
        }
        let fields: Vec<(&str, TyId)> = told.iter().map(|local| ("f", self.locals[*local].ty)).collect();
        let ctors = vec![Ctor::new("Told", &fields)];
        let data = Data { name: "Told".into(), style: DataStyle::Named, ctors };
        let id = self.world.program.types.add_data(data);
        let ty = self.world.program.types.intern(Ty::Data(id));
        let made = self.new_local(ty);
        let fields = told.into_iter().map(Operand::Local).collect();
        self.push(block, StmtKind::Assign(made, Rvalue::Make(0, fields)));
        self.result = Some(ty);
        self.push(block, StmtKind::Return(Some(Operand::Local(made))));
    }

    /// A collection that is changed again and again, and what it was in between.
    pub(super) fn chain(&mut self, block: &mut Block) {
        let int = self.world.program.special.int;
        let string = self.world.program.types.intern(Ty::Str);
        let kinds = [Ty::List(int), Ty::Set(int), Ty::Map(int, string)];
        let at = self.world.dice.below(3);
        let ty = self.world.program.types.intern(kinds[at].clone());
        let option = self.world.option(ty);
        let ops: &[Op] = match at {
            0 => &[
                Op::ListPush,
                Op::ListPush,
                Op::ListSet,
                Op::ListPop,
                Op::ListPopFront,
                Op::ListTake,
                Op::ListDrop,
                Op::ListReverse,
                Op::ListSorted,
                Op::ListConcat,
                Op::ListSlice,
            ],
            1 => &[Op::SetInsert, Op::SetInsert, Op::SetRemove, Op::SetUnion, Op::SetDifference],
            _ => &[Op::MapInsert, Op::MapInsert, Op::MapRemove],
        };
        let first = self.operand(ty);
        let changed = self.new_local(ty);
        self.push(block, StmtKind::Assign(changed, Rvalue::Use(first)));
        let it = Operand::Local(changed);
        for _ in 0..4 + self.world.dice.below(6) {
            match self.world.dice.below(10) {
                0..6 => {
                    let op = ops[self.world.dice.below(ops.len())];
                    let mut args = vec![it];
                    for sig in &op.info().params[1..] {
                        let sig = self.ty(sig, int, string);
                        let value = self.world.dice.below(3) as i64;
                        args.push(if sig == int { self.world.program.int(value) } else { self.operand(sig) });
                    }
                    self.push(block, StmtKind::Assign(changed, Rvalue::Op(op, args)));
                }
                6 | 7 => {
                    let copy = self.new_local(ty);
                    self.push(block, StmtKind::Assign(copy, Rvalue::Use(it)));
                }
                8 => {
                    let some = self.new_local(option);
                    self.push(block, StmtKind::Assign(some, Rvalue::Make(1, vec![it])));
                }
                _ => {
                    let (none, copy) = (self.new_local(option), self.new_local(ty));
                    self.push(block, StmtKind::Assign(none, Rvalue::Make(0, Vec::new())));
                    let or = Rvalue::Op(Op::OptionOr, vec![Operand::Local(none), it]);
                    self.push(block, StmtKind::Assign(copy, or));
                }
            }
        }
        if at == 0 {
            self.each_of(block, changed);
        }
    }

    /// A loop over a list that grows meanwhile.
    fn each_of(&mut self, block: &mut Block, list: LocalId) {
        let (int, label) = (self.world.program.special.int, self.label());
        let assigned = self.assigned.len();
        let element = self.new_local(int);
        let grow = Rvalue::Op(Op::ListPush, vec![Operand::Local(list), Operand::Local(element)]);
        let stmt = Stmt { span: span(), kind: StmtKind::Assign(list, grow) };
        self.assigned.truncate(assigned);
        let body = Block { stmts: vec![stmt] };
        self.push(block, StmtKind::For { label, element, list: Operand::Local(list), body });
    }

    /// A second local with the collection of a first one.
    pub(super) fn copy(&mut self, block: &mut Block) {
        let types = &self.world.program.types;
        let is_collection =
            |ty: TyId| matches!(types.get(ty), Ty::List(_) | Ty::Set(_) | Ty::Map(..) | Ty::Str);
        let found = self.assigned.iter().copied().filter(|local| is_collection(self.locals[*local].ty));
        let found: Vec<LocalId> = found.collect();
        let Some(from) = self.world.dice.pick(&found).copied() else { return };
        let copy = self.new_local(self.locals[from].ty);
        self.push(block, StmtKind::Assign(copy, Rvalue::Use(Operand::Local(from))));
    }
}
