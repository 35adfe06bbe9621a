//! Which types have few enough values that a checker can try them all.

use super::Checker;
use super::infer::subst;
use crate::hir::{Ty, TypeId};

impl Checker<'_> {
    /// Whether the values of a type can be listed.
    pub(super) fn is_enumerable(&self, ty: &Ty) -> bool {
        self.enumerable_within(ty, &mut Vec::new())
    }

    fn enumerable_within(&self, ty: &Ty, around: &mut Vec<TypeId>) -> bool {
        match ty {
            Ty::Bool | Ty::Node | Ty::Kind(..) | Ty::Error => true,
            Ty::Tuple(parts) => parts.iter().all(|part| self.enumerable_within(part, around)),
            Ty::Set(t) => self.enumerable_within(t, around),
            Ty::Data(id, args) => {
                // A type that contains itself has no end of values.
                if around.contains(id) && Some(*id) != self.program.builtin.option {
                    return false;
                }
                let def = &self.program.types[*id];
                let map: Vec<_> = def.params.iter().copied().zip(args.iter().cloned()).collect();
                around.push(*id);
                let all = def.ctors.iter().flat_map(|ctor| &ctor.fields);
                let result = around.len() < 50
                    && all.into_iter().all(|(_, ty)| self.enumerable_within(&subst(ty, &map), around));
                around.pop();
                result
            }
            _ => false,
        }
    }
}
