//! The tree that the parser builds: what was written, nothing resolved.
//!
//! Every node has the span of its text. Names are unresolved; sugar is kept. An `Error` node stands where
//! the parser recovered, always together with a diagnostic, so later phases pass over it in silence.
//! Comments and blank lines are not in the tree: they are the formatter's, which works on tokens.
//!
//! No tree is deeper than [`crate::MAX_DEPTH`]: recursion over it is safe.

use smol_str::SmolStr;
use verdi_diagnostics::Span;

/// An identifier and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The text.
    pub text: SmolStr,
    /// Where it stands.
    pub span: Span,
}

/// A whole file.
#[derive(Clone, Debug, Default)]
pub struct Module {
    /// In source order.
    pub items: Vec<Item>,
}

/// The lines of a `///` comment before an item, joined by newlines; empty where there is none.
pub type Doc = String;

/// A top-level declaration.
#[derive(Clone, Debug)]
pub enum Item {
    /// `use std.transformers.{a, b}` or `use "path".{A}`.
    Use(Use),
    /// `type …`, also inside systems and transformers.
    Type(TypeDecl),
    /// `fn …`, also inside systems and transformers.
    Fn(FnDecl),
    /// `system Name<T>(…) { … }` or `system Name(…) = expression`.
    System(SystemDecl),
    /// `network name extends other { … }`.
    Network(NetworkDecl),
    /// `transformer name(S: system, …) from a to b { … }`.
    Transformer(TransformerDecl),
    /// `check "…" system { … }`.
    Check(CheckDecl),
    /// `test "…" for system under network { … }`.
    Test(TestDecl),
    /// Text that could not be parsed.
    Error(Span),
}

/// `use std.a.{x, y}` / `use "path.verdi".{X}`.
#[derive(Clone, Debug)]
pub struct Use {
    /// The whole item.
    pub span: Span,
    /// Where from.
    pub source: UseSource,
    /// The names that are brought into scope.
    pub names: Vec<Name>,
}

/// Where a `use` takes its names from.
#[derive(Clone, Debug)]
pub enum UseSource {
    /// `std.network`: the segments.
    Path(Vec<Name>),
    /// `"path/to/other.verdi"`, relative to this file.
    File(SmolStr, Span),
}

/// `type Name<A, B> = …` / `type Name<A>(field: T)`.
#[derive(Clone, Debug)]
pub struct TypeDecl {
    /// The whole declaration.
    pub span: Span,
    /// Its documentation.
    pub doc: Doc,
    /// Its name.
    pub name: Name,
    /// Its type parameters.
    pub params: Vec<Name>,
    /// What it is.
    pub body: TypeBody,
}

/// The right-hand side of a type declaration. `type X = Y` with one bare name is parsed as an
/// [`TypeBody::Alias`]; with `(` or `|` it is [`TypeBody::Variants`].
#[derive(Clone, Debug)]
pub enum TypeBody {
    /// `= int`.
    Alias(Type),
    /// `(term: int, command: string)`.
    Record(Vec<FieldDecl>),
    /// `= Follower | Candidate(votes: Set<Node>) | Leader`; a leading `|` is allowed.
    Variants(Vec<VariantDecl>),
}

/// A constructor, a message, an input or an output: `Name` or `Name(field: T, …)`.
#[derive(Clone, Debug)]
pub struct VariantDecl {
    /// The whole declaration.
    pub span: Span,
    /// Its documentation (messages, inputs and outputs: of the line they stand on).
    pub doc: Doc,
    /// Its name.
    pub name: Name,
    /// Its fields.
    pub fields: Vec<FieldDecl>,
}

/// `name: T`. Fields always have a name.
#[derive(Clone, Debug)]
pub struct FieldDecl {
    /// The field's name.
    pub name: Name,
    /// Its type.
    pub ty: Type,
}

/// A type as written.
#[derive(Clone, Debug)]
pub struct Type {
    /// The whole type.
    pub span: Span,
    /// What it is.
    pub kind: TypeKind,
}

/// See [`Type`].
#[derive(Clone, Debug)]
pub enum TypeKind {
    /// `int`, `List<T>`, `Client`, `Pair<A, B>`.
    Named(Name, Vec<Type>),
    /// `S.Message`.
    Member(Name, Name),
    /// `(A, B)`; `()` is the empty tuple.
    Tuple(Vec<Type>),
    /// Could not be parsed.
    Error,
}

/// `name: T = default`, of a system, transformer, function or proc. Functions and procs always have a
/// type and never a default; the checker says so.
#[derive(Clone, Debug)]
pub struct Param {
    /// The whole parameter.
    pub span: Span,
    /// Its name.
    pub name: Name,
    /// Its type; absent only where the parser recovered.
    pub ty: Option<Type>,
    /// The value it has when no argument is given.
    pub default: Option<Expr>,
}

/// `fn name<T>(x: T): T { … }`.
#[derive(Clone, Debug)]
pub struct FnDecl {
    /// The whole declaration.
    pub span: Span,
    /// Its documentation.
    pub doc: Doc,
    /// Its name.
    pub name: Name,
    /// Its type parameters.
    pub type_params: Vec<Name>,
    /// Its parameters.
    pub params: Vec<Param>,
    /// The type of its result.
    pub result: Option<Type>,
    /// Its body, which ends in an expression or returns on every path.
    pub body: Block,
}

/// A system.
#[derive(Clone, Debug)]
pub struct SystemDecl {
    /// The whole declaration.
    pub span: Span,
    /// Its documentation.
    pub doc: Doc,
    /// Its name.
    pub name: Name,
    /// Its type parameters.
    pub type_params: Vec<Name>,
    /// Its value parameters.
    pub params: Vec<Param>,
    /// What it is.
    pub body: SystemBody,
}

/// See [`SystemDecl`].
#[derive(Clone, Debug)]
pub enum SystemBody {
    /// `{ … }`.
    Members(Vec<SystemItem>),
    /// `= reliable(LockServ(clients: n))`: an application.
    Application(Expr),
}

/// What stands inside a system or a transformer.
#[derive(Clone, Debug)]
pub enum SystemItem {
    /// A type.
    Type(TypeDecl),
    /// A pure function.
    Fn(FnDecl),
    /// `message A | B(x: int)`; several declarations add up.
    Message(Vec<VariantDecl>),
    /// A kind of node, or in a transformer the wrapper of one.
    Node(NodeDecl),
    /// `invariant`, `inductive invariant`, `liveness`.
    Property(PropertyDecl),
    /// `monitor Name { … }`.
    Monitor(MonitorDecl),
    /// `lift { … }`, only in a transformer.
    Lift(LiftDecl),
    /// Could not be parsed.
    Error(Span),
}

/// `node Server`, `node Client[clients]`, `node for S.Node`.
#[derive(Clone, Debug)]
pub struct NodeDecl {
    /// The whole declaration.
    pub span: Span,
    /// Its documentation.
    pub doc: Doc,
    /// Which nodes.
    pub head: NodeHead,
    /// What they have and do.
    pub items: Vec<NodeItem>,
}

/// See [`NodeDecl`].
#[derive(Clone, Debug)]
pub enum NodeHead {
    /// `node Kind` (no count: one node, whose name is a node) or `node Kind[count]` (a list of nodes).
    Kind(Name, Option<Expr>),
    /// `node for S.Node`: the type.
    For(Type),
}

/// What stands inside a node.
#[derive(Clone, Debug)]
pub enum NodeItem {
    /// `input A | B(x: int)`.
    Input(Vec<VariantDecl>),
    /// `output A | B(x: int)`.
    Output(Vec<VariantDecl>),
    /// A field of the node's state.
    State(StateDecl),
    /// A timer.
    Timer(TimerDecl),
    /// `on …`.
    Handler(Handler),
    /// `proc name(…) { … }`.
    Proc(ProcDecl),
    /// A pure function that only this node uses.
    Fn(FnDecl),
    /// Could not be parsed.
    Error(Span),
}

/// Whether and how a field outlives a crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// `state`: lost in a crash.
    Volatile,
    /// `durable state`: survives.
    Durable,
    /// `ghost state`: seen by properties alone; survives.
    Ghost,
}

/// `durable state x: T = e`.
#[derive(Clone, Debug)]
pub struct StateDecl {
    /// The whole declaration.
    pub span: Span,
    /// Its documentation.
    pub doc: Doc,
    /// What a crash does to it.
    pub durability: Durability,
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: Option<Type>,
    /// Its initial value; absent only where the parser recovered.
    pub init: Option<Expr>,
}

/// `timer t every 50ms` / `timer t after 150ms..300ms`.
#[derive(Clone, Debug)]
pub struct TimerDecl {
    /// The whole declaration.
    pub span: Span,
    /// Its documentation.
    pub doc: Doc,
    /// Its name.
    pub name: Name,
    /// When it fires.
    pub schedule: Schedule,
}

/// When a timer fires. Durations in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// Armed at start and always.
    Every(u64),
    /// Armed by `start t`; a deployed node draws the delay from the half-open range (`from == to` where
    /// one duration was written).
    After {
        /// The least delay.
        from: u64,
        /// The end of the range.
        to: u64,
    },
}

/// A handler.
#[derive(Clone, Debug)]
pub struct Handler {
    /// From `on` to the closing brace.
    pub span: Span,
    /// Its documentation.
    pub doc: Doc,
    /// What it runs on.
    pub event: Event,
    /// `when e`.
    pub guard: Option<Expr>,
    /// What it does.
    pub body: Block,
}

/// What a handler runs on.
#[derive(Clone, Debug)]
pub enum Event {
    /// `on start`.
    Start(Span),
    /// `on input P from c`: `from` is a name or `c: Caller`.
    Input {
        /// Which input.
        pattern: Pattern,
        /// Who sent it.
        from: Option<Binder>,
    },
    /// `on message P from n: Kind`.
    Message {
        /// Which message.
        pattern: Pattern,
        /// Who sent it, and of what kind.
        from: Option<Binder>,
    },
    /// `on timeout t`, and in a transformer `on timeout inner t`.
    Timeout {
        /// Whether `inner` stands before the name, which is then a binder.
        inner: bool,
        /// The timer.
        timer: Name,
    },
    /// `on reboot`.
    Reboot(Span),
}

/// `c` or `c: Client`.
#[derive(Clone, Debug)]
pub struct Binder {
    /// The name; `_` binds nothing.
    pub name: Name,
    /// The type that restricts it.
    pub ty: Option<Type>,
}

/// `proc name(x: T) { … }`.
#[derive(Clone, Debug)]
pub struct ProcDecl {
    /// The whole declaration.
    pub span: Span,
    /// Its documentation.
    pub doc: Doc,
    /// Its name.
    pub name: Name,
    /// Its parameters.
    pub params: Vec<Param>,
    /// `: T`, for a proc that returns a value; most do not.
    pub result: Option<Type>,
    /// Its body.
    pub body: Block,
}

/// A property.
#[derive(Clone, Debug)]
pub struct PropertyDecl {
    /// The whole declaration.
    pub span: Span,
    /// Its documentation.
    pub doc: Doc,
    /// Its name.
    pub name: Name,
    /// Of `liveness`: what it is claimed for each of, and where that is drawn from.
    pub binders: Vec<(Pattern, Expr)>,
    /// What it claims.
    pub kind: PropertyKind,
}

/// See [`PropertyDecl`].
#[derive(Clone, Debug)]
pub enum PropertyKind {
    /// `invariant name: e`; `inductive` where so marked.
    Invariant {
        /// Whether it claims to imply itself across every step.
        inductive: bool,
        /// What holds in every world.
        body: Expr,
    },
    /// `liveness name: p ~> q`, or `liveness name(n in Kind): p ~> q`.
    LeadsTo(Expr, Expr),
    /// `liveness name: eventually p`.
    Eventually(Expr),
}

/// `monitor Name { … }`.
#[derive(Clone, Debug)]
pub struct MonitorDecl {
    /// The whole declaration.
    pub span: Span,
    /// Its documentation.
    pub doc: Doc,
    /// Its name.
    pub name: Name,
    /// Its own state.
    pub state: Vec<StateDecl>,
    /// What it watches.
    pub handlers: Vec<MonitorHandler>,
}

/// `on input P at n { … }`, `on output P at n { … }`, `on step { … }`.
#[derive(Clone, Debug)]
pub struct MonitorHandler {
    /// The whole handler.
    pub span: Span,
    /// What it watches.
    pub event: MonitorEvent,
    /// `when e`.
    pub guard: Option<Expr>,
    /// What it does.
    pub body: Block,
}

/// See [`MonitorHandler`].
#[derive(Clone, Debug)]
pub enum MonitorEvent {
    /// An input, and the node that takes it.
    Input(Pattern, Option<Binder>),
    /// An output, and the node that gives it.
    Output(Pattern, Option<Binder>),
    /// Any step.
    Step(Span),
}

/// `lift { state n = e; packets = e }`.
#[derive(Clone, Debug)]
pub struct LiftDecl {
    /// The whole declaration.
    pub span: Span,
    /// `state n = n.inner`: the name and the state of the lifted node. Several name node kinds:
    /// `state n: Server = …`.
    pub states: Vec<(Binder, Expr)>,
    /// `packets = […]`.
    pub packets: Option<Expr>,
}

/// A network.
#[derive(Clone, Debug)]
pub struct NetworkDecl {
    /// The whole declaration.
    pub span: Span,
    /// Its documentation.
    pub doc: Doc,
    /// Its name.
    pub name: Name,
    /// The network whose rules it adds to.
    pub extends: Option<Name>,
    /// What it declares.
    pub items: Vec<NetworkItem>,
}

/// What stands inside a network.
#[derive(Clone, Debug)]
pub enum NetworkItem {
    /// `packets: bag`.
    Packets(Name),
    /// `var down: Set<Node> = set[]`.
    Var(StateDecl),
    /// A pure function.
    Fn(FnDecl),
    /// `fair rule deliver(p in packets) when e { … }`.
    Rule(RuleDecl),
    /// `restrict deliver(p) when e`.
    Restrict(RestrictDecl),
    /// Could not be parsed.
    Error(Span),
}

/// What a rule's fairness promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fairness {
    /// It may never fire.
    None,
    /// `fair`: it fires if it is enabled for ever.
    Weak,
    /// `strong fair`: it fires if it is enabled again and again.
    Strong,
}

/// A small-step rule over the world.
#[derive(Clone, Debug)]
pub struct RuleDecl {
    /// The whole declaration.
    pub span: Span,
    /// Its documentation.
    pub doc: Doc,
    /// `fair`, `strong fair` or nothing.
    pub fairness: Fairness,
    /// Its name.
    pub name: Name,
    /// `n in nodes, i in inputs(n)`: a later domain may use earlier names.
    pub binders: Vec<(Pattern, Expr)>,
    /// `when e`.
    pub guard: Option<Expr>,
    /// What it does.
    pub body: Block,
}

/// `restrict deliver(p) when p.dst not in down`.
#[derive(Clone, Debug)]
pub struct RestrictDecl {
    /// The whole declaration.
    pub span: Span,
    /// The rule.
    pub rule: Name,
    /// Names for its binders, in order.
    pub binders: Vec<Name>,
    /// The further condition.
    pub guard: Expr,
}

/// A transformer.
#[derive(Clone, Debug)]
pub struct TransformerDecl {
    /// The whole declaration.
    pub span: Span,
    /// Its documentation.
    pub doc: Doc,
    /// Its name.
    pub name: Name,
    /// What it transforms: the name, and `system` or `machine` as written.
    pub subject: (Name, Name),
    /// Its other parameters.
    pub params: Vec<Param>,
    /// The network under which the properties hold of the subject.
    pub from: Option<Name>,
    /// The network under which they hold of the result.
    pub to: Option<Name>,
    /// What it declares.
    pub items: Vec<SystemItem>,
}

/// A check.
#[derive(Clone, Debug)]
pub struct CheckDecl {
    /// The whole declaration.
    pub span: Span,
    /// Its documentation.
    pub doc: Doc,
    /// What it shows.
    pub title: (SmolStr, Span),
    /// A call of a system or transformer, or a bare name.
    pub subject: Expr,
    /// What is assumed and expected.
    pub clauses: Vec<Clause>,
}

/// A clause of a check.
#[derive(Clone, Debug)]
pub struct Clause {
    /// The whole clause.
    pub span: Span,
    /// What it says.
    pub kind: ClauseKind,
}

/// See [`Clause`].
#[derive(Clone, Debug)]
pub enum ClauseKind {
    /// `under async`.
    Under(Name),
    /// `bound drop <= e per node`; the name may be `depth` or `packets`.
    Bound {
        /// The rule, `depth` or `packets`.
        what: Name,
        /// The most it may be.
        limit: Expr,
        /// Whether each node has a count of its own.
        per_node: bool,
    },
    /// `domain Put.key = e`: the input, its field, the values.
    Domain(Name, Name, Expr),
    /// `clients n`.
    Clients(Expr),
    /// `constraint e`.
    Constraint(Expr),
    /// `symmetric Client`.
    Symmetric(Vec<Name>),
    /// `holds p, q`.
    Holds(Vec<Name>),
    /// `violates p`.
    Violates(Vec<Name>),
    /// `reaches name: e`.
    Reaches(Name, Expr),
    /// `deadlock free`.
    DeadlockFree,
    /// `refines S under async`, or `violates refines S under async`.
    Refines {
        /// What was transformed.
        subject: Expr,
        /// Its network.
        network: Name,
        /// Whether it is said to fail.
        violates: bool,
    },
    /// `linearizable as KV`.
    Linearizable(Expr),
    /// Could not be parsed.
    Error,
}

/// A test.
#[derive(Clone, Debug)]
pub struct TestDecl {
    /// The whole declaration.
    pub span: Span,
    /// Its documentation.
    pub doc: Doc,
    /// What it shows.
    pub title: (SmolStr, Span),
    /// The system.
    pub subject: Expr,
    /// The network.
    pub network: Name,
    /// What happens, in order.
    pub steps: Vec<TestStep>,
}

/// A step of a test: a rule that fires, or an expectation.
#[derive(Clone, Debug)]
pub struct TestStep {
    /// The whole step.
    pub span: Span,
    /// What it is.
    pub kind: TestStepKind,
}

/// See [`TestStep`].
#[derive(Clone, Debug)]
pub enum TestStepKind {
    /// `expect e`.
    Expect(Expr),
    /// `input P at n`, with an optional `from 1` (the caller's number).
    Input {
        /// The input: a constructor call.
        input: Expr,
        /// The node.
        at: Expr,
        /// The caller; the first unless said.
        from: Option<Expr>,
    },
    /// `deliver P from a to b`, and any rule whose binder is one packet: `drop P from a to b`.
    Packet {
        /// The rule.
        rule: Name,
        /// Which message.
        message: Pattern,
        /// Its source.
        from: Expr,
        /// Its destination.
        to: Expr,
    },
    /// `timeout t at n`.
    Timeout {
        /// The timer.
        timer: Name,
        /// The node.
        at: Expr,
    },
    /// `crash n`, `reboot n`, `heal`, `cut(a, b)`: any other rule, with its arguments.
    Rule {
        /// The rule.
        rule: Name,
        /// Values for its binders, in order.
        args: Vec<Expr>,
    },
    /// Could not be parsed.
    Error,
}

/// `{ statement … result }`.
#[derive(Clone, Debug)]
pub struct Block {
    /// With the braces.
    pub span: Span,
    /// In order.
    pub stmts: Vec<Stmt>,
    /// The expression it ends in, if any. An `if`, `match` or call that stands last is here, whether or
    /// not its value is wanted.
    pub result: Option<Box<Expr>>,
}

/// A statement.
#[derive(Clone, Debug)]
pub struct Stmt {
    /// The whole statement.
    pub span: Span,
    /// What it does.
    pub kind: StmtKind,
}

/// See [`Stmt`].
#[derive(Clone, Debug)]
pub enum StmtKind {
    /// `let p = e`, `let p: T = e`.
    Let(Pattern, Option<Type>, Expr),
    /// `var x = e`, `var x: T = e`.
    Var(Name, Option<Type>, Expr),
    /// `place := e`.
    Assign(Expr, Expr),
    /// An expression for its effect: a proc's call, a collection's method on a place, `if`, `match`.
    Expr(Expr),
    /// `send e to n`.
    Send(Expr, Expr),
    /// `broadcast e to nodes`.
    Broadcast(Expr, Expr),
    /// `output e`, `output e to c`.
    Output(Expr, Option<Expr>),
    /// `start t`.
    Start(Name),
    /// `stop t`.
    Stop(Name),
    /// `for p in e { }`.
    For(Pattern, Expr, Block),
    /// `assert e, "why"`.
    Assert(Expr, Option<SmolStr>),
    /// `return`, `return e`.
    Return(Option<Expr>),
    /// In a rule: `input i at n`.
    FireInput(Expr, Expr),
    /// In a rule: `deliver p`.
    FireDeliver(Expr),
    /// In a rule: `timeout t at n`.
    FireTimeout(Expr, Expr),
    /// In a rule: `crash n`.
    FireCrash(Expr),
    /// In a rule: `reboot n`.
    FireReboot(Expr),
    /// Could not be parsed.
    Error,
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// The whole expression; parentheses around it are not part of it.
    pub span: Span,
    /// How many expressions deep it is, itself included; the parser keeps it within [`crate::MAX_DEPTH`].
    pub depth: u16,
    /// What it is.
    pub kind: ExprKind,
}

/// See [`Expr`].
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// `12`. A literal beyond 64 bits was reported by the lexer.
    Int(i64),
    /// `true`.
    Bool(bool),
    /// `"text"`, escapes undone.
    Str(SmolStr),
    /// A name: a variable, field, parameter, node kind, constructor without fields, `self`, `packets`.
    Name(Name),
    /// `(a, b)`; `()` is the empty tuple.
    Tuple(Vec<Expr>),
    /// `[a, b]`.
    List(Vec<Expr>),
    /// `set[a, b]`.
    Set(Vec<Expr>),
    /// `map[k: v]`.
    Map(Vec<(Expr, Expr)>),
    /// `[e for x in xs if p]`, `set[e for …]`.
    Comprehension(CollectionKind, Box<Expr>, Clauses),
    /// `map[k: v for x in xs]`.
    MapComprehension(Box<Expr>, Box<Expr>, Clauses),
    /// `count(x in xs if p)`.
    Count(Clauses),
    /// `sum(e for x in xs if p)`.
    Fold(FoldKind, Box<Expr>, Clauses),
    /// `forall x in xs, y in ys if p: q`.
    Quantifier(QuantifierKind, Clauses, Box<Expr>),
    /// `!e`, `-e`.
    Unary(UnaryOp, Box<Expr>),
    /// `a + b`.
    Binary(BinaryOp, Span, Box<Expr>, Box<Expr>),
    /// `e is P`.
    Is(Box<Expr>, Pattern),
    /// `e.field`, `S.Message`, `Role.Leader`.
    Field(Box<Expr>, Name),
    /// `e[i]`.
    Index(Box<Expr>, Box<Expr>),
    /// `f(x)`, `Entry(term: 1)`, `Entry(..e, term: 2)`, `xs.get(1)`, `inner.start()`, `max(a, b)`.
    Call(Box<Expr>, Vec<Arg>),
    /// `if c { } else { }`; the condition may be `let p = e`, see [`Condition`].
    If(Box<Condition>, Block, Option<Box<ElseBranch>>),
    /// `match e { p => e, … }`.
    Match(Box<Expr>, Vec<Arm>),
    /// `{ … }`.
    Block(Block),
    /// Could not be parsed.
    Error,
}

/// The condition of an `if`.
#[derive(Clone, Debug)]
pub enum Condition {
    /// `if e`.
    Expr(Expr),
    /// `if let p = e`.
    Let(Pattern, Expr),
}

/// What follows `else`.
#[derive(Clone, Debug)]
pub enum ElseBranch {
    /// `else { … }`.
    Block(Block),
    /// `else if …`: an [`ExprKind::If`].
    If(Expr),
}

/// `x in xs, y in ys if p`.
#[derive(Clone, Debug)]
pub struct Clauses {
    /// What is drawn from where, outermost first; at least one.
    pub binders: Vec<(Pattern, Expr)>,
    /// Which draws count.
    pub filter: Option<Box<Expr>>,
}

/// Which collection a comprehension builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CollectionKind {
    /// `[…]`.
    List,
    /// `set[…]`.
    Set,
}

/// `sum`, `max` or `min` over a comprehension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoldKind {
    /// Addition; 0 for nothing.
    Sum,
    /// The greatest; a fault for nothing.
    Max,
    /// The least; a fault for nothing.
    Min,
}

/// `forall` or `exists`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuantifierKind {
    /// All.
    Forall,
    /// At least one.
    Exists,
}

/// An argument: `e`, `label: e` or `..e`.
#[derive(Clone, Debug)]
pub struct Arg {
    /// The whole argument.
    pub span: Span,
    /// The label of a labelled one.
    pub label: Option<Name>,
    /// Whether it is `..e`, the record to copy from; only first, and only for a constructor.
    pub spread: bool,
    /// The value.
    pub value: Expr,
}

/// `pattern => e`.
#[derive(Clone, Debug)]
pub struct Arm {
    /// The whole arm.
    pub span: Span,
    /// Which values.
    pub pattern: Pattern,
    /// The result; a block where braces were written.
    pub body: ArmBody,
}

/// What an arm does. A statement arm (`None => send x to y`) is a block of one statement.
#[derive(Clone, Debug)]
pub enum ArmBody {
    /// `=> e`.
    Expr(Expr),
    /// `=> { … }`, or `=> statement`.
    Block(Block),
}

/// A unary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// `!`.
    Not,
    /// `-`.
    Neg,
}

/// A binary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is the operator of its name")]
pub enum BinaryOp {
    Implies,
    Or,
    And,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    In,
    NotIn,
    /// `a..b`, half open.
    Range,
    /// `a..=b`.
    RangeInclusive,
    /// `|` on sets.
    Union,
    /// `&` on sets.
    Intersect,
    Add,
    Sub,
    /// `++` on lists and strings.
    Concat,
    Mul,
    Div,
    Rem,
}

impl BinaryOp {
    /// As it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Implies => "==>",
            Self::Or => "||",
            Self::And => "&&",
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::In => "in",
            Self::NotIn => "not in",
            Self::Range => "..",
            Self::RangeInclusive => "..=",
            Self::Union => "|",
            Self::Intersect => "&",
            Self::Add => "+",
            Self::Sub => "-",
            Self::Concat => "++",
            Self::Mul => "*",
            Self::Div => "/",
            Self::Rem => "%",
        }
    }
}

/// A pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// The whole pattern.
    pub span: Span,
    /// What it matches.
    pub kind: PatternKind,
}

/// See [`Pattern`].
#[derive(Clone, Debug)]
pub enum PatternKind {
    /// `_`.
    Wildcard,
    /// A name that begins in lower case: binds.
    Bind(Name),
    /// `12`, `-3`.
    Int(i64),
    /// `true`.
    Bool(bool),
    /// `"text"`.
    Str(SmolStr),
    /// `Constructor`, `Constructor(p, label: q)`, `Constructor(..)`, `Role.Leader`.
    Constructor {
        /// The type, where written `Role.Leader`.
        qualifier: Option<Name>,
        /// The constructor.
        name: Name,
        /// Its arguments; `None` where no parentheses were written.
        args: Option<Vec<PatternArg>>,
        /// Whether `..` stands last: the other fields are not looked at.
        rest: bool,
    },
    /// `(p, q)`.
    Tuple(Vec<Pattern>),
    /// `[]`, `[x, y]`, `[x, ..rest]`, `[x, .._]`, `[x, ..]`.
    List {
        /// The first elements.
        front: Vec<Pattern>,
        /// `..rest`: `Some(None)` where nothing is bound.
        rest: Option<Option<Name>>,
    },
    /// `p | q`; at least two.
    Or(Vec<Pattern>),
    /// Could not be parsed.
    Error,
}

/// `p` or `label: p` in a constructor's pattern.
#[derive(Clone, Debug)]
pub struct PatternArg {
    /// The field, where written.
    pub label: Option<Name>,
    /// What its value matches.
    pub pattern: Pattern,
}
