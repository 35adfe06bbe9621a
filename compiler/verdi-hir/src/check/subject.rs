//! Systems as applied: `LockServ(clients: 3)`, `reliable(LockServ(clients: 2))`.

use super::Checker;
use super::body::{Body, Env, Site};
use super::infer::subst;
use super::scope::{Owner, OwnerScope, TypeName};
use super::suggest::did_you_mean;
use crate::elaborate;
use crate::hir::{Code, Param, Subject, SystemId, TransformerId, Ty, TyParamId};
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
            return self.transformed(module, owner, e.span, name, id, args);
        }
        let mut known: Vec<SmolStr> = self.visible(module).flat_map(|m| m.systems.keys().cloned()).collect();
        known.extend(self.visible(module).flat_map(|m| m.transformers.keys().cloned()));
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
        id: TransformerId,
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
        let what = format!("`{}`", name.text);
        let Some(values) = self.declared_args(module, owner, span, &what, id, rest) else {
            return Subject::Error;
        };
        self.applications.push((id, subject.clone(), first.value.span));
        Subject::Transformed(id, Box::new(subject), values)
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

    /// Applies every transformer that something was written for, innermost first, now that all bodies are known.
    /// What a transformer cannot be applied to is reported once.
    pub(super) fn apply_transformers(&mut self) {
        for (id, subject, span) in std::mem::take(&mut self.applications) {
            let Some((system, tys)) = elaborate::resolve(&self.program, &subject) else { continue };
            if tys.iter().any(mentions_param) {
                continue;
            }
            self.apply_transformer(id, system, &tys, span);
        }
    }

    fn apply_transformer(&mut self, id: TransformerId, system: SystemId, tys: &[Ty], span: Span) {
        if self.program.applied.contains_key(&(id, system, tys.to_vec())) {
            return;
        }
        // What has errors may name what is not there.
        if self.refused.contains(&(id, system)) || self.diagnostics.iter().any(Diagnostic::is_error) {
            return;
        }
        if let Some(refusal) = elaborate::refusal(&self.program, id, system, span) {
            self.refused.push((id, system));
            self.report(refusal);
            return;
        }
        let before = self.program.types.len();
        let new = elaborate::apply(&mut self.program, id, system, tys);
        self.open_scope(id, system, new, before);
    }

    /// What code of checks and tests on a transformed system may name.
    fn open_scope(&mut self, id: TransformerId, subject: SystemId, new: SystemId, first_type: usize) {
        let mut scope = OwnerScope::default();
        for owner in [Owner::System(subject), Owner::Transformer(id)] {
            let Some(known) = self.owner(owner) else { continue };
            scope.module = known.module;
            scope.types.extend(known.types.iter().map(|(name, ty)| (name.clone(), *ty)));
        }
        for (ty, def) in self.program.types.iter().skip(first_type) {
            scope.types.insert(def.name.clone(), TypeName::Data(ty));
        }
        for (id, def) in self.program.fns.iter().filter(|(_, def)| def.system == Some(new)) {
            scope.fns.entry(def.name.clone()).or_insert(id);
        }
        let kinds = &self.program.systems[new].members.kinds;
        scope.kinds = kinds.iter().map(|(id, kind)| (kind.name.clone(), id)).collect();
        self.owners.insert(Owner::System(new), scope);
        self.index_constructors();
    }

    /// The system that a subject stands for, transformers applied, with its type arguments.
    pub(super) fn bottom(&mut self, subject: &Subject) -> Option<(SystemId, Vec<Ty>)> {
        self.apply_transformers();
        self.apply_layers(subject, 0);
        elaborate::resolve(&self.program, subject)
    }

    /// Applies the transformers of one subject whose types are known by now.
    fn apply_layers(&mut self, subject: &Subject, depth: usize) {
        if depth > LAYERS_MAX {
            return;
        }
        match subject {
            Subject::Error => {}
            Subject::System(id, ..) => {
                if let Some(alias) = self.program.systems[*id].alias.clone() {
                    self.apply_layers(&alias, depth + 1);
                }
            }
            Subject::Transformed(id, inner, _) => {
                self.apply_layers(inner, depth + 1);
                if let Some((system, tys)) = elaborate::resolve(&self.program, inner) {
                    let span = self.program.transformers[*id].span;
                    self.apply_transformer(*id, system, &tys, span);
                }
            }
        }
    }
}

fn mentions_param(ty: &Ty) -> bool {
    match ty {
        Ty::Param(_) => true,
        Ty::List(inner) | Ty::Set(inner) => mentions_param(inner),
        Ty::Map(key, value) => mentions_param(key) || mentions_param(value),
        Ty::Tuple(parts) | Ty::Data(_, parts) => parts.iter().any(mentions_param),
        _ => false,
    }
}
