//! One meaning: the clear search over the interpreter, and the fast search over parts told by the interpreter or by
//! compiled code, count the same worlds and find the same, with one worker or two.

use std::path::Path;
use verdi_core::Program;
use verdi_explore::{Answer, Coverage, Cut, Faulted, Go, Options, Outcome, explore, explore_parts, replay};
use verdi_interp::Interp;
use verdi_jit::{Jit, NativeParts};
use verdi_machine::{Machine, TakenApart};
use verdi_tests::{models, programs, shown};

/// What must not depend on how a search is done: coverage and counts, and of each answer how long its run is and what
/// faulted in it.
#[derive(Debug, PartialEq)]
struct Result {
    coverage: Coverage,
    counts: Option<(u64, u64, u64)>,
    answers: Vec<Option<(usize, Option<Faulted>)>>,
    undecided: usize,
    faults: bool,
}

fn result(outcome: &Outcome, counts: bool) -> Result {
    let stats = &outcome.stats;
    let answer = |answer: &Answer| match answer {
        Answer::NotFound => None,
        Answer::Found(run) => Some((run.choices.len(), run.fault.as_ref().map(|(_, what)| *what))),
    };
    Result {
        coverage: outcome.coverage.clone(),
        counts: counts.then_some((stats.distinct, stats.transitions, stats.levels)),
        answers: outcome.answers.iter().map(answer).collect(),
        undecided: outcome.undecided.len(),
        faults: outcome.fault.is_some(),
    }
}

/// Searches in every way; whether the model was small enough.
fn hold(place: &str, program: &Program, worlds_max: u64, count_all: bool) -> bool {
    let machine = Machine::new(Interp::new(program.clone()));
    let options = Options { count_all, worlds_max: Some(worlds_max), ..Options::default() };
    let clear = explore(&machine, &options, &mut |_| Go::On);
    if clear.coverage == Coverage::Cut(Cut::Worlds) {
        return false;
    }
    let clear = result(&clear, count_all);
    for workers in [1, 2] {
        let options = Options { count_all, workers, ..Options::default() };
        let told = explore_parts(|| TakenApart::new(&machine), &options, &mut |_| Go::On);
        assert_eq!(result(&told, count_all), clear, "{place}: told by the interpreter, {workers} workers");
        let native = || NativeParts::new(&machine, Jit::new(program.clone()));
        let native = explore_parts(native, &options, &mut |_| Go::On);
        assert_eq!(result(&native, count_all), clear, "{place}: compiled, {workers} workers");
        for outcome in [told, native] {
            ways_can_be_gone(place, &machine, &outcome);
        }
    }
    true
}

/// Every run that was found can be followed in the clear machine, but for a last step that faults.
fn ways_can_be_gone(place: &str, machine: &Machine<Interp>, outcome: &Outcome) {
    let found = outcome.answers.iter().filter_map(|answer| match answer {
        Answer::Found(run) => Some(run),
        Answer::NotFound => None,
    });
    for run in found {
        let steps_fault = matches!(run.fault, Some((_, Faulted::Step)));
        let steps = run.choices.len() - usize::from(steps_fault && !run.choices.is_empty());
        let begun = !(steps_fault && run.choices.is_empty());
        assert!(!begun || replay(machine, &run.choices[..steps]).is_ok(), "{place}: {:?}", run.choices);
    }
}

fn hold_file(path: &Path, worlds_max: u64) -> usize {
    let mut held = 0;
    for (title, program) in models::of(path) {
        let place = format!("{}: {title}", shown(path));
        let both = hold(&place, &program, worlds_max, true) && hold(&place, &program, worlds_max, false);
        held += usize::from(both);
    }
    held
}

fn hold_folder(folder: &str, worlds_max: u64) -> usize {
    programs(folder).iter().map(|path| hold_file(path, worlds_max)).sum()
}

#[test]
fn engines_agree_on_the_examples() {
    let held = hold_folder("examples", 30_000);
    assert!(held >= 25, "only {held} checks are small enough");
}

#[test]
fn engines_agree_on_the_suite() {
    let held = hold_folder("tests/suite/lang", 10_000) + hold_folder("tests/suite/net", 10_000);
    assert!(held >= 30, "only {held} checks are small enough");
}

#[test]
fn engines_agree_on_the_models_of_other_tools() {
    let held = hold_folder("tests/suite/peers", 60_000);
    assert!(held >= 7, "only {held} checks are small enough");
}
