//! Machines: a system of one node that sends nothing, lowered without a check, to be taken as a function.

use super::inputs::Inputs;
use super::{Evaluate, Lower};
use crate::hir::{self, Subject};
use smol_str::SmolStr;
use verdi_core::reduce::not_a_machine;
use verdi_core::{self as core, Span};
use verdi_diagnostics::{Diagnostic, codes};

/// Lowers a machine: its state and handlers, closed; no network, no inputs to draw and nothing asked. `name` is the
/// subject as it was written, `span` where.
///
/// # Errors
/// What is wrong with its arguments, or what keeps it from being a machine.
pub fn lower_machine(
    program: &hir::Program,
    subject: &Subject,
    name: &SmolStr,
    span: Span,
    evaluate: Evaluate<'_>,
) -> Result<core::Program, Vec<Diagnostic>> {
    let wrong = |text: &str| vec![not_one(span, name).label(text)];
    let Some(mut lower) = Lower::apply_alone(program, subject, name, evaluate)? else {
        return Err(wrong("its system is not known"));
    };
    if lower.core.nodes.len() != 1 {
        let (kinds, nodes) = (lower.core.kinds.len(), lower.core.nodes.len());
        let also = lower.members().kinds.values().map(|kind| kind.span);
        let mut report = not_one(span, name).label(match kinds {
            1 => format!("it has {nodes} nodes"),
            _ => format!("it has {kinds} kinds of nodes"),
        });
        for place in also {
            report = report.also(place, "declared here");
        }
        return Err(vec![report]);
    }
    let mut inputs = Inputs::new(vec![Vec::new(); lower.members().inputs.len()], 0);
    lower.system(&mut inputs);
    let core = lower.close()?;
    let whys = not_a_machine(&core);
    if whys.is_empty() {
        return Ok(core);
    }
    let report = not_one(span, name).label("it is more than a function of its state and an input");
    Err(vec![whys.into_iter().fold(report, |report, why| report.also(why.span, why.text))])
}

fn not_one(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(codes::V0740, span, format!("`{name}` is not a machine"))
        .note("a machine is a system of one node that sends nothing and uses no timers")
}
