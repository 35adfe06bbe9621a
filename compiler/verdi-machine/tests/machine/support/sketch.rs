use verdi_core::*;
use verdi_diagnostics::{FileId, Span};

/// A program in the making.
pub(crate) struct Sketch {
    pub(crate) program: Program,
}

pub(crate) fn span() -> Span {
    Span::new(FileId(0), 0, 0)
}

impl Sketch {
    pub(crate) fn new(name: &str) -> Self {
        Self { program: Program::empty(name) }
    }

    pub(crate) fn list(&mut self, item: TyId) -> TyId {
        self.program.types.intern(Ty::List(item))
    }

    /// Gives one of the special types its constructors.
    pub(crate) fn ctors(&mut self, ty: TyId, ctors: &[(&str, &[(&str, TyId)])]) {
        let Some((id, data)) = self.program.types.as_data(ty) else { panic!("not a data type") };
        let ctors = ctors.iter().map(|(name, fields)| Ctor::new(name, fields)).collect();
        let data = Data { ctors, ..data.clone() };
        self.program.types.set_data(id, data);
    }

    pub(crate) fn function(
        &mut self,
        name: &str,
        context: Context,
        params: &[(&str, TyId)],
        result: Option<TyId>,
        write: impl FnOnce(&mut Program, &mut FunctionBuilder),
    ) -> FuncId {
        let mut builder = FunctionBuilder::new(name, context, params, result, span());
        write(&mut self.program, &mut builder);
        builder.finish(&mut self.program)
    }

    /// A function that returns a constant.
    pub(crate) fn always(&mut self, name: &str, context: Context, ty: TyId, value: Value) -> FuncId {
        self.function(name, context, &[], Some(ty), |program, f| {
            let value = program.constant(ty, value);
            f.ret(value);
        })
    }

    /// A kind of `count` nodes (one without an index where there is no count) that takes these inputs.
    pub(crate) fn kind(&mut self, name: &str, count: Option<u32>, inputs: &[Value]) -> KindId {
        let invocation = self.program.special.invocation;
        let list = self.list(invocation);
        let inputs = Value::list(inputs.iter().cloned().map(super::invocation).collect());
        let inputs = self.always(&format!("{name}.inputs"), Context::Pure, list, inputs);
        let kind = self.program.kinds.push(Kind {
            name: name.into(),
            nodes: Vec::new(),
            single: count.is_none(),
            fields: Default::default(),
            timers: Vec::new(),
            handlers: Vec::new(),
            on_start: None,
            on_input: None,
            on_message: None,
            on_timeout: None,
            on_reboot: None,
            inputs,
        });
        for index in 0..count.unwrap_or(1) {
            let name = count.map_or(name.to_owned(), |_| format!("{name}[{index}]"));
            let node = self.program.nodes.push(NodeInfo { kind, index, name: name.into() });
            self.program.kinds[kind].nodes.push(node);
        }
        kind
    }

    pub(crate) fn field(
        &mut self,
        kind: KindId,
        name: &str,
        ty: TyId,
        durability: Durability,
        init: Value,
    ) -> FieldId {
        let init = self.always(&format!("{kind}.{name}"), Context::Node(kind), ty, init);
        self.program.kinds[kind].fields.push(Field { name: name.into(), ty, durability, init })
    }

    /// A timer, as a constant.
    pub(crate) fn timer(&mut self, kind: KindId, name: &str, every: bool) -> Operand {
        let position = self.program.timers.len() as u32;
        self.program.timers.push(Timer { name: name.into(), every, from_us: 1, to_us: 1 });
        self.program.kinds[kind].timers.push(position);
        let timer = self.program.special.timer;
        let Some((id, data)) = self.program.types.as_data(timer) else { panic!("not a data type") };
        let mut data = data.clone();
        data.ctors.push(Ctor::new(name, &[]));
        self.program.types.set_data(id, data);
        self.program.constant(timer, Value::unit(position))
    }

    pub(crate) fn property(&mut self, name: &str, kind: PropertyKind, parts: &[FuncId]) -> PropertyId {
        let parts = parts.iter().map(|func| PropertyPart { func: *func, span: span() }).collect();
        self.program.properties.push(Property {
            name: name.into(),
            span: span(),
            kind,
            expect: Expect::Holds,
            parts,
        })
    }

    pub(crate) fn bound(&mut self, rule: &str, limit: u64, per_node: bool) {
        let rule = super::rule(&self.program, rule);
        self.program.bounds.push(Bound { rule, limit, per_node, span: span() });
    }

    /// All nodes, as a constant.
    pub(crate) fn nodes(&mut self, kind: Option<KindId>) -> Operand {
        let nodes = self.program.nodes.iter().filter(|(_, info)| kind.is_none_or(|kind| info.kind == kind));
        let nodes = nodes.map(|(id, _)| Value::Node(id.as_u32())).collect();
        let node = self.program.special.node;
        let ty = self.list(node);
        self.program.constant(ty, Value::list(nodes))
    }
}
