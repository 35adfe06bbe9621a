//! From worlds to ids, and back.

use super::classes::Class;
use super::{TakenApart, Whole, WorldMoves};
use crate::packets::Packets;
use crate::world::Interned;
use crate::{Choice, Engine, NodeState, World};
use std::sync::Arc;
use verdi_core::{PacketStore, Value};

impl<E: Engine> TakenApart<'_, E> {
    /// The ids of a world of the machine.
    pub fn whole(&self, world: &World) -> Whole {
        let nodes = world.nodes.iter().enumerate();
        let mut packets: Vec<u32> =
            world.packets().iter().map(|packet| self.packets.id(packet.clone())).collect();
        if self.shape.packets != PacketStore::Fifo {
            packets.sort_unstable();
        }
        let trace = world.trace().iter();
        Whole {
            nodes: nodes.map(|(node, state)| self.state_id(node as u32, Arc::clone(&state.value))).collect(),
            vars: self.vars.id(Arc::clone(&world.vars.value)),
            trace: trace.fold(0, |trace, event| self.longer(trace, self.events.id(event.clone()))),
            left: world.left.to_vec(),
            packets,
        }
    }

    /// The world of the machine that ids stand for.
    pub fn world(&self, whole: &Whole) -> World {
        let interner = &self.machine.tables.interner;
        let mut world = World {
            nodes: Vec::with_capacity(whole.nodes.len()),
            packets: Packets::new(self.shape.packets),
            vars: interner.vars(Vec::clone(&self.vars.get(whole.vars))),
            left: whole.left.as_slice().into(),
            trace: Interned { id: 0, value: Arc::default() },
        };
        for (node, state) in whole.nodes.iter().enumerate() {
            let state = self.state(node as u32, *state);
            world.nodes.push(interner.state(NodeState::clone(&state)));
        }
        for packet in &whole.packets {
            self.machine.put(&mut world, Value::clone(&self.packets.get(*packet)));
        }
        for event in self.events_of(whole.trace) {
            interner.trace(&mut world.trace, event);
        }
        world
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

    /// A history with one more event.
    pub(super) fn longer(&self, trace: u32, event: u32) -> u32 {
        // The empty history has no row.
        self.traces.id((trace, event)) + 1
    }

    /// The events of a history, oldest first.
    pub(super) fn events_of(&self, mut trace: u32) -> Vec<Value> {
        let (traces, known) = (self.traces.look(), self.events.look());
        let mut events = Vec::new();
        while trace != 0 {
            let (earlier, event) = **traces.get(trace - 1);
            events.push(Value::clone(known.get(event)));
            trace = earlier;
        }
        events.reverse();
        events
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
