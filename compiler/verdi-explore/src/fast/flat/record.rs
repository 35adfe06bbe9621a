use super::super::queues::Queues;
use verdi_core::PacketStore;
use verdi_machine::{Parts, Shape, Whole};

/// How a world lies in words: how many packets there are; the states of the nodes, the variables, the
/// history, the counters; then the packets, ascending and each copy (of queues, the number of each that is not
/// empty and the id of its content, ascending).
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    pub(super) nodes: usize,
    pub(super) counters: usize,
    pub(super) store: PacketStore,
}

impl Form {
    pub(super) fn new(shape: &Shape) -> Self {
        Self { nodes: shape.kinds.len(), counters: shape.counters.len(), store: shape.packets }
    }

    /// The words before the packets.
    #[inline]
    pub(super) fn head(self) -> usize {
        1 + self.nodes + 2 + self.counters
    }

    #[inline]
    pub(super) fn node(self, node: usize) -> usize {
        1 + node
    }

    #[inline]
    pub(super) fn vars(self) -> usize {
        1 + self.nodes
    }

    #[inline]
    pub(super) fn trace(self) -> usize {
        2 + self.nodes
    }

    #[inline]
    pub(super) fn counter(self, counter: usize) -> usize {
        3 + self.nodes + counter
    }

    /// The words of the record at the start of some words.
    #[inline]
    pub(super) fn len(self, words: &[u32]) -> usize {
        self.head() + words[0] as usize
    }

    /// How many packets there are.
    pub(super) fn packet_count(self, record: &[u32], queues: &Queues) -> u64 {
        let packets = &record[self.head()..];
        match self.store {
            PacketStore::Bag | PacketStore::Set => packets.len() as u64,
            PacketStore::Fifo => {
                let content = |pair: &[u32]| queues.content(pair[0] as usize, pair[1]).len() as u64;
                packets.chunks_exact(2).map(content).sum()
            }
        }
    }

    /// The record of a world.
    pub(super) fn record<P: Parts>(self, whole: &Whole, queues: &Queues, parts: &P) -> Vec<u32> {
        let mut record = vec![0];
        record.extend(&whole.nodes);
        record.extend([whole.vars, whole.trace]);
        record.extend(&whole.left);
        if self.store == PacketStore::Fifo {
            let ids = queues.divide(&whole.packets, |packet| parts.ends(packet));
            let full = (0..).zip(ids).filter(|(_, id)| *id > 0);
            record.extend(full.flat_map(|(queue, id): (u32, u32)| [queue, id]));
        } else {
            record.extend(&whole.packets);
        }
        record[0] = (record.len() - self.head()) as u32;
        record
    }

    /// The world of a record.
    pub(super) fn whole(self, record: &[u32], queues: &Queues) -> Whole {
        let packets = &record[self.head()..];
        Whole {
            nodes: record[1..self.vars()].to_vec(),
            vars: record[self.vars()],
            trace: record[self.trace()],
            left: record[self.counter(0)..self.head()].to_vec(),
            packets: match self.store {
                PacketStore::Bag | PacketStore::Set => packets.to_vec(),
                PacketStore::Fifo => {
                    let content = |pair: &[u32]| queues.content(pair[0] as usize, pair[1]).to_vec();
                    packets.chunks_exact(2).flat_map(content).collect()
                }
            },
        }
    }

    /// The content of a queue.
    pub(super) fn queue(self, record: &[u32], queue: u32) -> u32 {
        let pairs = record[self.head()..].chunks_exact(2);
        pairs.into_iter().find(|pair| pair[0] == queue).map_or(0, |pair| pair[1])
    }

    /// Changes the content of a queue.
    pub(super) fn set_queue(self, record: &mut Vec<u32>, queue: u32, id: u32) {
        let head = self.head();
        let place = record[head..].chunks_exact(2).position(|pair| pair[0] >= queue);
        let at = place.map_or(record.len(), |pair| head + 2 * pair);
        let there = record.get(at) == Some(&queue);
        match (there, id) {
            (true, 0) => drop(record.drain(at..at + 2)),
            (true, id) => record[at + 1] = id,
            (false, 0) => {}
            (false, id) => drop(record.splice(at..at, [queue, id])),
        }
        record[0] = (record.len() - head) as u32;
    }

    /// Puts a packet into a bag or set.
    pub(super) fn add(self, record: &mut Vec<u32>, packet: u32) {
        let head = self.head();
        let at = head + record[head..].partition_point(|known| *known < packet);
        if self.store == PacketStore::Set && record.get(at) == Some(&packet) {
            return;
        }
        record.insert(at, packet);
        record[0] += 1;
    }

    /// Takes a copy of a packet out of a bag or set, if there is one.
    pub(super) fn remove(self, record: &mut Vec<u32>, packet: u32) {
        let head = self.head();
        if let Ok(at) = record[head..].binary_search(&packet) {
            record.remove(head + at);
            record[0] -= 1;
        }
    }
}
