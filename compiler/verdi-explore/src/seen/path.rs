use super::{Link, Met, Seen, WorldId};
use cranelift_entity::EntityRef;
use verdi_machine::Model;

/// No set at all: the steps of one run, in which every world counts as new. A world's number is its depth.
pub(crate) struct Path {
    ordinals: Vec<u32>,
}

impl Path {
    pub(crate) fn new() -> Self {
        Self { ordinals: Vec::new() }
    }
}

impl<M: Model> Seen<M> for Path {
    fn meet(&mut self, _model: &M, _world: &M::World, link: Option<Link>, _depth: u32) -> Met {
        let Some(link) = link else { return Met::New(WorldId::new(0)) };
        self.ordinals.truncate(link.parent.index());
        self.ordinals.push(link.ordinal);
        Met::New(WorldId::new(self.ordinals.len()))
    }

    fn path(&self, id: WorldId) -> Vec<u32> {
        self.ordinals[..id.index()].to_vec()
    }

    fn len(&self) -> u64 {
        0
    }

    fn bytes(&self) -> u64 {
        (self.ordinals.capacity() * size_of::<u32>()) as u64
    }

    fn world_bytes(&self) -> u64 {
        0
    }
}
