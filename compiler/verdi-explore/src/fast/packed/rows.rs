//! What can happen at a node in a state, arranged to be taken from packed worlds.

mod make;

pub(super) use make::Maker;

use super::super::near::prefetch;
use super::super::word::Word;
use rustc_hash::FxHashMap;
use std::sync::Arc;
use verdi_core::RuleId;
use verdi_machine::{Fault, Firing, Firings, Update};

/// A step, arranged to be taken on a packed world with a few operations.
#[derive(Clone, Copy, Debug)]
pub(super) struct Delta<W> {
    pub(super) add: W,
    /// What else it does, by its place among the effects; [`SLOW`] where it cannot be taken like this.
    pub(super) effect: u32,
    /// The choice; of a slow step, its place among them.
    pub(super) choice: u32,
}

/// The effect of slow steps.
pub(super) const SLOW: u32 = u32::MAX;

/// What a step does besides adding, and when: of a bag it leads to `world + add`, of a set to
/// `((world + add) & !guard) | set`. The same for many steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Effect<W> {
    /// Of a set, the packets that go. Of a bag, those whose count goes up by one: the step does not fit where one of
    /// them is full.
    pub(super) guard: W,
    pub(super) set: W,
    /// Where it is not 0, the step is enabled only if one of these bits is set.
    pub(super) cond: W,
    /// The bound that the condition is of.
    pub(super) bound: u16,
}

/// A step that takes more than a [`Delta`].
#[derive(Clone, Debug)]
pub(super) enum Slow {
    /// A firing, and what it does.
    Step(Firing, Reaction),
    /// A guard or a domain faults.
    Fault(RuleId, Fault),
}

/// What a step does, or why it faults.
pub(super) type Reaction = Arc<Result<Update, Fault>>;

/// What can happen at a node in a state; or, in a row of variables, at no node. Packets go by their lowest bits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<W> {
    /// The packets that were asked about.
    pub(super) known: W,
    /// Those of them that drive a step here which changes something.
    pub(super) drives: W,
    /// Those of them that drive a step here which changes nothing.
    pub(super) idles: W,
    /// Where the steps are: those that no packet drives, then the first of each of `drives`, in the order of their
    /// bits.
    pub(super) first: u32,
    /// How many steps no packet drives.
    pub(super) own: u32,
    /// How many more of those change nothing, whatever the world.
    pub(super) loops: u32,
    /// Where further steps of the same packets are; 0 where there are none.
    pub(super) more: u32,
    /// Whether no step is slow or has a condition (further steps aside).
    pub(super) plain: bool,
}

impl<W: Word> Row<W> {
    /// Where the first step of the lowest of some packets that drive any is among those, and the other packets.
    #[inline(always)]
    pub(super) fn step_of_lowest(&self, packets: W) -> (usize, W) {
        let below = packets.minus(W::from_u32(1));
        ((self.drives & below & !packets).ones() as usize, packets & below)
    }
}

/// A further step of some packets.
#[derive(Clone, Debug, Default)]
pub(super) struct More<W> {
    /// The packets whose further step changes nothing, as often as they have one.
    pub(super) idles: Vec<W>,
    pub(super) steps: Vec<(W, Delta<W>)>,
}

/// The rows that a worker has met, for one layout.
#[derive(Debug)]
pub(super) struct Rows<W> {
    /// By variables, node (the last for no node) and state: the position of the row, plus one.
    index: Vec<Vec<Vec<u32>>>,
    /// The same by variables, group of nodes and their joint state.
    groups: Vec<Vec<Vec<u32>>>,
    rows: Vec<Row<W>>,
    steps: Vec<Delta<W>>,
    more: Vec<More<W>>,
    pub(super) slow: Vec<Slow>,
    pub(super) effects: Vec<Effect<W>>,
    effect_ids: FxHashMap<Effect<W>, u32>,
    /// By variables and the position of a packet: what it drives.
    drivers: Vec<Vec<Option<Arc<Firings>>>>,
    /// By variables and node: the packets that are known to drive nothing there.
    aside: Vec<Vec<W>>,
    pub(super) seen: Ids,
}

/// The largest ids that steps led to, plus one.
#[derive(Clone, Debug)]
pub(super) struct Ids {
    /// The states of each kind.
    pub(super) states: Vec<u32>,
    pub(super) vars: u32,
    pub(super) packets: u32,
}

impl<W: Word> Rows<W> {
    pub(super) fn new(kinds: usize) -> Self {
        Self::with(Ids { states: vec![1; kinds], vars: 1, packets: 0 })
    }

    fn with(seen: Ids) -> Self {
        Self {
            index: Vec::new(),
            groups: Vec::new(),
            rows: Vec::new(),
            steps: Vec::new(),
            more: vec![More::default()],
            slow: Vec::new(),
            effects: Vec::new(),
            effect_ids: FxHashMap::default(),
            drivers: Vec::new(),
            aside: Vec::new(),
            seen,
        }
    }

    /// Forgets all rows.
    pub(super) fn clear(&mut self) {
        *self = Self::with(self.seen.clone());
    }

    fn find(&self, vars: u32, node: usize, state: u32) -> Option<u32> {
        let row = *self.index.get(vars as usize)?.get(node)?.get(state as usize)?;
        row.checked_sub(1)
    }

    /// The row of a group of nodes, if it is known.
    #[inline]
    pub(super) fn find_group(&self, vars: u32, group: usize, joint: u32) -> Option<&Row<W>> {
        let row = *self.groups.get(vars as usize)?.get(group)?.get(joint as usize)?;
        self.rows.get((row as usize).wrapping_sub(1))
    }

    /// The steps of a row that no packet drives, and those that packets drive.
    #[inline]
    pub(super) fn steps_of(&self, row: &Row<W>) -> (&[Delta<W>], &[Delta<W>]) {
        self.steps[row.first as usize..].split_at(row.own as usize)
    }

    /// Brings near what [`Self::find_group`] will look at: the index, then the row, then its steps, each as soon as what
    /// leads to it is there.
    #[inline]
    pub(super) fn bring(&self, vars: u32, group: usize, joint: u32, depth: Depth) {
        let Some(index) = self.groups.get(vars as usize).and_then(|groups| groups.get(group)) else { return };
        let Some(at) = index.get(joint as usize) else { return };
        if depth == Depth::Index {
            return prefetch(at);
        }
        let Some(row) = self.rows.get((*at as usize).wrapping_sub(1)) else { return };
        if depth == Depth::Row {
            return prefetch(row);
        }
        if let Some(step) = self.steps.get(row.first as usize) {
            prefetch(step);
        }
    }

    fn is_plain(&self, delta: &Delta<W>) -> bool {
        delta.effect != SLOW && self.effects[delta.effect as usize].cond == W::ZERO
    }

    fn effect(&mut self, effect: Effect<W>) -> u32 {
        *self.effect_ids.entry(effect).or_insert_with(|| {
            self.effects.push(effect);
            self.effects.len() as u32 - 1
        })
    }

    pub(super) fn more(&self, at: u32) -> &More<W> {
        &self.more[at as usize]
    }

    /// The steps that packets drive at a row, with their packets.
    fn driven(&self, row: &Row<W>) -> Vec<(W, Delta<W>)> {
        let mut bits = row.drives;
        let steps = self.steps_of(row).1[..bits.ones() as usize].iter();
        let each = steps.map(|step| {
            let bit = W::bit(bits.lowest());
            bits = bits & !bit;
            (bit, *step)
        });
        each.collect()
    }

    /// About how many bytes the rows take.
    pub(super) fn bytes(&self) -> u64 {
        let index = self.index.iter().chain(&self.groups).flatten();
        let parts = index.map(|rows| rows.capacity() * 4).sum::<usize>()
            + self.rows.capacity() * size_of::<Row<W>>()
            + self.steps.capacity() * size_of::<Delta<W>>()
            + self.more.len() * size_of::<More<W>>()
            + self.slow.len() * 2 * size_of::<Slow>();
        parts as u64
    }
}

/// What is brought near.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    Index,
    Row,
    Steps,
}
