//! Bitstate searches: with bits enough they see what the exact search sees, with fewer they say how much that was, and
//! what they find can be gone to.

#![expect(clippy::expect_used, reason = "what is not as expected fails the test")]

use std::time::Duration;
use verdi_core::{Program, PropertyKind};
use verdi_explore::{
    Answer, Coverage, Cut, Faulted, Go, Options, Outcome, Swarmed, Swarming, replay, shrink, swarm_parts,
};
use verdi_interp::Interp;
use verdi_jit::{Jit, NativeParts};
use verdi_machine::{Machine, TakenApart};
use verdi_tests::{agree, models, programs, root, shown};

fn machine(program: Program) -> Machine<Interp> {
    Machine::new(Interp::new(program))
}

fn swarm(machine: &Machine<Interp>, rounds: u64, options: &Options) -> (Outcome, Swarmed) {
    let swarming = Swarming { rounds, bytes_max: u64::MAX };
    swarm_parts(|| TakenApart::new(machine), &swarming, options, &mut |_| Go::On)
}

/// The kinds of what was found, and of what could not be evaluated.
fn found(outcome: &Outcome) -> (Vec<bool>, usize, bool) {
    let answers = outcome.answers.iter().map(|answer| matches!(answer, Answer::Found(_)));
    (answers.collect(), outcome.undecided.len(), outcome.fault.is_some())
}

/// Each run leads to a world that answers its property.
fn can_be_gone(place: &str, machine: &Machine<Interp>, outcome: &Outcome) {
    for ((id, property), answer) in machine.program().properties.iter().zip(&outcome.answers) {
        let Answer::Found(run) = answer else { continue };
        let shrunk = shrink(machine, id, run);
        assert!(shrunk.choices.len() <= run.choices.len(), "{place}");
        if matches!(run.fault, Some((_, Faulted::Step))) {
            continue;
        }
        for run in [run, &shrunk] {
            let worlds = replay(machine, &run.choices).expect("it can be replayed");
            let last = worlds.last().expect("there is a last world");
            match property.kind {
                PropertyKind::Invariant => {
                    assert_eq!(verdi_machine::Model::holds(machine, id, last), Ok(false), "{place}");
                }
                PropertyKind::Reach => {
                    assert_eq!(verdi_machine::Model::holds(machine, id, last), Ok(true), "{place}");
                }
                PropertyKind::NoDeadlock
                | PropertyKind::NoFault
                | PropertyKind::LeadsTo
                | PropertyKind::Eventually => {}
            }
        }
    }
}

#[test]
fn with_bits_enough_every_world_is_seen() {
    let (mut held, mut properties) = (0, 0);
    for folder in ["examples", "tests/suite/lang", "tests/suite/net"] {
        for path in programs(folder) {
            for (title, program) in models::of(&path) {
                let place = format!("{}: {title}", shown(&path));
                // A world that is met deep first is not expanded again where it is met sooner.
                let Some(exact) = agree::clear(&program, 3_000, true).filter(|_| program.depth_max.is_none())
                else {
                    continue;
                };
                let machine = machine(program);
                let options = Options {
                    count_all: true,
                    memory_max: Some(256 << 20),
                    seed: held,
                    ..Options::default()
                };
                let (outcome, swarmed) = swarm(&machine, 1, &options);
                assert_eq!(outcome.coverage, Coverage::Sampled, "{place}");
                let counts = |outcome: &Outcome| (outcome.stats.distinct, outcome.stats.transitions);
                assert_eq!(counts(&outcome), counts(&exact), "{place}");
                assert_eq!(found(&outcome), found(&exact), "{place}");
                assert!(swarmed.rounds == 1 && swarmed.overflowed == 0, "{place}: {swarmed:?}");
                can_be_gone(&place, &machine, &outcome);
                held += 1;
                properties += outcome.answers.len();
            }
        }
    }
    assert!(held >= 60 && properties > 100, "only {held} checks, {properties} properties");
}

/// A check of the models that other tools were run on.
fn peer(file: &str, title: &str) -> Machine<Interp> {
    let path = root().join("tests/suite/peers").join(file);
    let (_, program) =
        models::of(&path).into_iter().find(|(name, _)| name == title).expect("the check is there");
    machine(program)
}

/// All that may not depend on who made the searches.
fn told(outcome: (Outcome, Swarmed)) -> impl PartialEq + std::fmt::Debug {
    let (Outcome { answers, undecided, fault, coverage, stats, .. }, swarmed) = outcome;
    (answers, undecided, fault, coverage, (stats.distinct, stats.transitions, stats.levels), swarmed)
}

#[test]
fn it_does_not_matter_who_searches() {
    for path in programs("examples") {
        for (title, program) in models::of(&path) {
            let machine = machine(program.clone());
            for count_all in [false, true] {
                let swarmed_by = |workers| {
                    let options = Options {
                        count_all,
                        workers,
                        seed: 5,
                        memory_max: Some(64 << 20),
                        ..Options::default()
                    };
                    told(swarm(&machine, 3, &options))
                };
                // Large models would keep others waiting.
                if agree::clear(&program, 5_000, true).is_some() {
                    assert_eq!(swarmed_by(1), swarmed_by(3), "{}: {title}", shown(&path));
                }
            }
        }
    }
}

#[test]
fn with_few_bits_it_says_what_it_covered() {
    let machine = peer("lock.verdi", "lock(4, 2)");
    let with = |bytes_max, seed, workers| {
        let options = Options { count_all: true, seed, workers, ..Options::default() };
        let make = || NativeParts::new(&machine, Jit::compiling_after(64, machine.program().clone()));
        swarm_parts(make, &Swarming { rounds: 2, bytes_max }, &options, &mut |_| Go::On)
    };
    let (plenty, of_plenty) = with(16 << 20, 1, 2);
    assert_eq!((plenty.stats.distinct, plenty.coverage), (184_464, Coverage::Sampled));
    assert!(of_plenty.mistaken() < 1e-5, "{of_plenty:?}");
    let (little, of_little) = with(64 << 10, 1, 2);
    assert_eq!(little.coverage, Coverage::Sampled);
    assert!((100_000..180_000).contains(&little.stats.distinct), "{:?}", little.stats);
    assert!(of_little.filled() > 0.3 && of_little.mistaken() > 0.01, "{of_little:?}");
    assert_eq!(told(with(64 << 10, 1, 1)), told((little.clone(), of_little)));
    let (other, _) = with(64 << 10, 2, 2);
    assert_ne!(other.stats.distinct, little.stats.distinct, "another seed has other hashes");
}

#[test]
fn bugs_are_found() {
    let mut bugs = 0;
    for path in programs("examples").into_iter().filter(|path| shown(path).ends_with("_bug.verdi")) {
        for (title, program) in models::of(&path) {
            let Some(exact) = agree::clear(&program, 20_000, false) else { continue };
            let machine = machine(program);
            let (outcome, _) =
                swarm(&machine, 4, &Options { memory_max: Some(256 << 20), ..Options::default() });
            assert_eq!(found(&outcome), found(&exact), "{}: {title}", shown(&path));
            bugs += outcome.answers.iter().filter(|answer| matches!(answer, Answer::Found(_))).count();
            can_be_gone(&title, &machine, &outcome);
        }
    }
    assert!(bugs >= 5, "only {bugs}");
}

#[test]
fn time_memory_and_whoever_watches_end_it() {
    let machine = peer("lock.verdi", "lock(5, 2)");
    for workers in [1, 2] {
        let options = Options { workers, count_all: true, ..Options::default() };
        let short = Options { time_max: Some(Duration::from_millis(50)), ..options.clone() };
        assert_eq!(swarm(&machine, 100, &short).0.coverage, Coverage::Cut(Cut::Time));
        let make = || TakenApart::new(&machine);
        let swarming = Swarming { rounds: 100, bytes_max: u64::MAX };
        let stopped = swarm_parts(make, &swarming, &options, &mut |_| Go::Stop);
        assert_eq!(stopped.0.coverage, Coverage::Cut(Cut::Interrupted));
        let little = Options { memory_max: Some(1), ..options };
        assert_eq!(swarm(&machine, 1, &little).0.coverage, Coverage::Cut(Cut::Memory));
    }
}
