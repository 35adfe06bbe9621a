//! Where fuel, depth and size end.

use verdi_core::*;
use verdi_interp::Interp;
use verdi_jit::Jit;
use verdi_machine::{Engine, Env, Fault};
use verdi_runtime::{COLLECTION_MAX, FUEL_CHUNK, FUEL_MAX, NESTING_MAX};

struct Nothing;

impl Env for Nothing {}

/// Calls a function in both engines; what it came to, and whether natively.
fn call(program: &Program, func: FuncId, args: &[Value]) -> (Result<Option<Value>, Fault>, bool) {
    verify(program).unwrap_or_else(|errors| panic!("{}", errors[0]));
    let (interp, jit) = (Interp::new(program.clone()), Jit::new(program.clone()));
    let expected = interp.call(func, args, &mut Nothing);
    assert_eq!(jit.call(func, args, &mut Nothing), expected);
    let natively = jit.call_natively(func, args, &mut Nothing);
    if let Some(result) = &natively {
        assert_eq!(*result, expected);
    }
    (expected, natively.is_some())
}

/// `fn main(outer, inner) { for x in 0..outer { for y in 0..inner { } } }`
fn loops() -> (Program, FuncId) {
    let mut program = Program::empty("test");
    let int = program.special.int;
    let list = program.types.intern(Ty::List(int));
    let zero = program.int(0);
    let span = Span::default();
    let mut f = FunctionBuilder::new("main", Context::Pure, &[("outer", int), ("inner", int)], None, span);
    let (outer, inner) = (f.param(0), f.param(1));
    let (xs, ys) = (f.op(list, Op::Range, &[zero, outer]), f.op(list, Op::Range, &[zero, inner]));
    f.each("x", int, xs, |f, _, _| f.each("y", int, ys, |_, _, _| {}));
    let func = f.finish(&mut program);
    (program, func)
}

#[test]
fn fuel_runs_out_at_the_same_place() {
    let (program, func) = loops();
    // Two ranges, a loop over 1000 and its last round, the return; each round is a step into the loop inside, its
    // rounds of two, its last one, and the jump back.
    let cost = |inner: i64| 2 + 1 + 1000 * (1 + 1 + 2 * inner + 1 + 1) + 1 + 1;
    let inner = (10_000_000 - cost(0)) / 2000;
    let run = |inner: i64| call(&program, func, &[Value::Int(1000), Value::Int(inner)]);
    assert!(matches!(run(inner), (Ok(None), true)));
    let (result, natively) = run(inner + 1);
    assert_eq!((result.map_err(|fault| fault.kind), natively), (Err(FaultKind::OutOfFuel), false));
}

/// The costs of single statements: a chain of assignments takes just what loops have left, and then one more.
#[test]
fn the_last_unit_of_fuel_is_the_last() {
    for (assignments, kind) in [(0, None), (1995, None), (1996, Some(FaultKind::OutOfFuel))] {
        let mut program = Program::empty("test");
        let int = program.special.int;
        let list = program.types.intern(Ty::List(int));
        let (zero, outer, inner) = (program.int(0), program.int(1000), program.int(4997));
        let mut f = FunctionBuilder::new("main", Context::Pure, &[], None, Span::default());
        let (xs, ys) = (f.op(list, Op::Range, &[zero, outer]), f.op(list, Op::Range, &[zero, inner]));
        f.each("x", int, xs, |f, _, _| f.each("y", int, ys, |_, _, _| {}));
        for _ in 0..assignments {
            let x = f.local("x", int);
            f.assign(x, Rvalue::Use(zero));
        }
        let func = f.finish(&mut program);
        // 10,000,000 - (2 + 1 + 1000 * (4 + 2 * 4997) + 1 + 1) = 1995
        let (result, natively) = call(&program, func, &[]);
        assert_eq!((result.err().map(|fault| fault.kind), natively), (kind, kind.is_none()), "{assignments}");
    }
}

#[test]
fn values_nest_as_deep() {
    let mut program = Program::empty("test");
    let int = program.special.int;
    let id =
        program.types.add_data(Data { name: "Chain".into(), style: DataStyle::Named, ctors: Vec::new() });
    let chain = program.types.intern(Ty::Data(id));
    let ctors = vec![Ctor::new("End", &[]), Ctor::new("Link", &[("next", chain)])];
    program.types.set_data(id, Data { name: "Chain".into(), style: DataStyle::Named, ctors });
    let list = program.types.intern(Ty::List(int));
    let zero = program.int(0);
    let mut f = FunctionBuilder::new("main", Context::Pure, &[("depth", int)], Some(chain), Span::default());
    let depth = f.param(0);
    let made = f.local("made", chain);
    f.assign(made, Rvalue::Make(0, Vec::new()));
    let rounds = f.op(list, Op::Range, &[zero, depth]);
    f.each("x", int, rounds, |f, _, _| f.assign(made, Rvalue::Make(1, vec![Operand::Local(made)])));
    f.ret(Operand::Local(made));
    let func = f.finish(&mut program);
    let run = |depth: usize| call(&program, func, &[Value::Int(depth as i64)]);
    assert!(matches!(run(NESTING_MAX), (Ok(_), true)));
    let (result, natively) = run(NESTING_MAX + 1);
    assert_eq!((result.map_err(|fault| fault.kind), natively), (Err(FaultKind::TooLarge), false));
}

#[test]
fn collections_grow_as_large() {
    let mut program = Program::empty("test");
    let int = program.special.int;
    let list = program.types.intern(Ty::List(int));
    let zero = program.int(0);
    let mut f = FunctionBuilder::new("main", Context::Pure, &[("n", int)], Some(int), Span::default());
    let n = f.param(0);
    let xs = f.local("xs", list);
    f.assign(xs, Rvalue::Op(Op::Range, vec![zero, n]));
    f.assign(xs, Rvalue::Op(Op::ListPush, vec![Operand::Local(xs), zero]));
    let len = f.op(int, Op::ListLen, &[Operand::Local(xs)]);
    f.ret(len);
    let func = f.finish(&mut program);
    let most = COLLECTION_MAX as i64;
    let run = |n: i64| call(&program, func, &[Value::Int(n)]);
    assert_eq!(run(most - 1), (Ok(Some(Value::Int(most))), true));
    assert_eq!(run(most).0.map_err(|fault| fault.kind), Err(FaultKind::TooLarge));
}

/// A chain of calls deeper than a thread's stack, and twice as many calls at each level.
#[test]
fn long_chains_of_calls() {
    let mut program = Program::empty("test");
    let int = program.special.int;
    let one = program.int(1);
    let mut below: Option<FuncId> = None;
    for at in 0..20_000 {
        let mut f =
            FunctionBuilder::new(&format!("f{at}"), Context::Pure, &[("n", int)], Some(int), Span::default());
        let n = f.param(0);
        let n = match below {
            Some(below) => f.temp(int, Rvalue::Call(below, vec![n])),
            None => n,
        };
        let sum = f.op(int, Op::Add, &[n, one]);
        f.ret(sum);
        below = Some(f.finish(&mut program));
    }
    let top = below.expect("there are some");
    assert_eq!(call(&program, top, &[Value::Int(0)]), (Ok(Some(Value::Int(20_000))), true));
}

#[test]
fn calls_without_loops_run_out_of_fuel_too() {
    let mut program = Program::empty("test");
    let int = program.special.int;
    let mut below: Option<FuncId> = None;
    for at in 0..40 {
        let mut f =
            FunctionBuilder::new(&format!("f{at}"), Context::Pure, &[("n", int)], Some(int), Span::default());
        let mut n = f.param(0);
        if let Some(below) = below {
            n = f.temp(int, Rvalue::Call(below, vec![n]));
            n = f.temp(int, Rvalue::Call(below, vec![n]));
        }
        f.ret(n);
        below = Some(f.finish(&mut program));
    }
    let top = below.expect("there are some");
    let (result, natively) = call(&program, top, &[Value::Int(0)]);
    assert_eq!((result.map_err(|fault| fault.kind), natively), (Err(FaultKind::OutOfFuel), false));
}

/// How many elements the collections have that operations are tried on.
const MANY: i64 = 6400;

/// The type that a signature stands for, where `A` is `a` and `B` is `int`.
fn sig_ty(program: &mut Program, sig: &SigTy, a: TyId) -> TyId {
    let int = program.special.int;
    match sig {
        SigTy::Bool => program.special.bool,
        SigTy::Int | SigTy::B => int,
        SigTy::Str => program.types.intern(Ty::Str),
        SigTy::Node => program.special.node,
        SigTy::A => a,
        SigTy::List(sig) => {
            let item = sig_ty(program, sig, a);
            program.types.intern(Ty::List(item))
        }
        SigTy::Set(sig) => {
            let item = sig_ty(program, sig, a);
            program.types.intern(Ty::Set(item))
        }
        SigTy::Map(..) => program.types.intern(Ty::Map(a, int)),
        SigTy::Option(sig) => {
            let ty = sig_ty(program, sig, a);
            data(
                program,
                "Option",
                DataStyle::Named,
                vec![Ctor::new("None", &[]), Ctor::new("Some", &[("", ty)])],
            )
        }
        SigTy::Pair(..) => {
            data(program, "pair", DataStyle::Tuple, vec![Ctor::new("", &[("", a), ("", int)])])
        }
    }
}

fn data(program: &mut Program, name: &str, style: DataStyle, ctors: Vec<Ctor>) -> TyId {
    let known = program.types.all_data().find(|(_, data)| {
        data.name == name
            && data.ctors.iter().map(|ctor| &ctor.fields).eq(ctors.iter().map(|ctor| &ctor.fields))
    });
    let id = match known {
        Some((id, _)) => id,
        None => program.types.add_data(Data { name: name.into(), style, ctors }),
    };
    program.types.intern(Ty::Data(id))
}

/// A large value of a type.
fn large(program: &Program, ty: TyId) -> Value {
    let ints = || (0..MANY).map(Value::Int).collect::<Vec<Value>>();
    match *program.types.get(ty) {
        Ty::Int => Value::Int(3),
        Ty::Str => Value::text(&"x".repeat(MANY as usize)),
        Ty::List(item) if item == program.special.int => Value::list(ints()),
        Ty::List(_) => Value::list(ints().into_iter().map(|n| Value::tuple(vec![n.clone(), n])).collect()),
        Ty::Set(_) => Value::set(ints()),
        Ty::Map(..) => Value::map(ints().into_iter().map(|n| (n.clone(), n)).collect()),
        Ty::Data(_) => Value::none(),
        _ => Value::Bool(true),
    }
}

/// What an operation on large collections costs: what is left before it is just enough, or one unit too little.
#[test]
fn operations_cost_the_same() {
    for op in Op::ALL.iter().copied().filter(|op| !matches!(op, Op::SetSubsets | Op::NodeIndex)) {
        for short in [0, 1] {
            let (program, func, args) = burn_then(op, short);
            let (result, natively) = call(&program, func, &args);
            let kind = result.err().map(|fault| fault.kind);
            let expected = (short == 1).then_some(FaultKind::OutOfFuel);
            assert_eq!((kind, natively), (expected, expected.is_none()), "{op:?}");
        }
    }
}

/// A function that takes its fuel but for what an operation and the end cost, less `short`, and then does that operation.
fn burn_then(op: Op, short: i64) -> (Program, FuncId, Vec<Value>) {
    let mut program = Program::empty("test");
    let (int, bool) = (program.special.int, program.special.bool);
    let ints = program.types.intern(Ty::List(int));
    // Comparisons and defaults of collections cost too.
    let on_lists =
        matches!(op, Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge | Op::Min | Op::Max | Op::OptionOr);
    let a = if on_lists { ints } else { int };
    let params: Vec<TyId> = op.info().params.iter().map(|sig| sig_ty(&mut program, sig, a)).collect();
    let result = sig_ty(&mut program, &op.info().result, a);
    let args: Vec<Value> = params.iter().map(|ty| large(&program, *ty)).collect();
    let walked: usize = if op.is_quick() { 0 } else { args.iter().map(Value::size).sum() };
    // The operation and the return; three ranges, two loops with their last rounds.
    let fixed = 1 + (walked / FUEL_CHUNK) as i64 + 1 + 3 + 4;
    let left = FUEL_MAX as i64 - fixed + short;
    // A round of the first loop compares a large list with itself.
    let large_len = 1 << 20;
    let round = 3 + 2 * large_len / FUEL_CHUNK as i64;
    let (rounds, rest) = (left / round, left % round);
    let named: Vec<(&str, TyId)> = params.iter().map(|ty| ("x", *ty)).collect();
    let [zero, large_len, rounds, halves] = [0, large_len, rounds, rest / 2].map(|n| program.int(n));
    let mut f = FunctionBuilder::new("main", Context::Pure, &named, Some(result), Span::default());
    let xs = f.op(ints, Op::Range, &[zero, large_len]);
    let times = f.op(ints, Op::Range, &[zero, rounds]);
    f.each("x", int, times, |f, _, _| {
        f.op(bool, Op::Eq, &[xs, xs]);
    });
    let times = f.op(ints, Op::Range, &[zero, halves]);
    f.each("x", int, times, |_, _, _| {});
    if rest % 2 == 1 {
        f.temp(int, Rvalue::Use(zero));
    }
    let operands: Vec<Operand> = (0..params.len()).map(|at| f.param(at)).collect();
    let made = f.op(result, op, &operands);
    f.ret(made);
    let func = f.finish(&mut program);
    (program, func, args)
}

/// What is too large to be compiled runs all the same.
#[test]
fn large_functions_are_interpreted() {
    let mut program = Program::empty("test");
    let int = program.special.int;
    let one = program.int(1);
    let mut f = FunctionBuilder::new("main", Context::Pure, &[("n", int)], Some(int), Span::default());
    let mut n = f.param(0);
    for _ in 0..30_000 {
        n = f.op(int, Op::Add, &[n, one]);
    }
    f.ret(n);
    let func = f.finish(&mut program);
    assert_eq!(call(&program, func, &[Value::Int(1)]), (Ok(Some(Value::Int(30_001))), false));
}

/// Branches within branches, deeper than a compiler that calls itself could go on a small stack.
#[test]
fn deep_functions_are_compiled() {
    let mut program = Program::empty("test");
    let bool = program.special.bool;
    let mut body = Block::default();
    let cond = Operand::Local(LocalId::from_u32(0));
    for _ in 0..3000 {
        let stmt = Stmt { span: Span::default(), kind: StmtKind::If(cond, body, Block::default()) };
        body = Block { stmts: vec![stmt] };
    }
    let mut f = FunctionBuilder::new("main", Context::Pure, &[("b", bool)], None, Span::default());
    f.branch(cond, |_| {}, |_| {});
    let func = f.finish(&mut program);
    program.functions[func].body = body;
    assert_eq!(call(&program, func, &[Value::Bool(true)]), (Ok(None), true));
}
