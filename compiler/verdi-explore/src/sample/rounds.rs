use super::Sampling;
use super::dice::Dice;
use super::runner::{Findings, Runner, Wanted};
use super::schedule::Scheduler;
use crate::fast::tally::Tally;
use crate::watch::Watch;
use crate::{Answer, Coverage, Cut, Faulted, Options, Outcome, Run, Stats};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use verdi_core::{PropertyId, PropertyKind};
use verdi_machine::Parts;

/// How many runs the first round has, and the most that a later one has: each has twice as many as the one before.
const ROUND_FIRST: u64 = 16;
const ROUND_MAX: u64 = 256;

/// The most steps of a round, unless a single run has more: time and memory are looked at, and learnt from, between.
const STEPS_MAX: u64 = 1 << 22;

/// How long to wait before looking again whether other workers are done.
const NAP: Duration = Duration::from_micros(50);

/// Makes runs in rounds. The runs of a round are divided among workers; what they found is looked at in order of the
/// runs, up to the one that decides the last property, so that it does not matter who made them.
pub(super) struct Rounds<'a, 'w, P, S> {
    parts: &'a P,
    options: &'a Options,
    sampling: &'a Sampling,
    watch: Watch<'w>,
    scheduler: S,
    runners: Vec<Runner<'a, P>>,
    answers: Vec<Option<Run>>,
    undecided: Vec<bool>,
    fault: Option<Run>,
    stats: Stats,
}

/// A run that was made.
struct Made<C> {
    run: u64,
    findings: Findings,
    schedule: C,
}

/// What the workers of a round share.
struct Round<'a> {
    wanted: &'a Wanted,
    seed: u64,
    /// The next run that nobody has begun.
    next: AtomicU64,
    end: u64,
    /// The first run that is known to answer all there is: those after it need not be made.
    enough: AtomicU64,
    halt: AtomicBool,
    steps: AtomicU64,
    /// How many workers are not done, the first one aside.
    working: AtomicUsize,
}

impl<'a, 'w, P: Parts, S: Scheduler> Rounds<'a, 'w, P, S> {
    pub(super) fn new(
        parts: &'a P,
        options: &'a Options,
        sampling: &'a Sampling,
        watch: Watch<'w>,
        scheduler: S,
    ) -> Self {
        let properties = parts.shape().properties.len();
        Self {
            parts,
            options,
            sampling,
            watch,
            scheduler,
            runners: Vec::new(),
            answers: vec![None; properties],
            undecided: vec![false; properties],
            fault: None,
            stats: Stats::default(),
        }
    }

    pub(super) fn go(mut self) -> Outcome {
        let coverage = self.search();
        let Self { watch, answers, undecided, fault, stats, .. } = self;
        let undecided = undecided.iter().zip(&answers).enumerate();
        let undecided = undecided.filter(|(_, (faulted, answer))| **faulted && answer.is_none());
        Outcome {
            undecided: undecided.map(|(property, _)| PropertyId::from_u32(property as u32)).collect(),
            untold: Vec::new(),
            answers: answers.into_iter().map(|run| run.map_or(Answer::NotFound, Answer::Found)).collect(),
            fault,
            coverage,
            stats: Stats { elapsed: watch.elapsed(), ..stats },
        }
    }

    fn search(&mut self) -> Coverage {
        for _ in 0..self.options.workers.max(1) {
            match Runner::new(self.parts) {
                Ok(runner) => self.runners.push(runner),
                Err(fault) => {
                    self.stillborn(Run { choices: Vec::new(), fault: Some((fault, Faulted::Step)) });
                    return self.decided().unwrap_or(Coverage::Sampled);
                }
            }
        }
        let wanted = self.wanted();
        let first = self.runners[0].first(&wanted);
        self.absorb(first);
        let mut next = 0;
        let most = ROUND_MAX.min(STEPS_MAX / wanted.steps.max(1)).max(1);
        let mut size = ROUND_FIRST.min(most);
        loop {
            if let Some(decided) = self.decided() {
                return decided;
            }
            if next >= self.sampling.runs {
                return Coverage::Sampled;
            }
            self.stats.bytes = self.bytes();
            if self.options.memory_max.is_some_and(|most| self.stats.bytes > most) {
                return Coverage::Cut(Cut::Memory);
            }
            let end = next.saturating_add(size).min(self.sampling.runs);
            if let Some(coverage) = self.round(next..end) {
                return coverage;
            }
            next = end;
            size = (size * 2).min(most);
        }
    }

    /// There is no first world.
    fn stillborn(&mut self, run: Run) {
        let kinds = &self.parts.shape().properties;
        for (answer, kind) in self.answers.iter_mut().zip(kinds) {
            if *kind == PropertyKind::NoFault {
                *answer = Some(run.clone());
            }
        }
        if !kinds.contains(&PropertyKind::NoFault) {
            self.fault = Some(run);
        }
    }

    fn bytes(&self) -> u64 {
        let runners: u64 = self.runners.iter().map(Runner::bytes).sum();
        runners + self.scheduler.bytes() + self.parts.bytes()
    }

    /// What there is still to be found.
    fn wanted(&self) -> Wanted {
        let shape = self.parts.shape();
        let open: Vec<usize> =
            (0..self.answers.len()).filter(|property| self.answers[*property].is_none()).collect();
        let ending = if self.options.count_all {
            Vec::new()
        } else {
            open.iter().copied().filter(|property| !self.is_aside(*property)).collect()
        };
        let steps = self.sampling.steps.min(shape.depth_max.unwrap_or(u64::MAX)).min(u64::from(u32::MAX));
        Wanted { steps, open, ending }
    }

    fn is_aside(&self, property: usize) -> bool {
        self.options.aside.contains(&PropertyId::from_u32(property as u32))
    }

    /// Stops where there were properties to search for and each has its answer.
    fn decided(&self) -> Option<Coverage> {
        let mut wanted = (0..self.answers.len()).filter(|property| !self.is_aside(*property)).peekable();
        let all = wanted.peek().is_some() && wanted.all(|property| self.answers[property].is_some());
        (all && !self.options.count_all).then_some(Coverage::Decided)
    }

    /// Takes over what a run found, after those before it.
    fn absorb(&mut self, findings: Findings) {
        self.stats.transitions += findings.steps;
        self.stats.levels = self.stats.levels.max(findings.steps + 1);
        for (property, run) in findings.answers {
            self.answers[property].get_or_insert(run);
        }
        for property in findings.undecided {
            self.undecided[property] = true;
        }
        if self.fault.is_none() {
            self.fault = findings.fault;
        }
    }

    /// Makes the runs of a round; how the search ends, if it does.
    fn round(&mut self, runs: Range<u64>) -> Option<Coverage> {
        let wanted = self.wanted();
        let mut known = Tally::new(self.parts.shape());
        known.undecided.clone_from(&self.undecided);
        for (property, answer) in self.answers.iter().enumerate() {
            if answer.is_some() {
                known.answer(property, || crate::fast::tally::Finding {
                    world: 0,
                    choice: None,
                    fault: None,
                });
            }
        }
        self.runners.iter_mut().for_each(|runner| runner.questions.catch_up(&known));
        let (mut made, cut) = self.make(&wanted, runs);
        made.sort_by_key(|made| made.run);
        for Made { findings, schedule, .. } in made {
            let (steps, finished) = (findings.steps, findings.finished);
            self.absorb(findings);
            self.stats.runs += u64::from(finished);
            if let Some(decided) = self.decided() {
                return Some(decided);
            }
            self.scheduler.learn(steps, schedule);
        }
        cut.map(Coverage::Cut)
    }

    fn make(&mut self, wanted: &Wanted, runs: Range<u64>) -> (Vec<Made<S::Schedule>>, Option<Cut>) {
        let round = Round {
            wanted,
            seed: self.options.seed,
            next: AtomicU64::new(runs.start),
            end: runs.end,
            enough: AtomicU64::new(u64::MAX),
            halt: AtomicBool::new(false),
            steps: AtomicU64::new(0),
            working: AtomicUsize::new(self.runners.len().saturating_sub(1)),
        };
        let made = Mutex::new(Vec::new());
        let Self { scheduler, runners, watch, stats, .. } = self;
        let (round, scheduler, made_by) = (&round, &*scheduler, &made);
        let mut cut = None;
        let mut poll = || {
            let now =
                || Stats { transitions: stats.transitions + round.steps.load(Ordering::Relaxed), ..*stats };
            if let std::ops::ControlFlow::Break(why) = watch.tick(now) {
                cut = Some(why);
                round.halt.store(true, Ordering::Relaxed);
            }
            cut.is_none()
        };
        if let [first, others @ ..] = &mut runners[..] {
            std::thread::scope(|scope| {
                for runner in others {
                    let mut poll = || !round.halt.load(Ordering::Relaxed);
                    scope.spawn(move || {
                        round.work(scheduler, runner, made_by, &mut poll);
                        round.working.fetch_sub(1, Ordering::Release);
                    });
                }
                round.work(scheduler, first, made_by, &mut poll);
                // Somebody has to look at the clock.
                while round.working.load(Ordering::Acquire) > 0 && poll() {
                    std::thread::sleep(NAP);
                }
            });
        }
        (made.into_inner().unwrap_or_else(PoisonError::into_inner), cut)
    }
}

impl Round<'_> {
    /// Makes runs as long as there are any.
    fn work<P: Parts, S: Scheduler>(
        &self,
        scheduler: &S,
        runner: &mut Runner<'_, P>,
        made: &Mutex<Vec<Made<S::Schedule>>>,
        poll: &mut dyn FnMut() -> bool,
    ) {
        while !self.halt.load(Ordering::Relaxed) {
            let run = self.next.fetch_add(1, Ordering::Relaxed);
            if run >= self.end || run > self.enough.load(Ordering::Relaxed) {
                return;
            }
            let mut dice = Dice::new(self.seed, run);
            let mut schedule = scheduler.begin(self.wanted.steps, &mut dice);
            let findings = runner.run(self.wanted, &mut schedule, &mut dice, poll);
            self.steps.fetch_add(findings.steps, Ordering::Relaxed);
            if findings.ended {
                self.enough.fetch_min(run, Ordering::Relaxed);
            }
            let made_run = Made { run, findings, schedule };
            made.lock().unwrap_or_else(PoisonError::into_inner).push(made_run);
        }
    }
}
