//! Steps that can wait, as nothing that they lead to reaches the nodes whose steps are taken first.

use super::refusal;
use crate::options::{CheckOptions, EngineKind, PorUse, SearchOrder};
use crate::render::count;
use std::sync::Arc;
use verdi_core::{Program, Span};
use verdi_diagnostics::Diagnostic;
use verdi_explore::Stats;
use verdi_machine::Prospects;

/// Whether and how a search lets steps wait.
pub(super) struct Waiting {
    asked: bool,
    prospects: Option<Arc<Prospects>>,
}

impl Waiting {
    pub(super) fn of(program: &Program, options: &CheckOptions, span: Span) -> Result<Self, Vec<Diagnostic>> {
        let asked = options.por != PorUse::Off;
        let prospects = match asked.then(|| Prospects::of(program)) {
            None => None,
            Some(Ok(prospects)) => Some(Arc::new(prospects)),
            Some(Err(_)) if options.por == PorUse::Auto => None,
            Some(Err(reasons)) => return Err(vec![refusal("--por on", span, &reasons)]),
        };
        Ok(Self { asked, prospects })
    }

    pub(super) fn prospects(&self) -> Option<Arc<Prospects>> {
        self.prospects.clone()
    }

    /// What there is to say after a search.
    pub(super) fn note(&self, stats: &Stats) -> Option<String> {
        let said = match (&self.prospects, stats.reduced) {
            (None, _) => "`--por auto` is not shown to be sound here: every world is counted".to_owned(),
            (Some(_), 0) => "`--por` had no effect: in every world, all steps had to be taken".into(),
            (Some(_), 1) => "in 1 world the steps of some nodes were enough, and the others waited".into(),
            (Some(_), many) => {
                format!(
                    "in {} worlds the steps of some nodes were enough, and the others waited",
                    count(many)
                )
            }
        };
        self.asked.then_some(said)
    }
}

/// Refuses to let steps wait in a search that cannot.
///
/// # Errors
/// It is not the fast search.
pub(crate) fn may_wait(options: &CheckOptions) -> anyhow::Result<()> {
    let fast = options.engine == EngineKind::Jit && options.search == SearchOrder::Bfs;
    if options.por != PorUse::Off && !fast {
        anyhow::bail!("`--por` is of breadth-first searches with the engine jit");
    }
    Ok(())
}
