use crate::{Choice, Choices, Engine, Fault, Machine, Model, Step, World};

/// Why a run cannot be taken: the first choice that has no next world.
#[derive(Clone, Debug)]
pub struct NotEnabled {
    /// Its position in the run; with no choices taken at all, the first world could not be made.
    pub at: usize,
    /// Why not.
    pub why: Refusal,
    /// The steps before it.
    pub before: Vec<Step<World>>,
}

/// Why a choice has no next world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no first world.
    NoFirstWorld(Fault),
    /// The rule does not draw this, or its guard says no.
    Disabled,
    /// Only these bounds keep it back: positions in `Program::bounds`.
    HeldBack(Vec<usize>),
    /// More packets would be in flight than the bound on packets allows.
    TooManyPackets,
    /// It was taken, and faulted.
    Faulted(Fault),
}

impl<E: Engine> Machine<E> {
    /// Takes a run from the first world; a step for each choice.
    ///
    /// # Errors
    /// The first choice that has no next world.
    pub fn replay(&self, run: &[Choice]) -> Result<Vec<Step<World>>, NotEnabled> {
        let mut before = Vec::new();
        let mut world = match self.initial() {
            Ok(world) => world,
            Err(fault) => return Err(NotEnabled { at: 0, why: Refusal::NoFirstWorld(fault), before }),
        };
        for (at, choice) in run.iter().enumerate() {
            match self.try_step(&world, choice) {
                Ok((step, after)) => {
                    before.push(step);
                    world = after;
                }
                Err(why) => return Err(NotEnabled { at, why, before }),
            }
        }
        Ok(before)
    }

    /// Takes a step if it is enabled and within all bounds; also gives the world after it.
    ///
    /// # Errors
    /// Why it is not taken.
    pub fn try_step(&self, world: &World, choice: &Choice) -> Result<(Step<World>, World), Refusal> {
        let choices = self.choices(world);
        if !choices.enabled.contains(choice) {
            return Err(self.refusal(world, choice, &choices));
        }
        let step = self.step(world, choice);
        let after = step.after.clone().map_err(Refusal::Faulted)?;
        if self.program().packets_max.is_some_and(|max| after.packet_count() > max) {
            return Err(Refusal::TooManyPackets);
        }
        Ok((step, after))
    }

    fn refusal(&self, world: &World, choice: &Choice, choices: &Choices) -> Refusal {
        if !self.within_guard(world, choice) {
            return Refusal::Disabled;
        }
        let counters = self.tables.bounds.counters(choice.rule, &choice.args);
        let exhausted = counters.filter(|(_, counter)| world.left[*counter] == 0).map(|(bound, _)| bound);
        let held_back: Vec<usize> = exhausted.filter(|bound| choices.held_back.contains(bound)).collect();
        if held_back.is_empty() { Refusal::Disabled } else { Refusal::HeldBack(held_back) }
    }

    /// Whether a choice would be enabled if nothing were bounded.
    fn within_guard(&self, world: &World, choice: &Choice) -> bool {
        let mut unbounded = world.clone();
        unbounded.left = world.left.iter().map(|_| u32::MAX).collect();
        self.choices(&unbounded).enabled.contains(choice)
    }
}
