//! One seeded run, a step at a time.

use crate::Faulted;
use crate::expand::Draw;
use verdi_machine::{Choice, Fault, Fired, Model};

/// A seeded scheduler. It draws as run 0 of a random search with the same seed does: a rule first, each with
/// the same chance, then one of that rule's choices. A choice that the bound on packets forbids is not taken.
pub struct Walk<'m, M: Model> {
    model: &'m M,
    world: M::World,
    draw: Draw,
    steps: u64,
    end: Option<WalkEnd>,
}

/// Why a walk goes no further.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WalkEnd {
    /// No rule is enabled.
    Deadlock,
    /// Bounds hold back every step: those at these positions in `Program::bounds`, or the one on packets.
    HeldBack(Vec<usize>),
    /// The bound on depth.
    Depth,
    /// The constraint.
    Constraint,
    /// A fault: of the last step taken, of the constraint, or of a rule where nothing else is enabled.
    Fault(Fault, Faulted),
}

impl<'m, M: Model> Walk<'m, M> {
    /// A walk from the first world.
    ///
    /// # Errors
    /// The fault of the first world.
    pub fn new(model: &'m M, seed: u64) -> Result<Self, Fault> {
        Ok(Self::starting_at(model, model.initial()?, seed))
    }

    /// A walk from a world; the bound on depth counts from there.
    pub fn starting_at(model: &'m M, world: M::World, seed: u64) -> Self {
        Self { model, world, draw: Draw::new(seed, 0), steps: 0, end: None }
    }

    /// The world that was reached; after a step that faulted, the one before it.
    pub fn world(&self) -> &M::World {
        &self.world
    }

    /// Why the walk has ended; `None` while it goes on.
    pub fn end(&self) -> Option<&WalkEnd> {
        self.end.as_ref()
    }

    fn stop(&mut self, end: WalkEnd) -> Option<Choice> {
        self.end = Some(end);
        None
    }
}

/// The choices taken, the one of a step that faults included.
impl<M: Model> Iterator for Walk<'_, M> {
    type Item = Choice;

    fn next(&mut self) -> Option<Choice> {
        if self.end.is_some() {
            return None;
        }
        match self.model.expandable(&self.world) {
            Err(fault) => return self.stop(WalkEnd::Fault(fault, Faulted::Constraint)),
            Ok(false) => return self.stop(WalkEnd::Constraint),
            Ok(true) => {}
        }
        let choices = self.model.choices(&self.world);
        if !choices.enabled.is_empty() && self.model.depth_max().is_some_and(|most| self.steps >= most) {
            return self.stop(WalkEnd::Depth);
        }
        self.draw.begin(&choices.enabled);
        while let Some(drawn) = self.draw.next(&choices.enabled) {
            let choice = &choices.enabled[drawn];
            match self.model.fire(&self.world, choice) {
                Fired::World(world) => self.world = world,
                Fired::TooManyPackets => continue,
                Fired::Fault(fault) => self.end = Some(WalkEnd::Fault(fault, Faulted::Step)),
            }
            self.steps += 1;
            return Some(choice.clone());
        }
        if let Some((rule, fault)) = choices.faults.into_iter().next() {
            return self.stop(WalkEnd::Fault(fault, Faulted::Rule(rule)));
        }
        if choices.enabled.is_empty() && choices.held_back.is_empty() {
            return self.stop(WalkEnd::Deadlock);
        }
        self.stop(WalkEnd::HeldBack(choices.held_back))
    }
}
