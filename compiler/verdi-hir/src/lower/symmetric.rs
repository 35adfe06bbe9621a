//! Nodes that a check declares to be interchangeable must be.

use verdi_core::{Program, reduce};
use verdi_diagnostics::{Diagnostic, codes};

/// How many of the places that tell nodes apart are shown.
const SHOWN_MAX: usize = 4;

/// Refuses to count worlds as one where liveness is asked for.
pub(super) fn refuse_liveness(program: &Program) -> Result<(), Vec<Diagnostic>> {
    let live = program.properties.values().find(|property| property.kind.is_live());
    let (Some(live), Some((kind, span))) = (live, program.symmetric.first()) else { return Ok(()) };
    let name = &program.kinds[*kind].name;
    let message = format!("`symmetric {name}` does not go with a liveness property");
    let error = Diagnostic::error(codes::V0706, *span, message)
        .label("worlds that are counted as one may be far apart on a run")
        .also(live.span, format!("`{}` is of whole runs", live.name))
        .note("leave `symmetric` out, or ask for liveness in a check of its own");
    Err(vec![error])
}

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
