//! What watches a run without taking part in it: folds over what clients see, and over worlds.

use crate::{FuncId, Program, PropertyId, Span, TyId};
use cranelift_entity::entity_impl;
use smol_str::SmolStr;
use std::sync::Arc;

/// A watcher of a program, by its position.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WatcherId(u32);
entity_impl!(WatcherId, "watcher");

/// Something that watches. What it knows is part of the world; once it has failed, it stays as it failed.
#[derive(Clone, Debug)]
pub struct Watcher {
    /// Its name.
    pub name: SmolStr,
    /// Where it was written.
    pub span: Span,
    /// The invariant that holds of the worlds in which it has not failed.
    pub property: PropertyId,
    /// What it looks for.
    pub kind: WatcherKind,
}

/// See [`Watcher`].
#[derive(Clone, Debug)]
pub enum WatcherKind {
    /// It is told by functions, and fails where one of them faults.
    Monitor(Monitor),
    /// It fails where no order of the clients' operations explains what they were answered.
    Linearizable(Specification),
}

/// A monitor: a fold over the events of each step, in order, then over the world after the step. What its functions read
/// of the world is read of the world after the step too.
#[derive(Clone, Debug)]
pub struct Monitor {
    /// What it knows: a tuple.
    pub state: TyId,
    /// The names of what it knows, in order.
    pub fields: Vec<SmolStr>,
    /// Pure function `() -> state`: what it knows at first.
    pub init: FuncId,
    /// World function `(state, event) -> state`.
    pub on_event: Option<FuncId>,
    /// World function `(state) -> state`: runs after the events of a step; not for the first world.
    pub on_step: Option<FuncId>,
}

/// What clients' operations have to look like: as if they were done one after the other, each at some moment between
/// its input and its answer, by one node of a machine (Herlihy and Wing 1990).
#[derive(Clone, Debug)]
pub struct Specification {
    /// The machine: one node, which sends nothing.
    pub machine: Arc<Program>,
    /// The machine's input that each input is, by their constructors; `None` for those that are no operations.
    pub inputs: Vec<Option<u32>>,
    /// The machine's output that each output is, by their constructors; `None` for those that are no answers.
    pub outputs: Vec<Option<u32>>,
}

impl Watcher {
    /// The functions of the program that tell it, but for the first.
    pub fn functions(&self) -> impl Iterator<Item = FuncId> {
        let told = match &self.kind {
            WatcherKind::Monitor(monitor) => [monitor.on_event, monitor.on_step],
            WatcherKind::Linearizable(_) => [None, None],
        };
        told.into_iter().flatten()
    }

    /// What the operations have to look like, if it asks that.
    pub fn specification(&self) -> Option<&Specification> {
        match &self.kind {
            WatcherKind::Monitor(_) => None,
            WatcherKind::Linearizable(specification) => Some(specification),
        }
    }
}

impl Program {
    /// Whether events of clients are part of what a world is.
    pub fn notes_events(&self) -> bool {
        self.keeps_trace || !self.watchers.is_empty()
    }

    /// Whether what inputs a node may be sent depends on the operations that are open.
    pub fn limits_operations(&self) -> bool {
        self.watchers.values().any(|watcher| watcher.specification().is_some())
    }

    /// The watcher that a property asks about.
    pub fn watcher_of(&self, property: PropertyId) -> Option<WatcherId> {
        self.watchers.iter().find(|(_, watcher)| watcher.property == property).map(|(id, _)| id)
    }
}
