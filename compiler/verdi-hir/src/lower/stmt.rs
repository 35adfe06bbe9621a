//! Statements, and the places they change.

use super::body::Body;
use super::pattern::tag;
use crate::hir::{Expr, Place, PlaceRoot, PlaceStep, PlaceStepKind, Stmt, StmtKind};
use verdi_core::{self as core, Block, Fire, Op, Operand, Rvalue, Span, Value};

/// A step into a place, its index computed.
enum Access {
    Field(u32, u32),
    List(Operand),
    Map(Operand),
}

impl<'a> Body<'_, 'a> {
    pub(super) fn stmt(&mut self, stmt: &'a Stmt) {
        let span = stmt.span;
        match &stmt.kind {
            StmtKind::Let(pattern, value) => {
                let value = self.expr(value);
                self.pattern(pattern, value, None);
            }
            StmtKind::Assign(place, value) => {
                let accesses = self.accesses(place);
                let value = self.expr(value);
                let held = self.containers(span, place, &accesses);
                self.store(span, place, &accesses, held, value);
            }
            StmtKind::Update(place, op, args) => {
                let accesses = self.accesses(place);
                let args = self.exprs(args);
                let held = self.containers(span, place, &accesses);
                let old = match (held.last(), accesses.last(), place.path.last()) {
                    (Some(container), Some(access), Some(step)) => self.access(*container, access, step),
                    _ => self.root(span, place),
                };
                let ty = self.operand_ty(old);
                let value = self.op(span, ty, *op, std::iter::once(old).chain(args).collect());
                self.store(span, place, &accesses, held, value);
            }
            StmtKind::Expr(expr) => {
                self.expr(expr);
            }
            StmtKind::For(pattern, source, inner) => {
                let list = self.iterable(source);
                self.loop_over(pattern, source.span, list, |body| {
                    body.expr(inner);
                });
            }
            StmtKind::Assert(test, reason) => {
                let test = self.expr(test);
                self.emit(span, core::StmtKind::Assert(test, reason.clone()));
            }
            StmtKind::Return(_) if self.watching.is_some() => self.return_state(span),
            StmtKind::Return(value) => {
                let value = value.as_ref().map(|value| self.expr(value));
                let value = self.returns.or(value);
                self.emit(span, core::StmtKind::Return(value));
            }
            _ => self.effect(stmt),
        }
    }

    /// Statements that act on a node or on the network.
    fn effect(&mut self, stmt: &'a Stmt) {
        let span = stmt.span;
        let kind = match &stmt.kind {
            StmtKind::Send(body, to) => {
                let body = self.expr(body);
                core::StmtKind::Send { to: self.expr(to), body }
            }
            StmtKind::Broadcast(body, to) => return self.broadcast(span, body, to),
            StmtKind::Output(body, to) => {
                let body = self.expr(body);
                core::StmtKind::Output { to: to.as_ref().map(|to| self.expr(to)), body }
            }
            StmtKind::Start(timer) => core::StmtKind::StartTimer(self.timer(*timer)),
            StmtKind::Stop(timer) => core::StmtKind::StopTimer(self.timer(*timer)),
            StmtKind::AddPacket(packet) => core::StmtKind::AddPacket(self.expr(packet)),
            StmtKind::RemovePacket(packet) => core::StmtKind::RemovePacket(self.expr(packet)),
            StmtKind::FireInput(invocation, at) => {
                let invocation = self.expr(invocation);
                core::StmtKind::Fire(Fire::Input { invocation, at: self.expr(at) })
            }
            StmtKind::FireDeliver(packet) => core::StmtKind::Fire(Fire::Deliver(self.expr(packet))),
            StmtKind::FireTimeout(timer, at) => {
                let timer = self.expr(timer);
                core::StmtKind::Fire(Fire::Timeout { timer, at: self.expr(at) })
            }
            StmtKind::FireCrash(node) => core::StmtKind::Fire(Fire::Crash(self.expr(node))),
            StmtKind::FireReboot(node) => core::StmtKind::Fire(Fire::Reboot(self.expr(node))),
            _ => return,
        };
        self.emit(span, kind);
    }

    fn broadcast(&mut self, span: Span, message: &'a Expr, to: &'a Expr) {
        let message = self.expr(message);
        let nodes = self.iterable(to);
        let node = self.lower.core.special.node;
        let own = self.assign(span, node, Rvalue::SelfNode);
        self.for_each(span, nodes, |body, element| {
            let to = Operand::Local(element);
            let is_self = body.test(span, Op::Eq, vec![to, own]);
            let send = body.block(|body| body.emit(span, core::StmtKind::Send { to, body: message }));
            body.emit(span, core::StmtKind::If(is_self, Block::default(), send));
        });
    }

    fn timer(&mut self, timer: u32) -> Operand {
        self.constant(self.lower.core.special.timer, Value::Data(timer, Vec::new().into()))
    }

    fn accesses(&mut self, place: &'a Place) -> Vec<Access> {
        place
            .path
            .iter()
            .map(|step| match &step.kind {
                PlaceStepKind::Field(ctor, field) => Access::Field(tag(*ctor), *field),
                PlaceStepKind::ListIndex(index) => Access::List(self.expr(index)),
                PlaceStepKind::MapKey(key) => Access::Map(self.expr(key)),
            })
            .collect()
    }

    /// The values on the way to a place, the root first; what the last step leads to is not read.
    fn containers(&mut self, span: Span, place: &'a Place, accesses: &[Access]) -> Vec<Operand> {
        let mut held = Vec::with_capacity(accesses.len());
        if !accesses.is_empty() {
            held.push(self.root(span, place));
        }
        for (access, step) in accesses.iter().zip(&place.path).take(accesses.len().saturating_sub(1)) {
            let container = self.access(held[held.len() - 1], access, step);
            held.push(container);
        }
        held
    }

    /// Puts a value at a place: the containers around it are rebuilt, innermost first.
    fn store(
        &mut self,
        span: Span,
        place: &'a Place,
        accesses: &[Access],
        held: Vec<Operand>,
        value: Operand,
    ) {
        let steps = held.into_iter().zip(accesses).zip(&place.path).rev();
        let value = steps
            .fold(value, |value, ((container, access), step)| self.replace(container, access, step, value));
        self.store_root(span, place, value);
    }

    fn access(&mut self, container: Operand, access: &Access, step: &'a PlaceStep) -> Operand {
        let ty = self.ty(&step.ty);
        match access {
            Access::Field(tag, field) => self.get(step.span, container, *tag, *field),
            Access::List(index) => self.op(step.span, ty, Op::ListIndex, vec![container, *index]),
            Access::Map(key) => self.op(step.span, ty, Op::MapIndex, vec![container, *key]),
        }
    }

    fn replace(
        &mut self,
        container: Operand,
        access: &Access,
        step: &'a PlaceStep,
        value: Operand,
    ) -> Operand {
        let ty = self.operand_ty(container);
        match access {
            Access::Field(tag, field) => self.rebuild(step.span, container, *tag, &[(*field, value)]),
            Access::List(index) => self.op(step.span, ty, Op::ListSet, vec![container, *index, value]),
            Access::Map(key) => self.op(step.span, ty, Op::MapInsert, vec![container, *key, value]),
        }
    }

    fn root(&mut self, span: Span, place: &'a Place) -> Operand {
        let ty = self.ty(&place.ty);
        match &place.root {
            PlaceRoot::Local(variable) => Operand::Local(self.variable(*variable)),
            PlaceRoot::Field(field) => match self.watched_field(*field) {
                Some(local) => Operand::Local(local),
                None => self.assign(span, ty, Rvalue::Field(*field)),
            },
            PlaceRoot::NetVar(name) => match self.lower.net_var(name) {
                Some(var) => self.assign(span, ty, Rvalue::Var(var)),
                None => Operand::Local(self.temp(ty)),
            },
        }
    }

    fn store_root(&mut self, span: Span, place: &'a Place, value: Operand) {
        match &place.root {
            PlaceRoot::Local(variable) => {
                let local = self.variable(*variable);
                self.set(span, local, Rvalue::Use(value));
            }
            PlaceRoot::Field(field) => match self.watched_field(*field) {
                Some(local) => self.set(span, local, Rvalue::Use(value)),
                None => self.emit(span, core::StmtKind::StoreField(*field, value)),
            },
            PlaceRoot::NetVar(name) => match self.lower.net_var(name) {
                Some(var) => self.emit(span, core::StmtKind::StoreVar(var, value)),
                None => self.lower.no_net_var(span, name),
            },
        }
    }
}
