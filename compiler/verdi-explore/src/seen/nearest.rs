use super::{Exact, Link, Met, Seen, Visit, WorldId};
use cranelift_entity::PrimaryMap;
use verdi_machine::Model;

/// An exact set that also knows how near to the first world each world was met.
///
/// A search that is not breadth first may meet a world by a long way first. Under a bound on depth that
/// would lose what lies within the bound by a shorter way, so a world met nearer is expanded again. Depths
/// only fall and are bounded, so this ends, and at its end each world has its least depth.
pub(crate) struct Nearest<M: Model> {
    worlds: Exact<M>,
    depths: PrimaryMap<WorldId, Depths>,
}

struct Depths {
    met: u32,
    visited: Option<u32>,
}

impl<M: Model> Nearest<M> {
    pub(crate) fn new() -> Self {
        Self { worlds: Exact::new(), depths: PrimaryMap::new() }
    }
}

impl<M: Model> Seen<M> for Nearest<M> {
    fn meet(&mut self, model: &M, world: &M::World, link: Option<Link>, depth: u32) -> Met {
        let (id, new) = self.worlds.enter(model, world, link);
        if new {
            self.depths.push(Depths { met: depth, visited: None });
            return Met::New(id);
        }
        if depth >= self.depths[id].met {
            return Met::Known;
        }
        self.depths[id].met = depth;
        // The parent is nearer than its child at every moment, so links never form a ring.
        self.worlds.relink(id, link);
        Met::Nearer(id)
    }

    fn visit(&mut self, id: WorldId, depth: u32) -> Visit {
        let depths = &mut self.depths[id];
        if depth > depths.met {
            return Visit::Stale;
        }
        match depths.visited.replace(depth) {
            None => Visit::First,
            Some(was) => Visit::Again { was },
        }
    }

    fn path(&self, id: WorldId) -> Vec<u32> {
        self.worlds.path(id)
    }

    fn len(&self) -> u64 {
        self.worlds.len()
    }

    fn bytes(&self) -> u64 {
        self.worlds.bytes() + (self.depths.len() * size_of::<Depths>()) as u64
    }

    fn world_bytes(&self) -> u64 {
        self.worlds.world_bytes()
    }
}
