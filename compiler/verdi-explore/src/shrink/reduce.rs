//! Delta debugging on choices (Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input").

use super::evidence::Evidence;
use rustc_hash::FxHashMap;
use verdi_machine::{Choice, Model};

/// How many choices may be tried. A count and not a time, so that the result is the same everywhere.
const TRIES_MAX: u64 = 1 << 18;

/// A run that gives the evidence, from which no single choice can be left out; `None` where the given one
/// does not give it.
pub(super) fn reduce<M: Model>(model: &M, evidence: &Evidence, way: &[Choice]) -> Option<Vec<Choice>> {
    let mut reducer = Reducer::new(model, evidence)?;
    if !evidence.given_by(model, &reducer.worlds[0]) {
        let tail = reducer.follow(0, way)?;
        reducer.splice(tail);
        reducer.leave_out_pieces();
    }
    Some(reducer.choices)
}

/// A run without loops that gives the evidence in its last world alone.
struct Reducer<'a, M: Model> {
    model: &'a M,
    evidence: &'a Evidence,
    choices: Vec<Choice>,
    /// The worlds on the way: one more than choices.
    worlds: Vec<M::World>,
    /// Where each world is on the way.
    positions: FxHashMap<M::Key, usize>,
    tries: u64,
}

/// Another way on from one of the run's worlds.
struct Tail<M: Model> {
    from: usize,
    steps: Vec<(Choice, M::World)>,
}

impl<'a, M: Model> Reducer<'a, M> {
    fn new(model: &'a M, evidence: &'a Evidence) -> Option<Self> {
        let first = model.initial().ok()?;
        let positions = std::iter::once((model.key(&first), 0)).collect();
        Some(Self { model, evidence, choices: Vec::new(), worlds: vec![first], positions, tries: 0 })
    }

    /// Leaves out pieces of half the run, then of a quarter, down to single choices; these again and again
    /// until none can be.
    fn leave_out_pieces(&mut self) {
        let mut size = self.choices.len().div_ceil(2);
        loop {
            let shortened = self.leave_out(size);
            if self.tries >= TRIES_MAX || (size <= 1 && !shortened) {
                return;
            }
            size = size.div_ceil(2).min(self.choices.len().div_ceil(2));
        }
    }

    /// Tries to leave out each piece of a size once, from the back: the worlds before it are known.
    fn leave_out(&mut self, size: usize) -> bool {
        let mut shortened = false;
        let mut end = self.choices.len();
        while end > 0 && self.tries < TRIES_MAX {
            let start = end.saturating_sub(size);
            let rest = self.choices[end..].to_vec();
            if let Some(tail) = self.follow(start, &rest) {
                self.splice(tail);
                shortened = true;
            }
            end = start.min(self.choices.len());
        }
        shortened
    }

    /// Goes on from the world at a position by those of the choices that are enabled, to the first world that
    /// gives the evidence. A world that is met again cuts the loop.
    fn follow(&mut self, from: usize, rest: &[Choice]) -> Option<Tail<M>> {
        let mut tail = Tail { from, steps: Vec::new() };
        let mut met: FxHashMap<M::Key, usize> = FxHashMap::default();
        let mut world = self.worlds[from].clone();
        for choice in rest {
            self.tries += 1;
            let Ok(next) = crate::step(self.model, &world, choice) else { continue };
            let key = self.model.key(&next);
            world = next.clone();
            if let Some(&position) = self.positions.get(&key).filter(|&&position| position <= tail.from) {
                tail = Tail { from: position, steps: Vec::new() };
                met.clear();
            } else if let Some(&length) = met.get(&key) {
                tail.steps.truncate(length);
                met.retain(|_, position| *position <= length);
            } else {
                tail.steps.push((choice.clone(), next));
                met.insert(key, tail.steps.len());
                if self.evidence.given_by(self.model, &world) {
                    return Some(tail);
                }
            }
        }
        None
    }

    fn splice(&mut self, tail: Tail<M>) {
        self.choices.truncate(tail.from);
        self.worlds.truncate(tail.from + 1);
        self.positions.retain(|_, position| *position <= tail.from);
        for (choice, world) in tail.steps {
            self.choices.push(choice);
            self.positions.insert(self.model.key(&world), self.choices.len());
            self.worlds.push(world);
        }
    }
}
