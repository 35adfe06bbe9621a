use super::super::memo::{Memo, Step};
use super::super::word::Word;
use super::layout::{Layout, Overflow};
use verdi_core::{PacketStore, RuleId};
use verdi_machine::{Fault, Firing, PacketOp, Parts, Shape, Update};

/// A step, arranged to be taken on a packed world with a few operations: `((world + add) & !clear) | set`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Delta<W> {
    pub(super) add: W,
    pub(super) clear: W,
    pub(super) set: W,
    /// The packets whose count goes up by one: the step does not fit where one of them is full.
    pub(super) grow: W,
    /// Where it is not 0, the step is enabled only if one of these bits is set.
    pub(super) cond: W,
    /// The choice; for a slow step, its place among them.
    pub(super) choice: u32,
    /// The bound that the condition is of.
    pub(super) bound: u16,
    /// Whether it cannot be taken like this.
    pub(super) slow: bool,
}

/// A step that takes more than a [`Delta`].
#[derive(Clone, Debug)]
pub(super) enum Slow {
    /// A firing, and what it does.
    Step(Firing, Step),
    /// A guard or a domain faults.
    Fault(RuleId, Fault),
}

/// What can happen at a node in a state; or, in a row of variables, at no node.
#[derive(Debug)]
pub(super) struct Row<W> {
    /// Steps that no packet drives.
    pub(super) steps: Vec<Delta<W>>,
    /// How many of those change nothing, whatever the world.
    pub(super) loops: u32,
    /// Steps that packets drive: the first of each packet here, then the second, and so on. Never empty.
    pub(super) slots: Vec<Slot<W>>,
}

/// At most one step for each packet, by the packet's lowest bit.
#[derive(Debug)]
pub(super) struct Slot<W> {
    /// The packets that were asked about.
    pub(super) known: W,
    /// Those of them that have no step here, or one that changes nothing.
    pub(super) skip: W,
    /// Those that have one that changes nothing.
    pub(super) loops: W,
    /// The others' steps, in the order of their bits.
    pub(super) steps: Vec<Delta<W>>,
}

impl<W: Word> Slot<W> {
    fn new(known: W) -> Self {
        Self { known, skip: known, loops: W::ZERO, steps: Vec::new() }
    }

    /// The step of a packet that is known and not skipped.
    #[inline]
    pub(super) fn step(&self, bit: W) -> &Delta<W> {
        let before = bit.minus(W::from_u32(1));
        &self.steps[(self.known & !self.skip & before).ones() as usize]
    }

    fn learn(&mut self, bit: W, step: Option<Option<Delta<W>>>) {
        self.known = self.known | bit;
        match step {
            Some(Some(delta)) => {
                let before = bit.minus(W::from_u32(1));
                let at = (self.known & !self.skip & before).ones() as usize;
                self.steps.insert(at, delta);
            }
            nothing => {
                self.skip = self.skip | bit;
                if nothing.is_some() {
                    self.loops = self.loops | bit;
                }
            }
        }
    }
}

/// The rows that a worker has met, for one layout.
#[derive(Debug)]
pub(super) struct Rows<W> {
    /// By variables, node (the last for no node) and state: the position of the row, plus one.
    index: Vec<Vec<Vec<u32>>>,
    rows: Vec<Row<W>>,
    pub(super) slow: Vec<Slow>,
    /// The largest state of each kind that a step leads to, plus one; the same of variables; and the number of
    /// packets.
    pub(super) states: Vec<u32>,
    pub(super) vars: u32,
    pub(super) packets: u32,
}

impl<W: Word> Rows<W> {
    pub(super) fn new(kinds: usize) -> Self {
        Self { index: Vec::new(), rows: Vec::new(), slow: Vec::new(), states: vec![1; kinds], vars: 1, packets: 0 }
    }

    #[inline]
    pub(super) fn find(&self, vars: u32, node: usize, state: u32) -> Option<u32> {
        let row = *self.index.get(vars as usize)?.get(node)?.get(state as usize)?;
        row.checked_sub(1)
    }

    #[inline]
    pub(super) fn row(&self, at: u32) -> &Row<W> {
        &self.rows[at as usize]
    }

    /// About how many bytes the rows take.
    pub(super) fn bytes(&self) -> u64 {
        let of = |row: &Row<W>| {
            let steps = row.steps.len() + row.slots.iter().map(|slot| slot.steps.len()).sum::<usize>();
            steps * size_of::<Delta<W>>() + size_of::<Row<W>>() + row.slots.len() * size_of::<Slot<W>>()
        };
        self.rows.iter().map(of).sum::<usize>() as u64 + self.slow.len() as u64 * size_of::<Slow>() as u64
    }
}

/// What rows are made from.
pub(super) struct Maker<'a, W, P> {
    pub(super) memo: &'a Memo<'a, P>,
    pub(super) shape: &'a Shape,
    pub(super) layout: &'a Layout<W>,
}

/// What a firing is to a row.
enum Made<W> {
    /// It changes nothing, whatever the world.
    Nothing,
    Step(Delta<W>),
}

impl<W: Word, P: Parts> Maker<'_, W, P> {
    /// Makes the row of a node in a state; `node` may be one past the last, for firings at no node.
    #[cold]
    pub(super) fn make(&self, rows: &mut Rows<W>, vars: u32, node: usize, state: u32) -> Result<u32, Overflow> {
        let parts = self.memo.parts;
        let at_no_node = node == self.shape.kinds.len();
        let firings = if at_no_node { parts.free(vars) } else { parts.anchored(vars, node as u32, state) };
        let mut row = Row { steps: Vec::new(), loops: 0, slots: vec![Slot::new(W::ZERO)] };
        for firing in firings.firings {
            match self.step(rows, vars, state, firing, None)? {
                Made::Nothing => row.loops += 1,
                Made::Step(delta) => row.steps.push(delta),
            }
        }
        for (rule, fault) in firings.faults {
            row.steps.push(slow(rows, Slow::Fault(rule, fault)));
        }
        let at = rows.rows.len() as u32;
        rows.rows.push(row);
        let index = &mut rows.index;
        grown(grown(grown(index, vars as usize), node), state as usize);
        index[vars as usize][node][state as usize] = at + 1;
        Ok(at)
    }

    /// Learns what a packet drives at a row, by its lowest bit.
    #[cold]
    pub(super) fn learn(
        &self,
        rows: &mut Rows<W>,
        (vars, node, state): (u32, usize, u32),
        at: u32,
        bit: W,
    ) -> Result<(), Overflow> {
        let packet = u32::from(self.layout.packet_at[bit.lowest() as usize]);
        rows.packets = rows.packets.max(packet + 1);
        let firings = self.memo.driven(vars, packet, true);
        let target = (node < self.shape.kinds.len()).then_some(node as u32);
        let mut steps = Vec::new();
        for firing in firings.firings.iter().filter(|firing| firing.target == target) {
            steps.push(self.step(rows, vars, state, firing.clone(), Some(packet))?);
        }
        if target.is_none() {
            for (rule, fault) in &firings.faults {
                steps.push(Made::Step(slow(rows, Slow::Fault(*rule, fault.clone()))));
            }
        }
        let slots = &mut rows.rows[at as usize].slots;
        while slots.len() < steps.len() {
            let known = slots[0].known;
            slots.push(Slot::new(known));
        }
        let mut steps = steps.into_iter();
        for slot in slots {
            slot.learn(
                bit,
                steps.next().map(|made| match made {
                    Made::Nothing => None,
                    Made::Step(delta) => Some(delta),
                }),
            );
        }
        Ok(())
    }

    fn step(
        &self,
        rows: &mut Rows<W>,
        vars: u32,
        state: u32,
        firing: Firing,
        driver: Option<u32>,
    ) -> Result<Made<W>, Overflow> {
        let step = self.memo.update(firing.id, if firing.target.is_some() { state } else { 0 });
        let Ok(update) = &*step else { return Ok(Made::Step(slow(rows, Slow::Step(firing, step)))) };
        self.count(rows, &firing, update);
        match self.delta(vars, state, &firing, update, driver)? {
            Some(made) => Ok(made),
            None => Ok(Made::Step(slow(rows, Slow::Step(firing, step)))),
        }
    }

    /// Keeps count of the ids that steps lead to.
    fn count(&self, rows: &mut Rows<W>, firing: &Firing, update: &Update) {
        if let (Some(node), Some(state)) = (firing.target, update.state) {
            let known = &mut rows.states[self.layout.kinds[node as usize] as usize];
            *known = (*known).max(state + 1);
        }
        rows.vars = rows.vars.max(update.vars.unwrap_or(0) + 1);
        for op in &update.packets {
            if let PacketOp::Add(packet) = op {
                rows.packets = rows.packets.max(packet + 1);
            }
        }
    }

    /// A step as a delta; `None` where it takes more.
    fn delta(
        &self,
        vars: u32,
        state: u32,
        firing: &Firing,
        update: &Update,
        driver: Option<u32>,
    ) -> Result<Option<Made<W>>, Overflow> {
        let layout = self.layout;
        let mut delta = Delta {
            add: W::ZERO,
            clear: W::ZERO,
            set: W::ZERO,
            grow: W::ZERO,
            cond: W::ZERO,
            choice: firing.choice,
            bound: 0,
            slow: false,
        };
        match firing.counters[..] {
            [] => {}
            [(bound, counter)] if layout.left[counter as usize].bits > 0 => {
                let field = layout.left[counter as usize];
                delta.cond = field.mask();
                delta.bound = bound as u16;
                delta.add = delta.add.minus(W::bit(field.at));
            }
            _ => return Ok(None),
        }
        if !update.events.is_empty() {
            return Ok(None);
        }
        if let Some(after) = update.vars {
            let (before, after) = (layout.put_vars(W::ZERO, vars)?, layout.put_vars(W::ZERO, after)?);
            delta.add = delta.add.plus(after.minus(before));
        }
        if let (Some(node), Some(after)) = (firing.target, update.state) {
            let at = |state| layout.put_state(W::ZERO, node as usize, state);
            delta.add = delta.add.plus(at(after)?.minus(at(state)?));
        }
        let packets = match self.shape.packets {
            PacketStore::Fifo => update.packets.is_empty(),
            PacketStore::Bag => self.count_packets(&mut delta, update, driver)?,
            PacketStore::Set => self.set_packets(&mut delta, update)?,
        };
        if !packets {
            return Ok(None);
        }
        let nothing = [delta.add, delta.clear, delta.set].iter().all(|part| *part == W::ZERO);
        Ok(Some(if nothing { Made::Nothing } else { Made::Step(delta) }))
    }

    /// What a step does to the counts of a bag. `false` where that depends on which packets there are, or is bounded.
    fn count_packets(
        &self,
        delta: &mut Delta<W>,
        update: &Update,
        driver: Option<u32>,
    ) -> Result<bool, Overflow> {
        // By packet: copies that are there for sure, and by how many there are more or less.
        let mut counts: Vec<(u32, i32, i32)> = Vec::new();
        for op in &update.packets {
            let (packet, by) = match op {
                PacketOp::Add(packet) => (*packet, 1),
                PacketOp::Remove(packet) => (*packet, -1),
            };
            let at = counts.iter().position(|(known, ..)| *known == packet).unwrap_or_else(|| {
                counts.push((packet, i32::from(driver == Some(packet)), 0));
                counts.len() - 1
            });
            let (_, sure, change) = &mut counts[at];
            if by < 0 && *sure == 0 {
                return Ok(false);
            }
            *sure += by;
            *change += by;
        }
        let more: i32 = counts.iter().map(|(.., change)| change).sum();
        if self.shape.packets_max.is_some() && more > 0 {
            return Ok(false);
        }
        for (packet, _, change) in counts {
            // Also where nothing changes: there must be a place to count it in.
            self.layout.copies(W::ZERO, packet)?;
            let one = W::bit(self.layout.packets[packet as usize].at);
            match change {
                0 => {}
                1 => {
                    delta.add = delta.add.plus(one);
                    delta.grow = delta.grow | one;
                }
                -1 => delta.add = delta.add.minus(one),
                _ => return Ok(false),
            }
        }
        Ok(true)
    }

    /// What a step does to the members of a set. `false` where their number is bounded.
    fn set_packets(&self, delta: &mut Delta<W>, update: &Update) -> Result<bool, Overflow> {
        for op in &update.packets {
            let (PacketOp::Add(packet) | PacketOp::Remove(packet)) = *op;
            self.layout.copies(W::ZERO, packet)?;
            let bit = W::bit(self.layout.packets[packet as usize].at);
            if matches!(op, PacketOp::Add(_)) {
                (delta.set, delta.clear) = (delta.set | bit, delta.clear & !bit);
            } else {
                (delta.set, delta.clear) = (delta.set & !bit, delta.clear | bit);
            }
        }
        Ok(self.shape.packets_max.is_none() || delta.set == W::ZERO)
    }
}

fn slow<W: Word>(rows: &mut Rows<W>, step: Slow) -> Delta<W> {
    rows.slow.push(step);
    Delta {
        add: W::ZERO,
        clear: W::ZERO,
        set: W::ZERO,
        grow: W::ZERO,
        cond: W::ZERO,
        choice: rows.slow.len() as u32 - 1,
        bound: 0,
        slow: true,
    }
}

/// The element at a position, which may be past the end.
fn grown<T: Default>(items: &mut Vec<T>, at: usize) -> &mut T {
    if at >= items.len() {
        items.resize_with(at + 1, T::default);
    }
    &mut items[at]
}
