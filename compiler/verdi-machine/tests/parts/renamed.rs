//! Worlds with their nodes renamed.

use crate::naive::{Successors, successors};
use crate::walk::Walk;
use std::collections::{HashSet, VecDeque};
use verdi_core::PacketStore;
use verdi_machine::{Choice, Parts, Whole};

impl Walk<'_> {
    /// Renames so many worlds at most, and back. `alike`: also compares what follows. Answers with how many
    /// became other worlds.
    pub(crate) fn renamed(&mut self, renaming: &[u32], most: usize, alike: bool) -> usize {
        let Ok(first) = self.parts.first() else { return 0 };
        let mut others = 0;
        let mut seen = HashSet::from([first.clone()]);
        let mut waiting = VecDeque::from([first]);
        while let Some(world) = waiting.pop_front() {
            let other = rename(&self.parts, renaming, &world);
            others += usize::from(other != world);
            assert_eq!(rename(&self.parts, renaming, &other), world, "{}: twice", self.place);
            let found = successors(&self.parts, &world);
            if alike {
                let expected = self.rename_all(renaming, &found).sorted();
                assert_eq!(successors(&self.parts, &other).sorted(), expected, "{}", self.place);
            }
            for next in found.moves.into_iter().filter_map(|(_, led)| led?.ok()) {
                if seen.len() < most && seen.insert(next.clone()) {
                    waiting.push_back(next);
                }
            }
        }
        others
    }

    fn rename_all(&self, renaming: &[u32], found: &Successors) -> Successors {
        let moves = found.moves.iter().map(|(choice, led)| {
            let led = led.as_ref().map(|led| led.clone().map(|led| rename(&self.parts, renaming, &led)));
            (self.rename_choice(renaming, choice), led)
        });
        Successors {
            moves: moves.collect(),
            held_back: found.held_back.clone(),
            faults: found.faults.clone(),
        }
    }

    fn rename_choice(&self, renaming: &[u32], choice: &Choice) -> Choice {
        let id = self.parts.choice_id(choice);
        self.parts.choice(self.parts.renamed_choice(renaming, id))
    }
}

fn rename(parts: &impl Parts, renaming: &[u32], world: &Whole) -> Whole {
    let shape = parts.shape();
    let mut renamed = world.clone();
    for (node, state) in world.nodes.iter().enumerate() {
        let state = parts.renamed_state(renaming, shape.kinds[node], *state);
        renamed.nodes[renaming[node] as usize] = state;
    }
    renamed.vars = parts.renamed_vars(renaming, world.vars);
    renamed.trace = parts.renamed_history(renaming, world.trace);
    for (at, node) in parts.counter_nodes().iter().enumerate() {
        if let Some(node) = *node {
            renamed.left[at - node as usize + renaming[node as usize] as usize] = world.left[at];
        }
    }
    for packet in &mut renamed.packets {
        *packet = parts.renamed_packet(renaming, *packet);
    }
    match shape.packets {
        PacketStore::Fifo => renamed.packets.sort_by_key(|packet| parts.ends(*packet)),
        PacketStore::Bag | PacketStore::Set => renamed.packets.sort_unstable(),
    }
    renamed
}
