//! Where steps lead: successors wait until their slots in the seen set have come near, and are looked up together.

use super::super::table::Inserted;
use super::super::word::Word;
use super::super::worker::{Common, Stopped};
use super::expand::{Ground, Seen};
use super::layout::Overflow;
use rustc_hash::FxHashMap;
use std::sync::atomic::Ordering;
use verdi_machine::{PacketOp, Parts, Shape};

/// How many successors are looked up together, at least.
pub(super) const BATCH: usize = 48;

/// How many worlds are in a chunk.
const CHUNK: usize = 4096;

/// Worlds of a level, in order.
#[derive(Debug, Default)]
pub(crate) struct Chunk<W> {
    /// The number of the first.
    pub(crate) first: u32,
    pub(crate) worlds: Vec<W>,
    /// How many of them are done.
    pub(crate) done: usize,
}

/// A successor that waits to be looked up.
#[derive(Clone, Copy, Debug)]
struct Successor<K> {
    key: K,
    /// The world it is a successor of, by its place among the origins.
    origin: u32,
    choice: u32,
}

/// A world with successors that wait.
#[derive(Clone, Copy, Debug)]
struct Origin<W> {
    word: W,
    number: u32,
}

/// Where the steps of a worker lead.
#[derive(Debug)]
pub(crate) struct Sink<W: Word> {
    pub(in crate::fast) common: Common,
    waiting: Vec<Successor<W::Key>>,
    origins: Vec<Origin<W>>,
    /// New worlds, for the next level.
    pub(in crate::fast) out: Vec<Chunk<W>>,
    /// Of queues: what their contents become.
    pub(super) moves: FxHashMap<(u32, u32, PacketOp), u32>,
    /// What does not fit, where the worker stopped for it.
    pub(super) overflow: Option<Overflow>,
}

impl<W: Word> Sink<W> {
    pub(super) fn new(shape: &Shape, parents: bool) -> Self {
        Self {
            common: Common::new(shape, parents),
            waiting: Vec::new(),
            origins: Vec::new(),
            out: Vec::new(),
            moves: FxHashMap::default(),
            overflow: None,
        }
    }

    /// Puts what waits into another layout.
    pub(super) fn widen(&mut self, widen: impl Fn(W) -> W) {
        for origin in &mut self.origins {
            origin.word = widen(origin.word);
        }
        for successor in &mut self.waiting {
            successor.key = widen(W::unmix(successor.key)).mix();
        }
    }

    /// Whether enough successors wait for all to be looked up.
    #[inline]
    pub(super) fn is_ready(&self) -> bool {
        self.waiting.len() >= BATCH
    }

    /// Begins to take the steps of a world.
    #[inline]
    pub(super) fn begin(&mut self, word: W) {
        self.origins.push(Origin { word, number: self.common.at });
    }

    #[cold]
    pub(super) fn misfit(&mut self, overflow: Overflow) -> Stopped {
        self.overflow = Some(overflow);
        Stopped
    }

    fn keep(&mut self, number: u32, word: W) {
        match self.out.last_mut() {
            Some(chunk) if chunk.worlds.len() < CHUNK => chunk.worlds.push(word),
            _ => {
                let mut worlds = Vec::with_capacity(CHUNK);
                worlds.push(word);
                self.out.push(Chunk { first: number, worlds, done: 0 });
            }
        }
    }
}

impl<W: Word, P: Parts> Ground<'_, W, P> {
    /// Meets the first world, for which there is room.
    pub(super) fn meet_first(&self, sink: &mut Sink<W>, word: W) {
        if self.table.insert(word.mix()) == Inserted::New {
            let number = sink.common.met(0, 0);
            sink.keep(number, word);
            let Common { questions, tally, .. } = &mut sink.common;
            let view = Seen { ground: self, word };
            questions.judge(self.memo.parts, &view, number, &self.shared.kinds, |_| false, tally);
        }
    }

    /// Lets a successor of the world at hand wait.
    #[inline]
    pub(super) fn put(&self, sink: &mut Sink<W>, word: W, choice: u32) {
        let key = word.mix();
        self.table.prefetch(key);
        sink.waiting.push(Successor { key, origin: sink.origins.len() as u32 - 1, choice });
    }

    /// Looks up all that wait; those that are new are judged and wait for the next level. Where the table is full the
    /// others go on waiting.
    pub(super) fn look_up(&self, sink: &mut Sink<W>) -> Result<(), Stopped> {
        let mut waiting = std::mem::take(&mut sink.waiting);
        for (at, successor) in waiting.iter().enumerate() {
            match self.table.insert(successor.key) {
                Inserted::Known => {}
                Inserted::New => self.welcome(sink, *successor),
                Inserted::Full => {
                    waiting.drain(..at);
                    sink.waiting = waiting;
                    self.shared.halt.store(true, Ordering::Relaxed);
                    return Err(Stopped);
                }
            }
        }
        waiting.clear();
        sink.waiting = waiting;
        sink.origins.clear();
        Ok(())
    }

    #[inline]
    fn welcome(&self, sink: &mut Sink<W>, Successor { key, origin, choice }: Successor<W::Key>) {
        let word = W::unmix(key);
        let origin = sink.origins[origin as usize];
        let number = sink.common.met(origin.number, choice);
        sink.keep(number, word);
        let differs = word ^ origin.word;
        if differs & self.reads_any == W::ZERO {
            return;
        }
        let same = |question: usize| differs & self.reads[question] == W::ZERO;
        let view = Seen { ground: self, word };
        let Common { questions, tally, .. } = &mut sink.common;
        questions.judge(self.memo.parts, &view, number, &self.shared.kinds, same, tally);
    }
}
