use super::questions::Questions;
use super::tally::{Finding, Tally};
use crate::Faulted;
use crate::open::Open;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use verdi_core::{PropertyKind, RuleId};
use verdi_machine::{Fault, Shape};

/// What every worker has, whatever its worlds look like.
#[derive(Debug)]
pub(super) struct Common {
    pub(super) questions: Questions,
    pub(super) tally: Tally,
    /// New worlds that were not added to the shared count yet.
    pub(super) fresh: u64,
    /// Of each world, the one it was met from and the choice that led to it: in a sequential search that is to tell
    /// ways.
    pub(super) parents: Option<Vec<(u32, u32)>>,
    /// The number of the first of them: those before are on the disk.
    pub(super) first: u32,
    /// The number of the world that is being expanded.
    pub(super) at: u32,
    /// Counted while a world is expanded, which may have to be done again.
    pub(super) transitions: u64,
    pub(super) enabled: bool,
    /// Whether it is only asked whether anything can happen.
    pub(super) quiet: bool,
    pub(super) open: Open,
}

impl Common {
    pub(super) fn new(shape: &Shape, parents: bool) -> Self {
        Self {
            questions: Questions::new(shape),
            tally: Tally::new(shape),
            fresh: 0,
            parents: parents.then(Vec::new),
            first: 0,
            at: 0,
            transitions: 0,
            enabled: false,
            quiet: false,
            open: Open::default(),
        }
    }

    /// Numbers a new world.
    #[inline]
    pub(super) fn met(&mut self, parent: u32, choice: u32) -> u32 {
        self.fresh += 1;
        match &mut self.parents {
            None => 0,
            Some(parents) => {
                parents.push((parent, choice));
                self.first.wrapping_add(parents.len() as u32 - 1)
            }
        }
    }

    pub(super) fn hold_back(&mut self, bound: u32) {
        if !self.quiet {
            self.tally.held_back(bound);
        }
    }

    pub(super) fn rule_fault(&mut self, kinds: &[PropertyKind], rule: RuleId, fault: Fault) {
        self.enabled = true;
        if !self.quiet {
            let finding = Finding { fault: Some((fault, Faulted::Rule(rule))), ..self.here(None) };
            self.tally.fault(kinds, &finding);
        }
    }

    pub(super) fn step_fault(&mut self, kinds: &[PropertyKind], choice: u32, fault: Fault) {
        let finding = Finding { fault: Some((fault, Faulted::Step)), ..self.here(Some(choice)) };
        self.tally.fault(kinds, &finding);
    }

    /// Begins to expand a world.
    pub(super) fn begin(&mut self, constrained: bool) {
        (self.transitions, self.enabled, self.quiet) = (0, false, constrained);
    }

    /// Takes in what came of a world that was expanded, or only looked at.
    pub(super) fn end(&mut self, kinds: &[PropertyKind], look_only: bool) {
        if self.quiet {
            self.tally.constraint |= self.enabled;
            return;
        }
        if look_only {
            self.tally.depth |= self.transitions > 0;
        } else {
            self.tally.transitions += self.transitions;
        }
        if !self.enabled {
            let finding = self.here(None);
            self.tally.deadlock(kinds, &finding);
        }
    }

    /// A finding in the world that is being expanded.
    pub(super) fn here(&self, choice: Option<u32>) -> Finding {
        Finding { world: self.at, choice, fault: None }
    }
}

/// What workers share while they work on a level.
#[derive(Debug)]
pub(super) struct Shared {
    /// Worlds met, but for those that workers have not added yet.
    pub(super) met: AtomicU64,
    /// Beyond this many, somebody has to look after the table or the limits.
    pub(super) enough: AtomicU64,
    /// Whether all are to stop where they are.
    pub(super) halt: AtomicBool,
    pub(super) kinds: Vec<PropertyKind>,
    /// Whether worlds are only looked at: what can happen, not what it leads to.
    pub(super) look_only: bool,
}

/// After how many new worlds a worker adds them to the shared count.
const BATCH: u64 = 128;

impl Shared {
    /// Adds up what a worker met. `false` where it should come back.
    #[inline]
    pub(super) fn settle(&self, common: &mut Common) -> bool {
        if common.fresh >= BATCH {
            self.add(common);
        }
        !self.halt.load(Ordering::Relaxed)
    }

    pub(super) fn add(&self, common: &mut Common) {
        let met = self.met.fetch_add(common.fresh, Ordering::Relaxed) + common.fresh;
        common.fresh = 0;
        if met > self.enough.load(Ordering::Relaxed) {
            self.halt.store(true, Ordering::Relaxed);
        }
    }
}

/// Why a worker came back before its chunk was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Back<O> {
    /// Somebody said to stop, or the table is full.
    Halt,
    /// A world does not fit.
    Overflow(O),
}

/// Tells that a worker has to come back; why is written down elsewhere, so that this is small to return.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stopped;
