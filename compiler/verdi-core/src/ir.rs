use crate::{FieldId, KindId, Op, Span, TyId, Value, VarId};
use cranelift_entity::{PrimaryMap, entity_impl};
use smol_str::SmolStr;

/// A function of a [`crate::Program`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FuncId(u32);
entity_impl!(FuncId, "fn");

/// A local variable of a function.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LocalId(u32);
entity_impl!(LocalId, "%");

/// A constant of a [`crate::Program`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConstId(u32);
entity_impl!(ConstId, "const");

/// A place to leave to: a [`StmtKind::Scope`] or [`StmtKind::For`]. Unique within its function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Label(pub u32);

/// What a function may read and do besides computing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Context {
    /// Nothing.
    Pure,
    /// Runs at a node of a kind: reads and writes its fields, sends, outputs, starts and stops timers.
    Node(KindId),
    /// The body of a network's rule: reads and writes the network's variables and packets, fires an event.
    Rule,
    /// A property, guard or domain: reads the whole world and changes nothing.
    World,
}

/// A function. Its call graph is acyclic, and every call's context is [`Context::Pure`] or the caller's own.
#[derive(Clone, Debug)]
pub struct Function {
    /// For traces and printing; unique within its program.
    pub name: SmolStr,
    /// Where it was written.
    pub span: Span,
    /// What it may read and do.
    pub context: Context,
    /// How many of the first `locals` are its parameters.
    pub params: usize,
    /// Parameters, then variables and temporaries.
    pub locals: PrimaryMap<LocalId, Local>,
    /// The type of its result; `None` returns nothing.
    pub result: Option<TyId>,
    /// What it does. Every path of a function with a result ends in a `Return`.
    pub body: Block,
}

/// A local variable: may be assigned many times; is assigned before it is read.
#[derive(Clone, Debug)]
pub struct Local {
    /// Its name in the source; empty for a temporary.
    pub name: SmolStr,
    /// Its type.
    pub ty: TyId,
}

/// Statements in order.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// In order.
    pub stmts: Vec<Stmt>,
}

/// A statement.
#[derive(Clone, Debug)]
pub struct Stmt {
    /// The source it came from; a fault is reported there.
    pub span: Span,
    /// What it does.
    pub kind: StmtKind,
}

/// A local or a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operand {
    /// A local.
    Local(LocalId),
    /// A constant.
    Const(ConstId),
}

/// See [`Stmt`].
#[derive(Clone, Debug)]
pub enum StmtKind {
    /// `local = value`.
    Assign(LocalId, Rvalue),
    /// Calls a function without a result.
    Call(FuncId, Vec<Operand>),
    /// A two-way branch.
    If(Operand, Block, Block),
    /// Runs the body once for each element of a list, in order. `Leave(label)` ends the loop.
    For {
        /// To leave the loop.
        label: Label,
        /// Takes each element.
        element: LocalId,
        /// A `List`.
        list: Operand,
        /// What is run.
        body: Block,
    },
    /// A block that `Leave(label)` leaves.
    Scope(Label, Block),
    /// Goes on after the enclosing scope or loop of this label.
    Leave(Label),
    /// Ends the function.
    Return(Option<Operand>),
    /// Faults with [`crate::FaultKind::Assert`] where the operand is false. The text is the reason given,
    /// or the asserted expression's source.
    Assert(Operand, SmolStr),
    /// Node: writes a field of the own state.
    StoreField(FieldId, Operand),
    /// Node: sends to a node a message (of the program's message type).
    Send {
        /// Where to.
        to: Operand,
        /// What.
        body: Operand,
    },
    /// Node: gives an output to a caller.
    Output {
        /// Who to; unless said, the caller whose input the handler runs for, else the first caller.
        to: Option<Operand>,
        /// What (of the program's output type).
        body: Operand,
    },
    /// Node: arms a timer (a value of the program's timer type).
    StartTimer(Operand),
    /// Node: disarms a timer.
    StopTimer(Operand),
    /// Rule: writes a network's variable.
    StoreVar(VarId, Operand),
    /// Rule: puts a packet in flight.
    AddPacket(Operand),
    /// Rule: takes a packet out of flight: one copy; nothing where there is none.
    RemovePacket(Operand),
    /// Rule: something happens at a node. At most one in a run of a rule.
    Fire(Fire),
}

/// An event that a rule causes.
#[derive(Clone, Debug)]
pub enum Fire {
    /// An invocation reaches a node.
    Input {
        /// A value of the program's invocation type.
        invocation: Operand,
        /// Where.
        at: Operand,
    },
    /// A packet reaches its destination.
    Deliver(Operand),
    /// A timer fires (an `after` timer is disarmed first).
    Timeout {
        /// A value of the program's timer type.
        timer: Operand,
        /// Where.
        at: Operand,
    },
    /// A node loses its volatile state and its timers.
    Crash(Operand),
    /// A node comes back: `every` timers are armed, its reboot handler runs.
    Reboot(Operand),
}

/// What can be assigned.
#[derive(Clone, Debug)]
pub enum Rvalue {
    /// A copy.
    Use(Operand),
    /// A primitive operation.
    Op(Op, Vec<Operand>),
    /// A list of these elements; its type is the assigned local's.
    List(Vec<Operand>),
    /// A value of the assigned local's data type: constructor and fields.
    Make(u32, Vec<Operand>),
    /// Whether a value has this constructor.
    Is(Operand, u32),
    /// A field of a value known to have this constructor: constructor, position.
    Get(Operand, u32, u32),
    /// The result of a function.
    Call(FuncId, Vec<Operand>),
    /// Node: the node at hand.
    SelfNode,
    /// Node: a field of the own state.
    Field(FieldId),
    /// World: a field of a node of this kind.
    NodeField(Operand, KindId, FieldId),
    /// Any context: whether a node is of this kind.
    NodeIs(Operand, KindId),
    /// World: the armed timers of a node, as a list in declaration order.
    Timers(Operand),
    /// World: the invocations that a node may be sent, as a list.
    Inputs(Operand),
    /// World, Rule: a network's variable.
    Var(VarId),
    /// World, Rule: the packets in flight as a list; copies each appear; canonical order, for queues by
    /// (source, destination) and then in order.
    Packets,
    /// World, Rule: each distinct packet in flight once, as a list in canonical order.
    DistinctPackets,
    /// World, Rule: the first packet of each queue.
    Heads,
    /// World: the history of client input and output, a list of the program's event type.
    Trace,
}

/// A constant and its type.
#[derive(Clone, Debug, PartialEq)]
pub struct Const {
    /// Its type.
    pub ty: TyId,
    /// Its value.
    pub value: Value,
}
