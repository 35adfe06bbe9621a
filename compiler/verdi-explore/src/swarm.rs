//! Bitstate search, for what does not fit into memory: the seen set is an array of bits, of which each world sets
//! three (Holzmann, "An analysis of bitstate hashing", 1998). A world whose bits are all set is taken for one that was
//! seen, so some are missed; several searches, each with other hashes and another order of steps, miss different ones
//! (Holzmann, Joshi, Groce, "Swarm verification techniques", 2011).
//!
//! A search has parts of its own, so that ids, and with them hashes, depend on nothing but what it did before: what a
//! round finds depends on the seed and its number alone, not on who makes it.

mod bits;
mod dive;
mod stack;

use crate::explore::Go;
use crate::watch::Watch;
use crate::{Answer, Coverage, Cut, Faulted, Options, Outcome, Run, Stats};
use bits::Bits;
use dive::{Dive, Found, Plan};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use verdi_core::{PropertyId, PropertyKind};
use verdi_machine::Parts;

/// The most searches at a time: each has this part of the memory, however many there are, so that what they find does
/// not depend on the number of workers.
const AT_ONCE: u64 = 8;

/// How long to wait before looking again whether other workers are done.
const NAP: Duration = Duration::from_micros(200);

/// Which bitstate searches to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Swarming {
    /// How many.
    pub rounds: u64,
    /// The most bytes of each one's array, if its part of the memory would hold more.
    pub bytes_max: u64,
}

/// What a swarm covered.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Swarmed {
    /// Finished searches.
    pub rounds: u64,
    /// The bits of each search's array.
    pub bits: u64,
    /// How many of them the fullest search set.
    pub set: u64,
    /// Searches that left worlds unexpanded because too many waited.
    pub overflowed: u64,
}

impl Swarmed {
    /// The part of the bits that is set in the fullest array.
    pub fn filled(&self) -> f64 {
        self.set as f64 / self.bits.max(1) as f64
    }

    /// About which part of the new worlds that the fullest search met it took for known ones: the chance at the end is
    /// the filled part to the power of the bits that each world sets, and it grew with the worlds.
    pub fn mistaken(&self) -> f64 {
        self.filled().powi(Bits::EACH as i32) / f64::from(Bits::EACH + 1)
    }
}

/// Makes bitstate searches of the model that `make` takes apart, which must make the same model each time. Of
/// the options, the memory is divided among searches; the order of search, the limit on worlds and symmetry do not
/// matter. [`Stats::distinct`] is the most that one search told apart, and there are at least as many. The same options
/// find the same, with any number of workers, unless time or `progress` cut it short.
pub fn swarm_parts<P: Parts>(
    make: impl Fn() -> P + Sync,
    swarming: &Swarming,
    options: &Options,
    progress: &mut dyn FnMut(&Stats) -> Go,
) -> (Outcome, Swarmed) {
    let mut watch = Watch::new(options.time_max, progress);
    let swarm = Swarm::new(options, swarming);
    let cut = swarm.go(&make, &mut watch);
    let mut found = swarm.found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.sort_by_key(|(round, _)| *round);
    let mut whole = Whole::new(make().shape().properties.clone());
    for (_, round) in found {
        whole.absorb(round);
        if !options.count_all && whole.is_decided(options) {
            return whole.finish(Coverage::Decided, swarm.bits, &watch);
        }
    }
    let coverage = match cut {
        Some(cut) => Coverage::Cut(cut),
        None if whole.out_of_memory => Coverage::Cut(Cut::Memory),
        None => Coverage::Sampled,
    };
    whole.finish(coverage, swarm.bits, &watch)
}

/// What the workers share.
struct Swarm<'o> {
    options: &'o Options,
    rounds: u64,
    bits: u64,
    /// The most bytes of the worlds that wait in a search.
    stack: u64,
    /// The most bytes of what it remembers of steps.
    memos: u64,
    next: AtomicU64,
    /// The first round that is known to find all there is.
    enough: AtomicU64,
    halt: AtomicBool,
    steps: AtomicU64,
    working: AtomicUsize,
    found: Mutex<Vec<(u64, Found)>>,
}

impl<'o> Swarm<'o> {
    fn new(options: &'o Options, swarming: &Swarming) -> Self {
        let share = options.memory_max.unwrap_or(1 << 30) / AT_ONCE;
        // A quarter for the bits and no more for what waits; the rest for what is remembered of steps.
        let bytes: u64 = 1 << (share / 4).min(swarming.bytes_max).clamp(64, 1 << 36).ilog2();
        Self {
            options,
            rounds: swarming.rounds,
            bits: bytes * 8,
            stack: share / 4,
            memos: share / 2,
            next: AtomicU64::new(0),
            enough: AtomicU64::new(u64::MAX),
            halt: AtomicBool::new(false),
            steps: AtomicU64::new(0),
            working: AtomicUsize::new(0),
            found: Mutex::new(Vec::new()),
        }
    }

    fn go<P: Parts>(&self, make: &(impl Fn() -> P + Sync), watch: &mut Watch<'_>) -> Option<Cut> {
        let workers = (self.options.workers.max(1) as u64).min(AT_ONCE).min(self.rounds.max(1));
        let mut cut = None;
        let mut poll = || {
            let now = || Stats { transitions: self.steps.load(Ordering::Relaxed), ..Stats::default() };
            if let std::ops::ControlFlow::Break(why) = watch.tick(now) {
                cut = Some(why);
                self.halt.store(true, Ordering::Relaxed);
            }
            cut.is_none()
        };
        self.working.store(workers as usize - 1, Ordering::Relaxed);
        std::thread::scope(|scope| {
            for _ in 1..workers {
                scope.spawn(|| {
                    self.work(make, &mut || !self.halt.load(Ordering::Relaxed));
                    self.working.fetch_sub(1, Ordering::Release);
                });
            }
            self.work(make, &mut poll);
            // Somebody has to look at the clock.
            while self.working.load(Ordering::Acquire) > 0 && poll() {
                std::thread::sleep(NAP);
            }
        });
        cut
    }

    /// Makes searches as long as there are any to be made.
    fn work<P: Parts>(&self, make: &impl Fn() -> P, poll: &mut dyn FnMut() -> bool) {
        while !self.halt.load(Ordering::Relaxed) {
            let round = self.next.fetch_add(1, Ordering::Relaxed);
            if round >= self.rounds || round > self.enough.load(Ordering::Relaxed) {
                return;
            }
            let parts = make();
            let Self { stack, memos, options, .. } = *self;
            let plan = Plan { round, stack, memos, options };
            let found = match Bits::new(self.bits).map(|bits| Dive::new(&parts, &plan, bits)) {
                Ok(Ok(dive)) => dive.go(&self.steps, poll),
                Ok(Err(fault)) => Found::stillborn(fault),
                Err(_) => Found::without_memory(),
            };
            if found.ended {
                self.enough.fetch_min(round, Ordering::Relaxed);
            }
            self.found.lock().unwrap_or_else(PoisonError::into_inner).push((round, found));
        }
    }
}

/// What the rounds found together, in order.
struct Whole {
    kinds: Vec<PropertyKind>,
    answers: Vec<Option<Run>>,
    undecided: Vec<bool>,
    fault: Option<Run>,
    out_of_memory: bool,
    stats: Stats,
    swarmed: Swarmed,
}

impl Whole {
    fn new(kinds: Vec<PropertyKind>) -> Self {
        Self {
            answers: vec![None; kinds.len()],
            undecided: vec![false; kinds.len()],
            kinds,
            fault: None,
            out_of_memory: false,
            stats: Stats::default(),
            swarmed: Swarmed::default(),
        }
    }

    fn absorb(&mut self, found: Found) {
        for (answer, run) in self.answers.iter_mut().zip(found.answers) {
            if answer.is_none() {
                *answer = run;
            }
        }
        for (mine, theirs) in self.undecided.iter_mut().zip(found.undecided) {
            *mine |= theirs;
        }
        match found.fault {
            Some(run) if matches!(run.fault, Some((_, Faulted::Step))) && found.distinct == 0 => {
                self.stillborn(run);
            }
            fault => self.fault = self.fault.take().or(fault),
        }
        self.out_of_memory |= found.out_of_memory;
        self.stats.distinct = self.stats.distinct.max(found.distinct);
        self.stats.transitions += found.transitions;
        self.stats.levels = self.stats.levels.max(found.levels);
        self.stats.bytes = self.stats.bytes.max(found.bytes);
        self.swarmed.rounds += u64::from(found.finished);
        self.swarmed.set = self.swarmed.set.max(found.set);
        self.swarmed.overflowed += u64::from(found.overflowed);
    }

    /// There is no first world.
    fn stillborn(&mut self, run: Run) {
        for (answer, kind) in self.answers.iter_mut().zip(&self.kinds) {
            if *kind == PropertyKind::NoFault {
                answer.get_or_insert_with(|| run.clone());
            }
        }
        self.fault.get_or_insert(run);
    }

    /// Whether there were properties to search for, and each has its answer.
    fn is_decided(&self, options: &Options) -> bool {
        let aside = |property: usize| options.aside.contains(&PropertyId::from_u32(property as u32));
        let mut wanted = (0..self.answers.len()).filter(|property| !aside(*property)).peekable();
        wanted.peek().is_some() && wanted.all(|property| self.answers[property].is_some())
    }

    fn finish(self, coverage: Coverage, bits: u64, watch: &Watch<'_>) -> (Outcome, Swarmed) {
        let faulted = self.undecided.iter().zip(&self.answers).enumerate();
        let faulted = faulted.filter(|(_, (faulted, answer))| **faulted && answer.is_none());
        let asked = self.kinds.contains(&PropertyKind::NoFault);
        let outcome = Outcome {
            undecided: faulted.map(|(property, _)| PropertyId::from_u32(property as u32)).collect(),
            untold: Vec::new(),
            answers: self
                .answers
                .into_iter()
                .map(|run| run.map_or(Answer::NotFound, Answer::Found))
                .collect(),
            fault: self.fault.filter(|_| !asked),
            coverage,
            stats: Stats { elapsed: watch.elapsed(), ..self.stats },
        };
        (outcome, Swarmed { bits, ..self.swarmed })
    }
}
