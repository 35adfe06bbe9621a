//! Types as written, and as shown in messages.

use super::Checker;
use super::infer::subst;
use super::scope::{Owner, TypeName};
use super::suggest::did_you_mean;
use crate::hir::{SubjectTy, Ty, TyParamId};
use smol_str::SmolStr;
use verdi_diagnostics::{Diagnostic, Span, codes};
use verdi_syntax::ast::{self, TypeKind};

/// Where a type is written.
#[derive(Clone)]
pub(super) struct TypeScope {
    pub(super) module: usize,
    pub(super) owner: Owner,
    pub(super) params: Vec<(SmolStr, TyParamId)>,
}

/// A type may be a tuple of so many parts, and an alias expanded to so many.
const EXPANSION_MAX: usize = 500;

const SIMPLE: &[(&str, Ty)] = &[
    ("bool", Ty::Bool),
    ("int", Ty::Int),
    ("string", Ty::Str),
    ("Node", Ty::Node),
    ("Caller", Ty::Caller),
    ("Packet", Ty::Packet),
    ("Event", Ty::Event),
    ("Message", Ty::Message),
    ("Input", Ty::Input),
    ("Output", Ty::Output),
    ("Timer", Ty::Timer),
];

impl Checker<'_> {
    /// The type that is written, [`Ty::Error`] (and a diagnostic) if there is none.
    pub(super) fn resolve_type(&mut self, scope: &TypeScope, written: &ast::Type) -> Ty {
        match &written.kind {
            TypeKind::Error => Ty::Error,
            TypeKind::Tuple(parts) => {
                Ty::Tuple(parts.iter().map(|part| self.resolve_type(scope, part)).collect())
            }
            TypeKind::Member(subject, member) => self.resolve_member(scope, subject, member),
            TypeKind::Named(name, args) => {
                let args: Vec<Ty> = args.iter().map(|arg| self.resolve_type(scope, arg)).collect();
                let ty = self.resolve_named(scope, name, args, written.span);
                if size(&ty) > EXPANSION_MAX {
                    self.report(Diagnostic::error(codes::V0318, written.span, "this type is too large"));
                    return Ty::Error;
                }
                ty
            }
        }
    }

    fn resolve_named(&mut self, scope: &TypeScope, name: &ast::Name, mut args: Vec<Ty>, span: Span) -> Ty {
        let key = name.text.as_str();
        let wants = |checker: &mut Self, count: usize, args: &[Ty]| {
            let fits = args.len() == count;
            if !fits {
                checker.wrong_type_args(name, span, count, args.len());
            }
            fits
        };
        if let Some((_, id)) = scope.params.iter().find(|(param, _)| param == key) {
            return if wants(self, 0, &args) { Ty::Param(*id) } else { Ty::Error };
        }
        if let Some((id, _)) = self
            .owner(scope.owner)
            .and_then(|o| o.ty_params.iter().find(|(p, _)| p == key))
            .map(|(p, id)| (*id, p))
        {
            return if wants(self, 0, &args) { Ty::Param(id) } else { Ty::Error };
        }
        if let Some((_, ty)) = SIMPLE.iter().find(|(simple, _)| *simple == key) {
            return if wants(self, 0, &args) { ty.clone() } else { Ty::Error };
        }
        match key {
            "List" | "Set" | "Option" if wants(self, 1, &args) => {
                let arg = args.pop().unwrap_or(Ty::Error);
                return match key {
                    "List" => Ty::List(Box::new(arg)),
                    "Set" => Ty::Set(Box::new(arg)),
                    _ => self.option_of(arg),
                };
            }
            "Map" if wants(self, 2, &args) => {
                let value = args.pop().unwrap_or(Ty::Error);
                let key = args.pop().unwrap_or(Ty::Error);
                return Ty::Map(Box::new(key), Box::new(value));
            }
            "List" | "Set" | "Option" | "Map" => return Ty::Error,
            _ => {}
        }
        if let Some(kind) = self.owner(scope.owner).and_then(|owner| owner.kinds.get(key).copied()) {
            return if wants(self, 0, &args) { self.kind_ty(scope.owner, kind) } else { Ty::Error };
        }
        match self.find_type(scope, key) {
            Some(TypeName::Data(id)) => {
                self.used.types.insert(id);
                let count = self.program.types[id].params.len();
                if wants(self, count, &args) { Ty::Data(id, args) } else { Ty::Error }
            }
            Some(TypeName::Alias(index)) => {
                self.used.aliases.insert(index);
                let alias = &self.aliases.list[index];
                let params: Vec<TyParamId> = alias.params.iter().map(|(_, id)| *id).collect();
                let Some(ty) = alias.ty.clone() else {
                    self.aliases.pending = Some(index);
                    return Ty::Error;
                };
                if !wants(self, params.len(), &args) {
                    return Ty::Error;
                }
                subst(&ty, &params.into_iter().zip(args).collect::<Vec<_>>())
            }
            None => self.unknown_type(scope, name),
        }
    }

    fn find_type(&self, scope: &TypeScope, key: &str) -> Option<TypeName> {
        let own = self.owner(scope.owner).and_then(|owner| owner.types.get(key).copied());
        own.or_else(|| self.visible(scope.module).find_map(|module| module.types.get(key).copied()))
    }

    fn wrong_type_args(&mut self, name: &ast::Name, span: Span, wanted: usize, given: usize) {
        let wanted = match wanted {
            0 => "no type arguments".to_string(),
            1 => "one type argument".to_string(),
            n => format!("{n} type arguments"),
        };
        let message = format!(
            "`{}` takes {wanted}, but {given} {} given",
            name.text,
            if given == 1 { "is" } else { "are" }
        );
        self.report(Diagnostic::error(codes::V0307, span, message));
    }

    fn unknown_type(&mut self, scope: &TypeScope, name: &ast::Name) -> Ty {
        let mut known: Vec<&str> = vec!["List", "Set", "Map", "Option"];
        known.extend(SIMPLE.iter().map(|(simple, _)| *simple));
        known.extend(scope.params.iter().map(|(param, _)| param.as_str()));
        if let Some(owner) = self.owner(scope.owner) {
            known.extend(owner.types.keys().map(SmolStr::as_str));
            known.extend(owner.kinds.keys().map(SmolStr::as_str));
        }
        known.extend(self.visible(scope.module).flat_map(|module| module.types.keys().map(SmolStr::as_str)));
        let mut error =
            Diagnostic::error(codes::V0202, name.span, format!("there is no type `{}`", name.text));
        error = did_you_mean(error, name.span, &name.text, known);
        if scope.owner == Owner::Module
            && let Some(system) = self.owners.iter().find_map(|(owner, o)| match owner {
                Owner::System(id) if o.kinds.contains_key(&name.text) || o.types.contains_key(&name.text) => {
                    Some(*id)
                }
                _ => None,
            })
        {
            let system = &self.program.systems[system].name;
            error = error.note(format!(
                "`{}` is declared inside the system `{system}`, and known there alone",
                name.text
            ));
        }
        self.report(error);
        Ty::Error
    }

    /// `S.Message`.
    fn resolve_member(&mut self, scope: &TypeScope, subject: &ast::Name, member: &ast::Name) -> Ty {
        let Owner::Transformer(id) = scope.owner else {
            let message = format!("`{}.{}` is not a type here", subject.text, member.text);
            self.report(
                Diagnostic::error(codes::V0202, subject.span.to(member.span), message)
                    .note("only a transformer names the types of its subject"),
            );
            return Ty::Error;
        };
        let transformer = &self.program.transformers[id];
        if transformer.subject != subject.text {
            let message = format!(
                "the subject of this transformer is `{}`, not `{}`",
                transformer.subject, subject.text
            );
            self.report(Diagnostic::error(codes::V0202, subject.span, message));
            return Ty::Error;
        }
        match member.text.as_str() {
            "Message" => Ty::Subject(SubjectTy::Message),
            "Input" => Ty::Subject(SubjectTy::Input),
            "Output" => Ty::Subject(SubjectTy::Output),
            "Timer" => Ty::Subject(SubjectTy::Timer),
            "State" => Ty::Subject(SubjectTy::State),
            "Node" => Ty::Node,
            "Effects" => Ty::Effects,
            _ => {
                let known = ["Message", "Input", "Output", "Timer", "State", "Node", "Effects"];
                let message = format!("a subject has no type `{}`", member.text);
                let error = Diagnostic::error(codes::V0202, member.span, message);
                self.report(did_you_mean(error, member.span, &member.text, known));
                Ty::Error
            }
        }
    }

    /// A type as people write it.
    pub(super) fn show(&self, ty: &Ty) -> String {
        let mut text = String::new();
        self.show_into(ty, &mut text);
        text
    }

    fn show_into(&self, ty: &Ty, out: &mut String) {
        if out.len() > 200 {
            out.push('…');
            return;
        }
        match ty {
            Ty::List(t) => self.show_applied("List", std::slice::from_ref(t.as_ref()), out),
            Ty::Set(t) => self.show_applied("Set", std::slice::from_ref(t.as_ref()), out),
            Ty::Map(k, v) => self.show_applied("Map", &[k.as_ref().clone(), v.as_ref().clone()], out),
            Ty::Tuple(parts) => {
                out.push('(');
                self.show_list(parts, out);
                out.push(')');
            }
            Ty::Data(id, args) => self.show_applied(&self.program.types[*id].name, args, out),
            Ty::Kind(system, kind) => out.push_str(&self.program.systems[*system].members.kinds[*kind].name),
            Ty::Wrapper(id, kind) => out.push_str(&self.program.transformers[*id].members.kinds[*kind].name),
            Ty::Param(id) => out.push_str(&self.program.ty_params[*id]),
            Ty::Subject(member) => {
                out.push_str("S.");
                out.push_str(match member {
                    SubjectTy::Message => "Message",
                    SubjectTy::Input => "Input",
                    SubjectTy::Output => "Output",
                    SubjectTy::Timer => "Timer",
                    SubjectTy::State => "State",
                    SubjectTy::Node => "Node",
                    SubjectTy::Packet => "Packet",
                });
            }
            Ty::Effects => out.push_str("S.Effects"),
            Ty::Invocation => out.push_str("an input of `inputs(n)`"),
            Ty::Infer(_) | Ty::Error => out.push('_'),
            simple => {
                let name = SIMPLE.iter().find(|(_, ty)| ty == simple).map_or("_", |(name, _)| name);
                out.push_str(name);
            }
        }
    }

    fn show_applied(&self, name: &str, args: &[Ty], out: &mut String) {
        out.push_str(name);
        if !args.is_empty() {
            out.push('<');
            self.show_list(args, out);
            out.push('>');
        }
    }

    fn show_list(&self, parts: &[Ty], out: &mut String) {
        for (i, part) in parts.iter().enumerate() {
            if i > 0 {
                out.push_str(", ");
            }
            self.show_into(part, out);
        }
    }
}

/// How many parts a type has.
pub(super) fn size(ty: &Ty) -> usize {
    match ty {
        Ty::List(t) | Ty::Set(t) => 1 + size(t),
        Ty::Map(k, v) => 1 + size(k) + size(v),
        Ty::Tuple(parts) | Ty::Data(_, parts) => 1 + parts.iter().map(size).sum::<usize>(),
        _ => 1,
    }
}
