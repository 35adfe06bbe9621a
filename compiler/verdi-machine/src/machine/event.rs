use super::Machine;
use crate::env::NodeEnv;
use crate::{Effect, Engine, Event, Fault, NodeState, Ran, World};
use std::borrow::Cow;
use std::sync::Arc;
use verdi_core::{Durability, FuncId, Kind, Value};

/// The constructors of the program's event type.
const INPUT: u32 = 0;
const OUTPUT: u32 = 1;

/// What an event does at its node.
pub(crate) struct Reaction {
    /// The state after it, if it may differ from the one before.
    pub(crate) state: Option<NodeState>,
    /// What the handler did, in order.
    pub(crate) effects: Vec<Effect>,
    /// The handler that took the event, by its position in its kind.
    pub(crate) handler: Option<usize>,
}

/// What an effect is outside its node.
pub(crate) enum Outside {
    /// A packet, in flight from then on.
    Packet(Value),
    /// An event for the history.
    Event(Value),
}

impl<E: Engine> Machine<E> {
    /// Makes an event happen at a node: its handler runs, and what it does changes the world.
    pub(crate) fn happen(&self, world: &mut World, node: u32, event: Event) -> Result<Ran, Fault> {
        if let Some(input) = taken_in(node, &event) {
            self.remember(world, input);
        }
        let before = Arc::clone(&world.nodes[node as usize].value);
        let Reaction { state, effects, handler } = self.react(node, &event, &before)?;
        if let Some(state) = state {
            world.nodes[node as usize] = self.tables.interner.state(state);
        }
        for effect in &effects {
            match outside(node, effect) {
                Some(Outside::Packet(packet)) => self.put(world, packet),
                Some(Outside::Event(output)) => self.remember(world, output),
                None => {}
            }
        }
        Ok(Ran { node, event, handler, effects })
    }

    /// What an event does at a node in a state: what the event itself does, then what its handler does.
    pub(crate) fn react(&self, node: u32, event: &Event, before: &NodeState) -> Result<Reaction, Fault> {
        let kind = self.program().kind_of(node);
        let caller = if let Event::Input { caller, .. } = event { *caller } else { 0 };
        let state = self.on_event(kind, node, event, before);
        let (func, args) = handler(kind, event);
        let mut env = NodeEnv::new(node, caller, &state);
        let result = func.map(|func| self.engine().call(func, &args, &mut env)).transpose()?.flatten();
        let (written, effects) = env.finish();
        let state = match settle(state, written, &effects) {
            Cow::Owned(state) => Some(state),
            Cow::Borrowed(_) => None,
        };
        let handler = result.and_then(|position| usize::try_from(position.as_int()).ok());
        Ok(Reaction { state, effects, handler })
    }

    /// What the event itself does to the node, before any handler.
    fn on_event<'a>(
        &self,
        kind: &Kind,
        node: u32,
        event: &Event,
        state: &'a NodeState,
    ) -> Cow<'a, NodeState> {
        let fresh = &self.tables.fresh[node as usize];
        let mut state = Cow::Borrowed(state);
        match event {
            Event::Start | Event::Input { .. } | Event::Message { .. } => {}
            Event::Timeout(timer) => {
                if !self.program().timers[*timer as usize].every {
                    state.to_mut().disarm(*timer);
                }
            }
            Event::Crash => crash(kind, state.to_mut(), fresh),
            // A fresh node has just the `every` timers armed.
            Event::Reboot => fresh.armed.iter().for_each(|timer| state.to_mut().arm(*timer)),
        }
        state
    }

    /// Adds to the history, where it is kept.
    fn remember(&self, world: &mut World, event: Value) {
        if self.program().keeps_trace {
            self.tables.interner.trace(&mut world.trace, event);
        }
    }
}

/// What an event is for the history, if anything.
pub(crate) fn taken_in(node: u32, event: &Event) -> Option<Value> {
    if let Event::Input { caller, body } = event { Some(noted(INPUT, node, *caller, body)) } else { None }
}

/// What an effect is outside its node, if anything.
pub(crate) fn outside(node: u32, effect: &Effect) -> Option<Outside> {
    match effect {
        Effect::Send { to, body } => {
            let packet = vec![Value::Node(node), Value::Node(*to), body.clone()];
            Some(Outside::Packet(Value::data(0, packet)))
        }
        Effect::Output { to, body } => Some(Outside::Event(noted(OUTPUT, node, to.unwrap_or(0), body))),
        Effect::StartTimer(_) | Effect::StopTimer(_) => None,
    }
}

/// A value of the program's event type.
fn noted(tag: u32, node: u32, caller: u32, body: &Value) -> Value {
    Value::data(tag, vec![Value::Node(node), Value::Caller(caller), body.clone()])
}

/// The function that takes an event, and its arguments.
fn handler(kind: &Kind, event: &Event) -> (Option<FuncId>, Vec<Value>) {
    match event {
        Event::Start => (kind.on_start, Vec::new()),
        Event::Input { caller, body } => (kind.on_input, vec![Value::Caller(*caller), body.clone()]),
        Event::Message { src, body } => (kind.on_message, vec![Value::Node(*src), body.clone()]),
        Event::Timeout(timer) => (kind.on_timeout, vec![Value::unit(*timer)]),
        Event::Crash => (None, Vec::new()),
        Event::Reboot => (kind.on_reboot, Vec::new()),
    }
}

/// Volatile fields are as in a fresh node, and no timer is armed.
fn crash(kind: &Kind, state: &mut NodeState, fresh: &NodeState) {
    state.armed.clear();
    for (id, field) in &kind.fields {
        if field.durability == Durability::Volatile {
            state.fields[id.as_u32() as usize] = fresh.field(id).clone();
        }
    }
}

/// The state after a handler: owned if it may differ from the one before.
fn settle<'a>(
    mut state: Cow<'a, NodeState>,
    written: Option<Vec<Value>>,
    effects: &[Effect],
) -> Cow<'a, NodeState> {
    if let Some(fields) = written {
        state.to_mut().fields = fields;
    }
    for effect in effects {
        match effect {
            Effect::StartTimer(timer) => state.to_mut().arm(*timer),
            Effect::StopTimer(timer) => state.to_mut().disarm(*timer),
            Effect::Send { .. } | Effect::Output { .. } => {}
        }
    }
    state
}
