//! Types and the values of constants.

use super::Verifier;
use crate::{Ctor, Program, Ty, TyId, Value};

impl Verifier<'_> {
    pub(super) fn special_types(&mut self) {
        let special = self.program.special;
        for (name, ty, wanted) in [
            ("bool", special.bool, Ty::Bool),
            ("int", special.int, Ty::Int),
            ("node", special.node, Ty::Node),
            ("caller", special.caller, Ty::Caller),
        ] {
            self.check(*self.program.types.get(ty) == wanted, || {
                format!("the special type `{name}` is another")
            });
        }
        let (node, caller, message) = (special.node, special.caller, special.message);
        for (name, ty) in [("message", message), ("input", special.input), ("output", special.output)] {
            self.check(self.program.types.as_data(ty).is_some(), || {
                format!("the {name} type is no data type")
            });
        }
        self.shape("packet", special.packet, &[&[node, node, message]]);
        self.shape("invocation", special.invocation, &[&[caller, special.input]]);
        self.shape(
            "event",
            special.event,
            &[&[node, caller, special.input], &[node, caller, special.output]],
        );
        self.shape("timer", special.timer, &vec![&[] as &[TyId]; self.program.timers.len()]);
    }

    /// Whether a data type has constructors with fields of these types.
    fn shape(&mut self, name: &str, ty: TyId, wanted: &[&[TyId]]) {
        let tys = |ctor: &Ctor| ctor.fields.iter().map(|(_, ty)| *ty).collect::<Vec<_>>();
        let found =
            self.program.types.as_data(ty).map(|(_, data)| data.ctors.iter().map(tys).collect::<Vec<_>>());
        let fits = found.is_some_and(|found| found.iter().map(Vec::as_slice).eq(wanted.iter().copied()));
        self.check(fits, || format!("the {name} type has not the shape that the machine needs"));
    }

    pub(super) fn constants(&mut self) {
        for (id, constant) in &self.program.consts {
            let fits = fits(self.program, constant.ty, &constant.value);
            self.check(fits, || format!("the value of {id} is not of its type: {:?}", constant.value));
        }
    }
}

/// Whether a value is a canonical value of a type.
fn fits(program: &Program, ty: TyId, value: &Value) -> bool {
    let all = |ty: TyId, items: &[Value]| items.iter().all(|item| fits(program, ty, item));
    match (program.types.get(ty), value) {
        (Ty::Bool, Value::Bool(_)) | (Ty::Int, Value::Int(_)) => true,
        (Ty::Str, Value::Str(_)) | (Ty::Caller, Value::Caller(_)) => true,
        (Ty::Node, Value::Node(node)) => (*node as usize) < program.nodes.len(),
        (Ty::List(ty), Value::List(items)) => all(*ty, items),
        (Ty::Set(ty), Value::Set(items)) => all(*ty, items) && items.is_sorted_by(|a, b| a < b),
        (Ty::Map(key, ty), Value::Map(entries)) => {
            entries.iter().all(|(k, v)| fits(program, *key, k) && fits(program, *ty, v))
                && entries.is_sorted_by(|(a, _), (b, _)| a < b)
        }
        (Ty::Data(id), Value::Data(tag, fields)) => {
            let ctor = program.types.data(*id).ctors.get(*tag as usize);
            ctor.is_some_and(|ctor| {
                ctor.fields.len() == fields.len()
                    && ctor.fields.iter().zip(fields.iter()).all(|((_, ty), field)| fits(program, *ty, field))
            })
        }
        _ => false,
    }
}
