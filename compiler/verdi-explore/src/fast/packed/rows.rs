use super::super::memo::Memo;
use super::super::near::prefetch;
use super::super::word::Word;
use super::layout::{Group, Layout, Overflow};
use rustc_hash::FxHashMap;
use std::sync::Arc;
use verdi_core::{PacketStore, RuleId};
use verdi_machine::{Fault, Firing, Firings, PacketOp, Parts, Shape, Update};

/// A step, arranged to be taken on a packed world with a few operations.
#[derive(Clone, Copy, Debug)]
pub(super) struct Delta<W> {
    pub(super) add: W,
    /// What else it does, by its place among the effects; [`SLOW`] where it cannot be taken like this.
    pub(super) effect: u32,
    /// The choice; of a slow step, its place among them.
    pub(super) choice: u32,
}

/// The effect of slow steps.
pub(super) const SLOW: u32 = u32::MAX;

/// What a step does besides adding, and when: of a bag it leads to `world + add`, of a set to
/// `((world + add) & !guard) | set`. The same for many steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Effect<W> {
    /// Of a set, the packets that go. Of a bag, those whose count goes up by one: the step does not fit where one of
    /// them is full.
    pub(super) guard: W,
    pub(super) set: W,
    /// Where it is not 0, the step is enabled only if one of these bits is set.
    pub(super) cond: W,
    /// The bound that the condition is of.
    pub(super) bound: u16,
}

/// A step that takes more than a [`Delta`].
#[derive(Clone, Debug)]
pub(super) enum Slow {
    /// A firing, and what it does.
    Step(Firing, Reaction),
    /// A guard or a domain faults.
    Fault(RuleId, Fault),
}

/// What a step does, or why it faults.
pub(super) type Reaction = Arc<Result<Update, Fault>>;

/// What can happen at a node in a state; or, in a row of variables, at no node. Packets go by their lowest bits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<W> {
    /// The packets that were asked about.
    pub(super) known: W,
    /// Those of them that drive a step here which changes something.
    pub(super) drives: W,
    /// Those of them that drive a step here which changes nothing.
    pub(super) idles: W,
    /// Where the steps are: those that no packet drives, then the first of each of `drives`, in the order of their
    /// bits.
    pub(super) first: u32,
    /// How many steps no packet drives.
    pub(super) own: u32,
    /// How many more of those change nothing, whatever the world.
    pub(super) loops: u32,
    /// Where further steps of the same packets are; 0 where there are none.
    pub(super) more: u32,
    /// Whether no step is slow or has a condition (further steps aside).
    pub(super) plain: bool,
}

impl<W: Word> Row<W> {
    /// Where the first step of the lowest of some packets that drive any is among those, and the other packets.
    #[inline(always)]
    pub(super) fn step_of_lowest(&self, packets: W) -> (usize, W) {
        let below = packets.minus(W::from_u32(1));
        ((self.drives & below & !packets).ones() as usize, packets & below)
    }
}

/// A further step of some packets.
#[derive(Clone, Debug, Default)]
pub(super) struct More<W> {
    /// The packets whose further step changes nothing, as often as they have one.
    pub(super) idles: Vec<W>,
    pub(super) steps: Vec<(W, Delta<W>)>,
}

/// The rows that a worker has met, for one layout.
#[derive(Debug)]
pub(super) struct Rows<W> {
    /// By variables, node (the last for no node) and state: the position of the row, plus one.
    index: Vec<Vec<Vec<u32>>>,
    /// The same by variables, group of nodes and their joint state.
    groups: Vec<Vec<Vec<u32>>>,
    rows: Vec<Row<W>>,
    steps: Vec<Delta<W>>,
    more: Vec<More<W>>,
    pub(super) slow: Vec<Slow>,
    pub(super) effects: Vec<Effect<W>>,
    effect_ids: FxHashMap<Effect<W>, u32>,
    /// By variables and the position of a packet: what it drives.
    drivers: Vec<Vec<Option<Arc<Firings>>>>,
    /// By variables and node: the packets that are known to drive nothing there.
    aside: Vec<Vec<W>>,
    pub(super) seen: Ids,
}

/// The largest ids that steps led to, plus one.
#[derive(Clone, Debug)]
pub(super) struct Ids {
    /// The states of each kind.
    pub(super) states: Vec<u32>,
    pub(super) vars: u32,
    pub(super) packets: u32,
}

impl<W: Word> Rows<W> {
    pub(super) fn new(kinds: usize) -> Self {
        Self::with(Ids { states: vec![1; kinds], vars: 1, packets: 0 })
    }

    fn with(seen: Ids) -> Self {
        Self {
            index: Vec::new(),
            groups: Vec::new(),
            rows: Vec::new(),
            steps: Vec::new(),
            more: vec![More::default()],
            slow: Vec::new(),
            effects: Vec::new(),
            effect_ids: FxHashMap::default(),
            drivers: Vec::new(),
            aside: Vec::new(),
            seen,
        }
    }

    /// Forgets all rows.
    pub(super) fn clear(&mut self) {
        *self = Self::with(self.seen.clone());
    }

    fn find(&self, vars: u32, node: usize, state: u32) -> Option<u32> {
        let row = *self.index.get(vars as usize)?.get(node)?.get(state as usize)?;
        row.checked_sub(1)
    }

    /// The row of a group of nodes, if it is known.
    #[inline]
    pub(super) fn find_group(&self, vars: u32, group: usize, joint: u32) -> Option<&Row<W>> {
        let row = *self.groups.get(vars as usize)?.get(group)?.get(joint as usize)?;
        self.rows.get((row as usize).wrapping_sub(1))
    }

    /// The steps of a row that no packet drives, and those that packets drive.
    #[inline]
    pub(super) fn steps_of(&self, row: &Row<W>) -> (&[Delta<W>], &[Delta<W>]) {
        self.steps[row.first as usize..].split_at(row.own as usize)
    }

    /// Brings near what [`Self::find_group`] will look at: the index, then the row, then its steps, each as soon as what
    /// leads to it is there.
    #[inline]
    pub(super) fn bring(&self, vars: u32, group: usize, joint: u32, depth: Depth) {
        let Some(index) = self.groups.get(vars as usize).and_then(|groups| groups.get(group)) else { return };
        let Some(at) = index.get(joint as usize) else { return };
        if depth == Depth::Index {
            return prefetch(at);
        }
        let Some(row) = self.rows.get((*at as usize).wrapping_sub(1)) else { return };
        if depth == Depth::Row {
            return prefetch(row);
        }
        if let Some(step) = self.steps.get(row.first as usize) {
            prefetch(step);
        }
    }

    fn is_plain(&self, delta: &Delta<W>) -> bool {
        delta.effect != SLOW && self.effects[delta.effect as usize].cond == W::ZERO
    }

    fn effect(&mut self, effect: Effect<W>) -> u32 {
        *self.effect_ids.entry(effect).or_insert_with(|| {
            self.effects.push(effect);
            self.effects.len() as u32 - 1
        })
    }

    pub(super) fn more(&self, at: u32) -> &More<W> {
        &self.more[at as usize]
    }

    /// The steps that packets drive at a row, with their packets.
    fn driven(&self, row: &Row<W>) -> Vec<(W, Delta<W>)> {
        let mut bits = row.drives;
        let steps = self.steps_of(row).1[..bits.ones() as usize].iter();
        let each = steps.map(|step| {
            let bit = W::bit(bits.lowest());
            bits = bits & !bit;
            (bit, *step)
        });
        each.collect()
    }

    /// About how many bytes the rows take.
    pub(super) fn bytes(&self) -> u64 {
        let index = self.index.iter().chain(&self.groups).flatten();
        let parts = index.map(|rows| rows.capacity() * 4).sum::<usize>()
            + self.rows.capacity() * size_of::<Row<W>>()
            + self.steps.capacity() * size_of::<Delta<W>>()
            + self.more.len() * size_of::<More<W>>()
            + self.slow.len() * 2 * size_of::<Slow>();
        parts as u64
    }
}

/// What is brought near.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    Index,
    Row,
    Steps,
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
    /// Makes the row of a group, or lets it learn about packets.
    pub(super) fn group(
        &self,
        rows: &mut Rows<W>,
        vars: u32,
        group: &Group,
        word: W,
        present: W,
    ) -> Result<(), Overflow> {
        let joint = group.joint.get(word);
        let known = rows.find_group(vars, group.number, joint).map_or(W::ZERO, |row| row.known);
        let mut members = Vec::with_capacity(group.nodes);
        for node in group.first..group.first + group.nodes {
            let state = self.layout.nodes.get(node).map_or(0, |field| field.get(word));
            let at = match rows.find(vars, node, state) {
                Some(at) => at,
                None => self.make(rows, vars, node, state)?,
            };
            let unknown = (present | known) & !rows.rows[at as usize].known;
            if unknown != W::ZERO {
                self.learn(rows, (vars, node, state), at, unknown)?;
            }
            members.push(at);
        }
        let at = match members[..] {
            [at] => at,
            _ => {
                let row = join(rows, &members, present | known);
                rows.rows.push(row);
                rows.rows.len() as u32 - 1
            }
        };
        *grown(grown(grown(&mut rows.groups, vars as usize), group.number), joint as usize) = at + 1;
        Ok(())
    }

    /// Makes the row of a node in a state; `node` may be one past the last, for firings at no node.
    fn make(&self, rows: &mut Rows<W>, vars: u32, node: usize, state: u32) -> Result<u32, Overflow> {
        let parts = self.memo.parts;
        let at_no_node = node == self.shape.kinds.len();
        let firings = if at_no_node { parts.free(vars) } else { parts.anchored(vars, node as u32, state) };
        let (mut own, mut loops) = (Vec::new(), 0);
        for firing in firings.firings {
            match self.step(rows, vars, state, &firing, None)? {
                Made::Nothing => loops += 1,
                Made::Step(delta) => own.push(delta),
            }
        }
        for (rule, fault) in firings.faults {
            own.push(slow(rows, Slow::Fault(rule, fault)));
        }
        let known = *grown(grown(&mut rows.aside, vars as usize), node);
        let row = Row {
            known,
            drives: W::ZERO,
            idles: W::ZERO,
            first: rows.steps.len() as u32,
            own: own.len() as u32,
            loops,
            more: 0,
            plain: own.iter().all(|delta| rows.is_plain(delta)),
        };
        rows.steps.extend(own);
        let at = rows.rows.len() as u32;
        rows.rows.push(row);
        *grown(grown(grown(&mut rows.index, vars as usize), node), state as usize) = at + 1;
        Ok(at)
    }

    /// Learns what packets drive at a row, by their lowest bits.
    fn learn(
        &self,
        rows: &mut Rows<W>,
        (vars, node, state): (u32, usize, u32),
        at: u32,
        packets: W,
    ) -> Result<(), Overflow> {
        let mut row = rows.rows[at as usize];
        let first = row.first as usize;
        let (own, driven) = (row.own as usize, row.drives.ones() as usize);
        let mut steps = rows.driven(&row);
        let mut left = packets;
        while left != W::ZERO {
            let bit = W::bit(left.lowest());
            left = left & !bit;
            let mut made = self.driven(rows, (vars, node, state), bit)?.into_iter();
            match made.next() {
                None => {}
                Some(Made::Nothing) => row.idles = row.idles | bit,
                Some(Made::Step(delta)) => {
                    row.plain &= rows.is_plain(&delta);
                    steps.push((bit, delta));
                    row.drives = row.drives | bit;
                }
            }
            for made in made {
                if row.more == 0 {
                    row.more = rows.more.len() as u32;
                    rows.more.push(More::default());
                }
                // Several packets may have a second step, and one a third.
                let more = &mut rows.more[row.more as usize];
                match made {
                    Made::Nothing => more.idles.push(bit),
                    Made::Step(delta) => more.steps.push((bit, delta)),
                }
            }
        }
        row.known = row.known | packets;
        if steps.len() > driven {
            steps.sort_unstable_by_key(|(bit, _)| bit.lowest());
            row.first = rows.steps.len() as u32;
            rows.steps.extend_from_within(first..first + own);
            rows.steps.extend(steps.into_iter().map(|(_, step)| step));
        }
        rows.rows[at as usize] = row;
        Ok(())
    }

    /// The steps that a packet drives at a node.
    fn driven(
        &self,
        rows: &mut Rows<W>,
        (vars, node, state): (u32, usize, u32),
        bit: W,
    ) -> Result<Vec<Made<W>>, Overflow> {
        let packet = u32::from(self.layout.packet_at[bit.lowest() as usize]);
        rows.seen.packets = rows.seen.packets.max(packet + 1);
        let place = grown(grown(&mut rows.drivers, vars as usize), bit.lowest() as usize);
        let firings = place.get_or_insert_with(|| self.memo.driven(vars, packet, true));
        let firings = Arc::clone(firings);
        let target = (node < self.shape.kinds.len()).then_some(node as u32);
        let mut steps = Vec::new();
        for firing in firings.firings.iter().filter(|firing| firing.target == target) {
            steps.push(self.step(rows, vars, state, firing, Some(packet))?);
        }
        if target.is_none() {
            for (rule, fault) in &firings.faults {
                steps.push(Made::Step(slow(rows, Slow::Fault(*rule, fault.clone()))));
            }
        }
        if steps.is_empty() {
            // Whether a packet drives anything at a node does not depend on the node's state.
            let aside = grown(grown(&mut rows.aside, vars as usize), node);
            *aside = *aside | bit;
        }
        Ok(steps)
    }

    fn step(
        &self,
        rows: &mut Rows<W>,
        vars: u32,
        state: u32,
        firing: &Firing,
        driver: Option<u32>,
    ) -> Result<Made<W>, Overflow> {
        let state = if firing.target.is_some() { state } else { 0 };
        let reaction = self.memo.parts.update(firing.id, state);
        if let Ok(update) = &reaction {
            self.count(rows, firing, update);
            if let Some(made) = self.delta(rows, (vars, state), firing, update, driver)? {
                return Ok(made);
            }
        }
        Ok(Made::Step(slow(rows, Slow::Step(firing.clone(), Arc::new(reaction)))))
    }

    /// Keeps count of the ids that steps lead to.
    fn count(&self, rows: &mut Rows<W>, firing: &Firing, update: &Update) {
        if let (Some(node), Some(state)) = (firing.target, update.state) {
            let known = &mut rows.seen.states[self.layout.kinds[node as usize] as usize];
            *known = (*known).max(state + 1);
        }
        rows.seen.vars = rows.seen.vars.max(update.vars.unwrap_or(0) + 1);
        for op in &update.packets {
            if let PacketOp::Add(packet) = op {
                rows.seen.packets = rows.seen.packets.max(packet + 1);
            }
        }
    }

    /// A step as a delta; `None` where it takes more.
    fn delta(
        &self,
        rows: &mut Rows<W>,
        (vars, state): (u32, u32),
        firing: &Firing,
        update: &Update,
        driver: Option<u32>,
    ) -> Result<Option<Made<W>>, Overflow> {
        let layout = self.layout;
        let mut add = W::ZERO;
        let mut effect = Effect { guard: W::ZERO, set: W::ZERO, cond: W::ZERO, bound: 0 };
        match firing.counters[..] {
            [] => {}
            [(bound, counter)] if layout.left[counter as usize].bits > 0 => {
                let field = layout.left[counter as usize];
                effect.cond = field.mask();
                effect.bound = bound as u16;
                add = add.minus(W::bit(field.at));
            }
            _ => return Ok(None),
        }
        if !update.events.is_empty() {
            return Ok(None);
        }
        if let Some(after) = update.vars {
            let (before, after) = (layout.put_vars(W::ZERO, vars)?, layout.put_vars(W::ZERO, after)?);
            add = add.plus(after.minus(before));
        }
        if let (Some(node), Some(after)) = (firing.target, update.state) {
            let at = |state| layout.put_state(W::ZERO, node as usize, state);
            add = add.plus(at(after)?.minus(at(state)?));
        }
        let packets = match self.shape.packets {
            PacketStore::Fifo => update.packets.is_empty(),
            PacketStore::Bag => self.count_packets(&mut add, &mut effect, update, driver)?,
            PacketStore::Set => self.set_packets(&mut effect, update)?,
        };
        if !packets {
            return Ok(None);
        }
        let nothing = [add, effect.guard, effect.set].iter().all(|part| *part == W::ZERO);
        Ok(Some(if nothing {
            Made::Nothing
        } else {
            Made::Step(Delta { add, effect: rows.effect(effect), choice: firing.choice })
        }))
    }

    /// What a step does to the counts of a bag. `false` where that depends on which packets there are, or is bounded.
    fn count_packets(
        &self,
        add: &mut W,
        effect: &mut Effect<W>,
        update: &Update,
        driver: Option<u32>,
    ) -> Result<bool, Overflow> {
        let ops = &update.packets;
        if self.shape.packets_max.is_some() && ops.iter().map(|op| change(*op).1).sum::<i32>() > 0 {
            return Ok(false);
        }
        for (at, op) in ops.iter().enumerate() {
            let (packet, _) = change(*op);
            if ops[..at].iter().any(|op| change(*op).0 == packet) {
                continue;
            }
            // How many copies are there for sure, and how many there are more or less.
            let (mut sure, mut more) = (i32::from(driver == Some(packet)), 0);
            for (_, by) in ops[at..].iter().map(|op| change(*op)).filter(|(of, _)| *of == packet) {
                if by < 0 && sure == 0 {
                    return Ok(false);
                }
                sure += by;
                more += by;
            }
            // Also where nothing changes: there must be a place to count it in.
            self.layout.copies(W::ZERO, packet)?;
            let one = W::bit(self.layout.packets[packet as usize].at);
            match more {
                0 => {}
                1 => {
                    *add = add.plus(one);
                    effect.guard = effect.guard | one;
                }
                -1 => *add = add.minus(one),
                _ => return Ok(false),
            }
        }
        Ok(true)
    }

    /// What a step does to the members of a set. `false` where their number is bounded.
    fn set_packets(&self, effect: &mut Effect<W>, update: &Update) -> Result<bool, Overflow> {
        for op in &update.packets {
            let (PacketOp::Add(packet) | PacketOp::Remove(packet)) = *op;
            self.layout.copies(W::ZERO, packet)?;
            let bit = W::bit(self.layout.packets[packet as usize].at);
            if matches!(op, PacketOp::Add(_)) {
                (effect.set, effect.guard) = (effect.set | bit, effect.guard & !bit);
            } else {
                (effect.set, effect.guard) = (effect.set & !bit, effect.guard | bit);
            }
        }
        Ok(self.shape.packets_max.is_none() || effect.set == W::ZERO)
    }
}

/// By how many copies an operation changes which packet.
fn change(op: PacketOp) -> (u32, i32) {
    match op {
        PacketOp::Add(packet) => (packet, 1),
        PacketOp::Remove(packet) => (packet, -1),
    }
}

/// The set bits, lowest first.
fn bits<W: Word>(mut word: W) -> impl Iterator<Item = W> {
    std::iter::from_fn(move || {
        let bit = (word != W::ZERO).then(|| W::bit(word.lowest()))?;
        word = word & !bit;
        Some(bit)
    })
}

/// A row of all that can happen at several nodes, of which the rows know the packets.
fn join<W: Word>(rows: &mut Rows<W>, members: &[u32], known: W) -> Row<W> {
    let members: Vec<Row<W>> = members.iter().map(|at| rows.rows[*at as usize]).collect();
    let nothing = W::ZERO;
    let mut joined =
        Row { known, drives: nothing, idles: nothing, first: 0, own: 0, loops: 0, more: 0, plain: true };
    let mut driven = Vec::new();
    let mut more = More::default();
    for row in &members {
        joined.plain &= row.plain;
        joined.drives = joined.drives | row.drives;
        let twice = joined.idles & row.idles;
        more.idles.extend(bits(twice));
        joined.idles = joined.idles | row.idles;
        joined.loops += row.loops;
        joined.own += row.own;
        driven.extend(rows.driven(row));
        let further = &rows.more[row.more as usize];
        more.idles.extend(&further.idles);
        more.steps.extend(&further.steps);
    }
    // A packet may drive steps at two nodes of the group.
    driven.sort_by_key(|(bit, _)| bit.lowest());
    let mut firsts: Vec<(W, Delta<W>)> = Vec::with_capacity(driven.len());
    for (bit, step) in driven {
        match firsts.last() {
            Some((last, _)) if *last == bit => more.steps.push((bit, step)),
            _ => firsts.push((bit, step)),
        }
    }
    joined.first = rows.steps.len() as u32;
    for row in &members {
        let first = row.first as usize;
        rows.steps.extend_from_within(first..first + row.own as usize);
    }
    rows.steps.extend(firsts.into_iter().map(|(_, step)| step));
    if !more.idles.is_empty() || !more.steps.is_empty() {
        joined.more = rows.more.len() as u32;
        rows.more.push(more);
    }
    joined
}

fn slow<W: Word>(rows: &mut Rows<W>, step: Slow) -> Delta<W> {
    rows.slow.push(step);
    Delta { add: W::ZERO, effect: SLOW, choice: rows.slow.len() as u32 - 1 }
}

/// The element at a position, which may be past the end.
fn grown<T: Default>(items: &mut Vec<T>, at: usize) -> &mut T {
    if at >= items.len() {
        items.resize_with(at + 1, T::default);
    }
    &mut items[at]
}
