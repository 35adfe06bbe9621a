//! One meaning: the clear search over the interpreter, and the fast search over parts told by the interpreter or by
//! compiled code, count the same worlds and find the same, with one worker or two.

use std::path::Path;
use verdi_core::Program;
use verdi_driver::options::{CheckOptions, EngineKind};
use verdi_tests::run::check_with;
use verdi_tests::{agree, models, programs, shown};

/// Searches in every way; whether the model was small enough.
fn hold(place: &str, program: &Program, worlds_max: u64, count_all: bool) -> bool {
    let Some(clear) = agree::clear(program, worlds_max, count_all) else { return false };
    agree::fast(place, program, &clear, count_all);
    true
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

/// What is said of each refinement: its verdict, how long the run is that shows it, and over how many steps it holds.
fn refinements(path: &Path, engine: EngineKind, workers: usize) -> Vec<String> {
    let options = CheckOptions { engine, workers: Some(workers), ..CheckOptions::default() };
    let mut said = Vec::new();
    for check in check_with(path, &options).report.checks {
        for row in check.rows.iter().filter(|row| row.property.starts_with("refines ")) {
            let steps = row.trace.as_ref().map(|trace| trace.steps.len());
            let notes: Vec<_> = check.notes.iter().filter(|note| note.starts_with("each of ")).collect();
            said.push(format!("{} {} {} {steps:?} {notes:?}", check.name, row.property, row.verdict.name()));
        }
    }
    said
}

#[test]
fn engines_agree_on_refinements() {
    let mut held = 0;
    let claims = |path: &Path| {
        // What is large takes the clear search minutes.
        !path.ends_with("refines_large.verdi")
            && std::fs::read_to_string(path).is_ok_and(|text| text.contains(" refines "))
    };
    for path in programs("tests/suite/transformers").into_iter().filter(|path| claims(path)) {
        let fast = refinements(&path, EngineKind::Jit, 1);
        assert_eq!(fast, refinements(&path, EngineKind::Jit, 2), "{}", shown(&path));
        assert_eq!(fast, refinements(&path, EngineKind::Interp, 1), "{}", shown(&path));
        held += fast.len();
    }
    assert!(held >= 20, "only {held} refinements are claimed");
}
