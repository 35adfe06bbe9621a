//! Core as text, to be read by people.

mod function;
mod program;

use crate::{Program, Ty, TyId};

impl Program {
    /// A type as people write it.
    pub fn ty_name(&self, ty: TyId) -> String {
        match *self.types.get(ty) {
            Ty::Bool => "bool".into(),
            Ty::Int => "int".into(),
            Ty::Str => "string".into(),
            Ty::Node => "Node".into(),
            Ty::Caller => "Caller".into(),
            Ty::List(item) => format!("List<{}>", self.ty_name(item)),
            Ty::Set(item) => format!("Set<{}>", self.ty_name(item)),
            Ty::Map(key, value) => format!("Map<{}, {}>", self.ty_name(key), self.ty_name(value)),
            Ty::Data(id) => self.types.data(id).name.to_string(),
        }
    }
}
