//! Refinement by lifting (Abadi and Lamport, "The existence of refinement mappings", 1991): each step of a transformed
//! system stands for no step or for some steps of its subject, with the same inputs and outputs.
//!
//! [`Refining`] is the model of the transformed system in which a step that stands for nothing leads to a world that is
//! [broken](Refined::broken), so that any search finds it.

use crate::{Choice, Choices, Effect, Engine, Event, Fault, Fired, Machine, Model, NodeState, Ran, World};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::{Mutex, PoisonError};
use verdi_core::{FuncId, PropertyId, PropertyKind, Value};

/// How a world of the transformed system becomes one of its subject.
#[derive(Clone, Debug)]
pub struct Lift {
    /// World function of the transformed system: from a node to the state of the lifted one, whose constructor is of the
    /// subject's kind.
    pub state: FuncId,
    /// World function: the packets of the lifted world.
    pub packets: FuncId,
    /// The timer of the transformed system for each of the subject's.
    pub timers: Vec<u32>,
    /// For each variable of the subject's network, that of the transformed system's of the same name.
    pub vars: Vec<Option<u32>>,
    /// How many of the inputs are the subject's: the first.
    pub inputs: u32,
    /// How many of the outputs.
    pub outputs: u32,
    /// Whether the subject is a machine that is replicated: then it takes an input and answers in one step, the transformed
    /// system in several, and inputs and outputs are not held against each other.
    pub machine: bool,
}

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
    matched: FxHashMap<(u32, u32, Vec<Value>), bool>,
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

    fn world(&self, id: u32) -> World {
        self.known().worlds[id as usize].clone()
    }

    /// Whether the subject can go from one world to another with just these events.
    fn matches(&self, from: u32, to: u32, events: Vec<Value>) -> bool {
        if from == to && events.is_empty() {
            return true;
        }
        let key = (from, to, events);
        if let Some(known) = self.known().matched.get(&key) {
            return *known;
        }
        let (start, goal) = (self.world(from), self.subject.key(&self.world(to)));
        let found = self.reaches(start, &goal, &key.2);
        self.known().matched.insert(key, found);
        found
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
        let first = self.id(self.subject.initial()?);
        Ok(Refined { world, lifted, broken: !self.matches(first, lifted, Vec::new()) })
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
        let broken = !self.matches(world.lifted, lifted, self.events(&step.ran));
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
