use super::dice::{print_of, spread};
use rustc_hash::FxHashMap;
use verdi_core::RuleId;
use verdi_machine::{Fault, Firing, Parts, Update};

/// Stands for nothing where a number is wanted.
pub(super) const NONE: u32 = u32::MAX;

/// Something that can happen next.
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    /// The id of its choice, for [`Parts::choice`].
    pub choice: u32,
    /// The number of its rule.
    pub(super) rule: u32,
    /// What stands for its choice.
    pub(super) print: u64,
    /// What stands for its rule and the node or the channel where it happens.
    pub(super) driver: u64,
    /// What it is in [`Parts::update`]; [`NONE`] of a world rule.
    pub(super) firing: u32,
    /// The node at which its event happens, if any; of a world rule, its place among the world's moves.
    pub(super) target: u32,
    /// Its counters in [`Known::counters`].
    pub(super) counters: (u32, u32),
    /// The operations of which none may be open.
    pub(super) waits_for: u64,
}

/// What one node or one packet gives rise to.
#[derive(Debug, Default)]
pub(super) struct Row {
    pub(super) candidates: Box<[Candidate]>,
    pub(super) faults: Box<[(RuleId, Fault)]>,
}

/// What was asked of the parts, for one worker.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) rows: Vec<Row>,
    /// The counters of candidates, side by side.
    pub(super) counters: Vec<u32>,
    /// By variables, node and state.
    at_nodes: FxHashMap<(u32, u32, u32), u32>,
    /// By variables, packet and whether it is the first of its queue.
    driven: FxHashMap<(u32, u32, bool), u32>,
    /// The row that was last looked up, by node, and by packet and whether it is the first: which it is once more
    /// unless something changed there.
    last_at_nodes: Vec<(u32, u32, u32)>,
    last_driven: Vec<(u32, u32)>,
    /// By firing and state.
    effects: FxHashMap<(u32, u32), u32>,
    updates: Vec<Result<Update, Fault>>,
    /// The rule and the print of choices, by id.
    choices: Vec<Option<(u32, u64)>>,
    /// By packet.
    ends: Vec<Option<(u32, u32)>>,
    candidates: u64,
}

impl Known {
    /// What can happen at a node (the number after the last: at none) that no packet drives.
    #[inline]
    pub(super) fn at_node<P: Parts>(&mut self, parts: &P, vars: u32, node: u32, state: u32) -> usize {
        let last = grown(&mut self.last_at_nodes, node as usize, (NONE, NONE, 0));
        if (last.0, last.1) == (vars, state) {
            return last.2 as usize;
        }
        let row = match self.at_nodes.get(&(vars, node, state)) {
            Some(row) => *row,
            None => self.learn_node(parts, vars, node, state),
        };
        self.last_at_nodes[node as usize] = (vars, state, row);
        row as usize
    }

    #[cold]
    fn learn_node<P: Parts>(&mut self, parts: &P, vars: u32, node: u32, state: u32) -> u32 {
        let at_no_node = node as usize == parts.shape().kinds.len();
        let found = if at_no_node { parts.free(vars) } else { parts.anchored(vars, node, state) };
        let place = u64::from(node);
        let row = self.row(parts, place, found.firings, found.faults);
        self.at_nodes.insert((vars, node, state), row);
        row
    }

    /// What a packet drives.
    #[inline]
    pub(super) fn driven<P: Parts>(&mut self, parts: &P, vars: u32, packet: u32, head: bool) -> usize {
        let place = packet as usize * 2 + usize::from(head);
        let last = grown(&mut self.last_driven, place, (NONE, 0));
        if last.0 == vars {
            return last.1 as usize;
        }
        let row = match self.driven.get(&(vars, packet, head)) {
            Some(row) => *row,
            None => self.learn_driven(parts, vars, packet, head),
        };
        self.last_driven[place] = (vars, row);
        row as usize
    }

    #[cold]
    fn learn_driven<P: Parts>(&mut self, parts: &P, vars: u32, packet: u32, head: bool) -> u32 {
        let found = parts.driven(vars, packet, head);
        let (src, dst) = self.ends(parts, packet);
        let place = 1 << 63 | u64::from(src) << 32 | u64::from(dst);
        let row = self.row(parts, place, found.firings, found.faults);
        self.driven.insert((vars, packet, head), row);
        row
    }

    fn row<P: Parts>(
        &mut self,
        parts: &P,
        place: u64,
        firings: Vec<Firing>,
        faults: Vec<(RuleId, Fault)>,
    ) -> u32 {
        let candidates: Box<[Candidate]> =
            firings.into_iter().map(|firing| self.candidate(parts, place, &firing)).collect();
        self.candidates += candidates.len() as u64;
        self.rows.push(Row { candidates, faults: faults.into() });
        self.rows.len() as u32 - 1
    }

    fn candidate<P: Parts>(&mut self, parts: &P, place: u64, firing: &Firing) -> Candidate {
        let (rule, print) = self.choice(parts, firing.choice);
        let first = self.counters.len() as u32;
        self.counters.extend(firing.counters.iter().map(|(_, counter)| *counter));
        Candidate {
            choice: firing.choice,
            rule,
            print,
            driver: spread(place ^ spread(u64::from(rule))),
            firing: firing.id,
            target: firing.target.unwrap_or(NONE),
            counters: (first, self.counters.len() as u32),
            waits_for: firing.waits_for,
        }
    }

    /// A move of a world rule.
    pub(super) fn world_move<P: Parts>(&mut self, parts: &P, choice: u32, at: usize) -> Candidate {
        let (rule, print) = self.choice(parts, choice);
        let driver = spread(!u64::from(rule));
        let target = at as u32;
        Candidate { choice, rule, print, driver, firing: NONE, target, counters: (0, 0), waits_for: 0 }
    }

    /// The rule of a choice, and what stands for the choice.
    fn choice<P: Parts>(&mut self, parts: &P, choice: u32) -> (u32, u64) {
        let known = grown(&mut self.choices, choice as usize, None);
        *known.get_or_insert_with(|| {
            let choice = parts.choice(choice);
            (choice.rule.as_u32(), print_of(&choice.args))
        })
    }

    /// The source and the destination of a packet.
    pub(super) fn ends<P: Parts>(&mut self, parts: &P, packet: u32) -> (u32, u32) {
        let known = grown(&mut self.ends, packet as usize, None);
        *known.get_or_insert_with(|| parts.ends(packet))
    }

    /// Where to find what a firing does in a state of its target; it is not run before it is wanted.
    pub(super) fn update<P: Parts>(&mut self, parts: &P, firing: u32, state: u32) -> usize {
        let updates = &mut self.updates;
        let at = *self.effects.entry((firing, state)).or_insert_with(|| {
            updates.push(parts.update(firing, state));
            updates.len() as u32 - 1
        });
        at as usize
    }

    /// What is there.
    pub(super) fn updated(&self, at: usize) -> &Result<Update, Fault> {
        &self.updates[at]
    }

    /// About how many bytes all this takes.
    pub(super) fn bytes(&self) -> u64 {
        let rows = self.rows.len() * (size_of::<Row>() + 2 * 24) + self.updates.len() * 160;
        let places = self.last_driven.len() * 8 + self.ends.len() * 12 + self.choices.len() * 24;
        (rows + places) as u64 + self.candidates * size_of::<Candidate>() as u64
    }
}

/// The element at a position, which may be past the end.
#[inline]
fn grown<T: Clone>(items: &mut Vec<T>, at: usize, empty: T) -> &mut T {
    if at >= items.len() {
        items.resize(at + 1, empty);
    }
    &mut items[at]
}
