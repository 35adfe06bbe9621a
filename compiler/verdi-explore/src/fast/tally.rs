use crate::{Faulted, Limits};
use verdi_core::PropertyKind;
use verdi_machine::{Fault, Shape};

/// Where something was found: in a world, or in a step from it.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    /// The world's number, in order of discovery. Of meaning only where the search was sequential.
    pub(crate) world: u32,
    /// The choice of the step from there.
    pub(crate) choice: Option<u32>,
    /// What faulted, if that is what was found.
    pub(crate) fault: Option<(Fault, Faulted)>,
}

/// What a worker counted and found.
#[derive(Clone, Debug)]
pub(crate) struct Tally {
    /// Firings that led to a world.
    pub(crate) transitions: u64,
    /// Worlds in which the steps of some nodes were taken alone.
    pub(crate) reduced: u64,
    /// The first finding that answers each property.
    pub(crate) answers: Vec<Option<Finding>>,
    /// Properties whose evaluation faulted somewhere.
    pub(crate) undecided: Vec<bool>,
    /// The first fault.
    pub(crate) fault: Option<Finding>,
    /// By bound: whether it held back a firing that was enabled.
    pub(crate) held_back: Vec<bool>,
    /// Whether the bound on packets kept a step from being taken.
    pub(crate) packets: bool,
    /// Whether the bound on depth did.
    pub(crate) depth: bool,
    /// Whether the constraint did.
    pub(crate) constraint: bool,
}

impl Tally {
    pub(crate) fn new(shape: &Shape) -> Self {
        Self {
            transitions: 0,
            reduced: 0,
            answers: vec![None; shape.properties.len()],
            undecided: vec![false; shape.properties.len()],
            fault: None,
            held_back: Vec::new(),
            packets: false,
            depth: false,
            constraint: false,
        }
    }

    pub(crate) fn held_back(&mut self, bound: u32) {
        let bound = bound as usize;
        if bound >= self.held_back.len() {
            self.held_back.resize(bound + 1, false);
        }
        self.held_back[bound] = true;
    }

    pub(crate) fn answer(&mut self, property: usize, finding: impl FnOnce() -> Finding) {
        self.answers[property].get_or_insert_with(finding);
    }

    /// Notes a fault, which answers every property that asks after faults.
    pub(crate) fn fault(&mut self, kinds: &[PropertyKind], finding: &Finding) {
        for (property, kind) in kinds.iter().enumerate() {
            if *kind == PropertyKind::NoFault {
                self.answer(property, || finding.clone());
            }
        }
        self.fault.get_or_insert_with(|| finding.clone());
    }

    /// Notes a world in which nothing can happen.
    pub(crate) fn deadlock(&mut self, kinds: &[PropertyKind], finding: &Finding) {
        for (property, kind) in kinds.iter().enumerate() {
            if *kind == PropertyKind::NoDeadlock {
                self.answer(property, || finding.clone());
            }
        }
    }

    /// Takes over what another worker counted and found since the last time.
    pub(crate) fn absorb(&mut self, other: &mut Self) {
        self.transitions += std::mem::take(&mut other.transitions);
        self.reduced += std::mem::take(&mut other.reduced);
        for (mine, theirs) in self.answers.iter_mut().zip(&other.answers) {
            if mine.is_none() {
                mine.clone_from(theirs);
            }
        }
        for (mine, theirs) in self.undecided.iter_mut().zip(&other.undecided) {
            *mine |= theirs;
        }
        if self.fault.is_none() {
            self.fault.clone_from(&other.fault);
        }
        for (bound, held) in other.held_back.iter().enumerate() {
            if *held {
                self.held_back(bound as u32);
            }
        }
        self.packets |= other.packets;
        self.depth |= other.depth;
        self.constraint |= other.constraint;
    }

    /// Gives the worlds that something was found in other numbers.
    pub(crate) fn renumber(&mut self, number: impl Fn(u32) -> u32) {
        for finding in self.answers.iter_mut().flatten().chain(&mut self.fault) {
            finding.world = number(finding.world);
        }
    }

    /// Which limits of the check kept steps from being taken.
    pub(crate) fn limits(&self) -> Limits {
        let held_back = self.held_back.iter().enumerate().filter(|(_, held)| **held).map(|(bound, _)| bound);
        Limits {
            held_back: held_back.collect(),
            packets: self.packets,
            depth: self.depth,
            constraint: self.constraint,
        }
    }
}
