use std::sync::Arc;
use verdi_runtime::{List, Value};

/// A queue for each ordered pair of nodes, without the empty ones, in the order of the pairs.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Queues(Arc<Vec<Queue>>);

#[derive(Clone, Debug, PartialEq)]
struct Queue {
    src: u32,
    dst: u32,
    packets: List,
    ids: Vec<u32>,
}

impl Queues {
    fn find(&self, packet: &Value) -> Result<usize, usize> {
        let (src, dst) = ends(packet);
        self.0.binary_search_by_key(&(src, dst), |queue| (queue.src, queue.dst))
    }

    pub(crate) fn push(&mut self, packet: Value, id: u32) {
        let found = self.find(&packet);
        let queues = Arc::make_mut(&mut self.0);
        match found {
            Ok(at) => {
                Arc::make_mut(&mut queues[at].packets).push(packet);
                queues[at].ids.push(id);
            }
            Err(at) => {
                let (src, dst) = ends(&packet);
                queues.insert(at, Queue { src, dst, packets: Arc::new(vec![packet]), ids: vec![id] });
            }
        }
    }

    /// Removes the first copy from its queue.
    pub(crate) fn remove(&mut self, packet: &Value) {
        let Ok(at) = self.find(packet) else { return };
        let Some(place) = self.0[at].packets.iter().position(|known| known == packet) else { return };
        let queues = Arc::make_mut(&mut self.0);
        Arc::make_mut(&mut queues[at].packets).remove(place);
        queues[at].ids.remove(place);
        if queues[at].ids.is_empty() {
            queues.remove(at);
        }
    }

    pub(crate) fn total(&self) -> u64 {
        self.0.iter().map(|queue| queue.ids.len() as u64).sum()
    }

    pub(crate) fn all(&self) -> List {
        Arc::new(self.0.iter().flat_map(|queue| queue.packets.iter().cloned()).collect())
    }

    pub(crate) fn each(&self, visit: &mut dyn FnMut(&Value, u32)) {
        let packets = self.0.iter().flat_map(|queue| queue.packets.iter().zip(&queue.ids));
        packets.for_each(|(packet, id)| visit(packet, *id));
    }

    pub(crate) fn heads(&self) -> List {
        Arc::new(self.0.iter().map(|queue| queue.packets[0].clone()).collect())
    }

    pub(crate) fn key(&self, words: &mut Vec<u32>) {
        for queue in self.0.iter() {
            words.extend([queue.src, queue.dst, queue.ids.len() as u32]);
            words.extend_from_slice(&queue.ids);
        }
    }
}

/// Where a packet comes from and where it goes to.
fn ends(packet: &Value) -> (u32, u32) {
    (packet.fields()[0].as_node(), packet.fields()[1].as_node())
}
