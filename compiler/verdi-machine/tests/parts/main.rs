//! A model taken apart against the machine it was taken from, on every program that there is.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

mod models;
mod naive;
mod walk;

use models::{models, programs};
use verdi_interp::Interp;
use verdi_machine::{Machine, Parts, TakenApart};
use walk::Walk;

/// Holds the parts of every check of a folder's programs against its machine. Answers with how many checks and worlds.
fn hold_folder(folder: &str, most: usize) -> (usize, usize) {
    let (mut checks, mut worlds) = (0, 0);
    for path in programs(folder) {
        for (title, program) in models(&path) {
            let machine = Machine::new(Interp::new(program));
            worlds += Walk::new(&machine, format!("{}: {title}", path.display())).run(most);
            checks += 1;
        }
    }
    (checks, worlds)
}

/// As many worlds of each check as are visited.
const WORLDS_MAX: usize = 3_000;

#[test]
fn parts_do_as_the_machine_does_on_the_examples() {
    let (checks, worlds) = hold_folder("examples", WORLDS_MAX);
    assert!(checks >= 40 && worlds >= 30_000, "{checks} checks, {worlds} worlds");
}

#[test]
fn parts_do_as_the_machine_does_on_the_language() {
    let (checks, worlds) = hold_folder("tests/suite/lang", WORLDS_MAX);
    assert!(checks >= 40 && worlds >= 700, "{checks} checks, {worlds} worlds");
}

#[test]
fn parts_do_as_the_machine_does_on_networks() {
    let (checks, worlds) = hold_folder("tests/suite/net", WORLDS_MAX);
    assert!(checks >= 40 && worlds >= 3_000, "{checks} checks, {worlds} worlds");
}

#[test]
fn parts_do_as_the_machine_does_on_the_models_of_other_tools() {
    let (checks, worlds) = hold_folder("tests/suite/peers", WORLDS_MAX);
    assert!(checks >= 4 && worlds >= 5_000, "{checks} checks, {worlds} worlds");
}

#[test]
fn no_example_has_a_world_rule() {
    for path in programs("examples") {
        for (title, program) in models(&path) {
            let machine = Machine::new(Interp::new(program));
            let parts = TakenApart::new(&machine);
            assert!(!parts.shape().has_world_rules, "{}: {title}", path.display());
        }
    }
}
