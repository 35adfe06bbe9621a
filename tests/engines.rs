//! One meaning: the clear search over the interpreter, and the fast search over parts told by the interpreter or by
//! compiled code, count the same worlds and find the same, with one worker or two.

use std::path::Path;
use verdi_core::Program;
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
