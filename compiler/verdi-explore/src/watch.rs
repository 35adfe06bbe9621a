//! The clock of a search: how long it takes, when to report, when to stop.

use crate::{Cut, Go, Stats};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

/// Between two reports.
const REPORT: Duration = Duration::from_millis(250);

/// How many ticks pass before the clock is read: reading it costs as much as a cheap step.
const TICKS: u32 = 128;

/// Told of every unit of work; looks at the clock now and then.
pub(crate) struct Watch<'a> {
    progress: &'a mut dyn FnMut(&Stats) -> Go,
    started: Instant,
    /// The time that was spent before, on the search that this one goes on with.
    before: Duration,
    reported: Instant,
    time_max: Option<Duration>,
    ticks: u32,
}

impl<'a> Watch<'a> {
    pub(crate) fn new(time_max: Option<Duration>, progress: &'a mut dyn FnMut(&Stats) -> Go) -> Self {
        let now = Instant::now();
        Self { progress, started: now, before: Duration::ZERO, reported: now, time_max, ticks: 0 }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.before + self.started.elapsed()
    }

    /// Adds time that was spent before.
    pub(crate) fn go_on_after(&mut self, before: Duration) {
        self.before = before;
    }

    /// Begins a further search for the same answer: it has as much time as the first.
    pub(crate) fn begin_again(&mut self) {
        (self.before, self.started) = (self.elapsed(), Instant::now());
    }

    /// Some work was done.
    pub(crate) fn tick(&mut self, stats: impl FnOnce() -> Stats) -> ControlFlow<Cut> {
        if self.ticks > 0 {
            self.ticks -= 1;
            return ControlFlow::Continue(());
        }
        self.ticks = TICKS;
        match self.look(stats) {
            None => ControlFlow::Continue(()),
            Some(cut) => ControlFlow::Break(cut),
        }
    }

    /// Looks at the clock: whether it is time to stop, or to report.
    pub(crate) fn look(&mut self, stats: impl FnOnce() -> Stats) -> Option<Cut> {
        let now = Instant::now();
        let elapsed = now - self.started;
        if self.time_max.is_some_and(|most| elapsed > most) {
            return Some(Cut::Time);
        }
        if now - self.reported < REPORT {
            return None;
        }
        self.reported = now;
        match (self.progress)(&Stats { elapsed: self.before + elapsed, ..stats() }) {
            Go::On => None,
            Go::Stop => Some(Cut::Interrupted),
        }
    }
}
