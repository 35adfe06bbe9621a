//! Following a list of choices.

use verdi_machine::{Choice, Fault, Fired, Model};

/// Why a list of choices cannot be followed to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplayError {
    /// The position of the choice that could not be taken; for [`ReplayFailure::Initial`], 0.
    pub at: usize,
    /// What stood against it.
    pub why: ReplayFailure,
}

/// What stands against a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplayFailure {
    /// The first world cannot be made.
    Initial(Fault),
    /// The constraint keeps the world before it from being expanded, or faults there.
    NotExpandable,
    /// It is not enabled, or a bound holds it back.
    NotEnabled,
    /// The bound on packets.
    TooManyPackets,
    /// The step faults.
    Fault(Fault),
}

/// Follows choices from the first world. Answers with all worlds on the way: one more than there are choices.
///
/// # Errors
/// The first choice that cannot be taken.
pub fn replay<M: Model>(model: &M, choices: &[Choice]) -> Result<Vec<M::World>, ReplayError> {
    let mut world =
        model.initial().map_err(|fault| ReplayError { at: 0, why: ReplayFailure::Initial(fault) })?;
    let mut worlds = Vec::with_capacity(choices.len() + 1);
    for (at, choice) in choices.iter().enumerate() {
        let next = step(model, &world, choice).map_err(|why| ReplayError { at, why })?;
        worlds.push(std::mem::replace(&mut world, next));
    }
    worlds.push(world);
    Ok(worlds)
}

/// Takes one choice, if a search could take it.
///
/// # Errors
/// What stands against it.
pub fn step<M: Model>(model: &M, world: &M::World, choice: &Choice) -> Result<M::World, ReplayFailure> {
    if !model.expandable(world).unwrap_or(false) {
        return Err(ReplayFailure::NotExpandable);
    }
    if !model.choices(world).enabled.contains(choice) {
        return Err(ReplayFailure::NotEnabled);
    }
    match model.fire(world, choice) {
        Fired::World(next) => Ok(next),
        Fired::TooManyPackets => Err(ReplayFailure::TooManyPackets),
        Fired::Fault(fault) => Err(ReplayFailure::Fault(fault)),
    }
}

/// The choices at the given positions among the enabled ones, step by step from the first world.
#[expect(clippy::expect_used, reason = "a model that does not do the same twice is a mistake in the engine")]
pub(crate) fn retrace<M: Model>(model: &M, ordinals: &[u32]) -> Vec<Choice> {
    const SAME: &str = "a model takes the same steps a second time";
    let mut choices = Vec::with_capacity(ordinals.len());
    let mut world = None;
    for &ordinal in ordinals {
        let here = world.unwrap_or_else(|| model.initial().expect(SAME));
        let choice = model.choices(&here).enabled.into_iter().nth(ordinal as usize).expect(SAME);
        let Fired::World(next) = model.fire(&here, &choice) else { unreachable!("{SAME}") };
        choices.push(choice);
        world = Some(next);
    }
    choices
}
