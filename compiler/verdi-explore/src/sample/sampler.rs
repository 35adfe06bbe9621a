use super::known::{Candidate, Known, NONE};
use crate::open::Open;
use verdi_core::{PacketStore, RuleId};
use verdi_machine::{Fault, PacketOp, Parts, Update, Whole, WorldMoves};

/// A world that is changed in place, one step at a time.
///
/// What can happen is remembered by the ids that it depends on; what a firing does is asked when it is first taken.
#[derive(Debug)]
pub struct Sampler<'p, P> {
    parts: &'p P,
    known: Known,
    first: Whole,
    world: Whole,
    /// The world before the last step, where that may have to be taken back.
    before: Whole,
    enabled: Vec<Candidate>,
    faults: Vec<(RuleId, Fault)>,
    held_back: bool,
    moves: WorldMoves,
    open: Open,
}

/// What a step came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// The world changed as this tells.
    Moved(Changes),
    /// Nothing happened: the next world would hold more packets than the bound on packets allows.
    TooManyPackets,
    /// Nothing happened: the step faults.
    Fault(Fault),
}

/// Which parts of a world a step may have changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The node whose state changed.
    pub node: Option<u32>,
    /// Whether the variables did.
    pub vars: bool,
    /// Whether the packets did.
    pub packets: bool,
    /// Whether the history did.
    pub trace: bool,
    /// Whether something was taken from a counter.
    pub counters: bool,
    /// Whether any part may have, whatever the others say.
    pub all: bool,
}

impl Changes {
    /// Whether it is another world.
    pub fn any(self) -> bool {
        self != Self::default()
    }
}

impl<'p, P: Parts> Sampler<'p, P> {
    /// In the first world.
    ///
    /// # Errors
    /// There is none.
    pub fn new(parts: &'p P) -> Result<Self, Fault> {
        let first = parts.first()?;
        Ok(Self {
            parts,
            known: Known::default(),
            world: first.clone(),
            before: first.clone(),
            first,
            enabled: Vec::new(),
            faults: Vec::new(),
            held_back: false,
            moves: WorldMoves::default(),
            open: Open::default(),
        })
    }

    /// Goes back to the first world.
    pub fn restart(&mut self) {
        self.world.clone_from(&self.first);
    }

    /// Goes to a world. What could happen in it when it was last looked at is as it was.
    pub(crate) fn enter(&mut self, world: &Whole) {
        self.world.clone_from(world);
    }

    /// The world as it is.
    pub fn world(&self) -> &Whole {
        &self.world
    }

    /// Finds out what can happen in the world, in no order that may matter to anyone.
    pub fn look(&mut self) {
        self.enabled.clear();
        self.faults.clear();
        self.held_back = false;
        let vars = self.world.vars;
        let nodes = self.world.nodes.len();
        for node in 0..=nodes {
            let state = self.world.nodes.get(node).copied().unwrap_or(0);
            let row = self.known.at_node(self.parts, vars, node as u32, state);
            self.list(row);
        }
        match self.parts.shape().packets {
            PacketStore::Bag | PacketStore::Set => self.look_at_packets(vars),
            PacketStore::Fifo => self.look_at_queues(vars),
        }
        if self.parts.shape().has_world_rules {
            self.look_at_moves();
        }
    }

    /// What can happen, as of the last [`Self::look`].
    pub fn enabled(&self) -> &[Candidate] {
        &self.enabled
    }

    /// The guards and domains that faulted in the last [`Self::look`].
    pub fn faults(&self) -> &[(RuleId, Fault)] {
        &self.faults
    }

    /// Whether nothing can happen, and not because of a bound or a fault.
    pub fn is_stuck(&self) -> bool {
        self.enabled.is_empty() && self.faults.is_empty() && !self.held_back
    }

    /// Forgets a candidate that leads nowhere. Others may change places.
    pub fn discard(&mut self, at: usize) {
        self.enabled.swap_remove(at);
    }

    /// Adds a row to what can happen.
    #[inline]
    fn list(&mut self, row: usize) {
        let row = &self.known.rows[row];
        for candidate in &row.candidates {
            if self.open.holds(self.parts, candidate.waits_for, self.world.trace) {
                continue;
            }
            let (first, end) = candidate.counters;
            let counters = &self.known.counters[first as usize..end as usize];
            if counters.iter().any(|counter| self.world.left[*counter as usize] == 0) {
                self.held_back = true;
            } else {
                self.enabled.push(*candidate);
            }
        }
        self.faults.extend_from_slice(&row.faults);
    }

    fn look_at_packets(&mut self, vars: u32) {
        let mut before = NONE;
        for at in 0..self.world.packets.len() {
            let packet = self.world.packets[at];
            if packet != before {
                let row = self.known.driven(self.parts, vars, packet, true);
                self.list(row);
            }
            before = packet;
        }
    }

    fn look_at_queues(&mut self, vars: u32) {
        let mut start = 0;
        while let Some(first) = self.world.packets.get(start) {
            let queue = self.known.ends(self.parts, *first);
            let mut at = start;
            while let Some(packet) = self.world.packets.get(at).copied()
                && self.known.ends(self.parts, packet) == queue
            {
                if !self.world.packets[start..at].contains(&packet) {
                    let row = self.known.driven(self.parts, vars, packet, at == start);
                    self.list(row);
                }
                at += 1;
            }
            start = at;
        }
    }

    fn look_at_moves(&mut self) {
        self.moves = self.parts.world_moves(&self.world);
        self.held_back |= !self.moves.held_back.is_empty();
        self.faults.append(&mut self.moves.faults);
        for (at, (choice, _)) in self.moves.moves.iter().enumerate() {
            self.enabled.push(self.known.world_move(self.parts, *choice, at));
        }
    }

    /// What tells the local step of a candidate from others: its firing, and the state of the node where it happens.
    pub(super) fn local(&self, candidate: &Candidate) -> u64 {
        match candidate.firing {
            NONE => u64::MAX - u64::from(candidate.choice),
            firing => u64::from(firing) << 32 | u64::from(self.state_at(candidate)),
        }
    }

    /// The local step of a candidate of the last [`Self::look`]; `None` of a world rule's, which may read more than that.
    pub(crate) fn step(&self, at: usize) -> Option<u64> {
        let candidate = &self.enabled[at];
        (candidate.firing != NONE).then(|| self.local(candidate))
    }

    fn state_at(&self, candidate: &Candidate) -> u32 {
        self.world.nodes.get(candidate.target as usize).copied().unwrap_or(0)
    }

    /// Takes a candidate of the last [`Self::look`].
    pub fn take(&mut self, at: usize) -> Taken {
        let candidate = self.enabled[at];
        let most = self.parts.shape().packets_max;
        let changes = if candidate.firing == NONE {
            match &self.moves.moves[candidate.target as usize].1 {
                Err(fault) => return Taken::Fault(fault.clone()),
                Ok(after) => {
                    self.before.clone_from(&self.world);
                    self.world.clone_from(after);
                    Changes { all: self.world != self.before, ..Changes::default() }
                }
            }
        } else {
            if most.is_some() {
                self.before.clone_from(&self.world);
            }
            let update = self.known.update(self.parts, candidate.firing, self.state_at(&candidate));
            if let Err(fault) = self.known.updated(update) {
                return Taken::Fault(fault.clone());
            }
            self.apply(&candidate, update)
        };
        if most.is_some_and(|most| self.world.packets.len() as u64 > most) {
            std::mem::swap(&mut self.world, &mut self.before);
            return Taken::TooManyPackets;
        }
        Taken::Moved(changes)
    }

    /// Does what a firing does.
    fn apply(&mut self, candidate: &Candidate, at: usize) -> Changes {
        let (first, end) = candidate.counters;
        for counter in &self.known.counters[first as usize..end as usize] {
            let left = &mut self.world.left[*counter as usize];
            *left = left.saturating_sub(1);
        }
        let mut changes = Changes { counters: first != end, ..Changes::default() };
        let Ok(Update { vars, state, events, packets }) = self.known.updated(at) else { return changes };
        if let Some(vars) = *vars {
            changes.vars = vars != self.world.vars;
            self.world.vars = vars;
        }
        if let Some(state) = *state
            && let Some(own) = self.world.nodes.get_mut(candidate.target as usize)
        {
            changes.node = (*own != state).then_some(candidate.target);
            *own = state;
        }
        for event in events {
            changes.trace = true;
            self.world.trace = self.parts.history(self.world.trace, *event);
        }
        if packets.is_empty() {
            return changes;
        }
        self.before.packets.clone_from(&self.world.packets);
        match self.parts.shape().packets {
            PacketStore::Fifo => self.move_in_queues(at),
            store => {
                let set = store == PacketStore::Set;
                packets.iter().for_each(|op| move_packet(&mut self.world.packets, *op, set));
            }
        }
        changes.packets = self.world.packets != self.before.packets;
        changes
    }

    fn move_in_queues(&mut self, update: usize) {
        let ops = self.known.updated(update).as_ref().map_or(Vec::new(), |update| update.packets.clone());
        for op in ops {
            self.move_in_queue(op);
        }
    }

    /// Puts a packet at the end of its queue, or takes the first copy out.
    fn move_in_queue(&mut self, op: PacketOp) {
        let packets = &mut self.world.packets;
        match op {
            PacketOp::Add(packet) => {
                let (known, parts) = (&mut self.known, self.parts);
                let queue = known.ends(parts, packet);
                let at = packets.partition_point(|other| known.ends(parts, *other) <= queue);
                packets.insert(at, packet);
            }
            PacketOp::Remove(packet) => {
                if let Some(at) = packets.iter().position(|known| *known == packet) {
                    packets.remove(at);
                }
            }
        }
    }

    /// About how many bytes are remembered.
    pub(crate) fn bytes(&self) -> u64 {
        self.known.bytes()
    }
}

/// Puts a packet into a bag or set, or takes one out.
fn move_packet(packets: &mut Vec<u32>, op: PacketOp, set: bool) {
    match op {
        PacketOp::Add(packet) => match packets.binary_search(&packet) {
            Ok(_) if set => {}
            Ok(at) | Err(at) => packets.insert(at, packet),
        },
        PacketOp::Remove(packet) => {
            if let Ok(at) = packets.binary_search(&packet) {
                packets.remove(at);
            }
        }
    }
}
