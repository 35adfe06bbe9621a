//! Worlds packed into a word of 64 or 128 bits, each part in bits of its own. The seen set keeps the words
//! themselves, so it is exact; a step is an addition.

mod expand;
mod layout;
mod native;
mod rows;
mod sink;
mod slow;

pub(super) use layout::{Census, Overflow};

use super::checkpoint::{In, Out, Refused, save_ids};
use super::memo::Memo;
use super::queues::Queues;
use super::space::{Misfit, Space};
use super::table::{Inserted, Table};
use super::word::{Key, Word};
use super::worker::{Back, Common, Shared};
use expand::{Ground, Worker};
use layout::{Layout, Moves};
use native::expand_natively;
use sink::Chunk;
use std::io;
use verdi_core::PacketStore;
use verdi_machine::{Parts, Shape};

/// How many homes the seen set has at first.
const HOMES: usize = 1 << 13;

/// A model whose parts go on growing is searched in another space once worlds were packed anew more often than a few
/// times each, and than this.
const REPACKED_MIN: u64 = 1 << 19;

/// A seen set of fewer homes is made anew rather than that a state is taken apart.
const TIGHT: u64 = 1 << 17;

/// A search over packed worlds.
pub(super) struct Packed<'a, W: Word, P> {
    memo: &'a Memo<'a, P>,
    queues: &'a Queues,
    shape: &'a Shape,
    census: &'a mut Census,
    layout: Layout<W>,
    table: Table<W::Key>,
    reads: Vec<W>,
    /// How many worlds were packed anew.
    repacked: u64,
}

impl<'a, W: Word, P: Parts> Packed<'a, W, P> {
    /// An empty search; `None` where the census does not fit into a word.
    ///
    /// # Errors
    /// There is no address space for the seen set.
    pub(super) fn new(
        memo: &'a Memo<'a, P>,
        queues: &'a Queues,
        census: &'a mut Census,
        memory_max: u64,
    ) -> io::Result<Option<Self>> {
        let shape = memo.parts.shape();
        let Some(layout) = Layout::new(shape, census) else { return Ok(None) };
        let table = Table::new(HOMES, memory_max)?;
        let reads = reads(shape, &layout);
        Ok(Some(Self { memo, queues, shape, census, layout, table, reads, repacked: 0 }))
    }

    fn ground<'s>(&'s self, shared: &'s Shared) -> Ground<'s, W, P> {
        Ground {
            memo: self.memo,
            queues: self.queues,
            shape: self.shape,
            layout: &self.layout,
            table: &self.table,
            reads: &self.reads,
            reads_any: self.reads.iter().fold(W::ZERO, |all, reads| all | *reads),
            is_set: self.shape.packets == PacketStore::Set,
            shared,
        }
    }

    /// Makes room in bits that were not used, so that all worlds stay as they are. Where that takes a state apart it is
    /// done only if there are many worlds: what is in one piece is faster to look up.
    fn extend_layout(&mut self, overflow: Overflow, elsewhere: u64, workers: &mut [Worker<W>]) -> bool {
        let new_packet = matches!(overflow, Overflow::Copies { .. });
        if !new_packet && self.table.homes() as u64 + elsewhere < TIGHT {
            return false;
        }
        let Some(layout) = self.layout.extended(overflow) else { return false };
        let divided = |layout: &Layout<W>| layout.groups.iter().map(|group| group.nodes).collect::<Vec<_>>();
        if divided(&layout) != divided(&self.layout) {
            for worker in workers {
                worker.forget();
                worker.arrange(&layout);
            }
        }
        self.reads = reads(self.shape, &layout);
        self.layout = layout;
        self.census.add(overflow);
        true
    }

    /// A layout for what did not fit and for all that workers have met.
    fn wider(&mut self, overflow: Overflow, workers: &[Worker<W>]) -> Result<Layout<W>, Misfit> {
        self.census.add(overflow);
        let mut packets = 0;
        for seen in workers.iter().map(|worker| &worker.rows.seen) {
            for (kind, states) in (0..).zip(&seen.states) {
                self.census.add(Overflow::State { kind, id: states - 1 });
            }
            self.census.add(Overflow::Vars(seen.vars - 1));
            packets = packets.max(seen.packets);
        }
        if self.shape.packets != PacketStore::Fifo {
            for (packet, field) in (0..packets).zip(&self.layout.packets) {
                self.census.add(Overflow::Copies { packet, copies: (1 << field.bits) - 1 });
            }
        }
        Layout::new(self.shape, self.census).ok_or(Misfit::Width)
    }
}

/// The bits that each question reads.
fn reads<W: Word>(shape: &Shape, layout: &Layout<W>) -> Vec<W> {
    let of = |question: &verdi_machine::Question| {
        let nodes = question.nodes.iter().map(|node| layout.nodes[*node as usize]);
        let packets = layout.packets.iter().chain(&layout.queues).filter(|_| question.packets);
        let vars = std::iter::once(layout.vars).filter(|_| question.vars);
        let trace = std::iter::once(layout.trace).filter(|_| question.trace);
        let fields = nodes.chain(packets.copied()).chain(vars).chain(trace);
        fields.fold(W::ZERO, |mask, field| mask | field.mask())
    };
    shape.questions.iter().map(of).collect()
}

impl<W: Word, P: Parts> Space for Packed<'_, W, P> {
    type Worker = Worker<W>;
    type Chunk = Chunk<W>;
    type Key = W::Key;
    type Change = Moves<W>;

    const KIND: u64 = W::BITS as u64;

    fn worker(&self, parents: bool) -> Worker<W> {
        let mut worker = Worker::new(self.shape, self.census.states.len(), parents);
        worker.arrange(&self.layout);
        worker
    }

    fn common(worker: &mut Worker<W>) -> &mut Common {
        &mut worker.sink.common
    }

    fn worlds(chunk: &Chunk<W>) -> u64 {
        (chunk.worlds.len() - chunk.done) as u64
    }

    fn chunk_bytes(chunk: &Chunk<W>) -> u64 {
        (chunk.worlds.capacity() * size_of::<W>()) as u64
    }

    fn number(chunk: &mut Chunk<W>, first: u32) {
        chunk.first = first;
    }

    fn keys(&self, _: &Shared, _: &mut Worker<W>, chunk: &Chunk<W>, take: &mut dyn FnMut(W::Key)) {
        chunk.worlds[chunk.done..].iter().for_each(|word| take(word.mix()));
    }

    fn retain(&self, chunk: &mut Chunk<W>, keep: &mut dyn FnMut() -> bool) {
        chunk.worlds.retain(|_| keep());
        chunk.worlds.shrink_to_fit();
    }

    fn begin(
        &mut self,
        shared: &Shared,
        worker: &mut Worker<W>,
    ) -> Result<Result<(), verdi_machine::Fault>, Misfit> {
        let first = match self.memo.parts.first() {
            Ok(first) => first,
            Err(fault) => return Ok(Err(fault)),
        };
        loop {
            match self.ground(shared).pack(&first) {
                Ok(word) => {
                    self.ground(shared).begin(worker, word);
                    return Ok(Ok(()));
                }
                Err(overflow) => {
                    self.census.add(overflow);
                    self.layout = Layout::new(self.shape, self.census).ok_or(Misfit::Width)?;
                    self.reads = reads(self.shape, &self.layout);
                }
            }
        }
    }

    fn expand(
        &self,
        shared: &Shared,
        worker: &mut Worker<W>,
        chunk: &mut Chunk<W>,
        poll: &mut dyn FnMut() -> bool,
    ) -> Result<(), Back<Overflow>> {
        expand_natively(&self.ground(shared), worker, chunk, poll)
    }

    fn flush(&self, shared: &Shared, worker: &mut Worker<W>) -> bool {
        self.ground(shared).look_up(&mut worker.sink).is_ok()
    }

    fn table(&self) -> &Table<W::Key> {
        &self.table
    }

    fn table_mut(&mut self) -> &mut Table<W::Key> {
        &mut self.table
    }

    fn memo_bytes(&self, workers: &[Worker<W>]) -> u64 {
        workers.iter().map(Worker::bytes).sum::<u64>()
            + self.memo.bytes()
            + self.memo.parts.bytes()
            + self.queues.bytes()
    }

    fn extend(&mut self, overflow: Overflow, elsewhere: u64, workers: &mut [Worker<W>]) -> bool {
        self.extend_layout(overflow, elsewhere, workers)
    }

    fn widen(
        &mut self,
        overflow: Overflow,
        memory_max: u64,
        elsewhere: u64,
        workers: &mut [Worker<W>],
        level: &mut Vec<Chunk<W>>,
    ) -> Result<Moves<W>, Misfit> {
        let worlds = self.table.room() + elsewhere;
        self.repacked += worlds;
        if self.repacked > REPACKED_MIN + 4 * worlds {
            return Err(Misfit::Width);
        }
        let wider = self.wider(overflow, workers)?;
        if 2 * self.table.bytes() > memory_max {
            return Err(Misfit::Memory);
        }
        let table = self.table.another().map_err(|_| Misfit::Memory)?;
        let moves = self.layout.moves_to(&wider);
        for key in self.table.keys() {
            if table.insert(Self::change_key(&moves, key)) != Inserted::New {
                return Err(Misfit::Memory);
            }
        }
        let out = workers.iter_mut().flat_map(|worker| worker.sink.out.iter_mut());
        level.iter_mut().chain(out).for_each(|chunk| Self::change_chunk(&moves, chunk));
        for worker in workers {
            worker.sink.widen(|word| moves.apply(word));
            worker.forget();
            worker.arrange(&wider);
        }
        self.reads = reads(self.shape, &wider);
        (self.table, self.layout) = (table, wider);
        Ok(moves)
    }

    fn change_key(moves: &Moves<W>, key: W::Key) -> W::Key {
        moves.apply(W::unmix(key)).mix()
    }

    fn change_chunk(moves: &Moves<W>, chunk: &mut Chunk<W>) {
        for word in &mut chunk.worlds {
            *word = moves.apply(*word);
        }
    }

    fn is_exact(&self) -> bool {
        true
    }

    fn save_ids(&self, out: &mut Out) -> io::Result<()> {
        save_ids(self.memo.parts, self.queues, out)
    }

    fn save(&self, worlds: u64, out: &mut Out) -> io::Result<()> {
        self.census.save(out)?;
        self.layout.save(out)?;
        out.word(self.repacked)?;
        self.table.save(worlds, out)
    }

    fn load(&mut self, worlds: u64, from: &mut In) -> Result<(), Refused> {
        self.census.load(from)?;
        self.layout = Layout::load(self.shape, from)?;
        self.reads = reads(self.shape, &self.layout);
        self.repacked = from.word()?;
        self.table.load(worlds, from)
    }

    fn save_chunk(chunk: &Chunk<W>, out: &mut Out) -> io::Result<()> {
        let worlds = &chunk.worlds[chunk.done..];
        out.word(worlds.len() as u64)?;
        for word in worlds {
            word.mix().words()[..W::Key::WORDS].iter().try_for_each(|word| out.word(*word))?;
        }
        Ok(())
    }

    fn load_chunk(from: &mut In) -> Result<Chunk<W>, Refused> {
        let count = from.count(1)?;
        let mut worlds = Vec::with_capacity(count);
        for _ in 0..count {
            let words = [from.word()?, if W::Key::WORDS == 2 { from.word()? } else { 0 }];
            worlds.push(W::unmix(W::Key::from_words(words)));
        }
        Ok(Chunk { first: 0, worlds, done: 0 })
    }

    fn out(worker: &mut Worker<W>) -> &mut Vec<Chunk<W>> {
        &mut worker.sink.out
    }
}
