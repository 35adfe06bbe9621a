use super::super::memo::Memo;
use super::super::questions::View;
use super::super::queues::Queues;
use super::super::table::Table;
use super::super::tally::Finding;
use super::super::word::Word;
use super::super::worker::{Back, Shared, Stopped};
use super::layout::{Group, Layout, Overflow};
use super::rows::{Delta, Depth, Maker, Row, Rows, SLOW};
use super::sink::{Chunk, Sink};
use crate::Faulted;
use rustc_hash::FxHashMap;
use std::sync::Arc;
use verdi_core::PacketStore;
use verdi_machine::{Parts, Shape, Whole};

/// How many bytes rows may always take.
const ROWS_MIN: u64 = 128 << 20;

/// What a worker keeps between levels.
#[derive(Debug)]
pub(crate) struct Worker<W: Word> {
    pub(super) rows: Rows<W>,
    pub(in crate::fast) sink: Sink<W>,
    /// Of queues: what a packet drives, and where its steps are.
    pub(super) driven: FxHashMap<(u32, u32, bool), Arc<verdi_machine::Firings>>,
    pub(super) steps: FxHashMap<(u32, u32), u32>,
}

impl<W: Word> Worker<W> {
    pub(in crate::fast) fn new(shape: &Shape, kinds: usize, parents: bool) -> Self {
        let sink = Sink::new(shape, parents);
        Self { rows: Rows::new(kinds), sink, driven: FxHashMap::default(), steps: FxHashMap::default() }
    }

    /// About how many bytes it takes, but for worlds.
    pub(in crate::fast) fn bytes(&self) -> u64 {
        let known = self.driven.len() * 32 + self.steps.len() * 16 + self.sink.moves.len() * 24;
        self.rows.bytes() + self.sink.common.questions.bytes() + known as u64
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

/// A world that is being expanded.
#[derive(Clone, Copy)]
pub(super) struct Here<W> {
    pub(super) word: W,
    /// The packets that are present, and those that are as many as can be counted.
    present: W,
    full: W,
    pub(super) look_only: bool,
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

/// A packed world as questions see it.
pub(super) struct Seen<'a, W: Word, P> {
    pub(super) ground: &'a Ground<'a, W, P>,
    pub(super) word: W,
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
    pub(super) fn begin(&self, worker: &mut Worker<W>, word: W) {
        worker.arrange(self.layout);
        self.meet_first(&mut worker.sink, word);
    }

    /// Expands the worlds of a chunk. Where it comes back early, the chunk says how far it came.
    #[inline(always)]
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
            if !self.layout.large.is_empty() {
                self.bring(&worker.rows, &chunk.worlds[chunk.done..]);
            }
            worker.sink.common.at = chunk.first.wrapping_add(chunk.done as u32);
            worker.sink.begin(*word);
            if self.world(worker, *word).is_err() {
                result = Err(worker.sink.overflow.take().map_or(Back::Halt, Back::Overflow));
                break;
            }
            chunk.done += 1;
            if worker.sink.is_ready() {
                self.look_up(&mut worker.sink).map_err(|Stopped| Back::Halt)?;
            }
        }
        self.look_up(&mut worker.sink).map_err(|Stopped| Back::Halt)?;
        result
    }

    /// Brings near what the worlds after the first will look up.
    #[inline]
    fn bring(&self, rows: &Rows<W>, worlds: &[W]) {
        for (ahead, depth) in [(9, Depth::Index), (6, Depth::Row), (3, Depth::Steps)] {
            let Some(word) = worlds.get(ahead) else { continue };
            let vars = self.layout.vars.get(*word);
            for group in &self.layout.large {
                rows.bring(vars, group.number, group.joint.get(*word), depth);
            }
        }
    }

    /// Takes the steps of a world.
    #[inline(always)]
    fn world(&self, worker: &mut Worker<W>, word: W) -> Result<(), Stopped> {
        let constrained =
            worker.sink.common.questions.has_constraint() && self.constrained(&mut worker.sink, word);
        worker.sink.common.begin(constrained);
        let (present, full) = match self.shape.packets {
            PacketStore::Bag => (self.layout.present(word), self.layout.full(word)),
            PacketStore::Set => (self.layout.present(word), W::ZERO),
            PacketStore::Fifo => (W::ZERO, W::ZERO),
        };
        let here = Here { word, present, full, look_only: self.shared.look_only || constrained };
        let vars = self.layout.vars.get(word);
        let Worker { rows, sink, .. } = worker;
        for group in &self.layout.groups {
            let joint = group.joint.get(word);
            let row = match rows.find_group(vars, group.number, joint) {
                Some(row) if present & !row.known == W::ZERO => row,
                _ => {
                    self.learn(rows, sink, vars, group, here)?;
                    match rows.find_group(vars, group.number, joint) {
                        Some(row) => row,
                        None => unreachable!("it was learned just now"),
                    }
                }
            };
            self.take_row(rows, sink, row, here)?;
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

    /// The row of a group of nodes, which learns all packets that are present.
    #[cold]
    fn learn(
        &self,
        rows: &mut Rows<W>,
        sink: &mut Sink<W>,
        vars: u32,
        group: &Group,
        here: Here<W>,
    ) -> Result<(), Stopped> {
        let maker = Maker { memo: self.memo, shape: self.shape, layout: self.layout };
        let made = maker.group(rows, vars, group, here.word, here.present);
        made.map_err(|overflow| sink.misfit(overflow))
    }

    #[inline(always)]
    fn take_row(
        &self,
        rows: &Rows<W>,
        sink: &mut Sink<W>,
        row: &Row<W>,
        here: Here<W>,
    ) -> Result<(), Stopped> {
        let mut left = here.present & row.drives;
        let loops = row.loops + (here.present & row.idles).ones();
        sink.common.transitions += u64::from(loops);
        sink.common.enabled |= loops > 0;
        let (own, driven) = rows.steps_of(row);
        if row.plain {
            let taken = row.own + left.ones();
            sink.common.transitions += u64::from(taken);
            sink.common.enabled |= taken > 0;
            if !here.look_only {
                for delta in own {
                    self.go(rows, sink, here, delta)?;
                }
                while left != W::ZERO {
                    let (at, rest) = row.step_of_lowest(left);
                    left = rest;
                    self.go(rows, sink, here, &driven[at])?;
                }
            }
        } else {
            for delta in own {
                self.take(rows, sink, here, delta)?;
            }
            while left != W::ZERO {
                let (at, rest) = row.step_of_lowest(left);
                left = rest;
                self.take(rows, sink, here, &driven[at])?;
            }
        }
        if row.more > 0 {
            self.take_more(rows, sink, row.more, here)?;
        }
        Ok(())
    }

    /// The further steps of packets that drive several.
    #[inline(never)]
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
    #[inline(never)]
    fn take(
        &self,
        rows: &Rows<W>,
        sink: &mut Sink<W>,
        here: Here<W>,
        delta: &Delta<W>,
    ) -> Result<(), Stopped> {
        if delta.effect == SLOW {
            return self.take_slow(&rows.slow[delta.choice as usize], sink, here);
        }
        sink.common.enabled = true;
        let effect = &rows.effects[delta.effect as usize];
        if effect.cond != W::ZERO && here.word & effect.cond == W::ZERO {
            sink.common.hold_back(u32::from(effect.bound));
            return Ok(());
        }
        sink.common.transitions += 1;
        if here.look_only {
            return Ok(());
        }
        self.go(rows, sink, here, delta)
    }

    /// Takes a plain step.
    #[inline(always)]
    fn go(&self, rows: &Rows<W>, sink: &mut Sink<W>, here: Here<W>, delta: &Delta<W>) -> Result<(), Stopped> {
        let effect = &rows.effects[delta.effect as usize];
        if here.full & effect.guard != W::ZERO {
            return Err(self.spilled(sink, here.full & effect.guard));
        }
        let after = here.word.plus(delta.add);
        let after = if self.is_set { (after & !effect.guard) | effect.set } else { after };
        if after != here.word {
            self.put(sink, after, delta.choice);
        }
        Ok(())
    }

    #[cold]
    fn spilled(&self, sink: &mut Sink<W>, bits: W) -> Stopped {
        let packet = u32::from(self.layout.packet_at[bits.lowest() as usize]);
        let copies = 1 << self.layout.packets[packet as usize].bits;
        sink.misfit(Overflow::Copies { packet, copies })
    }
}
