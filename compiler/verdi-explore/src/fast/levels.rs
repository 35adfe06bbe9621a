//! Breadth-first levels: the worlds of one are divided among workers, who put what they meet for the first time into
//! the next.

use super::checkpoint::{Checkpoints, In, Out, Refused, Restored, State, restore};
use super::packed::Overflow;
use super::tally::{Finding, Tally};
use super::worker::{Back, Common, Shared};
use crate::watch::Watch;
use crate::{Coverage, Cut, Faulted, Options, Stats};
use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use verdi_machine::{Fault, Shape};

/// How worlds are kept, and what a step does to them.
pub(super) trait Space: Sync {
    /// What a worker keeps.
    type Worker: Send;
    /// Some worlds of a level, in order.
    type Chunk: Send;

    /// Which space it is, in a checkpoint.
    const KIND: u64;

    fn worker(&self, parents: bool) -> Self::Worker;
    fn common(worker: &mut Self::Worker) -> &mut Common;
    /// How many worlds of a chunk are not done.
    fn worlds(chunk: &Self::Chunk) -> u64;
    fn chunk_bytes(chunk: &Self::Chunk) -> u64;
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

    /// How many worlds the seen set takes before it should grow.
    fn room(&self) -> u64;
    fn table_bytes(&self) -> u64;
    /// What is remembered besides worlds.
    fn memo_bytes(&self, workers: &[Self::Worker]) -> u64;
    /// How large the seen set would be if it grew; `None` where it cannot.
    fn grown_bytes(&self) -> Option<u64>;
    fn grow(&mut self);
    /// Makes room for what did not fit, in all worlds.
    fn widen(
        &mut self,
        overflow: Overflow,
        memory_max: u64,
        workers: &mut [Self::Worker],
        chunks: &mut [&mut Vec<Self::Chunk>],
    ) -> Result<(), Misfit>;
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

/// What a search came to.
#[derive(Debug)]
pub(super) struct Raw {
    pub(super) tally: Tally,
    pub(super) coverage: Coverage,
    pub(super) stats: Stats,
    /// See [`Common::parents`]; `None` where there were too many worlds.
    pub(super) parents: Option<Vec<(u32, u32)>>,
}

impl Raw {
    /// Of a search that could not begin.
    pub(super) fn without_memory(shape: &Shape, watch: &Watch<'_>) -> Self {
        let stats = Stats { elapsed: watch.elapsed(), ..Stats::default() };
        Self { tally: Tally::new(shape), coverage: Coverage::Cut(Cut::Memory), stats, parents: None }
    }
}

/// How to run the levels.
pub(super) struct Plan<'a> {
    pub(super) shape: &'a Shape,
    pub(super) options: &'a Options,
    /// How many threads work.
    pub(super) workers: usize,
    /// Up to how many worlds ways can be told. As long as they can, one thread works, so that they are the same
    /// however many there are.
    pub(super) ways: u64,
    /// Whether enough was found.
    pub(super) done: &'a dyn Fn(&Tally) -> bool,
}

/// Levels of fewer worlds are not worth a second thread.
const WORTH_SHARING: u64 = 3 * 4096;

/// After how many new worlds the memory is looked at again.
const LOOK: u64 = 1 << 20;

struct Levels<'a, 'w, S: Space> {
    space: S,
    plan: &'a Plan<'a>,
    watch: &'a mut Watch<'w>,
    saves: &'a mut Checkpoints,
    workers: Vec<S::Worker>,
    shared: Shared,
    tally: Tally,
    levels: u64,
    /// The worlds that were met and not expanded, at the last count.
    queue: u64,
    frontier_bytes: u64,
    tells_ways: bool,
}

/// Explores level by level, from the first world or from where a checkpoint was written.
///
/// # Errors
/// The checkpoint does not fit; or the space is too small.
pub(super) fn run<S: Space>(
    mut space: S,
    plan: &Plan<'_>,
    watch: &mut Watch<'_>,
    saves: &mut Checkpoints,
    from: Option<In>,
) -> Result<Result<Raw, Misfit>, Refused> {
    let restored = from.map(|mut from| restore(&mut space, plan.shape, &mut from)).transpose()?;
    let workers = (0..plan.workers).map(|_| space.worker(restored.is_none())).collect();
    let shared = Shared {
        met: AtomicU64::new(0),
        enough: AtomicU64::new(0),
        halt: AtomicBool::new(false),
        kinds: plan.shape.properties.clone(),
        look_only: false,
    };
    let tally = Tally::new(plan.shape);
    let levels = Levels {
        space,
        plan,
        watch,
        saves,
        workers,
        shared,
        tally,
        levels: 0,
        queue: 0,
        frontier_bytes: 0,
        tells_ways: restored.is_none(),
    };
    Ok(levels.run(restored))
}

impl<S: Space> Levels<'_, '_, S> {
    fn run(mut self, restored: Option<Restored<S::Chunk>>) -> Result<Raw, Misfit> {
        let coverage = match self.search(restored)? {
            Some(coverage) => coverage,
            None => Coverage::Complete(self.tally.limits()),
        };
        for worker in &mut self.workers {
            self.tally.absorb(&mut S::common(worker).tally);
        }
        let parents = S::common(&mut self.workers[0]).parents.take();
        let stats = Stats { elapsed: self.watch.elapsed(), ..self.stats() };
        Ok(Raw { tally: self.tally, coverage, stats, parents })
    }

    fn search(&mut self, restored: Option<Restored<S::Chunk>>) -> Result<Option<Coverage>, Misfit> {
        if let Some(restored) = restored {
            let level = self.go_on(restored);
            if let Some(cut) = self.level(level)? {
                return Ok(Some(Coverage::Cut(cut)));
            }
        } else if let Err(fault) = self.space.begin(&self.shared, &mut self.workers[0])? {
            let finding = Finding { world: 0, choice: None, fault: Some((fault, Faulted::Step)) };
            self.tally.fault(&self.plan.shape.properties, &finding);
            return Ok(self.decided());
        }
        let mut level = self.gather();
        while !level.is_empty() {
            if let Some(coverage) = self.decided() {
                return Ok(Some(coverage));
            }
            self.levels += 1;
            self.look_only();
            self.forget_ways();
            if let Some(cut) = self.level(level)? {
                return Ok(Some(Coverage::Cut(cut)));
            }
            level = self.gather();
        }
        Ok(self.decided())
    }

    /// Takes up a search in the middle of a level: what is left of it.
    fn go_on(&mut self, restored: Restored<S::Chunk>) -> Vec<S::Chunk> {
        let Restored { elapsed, levels, met, tally, level, next } = restored;
        self.watch.go_on_after(elapsed);
        (self.levels, self.tally) = (levels, tally);
        self.shared.met.store(met, Ordering::Relaxed);
        self.look_only();
        *S::out(&mut self.workers[0]) = next;
        for worker in &mut self.workers {
            S::common(worker).questions.catch_up(&self.tally);
        }
        self.measure(&level);
        level
    }

    /// The worlds of the last level that the check allows are only looked at.
    fn look_only(&mut self) {
        self.shared.look_only = self.plan.shape.depth_max.is_some_and(|most| self.levels > most);
    }

    fn measure(&mut self, level: &[S::Chunk]) {
        self.queue = level.iter().map(S::worlds).sum();
        self.frontier_bytes = level.iter().map(S::chunk_bytes).sum();
    }

    fn decided(&self) -> Option<Coverage> {
        (self.plan.done)(&self.tally).then_some(Coverage::Decided)
    }

    /// The worlds of the next level, in the order of the workers, and what the workers counted.
    fn gather(&mut self) -> Vec<S::Chunk> {
        let mut level = Vec::new();
        for worker in &mut self.workers {
            level.append(S::out(worker));
            let common = S::common(worker);
            self.shared.add(common);
            self.tally.absorb(&mut common.tally);
        }
        for worker in &mut self.workers {
            S::common(worker).questions.catch_up(&self.tally);
        }
        self.measure(&level);
        level
    }

    /// Stops to keep ways where there are too many worlds.
    fn forget_ways(&mut self) {
        if self.tells_ways && self.shared.met.load(Ordering::Relaxed) > self.plan.ways {
            self.tells_ways = false;
            self.workers.iter_mut().for_each(|worker| S::common(worker).parents = None);
        }
    }

    /// Expands all worlds of a level; where it is cut short, that is kept.
    fn level(&mut self, mut level: Vec<S::Chunk>) -> Result<Option<Cut>, Misfit> {
        let cut = self.expand(&mut level)?;
        if cut.is_some() && self.saves.keeps() && self.flush() {
            self.save(&level);
        }
        Ok(cut)
    }

    fn expand(&mut self, level: &mut Vec<S::Chunk>) -> Result<Option<Cut>, Misfit> {
        while !level.is_empty() {
            if let Some(cut) = self.make_room() {
                return Ok(Some(cut));
            }
            if self.saves.due() {
                self.save(level);
            }
            // A level may be too small for any worker to look.
            let snapshot = self.stats();
            if let Some(cut) = self.watch.look(|| snapshot) {
                return Ok(Some(cut));
            }
            let (overflow, cut) = self.work(level);
            for worker in &mut self.workers {
                self.shared.add(S::common(worker));
            }
            if let Some(cut) = cut {
                self.queue = level.iter().map(S::worlds).sum();
                return Ok(Some(cut));
            }
            if let Some(overflow) = overflow {
                let memory = self.memory_max();
                self.space.widen(overflow, memory, &mut self.workers, &mut [&mut *level])?;
            }
        }
        Ok(self.over_worlds())
    }

    /// Writes a checkpoint; nothing may wait to be looked up.
    fn save(&mut self, level: &[S::Chunk]) {
        let mut tally = self.tally.clone();
        for worker in &mut self.workers {
            tally.absorb(&mut S::common(worker).tally.clone());
            self.shared.add(S::common(worker));
        }
        let next = self.workers.iter_mut().flat_map(|worker| S::out(worker).iter()).collect();
        let met = self.shared.met.load(Ordering::Relaxed);
        let elapsed = self.watch.elapsed();
        let state = State { elapsed, levels: self.levels, met, tally: &tally, level, next };
        self.saves.write(|out| state.save(&self.space, out));
        self.shared.halt.store(false, Ordering::Relaxed);
    }

    /// Looks up all that waits, if there is room.
    fn flush(&mut self) -> bool {
        self.workers.iter_mut().all(|worker| self.space.flush(&self.shared, worker))
    }

    fn memory_max(&self) -> u64 {
        self.plan.options.memory_max.unwrap_or(u64::MAX >> 1)
    }

    fn over_worlds(&self) -> Option<Cut> {
        let met = self.shared.met.load(Ordering::Relaxed);
        self.plan.options.worlds_max.is_some_and(|most| met > most).then_some(Cut::Worlds)
    }

    /// Lets the seen set grow where it is nearly full, and says where the search has to come back next.
    fn make_room(&mut self) -> Option<Cut> {
        self.shared.halt.store(false, Ordering::Relaxed);
        if let Some(cut) = self.over_worlds() {
            return Some(cut);
        }
        let met = self.shared.met.load(Ordering::Relaxed);
        // What workers may meet before they all notice.
        let slack = 1024 * self.workers.len() as u64;
        if self.bytes() > self.memory_max() {
            return Some(Cut::Memory);
        }
        loop {
            let flushed = self.flush();
            self.shared.halt.store(false, Ordering::Relaxed);
            if flushed && met + slack < self.space.room() {
                break;
            }
            let others = self.bytes() - self.space.table_bytes();
            match self.space.grown_bytes() {
                Some(bytes) if bytes + others <= self.memory_max() => self.space.grow(),
                _ => return Some(Cut::Memory),
            }
        }
        let most = self.plan.options.worlds_max.unwrap_or(u64::MAX);
        let enough = (self.space.room() - slack).min(met + LOOK).min(most);
        self.shared.enough.store(enough, Ordering::Relaxed);
        None
    }

    /// Lets the workers work until the level is done or somebody comes back. What is left of the level stays in it.
    fn work(&mut self, level: &mut Vec<S::Chunk>) -> (Option<Overflow>, Option<Cut>) {
        let snapshot = self.stats();
        let Self { space, workers, shared, watch, saves, tells_ways, .. } = self;
        let (space, shared, saves) = (&*space, &*shared, &*saves);
        let worlds: u64 = level.iter().map(S::worlds).sum();
        let desk = Desk { chunks: Mutex::new(level.drain(..).collect()), overflow: Mutex::default() };
        let (mut cut, mut polled) = (None, false);
        let mut poll = || {
            let met = shared.met.load(Ordering::Relaxed);
            cut = watch.look(|| Stats { distinct: met, ..snapshot });
            // Something must be done between two checkpoints, however often they are wanted.
            let due = std::mem::replace(&mut polled, true) && saves.due();
            cut.is_none() && !due
        };
        match &mut workers[..] {
            [first, others @ ..] if !others.is_empty() && !*tells_ways && worlds >= WORTH_SHARING => {
                std::thread::scope(|scope| {
                    for worker in others {
                        scope.spawn(|| desk.work(space, shared, worker, &mut || true));
                    }
                    desk.work(space, shared, first, &mut poll);
                });
            }
            [first, ..] => desk.work(space, shared, first, &mut poll),
            [] => {}
        }
        level.extend(desk.chunks.into_inner().unwrap_or_else(PoisonError::into_inner));
        (desk.overflow.into_inner().unwrap_or_else(PoisonError::into_inner), cut)
    }

    fn bytes(&self) -> u64 {
        let parents = self.shared.met.load(Ordering::Relaxed) * if self.tells_ways { 8 } else { 0 };
        // What is met while a level is expanded waits beside it.
        self.space.table_bytes() + self.space.memo_bytes(&self.workers) + 2 * self.frontier_bytes + parents
    }

    fn stats(&self) -> Stats {
        let met = self.shared.met.load(Ordering::Relaxed);
        Stats {
            distinct: self.plan.options.worlds_max.map_or(met, |most| met.min(most)),
            transitions: self.tally.transitions,
            reduced: self.tally.reduced,
            // A level that waits to be expanded was met.
            levels: self.levels + u64::from(self.queue > 0),
            queue: self.queue,
            bytes: self.bytes(),
            fingerprints: !self.space.is_exact(),
            ..Stats::default()
        }
    }
}

/// What workers take their work from.
struct Desk<C> {
    chunks: Mutex<VecDeque<C>>,
    overflow: Mutex<Option<Overflow>>,
}

impl<C: Send> Desk<C> {
    fn chunks(&self) -> std::sync::MutexGuard<'_, VecDeque<C>> {
        self.chunks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work<S: Space<Chunk = C>>(
        &self,
        space: &S,
        shared: &Shared,
        worker: &mut S::Worker,
        poll: &mut dyn FnMut() -> bool,
    ) {
        while !shared.halt.load(Ordering::Relaxed) {
            let Some(mut chunk) = self.chunks().pop_front() else { return };
            let result = space.expand(shared, worker, &mut chunk, poll);
            if let Err(back) = result {
                shared.halt.store(true, Ordering::Relaxed);
                self.chunks().push_front(chunk);
                if let Back::Overflow(overflow) = back {
                    *self.overflow.lock().unwrap_or_else(PoisonError::into_inner) = Some(overflow);
                }
            }
        }
    }
}
