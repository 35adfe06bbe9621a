//! What is claimed of steps, asked of worlds: that each step which can be taken in a world is right.
//!
//! A search over parts meets each world once, so each step is looked at once, by whoever judges the world before it.

use crate::sample::{Sampler, Taken};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use verdi_core::PropertyId;
use verdi_machine::{Choice, Fault, Firings, Parts, Question, Shape, Steps, Update, Whole, WorldMoves};

/// A model of which is asked, besides, whether all steps are right.
pub struct Stepwise<'p, P, S> {
    parts: &'p P,
    steps: S,
    shape: Shape,
    first: Option<Whole>,
    /// The question that is asked here.
    asked: u32,
    constraint: Option<u32>,
    /// One for each worker that asks.
    desks: Mutex<Vec<Desk<'p, P>>>,
}

/// What one worker knows of steps.
struct Desk<'p, P> {
    sampler: Sampler<'p, P>,
    /// By what happens, and the state where it does.
    events: FxHashMap<u64, u32>,
    right: FxHashSet<(u32, u32, u32)>,
}

impl<'p, P: Parts, S: Steps> Stepwise<'p, P, S> {
    /// Asks whether all steps are right as a part of a property.
    pub fn new(parts: &'p P, steps: S, property: PropertyId) -> Self {
        let mut shape = parts.shape().clone();
        let asked = shape.questions.len() as u32;
        let constraint = shape.questions.iter().position(|question| question.property.is_none());
        shape.questions.push(Question {
            property: Some(property),
            nodes: (0..shape.kinds.len() as u32).collect(),
            vars: true,
            packets: true,
            trace: true,
        });
        Self {
            parts,
            steps,
            shape,
            first: parts.first().ok(),
            asked,
            constraint: constraint.map(|at| at as u32),
            desks: Mutex::default(),
        }
    }

    fn all_right(&self, world: &Whole) -> Result<bool, Fault> {
        let view = self.steps.view(world)?;
        if self.first.as_ref() == Some(world) && !self.steps.begins(view) {
            return Ok(false);
        }
        // What is not expanded has no steps; a fault is told by the search.
        if let Some(constraint) = self.constraint
            && self.parts.ask(constraint, world) != Ok(true)
        {
            return Ok(true);
        }
        let desk = self.desks().pop();
        let mut desk = match desk {
            Some(desk) => desk,
            None => Desk {
                sampler: Sampler::new(self.parts)?,
                events: FxHashMap::default(),
                right: FxHashSet::default(),
            },
        };
        let right = desk.all_right(&self.steps, world, view);
        self.desks().push(desk);
        right
    }

    fn desks(&self) -> MutexGuard<'_, Vec<Desk<'p, P>>> {
        self.desks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<P: Parts> Desk<'_, P> {
    fn all_right(&mut self, steps: &impl Steps, world: &Whole, from: u32) -> Result<bool, Fault> {
        self.sampler.enter(world);
        self.sampler.look();
        for at in 0..self.sampler.enabled().len() {
            self.sampler.enter(world);
            let (step, choice) = (self.sampler.step(at), self.sampler.enabled()[at].choice);
            let Taken::Moved(changes) = self.sampler.take(at) else { continue };
            let seen = changes.all
                || changes.node.is_some()
                || changes.vars
                || changes.trace
                || changes.packets && steps.sees_packets();
            let to = if seen { steps.view(self.sampler.world())? } else { from };
            let events = match step {
                Some(step) => *self.events.entry(step).or_insert_with(|| steps.events(world, choice)),
                None => steps.events(world, choice),
            };
            let key = (from, to, events);
            if (from == to && events == 0) || self.right.contains(&key) {
                continue;
            }
            if !steps.is_right(from, to, events) {
                return Ok(false);
            }
            self.right.insert(key);
        }
        Ok(true)
    }
}

impl<P: Parts, S: Steps> Parts for Stepwise<'_, P, S> {
    fn shape(&self) -> &Shape {
        &self.shape
    }

    fn first(&self) -> Result<Whole, Fault> {
        self.parts.first()
    }

    fn anchored(&self, vars: u32, node: u32, state: u32) -> Firings {
        self.parts.anchored(vars, node, state)
    }

    fn free(&self, vars: u32) -> Firings {
        self.parts.free(vars)
    }

    fn driven(&self, vars: u32, packet: u32, head: bool) -> Firings {
        self.parts.driven(vars, packet, head)
    }

    fn update(&self, firing: u32, state: u32) -> Result<Update, Fault> {
        self.parts.update(firing, state)
    }

    fn history(&self, trace: u32, event: u32) -> u32 {
        self.parts.history(trace, event)
    }

    fn open(&self, trace: u32) -> u64 {
        self.parts.open(trace)
    }

    fn world_moves(&self, world: &Whole) -> WorldMoves {
        self.parts.world_moves(world)
    }

    fn glimpse(&self, question: u32, node: u32, state: u32) -> u32 {
        if question == self.asked { state } else { self.parts.glimpse(question, node, state) }
    }

    fn ask(&self, question: u32, world: &Whole) -> Result<bool, Fault> {
        if question == self.asked { self.all_right(world) } else { self.parts.ask(question, world) }
    }

    fn ends(&self, packet: u32) -> (u32, u32) {
        self.parts.ends(packet)
    }

    fn choice(&self, choice: u32) -> Choice {
        self.parts.choice(choice)
    }

    fn renamed_state(&self, renaming: &[u32], kind: u32, state: u32) -> u32 {
        self.parts.renamed_state(renaming, kind, state)
    }

    fn renamed_packet(&self, renaming: &[u32], packet: u32) -> u32 {
        self.parts.renamed_packet(renaming, packet)
    }

    fn renamed_vars(&self, renaming: &[u32], vars: u32) -> u32 {
        self.parts.renamed_vars(renaming, vars)
    }

    fn renamed_history(&self, renaming: &[u32], trace: u32) -> u32 {
        self.parts.renamed_history(renaming, trace)
    }

    fn renamed_choice(&self, renaming: &[u32], choice: u32) -> u32 {
        self.parts.renamed_choice(renaming, choice)
    }

    fn counter_nodes(&self) -> Vec<Option<u32>> {
        self.parts.counter_nodes()
    }

    fn save(&self) -> Vec<u8> {
        self.parts.save()
    }

    fn bytes(&self) -> u64 {
        let desks = self.desks();
        let of =
            |desk: &Desk<'_, P>| desk.sampler.bytes() + (desk.events.len() + desk.right.len()) as u64 * 20;
        self.parts.bytes() + self.steps.bytes() + desks.iter().map(of).sum::<u64>()
    }
}
