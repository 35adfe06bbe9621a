//! A walk over everything in a body, to change it in place. Children come before their parents.

use crate::hir::{
    Clauses, Code, Condition, CtorRef, Expr, ExprKind, LocalId, Pattern, PatternKind, Place, PlaceRoot,
    PlaceStepKind, Stmt, StmtKind, Ty,
};
use verdi_diagnostics::Span;

/// What is done on the way.
pub(crate) trait Visitor {
    /// At every type.
    fn ty(&mut self, _span: Span, _ty: &mut Ty) {}
    /// At every constructor that is built, copied, read or matched.
    fn ctor(&mut self, _ctor: &mut CtorRef) {}
    /// At every variable that is read, bound or assigned.
    fn local(&mut self, _local: &mut LocalId) {}
    /// At every expression, before its type is visited and after what is inside it.
    fn expr(&mut self, _expr: &mut Expr) {}
    /// At every statement, after what is inside it.
    fn stmt(&mut self, _stmt: &mut Stmt) {}
    /// At every place that is assigned, after what is inside it.
    fn place(&mut self, _place: &mut Place) {}
}

/// Code with its parameters and the types of its variables.
pub(crate) fn code(code: &mut Code, v: &mut dyn Visitor) {
    code.params.iter_mut().for_each(|param| v.local(param));
    for local in code.locals.values_mut() {
        v.ty(local.span, &mut local.ty);
    }
    expr(&mut code.body, v);
}

pub(crate) fn expr(e: &mut Expr, v: &mut dyn Visitor) {
    match &mut e.kind {
        ExprKind::Local(local) => v.local(local),
        ExprKind::Get(a, ctor, _) => {
            v.ctor(ctor);
            expr(a, v);
        }
        ExprKind::Make(ctor, es) => {
            v.ctor(ctor);
            all(es, v);
        }
        ExprKind::NodeField(a, ..)
        | ExprKind::NodeIs(a, _)
        | ExprKind::Timers(a)
        | ExprKind::Inputs(a)
        | ExprKind::EffectsField(a, _)
        | ExprKind::InnerState(Some(a)) => expr(a, v),
        ExprKind::Tuple(es)
        | ExprKind::List(es)
        | ExprKind::Set(es)
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
        ExprKind::Copy(ctor, base, fields) => {
            v.ctor(ctor);
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

pub(crate) fn pattern(p: &mut Pattern, v: &mut dyn Visitor) {
    v.ty(p.span, &mut p.ty);
    match &mut p.kind {
        PatternKind::Bind(local) => v.local(local),
        PatternKind::Ctor(ctor, ps) => {
            v.ctor(ctor);
            ps.iter_mut().for_each(|p| pattern(p, v));
        }
        PatternKind::List(ps, rest) => {
            if let Some(Some(rest)) = rest {
                v.local(rest);
            }
            ps.iter_mut().for_each(|p| pattern(p, v));
        }
        PatternKind::Tuple(ps) | PatternKind::Or(ps) => ps.iter_mut().for_each(|p| pattern(p, v)),
        _ => {}
    }
}

fn place(p: &mut Place, v: &mut dyn Visitor) {
    if let Some(first) = p.path.first() {
        v.ty(first.span, &mut p.ty);
    } else {
        v.ty(Span::default(), &mut p.ty);
    }
    if let PlaceRoot::Local(local) = &mut p.root {
        v.local(local);
    }
    for step in &mut p.path {
        if let PlaceStepKind::Field(ctor, _) = &mut step.kind {
            v.ctor(ctor);
        }
        if let PlaceStepKind::ListIndex(e) | PlaceStepKind::MapKey(e) = &mut step.kind {
            expr(e, v);
        }
        v.ty(step.span, &mut step.ty);
    }
    v.place(p);
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
