//! Any finite model, as a table.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use verdi_core::{FaultKind, PropertyId, PropertyKind, RuleId, Span, Value};
use verdi_machine::{Choice, Choices, Fault, Fired, Model};

/// Worlds are positions in `worlds`; the first world is 0.
#[derive(Clone, Debug, Default)]
pub(crate) struct Graph {
    pub(crate) worlds: Vec<Place>,
    pub(crate) properties: Vec<PropertyKind>,
    pub(crate) depth_max: Option<u64>,
    pub(crate) stillborn: Option<Fault>,
}

/// All that is known of one world.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) steps: Vec<(Choice, Lead)>,
    pub(crate) held_back: Vec<usize>,
    pub(crate) faults: Vec<(RuleId, Fault)>,
    pub(crate) expandable: Result<bool, Fault>,
    pub(crate) holds: Vec<Result<bool, Fault>>,
}

/// Where a step leads.
#[derive(Clone, Debug)]
pub(crate) enum Lead {
    To(u32),
    TooManyPackets,
    Fault(Fault),
}

impl Default for Place {
    fn default() -> Self {
        Self { steps: vec![], held_back: vec![], faults: vec![], expandable: Ok(true), holds: vec![] }
    }
}

pub(crate) fn choice(rule: u32, arg: i64) -> Choice {
    Choice { rule: RuleId::from_u32(rule), args: vec![Value::Int(arg)] }
}

/// A fault that `place` tells from others.
pub(crate) fn fault(place: u32) -> Fault {
    let span = Span { start: place, end: place + 1, ..Span::default() };
    Fault { kind: FaultKind::Assert, span, detail: "as made".into() }
}

impl Graph {
    /// A graph with these edges, each a choice of rule 0 that names its end.
    pub(crate) fn of(worlds: usize, edges: &[(u32, u32)]) -> Self {
        let mut graph = Self { worlds: vec![Place::default(); worlds], ..Self::default() };
        for &(from, to) in edges {
            graph.worlds[from as usize].steps.push((choice(0, to.into()), Lead::To(to)));
        }
        graph
    }

    /// Adds a property that holds everywhere but in these worlds.
    pub(crate) fn with(mut self, kind: PropertyKind, odd: &[u32]) -> Self {
        let usual = kind == PropertyKind::Invariant;
        self.properties.push(kind);
        for (at, place) in self.worlds.iter_mut().enumerate() {
            place.holds.push(Ok(odd.contains(&(at as u32)) != usual));
        }
        self
    }

    /// A graph in which anything can happen, some of it rarely.
    pub(crate) fn random(seed: u64) -> Self {
        let mut dice = Dice(ChaCha8Rng::seed_from_u64(seed));
        let mut kinds = vec![PropertyKind::Invariant, PropertyKind::Reach];
        kinds.extend(dice.one_in(2).then_some(PropertyKind::NoDeadlock));
        kinds.extend(dice.one_in(2).then_some(PropertyKind::NoFault));
        let worlds = 1 + dice.below(60);
        let faulty = dice.one_in(2);
        // One that faults is never answered: once answered it would not be evaluated, nor its fault seen.
        let faulting: Vec<bool> = kinds.iter().map(|_| faulty && dice.one_in(2)).collect();
        Self {
            worlds: (0..worlds).map(|_| dice.place(worlds, &faulting, faulty)).collect(),
            properties: kinds,
            depth_max: dice.one_in(2).then(|| dice.below(9).into()),
            stillborn: None,
        }
    }
}

struct Dice(ChaCha8Rng);

impl Dice {
    fn below(&mut self, n: u32) -> u32 {
        self.0.next_u32() % n
    }

    fn one_in(&mut self, n: u32) -> bool {
        self.below(n) == 0
    }

    fn place(&mut self, worlds: u32, faulting: &[bool], faulty: bool) -> Place {
        let faulty_one_in = |dice: &mut Self, n| faulty && dice.one_in(n);
        let steps = (0..self.below(5)).map(|at| {
            let lead = match () {
                () if faulty_one_in(self, 30) => Lead::Fault(fault(self.below(3))),
                () if self.one_in(30) => Lead::TooManyPackets,
                () => Lead::To(self.below(worlds)),
            };
            (choice(at / 2, at.into()), lead)
        });
        let steps = steps.collect();
        let holds = faulting.iter().enumerate().map(|(property, &faults)| {
            let odd = self.one_in(25);
            let usual = property == 0;
            match (faults, odd) {
                (true, true) => Err(fault(10)),
                (true, false) => Ok(usual),
                (false, odd) => Ok(odd != usual),
            }
        });
        let holds = holds.collect();
        Place {
            steps,
            holds,
            held_back: if self.one_in(20) { vec![self.below(3) as usize] } else { vec![] },
            faults: if faulty_one_in(self, 40) { vec![(RuleId::from_u32(2), fault(20))] } else { vec![] },
            expandable: if faulty_one_in(self, 60) { Err(fault(30)) } else { Ok(!self.one_in(15)) },
        }
    }
}

impl Model for Graph {
    type World = u32;
    type Key = u32;

    fn initial(&self) -> Result<u32, Fault> {
        self.stillborn.clone().map_or(Ok(0), Err)
    }

    fn key(&self, &world: &u32) -> u32 {
        world
    }

    fn key_bytes(&self, _key: &u32) -> usize {
        4
    }

    fn choices(&self, &world: &u32) -> Choices {
        let place = &self.worlds[world as usize];
        Choices {
            enabled: place.steps.iter().map(|(choice, _)| choice.clone()).collect(),
            held_back: place.held_back.clone(),
            faults: place.faults.clone(),
        }
    }

    fn fire(&self, &world: &u32, choice: &Choice) -> Fired<u32> {
        let steps = &self.worlds[world as usize].steps;
        match steps.iter().find(|(other, _)| other == choice) {
            Some((_, Lead::To(to))) => Fired::World(*to),
            Some((_, Lead::TooManyPackets)) => Fired::TooManyPackets,
            Some((_, Lead::Fault(fault))) => Fired::Fault(fault.clone()),
            None => panic!("only what is enabled is fired"),
        }
    }

    fn expandable(&self, &world: &u32) -> Result<bool, Fault> {
        self.worlds[world as usize].expandable.clone()
    }

    fn properties(&self) -> Vec<PropertyKind> {
        self.properties.clone()
    }

    fn holds(&self, property: PropertyId, &world: &u32) -> Result<bool, Fault> {
        self.worlds[world as usize].holds[property.as_u32() as usize].clone()
    }

    fn depth_max(&self) -> Option<u64> {
        self.depth_max
    }
}
