//! The one loop that every search runs: take a world that waits, take its steps, hold what they lead to
//! against the properties, let it wait in turn.

use crate::expand::Expand;
use crate::frontier::{Entry, Frontier};
use crate::judge::Judge;
use crate::replay::retrace;
use crate::seen::{Link, Met, Seen, Visit, WORLDS_MAX, WorldId};
use crate::watch::Watch;
use crate::{Coverage, Cut, Faulted, Limits, Options, Outcome, Stats};
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use verdi_core::PropertyKind;
use verdi_machine::{Choice, Choices, Fault, Fired, Model};

/// What makes one search differ from another.
pub(crate) struct Strategy<F, S, E> {
    pub(crate) frontier: F,
    pub(crate) seen: S,
    pub(crate) expand: E,
    /// Worlds at this depth are judged, not expanded.
    pub(crate) depth_max: Option<u32>,
}

pub(crate) struct Search<'a, M, F, S, E> {
    model: &'a M,
    frontier: F,
    seen: S,
    expand: E,
    depth_max: Option<u32>,
    worlds_max: u64,
    memory_max: u64,
    count_all: bool,
    judge: Judge,
    watch: Watch<'a>,
    stats: Stats,
    limits: Limits,
    held_back: BTreeSet<usize>,
    /// Worlds whose steps the bound on depth held back, as things stand.
    depth_cuts: u64,
}

impl<'a, M: Model, F: Frontier<M::World>, S: Seen<M>, E: Expand> Search<'a, M, F, S, E> {
    pub(crate) fn new(
        model: &'a M,
        options: &Options,
        strategy: Strategy<F, S, E>,
        watch: Watch<'a>,
        kinds: Vec<PropertyKind>,
    ) -> Self {
        Self {
            model,
            frontier: strategy.frontier,
            seen: strategy.seen,
            expand: strategy.expand,
            depth_max: strategy.depth_max,
            worlds_max: options.worlds_max.unwrap_or(WORLDS_MAX).min(WORLDS_MAX),
            memory_max: options.memory_max.unwrap_or(u64::MAX),
            count_all: options.count_all,
            judge: Judge::new(kinds, &options.aside),
            watch,
            stats: Stats::default(),
            limits: Limits::default(),
            held_back: BTreeSet::new(),
            depth_cuts: 0,
        }
    }

    /// Searches to the end, whichever it is.
    pub(crate) fn run(mut self) -> Outcome {
        let coverage = match self.search() {
            ControlFlow::Break(early) => early,
            ControlFlow::Continue(()) => Coverage::Complete(Limits {
                held_back: std::mem::take(&mut self.held_back).into_iter().collect(),
                depth: self.depth_cuts > 0,
                ..self.limits.clone()
            }),
        };
        let stats = Stats { elapsed: self.watch.elapsed(), ..self.stats() };
        let (answers, undecided, fault) = self.judge.finish();
        Outcome { answers, undecided, untold: Vec::new(), fault, coverage, stats }
    }

    fn search(&mut self) -> ControlFlow<Coverage> {
        match self.model.initial() {
            Ok(first) => self.meet(first, None, 0)?,
            Err(fault) => self.judge.fault(fault, Faulted::Step, Vec::new),
        }
        while let Some(entry) = self.frontier.pop() {
            self.visit(&entry)?;
        }
        self.decided()
    }

    /// Takes the steps of a world that waited.
    fn visit(&mut self, entry: &Entry<M::World>) -> ControlFlow<Coverage> {
        self.tick()?;
        let before = match self.seen.visit(entry.id, entry.depth) {
            Visit::Stale => return ControlFlow::Continue(()),
            Visit::First => None,
            Visit::Again { was } => Some(was),
        };
        let Some(choices) = self.choices(entry) else { return self.decided() };
        self.decided()?;
        let expanded_before = before.is_some() && before != self.depth_max;
        if !choices.enabled.is_empty() {
            self.depth_cuts -= u64::from(before.is_some() && !expanded_before);
            if self.depth_max == Some(entry.depth) {
                self.depth_cuts += 1;
                return ControlFlow::Continue(());
            }
        }
        self.expand.begin(entry.depth, &choices.enabled);
        while let Some(ordinal) = self.expand.next(&choices.enabled) {
            self.tick()?;
            match self.model.fire(&entry.world, &choices.enabled[ordinal]) {
                Fired::World(world) => {
                    self.expand.led_on();
                    self.stats.transitions += u64::from(!expanded_before);
                    let link = Link { parent: entry.id, ordinal: ordinal as u32 };
                    self.meet(world, Some(link), entry.depth + 1)?;
                }
                Fired::TooManyPackets => self.limits.packets = true,
                Fired::Fault(fault) => {
                    self.fault(entry.id, fault, Faulted::Step, Some(&choices.enabled[ordinal]));
                    self.decided()?;
                }
            }
        }
        ControlFlow::Continue(())
    }

    /// What can happen in a world; `None` where the constraint keeps it from being expanded.
    fn choices(&mut self, entry: &Entry<M::World>) -> Option<Choices> {
        let expandable = self.model.expandable(&entry.world).unwrap_or_else(|fault| {
            self.fault(entry.id, fault, Faulted::Constraint, None);
            false
        });
        let choices = self.model.choices(&entry.world);
        let stuck = choices.enabled.is_empty() && choices.held_back.is_empty() && choices.faults.is_empty();
        if !expandable {
            self.limits.constraint |= !stuck;
            return None;
        }
        self.held_back.extend(&choices.held_back);
        for (rule, fault) in &choices.faults {
            self.fault(entry.id, fault.clone(), Faulted::Rule(*rule), None);
        }
        if stuck {
            self.judge.deadlock(|| retrace(self.model, &self.seen.path(entry.id)));
        }
        Some(choices)
    }

    /// Meets a world: if it is new, judges it and lets it wait.
    fn meet(&mut self, world: M::World, link: Option<Link>, depth: u32) -> ControlFlow<Coverage> {
        let id = match self.seen.meet(self.model, &world, link, depth) {
            Met::Known => return ControlFlow::Continue(()),
            Met::Nearer(id) => id,
            Met::New(id) => {
                self.enough()?;
                self.judge_world(id, &world);
                id
            }
        };
        self.stats.levels = self.stats.levels.max(u64::from(depth) + 1);
        self.frontier.push(Entry { id, depth, world });
        self.decided()
    }

    fn judge_world(&mut self, id: WorldId, world: &M::World) {
        self.judge.world(self.model, world, || retrace(self.model, &self.seen.path(id)));
    }

    fn fault(&mut self, at: WorldId, fault: Fault, what: Faulted, step: Option<&Choice>) {
        self.judge.fault(fault, what, || {
            let mut choices = retrace(self.model, &self.seen.path(at));
            choices.extend(step.cloned());
            choices
        });
    }

    /// Stops at the limits of the run.
    fn enough(&self) -> ControlFlow<Coverage> {
        if self.seen.len() > self.worlds_max {
            return ControlFlow::Break(Coverage::Cut(Cut::Worlds));
        }
        if self.bytes() > self.memory_max {
            return ControlFlow::Break(Coverage::Cut(Cut::Memory));
        }
        ControlFlow::Continue(())
    }

    /// Stops where nothing more is to be decided.
    fn decided(&self) -> ControlFlow<Coverage> {
        if self.judge.done() && !self.count_all {
            return ControlFlow::Break(Coverage::Decided);
        }
        ControlFlow::Continue(())
    }

    fn tick(&mut self) -> ControlFlow<Coverage> {
        let Self { watch, stats, seen, frontier, worlds_max, .. } = self;
        match watch.tick(|| snapshot::<M, F, S>(stats, seen, frontier, *worlds_max)) {
            ControlFlow::Break(cut) => ControlFlow::Break(Coverage::Cut(cut)),
            ControlFlow::Continue(()) => ControlFlow::Continue(()),
        }
    }

    fn stats(&self) -> Stats {
        snapshot::<M, F, S>(&self.stats, &self.seen, &self.frontier, self.worlds_max)
    }

    fn bytes(&self) -> u64 {
        bytes::<M, F, S>(&self.seen, &self.frontier)
    }
}

fn snapshot<M: Model, F: Frontier<M::World>, S: Seen<M>>(
    stats: &Stats,
    seen: &S,
    frontier: &F,
    worlds_max: u64,
) -> Stats {
    Stats {
        // The world that was one too many is in the set, but was not judged.
        distinct: seen.len().min(worlds_max),
        queue: frontier.len() as u64,
        runs: frontier.finished(),
        bytes: bytes::<M, F, S>(seen, frontier),
        ..*stats
    }
}

fn bytes<M: Model, F: Frontier<M::World>, S: Seen<M>>(seen: &S, frontier: &F) -> u64 {
    // What waits is a whole world: about a pointer and an id where its key has an id alone.
    let entry = size_of::<Entry<M::World>>() as u64 + 4 * seen.world_bytes();
    seen.bytes() + frontier.len() as u64 * entry
}
