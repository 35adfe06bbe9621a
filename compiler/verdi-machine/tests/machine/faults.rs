//! Crashes, reboots and timers.

use crate::support::{self, machine, network::network, probe::*, take};
use std::collections::BTreeSet;
use verdi_core::{FieldId, PacketStore, Value};
use verdi_interp::Interp;
use verdi_machine::{Effect, Event, Machine, Model, World};

fn probes() -> Machine<Interp> {
    let mut sketch = probe();
    network(&mut sketch, PacketStore::Bag, &["input", "deliver", "timeout", "crash"]);
    machine(sketch.program)
}

/// A probe's fields: volatile, durable, ghost.
fn fields(world: &World, node: u32) -> [i64; 3] {
    [VOLATILE, DURABLE, GHOST].map(|field| world.node(node).field(FieldId::from_u32(field)).as_int())
}

fn timeout(machine: &Machine<Interp>, world: &World, node: u32, timer: u32) -> World {
    take(machine, world, "timeout", &[Value::Node(node), Value::unit(timer)])
}

#[test]
fn every_timers_are_armed_at_start_and_stay_so() {
    let machine = probes();
    let first = machine.initial().expect("a first world");
    assert_eq!(first.node(0).armed(), [TICK, ONCE], "the start handler armed the second");
    let world = timeout(&machine, &first, 0, TICK);
    assert_eq!(world.node(0).armed(), [TICK, ONCE]);
    assert_eq!((fields(&world, 0), fields(&world, 1)), ([10, 10, 10], [0, 0, 0]));
}

#[test]
fn an_after_timer_is_disarmed_when_it_fires() {
    let machine = probes();
    let first = machine.initial().expect("a first world");
    let world = timeout(&machine, &first, 1, ONCE);
    assert_eq!((world.node(1).armed(), world.node(0).armed()), ([TICK].as_slice(), [TICK, ONCE].as_slice()));
    let again = support::choice(&machine, "timeout", &[Value::Node(1), Value::unit(ONCE)]);
    assert!(!machine.choices(&world).enabled.contains(&again));
}

#[test]
fn a_crash_keeps_what_is_durable() {
    let machine = probes();
    let first = machine.initial().expect("a first world");
    let world = take(&machine, &timeout(&machine, &first, 0, TICK), "crash", &[Value::Node(0)]);
    assert_eq!((fields(&world, 0), world.node(0).armed()), ([0, 10, 10], [].as_slice()));
    assert_eq!(world.node(1).armed(), [TICK, ONCE]);
    let rules = support::enabled(&machine, &world);
    assert_eq!(rules, BTreeSet::from(["crash", "input", "reboot", "timeout"].map(String::from)));
    assert!(machine.choices(&world).enabled.iter().all(|choice| {
        choice.args[0] != Value::Node(0) || choice.rule == support::rule(machine.program(), "reboot")
    }));
    let world = take(&machine, &world, "reboot", &[Value::Node(0)]);
    assert_eq!((fields(&world, 0), world.node(0).armed()), ([100, 110, 110], [TICK].as_slice()));
}

#[test]
fn a_step_says_what_happened() {
    let machine = probes();
    let (ran, first) = machine.initial_step();
    let first = first.expect("a first world");
    assert_eq!(
        ran.iter().map(|ran| (ran.node, &ran.event)).collect::<Vec<_>>(),
        [(0, &Event::Start), (1, &Event::Start)]
    );
    assert_eq!(ran[0].effects, [Effect::StartTimer(ONCE)]);
    let down = machine.step(&first, &support::choice(&machine, "crash", &[Value::Node(1)]));
    assert_eq!((&down.ran[0].event, down.ran[0].handler), (&Event::Crash, None));
    let down = down.after.expect("a world");
    let up = machine.step(&down, &support::choice(&machine, "reboot", &[Value::Node(1)]));
    assert_eq!((up.ran[0].node, &up.ran[0].event, up.ran[0].handler), (1, &Event::Reboot, Some(3)));
    let input = support::choice(&machine, "input", &[Value::Node(0), support::invocation(Value::unit(0))]);
    let ran = machine.step(&first, &input).ran;
    let ping = |n| Effect::Send { to: 1, body: Value::data(0, vec![Value::Int(n)]) };
    let done = Effect::Output { to: Some(0), body: Value::unit(0) };
    assert_eq!((ran[0].handler, ran[0].effects.as_slice()), (Some(0), [ping(1), ping(2), done].as_slice()));
    assert_eq!(ran[0].event, Event::Input { caller: 0, body: Value::unit(0) });
}
