//! Builders, to write Core by hand: in tests, and where code makes code.

use crate::*;
use cranelift_entity::{EntityRef, PrimaryMap};
use smol_str::SmolStr;

impl Program {
    /// A program without nodes, rules and properties; its message, input, output and timer types have no
    /// constructors yet (see [`Types::set_data`]).
    pub fn empty(name: &str) -> Self {
        let mut types = Types::default();
        let special = SpecialTypes::intern(&mut types);
        let network = Network {
            name: "none".into(),
            packets: PacketStore::Bag,
            vars: PrimaryMap::new(),
            rules: PrimaryMap::new(),
        };
        Self {
            name: name.into(),
            types,
            special,
            consts: PrimaryMap::new(),
            functions: PrimaryMap::new(),
            kinds: PrimaryMap::new(),
            nodes: PrimaryMap::new(),
            timers: Vec::new(),
            network,
            properties: PrimaryMap::new(),
            bounds: Vec::new(),
            packets_max: None,
            depth_max: None,
            constraint: None,
            symmetric: Vec::new(),
            domain_limited: false,
            keeps_trace: false,
            watchers: PrimaryMap::new(),
            wrapped: None,
        }
    }

    /// A constant, as an operand.
    pub fn constant(&mut self, ty: TyId, value: Value) -> Operand {
        let wanted = Const { ty, value };
        let known = self.consts.iter().find(|(_, known)| **known == wanted).map(|(id, _)| id);
        Operand::Const(known.unwrap_or_else(|| self.consts.push(wanted)))
    }

    /// An `int`.
    pub fn int(&mut self, n: i64) -> Operand {
        self.constant(self.special.int, Value::Int(n))
    }

    /// A `bool`.
    pub fn bool(&mut self, b: bool) -> Operand {
        self.constant(self.special.bool, Value::Bool(b))
    }
}

impl SpecialTypes {
    /// Adds the special types, with message, input, output and timer types that have no constructors yet.
    pub fn intern(types: &mut Types) -> Self {
        let (bool, int) = (types.intern(Ty::Bool), types.intern(Ty::Int));
        let (node, caller) = (types.intern(Ty::Node), types.intern(Ty::Caller));
        let named = |types: &mut Types, name: &str, ctors: Vec<Ctor>| {
            let id = types.add_data(Data { name: name.into(), style: DataStyle::Named, ctors });
            types.intern(Ty::Data(id))
        };
        let [message, input, output, timer] =
            ["Message", "Input", "Output", "Timer"].map(|name| named(types, name, Vec::new()));
        let packet = Ctor::new("packet", &[("src", node), ("dst", node), ("body", message)]);
        let invocation = Ctor::new("Invocation", &[("caller", caller), ("body", input)]);
        let events = vec![
            Ctor::new("Input", &[("at", node), ("from", caller), ("body", input)]),
            Ctor::new("Output", &[("at", node), ("to", caller), ("body", output)]),
        ];
        Self {
            bool,
            int,
            node,
            caller,
            message,
            input,
            output,
            timer,
            packet: named(types, "Packet", vec![packet]),
            invocation: named(types, "Invocation", vec![invocation]),
            event: named(types, "Event", events),
        }
    }
}

impl Ctor {
    /// A constructor with labelled fields.
    pub fn new(name: &str, fields: &[(&str, TyId)]) -> Self {
        Self { name: name.into(), fields: fields.iter().map(|(label, ty)| ((*label).into(), *ty)).collect() }
    }
}

/// Writes one function, statement by statement.
#[derive(Debug)]
pub struct FunctionBuilder {
    function: Function,
    /// The blocks that are open, the innermost last.
    blocks: Vec<Vec<Stmt>>,
    labels: u32,
    span: Span,
}

impl FunctionBuilder {
    /// A function with these parameters. Its statements have `span`.
    pub fn new(
        name: &str,
        context: Context,
        params: &[(&str, TyId)],
        result: Option<TyId>,
        span: Span,
    ) -> Self {
        let locals = params.iter().map(|(name, ty)| Local { name: (*name).into(), ty: *ty }).collect();
        let body = Block::default();
        let function =
            Function { name: name.into(), span, context, params: params.len(), locals, result, body };
        Self { function, blocks: vec![Vec::new()], labels: 0, span }
    }

    /// A parameter.
    pub fn param(&self, at: usize) -> Operand {
        Operand::Local(LocalId::new(at))
    }

    /// A new local.
    pub fn local(&mut self, name: &str, ty: TyId) -> LocalId {
        self.function.locals.push(Local { name: SmolStr::new(name), ty })
    }

    /// A new label.
    pub fn label(&mut self) -> Label {
        self.labels += 1;
        Label(self.labels - 1)
    }

    /// Adds a statement.
    pub fn stmt(&mut self, kind: StmtKind) {
        let span = self.span;
        if let Some(block) = self.blocks.last_mut() {
            block.push(Stmt { span, kind });
        }
    }

    /// Assigns to a local.
    pub fn assign(&mut self, local: LocalId, value: Rvalue) {
        self.stmt(StmtKind::Assign(local, value));
    }

    /// Assigns to a new temporary and gives it.
    pub fn temp(&mut self, ty: TyId, value: Rvalue) -> Operand {
        let local = self.local("", ty);
        self.assign(local, value);
        Operand::Local(local)
    }

    /// An operation into a new temporary.
    pub fn op(&mut self, ty: TyId, op: Op, args: &[Operand]) -> Operand {
        self.temp(ty, Rvalue::Op(op, args.to_vec()))
    }

    /// Returns a value.
    pub fn ret(&mut self, value: Operand) {
        self.stmt(StmtKind::Return(Some(value)));
    }

    /// A branch.
    pub fn branch(&mut self, cond: Operand, then: impl FnOnce(&mut Self), other: impl FnOnce(&mut Self)) {
        let (then, other) = (self.block(then), self.block(other));
        self.stmt(StmtKind::If(cond, then, other));
    }

    /// A branch without an alternative.
    pub fn when(&mut self, cond: Operand, then: impl FnOnce(&mut Self)) {
        self.branch(cond, then, |_| {});
    }

    /// A loop over a list; the body is given the label and the element.
    pub fn each(
        &mut self,
        name: &str,
        ty: TyId,
        list: Operand,
        body: impl FnOnce(&mut Self, Label, Operand),
    ) {
        let (label, element) = (self.label(), self.local(name, ty));
        let body = self.block(|b| body(b, label, Operand::Local(element)));
        self.stmt(StmtKind::For { label, element, list, body });
    }

    /// A block that can be left.
    pub fn scope(&mut self, body: impl FnOnce(&mut Self, Label)) {
        let label = self.label();
        let body = self.block(|b| body(b, label));
        self.stmt(StmtKind::Scope(label, body));
    }

    fn block(&mut self, write: impl FnOnce(&mut Self)) -> Block {
        self.blocks.push(Vec::new());
        write(self);
        Block { stmts: self.blocks.pop().unwrap_or_default() }
    }

    /// The function, in its program.
    pub fn finish(mut self, program: &mut Program) -> FuncId {
        self.function.body = Block { stmts: self.blocks.pop().unwrap_or_default() };
        program.functions.push(self.function)
    }
}
