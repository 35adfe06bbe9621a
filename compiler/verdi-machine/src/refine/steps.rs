//! The same by ids, for a search over parts: what a world stands for is remembered by what the lifting reads of it.

use super::Refining;
use crate::{Engine, Fault, Footprint, TakenApart, Whole};
use rustc_hash::FxHashMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

/// What steps between worlds are held against. All answers are functions of their arguments.
pub trait Steps: Sync {
    /// What a world is to those who judge steps: a number.
    ///
    /// # Errors
    /// The fault of finding out.
    fn view(&self, world: &Whole) -> Result<u32, Fault>;

    /// Whether the packets matter for that.
    fn sees_packets(&self) -> bool;

    /// What is seen from outside of a step that does not fault: a number, 0 for nothing. It depends on what happens and
    /// on the state of the node where it does.
    fn events(&self, world: &Whole, choice: u32) -> u32;

    /// Whether a step with these events may lead from one view to another.
    fn is_right(&self, from: u32, to: u32, events: u32) -> bool;

    /// Whether a run may begin with a world of this view.
    fn begins(&self, view: u32) -> bool;

    /// About how many bytes are remembered.
    fn bytes(&self) -> u64;
}

/// A refinement, by the ids of a machine that was taken apart.
pub struct Lifted<'a, E, S> {
    refining: &'a Refining<'a, E, S>,
    apart: &'a TakenApart<'a, E>,
    packets: bool,
    trace: bool,
    views: RwLock<FxHashMap<Box<[u32]>, u32>>,
}

impl<'a, E: Engine, S: Engine> Lifted<'a, E, S> {
    /// Of the machine that is held against its subject.
    pub fn new(refining: &'a Refining<'a, E, S>, apart: &'a TakenApart<'a, E>) -> Self {
        let reads = [refining.lift.state, refining.lift.packets]
            .map(|func| Footprint::of(refining.machine.program(), func));
        let packets = reads.iter().any(|reads| reads.reads_packets);
        let trace = reads.iter().any(|reads| reads.reads_trace);
        Self { refining, apart, packets, trace, views: RwLock::default() }
    }

    /// What the lifting reads of a world, and maybe more.
    fn read_of(&self, world: &Whole) -> Vec<u32> {
        let mut read = Vec::with_capacity(world.nodes.len() + 2 + world.packets.len());
        read.extend(&world.nodes);
        read.push(world.vars);
        if self.trace {
            read.push(world.trace);
        }
        if self.packets {
            read.extend(&world.packets);
        }
        read
    }

    fn views(&self) -> RwLockReadGuard<'_, FxHashMap<Box<[u32]>, u32>> {
        self.views.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<E: Engine + Sync, S: Engine + Sync> Steps for Lifted<'_, E, S> {
    fn view(&self, world: &Whole) -> Result<u32, Fault> {
        let read = self.read_of(world);
        if let Some(view) = self.views().get(read.as_slice()) {
            return Ok(*view);
        }
        let lifted = self.refining.lifted(&self.apart.world(world))?;
        let view = self.refining.id(lifted);
        self.views.write().unwrap_or_else(PoisonError::into_inner).insert(read.into(), view);
        Ok(view)
    }

    fn sees_packets(&self) -> bool {
        self.packets
    }

    fn events(&self, world: &Whole, choice: u32) -> u32 {
        let (world, choice) = (self.apart.world(world), crate::Parts::choice(self.apart, choice));
        let ran = self.refining.machine.step(&world, &choice).ran;
        self.refining.known().events_id(self.refining.events(&ran))
    }

    fn is_right(&self, from: u32, to: u32, events: u32) -> bool {
        self.refining.matches(from, to, events)
    }

    fn begins(&self, view: u32) -> bool {
        self.refining.begins(view).unwrap_or(false)
    }

    fn bytes(&self) -> u64 {
        // A box and what it holds, an id, and an allocator's overhead.
        let views = self.views();
        let words = views.keys().next().map_or(0, |read| read.len() as u64);
        views.len() as u64 * (48 + 4 * words)
    }
}
