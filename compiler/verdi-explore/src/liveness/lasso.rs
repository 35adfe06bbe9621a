//! A cycle that a fair run may go round for ever.

use super::fair::Fair;
use super::graph::{Edge, Graph};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use verdi_core::Fairness;

/// The labels of a cycle through a world, in its fair part, that takes what fairness wants taken: none where the run may
/// stay in that world.
pub(super) fn cycle(graph: &Graph, fair: &Fair, start: u32) -> Vec<u32> {
    let mut walk =
        Walk { graph, fair, start, worlds: BTreeSet::from([start]), labels: Vec::new(), at: start };
    loop {
        let open = walk.open();
        if open.is_empty() && walk.at == start {
            return walk.labels;
        }
        // In a fair part, all that is open can be met, and the start is never far.
        let Some(way) = walk.nearest(&open) else { return walk.labels };
        for edge in way {
            walk.labels.push(edge.label);
            walk.worlds.insert(edge.to);
            walk.at = edge.to;
        }
    }
}

struct Walk<'a> {
    graph: &'a Graph,
    fair: &'a Fair,
    start: u32,
    /// The worlds that it has come to.
    worlds: BTreeSet<u32>,
    labels: Vec<u32>,
    at: u32,
}

impl Walk<'_> {
    /// The labels that going round the walk would not be fair to.
    fn open(&self) -> BTreeSet<u32> {
        let everywhere = |label: u32| self.worlds.iter().all(|world| self.graph.is_enabled(*world, label));
        let enabled = self.worlds.iter().flat_map(|world| self.graph.edges(*world)).map(|edge| edge.label);
        let wanted = |label: &u32| match self.graph.promises(*label) {
            Fairness::None => false,
            Fairness::Weak => everywhere(*label),
            Fairness::Strong => true,
        };
        let enabled: BTreeSet<u32> = enabled.collect();
        enabled.into_iter().filter(|label| !self.labels.contains(label)).filter(wanted).collect()
    }

    /// The shortest way to meet something that is open; to the start where nothing is.
    fn nearest(&self, open: &BTreeSet<u32>) -> Option<Vec<Edge>> {
        let part = self.fair.part(self.start);
        let meets = |edge: &Edge| {
            let weak = |label: &&u32| self.graph.promises(**label) == Fairness::Weak;
            let disabled = |label: &u32| !self.graph.is_enabled(edge.to, *label);
            if open.is_empty() {
                edge.to == self.start
            } else {
                open.contains(&edge.label) || open.iter().filter(weak).any(disabled)
            }
        };
        let mut parents: BTreeMap<u32, Option<(u32, Edge)>> = BTreeMap::from([(self.at, None)]);
        let mut queue = VecDeque::from([self.at]);
        while let Some(world) = queue.pop_front() {
            for &edge in self.graph.edges(world) {
                if self.fair.part(edge.to) != part {
                    continue;
                }
                if meets(&edge) {
                    let mut way = vec![edge];
                    let mut at = world;
                    while let Some(Some((from, edge))) = parents.get(&at) {
                        way.push(*edge);
                        at = *from;
                    }
                    way.reverse();
                    return Some(way);
                }
                parents.entry(edge.to).or_insert_with(|| {
                    queue.push_back(edge.to);
                    Some((world, edge))
                });
            }
        }
        None
    }
}
