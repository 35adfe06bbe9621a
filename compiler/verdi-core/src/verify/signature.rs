//! Whether types match a row of the table of operations.

use crate::{DataStyle, Op, SigTy, Ty, TyId, Types};

/// What `A` and `B` stand for.
#[derive(Default)]
struct Choice {
    a: Option<TyId>,
    b: Option<TyId>,
}

/// Whether an operation takes these types and gives this one.
pub(super) fn matches(types: &Types, op: Op, params: &[TyId], result: TyId) -> bool {
    let info = op.info();
    let mut choice = Choice::default();
    let mut pairs = info.params.iter().zip(params).chain([(&info.result, &result)]);
    info.params.len() == params.len()
        && pairs.all(|(sig, ty)| choice.admits(types, sig, *ty))
        && (!info.ordered || choice.a.is_some_and(|a| is_ordered(types, a)))
}

impl Choice {
    fn admits(&mut self, types: &Types, sig: &SigTy, ty: TyId) -> bool {
        match (sig, types.get(ty)) {
            (SigTy::A, _) => *self.a.get_or_insert(ty) == ty,
            (SigTy::B, _) => *self.b.get_or_insert(ty) == ty,
            (SigTy::Bool, Ty::Bool) | (SigTy::Int, Ty::Int) => true,
            (SigTy::Str, Ty::Str) | (SigTy::Node, Ty::Node) => true,
            (SigTy::List(sig), Ty::List(item)) | (SigTy::Set(sig), Ty::Set(item)) => {
                self.admits(types, sig, *item)
            }
            (SigTy::Map(key, value), Ty::Map(k, v)) => {
                self.admits(types, key, *k) && self.admits(types, value, *v)
            }
            (SigTy::Option(sig), _) => some_of(types, ty).is_some_and(|some| self.admits(types, sig, some)),
            (SigTy::Pair(first, second), _) => pair_of(types, ty)
                .is_some_and(|(a, b)| self.admits(types, first, a) && self.admits(types, second, b)),
            _ => false,
        }
    }
}

/// What an option may hold: its constructors are `None`, then `Some` with one field.
fn some_of(types: &Types, ty: TyId) -> Option<TyId> {
    match types.as_data(ty)?.1.ctors.as_slice() {
        [none, some] if none.name == "None" && none.fields.is_empty() && some.name == "Some" => {
            match some.fields.as_slice() {
                [(_, ty)] => Some(*ty),
                _ => None,
            }
        }
        _ => None,
    }
}

fn pair_of(types: &Types, ty: TyId) -> Option<(TyId, TyId)> {
    let (_, data) = types.as_data(ty).filter(|(_, data)| data.style == DataStyle::Tuple)?;
    match data.ctors.as_slice() {
        [ctor] => match ctor.fields.as_slice() {
            [(_, a), (_, b)] => Some((*a, *b)),
            _ => None,
        },
        _ => None,
    }
}

/// Whether programs may compare values of a type: int, string, bool, tuples and lists of these.
fn is_ordered(types: &Types, ty: TyId) -> bool {
    match types.get(ty) {
        Ty::Bool | Ty::Int | Ty::Str => true,
        Ty::List(item) => is_ordered(types, *item),
        Ty::Data(id) => {
            let data = types.data(*id);
            let mut fields = data.ctors.iter().flat_map(|ctor| &ctor.fields);
            data.style == DataStyle::Tuple && fields.all(|(_, ty)| is_ordered(types, *ty))
        }
        Ty::Node | Ty::Caller | Ty::Set(_) | Ty::Map(..) => false,
    }
}
