//! Why the last world of a run is what was found: which part of a property failed, what its quantifiers
//! had drawn, and what it read.

mod watched;

use crate::trace::{Ending, Layer, Trace, fault_text, trace_of};
use verdi_core::{Program, PropertyId, PropertyKind, Ty, show};
use verdi_diagnostics::Files;
use verdi_explore::{Faulted, Run};
use verdi_machine::{Engine, Explanation, Machine, Source, World};

/// The most values that are listed.
const READS_MAX: usize = 12;

/// The trace of a run that was found for a property, with what is to be said of its end.
pub(crate) fn trace_for<E: Engine>(
    machine: &Machine<E>,
    files: &Files,
    property: PropertyId,
    run: &Run,
    layer: Layer,
) -> Trace {
    let mut trace = trace_of(machine, &run.choices, layer);
    trace.ending = match &run.fault {
        Some((fault, what)) => {
            let mut ending = fault_ending(machine.program(), *what, &fault_text(fault));
            ending.details.push(place(files, fault.span));
            ending
        }
        None => last_ending(machine, files, property, run).unwrap_or_default(),
    };
    trace
}

/// What is to be said of the last world of a run.
fn last_ending<E: Engine>(
    machine: &Machine<E>,
    files: &Files,
    property: PropertyId,
    run: &Run,
) -> Option<Ending> {
    let (started, first) = machine.initial_step();
    let (mut steps, mut before, mut world) = (vec![started], None, first.ok()?);
    for choice in &run.choices {
        let step = machine.step(&world, choice);
        steps.push(step.ran);
        before = Some(std::mem::replace(&mut world, step.after.ok()?));
    }
    let mut ending = ending(machine, files, property, &world);
    ending.details.extend(watched::operations(machine, property, &steps, before.as_ref()));
    Some(ending)
}

fn fault_ending(program: &Program, what: Faulted, fault: &str) -> Ending {
    let where_ = match what {
        Faulted::Step => "the last step faults".to_owned(),
        Faulted::Rule(rule) => format!("the rule {} faults here", program.network.rules[rule].name),
        Faulted::Property(property) => format!("{} faults here", program.properties[property].name),
        Faulted::Constraint => "the constraint faults here".to_owned(),
    };
    Ending { headline: format!("{where_}: {fault}"), details: Vec::new() }
}

/// What is to be said of a world about a property.
pub(crate) fn ending<E: Engine>(
    machine: &Machine<E>,
    files: &Files,
    property: PropertyId,
    world: &World,
) -> Ending {
    let program = machine.program();
    let info = &program.properties[property];
    let name = &info.name;
    match info.kind {
        PropertyKind::Reach => Ending { headline: format!("{name} is reached"), details: Vec::new() },
        PropertyKind::NoDeadlock => {
            Ending { headline: "deadlock: no rule is enabled here".into(), details: Vec::new() }
        }
        PropertyKind::NoFault | PropertyKind::LeadsTo | PropertyKind::Eventually => Ending::default(),
        PropertyKind::Invariant => match machine.explain(property, world) {
            Some(explanation) => explained(machine, files, name, info.parts.len(), &explanation),
            None => watched::failed(machine, files, property, world)
                .unwrap_or_else(|| Ending { headline: format!("{name} fails"), details: Vec::new() }),
        },
    }
}

fn explained<E: Engine>(
    machine: &Machine<E>,
    files: &Files,
    name: &str,
    parts: usize,
    explanation: &Explanation,
) -> Ending {
    let program = machine.program();
    let mut details = Vec::new();
    let source = one_line(files.slice(explanation.span));
    if parts > 1 && !source.is_empty() {
        details.push(format!("in the part: {source}"));
    }
    let bindings: Vec<String> = explanation
        .bindings
        .iter()
        .filter(|binding| !binding.name.is_empty())
        .map(|binding| format!("{} = {}", binding.name, show(program, binding.ty, &binding.value)))
        .collect();
    if !bindings.is_empty() {
        details.push(format!("for {}", bindings.join(", ")));
    }
    let reads: Vec<String> = explanation
        .reads
        .iter()
        .take(READS_MAX)
        .map(|read| format!("{} = {}", source_name(program, read.source), read_value(machine, read)))
        .collect();
    if !reads.is_empty() {
        let more = explanation.reads.len().saturating_sub(READS_MAX);
        let more = if more > 0 { format!(", and {more} more") } else { String::new() };
        details.push(format!("it read {}{more}", reads.join(", ")));
    }
    if let Some(fault) = &explanation.fault {
        details.push(format!("its evaluation faults: {}", fault_text(fault)));
    }
    details.push(place(files, explanation.span));
    Ending { headline: format!("{name} fails"), details }
}

fn source_name(program: &Program, source: Source) -> String {
    match source {
        Source::Field(node, kind, field) => {
            format!("{}.{}", program.node_name(node), program.kinds[kind].fields[field].name)
        }
        Source::Timers(node) => format!("timers({})", program.node_name(node)),
        Source::Var(var) => program.network.vars[var].name.to_string(),
        Source::Packets => "packets".into(),
        Source::Trace => "trace".into(),
    }
}

fn read_value<E: Engine>(machine: &Machine<E>, read: &verdi_machine::Read) -> String {
    let program = machine.program();
    if let Some(ty) = machine.source_ty(read.source) {
        return show(program, ty, &read.value);
    }
    let Some(item) = machine.source_item_ty(read.source) else { return String::new() };
    debug_assert!(!matches!(program.types.get(item), Ty::List(_)), "the items' type, not the list's");
    let items: Vec<String> = read.value.as_list().iter().map(|value| show(program, item, value)).collect();
    format!("[{}]", items.join(", "))
}

/// `at file:line`, for what was written by the user.
pub(crate) fn place(files: &Files, span: verdi_core::Span) -> String {
    let (line, column) = files.position(span.file, span.start);
    format!("at {}:{line}:{column}", files.name(span.file))
}

/// Source text on one line.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
