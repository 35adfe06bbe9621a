use super::tally::{Finding, Tally};
use crate::Faulted;
use rustc_hash::FxHashMap;
use verdi_core::{PropertyId, PropertyKind};
use verdi_machine::{Fault, Parts, Question, Shape, Whole};

/// A world, as far as a question may look at it.
pub(crate) trait View {
    /// The state of a node.
    fn state(&self, node: u32) -> u32;
    /// The states of a group of nodes, as one number.
    fn joint(&self, group: usize) -> u32;
    /// The network's variables.
    fn vars(&self) -> u32;
    /// All of it.
    fn whole(&self) -> Whole;
}

/// Answers questions, and remembers the answers by what the question can tell of the world.
#[derive(Debug)]
pub(crate) struct Questions {
    known: Vec<Known>,
    properties: Vec<Asked>,
    constraint: Option<usize>,
}

/// A property that is evaluated in worlds.
#[derive(Debug)]
struct Asked {
    property: usize,
    kind: PropertyKind,
    /// Its parts' questions.
    parts: std::ops::Range<usize>,
    /// Whether a part faulted in some world: then all are evaluated in every world, because a fault hides the
    /// answers of the parts after it.
    faulted: bool,
}

/// The remembered answers of a question.
#[derive(Debug)]
struct Known {
    question: Question,
    /// The groups of nodes of which it reads any, each with the first of its nodes among those that it reads.
    groups: Vec<(usize, std::ops::Range<usize>)>,
    /// For each of these groups, what its joint states add to a key; [`UNKNOWN`] where that is not known yet.
    partial: Vec<Vec<u64>>,
    /// How many bits each class (and the variables) take in a key.
    bits: u32,
    /// By key: 0 where not known, 1 for no, 2 for yes.
    small: Vec<u8>,
    large: FxHashMap<u64, bool>,
}

/// Keys of no more bits than this index an array.
const SMALL: u32 = 18;

/// No key has this many bits set: it takes a node or variables, and classes do not come near `u32::MAX`.
const UNKNOWN: u64 = u64::MAX;

impl Known {
    fn new(question: &Question) -> Self {
        let (groups, partial) = (Vec::new(), Vec::new());
        Self {
            question: question.clone(),
            groups,
            partial,
            bits: 1,
            small: Vec::new(),
            large: FxHashMap::default(),
        }
    }

    /// Learns how nodes are grouped: the number of the group of each node.
    fn arrange(&mut self, group_of: &[usize]) {
        self.groups.clear();
        for (slot, node) in self.question.nodes.iter().enumerate() {
            let group = group_of[*node as usize];
            match self.groups.last_mut() {
                Some((last, slots)) if *last == group => slots.end = slot + 1,
                _ => self.groups.push((group, slot..slot + 1)),
            }
        }
        self.partial = vec![Vec::new(); self.groups.len()];
    }

    fn slots(&self) -> u32 {
        self.question.nodes.len() as u32 + u32::from(self.question.vars)
    }

    /// What it can tell of a world, in a word; `None` where a word is too narrow.
    #[inline]
    fn key<P: Parts>(&mut self, id: u32, parts: &P, view: &impl View) -> Option<u64> {
        if self.question.packets || self.question.trace || self.bits * self.slots() >= u64::BITS {
            return None;
        }
        let mut key = 0;
        for (at, (group, _)) in self.groups.iter().enumerate() {
            match self.partial[at].get(view.joint(*group) as usize) {
                Some(partial) if *partial != UNKNOWN => key |= partial,
                _ => return self.learn(id, parts, view),
            }
        }
        if self.question.vars {
            if view.vars() >> self.bits > 0 {
                return self.learn(id, parts, view);
            }
            key |= u64::from(view.vars()) << (self.bits * self.question.nodes.len() as u32);
        }
        Some(key)
    }

    /// Learns what the groups of a world add to a key.
    #[cold]
    fn learn<P: Parts>(&mut self, id: u32, parts: &P, view: &impl View) -> Option<u64> {
        let classes: Vec<u32> =
            self.question.nodes.iter().map(|node| parts.glimpse(id, *node, view.state(*node))).collect();
        let all = classes.iter().fold(0, |all, class| all | class);
        let all = all | if self.question.vars { view.vars() } else { 0 };
        if all >> self.bits > 0 {
            self.bits = u32::BITS - all.leading_zeros();
            self.small.clear();
            self.large.clear();
            self.partial.iter_mut().for_each(Vec::clear);
        }
        if self.bits * self.slots() >= u64::BITS {
            return None;
        }
        for (at, (group, slots)) in self.groups.iter().enumerate() {
            let joint = view.joint(*group) as usize;
            let partial = &mut self.partial[at];
            if joint >= partial.len() {
                partial.resize((joint + 1).next_power_of_two(), UNKNOWN);
            }
            let bits = self.bits;
            partial[joint] =
                slots.clone().fold(0, |key, slot| key | u64::from(classes[slot]) << (bits * slot as u32));
        }
        self.key(id, parts, view)
    }

    fn get(&self, key: u64) -> Option<bool> {
        if self.bits * self.slots() > SMALL {
            return self.large.get(&key).copied();
        }
        match self.small.get(key as usize) {
            None | Some(0) => None,
            Some(answer) => Some(*answer == 2),
        }
    }

    fn set(&mut self, key: u64, answer: bool) {
        let bits = self.bits * self.slots();
        if bits > SMALL {
            self.large.insert(key, answer);
            return;
        }
        self.small.resize(1 << bits, 0);
        self.small[key as usize] = 1 + u8::from(answer);
    }

    fn ask<P: Parts>(&mut self, id: usize, parts: &P, view: &impl View) -> Result<bool, Fault> {
        let id = id as u32;
        let Some(key) = self.key(id, parts, view) else { return parts.ask(id, &view.whole()) };
        if let Some(answer) = self.get(key) {
            return Ok(answer);
        }
        let answer = parts.ask(id, &view.whole())?;
        self.set(key, answer);
        Ok(answer)
    }
}

impl Questions {
    pub(crate) fn new(shape: &Shape) -> Self {
        let evaluated = |kind: &PropertyKind| matches!(kind, PropertyKind::Invariant | PropertyKind::Reach);
        let properties = shape.properties.iter().enumerate().filter(|(_, kind)| evaluated(kind));
        let parts_of = |property: usize| {
            let of = |question: &Question| question.property.map(|id| id.as_u32() as usize) == Some(property);
            let first = shape.questions.iter().position(of).unwrap_or(0);
            first..first + shape.questions.iter().filter(|question| of(question)).count()
        };
        let asked = |(property, kind): (usize, &PropertyKind)| Asked {
            property,
            kind: *kind,
            parts: parts_of(property),
            faulted: false,
        };
        Self {
            known: shape.questions.iter().map(Known::new).collect(),
            properties: properties.map(asked).collect(),
            constraint: shape.questions.iter().position(|question| question.property.is_none()),
        }
    }

    /// Learns how nodes are grouped: the number of the group of each node. Nodes of a group follow each other.
    pub(crate) fn arrange(&mut self, group_of: &[usize]) {
        self.known.iter_mut().for_each(|known| known.arrange(group_of));
    }

    /// Leaves out the properties that need not be evaluated any more, and learns which faulted elsewhere.
    pub(crate) fn catch_up(&mut self, tally: &Tally) {
        self.properties.retain(|asked| tally.answers[asked.property].is_none());
        for asked in &mut self.properties {
            asked.faulted |= tally.undecided[asked.property];
        }
    }

    /// About how many bytes the answers take.
    pub(crate) fn bytes(&self) -> u64 {
        let of = |known: &Known| {
            let partial: usize = known.partial.iter().map(|partial| partial.capacity() * 8).sum();
            (known.small.capacity() + known.large.capacity() * 18 + partial) as u64
        };
        self.known.iter().map(of).sum()
    }

    /// Whether there is anything to evaluate.
    pub(crate) fn is_empty(&self) -> bool {
        self.properties.is_empty()
    }

    #[inline]
    pub(crate) fn has_constraint(&self) -> bool {
        self.constraint.is_some()
    }

    /// Whether the constraint lets a world be expanded.
    pub(crate) fn expandable<P: Parts>(&mut self, parts: &P, view: &impl View) -> Result<bool, Fault> {
        self.constraint.map_or(Ok(true), |at| self.known[at].ask(at, parts, view))
    }

    /// Evaluates the properties in a world that is new. `same` tells whether all that a question reads is as in the
    /// world before it, where no property that is still asked about was answered.
    pub(crate) fn judge<P: Parts>(
        &mut self,
        parts: &P,
        view: &impl View,
        world: u32,
        kinds: &[PropertyKind],
        same: impl Fn(usize) -> bool,
        tally: &mut Tally,
    ) {
        for asked in &mut self.properties {
            if !asked.faulted && asked.parts.clone().all(&same) && !asked.parts.is_empty() {
                continue;
            }
            // A part that did not change holds, as every part of an invariant did before.
            let skips = asked.kind == PropertyKind::Invariant && !asked.faulted;
            let mut holds = Ok(true);
            for at in asked.parts.clone().filter(|at| !(skips && same(*at))) {
                holds = self.known[at].ask(at, parts, view);
                if !matches!(holds, Ok(true)) {
                    break;
                }
            }
            let violates = asked.kind == PropertyKind::Invariant;
            match holds {
                Ok(holds) if holds == violates => {}
                Ok(_) => tally.answer(asked.property, || Finding { world, choice: None, fault: None }),
                Err(fault) => {
                    asked.faulted = true;
                    tally.undecided[asked.property] = true;
                    let property = PropertyId::from_u32(asked.property as u32);
                    let fault = Some((fault, Faulted::Property(property)));
                    tally.fault(kinds, &Finding { world, choice: None, fault });
                }
            }
        }
    }
}
