use super::tally::{Finding, Tally};
use crate::Faulted;
use rustc_hash::FxHashMap;
use verdi_core::{PropertyId, PropertyKind};
use verdi_machine::{Fault, Parts, Question, Shape, Whole};

/// A world, as far as a question may look at it.
pub(super) trait View {
    /// The state of a node.
    fn state(&self, node: u32) -> u32;
    /// The network's variables.
    fn vars(&self) -> u32;
    /// All of it.
    fn whole(&self) -> Whole;
}

/// Answers questions, and remembers the answers by what the question can tell of the world.
#[derive(Debug)]
pub(super) struct Questions {
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
    /// For each node it reads, the class of each state, plus one; 0 where it is not known yet.
    classes: Vec<Vec<u32>>,
    /// How many bits each class (and the variables) take in a key.
    bits: u32,
    /// By key: 0 where not known, 1 for no, 2 for yes.
    small: Vec<u8>,
    large: FxHashMap<u64, bool>,
}

/// Keys of no more bits than this index an array.
const SMALL: u32 = 18;

impl Known {
    fn new(question: &Question) -> Self {
        let classes = vec![Vec::new(); question.nodes.len()];
        Self { question: question.clone(), classes, bits: 1, small: Vec::new(), large: FxHashMap::default() }
    }

    fn slots(&self) -> u32 {
        self.question.nodes.len() as u32 + u32::from(self.question.vars)
    }

    /// What it can tell of a world, in a word; `None` where a word is too narrow.
    fn key<P: Parts>(&mut self, id: u32, parts: &P, view: &impl View) -> Option<u64> {
        if self.question.packets || self.question.trace {
            return None;
        }
        loop {
            if self.bits * self.slots() > u64::BITS {
                return None;
            }
            let (mut key, mut all) = (0_u64, 0_u32);
            for (slot, node) in self.question.nodes.iter().enumerate() {
                let state = view.state(*node);
                let class = match self.classes[slot].get(state as usize) {
                    Some(class) if *class > 0 => *class - 1,
                    _ => class(&mut self.classes[slot], state, || parts.glimpse(id, *node, state)),
                };
                all |= class;
                key = key << self.bits | u64::from(class);
            }
            if self.question.vars {
                all |= view.vars();
                key = key << self.bits | u64::from(view.vars());
            }
            if all >> self.bits == 0 {
                return Some(key);
            }
            self.bits = u32::BITS - all.leading_zeros();
            self.small.clear();
            self.large.clear();
        }
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

#[cold]
fn class(classes: &mut Vec<u32>, state: u32, glimpse: impl FnOnce() -> u32) -> u32 {
    let at = state as usize;
    if at >= classes.len() {
        classes.resize((at + 1).next_power_of_two(), 0);
    }
    let class = glimpse();
    classes[at] = class + 1;
    class
}

impl Questions {
    pub(super) fn new(shape: &Shape) -> Self {
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

    /// What each question reads, for the masks of [`Self::judge`].
    pub(super) fn questions(&self) -> impl Iterator<Item = &Question> {
        self.known.iter().map(|known| &known.question)
    }

    /// Leaves out the properties that need not be evaluated any more, and learns which faulted elsewhere.
    pub(super) fn catch_up(&mut self, tally: &Tally) {
        self.properties.retain(|asked| tally.answers[asked.property].is_none());
        for asked in &mut self.properties {
            asked.faulted |= tally.undecided[asked.property];
        }
    }

    /// Whether there is anything to evaluate.
    pub(super) fn is_empty(&self) -> bool {
        self.properties.is_empty()
    }

    /// Whether the constraint lets a world be expanded.
    pub(super) fn expandable<P: Parts>(&mut self, parts: &P, view: &impl View) -> Result<bool, Fault> {
        self.constraint.map_or(Ok(true), |at| self.known[at].ask(at, parts, view))
    }

    /// Evaluates the properties in a world that is new. `same` tells whether all that a question reads is as in the
    /// world before it, where no property that is still asked about was answered.
    pub(super) fn judge<P: Parts>(
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
