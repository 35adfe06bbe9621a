//! What watches a run, told again from whole histories: monitors as folds; operations by trying every order of them.

use super::{Scene, World, first_world};
use std::sync::Arc;
use verdi_core::{FuncId, Program, PropertyId, Specification, WatcherKind};
use verdi_machine::{Engine, Env};
use verdi_runtime::Value;

/// What a monitor knows, or how it failed.
pub(super) type Watch = Result<Value, String>;

/// Tells monitors of what happened since the history was `before` long, and forgets the history where nothing needs it.
pub(super) fn settle(engine: &dyn Engine, world: &mut World, before: usize, is_step: bool) {
    let program = engine.program();
    let events: Vec<Value> = world.trace[before..].to_vec();
    for (at, watcher) in program.watchers.values().enumerate() {
        let WatcherKind::Monitor(monitor) = &watcher.kind else { continue };
        let mut known = world.watch[at].clone();
        let tell = |known: Watch, func: Option<FuncId>, event: Option<&Value>| {
            let Some(func) = func else { return known };
            let args: Vec<Value> = std::iter::once(known?).chain(event.cloned()).collect();
            let mut scene = Scene { engine, world: world.clone(), node: 0, caller: 0 };
            scene.value(func, &args).map_err(|fault| format!("{fault:?}"))
        };
        for event in &events {
            known = tell(known, monitor.on_event, Some(event));
        }
        if is_step {
            known = tell(known, monitor.on_step, None);
        }
        world.watch[at] = known;
    }
    if !program.keeps_trace && !program.limits_operations() {
        world.trace.clear();
    }
}

/// What monitors know before anything happened.
pub(super) fn first(engine: &dyn Engine, world: &World) -> Vec<Watch> {
    let mut scene = Scene { engine, world: world.clone(), node: 0, caller: 0 };
    let watchers = engine.program().watchers.values();
    watchers
        .map(|watcher| match &watcher.kind {
            WatcherKind::Monitor(monitor) => {
                scene.value(monitor.init, &[]).map_err(|fault| format!("{fault:?}"))
            }
            WatcherKind::Linearizable(_) => Ok(Value::Bool(true)),
        })
        .collect()
}

/// Whether what a property's watcher looks for has not happened; `true` where it has none.
pub(super) fn holds(engine: &dyn Engine, world: &World, property: PropertyId) -> bool {
    let program = engine.program();
    let Some(id) = program.watcher_of(property) else { return true };
    match &program.watchers[id].kind {
        WatcherKind::Monitor(_) => world.watch[id.as_u32() as usize].is_ok(),
        WatcherKind::Linearizable(specification) => is_linearizable(engine, specification, &world.trace),
    }
}

/// The invocations of a list but for operations of callers that have one open.
pub(super) fn allowed(program: &Program, inputs: Value, history: &[Value]) -> Value {
    let Some(specification) = program.watchers.values().find_map(|watcher| watcher.specification()) else {
        return inputs;
    };
    let all = operations(specification, history);
    let is_open =
        |caller: u32| all.iter().any(|operation| operation.caller == caller && operation.answer.is_none());
    let allowed = inputs.as_list().iter().filter(|invocation| {
        let [caller, body] = [0, 1].map(|field| &invocation.fields()[field]);
        specification.inputs[body.tag() as usize].is_none() || !is_open(caller.as_caller())
    });
    Value::list(allowed.cloned().collect())
}

struct Operation {
    caller: u32,
    input: Value,
    /// Positions in the history.
    asked: usize,
    answer: Option<(usize, Value)>,
}

fn operations(specification: &Specification, history: &[Value]) -> Vec<Operation> {
    let mut found: Vec<Operation> = Vec::new();
    for (at, event) in history.iter().enumerate() {
        let (caller, body) = (event.fields()[1].as_caller(), &event.fields()[2]);
        let of = |tags: &[Option<u32>]| {
            tags[body.tag() as usize].map(|tag| Value::data(tag, body.fields().to_vec()))
        };
        if event.tag() == 0 {
            let input = of(&specification.inputs);
            found.extend(input.map(|input| Operation { caller, input, asked: at, answer: None }));
        } else if let Some(answer) = of(&specification.outputs) {
            let open = found.iter_mut().find(|known| known.caller == caller && known.answer.is_none());
            if let Some(open) = open {
                open.answer = Some((at, answer));
            }
        }
    }
    found
}

/// Whether some order of the operations, of those without an answer any that one likes, explains all answers.
fn is_linearizable(engine: &dyn Engine, specification: &Specification, history: &[Value]) -> bool {
    let mut machine = Program::clone(&specification.machine);
    machine.keeps_trace = true;
    let machine = engine.another(&Arc::new(machine));
    let all = operations(specification, history);
    let first = first_world(&*machine).expect("the machine has a first world");
    explained(&*machine, &first, &all, &mut vec![false; all.len()])
}

fn explained(machine: &dyn Engine, world: &World, all: &[Operation], done: &mut Vec<bool>) -> bool {
    if all.iter().zip(&*done).all(|(operation, done)| *done || operation.answer.is_none()) {
        return true;
    }
    for at in 0..all.len() {
        let operation = &all[at];
        // What was answered before this was asked comes first.
        let early = |(other, done): (&Operation, &bool)| {
            !done && other.answer.as_ref().is_some_and(|(answered, _)| *answered < operation.asked)
        };
        if done[at] || all.iter().zip(&*done).any(early) {
            continue;
        }
        let mut scene = Scene { engine: machine, world: world.clone(), node: 0, caller: 0 };
        let invocation = Value::data(0, vec![Value::Caller(operation.caller), operation.input.clone()]);
        scene.fire_input(invocation, 0).expect("the machine does not fault");
        let to_caller =
            |event: &&Value| event.tag() == 1 && event.fields()[1].as_caller() == operation.caller;
        let told = scene.world.trace[world.trace.len()..].iter().find(to_caller);
        let told = told.map(|event| &event.fields()[2]);
        if operation.answer.as_ref().is_some_and(|(_, answer)| Some(answer) != told) {
            continue;
        }
        done[at] = true;
        let found = explained(machine, &scene.world, all, done);
        done[at] = false;
        if found {
            return true;
        }
    }
    false
}
