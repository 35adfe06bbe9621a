use crate::{Faulted, Run};
use verdi_core::{PropertyId, PropertyKind};
use verdi_machine::{Choice, Fault, Model};

/// What the world at the end of a run shows: that against which every shorter run is held.
pub(super) enum Evidence {
    /// The property does not hold.
    Violated(PropertyId),
    /// The property holds.
    Reached(PropertyId),
    Deadlock,
    /// A choice is enabled whose step faults.
    Step(Choice, Fault),
    /// A guard, a domain, a property or the constraint faults.
    Fault(Faulted, Fault),
}

impl Evidence {
    /// The evidence of a run, and the choices that lead to the world that gives it.
    pub(super) fn of<'r, M: Model>(
        model: &M,
        property: PropertyId,
        run: &'r Run,
    ) -> Option<(Self, &'r [Choice])> {
        let kind = *model.properties().get(property.as_u32() as usize)?;
        let way = run.choices.as_slice();
        let evidence = match (&run.fault, kind) {
            (Some((fault, Faulted::Step)), _) => {
                let (last, way) = way.split_last()?;
                return Some((Self::Step(last.clone(), fault.clone()), way));
            }
            (Some((fault, what)), _) => Self::Fault(*what, fault.clone()),
            (None, PropertyKind::Invariant) => Self::Violated(property),
            (None, PropertyKind::Reach) => Self::Reached(property),
            (None, PropertyKind::NoDeadlock) => Self::Deadlock,
            (None, PropertyKind::NoFault | PropertyKind::LeadsTo | PropertyKind::Eventually) => return None,
        };
        Some((evidence, way))
    }

    /// Whether a world gives it.
    pub(super) fn given_by<M: Model>(&self, model: &M, world: &M::World) -> bool {
        match self {
            Self::Violated(property) => model.holds(*property, world) == Ok(false),
            Self::Reached(property) => model.holds(*property, world) == Ok(true),
            Self::Deadlock => {
                let choices = model.choices(world);
                model.expandable(world) == Ok(true)
                    && choices.enabled.is_empty()
                    && choices.held_back.is_empty()
                    && choices.faults.is_empty()
            }
            Self::Step(..) | Self::Fault(..) => self.fault(model, world).is_some(),
        }
    }

    /// The run whose choices lead to a world that gives it.
    pub(super) fn run<M: Model>(&self, model: &M, mut choices: Vec<Choice>) -> Run {
        let (Self::Step(_, fault) | Self::Fault(_, fault)) = self else {
            return Run { choices, fault: None };
        };
        // The detail may name values, which need not be those of the longer run.
        let world = crate::replay(model, &choices).ok().and_then(|mut worlds| worlds.pop());
        let there = world.and_then(|world| self.fault(model, &world)).unwrap_or_else(|| fault.clone());
        match self {
            Self::Fault(what, _) => Run { choices, fault: Some((there, *what)) },
            Self::Step(last, _) => {
                choices.push(last.clone());
                Run { choices, fault: Some((there, Faulted::Step)) }
            }
            _ => Run { choices, fault: None },
        }
    }

    /// The fault that a world shows, if it is of the same kind at the same place.
    fn fault<M: Model>(&self, model: &M, world: &M::World) -> Option<Fault> {
        let same = |fault: &Fault, wanted: &Fault| fault.kind == wanted.kind && fault.span == wanted.span;
        match self {
            Self::Step(choice, wanted) => match crate::step(model, world, choice) {
                Err(crate::ReplayFailure::Fault(fault)) if same(&fault, wanted) => Some(fault),
                _ => None,
            },
            Self::Fault(Faulted::Property(property), wanted) => {
                model.holds(*property, world).err().filter(|fault| same(fault, wanted))
            }
            Self::Fault(Faulted::Constraint, wanted) => {
                model.expandable(world).err().filter(|fault| same(fault, wanted))
            }
            Self::Fault(Faulted::Rule(rule), wanted) if model.expandable(world) == Ok(true) => {
                let mut faults = model.choices(world).faults.into_iter();
                faults.find(|(at, fault)| at == rule && same(fault, wanted)).map(|(_, fault)| fault)
            }
            _ => None,
        }
    }
}
