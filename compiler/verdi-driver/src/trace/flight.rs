//! Tells copies of packets apart: the machine counts equal packets, a chart draws each one's way.

use super::Packet;
use super::look::Look;
use verdi_core::{PacketStore, Value};
use verdi_machine::Moved;

/// The packets in flight, each with its identity, in the order in which they were put in flight. Of equal
/// ones, the oldest goes first.
pub(super) struct Flight<'a> {
    look: Look<'a>,
    live: Vec<(Value, Packet)>,
    next: usize,
}

impl<'a> Flight<'a> {
    pub(super) fn new(look: Look<'a>) -> Self {
        Self { look, live: Vec::new(), next: 0 }
    }

    /// The packets in flight.
    pub(super) fn live(&self) -> Vec<Packet> {
        self.live.iter().map(|(_, packet)| packet.clone()).collect()
    }

    /// The oldest copy of a packet that is in flight.
    pub(super) fn find(&self, value: &Value) -> Option<&Packet> {
        self.live.iter().find(|(known, _)| known == value).map(|(_, packet)| packet)
    }

    /// A packet that was never seen in flight.
    pub(super) fn unseen(&mut self, value: &Value, step: usize) -> Packet {
        let fields = value.fields();
        let packet = Packet {
            id: self.next,
            src: fields[0].as_node() as usize,
            dst: fields[1].as_node() as usize,
            body: self.look.show(self.look.program.special.message, &fields[2]),
            sent_in: step,
        };
        self.next += 1;
        packet
    }

    /// What a rule itself did to the packets: those that it took out and added, in order.
    pub(super) fn moved(&mut self, number: usize, moved: &[Moved]) -> (Vec<Packet>, Vec<Packet>) {
        let (mut gone, mut added) = (Vec::new(), Vec::new());
        for moved in moved {
            match moved {
                Moved::Added(value) => added.push(self.put(value, number)),
                Moved::Removed(value) => {
                    if let Some(at) = self.live.iter().position(|(known, _)| known == value) {
                        gone.push(self.live.remove(at).1);
                    }
                }
            }
        }
        (gone, added)
    }

    /// A packet that a node sends. In a set, what is there already is there once.
    pub(super) fn send(&mut self, value: &Value, number: usize) -> Packet {
        let is_set = self.look.program.network.packets == PacketStore::Set;
        match self.find(value).filter(|_| is_set) {
            Some(known) => known.clone(),
            None => self.put(value, number),
        }
    }

    fn put(&mut self, value: &Value, number: usize) -> Packet {
        let packet = self.unseen(value, number);
        self.live.push((value.clone(), packet.clone()));
        packet
    }
}
