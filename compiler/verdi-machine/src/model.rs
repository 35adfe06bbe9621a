use crate::{Effect, Fault};
use std::hash::Hash;
use verdi_core::{PropertyId, PropertyKind, RuleId, Value};

/// A firing of a rule: all that has to be remembered of a step. The same choice in the same world leads to
/// the same world in every engine.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Choice {
    /// The rule.
    pub rule: RuleId,
    /// What its binders drew.
    pub args: Vec<Value>,
}

/// What can happen in a world.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// The firings that are enabled and within the bounds: rules in order, then what binders draw, in order.
    pub enabled: Vec<Choice>,
    /// Positions in `Program::bounds` of those that held back a firing that was enabled.
    pub held_back: Vec<usize>,
    /// The faults of domains and guards.
    pub faults: Vec<(RuleId, Fault)>,
}

/// What a choice led to.
#[derive(Clone, Debug)]
pub enum Fired<W> {
    /// A world.
    World(W),
    /// Nowhere: the next world would hold more packets than the bound on packets allows.
    TooManyPackets,
    /// A fault: there is no next world.
    Fault(Fault),
}

/// All that a search knows of what it searches.
pub trait Model {
    /// A whole world; cheap to clone.
    type World: Clone;
    /// What identifies a world, exactly: equal keys if and only if equal worlds (within this model value).
    type Key: Clone + Eq + Hash;

    /// The first world: initial states, then every `on start` in order.
    ///
    /// # Errors
    /// The fault of an initial value or of a start handler.
    fn initial(&self) -> Result<Self::World, Fault>;

    /// What identifies a world.
    fn key(&self, world: &Self::World) -> Self::Key;

    /// What a key and the structures behind it take, in bytes, for the memory limit: an estimate.
    fn key_bytes(&self, key: &Self::Key) -> usize;

    /// What can happen in a world.
    fn choices(&self, world: &Self::World) -> Choices;

    /// What a choice leads to.
    fn fire(&self, world: &Self::World, choice: &Choice) -> Fired<Self::World>;

    /// Whether a world may be expanded: the check's `constraint`.
    ///
    /// # Errors
    /// The fault of the constraint.
    fn expandable(&self, world: &Self::World) -> Result<bool, Fault>;

    /// The properties asked about, by id.
    fn properties(&self) -> Vec<PropertyKind>;

    /// Whether an [`PropertyKind::Invariant`] or [`PropertyKind::Reach`] holds of a world.
    ///
    /// # Errors
    /// The fault of the property.
    fn holds(&self, property: PropertyId, world: &Self::World) -> Result<bool, Fault>;

    /// The most steps a run may have: the check's `bound depth`.
    fn depth_max(&self) -> Option<u64>;
}

/// What a step did, for people.
#[derive(Clone, Debug)]
pub struct Step<W> {
    /// The choice.
    pub choice: Choice,
    /// The packets that the rule itself put in flight or took out, in order.
    pub moved: Vec<Moved>,
    /// What happened at nodes, in order: at most one event, but for the first world's start handlers.
    pub ran: Vec<Ran>,
    /// The world after it; `Err` where it faulted.
    pub after: Result<W, Fault>,
}

/// A packet that a rule itself moved. What nodes send is among their effects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moved {
    /// It was put in flight; not where a set has it already.
    Added(Value),
    /// One copy was taken out of flight.
    Removed(Value),
}

/// Something that happens at a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// It starts.
    Start,
    /// An input from outside reaches it.
    Input {
        /// Who sent it.
        caller: u32,
        /// A value of the program's input type.
        body: Value,
    },
    /// A message reaches it.
    Message {
        /// Who sent it.
        src: u32,
        /// A value of the program's message type.
        body: Value,
    },
    /// A timer fires, by its position among the program's timers.
    Timeout(u32),
    /// It loses its volatile state and its timers.
    Crash,
    /// It comes back.
    Reboot,
}

/// An event at a node.
#[derive(Clone, Debug)]
pub struct Ran {
    /// The node.
    pub node: u32,
    /// What happened there.
    pub event: Event,
    /// The handler that took the event, by its position in its kind, where the function that ran says so;
    /// `None` where no handler took it.
    pub handler: Option<usize>,
    /// What it did, in order.
    pub effects: Vec<Effect>,
}
