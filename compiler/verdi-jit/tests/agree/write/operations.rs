//! Operations on operands of fitting types.

use super::{ORDERED, Writer};
use verdi_core::*;

impl Writer<'_> {
    pub(super) fn op(&mut self, block: &mut Block) {
        let op = Op::ALL[self.world.dice.below(Op::ALL.len())];
        let info = op.info();
        let (mut a, mut b) = (self.world.any_type(), self.world.any_type());
        if let Some(local) = { self.world.dice.pick(&self.assigned).copied() }
            && let Some(first) = info.params.first()
        {
            self.fit(first, self.locals[local].ty, &mut a, &mut b);
        }
        if (info.ordered || ORDERED.contains(&op)) && !self.is_ordered(a) {
            let string = self.world.program.types.intern(Ty::Str);
            let int = self.world.program.special.int;
            let list = self.world.program.types.intern(Ty::List(int));
            let pair = self.world.pair(int, string);
            a = [int, string, self.world.program.special.bool, list, pair][self.world.dice.below(5)];
        }
        let params: Vec<TyId> = info.params.iter().map(|sig| self.ty(sig, a, b)).collect();
        let args: Vec<Operand> = params.iter().map(|ty| self.operand(*ty)).collect();
        let result = self.ty(&info.result, a, b);
        match args.first() {
            // The result takes the place of what it was made of.
            Some(Operand::Local(first)) if self.locals[*first].ty == result && !self.world.dice.one_in(3) => {
                self.push(block, StmtKind::Assign(*first, Rvalue::Op(op, args)));
            }
            _ => drop(self.assign(block, result, Rvalue::Op(op, args))),
        }
    }

    /// Chooses `A` and `B` so that a signature's type is the given one, if there is such a choice.
    fn fit(&self, sig: &SigTy, ty: TyId, a: &mut TyId, b: &mut TyId) {
        let program = &self.world.program;
        match (sig, program.types.get(ty)) {
            (SigTy::A, _) => *a = ty,
            (SigTy::B, _) => *b = ty,
            (SigTy::List(sig), Ty::List(item)) | (SigTy::Set(sig), Ty::Set(item)) => {
                self.fit(sig, *item, a, b)
            }
            (SigTy::Map(_, _), Ty::Map(key, value)) => (*a, *b) = (*key, *value),
            (SigTy::Option(_), Ty::Data(id)) if program.types.data(*id).name == "Option" => {
                *a = program.types.data(*id).ctors[1].fields[0].1;
            }
            (SigTy::Pair(..), Ty::Data(id)) if program.types.data(*id).style == DataStyle::Tuple => {
                let fields = &program.types.data(*id).ctors[0].fields;
                (*a, *b) = (fields[0].1, fields[1].1);
            }
            _ => {}
        }
    }

    fn is_ordered(&self, ty: TyId) -> bool {
        match self.world.program.types.get(ty) {
            Ty::Bool | Ty::Int | Ty::Str => true,
            Ty::List(item) => self.is_ordered(*item),
            Ty::Data(id) => {
                let data = self.world.program.types.data(*id);
                let mut fields = data.ctors.iter().flat_map(|ctor| &ctor.fields);
                data.style == DataStyle::Tuple && fields.all(|(_, ty)| self.is_ordered(*ty))
            }
            _ => false,
        }
    }

    pub(super) fn ty(&mut self, sig: &SigTy, a: TyId, b: TyId) -> TyId {
        let special = self.world.program.special;
        match sig {
            SigTy::Bool => special.bool,
            SigTy::Int => special.int,
            SigTy::Str => self.world.program.types.intern(Ty::Str),
            SigTy::Node => special.node,
            SigTy::A => a,
            SigTy::B => b,
            SigTy::List(sig) => {
                let item = self.ty(sig, a, b);
                self.world.program.types.intern(Ty::List(item))
            }
            SigTy::Set(sig) => {
                let item = self.ty(sig, a, b);
                self.world.program.types.intern(Ty::Set(item))
            }
            SigTy::Map(key, value) => {
                let (key, value) = (self.ty(key, a, b), self.ty(value, a, b));
                self.world.program.types.intern(Ty::Map(key, value))
            }
            SigTy::Option(sig) => {
                let ty = self.ty(sig, a, b);
                self.world.option(ty)
            }
            SigTy::Pair(first, second) => {
                let (first, second) = (self.ty(first, a, b), self.ty(second, a, b));
                self.world.pair(first, second)
            }
        }
    }
}
