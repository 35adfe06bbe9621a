//! Worlds that differ in the names of interchangeable nodes, taken for one: the same verdicts and shortest runs as
//! without, and as many worlds as there are classes of them, counted one renaming at a time.

use std::collections::{BTreeSet, VecDeque};
use verdi_core::{Program, reduce};
use verdi_explore::{Answer, Coverage, Cut, Go, Options, Outcome, explore, explore_parts};
use verdi_interp::Interp;
use verdi_jit::{Jit, NativeParts};
use verdi_machine::{Fired, Machine, Model, Parts, TakenApart, Whole, World};
use verdi_tests::{models, programs, shown};

type Key = (Vec<u32>, u32, u32, Vec<u32>, Vec<u32>);

/// Every order of some items.
fn orders(items: &[u32]) -> Vec<Vec<u32>> {
    let Some((first, rest)) = items.split_first() else { return vec![Vec::new()] };
    let mut all = Vec::new();
    for order in orders(rest) {
        for at in 0..=order.len() {
            let mut longer = order.clone();
            longer.insert(at, *first);
            all.push(longer);
        }
    }
    all
}

/// All renamings within groups.
fn renamings(nodes: u32, groups: &[Vec<u32>]) -> Vec<Vec<u32>> {
    let mut all = vec![(0..nodes).collect::<Vec<u32>>()];
    for group in groups {
        let mut more = Vec::new();
        for renaming in &all {
            for order in orders(group) {
                let mut renaming = renaming.clone();
                group.iter().zip(order).for_each(|(node, name)| renaming[*node as usize] = name);
                more.push(renaming);
            }
        }
        all = more;
    }
    all
}

/// A world renamed, part by part.
fn renamed(parts: &impl Parts, whole: &Whole, renaming: &[u32], queues: bool) -> Key {
    let mut nodes = whole.nodes.clone();
    for (node, state) in whole.nodes.iter().enumerate() {
        let kind = parts.shape().kinds[node];
        nodes[renaming[node] as usize] = parts.renamed_state(renaming, kind, *state);
    }
    let mut left = whole.left.clone();
    for (counter, node) in parts.counter_nodes().iter().enumerate() {
        if let Some(node) = node {
            left[counter - *node as usize + renaming[*node as usize] as usize] = whole.left[counter];
        }
    }
    let mut packets: Vec<u32> =
        whole.packets.iter().map(|packet| parts.renamed_packet(renaming, *packet)).collect();
    if queues {
        packets.sort_by_key(|packet| parts.ends(*packet));
    } else {
        packets.sort_unstable();
    }
    (nodes, parts.renamed_vars(renaming, whole.vars), whole.trace, left, packets)
}

/// How many classes of worlds there are, by building every world and every renaming of it.
fn classes(machine: &Machine<Interp>, groups: &[Vec<u32>]) -> usize {
    let parts = TakenApart::new(machine);
    let renamings = renamings(parts.shape().kinds.len() as u32, groups);
    let queues = parts.shape().packets == verdi_core::PacketStore::Fifo;
    let Ok(first) = machine.initial() else { return 0 };
    let mut seen = BTreeSet::new();
    let mut classes = BTreeSet::new();
    let mut waiting: VecDeque<(World, u64)> = VecDeque::new();
    let mut meet = |world: World, depth: u64, waiting: &mut VecDeque<(World, u64)>| {
        if seen.insert(machine.key(&world)) {
            let whole = parts.whole(&world);
            classes.insert(renamings.iter().map(|by| renamed(&parts, &whole, by, queues)).min());
            waiting.push_back((world, depth));
        }
    };
    meet(first, 0, &mut waiting);
    while let Some((world, depth)) = waiting.pop_front() {
        let deep = machine.depth_max().is_some_and(|most| depth >= most);
        if deep || !machine.expandable(&world).unwrap_or(false) {
            continue;
        }
        for choice in machine.choices(&world).enabled {
            if let Fired::World(next) = machine.fire(&world, &choice) {
                meet(next, depth + 1, &mut waiting);
            }
        }
    }
    classes.len()
}

fn lengths(outcome: &Outcome) -> Vec<Option<usize>> {
    let length = |answer: &Answer| match answer {
        Answer::NotFound | Answer::Lasso(_) | Answer::Open(_) => None,
        Answer::Found(run) => Some(run.choices.len()),
    };
    outcome.answers.iter().map(length).collect()
}

/// Holds a program's reduced search against the whole one; whether it has interchangeable nodes and is small enough.
fn hold(place: &str, program: &Program, worlds_max: u64) -> bool {
    let groups: Vec<Vec<u32>> = reduce::symmetry(program)
        .groups
        .into_iter()
        .map(|group| group.nodes)
        .filter(|nodes| nodes.len() < 5)
        .collect();
    if groups.is_empty() {
        return false;
    }
    let machine = Machine::new(Interp::new(program.clone()));
    let options = Options { count_all: true, worlds_max: Some(worlds_max), ..Options::default() };
    let whole = explore(&machine, &options, &mut |_| Go::On);
    if whole.coverage == Coverage::Cut(Cut::Worlds) {
        return false;
    }
    let expected = classes(&machine, &groups) as u64;
    for workers in [1, 2] {
        let options = Options { count_all: true, workers, symmetric: groups.clone(), ..Options::default() };
        let told = explore_parts(|| TakenApart::new(&machine), &options, &mut |_| Go::On);
        let native = || NativeParts::new(&machine, Jit::new(program.clone()));
        let native = explore_parts(native, &options, &mut |_| Go::On);
        for outcome in [told, native] {
            assert_eq!(outcome.stats.distinct, expected, "{place}: classes of worlds");
            assert_eq!(outcome.coverage, whole.coverage, "{place}");
            assert_eq!(lengths(&outcome), lengths(&whole), "{place}: shortest runs");
        }
    }
    true
}

fn hold_folder(folder: &str, worlds_max: u64) -> usize {
    let mut held = 0;
    for path in programs(folder) {
        for (title, program) in models::of(&path) {
            held += usize::from(hold(&format!("{}: {title}", shown(&path)), &program, worlds_max));
        }
    }
    held
}

#[test]
fn examples_have_the_same_verdicts_and_their_classes_are_counted() {
    let held = hold_folder("examples", 8_000);
    assert!(held >= 3, "only {held} checks have interchangeable nodes and are small enough");
}

#[test]
fn the_suite_has_the_same_verdicts_and_its_classes_are_counted() {
    let held = ["lang", "net", "peers"].map(|folder| hold_folder(&format!("tests/suite/{folder}"), 8_000));
    assert!(held.iter().sum::<usize>() >= 5, "only {held:?} checks");
}
