//! How a watcher failed: a monitor by its assertion, operations by what each client asked and was answered when.

use super::place;
use crate::trace::{Ending, fault_text};
use std::collections::BTreeMap;
use verdi_core::{PropertyId, Specification, Value, show};
use verdi_diagnostics::Files;
use verdi_machine::{Effect, Engine, Event, Machine, Ran, World};

/// What is to be said where the watcher that a property asks about has failed.
pub(super) fn failed<E: Engine>(
    machine: &Machine<E>,
    files: &Files,
    property: PropertyId,
    world: &World,
) -> Option<Ending> {
    let fault = machine.failure(world, property)?;
    let program = machine.program();
    let watcher = &program.watchers[program.watcher_of(property)?];
    let name = &program.properties[property].name;
    let what = match (&watcher.specification(), fault.detail.is_empty()) {
        (Some(_), false) => fault.detail.to_string(),
        _ => fault_text(&fault),
    };
    let span = if watcher.specification().is_some() { watcher.span } else { fault.span };
    Some(Ending { headline: format!("{name} fails: {what}"), details: vec![place(files, span)] })
}

/// An operation, by the numbers of the steps in which it was asked and answered.
struct Operation {
    caller: u32,
    asked: String,
    from: usize,
    answer: Option<(String, usize)>,
}

/// The operations of a run, a line for each, and what the machine may have known before the last answer; nothing
/// for properties of other sorts. `steps`: the first world's start handlers, then what each step set going.
pub(super) fn operations<E: Engine>(
    machine: &Machine<E>,
    property: PropertyId,
    steps: &[Vec<Ran>],
    before: Option<&World>,
) -> Vec<String> {
    let program = machine.program();
    let Some(id) = program.watcher_of(property) else { return Vec::new() };
    let Some(specification) = program.watchers[id].specification() else { return Vec::new() };
    let mut told = Told { machine, specification, done: Vec::new(), open: BTreeMap::new() };
    for (number, step) in steps.iter().enumerate() {
        step.iter().for_each(|ran| told.ran(number, ran));
    }
    let mut lines: Vec<String> = told.done.iter().map(line).collect();
    if let Some(Ok(known)) = before.map(|world| machine.watched(world, id)) {
        lines.push(format!("until then the machine was in {}", states(specification, &known)));
    }
    lines
}

fn line(operation: &Operation) -> String {
    let Operation { caller, asked, from, answer } = operation;
    match answer {
        Some((answer, to)) if from == to => format!("caller {caller}, step {to}: {asked}, answered {answer}"),
        Some((answer, to)) => format!("caller {caller}, steps {from} to {to}: {asked}, answered {answer}"),
        None => format!("caller {caller}, from step {from}: {asked}, not answered"),
    }
}

/// The states that a machine may be in, without repetition.
fn states(specification: &Specification, known: &Value) -> String {
    let program = &specification.machine;
    let fields = program.kinds.values().next().map(|kind| &kind.fields);
    let mut texts: Vec<String> = Vec::new();
    for config in known.as_set().iter() {
        let state = config.fields()[0].fields();
        let parts = fields.into_iter().flat_map(|fields| fields.values()).zip(state);
        let parts: Vec<String> = parts
            .map(|(field, value)| format!("{} = {}", field.name, show(program, field.ty, value)))
            .collect();
        let text = parts.join(", ");
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts.join(", or ")
}

struct Told<'a, E> {
    machine: &'a Machine<E>,
    specification: &'a Specification,
    /// In the order in which they were asked.
    done: Vec<Operation>,
    /// The operation that each caller has open, by its position.
    open: BTreeMap<u32, usize>,
}

impl<E: Engine> Told<'_, E> {
    fn ran(&mut self, number: usize, ran: &Ran) {
        let program = self.machine.program();
        if let Event::Input { caller, body } = &ran.event
            && self.specification.inputs[body.tag() as usize].is_some()
        {
            let asked = show(program, program.special.input, body);
            let asked = format!("{asked} at {}", program.node_name(ran.node));
            self.open.entry(*caller).or_insert(self.done.len());
            self.done.push(Operation { caller: *caller, asked, from: number, answer: None });
        }
        for effect in &ran.effects {
            if let Effect::Output { to, body } = effect
                && self.specification.outputs[body.tag() as usize].is_some()
                && let Some(at) = self.open.remove(&to.unwrap_or(0))
            {
                self.done[at].answer = Some((show(program, program.special.output, body), number));
            }
        }
    }
}
