//! What people are told: differences, explanations, refusals.

use crate::support::{self, invocation, lock::*, machine, network::network, packet, take};
use verdi_core::*;
use verdi_interp::Interp;
use verdi_machine::{Change, Choice, Machine, Model, Moved, Refusal, Source, World};

fn busy(clients: u32) -> Machine<Interp> {
    let mut sketch = lock_server(clients, None);
    network(&mut sketch, PacketStore::Bag, &["input", "deliver", "duplicate"]);
    machine(sketch.program)
}

fn lock(client: u32) -> Value {
    packet(client, SERVER, Value::unit(LOCK))
}

fn locked(client: u32) -> Value {
    packet(SERVER, client, Value::unit(LOCKED))
}

fn input(client: u32, input: u32) -> [Value; 2] {
    [Value::Node(client), invocation(Value::unit(input))]
}

/// Both clients hold the lock: a `Locked` was duplicated.
fn broken(machine: &Machine<Interp>) -> Vec<Choice> {
    let unlock = packet(1, SERVER, Value::unit(UNLOCK));
    vec![
        support::choice(machine, "input", &input(1, ACQUIRE)),
        support::choice(machine, "deliver", &[lock(1)]),
        support::choice(machine, "duplicate", &[locked(1)]),
        support::choice(machine, "deliver", &[locked(1)]),
        support::choice(machine, "input", &input(1, RELEASE)),
        support::choice(machine, "deliver", &[unlock]),
        support::choice(machine, "input", &input(2, ACQUIRE)),
        support::choice(machine, "deliver", &[lock(2)]),
        support::choice(machine, "deliver", &[locked(2)]),
        support::choice(machine, "deliver", &[locked(1)]),
    ]
}

fn last(machine: &Machine<Interp>, run: &[Choice]) -> World {
    let steps = machine.replay(run).expect("the run can be taken");
    steps.last().expect("a step").after.clone().expect("a world")
}

#[test]
fn a_failed_property_is_explained_by_what_was_drawn_and_read() {
    let machine = busy(2);
    let property = PropertyId::from_u32(0);
    let first = machine.initial().expect("a first world");
    assert!(machine.explain(property, &first).is_none());
    let world = last(&machine, &broken(&machine));
    assert_eq!(machine.holds(property, &world), Ok(false));
    let why = machine.explain(property, &world).expect("it fails");
    let drawn: Vec<_> = why.bindings.iter().map(|b| (b.name.as_str(), b.value.clone())).collect();
    assert_eq!(drawn, [("a", Value::Node(1)), ("b", Value::Node(2))]);
    let held = |node| Source::Field(node, KindId::from_u32(1), FieldId::from_u32(0));
    let read: Vec<_> = why.reads.iter().map(|read| (read.source, read.value.clone())).collect();
    assert_eq!(read, [(held(1), Value::Bool(true)), (held(2), Value::Bool(true))]);
    assert_eq!(machine.source_ty(held(1)), Some(machine.program().special.bool));
    assert!(why.part == 0 && why.fault.is_none());
}

#[test]
fn differences_are_named() {
    let machine = busy(2);
    let first = machine.initial().expect("a first world");
    let asked = take(&machine, &first, "input", &input(1, ACQUIRE));
    assert_eq!(machine.diff(&first, &asked), [Change::Sent { packet: lock(1), copies: 1 }]);
    let granted = take(&machine, &asked, "deliver", &[lock(1)]);
    let nodes = machine.program().kinds[KindId::from_u32(0)].fields[FieldId::from_u32(0)].ty;
    let queue = Change::Field {
        node: SERVER,
        field: FieldId::from_u32(0),
        ty: nodes,
        from: Value::list(vec![]),
        to: Value::list(vec![Value::Node(1)]),
    };
    let sent = Change::Sent { packet: locked(1), copies: 1 };
    let gone = Change::Gone { packet: lock(1), copies: 1 };
    assert_eq!(machine.diff(&asked, &granted), [queue, sent, gone]);
    let step = machine.step(&granted, &support::choice(&machine, "duplicate", &[locked(1)]));
    assert_eq!(step.moved, [Moved::Added(locked(1))]);
    let step = machine.step(&granted, &support::choice(&machine, "deliver", &[locked(1)]));
    assert_eq!(step.moved, [Moved::Removed(locked(1))]);
}

#[test]
fn a_run_is_refused_at_the_first_choice_that_is_not_enabled() {
    let machine = busy(2);
    let mut run = broken(&machine);
    run.swap(3, 7);
    let refused = machine.replay(&run).expect_err("the second `Lock` was not sent yet");
    assert_eq!((refused.at, refused.why, refused.before.len()), (3, Refusal::Disabled, 3));
}

#[test]
fn the_history_is_part_of_the_world_only_where_it_is_kept() {
    for keeps_trace in [false, true] {
        let mut sketch = lock_server(1, None);
        network(&mut sketch, PacketStore::Bag, &["input", "deliver"]);
        sketch.program.keeps_trace = keeps_trace;
        let machine = machine(sketch.program);
        let first = machine.initial().expect("a first world");
        // An input that no handler takes.
        let ignored = take(&machine, &first, "input", &input(1, RELEASE));
        assert_eq!(machine.key(&first) != machine.key(&ignored), keeps_trace);
        let asked = take(&machine, &ignored, "input", &input(1, ACQUIRE));
        let granted = take(&machine, &asked, "deliver", &[lock(1)]);
        let held = take(&machine, &granted, "deliver", &[locked(1)]);
        let event = |tag, body| Value::data(tag, vec![Value::Node(1), Value::Caller(0), Value::unit(body)]);
        let history = [event(0, RELEASE), event(0, ACQUIRE), event(1, 0)];
        assert_eq!(held.trace(), if keeps_trace { history.as_slice() } else { &[] });
    }
}
