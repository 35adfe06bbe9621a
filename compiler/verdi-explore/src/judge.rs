//! Holds worlds and steps against the properties, and keeps the first run that answers each.

use crate::{Answer, Faulted, Run};
use std::collections::BTreeSet;
use verdi_core::{PropertyId, PropertyKind};
use verdi_machine::{Choice, Fault, Model};

/// The answers so far. Every method takes how to rebuild the run to the world at hand, because few worlds
/// answer anything.
pub(crate) struct Judge {
    kinds: Vec<PropertyKind>,
    answers: Vec<Answer>,
    /// Properties to evaluate in each world, ascending.
    open: Vec<PropertyId>,
    /// Properties for whose sake alone nothing is searched.
    aside: Vec<PropertyId>,
    undecided: BTreeSet<PropertyId>,
    fault: Option<Run>,
}

impl Judge {
    pub(crate) fn new(kinds: Vec<PropertyKind>, aside: &[PropertyId]) -> Self {
        let evaluated = |kind| matches!(kind, PropertyKind::Invariant | PropertyKind::Reach);
        let open = ids(&kinds).filter(|&(_, kind)| evaluated(kind)).map(|(id, _)| id).collect();
        let answers = vec![Answer::NotFound; kinds.len()];
        Self { kinds, answers, open, aside: aside.to_vec(), undecided: BTreeSet::new(), fault: None }
    }

    /// Evaluates the properties that are open in a world that is new.
    pub(crate) fn world<M: Model>(&mut self, model: &M, world: &M::World, way: impl Fn() -> Vec<Choice>) {
        let open = std::mem::take(&mut self.open);
        for property in open {
            let violates = self.kinds[property.as_u32() as usize] == PropertyKind::Invariant;
            match model.holds(property, world) {
                Ok(holds) if holds == violates => self.open.push(property),
                Ok(_) => self.answer(property, Run { choices: way(), fault: None }),
                Err(fault) => {
                    self.undecided.insert(property);
                    self.open.push(property);
                    self.fault(fault, Faulted::Property(property), &way);
                }
            }
        }
    }

    /// Notes a fault after the choices of a way.
    pub(crate) fn fault(&mut self, fault: Fault, what: Faulted, way: impl Fn() -> Vec<Choice>) {
        let asked = self.unanswered(PropertyKind::NoFault);
        if asked.is_empty() && (self.fault.is_some() || self.kinds.contains(&PropertyKind::NoFault)) {
            return;
        }
        let run = Run { choices: way(), fault: Some((fault, what)) };
        if asked.is_empty() {
            self.fault = Some(run);
            return;
        }
        for property in asked {
            self.answer(property, run.clone());
        }
    }

    /// Notes a deadlock.
    pub(crate) fn deadlock(&mut self, way: impl Fn() -> Vec<Choice>) {
        for property in self.unanswered(PropertyKind::NoDeadlock) {
            self.answer(property, Run { choices: way(), fault: None });
        }
    }

    /// Whether there were properties to search for, and each has its answer.
    pub(crate) fn done(&self) -> bool {
        let mut wanted = ids(&self.kinds).filter(|(id, _)| !self.aside.contains(id)).peekable();
        let unanswered = |id: PropertyId| self.answers[id.as_u32() as usize] == Answer::NotFound;
        wanted.peek().is_some() && !wanted.any(|(id, _)| unanswered(id))
    }

    /// The answers, what stayed undecided, and the fault that nobody asked after.
    pub(crate) fn finish(self) -> (Vec<Answer>, Vec<PropertyId>, Option<Run>) {
        (self.answers, self.undecided.into_iter().collect(), self.fault)
    }

    fn unanswered(&self, wanted: PropertyKind) -> Vec<PropertyId> {
        ids(&self.kinds)
            .filter(|&(id, kind)| kind == wanted && self.answers[id.as_u32() as usize] == Answer::NotFound)
            .map(|(id, _)| id)
            .collect()
    }

    fn answer(&mut self, property: PropertyId, run: Run) {
        self.answers[property.as_u32() as usize] = Answer::Found(run);
        self.undecided.remove(&property);
    }
}

fn ids(kinds: &[PropertyKind]) -> impl Iterator<Item = (PropertyId, PropertyKind)> {
    (0..).map(PropertyId::from_u32).zip(kinds.iter().copied())
}
