use super::classes::{Class, Known};
use super::firings::{OfVars, Script};
use super::mirror::Mirror;
use super::questions::{Asked, questions};
use super::slots::{Slots, see_worlds};
use super::states::{States, Values};
use super::table::{Memo, Scripts, Table};
use super::{Firings, Parts, Shape, Update, Whole, WorldMoves};
use crate::{Choice, Engine, Fault, Machine, Model, NodeState};
use std::sync::Arc;
use verdi_core::{Program, Value};

/// The model of a machine, taken apart: its values are kept in tables, and its functions run by the machine's engine.
#[derive(Debug)]
pub struct TakenApart<'m, E> {
    pub(super) machine: &'m Machine<E>,
    pub(super) shape: Shape,
    pub(super) rules: Vec<Known>,
    pub(super) questions: Vec<Asked>,
    pub(super) states: Arc<dyn States>,
    pub(super) packets: Table<Value>,
    pub(super) vars: Table<Vec<Value>>,
    pub(super) events: Table<Value>,
    pub(super) slots: Slots,
    pub(super) choices: Table<Choice>,
    pub(super) scripts: Scripts<Script>,
    pub(super) of_vars: Memo<Arc<OfVars>>,
    pub(super) mirror: Mirror,
}

impl<'m, E: Engine> TakenApart<'m, E> {
    /// Takes the model of a machine apart.
    pub fn new(machine: &'m Machine<E>) -> Self {
        Self::with_states(machine, Arc::new(Values::new(machine.program().kinds.len())))
    }

    /// The same, with the states of nodes kept by somebody else; none of them has an id yet.
    pub fn with_states(machine: &'m Machine<E>, states: Arc<dyn States>) -> Self {
        let program = machine.program();
        let whole = see_worlds(program);
        let waits = machine.tables.operations() <= u64::BITS;
        let rules: Vec<Known> =
            program.network.rules.keys().map(|id| Known::of(program, id, (whole, waits))).collect();
        let (asked, questions) = questions(program).into_iter().unzip();
        let mut shape = shape(program, machine.tables.bounds.initial.clone());
        shape.has_world_rules = rules.iter().any(|known| known.class == Class::World);
        shape.questions = asked;
        let vars = Table::default();
        if !shape.has_vars {
            vars.id(Vec::new());
        }
        Self {
            machine,
            shape,
            rules,
            questions,
            states,
            packets: Table::default(),
            vars,
            events: Table::default(),
            slots: Slots::default(),
            choices: Table::default(),
            scripts: Scripts::default(),
            of_vars: Memo::default(),
            mirror: Mirror::new(program.kinds.len()),
        }
    }

    /// The machine whose model it is.
    pub fn machine(&self) -> &'m Machine<E> {
        self.machine
    }

    /// A state of a node.
    pub(super) fn state(&self, node: u32, state: u32) -> Arc<NodeState> {
        self.states.get(self.shape.kinds[node as usize], state)
    }

    /// The id of a state of a node.
    pub(super) fn state_id(&self, node: u32, state: impl Into<Arc<NodeState>>) -> u32 {
        self.states.id(self.shape.kinds[node as usize], state.into())
    }
}

/// What is known without a look at rules and questions.
fn shape(program: &Program, counters: Vec<u32>) -> Shape {
    Shape {
        kinds: program.nodes.values().map(|info| info.kind.as_u32()).collect(),
        packets: program.network.packets,
        has_vars: !program.network.vars.is_empty(),
        notes_events: program.notes_events(),
        counters,
        packets_max: program.packets_max,
        depth_max: program.depth_max,
        has_world_rules: false,
        properties: program.properties.values().map(|property| property.kind).collect(),
        questions: Vec::new(),
    }
}

impl<E: Engine + Sync> Parts for TakenApart<'_, E> {
    fn shape(&self) -> &Shape {
        &self.shape
    }

    fn first(&self) -> Result<Whole, Fault> {
        Ok(self.whole(&self.machine.initial()?))
    }

    fn anchored(&self, vars: u32, node: u32, state: u32) -> Firings {
        self.find_anchored(vars, node, state)
    }

    fn free(&self, vars: u32) -> Firings {
        self.find_free(vars)
    }

    fn driven(&self, vars: u32, packet: u32, head: bool) -> Firings {
        self.find_driven(vars, packet, head)
    }

    fn update(&self, firing: u32, state: u32) -> Result<Update, Fault> {
        self.find_update(firing, state)
    }

    fn history(&self, trace: u32, event: u32) -> u32 {
        self.after_event(trace, event)
    }

    fn open(&self, trace: u32) -> u64 {
        self.open_after(trace)
    }

    fn world_moves(&self, world: &Whole) -> WorldMoves {
        self.find_world_moves(world)
    }

    fn glimpse(&self, question: u32, node: u32, state: u32) -> u32 {
        self.find_glimpse(question, node, state)
    }

    fn ask(&self, question: u32, world: &Whole) -> Result<bool, Fault> {
        self.find_answer(question, world)
    }

    fn ends(&self, packet: u32) -> (u32, u32) {
        let packet = self.packets.get(packet);
        let [src, dst] = [0, 1].map(|field| packet.fields()[field].as_node());
        (src, dst)
    }

    fn choice(&self, choice: u32) -> Choice {
        Choice::clone(&self.choices.get(choice))
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
        self.rename_trace(renaming, trace)
    }

    fn renamed_choice(&self, renaming: &[u32], choice: u32) -> u32 {
        self.rename_choice(renaming, choice)
    }

    fn counter_nodes(&self) -> Vec<Option<u32>> {
        self.machine.tables.bounds.nodes()
    }

    fn save(&self) -> Vec<u8> {
        self.write()
    }

    fn bytes(&self) -> u64 {
        let questions: u64 = self.questions.iter().map(Asked::bytes).sum();
        let values = self.packets.bytes() + self.vars.bytes() + self.events.bytes() + self.slots.bytes();
        let firings = self.choices.bytes() + self.scripts.bytes() + self.of_vars.bytes();
        self.states.bytes() + questions + values + firings + self.mirror.bytes()
    }
}
