//! Which statements a call is told to run.

use crate::support::{NoEnv, ints, span};
use verdi_core::*;
use verdi_interp::{Follow, Interp};
use verdi_machine::Engine;

#[derive(Default)]
struct Followed(Vec<String>);

impl Follow for Followed {
    fn ran(&mut self, func: FuncId, stmt: u32) {
        self.0.push(format!("{func} {stmt}"));
    }

    fn entered(&mut self, func: FuncId, stmt: u32) {
        self.0.push(format!("{func} {stmt} entered"));
    }
}

/// Statement by statement: 0 a loop, in it 1 a scope, 2 a test, 3 a branch with 4 and 5, 6 a call; 7 the return.
#[test]
fn statements_are_named_by_their_position() {
    let mut program = Program::empty("test");
    let (int, bool) = (program.special.int, program.special.bool);
    let mut f = FunctionBuilder::new("helper", Context::Pure, &[], None, span());
    f.stmt(StmtKind::Return(None));
    let helper = f.finish(&mut program);
    let list = program.types.intern(Ty::List(int));
    let (items, one) = (program.constant(list, ints(&[1, 2])), program.int(1));
    let mut f = FunctionBuilder::new("main", Context::Pure, &[], None, span());
    f.each("x", int, items, |f, _, x| {
        f.scope(|f, end| {
            let first = f.op(bool, Op::Eq, &[x, one]);
            f.branch(
                first,
                |f| f.stmt(StmtKind::Leave(end)),
                |f| f.stmt(StmtKind::Assert(first, "no".into())),
            );
            f.stmt(StmtKind::Call(helper, Vec::new()));
        });
    });
    f.stmt(StmtKind::Return(None));
    let main = f.finish(&mut program);
    let interp = Interp::new(program);
    let mut followed = Followed::default();
    let result = interp.call_followed(main, &[], &mut NoEnv, &mut followed);
    assert!(result.is_err(), "the second element is not one");
    let told = [
        "fn1 0",
        "fn1 0 entered",
        "fn1 2",
        "fn1 3",
        "fn1 3 entered",
        "fn1 4",
        "fn1 0 entered",
        "fn1 2",
        "fn1 3",
        "fn1 5",
    ];
    assert_eq!(followed.0, told);
    assert_eq!(result, interp.call(main, &[], &mut NoEnv), "to be followed changes nothing");
}
