//! Refinement by lifting (Abadi and Lamport, "The existence of refinement mappings", 1991): each step of a transformed
//! system stands for no step or for some steps of its subject, with the same inputs and outputs.
//!
//! [`Refining`] is the model of the transformed system in which a step that stands for nothing leads to a world that is
//! [broken](Refined::broken), so that any search finds it.

mod steps;

pub use steps::{Lifted, Steps};

use crate::{Choice, Choices, Effect, Engine, Event, Fault, Fired, Machine, Model, NodeState, Ran, World};
use indexmap::IndexSet;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use std::sync::{Mutex, PoisonError};
use verdi_core::{Lift, PropertyId, PropertyKind, Value};

/// A world of the transformed system, and what it stands for.
#[derive(Clone, Debug)]
pub struct Refined {
    /// The world.
    pub world: World,
    lifted: u32,
    /// Whether the step that led here stands for nothing that the subject can do.
    pub broken: bool,
}

/// The model of a transformed system that is held against its subject.
pub struct Refining<'a, E, S> {
    machine: &'a Machine<E>,
    subject: &'a Machine<S>,
    lift: &'a Lift,
    /// The most steps of the subject that one step may stand for.
    steps_max: usize,
    known: Mutex<Known>,
}

/// Worlds of the subject, and what is known of ways between them.
#[derive(Default)]
struct Known {
    ids: FxHashMap<Box<[u32]>, u32>,
    worlds: Vec<World>,
    /// What went in and out in a step.
    events: IndexSet<Vec<Value>, FxBuildHasher>,
    /// By worlds and the place of the events.
    matched: FxHashMap<(u32, u32, u32), bool>,
}

impl Known {
    /// The place of a step's events, new or known; that of none is 0.
    fn events_id(&mut self, events: Vec<Value>) -> u32 {
        if self.events.is_empty() {
            self.events.insert(Vec::new());
        }
        self.events.insert_full(events).0 as u32
    }
}

/// A step that stands for nothing the subject can do.
#[derive(Clone, Debug)]
pub struct Mismatch {
    /// What the world before it stands for; none of a first world.
    pub before: Option<World>,
    /// What the world after it stands for.
    pub after: World,
    /// The subject's inputs and outputs in the step, as values of its event type.
    pub events: Vec<Value>,
}

impl<'a, E: Engine, S: Engine> Refining<'a, E, S> {
    /// Holds a machine against its subject.
    pub fn new(machine: &'a Machine<E>, subject: &'a Machine<S>, lift: &'a Lift, steps_max: usize) -> Self {
        Self { machine, subject, lift, steps_max, known: Mutex::default() }
    }

    /// What a world stands for.
    ///
    /// # Errors
    /// The fault of the lifting.
    pub fn lifted(&self, world: &World) -> Result<World, Fault> {
        let program = self.subject.program();
        let mut nodes = Vec::with_capacity(program.nodes.len());
        for node in 0..program.nodes.len() as u32 {
            let state = self.machine.evaluate(world, self.lift.state, &[Value::Node(node)])?;
            let armed = match self.lift.machine {
                true => Vec::new(),
                false => self.armed(world.node(node)),
            };
            nodes.push(NodeState::new(state.fields().to_vec(), armed));
        }
        let packets = self.machine.evaluate(world, self.lift.packets, &[])?;
        let vars = self.lift.vars.iter().map(|var| var.map(|var| world.vars.value[var as usize].clone()));
        self.subject.world_of(nodes, packets.as_list().iter().cloned(), vars.collect())
    }

    fn armed(&self, state: &NodeState) -> Vec<u32> {
        let timers = self.lift.timers.iter().enumerate();
        timers.filter(|(_, own)| state.armed().contains(own)).map(|(at, _)| at as u32).collect()
    }

    /// The subject's inputs and outputs among what a step did.
    fn events(&self, ran: &[Ran]) -> Vec<Value> {
        if self.lift.machine {
            return Vec::new();
        }
        ran.iter().flat_map(|ran| events(ran, self.lift.inputs, self.lift.outputs)).collect()
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        // Nothing in it is ever left half changed.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn id(&self, lifted: World) -> u32 {
        let key = self.subject.key(&lifted);
        let mut known = self.known();
        let next = known.worlds.len() as u32;
        let id = *known.ids.entry(key).or_insert(next);
        if id == next {
            known.worlds.push(lifted);
        }
        id
    }

    /// Whether the subject can go from one world to another with just these events.
    fn matches(&self, from: u32, to: u32, events: u32) -> bool {
        let key = (from, to, events);
        if from == to && events == 0 {
            return true;
        }
        let (start, goal, events) = {
            let known = self.known();
            if let Some(matched) = known.matched.get(&key) {
                return *matched;
            }
            let [start, goal] = [from, to].map(|world| known.worlds[world as usize].clone());
            (start, goal, known.events[events as usize].clone())
        };
        let found = self.reaches(start, &self.subject.key(&goal), &events);
        self.known().matched.insert(key, found);
        found
    }

    /// Whether the subject begins with a world, or gets there on its own.
    fn begins(&self, lifted: u32) -> Result<bool, Fault> {
        let first = self.id(self.subject.initial()?);
        Ok(self.matches(first, lifted, 0))
    }

    /// Breadth first, a level a step of the subject.
    fn reaches(&self, start: World, goal: &[u32], events: &[Value]) -> bool {
        let mut seen = FxHashSet::default();
        let mut level = vec![(start, 0)];
        for _ in 0..self.steps_max {
            let mut next = Vec::new();
            for (world, done) in &level {
                for choice in self.subject.choices(world).enabled {
                    let step = self.subject.step(world, &choice);
                    let Ok(after) = step.after else { continue };
                    let Some(done) = self.goes_on(&step.ran, &events[*done..]).map(|more| done + more) else {
                        continue;
                    };
                    let key = self.subject.key(&after);
                    if *key == *goal && done == events.len() {
                        return true;
                    }
                    if seen.insert((key, done)) {
                        next.push((after, done));
                    }
                }
            }
            level = next;
        }
        false
    }

    /// How many of the events that are still to come a step of the subject has; `None` where it has others.
    fn goes_on(&self, ran: &[Ran], to_come: &[Value]) -> Option<usize> {
        if self.lift.machine {
            return Some(0);
        }
        let own: Vec<Value> = ran.iter().flat_map(|ran| events(ran, u32::MAX, u32::MAX)).collect();
        to_come.starts_with(&own).then_some(own.len())
    }

    /// What does not match in the step by which a broken world was reached.
    ///
    /// # Errors
    /// The fault of the lifting.
    pub fn mismatch(&self, before: Option<(&World, &Choice)>, after: &World) -> Result<Mismatch, Fault> {
        let events = before.map(|(world, choice)| self.events(&self.machine.step(world, choice).ran));
        Ok(Mismatch {
            before: before.map(|(world, _)| self.lifted(world)).transpose()?,
            after: self.lifted(after)?,
            events: events.unwrap_or_default(),
        })
    }
}

/// The inputs and outputs of what happened at a node, as values of the event type: of the first kinds only.
fn events(ran: &Ran, inputs: u32, outputs: u32) -> Vec<Value> {
    let noted = |tag: u32, caller: u32, body: &Value| {
        Value::data(tag, vec![Value::Node(ran.node), Value::Caller(caller), body.clone()])
    };
    let input = match &ran.event {
        Event::Input { caller, body } if body.tag() < inputs => Some(noted(0, *caller, body)),
        _ => None,
    };
    let out = ran.effects.iter().filter_map(|effect| match effect {
        Effect::Output { to, body } if body.tag() < outputs => Some(noted(1, to.unwrap_or(0), body)),
        _ => None,
    });
    input.into_iter().chain(out).collect()
}

impl<E: Engine, S: Engine> Model for Refining<'_, E, S> {
    type World = Refined;
    type Key = (Box<[u32]>, bool);

    fn initial(&self) -> Result<Refined, Fault> {
        let world = self.machine.initial()?;
        let lifted = self.id(self.lifted(&world)?);
        Ok(Refined { world, lifted, broken: !self.begins(lifted)? })
    }

    fn key(&self, world: &Refined) -> Self::Key {
        (self.machine.key(&world.world), world.broken)
    }

    fn key_bytes(&self, key: &Self::Key) -> usize {
        self.machine.key_bytes(&key.0) + 8
    }

    fn choices(&self, world: &Refined) -> Choices {
        if world.broken { Choices::default() } else { self.machine.choices(&world.world) }
    }

    fn fire(&self, world: &Refined, choice: &Choice) -> Fired<Refined> {
        let step = self.machine.step(&world.world, choice);
        let after = match step.after {
            Err(fault) => return Fired::Fault(fault),
            Ok(after) => after,
        };
        if self.machine.program().packets_max.is_some_and(|max| after.packet_count() > max) {
            return Fired::TooManyPackets;
        }
        let lifted = match self.lifted(&after) {
            Err(fault) => return Fired::Fault(fault),
            Ok(lifted) => self.id(lifted),
        };
        let events = self.known().events_id(self.events(&step.ran));
        let broken = !self.matches(world.lifted, lifted, events);
        Fired::World(Refined { world: after, lifted, broken })
    }

    fn expandable(&self, world: &Refined) -> Result<bool, Fault> {
        self.machine.expandable(&world.world)
    }

    fn properties(&self) -> Vec<PropertyKind> {
        vec![PropertyKind::Invariant, PropertyKind::NoFault]
    }

    fn holds(&self, _property: PropertyId, world: &Refined) -> Result<bool, Fault> {
        Ok(!world.broken)
    }

    fn depth_max(&self) -> Option<u64> {
        self.machine.depth_max()
    }
}
