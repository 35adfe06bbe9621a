//! A shrunk run shows the same, is no longer, and has no step too many.

use crate::graph::{Graph, Lead, choice, fault};
use crate::toys::{Grid, Switches};
use crate::{breadth_first, depth_first, found, random, search, to_the_end};
use proptest::prelude::*;
use std::collections::BTreeSet;
use verdi_core::{PropertyId, PropertyKind};
use verdi_explore::{Answer, Faulted, ReplayFailure, Run, replay, shrink};
use verdi_machine::{Choice, Model};

fn property(at: usize) -> PropertyId {
    PropertyId::from_u32(at as u32)
}

/// Whether choices can be followed and then show what the run shows.
fn shows<M: Model>(model: &M, at: usize, choices: &[Choice], like: &Run) -> bool {
    if let Some((wanted, Faulted::Step)) = &like.fault {
        let error = replay(model, choices).err();
        return error.is_some_and(|error| {
            error.at + 1 == choices.len()
                && matches!(error.why, ReplayFailure::Fault(fault) if fault.span == wanted.span)
        });
    }
    let Some(world) = replay(model, choices).ok().and_then(|mut worlds| worlds.pop()) else { return false };
    let faults = |fault: &verdi_machine::Fault, wanted: &verdi_machine::Fault| fault.span == wanted.span;
    match (&like.fault, model.properties()[at]) {
        (Some((wanted, Faulted::Rule(rule))), _) => {
            let mut there = model.choices(&world).faults.into_iter();
            model.expandable(&world) == Ok(true)
                && there.any(|(other, fault)| other == *rule && faults(&fault, wanted))
        }
        (Some((wanted, Faulted::Constraint)), _) => {
            model.expandable(&world).is_err_and(|fault| faults(&fault, wanted))
        }
        (Some((wanted, Faulted::Property(property))), _) => {
            model.holds(*property, &world).is_err_and(|fault| faults(&fault, wanted))
        }
        (_, PropertyKind::Invariant) => model.holds(property(at), &world) == Ok(false),
        (_, PropertyKind::Reach) => model.holds(property(at), &world) == Ok(true),
        _ => {
            let choices = model.choices(&world);
            let none =
                choices.enabled.is_empty() && choices.held_back.is_empty() && choices.faults.is_empty();
            none && model.expandable(&world) == Ok(true)
        }
    }
}

fn minimal<M: Model>(model: &M, at: usize, run: &Run) -> bool {
    (0..run.choices.len()).all(|left_out| {
        let mut fewer = run.choices.clone();
        fewer.remove(left_out);
        !shows(model, at, &fewer, run)
    })
}

fn well_shrunk<M: Model>(model: &M, at: usize, run: &Run) -> Run {
    let short = shrink(model, property(at), run);
    assert!(short.choices.len() <= run.choices.len());
    let what = |run: &Run| run.fault.as_ref().map(|(fault, what)| (fault.kind, fault.span, *what));
    assert_eq!(what(&short), what(run));
    assert!(shows(model, at, &short.choices, &short), "{short:?}");
    assert!(minimal(model, at, &short), "{short:?}");
    assert_eq!(short, shrink(model, property(at), run), "a second time");
    short
}

#[test]
fn what_random_runs_and_depth_first_find_in_graphs() {
    let mut shorter = 0;
    for seed in 0..2000 {
        let graph = Graph::random(seed);
        let least = search(&graph, &to_the_end(breadth_first())).answers;
        for options in [to_the_end(depth_first()), random(10, 60, seed)] {
            for (at, answer) in search(&graph, &options).answers.iter().enumerate() {
                let Some(run) = found(answer) else { continue };
                let short = well_shrunk(&graph, at, run);
                shorter += u64::from(short.choices.len() < run.choices.len());
                let least = found(&least[at]).map(|run| run.choices.len());
                assert!(run.fault.is_some() || least <= Some(short.choices.len()));
            }
        }
    }
    assert!(shorter > 200, "only {shorter} runs became shorter");
}

#[test]
fn more_worlds_than_can_be_searched() {
    let grid = Grid { goals: vec![5, 0, 5, 0, 0, 5, 0], most: 20 };
    let outcome = search(&grid, &random(1, 140, 9));
    let Some(run) = found(&outcome.answers[0]) else { panic!("the goals are reached") };
    assert!(run.choices.len() > 25);
    assert_eq!(well_shrunk(&grid, 0, run).choices.len(), 15);
}

#[test]
fn a_long_way_round_is_cut() {
    let ring: Vec<(u32, u32)> = (0..500).map(|at| (at, (at + 1) % 500)).chain([(0, 500)]).collect();
    let graph = Graph::of(501, &ring).with(PropertyKind::Reach, &[500]);
    let choices = (0..5000).map(|at| choice(0, (at + 1) % 500)).chain([choice(0, 500)]).collect();
    let short = well_shrunk(&graph, 0, &Run { choices, fault: None });
    assert_eq!(short.choices, [choice(0, 500)]);
}

#[test]
fn a_fault_is_not_exchanged_for_another() {
    let mut graph = Graph::of(4, &[(0, 1), (1, 2), (2, 3), (0, 3)]).with(PropertyKind::NoFault, &[]);
    graph.worlds[0].steps.push((choice(1, 0), Lead::Fault(fault(1))));
    graph.worlds[3].steps.push((choice(1, 0), Lead::Fault(fault(2))));
    let choices = vec![choice(0, 1), choice(0, 2), choice(0, 3), choice(1, 0)];
    let run = Run { choices, fault: Some((fault(2), Faulted::Step)) };
    assert_eq!(well_shrunk(&graph, 0, &run).choices, [choice(0, 3), choice(1, 0)]);
}

#[test]
fn the_run_to_the_same_fault_tells_its_own_detail() {
    let mut graph = Graph::of(3, &[(0, 1), (1, 2)]).with(PropertyKind::NoFault, &[]);
    let other = verdi_machine::Fault { detail: "nearer".into(), ..fault(2) };
    graph.worlds[0].steps.push((choice(1, 0), Lead::Fault(other.clone())));
    graph.worlds[2].steps.push((choice(1, 0), Lead::Fault(fault(2))));
    let choices = vec![choice(0, 1), choice(0, 2), choice(1, 0)];
    let short = shrink(&graph, property(0), &Run { choices, fault: Some((fault(2), Faulted::Step)) });
    assert_eq!(short, Run { choices: vec![choice(1, 0)], fault: Some((other, Faulted::Step)) });
}

#[test]
fn what_shows_nothing_stays() {
    let graph = Graph::of(3, &[(0, 1), (1, 2)]).with(PropertyKind::Invariant, &[]);
    let run = |choices: &[Choice]| Run { choices: choices.to_vec(), fault: None };
    for odd in [run(&[]), run(&[choice(0, 1)]), run(&[choice(0, 2)])] {
        assert_eq!(shrink(&graph, property(0), &odd), odd);
        assert_eq!(shrink(&graph, property(8), &odd), odd, "an unknown property");
    }
    let stillborn = Run { choices: vec![], fault: Some((fault(1), Faulted::Step)) };
    assert_eq!(shrink(&graph, property(0), &stillborn), stillborn);
}

/// Switches of which each needs some of those before it.
fn switches(most: usize) -> impl Strategy<Value = Switches> {
    (2..most).prop_flat_map(|count| {
        let needs = (0..count).map(|at| prop::collection::btree_set(0..at.max(1), 0..=at.min(2)));
        let wanted = prop::collection::btree_set(0..count, 1..=count);
        (needs.collect::<Vec<_>>(), wanted).prop_map(|(mut needs, wanted)| {
            needs[0] = BTreeSet::new();
            Switches { needs, wanted }
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_turns_switches_on(model in switches(20), seed: u64) {
        let outcome = search(&model, &random(20, 2000, seed));
        if let Answer::Found(run) = &outcome.answers[0] {
            let short = well_shrunk(&model, 0, run);
            prop_assert!(short.choices.len() >= model.necessary().len());
        }
    }
}
