use verdi_core::PacketStore;
use verdi_machine::Shape;

/// Why a world does not fit: what its layout must be able to hold. Layouts only widen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Census {
    /// For each kind of node, how many states there are.
    pub(crate) states: Vec<u32>,
    /// How many rows of variables.
    pub(crate) vars: u32,
    /// How many histories.
    pub(crate) traces: u32,
    /// For each queue, how many contents.
    pub(crate) queues: Vec<u32>,
    /// For each packet, the most copies.
    pub(crate) copies: Vec<u32>,
}

/// Something that a layout has no room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Overflow {
    /// A state of a kind of node, by its id.
    State { kind: u32, id: u32 },
    /// A row of variables.
    Vars(u32),
    /// A history.
    Trace(u32),
    /// The content of a queue.
    Queue { queue: u32, id: u32 },
    /// So many copies of a packet.
    Copies { packet: u32, copies: u32 },
}

impl Census {
    pub(crate) fn new(shape: &Shape) -> Self {
        let kinds = shape.kinds.iter().max().map_or(0, |kind| *kind as usize + 1);
        let queues =
            if shape.packets == PacketStore::Fifo { shape.kinds.len() * shape.kinds.len() } else { 0 };
        Self { states: vec![1; kinds], vars: 1, traces: 1, queues: vec![1; queues], copies: Vec::new() }
    }

    /// Takes in what did not fit.
    pub(crate) fn add(&mut self, overflow: Overflow) {
        let (count, least) = match overflow {
            Overflow::State { kind, id } => (&mut self.states[kind as usize], id + 1),
            Overflow::Vars(id) => (&mut self.vars, id + 1),
            Overflow::Trace(id) => (&mut self.traces, id + 1),
            Overflow::Queue { queue, id } => (&mut self.queues[queue as usize], id + 1),
            Overflow::Copies { packet, copies } => {
                let packets = self.copies.len().max(packet as usize + 1);
                self.copies.resize(packets, 1);
                (&mut self.copies[packet as usize], copies)
            }
        };
        *count = (*count).max(least);
    }
}
