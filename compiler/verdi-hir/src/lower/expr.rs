//! Expressions, as statements that leave their value in an operand.

use super::body::Body;
use super::pattern::tag;
use crate::hir::{Arm, Clauses, Condition, Expr, ExprKind, FoldKind, PatternKind, Ty};
use smol_str::SmolStr;
use verdi_core::{Context, Label, LocalId, Op, Operand, Rvalue, Span, TyId, Value};

impl<'a> Body<'_, 'a> {
    /// Computes an expression.
    pub(super) fn expr(&mut self, expr: &'a Expr) -> Operand {
        match &expr.kind {
            ExprKind::Int(_)
            | ExprKind::Bool(_)
            | ExprKind::Str(_)
            | ExprKind::Local(_)
            | ExprKind::Param(_)
            | ExprKind::SelfNode
            | ExprKind::FirstCaller
            | ExprKind::Nodes(_)
            | ExprKind::SingleNode(_) => self.atom(expr),
            ExprKind::Field(_)
            | ExprKind::NodeField(..)
            | ExprKind::NodeIs(..)
            | ExprKind::NetVar(_)
            | ExprKind::Packets
            | ExprKind::DistinctPackets
            | ExprKind::Heads
            | ExprKind::Timers(_)
            | ExprKind::Inputs(_)
            | ExprKind::Trace => self.read(expr),
            ExprKind::Tuple(_)
            | ExprKind::List(_)
            | ExprKind::Set(_)
            | ExprKind::Map(_)
            | ExprKind::Make(..)
            | ExprKind::Copy(..)
            | ExprKind::Get(..) => self.data(expr),
            ExprKind::Comprehension(..)
            | ExprKind::MapComprehension(..)
            | ExprKind::Count(_)
            | ExprKind::Fold(..)
            | ExprKind::Quantifier(..) => self.collect(expr),
            ExprKind::Op(op, args) => {
                let args = self.exprs(args);
                let ty = self.ty(&expr.ty);
                self.op(expr.span, ty, *op, args)
            }
            ExprKind::Call(id, ty_args, args) => {
                let ty_args = ty_args.iter().map(|ty| self.ty(ty)).collect();
                let args = self.exprs(args);
                let func = self.lower.fn_instance(*id, ty_args);
                let ty = self.ty(&expr.ty);
                self.assign(expr.span, ty, Rvalue::Call(func, args))
            }
            ExprKind::CallProc(id, args) => self.call_proc(expr, *id, args),
            ExprKind::And(..) | ExprKind::Is(..) => self.decide(expr, false),
            ExprKind::Or(a, b) => self.either(expr.span, a, b),
            ExprKind::Implies(a, b) => self.implies(expr.span, a, b),
            ExprKind::If(..) | ExprKind::Match(..) | ExprKind::Block(..) => self.branch(expr),
            // Transformers are applied before lowering, and an error was reported: neither gets here.
            ExprKind::EffectsField(..) | ExprKind::InnerState(_) | ExprKind::Inner(..) | ExprKind::Error => {
                self.unit()
            }
        }
    }

    pub(super) fn exprs(&mut self, exprs: &'a [Expr]) -> Vec<Operand> {
        exprs.iter().map(|expr| self.expr(expr)).collect()
    }

    fn atom(&mut self, expr: &'a Expr) -> Operand {
        let special = self.lower.core.special;
        match &expr.kind {
            ExprKind::Int(int) => self.int(*int),
            ExprKind::Bool(bool) => self.bool(*bool),
            ExprKind::Str(text) => {
                let ty = self.ty(&Ty::Str);
                self.constant(ty, Value::Str(text.as_str().into()))
            }
            ExprKind::Local(variable) => {
                let local = Operand::Local(self.variable(*variable));
                // What is computed after this may assign the variable before the value is used.
                match self.is_mutable(*variable) {
                    true => self.assign(expr.span, self.operand_ty(local), Rvalue::Use(local)),
                    false => local,
                }
            }
            ExprKind::Param(index) => Operand::Const(self.lower.params[*index as usize]),
            ExprKind::SelfNode => self.assign(expr.span, special.node, Rvalue::SelfNode),
            ExprKind::FirstCaller => self.constant(special.caller, Value::Caller(0)),
            ExprKind::Nodes(kind) => Operand::Const(self.lower.node_list(*kind)),
            ExprKind::SingleNode(kind) => {
                let node = self.lower.core.kinds[*kind].nodes[0].as_u32();
                self.constant(special.node, Value::Node(node))
            }
            _ => self.unit(),
        }
    }

    fn read(&mut self, expr: &'a Expr) -> Operand {
        let span = expr.span;
        let ty = self.ty(&expr.ty);
        let value = match &expr.kind {
            ExprKind::Field(field) => {
                let value = self
                    .watched_field(*field)
                    .map_or(Rvalue::Field(*field), |local| Rvalue::Use(Operand::Local(local)));
                return self.assign(span, ty, value);
            }
            ExprKind::NetVar(name) => match self.lower.net_var(name) {
                Some(var) => Rvalue::Var(var),
                None => {
                    self.lower.no_net_var(span, name);
                    return Operand::Local(self.temp(ty));
                }
            },
            ExprKind::NodeField(node, kind, field) => {
                let node = self.expr(node);
                self.needs_world(span);
                Rvalue::NodeField(node, *kind, *field)
            }
            ExprKind::NodeIs(node, kind) => {
                let node = self.expr(node);
                return self.assign(span, ty, Rvalue::NodeIs(node, *kind));
            }
            ExprKind::Timers(node) => Rvalue::Timers(self.expr(node)),
            ExprKind::Inputs(node) => Rvalue::Inputs(self.expr(node)),
            ExprKind::DistinctPackets => Rvalue::DistinctPackets,
            ExprKind::Heads => Rvalue::Heads,
            ExprKind::Trace => Rvalue::Trace,
            _ => Rvalue::Packets,
        };
        if self.context != Context::Rule {
            self.needs_world(span);
        }
        self.assign(span, ty, value)
    }

    fn data(&mut self, expr: &'a Expr) -> Operand {
        let span = expr.span;
        let ty = self.ty(&expr.ty);
        match &expr.kind {
            ExprKind::Tuple(elements) if elements.is_empty() => self.unit(),
            ExprKind::Tuple(elements) => {
                let elements = self.exprs(elements);
                self.assign(span, ty, Rvalue::Make(0, elements))
            }
            ExprKind::List(elements) => {
                let elements = self.exprs(elements);
                self.assign(span, ty, Rvalue::List(elements))
            }
            ExprKind::Set(elements) => {
                let elements = self.exprs(elements);
                let list_ty = self.element_list(ty);
                let list = self.assign(span, list_ty, Rvalue::List(elements));
                self.op(span, ty, Op::SetOf, vec![list])
            }
            ExprKind::Map(pairs) => {
                let list_ty = self.element_list(ty);
                let pair_ty = self.element(list_ty);
                let pairs = pairs
                    .iter()
                    .map(|(key, value)| {
                        let pair = vec![self.expr(key), self.expr(value)];
                        self.assign(key.span.to(value.span), pair_ty, Rvalue::Make(0, pair))
                    })
                    .collect();
                let list = self.assign(span, list_ty, Rvalue::List(pairs));
                self.op(span, ty, Op::MapOf, vec![list])
            }
            ExprKind::Make(ctor, fields) => {
                let fields = self.exprs(fields);
                self.assign(span, ty, Rvalue::Make(tag(*ctor), fields))
            }
            ExprKind::Copy(ctor, base, changes) => {
                let base = self.expr(base);
                let changed: Vec<_> =
                    changes.iter().map(|(field, value)| (*field, self.expr(value))).collect();
                self.rebuild(span, base, tag(*ctor), &changed)
            }
            ExprKind::Get(value, ctor, field) => {
                let value = self.expr(value);
                self.get(span, value, tag(*ctor), *field)
            }
            _ => self.unit(),
        }
    }

    /// A value of one constructor with some fields changed.
    pub(super) fn rebuild(
        &mut self,
        span: Span,
        base: Operand,
        tag: u32,
        changed: &[(u32, Operand)],
    ) -> Operand {
        let ty = self.operand_ty(base);
        let count = self
            .lower
            .core
            .types
            .as_data(ty)
            .and_then(|(_, data)| data.ctors.get(tag as usize).map(|ctor| ctor.fields.len()))
            .unwrap_or(0);
        let fields = (0..count as u32)
            .map(|field| match changed.iter().rev().find(|(changed, _)| *changed == field) {
                Some((_, value)) => *value,
                None => self.get(span, base, tag, field),
            })
            .collect();
        self.assign(span, ty, Rvalue::Make(tag, fields))
    }

    /// `List<T>` of a list or set, the list of pairs of a map.
    fn element_list(&mut self, collection: TyId) -> TyId {
        match *self.lower.core.types.get(collection) {
            verdi_core::Ty::Set(element) => self.lower.list_of(element),
            verdi_core::Ty::Map(key, value) => {
                let pair = self.lower.tuple(vec![key, value]);
                self.lower.list_of(pair)
            }
            _ => collection,
        }
    }

    fn element(&self, list: TyId) -> TyId {
        match *self.lower.core.types.get(list) {
            verdi_core::Ty::List(element) => element,
            _ => list,
        }
    }

    /// A list, set or map as the list that a loop runs over.
    pub(super) fn iterable(&mut self, expr: &'a Expr) -> Operand {
        let value = self.expr(expr);
        let ty = self.operand_ty(value);
        let list = self.element_list(ty);
        match self.lower.core.types.get(ty) {
            verdi_core::Ty::Set(_) => self.op(expr.span, list, Op::SetToList, vec![value]),
            verdi_core::Ty::Map(..) => self.op(expr.span, list, Op::MapToList, vec![value]),
            _ => value,
        }
    }

    fn collect(&mut self, expr: &'a Expr) -> Operand {
        let span = expr.span;
        let ty = self.ty(&expr.ty);
        match &expr.kind {
            ExprKind::Comprehension(element, clauses) => {
                let list_ty = self.element_list(ty);
                let list = self.gather(span, list_ty, clauses, |body| body.expr(element));
                if list_ty == ty { list } else { self.op(span, ty, Op::SetOf, vec![list]) }
            }
            ExprKind::MapComprehension(key, value, clauses) => {
                let list_ty = self.element_list(ty);
                let pair_ty = self.element(list_ty);
                let list = self.gather(span, list_ty, clauses, |body| {
                    let pair = vec![body.expr(key), body.expr(value)];
                    body.assign(span, pair_ty, Rvalue::Make(0, pair))
                });
                self.op(span, ty, Op::MapOf, vec![list])
            }
            ExprKind::Count(clauses) => self.sum(span, clauses, |body| body.int(1)),
            ExprKind::Fold(FoldKind::Sum, term, clauses) => self.sum(span, clauses, |body| body.expr(term)),
            ExprKind::Fold(fold, term, clauses) => {
                let op = if *fold == FoldKind::Max { Op::ListMax } else { Op::ListMin };
                let list_ty = self.lower.list_of(ty);
                let list = self.gather(span, list_ty, clauses, |body| body.expr(term));
                self.op(span, ty, op, vec![list])
            }
            ExprKind::Quantifier(forall, clauses, property) => {
                self.quantifier(span, *forall, clauses, property)
            }
            _ => self.unit(),
        }
    }

    fn gather(
        &mut self,
        span: Span,
        list_ty: TyId,
        clauses: &'a Clauses,
        element: impl FnOnce(&mut Self) -> Operand,
    ) -> Operand {
        let list = self.temp(list_ty);
        self.set(span, list, Rvalue::List(Vec::new()));
        self.clauses(clauses, |body| {
            let element = element(body);
            body.set(span, list, Rvalue::Op(Op::ListPush, vec![Operand::Local(list), element]));
        });
        Operand::Local(list)
    }

    fn sum(&mut self, span: Span, clauses: &'a Clauses, term: impl FnOnce(&mut Self) -> Operand) -> Operand {
        let total = self.temp(self.lower.core.special.int);
        let zero = self.int(0);
        self.set(span, total, Rvalue::Use(zero));
        self.clauses(clauses, |body| {
            let term = term(body);
            body.set(span, total, Rvalue::Op(Op::Add, vec![Operand::Local(total), term]));
        });
        Operand::Local(total)
    }

    fn quantifier(&mut self, span: Span, forall: bool, clauses: &'a Clauses, property: &'a Expr) -> Operand {
        let result = self.temp(self.lower.core.special.bool);
        let (otherwise, found) = (self.bool(forall), self.bool(!forall));
        self.set(span, result, Rvalue::Use(otherwise));
        self.scope(span, |body, done| {
            body.clauses(clauses, |body| {
                body.scope(span, |body, next| {
                    if forall {
                        body.scope(property.span, |body, fails| {
                            body.condition(property, fails);
                            body.leave(span, next);
                        });
                    } else {
                        body.condition(property, next);
                    }
                    body.set(span, result, Rvalue::Use(found));
                    body.leave(span, done);
                });
            });
        });
        Operand::Local(result)
    }

    /// Runs `inner` for every draw that counts.
    fn clauses(&mut self, clauses: &'a Clauses, inner: impl FnOnce(&mut Self)) {
        self.binders(clauses, 0, inner);
    }

    fn binders(&mut self, clauses: &'a Clauses, at: usize, inner: impl FnOnce(&mut Self)) {
        let Some((pattern, source)) = clauses.binders.get(at) else {
            return match &clauses.filter {
                None => inner(self),
                Some(filter) => self.scope(filter.span, |body, skip| {
                    body.condition(filter, skip);
                    inner(body);
                }),
            };
        };
        let list = self.iterable(source);
        self.loop_over(pattern, source.span, list, |body| body.binders(clauses, at + 1, inner));
    }

    /// Runs `inner` for every element that a pattern matches.
    pub(super) fn loop_over(
        &mut self,
        pattern: &'a crate::hir::Pattern,
        span: Span,
        list: Operand,
        inner: impl FnOnce(&mut Self),
    ) {
        self.for_each(span, list, |body, element| {
            body.name_element(element, pattern);
            body.scope(span, |body, skip| {
                body.pattern(pattern, Operand::Local(element), Some(skip));
                inner(body);
            });
        });
    }

    fn name_element(&mut self, element: LocalId, pattern: &'a crate::hir::Pattern) {
        if let PatternKind::Bind(variable) = pattern.kind {
            let name = self.variable_name(variable);
            self.name_local(element, name);
        }
    }

    /// Goes on where a condition holds, with what it binds; leaves to `fail` where it does not.
    pub(super) fn condition(&mut self, expr: &'a Expr, fail: Label) {
        match &expr.kind {
            ExprKind::And(a, b) => {
                self.condition(a, fail);
                self.condition(b, fail);
            }
            ExprKind::Is(value, pattern) => {
                let value = self.expr(value);
                self.pattern(pattern, value, Some(fail));
            }
            _ => {
                let test = self.expr(expr);
                self.leave_unless(expr.span, test, fail);
            }
        }
    }

    /// A condition as a value: `otherwise` where it fails.
    fn decide(&mut self, expr: &'a Expr, otherwise: bool) -> Operand {
        let result = self.temp(self.lower.core.special.bool);
        let (otherwise, holds) = (self.bool(otherwise), self.bool(true));
        self.set(expr.span, result, Rvalue::Use(otherwise));
        self.scope(expr.span, |body, fail| {
            body.condition(expr, fail);
            body.set(expr.span, result, Rvalue::Use(holds));
        });
        Operand::Local(result)
    }

    fn either(&mut self, span: Span, a: &'a Expr, b: &'a Expr) -> Operand {
        let result = self.temp(self.lower.core.special.bool);
        let value = self.expr(a);
        self.set(span, result, Rvalue::Use(value));
        let other = self.block(|body| {
            let value = body.expr(b);
            body.set(span, result, Rvalue::Use(value));
        });
        self.emit(
            span,
            verdi_core::StmtKind::If(Operand::Local(result), verdi_core::Block::default(), other),
        );
        Operand::Local(result)
    }

    fn implies(&mut self, span: Span, a: &'a Expr, b: &'a Expr) -> Operand {
        let result = self.temp(self.lower.core.special.bool);
        let holds = self.bool(true);
        self.set(span, result, Rvalue::Use(holds));
        self.scope(span, |body, vacuous| {
            body.condition(a, vacuous);
            let value = body.expr(b);
            body.set(span, result, Rvalue::Use(value));
        });
        Operand::Local(result)
    }

    fn branch(&mut self, expr: &'a Expr) -> Operand {
        match &expr.kind {
            ExprKind::If(condition, then, otherwise) => {
                let ty = self.ty(&expr.ty);
                let result = self.temp(ty);
                self.scope(expr.span, |body, end| {
                    body.scope(expr.span, |body, fail| {
                        match condition {
                            Condition::Expr(test) => body.condition(test, fail),
                            Condition::Let(pattern, value) => {
                                let value = body.expr(value);
                                body.pattern(pattern, value, Some(fail));
                            }
                        }
                        body.result(then, result, ty);
                        body.leave_if_open(expr.span, end);
                    });
                    match otherwise {
                        Some(otherwise) => body.result(otherwise, result, ty),
                        None => {
                            let unit = body.unit();
                            body.keep(expr.span, result, ty, unit);
                        }
                    }
                });
                Operand::Local(result)
            }
            ExprKind::Match(value, arms) => self.match_arms(expr, value, arms),
            ExprKind::Block(stmts, result) => {
                for stmt in stmts {
                    self.stmt(stmt);
                }
                match result {
                    Some(result) => self.expr(result),
                    None => self.unit(),
                }
            }
            _ => self.unit(),
        }
    }

    fn match_arms(&mut self, expr: &'a Expr, value: &'a Expr, arms: &'a [Arm]) -> Operand {
        let ty = self.ty(&expr.ty);
        let result = self.temp(ty);
        let value = self.expr(value);
        let Some((last, others)) = arms.split_last() else { return self.unit() };
        self.scope(expr.span, |body, end| {
            for arm in others {
                body.scope(arm.pattern.span, |body, next| {
                    body.pattern(&arm.pattern, value, Some(next));
                    body.result(&arm.body, result, ty);
                    body.leave_if_open(expr.span, end);
                });
            }
            body.pattern(&last.pattern, value, None);
            body.result(&last.body, result, ty);
        });
        Operand::Local(result)
    }

    /// Computes a branch into `result`.
    fn result(&mut self, branch: &'a Expr, result: LocalId, ty: TyId) {
        let value = self.expr(branch);
        self.keep(branch.span, result, ty, value);
    }

    /// Where the types differ, the branch has ended, or its value is not wanted and the result is the unit.
    fn keep(&mut self, span: Span, result: LocalId, ty: TyId, value: Operand) {
        if self.ended() {
            return;
        }
        let unit = self.lower.unit();
        let value = if ty == unit { self.unit() } else { self.fit(value, ty) };
        self.set(span, result, Rvalue::Use(value));
    }

    fn leave_if_open(&mut self, span: Span, label: Label) {
        if !self.ended() {
            self.leave(span, label);
        }
    }

    fn variable_name(&mut self, variable: crate::hir::LocalId) -> SmolStr {
        let local = self.variable(variable);
        self.local_name(local)
    }
}
