//! The types of an application: what the transformer calls `S.Message` and the like.

use super::{Elaboration, Side};
use crate::hir::{FieldId, Program, SubjectTy, System, SystemId, Ty, TypeDef, TypeId, Variant};
use rustc_hash::FxHashMap;
use smol_str::{SmolStr, format_smolstr};
use verdi_core::Span;

/// Data types that stand for what the subject has of its own.
pub(super) struct Types {
    /// `S.Message`.
    pub(super) message: TypeId,
    /// `S.Timer`.
    pub(super) timer: TypeId,
    /// `S.State`: a constructor for each kind.
    pub(super) state: TypeId,
    /// `S.Effects`.
    pub(super) effects: TypeId,
    /// `S.Output` of a system: an output and whom it goes to.
    pub(super) output: TypeId,
    /// A packet of the lifted world.
    pub(super) packet: TypeId,
    /// Data types that mention what the new system has otherwise.
    copies: FxHashMap<(TypeId, Side), TypeId>,
}

impl Types {
    /// Gives each an id; what they hold is defined later, for they may mention each other.
    pub(super) fn declare(program: &mut Program, subject: &System, new: SystemId) -> Self {
        let mut declare = |name: &str| {
            program.types.push(TypeDef {
                name: format_smolstr!("{}.{name}", subject.name),
                span: subject.span,
                system: Some(new),
                params: Vec::new(),
                ctors: Vec::new(),
            })
        };
        Self {
            message: declare("Message"),
            timer: declare("Timer"),
            state: declare("State"),
            effects: declare("Effects"),
            output: declare("Output"),
            packet: declare("Packet"),
            copies: FxHashMap::default(),
        }
    }
}

fn variant(name: impl Into<SmolStr>, span: Span, fields: Vec<(SmolStr, Ty)>) -> Variant {
    Variant { name: name.into(), span, fields }
}

impl Elaboration<'_> {
    pub(super) fn define_types(&mut self) {
        let span = self.s.span;
        let mut messages = self.s.members.messages.clone();
        self.variants(Side::Subject, &mut messages);
        self.program.types[self.types.message].ctors = messages;
        self.program.types[self.types.timer].ctors =
            self.s.members.timers.iter().map(|timer| variant(timer.name.clone(), span, Vec::new())).collect();
        let kinds: Vec<_> = self.s.members.kinds.values().cloned().collect();
        let mut states: Vec<Variant> = kinds
            .iter()
            .map(|kind| {
                let fields = kind.fields.values().map(|field| (field.name.clone(), field.ty.clone()));
                variant(kind.name.clone(), kind.span, fields.collect())
            })
            .collect();
        self.variants(Side::Subject, &mut states);
        self.program.types[self.types.state].ctors = states;
        let message = Ty::Data(self.types.message, Vec::new());
        let sends = Ty::List(Box::new(Ty::Tuple(vec![message.clone(), Ty::Node])));
        let outputs = Ty::List(Box::new(self.output_ty()));
        self.program.types[self.types.effects].ctors =
            vec![variant("Effects", span, vec![("sends".into(), sends), ("outputs".into(), outputs)])];
        let to = self.option(Ty::Caller);
        self.program.types[self.types.output].ctors =
            vec![variant("Output", span, vec![("body".into(), Ty::Output), ("to".into(), to)])];
        self.program.types[self.types.packet].ctors = vec![variant(
            "packet",
            span,
            vec![("src".into(), Ty::Node), ("dst".into(), Ty::Node), ("body".into(), message)],
        )];
    }

    pub(super) fn option(&self, ty: Ty) -> Ty {
        self.program.builtin.option.map_or(Ty::Error, |id| Ty::Data(id, vec![ty]))
    }

    pub(super) fn effects_ty(&self) -> Ty {
        Ty::Data(self.types.effects, Vec::new())
    }

    pub(super) fn state_ty(&self) -> Ty {
        Ty::Data(self.types.state, Vec::new())
    }

    /// `S.Output`: a machine answers the caller of its input.
    pub(super) fn output_ty(&self) -> Ty {
        if self.t.machine { Ty::Output } else { Ty::Data(self.types.output, Vec::new()) }
    }

    /// The type of a field of the subject.
    pub(super) fn subject_field_ty(&mut self, kind: crate::hir::KindId, field: FieldId) -> Ty {
        let ty = self.s.members.kinds[kind].fields[field].ty.clone();
        self.ty(Side::Subject, &ty)
    }

    pub(super) fn variants(&mut self, side: Side, variants: &mut [Variant]) {
        for (_, ty) in variants.iter_mut().flat_map(|variant| &mut variant.fields) {
            *ty = self.ty(side, ty);
        }
    }

    /// A type as the new system has it.
    pub(super) fn ty(&mut self, side: Side, ty: &Ty) -> Ty {
        let data = |id: TypeId| Ty::Data(id, Vec::new());
        match ty {
            Ty::List(inner) => Ty::List(Box::new(self.ty(side, inner))),
            Ty::Set(inner) => Ty::Set(Box::new(self.ty(side, inner))),
            Ty::Map(key, value) => Ty::Map(Box::new(self.ty(side, key)), Box::new(self.ty(side, value))),
            Ty::Tuple(parts) => Ty::Tuple(parts.iter().map(|part| self.ty(side, part)).collect()),
            Ty::Data(id, args) => {
                let args = args.iter().map(|arg| self.ty(side, arg)).collect();
                Ty::Data(self.data(side, *id), args)
            }
            Ty::Param(param) => self.ty_args.get(param).cloned().unwrap_or_else(|| ty.clone()),
            Ty::Wrapper(..) => Ty::Node,
            Ty::Kind(system, kind) if *system == self.subject => match self.subject_kinds.get(kind) {
                Some(kind) => Ty::Kind(self.new, *kind),
                None => Ty::Node,
            },
            Ty::Effects => self.effects_ty(),
            Ty::Subject(SubjectTy::Message) => data(self.types.message),
            Ty::Subject(SubjectTy::Input) => Ty::Input,
            Ty::Subject(SubjectTy::Output) => self.output_ty(),
            Ty::Subject(SubjectTy::Timer) => data(self.types.timer),
            Ty::Subject(SubjectTy::State) => self.state_ty(),
            Ty::Subject(SubjectTy::Node) => Ty::Node,
            Ty::Subject(SubjectTy::Packet) => data(self.types.packet),
            Ty::Message if side == Side::Subject => data(self.types.message),
            Ty::Timer if side == Side::Subject => data(self.types.timer),
            Ty::Packet if side == Side::Subject => data(self.types.packet),
            _ => ty.clone(),
        }
    }

    /// A data type as the new system has it: a copy where something inside it is another type there.
    pub(super) fn data(&mut self, side: Side, id: TypeId) -> TypeId {
        if let Some(known) = self.types.copies.get(&(id, side)) {
            return *known;
        }
        self.types.copies.insert((id, side), id);
        let before = self.program.types[id].ctors.clone();
        let mut after = before.clone();
        self.variants(side, &mut after);
        let same = before.iter().zip(&after).all(|(a, b)| a.fields == b.fields);
        if same {
            return id;
        }
        let mut copy = self.program.types[id].clone();
        copy.ctors = after;
        copy.system = Some(self.new);
        let new = self.program.types.push(copy);
        self.types.copies.insert((id, side), new);
        new
    }
}
