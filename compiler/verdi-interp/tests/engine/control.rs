//! Branches, loops, scopes and calls.

use crate::support::{NoEnv, call, int_ty, ints, run, span};
use verdi_core::*;
use verdi_interp::Interp;
use verdi_machine::{Engine, Env, Fault};

/// `for x in [1, 2, 3, 4] { if x is even { .. } else { .. } }`.
#[test]
fn loops_and_branches() {
    let total = run(int_ty, |p, f| {
        let int = p.special.int;
        let list = p.types.intern(Ty::List(int));
        let (items, total) = (p.constant(list, ints(&[1, 2, 3, 4])), f.local("total", int));
        f.assign(total, Rvalue::Use(p.int(0)));
        f.each("x", int, items, |f, _, x| {
            let half = f.op(int, Op::Rem, &[x, p.int(2)]);
            let even = f.op(p.special.bool, Op::Eq, &[half, p.int(0)]);
            f.branch(
                even,
                |f| f.assign(total, Rvalue::Op(Op::Add, vec![Operand::Local(total), x])),
                |f| f.assign(total, Rvalue::Op(Op::Mul, vec![Operand::Local(total), p.int(10)])),
            );
        });
        f.ret(Operand::Local(total));
    });
    // ((0 * 10 + 2) * 10) + 4
    assert_eq!(total, Ok(Value::Int(24)));
}

/// Leaves two loops and a scope at once, from the inside.
#[test]
fn leaving_goes_on_after_the_label() {
    let found = run(int_ty, |p, f| {
        let (int, bool) = (p.special.int, p.special.bool);
        let list = p.types.intern(Ty::List(int));
        let items = p.constant(list, ints(&[1, 2, 3]));
        let found = f.local("found", int);
        f.assign(found, Rvalue::Use(p.int(0)));
        f.each("x", int, items, |f, outer, x| {
            f.each("y", int, items, |f, _, y| {
                f.scope(|f, _| {
                    let sum = f.op(int, Op::Add, &[x, y]);
                    let enough = f.op(bool, Op::Ge, &[sum, p.int(4)]);
                    f.when(enough, |f| {
                        let both = f.op(int, Op::Mul, &[x, p.int(10)]);
                        f.assign(found, Rvalue::Op(Op::Add, vec![both, y]));
                        f.stmt(StmtKind::Leave(outer));
                    });
                });
            });
        });
        // A loop that comes after starts afresh.
        f.each("z", int, items, |f, _, _| {
            f.assign(found, Rvalue::Op(Op::Add, vec![Operand::Local(found), p.int(100)]))
        });
        f.ret(Operand::Local(found));
    });
    assert_eq!(found, Ok(Value::Int(313)));
}

#[test]
fn a_scope_is_left_to_its_end() {
    let value = run(int_ty, |p, f| {
        let value = f.local("value", p.special.int);
        f.assign(value, Rvalue::Use(p.int(1)));
        f.scope(|f, label| {
            f.branch(p.bool(true), |f| f.stmt(StmtKind::Leave(label)), |_| {});
            f.assign(value, Rvalue::Use(p.int(2)));
        });
        f.assign(value, Rvalue::Op(Op::Add, vec![Operand::Local(value), p.int(10)]));
        f.ret(Operand::Local(value));
    });
    assert_eq!(value, Ok(Value::Int(11)));
}

/// A call within a loop, whose callee returns out of a loop of its own.
#[test]
fn calls_keep_frames_apart() {
    let mut program = Program::empty("test");
    let (int, bool) = (program.special.int, program.special.bool);
    let list = program.types.intern(Ty::List(int));
    let items = program.constant(list, ints(&[5, 6, 7]));
    let mut f = FunctionBuilder::new("first_above", Context::Pure, &[("n", int)], Some(int), span());
    f.each("x", int, items, |f, _, x| {
        let above = f.op(bool, Op::Gt, &[x, f.param(0)]);
        f.when(above, |f| f.ret(x));
    });
    let none = program.int(-1);
    f.ret(none);
    let callee = f.finish(&mut program);
    let mut f = FunctionBuilder::new("main", Context::Pure, &[], Some(list), span());
    let found = f.local("found", list);
    f.assign(found, Rvalue::List(vec![]));
    f.each("y", int, items, |f, _, y| {
        let above = f.temp(int, Rvalue::Call(callee, vec![y]));
        f.assign(found, Rvalue::Op(Op::ListPush, vec![Operand::Local(found), above]));
    });
    f.ret(Operand::Local(found));
    let main = f.finish(&mut program);
    assert_eq!(call(program, main, &[]), Ok(ints(&[6, 7, -1])));
}

#[test]
fn data_is_made_tested_and_taken_apart() {
    let mut program = Program::empty("test");
    let (int, bool) = (program.special.int, program.special.bool);
    let role = Data {
        name: "Role".into(),
        style: DataStyle::Named,
        ctors: vec![Ctor::new("Follower", &[]), Ctor::new("Leader", &[("term", int), ("votes", int)])],
    };
    let role = program.types.add_data(role);
    let role = program.types.intern(Ty::Data(role));
    let mut f = FunctionBuilder::new("main", Context::Pure, &[("n", int)], Some(int), span());
    let leader = f.temp(role, Rvalue::Make(1, vec![program.int(7), f.param(0)]));
    let is_follower = f.temp(bool, Rvalue::Is(leader, 0));
    f.when(is_follower, |f| f.ret(program.int(-1)));
    let votes = f.temp(int, Rvalue::Get(leader, 1, 1));
    f.ret(votes);
    let main = f.finish(&mut program);
    assert_eq!(call(program, main, &[Value::Int(3)]), Ok(Value::Int(3)));
}

/// What a function's loops tell of themselves.
#[derive(Default)]
struct Told(Vec<String>);

impl Env for Told {
    fn enter_loop(&mut self, _func: FuncId, element: LocalId, value: &Value) {
        self.0.push(format!("{element} {}", value.as_int()));
    }
    fn exit_loop(&mut self, left: bool) {
        self.0.push(if left { "left".into() } else { "ended".into() });
    }
}

#[test]
fn loops_tell_their_environment() {
    let mut program = Program::empty("test");
    let int = program.special.int;
    let list = program.types.intern(Ty::List(int));
    let (one, two) = (program.constant(list, ints(&[1])), program.constant(list, ints(&[2, 3])));
    let empty = program.constant(list, ints(&[]));
    let mut f = FunctionBuilder::new("main", Context::Pure, &[], None, span());
    f.each("x", int, two, |f, _, _| {
        f.each("y", int, one, |_, _, _| {});
        f.each("z", int, empty, |_, _, _| {});
        f.each("w", int, one, |f, _, _| f.stmt(StmtKind::Return(None)));
    });
    let main = f.finish(&mut program);
    let mut told = Told::default();
    assert_eq!(Interp::new(program).call(main, &[], &mut told), Ok(None));
    assert_eq!(told.0, ["%0 2", "%1 1", "ended", "%3 1", "left", "left"]);
}

#[test]
fn a_failed_assert_gives_its_reason() {
    let fault = run(int_ty, |p, f| {
        f.stmt(StmtKind::Assert(p.bool(true), "fine".into()));
        f.stmt(StmtKind::Assert(p.bool(false), "the queue is not empty".into()));
        f.ret(p.int(0));
    });
    let wanted = Fault { kind: FaultKind::Assert, span: span(), detail: "the queue is not empty".into() };
    assert_eq!(fault, Err(wanted));
}

#[test]
fn a_fault_is_where_its_statement_is() {
    let mut program = Program::empty("test");
    let int = program.special.int;
    let mut f =
        FunctionBuilder::new("main", Context::Pure, &[], Some(int), Span { start: 7, end: 9, ..span() });
    let (one, zero) = (program.int(1), program.int(0));
    let quotient = f.op(int, Op::Div, &[one, zero]);
    f.ret(quotient);
    let main = f.finish(&mut program);
    let fault = Interp::new(program).call(main, &[], &mut NoEnv).expect_err("a division by zero");
    assert_eq!((fault.span.start, fault.span.end, fault.detail.as_str()), (7, 9, "1 / 0"));
}
