//! The interpreter, and what it lets wrapped nodes do.

use std::cell::RefCell;
use std::sync::Arc;
use verdi_core::{Context, FieldId, FuncId, Handled, KindId, Program, Value, Wrapped};
use verdi_interp::{Follow, Interp};
use verdi_machine::{Engine, Env, Fault};

/// An engine that remembers when handlers of the innermost system ran.
pub(super) struct Recorded {
    interp: Interp,
    wrapped: Wrapped,
    calls: RefCell<Vec<Call>>,
}

/// A handler of a wrapped node, or a step of a machine.
pub(super) struct Call {
    pub(super) func: FuncId,
    /// What made it run.
    pub(super) handled: Handled,
    /// Where.
    pub(super) node: u32,
    pub(super) args: Vec<Value>,
    /// What it returned; nothing where it faulted.
    pub(super) result: Option<Value>,
    /// The fields of the wrapped node, before and after.
    pub(super) fields: Vec<(FieldId, Value, Value)>,
}

impl Recorded {
    pub(super) fn new(program: &Program, wrapped: &Wrapped) -> Self {
        let interp = Interp::new(program.clone());
        Self { interp, wrapped: wrapped.clone(), calls: RefCell::default() }
    }

    /// What ran since the last time, in order.
    pub(super) fn take(&self) -> Vec<Call> {
        self.calls.take()
    }
}

impl Engine for Recorded {
    fn program(&self) -> &Program {
        self.interp.program()
    }

    fn call(&self, func: FuncId, args: &[Value], env: &mut dyn Env) -> Result<Option<Value>, Fault> {
        // What is asked of a world may run a machine as well, and nothing comes of it.
        let Context::Node(kind) = self.program().functions[func].context else {
            return self.interp.call(func, args, env);
        };
        let mut calls = Calls { engine: self, kind, open: Vec::new(), done: Vec::new() };
        let result = self.interp.call_followed(func, args, env, &mut calls);
        calls.done.append(&mut calls.open);
        self.calls.borrow_mut().append(&mut calls.done);
        result
    }

    fn another(&self, program: &Arc<Program>) -> Box<dyn Engine + Send + Sync> {
        self.interp.another(program)
    }
}

/// Notes the calls of one handler.
struct Calls<'a> {
    engine: &'a Recorded,
    kind: KindId,
    open: Vec<Call>,
    done: Vec<Call>,
}

impl Calls<'_> {
    fn is_noted(&self, func: FuncId) -> Option<Handled> {
        self.engine.wrapped.handlers.get(&func).copied()
    }
}

impl Follow for Calls<'_> {
    fn ran(&mut self, _func: FuncId, _stmt: u32) {}

    fn entered(&mut self, _func: FuncId, _stmt: u32) {}

    fn called(&mut self, func: FuncId, args: &[Value], env: &dyn Env) {
        let Some(handled) = self.is_noted(func) else { return };
        let all = self.engine.program().kinds[self.kind].fields.iter();
        let own = all.filter(|(_, field)| {
            handled != Handled::Apply && self.engine.wrapped.innermost(&field.name).is_some()
        });
        let fields = own.map(|(id, _)| (id, env.field(id), env.field(id))).collect();
        let (node, args) = (env.self_node(), args.to_vec());
        self.open.push(Call { func, handled, node, args, result: None, fields });
    }

    fn returned(&mut self, func: FuncId, value: Option<&Value>, env: &dyn Env) {
        if self.is_noted(func).is_none() {
            return;
        }
        if let Some(mut call) = self.open.pop() {
            call.result = value.cloned();
            call.fields.iter_mut().for_each(|(id, _, after)| *after = env.field(*id));
            self.done.push(call);
        }
    }
}
