//! Properties of runs: `p ~> q` and `eventually p`, on every run that is fair.
//!
//! All worlds and steps are remembered as a graph (`graph`). A property is violated where a world that waits for `q`
//! leads, through worlds that wait, into a part of the graph that a fair run need never leave (`fair`): Emerson and
//! Lei, "Modalities for model checking" (1987). What is told is a way there and a cycle (`lasso`). A run may do nothing
//! for ever where no fair step is enabled; so each world has a silent step to itself, of which nothing has to be kept.

mod fair;
mod graph;
mod lasso;
mod pending;
#[cfg(test)]
mod tests;

use crate::explore::Go;
use crate::watch::Watch;
use crate::{Answer, Faulted, Lasso, Open, Options, Run, Stats};
use fair::Fair;
use graph::{Built, Graph, build};
use pending::{Pending, Promise};
use verdi_core::{Fairness, PropertyId};
use verdi_machine::Parts;

/// What was found of the properties of runs.
#[derive(Clone, Debug)]
pub struct Lived {
    /// An answer for each, by id; never [`Answer::Found`].
    pub answers: Vec<(PropertyId, Answer)>,
    /// Properties `p ~> q` whose `p` is true in no world.
    pub vacuous: Vec<PropertyId>,
    /// The first fault of an evaluation of one.
    pub fault: Option<Run>,
    /// How much work it was.
    pub stats: Stats,
}

/// Answers the properties of runs. `fairness` is that of each rule. Sequential, and the same each time.
///
/// A firing that a bound on its rule holds back is not enabled. One that a limit of the check keeps from being followed (a
/// constraint, the bound on depth, the bound on packets) is enabled, but nothing is known of the runs that take it:
/// where one may have to be taken, there is no answer.
pub fn explore_liveness<P: Parts>(
    parts: &P,
    fairness: &[Fairness],
    options: &Options,
    progress: &mut dyn FnMut(&Stats) -> Go,
) -> Lived {
    let mut watch = Watch::new(options.time_max, progress);
    let built = build(parts, fairness, options, &mut watch);
    let mut lived = Lived {
        answers: Vec::new(),
        vacuous: Vec::new(),
        fault: built.fault.as_ref().map(|(property, world, fault)| Run {
            choices: choices(parts, &built.graph.way_to(*world)),
            fault: Some((fault.clone(), Faulted::Property(*property))),
        }),
        stats: built.stats,
    };
    for (at, kind) in parts.shape().properties.iter().enumerate() {
        let Some(each) = kind.case_parts() else { continue };
        let property = PropertyId::from_u32(at as u32);
        let (answer, begins) = answer(parts, &built, property, each);
        if !begins && answer == Answer::NotFound {
            lived.vacuous.push(property);
        }
        lived.answers.push((property, answer));
    }
    lived.stats.elapsed = watch.elapsed();
    lived
}

/// The answer to one property, and whether any world promises what it asks for.
fn answer<P: Parts>(parts: &P, built: &Built, property: PropertyId, each: usize) -> (Answer, bool) {
    let questions: Vec<usize> = built.asked_of(property).collect();
    let (mut leaves, mut begins) = (false, questions.is_empty());
    for (case, questions) in questions.chunks_exact(each).enumerate() {
        let promise = Promise {
            begins: (each == 2).then(|| built.truth[questions[0]].as_slice()),
            keeps: &built.truth[questions[each - 1]],
        };
        let (pending, lasso) = case_of(&built.graph, promise);
        leaves |= pending.leaves;
        begins |= each == 1 || promise.begins.is_some_and(|begins| begins.contains(&Some(true)));
        if let Some((labels, back)) = lasso {
            return (Answer::Lasso(Lasso { choices: choices(parts, &labels), back, case }), true);
        }
    }
    let open = match built.cut {
        Some(cut) => Some(Open::Cut(cut)),
        None if built.faulted.contains(&property) => Some(Open::Faults),
        None if leaves => Some(Open::Leaves),
        None => None,
    };
    (open.map_or(Answer::NotFound, Answer::Open), begins)
}

/// The worlds of one promise that wait, and a fair run on which it is not kept, if there is one: its labels, and where it goes
/// back to.
fn case_of<'g>(graph: &'g Graph, promise: Promise<'_>) -> (Pending<'g>, Option<(Vec<u32>, usize)>) {
    let pending = Pending::of(graph, promise);
    let fair = Fair::of(graph, &pending.order);
    let found = pending.order.iter().find(|world| fair.part(**world).is_some()).map(|world| {
        let mut labels = pending.way_to(*world);
        let back = labels.len();
        labels.extend(lasso::cycle(graph, &fair, *world));
        (labels, back)
    });
    (pending, found)
}

fn choices<P: Parts>(parts: &P, labels: &[u32]) -> Vec<verdi_machine::Choice> {
    labels.iter().map(|label| parts.choice(*label)).collect()
}
