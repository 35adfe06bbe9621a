//! Properties of runs need all worlds and all steps.

use crate::options::{CheckOptions, CollapseUse, PorUse, SearchOrder, SymmetryUse};
use verdi_core::{Program, Span};
use verdi_diagnostics::{Diagnostic, codes};

/// The options of a run in which a property of runs can be answered: what is to be as it may is switched off.
///
/// # Errors
/// What is asked for leaves steps out.
pub(super) fn all_steps(
    program: &Program,
    options: &CheckOptions,
    span: Span,
) -> Result<CheckOptions, Vec<Diagnostic>> {
    let Some(live) = program.properties.values().find(|property| property.kind.is_live()) else {
        return Ok(options.clone());
    };
    let flag = match options {
        CheckOptions { search: SearchOrder::Random, .. } => Some("random runs do"),
        CheckOptions { search: SearchOrder::Swarm, .. } => Some("`--swarm` does"),
        CheckOptions { disk: Some(_), .. } => Some("`--disk` does"),
        CheckOptions { collapse: CollapseUse::Drops | CollapseUse::Duplicates, .. } => {
            Some("`--collapse` does")
        }
        CheckOptions { por: PorUse::On, .. } => Some("`--por on` does"),
        _ => None,
    };
    if let Some(flag) = flag {
        let message = format!("{flag} not go with a liveness property");
        let error = Diagnostic::error(codes::V0706, span, message)
            .label("in this check")
            .also(live.span, format!("`{}` is of whole runs", live.name));
        return Err(vec![error]);
    }
    let (collapse, por, symmetry) = (CollapseUse::Off, PorUse::Off, SymmetryUse::Off);
    Ok(CheckOptions { collapse, por, symmetry, ..options.clone() })
}
