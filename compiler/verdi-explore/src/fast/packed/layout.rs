//! Where the parts of a world lie in a word.

mod census;
mod field;
mod saved;

pub(crate) use census::{Census, Overflow};
pub(crate) use field::Field;

use super::super::word::Word;
use std::collections::BTreeMap;
use verdi_core::PacketStore;
use verdi_machine::{Shape, Whole};

/// How a word is put into another layout: which bits go up or down by how much.
#[derive(Clone, Debug)]
pub(crate) struct Moves<W>(Vec<(i32, W)>);

impl<W: Word> Moves<W> {
    /// The word in the other layout.
    #[inline]
    pub(crate) fn apply(&self, word: W) -> W {
        self.0.iter().fold(W::ZERO, |moved, (by, mask)| {
            let bits = word & *mask;
            moved | if *by < 0 { bits >> by.unsigned_abs() } else { bits << by.unsigned_abs() }
        })
    }
}

/// Nodes that lie side by side and have few states together: what can happen at them is looked up at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) number: usize,
    /// The first node; one past the last of all for what happens at no node.
    pub(crate) first: usize,
    pub(crate) nodes: usize,
    /// The bits of all of them.
    pub(crate) joint: Field,
}

/// The most bits that the nodes of a group of several take.
const GROUP_BITS: u32 = 10;

/// What fewer bits index is near anyway.
const LARGE_BITS: u32 = 12;

/// Where the parts of a world lie in a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout<W> {
    pub(crate) nodes: Vec<Field>,
    /// The kind of each node.
    pub(crate) kinds: Vec<u32>,
    /// All nodes, and what happens at no node.
    pub(crate) groups: Vec<Group>,
    /// Those of them of which there may be many joint states.
    pub(crate) large: Vec<Group>,
    pub(crate) vars: Field,
    pub(crate) trace: Field,
    pub(crate) left: Vec<Field>,
    pub(crate) queues: Vec<Field>,
    /// The count of each packet, and of packets to come.
    pub(crate) packets: Vec<Field>,
    /// Bit `k` of every packet that has one, moved down to its lowest bit.
    levels: Vec<W>,
    /// The packet whose lowest bit is at a position.
    pub(crate) packet_at: Vec<u16>,
    /// The first bit that is not used.
    end: u32,
}

impl<W: Word> Layout<W> {
    /// A layout for all that a census counted. `None` where it does not fit.
    pub(crate) fn new(shape: &Shape, census: &Census) -> Option<Self> {
        let set = shape.packets == PacketStore::Set;
        let mut end = 0;
        let mut field = |bits: u32| {
            end += bits;
            Field::new(end - bits, bits)
        };
        let states: Vec<u32> = census.states.iter().map(|count| bits_for(*count)).collect();
        let copies = |most: &u32| if set { 1 } else { bits_for(*most + 1) };
        let mut layout = Self {
            nodes: shape.kinds.iter().map(|kind| field(states[*kind as usize])).collect(),
            kinds: shape.kinds.clone(),
            groups: Vec::new(),
            large: Vec::new(),
            vars: field(bits_for(census.vars)),
            trace: field(bits_for(census.traces)),
            left: shape.counters.iter().map(|most| field(u32::BITS - most.leading_zeros())).collect(),
            queues: census.queues.iter().map(|count| field(bits_for(*count))).collect(),
            packets: census.copies.iter().map(|most| field(copies(most))).collect(),
            levels: Vec::new(),
            packet_at: Vec::new(),
            end: 0,
        };
        layout.end = end;
        if end > W::BITS {
            return None;
        }
        layout.index();
        Some(layout)
    }

    /// Derives what is looked up from where the fields are.
    fn index(&mut self) {
        self.groups = groups(&self.nodes);
        self.large = self.groups.iter().filter(|group| group.joint.bits >= LARGE_BITS).cloned().collect();
        self.levels.clear();
        self.packet_at = vec![0; W::BITS as usize];
        for (packet, field) in self.packets.iter().enumerate() {
            self.packet_at[field.at as usize] = packet as u16;
            for level in 0..field.bits as usize {
                self.levels.resize(self.levels.len().max(level + 1), W::ZERO);
                self.levels[level] = self.levels[level] | W::bit(field.at);
            }
        }
    }

    /// A layout that has room for something more in bits that were not used, with all else where it is. `None` where that
    /// cannot be done.
    pub(crate) fn extended(&self, overflow: Overflow) -> Option<Self> {
        let mut layout = self.clone();
        let mut end = self.end;
        let more = |field: Field, id: u32| (u32::BITS - id.leading_zeros()).saturating_sub(field.bits);
        let mut extend = |field: &mut Field, bits: u32| {
            *field = field.extended(end, bits)?;
            end += bits;
            Some(())
        };
        match overflow {
            Overflow::State { kind, id } => {
                let mut nodes = layout.nodes.iter_mut().zip(&self.kinds).filter(|(_, of)| **of == kind);
                nodes.try_for_each(|(field, _)| extend(field, more(*field, id)))?;
            }
            Overflow::Vars(id) => extend(&mut layout.vars, more(self.vars, id))?,
            Overflow::Trace(id) => extend(&mut layout.trace, more(self.trace, id))?,
            Overflow::Queue { queue, id } => {
                let field = &mut layout.queues[queue as usize];
                extend(field, more(*field, id))?;
            }
            Overflow::Copies { packet, copies: 1 } => {
                for _ in self.packets.len()..=packet as usize {
                    let mut field = Field::default();
                    extend(&mut field, 1)?;
                    layout.packets.push(field);
                }
            }
            Overflow::Copies { .. } => return None,
        }
        layout.end = end;
        if end > W::BITS {
            return None;
        }
        layout.index();
        Some(layout)
    }

    /// The lowest bits of the packets of which there is a copy.
    #[inline]
    pub(crate) fn present(&self, word: W) -> W {
        let mut any = W::ZERO;
        for (level, lows) in self.levels.iter().enumerate() {
            any = any | ((word >> level as u32) & *lows);
        }
        any
    }

    /// The lowest bits of the packets of which there are as many copies as can be counted.
    #[inline]
    pub(crate) fn full(&self, word: W) -> W {
        let Some((first, more)) = self.levels.split_first() else { return W::ZERO };
        let mut full = word & *first;
        for (level, lows) in more.iter().enumerate() {
            full = full & ((word >> (level as u32 + 1)) | !*lows);
        }
        full
    }

    /// How many packets there are, copies too (queues aside).
    pub(crate) fn packet_count(&self, word: W) -> u64 {
        self.packets.iter().map(|field| u64::from(field.get(word))).sum()
    }

    /// Packs a world whose packets are counted, and whose queues are known by the ids of their contents.
    ///
    /// # Errors
    /// What there is no room for.
    pub(crate) fn pack(&self, whole: &Whole, queues: &[u32]) -> Result<W, Overflow> {
        let mut word = W::ZERO;
        for (node, state) in whole.nodes.iter().enumerate() {
            word = self.put_state(word, node, *state)?;
        }
        word = self.put_vars(word, whole.vars)?;
        word = self.put_trace(word, whole.trace)?;
        for (field, left) in self.left.iter().zip(&whole.left) {
            word = field.put(word, *left);
        }
        if !self.queues.is_empty() {
            for (queue, id) in queues.iter().enumerate() {
                word = self.put_queue(word, queue, *id)?;
            }
            return Ok(word);
        }
        for packet in &whole.packets {
            word = self.put_packet(word, *packet, self.copies(word, *packet)? + 1)?;
        }
        Ok(word)
    }

    /// The inverse of [`Self::pack`], but that the ids of queues are not turned into packets.
    pub(crate) fn unpack(&self, word: W) -> (Whole, Vec<u32>) {
        let get = |fields: &[Field]| fields.iter().map(|field| field.get(word)).collect::<Vec<_>>();
        let packets = (0..).zip(&self.packets);
        let whole = Whole {
            nodes: get(&self.nodes),
            vars: self.vars.get(word),
            trace: self.trace.get(word),
            left: get(&self.left),
            packets: packets
                .flat_map(|(packet, field)| std::iter::repeat_n(packet, field.get(word) as usize))
                .collect(),
        };
        (whole, get(&self.queues))
    }

    /// How words of this layout become words of another that is at least as wide everywhere.
    pub(crate) fn moves_to(&self, wider: &Self) -> Moves<W> {
        let fields = |layout: &Self| -> Vec<Field> {
            let each = [&layout.nodes, &layout.left, &layout.queues].into_iter().flatten();
            each.chain([&layout.vars, &layout.trace]).copied().collect()
        };
        let (from, to) = (fields(self), fields(wider));
        let pairs = from.iter().zip(&to).chain(self.packets.iter().zip(&wider.packets));
        let mut moves: BTreeMap<i64, W> = BTreeMap::new();
        for (from, to) in pairs.flat_map(|(from, to)| from.positions().zip(to.positions())) {
            let mask = moves.entry(i64::from(to) - i64::from(from)).or_insert(W::ZERO);
            *mask = *mask | W::bit(from);
        }
        Moves(moves.into_iter().map(|(by, mask)| (by as i32, mask)).collect())
    }

    pub(crate) fn put_state(&self, word: W, node: usize, id: u32) -> Result<W, Overflow> {
        let field = self.nodes[node];
        if field.holds(id) {
            Ok(field.set(word, id))
        } else {
            Err(Overflow::State { kind: self.kinds[node], id })
        }
    }

    pub(crate) fn put_vars(&self, word: W, id: u32) -> Result<W, Overflow> {
        if self.vars.holds(id) { Ok(self.vars.set(word, id)) } else { Err(Overflow::Vars(id)) }
    }

    pub(crate) fn put_trace(&self, word: W, id: u32) -> Result<W, Overflow> {
        if self.trace.holds(id) { Ok(self.trace.set(word, id)) } else { Err(Overflow::Trace(id)) }
    }

    pub(crate) fn put_queue(&self, word: W, queue: usize, id: u32) -> Result<W, Overflow> {
        let field = self.queues[queue];
        if field.holds(id) {
            Ok(field.set(word, id))
        } else {
            Err(Overflow::Queue { queue: queue as u32, id })
        }
    }

    /// How many copies of a packet there are.
    pub(crate) fn copies(&self, word: W, packet: u32) -> Result<u32, Overflow> {
        let field = self.packets.get(packet as usize).ok_or(Overflow::Copies { packet, copies: 1 })?;
        Ok(field.get(word))
    }

    pub(crate) fn put_packet(&self, word: W, packet: u32, copies: u32) -> Result<W, Overflow> {
        let overflow = Overflow::Copies { packet, copies: copies.max(1) };
        let field = self.packets.get(packet as usize).ok_or(overflow)?;
        if field.holds(copies) { Ok(field.set(word, copies)) } else { Err(overflow) }
    }
}

/// Divides nodes, which lie side by side, into groups.
fn groups(nodes: &[Field]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (node, field) in nodes.iter().enumerate() {
        match groups.last_mut() {
            Some(group) if beside(group.joint, *field) => {
                group.nodes += 1;
                group.joint = Field::new(group.joint.at, group.joint.bits + field.bits);
            }
            _ => groups.push(Group { number: groups.len(), first: node, nodes: 1, joint: *field }),
        }
    }
    groups.push(Group { number: groups.len(), first: nodes.len(), nodes: 1, joint: Field::default() });
    groups
}

/// Whether two fields are one run, of few bits.
fn beside(first: Field, second: Field) -> bool {
    let whole = first.run == first.bits && second.run == second.bits;
    whole && first.at + first.bits == second.at && first.bits + second.bits <= GROUP_BITS
}

/// How many bits tell `count` things apart.
fn bits_for(count: u32) -> u32 {
    u32::BITS - count.saturating_sub(1).leading_zeros()
}

#[cfg(test)]
mod tests;
