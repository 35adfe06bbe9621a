//! Breadth-first levels: the worlds of one are divided among workers, who put what they meet for the first time into
//! the next.

use super::checkpoint::{Checkpoints, In, Refused, Restored, State, restore};
use super::desk::Desk;
use super::disk::{Disk, Ways};
use super::packed::Overflow;
use super::space::{Misfit, Space};
use super::tally::{Finding, Tally};
use super::worker::Shared;
use crate::watch::Watch;
use crate::{Coverage, Cut, Faulted, Options, Stats};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use verdi_machine::Shape;

/// What a search came to.
#[derive(Debug)]
pub(super) struct Raw {
    pub(super) tally: Tally,
    pub(super) coverage: Coverage,
    pub(super) stats: Stats,
    /// See [`Common::parents`]; `None` where there were too many worlds.
    pub(super) parents: Option<Ways>,
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
pub(super) const LOOK: u64 = 1 << 20;

pub(super) struct Levels<'a, 'w, S: Space> {
    pub(super) space: S,
    plan: &'a Plan<'a>,
    pub(super) watch: &'a mut Watch<'w>,
    saves: &'a mut Checkpoints,
    pub(super) workers: Vec<S::Worker>,
    pub(super) shared: Shared,
    pub(super) tally: Tally,
    pub(super) levels: u64,
    /// The worlds that were met and not expanded, at the last count.
    queue: u64,
    frontier_bytes: u64,
    pub(super) tells_ways: bool,
    /// What is not kept in memory, where it need not all be.
    pub(super) disk: Option<Disk<S>>,
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
    // A checkpoint is of what is in memory.
    let in_memory = saves.keeps() || restored.is_some();
    let disk = plan.options.disk.clone().filter(|_| !in_memory).map(Disk::new);
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
        disk,
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
        let mut stats = Stats { elapsed: self.watch.elapsed(), ..self.stats() };
        // Of candidates it is not known whether they are new.
        let sure = self.disk.as_ref().map_or(stats.distinct, |disk| disk.sure(stats.distinct));
        stats.distinct = stats.distinct.min(sure);
        let ways = self.disk.map(Disk::into_ways).unwrap_or_default();
        let parents = S::common(&mut self.workers[0]).parents.take().map(|parents| ways.and(parents));
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
        let mut level = match self.gather() {
            Ok(level) => level,
            Err(cut) => return Ok(Some(Coverage::Cut(cut))),
        };
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
            level = match self.gather() {
                Ok(level) => level,
                Err(cut) => return Ok(Some(Coverage::Cut(cut))),
            };
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
        self.queue = level.iter().map(S::worlds).sum::<u64>() + self.disk.as_ref().map_or(0, Disk::queue);
        self.frontier_bytes = level.iter().map(S::chunk_bytes).sum();
    }

    fn decided(&self) -> Option<Coverage> {
        (self.plan.done)(&self.tally).then_some(Coverage::Decided)
    }

    /// The worlds of the next level, in the order of the workers, and what the workers counted.
    fn gather(&mut self) -> Result<Vec<S::Chunk>, Cut> {
        let mut level = Vec::new();
        self.next_on_disk()?;
        for worker in &mut self.workers {
            level.append(S::out(worker));
            let common = S::common(worker);
            self.shared.add(common);
            self.tally.absorb(&mut common.tally);
        }
        for worker in &mut self.workers {
            S::common(worker).questions.catch_up(&self.tally);
        }
        level.append(&mut self.portion()?);
        self.measure(&level);
        Ok(level)
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
        let cut = loop {
            if let Some(cut) = self.expand(&mut level)? {
                break Some(cut);
            }
            match self.portion() {
                Ok(portion) if portion.is_empty() => break self.over_worlds(),
                Ok(portion) => level = portion,
                Err(cut) => break Some(cut),
            }
            self.measure(&level);
        };
        if cut.is_some() && self.saves.keeps() && self.flush() {
            self.save(&level);
        }
        Ok(cut)
    }

    fn expand(&mut self, level: &mut Vec<S::Chunk>) -> Result<Option<Cut>, Misfit> {
        while !level.is_empty() {
            if let Err(cut) = self.make_room() {
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
                self.measure(level);
                return Ok(Some(cut));
            }
            if let Some(overflow) = overflow
                && let Err(cut) = self.widen(overflow, level)?
            {
                return Ok(Some(cut));
            }
        }
        Ok(None)
    }

    /// Makes room for what did not fit into a world.
    fn widen(&mut self, overflow: Overflow, level: &mut Vec<S::Chunk>) -> Result<Result<(), Cut>, Misfit> {
        let elsewhere = self.disk.as_ref().map_or(0, Disk::gone);
        if self.space.extend(overflow, elsewhere, &mut self.workers) {
            return Ok(Ok(()));
        }
        if self.disk.is_some() {
            return self.widen_on_disk(overflow, level);
        }
        let memory = self.memory_max();
        self.space.widen(overflow, memory, 0, &mut self.workers, level)?;
        Ok(Ok(()))
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
    pub(super) fn flush(&mut self) -> bool {
        self.workers.iter_mut().all(|worker| self.space.flush(&self.shared, worker))
    }

    pub(super) fn memory_max(&self) -> u64 {
        self.plan.options.memory_max.unwrap_or(u64::MAX >> 1)
    }

    pub(super) fn over_worlds(&self) -> Option<Cut> {
        let met = self.shared.met.load(Ordering::Relaxed);
        let met = self.disk.as_ref().map_or(met, |disk| disk.sure(met));
        self.plan.options.worlds_max.is_some_and(|most| met > most).then_some(Cut::Worlds)
    }

    /// Lets the seen set grow where it is nearly full, and says where the search has to come back next.
    fn make_room(&mut self) -> Result<(), Cut> {
        self.shared.halt.store(false, Ordering::Relaxed);
        if let Some(cut) = self.over_worlds() {
            return Err(cut);
        }
        if self.disk.is_some() {
            return self.make_room_on_disk();
        }
        let met = self.shared.met.load(Ordering::Relaxed);
        // What workers may meet before they all notice.
        let slack = 1024 * self.workers.len() as u64;
        if self.bytes() > self.memory_max() {
            return Err(Cut::Memory);
        }
        loop {
            let flushed = self.flush();
            self.shared.halt.store(false, Ordering::Relaxed);
            if flushed && met + slack < self.space.table().room() {
                break;
            }
            let others = self.bytes() - self.space.table().bytes();
            let left = self.memory_max().saturating_sub(others);
            let homes = self.space.table().homes_within(left).ok_or(Cut::Memory)?;
            self.space.table_mut().grow(homes);
        }
        self.come_back_at((self.space.table().room() - slack).min(met + LOOK));
        Ok(())
    }

    /// Says at how many worlds the search has to come back.
    pub(super) fn come_back_at(&self, met: u64) {
        let has_runs = self.disk.as_ref().is_some_and(Disk::has_runs);
        // Where there are candidates, worlds are counted when they are settled.
        let most = self.plan.options.worlds_max.filter(|_| !has_runs).unwrap_or(u64::MAX);
        self.shared.enough.store(met.min(most), Ordering::Relaxed);
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
        let others = self.space.table().bytes() + self.space.memo_bytes(&self.workers);
        if let Some(disk) = &self.disk {
            return others + self.frontier_bytes + disk.bytes() + parents.min(self.space.table().bytes());
        }
        // What is met while a level is expanded waits beside it.
        others + 2 * self.frontier_bytes + parents
    }

    pub(super) fn stats(&self) -> Stats {
        let met = self.shared.met.load(Ordering::Relaxed);
        Stats {
            distinct: self.plan.options.worlds_max.map_or(met, |most| met.min(most)),
            transitions: self.tally.transitions,
            reduced: self.tally.reduced,
            // A level that waits to be expanded was met.
            levels: self.levels + u64::from(self.queue > 0),
            queue: self.queue,
            bytes: self.bytes(),
            on_disk: self.disk.as_ref().map_or(0, Disk::gone),
            fingerprints: !self.space.is_exact(),
            ..Stats::default()
        }
    }
}
