mod body;
mod calls;
mod flow;
mod model;
mod signature;
mod values;

use crate::{FuncId, Program, Span};
use smol_str::SmolStr;
use std::fmt;

/// Something that makes a program no Core program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyError {
    /// The function it is in; empty for the rest of the program.
    pub function: SmolStr,
    /// The statement's source, or the function's; `None` outside of functions.
    pub span: Option<Span>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.function.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.function, self.message)
        }
    }
}

/// Checks that a program is one that engines can run: what follows is the specification of Core.
///
/// **Types.** The special types have the shapes that [`crate::SpecialTypes`] says, and the timer type a
/// constructor without fields for each timer. A data type may contain itself; engines bound how deep its
/// values nest. Every constant's value is a canonical value of its type.
///
/// **Calls.** No function calls itself, directly or through others. A call gives as many arguments as the
/// callee has parameters, of their types; the callee is [`crate::Context::Pure`] or has the caller's own
/// context. [`crate::StmtKind::Call`] calls a function without a result, [`crate::Rvalue::Call`] one with a result of
/// the assigned local's type.
///
/// **Statements.** Every operand is a constant or a local of the function. Conditions are `bool`. A loop runs over a
/// list and its element's local has the list's element type; it is not the element of an enclosing loop too. An
/// operation's operands and the local it is assigned to match its row of the table with one choice of `A`
/// and `B`; where the row says so, `A` is ordered: `int`, `string`, `bool`, or tuples and lists of
/// such. `Make`, `Is` and `Get` name a constructor and a field of the data type at hand.
///
/// **Flow.** A local is assigned on every path before it is read; parameters are assigned at the start. Every
/// path of a function with a result returns a value of its type; a function without one returns none.
/// Labels are unique in their function, and `Leave` names an enclosing scope or loop. A path fires at most one event,
/// counting the functions it calls, and none in a loop.
///
/// **Contexts.** An instruction marked Node, Rule or World in its documentation stands in functions of such a
/// context only, one without a mark anywhere. Fields are those of the function's kind.
///
/// **The model.** Each kind lists its nodes in the order of their indices, and each node is listed by its
/// kind. Functions named by kinds, fields, variables, rules, properties and the constraint have the contexts and signatures
/// that those say. Rules' `acts_on` names a binder of the right type, a bound that counts per node is of a rule that has
/// one, and built-in properties have no parts. A watcher has an invariant without parts for itself; the machine of a specification
/// is a Core program of one node, and each input and output that is matched has its constructor there.
///
/// # Errors
/// Everything that is wrong, in the order of the program.
pub fn verify(program: &Program) -> Result<(), Vec<VerifyError>> {
    let mut verifier = Verifier { program, function: None, span: None, errors: Vec::new() };
    verifier.special_types();
    // What follows asks for types' parts, and walks along calls.
    if verifier.errors.is_empty() {
        verifier.constants();
        let fires = verifier.calls();
        for (id, function) in &program.functions {
            (verifier.function, verifier.span) = (Some(id), Some(function.span));
            verifier.body(function);
            verifier.flow(function, &fires);
        }
        (verifier.function, verifier.span) = (None, None);
        verifier.model();
    }
    if verifier.errors.is_empty() { Ok(()) } else { Err(verifier.errors) }
}

struct Verifier<'a> {
    program: &'a Program,
    /// Where it is.
    function: Option<FuncId>,
    span: Option<Span>,
    errors: Vec<VerifyError>,
}

impl Verifier<'_> {
    fn error(&mut self, message: impl Into<String>) {
        let function = self.function.map(|id| self.program.functions[id].name.clone()).unwrap_or_default();
        self.errors.push(VerifyError { function, span: self.span, message: message.into() });
    }

    fn check(&mut self, holds: bool, message: impl FnOnce() -> String) {
        if !holds {
            self.error(message());
        }
    }
}
