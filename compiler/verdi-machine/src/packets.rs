mod bag;
mod queues;

pub(crate) use bag::Bag;
pub(crate) use queues::Queues;

use verdi_core::PacketStore;
use verdi_runtime::{List, Value};

/// The packets in flight. Cheap to clone. Each packet comes with the id that the machine interned it as.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Packets {
    /// A multiset, or a set: then every count is one.
    Bag(Bag),
    /// A queue for each ordered pair of nodes.
    Queues(Queues),
}

impl Packets {
    pub(crate) fn new(store: PacketStore) -> Self {
        match store {
            PacketStore::Bag => Self::Bag(Bag::new(u32::MAX)),
            PacketStore::Set => Self::Bag(Bag::new(1)),
            PacketStore::Fifo => Self::Queues(Queues::default()),
        }
    }

    pub(crate) fn add(&mut self, packet: Value, id: u32) {
        match self {
            Self::Bag(bag) => bag.add(packet, id),
            Self::Queues(queues) => queues.push(packet, id),
        }
    }

    /// Takes one copy out; nothing where there is none.
    pub(crate) fn remove(&mut self, packet: &Value) {
        match self {
            Self::Bag(bag) => bag.remove(packet),
            Self::Queues(queues) => queues.remove(packet),
        }
    }

    /// How many there are.
    pub(crate) fn total(&self) -> u64 {
        match self {
            Self::Bag(bag) => bag.total(),
            Self::Queues(queues) => queues.total(),
        }
    }

    /// All, copies too, in canonical order; queues by their pair, then in order.
    pub(crate) fn all(&self) -> List {
        match self {
            Self::Bag(bag) => bag.all(),
            Self::Queues(queues) => queues.all(),
        }
    }

    /// All as [`Packets::all`] has them, with their ids.
    pub(crate) fn each(&self, visit: &mut dyn FnMut(&Value, u32)) {
        match self {
            Self::Bag(bag) => bag.each(visit),
            Self::Queues(queues) => queues.each(visit),
        }
    }

    /// Each distinct one, in canonical order.
    pub(crate) fn distinct(&self) -> List {
        match self {
            Self::Bag(bag) => bag.distinct(),
            Self::Queues(queues) => verdi_runtime::set::of(queues.all()),
        }
    }

    /// The first of each queue; without queues, each distinct one.
    pub(crate) fn heads(&self) -> List {
        match self {
            Self::Bag(bag) => bag.distinct(),
            Self::Queues(queues) => queues.heads(),
        }
    }

    /// Adds words that are equal if and only if the packets are.
    pub(crate) fn key(&self, words: &mut Vec<u32>) {
        match self {
            Self::Bag(bag) => bag.key(words),
            Self::Queues(queues) => queues.key(words),
        }
    }
}
