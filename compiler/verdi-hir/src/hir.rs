//! A resolved and typed program: what the type checker guarantees to lowering.
//!
//! Every name is an id, every method an [`Op`] or a form of its own, every argument positional, every
//! expression has a type without inference variables. Generic still: types and functions by their parameters,
//! systems by their parameters; a network knows no system. Patterns are patterns still, statements nested.
//! Absent: anything that could not be resolved. An item with errors may hold [`Ty::Error`] and
//! [`ExprKind::Error`]; a program that has reported errors is never lowered.

use cranelift_entity::{PrimaryMap, entity_impl};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
pub use verdi_core::{Durability, Expect, Fairness, FieldId, KindId, Span};
use verdi_core::{Op, PacketStore};

/// A data type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct TypeId(u32);
entity_impl!(TypeId, "type");

/// A type parameter: of one type, function or system; unique in the program.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TyParamId(u32);
entity_impl!(TyParamId, "tyvar");

/// A pure function.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FnId(u32);
entity_impl!(FnId, "fun");

/// A system.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SystemId(u32);
entity_impl!(SystemId, "system");

/// A network.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NetworkId(u32);
entity_impl!(NetworkId, "network");

/// A transformer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TransformerId(u32);
entity_impl!(TransformerId, "transformer");

/// A variable of one [`Code`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LocalId(u32);
entity_impl!(LocalId, "local");

/// A proc of one [`Kind`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProcId(u32);
entity_impl!(ProcId, "proc");

/// A session's modules together.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Data types, user-declared and built in.
    pub types: PrimaryMap<TypeId, TypeDef>,
    /// The names of type parameters.
    pub ty_params: PrimaryMap<TyParamId, SmolStr>,
    /// Pure functions.
    pub fns: PrimaryMap<FnId, FnDef>,
    /// Systems.
    pub systems: PrimaryMap<SystemId, System>,
    /// Networks, `extends` and `restrict` already applied.
    pub networks: PrimaryMap<NetworkId, Network>,
    /// Transformers.
    pub transformers: PrimaryMap<TransformerId, Transformer>,
    /// The system that a transformer and a system with its type arguments became, for each that was asked for.
    pub applied: FxHashMap<(TransformerId, SystemId, Vec<Ty>), SystemId>,
    /// Checks, in source order.
    pub checks: Vec<Check>,
    /// Tests, in source order.
    pub tests: Vec<Test>,
    /// The built-in types.
    pub builtin: Builtin,
}

/// Built-in data types: entries of [`Program::types`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Builtin {
    /// `Option<T>`: constructors `None` (0) and `Some` (1).
    pub option: Option<TypeId>,
}

/// A type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Ty {
    /// `bool`.
    Bool,
    /// `int`.
    Int,
    /// `string`.
    Str,
    /// `Node`: any node.
    Node,
    /// A kind of node; also a `Node`.
    Kind(SystemId, KindId),
    /// A kind that a transformer declares; also a `Node`.
    Wrapper(TransformerId, KindId),
    /// `Caller`.
    Caller,
    /// `List<T>`.
    List(Box<Ty>),
    /// `Set<T>`.
    Set(Box<Ty>),
    /// `Map<K, V>`.
    Map(Box<Ty>, Box<Ty>),
    /// `(A, B)`.
    Tuple(Vec<Ty>),
    /// A data type and its arguments; `Option<T>` too.
    Data(TypeId, Vec<Ty>),
    /// The union of the messages of the system at hand; in a network opaque.
    Message,
    /// The union of its inputs.
    Input,
    /// The union of its outputs.
    Output,
    /// Its timers.
    Timer,
    /// A packet: `.src .dst .body`.
    Packet,
    /// What `inputs(n)` lists: an input and its caller.
    Invocation,
    /// An entry of the history.
    Event,
    /// In a transformer: `S.Message`, `S.State`, ….
    Subject(SubjectTy),
    /// In a transformer: `S.Effects`, with `sends: List<(S.Message, Node)>` and `outputs: List<S.Output>`.
    Effects,
    /// A type parameter.
    Param(TyParamId),
    /// An inference variable; never leaves the checker.
    Infer(u32),
    /// Something whose error was reported.
    Error,
}

/// A type of a transformer's subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SubjectTy {
    /// `S.Message`.
    Message,
    /// `S.Input`.
    Input,
    /// `S.Output`.
    Output,
    /// `S.Timer`.
    Timer,
    /// `S.State`.
    State,
    /// `S.Node`.
    Node,
    /// A packet of the subject: what a `lift` lists.
    Packet,
}

/// A data type.
#[derive(Clone, Debug)]
pub struct TypeDef {
    /// Its name.
    pub name: SmolStr,
    /// Where its name was declared.
    pub span: Span,
    /// The system it was declared in, if any.
    pub system: Option<SystemId>,
    /// Its parameters.
    pub params: Vec<TyParamId>,
    /// Its constructors.
    pub ctors: Vec<Variant>,
}

/// A constructor, message, input or output.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Its name.
    pub name: SmolStr,
    /// Where its name was declared.
    pub span: Span,
    /// Labels and types of its fields (labels are empty only for `Some`).
    pub fields: Vec<(SmolStr, Ty)>,
}

/// A constructor, by what it constructs and its position there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CtorRef {
    /// Of a data type.
    Data(TypeId, u32),
    /// A message of the system at hand.
    Message(u32),
    /// An input of the system at hand.
    Input(u32),
    /// An output of the system at hand.
    Output(u32),
    /// `Event.Input(at, from, body)` is 0, `Event.Output(at, to, body)` is 1.
    Event(u32),
    /// A timer of the system at hand. No source names one; code that is embedded may.
    Timer(u32),
    /// `packet(src, dst, body)`.
    Packet,
    /// In a `lift`: a packet of the subject.
    SubjectPacket,
}

/// Something that is computed or done, with its variables.
#[derive(Clone, Debug)]
pub struct Code {
    /// Its parameters, in order.
    pub params: Vec<LocalId>,
    /// Parameters and variables.
    pub locals: PrimaryMap<LocalId, Local>,
    /// What it computes or does.
    pub body: Expr,
}

/// A variable.
#[derive(Clone, Debug)]
pub struct Local {
    /// Its name.
    pub name: SmolStr,
    /// Where it was bound.
    pub span: Span,
    /// Its type.
    pub ty: Ty,
    /// Whether it is a `var`.
    pub mutable: bool,
}

/// A pure function.
#[derive(Clone, Debug)]
pub struct FnDef {
    /// Its name.
    pub name: SmolStr,
    /// Where its name was declared.
    pub span: Span,
    /// Its documentation.
    pub doc: String,
    /// The system it belongs to, whose parameters and kinds it may use.
    pub system: Option<SystemId>,
    /// The transformer it belongs to, likewise.
    pub transformer: Option<TransformerId>,
    /// Its type parameters.
    pub type_params: Vec<TyParamId>,
    /// The type of its result.
    pub result: Ty,
    /// Whether it (or what it calls) reads the world (`n.field`, `packets`, …): only properties may call it.
    pub reads_world: bool,
    /// Of a transformed system: whether it is the `S.apply` of the machine that was transformed.
    pub applies: bool,
    /// Its body.
    pub code: Code,
}

/// A system.
#[derive(Clone, Debug)]
pub struct System {
    /// Its name.
    pub name: SmolStr,
    /// Where its name was declared.
    pub span: Span,
    /// Its documentation.
    pub doc: String,
    /// Its type parameters.
    pub type_params: Vec<TyParamId>,
    /// Its value parameters.
    pub params: Vec<Param>,
    /// `system A(…) = B(…)`: what it stands for; its members are then empty.
    pub alias: Option<Subject>,
    /// Of a transformed system: the transformer and what it was applied to.
    pub transformed: Option<(TransformerId, SystemId)>,
    /// Of a transformed system: the world of its subject that a world of it stands for.
    pub lifting: Option<Lifting>,
    /// Of a transformed system: the types of its subject's messages and states.
    pub carried: Vec<TypeId>,
    /// What it declares.
    pub members: Members,
}

/// The world of the subject that a world of a transformed system stands for.
#[derive(Clone, Debug)]
pub struct Lifting {
    /// From a node to its state, of a data type with a constructor for each kind of the subject.
    pub state: FnId,
    /// The packets, a list of records `(src, dst, body)`.
    pub packets: FnId,
    /// The timer here for each of the subject's, by position in its [`Members::timers`].
    pub timers: Vec<u32>,
}

/// A value parameter of a system or transformer.
#[derive(Clone, Debug)]
pub struct Param {
    /// Its name.
    pub name: SmolStr,
    /// Where it was declared.
    pub span: Span,
    /// Its type.
    pub ty: Ty,
    /// Its default: may use the parameters before it.
    pub default: Option<Code>,
}

/// What a system or transformer declares.
#[derive(Clone, Debug, Default)]
pub struct Members {
    /// The union of its messages.
    pub messages: Vec<Variant>,
    /// The union of the inputs of its kinds.
    pub inputs: Vec<Variant>,
    /// The union of the outputs of its kinds.
    pub outputs: Vec<Variant>,
    /// The union of the timers of its kinds, by name and schedule.
    pub timers: Vec<Timer>,
    /// Its kinds of nodes.
    pub kinds: PrimaryMap<KindId, Kind>,
    /// Its properties, in source order.
    pub properties: Vec<Property>,
    /// Its monitors.
    pub monitors: Vec<Monitor>,
}

/// A timer. Kinds that declare the same name share an entry only if the schedules agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timer {
    /// Its name.
    pub name: SmolStr,
    /// Whether it is an `every` timer.
    pub every: bool,
    /// The least delay, in microseconds.
    pub from_us: u64,
    /// The end of the range, in microseconds.
    pub to_us: u64,
}

/// A kind of node.
#[derive(Clone, Debug)]
pub struct Kind {
    /// Its name.
    pub name: SmolStr,
    /// Where its name was declared.
    pub span: Span,
    /// How many; `None` for a single node.
    pub count: Option<Code>,
    /// In a transformer: this wraps the subject's nodes.
    pub wraps_subject: bool,
    /// Its state.
    pub fields: PrimaryMap<FieldId, Field>,
    /// Its inputs, by position in [`Members::inputs`].
    pub inputs: Vec<u32>,
    /// Its outputs, by position in [`Members::outputs`].
    pub outputs: Vec<u32>,
    /// Its timers, by position in [`Members::timers`].
    pub timers: Vec<u32>,
    /// Its handlers, in order.
    pub handlers: Vec<Handler>,
    /// Its procs.
    pub procs: PrimaryMap<ProcId, Proc>,
}

/// A field of a node's state.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: SmolStr,
    /// Where its name was declared.
    pub span: Span,
    /// Its type.
    pub ty: Ty,
    /// What a crash does to it.
    pub durability: Durability,
    /// Its initial value: may use `self` and the system's parameters.
    pub init: Code,
}

/// A proc.
#[derive(Clone, Debug)]
pub struct Proc {
    /// Its name.
    pub name: SmolStr,
    /// Where its name was declared.
    pub span: Span,
    /// The type of its result, if it returns one.
    pub result: Option<Ty>,
    /// Of a transformed system: whether it runs the handlers of a wrapped node, of which event, and so many layers further
    /// in.
    pub runs: Option<(InnerOp, u32)>,
    /// What it does.
    pub code: Code,
}

/// A handler. Pattern, guard and body share the variables of `code`, whose parameters are those of its event:
/// none for start, reboot and timeout; `(caller, input)` for an input; `(source, message)` for a message.
#[derive(Clone, Debug)]
pub struct Handler {
    /// As people refer to it: `on message Lock`.
    pub name: SmolStr,
    /// From `on` to the end of its head.
    pub span: Span,
    /// What it runs on.
    pub event: Event,
    /// `when e`; what it binds with `is` is seen by the body.
    pub guard: Option<Expr>,
    /// What it does.
    pub code: Code,
}

/// What a handler runs on.
#[derive(Clone, Debug)]
pub enum Event {
    /// `on start`.
    Start,
    /// An input: what the second parameter must match.
    Input(Pattern),
    /// A message: what the second parameter must match, and the kind its source must have.
    Message(Pattern, Option<KindId>),
    /// A timer, by position in [`Members::timers`]; `None` for a transformer's `on timeout inner t`.
    Timeout(Option<u32>),
    /// `on reboot`.
    Reboot,
}

/// A property.
#[derive(Clone, Debug)]
pub struct Property {
    /// Its name.
    pub name: SmolStr,
    /// Where its name was declared.
    pub span: Span,
    /// Its documentation.
    pub doc: String,
    /// What it claims.
    pub kind: PropertyKind,
}

/// See [`Property`].
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "a program has few properties")]
pub enum PropertyKind {
    /// Holds in every world.
    Invariant {
        /// Whether it claims to imply itself across every step.
        inductive: bool,
        /// A `bool`.
        code: Code,
    },
    /// `p ~> q`.
    LeadsTo(Draws, Code, Code),
    /// `eventually p`.
    Eventually(Draws, Code),
}

/// What a property of runs is claimed for each of: parameters of its code, in order.
#[derive(Clone, Debug, Default)]
pub struct Draws {
    /// Names and types.
    pub binders: Vec<(SmolStr, Ty)>,
    /// Where each is drawn from: a list, without parameters.
    pub domains: Vec<Code>,
}

/// A monitor.
#[derive(Clone, Debug)]
pub struct Monitor {
    /// Its name.
    pub name: SmolStr,
    /// Where its name was declared.
    pub span: Span,
    /// Its state.
    pub fields: PrimaryMap<FieldId, Field>,
    /// What it watches: the pattern (with `(node, body)` as the code's parameters), the guard, the body; no
    /// pattern and no parameters for `on step`.
    pub handlers: Vec<MonitorHandler>,
}

/// See [`Monitor`].
#[derive(Clone, Debug)]
pub struct MonitorHandler {
    /// What it watches.
    pub event: MonitorEvent,
    /// `when e`.
    pub guard: Option<Expr>,
    /// What it does.
    pub code: Code,
}

/// See [`Monitor`].
#[derive(Clone, Debug)]
pub enum MonitorEvent {
    /// An input, at a node of a kind.
    Input(Pattern, Option<KindId>),
    /// An output, at a node of a kind.
    Output(Pattern, Option<KindId>),
    /// Any step.
    Step,
}

/// A network.
#[derive(Clone, Debug)]
pub struct Network {
    /// Its name.
    pub name: SmolStr,
    /// Where its name was declared.
    pub span: Span,
    /// Its documentation.
    pub doc: String,
    /// How packets in flight are kept.
    pub packets: PacketStore,
    /// Its variables, inherited ones first.
    pub vars: Vec<NetVar>,
    /// Its rules, inherited ones first.
    pub rules: Vec<Rule>,
}

/// A variable of a network.
#[derive(Clone, Debug)]
pub struct NetVar {
    /// Its name.
    pub name: SmolStr,
    /// Its type.
    pub ty: Ty,
    /// Its initial value.
    pub init: Code,
}

/// A rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its name.
    pub name: SmolStr,
    /// Where its name was declared.
    pub span: Span,
    /// Its documentation.
    pub doc: String,
    /// What its fairness promises.
    pub fairness: Fairness,
    /// Names and types of what it draws.
    pub binders: Vec<(SmolStr, Ty)>,
    /// Where each binder is drawn from (a list or set), with the binders before it as parameters.
    pub domains: Vec<Code>,
    /// Its own guard and all restrictions, each with all binders as parameters.
    pub guards: Vec<Code>,
    /// What it does, with all binders as parameters.
    pub body: Code,
}

/// A transformer.
#[derive(Clone, Debug)]
pub struct Transformer {
    /// Its name.
    pub name: SmolStr,
    /// Where its name was declared.
    pub span: Span,
    /// Its documentation.
    pub doc: String,
    /// The name of its subject.
    pub subject: SmolStr,
    /// Whether it takes a machine rather than a system.
    pub machine: bool,
    /// Its other parameters.
    pub params: Vec<Param>,
    /// The network of the subject's claim.
    pub from: Option<NetworkId>,
    /// The network of the result's claim.
    pub to: Option<NetworkId>,
    /// What it declares.
    pub members: Members,
    /// Its lifting: the state of a node (its parameter is the node), and the packets.
    pub lift: Option<(Code, Option<Code>)>,
}

/// A system as applied.
#[derive(Clone, Debug)]
pub enum Subject {
    /// `LockServ(clients: 3)`: type arguments, then one argument for each parameter; `None` takes the default.
    System(SystemId, Vec<Ty>, Vec<Option<Code>>),
    /// `reliable(…)`: the subject and the other arguments.
    Transformed(TransformerId, Box<Subject>, Vec<Option<Code>>),
    /// Its error was reported.
    Error,
}

/// A check.
#[derive(Clone, Debug)]
pub struct Check {
    /// What it shows.
    pub title: SmolStr,
    /// The whole check.
    pub span: Span,
    /// Its system.
    pub subject: Subject,
    /// The source of `subject`, on one line.
    pub subject_text: SmolStr,
    /// The network; `None` where the clause is missing (an error was reported).
    pub network: Option<NetworkId>,
    /// `bound rule <= n`.
    pub bounds: Vec<Bound>,
    /// `bound packets <= n`.
    pub packets_max: Option<Code>,
    /// `bound depth <= n`.
    pub depth_max: Option<Code>,
    /// `domain Put.key = e`.
    pub domains: Vec<Domain>,
    /// `clients n`.
    pub clients: Option<Code>,
    /// `constraint e`, each a `bool` over the world.
    pub constraints: Vec<Code>,
    /// `symmetric K`.
    pub symmetric: Vec<(KindId, Span)>,
    /// What is expected, in order; where nothing is, every property of the system.
    pub claims: Vec<Claim>,
}

/// `bound rule <= n per node`.
#[derive(Clone, Debug)]
pub struct Bound {
    /// The rule; it exists in the check's network.
    pub rule: SmolStr,
    /// An `int`.
    pub limit: Code,
    /// Whether each node has a count of its own.
    pub per_node: bool,
    /// The clause.
    pub span: Span,
}

/// `domain Put.key = e`.
#[derive(Clone, Debug)]
pub struct Domain {
    /// The input, by position in [`Members::inputs`].
    pub input: u32,
    /// Its field.
    pub field: u32,
    /// A list or set of the field's type.
    pub values: Code,
    /// The clause.
    pub span: Span,
}

/// What a check expects.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The clause, or the name in it.
    pub span: Span,
    /// What it expects.
    pub kind: ClaimKind,
}

/// See [`Claim`].
#[derive(Clone, Debug)]
pub enum ClaimKind {
    /// `holds p`.
    Holds(PropertyRef),
    /// `violates p`.
    Violates(PropertyRef),
    /// `reaches name: e`.
    Reaches(SmolStr, Code),
    /// `deadlock free`.
    DeadlockFree,
    /// `refines S under n`, or that it is violated.
    Refines(Subject, Option<NetworkId>, Expect),
    /// `linearizable as M`.
    Linearizable(Subject),
}

/// A property that a claim names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PropertyRef {
    /// Of the system, by position in [`Members::properties`].
    Property(u32),
    /// A monitor, by position in [`Members::monitors`].
    Monitor(u32),
    /// What the check's `linearizable as M` claims.
    Linearizable,
    /// The built-in `no_fault`.
    NoFault,
    /// The built-in `deadlock_free`.
    DeadlockFree,
}

/// A test.
#[derive(Clone, Debug)]
pub struct Test {
    /// What it shows.
    pub title: SmolStr,
    /// The whole test.
    pub span: Span,
    /// Its system.
    pub subject: Subject,
    /// The source of `subject`, on one line.
    pub subject_text: SmolStr,
    /// The network.
    pub network: Option<NetworkId>,
    /// Its steps.
    pub steps: Vec<TestStep>,
}

/// A step of a test.
#[derive(Clone, Debug)]
pub struct TestStep {
    /// The whole step.
    pub span: Span,
    /// What it is.
    pub kind: TestStepKind,
}

/// See [`TestStep`]. All code sees the world as properties do.
#[derive(Clone, Debug)]
pub enum TestStepKind {
    /// A `bool` that must hold.
    Expect(Code),
    /// An input (of type [`Ty::Input`]) at a node, from a caller's number.
    Input {
        /// The input.
        input: Code,
        /// The node.
        at: Code,
        /// An `int`; 0 unless said.
        from: Option<Code>,
    },
    /// A rule whose one binder is a packet.
    Packet {
        /// The rule.
        rule: SmolStr,
        /// Of a message (its parameter): whether it is meant.
        matches: Code,
        /// The source.
        from: Code,
        /// The destination.
        to: Code,
    },
    /// `timeout t at n`.
    Timeout {
        /// By position in [`Members::timers`].
        timer: u32,
        /// The node.
        at: Code,
    },
    /// Any other rule, with values for its binders in order.
    Rule {
        /// The rule.
        rule: SmolStr,
        /// One for each binder.
        args: Vec<Code>,
    },
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// Its source.
    pub span: Span,
    /// Its type; the empty tuple where it has no value.
    pub ty: Ty,
    /// What it is.
    pub kind: ExprKind,
}

/// See [`Expr`].
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// A literal.
    Int(i64),
    /// A literal.
    Bool(bool),
    /// A literal.
    Str(SmolStr),
    /// A variable of the code at hand.
    Local(LocalId),
    /// A value parameter of the system (or transformer) at hand, by position.
    Param(u32),
    /// `self`.
    SelfNode,
    /// Node: a field of the own state.
    Field(FieldId),
    /// World: a field of another node: the node, its kind.
    NodeField(Box<Expr>, KindId, FieldId),
    /// The first caller: who asks where nobody is said to.
    FirstCaller,
    /// Whether a node is of a kind.
    NodeIs(Box<Expr>, KindId),
    /// The list of the nodes of a kind; of all nodes for `None` (`Node`, and a network's `nodes`).
    Nodes(Option<KindId>),
    /// The node of a single kind.
    SingleNode(KindId),
    /// World and rules: a variable of the network, by name.
    NetVar(SmolStr),
    /// World and rules: the packets, copies each.
    Packets,
    /// Rules' binders: each distinct packet.
    DistinctPackets,
    /// World and rules: `packets.heads()`.
    Heads,
    /// World and rules: `timers(n)`, a list.
    Timers(Box<Expr>),
    /// Rules: `inputs(n)`, a list.
    Inputs(Box<Expr>),
    /// World: the history.
    Trace,
    /// `(a, b)`; `()` has type `Tuple([])`.
    Tuple(Vec<Expr>),
    /// `[a, b]`.
    List(Vec<Expr>),
    /// `set[a, b]`.
    Set(Vec<Expr>),
    /// `map[k: v]`.
    Map(Vec<(Expr, Expr)>),
    /// `[e for …]`, or a set by the expression's type.
    Comprehension(Box<Expr>, Clauses),
    /// `map[k: v for …]`.
    MapComprehension(Box<Expr>, Box<Expr>, Clauses),
    /// `count(…)`.
    Count(Clauses),
    /// `sum`, `max`, `min` over clauses.
    Fold(FoldKind, Box<Expr>, Clauses),
    /// `forall` (true) or `exists` (false).
    Quantifier(bool, Clauses, Box<Expr>),
    /// A constructor with all its fields in order.
    Make(CtorRef, Vec<Expr>),
    /// `C(..base, f: e)`: the base and the fields that change, by position.
    Copy(CtorRef, Box<Expr>, Vec<(u32, Expr)>),
    /// A field of a record (a type of one constructor), packet or event payload.
    Get(Box<Expr>, CtorRef, u32),
    /// In a transformer: a field of `S.Effects`: 0 is `sends`, 1 is `outputs`.
    EffectsField(Box<Expr>, u32),
    /// In a transformer: `inner`, the state of the wrapped node; in a `lift`, of the given node.
    InnerState(Option<Box<Expr>>),
    /// In a transformer: runs a handler of the wrapped node; of a machine, `S.init` and `S.apply`.
    Inner(InnerOp, Vec<Expr>),
    /// A primitive operation.
    Op(Op, Vec<Expr>),
    /// `a && b`: what `a` binds with `is` is seen in `b`.
    And(Box<Expr>, Box<Expr>),
    /// `a || b`.
    Or(Box<Expr>, Box<Expr>),
    /// `a ==> b`: what `a` binds with `is` is seen in `b`.
    Implies(Box<Expr>, Box<Expr>),
    /// `e is P`.
    Is(Box<Expr>, Pattern),
    /// `if`: what the condition binds is seen in the first branch. Without `else` it has no value.
    If(Condition, Box<Expr>, Option<Box<Expr>>),
    /// `match`: exhaustive.
    Match(Box<Expr>, Vec<Arm>),
    /// `{ … }`: its value is that of the last expression, if any and wanted.
    Block(Vec<Stmt>, Option<Box<Expr>>),
    /// A pure function, with its type arguments.
    Call(FnId, Vec<Ty>, Vec<Expr>),
    /// Node: a proc of the kind at hand.
    CallProc(ProcId, Vec<Expr>),
    /// Its error was reported.
    Error,
}

/// A handler of the wrapped node, or a function of a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the method of its name")]
pub enum InnerOp {
    Start,
    Input,
    Message,
    Timeout,
    Reboot,
    MachineInit,
    MachineApply,
}

/// `sum`, `max` or `min`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the fold of its name")]
pub enum FoldKind {
    Sum,
    Max,
    Min,
}

/// The condition of an `if`.
#[derive(Clone, Debug)]
pub enum Condition {
    /// A `bool`.
    Expr(Box<Expr>),
    /// `let p = e`.
    Let(Pattern, Box<Expr>),
}

/// `x in xs, y in ys if p`.
#[derive(Clone, Debug)]
pub struct Clauses {
    /// What is drawn from where (a list, a set, or a map as pairs). A value that the pattern does not match
    /// is passed over.
    pub binders: Vec<(Pattern, Expr)>,
    /// Which draws count; what it binds with `is` is seen in the body.
    pub filter: Option<Box<Expr>>,
}

/// `p => e`.
#[derive(Clone, Debug)]
pub struct Arm {
    /// Which values.
    pub pattern: Pattern,
    /// The result.
    pub body: Expr,
}

/// A pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// Its source.
    pub span: Span,
    /// The type of what it is matched against.
    pub ty: Ty,
    /// What it matches.
    pub kind: PatternKind,
}

/// See [`Pattern`].
#[derive(Clone, Debug)]
pub enum PatternKind {
    /// Anything.
    Wildcard,
    /// Anything, bound.
    Bind(LocalId),
    /// A literal.
    Int(i64),
    /// A literal.
    Bool(bool),
    /// A literal.
    Str(SmolStr),
    /// A constructor, with one pattern for each of its fields.
    Ctor(CtorRef, Vec<Pattern>),
    /// A tuple.
    Tuple(Vec<Pattern>),
    /// A list: its first elements, and whether more may follow (and are bound as a list).
    List(Vec<Pattern>, Option<Option<LocalId>>),
    /// The first alternative that matches; all bind the same variables.
    Or(Vec<Pattern>),
    /// Its error was reported.
    Error,
}

/// A statement.
#[derive(Clone, Debug)]
pub struct Stmt {
    /// Its source.
    pub span: Span,
    /// What it does.
    pub kind: StmtKind,
}

/// See [`Stmt`].
#[derive(Clone, Debug)]
pub enum StmtKind {
    /// `let p = e`: the pattern cannot fail. `var x = e` too.
    Let(Pattern, Expr),
    /// `place := e`.
    Assign(Place, Expr),
    /// `place.push(e)`: the operation's first argument and its result are the place.
    Update(Place, Op, Vec<Expr>),
    /// For its effect.
    Expr(Expr),
    /// `send body to node`: the message, the node.
    Send(Expr, Expr),
    /// `broadcast body to nodes` (a list or set): to all but `self`.
    Broadcast(Expr, Expr),
    /// `output body to caller`.
    Output(Expr, Option<Expr>),
    /// `start t`, by position in [`Members::timers`].
    Start(u32),
    /// `stop t`.
    Stop(u32),
    /// `for p in e { … }` over a list, a set, or a map as pairs.
    For(Pattern, Expr, Expr),
    /// `assert e, "why"`; the text is the reason, or the source of `e`.
    Assert(Expr, SmolStr),
    /// `return e`.
    Return(Option<Expr>),
    /// Rule: `packets.add(p)`.
    AddPacket(Expr),
    /// Rule: `packets.remove(p)`.
    RemovePacket(Expr),
    /// Rule: `input i at n`.
    FireInput(Expr, Expr),
    /// Rule: `deliver p`.
    FireDeliver(Expr),
    /// Rule: `timeout t at n`.
    FireTimeout(Expr, Expr),
    /// Rule: `crash n`.
    FireCrash(Expr),
    /// Rule: `reboot n`.
    FireReboot(Expr),
}

/// Something that can be assigned.
#[derive(Clone, Debug)]
pub struct Place {
    /// What is changed.
    pub root: PlaceRoot,
    /// The type of the root.
    pub ty: Ty,
    /// The way into it.
    pub path: Vec<PlaceStep>,
}

/// See [`Place`].
#[derive(Clone, Debug)]
pub enum PlaceRoot {
    /// A `var`.
    Local(LocalId),
    /// A field of the own state (in a monitor: of its state).
    Field(FieldId),
    /// Rule: a variable of the network.
    NetVar(SmolStr),
}

/// See [`Place`].
#[derive(Clone, Debug)]
pub struct PlaceStep {
    /// Its source.
    pub span: Span,
    /// The type of what it leads to.
    pub ty: Ty,
    /// Where it leads.
    pub kind: PlaceStepKind,
}

/// See [`Place`].
#[derive(Clone, Debug)]
pub enum PlaceStepKind {
    /// `.field` of a record.
    Field(CtorRef, u32),
    /// `[i]` of a list.
    ListIndex(Expr),
    /// `[k]` of a map.
    MapKey(Expr),
}
