use super::evidence::Evidence;
use crate::{Answer, Go, Options};
use rustc_hash::FxHashSet;
use verdi_core::{PropertyId, PropertyKind};
use verdi_machine::{Choice, Choices, Fault, Fired, Model};

/// How many worlds it may take.
const WORLDS_MAX: u64 = 10_000;

/// A shortest run that gives the evidence and takes no choices but those of the given one; `None` where too
/// many worlds are in reach to find out.
pub(super) fn shortest<M: Model>(model: &M, evidence: &Evidence, way: &[Choice]) -> Option<Vec<Choice>> {
    let allowed = way.iter().cloned().collect();
    let restricted = Restricted { model, evidence, allowed, depth_max: way.len() as u64 };
    let options = Options { worlds_max: Some(WORLDS_MAX), ..Options::default() };
    let outcome = crate::explore(&restricted, &options, &mut |_| Go::On);
    match outcome.answers.into_iter().next() {
        Some(Answer::Found(run)) => Some(run.choices),
        _ => None,
    }
}

/// A model with fewer choices, whose only property is that the evidence can be reached.
struct Restricted<'a, M> {
    model: &'a M,
    evidence: &'a Evidence,
    allowed: FxHashSet<Choice>,
    depth_max: u64,
}

impl<M: Model> Model for Restricted<'_, M> {
    type World = M::World;
    type Key = M::Key;

    fn initial(&self) -> Result<M::World, Fault> {
        self.model.initial()
    }

    fn key(&self, world: &M::World) -> M::Key {
        self.model.key(world)
    }

    fn key_bytes(&self, key: &M::Key) -> usize {
        self.model.key_bytes(key)
    }

    fn choices(&self, world: &M::World) -> Choices {
        let mut choices = self.model.choices(world);
        choices.enabled.retain(|choice| self.allowed.contains(choice));
        choices
    }

    fn fire(&self, world: &M::World, choice: &Choice) -> Fired<M::World> {
        self.model.fire(world, choice)
    }

    fn expandable(&self, world: &M::World) -> Result<bool, Fault> {
        self.model.expandable(world)
    }

    fn properties(&self) -> Vec<PropertyKind> {
        vec![PropertyKind::Reach]
    }

    fn holds(&self, _property: PropertyId, world: &M::World) -> Result<bool, Fault> {
        Ok(self.evidence.given_by(self.model, world))
    }

    fn depth_max(&self) -> Option<u64> {
        Some(self.depth_max)
    }
}
