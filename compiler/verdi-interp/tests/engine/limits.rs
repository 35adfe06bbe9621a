//! What bad programs cannot do: run for ever, or use up the stack.

use crate::support::{NoEnv, call, int_ty, run, span};
use verdi_core::*;
use verdi_interp::Interp;
use verdi_machine::Engine;
use verdi_runtime::FUEL_MAX;

#[test]
fn a_function_that_runs_too_long_is_out_of_fuel() {
    let fault = run(int_ty, |p, f| {
        let int = p.special.int;
        let list = p.types.intern(Ty::List(int));
        let many = f.op(list, Op::Range, &[p.int(0), p.int(4000)]);
        let total = f.local("total", int);
        f.assign(total, Rvalue::Use(p.int(0)));
        f.each("x", int, many, |f, _, _| {
            f.each("y", int, many, |f, _, y| {
                f.assign(total, Rvalue::Op(Op::Add, vec![Operand::Local(total), y]))
            });
        });
        f.ret(Operand::Local(total));
    });
    assert_eq!(fault.map_err(|fault| fault.kind), Err(FaultKind::OutOfFuel));
    const { assert!(FUEL_MAX < 4000 * 4000) }
}

#[test]
fn a_long_list_can_be_built() {
    let len = run(int_ty, |p, f| {
        let int = p.special.int;
        let list = p.types.intern(Ty::List(int));
        let many = f.op(list, Op::Range, &[p.int(0), p.int(40_000)]);
        let all = f.local("all", list);
        f.assign(all, Rvalue::List(vec![]));
        f.each("x", int, many, |f, _, x| {
            f.assign(all, Rvalue::Op(Op::ListPush, vec![Operand::Local(all), x]))
        });
        let len = f.op(int, Op::ListLen, &[Operand::Local(all)]);
        f.ret(len);
    });
    assert_eq!(len, Ok(Value::Int(40_000)));
}

#[test]
fn deep_nesting_does_not_use_up_the_stack() {
    let depth = 20_000;
    let mut program = Program::empty("test");
    let int = program.special.int;
    let (yes, value) = (program.bool(true), program.int(9));
    let mut block = Block { stmts: vec![Stmt { span: span(), kind: StmtKind::Return(Some(value)) }] };
    for label in 0..depth {
        let inner = StmtKind::If(yes, block, Block::default());
        let scope = StmtKind::Scope(Label(label), Block { stmts: vec![Stmt { span: span(), kind: inner }] });
        block = Block { stmts: vec![Stmt { span: span(), kind: scope }] };
    }
    block.stmts.push(Stmt { span: span(), kind: StmtKind::Return(Some(value)) });
    let f = FunctionBuilder::new("main", Context::Pure, &[], Some(int), span());
    let main = f.finish(&mut program);
    program.functions[main].body = block;
    let interp = Interp::new(program);
    assert_eq!(interp.call(main, &[], &mut NoEnv), Ok(Some(Value::Int(9))));
    // Dropping so deep a tree is not what is tested.
    std::mem::forget(interp);
}

#[test]
fn a_long_chain_of_calls_does_not_use_up_the_stack() {
    let mut program = Program::empty("test");
    let int = program.special.int;
    let mut f = FunctionBuilder::new("f0", Context::Pure, &[("n", int)], Some(int), span());
    f.ret(f.param(0));
    let mut callee = f.finish(&mut program);
    for n in 1..3_000 {
        let mut f = FunctionBuilder::new(&format!("f{n}"), Context::Pure, &[("n", int)], Some(int), span());
        let next = f.op(int, Op::Add, &[f.param(0), program.int(1)]);
        let result = f.temp(int, Rvalue::Call(callee, vec![next]));
        f.ret(result);
        callee = f.finish(&mut program);
    }
    assert_eq!(call(program, callee, &[Value::Int(0)]), Ok(Value::Int(2_999)));
}

#[test]
fn subsets_of_a_large_set_fault_at_once() {
    let fault = run(
        |p| p.special.int,
        |p, f| {
            let int = p.special.int;
            let (list, set) = (p.types.intern(Ty::List(int)), p.types.intern(Ty::Set(int)));
            let sets = p.types.intern(Ty::Set(set));
            let many = f.op(list, Op::Range, &[p.int(0), p.int(100_000)]);
            let many = f.op(set, Op::SetOf, &[many]);
            let subsets = f.op(sets, Op::SetSubsets, &[many]);
            let len = f.op(int, Op::SetLen, &[subsets]);
            f.ret(len);
        },
    );
    assert_eq!(fault.map_err(|fault| fault.kind), Err(FaultKind::TooLarge));
}

#[test]
fn a_value_that_nests_too_deep_faults() {
    let nest = |times: i64| {
        run(int_ty, |p, f| {
            let int = p.special.int;
            let chain =
                p.types.add_data(Data { name: "Chain".into(), style: DataStyle::Named, ctors: vec![] });
            let ty = p.types.intern(Ty::Data(chain));
            let ctors = vec![Ctor::new("End", &[]), Ctor::new("Link", &[("next", ty)])];
            p.types.set_data(chain, Data { name: "Chain".into(), style: DataStyle::Named, ctors });
            let list = p.types.intern(Ty::List(int));
            let many = f.op(list, Op::Range, &[p.int(0), p.int(times)]);
            let value = f.local("value", ty);
            f.assign(value, Rvalue::Make(0, vec![]));
            f.each("x", int, many, |f, _, _| f.assign(value, Rvalue::Make(1, vec![Operand::Local(value)])));
            f.ret(p.int(1));
        })
    };
    assert_eq!(nest(200), Ok(Value::Int(1)));
    assert_eq!(nest(1_000_000).map_err(|fault| fault.kind), Err(FaultKind::TooLarge));
}

#[test]
fn walking_large_collections_takes_fuel() {
    let fault = run(int_ty, |p, f| {
        let (int, bool) = (p.special.int, p.special.bool);
        let list = p.types.intern(Ty::List(int));
        let large = f.op(list, Op::Range, &[p.int(0), p.int(10_000)]);
        let many = f.op(list, Op::Range, &[p.int(0), p.int(1_000_000)]);
        f.each("x", int, many, |f, _, _| {
            f.op(bool, Op::ListContains, &[large, p.int(-1)]);
        });
        f.ret(p.int(0));
    });
    assert_eq!(fault.map_err(|fault| fault.kind), Err(FaultKind::OutOfFuel));
}
