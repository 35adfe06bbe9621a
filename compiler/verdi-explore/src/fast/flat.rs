//! Worlds as records of ids, where they do not fit into a word. The seen set keeps fingerprints of 64 bits: two
//! worlds may share one, with a chance that [`expected_collisions`] tells.

mod alone;
mod canon;
mod driven;
mod expand;
mod known;
mod prints;
mod record;
mod sink;
mod slow;
mod steps;

use super::checkpoint::{In, Out, Refused, save_ids};
use super::memo::Memo;
use super::packed::Overflow;
use super::queues::Queues;
use super::renamings::Renamings;
use super::space::{Misfit, Space};
use super::table::Table;
use super::worker::{Back, Common, Shared};
use crate::Options;
use expand::{Ground, Worker};
use record::Form;
use sink::Chunk;
use std::convert::Infallible;
use std::io;
use verdi_machine::{Fault, Parts, Prospects, Shape};

/// How many homes the seen set has at first.
const HOMES: usize = 1 << 13;

/// How many pairs of this many worlds are expected to share a fingerprint: each pair does with a chance of `2^-64`.
pub fn expected_collisions(worlds: u64) -> f64 {
    let worlds = worlds as f64;
    worlds * (worlds - 1.0).max(0.0) / 2.0 / 2_f64.powi(64)
}

/// A search over records.
pub(super) struct Flat<'a, P> {
    memo: &'a Memo<'a, P>,
    queues: &'a Queues,
    shape: &'a Shape,
    renamings: Renamings,
    table: Table<u64>,
    prospects: Option<&'a Prospects>,
}

impl<'a, P: Parts> Flat<'a, P> {
    /// An empty search, with what the options leave out: worlds that differ only in the names of nodes, and steps that
    /// can wait.
    ///
    /// # Errors
    /// There is no address space for the seen set.
    pub(super) fn new(
        memo: &'a Memo<'a, P>,
        queues: &'a Queues,
        options: &'a Options,
        memory_max: u64,
    ) -> io::Result<Self> {
        let table = Table::new(HOMES, memory_max)?;
        let renamings = Renamings::new(memo.parts, &options.symmetric);
        let prospects = options.prospects.as_deref();
        Ok(Self { memo, queues, shape: memo.parts.shape(), renamings, table, prospects })
    }

    fn ground<'s>(&'s self, shared: &'s Shared) -> Ground<'s, P> {
        Ground {
            memo: self.memo,
            queues: self.queues,
            shape: self.shape,
            form: Form::new(self.shape),
            renamings: &self.renamings,
            table: &self.table,
            shared,
            prospects: self.prospects,
        }
    }
}

impl<P: Parts> Space for Flat<'_, P> {
    type Worker = Worker;
    type Chunk = Chunk;
    type Key = u64;
    type Change = Infallible;

    const KIND: u64 = 0;

    fn worker(&self, parents: bool) -> Worker {
        let mut worker = Worker::new(self.shape, parents);
        // A group for each node.
        worker.common.questions.arrange(&(0..self.shape.kinds.len()).collect::<Vec<_>>());
        worker
    }

    fn common(worker: &mut Worker) -> &mut Common {
        &mut worker.common
    }

    fn worlds(chunk: &Chunk) -> u64 {
        u64::from(chunk.worlds - chunk.done)
    }

    fn chunk_bytes(chunk: &Chunk) -> u64 {
        chunk.words.capacity() as u64 * 4
    }

    fn number(chunk: &mut Chunk, first: u32) {
        chunk.first = first;
    }

    fn keys(&self, shared: &Shared, worker: &mut Worker, chunk: &Chunk, take: &mut dyn FnMut(u64)) {
        let ground = self.ground(shared);
        let mut words = &chunk.words[chunk.next..];
        while !words.is_empty() {
            let (record, rest) = words.split_at(ground.form.len(words));
            take(ground.key(worker, record));
            words = rest;
        }
    }

    fn retain(&self, chunk: &mut Chunk, keep: &mut dyn FnMut() -> bool) {
        let form = Form::new(self.shape);
        let (mut from, mut to) = (0, 0);
        while from < chunk.words.len() {
            let next = from + form.len(&chunk.words[from..]);
            if keep() {
                chunk.words.copy_within(from..next, to);
                to += next - from;
            } else {
                chunk.worlds -= 1;
            }
            from = next;
        }
        chunk.words.truncate(to);
        chunk.words.shrink_to_fit();
    }

    fn begin(&mut self, shared: &Shared, worker: &mut Worker) -> Result<Result<(), Fault>, Misfit> {
        let first = self.memo.parts.first();
        Ok(first.map(|first| self.ground(shared).begin(worker, &first)))
    }

    fn expand(
        &self,
        shared: &Shared,
        worker: &mut Worker,
        chunk: &mut Chunk,
        poll: &mut dyn FnMut() -> bool,
    ) -> Result<(), Back<Overflow>> {
        self.ground(shared).expand(worker, chunk, poll)
    }

    fn flush(&self, shared: &Shared, worker: &mut Worker) -> bool {
        self.ground(shared).flush(worker)
    }

    fn table(&self) -> &Table<u64> {
        &self.table
    }

    fn table_mut(&mut self) -> &mut Table<u64> {
        &mut self.table
    }

    fn memo_bytes(&self, workers: &[Worker]) -> u64 {
        let of = |worker: &Worker| worker.bytes(self.renamings.len());
        workers.iter().map(of).sum::<u64>()
            + self.memo.bytes()
            + self.memo.parts.bytes()
            + self.queues.bytes()
    }

    /// A record has room for every id.
    fn extend(&mut self, _: Overflow, _: u64, _: &mut [Worker]) -> bool {
        true
    }

    fn widen(
        &mut self,
        _: Overflow,
        _: u64,
        _: u64,
        _: &mut [Worker],
        _: &mut Vec<Chunk>,
    ) -> Result<Infallible, Misfit> {
        Err(Misfit::Width)
    }

    fn change_key(change: &Infallible, _: u64) -> u64 {
        match *change {}
    }

    fn change_chunk(change: &Infallible, _: &mut Chunk) {
        match *change {}
    }

    fn is_exact(&self) -> bool {
        false
    }

    fn save_ids(&self, out: &mut Out) -> io::Result<()> {
        save_ids(self.memo.parts, self.queues, out)
    }

    fn save(&self, worlds: u64, out: &mut Out) -> io::Result<()> {
        self.table.save(worlds, out)
    }

    fn load(&mut self, worlds: u64, from: &mut In) -> Result<(), Refused> {
        self.table.load(worlds, from)
    }

    fn save_chunk(chunk: &Chunk, out: &mut Out) -> io::Result<()> {
        out.word(u64::from(chunk.worlds - chunk.done))?;
        out.numbers(&chunk.words[chunk.next..])
    }

    fn load_chunk(from: &mut In) -> Result<Chunk, Refused> {
        let worlds = u32::try_from(from.word()?).map_err(|_| Refused::Damaged)?;
        Ok(Chunk { worlds, words: from.numbers()?, ..Chunk::default() })
    }

    fn out(worker: &mut Worker) -> &mut Vec<Chunk> {
        &mut worker.out
    }
}
