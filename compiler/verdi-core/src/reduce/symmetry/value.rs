//! What is known of a value when the nodes of a kind are renamed.

use crate::{ConstId, Span};

/// A place that holds a value while a function runs: fields or variables first, then what is done to the
/// world, then locals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cell(pub(super) usize);

/// Whether the elements of a list differ from each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Distinct {
    /// Nobody knows.
    No,
    /// All differ.
    Elements,
    /// They are pairs, and all their first parts differ.
    Keys,
}

/// How a loop's rounds change a place, so that the order of the rounds does not matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Not at all.
    Untouched,
    /// They add terms of at most so many bits; always this constant, where there is one: then it is added or
    /// subtracted (`true`), and whether the sum overflows does not depend on the order.
    Sum(u8, Option<(ConstId, bool)>),
    /// They keep the greater.
    Max,
    /// They keep the lesser.
    Min,
    /// They put elements into a list, whose order will be lost.
    Push(Pushed),
    /// They put elements into a set.
    Insert,
    /// They take elements out of a set, or keys out of a map.
    Narrow,
    /// Each sets the value of its own key, which is what the loop of this number drew.
    Put(u8),
    /// They store this constant.
    Store(ConstId),
    /// They send, or put packets in flight.
    Send,
    /// They take packets out of flight.
    Take,
    /// They start timers.
    Start,
    /// They stop timers.
    Stop,
}

/// What is put into a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pushed {
    /// The loops, by number, of which different draws give different elements.
    pub(super) whole: u64,
    /// The same for the first part of what is a pair.
    pub(super) key: u64,
    /// Where it is put: from two places, equal elements may come.
    pub(super) site: usize,
}

/// See [`Known`]: `π` is any renaming of the nodes of the kind at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// Not assigned.
    Unset,
    /// A constant that no renaming changes.
    Fixed(ConstId),
    /// The empty list.
    Nothing,
    /// It is renamed with the world: in `π(world)` it is `π` of what it is in the world.
    Same,
    /// What the loop of this number drew from elements that all differ.
    Drawn(u8),
    /// The same, from pairs whose first parts all differ.
    Paired(u8),
    /// Renamed with the world, and made of draws: different draws of these loops give different values; for the
    /// second, different first parts of the pair that it is.
    Made(u64, u64),
    /// A list whose elements are renamed with the world, but in another order.
    Shuffled(Distinct),
    /// What the rounds of the loop of this number have made so far of what was in a cell.
    Running(u8, Cell, Class),
    /// It may depend on the order of nodes, for what is written there.
    Mixed(Span, Mix),
}

/// How a value came to depend on the order of nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mix {
    /// By which round of a loop came last, or by how many there were.
    Rounds,
    /// By a sum that may overflow in one order and not in another.
    Sum,
    /// As a list whose order is kept in the state.
    List,
}

/// What is known of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) what: What,
    /// Whether nodes of the kind may be in it.
    pub(super) ours: bool,
    /// For an int, how many bits its magnitude may need; for what is running, what it needed before the loop.
    pub(super) bits: u8,
}

/// An int of which nothing is known.
pub(super) const ANY_BITS: u8 = 64;

/// Above this, arithmetic may overflow.
pub(super) const SAFE_BITS: u8 = 62;

/// No call adds more often than `2^FUEL_BITS` times: its fuel is out before.
pub(super) const FUEL_BITS: u8 = u64::BITS as u8 - verdi_runtime::FUEL_MAX.leading_zeros() as u8;

impl Known {
    pub(super) const UNSET: Self = Self { what: What::Unset, ours: false, bits: 0 };

    /// A value that is renamed with the world.
    pub(super) fn same(ours: bool) -> Self {
        Self { what: What::Same, ours, bits: ANY_BITS }
    }

    pub(super) fn with(self, what: What) -> Self {
        Self { what, ..self }
    }

    /// Whether it is renamed with the world.
    pub(super) fn is_plain(self) -> bool {
        use What::*;
        matches!(self.what, Fixed(_) | Nothing | Same | Drawn(_) | Paired(_) | Made(..))
    }

    /// Of which loops different draws give different values: of the whole, and of the first part of a pair.
    pub(super) fn draws(self) -> (u64, u64) {
        match self.what {
            What::Drawn(at) => (1 << at, 0),
            What::Paired(at) => (1 << at, 1 << at),
            What::Made(whole, key) => (whole, key),
            _ => (0, 0),
        }
    }

    /// What is known where it is one or the other; `mixed` for what has nothing in common.
    pub(super) fn or(self, other: Known, mixed: What) -> Known {
        use What::*;
        let what = match (self.what, other.what) {
            (a, b) if a == b => a,
            (Unset, what) | (what, Unset) => what,
            (Mixed(span, mix), _) | (_, Mixed(span, mix)) => Mixed(span, mix),
            (Running(at, cell, a), Running(other, same, b)) if (at, cell) == (other, same) => {
                either(a, b).map_or(mixed, |class| Running(at, cell, class))
            }
            (Running(at, cell, class), Fixed(id)) | (Fixed(id), Running(at, cell, class)) => {
                either(class, Class::Store(id)).map_or(mixed, |class| Running(at, cell, class))
            }
            (Running(..), _) | (_, Running(..)) => mixed,
            (Shuffled(a), Nothing) | (Nothing, Shuffled(a)) => Shuffled(a),
            (Shuffled(_), _) | (_, Shuffled(_)) => Shuffled(Distinct::No),
            _ => Same,
        };
        Known { what, ours: self.ours || other.ours, bits: self.bits.max(other.bits) }
    }
}

/// The class of a round that changes a place in one way or in another.
pub(super) fn either(a: Class, b: Class) -> Option<Class> {
    match (a, b) {
        (Class::Untouched, class) | (class, Class::Untouched) => Some(class),
        (Class::Sum(a, step), Class::Sum(b, other)) => {
            Some(Class::Sum(a.max(b), step.filter(|step| Some(*step) == other)))
        }
        (Class::Push(a), Class::Push(b)) if a != b => Some(Class::Push(Pushed { whole: 0, key: 0, ..a })),
        (a, b) => (a == b).then_some(a),
    }
}

/// The class of a round that changes a place in one way and then in another.
pub(super) fn then(a: Class, b: Class) -> Option<Class> {
    match (a, b) {
        (Class::Push(pushed), Class::Push(_)) => Some(Class::Push(Pushed { whole: 0, key: 0, ..pushed })),
        (a, b) => either(a, b),
    }
}
