//! Where fuel, depth and size end.

use verdi_core::*;
use verdi_interp::Interp;
use verdi_jit::Jit;
use verdi_machine::{Engine, Env, Fault};
use verdi_runtime::{COLLECTION_MAX, NESTING_MAX};

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
