use crate::expand::{All, Drawn};
use crate::frontier::{Queue, Runs, Stack};
use crate::search::{Search as Loop, Strategy};
use crate::seen::{Exact, Nearest, Path};
use crate::watch::Watch;
use crate::{Coverage, Options, Outcome, Search, Stats};
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
///
/// Each new world is held against every property that has no answer yet; an answer is the first run that
/// was found, in breadth-first order a shortest one. (A fault of a guard, a domain or the constraint happens
/// as the next step is looked for, and counts as long as a run with that step.) The same model and options
/// find the same, unless time or `progress` cut the search short.
///
/// A step that faults has no next world, nor has a world whose constraint faults; the search goes on
/// elsewhere. A fault in a property's own evaluation leaves that property undecided in that world.
pub fn explore<M: Model>(model: &M, options: &Options, progress: &mut dyn FnMut(&Stats) -> Go) -> Outcome {
    let watch = Watch::new(options.time_max, progress);
    let kinds = model.properties();
    let depth_max = model.depth_max().map(|most| u32::try_from(most).unwrap_or(u32::MAX));
    let expand = All::new();
    match options.search {
        Search::BreadthFirst => {
            let strategy = Strategy { frontier: Queue::new(), seen: Exact::new(), expand, depth_max };
            Loop::new(model, options, strategy, watch, kinds).run()
        }
        Search::DepthFirst if depth_max.is_some() => {
            let strategy = Strategy { frontier: Stack::new(), seen: Nearest::new(), expand, depth_max };
            Loop::new(model, options, strategy, watch, kinds).run()
        }
        Search::DepthFirst => {
            let strategy = Strategy { frontier: Stack::new(), seen: Exact::new(), expand, depth_max };
            Loop::new(model, options, strategy, watch, kinds).run()
        }
        Search::Random { runs, steps } => {
            let steps = u32::try_from(steps).unwrap_or(u32::MAX);
            let strategy = Strategy {
                frontier: Runs::new(runs),
                seen: Path::new(),
                expand: Drawn::new(options.seed),
                depth_max: Some(depth_max.map_or(steps, |most| most.min(steps))),
            };
            sampled(Loop::new(model, options, strategy, watch, kinds).run())
        }
    }
}

/// Random runs that came to their end have not covered everything.
fn sampled(outcome: Outcome) -> Outcome {
    match outcome.coverage {
        Coverage::Complete(_) => Outcome { coverage: Coverage::Sampled, ..outcome },
        _ => outcome,
    }
}
