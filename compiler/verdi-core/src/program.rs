use crate::{Const, ConstId, FuncId, Function, Span, TyId, Types, Value, Watcher, WatcherId, Wrapped};
use cranelift_entity::{PrimaryMap, entity_impl};
use smol_str::SmolStr;

/// A kind of node.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KindId(u32);
entity_impl!(KindId, "kind");

/// A node, by its position among all; kinds in order of declaration, then by index.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(u32);
entity_impl!(NodeId, "node");

/// A field of a kind's state, by its position there.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldId(u32);
entity_impl!(FieldId, "field");

/// A variable of the network.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VarId(u32);
entity_impl!(VarId, "var");

/// A rule of the network.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleId(u32);
entity_impl!(RuleId, "rule");

/// A property, by its position in the program.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PropertyId(u32);
entity_impl!(PropertyId, "property");

/// One closed model: see the crate's documentation.
#[derive(Clone, Debug)]
pub struct Program {
    /// The system as applied, such as `LockServ(clients: 3)`.
    pub name: SmolStr,
    /// All types.
    pub types: Types,
    /// The types that the machine itself handles.
    pub special: SpecialTypes,
    /// All constants.
    pub consts: PrimaryMap<ConstId, Const>,
    /// All functions.
    pub functions: PrimaryMap<FuncId, Function>,
    /// The kinds of nodes, in order of declaration.
    pub kinds: PrimaryMap<KindId, Kind>,
    /// All nodes.
    pub nodes: PrimaryMap<NodeId, NodeInfo>,
    /// The timers of all kinds; a timer's value is the constructor at its position in `special.timer`.
    pub timers: Vec<Timer>,
    /// What can happen.
    pub network: Network,
    /// What is asked.
    pub properties: PrimaryMap<PropertyId, Property>,
    /// How often rules may fire.
    pub bounds: Vec<Bound>,
    /// The most packets that may be in flight.
    pub packets_max: Option<u64>,
    /// The most steps a run may have.
    pub depth_max: Option<u64>,
    /// Worlds for which this World function gives `false` are checked but not expanded.
    pub constraint: Option<FuncId>,
    /// Kinds whose nodes the check declares to be interchangeable, and where it says so. Whether they are is
    /// for [`crate::reduce::symmetry()`] to find.
    pub symmetric: Vec<(KindId, Span)>,
    /// Whether some input's field was limited to a `domain` that is smaller than its type.
    pub domain_limited: bool,
    /// Whether the history is part of the world: where a property reads it.
    pub keeps_trace: bool,
    /// What watches its runs.
    pub watchers: PrimaryMap<WatcherId, Watcher>,
    /// Of a transformed system: what in it is whose.
    pub wrapped: Option<Wrapped>,
}

/// Types that the machine builds or takes apart itself. All but `node` are data types.
#[derive(Clone, Copy, Debug)]
pub struct SpecialTypes {
    /// `bool`.
    pub bool: TyId,
    /// `int`.
    pub int: TyId,
    /// A node.
    pub node: TyId,
    /// A caller.
    pub caller: TyId,
    /// The union of the system's messages; may have no constructors.
    pub message: TyId,
    /// The union of the inputs of all kinds.
    pub input: TyId,
    /// The union of the outputs of all kinds.
    pub output: TyId,
    /// One constructor a timer.
    pub timer: TyId,
    /// One constructor: `(src: Node, dst: Node, body: message)`.
    pub packet: TyId,
    /// One constructor: `(caller: Caller, body: input)`: what `inputs(n)` lists.
    pub invocation: TyId,
    /// `Input(at: Node, from: Caller, body: input) | Output(at: Node, to: Caller, body: output)`.
    pub event: TyId,
}

/// A kind of node.
#[derive(Clone, Debug)]
pub struct Kind {
    /// Its name.
    pub name: SmolStr,
    /// Its nodes, in order.
    pub nodes: Vec<NodeId>,
    /// Whether it was declared without a count: its one node prints without an index.
    pub single: bool,
    /// The fields of its state.
    pub fields: PrimaryMap<FieldId, Field>,
    /// The timers it has, by position in [`Program::timers`].
    pub timers: Vec<u32>,
    /// Its handlers, in order of declaration, for traces.
    pub handlers: Vec<Handler>,
    /// Node function `() -> int`: runs `on start`; the position in `handlers` of the one that ran, or -1 where
    /// none did.
    pub on_start: Option<FuncId>,
    /// Node function `(caller, input) -> int`: runs the handler that takes an input, and answers likewise.
    pub on_input: Option<FuncId>,
    /// Node function `(source node, message) -> int`, likewise.
    pub on_message: Option<FuncId>,
    /// Node function `(timer) -> int`, likewise.
    pub on_timeout: Option<FuncId>,
    /// Node function `() -> int`: runs `on reboot`, likewise.
    pub on_reboot: Option<FuncId>,
    /// Pure function `() -> List<invocation>`: what `inputs(n)` are for its nodes.
    pub inputs: FuncId,
}

/// A handler's face.
#[derive(Clone, Debug)]
pub struct Handler {
    /// Such as `on message Lock`.
    pub name: SmolStr,
    /// Where it was written.
    pub span: Span,
}

/// A field of a node's state.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: SmolStr,
    /// Its type.
    pub ty: TyId,
    /// Whether and how it outlives a crash.
    pub durability: Durability,
    /// Node function `() -> ty` that reads only `self`: its initial value.
    pub init: FuncId,
}

/// What a crash does to a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Back to its initial value.
    Volatile,
    /// Kept.
    Durable,
    /// Kept, and not part of the real system.
    Ghost,
}

/// A node.
#[derive(Clone, Debug)]
pub struct NodeInfo {
    /// Its kind.
    pub kind: KindId,
    /// Its position in its kind.
    pub index: u32,
    /// As people write it: `Server`, `Client[0]`.
    pub name: SmolStr,
}

/// A timer.
#[derive(Clone, Debug)]
pub struct Timer {
    /// Its name.
    pub name: SmolStr,
    /// Whether it is an `every` timer: armed at start and reboot, and again when it fires.
    pub every: bool,
    /// The least delay, in microseconds.
    pub from_us: u64,
    /// The end of the range of delays, in microseconds.
    pub to_us: u64,
}

/// The fault model.
#[derive(Clone, Debug)]
pub struct Network {
    /// Its name.
    pub name: SmolStr,
    /// How packets in flight are kept.
    pub packets: PacketStore,
    /// Its variables.
    pub vars: PrimaryMap<VarId, Var>,
    /// Its rules, inherited ones first.
    pub rules: PrimaryMap<RuleId, Rule>,
}

/// How packets in flight are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PacketStore {
    /// A multiset.
    Bag,
    /// A queue for each ordered pair of nodes.
    Fifo,
    /// A set: sending what is there adds nothing.
    Set,
}

/// A variable of the network.
#[derive(Clone, Debug)]
pub struct Var {
    /// Its name.
    pub name: SmolStr,
    /// Its type.
    pub ty: TyId,
    /// Pure function `() -> ty`: its initial value.
    pub init: FuncId,
}

/// A rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its name.
    pub name: SmolStr,
    /// Where it was written.
    pub span: Span,
    /// What its fairness promises.
    pub fairness: Fairness,
    /// What it draws, in order.
    pub binders: Vec<RuleBinder>,
    /// World function of all binders: whether it may fire.
    pub guard: Option<FuncId>,
    /// Rule function of all binders: what it does.
    pub body: FuncId,
    /// The node it acts on, for `per node` bounds.
    pub acts_on: Option<ActsOn>,
}

/// What a rule's fairness promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fairness {
    /// Nothing.
    None,
    /// It fires if it is enabled for ever.
    Weak,
    /// It fires if it is enabled again and again.
    Strong,
}

/// Something that a rule draws.
#[derive(Clone, Debug)]
pub struct RuleBinder {
    /// Its name.
    pub name: SmolStr,
    /// Its type.
    pub ty: TyId,
    /// World function of the binders before it, to the list it is drawn from (each element a choice).
    pub domain: FuncId,
}

/// How to find the node that a firing acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActsOn {
    /// This binder is the node.
    Node(usize),
    /// This binder is a packet: its destination.
    PacketDst(usize),
}

/// How often a rule may fire in a run.
#[derive(Clone, Debug)]
pub struct Bound {
    /// The rule.
    pub rule: RuleId,
    /// The most times.
    pub limit: u64,
    /// Whether each node has a count of its own.
    pub per_node: bool,
    /// Where it was written.
    pub span: Span,
}

/// What is asked of the worlds.
#[derive(Clone, Debug)]
pub struct Property {
    /// Its name.
    pub name: SmolStr,
    /// Where it was written.
    pub span: Span,
    /// Of which worlds it speaks.
    pub kind: PropertyKind,
    /// What the check says of it.
    pub expect: Expect,
    /// World functions `() -> bool`: it holds of a world where all hold. The parts of a conjunction, so
    /// that a report can name the one that failed. Empty for the built-in kinds, and where a watcher has the answer;
    /// for those of runs, see there.
    pub parts: Vec<PropertyPart>,
}

/// A part of a property.
#[derive(Clone, Debug)]
pub struct PropertyPart {
    /// World function `() -> bool`.
    pub func: FuncId,
    /// Where it was written.
    pub span: Span,
}

/// Of which worlds a property speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PropertyKind {
    /// It holds in every reachable world.
    Invariant,
    /// It holds in some reachable world.
    Reach,
    /// Every world has an enabled rule (bounds left aside).
    NoDeadlock,
    /// No step faults.
    NoFault,
    /// On every fair run, in whichever world its first part holds, its second holds there or later. With binders, it
    /// has such a pair of parts for all that they draw.
    LeadsTo,
    /// On every fair run, its part holds at some time. With binders, it has such a part for all that they draw.
    Eventually,
}

/// What a check says of a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// That it holds (or is reached).
    Holds,
    /// That it is violated.
    Violates,
}

impl ActsOn {
    /// The node that a firing acts on.
    pub fn node(self, args: &[Value]) -> u32 {
        match self {
            Self::Node(binder) => args[binder].as_node(),
            Self::PacketDst(binder) => args[binder].fields()[1].as_node(),
        }
    }
}

impl PropertyKind {
    /// The name of the built-in property that holds where no step faults.
    pub const NO_FAULT: &'static str = "no_fault";

    /// The name of the built-in property that holds where no world is stuck.
    pub const DEADLOCK_FREE: &'static str = "deadlock_free";

    /// Whether it speaks of runs without end, not of worlds.
    pub fn is_live(self) -> bool {
        self.case_parts().is_some()
    }

    /// How many parts there are for one thing drawn, of a property of runs.
    pub fn case_parts(self) -> Option<usize> {
        match self {
            Self::LeadsTo => Some(2),
            Self::Eventually => Some(1),
            Self::Invariant | Self::Reach | Self::NoDeadlock | Self::NoFault => None,
        }
    }
}

impl Program {
    /// The name of a node, as people write it.
    pub fn node_name(&self, node: u32) -> &str {
        self.nodes.get(NodeId::from_u32(node)).map_or("?", |info| &info.name)
    }

    /// Whether a node is of a kind.
    pub fn node_is(&self, node: u32, kind: KindId) -> bool {
        self.nodes.get(NodeId::from_u32(node)).is_some_and(|info| info.kind == kind)
    }

    /// The kind of a node.
    pub fn kind_of(&self, node: u32) -> &Kind {
        &self.kinds[self.nodes[NodeId::from_u32(node)].kind]
    }
}
