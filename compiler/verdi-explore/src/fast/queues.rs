use super::checkpoint::{In, Out, Refused};
use rustc_hash::FxHashMap;
use std::io;
use std::sync::{Arc, PoisonError, RwLock};
use verdi_machine::PacketOp;

/// The contents of the queues between nodes, each queue's numbered from 0, the empty one.
#[derive(Debug)]
pub(super) struct Queues {
    nodes: usize,
    queues: Vec<RwLock<Contents>>,
}

#[derive(Debug)]
struct Contents {
    known: Vec<Arc<[u32]>>,
    ids: FxHashMap<Arc<[u32]>, u32>,
}

impl Queues {
    /// A queue for each ordered pair of nodes.
    pub(super) fn new(nodes: usize) -> Self {
        let empty = || {
            let nothing: Arc<[u32]> = Arc::default();
            RwLock::new(Contents {
                known: vec![Arc::clone(&nothing)],
                ids: std::iter::once((nothing, 0)).collect(),
            })
        };
        Self { nodes, queues: (0..nodes * nodes).map(|_| empty()).collect() }
    }

    /// The queue from one node to another.
    pub(super) fn between(&self, (src, dst): (u32, u32)) -> usize {
        src as usize * self.nodes + dst as usize
    }

    /// What is in a queue.
    pub(super) fn content(&self, queue: usize, id: u32) -> Arc<[u32]> {
        Arc::clone(&self.queues[queue].read().unwrap_or_else(PoisonError::into_inner).known[id as usize])
    }

    /// The id of a content.
    pub(super) fn id(&self, queue: usize, content: &[u32]) -> u32 {
        if let Some(id) = self.queues[queue].read().unwrap_or_else(PoisonError::into_inner).ids.get(content) {
            return *id;
        }
        let mut contents = self.queues[queue].write().unwrap_or_else(PoisonError::into_inner);
        if let Some(id) = contents.ids.get(content) {
            return *id;
        }
        let (id, content) = (contents.known.len() as u32, Arc::<[u32]>::from(content));
        contents.known.push(Arc::clone(&content));
        contents.ids.insert(content, id);
        id
    }

    /// A content after a packet went in at its end, or the first copy of one came out.
    pub(super) fn after(&self, queue: usize, id: u32, op: PacketOp) -> u32 {
        let content = self.content(queue, id);
        match op {
            PacketOp::Add(packet) => {
                let longer: Vec<u32> = content.iter().copied().chain([packet]).collect();
                self.id(queue, &longer)
            }
            PacketOp::Remove(packet) => match content.iter().position(|known| *known == packet) {
                None => id,
                Some(at) => {
                    let mut shorter = content.to_vec();
                    shorter.remove(at);
                    self.id(queue, &shorter)
                }
            },
        }
    }

    /// Divides packets, ordered by queue, among the queues.
    pub(super) fn divide(&self, packets: &[u32], ends: impl Fn(u32) -> (u32, u32)) -> Vec<u32> {
        let mut contents = vec![Vec::new(); self.queues.len()];
        for packet in packets {
            contents[self.between(ends(*packet))].push(*packet);
        }
        contents.iter().enumerate().map(|(queue, content)| self.id(queue, content)).collect()
    }

    /// The packets of all queues, by queue.
    pub(super) fn join(&self, ids: &[u32]) -> Vec<u32> {
        ids.iter().enumerate().flat_map(|(queue, id)| self.content(queue, *id).to_vec()).collect()
    }

    /// The contents of every queue, by id.
    pub(super) fn save(&self, out: &mut Out) -> io::Result<()> {
        for contents in &self.queues {
            let contents = contents.read().unwrap_or_else(PoisonError::into_inner);
            out.word(contents.known.len() as u64)?;
            contents.known.iter().try_for_each(|content| out.numbers(content))?;
        }
        Ok(())
    }

    /// Gives contents the ids that they had.
    pub(super) fn load(&self, from: &mut In) -> Result<(), Refused> {
        for queue in 0..self.queues.len() {
            for id in 0..from.count(1)? {
                if self.id(queue, &from.numbers()?) as usize != id {
                    return Err(Refused::Damaged);
                }
            }
        }
        Ok(())
    }

    /// About how many bytes the contents take.
    pub(super) fn bytes(&self) -> u64 {
        let of = |contents: &RwLock<Contents>| {
            let contents = contents.read().unwrap_or_else(PoisonError::into_inner);
            contents.known.iter().map(|content| content.len() as u64 * 4 + 64).sum::<u64>()
        };
        self.queues.iter().map(of).sum()
    }
}
