//! Breadth first and depth first count and answer as the oracle does.

use crate::graph::Graph;
use crate::oracle::{Expected, oracle, steps};
use crate::{breadth_first, depth_first, found, search, to_the_end};
use verdi_explore::{Coverage, Outcome};

const GRAPHS: u64 = 3000;

fn limits(outcome: &Outcome) -> verdi_explore::Limits {
    match &outcome.coverage {
        Coverage::Complete(limits) => limits.clone(),
        other => panic!("a search to the end is complete, not {other:?}"),
    }
}

fn as_expected(outcome: &Outcome) -> Expected {
    Expected {
        distinct: outcome.stats.distinct,
        transitions: outcome.stats.transitions,
        levels: outcome.stats.levels,
        limits: limits(outcome),
        steps: outcome.answers.iter().map(|answer| found(answer).map(steps)).collect(),
    }
}

#[test]
fn breadth_first_is_the_oracle() {
    for seed in 0..GRAPHS {
        let graph = Graph::random(seed);
        let outcome = search(&graph, &to_the_end(breadth_first()));
        assert_eq!(as_expected(&outcome), oracle(&graph), "graph {seed}");
    }
}

#[test]
fn depth_first_counts_the_same() {
    for seed in 0..GRAPHS {
        let graph = Graph::random(seed);
        let outcome = search(&graph, &to_the_end(depth_first()));
        let expected = oracle(&graph);
        assert_eq!(outcome.stats.distinct, expected.distinct, "graph {seed}");
        assert_eq!(outcome.stats.transitions, expected.transitions, "graph {seed}");
        assert_eq!(limits(&outcome), expected.limits, "graph {seed}");
        for (answer, least) in outcome.answers.iter().zip(expected.steps) {
            let run = found(answer);
            assert_eq!(run.is_some(), least.is_some(), "graph {seed}");
            assert!(run.map(steps) >= least, "graph {seed}: shorter than the shortest");
        }
    }
}

#[test]
fn stopping_early_changes_no_answer() {
    let mut early = 0;
    for seed in 0..GRAPHS {
        let graph = Graph::random(seed);
        let whole = search(&graph, &to_the_end(breadth_first()));
        let outcome = search(&graph, &breadth_first());
        assert_eq!(outcome.answers, whole.answers, "graph {seed}");
        let all_found = whole.answers.iter().all(|answer| found(answer).is_some());
        assert_eq!(outcome.coverage == Coverage::Decided, all_found, "graph {seed}");
        early += u64::from(outcome.stats.distinct < whole.stats.distinct);
    }
    assert!(early > GRAPHS / 100, "only {early} searches stopped early");
}

#[test]
fn the_same_search_finds_the_same() {
    for seed in 0..GRAPHS / 10 {
        let graph = Graph::random(seed);
        for options in [breadth_first(), depth_first(), crate::random(20, 20, seed)] {
            let (one, other) = (search(&graph, &options), search(&graph, &options));
            assert_eq!(one.answers, other.answers, "graph {seed}");
            assert_eq!(one.coverage, other.coverage, "graph {seed}");
            let timeless =
                |outcome: &Outcome| verdi_explore::Stats { elapsed: Default::default(), ..outcome.stats };
            assert_eq!(timeless(&one), timeless(&other), "graph {seed}");
        }
    }
}

#[test]
fn the_graphs_are_worth_searching() {
    let all: Vec<Expected> = (0..GRAPHS).map(|seed| oracle(&Graph::random(seed))).collect();
    let often = |what: &dyn Fn(&Expected) -> bool| all.iter().filter(|&one| what(one)).count() > 100;
    assert!(often(&|one| one.distinct > 20));
    assert!(often(&|one| one.levels > 6));
    assert!(often(&|one| one.limits.depth));
    assert!(often(&|one| one.limits.packets));
    assert!(often(&|one| one.limits.constraint));
    assert!(often(&|one| !one.limits.held_back.is_empty()));
    assert!(often(&|one| one.limits.none()));
    assert!(often(&|one| one.steps.iter().all(Option::is_some)));
    assert!(often(&|one| one.steps.iter().all(Option::is_none)));
}
