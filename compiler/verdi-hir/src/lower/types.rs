//! Types, instantiated and interned.

use super::Lower;
use crate::hir::{self, Ty, Variant};
use rustc_hash::FxHashMap;
use smol_str::{SmolStr, format_smolstr};
use verdi_core::{self as core, Ctor, Data, DataStyle, TyId};

/// What makes two data types the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum DataKey {
    Named(hir::TypeId, Vec<TyId>),
    Tuple(Vec<TyId>),
}

/// Type arguments at hand.
pub(super) type Substitution = FxHashMap<hir::TyParamId, TyId>;

impl Lower<'_> {
    /// Makes the types that the machine handles, from what the system declares.
    pub(super) fn special_types(&mut self) {
        let members = self.members();
        let special = self.core.special;
        let timers = members
            .timers
            .iter()
            .map(|timer| Ctor { name: timer.name.clone(), fields: Vec::new() })
            .collect();
        self.define(special.timer, "Timer".into(), DataStyle::Named, timers);
        for (ty, name, variants) in [
            (special.message, "Message", &members.messages),
            (special.input, "Input", &members.inputs),
            (special.output, "Output", &members.outputs),
        ] {
            let ctors = self.ctors(variants, &FxHashMap::default());
            self.define(ty, name.into(), DataStyle::Named, ctors);
        }
        self.core.timers = members
            .timers
            .iter()
            .map(|timer| core::Timer {
                name: timer.name.clone(),
                every: timer.every,
                from_us: timer.from_us,
                to_us: timer.to_us,
            })
            .collect();
    }

    fn ctors(&mut self, variants: &[Variant], args: &Substitution) -> Vec<Ctor> {
        variants
            .iter()
            .map(|variant| Ctor {
                name: variant.name.clone(),
                fields: variant
                    .fields
                    .iter()
                    .map(|(label, ty)| (label.clone(), self.ty_with(ty, args)))
                    .collect(),
            })
            .collect()
    }

    /// The type of a key, and whether it is new and has to be defined.
    fn data_ty(&mut self, key: DataKey, name: SmolStr) -> (TyId, bool) {
        if let Some(&known) = self.data.get(&key) {
            return (known, false);
        }
        let id = self.core.types.add_data(Data { name, style: DataStyle::Named, ctors: Vec::new() });
        let ty = self.core.types.intern(core::Ty::Data(id));
        self.data.insert(key, ty);
        (ty, true)
    }

    fn define(&mut self, ty: TyId, name: SmolStr, style: DataStyle, ctors: Vec<Ctor>) {
        if let core::Ty::Data(id) = *self.core.types.get(ty) {
            self.core.types.set_data(id, Data { name, style, ctors });
        }
    }

    /// The Core type of a type whose parameters are the system's or `args`.
    pub(super) fn ty_with(&mut self, ty: &Ty, args: &Substitution) -> TyId {
        match ty {
            Ty::Bool => self.core.special.bool,
            Ty::Int => self.core.special.int,
            Ty::Str => self.core.types.intern(core::Ty::Str),
            Ty::Node | Ty::Kind(..) => self.core.special.node,
            Ty::Caller => self.core.special.caller,
            Ty::List(element) => {
                let element = self.ty_with(element, args);
                self.core.types.intern(core::Ty::List(element))
            }
            Ty::Set(element) => {
                let element = self.ty_with(element, args);
                self.core.types.intern(core::Ty::Set(element))
            }
            Ty::Map(key, value) => {
                let (key, value) = (self.ty_with(key, args), self.ty_with(value, args));
                self.core.types.intern(core::Ty::Map(key, value))
            }
            Ty::Tuple(elements) => {
                let elements = elements.iter().map(|element| self.ty_with(element, args)).collect();
                self.tuple(elements)
            }
            Ty::Data(id, ty_args) => {
                let ty_args = ty_args.iter().map(|arg| self.ty_with(arg, args)).collect();
                self.declared(*id, ty_args)
            }
            Ty::Message => self.core.special.message,
            Ty::Input => self.core.special.input,
            Ty::Output => self.core.special.output,
            Ty::Timer => self.core.special.timer,
            Ty::Packet => self.core.special.packet,
            Ty::Invocation => self.core.special.invocation,
            Ty::Event => self.core.special.event,
            Ty::Param(param) => match (args.get(param), self.ty_args.get(param).cloned()) {
                (Some(&arg), _) => arg,
                (None, Some(arg)) => self.ty_with(&arg, args),
                (None, None) => self.unit(),
            },
            // A branch that never ends has a type that nothing uses; the rest are not in lowered code.
            Ty::Wrapper(..) | Ty::Subject(_) | Ty::Effects | Ty::Infer(_) | Ty::Error => self.unit(),
        }
    }

    /// The empty tuple.
    pub(super) fn unit(&mut self) -> TyId {
        self.tuple(Vec::new())
    }

    pub(super) fn tuple(&mut self, elements: Vec<TyId>) -> TyId {
        let names: Vec<_> = elements.iter().map(|ty| self.core.ty_name(*ty)).collect();
        let name = format_smolstr!("({})", names.join(", "));
        let (ty, new) = self.data_ty(DataKey::Tuple(elements.clone()), name.clone());
        if new {
            let fields = elements.into_iter().map(|ty| (SmolStr::default(), ty)).collect();
            self.define(ty, name, DataStyle::Tuple, vec![Ctor { name: SmolStr::default(), fields }]);
        }
        ty
    }

    fn declared(&mut self, id: hir::TypeId, args: Vec<TyId>) -> TyId {
        let def = &self.hir.types[id];
        let names: Vec<_> = args.iter().map(|ty| self.core.ty_name(*ty)).collect();
        let name = if names.is_empty() {
            def.name.clone()
        } else {
            format_smolstr!("{}<{}>", def.name, names.join(", "))
        };
        let (ty, new) = self.data_ty(DataKey::Named(id, args.clone()), name.clone());
        if new {
            let args = def.params.iter().copied().zip(args).collect();
            let ctors = self.ctors(&def.ctors, &args);
            self.define(ty, name, DataStyle::Named, ctors);
        }
        ty
    }

    pub(super) fn list_of(&mut self, element: TyId) -> TyId {
        self.core.types.intern(core::Ty::List(element))
    }

    /// How many constructors a data type has; 1 for what is not one.
    pub(super) fn ctor_count(&self, ty: TyId) -> usize {
        self.core.types.as_data(ty).map_or(1, |(_, data)| data.ctors.len())
    }
}
