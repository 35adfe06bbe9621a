//! All worlds, and all steps between them.

use crate::seen::WORLDS_MAX;
use crate::watch::Watch;
use crate::{Cut, Options, Sampler, Stats, Taken};
use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;
use std::ops::ControlFlow;
use verdi_core::{Fairness, PropertyId};
use verdi_machine::{Fault, Parts, Shape, Whole};

/// Where steps lead that are not followed.
pub(super) const OUTSIDE: u32 = u32::MAX;

/// Where steps lead that fault.
pub(super) const NOWHERE: u32 = u32::MAX - 1;

/// The label of what cannot be told: the guard or a domain of a rule faults.
pub(super) const UNKNOWN: u32 = u32::MAX;

/// What the search for fair parts takes for each world, in bytes.
const SEARCHED_BYTES: u64 = 48;

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    /// The id of its choice.
    pub(super) label: u32,
    /// The world that it leads to, [`OUTSIDE`] or [`NOWHERE`].
    pub(super) to: u32,
}

/// Worlds in breadth-first order, the first world being 0, and what is enabled in each.
#[derive(Debug, Default)]
pub(super) struct Graph {
    edges: Vec<Edge>,
    /// Where the edges of each world end.
    ends: Vec<usize>,
    /// By label.
    pub(super) fairness: Vec<Fairness>,
}

impl Graph {
    /// How many worlds were looked at. Those after them are known to be there, and no more.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// What is enabled in a world that was looked at.
    pub(super) fn edges(&self, world: u32) -> &[Edge] {
        let world = world as usize;
        let Some(end) = self.ends.get(world) else { return &[] };
        let start = if world == 0 { 0 } else { self.ends[world - 1] };
        &self.edges[start..*end]
    }

    pub(super) fn is_enabled(&self, world: u32, label: u32) -> bool {
        self.edges(world).iter().any(|edge| edge.label == label)
    }

    /// What fairness promises of a label.
    pub(super) fn promises(&self, label: u32) -> Fairness {
        self.fairness.get(label as usize).copied().unwrap_or(Fairness::None)
    }

    pub(super) fn push(&mut self, edges: impl IntoIterator<Item = Edge>) {
        self.edges.extend(edges);
        self.ends.push(self.edges.len());
    }

    /// The labels of a shortest way to a world.
    pub(super) fn way_to(&self, world: u32) -> Vec<u32> {
        let mut parents: Vec<Option<(u32, u32)>> = vec![None; self.len().max(world as usize + 1)];
        for from in 0..self.len() as u32 {
            for edge in self.edges(from) {
                if let Some(parent) = parents.get_mut(edge.to as usize).filter(|parent| parent.is_none()) {
                    *parent = Some((from, edge.label));
                }
            }
        }
        let (mut labels, mut at) = (Vec::new(), world);
        // Worlds are numbered breadth-first, so the first edge into one comes from before it.
        while let Some((from, label)) = parents[at as usize].filter(|_| at > 0) {
            labels.push(label);
            at = from;
        }
        labels.reverse();
        labels
    }

    fn bytes(&self) -> u64 {
        let (edges, labels) = (self.edges.capacity() * size_of::<Edge>(), self.fairness.capacity());
        (edges + self.ends.capacity() * size_of::<usize>() + labels) as u64
    }
}

/// A graph, and what was found in its worlds.
pub(super) struct Built {
    pub(super) graph: Graph,
    /// By question of a property of runs: what it answers in each world; `None` where it faults.
    pub(super) truth: Vec<Vec<Option<bool>>>,
    /// The property of each.
    of: Vec<PropertyId>,
    /// Those that faulted somewhere.
    pub(super) faulted: Vec<PropertyId>,
    /// The first of these faults, and in which world.
    pub(super) fault: Option<(PropertyId, u32, Fault)>,
    /// Why not all worlds were looked at.
    pub(super) cut: Option<Cut>,
    pub(super) stats: Stats,
}

impl Built {
    /// The positions of a property's questions in [`Self::truth`].
    pub(super) fn asked_of(&self, property: PropertyId) -> impl Iterator<Item = usize> {
        self.of.iter().enumerate().filter(move |(_, of)| **of == property).map(|(at, _)| at)
    }
}

/// Looks at all worlds within the limits.
pub(super) fn build<P: Parts>(
    parts: &P,
    fairness: &[Fairness],
    options: &Options,
    watch: &mut Watch<'_>,
) -> Built {
    let shape = parts.shape();
    let live = |property: PropertyId| shape.properties[property.as_u32() as usize].is_live();
    let questions = shape.questions.iter().zip(0..);
    let asked: Vec<(u32, PropertyId)> = questions
        .filter_map(|(question, at)| Some((at, question.property.filter(|property| live(*property))?)))
        .collect();
    let mut builder = Builder {
        parts,
        shape,
        rules: fairness,
        constraint: shape.questions.iter().position(|question| question.property.is_none()),
        worlds: IndexSet::default(),
        words: 0,
        built: Built {
            graph: Graph::default(),
            truth: vec![Vec::new(); asked.len()],
            of: asked.iter().map(|(_, property)| *property).collect(),
            faulted: Vec::new(),
            fault: None,
            cut: None,
            stats: Stats::default(),
        },
        asked,
    };
    builder.built.cut = builder.run(options, watch).break_value();
    builder.built.stats = builder.stats();
    builder.built
}

struct Builder<'a, P> {
    parts: &'a P,
    shape: &'a Shape,
    /// By rule.
    rules: &'a [Fairness],
    /// The question that the constraint is.
    constraint: Option<usize>,
    worlds: IndexSet<Box<[u32]>, FxBuildHasher>,
    /// How many words the worlds are.
    words: usize,
    asked: Vec<(u32, PropertyId)>,
    built: Built,
}

impl<P: Parts> Builder<'_, P> {
    fn run(&mut self, options: &Options, watch: &mut Watch<'_>) -> ControlFlow<Cut> {
        // Without a first world there is no run: the fault is found by the search for faults.
        let Ok(mut sampler) = Sampler::new(self.parts) else { return ControlFlow::Continue(()) };
        self.meet(sampler.world());
        let (mut at, mut level_end) = (0, 1);
        self.built.stats.levels = 1;
        while at < self.worlds.len() {
            if at == level_end {
                level_end = self.worlds.len();
                self.built.stats.levels += 1;
            }
            watch.tick(|| self.stats())?;
            if self.worlds.len() as u64 > options.worlds_max.unwrap_or(WORLDS_MAX) {
                return ControlFlow::Break(Cut::Worlds);
            }
            if self.bytes() > options.memory_max.unwrap_or(u64::MAX) {
                return ControlFlow::Break(Cut::Memory);
            }
            let world = decode(self.shape, &self.worlds[at]);
            self.judge(at as u32, &world);
            let deep = self.shape.depth_max.is_some_and(|most| self.built.stats.levels > most);
            self.look(&mut sampler, &world, deep);
            at += 1;
        }
        ControlFlow::Continue(())
    }

    /// Asks the questions in a world.
    fn judge(&mut self, at: u32, world: &Whole) {
        for ((question, property), truth) in self.asked.iter().zip(&mut self.built.truth) {
            truth.push(match self.parts.ask(*question, world) {
                Ok(holds) => Some(holds),
                Err(fault) => {
                    if !self.built.faulted.contains(property) {
                        self.built.faulted.push(*property);
                    }
                    self.built.fault.get_or_insert((*property, at, fault));
                    None
                }
            });
        }
    }

    /// Notes what is enabled in a world, and meets the worlds that it leads to.
    fn look(&mut self, sampler: &mut Sampler<'_, P>, world: &Whole, deep: bool) {
        sampler.enter(world);
        sampler.look();
        let constraint = self.constraint.map_or(Ok(true), |at| self.parts.ask(at as u32, world));
        let closed = deep || constraint == Ok(false);
        let mut edges = Vec::with_capacity(sampler.enabled().len());
        if constraint.is_err() || !sampler.faults().is_empty() {
            edges.push(Edge { label: UNKNOWN, to: NOWHERE });
        }
        for at in 0..sampler.enabled().len() {
            let label = sampler.enabled()[at].choice;
            self.note(label);
            let to = if closed { OUTSIDE } else { self.take(sampler, world, at) };
            edges.push(Edge { label, to });
        }
        self.built.graph.push(edges);
    }

    fn take(&mut self, sampler: &mut Sampler<'_, P>, world: &Whole, at: usize) -> u32 {
        sampler.enter(world);
        match sampler.take(at) {
            Taken::TooManyPackets => OUTSIDE,
            Taken::Fault(_) => NOWHERE,
            Taken::Moved(_) => {
                self.built.stats.transitions += 1;
                self.meet(sampler.world())
            }
        }
    }

    fn meet(&mut self, world: &Whole) -> u32 {
        let words = encode(world);
        self.words += words.len();
        let (at, new) = self.worlds.insert_full(words);
        if !new {
            self.words -= self.worlds[at].len();
        }
        at as u32
    }

    /// Learns the fairness of a label.
    fn note(&mut self, label: u32) {
        let known = &mut self.built.graph.fairness;
        while known.len() <= label as usize {
            let rule = self.parts.choice(known.len() as u32).rule;
            known.push(self.rules.get(rule.as_u32() as usize).copied().unwrap_or(Fairness::None));
        }
    }

    fn stats(&self) -> Stats {
        Stats {
            distinct: self.worlds.len() as u64,
            queue: (self.worlds.len() - self.built.graph.len()) as u64,
            bytes: self.bytes(),
            ..self.built.stats
        }
    }

    fn bytes(&self) -> u64 {
        // A box, its hash and its place in the table, and an allocator's overhead.
        let each = 16 + 8 + 8 + 16 + SEARCHED_BYTES + self.asked.len() as u64;
        self.built.graph.bytes() + self.worlds.len() as u64 * each + self.words as u64 * 4
    }
}

fn encode(world: &Whole) -> Box<[u32]> {
    let Whole { nodes, vars, trace, left, packets } = world;
    nodes.iter().chain([vars, trace]).chain(left).chain(packets).copied().collect()
}

fn decode(shape: &Shape, words: &[u32]) -> Whole {
    let (nodes, rest) = words.split_at(shape.kinds.len());
    let (left, packets) = rest[2..].split_at(shape.counters.len());
    Whole {
        nodes: nodes.to_vec(),
        vars: rest[0],
        trace: rest[1],
        left: left.to_vec(),
        packets: packets.to_vec(),
    }
}
