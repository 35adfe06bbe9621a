//! A search that asks the parts and the machine the same, world by world.

use crate::naive::{Successors, successors};
use std::collections::{HashMap, HashSet, VecDeque};
use verdi_core::{FuncId, PropertyId, RuleId};
use verdi_interp::Interp;
use verdi_machine::{Choice, Fault, Fired, Machine, Model, Parts, TakenApart, Whole, World};

/// What a question was told: of each node that it may read, of the variables, the packets and the history.
type Told = (u32, Vec<u32>, Option<u32>, Option<Vec<u32>>, Option<u32>);

pub(crate) struct Walk<'m> {
    machine: &'m Machine<Interp>,
    pub(crate) parts: TakenApart<'m, Interp>,
    pub(crate) place: String,
    answers: HashMap<Told, Result<bool, Fault>>,
}

impl<'m> Walk<'m> {
    pub(crate) fn new(machine: &'m Machine<Interp>, place: String) -> Self {
        Self { machine, parts: TakenApart::new(machine), place, answers: HashMap::new() }
    }

    /// Visits so many worlds at most, breadth first. Answers with how many there were.
    pub(crate) fn visit(&mut self, most: usize) -> usize {
        let first = self.machine.initial();
        assert_eq!(
            self.parts.first(),
            first.as_ref().map(|world| self.parts.whole(world)).map_err(Fault::clone)
        );
        let Ok(first) = first else { return 0 };
        let mut seen = HashSet::from([self.parts.whole(&first)]);
        let mut waiting = VecDeque::from([first]);
        while let Some(world) = waiting.pop_front() {
            let whole = self.parts.whole(&world);
            let back = self.parts.world(&whole);
            assert_eq!(self.machine.key(&back), self.machine.key(&world), "{}: there and back", self.place);
            self.questions(&world, &whole);
            for next in self.steps(&world, &whole) {
                if seen.len() < most && seen.insert(self.parts.whole(&next)) {
                    waiting.push_back(next);
                }
            }
        }
        assert!(self.parts.bytes() > 0);
        seen.len()
    }

    /// The rules of which worlds are asked as a whole, ascending, in so many worlds at most.
    pub(crate) fn world_rules(&self, most: usize) -> Vec<RuleId> {
        let moves = self.reached(most).into_iter().flat_map(|world| self.parts.world_moves(&world).moves);
        let mut rules: Vec<RuleId> = moves.map(|(choice, _)| self.parts.choice(choice).rule).collect();
        rules.sort_unstable();
        rules
    }

    /// The worlds of the first levels, so many at least if there are: a level is there whole or not at all.
    pub(crate) fn reached(&self, least: usize) -> HashSet<Whole> {
        let mut level: Vec<Whole> = self.parts.first().into_iter().collect();
        let mut seen = HashSet::from_iter(level.iter().cloned());
        while !level.is_empty() && seen.len() < least {
            let found = level.iter().flat_map(|world| successors(&self.parts, world).moves);
            let worlds: Vec<Whole> = found.filter_map(|(_, led)| led?.ok()).collect();
            level = worlds.into_iter().filter(|world| seen.insert(world.clone())).collect();
        }
        seen
    }

    /// Visits the worlds that [`Self::visit`] does by their ids, as these are understood by other parts.
    pub(crate) fn compare_with(&self, others: &impl Parts, most: usize) {
        let first = others.first();
        assert_eq!(first, self.parts.first(), "{}", self.place);
        let Ok(first) = first else { return };
        let mut seen = HashSet::from([first.clone()]);
        let mut waiting = VecDeque::from([first]);
        while let Some(world) = waiting.pop_front() {
            let found = successors(others, &world);
            assert_eq!(found, successors(&self.parts, &world), "{}: the same ids", self.place);
            let found = found.sorted();
            for (id, question) in others.shape().questions.iter().enumerate() {
                for node in &question.nodes {
                    let [a, b] = [
                        others.glimpse(id as u32, *node, world.nodes[*node as usize]),
                        self.parts.glimpse(id as u32, *node, world.nodes[*node as usize]),
                    ];
                    assert_eq!(a, b, "{}: the glimpses of question {id}", self.place);
                }
            }
            for next in found.moves.into_iter().filter_map(|(_, led)| led?.ok()) {
                if seen.len() < most && seen.insert(next.clone()) {
                    waiting.push_back(next);
                }
            }
        }
    }

    /// Compares what can happen, and what it leads to; the next worlds.
    fn steps(&self, world: &World, whole: &Whole) -> Vec<World> {
        let mut choices = self.machine.choices(world);
        choices.enabled.sort();
        let mut nexts = Vec::new();
        let mut moves: Vec<(Choice, Option<Result<Whole, Fault>>)> = Vec::new();
        for choice in choices.enabled {
            let led = match self.machine.fire(world, &choice) {
                Fired::World(next) => {
                    let led = self.parts.whole(&next);
                    nexts.push(next);
                    Some(Ok(led))
                }
                Fired::TooManyPackets => None,
                Fired::Fault(fault) => Some(Err(fault)),
            };
            moves.push((choice, led));
        }
        let held_back = choices.held_back.into_iter().map(|bound| bound as u32).collect();
        let expected = Successors { moves, held_back, faults: choices.faults }.sorted();
        assert_eq!(successors(&self.parts, whole).sorted(), expected, "{}", self.place);
        nexts
    }

    /// Compares the answers to all questions.
    fn questions(&mut self, world: &World, whole: &Whole) {
        let program = self.machine.program();
        let properties = program.properties.iter();
        // What a watcher knows is asked without a function.
        let parts = properties.flat_map(|(id, known)| {
            let watched = program.watcher_of(id).map(|_| None);
            known.parts.iter().map(|part| Some(part.func)).chain(watched).map(move |func| (Some(id), func))
        });
        let constraint = program.constraint.map(|func| (None, Some(func)));
        let funcs: Vec<(Option<PropertyId>, Option<FuncId>)> = parts.chain(constraint).collect();
        let questions = self.parts.shape().questions.clone();
        assert_eq!(questions.len(), funcs.len());
        for (id, (question, (property, func))) in questions.iter().zip(funcs).enumerate() {
            assert_eq!(question.property, property);
            let answer = match (func, property) {
                (Some(func), _) => self.machine.evaluate(world, func, &[]).map(|value| value.as_bool()),
                (None, Some(property)) => Ok(self.machine.failure(world, property).is_none()),
                (None, None) => unreachable!("the constraint is a function"),
            };
            // What it does not read has no meaning.
            let mut read = Whole {
                nodes: vec![u32::MAX; whole.nodes.len()],
                vars: if question.vars { whole.vars } else { u32::MAX },
                trace: if question.trace { whole.trace } else { u32::MAX },
                left: Vec::new(),
                packets: if question.packets { whole.packets.clone() } else { vec![u32::MAX] },
            };
            let mut glimpses = Vec::new();
            for node in &question.nodes {
                let state = whole.nodes[*node as usize];
                read.nodes[*node as usize] = state;
                glimpses.push(self.parts.glimpse(id as u32, *node, state));
            }
            let told = (
                id as u32,
                glimpses,
                question.vars.then_some(whole.vars),
                question.packets.then(|| whole.packets.clone()),
                question.trace.then_some(whole.trace),
            );
            assert_eq!(self.parts.ask(id as u32, &read), answer, "{}: question {id}", self.place);
            let known = self.answers.entry(told).or_insert_with(|| answer.clone());
            assert_eq!(*known, answer, "{}: what question {id} was told", self.place);
        }
    }
}
