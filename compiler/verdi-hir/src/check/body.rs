//! One body at a time: its variables, where it stands, and how it is brought to an end.

use super::Checker;
use super::effects::Effects;
use super::infer::{Infer, PARTS_MAX, subst};
use super::scope::Owner;
use super::types::{TypeScope, size};
use super::usefulness;
use crate::hir::{
    Code, Condition, Expr, ExprKind, KindId, Local, LocalId, NetworkId, Pattern, ProcId, Stmt, StmtKind, Ty,
    TyParamId,
};
use crate::visit::{self, Visitor};
use cranelift_entity::{PrimaryMap, SecondaryMap};
use smol_str::SmolStr;
use std::fmt;
use verdi_diagnostics::{Diagnostic, Span, codes};
use verdi_syntax::ast;

/// What a body is for: what it may read and do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Site {
    /// An initial value, an argument, a bound: parameters alone (and `self`, for a field).
    Const,
    /// A function.
    Fn,
    /// The guard or body of a handler.
    Handler,
    /// A proc.
    Proc(ProcId),
    /// A property, an expectation: all of the world.
    World,
    /// A monitor.
    Monitor,
    /// A network's rule, its domains and guards included.
    Rule,
    /// What a transformer's world stands for.
    Lift,
}

/// Where a body stands.
#[derive(Clone, Debug)]
pub(super) struct Env {
    pub(super) module: usize,
    pub(super) owner: Owner,
    /// The kind whose node runs it.
    pub(super) kind: Option<KindId>,
    pub(super) site: Site,
    pub(super) ty_params: Vec<(SmolStr, TyParamId)>,
    /// The network whose variables it sees: of a rule, a check, a test.
    pub(super) network: Option<NetworkId>,
    /// The state of the monitor it belongs to.
    pub(super) monitor: Vec<(SmolStr, Ty)>,
    /// What the owner's type parameters stand for: in a check of a system that is applied.
    pub(super) ty_args: Vec<(TyParamId, Ty)>,
    /// How many of the value parameters it sees: a default sees those before it.
    pub(super) params_seen: usize,
}

impl Env {
    pub(super) fn new(module: usize, owner: Owner, site: Site) -> Self {
        Self {
            module,
            owner,
            kind: None,
            site,
            ty_params: Vec::new(),
            network: None,
            monitor: Vec::new(),
            ty_args: Vec::new(),
            params_seen: usize::MAX,
        }
    }

    pub(super) fn at_kind(mut self, kind: KindId) -> Self {
        self.kind = Some(kind);
        self
    }

    /// A type of the owner, as it is here.
    pub(super) fn here(&self, ty: Ty) -> Ty {
        if self.ty_args.is_empty() { ty } else { subst(&ty, &self.ty_args) }
    }

    pub(super) fn types(&self) -> TypeScope {
        TypeScope { module: self.module, owner: self.owner, params: self.ty_params.clone() }
    }
}

/// What is known of a variable beside its type.
#[derive(Clone, Debug, Default)]
pub(super) struct LocalInfo {
    pub(super) used: bool,
    /// Whether the lint on unused names leaves it alone.
    pub(super) exempt: bool,
    /// Where the ghost state was read that its value depends on.
    pub(super) ghost: Option<Span>,
    pub(super) parameter: bool,
}

/// Something whose type must be known at the end to be judged.
pub(super) enum Deferred {
    /// It must be ordered.
    Ordered(Ty, Span, &'static str),
    /// Two types that are compared for equality.
    Compared(Ty, Ty, Span),
}

/// The body at hand.
pub(super) struct Body<'c, 'a> {
    pub(super) cx: &'c mut Checker<'a>,
    pub(super) env: Env,
    pub(super) infer: Infer,
    pub(super) locals: PrimaryMap<LocalId, Local>,
    pub(super) info: SecondaryMap<LocalId, LocalInfo>,
    pub(super) scopes: Vec<Vec<(SmolStr, LocalId)>>,
    /// The type that `return` must give; `None` where there is no value to give.
    pub(super) result: Option<Ty>,
    pub(super) effects: Effects,
    /// Where ghost state was first read in the expression at hand.
    pub(super) taint: Option<Span>,
    /// Where ghost state was read that decides whether the statement at hand runs.
    pub(super) ghost_control: Option<Span>,
    /// How many comprehensions and the like are around: nothing may have an effect there.
    pub(super) inside_value: u32,
    pub(super) loops: u32,
    /// The call whose arguments are being matched.
    pub(super) call_span: Span,
    pub(super) deferred: Vec<Deferred>,
    /// Whether something that could not be parsed may have bound a name.
    pub(super) holes: bool,
    /// How many diagnostics there were before this body.
    reported: usize,
}

impl<'c, 'a> Body<'c, 'a> {
    pub(super) fn new(cx: &'c mut Checker<'a>, env: Env) -> Self {
        let reported = cx.diagnostics.len();
        Self {
            holes: false,
            reported,
            cx,
            env,
            infer: Infer::default(),
            locals: PrimaryMap::new(),
            info: SecondaryMap::new(),
            scopes: vec![Vec::new()],
            result: None,
            effects: Effects::default(),
            taint: None,
            ghost_control: None,
            inside_value: 0,
            loops: 0,
            call_span: Span::default(),
            deferred: Vec::new(),
        }
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.cx.diagnostics.push(diagnostic);
    }

    pub(super) fn error(&mut self, code: verdi_diagnostics::Code, span: Span, message: impl Into<String>) {
        self.report(Diagnostic::error(code, span, message));
    }

    pub(super) fn show(&mut self, ty: &Ty) -> String {
        let ty = self.infer.resolve(ty);
        self.cx.show(&ty)
    }

    // ---- variables ----

    /// Runs `f` in a scope of its own.
    pub(super) fn scoped<R>(&mut self, f: impl FnOnce(&mut Self) -> R) -> R {
        self.scopes.push(Vec::new());
        let result = f(self);
        self.scopes.pop();
        result
    }

    /// A variable that no name leads to yet.
    pub(super) fn new_local(&mut self, name: &str, span: Span, ty: Ty, mutable: bool) -> LocalId {
        // Types that double with every line would soon fill the memory.
        let ty = if size(&ty) > PARTS_MAX as usize {
            self.error(codes::V0318, span, "the type of this is too large");
            Ty::Error
        } else {
            ty
        };
        let id = self.locals.push(Local { name: name.into(), span, ty, mutable });
        self.info[id].exempt = name.starts_with('_') || name.is_empty();
        id
    }

    pub(super) fn name_local(&mut self, name: &SmolStr, id: LocalId) {
        if let Some(scope) = self.scopes.last_mut()
            && name != "_"
        {
            scope.push((name.clone(), id));
        }
    }

    pub(super) fn declare(&mut self, name: &ast::Name, ty: Ty, mutable: bool) -> LocalId {
        let id = self.new_local(&name.text, name.span, ty, mutable);
        self.name_local(&name.text, id);
        id
    }

    /// A parameter of the code.
    pub(super) fn declare_param(&mut self, name: &SmolStr, span: Span, ty: Ty) -> LocalId {
        let id = self.new_local(name, span, ty, false);
        self.info[id].parameter = true;
        self.name_local(name, id);
        id
    }

    pub(super) fn find_local(&self, name: &str) -> Option<LocalId> {
        self.scopes
            .iter()
            .rev()
            .find_map(|scope| scope.iter().rev().find(|(known, _)| known == name))
            .map(|(_, id)| *id)
    }

    // ---- expectations ----

    /// An expression of type `wanted`; `what` says who wants it.
    pub(super) fn check(&mut self, e: &ast::Expr, wanted: &Ty, what: fmt::Arguments<'_>) -> Expr {
        let expr = self.expr(e, Some(wanted));
        self.expect(&expr, wanted, what);
        expr
    }

    /// Reports if `expr` is not of type `wanted`.
    pub(super) fn expect(&mut self, expr: &Expr, wanted: &Ty, what: fmt::Arguments<'_>) -> bool {
        if self.infer.coerce(&expr.ty, wanted) {
            return true;
        }
        self.mismatch(tail_span(expr), &expr.ty, wanted, what);
        false
    }

    pub(super) fn mismatch(&mut self, span: Span, found: &Ty, wanted: &Ty, what: fmt::Arguments<'_>) {
        let (found, wanted) = (self.infer.resolve(found), self.infer.resolve(wanted));
        let (found_text, wanted_text) = (self.cx.show(&found), self.cx.show(&wanted));
        let mut error = Diagnostic::error(
            codes::V0301,
            span,
            format!("{what} must be of type `{wanted_text}`, but this is of type `{found_text}`"),
        )
        .label(format!("this is of type `{found_text}`"));
        if found == Ty::Tuple(Vec::new()) {
            error = Diagnostic::error(
                codes::V0323,
                span,
                format!("{what} must be a value of type `{wanted_text}`"),
            )
            .label("this has no value");
        }
        if let Ty::Data(id, args) = &wanted
            && Some(*id) == self.cx.program.builtin.option
            && args.first() == Some(&found)
        {
            error = error.note("wrap it: `Some(…)`");
        }
        if let Ty::Data(id, args) = &found
            && Some(*id) == self.cx.program.builtin.option
            && args.first() == Some(&wanted)
        {
            error = error.note(
                "it may be `None`: give a default with `.or(…)`, or take it apart with `if let Some(x) = …`",
            );
        }
        let is_list_of_nodes = matches!(&found, Ty::List(t) if matches!(**t, Ty::Kind(..) | Ty::Node));
        if is_list_of_nodes && matches!(wanted, Ty::Node | Ty::Kind(..)) {
            error = error
                .note("the name of a kind of several nodes is their list: pick one, such as `Client[0]`");
        }
        if too_wide(&found, &wanted) {
            error =
                error.note("a `Node` may be of any kind; `from n: Client` restricts a handler to one kind");
        }
        self.report(error);
    }

    // ---- the end ----

    /// Replaces inference variables, runs the checks that need final types, and lints the variables.
    pub(super) fn finish(mut self, params: Vec<LocalId>, mut body: Expr) -> (Code, Effects) {
        self.settle(&mut [&mut body], &mut []);
        self.unused();
        let code = Code { params, locals: self.locals, body };
        (code, self.effects)
    }

    /// The same for a handler, whose pattern and guard share its variables.
    pub(super) fn finish_handler(
        mut self,
        params: Vec<LocalId>,
        mut body: Expr,
        mut guard: Option<Expr>,
        pattern: Option<&mut Pattern>,
    ) -> (Code, Option<Expr>, Effects) {
        {
            let mut exprs: Vec<&mut Expr> = vec![&mut body];
            exprs.extend(guard.as_mut());
            let mut patterns: Vec<&mut Pattern> = Vec::new();
            patterns.extend(pattern);
            self.settle(&mut exprs, &mut patterns);
        }
        self.unused();
        let code = Code { params, locals: self.locals, body };
        (code, guard, self.effects)
    }

    fn settle(&mut self, exprs: &mut [&mut Expr], patterns: &mut [&mut Pattern]) {
        {
            let mut zonk = Zonk { infer: &mut self.infer, too_large: None };
            for local in self.locals.values_mut() {
                zonk.at(local.span, &mut local.ty);
            }
            exprs.iter_mut().for_each(|expr| visit::expr(expr, &mut zonk));
            patterns.iter_mut().for_each(|pattern| visit::pattern(pattern, &mut zonk));
            if let Some(span) = zonk.too_large {
                self.cx.report(Diagnostic::error(codes::V0318, span, "the type of this is too large"));
                return;
            }
        }
        self.judge_deferred();
        self.cx.judging = self.env.owner;
        let mut matches = Matches { cx: self.cx };
        exprs.iter_mut().for_each(|expr| visit::expr(expr, &mut matches));
    }

    fn judge_deferred(&mut self) {
        for item in std::mem::take(&mut self.deferred) {
            match item {
                Deferred::Ordered(ty, span, what) => self.judge_ordered(&ty, span, what),
                Deferred::Compared(a, b, span) => self.judge_compared(&a, &b, span),
            }
        }
    }

    fn unused(&mut self) {
        let root = self.cx.sources.get(self.env.module).is_some_and(|source| source.root);
        // What was wrong may have been the use.
        if !root || self.holes || self.cx.diagnostics[self.reported..].iter().any(Diagnostic::is_error) {
            return;
        }
        let mut found = Vec::new();
        for (id, local) in &self.locals {
            let info = &self.info[id];
            if !info.used && !info.exempt && local.ty != Ty::Error {
                let what = if info.parameter { "parameter" } else { "variable" };
                found.push((local.name.clone(), local.span, what));
            }
        }
        for (name, span, what) in found {
            self.report(super::lints::unused(&name, span, what));
        }
    }
}

/// Whether there is a `Node` where a kind of node is wanted.
fn too_wide(found: &Ty, wanted: &Ty) -> bool {
    match (found, wanted) {
        (Ty::Node, Ty::Kind(..)) => true,
        (Ty::List(a), Ty::List(b)) | (Ty::Set(a), Ty::Set(b)) => too_wide(a, b),
        (Ty::Map(k, v), Ty::Map(l, w)) => too_wide(k, l) || too_wide(v, w),
        (Ty::Tuple(a), Ty::Tuple(b)) | (Ty::Data(_, a), Ty::Data(_, b)) => {
            a.iter().zip(b).any(|(a, b)| too_wide(a, b))
        }
        _ => false,
    }
}

/// Where the value of an expression is decided: the last line of a block, the branch of an `if`.
fn tail_span(expr: &Expr) -> Span {
    match &expr.kind {
        ExprKind::Block(_, Some(last)) => tail_span(last),
        _ => expr.span,
    }
}

struct Zonk<'i> {
    infer: &'i mut Infer,
    too_large: Option<Span>,
}

impl Zonk<'_> {
    fn at(&mut self, span: Span, ty: &mut Ty) {
        *ty = self.infer.resolve(ty);
        if self.infer.exhausted() {
            self.too_large.get_or_insert(span);
            return;
        }
        close(ty);
    }
}

impl Visitor for Zonk<'_> {
    fn ty(&mut self, span: Span, ty: &mut Ty) {
        self.at(span, ty);
    }
}

/// A type that stayed open is that of something which never exists, such as the elements of an empty list
/// that nothing is put into, or the value of a block that always returns: any type will do.
fn close(ty: &mut Ty) {
    match ty {
        Ty::Infer(_) => *ty = Ty::Tuple(Vec::new()),
        Ty::List(t) | Ty::Set(t) => close(t),
        Ty::Map(k, v) => {
            close(k);
            close(v);
        }
        Ty::Tuple(parts) | Ty::Data(_, parts) => parts.iter_mut().for_each(close),
        _ => {}
    }
}

/// Judges every pattern that must be exhaustive, once all types are known.
struct Matches<'m, 'a> {
    cx: &'m mut Checker<'a>,
}

impl Visitor for Matches<'_, '_> {
    fn expr(&mut self, expr: &mut Expr) {
        match &expr.kind {
            ExprKind::Match(subject, arms) => {
                let patterns: Vec<&Pattern> = arms.iter().map(|arm| &arm.pattern).collect();
                usefulness::judge_match(self.cx, subject.span, &subject.ty, &patterns);
            }
            ExprKind::If(Condition::Let(pattern, subject), ..) => {
                usefulness::judge_if_let(self.cx, pattern, &subject.ty);
            }
            _ => {}
        }
    }

    fn stmt(&mut self, stmt: &mut Stmt) {
        let (pattern, what) = match &stmt.kind {
            StmtKind::Let(pattern, _) => (pattern, "a `let`"),
            StmtKind::For(pattern, ..) => (pattern, "a `for`"),
            _ => return,
        };
        usefulness::judge_irrefutable(self.cx, pattern, what);
    }
}
