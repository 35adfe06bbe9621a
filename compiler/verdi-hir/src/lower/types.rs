//! Types, instantiated and interned.

use super::Lower;
use crate::hir::{self, Ty, Variant};
use cranelift_entity::PrimaryMap;
use rustc_hash::FxHashMap;
use smol_str::{SmolStr, format_smolstr};
use verdi_core::{self as core, Ctor, Data, DataStyle, TyId};

/// What makes two data types the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum DataKey {
    Named(hir::TypeId, Vec<TyId>),
    Tuple(Vec<TyId>),
    Special(Special),
}

/// The types that a system as a whole has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Special {
    Message,
    Input,
    Output,
    Timer,
    Packet,
    Invocation,
    Event,
}

/// Type arguments at hand.
pub(super) type Substitution = FxHashMap<hir::TyParamId, TyId>;

/// A program with the scalar types and nothing else.
pub(super) fn empty_program(name: SmolStr) -> core::Program {
    let mut types = core::Types::default();
    let bool = types.intern(core::Ty::Bool);
    let int = types.intern(core::Ty::Int);
    let node = types.intern(core::Ty::Node);
    let caller = types.intern(core::Ty::Caller);
    core::Program {
        name,
        types,
        special: core::SpecialTypes {
            bool,
            int,
            node,
            caller,
            message: bool,
            input: bool,
            output: bool,
            timer: bool,
            packet: bool,
            invocation: bool,
            event: bool,
        },
        consts: PrimaryMap::new(),
        functions: PrimaryMap::new(),
        kinds: PrimaryMap::new(),
        nodes: PrimaryMap::new(),
        timers: Vec::new(),
        network: core::Network {
            name: SmolStr::default(),
            packets: core::PacketStore::Bag,
            vars: PrimaryMap::new(),
            rules: PrimaryMap::new(),
        },
        properties: PrimaryMap::new(),
        bounds: Vec::new(),
        packets_max: None,
        depth_max: None,
        constraint: None,
        domain_limited: false,
        keeps_trace: false,
    }
}

impl Lower<'_> {
    /// Makes the types that the machine handles, from what the system declares.
    pub(super) fn special_types(&mut self) {
        let members = self.members();
        let timers = members.timers.iter().map(|timer| (timer.name.clone(), Vec::new())).collect();
        let timer = self.special(Special::Timer, "Timer", timers);
        let message = self.union(Special::Message, "Message", &members.messages);
        let input = self.union(Special::Input, "Input", &members.inputs);
        let output = self.union(Special::Output, "Output", &members.outputs);
        let core::SpecialTypes { node, caller, .. } = self.core.special;
        let fields =
            |fields: &[(&str, TyId)]| fields.iter().map(|(name, ty)| ((*name).into(), *ty)).collect();
        let packet_fields = fields(&[("src", node), ("dst", node), ("body", message)]);
        let packet = self.special(Special::Packet, "Packet", vec![("packet".into(), packet_fields)]);
        let invocation_fields = fields(&[("caller", caller), ("body", input)]);
        let invocation =
            self.special(Special::Invocation, "Invocation", vec![("Invocation".into(), invocation_fields)]);
        let event = self.special(
            Special::Event,
            "Event",
            vec![
                ("Input".into(), fields(&[("at", node), ("from", caller), ("body", input)])),
                ("Output".into(), fields(&[("at", node), ("to", caller), ("body", output)])),
            ],
        );
        let special = &mut self.core.special;
        (special.timer, special.message, special.input, special.output) = (timer, message, input, output);
        (special.packet, special.invocation, special.event) = (packet, invocation, event);
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

    /// The type of a special, made at once so that messages may carry messages.
    fn special(&mut self, special: Special, name: &str, ctors: Vec<(SmolStr, Vec<(SmolStr, TyId)>)>) -> TyId {
        let ty = self.special_ty(special, name);
        let ctors = ctors.into_iter().map(|(name, fields)| Ctor { name, fields }).collect();
        self.define(ty, name.into(), DataStyle::Named, ctors);
        ty
    }

    fn special_ty(&mut self, special: Special, name: &str) -> TyId {
        self.data_ty(DataKey::Special(special), name.into()).0
    }

    fn union(&mut self, special: Special, name: &str, variants: &[Variant]) -> TyId {
        let ty = self.special_ty(special, name);
        let ctors = self.ctors(variants, &FxHashMap::default());
        self.define(ty, name.into(), DataStyle::Named, ctors);
        ty
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
            Ty::Message => self.special_ty(Special::Message, "Message"),
            Ty::Input => self.special_ty(Special::Input, "Input"),
            Ty::Output => self.special_ty(Special::Output, "Output"),
            Ty::Timer => self.special_ty(Special::Timer, "Timer"),
            Ty::Packet => self.special_ty(Special::Packet, "Packet"),
            Ty::Invocation => self.special_ty(Special::Invocation, "Invocation"),
            Ty::Event => self.special_ty(Special::Event, "Event"),
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
        let names: Vec<_> = elements.iter().map(|ty| self.ty_name(*ty)).collect();
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
        let names: Vec<_> = args.iter().map(|ty| self.ty_name(*ty)).collect();
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

    pub(super) fn ty_name(&self, ty: TyId) -> SmolStr {
        match *self.core.types.get(ty) {
            core::Ty::Bool => "bool".into(),
            core::Ty::Int => "int".into(),
            core::Ty::Str => "string".into(),
            core::Ty::Node => "Node".into(),
            core::Ty::Caller => "Caller".into(),
            core::Ty::List(element) => format_smolstr!("List<{}>", self.ty_name(element)),
            core::Ty::Set(element) => format_smolstr!("Set<{}>", self.ty_name(element)),
            core::Ty::Map(key, value) => {
                format_smolstr!("Map<{}, {}>", self.ty_name(key), self.ty_name(value))
            }
            core::Ty::Data(id) => self.core.types.data(id).name.clone(),
        }
    }

    pub(super) fn list_of(&mut self, element: TyId) -> TyId {
        self.core.types.intern(core::Ty::List(element))
    }

    /// How many constructors a data type has; 1 for what is not one.
    pub(super) fn ctor_count(&self, ty: TyId) -> usize {
        self.core.types.as_data(ty).map_or(1, |(_, data)| data.ctors.len())
    }
}
