//! Expressions: one function for each form, the larger ones in files of their own.

use super::body::Body;
use super::cond;
use crate::hir::{Arm, Clauses, Condition, Expr, ExprKind, FoldKind, Ty};
use verdi_diagnostics::{Diagnostic, Span, codes};
use verdi_syntax::ast::{self, ElseBranch, QuantifierKind};

/// Whether the value of a block is wanted.
#[derive(Clone, Copy)]
pub(super) enum Want<'t> {
    /// It is, and may be of this type.
    Value(Option<&'t Ty>),
    /// It is a statement.
    Nothing,
}

pub(super) fn unit() -> Ty {
    Ty::Tuple(Vec::new())
}

pub(super) fn make(span: Span, ty: Ty, kind: ExprKind) -> Expr {
    Expr { span, ty, kind }
}

pub(super) fn error(span: Span) -> Expr {
    make(span, Ty::Error, ExprKind::Error)
}

impl Body<'_, '_> {
    /// An expression whose value is wanted. `hint` is the type its place would like: it helps to choose
    /// among constructors of the same name, and is never enforced here.
    pub(super) fn expr(&mut self, e: &ast::Expr, hint: Option<&Ty>) -> Expr {
        match &e.kind {
            ast::ExprKind::Int(i) => make(e.span, Ty::Int, ExprKind::Int(*i)),
            ast::ExprKind::Bool(b) => make(e.span, Ty::Bool, ExprKind::Bool(*b)),
            ast::ExprKind::Str(s) => make(e.span, Ty::Str, ExprKind::Str(s.clone())),
            ast::ExprKind::Name(name) => self.name(name, hint),
            ast::ExprKind::Tuple(parts) => self.tuple(e.span, parts, hint),
            ast::ExprKind::List(parts) => self.list(e.span, parts, hint),
            ast::ExprKind::Set(parts) => self.set(e.span, parts, hint),
            ast::ExprKind::Map(pairs) => self.map(e.span, pairs, hint),
            ast::ExprKind::Comprehension(kind, body, clauses) => {
                self.comprehension(e.span, *kind, body, clauses, hint)
            }
            ast::ExprKind::MapComprehension(k, v, clauses) => {
                self.map_comprehension(e.span, k, v, clauses, hint)
            }
            ast::ExprKind::Count(clauses) => self.count(e.span, clauses),
            ast::ExprKind::Fold(kind, body, clauses) => self.fold(e.span, *kind, body, clauses),
            ast::ExprKind::Quantifier(kind, clauses, body) => self.quantifier(e.span, *kind, clauses, body),
            ast::ExprKind::Unary(op, a) => self.unary(e.span, *op, a),
            ast::ExprKind::Binary(op, at, a, b) => self.binary(e.span, *op, *at, a, b, hint),
            ast::ExprKind::Is(..) => self.scoped(|b| b.cond(e)),
            ast::ExprKind::Field(a, name) => self.field(e.span, a, name, hint),
            ast::ExprKind::Index(a, i) => self.index(e.span, a, i),
            ast::ExprKind::Call(callee, args) => self.call(e.span, callee, args, hint),
            ast::ExprKind::If(c, then, other) => {
                self.if_expr(e.span, c, then, other.as_deref(), Want::Value(hint))
            }
            ast::ExprKind::Match(a, arms) => self.match_expr(e.span, a, arms, Want::Value(hint)),
            ast::ExprKind::Block(block) => self.block(block, Want::Value(hint)),
            ast::ExprKind::Error => error(e.span),
        }
    }

    /// Runs `f`, and says where ghost state was first read in it.
    pub(super) fn tracked<R>(&mut self, f: impl FnOnce(&mut Self) -> R) -> (R, Option<Span>) {
        let before = self.taint.take();
        let result = f(self);
        let ghost = self.taint;
        self.taint = before.or(ghost);
        (result, ghost)
    }

    /// Runs `f` where nothing may have an effect.
    pub(super) fn valued<R>(&mut self, f: impl FnOnce(&mut Self) -> R) -> R {
        self.inside_value += 1;
        let result = f(self);
        self.inside_value -= 1;
        result
    }

    // ---- branches ----

    #[inline(never)]
    pub(super) fn if_expr(
        &mut self,
        span: Span,
        c: &ast::Condition,
        then: &ast::Block,
        other: Option<&ElseBranch>,
        want: Want<'_>,
    ) -> Expr {
        let control = self.ghost_control;
        self.scopes.push(Vec::new());
        let condition = self.condition(c);
        let then = self.block(then, want);
        self.scopes.pop();
        let other = match other {
            None => None,
            Some(ElseBranch::Block(block)) => Some(Box::new(self.block(block, want))),
            Some(ElseBranch::If(e)) => Some(Box::new(self.wanted(e, want))),
        };
        self.ghost_control = control;
        let ty = match (want, &other) {
            (Want::Nothing, _) => unit(),
            (Want::Value(_), Some(other)) => self.join_branches(&then.ty, other, "the branches of an `if`"),
            (Want::Value(_), None) => {
                let resolved = self.infer.shallow(&then.ty);
                if !matches!(resolved, Ty::Infer(_) | Ty::Error) && resolved != unit() {
                    self.report(
                        Diagnostic::error(codes::V0314, span, "an `if` without `else` has no value")
                            .label("a value is wanted here")
                            .note("add an `else` that says what it is otherwise"),
                    );
                    Ty::Error
                } else {
                    unit()
                }
            }
        };
        make(span, ty, ExprKind::If(condition, Box::new(then), other))
    }

    /// The condition's bindings go into the scope at hand; ghost state in it governs what follows.
    fn condition(&mut self, c: &ast::Condition) -> Condition {
        match c {
            ast::Condition::Expr(e) => {
                let (expr, ghost) = self.tracked(|b| b.cond(e));
                self.expect(&expr, &Ty::Bool, format_args!("a condition"));
                self.ghost_control = self.ghost_control.or(ghost);
                Condition::Expr(Box::new(expr))
            }
            ast::Condition::Let(p, e) => {
                let (expr, ghost) = self.tracked(|b| b.expr(e, None));
                let pattern = self.bind_pattern(p, &expr.ty, ghost);
                self.ghost_control = self.ghost_control.or(ghost);
                Condition::Let(pattern, Box::new(expr))
            }
        }
    }

    /// The common type of what came before and `other`, which is reported if it does not fit.
    pub(super) fn join_branches(&mut self, before: &Ty, other: &Expr, what: &str) -> Ty {
        if let Some(ty) = self.infer.join(before, &other.ty) {
            return ty;
        }
        let (a, b) = (self.show(before), self.show(&other.ty));
        let no_value = unit();
        if self.infer.shallow(&other.ty) == no_value || self.infer.shallow(before) == no_value {
            self.error(codes::V0314, other.span, format!("{what} must all have a value, or none of them"));
        } else {
            self.report(
                Diagnostic::error(
                    codes::V0301,
                    other.span,
                    format!("{what} have different types: `{a}` and `{b}`"),
                )
                .label(format!("this is of type `{b}`")),
            );
        }
        Ty::Error
    }

    /// An expression in a place where its value is wanted or not.
    pub(super) fn wanted(&mut self, e: &ast::Expr, want: Want<'_>) -> Expr {
        match want {
            Want::Value(hint) => self.expr(e, hint),
            Want::Nothing => self.expr_for_effect(e),
        }
    }

    #[inline(never)]
    pub(super) fn match_expr(
        &mut self,
        span: Span,
        a: &ast::Expr,
        arms: &[ast::Arm],
        want: Want<'_>,
    ) -> Expr {
        let control = self.ghost_control;
        let (subject, ghost) = self.tracked(|b| b.expr(a, None));
        self.ghost_control = control.or(ghost);
        let mut ty: Option<Ty> = None;
        let mut hir_arms = Vec::new();
        for arm in arms {
            self.scopes.push(Vec::new());
            let pattern = self.bind_pattern(&arm.pattern, &subject.ty, ghost);
            let body = match &arm.body {
                ast::ArmBody::Expr(e) => self.wanted(e, want),
                ast::ArmBody::Block(block) => self.block(block, want),
            };
            self.scopes.pop();
            if let Want::Value(_) = want {
                ty = Some(match ty {
                    None => body.ty.clone(),
                    Some(before) => self.join_branches(&before, &body, "the arms of a `match`"),
                });
            }
            hir_arms.push(Arm { pattern, body });
        }
        self.ghost_control = control;
        let ty = match want {
            Want::Nothing => unit(),
            Want::Value(_) => ty.unwrap_or_else(|| self.infer.fresh()),
        };
        make(span, ty, ExprKind::Match(Box::new(subject), hir_arms))
    }

    // ---- clauses ----

    /// Binders and filter, whose names are in the scope at hand.
    pub(super) fn clauses(&mut self, clauses: &ast::Clauses) -> Clauses {
        let mut binders = Vec::new();
        for (pattern, domain) in &clauses.binders {
            let domain = self.domain(domain);
            let element = self.element_ty(&domain, "draw from");
            let pattern = self.bind_pattern(pattern, &element, None);
            binders.push((pattern, domain));
        }
        let filter = clauses.filter.as_ref().map(|filter| {
            let filter = self.cond(filter);
            self.expect(&filter, &Ty::Bool, format_args!("a filter"));
            Box::new(filter)
        });
        Clauses { binders, filter }
    }

    /// What a `for` or a binder runs over.
    pub(super) fn domain(&mut self, e: &ast::Expr) -> Expr {
        self.expr(e, None)
    }

    /// The type of what is drawn where only a list will do.
    pub(super) fn list_element(&mut self, domain: &Expr) -> Ty {
        let element = self.element_ty(domain, "draw from");
        if let Ty::Set(_) | Ty::Map(..) = self.infer.shallow(&domain.ty) {
            self.error(
                codes::V0316,
                domain.span,
                "a liveness property draws from a list, such as the nodes of a kind",
            );
        }
        element
    }

    /// The type of what is drawn from a list, a set, or a map.
    pub(super) fn element_ty(&mut self, domain: &Expr, what: &str) -> Ty {
        match self.infer.shallow(&domain.ty) {
            Ty::List(t) | Ty::Set(t) => *t,
            Ty::Map(k, v) => Ty::Tuple(vec![*k, *v]),
            Ty::Error => Ty::Error,
            other => {
                let shown = self.show(&other);
                let mut error = Diagnostic::error(
                    codes::V0316,
                    domain.span,
                    format!("cannot {what} a value of type `{shown}`"),
                )
                .label("a list, a set or a map is wanted here");
                if matches!(other, Ty::Kind(..)) {
                    error = error.note(
                        "a kind that was declared without a count is one node: its name is that node, not a list",
                    );
                } else if other == Ty::Int {
                    error = error.note("to count, write a range: `0..n`");
                }
                self.report(error);
                Ty::Error
            }
        }
    }

    #[inline(never)]
    fn comprehension(
        &mut self,
        span: Span,
        kind: ast::CollectionKind,
        body: &ast::Expr,
        clauses: &ast::Clauses,
        hint: Option<&Ty>,
    ) -> Expr {
        let hint = self.element_hint(hint);
        let (clauses, body) = self.valued(|b| {
            b.scoped(|b| {
                let clauses = b.clauses(clauses);
                let body = b.expr(body, hint.as_ref());
                (clauses, body)
            })
        });
        let element = Box::new(body.ty.clone());
        let ty = match kind {
            ast::CollectionKind::List => Ty::List(element),
            ast::CollectionKind::Set => Ty::Set(element),
        };
        make(span, ty, ExprKind::Comprehension(Box::new(body), clauses))
    }

    #[inline(never)]
    fn map_comprehension(
        &mut self,
        span: Span,
        k: &ast::Expr,
        v: &ast::Expr,
        clauses: &ast::Clauses,
        hint: Option<&Ty>,
    ) -> Expr {
        let (key_hint, value_hint) = self.entry_hints(hint);
        let (clauses, k, v) = self.valued(|b| {
            b.scoped(|b| {
                let clauses = b.clauses(clauses);
                let k = b.expr(k, key_hint.as_ref());
                let v = b.expr(v, value_hint.as_ref());
                (clauses, k, v)
            })
        });
        let ty = Ty::Map(Box::new(k.ty.clone()), Box::new(v.ty.clone()));
        make(span, ty, ExprKind::MapComprehension(Box::new(k), Box::new(v), clauses))
    }

    #[inline(never)]
    fn count(&mut self, span: Span, clauses: &ast::Clauses) -> Expr {
        let clauses = self.valued(|b| {
            b.scoped(|b| {
                let clauses = b.clauses(clauses);
                // `count(x in xs)` has no use for its names.
                let names: Vec<_> =
                    b.scopes.last().map(|s| s.iter().map(|(_, id)| *id).collect()).unwrap_or_default();
                names.into_iter().for_each(|id| b.info[id].exempt = true);
                clauses
            })
        });
        make(span, Ty::Int, ExprKind::Count(clauses))
    }

    #[inline(never)]
    fn fold(&mut self, span: Span, kind: ast::FoldKind, body: &ast::Expr, clauses: &ast::Clauses) -> Expr {
        let (clauses, body) = self.valued(|b| {
            b.scoped(|b| {
                let clauses = b.clauses(clauses);
                let body = b.expr(body, None);
                (clauses, body)
            })
        });
        let (kind, name) = match kind {
            ast::FoldKind::Sum => (FoldKind::Sum, "sum"),
            ast::FoldKind::Max => (FoldKind::Max, "max"),
            ast::FoldKind::Min => (FoldKind::Min, "min"),
        };
        if kind == FoldKind::Sum {
            self.expect(&body, &Ty::Int, format_args!("what `sum` adds up"));
        } else {
            self.deferred.push(super::body::Deferred::Ordered(body.ty.clone(), body.span, name));
        }
        let ty = if kind == FoldKind::Sum { Ty::Int } else { body.ty.clone() };
        make(span, ty, ExprKind::Fold(kind, Box::new(body), clauses))
    }

    #[inline(never)]
    fn quantifier(
        &mut self,
        span: Span,
        kind: QuantifierKind,
        clauses: &ast::Clauses,
        body: &ast::Expr,
    ) -> Expr {
        let (clauses, body) = self.valued(|b| {
            b.scoped(|b| {
                let clauses = b.clauses(clauses);
                let body = b.cond(body);
                b.expect(&body, &Ty::Bool, format_args!("what is claimed of all or some"));
                (clauses, body)
            })
        });
        make(span, Ty::Bool, ExprKind::Quantifier(kind == QuantifierKind::Forall, clauses, Box::new(body)))
    }

    /// Whether an expression is a constructor, whose type is best told by what it is compared with.
    pub(super) fn is_constructor_like(e: &ast::Expr) -> bool {
        let name = match &e.kind {
            ast::ExprKind::Name(name) => name,
            ast::ExprKind::Call(callee, _) => match &callee.kind {
                ast::ExprKind::Name(name) => name,
                _ => return false,
            },
            ast::ExprKind::List(_) | ast::ExprKind::Set(_) | ast::ExprKind::Map(_) => return true,
            _ => return false,
        };
        cond::is_capital(&name.text)
    }
}
