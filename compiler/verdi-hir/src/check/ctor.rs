//! Constructors, messages, inputs and outputs: found by name and by the type that is wanted.

use super::body::Body;
use super::expr::{error, make};
use super::infer::subst;
use super::scope::Owner;
use super::suggest::{did_you_mean, listed};
use crate::hir::{CtorRef, Expr, ExprKind, KindId, SubjectTy, Ty, TyParamId, TypeId};
use smol_str::SmolStr;
use verdi_diagnostics::{Diagnostic, Span, codes};
use verdi_syntax::ast;

/// What a capitalised name may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Upper {
    Ctor(CtorRef),
    Kind(KindId),
}

/// A constructor at the type it is used at.
pub(super) struct Instance {
    pub(super) ty: Ty,
    pub(super) fields: Vec<(SmolStr, Ty)>,
    pub(super) vars: Vec<Ty>,
}

impl Body<'_, '_> {
    /// Everything that a capitalised name may be here.
    fn candidates(&self, name: &str, hint: Option<&Ty>) -> Vec<Upper> {
        let mut found = Vec::new();
        let mut add = |candidate: Upper| {
            if !found.contains(&candidate) {
                found.push(candidate);
            }
        };
        if let Some(Ty::Data(id, _)) = hint {
            let ctors = &self.cx.program.types[*id].ctors;
            if let Some(at) = ctors.iter().position(|ctor| ctor.name == name) {
                add(Upper::Ctor(CtorRef::Data(*id, at as u32)));
            }
        }
        let own = self.cx.owner(self.env.owner);
        for (id, at) in own.and_then(|owner| owner.ctors.get(name)).into_iter().flatten() {
            add(Upper::Ctor(CtorRef::Data(*id, *at)));
        }
        for module in self.cx.visible(self.env.module) {
            for (id, at) in module.ctors.get(name).into_iter().flatten() {
                add(Upper::Ctor(CtorRef::Data(*id, *at)));
            }
        }
        if let Some(option) = self.cx.program.builtin.option
            && let Some(at) = self.cx.program.types[option].ctors.iter().position(|ctor| ctor.name == name)
        {
            add(Upper::Ctor(CtorRef::Data(option, at as u32)));
        }
        if let Some(members) = self.cx.members(self.env.owner) {
            let at =
                |list: &[crate::hir::Variant]| list.iter().position(|v| v.name == name).map(|at| at as u32);
            let unions = [
                at(&members.messages).map(CtorRef::Message),
                at(&members.inputs).map(CtorRef::Input),
                at(&members.outputs).map(CtorRef::Output),
            ];
            unions.into_iter().flatten().for_each(|ctor| add(Upper::Ctor(ctor)));
        }
        if let Some(kind) = own.and_then(|owner| owner.kinds.get(name)) {
            add(Upper::Kind(*kind));
        }
        found
    }

    /// Whether a candidate is of the type that is wanted.
    fn suits(&self, candidate: Upper, hint: &Ty) -> bool {
        match (candidate, hint) {
            (Upper::Ctor(CtorRef::Data(id, _)), Ty::Data(wanted, _)) => id == *wanted,
            (Upper::Ctor(CtorRef::Message(_)), Ty::Message)
            | (Upper::Ctor(CtorRef::Input(_)), Ty::Input)
            | (Upper::Ctor(CtorRef::Output(_)), Ty::Output)
            | (Upper::Kind(_), Ty::Kind(..) | Ty::Node | Ty::List(_)) => true,
            _ => false,
        }
    }

    /// What a capitalised name is; reports if it is nothing, or could be several things.
    pub(super) fn upper(&mut self, name: &ast::Name, hint: Option<&Ty>) -> Option<Upper> {
        let hint = hint.map(|hint| self.infer.shallow(hint));
        let candidates = self.candidates(&name.text, hint.as_ref());
        if let Some(hint) = &hint
            && let Some(candidate) = candidates.iter().find(|candidate| self.suits(**candidate, hint))
        {
            return Some(*candidate);
        }
        match candidates.as_slice() {
            [] => {
                self.unknown_upper(name, hint.as_ref());
                None
            }
            [one] => Some(*one),
            several => {
                let several = self.nearest(several);
                if let [one] = several.as_slice() {
                    return Some(*one);
                }
                self.ambiguous(name, &several);
                None
            }
        }
    }

    /// A kind is meant before a constructor of its name where nothing asks for the constructor.
    fn nearest(&self, candidates: &[Upper]) -> Vec<Upper> {
        let kinds: Vec<Upper> = candidates.iter().copied().filter(|c| matches!(c, Upper::Kind(_))).collect();
        if kinds.is_empty() { candidates.to_vec() } else { kinds }
    }

    fn ambiguous(&mut self, name: &ast::Name, candidates: &[Upper]) {
        let mut homes: Vec<String> = Vec::new();
        let mut qualified: Option<String> = None;
        for candidate in candidates {
            homes.push(match candidate {
                Upper::Ctor(CtorRef::Data(id, _)) => {
                    let home = self.cx.program.types[*id].name.to_string();
                    qualified.get_or_insert_with(|| format!("{home}.{}", name.text));
                    format!("the type `{home}`")
                }
                Upper::Ctor(CtorRef::Message(_)) => "a message".into(),
                Upper::Ctor(CtorRef::Input(_)) => "an input".into(),
                Upper::Ctor(CtorRef::Output(_)) => "an output".into(),
                Upper::Ctor(_) | Upper::Kind(_) => "a node kind".into(),
            });
        }
        let message = format!("`{}` may be several things here: {}", name.text, homes.join(", "));
        let mut report = Diagnostic::error(codes::V0206, name.span, message);
        if let Some(qualified) = qualified {
            report =
                report.note(format!("say which, such as `{qualified}`, or state the type that is wanted"));
        }
        self.report(report);
    }

    fn unknown_upper(&mut self, name: &ast::Name, hint: Option<&Ty>) {
        let wanted = match hint {
            Some(Ty::Message) => "message",
            Some(Ty::Input) => "input",
            Some(Ty::Output) => "output",
            Some(Ty::Data(..)) => "constructor",
            Some(Ty::Kind(..) | Ty::Node) => "node kind",
            _ => "constructor or node kind",
        };
        let message = format!("there is no {wanted} `{}`", name.text);
        let known = self.upper_names(hint);
        let report = Diagnostic::error(codes::V0204, name.span, message);
        let mut report = did_you_mean(report, name.span, &name.text, known.iter().map(SmolStr::as_str));
        if report.mend.is_none() && matches!(hint, Some(Ty::Message | Ty::Input | Ty::Output | Ty::Data(..)))
        {
            let known = self.names_of_hint(hint);
            if !known.is_empty() {
                report = report.note(format!("there is {}", listed(known.iter().map(SmolStr::as_str))));
            }
        }
        if self.is_type_name(&name.text) {
            report = report.note(format!("`{}` is a type, not a value", name.text));
        }
        self.report(report);
    }

    fn is_type_name(&self, name: &str) -> bool {
        self.cx.owner(self.env.owner).is_some_and(|owner| owner.types.contains_key(name))
            || self.cx.visible(self.env.module).any(|module| module.types.contains_key(name))
    }

    fn names_of_hint(&self, hint: Option<&Ty>) -> Vec<SmolStr> {
        let members = self.cx.members(self.env.owner);
        let names = |list: &[crate::hir::Variant]| list.iter().map(|v| v.name.clone()).collect::<Vec<_>>();
        match hint {
            Some(Ty::Message) => members.map(|m| names(&m.messages)).unwrap_or_default(),
            Some(Ty::Input) => members.map(|m| names(&m.inputs)).unwrap_or_default(),
            Some(Ty::Output) => members.map(|m| names(&m.outputs)).unwrap_or_default(),
            Some(Ty::Data(id, _)) => names(&self.cx.program.types[*id].ctors),
            _ => Vec::new(),
        }
    }

    /// Every capitalised name of a value; those that the hint wants come first.
    pub(super) fn upper_names(&self, hint: Option<&Ty>) -> Vec<SmolStr> {
        let mut names = self.names_of_hint(hint);
        if let Some(owner) = self.cx.owner(self.env.owner) {
            names.extend(owner.ctors.keys().chain(owner.kinds.keys()).cloned());
        }
        names.extend(self.cx.visible(self.env.module).flat_map(|module| module.ctors.keys().cloned()));
        if let Some(members) = self.cx.members(self.env.owner) {
            let all = members.messages.iter().chain(&members.inputs).chain(&members.outputs);
            names.extend(all.map(|variant| variant.name.clone()));
        }
        names.extend(["None".into(), "Some".into()]);
        names
    }

    /// `Role.Leader`: the constructor of a type that is named; reports if there is none.
    pub(super) fn qualified(&mut self, qualifier: &ast::Name, name: &ast::Name) -> Option<CtorRef> {
        if qualifier.text == "Event" {
            return match name.text.as_str() {
                "Input" => Some(CtorRef::Event(0)),
                "Output" => Some(CtorRef::Event(1)),
                _ => {
                    let message = format!("`Event` has no constructor `{}`", name.text);
                    let report = Diagnostic::error(codes::V0204, name.span, message);
                    self.report(did_you_mean(report, name.span, &name.text, ["Input", "Output"]));
                    None
                }
            };
        }
        if let "Message" | "Input" | "Output" = qualifier.text.as_str() {
            let hint = match qualifier.text.as_str() {
                "Message" => Ty::Message,
                "Input" => Ty::Input,
                _ => Ty::Output,
            };
            let found = self.candidates(&name.text, None).into_iter().find(|c| self.suits(*c, &hint));
            let Some(Upper::Ctor(ctor)) = found else {
                self.unknown_upper(name, Some(&hint));
                return None;
            };
            return Some(ctor);
        }
        let Some(id) = self.type_named(&qualifier.text) else {
            let message = format!("there is no type `{}`", qualifier.text);
            let report = Diagnostic::error(codes::V0202, qualifier.span, message);
            let known: Vec<SmolStr> = self.type_names();
            self.report(did_you_mean(
                report,
                qualifier.span,
                &qualifier.text,
                known.iter().map(SmolStr::as_str),
            ));
            return None;
        };
        self.ctor_of(id, name)
    }

    fn ctor_of(&mut self, id: TypeId, name: &ast::Name) -> Option<CtorRef> {
        self.cx.used.types.insert(id);
        let ctors = &self.cx.program.types[id].ctors;
        if let Some(at) = ctors.iter().position(|ctor| ctor.name == name.text) {
            return Some(CtorRef::Data(id, at as u32));
        }
        let names: Vec<SmolStr> = ctors.iter().map(|ctor| ctor.name.clone()).collect();
        let message = format!("`{}` has no constructor `{}`", self.cx.program.types[id].name, name.text);
        let report = Diagnostic::error(codes::V0204, name.span, message);
        let mut report = did_you_mean(report, name.span, &name.text, names.iter().map(SmolStr::as_str));
        if report.mend.is_none() {
            report = report.note(format!("it has {}", listed(names.iter().map(SmolStr::as_str))));
        }
        self.report(report);
        None
    }

    /// The data type of a name, through aliases.
    pub(super) fn type_named(&self, name: &str) -> Option<TypeId> {
        use super::scope::TypeName;
        let own = self.cx.owner(self.env.owner).and_then(|owner| owner.types.get(name).copied());
        let found = own.or_else(|| self.cx.visible(self.env.module).find_map(|m| m.types.get(name).copied()));
        match found {
            Some(TypeName::Data(id)) => Some(id),
            Some(TypeName::Alias(index)) => match &self.cx.aliases.list[index].ty {
                Some(Ty::Data(id, _)) => Some(*id),
                _ => None,
            },
            None if name == "Option" => self.cx.program.builtin.option,
            None => None,
        }
    }

    fn type_names(&self) -> Vec<SmolStr> {
        let own = self.cx.owner(self.env.owner);
        let own = own.into_iter().flat_map(|owner| owner.types.keys().cloned());
        own.chain(self.cx.visible(self.env.module).flat_map(|module| module.types.keys().cloned())).collect()
    }

    /// The types of a constructor's fields, with fresh variables for the parameters of its type.
    pub(super) fn instance(&mut self, ctor: CtorRef) -> Instance {
        let variant_fields = |body: &Self| {
            let fields = body.cx.variant(body.env.owner, ctor).map(|v| v.fields.clone()).unwrap_or_default();
            fields.into_iter().map(|(name, ty)| (name, body.env.here(ty))).collect::<Vec<_>>()
        };
        let plain = |ty: Ty, fields| Instance { ty, fields, vars: Vec::new() };
        match ctor {
            CtorRef::Data(id, _) => {
                self.cx.used.types.insert(id);
                let params: Vec<TyParamId> = self.cx.program.types[id].params.clone();
                let vars: Vec<Ty> = params.iter().map(|_| self.infer.fresh_soft()).collect();
                let map: Vec<(TyParamId, Ty)> = params.into_iter().zip(vars.iter().cloned()).collect();
                let fields =
                    variant_fields(self).into_iter().map(|(name, ty)| (name, subst(&ty, &map))).collect();
                Instance { ty: Ty::Data(id, vars.clone()), fields, vars }
            }
            CtorRef::Message(_) => plain(Ty::Message, variant_fields(self)),
            CtorRef::Input(_) => plain(Ty::Input, variant_fields(self)),
            CtorRef::Output(_) => plain(Ty::Output, variant_fields(self)),
            CtorRef::Event(0) => plain(
                Ty::Event,
                vec![("at".into(), Ty::Node), ("from".into(), Ty::Caller), ("body".into(), Ty::Input)],
            ),
            CtorRef::Event(_) => plain(
                Ty::Event,
                vec![("at".into(), Ty::Node), ("to".into(), Ty::Caller), ("body".into(), Ty::Output)],
            ),
            CtorRef::Timer(_) => plain(Ty::Timer, Vec::new()),
            CtorRef::Packet | CtorRef::SubjectPacket => {
                let (ty, body) = match ctor {
                    CtorRef::Packet => (Ty::Packet, Ty::Message),
                    _ => (Ty::Subject(SubjectTy::Packet), Ty::Subject(SubjectTy::Message)),
                };
                let fields = vec![("src".into(), Ty::Node), ("dst".into(), Ty::Node), ("body".into(), body)];
                plain(ty, fields)
            }
        }
    }

    pub(super) fn ctor_name(&self, ctor: CtorRef) -> SmolStr {
        match ctor {
            CtorRef::Event(0) => "Event.Input".into(),
            CtorRef::Event(_) => "Event.Output".into(),
            CtorRef::Packet | CtorRef::SubjectPacket => "packet".into(),
            _ => self.cx.variant(self.env.owner, ctor).map(|v| v.name.clone()).unwrap_or_default(),
        }
    }

    /// A constructor applied to arguments; without parentheses it must have no fields.
    pub(super) fn construct(
        &mut self,
        span: Span,
        name_span: Span,
        ctor: CtorRef,
        args: Option<&[ast::Arg]>,
        hint: Option<&Ty>,
    ) -> Expr {
        if let CtorRef::Event(_) = ctor {
            self.error(codes::V0213, span, "entries of the history are only matched, never built");
            return error(span);
        }
        let instance = self.instance(ctor);
        let name = self.ctor_name(ctor);
        let what = format!("`{name}`");
        // What is wanted tells the types of the arguments; it binds nothing that would not fit anyway.
        let field_hints: Vec<Ty> = self.field_hints(&instance, hint);
        let args = args.unwrap_or_default();
        let (spread, rest) = match args.split_first() {
            Some((first, rest)) if first.spread => (Some(first), rest),
            _ => (None, args),
        };
        if let Some(stray) = rest.iter().find(|arg| arg.spread) {
            self.error(
                codes::V0321,
                stray.span,
                "the value to copy from stands first: `Entry(..e, term: 2)`",
            );
            return error(span);
        }
        self.call_span = span;
        let matched = self.match_args(&what, &instance.fields, rest);
        let mut values: Vec<(u32, Expr)> = Vec::new();
        for (i, slot) in matched.slots.iter().enumerate() {
            let Some(arg) = slot else { continue };
            let value = self.expr(&arg.value, field_hints.get(i));
            let field = &instance.fields[i];
            let label = if field.0.is_empty() {
                format!("the value in `{name}`")
            } else {
                format!("`{}` of `{name}`", field.0)
            };
            self.expect(&value, &field.1.clone(), format_args!("{label}"));
            values.push((i as u32, value));
        }
        let kind = match spread {
            Some(spread) => self.copy(span, ctor, &instance, spread, values),
            None => {
                self.missing_args(
                    &what,
                    if args.is_empty() { name_span } else { span },
                    &instance.fields,
                    &matched,
                );
                let complete = values.len() == instance.fields.len();
                if complete {
                    ExprKind::Make(ctor, values.into_iter().map(|(_, e)| e).collect())
                } else {
                    ExprKind::Error
                }
            }
        };
        self.infer.harden(&instance.vars);
        let ty = self.infer.resolve(&instance.ty);
        make(span, ty, kind)
    }

    fn field_hints(&self, instance: &Instance, hint: Option<&Ty>) -> Vec<Ty> {
        let args = match (hint.map(|hint| self.infer.shallow(hint)), &instance.ty) {
            (Some(Ty::Data(id, args)), Ty::Data(own, _)) if id == *own => args,
            _ => return instance.fields.iter().map(|(_, ty)| ty.clone()).collect(),
        };
        let map: Vec<(Ty, Ty)> = instance.vars.iter().cloned().zip(args).collect();
        instance.fields.iter().map(|(_, ty)| replace_vars(ty, &map)).collect()
    }

    /// `Entry(..e, term: 2)`.
    fn copy(
        &mut self,
        span: Span,
        ctor: CtorRef,
        instance: &Instance,
        spread: &ast::Arg,
        values: Vec<(u32, Expr)>,
    ) -> ExprKind {
        let base = self.check(&spread.value, &instance.ty, format_args!("what is copied"));
        let CtorRef::Data(id, _) = ctor else {
            self.error(codes::V0321, spread.span, "only records are copied with a change");
            return ExprKind::Error;
        };
        if self.cx.program.types[id].ctors.len() != 1 {
            let name = self.cx.program.types[id].name.clone();
            self.report(
                Diagnostic::error(
                    codes::V0321,
                    spread.span,
                    format!("`{name}` has several constructors, so it cannot be copied with a change"),
                )
                .note("use `match` to take it apart"),
            );
            return ExprKind::Error;
        }
        if values.is_empty() {
            self.error(codes::V0321, span, "this copy changes nothing");
        }
        ExprKind::Copy(ctor, Box::new(base), values)
    }

    /// Whether an input or output belongs to the kind at hand; reports if it does not.
    pub(super) fn belongs(&mut self, ctor: CtorRef, span: Span) {
        let Some(kind) = self.env.kind else { return };
        let Some(members) = self.cx.members(self.env.owner) else { return };
        let (list, at, union, noun): (_, _, &[crate::hir::Variant], _) = match ctor {
            CtorRef::Input(at) => (&members.kinds[kind].inputs, at, &members.inputs, "input"),
            CtorRef::Output(at) => (&members.kinds[kind].outputs, at, &members.outputs, "output"),
            _ => return,
        };
        if list.contains(&at) {
            return;
        }
        let own: Vec<SmolStr> = list.iter().map(|&at| union[at as usize].name.clone()).collect();
        let name = union[at as usize].name.clone();
        let kind_name = members.kinds[kind].name.clone();
        let report =
            Diagnostic::error(codes::V0405, span, format!("`{name}` is not an {noun} of `{kind_name}`"));
        let mut report = did_you_mean(report, span, &name, own.iter().map(SmolStr::as_str));
        report = match own.is_empty() {
            true => report.note(format!("declare it in the node: `{noun} {name}`")),
            false => {
                report.note(format!("`{kind_name}` declares {}", listed(own.iter().map(SmolStr::as_str))))
            }
        };
        self.report(report);
    }

    /// Whether this body belongs to a transformer.
    pub(super) fn in_transformer(&self) -> bool {
        matches!(self.env.owner, Owner::Transformer(_))
    }
}

fn replace_vars(ty: &Ty, map: &[(Ty, Ty)]) -> Ty {
    match ty {
        Ty::Infer(_) => {
            map.iter().find(|(var, _)| var == ty).map_or_else(|| ty.clone(), |(_, to)| to.clone())
        }
        Ty::List(t) => Ty::List(Box::new(replace_vars(t, map))),
        Ty::Set(t) => Ty::Set(Box::new(replace_vars(t, map))),
        Ty::Map(k, v) => Ty::Map(Box::new(replace_vars(k, map)), Box::new(replace_vars(v, map))),
        Ty::Tuple(parts) => Ty::Tuple(parts.iter().map(|t| replace_vars(t, map)).collect()),
        Ty::Data(id, args) => Ty::Data(*id, args.iter().map(|t| replace_vars(t, map)).collect()),
        other => other.clone(),
    }
}
