//! Blocks: what their last line gives, and whether they come to an end at all.

use super::body::{Body, Site};
use super::expr::{Want, make, unit};
use crate::hir::{Condition, Expr, ExprKind, Stmt, StmtKind, Ty};
use verdi_diagnostics::{Diagnostic, Span, codes};
use verdi_syntax::ast;

impl Body<'_, '_> {
    #[inline(never)]
    pub(super) fn block(&mut self, block: &ast::Block, want: Want<'_>) -> Expr {
        self.scopes.push(Vec::new());
        let mut stmts = Vec::new();
        let mut ended: Option<Span> = None;
        for stmt in &block.stmts {
            if let Some(span) = ended {
                self.unreachable(stmt.span, span);
                ended = None;
            }
            let stmt = self.stmt(stmt);
            if diverges_stmt(&stmt) {
                ended = Some(stmt.span);
            }
            stmts.push(stmt);
        }
        let broken = block.stmts.iter().any(|stmt| matches!(stmt.kind, ast::StmtKind::Error));
        if let (Some(span), Some(result)) = (ended, &block.result) {
            self.unreachable(result.span, span);
        }
        let expr = self.finish_block(block, stmts, want, ended.is_some() || broken);
        self.scopes.pop();
        expr
    }

    fn unreachable(&mut self, span: Span, after: Span) {
        self.report(
            Diagnostic::warning(codes::V0606, span, "this is never reached")
                .also(after, "whatever happens, it ends here"),
        );
    }

    fn finish_block(
        &mut self,
        block: &ast::Block,
        mut stmts: Vec<Stmt>,
        want: Want<'_>,
        ended: bool,
    ) -> Expr {
        match (want, &block.result) {
            (Want::Nothing, Some(result)) => {
                let expr = self.expr_stmt(result);
                stmts.push(Stmt { span: result.span, kind: expr });
                make(block.span, unit(), ExprKind::Block(stmts, None))
            }
            (Want::Nothing, None) => make(block.span, unit(), ExprKind::Block(stmts, None)),
            (Want::Value(hint), Some(result)) => {
                let result = self.expr(result, hint);
                let ty = if diverges(&result) { self.infer.fresh() } else { result.ty.clone() };
                make(block.span, ty, ExprKind::Block(stmts, Some(Box::new(result))))
            }
            (Want::Value(_), None) => {
                // A block that always returns has any value that is wanted.
                let ty = if ended { self.infer.fresh() } else { unit() };
                make(block.span, ty, ExprKind::Block(stmts, None))
            }
        }
    }

    /// The body of a function, or of a proc that returns something.
    pub(super) fn body_of(&mut self, block: &ast::Block, result: &Ty, head: Span, what: &str) -> Expr {
        self.result = Some(result.clone());
        let (body, ghost) = self.tracked(|b| b.block(block, Want::Value(Some(result))));
        if let Some(ghost) = ghost {
            self.effects.ghost_result.get_or_insert(ghost);
        }
        let found = self.infer.shallow(&body.ty);
        if found == unit() && *result != unit() && *result != Ty::Error {
            let shown = self.show(result);
            let end = Span { start: block.span.end.saturating_sub(1), ..block.span };
            self.report(
                Diagnostic::error(
                    codes::V0315,
                    head,
                    format!("{what} must give a value of type `{shown}`, but its end is reached without one"),
                )
                .also(end, "there is no value here")
                .note("let its last line be an expression, or `return` on every path"),
            );
        } else if !diverges(&body) {
            self.expect(&body, result, format_args!("the result of {what}"));
        }
        body
    }

    /// `return`, `return e`.
    pub(super) fn return_stmt(&mut self, span: Span, e: Option<&ast::Expr>) -> StmtKind {
        if self.inside_value > 0 || matches!(self.env.site, Site::Const | Site::World | Site::Lift) {
            self.error(codes::V0402, span, "there is nothing to return from here");
            return super::place::error_stmt(span);
        }
        if let (Some(ghost), Site::Handler | Site::Proc(_)) = (self.ghost_control, self.env.site) {
            self.report(
                Diagnostic::error(
                    codes::V0409,
                    span,
                    "ghost state decides about what comes after this `return`",
                )
                .also(ghost, "ghost state is read here"),
            );
        }
        match (self.result.clone(), e) {
            (Some(result), Some(e)) => {
                let (value, ghost) = self.tracked(|b| b.check(e, &result, format_args!("what is returned")));
                if let Some(ghost) = ghost {
                    self.effects.ghost_result.get_or_insert(ghost);
                }
                StmtKind::Return(Some(value))
            }
            (None, Some(e)) => {
                self.expr(e, None);
                let what = if let Site::Proc(_) = self.env.site {
                    "this proc states no result"
                } else {
                    "a handler or rule returns nothing"
                };
                self.error(codes::V0323, e.span, format!("{what}, so `return` has no value"));
                StmtKind::Return(None)
            }
            (Some(result), None) => {
                let shown = self.show(&result);
                if result != Ty::Error {
                    self.error(codes::V0323, span, format!("`return` must give a value of type `{shown}`"));
                }
                StmtKind::Return(None)
            }
            (None, None) => StmtKind::Return(None),
        }
    }
}

/// Whether what follows a statement is never reached.
pub(super) fn diverges_stmt(stmt: &Stmt) -> bool {
    match &stmt.kind {
        StmtKind::Return(_) => true,
        StmtKind::Expr(e) => diverges(e),
        _ => false,
    }
}

/// Whether an expression never comes to an end.
pub(super) fn diverges(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Block(stmts, result) => {
            stmts.iter().any(diverges_stmt) || result.as_ref().is_some_and(|result| diverges(result))
        }
        ExprKind::If(Condition::Expr(_) | Condition::Let(..), then, Some(other)) => {
            diverges(then) && diverges(other)
        }
        ExprKind::Match(_, arms) => !arms.is_empty() && arms.iter().all(|arm| diverges(&arm.body)),
        _ => false,
    }
}
