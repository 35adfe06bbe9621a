use smol_str::SmolStr;
use std::sync::Arc;
use verdi_core::{FaultKind, FieldId, FuncId, KindId, Program, Span, Value, VarId};

/// A computation that has no result: a verdict, never an error of the tool.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fault {
    /// Why.
    pub kind: FaultKind,
    /// The source that faulted.
    pub span: Span,
    /// The reason an `assert` gave, or the values at hand; may be empty.
    pub detail: SmolStr,
}

/// Runs Core functions. The interpreter is the definition; every other engine agrees with it on results
/// and faults.
pub trait Engine {
    /// The program whose functions it runs.
    fn program(&self) -> &Program;

    /// Runs a function on arguments of its parameters' types.
    ///
    /// # Errors
    /// The fault that ended it. Effects on `env` up to there have happened; the caller discards them.
    fn call(&self, func: FuncId, args: &[Value], env: &mut dyn Env) -> Result<Option<Value>, Fault>;

    /// An engine for another program: such as the machine that a specification speaks of.
    fn another(&self, program: &Arc<Program>) -> Box<dyn Engine + Send + Sync>;
}

impl Engine for Box<dyn Engine + Send + Sync> {
    fn program(&self) -> &Program {
        (**self).program()
    }

    fn call(&self, func: FuncId, args: &[Value], env: &mut dyn Env) -> Result<Option<Value>, Fault> {
        (**self).call(func, args, env)
    }

    fn another(&self, program: &Arc<Program>) -> Box<dyn Engine + Send + Sync> {
        (**self).another(program)
    }
}

/// What a function does to the world, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// A message was sent to a node.
    Send {
        /// Where to.
        to: u32,
        /// What.
        body: Value,
    },
    /// An output was given to a caller.
    Output {
        /// Who to; see `StmtKind::Output`. What a step reports is always `Some`.
        to: Option<u32>,
        /// What.
        body: Value,
    },
    /// A timer was armed, by its position among the program's timers.
    StartTimer(u32),
    /// A timer was disarmed.
    StopTimer(u32),
}

/// What the ambient instructions of a function act on. A verified program never calls a method that its
/// function's context does not have, so the defaults are unreachable for it: they answer with nothing.
pub trait Env {
    /// Node: the node at hand.
    fn self_node(&self) -> u32 {
        0
    }
    /// Node: a field of the own state.
    fn field(&self, _field: FieldId) -> Value {
        Value::Bool(false)
    }
    /// Node: writes a field of the own state.
    fn store_field(&mut self, _field: FieldId, _value: Value) {}
    /// Node: sends, outputs, starts and stops timers.
    fn effect(&mut self, _effect: Effect) {}
    /// World: a field of a node of a kind.
    fn node_field(&self, _node: u32, _kind: KindId, _field: FieldId) -> Value {
        Value::Bool(false)
    }
    /// World: the armed timers of a node, as a list of the timer type.
    fn timers(&self, _node: u32) -> Value {
        Value::List(Vec::new().into())
    }
    /// World: the invocations that a node may be sent, as a list.
    fn inputs(&self, _node: u32) -> Value {
        Value::List(Vec::new().into())
    }
    /// World, Rule: a network's variable.
    fn var(&self, _var: VarId) -> Value {
        Value::Bool(false)
    }
    /// World, Rule: the packets in flight; see `Rvalue::Packets`.
    fn packets(&self) -> Value {
        Value::List(Vec::new().into())
    }
    /// World, Rule: each distinct packet once.
    fn distinct_packets(&self) -> Value {
        Value::List(Vec::new().into())
    }
    /// World, Rule: the first packet of each queue.
    fn heads(&self) -> Value {
        Value::List(Vec::new().into())
    }
    /// World: the history of client input and output.
    fn trace(&self) -> Value {
        Value::List(Vec::new().into())
    }
    /// Rule: writes a network's variable.
    fn store_var(&mut self, _var: VarId, _value: Value) {}
    /// Rule: puts a packet in flight.
    fn add_packet(&mut self, _packet: Value) {}
    /// Rule: takes one copy of a packet out of flight.
    fn remove_packet(&mut self, _packet: &Value) {}
    /// Rule: an invocation reaches a node.
    ///
    /// # Errors
    /// The fault of the handler that ran.
    fn fire_input(&mut self, _invocation: Value, _at: u32) -> Result<(), Fault> {
        Ok(())
    }
    /// Rule: a packet reaches its destination.
    ///
    /// # Errors
    /// The fault of the handler that ran.
    fn fire_deliver(&mut self, _packet: Value) -> Result<(), Fault> {
        Ok(())
    }
    /// Rule: a timer fires.
    ///
    /// # Errors
    /// The fault of the handler that ran.
    fn fire_timeout(&mut self, _timer: Value, _at: u32) -> Result<(), Fault> {
        Ok(())
    }
    /// Rule: a node crashes.
    ///
    /// # Errors
    /// The fault of an initial value.
    fn fire_crash(&mut self, _node: u32) -> Result<(), Fault> {
        Ok(())
    }
    /// Rule: a node reboots.
    ///
    /// # Errors
    /// The fault of the handler that ran.
    fn fire_reboot(&mut self, _node: u32) -> Result<(), Fault> {
        Ok(())
    }
    /// Whether it wants to be told of loops, and of every read as it happens: an engine need not do either otherwise.
    fn watches_loops(&self) -> bool {
        false
    }
    /// Told of each element that a loop takes, for reports on why a property failed. Of a loop that takes none,
    /// nothing is told.
    fn enter_loop(&mut self, _func: FuncId, _element: verdi_core::LocalId, _value: &Value) {}
    /// Told when a loop ends; `left` where it was left early.
    fn exit_loop(&mut self, _left: bool) {}
}
