//! Faults and deadlocks: what answers which property, and with which run.

use crate::graph::{Graph, Lead, choice, fault};
use crate::{breadth_first, depth_first, found, random, search};
use verdi_core::{PropertyId, PropertyKind, RuleId};
use verdi_explore::{Answer, Coverage, Faulted, Limits, Run};

/// 0 → 1 → 2, with the property that nothing faults and one more that holds.
fn chain() -> Graph {
    Graph::of(3, &[(0, 1), (1, 2)]).with(PropertyKind::NoFault, &[]).with(PropertyKind::Invariant, &[])
}

fn to_world_one(what: Faulted) -> Option<Run> {
    Some(Run { choices: vec![choice(0, 1)], fault: Some((fault(7), what)) })
}

/// What each order of search finds about the first property.
fn answers(graph: &Graph) -> Vec<Option<Run>> {
    let orders = [breadth_first(), depth_first(), random(3, 10, 5)];
    orders.iter().map(|options| found(&search(graph, options).answers[0]).cloned()).collect()
}

#[test]
fn of_a_step() {
    let mut graph = chain();
    graph.worlds[1].steps[0].1 = Lead::Fault(fault(7));
    let run = Run { choices: vec![choice(0, 1), choice(0, 2)], fault: Some((fault(7), Faulted::Step)) };
    assert_eq!(answers(&graph), vec![Some(run); 3]);
    let outcome = search(&graph, &breadth_first());
    assert_eq!((outcome.stats.distinct, outcome.stats.transitions), (2, 1));
    assert_eq!(outcome.coverage, Coverage::Complete(Limits::default()));
}

#[test]
fn of_a_guard_or_domain() {
    let mut graph = chain();
    let rule = RuleId::from_u32(4);
    graph.worlds[1].faults.push((rule, fault(7)));
    assert_eq!(answers(&graph), vec![to_world_one(Faulted::Rule(rule)); 3]);
    assert_eq!(search(&graph, &breadth_first()).stats.distinct, 3, "other rules still fire");
}

#[test]
fn of_the_constraint() {
    let mut graph = chain();
    graph.worlds[1].expandable = Err(fault(7));
    assert_eq!(answers(&graph), vec![to_world_one(Faulted::Constraint); 3]);
    let outcome = search(&graph, &breadth_first());
    assert_eq!(outcome.stats.distinct, 2);
    assert_eq!(outcome.coverage, Coverage::Complete(Limits { constraint: true, ..Limits::default() }));
}

#[test]
fn of_a_property_leaves_it_undecided() {
    let mut graph = chain();
    graph.worlds[1].holds[1] = Err(fault(7));
    let invariant = PropertyId::from_u32(1);
    assert_eq!(answers(&graph), vec![to_world_one(Faulted::Property(invariant)); 3]);
    let outcome = search(&graph, &breadth_first());
    assert_eq!(outcome.answers[1], Answer::NotFound);
    assert_eq!(outcome.undecided, [invariant]);

    graph.worlds[2].holds[1] = Ok(false);
    let outcome = search(&graph, &breadth_first());
    assert_eq!(found(&outcome.answers[1]).map(|run| run.choices.len()), Some(2));
    assert!(outcome.undecided.is_empty());
}

#[test]
fn of_the_first_world() {
    let graph = Graph { stillborn: Some(fault(7)), ..chain() };
    let run = Run { choices: vec![], fault: Some((fault(7), Faulted::Step)) };
    assert_eq!(answers(&graph), vec![Some(run); 3]);
    assert_eq!(search(&graph, &breadth_first()).stats.distinct, 0);
}

#[test]
fn that_nobody_asks_after_is_told_all_the_same() {
    let mut graph = Graph::of(3, &[(0, 1), (1, 2)]).with(PropertyKind::Reach, &[]);
    graph.worlds[1].faults.push((RuleId::from_u32(4), fault(7)));
    graph.worlds[2].faults.push((RuleId::from_u32(4), fault(8)));
    let outcome = search(&graph, &breadth_first());
    assert_eq!(outcome.answers, [Answer::NotFound]);
    assert_eq!(outcome.fault, to_world_one(Faulted::Rule(RuleId::from_u32(4))));
    graph.properties.push(PropertyKind::NoFault);
    let outcome = search(&graph, &breadth_first());
    assert_eq!(found(&outcome.answers[1]).cloned(), to_world_one(Faulted::Rule(RuleId::from_u32(4))));
    assert_eq!(outcome.fault, None);
}

#[test]
fn a_deadlock_is_a_world_in_which_nothing_could_ever_happen() {
    let chain = || Graph::of(2, &[(0, 1)]).with(PropertyKind::NoDeadlock, &[]);
    let run = Run { choices: vec![choice(0, 1)], fault: None };
    assert_eq!(answers(&chain()), vec![Some(run.clone()); 3]);
    assert_eq!(answers(&Graph { depth_max: Some(1), ..chain() }), vec![Some(run); 3]);

    let mut at_a_bound = chain();
    at_a_bound.worlds[1].held_back.push(3);
    let mut beyond_the_constraint = chain();
    beyond_the_constraint.worlds[1].expandable = Ok(false);
    let mut faulting_guard = chain();
    faulting_guard.worlds[1].faults.push((RuleId::from_u32(1), fault(1)));
    let mut too_many_packets = chain();
    too_many_packets.worlds[1].steps.push((choice(0, 0), Lead::TooManyPackets));
    let mut faulting_step = chain();
    faulting_step.worlds[1].steps.push((choice(0, 0), Lead::Fault(fault(1))));
    let at_the_depth = Graph { depth_max: Some(0), ..chain() };
    for graph in
        [at_a_bound, beyond_the_constraint, faulting_guard, too_many_packets, faulting_step, at_the_depth]
    {
        assert_eq!(answers(&graph), vec![None; 3], "{graph:?}");
    }
}
