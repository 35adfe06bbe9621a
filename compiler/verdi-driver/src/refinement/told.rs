//! What is told of a step that stands for nothing.

use super::STEPS_MAX;
use crate::trace::Ending;
use verdi_core::{Program, Value, show};
use verdi_explore::Run;
use verdi_hir::lower::Refinement;
use verdi_machine::{Change, Engine, Machine, Mismatch, Refining, World};

/// The most differences that are listed.
const CHANGES_MAX: usize = 12;

/// What does not match in the last step of a run.
pub(super) fn ending<E: Engine, S: Engine>(
    machine: &Machine<E>,
    theirs: &Machine<S>,
    refining: &Refining<'_, E, S>,
    run: &Run,
    refinement: &Refinement,
) -> Ending {
    let (of, network) = (&refinement.subject.name, &refinement.network);
    let headline = match run.choices.is_empty() {
        true => format!("the first world stands for none that {of} begins with"),
        false => {
            format!("the last step stands for no step of {of} under {network}, nor for {STEPS_MAX} of them")
        }
    };
    let mut details = Vec::new();
    if let Some(mismatch) = last(machine, refining, run) {
        details = told(theirs, &mismatch);
    }
    Ending { headline, details }
}

fn last<E: Engine, S: Engine>(
    machine: &Machine<E>,
    refining: &Refining<'_, E, S>,
    run: &Run,
) -> Option<Mismatch> {
    let mut world = machine.initial_step().1.ok()?;
    let Some((end, before)) = run.choices.split_last() else {
        return refining.mismatch(None, &world).ok();
    };
    for choice in before {
        world = machine.step(&world, choice).after.ok()?;
    }
    let after = machine.step(&world, end).after.ok()?;
    refining.mismatch(Some((&world, end)), &after).ok()
}

/// The lifted worlds before and after, as far as they differ, and what went in and out.
fn told<S: Engine>(theirs: &Machine<S>, mismatch: &Mismatch) -> Vec<String> {
    let program = theirs.program();
    let mut lines = Vec::new();
    match &mismatch.before {
        Some(before) => {
            let changes = theirs.diff(before, &mismatch.after);
            lines.push(match changes.is_empty() {
                true => "the lifted world stays as it is".into(),
                false => "the lifted world changes:".to_owned(),
            });
            let more = changes.len().saturating_sub(CHANGES_MAX);
            lines.extend(
                changes.iter().take(CHANGES_MAX).map(|change| format!("  {}", shown(program, change))),
            );
            lines.extend((more > 0).then(|| format!("  … and {more} more")));
        }
        None => lines.extend(whole(theirs, &mismatch.after)),
    }
    let events = mismatch.events.iter().map(|event| event_text(program, event));
    let events: Vec<String> = events.collect();
    lines.push(match events.is_empty() {
        true => "nothing goes in or out".into(),
        false => format!("in and out: {}", events.join(", ")),
    });
    lines
}

fn whole<S: Engine>(theirs: &Machine<S>, world: &World) -> Vec<String> {
    let program = theirs.program();
    let mut lines = vec!["it is lifted to:".to_owned()];
    for node in 0..world.node_count() {
        let kind = program.kind_of(node);
        let fields = kind.fields.iter().map(|(id, field)| {
            format!("{} = {}", field.name, show(program, field.ty, world.node(node).field(id)))
        });
        lines.push(format!("  {}: {}", program.node_name(node), fields.collect::<Vec<_>>().join(", ")));
    }
    lines.extend(world.packets().iter().map(|packet| format!("  {}", packet_text(program, packet))));
    lines
}

fn shown(program: &Program, change: &Change) -> String {
    match change {
        Change::Field { node, field, ty, from, to } => {
            let name = &program.kind_of(*node).fields[*field].name;
            let (from, to) = (show(program, *ty, from), show(program, *ty, to));
            format!("{}.{name}: {from} → {to}", program.node_name(*node))
        }
        Change::Armed { node, timer } => {
            format!("{} arms {}", program.node_name(*node), program.timers[*timer as usize].name)
        }
        Change::Disarmed { node, timer } => {
            format!("{} disarms {}", program.node_name(*node), program.timers[*timer as usize].name)
        }
        Change::Var { var, ty, from, to } => {
            let name = &program.network.vars[*var].name;
            format!("{name}: {} → {}", show(program, *ty, from), show(program, *ty, to))
        }
        Change::Sent { packet, copies } => format!("+{copies} {}", packet_text(program, packet)),
        Change::Gone { packet, copies } => format!("-{copies} {}", packet_text(program, packet)),
        Change::Happened(event) => event_text(program, event),
    }
}

fn packet_text(program: &Program, packet: &Value) -> String {
    let fields = packet.fields();
    let body = show(program, program.special.message, &fields[2]);
    let (from, to) = (fields[0].as_node(), fields[1].as_node());
    format!("{body} from {} to {}", program.node_name(from), program.node_name(to))
}

fn event_text(program: &Program, event: &Value) -> String {
    let fields = event.fields();
    let (word, ty) = match event.tag() {
        0 => ("input", program.special.input),
        _ => ("output", program.special.output),
    };
    format!("{word} {} at {}", show(program, ty, &fields[2]), program.node_name(fields[0].as_node()))
}
