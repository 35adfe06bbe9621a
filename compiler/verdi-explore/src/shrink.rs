//! Making a run shorter without losing what it shows.

mod evidence;
mod reduce;
mod shortest;

use crate::Run;
use evidence::Evidence;
use verdi_core::PropertyId;
use verdi_machine::{Choice, Model};

/// A run that shows the same about the same property, by steps of the given run alone, and is no longer.
///
/// Where the worlds that those steps can reach are few, it is a shortest such run. Otherwise steps are left
/// out, in ever smaller pieces, together with those that they alone enabled, until no single one can be; on
/// very long runs that stops early, after a fixed amount of work. "The same" is a violation of the same
/// invariant, a deadlock, or a fault of the same kind at the same place of the source. A run that shows
/// nothing about the property is given back as it is.
pub fn shrink<M: Model>(model: &M, property: PropertyId, run: &Run) -> Run {
    let Some((evidence, way)) = Evidence::of(model, property, run) else { return run.clone() };
    let Some(found) = shorten(model, &evidence, way) else { return run.clone() };
    evidence.run(model, found)
}

fn shorten<M: Model>(model: &M, evidence: &Evidence, way: &[Choice]) -> Option<Vec<Choice>> {
    if let Some(found) = shortest::shortest(model, evidence, way) {
        return Some(found);
    }
    let reduced = reduce::reduce(model, evidence, way)?;
    Some(shortest::shortest(model, evidence, &reduced).unwrap_or(reduced))
}
