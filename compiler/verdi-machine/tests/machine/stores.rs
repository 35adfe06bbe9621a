//! How packets in flight are kept.

use crate::support::{self, enabled, invocation, machine, network::network, packet, probe::*, take};
use verdi_core::{PacketStore, Program, Value};
use verdi_interp::Interp;
use verdi_machine::{Fired, Machine, Model, World};

fn probes(packets: PacketStore) -> Program {
    let mut sketch = probe();
    network(&mut sketch, packets, &["input", "deliver", "drop", "duplicate"]);
    sketch.program
}

fn go(machine: &Machine<Interp>, world: &World, node: u32) -> World {
    take(machine, world, "input", &[Value::Node(node), invocation(Value::unit(0))])
}

fn ping(src: u32, dst: u32, n: i64) -> Value {
    packet(src, dst, Value::data(0, vec![Value::Int(n)]))
}

/// The packets in flight as (source, destination, number).
fn flying(world: &World) -> Vec<(u32, u32, i64)> {
    let ends =
        |p: &Value| (p.fields()[0].as_node(), p.fields()[1].as_node(), p.fields()[2].fields()[0].as_int());
    world.packets().iter().map(ends).collect()
}

#[test]
fn a_bag_counts_copies() {
    let machine = machine(probes(PacketStore::Bag));
    let first = machine.initial().expect("a first world");
    let world = go(&machine, &first, 0);
    assert_eq!(flying(&world), [(0, 1, 1), (0, 1, 2)]);
    let world = take(&machine, &world, "duplicate", &[ping(0, 1, 2)]);
    assert_eq!(flying(&world), [(0, 1, 1), (0, 1, 2), (0, 1, 2)]);
    let delivers = |world: &World| {
        let deliver = support::rule(machine.program(), "deliver");
        machine.choices(world).enabled.iter().filter(|choice| choice.rule == deliver).count()
    };
    assert_eq!(delivers(&world), 2, "copies are not told apart");
    let world = take(&machine, &world, "deliver", &[ping(0, 1, 2)]);
    let world = take(&machine, &world, "drop", &[ping(0, 1, 1)]);
    assert_eq!(flying(&world), [(0, 1, 2)]);
    let world = take(&machine, &world, "deliver", &[ping(0, 1, 2)]);
    assert!(flying(&world).is_empty() && enabled(&machine, &world).iter().eq(["input"]));
}

#[test]
fn a_queue_delivers_in_order() {
    let machine = machine(probes(PacketStore::Fifo));
    let first = machine.initial().expect("a first world");
    let world = go(&machine, &go(&machine, &first, 1), 0);
    let world = go(&machine, &world, 0);
    assert_eq!(flying(&world), [(0, 1, 1), (0, 1, 2), (0, 1, 1), (0, 1, 2), (1, 0, 1), (1, 0, 2)]);
    let deliver = support::rule(machine.program(), "deliver");
    let heads: Vec<_> =
        machine.choices(&world).enabled.into_iter().filter(|choice| choice.rule == deliver).collect();
    assert_eq!(
        heads.iter().map(|choice| &choice.args[0]).collect::<Vec<_>>(),
        [&ping(0, 1, 1), &ping(1, 0, 1)]
    );
    let world = take(&machine, &world, "deliver", &[ping(0, 1, 1)]);
    assert_eq!(flying(&world), [(0, 1, 2), (0, 1, 1), (0, 1, 2), (1, 0, 1), (1, 0, 2)]);
    let world = take(&machine, &world, "duplicate", &[ping(0, 1, 2)]);
    assert_eq!(flying(&world)[3], (0, 1, 2), "what is added goes to the end of its queue");
}

#[test]
fn a_set_has_one_copy() {
    let machine = machine(probes(PacketStore::Set));
    let first = machine.initial().expect("a first world");
    let once = go(&machine, &first, 0);
    let twice = go(&machine, &once, 0);
    assert_eq!(flying(&twice), [(0, 1, 1), (0, 1, 2)]);
    assert_eq!(machine.key(&once), machine.key(&twice));
    assert_eq!(machine.key(&once), machine.key(&take(&machine, &once, "duplicate", &[ping(0, 1, 1)])));
    let world = take(&machine, &twice, "drop", &[ping(0, 1, 1)]);
    assert_eq!(flying(&world), [(0, 1, 2)]);
}

#[test]
fn the_order_of_sending_identifies_no_bag() {
    let machine = machine(probes(PacketStore::Bag));
    let first = machine.initial().expect("a first world");
    let one = go(&machine, &go(&machine, &first, 0), 1);
    let other = go(&machine, &go(&machine, &first, 1), 0);
    assert_eq!(machine.key(&one), machine.key(&other));
    assert_eq!(one.packets(), other.packets());
    let fewer = take(&machine, &one, "drop", &[ping(0, 1, 1)]);
    let copies = take(&machine, &one, "duplicate", &[ping(0, 1, 1)]);
    assert!(machine.key(&fewer) != machine.key(&one) && machine.key(&copies) != machine.key(&one));
}

#[test]
fn a_bound_on_packets_refuses_the_step() {
    let mut program = probes(PacketStore::Bag);
    program.packets_max = Some(2);
    let machine = machine(program);
    let first = machine.initial().expect("a first world");
    let full = go(&machine, &first, 0);
    let choice = support::choice(&machine, "duplicate", &[ping(0, 1, 1)]);
    assert!(matches!(machine.fire(&full, &choice), Fired::TooManyPackets));
}
