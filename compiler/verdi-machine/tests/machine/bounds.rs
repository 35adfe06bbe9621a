//! Bounds, constraints, and what of them identifies a world.

use crate::support::{self, Sketch, invocation, machine, network::network, packet, probe::*, take};
use verdi_core::{Context, Op, PacketStore, Rvalue, Ty, Value};
use verdi_interp::Interp;
use verdi_machine::{Choice, Machine, Model, Refusal};

fn probes() -> Sketch {
    let mut sketch = probe();
    network(&mut sketch, PacketStore::Bag, &["input", "deliver", "drop"]);
    sketch
}

fn go(machine: &Machine<Interp>, node: u32) -> Choice {
    support::choice(machine, "input", &[Value::Node(node), invocation(Value::unit(0))])
}

#[test]
fn a_bound_per_node_counts_each_node() {
    let mut sketch = probes();
    sketch.bound("input", 1, true);
    let machine = machine(sketch.program);
    let first = machine.initial().expect("a first world");
    assert!(machine.choices(&first).held_back.is_empty());
    let world = take(&machine, &first, "input", &go(&machine, 0).args);
    let choices = machine.choices(&world);
    assert!(!choices.enabled.contains(&go(&machine, 0)) && choices.enabled.contains(&go(&machine, 1)));
    assert_eq!(choices.held_back, [0]);
}

#[test]
fn a_bound_in_all_counts_every_firing() {
    let mut sketch = probes();
    sketch.bound("input", 1, false);
    let machine = machine(sketch.program);
    let first = machine.initial().expect("a first world");
    let world = take(&machine, &first, "input", &go(&machine, 0).args);
    assert!(!machine.choices(&world).enabled.contains(&go(&machine, 1)));
}

#[test]
fn per_node_is_by_destination_for_packets() {
    let mut sketch = probes();
    sketch.bound("drop", 1, true);
    let machine = machine(sketch.program);
    let first = machine.initial().expect("a first world");
    let world = take(&machine, &first, "input", &go(&machine, 0).args);
    let world = take(&machine, &world, "input", &go(&machine, 1).args);
    let ping = |src, dst, n| packet(src, dst, Value::data(0, vec![Value::Int(n)]));
    let world = take(&machine, &world, "drop", &[ping(0, 1, 1)]);
    let enabled = machine.choices(&world).enabled;
    assert!(!enabled.contains(&support::choice(&machine, "drop", &[ping(0, 1, 2)])));
    assert!(enabled.contains(&support::choice(&machine, "drop", &[ping(1, 0, 2)])));
}

#[test]
fn several_bounds_on_a_rule_all_count() {
    let mut sketch = probes();
    sketch.bound("input", 1, true);
    sketch.bound("deliver", 0, false);
    sketch.bound("input", 2, false);
    let machine = machine(sketch.program);
    let first = machine.initial().expect("a first world");
    let world = take(&machine, &first, "input", &go(&machine, 0).args);
    assert_eq!(machine.choices(&world).held_back, [0, 1]);
    let world = take(&machine, &world, "input", &go(&machine, 1).args);
    assert_eq!(machine.choices(&world).held_back, [0, 1, 2]);
    let refused = machine.try_step(&world, &go(&machine, 1)).map(|_| ());
    assert_eq!(refused, Err(Refusal::HeldBack(vec![0, 2])));
}

#[test]
fn what_is_left_of_a_bound_identifies_a_world() {
    let ends = |bound: bool| {
        let mut sketch = probes();
        if bound {
            sketch.bound("input", 300, true);
            sketch.bound("drop", 5_000_000_000, false);
        }
        let machine = machine(sketch.program);
        let first = machine.initial().expect("a first world");
        let mut world = take(&machine, &first, "input", &go(&machine, 0).args);
        for n in [1, 2] {
            world = take(&machine, &world, "drop", &[packet(0, 1, Value::data(0, vec![Value::Int(n)]))]);
        }
        (machine.key(&first), machine.key(&world))
    };
    let (first, back) = ends(false);
    assert_eq!(first, back);
    let (first, back) = ends(true);
    assert!(first != back && first.len() == back.len());
}

#[test]
fn a_constraint_says_what_is_expanded() {
    let mut sketch = probes();
    let special = sketch.program.special;
    let packets = sketch.program.types.intern(Ty::List(special.packet));
    let quiet = sketch.function("quiet", Context::World, &[], Some(special.bool), |_, f| {
        let packets = f.temp(packets, Rvalue::Packets);
        let empty = f.op(special.bool, Op::ListIsEmpty, &[packets]);
        f.ret(empty);
    });
    sketch.program.constraint = Some(quiet);
    let machine = machine(sketch.program);
    let first = machine.initial().expect("a first world");
    let world = take(&machine, &first, "input", &go(&machine, 0).args);
    assert_eq!((machine.expandable(&first), machine.expandable(&world)), (Ok(true), Ok(false)));
}
