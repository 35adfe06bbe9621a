use verdi_core::{FuncId, Value};
use verdi_machine::Env;

/// Told which statements a call runs. A statement is named by its position in its function's body, where each is
/// followed by the statements in it: of a branch the first alternative's, then the second's.
pub trait Follow {
    /// A statement runs. Not told of blocks that only group others.
    fn ran(&mut self, func: FuncId, stmt: u32);

    /// The condition of a branch that runs holds, or a loop that runs takes an element.
    fn entered(&mut self, func: FuncId, stmt: u32);

    /// A function is called by another. `env` is as it finds it.
    fn called(&mut self, _func: FuncId, _args: &[Value], _env: &dyn Env) {}

    /// A function that was called by another returns. `env` is as it leaves it.
    fn returned(&mut self, _func: FuncId, _value: Option<&Value>, _env: &dyn Env) {}
}

/// Looks away.
impl Follow for () {
    fn ran(&mut self, _func: FuncId, _stmt: u32) {}

    fn entered(&mut self, _func: FuncId, _stmt: u32) {}
}
