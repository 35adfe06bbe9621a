//! What a function may read and do, found without running it.
//!
//! For each local, it is found which nodes may be in its values: exactly a parameter, nodes of a constant list, or any.
//! A local has one answer for all its assignments, so the order of statements does not matter.

use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use verdi_core::{
    Block, FieldId, Fire, FuncId, Function, KindId, LocalId, NodeId, Operand, Program, Rvalue, StmtKind,
    Value,
};

/// A longer chain of calls may do anything, rather than exhaust the stack.
const CALLS_DEPTH_MAX: usize = 100;

/// Functions that are called in more ways than these may do anything, rather than take for ever.
const CALLS_MAX: usize = 10_000;

/// What a World or Rule function may read and do, also through the functions that it calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Footprint {
    /// Whether it may read the network's variables.
    pub reads_vars: bool,
    /// Whether it may write them.
    pub writes_vars: bool,
    /// Whether it may read the packets in flight.
    pub reads_packets: bool,
    /// Whether it may read the history, or what depends on it.
    pub reads_trace: bool,
    /// The parts of nodes' states that it may read.
    pub states: BTreeSet<(Whose, Part)>,
    /// Where the events may happen that it fires: at the node that a parameter is, or (`None`) elsewhere.
    pub fires: BTreeSet<Option<usize>>,
}

/// A node whose state is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Whose {
    /// The node that this parameter is.
    Param(usize),
    /// This node.
    Node(u32),
}

/// A part of a node's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// A field, of a node of a kind.
    Field(KindId, FieldId),
    /// Which timers are armed.
    Timers,
}

impl Footprint {
    /// What a function may read and do.
    pub fn of(program: &Program, func: FuncId) -> Self {
        let params = (0..program.functions[func].params).map(Nodes::Param).collect();
        let mut walk = Walk { program, known: FxHashMap::default(), found: Self::default() };
        walk.call(func, params, 0);
        walk.found
    }

    /// Whether it reads nothing of the world but the network's variables.
    pub fn reads_vars_only(&self) -> bool {
        !self.reads_packets && !self.reads_trace && self.states.is_empty()
    }

    /// Whether it reads nothing of the world but the network's variables and the state of the node that its first
    /// parameter is.
    pub fn reads_first_node_only(&self) -> bool {
        let whose_first = |(whose, _): &(Whose, Part)| *whose == Whose::Param(0);
        !self.reads_packets && !self.reads_trace && self.states.iter().all(whose_first)
    }
}

/// Which nodes may be in a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Nodes {
    /// It is the value of this parameter of the function that was asked about.
    Param(usize),
    /// No others than these, however deep inside.
    Among(BTreeSet<u32>),
    /// Any.
    Any,
}

impl Nodes {
    fn none() -> Self {
        Self::Among(BTreeSet::new())
    }

    /// What may be in something that is taken out of the value, or made of it.
    fn inside(&self) -> Self {
        if let Self::Among(_) = self { self.clone() } else { Self::Any }
    }

    /// Takes in another possibility; whether that changes anything.
    fn join(&mut self, other: &Self) -> bool {
        let joined = match (&*self, other) {
            (Self::Among(nodes), other) if nodes.is_empty() => other.clone(),
            (this, Self::Among(nodes)) if nodes.is_empty() => this.clone(),
            (Self::Param(this), Self::Param(other)) if this == other => Self::Param(*this),
            (Self::Among(this), Self::Among(other)) => Self::Among(this | other),
            _ => Self::Any,
        };
        let changed = joined != *self;
        *self = joined;
        changed
    }
}

/// An analysis of a function.
struct Walk<'a> {
    program: &'a Program,
    /// What calls give, by function and arguments.
    known: FxHashMap<(FuncId, Vec<Nodes>), Nodes>,
    found: Footprint,
}

impl Walk<'_> {
    /// Takes in all that a call may read and do; what it gives.
    fn call(&mut self, func: FuncId, args: Vec<Nodes>, depth: usize) -> Nodes {
        if let Some(result) = self.known.get(&(func, args.clone())) {
            return result.clone();
        }
        if depth == CALLS_DEPTH_MAX || self.known.len() == CALLS_MAX {
            self.anything();
            return Nodes::Any;
        }
        let function = &self.program.functions[func];
        let mut locals = args.clone();
        locals.resize(function.locals.len(), Nodes::none());
        let mut inside = Inside { walk: self, function, locals, result: Nodes::none(), depth };
        while inside.pass() {}
        let result = inside.result;
        self.known.insert((func, args), result.clone());
        result
    }

    fn anything(&mut self) {
        let found = &mut self.found;
        (found.reads_vars, found.writes_vars) = (true, true);
        (found.reads_packets, found.reads_trace) = (true, true);
        found.fires.insert(None);
        for (kind, info) in &self.program.kinds {
            for field in info.fields.keys() {
                self.state(&Nodes::Any, Part::Field(kind, field));
            }
        }
        self.state(&Nodes::Any, Part::Timers);
    }

    /// Takes in that a part of the state of these nodes is read.
    fn state(&mut self, nodes: &Nodes, part: Part) {
        let program = self.program;
        let has = |node: u32| match part {
            Part::Field(kind, _) => program.node_is(node, kind),
            Part::Timers => true,
        };
        match nodes {
            Nodes::Param(param) => {
                self.found.states.insert((Whose::Param(*param), part));
            }
            Nodes::Among(nodes) => {
                let nodes = nodes.iter().filter(|node| has(**node));
                self.found.states.extend(nodes.map(|node| (Whose::Node(*node), part)));
            }
            Nodes::Any => {
                let nodes = program.nodes.keys().map(NodeId::as_u32).filter(|node| has(*node));
                self.found.states.extend(nodes.map(|node| (Whose::Node(node), part)));
            }
        }
    }
}

/// A function that is looked at.
struct Inside<'w, 'a> {
    walk: &'w mut Walk<'a>,
    function: &'w Function,
    locals: Vec<Nodes>,
    result: Nodes,
    depth: usize,
}

impl Inside<'_, '_> {
    /// Looks at each statement once; whether more became known of a local.
    fn pass(&mut self) -> bool {
        let mut changed = false;
        let mut blocks: Vec<&Block> = vec![&self.function.body];
        while let Some(block) = blocks.pop() {
            for stmt in &block.stmts {
                match &stmt.kind {
                    StmtKind::If(_, then, otherwise) => blocks.extend([then, otherwise]),
                    StmtKind::For { body, .. } | StmtKind::Scope(_, body) => blocks.push(body),
                    _ => {}
                }
                changed |= self.stmt(&stmt.kind);
            }
        }
        changed
    }

    fn stmt(&mut self, stmt: &StmtKind) -> bool {
        match stmt {
            StmtKind::Assign(local, value) => {
                let nodes = self.rvalue(value);
                return self.local(*local).join(&nodes);
            }
            StmtKind::For { element, list, .. } => {
                let nodes = self.nodes(*list).inside();
                return self.local(*element).join(&nodes);
            }
            StmtKind::Return(Some(value)) => {
                let nodes = self.nodes(*value);
                self.result.join(&nodes);
            }
            StmtKind::Call(func, args) => {
                self.call(*func, args);
            }
            StmtKind::StoreVar(..) => self.walk.found.writes_vars = true,
            StmtKind::Fire(fire) => self.fire(fire),
            _ => {}
        }
        false
    }

    fn fire(&mut self, fire: &Fire) {
        let at = match fire {
            Fire::Input { at, .. } | Fire::Timeout { at, .. } => self.nodes(*at),
            Fire::Crash(node) | Fire::Reboot(node) => self.nodes(*node),
            Fire::Deliver(_) => Nodes::Any,
        };
        self.walk.found.fires.insert(if let Nodes::Param(param) = at { Some(param) } else { None });
    }

    fn rvalue(&mut self, value: &Rvalue) -> Nodes {
        match value {
            Rvalue::Use(operand) => return self.nodes(*operand),
            Rvalue::Call(func, args) => return self.call(*func, args),
            Rvalue::NodeField(node, kind, field) => {
                let nodes = self.nodes(*node);
                self.walk.state(&nodes, Part::Field(*kind, *field));
                return Nodes::Any;
            }
            Rvalue::Timers(node) => {
                let nodes = self.nodes(*node);
                self.walk.state(&nodes, Part::Timers);
                return Nodes::none();
            }
            Rvalue::Var(_) => self.walk.found.reads_vars = true,
            Rvalue::Packets | Rvalue::DistinctPackets | Rvalue::Heads => self.walk.found.reads_packets = true,
            Rvalue::Trace => self.walk.found.reads_trace = true,
            // Callers that have an operation open may send no other: the events tell which.
            Rvalue::Inputs(_) => self.walk.found.reads_trace |= self.walk.program.limits_operations(),
            Rvalue::SelfNode | Rvalue::Field(_) => {}
            Rvalue::Op(..) | Rvalue::List(_) | Rvalue::Make(..) | Rvalue::Get(..) => {
                let mut nodes = Nodes::none();
                for operand in value.operands() {
                    nodes.join(&self.nodes(operand).inside());
                }
                return nodes;
            }
            Rvalue::Is(..) | Rvalue::NodeIs(..) => return Nodes::none(),
        }
        Nodes::Any
    }

    fn call(&mut self, func: FuncId, args: &[Operand]) -> Nodes {
        let args = args.iter().map(|arg| self.nodes(*arg)).collect();
        self.walk.call(func, args, self.depth + 1)
    }

    fn local(&mut self, local: LocalId) -> &mut Nodes {
        &mut self.locals[local.as_u32() as usize]
    }

    fn nodes(&self, operand: Operand) -> Nodes {
        match operand {
            Operand::Local(local) => self.locals[local.as_u32() as usize].clone(),
            Operand::Const(id) => {
                let mut nodes = BTreeSet::new();
                collect(&self.walk.program.consts[id].value, &mut nodes);
                Nodes::Among(nodes)
            }
        }
    }
}

/// The nodes in a value.
fn collect(value: &Value, nodes: &mut BTreeSet<u32>) {
    match value {
        Value::Bool(_) | Value::Int(_) | Value::Str(_) | Value::Caller(_) => {}
        Value::Node(node) => {
            nodes.insert(*node);
        }
        Value::List(items) | Value::Set(items) => items.iter().for_each(|item| collect(item, nodes)),
        Value::Map(entries) => entries.iter().for_each(|(key, value)| {
            collect(key, nodes);
            collect(value, nodes);
        }),
        Value::Data(_, fields) => fields.iter().for_each(|field| collect(field, nodes)),
    }
}
