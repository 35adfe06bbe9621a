use verdi_core::*;

/// A small program with a bit of everything, and the ids of what tests break.
pub(crate) struct Sample {
    pub(crate) program: Program,
    pub(crate) kind: KindId,
    pub(crate) count: FieldId,
    /// Node: adds the number of a message to the field; its locals are `from`, `message`, then temporaries.
    pub(crate) on_message: FuncId,
    /// World: whether all counters are below 9.
    pub(crate) property: FuncId,
    /// Rule: takes a packet out and delivers it.
    pub(crate) deliver: FuncId,
    /// Pure: `n + 1`.
    pub(crate) next: FuncId,
    pub(crate) down: VarId,
}

pub(crate) fn span() -> Span {
    Span::default()
}

fn function(
    program: &mut Program,
    name: &str,
    context: Context,
    params: &[(&str, TyId)],
    result: Option<TyId>,
    write: impl FnOnce(&mut Program, &mut FunctionBuilder),
) -> FuncId {
    let mut f = FunctionBuilder::new(name, context, params, result, span());
    write(program, &mut f);
    f.finish(program)
}

fn always(program: &mut Program, name: &str, context: Context, ty: TyId, value: Value) -> FuncId {
    function(program, name, context, &[], Some(ty), |program, f| {
        let value = program.constant(ty, value);
        f.ret(value);
    })
}

fn set_ctors(program: &mut Program, ty: TyId, ctors: Vec<Ctor>) {
    let (id, data) = program.types.as_data(ty).expect("a data type");
    let data = Data { ctors, ..data.clone() };
    program.types.set_data(id, data);
}

pub(crate) fn sample() -> Sample {
    let mut program = Program::empty("Counter(2)");
    let SpecialTypes { int, bool, node, message, packet, invocation, .. } = program.special;
    set_ctors(&mut program, message, vec![Ctor::new("Add", &[("n", int)])]);
    let timer = program.special.timer;
    set_ctors(&mut program, timer, vec![Ctor::new("tick", &[])]);
    program.timers.push(Timer { name: "tick".into(), every: true, from_us: 50, to_us: 50 });
    let list = |program: &mut Program, item| program.types.intern(Ty::List(item));
    let (invocations, packets, nodes) =
        (list(&mut program, invocation), list(&mut program, packet), list(&mut program, node));

    let inputs = always(&mut program, "Counter.inputs", Context::Pure, invocations, Value::list(vec![]));
    let kind = KindId::from_u32(0);
    let init = always(&mut program, "Counter.count", Context::Node(kind), int, Value::Int(0));
    let next = function(&mut program, "next", Context::Pure, &[("n", int)], Some(int), |program, f| {
        let one = program.int(1);
        let sum = f.op(int, Op::Add, &[f.param(0), one]);
        f.ret(sum);
    });
    let count = FieldId::from_u32(0);
    let params = [("from", node), ("message", message)];
    let on_message =
        function(&mut program, "Counter.message", Context::Node(kind), &params, Some(int), |program, f| {
            let n = f.temp(int, Rvalue::Get(f.param(1), 0, 0));
            let before = f.temp(int, Rvalue::Field(count));
            let sum = f.op(int, Op::Add, &[before, n]);
            f.stmt(StmtKind::StoreField(count, sum));
            let again = f.temp(message, Rvalue::Make(0, vec![sum]));
            f.stmt(StmtKind::Send { to: f.param(0), body: again });
            f.ret(program.int(0));
        });
    program.kinds.push(Kind {
        name: "Counter".into(),
        nodes: vec![NodeId::from_u32(0), NodeId::from_u32(1)],
        single: false,
        fields: [Field { name: "count".into(), ty: int, durability: Durability::Durable, init }]
            .into_iter()
            .collect(),
        timers: vec![0],
        handlers: vec![Handler { name: "on message Add(n)".into(), span: span() }],
        on_start: None,
        on_input: None,
        on_message: Some(on_message),
        on_timeout: None,
        on_reboot: None,
        inputs,
    });
    for index in 0..2 {
        program.nodes.push(NodeInfo { kind, index, name: format!("Counter[{index}]").into() });
    }

    let set = program.types.intern(Ty::Set(node));
    let init = always(&mut program, "down", Context::Pure, set, Value::set(vec![]));
    let down = program.network.vars.push(Var { name: "down".into(), ty: set, init });
    let domain = function(&mut program, "deliver.p", Context::World, &[], Some(packets), |_, f| {
        let packets = f.temp(packets, Rvalue::DistinctPackets);
        f.ret(packets);
    });
    let deliver = function(&mut program, "deliver", Context::Rule, &[("p", packet)], None, |_, f| {
        f.stmt(StmtKind::RemovePacket(f.param(0)));
        f.stmt(StmtKind::Fire(Fire::Deliver(f.param(0))));
    });
    let rule = program.network.rules.push(Rule {
        name: "deliver".into(),
        span: span(),
        fairness: Fairness::Weak,
        binders: vec![RuleBinder { name: "p".into(), ty: packet, domain }],
        guard: None,
        body: deliver,
        acts_on: Some(ActsOn::PacketDst(0)),
    });
    program.bounds.push(Bound { rule, limit: 3, per_node: true, span: span() });

    let property = function(&mut program, "small", Context::World, &[], Some(bool), |program, f| {
        let all = program.constant(nodes, Value::list(vec![Value::Node(0), Value::Node(1)]));
        let (limit, small) = (program.int(9), f.local("small", bool));
        f.assign(small, Rvalue::Use(program.bool(true)));
        f.each("n", node, all, |f, label, n| {
            let count = f.temp(int, Rvalue::NodeField(n, kind, count));
            let next = f.temp(int, Rvalue::Call(next, vec![count]));
            f.assign(small, Rvalue::Op(Op::Le, vec![next, limit]));
            f.branch(Operand::Local(small), |_| {}, |f| f.stmt(StmtKind::Leave(label)));
        });
        f.ret(Operand::Local(small));
    });
    program.properties.push(Property {
        name: "small".into(),
        span: span(),
        kind: PropertyKind::Invariant,
        expect: Expect::Holds,
        parts: vec![PropertyPart { func: property, span: span() }],
    });
    Sample { program, kind, count, on_message, property, deliver, next, down }
}
