mod saved;

use super::super::word::Word;
use std::collections::BTreeMap;
use std::ops::AddAssign;
use verdi_core::PacketStore;
use verdi_machine::{Shape, Whole};

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

/// Bits of a word that hold a number: a run of them, and where it was extended later, further runs for the higher
/// bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) at: u32,
    /// How many bits the first run has.
    run: u32,
    more: [(u32, u32); 2],
    /// How many bits there are in all.
    pub(crate) bits: u32,
}

impl Field {
    fn new(at: u32, bits: u32) -> Self {
        Self { at, run: bits, more: [(0, 0); 2], bits }
    }

    #[inline]
    pub(crate) fn get<W: Word>(self, word: W) -> u32 {
        if self.bits == 0 {
            return 0;
        }
        let low = ((word >> self.at) & W::mask(self.run)).low_u32();
        if self.run == self.bits { low } else { low | self.get_more(word) }
    }

    fn get_more<W: Word>(self, word: W) -> u32 {
        let mut found = 0;
        let mut below = self.run;
        for (at, bits) in self.more.into_iter().filter(|(_, bits)| *bits > 0) {
            found |= ((word >> at) & W::mask(bits)).low_u32() << below;
            below += bits;
        }
        found
    }

    /// The word with this field, which is 0 in it, set.
    pub(crate) fn put<W: Word>(self, word: W, value: u32) -> W {
        let mut word = word;
        let mut below = 0;
        for (at, bits) in self.runs() {
            let part = (value >> below) & u64::mask(bits).low_u32();
            word = word | W::from_u32(part) << at;
            below += bits;
        }
        word
    }

    fn runs(self) -> impl Iterator<Item = (u32, u32)> {
        let [second, third] = self.more;
        [(self.at, self.run), second, third].into_iter().filter(|(_, bits)| *bits > 0)
    }

    /// Where its bits lie, the lowest first.
    fn positions(self) -> impl Iterator<Item = u32> {
        self.runs().flat_map(|(at, bits)| at..at + bits)
    }

    pub(crate) fn set<W: Word>(self, word: W, value: u32) -> W {
        self.put(word & !self.mask::<W>(), value)
    }

    pub(crate) fn mask<W: Word>(self) -> W {
        self.runs().fold(W::ZERO, |mask, (at, bits)| mask | W::mask(bits) << at)
    }

    fn holds(self, value: u32) -> bool {
        self.bits >= u32::BITS || value >> self.bits == 0
    }

    /// With so many more bits at a position; `None` where it is in too many pieces.
    fn extended(mut self, at: u32, bits: u32) -> Option<Self> {
        let last = self.runs().last();
        self.bits += bits;
        match last {
            None => (self.at, self.run) = (at, bits),
            Some((first, run)) if first + run == at => {
                let place = self.more.iter().rposition(|(_, bits)| *bits > 0);
                place.map_or(&mut self.run, |place| &mut self.more[place].1).add_assign(bits);
            }
            Some(_) => *self.more.iter_mut().find(|(_, bits)| *bits == 0)? = (at, bits),
        }
        Some(self)
    }
}

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
mod tests {
    use super::*;

    fn shape(packets: PacketStore) -> Shape {
        Shape {
            kinds: vec![0, 1, 1],
            packets,
            has_vars: true,
            keeps_trace: false,
            counters: vec![3, 0],
            packets_max: None,
            depth_max: None,
            has_world_rules: false,
            properties: Vec::new(),
            questions: Vec::new(),
        }
    }

    fn whole() -> Whole {
        Whole { nodes: vec![5, 2, 3], vars: 1, trace: 0, left: vec![3, 0], packets: vec![0, 2, 2, 2] }
    }

    #[test]
    fn what_is_packed_can_be_unpacked() {
        let shape = shape(PacketStore::Bag);
        let mut census = Census::new(&shape);
        let packed = loop {
            let layout = Layout::<u64>::new(&shape, &census).unwrap();
            match layout.pack(&whole(), &[]) {
                Ok(word) => break (layout, word),
                Err(overflow) => census.add(overflow),
            }
        };
        let (layout, word) = packed;
        assert_eq!(layout.unpack(word).0, whole());
        assert_eq!(layout.packet_count(word), 4);
        assert_eq!(layout.present(word).ones(), 2);
        census.add(Overflow::Copies { packet: 7, copies: 9 });
        let wider = Layout::new(&shape, &census).unwrap();
        assert_eq!(wider.unpack(layout.moves_to(&wider).apply(word)).0, whole());
    }

    #[test]
    fn a_layout_is_extended_where_there_are_bits_left() {
        let shape = shape(PacketStore::Bag);
        let mut census = Census::new(&shape);
        for overflow in
            [Overflow::State { kind: 0, id: 5 }, Overflow::State { kind: 1, id: 3 }, Overflow::Vars(1)]
        {
            census.add(overflow);
        }
        census.add(Overflow::Copies { packet: 2, copies: 3 });
        let mut layout = Layout::<u64>::new(&shape, &census).unwrap();
        let word = layout.pack(&whole(), &[]).unwrap();
        for id in [9, 40, 300] {
            layout = layout.extended(Overflow::State { kind: 1, id }).unwrap();
            assert_eq!(layout.unpack(word).0, whole());
            let with = layout.put_state(word, 2, id).unwrap();
            assert_eq!((layout.nodes[2].get(with), layout.nodes[1].get(with)), (id, 2));
            assert_eq!(layout.put_state(with, 2, 3), Ok(word));
            // Something else comes between.
            layout = layout
                .extended(Overflow::Copies { packet: layout.packets.len() as u32, copies: 1 })
                .unwrap_or(layout);
            if id == 40 {
                assert_eq!(layout.extended(Overflow::State { kind: 1, id: 300 }), None, "too many pieces");
                return;
            }
        }
    }

    #[test]
    fn a_count_is_full_where_one_more_would_spill() {
        let shape = shape(PacketStore::Bag);
        let mut census = Census::new(&shape);
        census.add(Overflow::Copies { packet: 0, copies: 3 });
        census.add(Overflow::Copies { packet: 1, copies: 1 });
        let layout = Layout::<u64>::new(&shape, &census).unwrap();
        let full = |copies: u32| {
            let word = layout.put_packet(0, 0, copies).unwrap();
            layout.full(word).ones()
        };
        assert_eq!([0, 1, 2, 3].map(full), [0, 0, 0, 1]);
        assert_eq!(layout.put_packet(0, 0, 4), Err(Overflow::Copies { packet: 0, copies: 4 }));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let shape = shape(PacketStore::Bag);
        let mut census = Census::new(&shape);
        census.add(Overflow::Copies { packet: 70, copies: 1 });
        assert!(Layout::<u64>::new(&shape, &census).is_none());
        assert!(Layout::<u128>::new(&shape, &census).is_some());
    }
}
