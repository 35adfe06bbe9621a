//! Which worlds were met, and by which way.

mod exact;
mod nearest;
mod path;

pub(crate) use exact::Exact;
pub(crate) use nearest::Nearest;
pub(crate) use path::Path;

use cranelift_entity::entity_impl;
use verdi_machine::Model;

/// A world that was met: its number in the order of meeting.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct WorldId(u32);
entity_impl!(WorldId, "world");

/// The most worlds that have a number.
pub(crate) const WORLDS_MAX: u64 = u32::MAX as u64 - 1;

/// The step by which a world was met: all that is kept of the way to it.
#[derive(Clone, Copy)]
pub(crate) struct Link {
    pub(crate) parent: WorldId,
    /// The position of the step among the parent's enabled choices.
    pub(crate) ordinal: u32,
}

/// What meeting a world tells.
pub(crate) enum Met {
    /// It was not known.
    New(WorldId),
    /// It was known, but by a longer way, and ways matter here: it is to be expanded again.
    Nearer(WorldId),
    /// It was known.
    Known,
}

/// What visiting a world that waited tells.
pub(crate) enum Visit {
    /// It was not visited before.
    First,
    /// It was visited at a greater depth.
    Again {
        /// That depth.
        was: u32,
    },
    /// A visit by a way no longer was or will be made.
    Stale,
}

/// The set of worlds met.
pub(crate) trait Seen<M: Model> {
    /// Notes a world and the step that led to it (none to the first).
    fn meet(&mut self, model: &M, world: &M::World, link: Option<Link>, depth: u32) -> Met;

    /// Notes that a world is about to be expanded.
    fn visit(&mut self, _id: WorldId, _depth: u32) -> Visit {
        Visit::First
    }

    /// The ordinals of the steps from the first world to this one.
    fn path(&self, id: WorldId) -> Vec<u32>;

    /// The number of distinct worlds.
    fn len(&self) -> u64;

    /// An estimate of the memory it takes, in bytes.
    fn bytes(&self) -> u64;

    /// An estimate of what is behind one world, on average.
    fn world_bytes(&self) -> u64;
}
