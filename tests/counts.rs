//! How many worlds there are: the explorer's counts against a naive second count, and against other tools'.

#![expect(clippy::expect_used, reason = "what is not as expected fails the test")]

use std::path::Path;

use verdi_explore::{Coverage, Go, Options, Outcome, explore, explore_parts};
use verdi_interp::Interp;
use verdi_machine::{Machine, TakenApart};
use verdi_tests::{agree, models, oracle, programs, root, shown};

/// Both counts of every check of a program that has at most so many worlds. Answers with how many were held
/// against each other.
fn hold_against_oracle(path: &Path, most: u64) -> usize {
    let mut held = 0;
    for (title, program) in models::of(path) {
        let place = format!("{}: {title}", shown(path));
        let Ok(Some(counted)) = oracle::count(&Interp::new(program.clone()), most) else { continue };
        let outcome = agree::clear(&program, u64::MAX, true).expect("nothing limits it");
        agree::counts(&place, &program, &outcome, &counted);
        held += 1;
    }
    held
}

fn hold_folder(folder: &str, most: u64) -> usize {
    let programs = programs(folder);
    assert!(!programs.is_empty(), "{folder} is empty");
    programs.iter().map(|path| hold_against_oracle(path, most)).sum()
}

#[test]
fn the_oracle_agrees_on_the_examples() {
    let held = hold_folder("examples", 10_000);
    assert!(held >= 20, "only {held} checks are small enough");
}

#[test]
fn the_oracle_agrees_on_the_suite() {
    let held = hold_folder("tests/suite/lang", 5_000) + hold_folder("tests/suite/net", 5_000);
    assert!(held >= 30, "only {held} checks are small enough");
}

#[test]
fn the_oracle_agrees_on_the_models_of_other_tools() {
    let held = hold_folder("tests/suite/peers", 10_000);
    assert!(held >= 6, "only {held} checks are small enough");
}

#[test]
#[ignore = "takes minutes: tests/long runs it"]
fn the_oracle_agrees_on_the_large_checks_too() {
    for folder in ["examples", "tests/suite/lang", "tests/suite/net"] {
        hold_folder(folder, 1_000_000);
    }
    hold_folder("tests/suite/peers", 300_000);
}

/// A check of the models that other tools were run on.
fn peer(file: &str, title: &str) -> Machine<Interp> {
    let path = root().join("tests/suite/peers").join(file);
    let (_, program) =
        models::of(&path).into_iter().find(|(name, _)| name == title).expect("the check is there");
    Machine::new(Interp::new(program))
}

/// What there is to count of a search that must cover everything.
fn counts(outcome: &Outcome) -> (u64, u64, u64) {
    assert_eq!(outcome.coverage, Coverage::Complete(Default::default()), "nothing bounds it");
    (outcome.stats.distinct, outcome.stats.transitions, outcome.stats.levels)
}

fn count_fast(machine: &Machine<Interp>, workers: usize) -> (u64, u64, u64) {
    let options = Options { count_all: true, workers, ..Options::default() };
    counts(&explore_parts(|| TakenApart::new(machine), &options, &mut |_| Go::On))
}

/// Both searches' distinct worlds of a check, after what else they count was found the same.
fn distinct(file: &str, title: &str) -> u64 {
    let machine = peer(file, title);
    let options = Options { count_all: true, ..Options::default() };
    let clear = counts(&explore(&machine, &options, &mut |_| Go::On));
    assert_eq!(count_fast(&machine, 1), clear, "{title}");
    assert_eq!(count_fast(&machine, 2), clear, "{title} with two workers");
    clear.0
}

#[test]
fn two_phase_commit_has_as_many_worlds_as_elsewhere() {
    assert_eq!(distinct("two_phase.verdi", "2pc(3)"), 288);
    assert_eq!(distinct("two_phase.verdi", "2pc(5)"), 8_832);
}

#[test]
fn raft_has_as_many_worlds_as_elsewhere() {
    assert_eq!(distinct("raft.verdi", "raft(1, 0, 0)"), 2_524);
    assert_eq!(distinct("raft.verdi", "raft(1, 0, 1)"), 3_379);
}

#[test]
fn lock_servers_have_as_many_worlds_as_elsewhere() {
    assert_eq!(distinct("lock.verdi", "lock(2, 2)"), 306);
    assert_eq!(distinct("lock.verdi", "lock(3, 2)"), 6_318);
}

/// Checks that take the fast search seconds: their distinct worlds and their levels.
const LARGE: [(&str, &str, u64, u64); 10] = [
    ("lock.verdi", "lock(4, 2)", 184_464, 41),
    ("lock.verdi", "lock(3, 4)", 3_360_735, 61),
    ("lock.verdi", "lock(5, 2)", 8_078_616, 51),
    ("two_phase.verdi", "2pc(7)", 296_448, 23),
    ("two_phase.verdi", "2pc(8)", 1_745_408, 26),
    ("two_phase.verdi", "2pc(9)", 10_340_352, 29),
    ("raft.verdi", "raft(1, 1, 0)", 53_956, 23),
    ("raft.verdi", "raft(1, 1, 1)", 117_664, 19),
    ("raft.verdi", "raft(1, 2, 0)", 3_720_655, 33),
    ("raft.verdi", "raft(1, 2, 1)", 8_250_043, 30),
];

#[test]
#[ignore = "takes minutes: tests/long runs it"]
fn large_models_have_as_many_worlds_as_elsewhere() {
    for (file, title, worlds, levels) in LARGE {
        let machine = peer(file, title);
        let counted = count_fast(&machine, 1);
        assert_eq!((counted.0, counted.2), (worlds, levels), "{title}");
        assert_eq!(count_fast(&machine, 2), counted, "{title} with two workers");
    }
}
