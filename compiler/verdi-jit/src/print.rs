use crate::emit::{self, Links, emit};
use crate::shared::Shared;
use cranelift_codegen::ir;
use cranelift_codegen::isa::CallConv;
use cranelift_codegen::settings;
use cranelift_frontend::FunctionBuilderContext;
use std::fmt::Write as _;
use std::sync::Arc;
use verdi_core::{Op, Program};

/// The functions of a program as Cranelift's intermediate language; the same on every machine that has a backend. What is outside of a
/// function has a number that the lines before it explain.
pub fn print_clif(program: &Program) -> String {
    let shared = Shared::new(Arc::new(program.clone()));
    let flags = settings::Flags::new(settings::builder());
    let isa = cranelift_native::builder().ok().and_then(|isa| isa.finish(flags).ok());
    let Some(mut target) = isa.map(|isa| isa.frontend_config()) else {
        return "; there is no backend for this machine\n".into();
    };
    target.default_call_conv = CallConv::SystemV;
    let (mut builder, mut text) = (FunctionBuilderContext::new(), String::new());
    for (func, function) in &program.functions {
        let (mut links, mut to) = (Links::to_print(), ir::Function::new());
        to.name = ir::UserFuncName::user(0, func.as_u32());
        emit(&shared, func, &mut links, &mut to, &mut builder, target);
        // Writing to a string does not fail.
        let _ = writeln!(text, "; {}\n{}{}", function.name, links.legend(&shared), to.display());
    }
    text
}

/// How an operation is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Native {
    /// By instructions.
    Always,
    /// By instructions for operands of most types.
    Mostly,
    /// By a helper.
    Helper,
}

/// How an operation is run.
pub fn native(op: Op) -> Native {
    if emit::ALWAYS_NATIVE.contains(&op) {
        Native::Always
    } else if emit::MOSTLY_NATIVE.contains(&op) {
        Native::Mostly
    } else {
        Native::Helper
    }
}
