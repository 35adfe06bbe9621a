//! A walk over everything in a body, to change it in place. Children come before their parents.

use crate::hir::{
    Clauses, Condition, Expr, ExprKind, Pattern, PatternKind, Place, PlaceStepKind, Stmt, StmtKind, Ty,
};
use verdi_diagnostics::Span;

/// What is done on the way.
pub(super) trait Visitor {
    /// At every type.
    fn ty(&mut self, _span: Span, _ty: &mut Ty) {}
    /// At every expression, before its type is visited and after what is inside it.
    fn expr(&mut self, _expr: &mut Expr) {}
    /// At every statement, after what is inside it.
    fn stmt(&mut self, _stmt: &mut Stmt) {}
}

pub(super) fn expr(e: &mut Expr, v: &mut dyn Visitor) {
    match &mut e.kind {
        ExprKind::NodeField(a, ..)
        | ExprKind::Timers(a)
        | ExprKind::Inputs(a)
        | ExprKind::Get(a, ..)
        | ExprKind::EffectsField(a, _)
        | ExprKind::InnerState(Some(a)) => expr(a, v),
        ExprKind::Tuple(es)
        | ExprKind::List(es)
        | ExprKind::Set(es)
        | ExprKind::Make(_, es)
        | ExprKind::Inner(_, es)
        | ExprKind::Op(_, es)
        | ExprKind::CallProc(_, es) => all(es, v),
        ExprKind::Call(_, tys, es) => {
            let span = e.span;
            tys.iter_mut().for_each(|ty| v.ty(span, ty));
            all(es, v);
        }
        ExprKind::Map(pairs) => pairs.iter_mut().for_each(|(a, b)| {
            expr(a, v);
            expr(b, v);
        }),
        ExprKind::Comprehension(a, c) | ExprKind::Fold(_, a, c) | ExprKind::Quantifier(_, c, a) => {
            clauses(c, v);
            expr(a, v);
        }
        ExprKind::MapComprehension(a, b, c) => {
            clauses(c, v);
            expr(a, v);
            expr(b, v);
        }
        ExprKind::Count(c) => clauses(c, v),
        ExprKind::Copy(_, base, fields) => {
            expr(base, v);
            fields.iter_mut().for_each(|(_, e)| expr(e, v));
        }
        ExprKind::And(a, b) | ExprKind::Or(a, b) | ExprKind::Implies(a, b) => {
            expr(a, v);
            expr(b, v);
        }
        ExprKind::Is(a, p) => {
            expr(a, v);
            pattern(p, v);
        }
        ExprKind::If(c, a, b) => {
            condition(c, v);
            expr(a, v);
            if let Some(b) = b {
                expr(b, v);
            }
        }
        ExprKind::Match(a, arms) => {
            expr(a, v);
            for arm in arms {
                pattern(&mut arm.pattern, v);
                expr(&mut arm.body, v);
            }
        }
        ExprKind::Block(stmts, result) => {
            stmts.iter_mut().for_each(|s| stmt(s, v));
            if let Some(result) = result {
                expr(result, v);
            }
        }
        _ => {}
    }
    v.expr(e);
    v.ty(e.span, &mut e.ty);
}

fn all(es: &mut [Expr], v: &mut dyn Visitor) {
    es.iter_mut().for_each(|e| expr(e, v));
}

fn clauses(c: &mut Clauses, v: &mut dyn Visitor) {
    for (p, e) in &mut c.binders {
        expr(e, v);
        pattern(p, v);
    }
    if let Some(filter) = &mut c.filter {
        expr(filter, v);
    }
}

fn condition(c: &mut Condition, v: &mut dyn Visitor) {
    match c {
        Condition::Expr(e) => expr(e, v),
        Condition::Let(p, e) => {
            expr(e, v);
            pattern(p, v);
        }
    }
}

pub(super) fn pattern(p: &mut Pattern, v: &mut dyn Visitor) {
    v.ty(p.span, &mut p.ty);
    match &mut p.kind {
        PatternKind::Ctor(_, ps)
        | PatternKind::Tuple(ps)
        | PatternKind::List(ps, _)
        | PatternKind::Or(ps) => {
            ps.iter_mut().for_each(|p| pattern(p, v));
        }
        _ => {}
    }
}

fn place(p: &mut Place, v: &mut dyn Visitor) {
    if let Some(first) = p.path.first() {
        v.ty(first.span, &mut p.ty);
    } else {
        v.ty(Span::default(), &mut p.ty);
    }
    for step in &mut p.path {
        if let PlaceStepKind::ListIndex(e) | PlaceStepKind::MapKey(e) = &mut step.kind {
            expr(e, v);
        }
        v.ty(step.span, &mut step.ty);
    }
}

fn stmt(s: &mut Stmt, v: &mut dyn Visitor) {
    match &mut s.kind {
        StmtKind::Let(p, e) => {
            expr(e, v);
            pattern(p, v);
        }
        StmtKind::Assign(p, e) => {
            place(p, v);
            expr(e, v);
        }
        StmtKind::Update(p, _, es) => {
            place(p, v);
            all(es, v);
        }
        StmtKind::Expr(e)
        | StmtKind::Assert(e, _)
        | StmtKind::AddPacket(e)
        | StmtKind::RemovePacket(e)
        | StmtKind::FireDeliver(e)
        | StmtKind::FireCrash(e)
        | StmtKind::FireReboot(e) => expr(e, v),
        StmtKind::Send(a, b)
        | StmtKind::Broadcast(a, b)
        | StmtKind::FireInput(a, b)
        | StmtKind::FireTimeout(a, b) => {
            expr(a, v);
            expr(b, v);
        }
        StmtKind::Output(a, b) => {
            expr(a, v);
            if let Some(b) = b {
                expr(b, v);
            }
        }
        StmtKind::For(p, a, b) => {
            expr(a, v);
            pattern(p, v);
            expr(b, v);
        }
        StmtKind::Return(Some(e)) => expr(e, v),
        StmtKind::Return(None) | StmtKind::Start(_) | StmtKind::Stop(_) => {}
    }
    v.stmt(s);
}
