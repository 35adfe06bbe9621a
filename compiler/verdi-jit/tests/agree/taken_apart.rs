//! Models taken apart, natively and by the interpreter: the same worlds, whatever their ids.

use crate::dice::Dice;
use crate::files::checks;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use verdi_core::*;
use verdi_interp::Interp;
use verdi_jit::{Jit, NativeParts};
use verdi_machine::{Choice, Fault, Firing, Machine, PacketOp, Parts, TakenApart, Whole, World};

/// The most worlds of a check that are visited.
const WORLDS: usize = 400;

/// All that can be seen of a world.
#[derive(Clone, Debug, PartialEq)]
struct Seen {
    nodes: Vec<verdi_machine::NodeState>,
    vars: Vec<Value>,
    packets: Vec<Value>,
    trace: Vec<Value>,
    left: Vec<u32>,
}

fn seen(program: &Program, world: &World, whole: &Whole) -> Seen {
    Seen {
        nodes: (0..world.node_count()).map(|node| world.node(node).clone()).collect(),
        vars: program.network.vars.keys().map(|var| world.var(var).clone()).collect(),
        packets: world.packets().to_vec(),
        trace: world.trace().to_vec(),
        left: whole.left.clone(),
    }
}

/// Firings with their choices, and faults.
type Firable = (Vec<(Choice, Firing)>, Vec<(RuleId, Fault)>);

/// What can fire in a world, in an order that does not depend on ids.
fn firings(parts: &impl Parts, world: &Whole) -> Firable {
    let mut all = parts.free(world.vars);
    for (node, state) in world.nodes.iter().enumerate() {
        let at = parts.anchored(world.vars, node as u32, *state);
        all.firings.extend(at.firings);
        all.faults.extend(at.faults);
    }
    let is_queues = parts.shape().packets == PacketStore::Fifo;
    let mut known = Vec::new();
    let mut queues = Vec::new();
    for packet in &world.packets {
        let head = !is_queues || !queues.contains(&parts.ends(*packet));
        queues.push(parts.ends(*packet));
        if !known.contains(&(*packet, head)) {
            known.push((*packet, head));
            let driven = parts.driven(world.vars, *packet, head);
            all.firings.extend(driven.firings);
            all.faults.extend(driven.faults);
        }
    }
    let open = parts.open(world.trace);
    let allowed = |firing: &Firing| {
        firing.waits_for & open == 0 && firing.counters.iter().all(|(_, at)| world.left[*at as usize] > 0)
    };
    let mut firings: Vec<(Choice, Firing)> =
        all.firings.into_iter().filter(allowed).map(|firing| (parts.choice(firing.choice), firing)).collect();
    firings.sort_by(|a, b| a.0.cmp(&b.0));
    all.faults.sort_by(|a, b| format!("{a:?}").cmp(&format!("{b:?}")));
    (firings, all.faults)
}

/// The world after a firing.
fn after(parts: &impl Parts, world: &Whole, firing: &Firing) -> Result<Whole, Fault> {
    let state = firing.target.map_or(0, |node| world.nodes[node as usize]);
    let update = parts.update(firing.id, state)?;
    let mut next = world.clone();
    firing.counters.iter().for_each(|(_, at)| next.left[*at as usize] -= 1);
    next.vars = update.vars.unwrap_or(next.vars);
    if let (Some(node), Some(state)) = (firing.target, update.state) {
        next.nodes[node as usize] = state;
    }
    for op in update.packets {
        move_packet(parts, &mut next.packets, op);
    }
    for event in update.events {
        next.trace = parts.history(next.trace, event);
    }
    Ok(next)
}

fn move_packet(parts: &impl Parts, packets: &mut Vec<u32>, op: PacketOp) {
    match (op, parts.shape().packets) {
        (PacketOp::Remove(id), _) => {
            if let Some(at) = packets.iter().position(|known| *known == id) {
                packets.remove(at);
            }
        }
        (PacketOp::Add(id), PacketStore::Set) if packets.contains(&id) => {}
        (PacketOp::Add(id), PacketStore::Fifo) => {
            let ends = parts.ends(id);
            let at = packets.partition_point(|known| parts.ends(*known) <= ends);
            packets.insert(at, id);
        }
        (PacketOp::Add(id), _) => packets.insert(packets.partition_point(|known| *known <= id), id),
    }
}

/// Both at once.
struct Pair<'m> {
    name: &'m str,
    program: &'m Program,
    naive: TakenApart<'m, Interp>,
    native: &'m NativeParts<'m, Interp>,
    /// What questions tell of states in the one and the other: by question and kind.
    glimpses: HashMap<(usize, u32, u32), u32>,
    back: HashMap<(usize, u32, u32), u32>,
}

impl<'m> Pair<'m> {
    fn new(name: &'m str, machine: &'m Machine<Interp>, native: &'m NativeParts<'m, Interp>) -> Self {
        let (naive, program) = (TakenApart::new(machine), machine.program());
        Self { name, program, naive, native, glimpses: HashMap::new(), back: HashMap::new() }
    }

    fn first(&self) -> Option<(Whole, Whole)> {
        match (self.naive.first(), self.native.first()) {
            (Ok(naive), Ok(native)) => Some((naive, native)),
            (naive, native) => {
                assert_eq!(naive.err(), native.err(), "{}", self.name);
                None
            }
        }
    }

    /// Looks at a world in both; the worlds that it leads to.
    fn visit(&mut self, naive: &Whole, native: &Whole) -> Vec<(Whole, Whole)> {
        let name = self.name;
        let expected = seen(self.program, &self.naive.world(naive), naive);
        let found = seen(self.program, &self.native.apart().world(native), native);
        assert_eq!(expected, found, "{name}");
        self.ask(naive, native);
        let moves = (self.naive.world_moves(naive), self.native.world_moves(native));
        assert_eq!(moves.0.moves.len(), moves.1.moves.len(), "{name}");
        let (expected, faults) = firings(&self.naive, naive);
        let (found, other_faults) = firings(self.native, native);
        assert_eq!(faults, other_faults, "{name}");
        assert_eq!(expected.len(), found.len(), "{name}");
        let mut next = Vec::new();
        for ((choice, firing), (other_choice, other)) in expected.iter().zip(&found) {
            assert_eq!((choice, firing.target), (other_choice, other.target), "{name}");
            assert_eq!(firing.counters, other.counters, "{name}: {choice:?}");
            assert_eq!(firing.waits_for, other.waits_for, "{name}: {choice:?}");
            match (after(&self.naive, naive, firing), after(self.native, native, other)) {
                (Ok(naive), Ok(native)) => next.push((naive, native)),
                (expected, found) => assert_eq!(expected.err(), found.err(), "{name}: {choice:?}"),
            }
        }
        let results = moves.0.moves.into_iter().zip(moves.1.moves);
        next.extend(results.filter_map(|((_, naive), (_, native))| naive.ok().zip(native.ok())));
        next
    }

    fn ask(&mut self, naive: &Whole, native: &Whole) {
        for (at, question) in self.naive.shape().questions.iter().enumerate() {
            let id = at as u32;
            let (expected, found) = (self.naive.ask(id, naive), self.native.ask(id, native));
            assert_eq!(expected, found, "{}, question {at}", self.name);
            for node in &question.nodes {
                let kind = self.naive.shape().kinds[*node as usize];
                let here = self.naive.glimpse(id, *node, naive.nodes[*node as usize]);
                let there = self.native.glimpse(id, *node, native.nodes[*node as usize]);
                assert_eq!(*self.glimpses.entry((at, kind, here)).or_insert(there), there, "{}", self.name);
                assert_eq!(*self.back.entry((at, kind, there)).or_insert(here), here, "{}", self.name);
            }
        }
    }

    /// Visits worlds breadth first; how many there were.
    fn explore(&mut self, most: usize) -> usize {
        let Some(first) = self.first() else { return 0 };
        let mut known = HashMap::from([(first.1.clone(), first.0.clone())]);
        let mut waiting = VecDeque::from([first]);
        while let Some((naive, native)) = waiting.pop_front() {
            for (naive, native) in self.visit(&naive, &native) {
                // Equal ids there, equal ids here.
                match known.get(&native) {
                    Some(same) => assert_eq!(*same, naive, "{}", self.name),
                    None if known.len() < most => {
                        known.insert(native.clone(), naive.clone());
                        waiting.push_back((naive, native));
                    }
                    None => {}
                }
            }
        }
        known.len()
    }

    /// Goes one way.
    fn walk(&mut self, steps: usize, seed: u64) {
        let mut dice = Dice::new(seed);
        let Some((mut naive, mut native)) = self.first() else { return };
        for _ in 0..steps {
            let mut next = self.visit(&naive, &native);
            if next.is_empty() {
                return;
            }
            (naive, native) = next.swap_remove(dice.below(next.len()));
        }
    }
}

#[test]
fn worlds_agree() {
    let mut worlds = 0;
    for (name, program) in checks() {
        let naive = Machine::new(Interp::new(Arc::clone(&program)));
        let native = NativeParts::new(&naive, Jit::new(Arc::clone(&program)));
        let mut pair = Pair::new(&name, &naive, &native);
        worlds += pair.explore(WORLDS);
        pair.walk(40, 7);
    }
    assert!(worlds > 5000, "only {worlds} worlds");
}

/// Adds a property that holds where the distinct packets are in canonical order: `distinct == set(packets).to_list()`.
fn with_ordered_packets(program: &Program) -> Program {
    let mut program = program.clone();
    let (bool, packet) = (program.special.bool, program.special.packet);
    let (list, set) = (program.types.intern(Ty::List(packet)), program.types.intern(Ty::Set(packet)));
    let mut f = FunctionBuilder::new("ordered", Context::World, &[], Some(bool), Span::default());
    let (all, distinct) = (f.temp(list, Rvalue::Packets), f.temp(list, Rvalue::DistinctPackets));
    let sorted = f.op(set, Op::SetOf, &[all]);
    let sorted = f.op(list, Op::SetToList, &[sorted]);
    let equal = f.op(bool, Op::Eq, &[distinct, sorted]);
    f.ret(equal);
    let func = f.finish(&mut program);
    program.properties.push(Property {
        name: "ordered".into(),
        span: Span::default(),
        kind: PropertyKind::Invariant,
        expect: Expect::Holds,
        parts: vec![PropertyPart { func, span: Span::default() }],
    });
    program
}

#[test]
fn packets_are_in_order() {
    let mut several = 0;
    for (name, program) in checks().into_iter().step_by(3) {
        let program = Arc::new(with_ordered_packets(&program));
        let naive = Machine::new(Interp::new(Arc::clone(&program)));
        let native = NativeParts::new(&naive, Jit::new(Arc::clone(&program)));
        let pair = Pair::new(&name, &naive, &native);
        let property = program.properties.keys().next_back();
        let question = native.shape().questions.iter().position(|question| question.property == property);
        let question = question.unwrap_or_else(|| panic!("{name}: the property is asked about")) as u32;
        let Some((mut expected, mut found)) = pair.first() else { continue };
        let mut dice = Dice::new(3);
        for _ in 0..40 {
            assert_eq!(native.ask(question, &found), Ok(true), "{name}: {found:?}");
            assert_eq!(pair.naive.ask(question, &expected), Ok(true), "{name}: {expected:?}");
            several += usize::from(found.packets.len() > 2);
            let (here, there) = (firings(&pair.naive, &expected).0, firings(&native, &found).0);
            let Some(at) = here.len().checked_sub(1).map(|last| dice.below(last + 1)) else { break };
            let next = after(&pair.naive, &expected, &here[at].1)
                .ok()
                .zip(after(&native, &found, &there[at].1).ok());
            let Some(next) = next else { break };
            (expected, found) = next;
        }
    }
    assert!(several > 100, "only {several} worlds had several packets");
}

#[test]
fn threads_share_the_parts() {
    for (name, program) in checks().into_iter().step_by(5) {
        let machine = Machine::new(Interp::new(Arc::clone(&program)));
        let native = NativeParts::new(&machine, Jit::compiling_after(3, Arc::clone(&program)));
        std::thread::scope(|scope| {
            for seed in 0..4 {
                let (name, program, native) = (&name, &program, &native);
                scope.spawn(move || {
                    let naive = Machine::new(Interp::new(Arc::clone(program)));
                    Pair::new(name, &naive, native).walk(30, seed);
                });
            }
        });
    }
}

#[test]
fn saved_ids_come_back() {
    for (name, program) in checks().into_iter().step_by(7) {
        let naive = Machine::new(Interp::new(Arc::clone(&program)));
        let before = NativeParts::new(&naive, Jit::new(Arc::clone(&program)));
        let mut pair = Pair::new(&name, &naive, &before);
        pair.explore(50);
        let again = Machine::new(Interp::new(Arc::clone(&program)));
        let jit = Jit::new(Arc::clone(&program));
        let after = NativeParts::load(&again, jit, &before.save()).expect("it was saved");
        let mut other = Pair::new(&name, &naive, &after);
        other.explore(50);
        let Some((_, first)) = pair.first() else { continue };
        assert_eq!(first, after.first().expect("there was one"), "{name}");
        for (expected, found) in pair
            .visit(&other.first().expect("there is one").0, &first)
            .iter()
            .zip(other.visit(&other.first().expect("there is one").0, &first))
        {
            assert_eq!(expected.1, found.1, "{name}");
        }
    }
}

#[test]
fn renamings_agree() {
    let mut renamed = 0;
    for (name, program) in checks() {
        let naive = Machine::new(Interp::new(Arc::clone(&program)));
        let native = NativeParts::new(&naive, Jit::new(Arc::clone(&program)));
        let mut pair = Pair::new(&name, &naive, &native);
        let Some(kind) = program.kinds.values().find(|kind| kind.nodes.len() > 1) else { continue };
        let mut renaming: Vec<u32> = (0..program.nodes.len() as u32).collect();
        renaming.swap(kind.nodes[0].as_u32() as usize, kind.nodes[1].as_u32() as usize);
        let Some(first) = pair.first() else { continue };
        for (here, there) in pair.visit(&first.0, &first.1) {
            let (here, there) = (rename(&pair.naive, &renaming, &here), rename(&native, &renaming, &there));
            let expected = seen(&program, &pair.naive.world(&here), &here);
            assert_eq!(expected, seen(&program, &native.apart().world(&there), &there), "{name}");
            renamed += 1;
        }
    }
    assert!(renamed > 50, "only {renamed} worlds were renamed");
}

fn rename(parts: &impl Parts, renaming: &[u32], world: &Whole) -> Whole {
    let kinds = &parts.shape().kinds;
    let mut next = world.clone();
    for (node, state) in world.nodes.iter().enumerate() {
        next.nodes[renaming[node] as usize] = parts.renamed_state(renaming, kinds[node], *state);
    }
    next.vars = parts.renamed_vars(renaming, world.vars);
    next.trace = parts.renamed_history(renaming, world.trace);
    next.packets.clear();
    for packet in &world.packets {
        let renamed = parts.renamed_packet(renaming, *packet);
        move_packet(parts, &mut next.packets, PacketOp::Add(renamed));
    }
    next
}
