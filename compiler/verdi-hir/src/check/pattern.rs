//! Patterns against the type of what they match.

use super::body::{Body, Site};
use super::ctor::Upper;
use super::suggest::did_you_mean;
use crate::hir::{CtorRef, LocalId, Pattern, PatternKind, Ty};
use smol_str::SmolStr;
use verdi_diagnostics::{Diagnostic, Span, codes};
use verdi_syntax::ast;

/// Names bound so far in one pattern; with those of the first alternative, that the others share.
#[derive(Default)]
struct Names {
    bound: Vec<(SmolStr, LocalId, Span)>,
    /// Variables of the first alternative of an enclosing `|`.
    shared: Option<Vec<(SmolStr, LocalId, Span)>>,
    ghost: Option<Span>,
}

impl Body<'_, '_> {
    /// A pattern whose names go into the scope at hand.
    pub(super) fn bind_pattern(&mut self, p: &ast::Pattern, ty: &Ty, ghost: Option<Span>) -> Pattern {
        let mut names = Names { ghost, ..Names::default() };
        let pattern = self.pattern(p, ty, &mut names);
        for (name, id, _) in names.bound {
            self.name_local(&name, id);
        }
        pattern
    }

    fn pattern(&mut self, p: &ast::Pattern, ty: &Ty, names: &mut Names) -> Pattern {
        let kind = match &p.kind {
            ast::PatternKind::Wildcard => PatternKind::Wildcard,
            ast::PatternKind::Bind(name) => self.bind_name(name, ty, names),
            ast::PatternKind::Int(i) => self.literal(p, ty, &Ty::Int, PatternKind::Int(*i)),
            ast::PatternKind::Bool(b) => self.literal(p, ty, &Ty::Bool, PatternKind::Bool(*b)),
            ast::PatternKind::Str(s) => self.literal(p, ty, &Ty::Str, PatternKind::Str(s.clone())),
            ast::PatternKind::Constructor { qualifier, name, args, rest } => {
                self.constructor_pattern(p.span, qualifier.as_ref(), name, args.as_deref(), *rest, ty, names)
            }
            ast::PatternKind::Tuple(parts) => self.tuple_pattern(p.span, parts, ty, names),
            ast::PatternKind::List { front, rest } => {
                self.list_pattern(p.span, front, rest.as_ref(), ty, names)
            }
            ast::PatternKind::Or(alternatives) => self.or_pattern(alternatives, ty, names),
            ast::PatternKind::Error => PatternKind::Error,
        };
        Pattern { span: p.span, ty: ty.clone(), kind }
    }

    fn bind_name(&mut self, name: &ast::Name, ty: &Ty, names: &mut Names) -> PatternKind {
        if name.text == "_" {
            return PatternKind::Wildcard;
        }
        if let Some((_, _, first)) = names.bound.iter().find(|(known, ..)| *known == name.text) {
            let message = format!("`{}` is bound twice in one pattern", name.text);
            self.report(Diagnostic::error(codes::V0217, name.span, message).also(*first, "first bound here"));
            return PatternKind::Error;
        }
        let shared =
            names.shared.as_ref().and_then(|shared| shared.iter().find(|(known, ..)| *known == name.text));
        let id = match shared {
            Some(&(_, id, _)) => {
                let known = self.locals[id].ty.clone();
                match self.infer.join(&known, ty) {
                    Some(joined) => self.locals[id].ty = joined,
                    None => self.mismatch(
                        name.span,
                        ty,
                        &known,
                        format_args!("`{}`, as in the first alternative,", name.text),
                    ),
                }
                id
            }
            None => {
                let id = self.new_local(&name.text, name.span, ty.clone(), false);
                self.info[id].ghost = names.ghost;
                id
            }
        };
        names.bound.push((name.text.clone(), id, name.span));
        PatternKind::Bind(id)
    }

    fn literal(&mut self, p: &ast::Pattern, ty: &Ty, own: &Ty, kind: PatternKind) -> PatternKind {
        if self.infer.coerce(own, ty) {
            return kind;
        }
        self.wrong_pattern(p.span, ty, &format!("a literal of type `{}`", self.cx.show(own)));
        PatternKind::Error
    }

    fn wrong_pattern(&mut self, span: Span, ty: &Ty, what: &str) {
        let shown = self.show(ty);
        self.report(
            Diagnostic::error(codes::V0317, span, format!("{what} cannot match a value of type `{shown}`"))
                .label(format!("what is matched is of type `{shown}`")),
        );
    }

    fn tuple_pattern(
        &mut self,
        span: Span,
        parts: &[ast::Pattern],
        ty: &Ty,
        names: &mut Names,
    ) -> PatternKind {
        let known = self.infer.shallow(ty);
        let types: Vec<Ty> = match known {
            Ty::Tuple(types) if types.len() == parts.len() => types,
            Ty::Infer(_) => {
                let types: Vec<Ty> = parts.iter().map(|_| self.infer.fresh()).collect();
                self.infer.coerce(&Ty::Tuple(types.clone()), ty);
                types
            }
            Ty::Error => vec![Ty::Error; parts.len()],
            _ => {
                self.wrong_pattern(span, ty, &format!("a tuple of {}", parts.len()));
                vec![Ty::Error; parts.len()]
            }
        };
        PatternKind::Tuple(parts.iter().zip(&types).map(|(part, ty)| self.pattern(part, ty, names)).collect())
    }

    fn list_pattern(
        &mut self,
        span: Span,
        front: &[ast::Pattern],
        rest: Option<&Option<ast::Name>>,
        ty: &Ty,
        names: &mut Names,
    ) -> PatternKind {
        let element = match self.infer.shallow(ty) {
            Ty::List(t) => *t,
            Ty::Infer(_) => {
                let element = self.infer.fresh();
                self.infer.coerce(&Ty::List(Box::new(element.clone())), ty);
                element
            }
            Ty::Error => Ty::Error,
            _ => {
                self.wrong_pattern(span, ty, "a list");
                Ty::Error
            }
        };
        let front = front.iter().map(|part| self.pattern(part, &element, names)).collect();
        let rest = rest.map(|name| {
            let name = name.as_ref().filter(|name| name.text != "_")?;
            match self.bind_name(name, &Ty::List(Box::new(element.clone())), names) {
                PatternKind::Bind(id) => Some(id),
                _ => None,
            }
        });
        PatternKind::List(front, rest)
    }

    /// All alternatives bind the same names.
    fn or_pattern(&mut self, alternatives: &[ast::Pattern], ty: &Ty, names: &mut Names) -> PatternKind {
        let outer = names.bound.len();
        let mut first: Option<Vec<(SmolStr, LocalId, Span)>> = None;
        let mut patterns = Vec::new();
        let enclosing = names.shared.clone();
        for alternative in alternatives {
            names.bound.truncate(outer);
            if let Some(first) = &first {
                let mut shared = first.clone();
                shared.extend(enclosing.iter().flatten().cloned());
                names.shared = Some(shared);
            }
            patterns.push(self.pattern(alternative, ty, names));
            let own = &names.bound[outer..];
            match &first {
                None => first = Some(own.to_vec()),
                Some(first) => {
                    let missing = first.iter().find(|(name, ..)| !own.iter().any(|(n, ..)| n == name));
                    let extra = own.iter().find(|(name, ..)| !first.iter().any(|(n, ..)| n == name));
                    if let Some((name, ..)) = missing.or(extra) {
                        let message = format!("`{name}` is not bound in every alternative");
                        self.error(codes::V0216, alternative.span, message);
                    }
                }
            }
        }
        names.shared = enclosing;
        names.bound.truncate(outer);
        names.bound.extend(first.into_iter().flatten());
        PatternKind::Or(patterns)
    }

    #[expect(clippy::too_many_arguments, reason = "they are the parts of one pattern")]
    fn constructor_pattern(
        &mut self,
        span: Span,
        qualifier: Option<&ast::Name>,
        name: &ast::Name,
        args: Option<&[ast::PatternArg]>,
        rest: bool,
        ty: &Ty,
        names: &mut Names,
    ) -> PatternKind {
        let Some(ctor) = self.pattern_ctor(qualifier, name, ty) else {
            self.error_args(args.unwrap_or_default(), names);
            return PatternKind::Error;
        };
        let instance = self.instance(ctor);
        self.infer.harden(&instance.vars);
        if !self.infer.coerce(ty, &instance.ty) {
            self.wrong_ctor(name, ctor, ty);
            self.error_args(args.unwrap_or_default(), names);
            return PatternKind::Error;
        }
        if matches!(ctor, CtorRef::Input(_) | CtorRef::Output(_)) && matches!(self.env.site, Site::Handler) {
            self.belongs(ctor, name.span);
        }
        let mut slots: Vec<Option<Pattern>> = vec![None; instance.fields.len()];
        let given = args.unwrap_or_default();
        let mut position = 0;
        let mut failed = false;
        for arg in given {
            let at = match &arg.label {
                None => {
                    position += 1;
                    Some(position - 1)
                }
                Some(label) => {
                    let at = instance.fields.iter().position(|(field, _)| *field == label.text);
                    if at.is_none() {
                        let message = format!("`{}` has no field `{}`", name.text, label.text);
                        let report = Diagnostic::error(codes::V0305, label.span, message);
                        let known = instance.fields.iter().map(|(field, _)| field.as_str());
                        self.report(did_you_mean(report, label.span, &label.text, known));
                        failed = true;
                    }
                    at
                }
            };
            let field_ty = at.and_then(|at| instance.fields.get(at)).map_or(Ty::Error, |(_, ty)| ty.clone());
            let pattern = self.pattern(&arg.pattern, &field_ty, names);
            match at.and_then(|at| slots.get_mut(at)) {
                Some(slot @ None) => *slot = Some(pattern),
                Some(Some(_)) => {
                    self.error(
                        codes::V0306,
                        arg.pattern.span,
                        format!("a field of `{}` is matched twice", name.text),
                    );
                    failed = true;
                }
                None => {}
            }
        }
        // One that names the fields it looks at leaves the others alone.
        let rest = rest || given.iter().any(|arg| arg.label.is_some());
        self.pattern_arity(span, name, &instance.fields, &slots, (args.is_some(), position, rest, failed));
        let fields = slots.into_iter().zip(&instance.fields).map(|(slot, (_, ty))| {
            slot.unwrap_or_else(|| Pattern { span, ty: ty.clone(), kind: PatternKind::Wildcard })
        });
        PatternKind::Ctor(ctor, fields.collect())
    }

    /// Says if there are too many or too few parts. A constructor without parentheses matches whatever is in it
    /// only where it has nothing in it, or stands in the head of a handler.
    fn pattern_arity(
        &mut self,
        span: Span,
        name: &ast::Name,
        fields: &[(SmolStr, Ty)],
        slots: &[Option<Pattern>],
        (parens, positions, rest, failed): (bool, usize, bool, bool),
    ) {
        if failed {
            return;
        }
        let shape = || {
            let names: Vec<&str> =
                fields.iter().map(|(n, _)| if n.is_empty() { "x" } else { n.as_str() }).collect();
            format!("{}({})", name.text, names.join(", "))
        };
        if positions > fields.len() {
            let report = Diagnostic::error(
                codes::V0303,
                span,
                format!("`{}` has {}, but {positions} are matched", name.text, count_fields(fields.len())),
            );
            self.report(if fields.is_empty() { report } else { report.note(format!("it is `{}`", shape())) });
            return;
        }
        if rest || slots.iter().all(Option::is_some) {
            return;
        }
        let missing =
            fields.iter().zip(slots).filter(|(_, slot)| slot.is_none()).map(|((field, _), _)| field.as_str());
        let left_out = match missing.clone().next() {
            Some("") | None => "the value in".to_string(),
            Some(_) => format!("{} of", super::suggest::listed(missing)),
        };
        let mut report = Diagnostic::error(
            codes::V0304,
            span,
            format!("this pattern leaves out {left_out} `{}`", name.text),
        );
        report = if parens {
            report.note("end it with `..` to match whatever the other fields are")
        } else {
            report.mend(
                format!("write `{}(..)` to match whatever is in it", name.text),
                name.span.after(),
                "(..)",
            )
        };
        self.report(report.note(format!("it is `{}`", shape())));
    }

    fn error_args(&mut self, args: &[ast::PatternArg], names: &mut Names) {
        for arg in args {
            self.pattern(&arg.pattern, &Ty::Error, names);
        }
    }

    fn wrong_ctor(&mut self, name: &ast::Name, ctor: CtorRef, ty: &Ty) {
        let shown = self.show(ty);
        let own = self.instance(ctor);
        let own = self.show(&own.ty);
        let mut report = Diagnostic::error(
            codes::V0317,
            name.span,
            format!("`{}` cannot match a value of type `{shown}`", name.text),
        )
        .label(format!("this is a constructor of `{own}`"));
        if let Ty::Data(id, _) = self.infer.shallow(ty) {
            let known: Vec<SmolStr> =
                self.cx.program.types[id].ctors.iter().map(|c| c.name.clone()).collect();
            report = did_you_mean(report, name.span, &name.text, known.iter().map(SmolStr::as_str));
            report = report
                .note(format!("`{shown}` has {}", super::suggest::listed(known.iter().map(SmolStr::as_str))));
        }
        self.report(report);
    }

    /// The constructor that a pattern names, for a value of type `ty`; reports if there is none.
    fn pattern_ctor(&mut self, qualifier: Option<&ast::Name>, name: &ast::Name, ty: &Ty) -> Option<CtorRef> {
        let known = self.infer.shallow(ty);
        if known == Ty::Error && qualifier.is_none() {
            return None;
        }
        if let Some(qualifier) = qualifier {
            return self.qualified(qualifier, name);
        }
        if known == Ty::Event && (name.text == "Input" || name.text == "Output") {
            return Some(CtorRef::Event(u32::from(name.text == "Output")));
        }
        if let Ty::Message | Ty::Input | Ty::Output = known
            && self.env.site == Site::Rule
        {
            self.opaque(name.span);
            return None;
        }
        if let Ty::Subject(_) = known {
            let shown = self.show(&known);
            self.report(
                Diagnostic::error(
                    codes::V0415,
                    name.span,
                    format!("a value of type `{shown}` cannot be taken apart here"),
                )
                .note("a transformer knows nothing of what its subject declares"),
            );
            return None;
        }
        match self.upper(name, Some(&known))? {
            Upper::Ctor(ctor) => Some(ctor),
            Upper::Kind(_) => {
                let message = format!("`{}` is a kind of node: it cannot be matched", name.text);
                self.report(
                    Diagnostic::error(codes::V0317, name.span, message)
                        .note("compare with `==`, or test `n in Client`"),
                );
                None
            }
        }
    }

    pub(super) fn opaque(&mut self, span: Span) {
        self.report(
            Diagnostic::error(codes::V0415, span, "a network cannot look into messages and inputs")
                .note("it serves every system: it can only compare, copy and move them"),
        );
    }
}

fn count_fields(count: usize) -> String {
    match count {
        0 => "no fields".into(),
        1 => "1 field".into(),
        n => format!("{n} fields"),
    }
}
