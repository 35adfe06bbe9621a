//! Systems as applied: `LockServ(clients: 3)`, `reliable(LockServ(clients: 2))`.

use super::Checker;
use super::args::are;
use super::body::{Body, Env, Site};
use super::effects::Actor;
use super::imports::LIBRARY_TRANSFORMERS;
use super::infer::subst;
use super::scope::Owner;
use super::suggest::did_you_mean;
use crate::hir::{Applied, Code, Param, Subject, SystemId, TransformerId, Ty, TyParamId};
use smol_str::SmolStr;
use verdi_diagnostics::{Diagnostic, Span, codes};
use verdi_syntax::ast;

/// How many transformers and aliases may stand around a system.
const LAYERS_MAX: usize = 64;

impl<'a> Checker<'a> {
    /// What a system expression stands for. `owner` is whose parameters its arguments may use.
    pub(super) fn subject(&mut self, module: usize, owner: Owner, e: &ast::Expr) -> Subject {
        let (name, args): (&ast::Name, &[ast::Arg]) = match &e.kind {
            ast::ExprKind::Name(name) => (name, &[]),
            ast::ExprKind::Call(callee, args) => match &callee.kind {
                ast::ExprKind::Name(name) => (name, args),
                _ => return self.no_system(e.span),
            },
            ast::ExprKind::Error => return Subject::Error,
            _ => return self.no_system(e.span),
        };
        let system = self.visible(module).find_map(|m| m.systems.get(&name.text).copied());
        if let Some(id) = system {
            return self.applied_system(module, owner, e.span, id, args);
        }
        let declared = self.visible(module).find_map(|m| m.transformers.get(&name.text).copied());
        if let Some(id) = declared {
            return self.transformed(module, owner, e.span, name, Applied::Declared(id), args);
        }
        if LIBRARY_TRANSFORMERS.contains(&name.text.as_str()) {
            return self.transformed(module, owner, e.span, name, Applied::Library(name.text.clone()), args);
        }
        let mut known: Vec<SmolStr> = self.visible(module).flat_map(|m| m.systems.keys().cloned()).collect();
        known.extend(self.visible(module).flat_map(|m| m.transformers.keys().cloned()));
        known.extend(LIBRARY_TRANSFORMERS.iter().map(|name| SmolStr::new_static(name)));
        let report =
            Diagnostic::error(codes::V0211, name.span, format!("there is no system `{}`", name.text));
        self.report(did_you_mean(report, name.span, &name.text, known.iter().map(SmolStr::as_str)));
        Subject::Error
    }

    fn no_system(&mut self, span: Span) -> Subject {
        self.report(
            Diagnostic::error(codes::V0211, span, "a system is wanted here")
                .note("such as `LockServ(clients: 3)`, or a transformer applied to one"),
        );
        Subject::Error
    }

    fn applied_system(
        &mut self,
        module: usize,
        owner: Owner,
        span: Span,
        id: SystemId,
        args: &[ast::Arg],
    ) -> Subject {
        let system = &self.program.systems[id];
        let what = format!("the system `{}`", system.name);
        let (params, ty_params) = (system.params.clone(), system.type_params.clone());
        let mut body = Body::new(self, Env::new(module, owner, Site::Const));
        let vars: Vec<Ty> = ty_params.iter().map(|_| body.infer.fresh_soft()).collect();
        let map: Vec<(TyParamId, Ty)> = ty_params.into_iter().zip(vars.iter().cloned()).collect();
        let fields: Vec<(SmolStr, Ty)> =
            params.iter().map(|p| (p.name.clone(), subst(&p.ty, &map))).collect();
        body.call_span = span;
        if let Some(spread) = args.iter().find(|arg| arg.spread) {
            body.error(codes::V0321, spread.span, "only a record is copied with `..`");
            return Subject::Error;
        }
        let matched = body.match_args(&what, &fields, args);
        if matched.failed {
            return Subject::Error;
        }
        let slots: Vec<Option<&ast::Expr>> =
            matched.slots.iter().map(|slot| slot.map(|arg| &arg.value)).collect();
        let mut tys = Vec::new();
        if !vars.is_empty() {
            for (slot, (_, ty)) in slots.iter().zip(&fields) {
                if let Some(value) = slot {
                    let value = body.expr(value, Some(ty));
                    body.infer.coerce(&value.ty, ty);
                }
            }
            tys = vars.iter().map(|var| body.infer.resolve(var)).collect();
        }
        drop(body);
        if let Some(open) = tys.iter().position(|ty| matches!(ty, Ty::Infer(_))) {
            let name = self.program.ty_params[map[open].0].clone();
            let message = format!("the arguments of {what} do not tell what its type parameter `{name}` is");
            self.report(Diagnostic::error(codes::V0302, span, message));
            return Subject::Error;
        }
        let known: Vec<(TyParamId, Ty)> = map.iter().map(|(p, _)| *p).zip(tys.iter().cloned()).collect();
        let codes = self.argument_codes(module, owner, span, &what, &params, &slots, &known);
        Subject::System(id, tys, codes)
    }

    /// The values of parameters; one that has none needs a default.
    #[expect(clippy::too_many_arguments, reason = "they are the parts of one application")]
    fn argument_codes(
        &mut self,
        module: usize,
        owner: Owner,
        span: Span,
        what: &str,
        params: &[Param],
        slots: &[Option<&ast::Expr>],
        map: &[(TyParamId, Ty)],
    ) -> Vec<Option<Code>> {
        let mut missing: Vec<&str> = Vec::new();
        let mut codes_ = Vec::new();
        for (param, slot) in params.iter().zip(slots) {
            let Some(value) = slot else {
                if param.default.is_none() {
                    missing.push(&param.name);
                }
                codes_.push(None);
                continue;
            };
            let ty = subst(&param.ty, map);
            let label = format!("`{}` of {what}", param.name);
            codes_.push(Some(self.const_code(Env::new(module, owner, Site::Const), value, &ty, &label)));
        }
        if !missing.is_empty() {
            let message = format!(
                "{what} needs {}, which {} no default",
                super::suggest::listed(missing.iter().copied()),
                if missing.len() == 1 { "has" } else { "have" }
            );
            self.report(Diagnostic::error(codes::V0514, span, message));
        }
        codes_
    }

    fn transformed(
        &mut self,
        module: usize,
        owner: Owner,
        span: Span,
        name: &ast::Name,
        applied: Applied,
        args: &[ast::Arg],
    ) -> Subject {
        let Some((first, rest)) = args.split_first() else {
            let message = format!("`{}` needs a system to transform", name.text);
            self.report(
                Diagnostic::error(codes::V0515, span, message)
                    .note(format!("such as `{}(LockServ(clients: 2))`", name.text)),
            );
            return Subject::Error;
        };
        let subject = self.subject(module, owner, &first.value);
        if let Subject::Error = subject {
            return Subject::Error;
        }
        self.machine_or_system(name, &applied, &subject, first.value.span);
        let what = format!("`{}`", name.text);
        let values = match applied {
            Applied::Library(_) => self.library_args(module, owner, rest),
            Applied::Declared(id) => match self.declared_args(module, owner, span, &what, id, rest) {
                Some(values) => values,
                None => return Subject::Error,
            },
        };
        Subject::Transformed(applied, Box::new(subject), values)
    }

    fn declared_args(
        &mut self,
        module: usize,
        owner: Owner,
        span: Span,
        what: &str,
        id: TransformerId,
        args: &[ast::Arg],
    ) -> Option<Vec<Option<Code>>> {
        let params = self.program.transformers[id].params.clone();
        let fields: Vec<(SmolStr, Ty)> = params.iter().map(|p| (p.name.clone(), p.ty.clone())).collect();
        let mut body = Body::new(self, Env::new(module, owner, Site::Const));
        body.call_span = span;
        let matched = body.match_args(what, &fields, args);
        if matched.failed {
            return None;
        }
        let slots: Vec<Option<&ast::Expr>> =
            matched.slots.iter().map(|slot| slot.map(|arg| &arg.value)).collect();
        Some(self.argument_codes(module, owner, span, what, &params, &slots, &[]))
    }

    /// A transformer that is known by name alone: its arguments must at least mean something.
    fn library_args(&mut self, module: usize, owner: Owner, args: &[ast::Arg]) -> Vec<Option<Code>> {
        let mut values = Vec::new();
        for arg in args {
            let mut body = Body::new(self, Env::new(module, owner, Site::Const));
            let value = body.expr(&arg.value, None);
            let (code, effects) = body.finish(Vec::new(), value);
            self.effects.bodies.push((Actor::Other(Site::Const.class()), effects));
            values.push(Some(code));
        }
        values
    }

    /// A machine is a system of one node that sends nothing.
    fn machine_or_system(&mut self, name: &ast::Name, applied: &Applied, subject: &Subject, span: Span) {
        let machine = match applied {
            Applied::Declared(id) => self.program.transformers[*id].machine,
            Applied::Library(name) => matches!(name.as_str(), "raft" | "primary_backup"),
        };
        if !machine {
            return;
        }
        let Subject::System(id, ..) = subject else { return };
        let members = &self.program.systems[*id].members;
        if self.program.systems[*id].alias.is_none()
            && (members.kinds.len() != 1 || !members.messages.is_empty())
        {
            let message =
                format!("`{}` replicates a machine: a system of one node that sends nothing", name.text);
            let nodes = members.kinds.len();
            let report = Diagnostic::error(codes::V0515, span, message).label(format!(
                "this has {nodes} kind{} of nodes, and {} message{} {} declared",
                if nodes == 1 { "" } else { "s" },
                members.messages.len(),
                if members.messages.len() == 1 { "" } else { "s" },
                are(members.messages.len())
            ));
            self.report(report);
        }
    }

    /// The system at the bottom of a subject, with its type arguments; and whether transformers stand around it.
    pub(super) fn bottom(&self, subject: &Subject) -> Option<(SystemId, Vec<Ty>, bool)> {
        let mut subject = subject;
        let mut layered = false;
        for _ in 0..LAYERS_MAX {
            match subject {
                Subject::Error => return None,
                Subject::Transformed(_, inner, _) => {
                    layered = true;
                    subject = inner;
                }
                Subject::System(id, tys, _) => match &self.program.systems[*id].alias {
                    Some(alias) => subject = alias,
                    None => return Some((*id, tys.clone(), layered)),
                },
            }
        }
        None
    }

    /// The declared transformers around a subject, outermost first.
    pub(super) fn layers(&self, subject: &Subject) -> Vec<TransformerId> {
        let mut subject = subject;
        let mut found = Vec::new();
        for _ in 0..LAYERS_MAX {
            match subject {
                Subject::Error => break,
                Subject::Transformed(applied, inner, _) => {
                    if let Applied::Declared(id) = applied {
                        found.push(*id);
                    }
                    subject = inner;
                }
                Subject::System(id, ..) => match &self.program.systems[*id].alias {
                    Some(alias) => subject = alias,
                    None => break,
                },
            }
        }
        found
    }
}
