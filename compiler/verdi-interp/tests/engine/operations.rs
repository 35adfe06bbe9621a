//! Every operation through the engine: a row of values, and what it gives.

use crate::support::{NoEnv, ints, span};
use std::collections::BTreeSet;
use verdi_core::*;
use verdi_interp::Interp;
use verdi_machine::{Engine, Fault};

/// A value and its type.
#[derive(Clone)]
struct Typed {
    ty: TyId,
    value: Value,
}

/// The types that the rows need.
struct Types {
    bool: TyId,
    int: TyId,
    text: TyId,
    node: TyId,
    list: TyId,
    set: TyId,
    sets: TyId,
    map: TyId,
    pairs: TyId,
    texts: TyId,
    option: TyId,
    option_text: TyId,
}

fn option_of(program: &mut Program, name: &str, ty: TyId) -> TyId {
    let ctors = vec![Ctor::new("None", &[]), Ctor::new("Some", &[("", ty)])];
    let id = program.types.add_data(Data { name: name.into(), style: DataStyle::Named, ctors });
    program.types.intern(Ty::Data(id))
}

fn types(program: &mut Program) -> Types {
    let (bool, int, node) = (program.special.bool, program.special.int, program.special.node);
    let text = program.types.intern(Ty::Str);
    let set = program.types.intern(Ty::Set(int));
    let pair = Ctor::new("", &[("", int), ("", text)]);
    let pair = program.types.add_data(Data {
        name: "(int, string)".into(),
        style: DataStyle::Tuple,
        ctors: vec![pair],
    });
    let pair = program.types.intern(Ty::Data(pair));
    Types {
        bool,
        int,
        text,
        node,
        list: program.types.intern(Ty::List(int)),
        set,
        sets: program.types.intern(Ty::Set(set)),
        map: program.types.intern(Ty::Map(int, text)),
        pairs: program.types.intern(Ty::List(pair)),
        texts: program.types.intern(Ty::List(text)),
        option: option_of(program, "Option<int>", int),
        option_text: option_of(program, "Option<string>", text),
    }
}

/// Two nodes of one kind, for `index`.
fn add_nodes(program: &mut Program) {
    let invocations = program.types.intern(Ty::List(program.special.invocation));
    let mut f = FunctionBuilder::new("inputs", Context::Pure, &[], Some(invocations), span());
    f.ret(program.constant(invocations, Value::list(vec![])));
    let inputs = f.finish(program);
    let kind = program.kinds.push(Kind {
        name: "N".into(),
        nodes: Vec::new(),
        single: false,
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
    for index in 0..2 {
        let node = program.nodes.push(NodeInfo { kind, index, name: format!("N[{index}]").into() });
        program.kinds[kind].nodes.push(node);
    }
}

/// Applies an operation twice: to constants, and in place to a local that is overwritten. Both must agree.
fn apply(program: &Program, op: Op, args: &[Typed], result: TyId) -> Result<Value, Fault> {
    let mut program = program.clone();
    let mut f = FunctionBuilder::new("constants", Context::Pure, &[], Some(result), span());
    let operands: Vec<Operand> = args.iter().map(|arg| program.constant(arg.ty, arg.value.clone())).collect();
    let value = f.op(result, op, &operands);
    f.ret(value);
    let constants = f.finish(&mut program);
    let mut in_place = None;
    if args[0].ty == result {
        let mut f = FunctionBuilder::new("in_place", Context::Pure, &[], Some(result), span());
        let local = f.local("x", result);
        f.assign(local, Rvalue::Use(operands[0]));
        f.assign(local, Rvalue::Op(op, [&[Operand::Local(local)], &operands[1..]].concat()));
        f.ret(Operand::Local(local));
        in_place = Some(f.finish(&mut program));
    }
    assert_eq!(verify(&program), Ok(()), "{op:?}");
    let interp = Interp::new(program);
    let run = |func| interp.call(func, &[], &mut NoEnv).map(|value| value.expect("a result"));
    let value = run(constants);
    if let Some(in_place) = in_place {
        assert_eq!(run(in_place), value, "{op:?} in place");
    }
    assert_eq!(run(constants), value, "{op:?} changed a constant");
    value
}

/// Rows, and the operations that they covered.
struct Table {
    program: Program,
    covered: BTreeSet<Op>,
}

impl Table {
    fn gives(&mut self, op: Op, args: &[Typed], result: Typed) {
        self.covered.insert(op);
        assert_eq!(apply(&self.program, op, args, result.ty), Ok(result.value), "{op:?}");
    }

    fn faults(&mut self, op: Op, args: &[Typed], result: TyId, kind: FaultKind, detail: &str) {
        let fault = Fault { kind, span: span(), detail: detail.into() };
        assert_eq!(apply(&self.program, op, args, result), Err(fault), "{op:?}");
        assert!(
            op.info().faults.contains(&kind),
            "the row of {op:?} says that it does not fault with {kind:?}"
        );
    }
}

#[test]
fn every_operation_means_what_its_row_says() {
    let mut program = Program::empty("test");
    let t = types(&mut program);
    add_nodes(&mut program);
    let int = |n: i64| Typed { ty: t.int, value: Value::Int(n) };
    let bool = |b: bool| Typed { ty: t.bool, value: Value::Bool(b) };
    let text = |s: &str| Typed { ty: t.text, value: Value::text(s) };
    let list = |items: &[i64]| Typed { ty: t.list, value: ints(items) };
    let set_value = |items: &[i64]| Value::set(items.iter().map(|n| Value::Int(*n)).collect());
    let set = |items: &[i64]| Typed { ty: t.set, value: set_value(items) };
    let entries = |items: &[(i64, &str)]| {
        items.iter().map(|(k, v)| (Value::Int(*k), Value::text(v))).collect::<Vec<_>>()
    };
    let map = |items: &[(i64, &str)]| Typed { ty: t.map, value: Value::map(entries(items)) };
    let pairs = |items: &[(i64, &str)]| Typed {
        ty: t.pairs,
        value: Value::list(entries(items).into_iter().map(|(k, v)| Value::tuple(vec![k, v])).collect()),
    };
    let some = |n: i64| Typed { ty: t.option, value: Value::some(Value::Int(n)) };
    let none = Typed { ty: t.option, value: Value::none() };
    let texts = |items: &[&str]| Typed {
        ty: t.texts,
        value: Value::list(items.iter().map(|s| Value::text(s)).collect()),
    };
    let some_text = |s: &str| Typed { ty: t.option_text, value: Value::some(Value::text(s)) };
    let node = |n| Typed { ty: t.node, value: Value::Node(n) };
    let mut table = Table { program, covered: BTreeSet::new() };

    table.gives(Op::Add, &[int(2), int(3)], int(5));
    table.gives(Op::Sub, &[int(2), int(3)], int(-1));
    table.gives(Op::Mul, &[int(2), int(3)], int(6));
    table.gives(Op::Div, &[int(-7), int(2)], int(-3));
    table.gives(Op::Rem, &[int(-7), int(2)], int(-1));
    table.gives(Op::Neg, &[int(7)], int(-7));
    table.faults(Op::Add, &[int(i64::MAX), int(1)], t.int, FaultKind::Overflow, "9223372036854775807 + 1");
    table.faults(Op::Sub, &[int(i64::MIN), int(1)], t.int, FaultKind::Overflow, "-9223372036854775808 - 1");
    table.faults(Op::Mul, &[int(i64::MAX), int(2)], t.int, FaultKind::Overflow, "9223372036854775807 * 2");
    table.faults(Op::Div, &[int(1), int(0)], t.int, FaultKind::DivisionByZero, "1 / 0");
    table.faults(Op::Div, &[int(i64::MIN), int(-1)], t.int, FaultKind::Overflow, "-9223372036854775808 / -1");
    table.faults(Op::Rem, &[int(1), int(0)], t.int, FaultKind::DivisionByZero, "1 % 0");
    table.faults(Op::Neg, &[int(i64::MIN)], t.int, FaultKind::Overflow, "-(-9223372036854775808)");
    table.gives(Op::Not, &[bool(true)], bool(false));
    table.gives(Op::Eq, &[map(&[(1, "a")]), map(&[(1, "a")])], bool(true));
    table.gives(Op::Ne, &[set(&[1]), set(&[1, 2])], bool(true));
    table.gives(Op::Lt, &[list(&[1, 2]), list(&[1, 3])], bool(true));
    table.gives(Op::Le, &[text("b"), text("a")], bool(false));
    table.gives(Op::Gt, &[bool(true), bool(false)], bool(true));
    table.gives(Op::Ge, &[int(1), int(1)], bool(true));
    table.gives(Op::Min, &[int(2), int(1)], int(1));
    table.gives(Op::Max, &[text("a"), text("b")], text("b"));
    table.gives(Op::Range, &[int(1), int(4)], list(&[1, 2, 3]));
    table.gives(Op::RangeInclusive, &[int(1), int(3)], list(&[1, 2, 3]));
    table.faults(
        Op::Range,
        &[int(0), int(i64::MAX)],
        t.list,
        FaultKind::TooLarge,
        "0 .. 9223372036854775807",
    );
    table.gives(Op::NodeIndex, &[node(1)], int(1));

    table.gives(Op::StrLen, &[text("äb")], int(2));
    table.gives(Op::StrIsEmpty, &[text("")], bool(true));
    table.gives(Op::StrConcat, &[text("a"), text("b")], text("ab"));

    table.gives(Op::ListLen, &[list(&[1, 1])], int(2));
    table.gives(Op::ListIsEmpty, &[list(&[1])], bool(false));
    table.gives(Op::ListFirst, &[list(&[1, 2])], some(1));
    table.gives(Op::ListFirst, &[list(&[])], none.clone());
    table.gives(Op::ListLast, &[list(&[1, 2])], some(2));
    table.gives(Op::ListGet, &[list(&[1, 2]), int(1)], some(2));
    table.gives(Op::ListGet, &[list(&[1, 2]), int(-1)], none.clone());
    table.gives(Op::ListIndex, &[list(&[1, 2]), int(1)], int(2));
    table.faults(
        Op::ListIndex,
        &[list(&[1, 2, 3]), int(5)],
        t.int,
        FaultKind::IndexOutOfRange,
        "index 5 of a list of 3",
    );
    table.faults(
        Op::ListIndex,
        &[list(&[]), int(-1)],
        t.int,
        FaultKind::IndexOutOfRange,
        "index -1 of a list of 0",
    );
    table.gives(Op::ListSlice, &[list(&[1, 2, 3]), int(1), int(3)], list(&[2, 3]));
    table.faults(
        Op::ListSlice,
        &[list(&[1, 2]), int(2), int(1)],
        t.list,
        FaultKind::IndexOutOfRange,
        "slice 2 to 1 of a list of 2",
    );
    table.gives(Op::ListTake, &[list(&[1, 2, 3]), int(2)], list(&[1, 2]));
    table.gives(Op::ListTake, &[list(&[1]), int(-2)], list(&[]));
    table.gives(Op::ListDrop, &[list(&[1, 2, 3]), int(2)], list(&[3]));
    table.gives(Op::ListDrop, &[list(&[1, 2, 3]), int(9)], list(&[]));
    table.gives(Op::ListContains, &[list(&[1, 2]), int(2)], bool(true));
    table.gives(Op::ListIndexOf, &[list(&[1, 2, 2]), int(2)], some(1));
    table.gives(Op::ListIndexOf, &[list(&[1]), int(2)], none.clone());
    table.gives(Op::ListReverse, &[list(&[1, 2, 3])], list(&[3, 2, 1]));
    table.gives(Op::ListSorted, &[list(&[3, 1, 2, 1])], list(&[1, 1, 2, 3]));
    table.gives(Op::ListConcat, &[list(&[1]), list(&[2])], list(&[1, 2]));
    table.gives(Op::ListPush, &[list(&[1]), int(2)], list(&[1, 2]));
    table.gives(Op::ListPop, &[list(&[1, 2])], list(&[1]));
    table.gives(Op::ListPop, &[list(&[])], list(&[]));
    table.gives(Op::ListPopFront, &[list(&[1, 2])], list(&[2]));
    table.gives(Op::ListPopFront, &[list(&[])], list(&[]));
    table.gives(Op::ListClear, &[list(&[1])], list(&[]));
    table.gives(Op::ListSet, &[list(&[1, 2]), int(0), int(9)], list(&[9, 2]));
    table.faults(
        Op::ListSet,
        &[list(&[1]), int(1), int(9)],
        t.list,
        FaultKind::IndexOutOfRange,
        "index 1 of a list of 1",
    );
    table.gives(Op::ListMax, &[list(&[1, 3, 2])], int(3));
    table.gives(Op::ListMin, &[list(&[2, 1, 3])], int(1));
    table.faults(Op::ListMax, &[list(&[])], t.int, FaultKind::Empty, "");
    table.faults(Op::ListMin, &[list(&[])], t.int, FaultKind::Empty, "");

    table.gives(Op::SetLen, &[set(&[1, 2])], int(2));
    table.gives(Op::SetIsEmpty, &[set(&[])], bool(true));
    table.gives(Op::SetContains, &[set(&[1, 2]), int(3)], bool(false));
    table.gives(Op::SetInsert, &[set(&[1, 3]), int(2)], set(&[1, 2, 3]));
    table.gives(Op::SetInsert, &[set(&[1]), int(1)], set(&[1]));
    table.gives(Op::SetRemove, &[set(&[1, 2]), int(1)], set(&[2]));
    table.gives(Op::SetRemove, &[set(&[1]), int(2)], set(&[1]));
    table.gives(Op::SetClear, &[set(&[1])], set(&[]));
    let subsets = [&[] as &[i64], &[1], &[1, 2], &[2]].map(set_value);
    table.gives(Op::SetSubsets, &[set(&[1, 2])], Typed { ty: t.sets, value: Value::set(subsets.to_vec()) });
    table.gives(Op::SetIsSubset, &[set(&[1]), set(&[1, 2])], bool(true));
    table.gives(Op::SetUnion, &[set(&[1, 3]), set(&[2, 3])], set(&[1, 2, 3]));
    table.gives(Op::SetIntersect, &[set(&[1, 3]), set(&[2, 3])], set(&[3]));
    table.gives(Op::SetDifference, &[set(&[1, 3]), set(&[2, 3])], set(&[1]));
    table.gives(Op::SetOf, &[list(&[2, 1, 2])], set(&[1, 2]));
    table.gives(Op::SetToList, &[set(&[2, 1])], list(&[1, 2]));

    table.gives(Op::MapIndex, &[map(&[(1, "a")]), int(1)], text("a"));
    table.faults(Op::MapIndex, &[map(&[(1, "a")]), int(2)], t.text, FaultKind::MissingKey, "key 2");
    table.gives(Op::MapGet, &[map(&[(1, "a")]), int(1)], some_text("a"));
    table.gives(Op::MapGetOr, &[map(&[(1, "a")]), int(2), text("z")], text("z"));
    table.gives(Op::MapKeys, &[map(&[(2, "b"), (1, "a")])], set(&[1, 2]));
    table.gives(Op::MapValues, &[map(&[(2, "b"), (1, "a")])], texts(&["a", "b"]));
    table.gives(Op::MapLen, &[map(&[(1, "a")])], int(1));
    table.gives(Op::MapIsEmpty, &[map(&[])], bool(true));
    table.gives(Op::MapContains, &[map(&[(1, "a")]), int(1)], bool(true));
    table.gives(Op::MapInsert, &[map(&[(2, "b")]), int(1), text("a")], map(&[(1, "a"), (2, "b")]));
    table.gives(Op::MapInsert, &[map(&[(1, "a")]), int(1), text("b")], map(&[(1, "b")]));
    table.gives(Op::MapRemove, &[map(&[(1, "a")]), int(1)], map(&[]));
    table.gives(Op::MapRemove, &[map(&[(1, "a")]), int(2)], map(&[(1, "a")]));
    table.gives(Op::MapClear, &[map(&[(1, "a")])], map(&[]));
    table.gives(Op::MapOf, &[pairs(&[(2, "b"), (1, "a"), (2, "c")])], map(&[(1, "a"), (2, "c")]));
    table.gives(Op::MapToList, &[map(&[(2, "b"), (1, "a")])], pairs(&[(1, "a"), (2, "b")]));

    table.gives(Op::OptionOr, &[some(1), int(7)], int(1));
    table.gives(Op::OptionOr, &[none, int(7)], int(7));

    let untested: Vec<&Op> = Op::ALL.iter().filter(|op| !table.covered.contains(op)).collect();
    assert!(untested.is_empty(), "no row for {untested:?}");
}
