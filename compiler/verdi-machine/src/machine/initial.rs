use super::{Machine, Tables, pure, result};
use crate::env::NodeEnv;
use crate::packets::Packets;
use crate::world::Interned;
use crate::{Engine, Event, Fault, NodeState, Ran, World};
use std::sync::Arc;
use verdi_core::{Program, Value};

impl Tables {
    /// Evaluates the inputs of all nodes and their first states.
    pub(super) fn prepare(&mut self, engine: &impl Engine) -> Result<(), Fault> {
        let program = engine.program();
        for node in 0..program.nodes.len() as u32 {
            self.fresh.push(Arc::new(fresh(engine, program, node)?));
            self.inputs.push(pure(engine, program.kind_of(node).inputs)?);
        }
        let invocations = self.inputs.iter().flat_map(|inputs| inputs.as_list().iter());
        self.callers = invocations.map(|it| it.fields()[0].as_caller().saturating_add(1)).max().unwrap_or(0);
        Ok(())
    }
}

/// What a node knows before any handler ran.
fn fresh(engine: &impl Engine, program: &Program, node: u32) -> Result<NodeState, Fault> {
    let kind = program.kind_of(node);
    let nothing = NodeState::default();
    let mut state = NodeState::default();
    for field in kind.fields.values() {
        state.fields.push(result(engine, field.init, &[], &mut NodeEnv::new(node, 0, &nothing))?);
    }
    for timer in kind.timers.iter().filter(|timer| program.timers[**timer as usize].every) {
        state.arm(*timer);
    }
    Ok(state)
}

impl<E: Engine> Machine<E> {
    /// The first world, and the start handlers that ran: of every node that has one, in order. Where one
    /// faults, those before it and why.
    pub fn initial_step(&self) -> (Vec<Ran>, Result<World, Fault>) {
        let mut ran = Vec::new();
        let world = self.start(&mut ran);
        (ran, world)
    }

    fn start(&self, ran: &mut Vec<Ran>) -> Result<World, Fault> {
        let program = self.program();
        let mut world = self.unstarted()?;
        for node in 0..world.node_count() {
            if program.kind_of(node).on_start.is_some() {
                ran.push(self.happen(&mut world, node, Event::Start)?);
            }
        }
        self.watch(&mut world, ran, false);
        Ok(world)
    }

    /// A world of these parts; a variable of the network that is not given has its initial value.
    pub(crate) fn world_of(
        &self,
        nodes: Vec<NodeState>,
        packets: impl Iterator<Item = Value>,
        vars: Vec<Option<Value>>,
    ) -> Result<World, Fault> {
        let mut world = self.unstarted()?;
        let interner = &self.tables.interner;
        world.nodes = nodes.into_iter().map(|state| interner.state(state)).collect();
        let initial = world.vars.value.iter();
        let vars = vars.into_iter().zip(initial).map(|(given, first)| given.unwrap_or_else(|| first.clone()));
        world.vars = interner.vars(vars.collect());
        packets.for_each(|packet| self.put(&mut world, packet));
        Ok(world)
    }

    /// The world in which no handler has run.
    fn unstarted(&self) -> Result<World, Fault> {
        if let Some(fault) = &self.tables.stillborn {
            return Err(fault.clone());
        }
        let (network, interner) = (&self.program().network, &self.tables.interner);
        let vars = network.vars.values().map(|var| pure(&self.engine, var.init)).collect::<Result<_, _>>()?;
        Ok(World {
            nodes: self.tables.fresh.iter().map(|state| interner.state(NodeState::clone(state))).collect(),
            packets: Packets::new(network.packets),
            vars: interner.vars(vars),
            left: self.tables.bounds.initial.clone().into(),
            trace: Interned { id: 0, value: Arc::default() },
            watch: interner.watch(self.unwatched()),
        })
    }
}
