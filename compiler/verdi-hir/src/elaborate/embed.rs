//! The subject's code inside the new system: what it sends and puts out is gathered, its state is behind the
//! wrapper's or, of a machine, in variables.

use super::map::{At, Mapper, Sink, behind, extend, proc_behind};
use super::node::{bind, block};
use super::{Elaboration, Side};
use crate::hir::{
    Clauses, CtorRef, Expr, ExprKind, KindId, LocalId, Pattern, PatternKind, Place, PlaceRoot, ProcId, Stmt,
    StmtKind, Ty,
};
use verdi_core::{Op, Span};

impl Elaboration<'_> {
    /// The type of what gathers sends.
    pub(super) fn sends_ty(&self) -> Ty {
        Ty::List(Box::new(Ty::Tuple(vec![Ty::Data(self.types.message, Vec::new()), Ty::Node])))
    }

    /// The type of what gathers outputs.
    pub(super) fn outputs_ty(&self) -> Ty {
        Ty::List(Box::new(self.output_ty()))
    }

    /// The nodes of some kinds, as an expression that is a list.
    pub(super) fn nodes_of(&self, span: Span, kinds: &[KindId]) -> ExprKind {
        if kinds.len() == self.own_kinds.values().map(Vec::len).sum::<usize>() {
            return ExprKind::Nodes(None);
        }
        let nodes = Ty::List(Box::new(Ty::Node));
        let list = |kind: ExprKind| Expr { span, ty: nodes.clone(), kind };
        let mut lists = kinds.iter().map(|kind| ExprKind::Nodes(Some(*kind)));
        let first = lists.next().unwrap_or(ExprKind::List(Vec::new()));
        lists.fold(first, |all, next| ExprKind::Op(Op::ListConcat, vec![list(all), list(next)]))
    }

    /// All nodes of the subject.
    pub(super) fn subject_nodes(&self, span: Span) -> ExprKind {
        let kinds: Vec<KindId> =
            self.s.members.kinds.keys().filter_map(|kind| self.subject_kinds.get(&kind).copied()).collect();
        self.nodes_of(span, &kinds)
    }
}

impl Mapper<'_, '_> {
    /// An expression of the subject, whose parts are mapped.
    pub(super) fn subject(&mut self, span: Span, ty: &mut Ty, kind: ExprKind) -> ExprKind {
        match kind {
            ExprKind::Nodes(None) => self.app.subject_nodes(span),
            ExprKind::Nodes(Some(kind)) => match self.app.subject_kinds.get(&kind) {
                Some(kind) => ExprKind::Nodes(Some(*kind)),
                None => ExprKind::List(vec![self.app.some_node(span)]),
            },
            ExprKind::SingleNode(kind) => match self.app.subject_kinds.get(&kind) {
                Some(kind) => ExprKind::SingleNode(*kind),
                None => self.app.some_node(span).kind,
            },
            ExprKind::NodeIs(node, kind) => match self.app.subject_kinds.get(&kind) {
                Some(kind) => ExprKind::NodeIs(node, *kind),
                None => ExprKind::Bool(true),
            },
            ExprKind::NodeField(node, kind, field) => self.app.lifted_field(*node, kind, field),
            ExprKind::Field(field) => match &self.at {
                At::Machine { fields, .. } => ExprKind::Local(fields[field.as_u32() as usize]),
                At::Wrapped(sink) => ExprKind::Field(behind(field, sink.first_field)),
                _ => ExprKind::Field(field),
            },
            ExprKind::Packets => ExprKind::Call(self.app.lifted_packets(), Vec::new(), Vec::new()),
            ExprKind::Trace => self.subject_trace(span),
            ExprKind::Timers(node) => self.subject_timers(span, &node),
            ExprKind::Call(id, tys, args) => ExprKind::Call(self.app.function(Side::Subject, id), tys, args),
            ExprKind::CallProc(id, args) => self.subject_proc(span, ty, id, args),
            other => other,
        }
    }

    /// The armed timers of a node that are the subject's, as such.
    fn subject_timers(&mut self, span: Span, node: &Expr) -> ExprKind {
        let ty = Ty::Data(self.app.types.timer, Vec::new());
        let timers = Ty::List(Box::new(ty.clone()));
        let mut all = ExprKind::List(Vec::new());
        for (at, timer) in (0..).zip(self.app.timers.clone()) {
            let local = self.fresh("timer", span, Ty::Timer);
            let it = Expr { span, ty: Ty::Timer, kind: ExprKind::Local(local) };
            let own = PatternKind::Ctor(CtorRef::Timer(timer), Vec::new());
            let own = Pattern { span, ty: Ty::Timer, kind: own };
            let armed = ExprKind::Timers(Box::new(node.clone()));
            let armed = Expr { span, ty: Ty::List(Box::new(Ty::Timer)), kind: armed };
            let is_own = Expr { span, ty: Ty::Bool, kind: ExprKind::Is(Box::new(it), own) };
            let clauses = Clauses {
                binders: vec![(bind(span, local, Ty::Timer), armed)],
                filter: Some(Box::new(is_own)),
            };
            let made = ExprKind::Make(CtorRef::Data(self.app.types.timer, at), Vec::new());
            let made = Expr { span, ty: ty.clone(), kind: made };
            let found = ExprKind::Comprehension(Box::new(made), clauses);
            let list = |kind| Expr { span, ty: timers.clone(), kind };
            all = ExprKind::Op(Op::ListConcat, vec![list(all), list(found)]);
        }
        all
    }

    /// The history as the subject has it: without the transformer's own inputs and outputs.
    fn subject_trace(&mut self, span: Span) -> ExprKind {
        let app = &mut *self.app;
        if app.t.members.inputs.is_empty() && app.t.members.outputs.is_empty() {
            return ExprKind::Trace;
        }
        let event = self.fresh("event", span, Ty::Event);
        let of = |at: u32, body: Ty, ctors: Vec<(CtorRef, usize)>| -> Pattern {
            let any = |ty: Ty| Pattern { span, ty, kind: PatternKind::Wildcard };
            let alternatives = ctors
                .into_iter()
                .map(|(ctor, fields)| Pattern {
                    span,
                    ty: body.clone(),
                    kind: PatternKind::Ctor(ctor, (0..fields).map(|_| any(Ty::Error)).collect()),
                })
                .collect();
            let body = Pattern { span, ty: body, kind: PatternKind::Or(alternatives) };
            let fields = vec![any(Ty::Node), any(Ty::Caller), body];
            Pattern { span, ty: Ty::Event, kind: PatternKind::Ctor(CtorRef::Event(at), fields) }
        };
        let members = &self.app.s.members;
        let inputs =
            members.inputs.iter().enumerate().map(|(i, v)| (CtorRef::Input(i as u32), v.fields.len()));
        let outputs =
            members.outputs.iter().enumerate().map(|(i, v)| (CtorRef::Output(i as u32), v.fields.len()));
        let either = Pattern {
            span,
            ty: Ty::Event,
            kind: PatternKind::Or(vec![
                of(0, Ty::Input, inputs.collect()),
                of(1, Ty::Output, outputs.collect()),
            ]),
        };
        let read = |ty: Ty, kind| Expr { span, ty, kind };
        let it = read(Ty::Event, ExprKind::Local(event));
        let filter = read(Ty::Bool, ExprKind::Is(Box::new(it.clone()), either));
        let trace = read(Ty::List(Box::new(Ty::Event)), ExprKind::Trace);
        let clauses =
            Clauses { binders: vec![(bind(span, event, Ty::Event), trace)], filter: Some(Box::new(filter)) };
        ExprKind::Comprehension(Box::new(it), clauses)
    }

    /// A call of a proc: what it does joins what the caller does.
    fn subject_proc(&mut self, span: Span, ty: &mut Ty, id: ProcId, args: Vec<Expr>) -> ExprKind {
        let value = self.app.ty(Side::Subject, ty);
        match self.at.clone() {
            At::Wrapped(sink) => {
                let result = Ty::Tuple(vec![value.clone(), self.app.effects_ty()]);
                let call = ExprKind::CallProc(proc_behind(id, sink.first_proc), args);
                let got = self.fresh("result", span, value.clone());
                let effects = self.fresh("effects", span, self.app.effects_ty());
                let mut stmts = vec![unpack(span, &result, &[got, effects], call)];
                self.join(span, effects, &sink, &mut stmts);
                let it = Expr { span, ty: value, kind: ExprKind::Local(got) };
                ExprKind::Block(stmts, Some(Box::new(it)))
            }
            At::Machine { fields, sink } => self.machine_proc(span, value, id, args, &fields, &sink),
            _ => ExprKind::Error,
        }
    }

    fn join(&mut self, span: Span, effects: LocalId, sink: &Sink, stmts: &mut Vec<Stmt>) {
        let ctor = CtorRef::Data(self.app.types.effects, 0);
        let all = Expr { span, ty: self.app.effects_ty(), kind: ExprKind::Local(effects) };
        let mut add = |to: LocalId, at: u32, ty: Ty| {
            let part = Expr { span, ty: ty.clone(), kind: ExprKind::Get(Box::new(all.clone()), ctor, at) };
            stmts.push(extend(span, to, ty, Op::ListConcat, part));
        };
        if let Some(sends) = sink.sends {
            add(sends, 0, self.app.sends_ty());
        }
        add(sink.outputs, 1, self.app.outputs_ty());
    }

    fn machine_proc(
        &mut self,
        span: Span,
        value: Ty,
        id: ProcId,
        mut args: Vec<Expr>,
        fields: &[LocalId],
        sink: &Sink,
    ) -> ExprKind {
        let function = self.app.machine_proc_fn(id);
        args.insert(0, self.app.machine_state(span, fields));
        let (state_ty, outputs_ty) = (self.app.state_ty(), self.app.outputs_ty());
        let result = Ty::Tuple(vec![value.clone(), state_ty.clone(), outputs_ty.clone()]);
        let got = self.fresh("result", span, value.clone());
        let state = self.fresh("state", span, state_ty);
        let outputs = self.fresh("outputs", span, outputs_ty.clone());
        let call = ExprKind::Call(function, Vec::new(), args);
        let mut stmts = vec![unpack(span, &result, &[got, state, outputs], call)];
        stmts.extend(self.app.assign_fields(span, state, fields));
        let more = Expr { span, ty: outputs_ty.clone(), kind: ExprKind::Local(outputs) };
        stmts.push(extend(span, sink.outputs, outputs_ty, Op::ListConcat, more));
        ExprKind::Block(stmts, Some(Box::new(Expr { span, ty: value, kind: ExprKind::Local(got) })))
    }

    /// A statement of the subject, whose parts are mapped.
    pub(super) fn subject_stmt(&mut self, span: Span, kind: StmtKind) -> StmtKind {
        let sink = match &self.at {
            At::Wrapped(sink) | At::Machine { sink, .. } => sink.clone(),
            _ => return kind,
        };
        match kind {
            StmtKind::Send(body, to) => self.gather_send(span, &sink, body, to),
            StmtKind::Broadcast(body, to) => self.gather_broadcast(span, &sink, body, to),
            StmtKind::Output(body, to) => {
                let body = match self.app.t.machine {
                    true => body,
                    false => self.addressed(span, body, to),
                };
                extend(span, sink.outputs, self.app.outputs_ty(), Op::ListPush, body).kind
            }
            StmtKind::Start(timer) => StmtKind::Start(self.app.timers[timer as usize]),
            StmtKind::Stop(timer) => StmtKind::Stop(self.app.timers[timer as usize]),
            StmtKind::Return(value) => StmtKind::Return(Some(self.result(span, value))),
            other => other,
        }
    }

    /// An output with whom it goes to.
    fn addressed(&self, span: Span, body: Expr, to: Option<Expr>) -> Expr {
        let option = self.app.option(Ty::Caller);
        let ctor = |at| CtorRef::Data(self.app.program.builtin.option.unwrap_or_default(), at);
        let to = match to {
            Some(to) => ExprKind::Make(ctor(1), vec![to]),
            None => ExprKind::Make(ctor(0), Vec::new()),
        };
        let to = Expr { span, ty: option, kind: to };
        let ty = Ty::Data(self.app.types.output, Vec::new());
        Expr { span, ty, kind: ExprKind::Make(CtorRef::Data(self.app.types.output, 0), vec![body, to]) }
    }

    fn gather_send(&self, span: Span, sink: &Sink, body: Expr, to: Expr) -> StmtKind {
        let Some(sends) = sink.sends else { return StmtKind::Expr(body) };
        let ty = Ty::Tuple(vec![body.ty.clone(), Ty::Node]);
        let pair = Expr { span, ty, kind: ExprKind::Tuple(vec![body, to]) };
        extend(span, sends, self.app.sends_ty(), Op::ListPush, pair).kind
    }

    fn gather_broadcast(&mut self, span: Span, sink: &Sink, body: Expr, to: Expr) -> StmtKind {
        let message = body.ty.clone();
        let held = self.fresh("message", span, message.clone());
        let node = self.fresh("to", span, Ty::Node);
        let read = |ty: Ty, kind| Expr { span, ty, kind };
        let it = read(Ty::Node, ExprKind::Local(node));
        let own = read(Ty::Node, ExprKind::SelfNode);
        let other = read(Ty::Bool, ExprKind::Op(Op::Ne, vec![it.clone(), own]));
        let send = self.gather_send(span, sink, read(message.clone(), ExprKind::Local(held)), it);
        let send = block(span, vec![Stmt { span, kind: send }]);
        let unit = Ty::Tuple(Vec::new());
        let each = read(
            unit.clone(),
            ExprKind::If(crate::hir::Condition::Expr(Box::new(other)), Box::new(send), None),
        );
        let each = block(span, vec![Stmt { span, kind: StmtKind::Expr(each) }]);
        let stmts = vec![
            Stmt { span, kind: StmtKind::Let(bind(span, held, message), body) },
            Stmt { span, kind: StmtKind::For(bind(span, node, Ty::Node), to, each) },
        ];
        StmtKind::Expr(block(span, stmts))
    }

    /// What a handler or proc of the subject returns: its own value and what it did.
    pub(super) fn result(&mut self, span: Span, value: Option<Expr>) -> Expr {
        let unit = Expr { span, ty: Ty::Tuple(Vec::new()), kind: ExprKind::Tuple(Vec::new()) };
        let value = value.unwrap_or(unit);
        match self.at.clone() {
            At::Machine { fields, sink } => {
                let state = self.app.machine_state(span, &fields);
                let ty = self.app.outputs_ty();
                let outputs = Expr { span, ty, kind: ExprKind::Local(sink.outputs) };
                match sink.proc {
                    true => tuple(span, vec![value, state, outputs]),
                    false => tuple(span, vec![state, outputs]),
                }
            }
            At::Wrapped(sink) => {
                let sends = sink.sends.unwrap_or(sink.outputs);
                let sends = Expr { span, ty: self.app.sends_ty(), kind: ExprKind::Local(sends) };
                let outputs = Expr { span, ty: self.app.outputs_ty(), kind: ExprKind::Local(sink.outputs) };
                let ctor = CtorRef::Data(self.app.types.effects, 0);
                let effects = Expr {
                    span,
                    ty: self.app.effects_ty(),
                    kind: ExprKind::Make(ctor, vec![sends, outputs]),
                };
                if sink.proc { tuple(span, vec![value, effects]) } else { effects }
            }
            _ => value,
        }
    }
}

pub(super) fn tuple(span: Span, parts: Vec<Expr>) -> Expr {
    let ty = Ty::Tuple(parts.iter().map(|part| part.ty.clone()).collect());
    Expr { span, ty, kind: ExprKind::Tuple(parts) }
}

/// `let (a, b) = value`.
fn unpack(span: Span, ty: &Ty, into: &[LocalId], value: ExprKind) -> Stmt {
    let Ty::Tuple(parts) = ty else { return Stmt { span, kind: StmtKind::Return(None) } };
    let names = into.iter().zip(parts).map(|(local, ty)| bind(span, *local, ty.clone())).collect();
    let pattern = Pattern { span, ty: ty.clone(), kind: PatternKind::Tuple(names) };
    Stmt { span, kind: StmtKind::Let(pattern, Expr { span, ty: ty.clone(), kind: value }) }
}

impl Elaboration<'_> {
    /// Puts the fields of a machine's state into the variables that hold them.
    pub(super) fn assign_fields(&mut self, span: Span, state: LocalId, fields: &[LocalId]) -> Vec<Stmt> {
        let kind = KindId::from_u32(0);
        let ids: Vec<_> = self.s.members.kinds[kind].fields.keys().collect();
        let ctor = CtorRef::Data(self.types.state, 0);
        let mut stmts = Vec::new();
        for (local, id) in fields.iter().zip(ids) {
            let ty = self.subject_field_ty(kind, id);
            let from = Expr { span, ty: self.state_ty(), kind: ExprKind::Local(state) };
            let value = Expr { span, ty: ty.clone(), kind: ExprKind::Get(Box::new(from), ctor, id.as_u32()) };
            let place = Place { root: PlaceRoot::Local(*local), ty, path: Vec::new() };
            stmts.push(Stmt { span, kind: StmtKind::Assign(place, value) });
        }
        stmts
    }

    /// A machine's state, of the variables that hold its fields.
    pub(super) fn machine_state(&mut self, span: Span, fields: &[LocalId]) -> Expr {
        let kind = KindId::from_u32(0);
        let ids: Vec<_> = self.s.members.kinds[kind].fields.keys().collect();
        let values = fields
            .iter()
            .zip(ids)
            .map(|(local, id)| Expr {
                span,
                ty: self.subject_field_ty(kind, id),
                kind: ExprKind::Local(*local),
            })
            .collect();
        let ctor = CtorRef::Data(self.types.state, 0);
        Expr { span, ty: self.state_ty(), kind: ExprKind::Make(ctor, values) }
    }

    /// Any one node: a machine's properties name its one node, which the new system does not have.
    pub(super) fn some_node(&self, span: Span) -> Expr {
        let all = Expr { span, ty: Ty::List(Box::new(Ty::Node)), kind: ExprKind::Nodes(None) };
        let zero = Expr { span, ty: Ty::Int, kind: ExprKind::Int(0) };
        Expr { span, ty: Ty::Node, kind: ExprKind::Op(Op::ListIndex, vec![all, zero]) }
    }
}
