use verdi_core::{ActsOn, Bound, Program, RuleId, Value};

/// Where each bound's counters lie in a world's row of what is left.
#[derive(Debug)]
pub(crate) struct Bounds {
    slots: Vec<Slot>,
    /// The first world's row.
    pub(crate) initial: Vec<u32>,
    /// How many bits each counter needs.
    bits: Vec<u32>,
}

#[derive(Debug)]
struct Slot {
    rule: RuleId,
    first: usize,
    /// What its rule acts on, where each node has a counter of its own.
    per_node: Option<ActsOn>,
}

impl Bounds {
    pub(crate) fn new(program: &Program) -> Self {
        let mut bounds = Self { slots: Vec::new(), initial: Vec::new(), bits: Vec::new() };
        for bound in &program.bounds {
            bounds.add(program, bound);
        }
        bounds
    }

    fn add(&mut self, program: &Program, bound: &Bound) {
        let per_node = program.network.rules[bound.rule].acts_on.filter(|_| bound.per_node);
        let counters = if per_node.is_some() { program.nodes.len() } else { 1 };
        // No run is so long that more would make a difference.
        let limit = u32::try_from(bound.limit).unwrap_or(u32::MAX);
        self.slots.push(Slot { rule: bound.rule, first: self.initial.len(), per_node });
        self.initial.extend(std::iter::repeat_n(limit, counters));
        self.bits.extend(std::iter::repeat_n(u32::BITS - limit.leading_zeros(), counters));
    }

    /// The node that each counter is of, where each node has its own.
    pub(crate) fn nodes(&self) -> Vec<Option<u32>> {
        let mut nodes = vec![None; self.initial.len()];
        for (at, slot) in self.slots.iter().enumerate().filter(|(_, slot)| slot.per_node.is_some()) {
            let end = self.slots.get(at + 1).map_or(self.initial.len(), |next| next.first);
            nodes[slot.first..end].iter_mut().zip(0..).for_each(|(of, node)| *of = Some(node));
        }
        nodes
    }

    /// The counters of a firing: with the position of each one's bound.
    pub(crate) fn counters(&self, rule: RuleId, args: &[Value]) -> impl Iterator<Item = (usize, usize)> {
        let of_rule = self.slots.iter().enumerate().filter(move |(_, slot)| slot.rule == rule);
        of_rule.map(move |(at, slot)| {
            (at, slot.first + slot.per_node.map_or(0, |acts_on| acts_on.node(args) as usize))
        })
    }

    /// Adds words that are equal if and only if the rows are.
    pub(crate) fn key(&self, left: &[u32], words: &mut Vec<u32>) {
        let (mut word, mut filled) = (0_u32, 0);
        for (count, bits) in left.iter().zip(&self.bits) {
            if filled + bits > u32::BITS {
                words.push(word);
                (word, filled) = (0, 0);
            }
            // A counter of no bits is always 0, and would be shifted out of a full word.
            word |= count.checked_shl(filled).unwrap_or(0);
            filled += bits;
        }
        if filled > 0 {
            words.push(word);
        }
    }
}
