//! Parts of the graph that a fair run need never leave.

use super::graph::{Graph, UNKNOWN};
use verdi_core::Fairness;

/// No part.
const NONE: u32 = u32::MAX;

/// Strongly connected parts, in each of which a run may go round for ever and be fair.
pub(super) struct Fair {
    /// The part of each world.
    parts: Vec<u32>,
}

impl Fair {
    /// The fair parts among some worlds.
    pub(super) fn of(graph: &Graph, worlds: &[u32]) -> Self {
        let knows = |world: &u32| graph.edges(*world).iter().all(|edge| edge.label != UNKNOWN);
        let mut search = Search {
            graph,
            parts: vec![NONE; graph.len()],
            owner: vec![0; graph.len()],
            index: vec![0; graph.len()],
            labels: Labels::new(graph.fairness.len()),
        };
        let mut left: Vec<Vec<u32>> = vec![worlds.iter().copied().filter(knows).collect()];
        let (mut owner, mut found) = (0, 0);
        while let Some(among) = left.pop() {
            owner += 1;
            for component in search.components(&among, owner) {
                match search.judge(&component) {
                    Judged::Fair => {
                        component.iter().for_each(|world| search.parts[*world as usize] = found);
                        found += 1;
                    }
                    Judged::Unfair => {}
                    Judged::Without(bad) => {
                        left.push(component.into_iter().filter(|world| !bad.contains(world)).collect());
                    }
                }
            }
        }
        Self { parts: search.parts }
    }

    /// The part of a world, if it is in any.
    pub(super) fn part(&self, world: u32) -> Option<u32> {
        self.parts.get(world as usize).copied().filter(|part| *part != NONE)
    }
}

/// What is to be said of a strongly connected component.
enum Judged {
    /// A run may go round in all of it.
    Fair,
    /// No run that stays in it is fair: something is enabled throughout and never taken.
    Unfair,
    /// A fair run that stays in it goes to none of these in the end, ascending: something is enabled there that is
    /// never taken.
    Without(std::collections::BTreeSet<u32>),
}

struct Search<'g> {
    graph: &'g Graph,
    parts: Vec<u32>,
    /// The set that each world was last put into; those of one set are searched together. 0 for none.
    owner: Vec<u32>,
    /// Of a world that is searched: its number plus one in the order of visits; [`DONE`] once its component is known.
    index: Vec<u32>,
    labels: Labels,
}

const DONE: u32 = u32::MAX;

impl Search<'_> {
    /// The strongly connected components of some worlds (Tarjan, "Depth-first search and linear graph algorithms", 1972,
    /// without recursion).
    fn components(&mut self, among: &[u32], owner: u32) -> Vec<Vec<u32>> {
        for &world in among {
            self.owner[world as usize] = owner;
            self.index[world as usize] = 0;
        }
        let (mut found, mut stack, mut visits) = (Vec::new(), Vec::new(), 0);
        for &root in among {
            if self.index[root as usize] != 0 {
                continue;
            }
            // A world, the next of its edges, and the least number that it leads to.
            let mut path: Vec<(u32, usize, u32)> = Vec::new();
            let mut enter = Some(root);
            loop {
                if let Some(world) = enter.take() {
                    visits += 1;
                    self.index[world as usize] = visits;
                    stack.push(world);
                    path.push((world, 0, visits));
                }
                let Some((world, next, low)) = path.last_mut() else { break };
                let edges = self.graph.edges(*world);
                if let Some(edge) = edges.get(*next) {
                    *next += 1;
                    if self.owner.get(edge.to as usize) == Some(&owner) {
                        match self.index[edge.to as usize] {
                            0 => enter = Some(edge.to),
                            DONE => {}
                            number => *low = number.min(*low),
                        }
                    }
                    continue;
                }
                let (world, low) = (*world, *low);
                path.pop();
                if let Some((_, _, above)) = path.last_mut() {
                    *above = low.min(*above);
                }
                if low == self.index[world as usize] {
                    let start = stack.iter().rposition(|on| *on == world).unwrap_or(0);
                    let component = stack.split_off(start);
                    component.iter().for_each(|world| self.index[*world as usize] = DONE);
                    found.push(component);
                }
            }
        }
        found
    }

    fn judge(&mut self, component: &[u32]) -> Judged {
        let inside = self.parts.len() as u32;
        // Any number that no component has will do.
        component.iter().for_each(|world| self.owner[*world as usize] = u32::MAX - inside);
        for &world in component {
            for edge in self.graph.edges(world) {
                let stays = self.owner.get(edge.to as usize) == Some(&(u32::MAX - inside));
                self.labels.see(edge.label, world, stays);
            }
        }
        component.iter().for_each(|world| self.owner[*world as usize] = 0);
        let seen = self.labels.finish();
        let missed = |seen: &&Seen| !seen.taken;
        let unfair = |seen: &Seen| {
            self.graph.promises(seen.label) == Fairness::Weak && seen.enabled as usize == component.len()
        };
        if seen.iter().filter(missed).any(unfair) {
            return Judged::Unfair;
        }
        let strong = |seen: &&Seen| self.graph.promises(seen.label) == Fairness::Strong;
        let strong: Vec<u32> = seen.iter().filter(missed).filter(strong).map(|seen| seen.label).collect();
        if strong.is_empty() {
            return Judged::Fair;
        }
        let bad = |world: &u32| self.graph.edges(*world).iter().any(|edge| strong.contains(&edge.label));
        Judged::Without(component.iter().copied().filter(bad).collect())
    }
}

/// What was seen of labels in a component.
struct Labels {
    seen: Vec<Seen>,
    /// By label: its place among those seen, plus one.
    places: Vec<u32>,
}

struct Seen {
    label: u32,
    /// The last world where it is enabled.
    last: u32,
    /// In how many worlds it is.
    enabled: u32,
    /// Whether a step with it stays in the component.
    taken: bool,
}

impl Labels {
    fn new(count: usize) -> Self {
        Self { seen: Vec::new(), places: vec![0; count] }
    }

    /// Of one world, all labels are to be seen in a row.
    fn see(&mut self, label: u32, world: u32, stays: bool) {
        let place = &mut self.places[label as usize];
        if *place == 0 {
            self.seen.push(Seen { label, last: world, enabled: 1, taken: stays });
            *place = self.seen.len() as u32;
            return;
        }
        let seen = &mut self.seen[*place as usize - 1];
        seen.enabled += u32::from(seen.last != world);
        seen.last = world;
        seen.taken |= stays;
    }

    fn finish(&mut self) -> Vec<Seen> {
        let seen = std::mem::take(&mut self.seen);
        seen.iter().for_each(|seen| self.places[seen.label as usize] = 0);
        seen
    }
}
