//! All worlds of a program, naively.

use std::collections::{BTreeSet, HashSet, VecDeque};
use verdi_core::{FieldId, Program, PropertyKind, Value};
use verdi_explore::{Answer, Go, Options, Search, explore};
use verdi_interp::Interp;
use verdi_machine::{Choice, Fired, Machine, Model, World};

/// What all nodes know: fields and armed timers.
pub(crate) type Nodes = Vec<(Vec<Value>, Vec<u32>)>;

pub(crate) fn nodes(program: &Program, world: &World) -> Nodes {
    let node = |node: u32| {
        let fields = program.kind_of(node).fields.len() as u32;
        let state = world.node(node);
        let fields = (0..fields).map(|field| state.field(FieldId::from_u32(field)).clone());
        (fields.collect(), state.armed().to_vec())
    };
    (0..world.node_count()).map(node).collect()
}

/// What nodes know in all reachable worlds, and how many worlds these are; `None` where there are more than `most`.
pub(crate) fn all_nodes(program: &Program, most: usize) -> Option<(BTreeSet<Nodes>, usize)> {
    let machine = Machine::new(Interp::new(program.clone()));
    let first = machine.initial().expect("there is a first world");
    let mut known = HashSet::from([machine.key(&first)]);
    let mut found = BTreeSet::from([nodes(program, &first)]);
    let mut waiting = VecDeque::from([(first, 0)]);
    while let Some((world, depth)) = waiting.pop_front() {
        if machine.expandable(&world) != Ok(true) || program.depth_max == Some(depth) {
            continue;
        }
        for choice in machine.choices(&world).enabled {
            let Fired::World(next) = machine.fire(&world, &choice) else { continue };
            if known.insert(machine.key(&next)) {
                if known.len() > most {
                    return None;
                }
                found.insert(nodes(program, &next));
                waiting.push_back((next, depth + 1));
            }
        }
    }
    Some((found, known.len()))
}

/// The answer to each question of a program.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) name: String,
    pub(crate) found: bool,
    /// The run that shows it.
    pub(crate) run: Vec<Choice>,
}

/// What the explorer answers, after it has seen every world.
pub(crate) fn verdicts(program: &Program, most: u64) -> Vec<Verdict> {
    let machine = Machine::new(Interp::new(program.clone()));
    let options = Options {
        search: Search::BreadthFirst,
        worlds_max: Some(most),
        count_all: true,
        ..Options::default()
    };
    let outcome = explore(&machine, &options, &mut |_| Go::On);
    assert!(outcome.stats.distinct < most, "there are more worlds than {most}");
    let named = program.properties.values().zip(outcome.answers);
    let verdict = |(property, answer): (&verdi_core::Property, Answer)| {
        let (found, run) = match answer {
            Answer::Found(run) => (true, run.choices),
            Answer::NotFound | Answer::Lasso(_) | Answer::Open(_) => (false, Vec::new()),
        };
        Verdict { name: property.name.to_string(), found, run }
    };
    named.map(verdict).collect()
}

/// Whether a run is one of a program, and ends where it answers a question.
pub(crate) fn replays(program: &Program, at: usize, run: &[Choice]) -> bool {
    let machine = Machine::new(Interp::new(program.clone()));
    let mut world = machine.initial().expect("there is a first world");
    let id = verdi_core::PropertyId::from_u32(at as u32);
    let kind = program.properties[id].kind;
    for (step, choice) in run.iter().enumerate() {
        if !machine.choices(&world).enabled.contains(choice) {
            return false;
        }
        match machine.fire(&world, choice) {
            Fired::World(next) => world = next,
            Fired::Fault(_) => return kind == PropertyKind::NoFault && step + 1 == run.len(),
            Fired::TooManyPackets => return false,
        }
    }
    match kind {
        PropertyKind::Invariant => machine.holds(id, &world) == Ok(false),
        PropertyKind::Reach => machine.holds(id, &world) == Ok(true),
        _ => true,
    }
}
