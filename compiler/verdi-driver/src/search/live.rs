//! Properties of runs, after the search for all others.

use super::jit;
use crate::options::{CheckOptions, EngineKind};
use std::sync::Arc;
use verdi_core::{Fairness, Program, PropertyKind};
use verdi_explore::{Answer, Coverage, Cut, Go, Lived, Open, Options, Outcome, Stats, explore_liveness};
use verdi_interp::Interp;
use verdi_jit::NativeParts;
use verdi_machine::{Machine, TakenApart};

/// Adds to an outcome the answers to the properties of runs, where there are any; says what is to be said of them.
pub(super) fn answer(
    program: &Arc<Program>,
    options: &CheckOptions,
    explore_with: &Options,
    outcome: &mut Outcome,
    progress: &mut dyn FnMut(&Stats) -> Go,
) -> Vec<String> {
    let live = program.properties.iter().filter(|(_, property)| property.kind.is_live());
    let live: Vec<_> = live.map(|(id, _)| id).collect();
    if live.is_empty() {
        return Vec::new();
    }
    if let Coverage::Cut(cut @ (Cut::Time | Cut::Interrupted)) = outcome.coverage {
        for id in live {
            outcome.answers[id.as_u32() as usize] = Answer::Open(Open::Cut(cut));
        }
        return Vec::new();
    }
    let left = explore_with.time_max.map(|most| most.saturating_sub(outcome.stats.elapsed));
    let explore_with = Options { time_max: left, ..explore_with.clone() };
    let fairness: Vec<Fairness> = program.network.rules.values().map(|rule| rule.fairness).collect();
    let machine = Machine::new(Interp::new(Arc::clone(program)));
    let lived = match options.engine {
        EngineKind::Jit => {
            explore_liveness(&NativeParts::new(&machine, jit(program)), &fairness, &explore_with, progress)
        }
        EngineKind::Interp => {
            explore_liveness(&TakenApart::new(&machine), &fairness, &explore_with, progress)
        }
    };
    merge(program, outcome, lived)
}

fn merge(program: &Program, outcome: &mut Outcome, lived: Lived) -> Vec<String> {
    outcome.stats.elapsed += lived.stats.elapsed;
    for (id, answer) in lived.answers {
        outcome.answers[id.as_u32() as usize] = answer;
    }
    for (id, property) in &program.properties {
        let answer = &mut outcome.answers[id.as_u32() as usize];
        if property.kind == PropertyKind::NoFault && *answer == Answer::NotFound {
            *answer = lived.fault.clone().map_or(Answer::NotFound, Answer::Found);
        }
    }
    let vacuous = lived.vacuous.into_iter().map(|id| {
        let name = &program.properties[id].name;
        format!("nothing is asked by `{name}`: what is on the left of its `~>` is true in no world")
    });
    vacuous.collect()
}
