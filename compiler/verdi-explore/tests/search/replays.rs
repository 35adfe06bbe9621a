//! Following choices from the first world.

use crate::graph::{Graph, Lead, choice, fault};
use crate::{breadth_first, depth_first, found, random, search, to_the_end};
use verdi_core::PropertyKind;
use verdi_explore::{Faulted, ReplayError, ReplayFailure, replay};
use verdi_machine::Model;

#[test]
fn the_worlds_on_the_way() {
    let graph = Graph::of(3, &[(0, 1), (1, 2), (2, 0)]);
    let round = [choice(0, 1), choice(0, 2), choice(0, 0), choice(0, 1)];
    assert_eq!(replay(&graph, &round), Ok(vec![0, 1, 2, 0, 1]));
    assert_eq!(replay(&graph, &[]), Ok(vec![0]));
}

#[test]
fn what_stands_in_the_way() {
    let fails = |graph: &Graph, at, why| {
        let error = replay(graph, &[choice(0, 1), choice(0, 2)]);
        assert_eq!(error, Err(ReplayError { at, why }));
    };
    let chain = || Graph::of(3, &[(0, 1), (1, 2)]);
    fails(&Graph::of(3, &[(0, 1)]), 1, ReplayFailure::NotEnabled);
    fails(&Graph::of(3, &[(1, 2)]), 0, ReplayFailure::NotEnabled);
    fails(&Graph { stillborn: Some(fault(1)), ..chain() }, 0, ReplayFailure::Initial(fault(1)));
    let mut graph = chain();
    graph.worlds[1].steps[0].1 = Lead::TooManyPackets;
    fails(&graph, 1, ReplayFailure::TooManyPackets);
    graph.worlds[1].steps[0].1 = Lead::Fault(fault(2));
    fails(&graph, 1, ReplayFailure::Fault(fault(2)));
    graph.worlds[1].expandable = Ok(false);
    fails(&graph, 1, ReplayFailure::NotExpandable);
}

#[test]
fn every_run_that_is_found_can_be_followed() {
    let mut followed = 0;
    for seed in 0..1000 {
        let graph = Graph::random(seed);
        for options in [breadth_first(), depth_first(), random(5, 30, seed)] {
            for (kind, answer) in graph.properties().iter().zip(search(&graph, &to_the_end(options)).answers)
            {
                let Some(run) = found(&answer) else { continue };
                followed += 1;
                assert!(graph.depth_max.is_none_or(|most| run.choices.len() as u64 <= most));
                assert_eq!(*kind == PropertyKind::NoFault, run.fault.is_some());
                match (&run.fault, replay(&graph, &run.choices)) {
                    (Some((fault, Faulted::Step)), Err(error)) => {
                        assert_eq!(error.at + 1, run.choices.len());
                        assert_eq!(error.why, ReplayFailure::Fault(fault.clone()));
                    }
                    (_, reached) => assert!(reached.is_ok(), "graph {seed}: {reached:?}"),
                }
            }
        }
    }
    assert!(followed > 1000);
}
