//! One meaning: every way to search a model counts the same worlds and finds the same.

use verdi_core::{Program, PropertyKind};
use verdi_explore::{Answer, Coverage, Cut, Faulted, Go, Options, Outcome, explore, explore_parts, replay};
use verdi_interp::Interp;
use verdi_jit::{Jit, NativeParts};
use verdi_machine::{Machine, TakenApart};

use crate::oracle::Counts;

/// What must not depend on how a search is done: coverage and counts, and of each answer how long its run is and what
/// faulted in it.
#[derive(Debug, PartialEq)]
struct Result {
    coverage: Coverage,
    counts: Option<(u64, u64, u64)>,
    answers: Vec<Option<(usize, Option<Faulted>)>>,
    undecided: usize,
    untold: usize,
    faults: bool,
}

fn result(outcome: &Outcome, counts: bool) -> Result {
    let stats = &outcome.stats;
    let answer = |answer: &Answer| match answer {
        Answer::NotFound | Answer::Lasso(_) | Answer::Open(_) => None,
        Answer::Found(run) => Some((run.choices.len(), run.fault.as_ref().map(|(_, what)| *what))),
    };
    Result {
        coverage: outcome.coverage.clone(),
        counts: counts.then_some((stats.distinct, stats.transitions, stats.levels)),
        answers: outcome.answers.iter().map(answer).collect(),
        undecided: outcome.undecided.len(),
        untold: outcome.untold.len(),
        faults: outcome.fault.is_some(),
    }
}

/// The clear search over the interpreter; `None` where there are more worlds than `worlds_max`.
pub fn clear(program: &Program, worlds_max: u64, count_all: bool) -> Option<Outcome> {
    let machine = Machine::new(Interp::new(program.clone()));
    let options = Options { count_all, worlds_max: Some(worlds_max), ..Options::default() };
    let outcome = explore(&machine, &options, &mut |_| Go::On);
    (outcome.coverage != Coverage::Cut(Cut::Worlds)).then_some(outcome)
}

/// Holds the fast search, over parts told by the interpreter and by compiled code, by one worker and by two, against
/// what the clear search found.
///
/// # Panics
/// Where they differ.
pub fn fast(place: &str, program: &Program, clear: &Outcome, count_all: bool) {
    let machine = Machine::new(Interp::new(program.clone()));
    let clear = result(clear, count_all);
    for workers in [1, 2] {
        let options = Options { count_all, workers, ..Options::default() };
        let told = explore_parts(|| TakenApart::new(&machine), &options, &mut |_| Go::On);
        assert_eq!(result(&told, count_all), clear, "{place}: told by the interpreter, {workers} workers");
        let native = || NativeParts::new(&machine, Jit::compiling_after(0, program.clone()));
        let native = explore_parts(native, &options, &mut |_| Go::On);
        assert_eq!(result(&native, count_all), clear, "{place}: compiled, {workers} workers");
        for outcome in [told, native] {
            ways_can_be_gone(place, &machine, &outcome);
        }
    }
}

/// Every run that was found can be followed in the clear machine, but for a last step that faults.
fn ways_can_be_gone(place: &str, machine: &Machine<Interp>, outcome: &Outcome) {
    let found = outcome.answers.iter().filter_map(|answer| match answer {
        Answer::Found(run) => Some(run),
        Answer::NotFound | Answer::Lasso(_) | Answer::Open(_) => None,
    });
    for run in found {
        let steps_fault = matches!(run.fault, Some((_, Faulted::Step)));
        let steps = run.choices.len() - usize::from(steps_fault && !run.choices.is_empty());
        let begun = !(steps_fault && run.choices.is_empty());
        assert!(!begun || replay(machine, &run.choices[..steps]).is_ok(), "{place}: {:?}", run.choices);
    }
}

/// The lengths of the shortest runs, as the oracle finds them.
fn lengths(outcome: &Outcome, program: &Program) -> Vec<Option<u64>> {
    let answers = program.properties.values().zip(&outcome.answers);
    answers
        .map(|(property, answer)| match answer {
            Answer::Found(run) if property.kind != PropertyKind::NoFault => Some(run.choices.len() as u64),
            _ => None,
        })
        .collect()
}

/// Holds a count of all worlds against the oracle's.
///
/// # Panics
/// Where they differ.
pub fn counts(place: &str, program: &Program, outcome: &Outcome, counted: &Counts) {
    assert!(matches!(outcome.coverage, Coverage::Complete(_)), "{place}: {:?}", outcome.coverage);
    // Where operations are watched the oracle tells whole histories apart, not what follows from them.
    if !program.limits_operations() {
        assert_eq!(outcome.stats.distinct, counted.distinct, "{place}: distinct worlds");
        assert_eq!(outcome.stats.transitions, counted.transitions, "{place}: transitions");
        assert_eq!(outcome.stats.levels, counted.levels, "{place}: levels");
    }
    assert_eq!(lengths(outcome, program), counted.found, "{place}: the shortest runs");
}
