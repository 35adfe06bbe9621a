//! Random runs over a model taken apart: they go where the machine goes, find what the examples hide, and are the same
//! whoever makes them.

#![expect(clippy::expect_used, reason = "what is not as expected fails the test")]

use std::time::Duration;
use verdi_core::{Expect, Program, PropertyId, PropertyKind};
use verdi_explore::{
    Answer, Coverage, Cut, Go, Options, Outcome, Sampler, Sampling, Strategy, Taken, replay, sample_parts,
};
use verdi_interp::Interp;
use verdi_machine::{Choice, Fired, Machine, Model, Parts, TakenApart};
use verdi_tests::{models, programs, shown};

const STRATEGIES: [Strategy; 3] = [Strategy::Uniform, Strategy::Pct { depth: 3 }, Strategy::Coverage];

fn machine(program: Program) -> Machine<Interp> {
    Machine::new(Interp::new(program))
}

fn sample(machine: &Machine<Interp>, sampling: &Sampling, options: &Options) -> Outcome {
    sample_parts(&TakenApart::new(machine), sampling, options, &mut |_| Go::On)
}

/// The answer to a property that is evaluated in worlds: that of its first part that does not hold.
fn holds(
    parts: &TakenApart<'_, Interp>,
    property: PropertyId,
    sampler: &Sampler<'_, TakenApart<'_, Interp>>,
) -> Result<bool, ()> {
    let questions = parts.shape().questions.iter().zip(0..);
    for (_, id) in questions.filter(|(question, _)| question.property == Some(property)) {
        match parts.ask(id, sampler.world()) {
            Ok(true) => {}
            Ok(false) => return Ok(false),
            Err(_) => return Err(()),
        }
    }
    Ok(true)
}

/// Goes the same way with the sampler and the machine, and asks both the same everywhere. Answers with how many worlds
/// there were.
fn go_together(place: &str, machine: &Machine<Interp>, runs: u64, steps: usize) -> usize {
    let parts = TakenApart::new(machine);
    let Ok(mut sampler) = Sampler::new(&parts) else { return 0 };
    let mut worlds = 0;
    for run in 0..runs {
        sampler.restart();
        let mut world = machine.initial().expect("the sampler has a first world");
        let mut draws = run.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        for _ in 0..steps {
            worlds += 1;
            assert_eq!(*sampler.world(), parts.whole(&world), "{place}: the world");
            for (property, kind) in machine.properties().into_iter().enumerate() {
                let property = PropertyId::from_u32(property as u32);
                if matches!(kind, PropertyKind::Invariant | PropertyKind::Reach) {
                    let told = machine.holds(property, &world).map_err(|_| ());
                    assert_eq!(holds(&parts, property, &sampler), told, "{place}: {property:?}");
                }
            }
            sampler.look();
            let choices = machine.choices(&world);
            let stuck =
                choices.enabled.is_empty() && choices.held_back.is_empty() && choices.faults.is_empty();
            assert_eq!(sampler.is_stuck(), stuck, "{place}: whether it is stuck");
            assert_eq!(sampler.faults().len(), choices.faults.len(), "{place}: faults");
            let mut enabled: Vec<Choice> =
                sampler.enabled().iter().map(|candidate| parts.choice(candidate.choice)).collect();
            let mut told = choices.enabled;
            enabled.sort();
            told.sort();
            assert_eq!(enabled, told, "{place}: what can happen");
            if told.is_empty() {
                break;
            }
            draws = draws.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let choice = &told[(draws >> 33) as usize % told.len()];
            let at = sampler.enabled().iter().position(|candidate| parts.choice(candidate.choice) == *choice);
            match (sampler.take(at.expect("it can happen")), machine.fire(&world, choice)) {
                (Taken::Moved(_), Fired::World(next)) => world = next,
                (Taken::TooManyPackets, Fired::TooManyPackets) => {}
                (Taken::Fault(one), Fired::Fault(other)) => assert_eq!(one, other, "{place}"),
                (taken, fired) => panic!("{place}: {choice:?} is {taken:?}, and {fired:?} to the machine"),
            }
        }
    }
    worlds
}

#[test]
fn the_sampler_goes_where_the_machine_goes() {
    let mut worlds = 0;
    for folder in ["examples", "tests/suite/lang", "tests/suite/net"] {
        for path in programs(folder) {
            for (title, program) in models::of(&path) {
                worlds += go_together(&format!("{}: {title}", shown(&path)), &machine(program), 4, 30);
            }
        }
    }
    assert!(worlds > 5_000, "only {worlds} worlds");
}

/// The invariants of the examples that are meant to be violated, check by check.
fn bugs() -> Vec<(String, Machine<Interp>, Vec<PropertyId>)> {
    let mut found = Vec::new();
    for path in programs("examples").into_iter().filter(|path| shown(path).ends_with("_bug.verdi")) {
        for (title, program) in models::of(&path) {
            let violated = program.properties.iter().filter(|(_, property)| {
                property.kind == PropertyKind::Invariant && property.expect == Expect::Violates
            });
            let violated: Vec<PropertyId> = violated.map(|(id, _)| id).collect();
            if !violated.is_empty() {
                found.push((format!("{}: {title}", shown(&path)), machine(program), violated));
            }
        }
    }
    found
}

/// The properties but these.
fn others(machine: &Machine<Interp>, these: &[PropertyId]) -> Vec<PropertyId> {
    machine.program().properties.keys().filter(|property| !these.contains(property)).collect()
}

#[test]
fn every_strategy_finds_the_bugs_of_the_examples() {
    let bugs = bugs();
    assert!(bugs.len() >= 5, "only {} bugs", bugs.len());
    let mut missed = Vec::new();
    for (place, machine, violated) in &bugs {
        for strategy in STRATEGIES {
            let sampling = Sampling { strategy, runs: 40_000, steps: 60 };
            let options = Options { seed: 1, aside: others(machine, violated), ..Options::default() };
            let outcome = sample(machine, &sampling, &options);
            assert!(outcome.stats.runs < 20_000, "{place}: {strategy:?}: {:?}", outcome.stats);
            for property in violated {
                let Answer::Found(run) = &outcome.answers[property.as_u32() as usize] else {
                    missed.push(format!("{place}: {strategy:?}, {:?}", outcome.stats));
                    continue;
                };
                let worlds = replay(machine, &run.choices).expect("it can be replayed");
                let last = worlds.last().expect("there is a last world");
                assert_eq!(machine.holds(*property, last), Ok(false), "{place}: {strategy:?}");
            }
        }
    }
    assert!(missed.is_empty(), "not found: {missed:#?}");
}

#[test]
fn it_does_not_matter_who_makes_the_runs() {
    for path in programs("examples") {
        for (title, program) in models::of(&path) {
            let machine = machine(program);
            for strategy in STRATEGIES {
                let sampling = Sampling { strategy, runs: 150, steps: 40 };
                let made_by = |workers| {
                    let options = Options { seed: 3, workers, ..Options::default() };
                    let Outcome { answers, coverage, stats, undecided, untold, fault } =
                        sample(&machine, &sampling, &options);
                    (answers, coverage, undecided, untold, fault, stats.runs, stats.transitions, stats.levels)
                };
                assert_eq!(made_by(1), made_by(2), "{}: {title}: {strategy:?}", shown(&path));
            }
        }
    }
}

fn lock_server() -> Machine<Interp> {
    let path = verdi_tests::root().join("examples/lock_server.verdi");
    machine(models::of(&path).into_iter().next().expect("it has a check").1)
}

#[test]
fn all_runs_are_made_and_counted() {
    let machine = lock_server();
    for strategy in STRATEGIES {
        let options = Options { count_all: true, ..Options::default() };
        let outcome = sample(&machine, &Sampling { strategy, runs: 100, steps: 20 }, &options);
        assert_eq!((outcome.coverage, outcome.stats.runs), (Coverage::Sampled, 100));
        assert!(outcome.stats.transitions <= 2000 && outcome.stats.levels <= 21);
        let none = sample(&machine, &Sampling { strategy, runs: 0, steps: 20 }, &options);
        assert_eq!((none.coverage, none.stats.runs, none.stats.transitions), (Coverage::Sampled, 0, 0));
    }
}

#[test]
fn seeds_make_a_difference() {
    let (_, machine, violated) = bugs().remove(0);
    let property = violated[0].as_u32() as usize;
    for strategy in STRATEGIES {
        let sampling = Sampling { strategy, runs: 40_000, steps: 60 };
        let answers = (0..6).map(|seed| {
            let aside = others(&machine, &violated);
            let outcome = sample(&machine, &sampling, &Options { seed, aside, ..Options::default() });
            outcome.answers[property].clone()
        });
        let mut answers: Vec<Answer> = answers.collect();
        answers.dedup();
        assert!(answers.len() > 1, "{strategy:?}: {answers:?}");
    }
}

#[test]
fn time_and_whoever_watches_end_the_runs() {
    let machine = lock_server();
    let sampling = Sampling { strategy: Strategy::Coverage, runs: u64::MAX, steps: u64::MAX };
    for workers in [1, 2] {
        let options = Options { workers, count_all: true, ..Options::default() };
        let short = Options { time_max: Some(Duration::from_millis(50)), ..options.clone() };
        assert_eq!(sample(&machine, &sampling, &short).coverage, Coverage::Cut(Cut::Time));
        let stopped = sample_parts(&TakenApart::new(&machine), &sampling, &options, &mut |stats| {
            assert!(stats.transitions > 0 || stats.runs == 0);
            Go::Stop
        });
        assert_eq!(stopped.coverage, Coverage::Cut(Cut::Interrupted));
        let little = Options { memory_max: Some(1), ..options };
        assert_eq!(sample(&machine, &sampling, &little).coverage, Coverage::Cut(Cut::Memory));
    }
}
