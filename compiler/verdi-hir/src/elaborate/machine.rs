//! A machine as functions: `S.init`, and `S.apply` from a state and an input to a state and outputs.

use super::map::{At, Sink};
use super::node::bind;
use super::{Elaboration, Made, Side, variable};
use crate::hir::{
    Code, Event, Expr, ExprKind, FnId, Kind, KindId, Local, LocalId, ProcId, Stmt, StmtKind, Ty,
};
use cranelift_entity::{EntityRef, PrimaryMap};

impl Elaboration<'_> {
    fn machine(&self) -> Kind {
        self.s.members.kinds[KindId::from_u32(0)].clone()
    }

    /// `S.init`: the initial values, after the start handler.
    pub(super) fn machine_init(&mut self) -> FnId {
        if let Some(known) = self.made.get(&Made::Init) {
            return *known;
        }
        let kind = self.machine();
        let span = kind.span;
        let (mut locals, fields, sink) = self.machine_locals(&kind, Vec::new());
        let at = At::Machine { fields: fields.clone(), sink: sink.clone() };
        let mut stmts = self.open_sink(span, &sink);
        for (local, field) in fields.iter().zip(kind.fields.values()) {
            let mut init = field.init.clone();
            let shift = locals.len();
            let value = self.joined(&mut init, At::World, shift, &mut locals);
            let ty = value.ty.clone();
            stmts.push(Stmt { span, kind: StmtKind::Let(bind(span, *local, ty), value) });
        }
        let started = self.machine_start(&kind, &at, &mut locals);
        let state = self.machine_state(span, &fields);
        let id = match started {
            Some(step) => {
                stmts.push(step);
                let step = self.machine_fn("start", &[], locals, stmts, &at);
                self.first_of(step, span)
            }
            None => {
                let body =
                    Expr { span, ty: state.ty.clone(), kind: ExprKind::Block(stmts, Some(Box::new(state))) };
                let result = self.state_ty();
                self.add_fn("S.init", span, result, false, Code { params: Vec::new(), locals, body })
            }
        };
        self.made.insert(Made::Init, id);
        id
    }

    fn machine_start(
        &mut self,
        kind: &Kind,
        at: &At,
        locals: &mut PrimaryMap<LocalId, Local>,
    ) -> Option<Stmt> {
        let start = kind.handlers.iter().find(|handler| matches!(handler.event, Event::Start))?;
        Some(self.tried(start, &[], at, locals))
    }

    /// The state alone of a function that answers with state and outputs.
    fn first_of(&mut self, of: FnId, span: verdi_core::Span) -> FnId {
        let pair = Ty::Tuple(vec![self.state_ty(), self.outputs_ty()]);
        let mut locals = PrimaryMap::new();
        let state = locals.push(variable("state", span, self.state_ty(), false));
        let call = Expr { span, ty: pair.clone(), kind: ExprKind::Call(of, Vec::new(), Vec::new()) };
        let any =
            crate::hir::Pattern { span, ty: self.outputs_ty(), kind: crate::hir::PatternKind::Wildcard };
        let both = crate::hir::Pattern {
            span,
            ty: pair,
            kind: crate::hir::PatternKind::Tuple(vec![bind(span, state, self.state_ty()), any]),
        };
        let stmts = vec![Stmt { span, kind: StmtKind::Let(both, call) }];
        let it = Expr { span, ty: self.state_ty(), kind: ExprKind::Local(state) };
        let body = Expr { span, ty: self.state_ty(), kind: ExprKind::Block(stmts, Some(Box::new(it))) };
        let result = self.state_ty();
        self.add_fn("S.init", span, result, false, Code { params: Vec::new(), locals, body })
    }

    /// `S.apply(state, input, caller)`.
    pub(super) fn machine_apply(&mut self) -> FnId {
        if let Some(known) = self.made.get(&Made::Apply) {
            return *known;
        }
        let kind = self.machine();
        let span = kind.span;
        let params = vec![("state", self.state_ty()), ("input", Ty::Input), ("caller", Ty::Caller)];
        let (mut locals, fields, sink) = self.machine_locals(&kind, params);
        let given: Vec<LocalId> = (0..3).map(LocalId::new).collect();
        let at = At::Machine { fields: fields.clone(), sink: sink.clone() };
        let mut stmts = self.open_sink(span, &sink);
        stmts.extend(self.assign_fields(span, given[0], &fields));
        for handler in kind.handlers.iter().filter(|handler| matches!(handler.event, Event::Input(_))) {
            let stmt = self.tried(handler, &given[1..], &at, &mut locals);
            stmts.push(stmt);
        }
        let id = self.machine_fn("S.apply", &given, locals, stmts, &at);
        self.program.fns[id].applies = true;
        self.made.insert(Made::Apply, id);
        id
    }

    /// A proc of a machine: from its state and arguments to its result, the state and the outputs.
    pub(super) fn machine_proc_fn(&mut self, id: ProcId) -> FnId {
        if let Some(known) = self.made.get(&Made::Proc(id)) {
            return *known;
        }
        let kind = self.machine();
        let proc = kind.procs[id].clone();
        let mut code = proc.code.clone();
        let span = proc.span;
        let state = code.locals.push(variable("state", span, self.state_ty(), false));
        let fields = self.field_locals(&kind, &mut code.locals);
        let outputs = code.locals.push(variable("outputs", span, self.outputs_ty(), true));
        let sink = Sink { first_field: 0, first_proc: 0, proc: true, sends: None, outputs };
        let at = At::Machine { fields: fields.clone(), sink: sink.clone() };
        self.closed(&mut code, at, &sink, proc.result.is_some());
        code.params.insert(0, state);
        if let ExprKind::Block(stmts, _) = &mut code.body.kind {
            let assigned = self.assign_fields(span, state, &fields);
            stmts.splice(0..0, assigned);
        }
        let value = proc.result.as_ref().map_or(Ty::Tuple(Vec::new()), |ty| self.ty(Side::Subject, ty));
        let result = Ty::Tuple(vec![value, self.state_ty(), self.outputs_ty()]);
        let made = self.add_fn(&proc.name, span, result, false, code);
        self.made.insert(Made::Proc(id), made);
        made
    }

    /// Parameters, then a variable for each field, then one for the outputs.
    fn machine_locals(
        &mut self,
        kind: &Kind,
        params: Vec<(&str, Ty)>,
    ) -> (PrimaryMap<LocalId, Local>, Vec<LocalId>, Sink) {
        let mut locals = PrimaryMap::new();
        for (name, ty) in params {
            locals.push(variable(name, kind.span, ty, false));
        }
        let fields = self.field_locals(kind, &mut locals);
        let outputs = locals.push(variable("outputs", kind.span, self.outputs_ty(), true));
        (locals, fields, Sink { first_field: 0, first_proc: 0, proc: false, sends: None, outputs })
    }

    fn field_locals(&mut self, kind: &Kind, locals: &mut PrimaryMap<LocalId, Local>) -> Vec<LocalId> {
        let fields: Vec<_> = kind.fields.values().cloned().collect();
        fields
            .into_iter()
            .map(|field| {
                let ty = self.ty(Side::Subject, &field.ty);
                locals.push(variable(&field.name, field.span, ty, true))
            })
            .collect()
    }

    /// A function that ends with the state and the outputs.
    fn machine_fn(
        &mut self,
        name: &str,
        params: &[LocalId],
        locals: PrimaryMap<LocalId, Local>,
        stmts: Vec<Stmt>,
        at: &At,
    ) -> FnId {
        let span = self.machine().span;
        let At::Machine { fields, sink } = at else { return FnId::from_u32(0) };
        let state = self.machine_state(span, fields);
        let ty = self.outputs_ty();
        let outputs = Expr { span, ty, kind: ExprKind::Local(sink.outputs) };
        let end = super::embed::tuple(span, vec![state, outputs]);
        let result = end.ty.clone();
        let body = Expr { span, ty: result.clone(), kind: ExprKind::Block(stmts, Some(Box::new(end))) };
        self.add_fn(name, span, result, false, Code { params: params.to_vec(), locals, body })
    }

    /// Code without parameters as an expression over variables that join those of another function.
    pub(super) fn joined(
        &mut self,
        code: &mut Code,
        at: At,
        shift: usize,
        locals: &mut PrimaryMap<LocalId, Local>,
    ) -> Expr {
        for local in code.locals.values() {
            let mut local = local.clone();
            local.ty = self.ty(Side::Subject, &local.ty);
            locals.push(local);
        }
        let next = locals.len();
        let mut mapper =
            super::map::Mapper { app: self, side: Side::Subject, at, shift, next, added: Vec::new() };
        crate::visit::expr(&mut code.body, &mut mapper);
        let added = mapper.added;
        added.into_iter().for_each(|local| {
            locals.push(local);
        });
        code.body.clone()
    }
}
