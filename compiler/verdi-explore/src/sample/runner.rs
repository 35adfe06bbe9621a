use super::dice::Dice;
use super::sampler::{Changes, Sampler, Taken};
use super::schedule::Schedule;
use crate::fast::questions::{Questions, View};
use crate::fast::tally::{Finding, Tally};
use crate::{Faulted, Run};
use verdi_core::PropertyKind;
use verdi_machine::{Fault, Parts, Shape, Whole};

/// Makes runs, one after the other.
pub(crate) struct Runner<'p, P> {
    pub(crate) sampler: Sampler<'p, P>,
    pub(crate) questions: Questions,
    parts: &'p P,
    pub(crate) tally: Tally,
    /// The choices of the run at hand.
    pub(crate) way: Vec<u32>,
}

/// What a run is to look for.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    /// The most steps.
    pub(super) steps: u64,
    /// Properties without an answer.
    pub(super) open: Vec<usize>,
    /// Those that end a run when all of them have an answer; none where a run goes on regardless.
    pub(super) ending: Vec<usize>,
}

/// What a run found.
#[derive(Clone, Debug, Default)]
pub(super) struct Findings {
    pub(super) steps: u64,
    /// Runs that answer properties that had no answer.
    pub(super) answers: Vec<(usize, Run)>,
    /// Properties that faulted.
    pub(super) undecided: Vec<usize>,
    pub(super) fault: Option<Run>,
    /// Whether all that ends a run has an answer.
    pub(super) ended: bool,
    /// Whether the run came to its end.
    pub(super) finished: bool,
}

struct Looking<'w>(&'w Whole);

impl View for Looking<'_> {
    fn state(&self, node: u32) -> u32 {
        self.0.nodes[node as usize]
    }

    fn joint(&self, group: usize) -> u32 {
        self.0.nodes[group]
    }

    fn vars(&self) -> u32 {
        self.0.vars
    }

    fn whole(&self) -> Whole {
        self.0.clone()
    }
}

impl<'p, P: Parts> Runner<'p, P> {
    /// # Errors
    /// There is no first world.
    pub(crate) fn new(parts: &'p P) -> Result<Self, Fault> {
        let shape = parts.shape();
        let mut questions = Questions::new(shape);
        // A group for each node.
        questions.arrange(&(0..shape.kinds.len()).collect::<Vec<_>>());
        Ok(Self {
            sampler: Sampler::new(parts)?,
            questions,
            parts,
            tally: Tally::new(shape),
            way: Vec::new(),
        })
    }

    /// Makes a run. Where `poll` says so, it is given up.
    pub(super) fn run(
        &mut self,
        wanted: &Wanted,
        schedule: &mut impl Schedule,
        dice: &mut Dice,
        poll: &mut dyn FnMut() -> bool,
    ) -> Findings {
        self.begin();
        let finished = loop {
            if self.answered(wanted) {
                break true;
            }
            if !poll() {
                break false;
            }
            if !self.can_go_on() || self.way.len() as u64 >= wanted.steps || !self.step(schedule, dice) {
                break true;
            }
        };
        Findings { finished, ..self.findings(wanted) }
    }

    /// Looks at the first world alone.
    pub(super) fn first(&mut self, wanted: &Wanted) -> Findings {
        self.begin();
        self.findings(wanted)
    }

    /// Goes back to the first world, and evaluates the properties there.
    pub(crate) fn begin(&mut self) {
        self.tally = Tally::new(self.parts.shape());
        self.way.clear();
        self.sampler.restart();
        self.judge(Changes { all: true, ..Changes::default() });
    }

    fn answered(&self, wanted: &Wanted) -> bool {
        !wanted.ending.is_empty()
            && wanted.ending.iter().all(|property| self.tally.answers[*property].is_some())
    }

    /// Looks at what can happen; whether anything may, as far as the check is concerned.
    pub(crate) fn can_go_on(&mut self) -> bool {
        match self.questions.expandable(self.parts, &Looking(self.sampler.world())) {
            Ok(true) => {}
            Ok(false) => return false,
            Err(fault) => {
                self.fault(None, fault, Faulted::Constraint);
                return false;
            }
        }
        self.sampler.look();
        for (rule, fault) in self.sampler.faults().to_vec() {
            self.fault(None, fault, Faulted::Rule(rule));
        }
        if self.sampler.is_stuck() {
            let finding = self.here();
            self.tally.deadlock(&self.parts.shape().properties, &finding);
        }
        !self.sampler.enabled().is_empty()
    }

    /// Takes a step; `false` where all that can happen leads nowhere.
    fn step(&mut self, schedule: &mut impl Schedule, dice: &mut Dice) -> bool {
        while !self.sampler.enabled().is_empty() {
            let at = schedule.pick(self.sampler.enabled(), dice);
            let candidate = self.sampler.enabled()[at];
            let local = self.sampler.local(&candidate);
            match self.sampler.take(at) {
                Taken::Moved(changes) => {
                    self.way.push(candidate.choice);
                    schedule.took(&candidate, local, changes.any());
                    self.judge(changes);
                    return true;
                }
                Taken::TooManyPackets => {}
                Taken::Fault(fault) => self.fault(Some(candidate.choice), fault, Faulted::Step),
            }
            self.sampler.discard(at);
        }
        false
    }

    fn here(&self) -> Finding {
        Finding { world: self.way.len() as u32, choice: None, fault: None }
    }

    /// Notes a fault in the world at hand, or in a step from there.
    pub(crate) fn fault(&mut self, choice: Option<u32>, fault: Fault, what: Faulted) {
        let finding = Finding { choice, fault: Some((fault, what)), ..self.here() };
        self.tally.fault(&self.parts.shape().properties, &finding);
    }

    /// Evaluates the properties that may have changed.
    pub(crate) fn judge(&mut self, changes: Changes) {
        if self.questions.is_empty() {
            return;
        }
        let shape: &Shape = self.parts.shape();
        let same = |at: usize| {
            let question = &shape.questions[at];
            !(changes.all
                || changes.node.is_some_and(|node| question.nodes.contains(&node))
                || changes.vars && question.vars
                || changes.packets && question.packets
                || changes.trace && question.trace)
        };
        let world = self.way.len() as u32;
        let view = Looking(self.sampler.world());
        self.questions.judge(self.parts, &view, world, &shape.properties, same, &mut self.tally);
    }

    fn findings(&self, wanted: &Wanted) -> Findings {
        let tally = &self.tally;
        let answers = wanted.open.iter().filter_map(|property| {
            tally.answers[*property].as_ref().map(|finding| (*property, self.told(finding)))
        });
        let undecided = tally.undecided.iter().enumerate().filter(|(_, faulted)| **faulted);
        let asked = self.parts.shape().properties.contains(&PropertyKind::NoFault);
        Findings {
            steps: self.way.len() as u64,
            answers: answers.collect(),
            undecided: undecided.map(|(property, _)| property).collect(),
            fault: tally.fault.as_ref().filter(|_| !asked).map(|finding| self.told(finding)),
            ended: self.answered(wanted),
            finished: true,
        }
    }

    /// The run up to a finding.
    pub(crate) fn told(&self, finding: &Finding) -> Run {
        let way = self.way[..finding.world as usize].iter().chain(&finding.choice);
        Run { choices: way.map(|choice| self.parts.choice(*choice)).collect(), fault: finding.fault.clone() }
    }

    /// About how many bytes are remembered.
    pub(crate) fn bytes(&self) -> u64 {
        self.sampler.bytes() + self.questions.bytes()
    }
}
