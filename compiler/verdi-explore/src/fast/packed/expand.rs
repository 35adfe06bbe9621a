use super::super::memo::Memo;
use super::super::queues::Queues;
use super::super::questions::View;
use super::super::table::{Inserted, Table};
use super::super::tally::Finding;
use super::super::word::Word;
use super::super::worker::{Back, Common, Shared};
use super::layout::{Layout, Overflow};
use super::rows::{Delta, Maker, Rows, Slow};
use crate::Faulted;
use rustc_hash::FxHashMap;
use std::sync::Arc;
use verdi_core::{PacketStore, RuleId};
use verdi_machine::{Fault, Firing, PacketOp, Parts, Shape, Update, Whole};

/// How many successors wait for their slots to come near.
const WAITING: usize = 32;

/// A successor that waits to be looked up.
#[derive(Clone, Copy, Debug, Default)]
struct Successor<W> {
    word: W,
    from: W,
    parent: u32,
    choice: u32,
}

/// Worlds of a level, in order.
#[derive(Debug, Default)]
pub(crate) struct Chunk<W> {
    /// The number of the first.
    pub(crate) first: u32,
    pub(crate) worlds: Vec<W>,
    /// How many of them are done.
    pub(crate) done: usize,
}

/// How many worlds are in a chunk.
pub(crate) const CHUNK: usize = 4096;

/// What a worker keeps between levels.
#[derive(Debug)]
pub(crate) struct Worker<W> {
    pub(in crate::fast) common: Common,
    pub(super) rows: Rows<W>,
    waiting: Vec<Successor<W>>,
    next: usize,
    /// New worlds, for the next level.
    pub(super) out: Vec<Chunk<W>>,
    /// Of queues: what a packet drives, and where its steps are.
    driven: FxHashMap<(u32, u32, bool), Arc<verdi_machine::Firings>>,
    steps: FxHashMap<(u32, u32), u32>,
    moves: FxHashMap<(u32, u32, PacketOp), u32>,
    /// Counted while a world is expanded, which may have to be done again.
    transitions: u64,
    enabled: bool,
    /// Whether it is only asked whether anything can happen.
    quiet: bool,
}

impl<W: Word> Worker<W> {
    pub(in crate::fast) fn new(shape: &Shape, kinds: usize, parents: bool) -> Self {
        Self {
            common: Common::new(shape, parents),
            rows: Rows::new(kinds),
            waiting: Vec::with_capacity(WAITING),
            next: 0,
            out: Vec::new(),
            driven: FxHashMap::default(),
            steps: FxHashMap::default(),
            moves: FxHashMap::default(),
            transitions: 0,
            enabled: false,
            quiet: false,
        }
    }

    fn hold_back(&mut self, bound: u32) {
        if !self.quiet {
            self.common.tally.held_back(bound);
        }
    }

    fn rule_fault(&mut self, shared: &Shared, rule: RuleId, fault: Fault) {
        self.enabled = true;
        if !self.quiet {
            let finding = Finding { fault: Some((fault, Faulted::Rule(rule))), ..self.common.here(None) };
            self.common.tally.fault(&shared.kinds, &finding);
        }
    }

    /// Puts what waits into another layout.
    pub(super) fn widen(&mut self, widen: impl Fn(W) -> W) {
        for successor in &mut self.waiting {
            (successor.word, successor.from) = (widen(successor.word), widen(successor.from));
        }
    }

    /// Forgets what was arranged for another layout.
    pub(super) fn forget(&mut self, kinds: usize) {
        self.rows = Rows::new(kinds);
        self.steps.clear();
    }
}

/// What expanding needs besides a worker.
pub(super) struct Ground<'a, W: Word, P> {
    pub(super) memo: &'a Memo<'a, P>,
    pub(super) queues: &'a Queues,
    pub(super) shape: &'a Shape,
    pub(super) layout: &'a Layout<W>,
    pub(super) table: &'a Table<W::Key>,
    /// The bits that each question reads.
    pub(super) reads: &'a [W],
    pub(super) shared: &'a Shared,
}

struct Seen<'a, W: Word, P> {
    ground: &'a Ground<'a, W, P>,
    word: W,
}

impl<W: Word, P: Parts> View for Seen<'_, W, P> {
    #[inline]
    fn state(&self, node: u32) -> u32 {
        self.ground.layout.nodes[node as usize].get(self.word)
    }

    fn vars(&self) -> u32 {
        self.ground.layout.vars.get(self.word)
    }

    fn whole(&self) -> Whole {
        self.ground.whole(self.word)
    }
}

/// What came of a step.
enum Taken<W> {
    /// A world.
    World(W),
    /// Nothing: it is held back, faults, or there would be too many packets.
    Nothing,
}

impl<'a, W: Word, P: Parts> Ground<'a, W, P> {
    pub(super) fn whole(&self, word: W) -> Whole {
        let (mut whole, queues) = self.layout.unpack(word);
        if self.shape.packets == PacketStore::Fifo {
            whole.packets = self.queues.join(&queues);
        }
        whole
    }

    pub(super) fn pack(&self, whole: &Whole) -> Result<W, Overflow> {
        if self.shape.packets != PacketStore::Fifo {
            return self.layout.pack(whole, &[]);
        }
        let queues = self.queues.divide(&whole.packets, |packet| self.memo.parts.ends(packet));
        self.layout.pack(whole, &queues)
    }

    fn maker(&self) -> Maker<'_, W, P> {
        Maker { memo: self.memo, shape: self.shape, layout: self.layout }
    }

    /// Meets the first world.
    pub(super) fn begin(&self, worker: &mut Worker<W>, word: W) -> Result<(), Back<Overflow>> {
        self.meet(worker, Successor { word, from: word, parent: 0, choice: 0 }, true).map_err(|()| Back::Halt)
    }

    /// Expands the worlds of a chunk. Where it comes back early, the chunk says how far it came.
    pub(super) fn expand(
        &self,
        worker: &mut Worker<W>,
        chunk: &mut Chunk<W>,
        poll: &mut dyn FnMut() -> bool,
    ) -> Result<(), Back<Overflow>> {
        let mut result = Ok(());
        while let Some(word) = chunk.worlds.get(chunk.done) {
            if !self.shared.settle(&mut worker.common) || (chunk.done % 256 == 255 && !poll()) {
                result = Err(Back::Halt);
                break;
            }
            worker.common.at = chunk.first.wrapping_add(chunk.done as u32);
            if let Err(back) = self.world(worker, *word) {
                result = Err(back);
                break;
            }
            chunk.done += 1;
        }
        self.flush(worker).map_err(|()| Back::Halt)?;
        result
    }

    /// Takes the steps of a world.
    fn world(&self, worker: &mut Worker<W>, word: W) -> Result<(), Back<Overflow>> {
        let constrained = self.constrained(worker, word);
        (worker.transitions, worker.enabled, worker.quiet) = (0, false, constrained);
        let look_only = self.shared.look_only || constrained;
        let vars = self.layout.vars.get(word);
        let (present, full) = match self.shape.packets {
            PacketStore::Bag => (self.layout.present(word), self.layout.full(word)),
            PacketStore::Set => (self.layout.present(word), W::ZERO),
            PacketStore::Fifo => (W::ZERO, W::ZERO),
        };
        let nodes = self.layout.nodes.len();
        for node in 0..=nodes {
            let state = if node < nodes { self.layout.nodes[node].get(word) } else { 0 };
            let at = self.row(worker, (vars, node, state), present)?;
            self.take_row(worker, word, at, (present, full), look_only)?;
        }
        if self.shape.packets == PacketStore::Fifo {
            self.take_queues(worker, word, vars, look_only)?;
        }
        if self.shape.has_world_rules {
            self.take_world_rules(worker, word, look_only)?;
        }
        let common = &mut worker.common;
        if constrained {
            common.tally.constraint |= worker.enabled;
            return Ok(());
        }
        if look_only {
            common.tally.depth |= worker.transitions > 0;
            worker.transitions = 0;
        }
        common.tally.transitions += worker.transitions;
        if !worker.enabled {
            let finding = common.here(None);
            common.tally.deadlock(&self.shared.kinds, &finding);
        }
        Ok(())
    }

    /// Whether the check's constraint keeps a world from being expanded.
    fn constrained(&self, worker: &mut Worker<W>, word: W) -> bool {
        let common = &mut worker.common;
        match common.questions.expandable(self.memo.parts, &Seen { ground: self, word }) {
            Ok(expandable) => !expandable,
            Err(fault) => {
                let finding = Finding { fault: Some((fault, Faulted::Constraint)), ..common.here(None) };
                common.tally.fault(&self.shared.kinds, &finding);
                true
            }
        }
    }

    /// The row of a node in a state, which knows all packets that are present.
    #[inline]
    fn row(
        &self,
        worker: &mut Worker<W>,
        (vars, node, state): (u32, usize, u32),
        present: W,
    ) -> Result<u32, Back<Overflow>> {
        let at = match worker.rows.find(vars, node, state) {
            Some(at) => at,
            None => self.maker().make(&mut worker.rows, vars, node, state).map_err(Back::Overflow)?,
        };
        let mut unknown = present & !worker.rows.row(at).slots[0].known;
        while unknown != W::ZERO {
            let bit = W::bit(unknown.lowest());
            unknown = unknown & !bit;
            self.maker().learn(&mut worker.rows, (vars, node, state), at, bit).map_err(Back::Overflow)?;
        }
        Ok(at)
    }

    #[inline]
    fn take_row(
        &self,
        worker: &mut Worker<W>,
        word: W,
        at: u32,
        (present, full): (W, W),
        look_only: bool,
    ) -> Result<(), Back<Overflow>> {
        let row = worker.rows.row(at);
        let mut loops = row.loops;
        let (steps, slots) = (row.steps.len(), row.slots.len());
        for step in 0..steps {
            let delta = worker.rows.row(at).steps[step];
            self.take(worker, word, &delta, full, look_only)?;
        }
        for slot in 0..slots {
            let driven = &worker.rows.row(at).slots[slot];
            loops += (present & driven.loops).ones();
            let mut left = present & !driven.skip;
            while left != W::ZERO {
                let bit = W::bit(left.lowest());
                left = left & !bit;
                let delta = *worker.rows.row(at).slots[slot].step(bit);
                self.take(worker, word, &delta, full, look_only)?;
            }
        }
        worker.transitions += u64::from(loops);
        worker.enabled |= loops > 0;
        Ok(())
    }

    #[inline]
    fn take(
        &self,
        worker: &mut Worker<W>,
        word: W,
        delta: &Delta<W>,
        full: W,
        look_only: bool,
    ) -> Result<(), Back<Overflow>> {
        if delta.slow {
            return self.take_slow(worker, word, delta.choice, look_only);
        }
        worker.enabled = true;
        if delta.cond != W::ZERO && word & delta.cond == W::ZERO {
            worker.hold_back(u32::from(delta.bound));
            return Ok(());
        }
        worker.transitions += 1;
        if look_only {
            return Ok(());
        }
        if full & delta.grow != W::ZERO {
            let bit = (full & delta.grow).lowest();
            let packet = u32::from(self.layout.packet_at[bit as usize]);
            let copies = 1 << self.layout.packets[packet as usize].bits;
            return Err(Back::Overflow(Overflow::Copies { packet, copies }));
        }
        let after = (word.plus(delta.add) & !delta.clear) | delta.set;
        if after != word {
            self.put(worker, after, word, delta.choice)?;
        }
        Ok(())
    }

    /// Lets a successor wait, and looks up the one that waited longest.
    #[inline]
    fn put(&self, worker: &mut Worker<W>, word: W, from: W, choice: u32) -> Result<(), Back<Overflow>> {
        self.table.prefetch(word.mix());
        let new = Successor { word, from, parent: worker.common.at, choice };
        if worker.waiting.len() < WAITING {
            worker.waiting.push(new);
            return Ok(());
        }
        let oldest = std::mem::replace(&mut worker.waiting[worker.next], new);
        worker.next = (worker.next + 1) % WAITING;
        self.meet(worker, oldest, false).map_err(|()| Back::Halt)
    }

    /// Looks up all that wait.
    pub(super) fn flush(&self, worker: &mut Worker<W>) -> Result<(), ()> {
        let next = std::mem::take(&mut worker.next);
        worker.waiting.rotate_left(next);
        while let Some(successor) = worker.waiting.first().copied() {
            worker.waiting.remove(0);
            self.meet(worker, successor, false)?;
        }
        Ok(())
    }

    /// Looks up a world; if it is new, judges it and lets it wait for the next level. Where the table is full it goes
    /// on waiting.
    #[inline]
    fn meet(&self, worker: &mut Worker<W>, successor: Successor<W>, first: bool) -> Result<(), ()> {
        match self.table.insert(successor.word.mix()) {
            Inserted::Known => Ok(()),
            Inserted::New => {
                self.welcome(worker, successor, first);
                Ok(())
            }
            Inserted::Full => {
                worker.waiting.insert(0, successor);
                self.shared.halt.store(true, std::sync::atomic::Ordering::Relaxed);
                Err(())
            }
        }
    }

    fn welcome(&self, worker: &mut Worker<W>, successor: Successor<W>, first: bool) {
        let Successor { word, from, parent, choice } = successor;
        let number = worker.common.met(parent, choice);
        match worker.out.last_mut() {
            Some(chunk) if chunk.worlds.len() < CHUNK => chunk.worlds.push(word),
            _ => {
                let mut worlds = Vec::with_capacity(CHUNK);
                worlds.push(word);
                worker.out.push(Chunk { first: number, worlds, done: 0 });
            }
        }
        let Common { questions, tally, .. } = &mut worker.common;
        if questions.is_empty() {
            return;
        }
        let differs = word ^ from;
        let same = |question: usize| !first && differs & self.reads[question] == W::ZERO;
        let view = Seen { ground: self, word };
        questions.judge(self.memo.parts, &view, number, &self.shared.kinds, same, tally);
    }

    /// A step that is more than a delta.
    #[cold]
    #[inline(never)]
    fn take_slow(
        &self,
        worker: &mut Worker<W>,
        word: W,
        at: u32,
        look_only: bool,
    ) -> Result<(), Back<Overflow>> {
        worker.enabled = true;
        match worker.rows.slow[at as usize].clone() {
            Slow::Fault(rule, fault) => {
                worker.rule_fault(self.shared, rule, fault);
            }
            Slow::Step(firing, step) => {
                if self.held_back(worker, word, &firing) {
                    return Ok(());
                }
                if look_only {
                    worker.transitions += 1;
                    return Ok(());
                }
                let update = match &*step {
                    Ok(update) => update,
                    Err(fault) => {
                        self.step_fault(worker, firing.choice, fault.clone());
                        return Ok(());
                    }
                };
                if let Taken::World(after) =
                    self.after(worker, word, &firing, update).map_err(Back::Overflow)?
                {
                    worker.transitions += 1;
                    self.put(worker, after, word, firing.choice)?;
                }
            }
        }
        Ok(())
    }

    fn step_fault(&self, worker: &mut Worker<W>, choice: u32, fault: Fault) {
        let fault = Some((fault, Faulted::Step));
        let finding = Finding { fault, ..worker.common.here(Some(choice)) };
        worker.common.tally.fault(&self.shared.kinds, &finding);
    }

    /// Whether bounds hold a firing back.
    fn held_back(&self, worker: &mut Worker<W>, word: W, firing: &Firing) -> bool {
        let mut held = false;
        for (bound, counter) in &firing.counters {
            if self.layout.left[*counter as usize].get(word) == 0 {
                worker.hold_back(*bound);
                held = true;
            }
        }
        held
    }

    /// The world after a firing.
    fn after(
        &self,
        worker: &mut Worker<W>,
        word: W,
        firing: &Firing,
        update: &Update,
    ) -> Result<Taken<W>, Overflow> {
        let mut after = word;
        for (_, counter) in &firing.counters {
            let field = self.layout.left[*counter as usize];
            after = field.set(after, field.get(after).saturating_sub(1));
        }
        if let Some(vars) = update.vars {
            after = self.layout.put_vars(after, vars)?;
        }
        if let (Some(node), Some(state)) = (firing.target, update.state) {
            after = self.layout.put_state(after, node as usize, state)?;
        }
        for op in &update.packets {
            after = self.move_packet(worker, after, *op)?;
        }
        if !update.events.is_empty() {
            let trace = self.layout.trace.get(after);
            let trace = update.events.iter().fold(trace, |trace, event| self.memo.parts.history(trace, *event));
            after = self.layout.put_trace(after, trace)?;
        }
        if self.too_many(after) {
            worker.common.tally.packets = true;
            return Ok(Taken::Nothing);
        }
        Ok(Taken::World(after))
    }

    fn too_many(&self, word: W) -> bool {
        let Some(most) = self.shape.packets_max else { return false };
        let count = match self.shape.packets {
            PacketStore::Fifo => self.whole(word).packets.len() as u64,
            PacketStore::Bag | PacketStore::Set => self.layout.packet_count(word),
        };
        count > most
    }

    fn move_packet(&self, worker: &mut Worker<W>, word: W, op: PacketOp) -> Result<W, Overflow> {
        let (packet, by) = match op {
            PacketOp::Add(packet) => (packet, 1),
            PacketOp::Remove(packet) => (packet, -1),
        };
        if self.shape.packets == PacketStore::Fifo {
            let queue = self.queues.between(self.memo.parts.ends(packet));
            let before = self.layout.queues[queue].get(word);
            let moved = worker.moves.entry((queue as u32, before, op));
            let after = *moved.or_insert_with(|| self.queues.after(queue, before, op));
            return self.layout.put_queue(word, queue, after);
        }
        let copies = self.layout.copies(word, packet)?;
        let most = if self.shape.packets == PacketStore::Set { 1 } else { u32::MAX };
        let copies = if by > 0 { copies.saturating_add(1).min(most) } else { copies.saturating_sub(1) };
        self.layout.put_packet(word, packet, copies)
    }

    /// The steps that packets in queues drive.
    fn take_queues(
        &self,
        worker: &mut Worker<W>,
        word: W,
        vars: u32,
        look_only: bool,
    ) -> Result<(), Back<Overflow>> {
        for (queue, field) in self.layout.queues.iter().enumerate().filter(|(_, field)| field.bits > 0) {
            let id = field.get(word);
            if id == 0 {
                continue;
            }
            let content = self.queues.content(queue, id);
            for (at, packet) in content.iter().enumerate() {
                if !content[..at].contains(packet) {
                    self.take_driven(worker, word, (vars, *packet, at == 0), look_only)?;
                }
            }
        }
        Ok(())
    }

    fn take_driven(
        &self,
        worker: &mut Worker<W>,
        word: W,
        driver: (u32, u32, bool),
        look_only: bool,
    ) -> Result<(), Back<Overflow>> {
        let (vars, packet, head) = driver;
        let known = worker.driven.entry(driver).or_insert_with(|| self.memo.driven(vars, packet, head));
        let firings = Arc::clone(known);
        for (rule, fault) in &firings.faults {
            worker.rule_fault(self.shared, *rule, fault.clone());
        }
        for firing in &firings.firings {
            let state = firing.target.map_or(0, |node| self.layout.nodes[node as usize].get(word));
            let at = match worker.steps.get(&(firing.id, state)) {
                Some(at) => *at,
                None => {
                    let step = self.memo.update(firing.id, state);
                    let at = worker.rows.slow.len() as u32;
                    worker.rows.slow.push(Slow::Step(firing.clone(), step));
                    worker.steps.insert((firing.id, state), at);
                    at
                }
            };
            self.take_slow(worker, word, at, look_only)?;
        }
        Ok(())
    }

    /// The steps of rules that look at whole worlds.
    fn take_world_rules(
        &self,
        worker: &mut Worker<W>,
        word: W,
        look_only: bool,
    ) -> Result<(), Back<Overflow>> {
        let moves = self.memo.parts.world_moves(&self.whole(word));
        worker.enabled |= !moves.held_back.is_empty() || !moves.moves.is_empty();
        for bound in moves.held_back {
            worker.hold_back(bound);
        }
        for (rule, fault) in moves.faults {
            worker.rule_fault(self.shared, rule, fault);
        }
        for (choice, after) in moves.moves {
            match after {
                _ if look_only => worker.transitions += 1,
                Err(fault) => self.step_fault(worker, choice, fault),
                Ok(after) => {
                    let after = self.pack(&after).map_err(Back::Overflow)?;
                    if self.too_many(after) {
                        worker.common.tally.packets = true;
                        continue;
                    }
                    worker.transitions += 1;
                    self.put(worker, after, word, choice)?;
                }
            }
        }
        Ok(())
    }
}
