mod choices;
pub(crate) mod draw;
pub(crate) mod event;
mod initial;
mod model;

use crate::bounds::Bounds;
use crate::env::{PureEnv, RuleEnv, WorldEnv};
use crate::intern::Interner;
use crate::watch::{Orders, orders};
use crate::{Choice, Engine, Fault, Moved, NodeState, Ran, Step, World};
use std::sync::Arc;
use verdi_core::{FuncId, Program};
use verdi_runtime::Value;

/// The model that a program means, run by an engine.
#[derive(Debug)]
pub struct Machine<E> {
    engine: E,
    pub(crate) tables: Tables,
}

/// What is computed once for a program.
#[derive(Debug)]
pub(crate) struct Tables {
    pub(crate) interner: Interner,
    pub(crate) bounds: Bounds,
    /// The values that stand for the timers, by position.
    pub(crate) timers: Vec<Value>,
    /// The invocations that each node may be sent.
    pub(crate) inputs: Vec<Value>,
    /// How many callers there are that send them.
    pub(crate) callers: u32,
    /// What each node knows before any handler ran, its `every` timers armed.
    pub(crate) fresh: Vec<Arc<NodeState>>,
    /// What specifications need, by watcher.
    pub(crate) orders: Orders,
    /// Why there is no first world, whatever the handlers do.
    stillborn: Option<Fault>,
}

impl Tables {
    /// What functions are told of armed timers.
    pub(crate) fn armed(&self, timers: &[u32]) -> Value {
        Value::list(timers.iter().map(|timer| self.timers[*timer as usize].clone()).collect())
    }
}

impl<E: Engine> Machine<E> {
    /// The model of the engine's program.
    pub fn new(engine: E) -> Self {
        let program = engine.program();
        let mut tables = Tables {
            interner: Interner::default(),
            bounds: Bounds::new(program),
            timers: (0..program.timers.len() as u32).map(Value::unit).collect(),
            inputs: Vec::new(),
            callers: 0,
            fresh: Vec::new(),
            orders: orders(&engine),
            stillborn: None,
        };
        tables.stillborn = tables.prepare(&engine).err();
        Self { engine, tables }
    }

    /// The engine that runs it.
    pub fn engine(&self) -> &E {
        &self.engine
    }

    /// The program that it means.
    pub fn program(&self) -> &Program {
        self.engine.program()
    }

    /// What a choice does, for people: as [`crate::Model::fire`], but that a bound on packets keeps nothing back.
    pub fn step(&self, world: &World, choice: &Choice) -> Step<World> {
        let mut after = world.clone();
        let (moved, ran, result) = self.run_rule(&mut after, choice);
        Step { choice: choice.clone(), moved, ran, after: result.map(|()| after) }
    }

    /// The value of a World function in a world: how tests ask whether an expectation holds.
    ///
    /// # Errors
    /// The fault that ended it.
    pub fn evaluate(&self, world: &World, func: FuncId, args: &[Value]) -> Result<Value, Fault> {
        self.ask(world, func, args)
    }

    /// Runs a rule's body on a world, and takes its firing off the bounds. Where it faults, the world is of no use.
    pub(crate) fn run_rule(
        &self,
        world: &mut World,
        choice: &Choice,
    ) -> (Vec<Moved>, Vec<Ran>, Result<(), Fault>) {
        let body = self.program().network.rules[choice.rule].body;
        let mut env = RuleEnv::new(self, world);
        let result = self.engine.call(body, &choice.args, &mut env);
        let (moved, ran) = env.finish();
        if result.is_ok() {
            self.watch(world, &ran, true);
        }
        for (_, counter) in self.tables.bounds.counters(choice.rule, &choice.args) {
            let left = &mut Arc::make_mut(&mut world.left)[counter];
            *left = left.saturating_sub(1);
        }
        (moved, ran, result.map(drop))
    }

    /// Puts a packet in flight.
    pub(crate) fn put(&self, world: &mut World, packet: Value) {
        let (packet, id) = self.tables.interner.packet(packet);
        world.packets.add(packet, id);
    }

    /// Runs a World function.
    pub(crate) fn ask(&self, world: &World, func: FuncId, args: &[Value]) -> Result<Value, Fault> {
        let mut env = WorldEnv { tables: &self.tables, world };
        result(&self.engine, func, args, &mut env)
    }
}

/// Runs a function that has a result.
pub(crate) fn result(
    engine: &impl Engine,
    func: FuncId,
    args: &[Value],
    env: &mut dyn crate::Env,
) -> Result<Value, Fault> {
    let value = engine.call(func, args, env)?;
    Ok(value.unwrap_or_else(|| unreachable!("a verified function with a result returns it")))
}

/// Runs a Pure function that has no parameters.
pub(crate) fn pure(engine: &impl Engine, func: FuncId) -> Result<Value, Fault> {
    result(engine, func, &[], &mut PureEnv)
}
