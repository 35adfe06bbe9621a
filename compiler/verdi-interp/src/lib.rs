//! The reference engine: clear rather than fast. It is the definition of what Core means; every other
//! engine agrees with it on results and faults.
//!
//! Each function's structured body is laid out once as a line of instructions with jumps (`code`, `flatten`); `run`
//! executes them with a stack of frames of its own, so that neither deeply nested Core nor a long chain of
//! calls can exhaust the stack. What a primitive operation means is in `verdi-runtime`; `ops` only names
//! the function.

mod code;
mod detail;
mod flatten;
mod follow;
mod ops;
mod run;

pub use follow::Follow;

use code::Code;
use cranelift_entity::PrimaryMap;
use std::collections::BTreeSet;
use std::sync::Arc;
use verdi_core::{DataId, FuncId, Program, Value};
use verdi_machine::{Engine, Env, Fault};

/// The interpreter of one verified program.
#[derive(Clone, Debug)]
pub struct Interp {
    program: Arc<Program>,
    code: PrimaryMap<FuncId, Code>,
    /// The data types that contain themselves: how deep their values nest is checked as they are made.
    recursive: BTreeSet<DataId>,
}

impl Interp {
    /// Lays out all functions of a program that [`verdi_core::verify`] accepts.
    pub fn new(program: impl Into<Arc<Program>>) -> Self {
        let program = program.into();
        let code = program.functions.values().map(flatten::flatten).collect();
        let types = &program.types;
        let recursive = types.all_data().map(|(id, _)| id).filter(|id| types.is_recursive(*id)).collect();
        Self { program, code, recursive }
    }

    /// As [`Engine::call`], and tells `follow` of every statement that runs and of every function that another calls.
    ///
    /// # Errors
    /// The fault that ended it.
    pub fn call_followed(
        &self,
        func: FuncId,
        args: &[Value],
        env: &mut dyn Env,
        follow: &mut impl Follow,
    ) -> Result<Option<Value>, Fault> {
        run::Run::new(self, env, follow).call(func, args)
    }
}

impl Engine for Interp {
    fn program(&self) -> &Program {
        &self.program
    }

    fn call(&self, func: FuncId, args: &[Value], env: &mut dyn Env) -> Result<Option<Value>, Fault> {
        self.call_followed(func, args, env, &mut ())
    }

    fn another(&self, program: &Arc<Program>) -> Box<dyn Engine + Send + Sync> {
        Box::new(Self::new(Arc::clone(program)))
    }
}
