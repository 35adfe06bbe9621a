//! Conditions: what `is` binds on the left of `&&` and `==>` is seen on the right, and in the block guarded.

use super::body::Body;
use super::expr::make;
use crate::hir::{Expr, ExprKind, Ty};
use verdi_diagnostics::{Diagnostic, codes};
use verdi_syntax::ast::{self, BinaryOp};

/// Whether a name is of the kind that types and constructors have.
pub(super) fn is_capital(name: &str) -> bool {
    name.trim_start_matches('_').starts_with(|c: char| c.is_ascii_uppercase())
}

impl Body<'_, '_> {
    /// An expression whose bindings stay in the scope at hand.
    pub(super) fn cond(&mut self, e: &ast::Expr) -> Expr {
        match &e.kind {
            ast::ExprKind::Binary(BinaryOp::And, _, a, b) => {
                let a = self.operand(a, BinaryOp::And);
                let b = self.operand(b, BinaryOp::And);
                make(e.span, Ty::Bool, ExprKind::And(Box::new(a), Box::new(b)))
            }
            ast::ExprKind::Is(subject, pattern) => self.is(e, subject, pattern),
            _ => self.expr(e, Some(&Ty::Bool)),
        }
    }

    fn operand(&mut self, e: &ast::Expr, op: BinaryOp) -> Expr {
        let expr = self.cond(e);
        self.expect(&expr, &Ty::Bool, format_args!("an operand of `{}`", op.symbol()));
        expr
    }

    #[inline(never)]
    fn is(&mut self, e: &ast::Expr, subject: &ast::Expr, pattern: &ast::Pattern) -> Expr {
        let (subject, ghost) = self.tracked(|b| b.expr(subject, None));
        let pattern = self.bind_pattern(pattern, &subject.ty, ghost);
        make(e.span, Ty::Bool, ExprKind::Is(Box::new(subject), pattern))
    }

    /// `a && b`, `a || b`, `a ==> b`, in a scope of their own.
    #[inline(never)]
    pub(super) fn connective(
        &mut self,
        e_span: verdi_diagnostics::Span,
        op: BinaryOp,
        a: &ast::Expr,
        b: &ast::Expr,
    ) -> Expr {
        self.scopes.push(Vec::new());
        let left = Box::new(self.operand(a, op));
        if op == BinaryOp::Or {
            self.scopes.pop();
            self.scopes.push(Vec::new());
        }
        let right = Box::new(self.operand(b, op));
        self.scopes.pop();
        let kind = match op {
            BinaryOp::And => ExprKind::And(left, right),
            BinaryOp::Or => ExprKind::Or(left, right),
            _ => ExprKind::Implies(left, right),
        };
        make(e_span, Ty::Bool, kind)
    }

    /// The types for which `<` and the like are defined.
    fn is_ordered(ty: &Ty) -> bool {
        match ty {
            Ty::Int | Ty::Str | Ty::Bool | Ty::Error => true,
            Ty::List(t) => Self::is_ordered(t),
            Ty::Tuple(parts) => parts.iter().all(Self::is_ordered),
            _ => false,
        }
    }

    pub(super) fn judge_ordered(&mut self, ty: &Ty, span: verdi_diagnostics::Span, what: &str) {
        let ty = self.infer.resolve(ty);
        if Self::is_ordered(&ty) || matches!(ty, Ty::Infer(_)) {
            return;
        }
        let shown = self.cx.show(&ty);
        let mut error =
            Diagnostic::error(codes::V0312, span, format!("`{what}` needs an order, and `{shown}` has none"))
                .note("ints, strings, bools, and lists and tuples of these are ordered");
        if matches!(ty, Ty::Node | Ty::Kind(..) | Ty::Wrapper(..)) {
            error = error.note("compare the positions of nodes: `a.index < b.index`");
        }
        self.report(error);
    }

    /// Nodes of two kinds are never equal.
    pub(super) fn judge_compared(&mut self, a: &Ty, b: &Ty, span: verdi_diagnostics::Span) {
        let (a, b) = (self.infer.resolve(a), self.infer.resolve(b));
        if Self::never_equal(&a, &b) {
            let (a, b) = (self.cx.show(&a), self.cx.show(&b));
            self.report(
                Diagnostic::error(
                    codes::V0313,
                    span,
                    format!("a node of kind `{a}` is never equal to one of kind `{b}`"),
                )
                .note("where a variable may be of either kind, let it be a `Node`"),
            );
        }
    }

    fn never_equal(a: &Ty, b: &Ty) -> bool {
        match (a, b) {
            (Ty::Kind(s, k), Ty::Kind(t, l)) => (s, k) != (t, l),
            (Ty::Tuple(x), Ty::Tuple(y)) => x.iter().zip(y).any(|(x, y)| Self::never_equal(x, y)),
            _ => false,
        }
    }
}
