//! Nodes that a check declares to be interchangeable must be.

use verdi_core::{Program, reduce};
use verdi_diagnostics::{Diagnostic, codes};

/// How many of the places that tell nodes apart are shown.
const SHOWN_MAX: usize = 4;

/// Refuses a program that can tell apart nodes that its check declares `symmetric`.
pub(super) fn refuse(program: &Program) -> Result<(), Vec<Diagnostic>> {
    if program.symmetric.is_empty() {
        return Ok(());
    }
    let symmetry = reduce::symmetry(program);
    let refusals: Vec<_> = symmetry
        .unsound(program)
        .into_iter()
        .map(|(refused, span)| {
            let name = &program.kinds[refused.kind].name;
            let message = format!("the nodes of `{name}` are not interchangeable here");
            let mut error = Diagnostic::error(codes::V0727, span, message).label("declared to be here");
            for why in refused.reasons.iter().take(SHOWN_MAX) {
                error = error.also(why.span, why.text.clone());
            }
            error
        })
        .collect();
    if refusals.is_empty() { Ok(()) } else { Err(refusals) }
}
