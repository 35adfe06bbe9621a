//! Operators, chosen from the table of operations by the types of their operands.

use super::body::{Body, Deferred};
use super::expr::{error, make};
use super::method::shape_fits;
use crate::hir::{Expr, ExprKind, Ty};
use verdi_core::{Op, Surface};
use verdi_diagnostics::{Diagnostic, Span, codes};
use verdi_syntax::ast::{self, BinaryOp, UnaryOp};

/// The operations that an operator may stand for.
fn rows(symbol: &str, arity: usize) -> impl Iterator<Item = Op> {
    Op::ALL.iter().copied().filter(move |op| {
        let info = op.info();
        info.params.len() == arity && matches!(info.surface, Surface::Operator(own) if own == symbol)
    })
}

fn compares(op: BinaryOp) -> bool {
    use BinaryOp::{Eq, Ge, Gt, In, Le, Lt, Ne, NotIn};
    matches!(op, Eq | Ne | Lt | Le | Gt | Ge | In | NotIn)
}

fn is_comparison(e: &ast::Expr) -> bool {
    matches!(e.kind, ast::ExprKind::Binary(op, ..) if compares(op)) || matches!(e.kind, ast::ExprKind::Is(..))
}

impl Body<'_, '_> {
    #[inline(never)]
    pub(super) fn unary(&mut self, span: Span, op: UnaryOp, a: &ast::Expr) -> Expr {
        let (symbol, hint) = match op {
            UnaryOp::Not => ("!", Ty::Bool),
            UnaryOp::Neg => ("-", Ty::Int),
        };
        let a = self.expr(a, Some(&hint));
        self.expect(&a, &hint, format_args!("the operand of `{symbol}`"));
        match rows(symbol, 1).next() {
            Some(row) => make(span, hint, ExprKind::Op(row, vec![a])),
            None => error(span),
        }
    }

    #[inline(never)]
    pub(super) fn binary(
        &mut self,
        span: Span,
        op: BinaryOp,
        at: Span,
        a: &ast::Expr,
        b: &ast::Expr,
        hint: Option<&Ty>,
    ) -> Expr {
        match op {
            BinaryOp::And | BinaryOp::Or | BinaryOp::Implies => self.connective(span, op, a, b),
            BinaryOp::In | BinaryOp::NotIn => self.membership(span, op, a, b),
            BinaryOp::Eq | BinaryOp::Ne => self.equality(span, op, at, a, b),
            _ => self.operation(span, op, at, a, b, hint),
        }
    }

    /// Both operands, the one whose type is told by the other second.
    fn operands(&mut self, a: &ast::Expr, b: &ast::Expr, hint: Option<&Ty>) -> (Expr, Expr) {
        if Self::is_constructor_like(a) && !Self::is_constructor_like(b) {
            let b = self.expr(b, hint);
            let a = self.expr(a, Some(&b.ty));
            return (a, b);
        }
        let a = self.expr(a, hint);
        let b = self.expr(b, Some(&a.ty));
        (a, b)
    }

    fn equality(&mut self, span: Span, op: BinaryOp, at: Span, a: &ast::Expr, b: &ast::Expr) -> Expr {
        if a.span.start == span.start && is_comparison(a) {
            return error(span);
        }
        let (a, b) = self.operands(a, b, None);
        let before = (self.infer.resolve(&a.ty), self.infer.resolve(&b.ty));
        if self.infer.join(&a.ty, &b.ty).is_none() {
            let (x, y) = (self.show(&a.ty), self.show(&b.ty));
            let mut report = Diagnostic::error(codes::V0301, at, format!("cannot compare `{x}` with `{y}`"))
                .also(a.span, format!("this is of type `{x}`"))
                .also(b.span, format!("this is of type `{y}`"));
            if matches!(before.0, Ty::Message | Ty::Input | Ty::Output)
                || matches!(before.1, Ty::Message | Ty::Input | Ty::Output)
            {
                report = report.note("to test which one it is, write `is`: `p.body is Lock`");
            }
            self.report(report);
        } else {
            self.deferred.push(Deferred::Compared(before.0, before.1, span));
        }
        let row = if op == BinaryOp::Eq { Op::Eq } else { Op::Ne };
        make(span, Ty::Bool, ExprKind::Op(row, vec![a, b]))
    }

    /// `x in xs` is `xs.contains(x)`.
    fn membership(&mut self, span: Span, op: BinaryOp, a: &ast::Expr, b: &ast::Expr) -> Expr {
        let xs = self.expr(b, None);
        let contains = match self.infer.shallow(&xs.ty) {
            Ty::List(t) => Some((Op::ListContains, *t)),
            Ty::Set(t) => Some((Op::SetContains, *t)),
            Ty::Map(k, _) => Some((Op::MapContains, *k)),
            _ => None,
        };
        let Some((row, element)) = contains else {
            self.expr(a, None);
            self.element_ty(&xs, "look for something in");
            return make(span, Ty::Bool, ExprKind::Error);
        };
        let x = self.expr(a, Some(&element));
        if self.infer.join(&x.ty, &element).is_none() {
            self.mismatch(x.span, &x.ty, &element, format_args!("what is looked for here"));
        } else {
            self.deferred.push(Deferred::Compared(x.ty.clone(), element, span));
        }
        let found = make(span, Ty::Bool, ExprKind::Op(row, vec![xs, x]));
        match op {
            BinaryOp::NotIn => make(span, Ty::Bool, ExprKind::Op(Op::Not, vec![found])),
            _ => found,
        }
    }

    fn operation(
        &mut self,
        span: Span,
        op: BinaryOp,
        at: Span,
        a: &ast::Expr,
        b: &ast::Expr,
        hint: Option<&Ty>,
    ) -> Expr {
        // Of a chain of comparisons the parser has spoken; one in parentheses begins later than the whole.
        if compares(op) && a.span.start == span.start && is_comparison(a) {
            return error(span);
        }
        let ordering = matches!(op, BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge);
        let (a, b) = self.operands(a, b, hint.filter(|_| !ordering));
        let (left, right) = (self.infer.shallow(&a.ty), self.infer.shallow(&b.ty));
        if left == Ty::Error && right == Ty::Error {
            return error(span);
        }
        // Of an operand whose type is open, or was reported, the other tells.
        let known = if matches!(left, Ty::Infer(_) | Ty::Error) { &right } else { &left };
        let mut fitting = rows(op.symbol(), 2).filter(|row| shape_fits(&row.info().params[0], known));
        let Some(row) = fitting.next() else {
            self.no_operator(op, at, &a, &b);
            return error(span);
        };
        let both = vec![a, b];
        self.apply(row, span, both, &format!("an operand of `{}`", op.symbol()))
    }

    fn no_operator(&mut self, op: BinaryOp, at: Span, a: &Expr, b: &Expr) {
        let (x, y) = (self.show(&a.ty), self.show(&b.ty));
        let (left, symbol) = (self.infer.shallow(&a.ty), op.symbol());
        let mut report =
            Diagnostic::error(codes::V0308, at, format!("`{symbol}` is not defined for `{x}` and `{y}`"))
                .also(a.span, format!("this is of type `{x}`"))
                .also(b.span, format!("this is of type `{y}`"));
        let help = match (op, &left) {
            (BinaryOp::Add, Ty::List(_) | Ty::Str) => Some(("`++` joins lists and strings", "++")),
            (BinaryOp::Add, Ty::Set(_)) => Some(("`|` joins sets", "|")),
            (BinaryOp::Union, Ty::Bool) => Some(("the logical or is `||`", "||")),
            (BinaryOp::Intersect, Ty::Bool) => Some(("the logical and is `&&`", "&&")),
            (BinaryOp::Concat, Ty::Int) => Some(("`+` adds numbers", "+")),
            (BinaryOp::Concat, Ty::Set(_)) => Some(("`|` joins sets", "|")),
            _ => None,
        };
        if let Some((help, text)) = help {
            report = report.mend(help, at, text);
        }
        self.report(report);
    }

    /// An operation on arguments whose types are to fit its row.
    pub(super) fn apply(&mut self, op: Op, span: Span, args: Vec<Expr>, what: &str) -> Expr {
        let info = op.info();
        let vars = [self.infer.fresh_soft(), self.infer.fresh_soft()];
        for (param, arg) in info.params.iter().zip(&args) {
            let wanted = self.instantiate(param, &vars);
            self.expect(arg, &wanted, format_args!("{what}"));
        }
        if info.ordered {
            let name = match info.surface {
                Surface::Operator(name) | Surface::Method(name) | Surface::Function(name) => name,
                _ => info.name,
            };
            self.deferred.push(Deferred::Ordered(vars[0].clone(), span, name));
        }
        let result = self.instantiate(&info.result, &vars);
        self.infer.harden(&vars);
        let ty = self.infer.resolve(&result);
        make(span, ty, ExprKind::Op(op, args))
    }

    /// `xs[i]`, `m[k]`.
    #[inline(never)]
    pub(super) fn index(&mut self, span: Span, a: &ast::Expr, i: &ast::Expr) -> Expr {
        let a = self.expr(a, None);
        let key_hint = match self.infer.shallow(&a.ty) {
            Ty::Map(k, _) => Some(*k),
            Ty::List(_) => Some(Ty::Int),
            _ => None,
        };
        let i = self.expr(i, key_hint.as_ref());
        let known = self.infer.shallow(&a.ty);
        if known == Ty::Error {
            return error(span);
        }
        match rows("[]", 2)
            .find(|row| shape_fits(&row.info().params[0], &known) && !matches!(known, Ty::Infer(_)))
        {
            Some(row) => {
                let what = if row == Op::MapIndex { "the key" } else { "the index" };
                self.apply(row, span, vec![a, i], what)
            }
            None => {
                self.not_indexable(a.span, &known);
                error(span)
            }
        }
    }

    pub(super) fn not_indexable(&mut self, span: Span, ty: &Ty) {
        let shown = self.show(ty);
        let mut report =
            Diagnostic::error(codes::V0308, span, format!("a value of type `{shown}` has no `[…]`"));
        report = match ty {
            Ty::Set(_) => report.note("a set has no order; ask `x in s`"),
            Ty::Kind(..) => {
                report.note("a kind that was declared without a count is one node: leave out the index")
            }
            _ => report.note("lists have an index and maps a key"),
        };
        self.report(report);
    }
}
