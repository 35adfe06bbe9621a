//! Whether clients' operations look as if they were done one after the other (Herlihy and Wing, "Linearizability: a
//! correctness condition for concurrent objects", 1990), told an event at a time.
//!
//! What is known is a set of configurations: a state that the machine may be in, and of each operation that is open
//! whether it took effect, and with which answer. A configuration lets open operations take effect only when an answer
//! asks for it (Lowe, "Testing for linearizability", 2017): when caller `c` is answered, it is followed through all orders
//! of open operations that end with `c`'s own, and kept where that gives the answer. Those that need not have taken
//! effect by then are still free to do so later, or never. Where none is left, no order explains the answer.

use super::Watch;
use crate::{Effect, Engine, Event, Fault, Machine, Model, NodeState};
use smol_str::format_smolstr;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use verdi_core::{FaultKind, Specification, Value};

/// The constructor of the program's event type that an input is.
const INPUT: u32 = 0;

/// What may have become of an open operation, as constructors.
const WAITS: u32 = 0;
const ANSWERED: u32 = 1;
const UNANSWERED: u32 = 2;

/// A specification, with the machine that it speaks of.
pub(crate) struct Order {
    specification: Specification,
    machine: Machine<Box<dyn Engine + Send + Sync>>,
}

/// A state that the machine may be in, and the open operations by their callers.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Config {
    state: Vec<Value>,
    open: BTreeMap<u32, Value>,
}

impl Config {
    fn of(value: &Value) -> Self {
        let [state, open] = [0, 1].map(|field| &value.fields()[field]);
        let open = open.as_map().iter().map(|(caller, operation)| (caller.as_caller(), operation.clone()));
        Self { state: state.fields().to_vec(), open: open.collect() }
    }

    fn value(self) -> Value {
        let open = self.open.into_iter().map(|(caller, operation)| (Value::Caller(caller), operation));
        Value::data(0, vec![Value::data(0, self.state), Value::map(open.collect())])
    }
}

/// The callers that have an operation open: in every configuration the same.
pub(super) fn open(known: &Value) -> BTreeSet<u32> {
    let first = known.as_set().first();
    first.map(|config| Config::of(config).open.into_keys().collect()).unwrap_or_default()
}

impl fmt::Debug for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Order").field("specification", &self.specification).finish_non_exhaustive()
    }
}

impl Order {
    pub(super) fn new(engine: &impl Engine, specification: &Specification) -> Self {
        let machine = Machine::new(engine.another(&specification.machine));
        Self { specification: specification.clone(), machine }
    }

    /// What is known before anything happened.
    pub(super) fn first(&self) -> Watch {
        let state = self.machine.initial()?.node(0).fields.clone();
        Ok(Value::set(vec![Config { state, open: BTreeMap::new() }.value()]))
    }

    /// Whose operation an invocation is, if it is one.
    pub(super) fn operation_of(&self, invocation: &Value) -> Option<u32> {
        let [caller, body] = [0, 1].map(|field| &invocation.fields()[field]);
        self.specification.inputs[body.tag() as usize].map(|_| caller.as_caller())
    }

    /// What is known after an event.
    pub(super) fn next(&self, known: &Value, event: &Value) -> Watch {
        let [caller, body] = [1, 2].map(|field| &event.fields()[field]);
        let caller = caller.as_caller();
        let Specification { inputs, outputs, .. } = &self.specification;
        let is_input = event.tag() == INPUT;
        let Some(tag) = (if is_input { inputs } else { outputs })[body.tag() as usize] else {
            return Ok(known.clone());
        };
        let body = Value::Data(tag, body.fields().into());
        let configs = known.as_set().iter().map(Config::of);
        if is_input {
            let opened = configs.map(|mut config| {
                config.open.entry(caller).or_insert_with(|| Value::data(WAITS, vec![body.clone()]));
                config.value()
            });
            return Ok(Value::set(opened.collect()));
        }
        // What answers nothing is no answer.
        if !open(known).contains(&caller) {
            return Ok(known.clone());
        }
        let mut kept = BTreeSet::new();
        for config in configs {
            self.answered(config, caller, &body, &mut kept)?;
        }
        if kept.is_empty() {
            let detail =
                format_smolstr!("no order of the operations explains what caller {caller} is answered");
            return Err(Fault { kind: FaultKind::Assert, span: Default::default(), detail });
        }
        Ok(Value::set(kept.into_iter().map(Config::value).collect()))
    }

    /// Adds what a configuration may be once a caller was answered so.
    fn answered(
        &self,
        config: Config,
        caller: u32,
        answer: &Value,
        kept: &mut BTreeSet<Config>,
    ) -> Result<(), Fault> {
        let wanted = Value::data(ANSWERED, vec![answer.clone()]);
        let mut met = BTreeSet::from([config.clone()]);
        let mut waiting = vec![config];
        while let Some(mut config) = waiting.pop() {
            match config.open.get(&caller) {
                Some(operation) if operation.tag() != WAITS => {
                    if *operation == wanted {
                        config.open.remove(&caller);
                        kept.insert(config);
                    }
                    continue;
                }
                _ => {}
            }
            let waits = config.open.iter().filter(|(_, operation)| operation.tag() == WAITS);
            for (other, operation) in waits {
                let next = self.effect(&config, *other, &operation.fields()[0])?;
                if met.insert(next.clone()) {
                    waiting.push(next);
                }
            }
        }
        Ok(())
    }

    /// A configuration after an operation of a caller took effect.
    fn effect(&self, config: &Config, caller: u32, input: &Value) -> Result<Config, Fault> {
        let before = NodeState::new(config.state.clone(), Vec::new());
        let event = Event::Input { caller, body: input.clone() };
        let reaction = self.machine.react(0, &event, &before)?;
        let answer = reaction.effects.into_iter().find_map(|effect| match effect {
            Effect::Output { to: Some(to), body } if to == caller => Some(body),
            _ => None,
        });
        let mut next = config.clone();
        next.state = reaction.state.map_or(before.fields, |state| state.fields);
        let done = answer.map_or(Value::unit(UNANSWERED), |answer| Value::data(ANSWERED, vec![answer]));
        next.open.insert(caller, done);
        Ok(next)
    }
}
