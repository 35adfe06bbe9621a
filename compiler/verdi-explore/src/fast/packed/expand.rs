use super::super::memo::Memo;
use super::super::questions::View;
use super::super::queues::Queues;
use super::super::table::{Inserted, Table};
use super::super::tally::Finding;
use super::super::word::Word;
use super::super::worker::{Back, Common, Shared, Stopped};
use super::layout::{Group, Layout, Overflow};
use super::rows::{Delta, Maker, Row, Rows, Slow, Step};
use crate::Faulted;
use rustc_hash::FxHashMap;
use std::sync::Arc;
use verdi_core::PacketStore;
use verdi_machine::{Firing, PacketOp, Parts, Shape, Update, Whole};

/// How many successors wait for their slots to come near.
const WAITING: usize = 32;

/// A successor that waits to be looked up.
#[derive(Clone, Copy, Debug)]
struct Successor<W: Word> {
    key: W::Key,
    /// Where its key belongs in the seen set.
    home: usize,
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

/// How many bytes rows may always take.
const ROWS_MIN: u64 = 128 << 20;

/// How many worlds are in a chunk.
pub(crate) const CHUNK: usize = 4096;

/// What a worker keeps between levels.
#[derive(Debug)]
pub(crate) struct Worker<W: Word> {
    pub(super) rows: Rows<W>,
    pub(in crate::fast) sink: Sink<W>,
    /// Of queues: what a packet drives, and where its steps are.
    driven: FxHashMap<(u32, u32, bool), Arc<verdi_machine::Firings>>,
    steps: FxHashMap<(u32, u32), u32>,
}

/// Where the steps of a worker lead.
#[derive(Debug)]
pub(crate) struct Sink<W: Word> {
    pub(in crate::fast) common: Common,
    waiting: Vec<Successor<W>>,
    next: usize,
    /// New worlds, for the next level.
    pub(super) out: Vec<Chunk<W>>,
    /// Of queues: what their contents become.
    moves: FxHashMap<(u32, u32, PacketOp), u32>,
    /// What does not fit, where the worker stopped for it.
    overflow: Option<Overflow>,
}

impl<W: Word> Worker<W> {
    pub(in crate::fast) fn new(shape: &Shape, kinds: usize, parents: bool) -> Self {
        let sink = Sink {
            common: Common::new(shape, parents),
            waiting: Vec::with_capacity(WAITING),
            next: 0,
            out: Vec::new(),
            moves: FxHashMap::default(),
            overflow: None,
        };
        Self { rows: Rows::new(kinds), sink, driven: FxHashMap::default(), steps: FxHashMap::default() }
    }

    /// About how many bytes it takes, but for worlds.
    pub(in crate::fast) fn bytes(&self) -> u64 {
        let known = self.driven.len() * 32 + self.steps.len() * 16 + self.sink.moves.len() * 24;
        self.rows.bytes() + self.sink.common.questions.bytes() + known as u64
    }

    /// Puts what waits into another layout.
    pub(super) fn widen(&mut self, widen: impl Fn(W) -> W) {
        for successor in &mut self.sink.waiting {
            (successor.word, successor.from) = (widen(successor.word), widen(successor.from));
            successor.key = successor.word.mix();
        }
    }

    /// Learns how a layout groups nodes.
    pub(super) fn arrange(&mut self, layout: &Layout<W>) {
        let groups = layout.groups.iter();
        let group_of: Vec<usize> =
            groups.flat_map(|group| std::iter::repeat_n(group.number, group.nodes)).collect();
        self.sink.common.questions.arrange(&group_of);
    }

    /// Forgets what was arranged for a layout.
    pub(super) fn forget(&mut self) {
        self.rows.clear();
        self.steps.clear();
    }
}

impl<W: Word> Sink<W> {
    #[cold]
    fn misfit(&mut self, overflow: Overflow) -> Stopped {
        self.overflow = Some(overflow);
        Stopped
    }
}

/// A world that is being expanded.
#[derive(Clone, Copy)]
struct Here<W> {
    word: W,
    /// The packets that are present, and those that are as many as can be counted.
    present: W,
    full: W,
    look_only: bool,
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
    /// The bits that any of them reads.
    pub(super) reads_any: W,
    /// Whether packets are a set.
    pub(super) is_set: bool,
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

    #[inline]
    fn joint(&self, group: usize) -> u32 {
        self.ground.layout.groups[group].joint.get(self.word)
    }

    fn vars(&self) -> u32 {
        self.ground.layout.vars.get(self.word)
    }

    fn whole(&self) -> Whole {
        self.ground.whole(self.word)
    }
}

impl<W: Word, P: Parts> Ground<'_, W, P> {
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

    /// Rows that take more than this are forgotten: where states are many, few are met again.
    fn rows_max(&self) -> u64 {
        ROWS_MIN.max(self.table.bytes() / 8)
    }

    /// Meets the first world.
    pub(super) fn begin(&self, worker: &mut Worker<W>, word: W) -> Result<(), Stopped> {
        worker.arrange(self.layout);
        let key = word.mix();
        let first = Successor { key, home: self.table.prefetch(key), word, from: word, parent: 0, choice: 0 };
        self.meet(&mut worker.sink, first, true)
    }

    /// Expands the worlds of a chunk. Where it comes back early, the chunk says how far it came.
    pub(super) fn expand(
        &self,
        worker: &mut Worker<W>,
        chunk: &mut Chunk<W>,
        poll: &mut dyn FnMut() -> bool,
    ) -> Result<(), Back<Overflow>> {
        let mut result = Ok(());
        if worker.rows.bytes() > self.rows_max() {
            worker.forget();
        }
        while let Some(word) = chunk.worlds.get(chunk.done) {
            if !self.shared.settle(&mut worker.sink.common) || (chunk.done % 256 == 255 && !poll()) {
                result = Err(Back::Halt);
                break;
            }
            worker.sink.common.at = chunk.first.wrapping_add(chunk.done as u32);
            if self.world(worker, *word).is_err() {
                result = Err(worker.sink.overflow.take().map_or(Back::Halt, Back::Overflow));
                break;
            }
            chunk.done += 1;
        }
        self.flush(worker).map_err(|Stopped| Back::Halt)?;
        result
    }

    /// Takes the steps of a world.
    fn world(&self, worker: &mut Worker<W>, word: W) -> Result<(), Stopped> {
        let constrained = self.constrained(&mut worker.sink, word);
        let sink = &mut worker.sink;
        sink.common.begin(constrained);
        let (present, full) = match self.shape.packets {
            PacketStore::Bag => (self.layout.present(word), self.layout.full(word)),
            PacketStore::Set => (self.layout.present(word), W::ZERO),
            PacketStore::Fifo => (W::ZERO, W::ZERO),
        };
        let here = Here { word, present, full, look_only: self.shared.look_only || constrained };
        let vars = self.layout.vars.get(word);
        for group in &self.layout.groups {
            let row = self.row(worker, vars, group, here)?;
            self.take_row(&worker.rows, &mut worker.sink, row, here)?;
        }
        if self.shape.packets == PacketStore::Fifo {
            self.take_queues(worker, here, vars)?;
        }
        if self.shape.has_world_rules {
            self.take_world_rules(&mut worker.sink, here)?;
        }
        worker.sink.common.end(&self.shared.kinds, here.look_only);
        Ok(())
    }

    /// Whether the check's constraint keeps a world from being expanded.
    fn constrained(&self, sink: &mut Sink<W>, word: W) -> bool {
        let common = &mut sink.common;
        match common.questions.expandable(self.memo.parts, &Seen { ground: self, word }) {
            Ok(expandable) => !expandable,
            Err(fault) => {
                let finding = Finding { fault: Some((fault, Faulted::Constraint)), ..common.here(None) };
                common.tally.fault(&self.shared.kinds, &finding);
                true
            }
        }
    }

    /// The row of a group of nodes, which knows all packets that are present.
    #[inline]
    fn row(
        &self,
        worker: &mut Worker<W>,
        vars: u32,
        group: &Group,
        here: Here<W>,
    ) -> Result<Row<W>, Stopped> {
        let joint = group.joint.get(here.word);
        if let Some(row) = worker.rows.find_group(vars, group.number, joint)
            && here.present & !row.known == W::ZERO
        {
            return Ok(*row);
        }
        self.learn(worker, vars, group, here)
    }

    #[cold]
    fn learn(
        &self,
        worker: &mut Worker<W>,
        vars: u32,
        group: &Group,
        here: Here<W>,
    ) -> Result<Row<W>, Stopped> {
        let maker = Maker { memo: self.memo, shape: self.shape, layout: self.layout };
        let made = maker.group(&mut worker.rows, vars, group, here.word, here.present);
        made.map_err(|overflow| worker.sink.misfit(overflow))
    }

    #[inline]
    fn take_row(
        &self,
        rows: &Rows<W>,
        sink: &mut Sink<W>,
        row: Row<W>,
        here: Here<W>,
    ) -> Result<(), Stopped> {
        let mut left = here.present & row.drives;
        let loops = row.loops + (here.present & row.idles).ones();
        let taken = loops + if row.plain { row.own + left.ones() } else { 0 };
        sink.common.transitions += u64::from(taken);
        sink.common.enabled |= taken > 0;
        let (own, driven) = rows.steps_of(&row);
        let takes = !row.plain;
        if takes || !here.look_only {
            for delta in own {
                if takes { self.take(rows, sink, here, delta)? } else { self.go(sink, here, delta)? }
            }
            while left != W::ZERO {
                let below = left.minus(W::from_u32(1));
                let delta = &driven[(row.drives & below & !left).ones() as usize];
                left = left & below;
                if takes { self.take(rows, sink, here, delta)? } else { self.go(sink, here, delta)? }
            }
        }
        if row.more > 0 {
            self.take_more(rows, sink, row.more, here)?;
        }
        Ok(())
    }

    /// The further steps of packets that drive several.
    fn take_more(&self, rows: &Rows<W>, sink: &mut Sink<W>, at: u32, here: Here<W>) -> Result<(), Stopped> {
        let more = rows.more(at);
        let loops = more.idles.iter().filter(|bit| here.present & **bit != W::ZERO).count();
        sink.common.transitions += loops as u64;
        sink.common.enabled |= loops > 0;
        for (_, delta) in more.steps.iter().filter(|(bit, _)| here.present & *bit != W::ZERO) {
            self.take(rows, sink, here, delta)?;
        }
        Ok(())
    }

    /// Takes a step that may not be plain.
    fn take(
        &self,
        rows: &Rows<W>,
        sink: &mut Sink<W>,
        here: Here<W>,
        delta: &Delta<W>,
    ) -> Result<(), Stopped> {
        if delta.slow {
            return self.take_slow(&rows.slow[delta.choice as usize], sink, here);
        }
        sink.common.enabled = true;
        if delta.cond != W::ZERO && here.word & delta.cond == W::ZERO {
            sink.common.hold_back(u32::from(delta.bound));
            return Ok(());
        }
        sink.common.transitions += 1;
        if here.look_only {
            return Ok(());
        }
        self.go(sink, here, delta)
    }

    /// Takes a plain step.
    #[inline]
    fn go(&self, sink: &mut Sink<W>, here: Here<W>, delta: &Delta<W>) -> Result<(), Stopped> {
        if here.full & delta.guard != W::ZERO {
            return Err(self.spilled(sink, here.full & delta.guard));
        }
        let after = here.word.plus(delta.add);
        let after = if self.is_set { (after & !delta.guard) | delta.set } else { after };
        if after != here.word { self.put(sink, after, here.word, delta.choice) } else { Ok(()) }
    }

    #[cold]
    fn spilled(&self, sink: &mut Sink<W>, bits: W) -> Stopped {
        let packet = u32::from(self.layout.packet_at[bits.lowest() as usize]);
        let copies = 1 << self.layout.packets[packet as usize].bits;
        sink.misfit(Overflow::Copies { packet, copies })
    }

    /// Lets a successor wait, and looks up the one that waited longest.
    #[inline]
    fn put(&self, sink: &mut Sink<W>, word: W, from: W, choice: u32) -> Result<(), Stopped> {
        let key = word.mix();
        let home = self.table.prefetch(key);
        let new = Successor { key, home, word, from, parent: sink.common.at, choice };
        if sink.waiting.len() < WAITING {
            sink.waiting.push(new);
            return Ok(());
        }
        let next = sink.next % WAITING;
        let oldest = std::mem::replace(&mut sink.waiting[next], new);
        sink.next = next + 1;
        self.meet(sink, oldest, false)
    }

    /// Looks up all that wait.
    pub(super) fn flush(&self, worker: &mut Worker<W>) -> Result<(), Stopped> {
        let sink = &mut worker.sink;
        let next = std::mem::take(&mut sink.next) % WAITING;
        let mut waiting = std::mem::take(&mut sink.waiting);
        if next < waiting.len() {
            waiting.rotate_left(next);
        }
        let mut waiting = waiting.into_iter();
        while let Some(mut successor) = waiting.next() {
            // The table may have grown.
            successor.home = self.table.prefetch(successor.key);
            if self.meet(sink, successor, false).is_err() {
                sink.waiting.extend(waiting);
                return Err(Stopped);
            }
        }
        sink.waiting.reserve(WAITING);
        Ok(())
    }

    /// Looks up a world; if it is new, judges it and lets it wait for the next level. Where the table is full it goes
    /// on waiting.
    #[inline]
    fn meet(&self, sink: &mut Sink<W>, successor: Successor<W>, first: bool) -> Result<(), Stopped> {
        match self.table.insert_at(successor.home, successor.key) {
            Inserted::Known => Ok(()),
            Inserted::New => {
                self.welcome(sink, successor, first);
                Ok(())
            }
            Inserted::Full => {
                sink.waiting.push(successor);
                self.shared.halt.store(true, std::sync::atomic::Ordering::Relaxed);
                Err(Stopped)
            }
        }
    }

    #[inline]
    fn welcome(&self, sink: &mut Sink<W>, successor: Successor<W>, first: bool) {
        let Successor { word, from, parent, choice, .. } = successor;
        let number = sink.common.met(parent, choice);
        match sink.out.last_mut() {
            Some(chunk) if chunk.worlds.len() < CHUNK => chunk.worlds.push(word),
            _ => {
                let mut worlds = Vec::with_capacity(CHUNK);
                worlds.push(word);
                sink.out.push(Chunk { first: number, worlds, done: 0 });
            }
        }
        let Common { questions, tally, .. } = &mut sink.common;
        let differs = word ^ from;
        if !first && differs & self.reads_any == W::ZERO {
            return;
        }
        let same = |question: usize| !first && differs & self.reads[question] == W::ZERO;
        let view = Seen { ground: self, word };
        questions.judge(self.memo.parts, &view, number, &self.shared.kinds, same, tally);
    }

    /// A step that is more than a delta.
    #[inline(never)]
    fn take_slow(&self, slow: &Slow, sink: &mut Sink<W>, here: Here<W>) -> Result<(), Stopped> {
        sink.common.enabled = true;
        let (firing, step) = match slow {
            Slow::Fault(rule, fault) => {
                sink.common.rule_fault(&self.shared.kinds, *rule, fault.clone());
                return Ok(());
            }
            Slow::Step(firing, step) => (firing, step),
        };
        if self.held_back(sink, here.word, firing) {
            return Ok(());
        }
        if here.look_only {
            sink.common.transitions += 1;
            return Ok(());
        }
        match &**step {
            Err(fault) => sink.common.step_fault(&self.shared.kinds, firing.choice, fault.clone()),
            Ok(update) => {
                let after = self.after(sink, here.word, firing, update);
                let after = after.map_err(|overflow| sink.misfit(overflow))?;
                self.arrive(sink, after, here.word, firing.choice)?;
            }
        }
        Ok(())
    }

    /// Arrives at a world, unless it has too many packets.
    fn arrive(&self, sink: &mut Sink<W>, after: W, before: W, choice: u32) -> Result<(), Stopped> {
        if self.too_many(after) {
            sink.common.tally.packets = true;
            return Ok(());
        }
        sink.common.transitions += 1;
        self.put(sink, after, before, choice)
    }

    /// Whether bounds hold a firing back.
    fn held_back(&self, sink: &mut Sink<W>, word: W, firing: &Firing) -> bool {
        let mut held = false;
        for (bound, counter) in &firing.counters {
            if self.layout.left[*counter as usize].get(word) == 0 {
                sink.common.hold_back(*bound);
                held = true;
            }
        }
        held
    }

    /// The world after a firing.
    fn after(&self, sink: &mut Sink<W>, word: W, firing: &Firing, update: &Update) -> Result<W, Overflow> {
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
            after = self.move_packet(sink, after, *op)?;
        }
        if !update.events.is_empty() {
            let trace = self.layout.trace.get(after);
            let trace =
                update.events.iter().fold(trace, |trace, event| self.memo.parts.history(trace, *event));
            after = self.layout.put_trace(after, trace)?;
        }
        Ok(after)
    }

    fn too_many(&self, word: W) -> bool {
        let Some(most) = self.shape.packets_max else { return false };
        let count = match self.shape.packets {
            PacketStore::Fifo => self.whole(word).packets.len() as u64,
            PacketStore::Bag | PacketStore::Set => self.layout.packet_count(word),
        };
        count > most
    }

    fn move_packet(&self, sink: &mut Sink<W>, word: W, op: PacketOp) -> Result<W, Overflow> {
        let (packet, by) = match op {
            PacketOp::Add(packet) => (packet, 1),
            PacketOp::Remove(packet) => (packet, -1),
        };
        if self.shape.packets == PacketStore::Fifo {
            let queue = self.queues.between(self.memo.parts.ends(packet));
            let before = self.layout.queues[queue].get(word);
            let moved = sink.moves.entry((queue as u32, before, op));
            let after = *moved.or_insert_with(|| self.queues.after(queue, before, op));
            return self.layout.put_queue(word, queue, after);
        }
        let copies = self.layout.copies(word, packet)?;
        let most = if self.is_set { 1 } else { u32::MAX };
        let copies = if by > 0 { copies.saturating_add(1).min(most) } else { copies.saturating_sub(1) };
        self.layout.put_packet(word, packet, copies)
    }

    /// The steps that packets in queues drive.
    fn take_queues(&self, worker: &mut Worker<W>, here: Here<W>, vars: u32) -> Result<(), Stopped> {
        for (queue, field) in self.layout.queues.iter().enumerate().filter(|(_, field)| field.bits > 0) {
            let id = field.get(here.word);
            if id == 0 {
                continue;
            }
            let content = self.queues.content(queue, id);
            for (at, packet) in content.iter().enumerate() {
                if !content[..at].contains(packet) {
                    self.take_driven(worker, here, (vars, *packet, at == 0))?;
                }
            }
        }
        Ok(())
    }

    fn take_driven(
        &self,
        worker: &mut Worker<W>,
        here: Here<W>,
        driver: (u32, u32, bool),
    ) -> Result<(), Stopped> {
        let Worker { rows, sink, driven, steps } = worker;
        let (vars, packet, head) = driver;
        let firings = driven.entry(driver).or_insert_with(|| self.memo.driven(vars, packet, head));
        for (rule, fault) in &firings.faults {
            sink.common.rule_fault(&self.shared.kinds, *rule, fault.clone());
        }
        for firing in &firings.firings {
            let state = firing.target.map_or(0, |node| self.layout.nodes[node as usize].get(here.word));
            let at = *steps.entry((firing.id, state)).or_insert_with(|| {
                let step: Step = Arc::new(self.memo.parts.update(firing.id, state));
                rows.slow.push(Slow::Step(firing.clone(), step));
                rows.slow.len() as u32 - 1
            });
            self.take_slow(&rows.slow[at as usize], sink, here)?;
        }
        Ok(())
    }

    /// The steps of rules that look at whole worlds.
    fn take_world_rules(&self, sink: &mut Sink<W>, here: Here<W>) -> Result<(), Stopped> {
        let moves = self.memo.parts.world_moves(&self.whole(here.word));
        sink.common.enabled |= !moves.held_back.is_empty() || !moves.moves.is_empty();
        for bound in moves.held_back {
            sink.common.hold_back(bound);
        }
        for (rule, fault) in moves.faults {
            sink.common.rule_fault(&self.shared.kinds, rule, fault);
        }
        for (choice, after) in moves.moves {
            match after {
                _ if here.look_only => sink.common.transitions += 1,
                Err(fault) => sink.common.step_fault(&self.shared.kinds, choice, fault),
                Ok(after) => {
                    let after = self.pack(&after).map_err(|overflow| sink.misfit(overflow))?;
                    self.arrive(sink, after, here.word, choice)?;
                }
            }
        }
        Ok(())
    }
}
