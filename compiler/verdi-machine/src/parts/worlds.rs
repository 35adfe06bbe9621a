//! From worlds to ids, and back.

use super::classes::Class;
use super::{TakenApart, Whole, WorldMoves};
use crate::packets::Packets;
use crate::world::Interned;
use crate::{Choice, Engine, World};
use std::sync::Arc;
use verdi_core::{PacketStore, Value};

impl<E: Engine> TakenApart<'_, E> {
    /// The ids of a world of the machine.
    pub fn whole(&self, world: &World) -> Whole {
        let nodes = world.nodes.iter().zip(0..);
        let mut packets = Vec::with_capacity(world.packet_count() as usize);
        world.packets.each(&mut |packet, id| packets.push(self.packet_here(packet, id)));
        if self.shape.packets != PacketStore::Fifo {
            packets.sort_unstable();
        }
        let trace = world.trace().iter();
        let trace = trace.fold(0, |trace, event| self.longer(trace, self.events.id(event.clone())));
        Whole {
            nodes: nodes.map(|(state, node)| self.state_here(node, state)).collect(),
            vars: self.vars_here(&world.vars),
            trace: self.slot(trace, self.watch_here(&world.watch)),
            left: world.left.to_vec(),
            packets,
        }
    }

    /// The world of the machine that ids stand for.
    pub fn world(&self, whole: &Whole) -> World {
        let nodes = whole.nodes.iter().zip(0..);
        let mut packets = Packets::new(self.shape.packets);
        for id in &whole.packets {
            let (packet, id) = self.packet_there(*id);
            packets.add(packet, id);
        }
        let mut trace = Interned { id: 0, value: Arc::default() };
        for event in self.events_of(whole.trace) {
            self.machine.tables.interner.trace(&mut trace, event);
        }
        World {
            nodes: nodes.map(|(state, node)| self.state_there(node, *state)).collect(),
            packets,
            vars: self.vars_there(whole.vars),
            left: whole.left.as_slice().into(),
            trace,
            watch: self.watch_there(whole.trace),
        }
    }

    /// The id of a choice.
    pub fn choice_id(&self, choice: &Choice) -> u32 {
        self.choices.id(choice.clone())
    }

    /// The packets of a world, copies too: in canonical order, but queues by their pair and then in order.
    pub(super) fn packets_of(&self, whole: &Whole) -> Vec<Value> {
        let known = self.packets.look();
        let mut packets: Vec<Value> = whole.packets.iter().map(|id| Value::clone(known.get(*id))).collect();
        if self.shape.packets != PacketStore::Fifo {
            packets.sort_unstable();
        }
        packets
    }

    pub(super) fn find_world_moves(&self, whole: &Whole) -> WorldMoves {
        let rules = self.rules.iter().filter(|known| known.class == Class::World).map(|known| known.id);
        let world = self.world(whole);
        let choices = self.machine.choices_of(&world, rules);
        let mut found = WorldMoves {
            moves: Vec::with_capacity(choices.enabled.len()),
            held_back: choices.held_back.into_iter().map(|bound| bound as u32).collect(),
            faults: choices.faults,
        };
        for choice in choices.enabled {
            let mut after = world.clone();
            let result = self.machine.run_rule(&mut after, &choice).2;
            found.moves.push((self.choices.id(choice), result.map(|()| self.whole(&after))));
        }
        found
    }
}
