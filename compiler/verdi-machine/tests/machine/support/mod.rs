//! Models written in Core by hand, and ways to walk through them.

pub(crate) mod lock;
pub(crate) mod network;
pub(crate) mod probe;
pub(crate) mod sketch;

pub(crate) use sketch::Sketch;

use std::collections::{BTreeSet, HashSet, VecDeque};
use verdi_core::{Program, RuleId, Value};
use verdi_interp::Interp;
use verdi_machine::{Choice, Fired, Machine, Model, World};

/// The machine of a program that the verifier accepts.
pub(crate) fn machine(program: Program) -> Machine<Interp> {
    if let Err(errors) = verdi_core::verify(&program) {
        panic!("{errors:#?}\n{program}");
    }
    Machine::new(Interp::new(program))
}

pub(crate) fn rule(program: &Program, name: &str) -> RuleId {
    program
        .network
        .rules
        .iter()
        .find(|(_, rule)| rule.name == name)
        .map(|(id, _)| id)
        .expect("the rule is there")
}

pub(crate) fn choice(machine: &Machine<Interp>, name: &str, args: &[Value]) -> Choice {
    Choice { rule: rule(machine.program(), name), args: args.to_vec() }
}

/// Takes an enabled step.
pub(crate) fn take(machine: &Machine<Interp>, world: &World, name: &str, args: &[Value]) -> World {
    let choice = choice(machine, name, args);
    assert!(machine.choices(world).enabled.contains(&choice), "{choice:?} is not enabled");
    match machine.fire(world, &choice) {
        Fired::World(after) => after,
        other => panic!("{choice:?} led to {other:?}"),
    }
}

/// The names of the rules that are enabled, each once.
pub(crate) fn enabled(machine: &Machine<Interp>, world: &World) -> BTreeSet<String> {
    let choices = machine.choices(world).enabled;
    choices.iter().map(|choice| machine.program().network.rules[choice.rule].name.to_string()).collect()
}

pub(crate) fn packet(src: u32, dst: u32, body: Value) -> Value {
    Value::data(0, vec![Value::Node(src), Value::Node(dst), body])
}

pub(crate) fn invocation(body: Value) -> Value {
    Value::data(0, vec![Value::Caller(0), body])
}

/// What a naive breadth-first search counts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) distinct: usize,
    pub(crate) transitions: usize,
    pub(crate) levels: usize,
}

/// Visits every world; `visit` is called once for each.
pub(crate) fn count(machine: &Machine<Interp>, mut visit: impl FnMut(&World)) -> Count {
    let first = machine.initial().expect("a first world");
    let mut seen = HashSet::from([machine.key(&first)]);
    let mut queue = VecDeque::from([(first, 1)]);
    let mut count = Count { distinct: 0, transitions: 0, levels: 0 };
    while let Some((world, level)) = queue.pop_front() {
        visit(&world);
        (count.distinct, count.levels) = (count.distinct + 1, level);
        for choice in machine.choices(&world).enabled {
            let Fired::World(after) = machine.fire(&world, &choice) else { continue };
            count.transitions += 1;
            if seen.insert(machine.key(&after)) {
                queue.push_back((after, level + 1));
            }
        }
    }
    count
}
