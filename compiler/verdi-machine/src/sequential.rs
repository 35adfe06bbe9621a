//! Machines as functions: what a system of one node does on inputs that come one after the other.
//!
//! This is the sequential specification that histories of concurrent operations are held against. States and operations
//! are small ids, and an answer is computed once for each pair of them. Ids depend on the order in which things are
//! met, so nothing but keys may be made of them.

use crate::{Effect, Engine, Event, Fault, Machine, NodeState};
use indexmap::IndexSet;
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use verdi_core::reduce::tells_callers_apart;
use verdi_core::{FaultKind, FuncId, Program, Value};

/// A state of a machine: equal states, equal ids.
pub type StateId = u32;

/// An input and, where the machine tells callers apart, who gives it: equal operations, equal ids.
pub type OperationId = u32;

/// What an operation does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The state after it.
    pub state: StateId,
    /// The outputs to its caller, in order: values of the program's output type.
    pub outputs: Arc<[Value]>,
}

/// A machine as a function. The program is one that `verdi_hir::lower::lower_machine` gives: of one node, which sends
/// nothing and has no timers.
#[derive(Debug)]
pub struct Sequential<E> {
    machine: Machine<E>,
    first: StateId,
    tells_callers_apart: bool,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    states: IndexSet<Arc<NodeState>>,
    operations: IndexSet<(u32, Value)>,
    applied: FxHashMap<(StateId, OperationId), Result<Applied, Fault>>,
}

impl Known {
    fn state(&mut self, state: Arc<NodeState>) -> StateId {
        self.states.insert_full(state).0 as StateId
    }
}

impl<E: Engine> Sequential<E> {
    /// The machine of the engine's program.
    ///
    /// # Errors
    /// The fault of an initial value or of the start handler.
    pub fn new(engine: E) -> Result<Self, Fault> {
        let machine = Machine::new(engine);
        let world = machine.initial_step().1?;
        let mut known = Known::default();
        let first = known.state(Arc::new(world.node(0).clone()));
        let tells_callers_apart = tells_callers_apart(machine.program());
        Ok(Self { machine, first, tells_callers_apart, known: Mutex::new(known) })
    }

    /// The program that it means.
    pub fn program(&self) -> &Program {
        self.machine.program()
    }

    /// The state before any operation.
    pub fn first(&self) -> StateId {
        self.first
    }

    /// What the node knows in a state.
    pub fn state(&self, id: StateId) -> Arc<NodeState> {
        Arc::clone(&self.known().states[id as usize])
    }

    /// The operation that an input from a caller is. Callers that make no difference are left out of it.
    pub fn operation(&self, caller: u32, input: Value) -> OperationId {
        let caller = if self.tells_callers_apart { caller } else { 0 };
        self.known().operations.insert_full((caller, input)).0 as OperationId
    }

    /// What an operation does in a state.
    ///
    /// # Errors
    /// The fault of the handler; an output to another caller than the operation's is one, as it would be
    /// the answer to an operation that is over, or to none.
    pub fn apply(&self, state: StateId, operation: OperationId) -> Result<Applied, Fault> {
        let (before, (caller, input)) = {
            let known = self.known();
            if let Some(applied) = known.applied.get(&(state, operation)) {
                return applied.clone();
            }
            (Arc::clone(&known.states[state as usize]), known.operations[operation as usize].clone())
        };
        let applied = self.compute(state, &before, caller, input);
        self.known().applied.insert((state, operation), applied.clone());
        applied
    }

    fn compute(&self, id: StateId, before: &NodeState, caller: u32, body: Value) -> Result<Applied, Fault> {
        let event = Event::Input { caller, body };
        let reaction = self.machine.react(0, &event, before)?;
        let mut outputs = Vec::new();
        for effect in reaction.effects {
            match effect {
                Effect::Output { to: Some(to), body } if to == caller => outputs.push(body),
                Effect::Output { to, .. } => return Err(self.answers_another(caller, to.unwrap_or(0))),
                Effect::Send { .. } | Effect::StartTimer(_) | Effect::StopTimer(_) => {}
            }
        }
        let state = match reaction.state {
            Some(state) => self.known().state(Arc::new(state)),
            None => id,
        };
        Ok(Applied { state, outputs: outputs.into() })
    }

    fn answers_another(&self, caller: u32, to: u32) -> Fault {
        let handlers = self.program().kind_of(0).on_input;
        let span = handlers.map(|func: FuncId| self.program().functions[func].span).unwrap_or_default();
        let detail = smol_str::format_smolstr!("an input of caller {caller} is answered to caller {to}");
        Fault { kind: FaultKind::Assert, span, detail }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // The tables are never left half changed.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
