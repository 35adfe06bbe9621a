//! What is found in random graphs, held against the definition.

use super::case_of;
use super::graph::{Edge, Graph, OUTSIDE};
use super::pending::Promise;
use proptest::prelude::*;
use std::collections::BTreeSet;
use verdi_core::Fairness::{self, None as Unfair, Strong, Weak};

/// A graph of worlds with these steps: from, label, to.
fn graph(worlds: u32, steps: &[(u32, u32, u32)], fairness: &[Fairness]) -> Graph {
    let mut graph = Graph::default();
    graph.fairness = fairness.to_vec();
    for world in 0..worlds {
        let here = steps.iter().filter(|(from, ..)| *from == world);
        graph.push(here.map(|&(_, label, to)| Edge { label, to }));
    }
    graph
}

fn truth(worlds: u32, is: &[u32]) -> Vec<Option<bool>> {
    (0..worlds).map(|world| Some(is.contains(&world))).collect()
}

/// The lasso that was found for `p ~> q`, if any.
fn found(graph: &Graph, p: &[u32], q: &[u32]) -> Option<(Vec<u32>, usize)> {
    let worlds = graph.len() as u32;
    let (p, q) = (truth(worlds, p), truth(worlds, q));
    case_of(graph, Promise { begins: Some(&p), keeps: &q }).1
}

#[test]
fn a_system_may_simply_stop() {
    let steps = [(0, 0, 1)];
    assert_eq!(found(&graph(2, &steps, &[Unfair]), &[0], &[1]), Some((vec![], 0)));
    assert_eq!(found(&graph(2, &steps, &[Weak]), &[0], &[1]), None);
}

#[test]
fn an_unfair_cycle_is_no_violation() {
    // Going round without ever taking 1, which would lead to where `q` is.
    let steps = [(0, 0, 1), (1, 0, 0), (0, 1, 2), (1, 1, 2)];
    assert_eq!(found(&graph(3, &steps, &[Unfair, Weak]), &[0], &[2]), None);
    // Enabled on and off: weak fairness is not enough.
    let steps = [(0, 0, 1), (1, 0, 0), (1, 1, 2)];
    assert_eq!(found(&graph(3, &steps, &[Weak, Weak]), &[0], &[2]), Some((vec![0, 0], 0)));
    assert_eq!(found(&graph(3, &steps, &[Weak, Strong]), &[0], &[2]), None);
}

#[test]
fn a_step_that_changes_nothing_is_taken() {
    let steps = [(0, 0, 0), (0, 1, 1)];
    assert_eq!(found(&graph(2, &steps, &[Weak, Unfair]), &[0], &[1]), Some((vec![0], 0)));
    assert_eq!(found(&graph(2, &steps, &[Strong, Weak]), &[0], &[1]), None);
}

#[test]
fn what_is_promised_may_be_kept_at_once_but_not_before() {
    let chain = [(0, 0, 1), (1, 0, 2)];
    let graph = graph(3, &chain, &[Weak]);
    assert_eq!(found(&graph, &[1], &[1]), None, "in the same world");
    assert_eq!(found(&graph, &[1], &[0]), Some((vec![0, 0], 2)), "`q` came before");
    assert_eq!(found(&graph, &[2], &[]), Some((vec![0, 0], 2)), "in the last world");
    assert_eq!(found(&graph, &[], &[]), None, "it is never promised");
}

#[test]
fn a_cycle_takes_all_that_must_be_taken() {
    // A figure of eight, with a label of each half that is enabled in the middle.
    let steps = [(0, 0, 1), (1, 2, 0), (0, 1, 2), (2, 2, 0)];
    let (labels, back) = found(&graph(3, &steps, &[Strong, Strong, Unfair]), &[0], &[]).unwrap();
    assert_eq!((labels, back), (vec![0, 2, 1, 2], 0));
    // With weak fairness it is enough to pass by where a label is not enabled.
    let (labels, _) = found(&graph(3, &steps, &[Weak, Weak, Unfair]), &[0], &[]).unwrap();
    assert_eq!(labels, [0, 2]);
}

#[test]
fn what_is_not_followed_is_enabled_and_leaves() {
    let mut graph = graph(1, &[(0, 0, OUTSIDE)], &[Weak]);
    let q = [Some(false)];
    let (pending, lasso) = case_of(&graph, Promise { begins: None, keeps: &q });
    assert!(pending.leaves && lasso.is_none());
    graph.fairness = vec![Unfair];
    assert_eq!(case_of(&graph, Promise { begins: None, keeps: &q }).1, Some((vec![], 0)));
}

/// A random graph, and where `p` and `q` are.
#[derive(Clone, Debug)]
struct Case {
    worlds: u32,
    steps: Vec<(u32, u32, u32)>,
    fairness: Vec<Fairness>,
    p: Vec<u32>,
    q: Vec<u32>,
}

fn cases() -> impl Strategy<Value = Case> {
    (1..5_u32).prop_flat_map(|worlds| {
        let step = (0..worlds, 0..4_u32, 0..worlds);
        let fairness = prop_oneof![Just(Unfair), Just(Weak), Just(Strong)];
        (
            prop::collection::btree_set(step, 0..9),
            prop::collection::vec(fairness, 4),
            prop::collection::vec(0..worlds, 0..3),
            prop::collection::vec(0..worlds, 0..2),
        )
            .prop_map(move |(steps, fairness, p, q)| Case {
                worlds,
                steps: steps.into_iter().collect(),
                fairness,
                p,
                q,
            })
    })
}

impl Case {
    /// Worlds are numbered as a search meets them: a graph is renumbered so, and what is not reached falls away.
    fn in_order(&self) -> Self {
        let mut order = vec![0];
        let mut at = 0;
        while let Some(&world) = order.get(at) {
            for &(from, _, to) in &self.steps {
                if from == world && !order.contains(&to) {
                    order.push(to);
                }
            }
            at += 1;
        }
        let number = |world: &u32| order.iter().position(|known| known == world).map(|at| at as u32);
        let steps = self.steps.iter();
        Self {
            worlds: order.len() as u32,
            steps: steps.filter_map(|(from, label, to)| Some((number(from)?, *label, number(to)?))).collect(),
            fairness: self.fairness.clone(),
            p: self.p.iter().filter_map(number).collect(),
            q: self.q.iter().filter_map(number).collect(),
        }
    }

    fn enabled(&self, world: u32) -> BTreeSet<u32> {
        self.steps.iter().filter(|(from, ..)| *from == world).map(|(_, label, _)| *label).collect()
    }

    /// Whether a run that comes to just these worlds, and takes just these labels, again and again is fair.
    fn is_fair(&self, worlds: &BTreeSet<u32>, taken: &BTreeSet<u32>) -> bool {
        (0..4).filter(|label| !taken.contains(label)).all(|label| {
            let enabled = |world: &u32| self.enabled(*world).contains(&label);
            match self.fairness[label as usize] {
                Unfair => true,
                Weak => !worlds.iter().all(enabled),
                Strong => !worlds.iter().any(enabled),
            }
        })
    }

    /// The worlds that some of the steps lead to from one.
    fn reach(&self, from: u32, steps: &[(u32, u32, u32)]) -> BTreeSet<u32> {
        let mut reached = BTreeSet::from([from]);
        for _ in 0..self.worlds {
            for (from, _, to) in steps {
                if reached.contains(from) {
                    reached.insert(*to);
                }
            }
        }
        reached
    }

    /// By definition: some set of steps can be taken again and again, is fair, and is reached while `q` is waited for.
    fn is_violated(&self) -> bool {
        let waits = |world: u32| !self.q.contains(&world);
        let waiting: Vec<_> =
            self.steps.iter().copied().filter(|(from, _, to)| waits(*from) && waits(*to)).collect();
        let begins = self.p.iter().copied().filter(|world| waits(*world));
        let pending: BTreeSet<u32> = begins.flat_map(|world| self.reach(world, &waiting)).collect();
        let stops = |world: &u32| self.is_fair(&BTreeSet::from([*world]), &BTreeSet::new());
        let goes_round = |chosen: u32| {
            let steps: Vec<_> =
                (0..waiting.len()).filter(|at| chosen >> at & 1 == 1).map(|at| waiting[at]).collect();
            let worlds: BTreeSet<u32> = steps.iter().flat_map(|(from, _, to)| [*from, *to]).collect();
            let taken = steps.iter().map(|(_, label, _)| *label).collect();
            worlds.iter().all(|world| self.reach(*world, &steps) == worlds)
                && worlds.first().is_some_and(|world| pending.contains(world))
                && self.is_fair(&worlds, &taken)
        };
        pending.iter().any(stops) || (1..1_u32 << waiting.len()).any(goes_round)
    }

    /// Whether labels can be taken one after the other, come back to where they say, and are a violation. Steps
    /// with one label may lead to several worlds here, so all are followed.
    fn is_violation(&self, labels: &[u32], back: usize) -> bool {
        let mut runs = vec![vec![0_u32]];
        for label in labels {
            let next = |run: &Vec<u32>| {
                let here =
                    self.steps.iter().filter(|(from, with, _)| Some(from) == run.last() && with == label);
                here.map(|(_, _, to)| run.iter().copied().chain([*to]).collect()).collect::<Vec<Vec<u32>>>()
            };
            runs = runs.iter().flat_map(next).collect();
        }
        runs.iter().any(|run| {
            let waits = |world: &u32| !self.q.contains(world);
            let waiting = run.iter().rposition(|world| !waits(world)).map_or(0, |at| at + 1);
            run.last() == Some(&run[back])
                && waiting <= back
                && run[waiting..=back].iter().any(|world| self.p.contains(world))
                && self.is_fair(
                    &run[back..].iter().copied().collect(),
                    &labels[back..].iter().copied().collect(),
                )
        })
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]

    #[test]
    fn what_is_found_is_what_the_definition_says(case in cases()) {
        let case = case.in_order();
        let found = found(&graph(case.worlds, &case.steps, &case.fairness), &case.p, &case.q);
        prop_assert_eq!(found.is_some(), case.is_violated(), "{:?}", found);
        if let Some((labels, back)) = found {
            prop_assert!(case.is_violation(&labels, back), "{:?} back to {}", labels, back);
        }
    }
}
