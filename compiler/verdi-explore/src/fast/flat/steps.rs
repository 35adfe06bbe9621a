use super::super::memo::Memo;
use super::known::{Known, Taken};
use super::prints;
use rustc_hash::FxHashMap;
use std::sync::Arc;
use verdi_core::{PacketStore, RuleId};
use verdi_machine::{Fault, Firing, Firings, PacketOp, Parts, Shape, Update};

/// Stands for nothing where a number is wanted.
pub(super) const NONE: u32 = u32::MAX;

/// A step, arranged to be taken on a record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Delta {
    /// By how much the fingerprint differs; of a set, without the packets that are added.
    pub(super) print: u64,
    pub(super) choice: u32,
    /// The node whose state changes.
    pub(super) node: u32,
    pub(super) state: u32,
    pub(super) vars: u32,
    /// A packet that is there and goes.
    pub(super) removed: u32,
    /// Which packets come: ascending, in [`Steps::added`].
    pub(super) added: (u32, u32),
    /// The counter that must not be 0 and goes down, and its bound.
    pub(super) counter: u32,
    pub(super) bound: u32,
    pub(super) kind: Kind,
}

/// How a step is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It changes nothing, whatever the world.
    Nothing,
    /// As a delta says.
    Plain,
    /// By looking at the world; `choice` is its place among [`Steps::slow`].
    Slow,
}

/// What a step does, or why it faults.
pub(super) type Step = Arc<Result<Update, Fault>>;

/// A step that is more than a delta.
#[derive(Clone, Debug)]
pub(super) enum Slow {
    /// A firing, and what it does.
    Step(Firing, Step),
    /// A guard or a domain faults.
    Fault(RuleId, Fault),
}

/// From where to where steps are in [`Steps::own`].
pub(super) type Row = (u32, u32);

/// What a packet drives.
#[derive(Clone, Debug)]
pub(super) struct Driven {
    pub(super) firings: Arc<Firings>,
    /// Where its firings are in [`Steps::drives`].
    pub(super) drives: (u32, u32),
    /// Whether a domain or a guard faults.
    pub(super) faults: bool,
}

/// A firing that a packet drives, by its id, and the node at which it happens; [`NONE`] where it happens at none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Drive {
    pub(super) firing: u32,
    pub(super) target: u32,
}

/// What a worker knows of steps.
#[derive(Debug, Default)]
pub(super) struct Steps {
    /// By variables, node (the last for no node) and state: the steps that no packet drives.
    rows: Vec<Vec<Vec<Option<Row>>>>,
    /// The deltas of all that are in `rows`.
    pub(super) own: Vec<u32>,
    /// By variables and packet: what a packet drives.
    driven: Vec<Vec<Option<Driven>>>,
    /// The firings of all that are in `driven`.
    pub(super) drives: Vec<Drive>,
    /// The same of packets behind the first of a queue.
    behind: FxHashMap<(u32, u32), Arc<Firings>>,
    pub(super) known: Known,
    pub(super) deltas: Vec<Delta>,
    pub(super) added: Vec<u32>,
    pub(super) slow: Vec<Slow>,
}

impl Steps {
    #[inline]
    pub(super) fn row(&self, vars: u32, node: usize, state: u32) -> Option<Row> {
        *self.rows.get(vars as usize)?.get(node)?.get(state as usize)?
    }

    #[inline]
    pub(super) fn driven(&self, vars: u32, packet: u32) -> Option<&Driven> {
        self.driven.get(vars as usize)?.get(packet as usize)?.as_ref()
    }

    /// About how many bytes all this takes.
    pub(super) fn bytes(&self) -> u64 {
        let deltas = self.deltas.len() * size_of::<Delta>() + self.slow.len() * size_of::<Slow>();
        (deltas + self.known.bytes() + self.added.len() * 4 + self.drives.len() * size_of::<Drive>()) as u64
    }
}

/// What steps are made from.
pub(super) struct Maker<'a, P> {
    pub(super) memo: &'a Memo<'a, P>,
    pub(super) shape: &'a Shape,
}

impl<P: Parts> Maker<'_, P> {
    /// Learns the steps of a node in a state that no packet drives.
    #[cold]
    pub(super) fn row(&self, steps: &mut Steps, vars: u32, node: usize, state: u32) -> Row {
        let parts = self.memo.parts;
        let at_no_node = node == self.shape.kinds.len();
        let firings = if at_no_node { parts.free(vars) } else { parts.anchored(vars, node as u32, state) };
        let from = steps.own.len() as u32;
        for firing in firings.firings {
            let delta = self.step(steps, vars, state, firing, None);
            steps.own.push(delta);
        }
        for (rule, fault) in firings.faults {
            let delta = slow(steps, Slow::Fault(rule, fault));
            steps.own.push(delta);
        }
        let row = (from, steps.own.len() as u32);
        *grown(grown(grown(&mut steps.rows, vars as usize), node), state as usize) = Some(row);
        row
    }

    /// Learns what a packet drives.
    #[cold]
    pub(super) fn driven(&self, steps: &mut Steps, vars: u32, packet: u32) {
        let firings = self.memo.driven(vars, packet, true);
        let from = steps.drives.len() as u32;
        let drives = firings.firings.iter();
        steps
            .drives
            .extend(drives.map(|firing| Drive { firing: firing.id, target: firing.target.unwrap_or(NONE) }));
        let faults = !firings.faults.is_empty();
        let driven = Driven { firings, drives: (from, steps.drives.len() as u32), faults };
        *grown(grown(&mut steps.driven, vars as usize), packet as usize) = Some(driven);
    }

    /// What a packet drives that is not the first of its queue.
    pub(super) fn behind(&self, steps: &mut Steps, vars: u32, packet: u32) -> Arc<Firings> {
        let firings = steps.behind.entry((vars, packet));
        Arc::clone(firings.or_insert_with(|| self.memo.driven(vars, packet, false)))
    }

    /// Learns the step of a firing that a packet drives.
    #[cold]
    pub(super) fn learn(
        &self,
        steps: &mut Steps,
        (vars, state, packet): (u32, u32, u32),
        firing: &Firing,
    ) -> u32 {
        let at = self.step(steps, vars, state, firing.clone(), Some(packet));
        let delta = &steps.deltas[at as usize];
        let adds = self.shape.packets == PacketStore::Set && delta.added.0 != delta.added.1;
        let simple = delta.kind != Kind::Slow && delta.counter == NONE && !adds;
        steps.known.insert(firing.id, state, Taken { print: delta.print, at, simple });
        at
    }

    fn step(&self, steps: &mut Steps, vars: u32, state: u32, firing: Firing, driver: Option<u32>) -> u32 {
        let own = if firing.target.is_some() { state } else { 0 };
        let step = Arc::new(self.memo.parts.update(firing.id, own));
        let delta = step.as_ref().as_ref().ok().and_then(|update| {
            let added = steps.added.len();
            let delta = self.delta(&mut steps.added, vars, state, &firing, update, driver);
            if delta.is_none() {
                steps.added.truncate(added);
            }
            delta
        });
        match delta {
            Some(delta) => {
                steps.deltas.push(delta);
                steps.deltas.len() as u32 - 1
            }
            None => slow(steps, Slow::Step(firing, step)),
        }
    }

    /// A step as a delta; `None` where it takes more.
    fn delta(
        &self,
        added: &mut Vec<u32>,
        vars: u32,
        state: u32,
        firing: &Firing,
        update: &Update,
        driver: Option<u32>,
    ) -> Option<Delta> {
        let mut delta = Delta { choice: firing.choice, kind: Kind::Plain, ..NOTHING };
        match firing.counters[..] {
            [] => {}
            [(bound, counter)] => {
                (delta.bound, delta.counter) = (bound, counter);
                delta.print = delta.print.wrapping_sub(prints::counter(counter as usize));
            }
            _ => return None,
        }
        if !update.events.is_empty() || firing.waits_for != 0 || self.memo.is_crowded {
            return None;
        }
        if let Some(after) = update.vars.filter(|after| *after != vars) {
            delta.vars = after;
            delta.print = delta.print.wrapping_add(prints::vars(after)).wrapping_sub(prints::vars(vars));
        }
        if let (Some(node), Some(after)) = (firing.target, update.state.filter(|after| *after != state)) {
            (delta.node, delta.state) = (node, after);
            let print = |state| prints::state(node as usize, state);
            delta.print = delta.print.wrapping_add(print(after)).wrapping_sub(print(state));
        }
        self.packets(&mut delta, added, update, driver)?;
        let parts = [delta.node, delta.vars, delta.removed, delta.counter];
        if parts.iter().all(|part| *part == NONE) && delta.added.0 == delta.added.1 {
            delta.kind = Kind::Nothing;
        }
        Some(delta)
    }

    /// What a step does to the packets; `None` where that depends on which there are, or is bounded.
    fn packets(
        &self,
        delta: &mut Delta,
        added: &mut Vec<u32>,
        update: &Update,
        driver: Option<u32>,
    ) -> Option<()> {
        if self.shape.packets == PacketStore::Fifo {
            return update.packets.is_empty().then_some(());
        }
        let mut come: Vec<u32> = Vec::new();
        let mut gone = NONE;
        for op in &update.packets {
            match *op {
                PacketOp::Add(packet) if gone == packet => gone = NONE,
                PacketOp::Add(packet) => come.push(packet),
                PacketOp::Remove(packet) => match come.iter().position(|known| *known == packet) {
                    Some(at) if self.shape.packets == PacketStore::Bag => drop(come.swap_remove(at)),
                    None if driver == Some(packet) && gone == NONE => gone = packet,
                    _ => return None,
                },
            }
        }
        if self.shape.packets_max.is_some() && come.len() > usize::from(gone != NONE) {
            return None;
        }
        come.sort_unstable();
        if self.shape.packets == PacketStore::Set {
            // The driver itself is there already.
            come.retain(|packet| Some(*packet) != driver || gone == *packet);
            come.dedup();
        } else {
            for packet in &come {
                delta.print = delta.print.wrapping_add(prints::packet(*packet));
            }
        }
        if gone != NONE {
            delta.print = delta.print.wrapping_sub(prints::packet(gone));
        }
        delta.removed = gone;
        delta.added.0 = added.len() as u32;
        added.extend(come);
        delta.added.1 = added.len() as u32;
        Some(())
    }
}

const NOTHING: Delta = Delta {
    print: 0,
    choice: NONE,
    node: NONE,
    state: NONE,
    vars: NONE,
    removed: NONE,
    added: (0, 0),
    counter: NONE,
    bound: NONE,
    kind: Kind::Nothing,
};

fn slow(steps: &mut Steps, step: Slow) -> u32 {
    steps.slow.push(step);
    steps.deltas.push(Delta { choice: steps.slow.len() as u32 - 1, kind: Kind::Slow, ..NOTHING });
    steps.deltas.len() as u32 - 1
}

/// The element at a position, which may be past the end.
fn grown<T: Default>(items: &mut Vec<T>, at: usize) -> &mut T {
    if at >= items.len() {
        items.resize_with(at + 1, T::default);
    }
    &mut items[at]
}
