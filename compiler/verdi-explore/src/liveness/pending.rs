//! The worlds in which a promise waits to be kept.

use super::graph::{Edge, Graph, NOWHERE, OUTSIDE};

/// `begins ~> keeps`; without `begins`, it is made in the first world alone.
#[derive(Clone, Copy)]
pub(super) struct Promise<'a> {
    pub(super) begins: Option<&'a [Option<bool>]>,
    pub(super) keeps: &'a [Option<bool>],
}

impl Promise<'_> {
    /// Whether it is made in a world that does not keep it at once. What faults makes none, and keeps any.
    fn is_made(&self, world: u32) -> bool {
        let made = match self.begins {
            None => world == 0,
            Some(begins) => begins.get(world as usize) == Some(&Some(true)),
        };
        made && self.waits(world)
    }

    fn waits(&self, world: u32) -> bool {
        self.keeps.get(world as usize) == Some(&Some(false))
    }
}

/// Worlds that are reached from one in which a promise is made, through worlds in which it waits.
pub(super) struct Pending<'g> {
    graph: &'g Graph,
    /// In the order in which they are found: nearest first.
    pub(super) order: Vec<u32>,
    /// Whether some step is enabled in one that is not followed.
    pub(super) leaves: bool,
    /// How a world was first reached while waiting: from a world, by a label, and whether it waited there already.
    parents: Vec<Option<Parent>>,
}

#[derive(Clone, Copy)]
enum Parent {
    /// The promise is made here, however it was reached.
    Made,
    Waiting(u32, u32),
}

impl<'g> Pending<'g> {
    pub(super) fn of(graph: &'g Graph, promise: Promise<'_>) -> Self {
        let mut pending = Self { graph, order: Vec::new(), leaves: false, parents: vec![None; graph.len()] };
        let depths = depths(graph);
        let worlds = 0..graph.len() as u32;
        let made: Vec<u32> = worlds.filter(|world| promise.is_made(*world)).collect();
        // Both lists are in order of depth, so what is taken first is nearest.
        let (mut next_made, mut next_waiting) = (0, 0);
        let mut waiting: Vec<(u32, u32)> = Vec::new();
        loop {
            let (world, depth) = match (made.get(next_made), waiting.get(next_waiting)) {
                (Some(&world), other) if other.is_none_or(|(_, depth)| depths[world as usize] <= *depth) => {
                    next_made += 1;
                    if pending.parents[world as usize].is_some() {
                        continue;
                    }
                    pending.parents[world as usize] = Some(Parent::Made);
                    (world, depths[world as usize])
                }
                (_, Some(&next)) => {
                    next_waiting += 1;
                    next
                }
                (_, None) => break,
            };
            pending.order.push(world);
            for &Edge { label, to } in graph.edges(world) {
                pending.leaves |= to == OUTSIDE;
                let new = to < NOWHERE
                    && promise.waits(to)
                    && pending.parents.get(to as usize).is_some_and(Option::is_none);
                if new {
                    pending.parents[to as usize] = Some(Parent::Waiting(world, label));
                    waiting.push((to, depth + 1));
                }
            }
        }
        pending
    }

    /// The labels of a shortest way to a world that waits, on which the promise is made.
    pub(super) fn way_to(&self, world: u32) -> Vec<u32> {
        let (mut labels, mut at) = (Vec::new(), world);
        while let Some(Parent::Waiting(from, label)) = self.parents[at as usize] {
            labels.push(label);
            at = from;
        }
        labels.reverse();
        let mut way = self.graph.way_to(at);
        way.append(&mut labels);
        way
    }
}

/// How many steps lead to each world, at least.
fn depths(graph: &Graph) -> Vec<u32> {
    let mut depths = vec![u32::MAX; graph.len()];
    if let Some(first) = depths.first_mut() {
        *first = 0;
    }
    for world in 0..graph.len() {
        let next = depths[world].saturating_add(1);
        for edge in graph.edges(world as u32) {
            if let Some(depth) = depths.get_mut(edge.to as usize) {
                *depth = next.min(*depth);
            }
        }
    }
    depths
}
