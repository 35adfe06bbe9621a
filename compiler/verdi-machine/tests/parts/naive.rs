//! What can happen in a world, by its parts: the plainest way to ask them.

use std::collections::BTreeSet;
use verdi_core::{PacketStore, RuleId};
use verdi_machine::{Choice, Fault, Firing, Firings, PacketOp, Parts, Shape, Update, Whole};

/// What can happen in a world.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Successors {
    /// The choices within the bounds, and what they lead to; `None` where there would be too many packets.
    pub(crate) moves: Vec<(Choice, Option<Result<Whole, Fault>>)>,
    pub(crate) held_back: BTreeSet<u32>,
    pub(crate) faults: Vec<(RuleId, Fault)>,
}

impl Successors {
    /// Without the order, which the parts do not tell.
    pub(crate) fn sorted(mut self) -> Self {
        self.moves.sort_by(|(a, _), (b, _)| a.cmp(b));
        self.faults.sort_by_key(|(rule, fault)| (*rule, fault.span, format!("{fault:?}")));
        self.faults.dedup();
        self
    }
}

pub(crate) fn successors(parts: &impl Parts, world: &Whole) -> Successors {
    let mut found = Successors::default();
    let mut asked = vec![parts.free(world.vars)];
    for (node, state) in world.nodes.iter().enumerate() {
        asked.push(parts.anchored(world.vars, node as u32, *state));
    }
    for packet in world.packets.iter().collect::<BTreeSet<_>>() {
        let ends = parts.ends(*packet);
        let fifo = parts.shape().packets == PacketStore::Fifo;
        let first = world.packets.iter().find(|other| parts.ends(**other) == ends);
        asked.push(parts.driven(world.vars, *packet, !fifo || first == Some(packet)));
    }
    for Firings { firings, faults } in asked {
        found.faults.extend(faults);
        for firing in firings {
            fire(parts, world, &firing, &mut found);
        }
    }
    if parts.shape().has_world_rules {
        let moves = parts.world_moves(world);
        found.held_back.extend(moves.held_back);
        found.faults.extend(moves.faults);
        for (choice, led) in moves.moves {
            found.moves.push((parts.choice(choice), led.map(|led| within(parts.shape(), led)).transpose()));
        }
    }
    found
}

fn fire(parts: &impl Parts, world: &Whole, firing: &Firing, found: &mut Successors) {
    if firing.waits_for & parts.open(world.trace) != 0 {
        return;
    }
    let exhausted = firing.counters.iter().filter(|(_, counter)| world.left[*counter as usize] == 0);
    let exhausted: Vec<u32> = exhausted.map(|(bound, _)| *bound).collect();
    if !exhausted.is_empty() {
        found.held_back.extend(exhausted);
        return;
    }
    let state = firing.target.map_or(u32::MAX, |node| world.nodes[node as usize]);
    let led = parts.update(firing.id, state).map(|update| apply(parts, world, firing, update));
    found.moves.push((parts.choice(firing.choice), led.map(|led| within(parts.shape(), led)).transpose()));
}

fn within(shape: &Shape, world: Whole) -> Option<Whole> {
    shape.packets_max.is_none_or(|max| world.packets.len() as u64 <= max).then_some(world)
}

fn apply(parts: &impl Parts, world: &Whole, firing: &Firing, update: Update) -> Whole {
    let mut after = world.clone();
    for (_, counter) in &firing.counters {
        after.left[*counter as usize] = after.left[*counter as usize].saturating_sub(1);
    }
    after.vars = update.vars.unwrap_or(world.vars);
    if let (Some(node), Some(state)) = (firing.target, update.state) {
        assert_ne!(state, world.nodes[node as usize], "a state that does not change is none");
        after.nodes[node as usize] = state;
    }
    for op in update.packets {
        match op {
            PacketOp::Add(packet) => add(parts, &mut after.packets, packet),
            PacketOp::Remove(packet) => {
                let at = after.packets.iter().position(|other| *other == packet);
                at.map(|at| after.packets.remove(at));
            }
        }
    }
    after.trace = update.events.into_iter().fold(world.trace, |trace, event| parts.history(trace, event));
    after
}

fn add(parts: &impl Parts, packets: &mut Vec<u32>, packet: u32) {
    let at = match parts.shape().packets {
        PacketStore::Set if packets.contains(&packet) => return,
        PacketStore::Set | PacketStore::Bag => packets.partition_point(|other| *other <= packet),
        PacketStore::Fifo => packets.partition_point(|other| parts.ends(*other) <= parts.ends(packet)),
    };
    packets.insert(at, packet);
}
