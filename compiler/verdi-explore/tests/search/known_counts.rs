//! Counts and lengths that can be worked out on paper.

use crate::graph::Graph;
use crate::toys::{Grid, Philosophers};
use crate::{breadth_first, depth_first, found, search, to_the_end};
use verdi_core::{PropertyId, PropertyKind};
use verdi_explore::{Coverage, Limits, Options};

#[test]
fn a_grid_of_counters() {
    let grid = Grid { goals: vec![9; 3], most: 5 };
    for options in [breadth_first(), depth_first()] {
        let stats = search(&grid, &options).stats;
        assert_eq!((stats.distinct, stats.transitions), (216, 3 * 5 * 36));
        assert_eq!(stats.levels, 16);
        assert_eq!(stats.queue, 0);
    }
}

#[test]
fn dining_philosophers() {
    // Strings round a table over three letters in which "eating" is followed by "thinking": Pell and Lucas.
    let (mut before, mut count) = (2, 6);
    for philosophers in 3..9 {
        (before, count) = (count, 2 * count + before);
        let table = Philosophers(philosophers);
        for options in [breadth_first(), depth_first()] {
            let outcome = search(&table, &to_the_end(options));
            assert_eq!(outcome.stats.distinct, count);
            assert_eq!(outcome.coverage, Coverage::Complete(Limits::default()));
            assert!(found(&outcome.answers[1]).is_none());
        }
        let deadlock = search(&table, &breadth_first());
        assert_eq!(found(&deadlock.answers[0]).map(|run| run.choices.len()), Some(philosophers));
    }
}

#[test]
fn the_first_of_the_shortest_runs_is_taken() {
    let graph = Graph::of(5, &[(0, 1), (0, 2), (1, 3), (2, 4)]).with(PropertyKind::Invariant, &[3, 4]);
    let outcome = search(&graph, &breadth_first());
    let run = found(&outcome.answers[0]).map(|run| run.choices.clone());
    assert_eq!(run, Some(vec![crate::graph::choice(0, 1), crate::graph::choice(0, 3)]));
    assert_eq!(outcome.coverage, Coverage::Decided);
}

#[test]
fn a_bound_on_depth_counts_by_the_shortest_way() {
    // Depth first takes the later step first, and so meets world 1 by the long way; beyond it lie 4 and 5.
    let edges = [(0, 1), (0, 2), (2, 3), (3, 1), (1, 4), (4, 5)];
    for (depth, distinct, transitions, cut) in [(0, 1, 0, true), (2, 5, 4, true), (3, 6, 6, false)] {
        let graph = Graph { depth_max: Some(depth), ..Graph::of(6, &edges) };
        for options in [breadth_first(), depth_first()] {
            let outcome = search(&graph, &options);
            assert_eq!((outcome.stats.distinct, outcome.stats.transitions), (distinct, transitions));
            assert_eq!(outcome.coverage, Coverage::Complete(Limits { depth: cut, ..Limits::default() }));
        }
    }
}

#[test]
fn depth_first_goes_deep_before_it_goes_wide() {
    let line = (0..99).map(|at| (at, at + 1));
    let edges: Vec<(u32, u32)> = (100..150).map(|side| (0, side)).chain(line).collect();
    let graph = Graph::of(150, &edges).with(PropertyKind::Reach, &[99]);
    let outcome = search(&graph, &depth_first());
    assert_eq!((outcome.coverage, outcome.stats.queue), (Coverage::Decided, 51));
}

#[test]
fn self_loops_and_revisits_are_transitions() {
    let outcome = search(&Graph::of(2, &[(0, 0), (0, 1), (1, 0)]), &breadth_first());
    assert_eq!((outcome.stats.distinct, outcome.stats.transitions, outcome.stats.levels), (2, 3, 2));
}

#[test]
fn without_properties_everything_is_searched() {
    let outcome = search(&Graph::of(3, &[(0, 1), (1, 2)]), &breadth_first());
    assert_eq!(outcome.coverage, Coverage::Complete(Limits::default()));
    assert_eq!(outcome.stats.distinct, 3);
}

#[test]
fn a_property_aside_is_watched_and_not_waited_for() {
    let edges = [(0, 1), (1, 2), (2, 3)];
    let graph = |aside: &[u32]| {
        let chain = Graph::of(4, &edges).with(PropertyKind::Invariant, &[1]);
        chain.with(PropertyKind::Invariant, aside)
    };
    let aside = [0, 1].map(PropertyId::from_u32);
    let options = |aside: &[PropertyId]| Options { aside: aside.to_vec(), ..breadth_first() };
    let outcome = search(&graph(&[3]), &options(&aside[1..]));
    assert_eq!((outcome.stats.distinct, outcome.coverage), (2, Coverage::Decided));
    let outcome = search(&graph(&[0]), &options(&aside[1..]));
    assert!(outcome.answers.iter().all(|answer| found(answer).is_some()));
    let outcome = search(&graph(&[0]), &options(&aside));
    assert_eq!(outcome.coverage, Coverage::Complete(Limits::default()));
}
