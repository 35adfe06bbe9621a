//! A model taken apart, with native steps: handlers and questions run on words.
//!
//! Ids are those of [`TakenApart`], which keeps the values and does what is rare. Here each id has its words too, and
//! a step whose result is known already never sees a value.

mod anchored;
mod column;
mod node;
mod question;
mod renaming;
mod sort;
mod states;

use crate::Jit;
use crate::object::Object;
use anchored::Anchors;
use column::Column;
use node::Reaction;
use question::Asked;
use sort::Sort;
use states::WordStates;
use std::fmt;
use std::sync::Arc;
use verdi_core::Value;
use verdi_machine::{
    BadSave, Choice, Engine, Fault, Firings, Machine, Parts, Shape, States, TakenApart, Update, Whole,
    WorldMoves,
};

/// The model of a machine, taken apart. What is asked often runs natively, all else by the machine's own engine: the
/// reference engine is best, for what is left is small.
pub struct NativeParts<'m, E> {
    apart: TakenApart<'m, E>,
    jit: Jit,
    /// By kind of node: the fields and then a bit for each timer.
    states: Arc<WordStates>,
    packets: Sort,
    /// What comes first when packets are put in order.
    packet_keys: Column<u64>,
    vars: Sort,
    events: Sort,
    /// Histories as lists.
    histories: Column<Object>,
    reactions: Column<Reaction>,
    questions: Vec<Asked>,
    anchors: Anchors,
}

impl<E: fmt::Debug> fmt::Debug for NativeParts<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NativeParts").field("apart", &self.apart).finish_non_exhaustive()
    }
}

impl<'m, E: Engine + Sync> NativeParts<'m, E> {
    /// Takes the model of a machine apart; `jit` is of the same program.
    pub fn new(machine: &'m Machine<E>, jit: Jit) -> Self {
        let states = Arc::new(WordStates::new(&jit.shared));
        Self::of(jit, Arc::clone(&states), TakenApart::with_states(machine, states))
    }

    /// The same, with the ids that were saved.
    ///
    /// # Errors
    /// The bytes are not what `save` gave for the same program.
    pub fn load(machine: &'m Machine<E>, jit: Jit, bytes: &[u8]) -> Result<Self, BadSave> {
        let states = Arc::new(WordStates::new(&jit.shared));
        let apart = TakenApart::with_states(machine, Arc::clone(&states) as Arc<dyn States>);
        Ok(Self::of(jit, states, apart.with_saved(bytes)?))
    }

    fn of(jit: Jit, states: Arc<WordStates>, apart: TakenApart<'m, E>) -> Self {
        let questions = 0..apart.shape().questions.len() as u32;
        let questions = questions.map(|question| Asked::new(&jit, &apart, question)).collect();
        Self {
            states,
            packets: Sort::default(),
            packet_keys: Column::default(),
            vars: Sort::default(),
            events: Sort::default(),
            histories: Column::default(),
            reactions: Column::default(),
            questions,
            anchors: Anchors::new(&jit.shared),
            apart,
            jit,
        }
    }

    /// The same model, with all that it needs taken from values.
    pub fn apart(&self) -> &TakenApart<'m, E> {
        &self.apart
    }

    fn packet_words(&self, packet: u32) -> &[u64] {
        let (shared, ty) = (&self.jit.shared, self.jit.shared.program.special.packet);
        self.packets.words(shared, packet, || shared.to_words(ty, &self.apart.id_to_packet(packet)))
    }

    fn packet_id(&self, words: &[u64]) -> u32 {
        let (shared, ty) = (&self.jit.shared, self.jit.shared.program.special.packet);
        self.packets.id(shared, words, || self.apart.packet_to_id(shared.to_value(ty, words)))
    }

    fn event_id(&self, words: &[u64]) -> u32 {
        let (shared, ty) = (&self.jit.shared, self.jit.shared.program.special.event);
        self.events.id(shared, words, || self.apart.event_to_id(shared.to_value(ty, words)))
    }

    /// The list that a history is.
    fn history_list(&self, trace: u32) -> Object {
        *self.histories.get_or(trace, || {
            let (shared, mut words) = (&self.jit.shared, Vec::new());
            let events = self.apart.id_to_history(trace);
            events
                .iter()
                .for_each(|event| shared.push_words(shared.program.special.event, event, &mut words));
            shared.heap.intern(events.len(), &words)
        })
    }

    fn vars_words(&self, vars: u32) -> &[u64] {
        let shared = &self.jit.shared;
        self.vars.words(shared, vars, || {
            let mut words = Vec::new();
            let tys = shared.program.network.vars.values().map(|var| var.ty);
            for (ty, value) in tys.zip(self.apart.id_to_vars(vars).iter()) {
                shared.push_words(ty, value, &mut words);
            }
            words
        })
    }

    fn vars_id(&self, words: &[u64]) -> u32 {
        let shared = &self.jit.shared;
        self.vars.id(shared, words, || {
            let vars = shared.program.network.vars.iter();
            let value = |(id, var): (_, &verdi_core::Var)| -> Value {
                let (from, count) = shared.var(id);
                shared.to_value(var.ty, &words[from..from + count])
            };
            self.apart.vars_to_id(vars.map(value).collect())
        })
    }
}

impl<E: Engine + Sync> Parts for NativeParts<'_, E> {
    fn shape(&self) -> &Shape {
        self.apart.shape()
    }

    fn first(&self) -> Result<Whole, Fault> {
        self.apart.first()
    }

    fn anchored(&self, vars: u32, node: u32, state: u32) -> Firings {
        self.find_anchored(vars, node, state)
    }

    fn free(&self, vars: u32) -> Firings {
        self.apart.free(vars)
    }

    fn driven(&self, vars: u32, packet: u32, head: bool) -> Firings {
        self.apart.driven(vars, packet, head)
    }

    fn update(&self, firing: u32, state: u32) -> Result<Update, Fault> {
        // What has no native answer is asked about again: a fault is worth the time.
        match self.react(firing, state) {
            Some(update) => Ok(update),
            None => self.apart.update(firing, state),
        }
    }

    fn history(&self, trace: u32, event: u32) -> u32 {
        self.apart.history(trace, event)
    }

    fn open(&self, trace: u32) -> u64 {
        self.apart.open(trace)
    }

    fn world_moves(&self, world: &Whole) -> WorldMoves {
        self.apart.world_moves(world)
    }

    fn glimpse(&self, question: u32, node: u32, state: u32) -> u32 {
        self.look(question, node, state)
    }

    fn ask(&self, question: u32, world: &Whole) -> Result<bool, Fault> {
        match self.answer(question, world) {
            Some(answer) => Ok(answer),
            None => self.apart.ask(question, world),
        }
    }

    fn ends(&self, packet: u32) -> (u32, u32) {
        let (src, dst) = self.packet_ends(self.packet_words(packet));
        (src as u32, dst as u32)
    }

    fn choice(&self, choice: u32) -> Choice {
        self.apart.choice(choice)
    }

    fn renamed_state(&self, renaming: &[u32], kind: u32, state: u32) -> u32 {
        self.rename_state(renaming, kind, state)
    }

    fn renamed_packet(&self, renaming: &[u32], packet: u32) -> u32 {
        self.rename_packet(renaming, packet)
    }

    fn renamed_vars(&self, renaming: &[u32], vars: u32) -> u32 {
        self.rename_vars(renaming, vars)
    }

    fn renamed_history(&self, renaming: &[u32], trace: u32) -> u32 {
        self.apart.renamed_history(renaming, trace)
    }

    fn renamed_choice(&self, renaming: &[u32], choice: u32) -> u32 {
        self.apart.renamed_choice(renaming, choice)
    }

    fn counter_nodes(&self) -> Vec<Option<u32>> {
        self.apart.counter_nodes()
    }

    fn save(&self) -> Vec<u8> {
        self.apart.save()
    }

    fn bytes(&self) -> u64 {
        let others = self.packets.bytes() + self.vars.bytes() + self.events.bytes();
        let questions: u64 = self.questions.iter().map(Asked::bytes).sum();
        self.apart.bytes() + self.jit.bytes() + others + questions
    }
}
