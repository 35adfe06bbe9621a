//! Systems that nobody thought of: however they are searched, there are as many worlds in them, and the same is found.

#![expect(clippy::expect_used, reason = "what is not as expected fails the test")]

use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::catch_unwind;
use verdi_core::{Program, PropertyKind};
use verdi_explore::{Answer, Coverage, Go, Options, Outcome, explore};
use verdi_interp::Interp;
use verdi_machine::Machine;
use verdi_tests::{agree, models, oracle, systems};

/// The most worlds of a system: of a larger one, the levels that fit are searched.
const WORLDS_MAX: u64 = 1_500;

/// How often each feature was used, and each answer given.
type Tally = BTreeMap<String, usize>;

/// A program with its depth bounded, if it has more worlds than are wanted, and the count of all its worlds.
fn small(mut program: Program) -> (Program, Outcome) {
    let machine = Machine::new(Interp::new(program.clone()));
    let options = Options { count_all: true, worlds_max: Some(WORLDS_MAX), ..Options::default() };
    let outcome = explore(&machine, &options, &mut |_| Go::On);
    if !matches!(outcome.coverage, Coverage::Cut(_)) {
        return (program, outcome);
    }
    // The last level was not finished, nor may the one before it have been expanded.
    program.depth_max = Some(outcome.stats.levels.saturating_sub(3));
    let outcome = agree::clear(&program, WORLDS_MAX, true).expect("fewer levels have fewer worlds");
    (program, outcome)
}

fn answers(program: &Program, outcome: &Outcome, tally: &mut Tally) {
    for (property, answer) in program.properties.values().zip(&outcome.answers) {
        let found = match answer {
            Answer::NotFound | Answer::Lasso(_) | Answer::Open(_) => "not found",
            Answer::Found(run) if run.choices.is_empty() => "found at once",
            Answer::Found(_) => "found",
        };
        *tally.entry(format!("{:?} {found}", property.kind)).or_default() += 1;
    }
    for kind in [PropertyKind::Invariant, PropertyKind::Reach] {
        let undecided = outcome.undecided.iter().filter(|id| program.properties[**id].kind == kind).count();
        *tally.entry(format!("{kind:?} undecided")).or_default() += undecided;
    }
}

/// Searches the system of a seed in every way; what was found.
fn hold(seed: u64, text: &str) -> Tally {
    let mut tally = Tally::new();
    let (_, program) = models::of_text(text).pop().expect("there is a check");
    let (place, (program, clear)) = (format!("seed {seed}"), small(program));
    if let Ok(counted) = oracle::count(&Interp::new(program.clone()), clear.stats.distinct) {
        let counted = counted.expect("the oracle finds no more worlds");
        agree::counts(&place, &program, &clear, &counted);
    }
    agree::fast(&place, &program, &clear, true);
    answers(&program, &clear, &mut tally);
    tally.insert("worlds".into(), clear.stats.distinct as usize);
    let until_decided = agree::clear(&program, WORLDS_MAX, false).expect("it is no more than all");
    agree::fast(&place, &program, &until_decided, false);
    tally
}

/// What must have been found, and not found, a good many times.
const ANSWERS: [&str; 8] = [
    "Invariant found",
    "Invariant not found",
    "Reach found",
    "Reach not found",
    "NoFault found",
    "NoFault not found",
    "NoDeadlock found",
    "NoDeadlock not found",
];

fn hold_all(seeds: Range<u64>) {
    let (mut answers, mut uses, mut large) = (Tally::new(), Tally::new(), 0);
    let count = (seeds.end - seeds.start) as usize;
    for seed in seeds {
        let system = systems::write(seed);
        let held = catch_unwind(|| hold(seed, &system.text));
        assert!(held.is_ok(), "seed {seed}:\n{}", system.text);
        let found = held.unwrap_or_default();
        large += usize::from(found["worlds"] > 50);
        found.into_iter().for_each(|(what, times)| *answers.entry(what).or_default() += times);
        system.uses.into_iter().for_each(|what| *uses.entry(what.to_owned()).or_default() += 1);
    }
    assert!(large * 10 > count * 7, "only {large} of {count} have more than 50 worlds");
    for answer in ANSWERS {
        assert!(answers[answer] * 100 >= count, "few answers are `{answer}`: {answers:#?}");
    }
    assert!(uses.len() > 50 && uses.values().all(|times| times * 40 > count), "few use: {uses:#?}");
}

#[test]
fn generated_systems_have_one_meaning() {
    hold_all(0..150);
}

#[test]
fn more_generated_systems_have_one_meaning() {
    hold_all(150..300);
}

#[test]
#[ignore = "takes minutes: tests/long runs it"]
fn thousands_of_generated_systems_have_one_meaning() {
    hold_all(300..5_000);
}
