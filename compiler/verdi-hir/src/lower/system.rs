//! Kinds of nodes: their state, and for each class of event one function that tries the handlers in order.

use super::Lower;
use super::body::Body;
use super::inputs::Inputs;
use super::types::Substitution;
use crate::hir::{self, Event, Expr};
use verdi_core::{
    self as core, Context, FuncId, Function, KindId, Op, Operand, Rvalue, Span, StmtKind, TyId, Value,
};

/// A class of events.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Start,
    Input,
    Message,
    Timeout,
    Reboot,
}

impl Class {
    fn of(event: &Event) -> Self {
        match event {
            Event::Start => Self::Start,
            Event::Input(_) => Self::Input,
            Event::Message(..) => Self::Message,
            Event::Timeout(_) => Self::Timeout,
            Event::Reboot => Self::Reboot,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Input => "input",
            Self::Message => "message",
            Self::Timeout => "timeout",
            Self::Reboot => "reboot",
        }
    }
}

impl<'a> Lower<'a> {
    /// Fills in all kinds.
    pub(super) fn system(&mut self, inputs: &mut Inputs) {
        for (id, kind) in self.members().kinds.iter() {
            self.fields(id, kind);
            self.core.kinds[id].handlers = kind
                .handlers
                .iter()
                .map(|handler| core::Handler { name: handler.name.clone(), span: handler.span })
                .collect();
            let start = self.dispatch(id, kind, Class::Start);
            let input = self.dispatch(id, kind, Class::Input);
            let message = self.dispatch(id, kind, Class::Message);
            let timeout = self.dispatch(id, kind, Class::Timeout);
            let reboot = self.dispatch(id, kind, Class::Reboot);
            let list = self.inputs_function(id, kind, inputs);
            let core = &mut self.core.kinds[id];
            (core.on_start, core.on_input, core.on_message) = (start, input, message);
            (core.on_timeout, core.on_reboot, core.inputs) = (timeout, reboot, list);
        }
    }

    fn fields(&mut self, id: KindId, kind: &'a hir::Kind) {
        for (_, field) in kind.fields.iter() {
            let ty = self.ty_with(&field.ty, &Substitution::default());
            let name = format!("{}.{}", kind.name, field.name);
            let init = self.add_function(&name, Context::Node(id), &field.init, Some(ty));
            let field = core::Field { name: field.name.clone(), ty, durability: field.durability, init };
            self.core.kinds[id].fields.push(field);
        }
    }

    fn inputs_function(&mut self, id: KindId, kind: &hir::Kind, inputs: &Inputs) -> FuncId {
        let list = self.invocations(id, inputs);
        let ty = self.core.consts[list].ty;
        let mut body = Body::new(self, Context::Pure);
        body.emit(kind.span, StmtKind::Return(Some(Operand::Const(list))));
        let function = body.finish(&format!("{}.inputs", kind.name), kind.span, Some(ty));
        self.core.functions.push(function)
    }

    /// The function that runs the first handler of a class that takes an event; none where there is none.
    fn dispatch(&mut self, id: KindId, kind: &'a hir::Kind, class: Class) -> Option<FuncId> {
        let handlers: Vec<_> =
            kind.handlers.iter().enumerate().filter(|(_, h)| Class::of(&h.event) == class).collect();
        if handlers.is_empty() {
            return None;
        }
        let special = self.core.special;
        let params: &[(&str, TyId)] = match class {
            Class::Start | Class::Reboot => &[],
            Class::Input => &[("caller", special.caller), ("input", special.input)],
            Class::Message => &[("source", special.node), ("message", special.message)],
            Class::Timeout => &[("timer", special.timer)],
        };
        let mut body = Body::new(self, Context::Node(id));
        let params: Vec<_> = params.iter().map(|(name, ty)| Operand::Local(body.param(name, *ty))).collect();
        for (position, handler) in handlers {
            body.handler(handler, position, &params);
        }
        let nobody = body.int(-1);
        body.emit(kind.span, StmtKind::Return(Some(nobody)));
        let function = body.finish(&format!("{}.{}", kind.name, class.name()), kind.span, Some(special.int));
        Some(self.core.functions.push(function))
    }

    /// A pure function (or one that reads the world) for these type arguments.
    pub(super) fn fn_instance(&mut self, id: hir::FnId, ty_args: Vec<TyId>) -> FuncId {
        if let Some(&known) = self.fns.get(&(id, ty_args.clone())) {
            return known;
        }
        let def = &self.hir.fns[id];
        let args: Substitution = def.type_params.iter().copied().zip(ty_args.iter().copied()).collect();
        let result = self.ty_with(&def.result, &args);
        let context = if def.reads_world { Context::World } else { Context::Pure };
        let function = self.function_with(&def.name, context, args, &def.code, Some(result));
        let func = self.core.functions.push(function);
        self.fns.insert((id, ty_args), func);
        func
    }

    fn proc_instance(&mut self, kind: KindId, id: hir::ProcId) -> FuncId {
        if let Some(&known) = self.procs.get(&(kind, id)) {
            return known;
        }
        let owner = &self.members().kinds[kind];
        let proc = &owner.procs[id];
        let result = proc.result.as_ref().map(|ty| self.ty_with(ty, &Substitution::default()));
        let name = format!("{}.{}", owner.name, proc.name);
        let function: Function = self.function(&name, Context::Node(kind), &proc.code, result);
        let func = self.core.functions.push(function);
        self.procs.insert((kind, id), func);
        func
    }
}

impl<'a> Body<'_, 'a> {
    fn handler(&mut self, handler: &'a hir::Handler, position: usize, params: &[Operand]) {
        let span = handler.span;
        self.enter(&handler.code);
        for (variable, value) in handler.code.params.iter().zip(params) {
            if let Operand::Local(local) = value {
                self.bind(*variable, *local);
            }
        }
        self.scope(span, |body, next| {
            match (&handler.event, params) {
                (Event::Input(pattern), [_, input]) => body.pattern(pattern, *input, Some(next)),
                (Event::Message(pattern, kind), [source, message]) => {
                    if let Some(kind) = kind {
                        let bool = body.lower.core.special.bool;
                        let is = body.assign(span, bool, Rvalue::NodeIs(*source, *kind));
                        body.leave_unless(span, is, next);
                    }
                    body.pattern(pattern, *message, Some(next));
                }
                (Event::Timeout(Some(timer)), [fired]) => body.timer_is(span, *fired, *timer, next),
                _ => {}
            }
            if let Some(guard) = &handler.guard {
                body.condition(guard, next);
            }
            body.returns = Some(body.int(position as i64));
            body.expr(&handler.code.body);
            if !body.ended() {
                body.emit(span, StmtKind::Return(body.returns));
            }
            body.returns = None;
        });
    }

    fn timer_is(&mut self, span: Span, fired: Operand, timer: u32, next: core::Label) {
        let wanted = self.constant(self.lower.core.special.timer, Value::Data(timer, Vec::new().into()));
        let same = self.test(span, Op::Eq, vec![fired, wanted]);
        self.leave_unless(span, same, next);
    }

    pub(super) fn call_proc(&mut self, expr: &'a Expr, id: hir::ProcId, args: &'a [Expr]) -> Operand {
        let Context::Node(kind) = self.context else { return self.unit() };
        let args = self.exprs(args);
        let func = self.lower.proc_instance(kind, id);
        match self.lower.core.functions[func].result {
            Some(ty) => self.assign(expr.span, ty, Rvalue::Call(func, args)),
            None => {
                self.emit(expr.span, StmtKind::Call(func, args));
                self.unit()
            }
        }
    }
}
