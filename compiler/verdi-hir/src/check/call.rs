//! Calls: functions, procs, methods, constructors, and the forms that are built in.

use super::body::{Body, Site};
use super::cond::is_capital;
use super::ctor::Upper;
use super::effects::Call;
use super::expr::{error, make, unit};
use super::infer::subst;
use super::signatures::param_tys;
use super::suggest::did_you_mean;
use crate::hir::{CtorRef, Expr, ExprKind, FnId, InnerOp, ProcId, SubjectTy, Ty, TyParamId};
use smol_str::SmolStr;
use verdi_core::{Op, Surface};
use verdi_diagnostics::{Diagnostic, Span, codes};
use verdi_syntax::ast;

impl Body<'_, '_> {
    #[inline(never)]
    pub(super) fn call(
        &mut self,
        span: Span,
        callee: &ast::Expr,
        args: &[ast::Arg],
        hint: Option<&Ty>,
    ) -> Expr {
        match &callee.kind {
            ast::ExprKind::Name(name) if is_capital(&name.text) => self.call_upper(span, name, args, hint),
            ast::ExprKind::Name(name) => self.call_lower(span, name, args),
            ast::ExprKind::Field(receiver, name) => self.call_member(span, receiver, name, args, hint),
            ast::ExprKind::Error => error(span),
            _ => {
                self.expr(callee, None);
                self.error(
                    codes::V0309,
                    callee.span,
                    "only a function, a proc, a method or a constructor can be called",
                );
                error(span)
            }
        }
    }

    fn call_upper(&mut self, span: Span, name: &ast::Name, args: &[ast::Arg], hint: Option<&Ty>) -> Expr {
        match self.upper(name, hint) {
            Some(Upper::Ctor(ctor)) => self.construct(span, name.span, ctor, Some(args), hint),
            Some(Upper::Kind(_)) => {
                self.report(
                    Diagnostic::error(
                        codes::V0309,
                        span,
                        format!("`{}` is a kind of node and cannot be called", name.text),
                    )
                    .note(format!("the first of its nodes is `{}[0]`", name.text)),
                );
                error(span)
            }
            None => self.failed(span, args),
        }
    }

    /// Looks at the arguments of a call that means nothing, for their own errors.
    fn failed(&mut self, span: Span, args: &[ast::Arg]) -> Expr {
        args.iter().for_each(|arg| {
            self.expr(&arg.value, None);
        });
        error(span)
    }

    fn call_member(
        &mut self,
        span: Span,
        receiver: &ast::Expr,
        name: &ast::Name,
        args: &[ast::Arg],
        hint: Option<&Ty>,
    ) -> Expr {
        if let ast::ExprKind::Name(qualifier) = &receiver.kind {
            if let Some(expr) = self.subject_member(span, qualifier, name, Some(args)) {
                return expr;
            }
            if is_capital(&qualifier.text) && is_capital(&name.text) {
                return match self.qualified(qualifier, name) {
                    Some(ctor) => self.construct(span, span, ctor, Some(args), hint),
                    None => self.failed(span, args),
                };
            }
            if qualifier.text == "inner" && self.in_transformer() && self.find_local("inner").is_none() {
                return self.call_inner(span, name, args);
            }
        }
        let receiver = self.expr(receiver, None);
        if Self::is_packets(&receiver) && self.env.site == Site::Rule && name.text == "heads" {
            return self.heads(span, name, args);
        }
        self.method(span, receiver, name, args)
    }

    fn heads(&mut self, span: Span, name: &ast::Name, args: &[ast::Arg]) -> Expr {
        if !args.is_empty() {
            self.error(codes::V0303, span, "`heads` takes no arguments");
        }
        self.effects.heads.get_or_insert(name.span);
        make(span, Ty::List(Box::new(Ty::Packet)), ExprKind::Heads)
    }

    fn call_lower(&mut self, span: Span, name: &ast::Name, args: &[ast::Arg]) -> Expr {
        if let Some(local) = self.find_local(&name.text) {
            self.info[local].used = true;
            self.error(
                codes::V0309,
                name.span,
                format!("`{}` is a variable and cannot be called", name.text),
            );
            return self.failed(span, args);
        }
        if let Some(proc) = self.find_proc(&name.text) {
            return self.call_proc(span, name, proc, args);
        }
        if let Some(id) = self.find_fn(&name.text) {
            return self.call_fn(span, name, id, args);
        }
        if let Some(expr) = self.call_builtin(span, name, args) {
            return expr;
        }
        let known = self.callable_names();
        let report = Diagnostic::error(
            codes::V0203,
            name.span,
            format!("there is no function or proc `{}`", name.text),
        );
        let mut report = did_you_mean(report, name.span, &name.text, known.iter().map(SmolStr::as_str));
        if let Some(kind) = self.kind_with_proc(&name.text) {
            report = report.note(format!(
                "`{}` is a proc of `{kind}`, and only that node's handlers call it",
                name.text
            ));
        }
        self.report(report);
        self.failed(span, args)
    }

    fn kind_with_proc(&self, name: &str) -> Option<SmolStr> {
        let members = self.cx.members(self.env.owner)?;
        let has = |kind: &&crate::hir::Kind| kind.procs.values().any(|proc| proc.name == name);
        members.kinds.values().find(has).map(|kind| kind.name.clone())
    }

    /// Values for all of `params`, in order; reports and gives `None` where they do not fit.
    pub(super) fn call_args(
        &mut self,
        what: &str,
        span: Span,
        params: &[(SmolStr, Ty)],
        args: &[ast::Arg],
    ) -> Option<Vec<Expr>> {
        if let Some(spread) = args.iter().find(|arg| arg.spread) {
            self.error(codes::V0321, spread.span, "only a record is copied with `..`");
            return None;
        }
        self.call_span = span;
        let matched = self.match_args(what, params, args);
        let mut values = Vec::new();
        for (slot, (name, ty)) in matched.slots.iter().zip(params) {
            let Some(arg) = slot else { continue };
            values.push(self.check(&arg.value, ty, format_args!("`{name}` of {what}")));
        }
        self.missing_args(what, span, params, &matched);
        (values.len() == params.len()).then_some(values)
    }

    fn call_fn(&mut self, span: Span, name: &ast::Name, id: FnId, args: &[ast::Arg]) -> Expr {
        self.cx.used.fns.insert(id);
        let def = &self.cx.program.fns[id];
        let type_params: Vec<TyParamId> = def.type_params.clone();
        let result = def.result.clone();
        let params = param_tys(&def.code);
        let vars: Vec<Ty> = type_params.iter().map(|_| self.infer.fresh_soft()).collect();
        let map: Vec<(TyParamId, Ty)> = type_params.into_iter().zip(vars.iter().cloned()).collect();
        let here = |ty: &Ty| self.env.here(subst(ty, &map));
        let params: Vec<(SmolStr, Ty)> = params.into_iter().map(|(name, ty)| (name, here(&ty))).collect();
        let result = here(&result);
        self.effects.calls.push(Call { span: name.span, callee: id });
        let values = self.call_args(&format!("`{}`", name.text), span, &params, args);
        self.infer.harden(&vars);
        let ty = self.infer.resolve(&result);
        match values {
            Some(values) => make(span, ty, ExprKind::Call(id, vars, values)),
            None => make(span, ty, ExprKind::Error),
        }
    }

    fn call_proc(&mut self, span: Span, name: &ast::Name, id: ProcId, args: &[ast::Arg]) -> Expr {
        let Some(kind) = self.env.kind else { return error(span) };
        self.cx.used.procs.insert((self.env.owner, kind, id));
        let Some(members) = self.cx.members(self.env.owner) else { return error(span) };
        let proc = &members.kinds[kind].procs[id];
        let (params, result) = (param_tys(&proc.code), proc.result.clone());
        if !matches!(self.env.site, Site::Handler | Site::Proc(_)) || self.inside_value > 0 {
            let message = format!("the proc `{}` cannot be called here", name.text);
            let note = "a proc may change the node's state: only handlers and procs call one, and not in a guard or a comprehension";
            self.report(Diagnostic::error(codes::V0401, name.span, message).note(note));
            return self.failed(span, args);
        }
        let (values, ghost) = self.tracked(|b| b.call_args(&format!("`{}`", name.text), span, &params, args));
        self.proc_call_effects(name, kind, id, ghost);
        let ty = result.unwrap_or_else(unit);
        match values {
            Some(values) => make(span, ty, ExprKind::CallProc(id, values)),
            None => make(span, ty, ExprKind::Error),
        }
    }

    /// `max(a, b)`, `packet(…)`, `inputs(n)`, `timers(n)`.
    fn call_builtin(&mut self, span: Span, name: &ast::Name, args: &[ast::Arg]) -> Option<Expr> {
        let key = name.text.as_str();
        let at_network = self.env.site == Site::Rule;
        match key {
            "packet" if self.env.site == Site::Lift => {
                return Some(self.construct(span, name.span, CtorRef::SubjectPacket, Some(args), None));
            }
            "packet" if at_network => {
                return Some(self.construct(span, name.span, CtorRef::Packet, Some(args), None));
            }
            "inputs" if at_network => {
                let node = self.call_args("`inputs`", span, &[("node".into(), Ty::Node)], args)?.pop()?;
                return Some(make(
                    span,
                    Ty::List(Box::new(Ty::Invocation)),
                    ExprKind::Inputs(Box::new(node)),
                ));
            }
            "timers" if at_network || matches!(self.env.site, Site::World | Site::Monitor) => {
                let node = self.call_args("`timers`", span, &[("node".into(), Ty::Node)], args)?.pop()?;
                return Some(make(span, Ty::List(Box::new(Ty::Timer)), ExprKind::Timers(Box::new(node))));
            }
            _ => {}
        }
        let mut named = Op::ALL
            .iter()
            .copied()
            .filter(|op| matches!(op.info().surface, Surface::Function(own) if own == key))
            .peekable();
        named.peek()?;
        let Some(op) = named.find(|op| op.info().params.len() == args.len()) else {
            let message = format!("`{key}` takes two values, or `{key}(e for x in xs)`");
            self.error(codes::V0303, span, message);
            return Some(self.failed(span, args));
        };
        let mut values: Vec<Expr> = Vec::new();
        for arg in args {
            let hint = values.first().map(|first| first.ty.clone());
            values.push(self.positional(arg, hint.as_ref()));
        }
        Some(self.apply(op, span, values, &format!("an argument of `{key}`")))
    }

    /// `inner.start()` and the like.
    fn call_inner(&mut self, span: Span, name: &ast::Name, args: &[ast::Arg]) -> Expr {
        let param = |name: &str, ty: Ty| (SmolStr::new(name), ty);
        let (op, params) = match name.text.as_str() {
            "start" => (InnerOp::Start, vec![]),
            "reboot" => (InnerOp::Reboot, vec![]),
            "input" => (
                InnerOp::Input,
                vec![param("input", Ty::Subject(SubjectTy::Input)), param("caller", Ty::Caller)],
            ),
            "message" => (
                InnerOp::Message,
                vec![param("message", Ty::Subject(SubjectTy::Message)), param("source", Ty::Node)],
            ),
            "timeout" => (InnerOp::Timeout, vec![param("timer", Ty::Subject(SubjectTy::Timer))]),
            _ => {
                let message = format!("the wrapped node has no handler `{}`", name.text);
                let report = Diagnostic::error(codes::V0208, name.span, message);
                let known = ["start", "input", "message", "timeout", "reboot"];
                self.report(did_you_mean(report, name.span, &name.text, known));
                return self.failed(span, args);
            }
        };
        if !matches!(self.env.site, Site::Handler | Site::Proc(_)) || self.inside_value > 0 {
            self.error(codes::V0401, span, "the wrapped node's handlers run only in handlers and procs");
            return self.failed(span, args);
        }
        self.real_effect(span, "running a handler of the wrapped node");
        match self.call_args(&format!("`inner.{}`", name.text), span, &params, args) {
            Some(values) => make(span, Ty::Effects, ExprKind::Inner(op, values)),
            None => make(span, Ty::Effects, ExprKind::Error),
        }
    }
}
