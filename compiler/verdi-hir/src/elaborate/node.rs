//! The kinds of the new system: the transformer's, and around each of the subject's the wrapper.

use super::map::{At, Mapper, Sink};
use super::{Elaboration, Side, shifted, variable};
use crate::hir::{
    Code, Condition, CtorRef, Event, Expr, ExprKind, Field, Handler, InnerOp, Kind, KindId, Local, LocalId,
    Pattern, PatternKind, Proc, ProcId, Stmt, StmtKind, SubjectTy, Ty,
};
use crate::visit;
use cranelift_entity::{EntityRef, PrimaryMap};
use smol_str::{SmolStr, format_smolstr};
use verdi_core::Span;

/// The handlers of a wrapped node, in the order of their procs.
const HANDLERS: [InnerOp; 5] =
    [InnerOp::Start, InnerOp::Input, InnerOp::Message, InnerOp::Timeout, InnerOp::Reboot];

impl Elaboration<'_> {
    /// The kind that wraps others, if there is one.
    fn wrapper(&self) -> Option<&Kind> {
        self.t.members.kinds.values().find(|kind| kind.wraps_subject)
    }

    /// Where the subject's fields begin among a wrapping node's.
    pub(super) fn first_field(&self) -> usize {
        self.wrapper().map_or(0, |kind| kind.fields.len())
    }

    fn first_proc(&self) -> usize {
        self.wrapper().map_or(0, |kind| kind.procs.len())
    }

    /// The proc that runs a handler of a wrapped node.
    pub(super) fn handler_proc(&self, subject: KindId, op: InnerOp) -> ProcId {
        let at = HANDLERS.iter().position(|known| *known == op).unwrap_or(0);
        ProcId::new(self.first_proc() + self.s.members.kinds[subject].procs.len() + at)
    }

    /// Adds a kind: one of the transformer's own, or its wrapper around a kind of the subject.
    pub(super) fn node(&mut self, own: KindId, subject: Option<KindId>) {
        let t = self.t.members.kinds[own].clone();
        let s = subject.map(|kind| self.s.members.kinds[kind].clone());
        let (name, span) = match &s {
            Some(s) => (s.name.clone(), s.span),
            None => (t.name.clone(), t.span),
        };
        let mut count = if s.is_some() { s.as_ref().and_then(|s| s.count.clone()) } else { t.count.clone() };
        if let Some(count) = &mut count {
            let side = if s.is_some() { Side::Subject } else { Side::Own };
            self.world_code(side, count);
        }
        let mut kind = Kind {
            name,
            span,
            count,
            wraps_subject: false,
            fields: PrimaryMap::new(),
            inputs: Vec::new(),
            outputs: Vec::new(),
            timers: t.timers.clone(),
            handlers: Vec::new(),
            procs: PrimaryMap::new(),
        };
        if let Some(s) = &s {
            kind.timers.extend(s.timers.iter().map(|timer| self.timers[*timer as usize]));
        }
        self.faces(&t, s.as_ref(), &mut kind);
        self.fields(&t, s.as_ref(), subject, &mut kind);
        let at = At::Own(subject);
        for proc in t.procs.values() {
            let mut proc = proc.clone();
            proc.result = proc.result.map(|ty| self.ty(Side::Own, &ty));
            self.code(Side::Own, at.clone(), &mut proc.code);
            kind.procs.push(proc);
        }
        if let Some(s) = &s {
            s.procs.values().for_each(|proc| {
                let proc = self.wrapped_proc(proc);
                kind.procs.push(proc);
            });
            for op in HANDLERS {
                let proc = self.wrapped_handlers(s, op);
                kind.procs.push(proc);
            }
        }
        for handler in &t.handlers {
            self.own_handler(handler, s.as_ref(), &at, &mut kind.handlers);
        }
        self.program.systems[self.new].members.kinds.push(kind);
    }

    /// Inputs and outputs: what is wrapped has its own; what replicates a machine has the machine's.
    fn faces(&self, t: &Kind, s: Option<&Kind>, kind: &mut Kind) {
        let takes = t.handlers.iter().any(|handler| {
            matches!(&handler.event, Event::Input(pattern) if pattern.ty == Ty::Subject(SubjectTy::Input))
        });
        let machine = || self.s.members.kinds.values().next().filter(|_| self.t.machine);
        if let Some(of) = s.or_else(|| machine().filter(|_| takes)) {
            kind.inputs.extend(&of.inputs);
        }
        if let Some(of) = s.or_else(machine) {
            kind.outputs.extend(&of.outputs);
        }
        let (inputs, outputs) = (self.s.members.inputs.len() as u32, self.s.members.outputs.len() as u32);
        kind.inputs.extend(t.inputs.iter().map(|at| at + inputs));
        kind.outputs.extend(t.outputs.iter().map(|at| at + outputs));
    }

    /// The wrapper's fields, then those of what it wraps.
    fn fields(&mut self, t: &Kind, s: Option<&Kind>, subject: Option<KindId>, kind: &mut Kind) {
        let mut add = |app: &mut Self, field: &Field, side: Side, at: &At, name: SmolStr| {
            let mut field = field.clone();
            field.name = name;
            field.ty = app.ty(side, &field.ty);
            app.code(side, at.clone(), &mut field.init);
            kind.fields.push(field);
        };
        for field in t.fields.values() {
            add(self, field, Side::Own, &At::Own(subject), field.name.clone());
        }
        for field in s.iter().flat_map(|s| s.fields.values()) {
            add(self, field, Side::Subject, &At::World, format_smolstr!("inner.{}", field.name));
        }
    }

    /// A handler of the transformer; `on timeout inner t` becomes one for each timer.
    fn own_handler(&mut self, handler: &Handler, s: Option<&Kind>, at: &At, into: &mut Vec<Handler>) {
        let mut new = handler.clone();
        if let Event::Timeout(None) = handler.event {
            let timers: Vec<u32> = s.map(|s| s.timers.clone()).unwrap_or_default();
            for timer in timers {
                into.push(self.inner_timeout(handler, timer, at));
            }
            return;
        }
        let next = new.code.locals.len();
        let only = self.only_subject_inputs(&mut new);
        let mut mapper =
            Mapper { app: self, side: Side::Own, at: at.clone(), shift: 0, next, added: Vec::new() };
        if let Event::Input(pattern) | Event::Message(pattern, _) = &mut new.event {
            visit::pattern(pattern, &mut mapper);
        }
        if let Some(guard) = &mut new.guard {
            visit::expr(guard, &mut mapper);
        }
        visit::code(&mut new.code, &mut mapper);
        let added = mapper.added;
        added.into_iter().for_each(|local| {
            new.code.locals.push(local);
        });
        if let Event::Message(_, Some(kind)) = &mut new.event {
            *kind = self.became(*kind).first().copied().unwrap_or(*kind);
        }
        if let Some(only) = only {
            new.guard = Some(match new.guard.take() {
                Some(guard) => both(only, guard),
                None => only,
            });
        }
        into.push(new);
    }

    /// `on input i` takes the subject's inputs alone: where the transformer has its own, a guard says so.
    fn only_subject_inputs(&self, handler: &mut Handler) -> Option<Expr> {
        let Event::Input(pattern) = &handler.event else { return None };
        if pattern.ty != Ty::Subject(SubjectTy::Input) || self.t.members.inputs.is_empty() {
            return None;
        }
        let span = pattern.span;
        let input = *handler.code.params.get(1)?;
        let alternatives = self
            .s
            .members
            .inputs
            .iter()
            .enumerate()
            .map(|(at, variant)| ctor(span, CtorRef::Input(at as u32), variant.fields.len(), Ty::Input))
            .collect();
        let either = Pattern { span, ty: Ty::Input, kind: PatternKind::Or(alternatives) };
        let input = Expr { span, ty: Ty::Input, kind: ExprKind::Local(input) };
        Some(Expr { span, ty: Ty::Bool, kind: ExprKind::Is(Box::new(input), either) })
    }

    fn inner_timeout(&mut self, handler: &Handler, timer: u32, at: &At) -> Handler {
        let mut new = handler.clone();
        let span = handler.span;
        self.code(Side::Own, at.clone(), &mut new.code);
        let ty = Ty::Data(self.types.timer, Vec::new());
        let value = Expr {
            span,
            ty: ty.clone(),
            kind: ExprKind::Make(CtorRef::Data(self.types.timer, timer), Vec::new()),
        };
        let params = std::mem::take(&mut new.code.params);
        let mut stmts: Vec<Stmt> = params
            .into_iter()
            .map(|param| Stmt { span, kind: StmtKind::Let(bind(span, param, ty.clone()), value.clone()) })
            .collect();
        stmts.push(Stmt { span, kind: StmtKind::Expr(new.code.body) });
        new.code.body = block(span, stmts);
        let own = self.timers[timer as usize];
        new.name = format_smolstr!(
            "on timeout {}",
            self.program.systems[self.new].members.timers[own as usize].name
        );
        new.event = Event::Timeout(Some(own));
        new
    }

    // ---- the subject's code ----

    fn sink(&self, proc: bool, next: usize) -> Sink {
        Sink {
            first_field: self.first_field(),
            first_proc: self.first_proc(),
            proc,
            sends: Some(LocalId::new(next)),
            outputs: LocalId::new(next + 1),
        }
    }

    /// The variables of [`Self::sink`].
    fn sink_locals(&self, span: Span, locals: &mut PrimaryMap<LocalId, Local>) {
        locals.push(variable("sends", span, self.sends_ty(), true));
        locals.push(variable("outputs", span, self.outputs_ty(), true));
    }

    /// The statements that empty a sink.
    pub(super) fn open_sink(&self, span: Span, sink: &Sink) -> Vec<Stmt> {
        let empty = |local: LocalId, ty: Ty| {
            let value = Expr { span, ty: ty.clone(), kind: ExprKind::List(Vec::new()) };
            Stmt { span, kind: StmtKind::Let(bind(span, local, ty), value) }
        };
        let sends = sink.sends.map(|sends| empty(sends, self.sends_ty()));
        sends.into_iter().chain([empty(sink.outputs, self.outputs_ty())]).collect()
    }

    /// A proc of a wrapped node: it answers with its result and what it did.
    fn wrapped_proc(&mut self, proc: &Proc) -> Proc {
        let mut code = proc.code.clone();
        let span = proc.span;
        let sink = self.sink(true, code.locals.len());
        self.sink_locals(span, &mut code.locals);
        let unit = Ty::Tuple(Vec::new());
        let value = proc.result.as_ref().map_or(unit, |ty| self.ty(Side::Subject, ty));
        let result = Ty::Tuple(vec![value, self.effects_ty()]);
        self.closed(&mut code, At::Wrapped(sink.clone()), &sink, proc.result.is_some());
        let runs = proc.runs.map(|(op, depth)| (op, depth + 1));
        Proc { name: format_smolstr!("inner.{}", proc.name), span, result: Some(result), runs, code }
    }

    /// Maps the code of a proc and lets it return what it did as well.
    pub(super) fn closed(&mut self, code: &mut Code, at: At, sink: &Sink, has_result: bool) {
        let span = code.body.span;
        let next = code.locals.len();
        let mut mapper = Mapper { app: self, side: Side::Subject, at, shift: 0, next, added: Vec::new() };
        visit::code(code, &mut mapper);
        let body = std::mem::replace(&mut code.body, block(span, Vec::new()));
        let mut stmts = Vec::new();
        let value = match has_result && !matches!(body.ty, Ty::Error) && value_of(&body) {
            true => Some(body),
            false => {
                stmts.push(Stmt { span, kind: StmtKind::Expr(body) });
                None
            }
        };
        let held = value.map(|value| {
            let ty = value.ty.clone();
            let local = mapper.fresh("value", span, ty.clone());
            stmts.push(Stmt { span, kind: StmtKind::Let(bind(span, local, ty.clone()), value) });
            Expr { span, ty, kind: ExprKind::Local(local) }
        });
        let ends = has_result && held.is_none();
        let result = mapper.result(span, held);
        let added = mapper.added;
        added.into_iter().for_each(|local| {
            code.locals.push(local);
        });
        let mut all = self.open_sink(span, sink);
        all.extend(stmts);
        let ty = result.ty.clone();
        let result = (!ends).then(|| Box::new(result));
        code.body = Expr { span, ty, kind: ExprKind::Block(all, result) };
    }

    /// All handlers of a class as one proc: the first that takes the event runs.
    fn wrapped_handlers(&mut self, kind: &Kind, op: InnerOp) -> Proc {
        let span = kind.span;
        let (name, params) = match op {
            InnerOp::Start => ("start", vec![]),
            InnerOp::Reboot => ("reboot", vec![]),
            InnerOp::Input => ("input", vec![("input", Ty::Input), ("caller", Ty::Caller)]),
            InnerOp::Message => {
                ("message", vec![("message", Ty::Data(self.types.message, Vec::new())), ("source", Ty::Node)])
            }
            _ => ("timeout", vec![("timer", Ty::Data(self.types.timer, Vec::new()))]),
        };
        let mut locals = PrimaryMap::new();
        let ids: Vec<LocalId> =
            params.into_iter().map(|(name, ty)| locals.push(variable(name, span, ty, false))).collect();
        let sink = self.sink(false, locals.len());
        self.sink_locals(span, &mut locals);
        let at = At::Wrapped(sink.clone());
        let mut stmts = self.open_sink(span, &sink);
        for handler in kind.handlers.iter().filter(|handler| class(&handler.event) == op) {
            let stmt = self.tried(handler, &ids, &at, &mut locals);
            stmts.push(stmt);
        }
        let next = locals.len();
        let mut end = Mapper { app: self, side: Side::Subject, at, shift: 0, next, added: Vec::new() };
        let result = end.result(span, None);
        let body = Expr { span, ty: result.ty.clone(), kind: ExprKind::Block(stmts, Some(Box::new(result))) };
        let result = Some(self.effects_ty());
        let code = Code { params: ids, locals, body };
        Proc { name: format_smolstr!("inner.{name}"), span, result, runs: Some((op, 1)), code }
    }

    /// `if it takes the event { body; return }`, over variables that join those of the function at hand.
    pub(super) fn tried(
        &mut self,
        handler: &Handler,
        params: &[LocalId],
        at: &At,
        locals: &mut PrimaryMap<LocalId, Local>,
    ) -> Stmt {
        let span = handler.span;
        let shift = locals.len();
        let mut handler = handler.clone();
        for local in handler.code.locals.values() {
            let mut local = local.clone();
            local.ty = self.ty(Side::Subject, &local.ty);
            locals.push(local);
        }
        let next = locals.len();
        let mut mapper =
            Mapper { app: self, side: Side::Subject, at: at.clone(), shift, next, added: Vec::new() };
        if let Event::Input(pattern) | Event::Message(pattern, _) = &mut handler.event {
            visit::pattern(pattern, &mut mapper);
        }
        if let Some(guard) = &mut handler.guard {
            visit::expr(guard, &mut mapper);
        }
        visit::expr(&mut handler.code.body, &mut mapper);
        let result = mapper.result(span, None);
        let added = std::mem::take(&mut mapper.added);
        added.into_iter().for_each(|local| {
            locals.push(local);
        });
        // An event's parameters are (who, what) in a handler, and (what, who) where it is called.
        let mut stmts = Vec::new();
        let given = params.iter().rev().copied();
        for (param, given) in handler.code.params.iter().zip(given) {
            let (local, ty) = (shifted(*param, shift), locals[given].ty.clone());
            let value = Expr { span, ty: ty.clone(), kind: ExprKind::Local(given) };
            stmts.push(Stmt { span, kind: StmtKind::Let(bind(span, local, ty), value) });
        }
        let done = vec![
            Stmt { span, kind: StmtKind::Expr(handler.code.body.clone()) },
            Stmt { span, kind: StmtKind::Return(Some(result)) },
        ];
        let body = block(span, done);
        let body = match self.takes(&handler, params) {
            Some(takes) => {
                let unit = Ty::Tuple(Vec::new());
                let kind = ExprKind::If(Condition::Expr(Box::new(takes)), Box::new(body), None);
                Expr { span, ty: unit, kind }
            }
            None => body,
        };
        stmts.push(Stmt { span, kind: StmtKind::Expr(body) });
        Stmt { span, kind: StmtKind::Expr(block(span, stmts)) }
    }

    /// Whether a handler takes the event: `None` where it takes any.
    fn takes(&self, handler: &Handler, params: &[LocalId]) -> Option<Expr> {
        let span = handler.span;
        let read = |local: LocalId, ty: Ty| Expr { span, ty, kind: ExprKind::Local(local) };
        let is = |value: Expr, pattern: Pattern| Expr {
            span,
            ty: Ty::Bool,
            kind: ExprKind::Is(Box::new(value), pattern),
        };
        let mut tests = Vec::new();
        match (&handler.event, params) {
            (Event::Input(pattern), [what, ..]) => {
                tests.push(is(read(*what, pattern.ty.clone()), pattern.clone()));
            }
            (Event::Message(pattern, kind), [what, who]) => {
                if let Some(kind) = kind.and_then(|kind| self.subject_kinds.get(&kind)) {
                    let who = Box::new(read(*who, Ty::Node));
                    tests.push(Expr { span, ty: Ty::Bool, kind: ExprKind::NodeIs(who, *kind) });
                }
                tests.push(is(read(*what, pattern.ty.clone()), pattern.clone()));
            }
            (Event::Timeout(Some(timer)), [what]) => {
                let ty = Ty::Data(self.types.timer, Vec::new());
                let timer = ctor(span, CtorRef::Data(self.types.timer, *timer), 0, ty.clone());
                tests.push(is(read(*what, ty), timer));
            }
            _ => {}
        }
        tests.extend(handler.guard.clone());
        tests.into_iter().reduce(both)
    }
}

fn class(event: &Event) -> InnerOp {
    match event {
        Event::Start => InnerOp::Start,
        Event::Input(_) => InnerOp::Input,
        Event::Message(..) => InnerOp::Message,
        Event::Timeout(_) => InnerOp::Timeout,
        Event::Reboot => InnerOp::Reboot,
    }
}

/// Whether a body ends in a value, rather than by `return` on every path.
fn value_of(body: &Expr) -> bool {
    match &body.kind {
        ExprKind::Block(_, value) => value.as_ref().is_some_and(|value| value_of(value)),
        _ => true,
    }
}

fn both(a: Expr, b: Expr) -> Expr {
    Expr { span: a.span, ty: Ty::Bool, kind: ExprKind::And(Box::new(a), Box::new(b)) }
}

/// A pattern that binds a variable.
pub(super) fn bind(span: Span, local: LocalId, ty: Ty) -> Pattern {
    Pattern { span, ty, kind: PatternKind::Bind(local) }
}

fn ctor(span: Span, ctor: CtorRef, fields: usize, ty: Ty) -> Pattern {
    let any = Pattern { span, ty: Ty::Error, kind: PatternKind::Wildcard };
    Pattern { span, ty, kind: PatternKind::Ctor(ctor, vec![any; fields]) }
}

/// `Some(pattern)`.
pub(super) fn some(app: &Elaboration<'_>, inner: Pattern, ty: Ty) -> Pattern {
    let option = app.program.builtin.option.unwrap_or_default();
    Pattern { span: inner.span, ty, kind: PatternKind::Ctor(CtorRef::Data(option, 1), vec![inner]) }
}

/// Statements without a value.
pub(super) fn block(span: Span, stmts: Vec<Stmt>) -> Expr {
    Expr { span, ty: Ty::Tuple(Vec::new()), kind: ExprKind::Block(stmts, None) }
}
