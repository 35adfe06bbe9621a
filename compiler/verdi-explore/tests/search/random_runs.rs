//! Random runs, and the walk of the simulator, which draws as they do.

use crate::graph::{Graph, Lead, choice, fault};
use crate::toys::{Grid, Philosophers};
use crate::{found, random, search};
use verdi_core::{PropertyKind, RuleId};
use verdi_explore::{Answer, Coverage, Faulted, Options, Walk, WalkEnd, replay};
use verdi_machine::{Choice, Model};

#[test]
fn all_runs_are_made_and_counted() {
    let grid = Grid { goals: vec![99; 3], most: 50 };
    let outcome = search(&grid, &random(7, 20, 3));
    assert_eq!(outcome.coverage, Coverage::Sampled);
    assert_eq!(outcome.answers, [Answer::NotFound]);
    let stats = outcome.stats;
    assert_eq!((stats.runs, stats.transitions, stats.levels), (7, 7 * 20, 21));
    assert_eq!((stats.distinct, stats.queue), (0, 0));
}

#[test]
fn no_runs_show_the_first_world_alone() {
    let graph = Graph::of(2, &[(0, 1)]).with(PropertyKind::Reach, &[0]).with(PropertyKind::Reach, &[1]);
    let outcome = search(&graph, &random(0, 20, 3));
    assert_eq!(outcome.answers.iter().filter(|answer| found(answer).is_some()).count(), 1);
    assert_eq!((outcome.stats.runs, outcome.coverage), (0, Coverage::Sampled));
}

#[test]
fn a_run_that_is_found_leads_there() {
    let table = Philosophers(4);
    let mut lengths = Vec::new();
    for seed in 0..20 {
        let outcome = search(&table, &random(1000, 200, seed));
        let Some(run) = found(&outcome.answers[0]) else { panic!("seed {seed} finds no deadlock") };
        let last = replay(&table, &run.choices).map(|mut worlds| worlds.pop());
        assert!(last.is_ok_and(|world| world.is_some_and(|world| table.choices(&world).enabled.is_empty())));
        lengths.push(run.choices.len());
    }
    lengths.dedup();
    assert!(lengths.len() > 3, "seeds make no difference: {lengths:?}");
}

#[test]
fn it_ends_when_all_is_answered() {
    let grid = Grid { goals: vec![2, 2], most: 9 };
    let outcome = search(&grid, &random(1000, 18, 1));
    assert_eq!(outcome.coverage, Coverage::Decided);
    assert!(outcome.stats.runs < 1000);
    let outcome = search(&grid, &Options { count_all: true, ..random(1000, 18, 1) });
    assert_eq!((outcome.coverage, outcome.stats.runs), (Coverage::Sampled, 1000));
}

#[test]
fn no_two_runs_are_the_same() {
    // Fifty steps of one run visit at most 51 of the worlds, whatever it draws.
    let worlds: Vec<u32> = (0..100).collect();
    let edges: Vec<(u32, u32)> = worlds.iter().flat_map(|&to| [(0, to), (to, 0)]).collect();
    let graph =
        worlds.iter().fold(Graph::of(100, &edges), |graph, &at| graph.with(PropertyKind::Reach, &[at]));
    let reached = |runs| {
        let outcome = search(&graph, &random(runs, 50, 2));
        outcome.answers.iter().filter(|answer| found(answer).is_some()).count()
    };
    assert!(reached(1) <= 51);
    assert!(reached(50) > 90);
}

#[test]
fn the_bound_on_depth_ends_runs() {
    let graph = Graph { depth_max: Some(5), ..Graph::of(1, &[(0, 0)]) };
    assert_eq!(search(&graph, &random(4, 1000, 0)).stats.transitions, 20);
}

#[test]
fn a_draw_that_leads_nowhere_is_drawn_again() {
    let mut graph = Graph::of(1, &[(0, 0)]).with(PropertyKind::NoFault, &[]);
    graph.worlds[0].steps.push((choice(1, 0), Lead::TooManyPackets));
    graph.worlds[0].steps.push((choice(2, 0), Lead::Fault(fault(1))));
    let outcome = search(&graph, &Options { count_all: true, ..random(10, 30, 4) });
    assert_eq!(outcome.stats.transitions, 300);
    let fault_at = found(&outcome.answers[0]).and_then(|run| run.choices.last().cloned());
    assert_eq!(fault_at, Some(choice(2, 0)));
}

#[test]
fn a_walk_is_the_first_run() {
    for seed in 0..50 {
        let grid = Grid { goals: vec![1; 4], most: 6 };
        let mut walk = Walk::new(&grid, seed).unwrap_or_else(|_| panic!("a grid has a first world"));
        let mut choices = Vec::new();
        while grid.goals.iter().zip(walk.world()).any(|(goal, at)| at < goal) {
            choices.extend(walk.next());
        }
        let outcome = search(&grid, &random(1, 24, seed));
        assert_eq!(found(&outcome.answers[0]).map(|run| &run.choices), Some(&choices));
    }
}

fn walk_out(graph: &Graph) -> (Vec<Choice>, Option<WalkEnd>) {
    let mut walk = Walk::new(graph, 1).unwrap_or_else(|_| panic!("the graph has a first world"));
    let choices = walk.by_ref().collect();
    assert_eq!(walk.next(), None);
    (choices, walk.end().cloned())
}

#[test]
fn a_walk_says_why_it_ends() {
    let chain = || Graph::of(2, &[(0, 1)]);
    let one = vec![choice(0, 1)];
    assert_eq!(walk_out(&chain()), (one.clone(), Some(WalkEnd::Deadlock)));

    let mut graph = chain();
    graph.worlds[1].held_back.push(2);
    assert_eq!(walk_out(&graph), (one.clone(), Some(WalkEnd::HeldBack(vec![2]))));

    let mut graph = chain();
    graph.worlds[1].steps.push((choice(0, 9), Lead::TooManyPackets));
    assert_eq!(walk_out(&graph), (one.clone(), Some(WalkEnd::HeldBack(vec![]))));

    let mut graph = chain();
    graph.worlds[1].expandable = Ok(false);
    assert_eq!(walk_out(&graph), (one.clone(), Some(WalkEnd::Constraint)));

    let graph = Graph { depth_max: Some(0), ..chain() };
    assert_eq!(walk_out(&graph), (vec![], Some(WalkEnd::Depth)));

    let mut graph = chain();
    graph.worlds[1].steps.push((choice(0, 9), Lead::Fault(fault(3))));
    let both = vec![choice(0, 1), choice(0, 9)];
    assert_eq!(walk_out(&graph), (both, Some(WalkEnd::Fault(fault(3), Faulted::Step))));

    let mut graph = chain();
    let rule = RuleId::from_u32(5);
    graph.worlds[1].faults.push((rule, fault(3)));
    assert_eq!(walk_out(&graph), (one.clone(), Some(WalkEnd::Fault(fault(3), Faulted::Rule(rule)))));

    let mut graph = chain();
    graph.worlds[1].expandable = Err(fault(3));
    assert_eq!(walk_out(&graph), (one, Some(WalkEnd::Fault(fault(3), Faulted::Constraint))));

    let graph = Graph { stillborn: Some(fault(3)), ..chain() };
    assert_eq!(Walk::new(&graph, 1).err(), Some(fault(3)));
}
