use verdi_core::*;
use verdi_interp::Interp;
use verdi_machine::{Engine, Env, Fault};

pub(crate) struct NoEnv;

impl Env for NoEnv {}

pub(crate) fn span() -> Span {
    Span::default()
}

/// Runs a pure function that `write` writes, in a program that the verifier accepts.
pub(crate) fn run(
    result: impl FnOnce(&mut Program) -> TyId,
    write: impl FnOnce(&mut Program, &mut FunctionBuilder),
) -> Result<Value, Fault> {
    let mut program = Program::empty("test");
    let result = result(&mut program);
    let mut f = FunctionBuilder::new("main", Context::Pure, &[], Some(result), span());
    write(&mut program, &mut f);
    let main = f.finish(&mut program);
    call(program, main, &[])
}

pub(crate) fn call(program: Program, func: FuncId, args: &[Value]) -> Result<Value, Fault> {
    if let Err(errors) = verify(&program) {
        panic!("{errors:#?}\n{program}");
    }
    Ok(Interp::new(program).call(func, args, &mut NoEnv)?.expect("the function has a result"))
}

pub(crate) fn int_ty(program: &mut Program) -> TyId {
    program.special.int
}

pub(crate) fn ints(items: &[i64]) -> Value {
    Value::list(items.iter().map(|n| Value::Int(*n)).collect())
}
