use super::checkpoint::{In, Out, Refused};
use super::packed::Overflow;
use super::table::Table;
use super::word::Key;
use super::worker::{Back, Common, Shared};
use std::io;
use verdi_machine::Fault;

/// How worlds are kept, and what a step does to them.
pub(super) trait Space: Sync {
    /// What a worker keeps.
    type Worker: Send;
    /// Some worlds of a level, in order.
    type Chunk: Send;
    /// What the seen set keeps of a world.
    type Key: Key;
    /// How worlds were packed anew.
    type Change;

    /// Which space it is, in a checkpoint.
    const KIND: u64;

    fn worker(&self, parents: bool) -> Self::Worker;
    fn common(worker: &mut Self::Worker) -> &mut Common;
    /// How many worlds of a chunk are not done.
    fn worlds(chunk: &Self::Chunk) -> u64;
    fn chunk_bytes(chunk: &Self::Chunk) -> u64;
    /// Gives worlds their numbers: that of the first.
    fn number(chunk: &mut Self::Chunk, first: u32);
    /// The keys of worlds that are not done, in order.
    fn keys(
        &self,
        shared: &Shared,
        worker: &mut Self::Worker,
        chunk: &Self::Chunk,
        take: &mut dyn FnMut(Self::Key),
    );
    /// Keeps some of the worlds, none of which is done.
    fn retain(&self, chunk: &mut Self::Chunk, keep: &mut dyn FnMut() -> bool);
    /// The worlds that a worker met.
    fn out(worker: &mut Self::Worker) -> &mut Vec<Self::Chunk>;

    /// Meets the first world, if there is one.
    fn begin(&mut self, shared: &Shared, worker: &mut Self::Worker) -> Result<Result<(), Fault>, Misfit>;
    /// Takes all steps of a chunk's worlds.
    fn expand(
        &self,
        shared: &Shared,
        worker: &mut Self::Worker,
        chunk: &mut Self::Chunk,
        poll: &mut dyn FnMut() -> bool,
    ) -> Result<(), Back<Overflow>>;
    /// Looks up what still waits; `false` where there is no room.
    fn flush(&self, shared: &Shared, worker: &mut Self::Worker) -> bool;

    /// The seen set.
    fn table(&self) -> &Table<Self::Key>;
    fn table_mut(&mut self) -> &mut Table<Self::Key>;
    /// What is remembered besides worlds.
    fn memo_bytes(&self, workers: &[Self::Worker]) -> u64;
    /// Makes room for what did not fit so that all worlds, of which some are elsewhere, stay as they are; `false` where
    /// that is not to be had.
    fn extend(&mut self, overflow: Overflow, elsewhere: u64, workers: &mut [Self::Worker]) -> bool;
    /// Makes room for what did not fit: in the worlds of the seen set, of workers and of a level. So many are elsewhere.
    fn widen(
        &mut self,
        overflow: Overflow,
        memory_max: u64,
        elsewhere: u64,
        workers: &mut [Self::Worker],
        level: &mut Vec<Self::Chunk>,
    ) -> Result<Self::Change, Misfit>;
    /// The same for worlds that are elsewhere.
    fn change_key(change: &Self::Change, key: Self::Key) -> Self::Key;
    fn change_chunk(change: &Self::Change, chunk: &mut Self::Chunk);
    /// Whether the seen set tells all worlds apart.
    fn is_exact(&self) -> bool;

    fn save_ids(&self, out: &mut Out) -> io::Result<()>;
    /// How worlds are kept, and the seen set of so many.
    fn save(&self, worlds: u64, out: &mut Out) -> io::Result<()>;
    /// Reads into an empty space what [`Self::save`] wrote.
    fn load(&mut self, worlds: u64, from: &mut In) -> Result<(), Refused>;
    /// The worlds of a chunk that are not done.
    fn save_chunk(chunk: &Self::Chunk, out: &mut Out) -> io::Result<()>;
    fn load_chunk(from: &mut In) -> Result<Self::Chunk, Refused>;
}

/// Why a search in this space cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Misfit {
    /// Worlds do not fit into a word.
    Width,
    /// There is no memory for another seen set.
    Memory,
}
