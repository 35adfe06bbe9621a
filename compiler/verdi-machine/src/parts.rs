//! A model taken apart: worlds as small ids, and what can happen told by the few ids it depends on. A search
//! that remembers these answers takes most steps without running any function.
//!
//! A firing of a rule at a node depends on the network's variables, on the firing's own arguments and on that
//! node's state alone; a rule of which this cannot be told beforehand is a *world rule*, and is asked about one world
//! at a time. Callers that have an operation open may send no other: a firing tells which of them it waits for, and the
//! history which of them are open.

mod access;
mod apart;
mod classes;
mod codec;
mod env;
mod firings;
mod footprint;
mod mirror;
mod questions;
mod renaming;
mod saved;
mod slots;
mod states;
mod table;
mod worlds;

pub use apart::TakenApart;
pub use firings::Script;
pub use footprint::{Footprint, Part, Whose};
pub use saved::BadSave;
pub use states::States;

use crate::{Choice, Fault};
use verdi_core::{PacketStore, PropertyId, PropertyKind, RuleId};

/// What a model's worlds are made of.
#[derive(Clone, Debug)]
pub struct Shape {
    /// The kind of each node, by number: nodes of one kind share the ids of states.
    pub kinds: Vec<u32>,
    /// How packets in flight are kept.
    pub packets: PacketStore,
    /// Whether the network has variables; without, every world's `vars` is 0.
    pub has_vars: bool,
    /// Whether the history is part of the world, or what watchers know; without either, every world's `trace` is 0.
    pub notes_events: bool,
    /// What is left of each counter of the bounds in the first world.
    pub counters: Vec<u32>,
    /// The most packets that may be in flight after a step.
    pub packets_max: Option<u64>,
    /// The most steps a run may have.
    pub depth_max: Option<u64>,
    /// Whether there is any world rule.
    pub has_world_rules: bool,
    /// The properties asked about, by id.
    pub properties: Vec<PropertyKind>,
    /// What is evaluated in worlds: the parts of all properties, by property, then the check's constraint.
    pub questions: Vec<Question>,
}

/// Something that is evaluated in worlds.
#[derive(Clone, Debug)]
pub struct Question {
    /// The property it is a part of; `None` for the check's constraint.
    pub property: Option<PropertyId>,
    /// The nodes whose state it may read, ascending. What it can tell of a state is [`Parts::glimpse`].
    pub nodes: Vec<u32>,
    /// Whether it may read the network's variables.
    pub vars: bool,
    /// Whether it may read the packets.
    pub packets: bool,
    /// Whether it may read the history, or asks what a watcher knows.
    pub trace: bool,
}

/// A whole world as ids.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Whole {
    /// The state of each node.
    pub nodes: Vec<u32>,
    /// The network's variables.
    pub vars: u32,
    /// The history, and what watchers know.
    pub trace: u32,
    /// What is left of each counter.
    pub left: Vec<u32>,
    /// The packets in flight. Bag and set: ascending, each copy. Queues: by pair of source and destination
    /// ascending, then in order.
    pub packets: Vec<u32>,
}

/// A firing that the network's variables (and, where it is anchored, the state of its node) allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Firing {
    /// What stands for it in [`Parts::update`]: equal for equal variables and equal choices.
    pub id: u32,
    /// What stands for its choice in [`Parts::choice`].
    pub choice: u32,
    /// The node at which its event happens, if any does: what it changes depends on that node's state.
    pub target: Option<u32>,
    /// The bounds on it: the position of the bound, and of the counter that must not be 0 and goes down by one.
    pub counters: Vec<(u32, u32)>,
    /// The operations of which none may be open, a bit for each: see [`Parts::open`].
    pub waits_for: u64,
}

/// What can fire, and the faults of the domains and guards that were asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Firings {
    /// Rules in order, then what binders draw, in order.
    pub firings: Vec<Firing>,
    /// The faults, without repetition.
    pub faults: Vec<(RuleId, Fault)>,
}

/// What a firing does to a world, besides taking one from each of its counters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Update {
    /// The variables after it, where they change.
    pub vars: Option<u32>,
    /// The state of its target after it, where it changes.
    pub state: Option<u32>,
    /// What it does to the packets, in order.
    pub packets: Vec<PacketOp>,
    /// What clients see of it, in order, for [`Parts::history`]; empty where no events are noted.
    pub events: Vec<u32>,
}

/// A packet goes in or out of flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PacketOp {
    /// One copy more; nothing where a set has it already. At the end of its queue.
    Add(u32),
    /// One copy less, the first of its queue; nothing where there is none.
    Remove(u32),
}

/// What world rules do in a world.
#[derive(Clone, Debug, Default)]
pub struct WorldMoves {
    /// The choices that are enabled and within the bounds, and the worlds they lead to.
    pub moves: Vec<(u32, Result<Whole, Fault>)>,
    /// Positions of the bounds that held back a firing that was enabled, ascending.
    pub held_back: Vec<u32>,
    /// The faults of domains and guards.
    pub faults: Vec<(RuleId, Fault)>,
}

/// A model taken apart. All answers are functions of their arguments: they may be remembered for ever. Ids are
/// dense, each sort from 0; they depend on the order of asking, so no result may depend on them.
pub trait Parts: Sync {
    /// What worlds are made of.
    fn shape(&self) -> &Shape;

    /// The first world.
    ///
    /// # Errors
    /// The fault of an initial value or of a start handler.
    fn first(&self) -> Result<Whole, Fault>;

    /// The firings at a node that no packet drives.
    fn anchored(&self, vars: u32, node: u32, state: u32) -> Firings;

    /// The firings at no node that no packet drives.
    fn free(&self, vars: u32) -> Firings;

    /// The firings that a packet in flight drives, at any node or none. `head`: whether it is the first of its
    /// queue (in a bag or set, every packet is).
    fn driven(&self, vars: u32, packet: u32, head: bool) -> Firings;

    /// What a firing does where its target is in a state (of no meaning where it has no target).
    ///
    /// # Errors
    /// The fault of the rule or of a handler.
    fn update(&self, firing: u32, state: u32) -> Result<Update, Fault>;

    /// A history with one more event, and what watchers know after it.
    fn history(&self, trace: u32, event: u32) -> u32;

    /// The operations that are open after a history, of those that some firing waits for: a firing that waits for one
    /// of them is not enabled.
    fn open(&self, trace: u32) -> u64;

    /// What world rules do in a world. The worlds they lead to may have more packets than `packets_max`.
    fn world_moves(&self, world: &Whole) -> WorldMoves;

    /// What a question can tell of a node's state: equal answers mean that it cannot tell the states apart.
    /// Answers are dense from 0 for each question and kind of node.
    fn glimpse(&self, question: u32, node: u32, state: u32) -> u32;

    /// The answer to a question. Parts of the world that it does not read may be anything.
    ///
    /// # Errors
    /// The fault of its evaluation.
    fn ask(&self, question: u32, world: &Whole) -> Result<bool, Fault>;

    /// The source and the destination of a packet.
    fn ends(&self, packet: u32) -> (u32, u32);

    /// The choice that an id stands for.
    fn choice(&self, choice: u32) -> Choice;

    /// A state of a kind of node in which each node `i` is called `renaming[i]` instead. A renaming is a permutation
    /// of the nodes' positions, and only exchanges nodes of one kind.
    fn renamed_state(&self, renaming: &[u32], kind: u32, state: u32) -> u32;

    /// A packet with its nodes renamed.
    fn renamed_packet(&self, renaming: &[u32], packet: u32) -> u32;

    /// The network's variables with their nodes renamed.
    fn renamed_vars(&self, renaming: &[u32], vars: u32) -> u32;

    /// A history with its nodes renamed.
    fn renamed_history(&self, renaming: &[u32], trace: u32) -> u32;

    /// A choice with its nodes renamed.
    fn renamed_choice(&self, renaming: &[u32], choice: u32) -> u32;

    /// The node that each counter is of, where each node has its own: then a bound's counters lie side by side,
    /// by node.
    fn counter_nodes(&self) -> Vec<Option<u32>>;

    /// All that has an id, for [`TakenApart::load`]; other threads may ask meanwhile.
    fn save(&self) -> Vec<u8>;

    /// About how many bytes the parts and all that is remembered of them take.
    fn bytes(&self) -> u64;
}
