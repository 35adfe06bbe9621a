use super::{Link, Met, Seen, WorldId};
use cranelift_entity::PrimaryMap;
use cranelift_entity::packed_option::PackedOption;
use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;
use verdi_machine::Model;

/// Whole keys in a hash map: no two worlds are ever taken for one. A world keeps the step by which it was
/// met first.
pub(crate) struct Exact<M: Model> {
    ids: FxHashMap<M::Key, WorldId>,
    links: PrimaryMap<WorldId, PackedLink>,
    key_bytes: u64,
}

/// A link in eight bytes; the first world's has no parent.
struct PackedLink {
    parent: PackedOption<WorldId>,
    ordinal: u32,
}

impl From<Option<Link>> for PackedLink {
    fn from(link: Option<Link>) -> Self {
        let parent = link.map(|link| link.parent).into();
        Self { parent, ordinal: link.map_or(0, |link| link.ordinal) }
    }
}

impl<M: Model> Exact<M> {
    pub(crate) fn new() -> Self {
        Self { ids: FxHashMap::default(), links: PrimaryMap::new(), key_bytes: 0 }
    }

    /// The world's number, and whether it is new.
    pub(super) fn enter(&mut self, model: &M, world: &M::World, link: Option<Link>) -> (WorldId, bool) {
        match self.ids.entry(model.key(world)) {
            Entry::Occupied(known) => (*known.get(), false),
            Entry::Vacant(vacant) => {
                self.key_bytes += model.key_bytes(vacant.key()) as u64;
                let id = self.links.push(link.into());
                vacant.insert(id);
                (id, true)
            }
        }
    }

    pub(super) fn relink(&mut self, id: WorldId, link: Option<Link>) {
        self.links[id] = link.into();
    }
}

impl<M: Model> Seen<M> for Exact<M> {
    fn meet(&mut self, model: &M, world: &M::World, link: Option<Link>, _depth: u32) -> Met {
        match self.enter(model, world, link) {
            (id, true) => Met::New(id),
            (_, false) => Met::Known,
        }
    }

    fn path(&self, id: WorldId) -> Vec<u32> {
        let mut ordinals = Vec::new();
        let mut at = id;
        while let Some(parent) = self.links[at].parent.expand() {
            ordinals.push(self.links[at].ordinal);
            at = parent;
        }
        ordinals.reverse();
        ordinals
    }

    fn len(&self) -> u64 {
        self.links.len() as u64
    }

    fn bytes(&self) -> u64 {
        // One control byte a slot is what the standard library's table adds.
        let slot = size_of::<(M::Key, WorldId)>() + 1;
        let tables = self.ids.capacity() * slot + self.links.len() * size_of::<PackedLink>();
        self.key_bytes + tables as u64
    }

    fn world_bytes(&self) -> u64 {
        self.key_bytes / self.len().max(1)
    }
}
