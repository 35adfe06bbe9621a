//! What watches a run: folds over what clients see of each step, and over the worlds between.

mod linear;

use crate::env::{PureEnv, WorldEnv};
use crate::machine::event::{Outside, outside, taken_in};
use crate::machine::{Tables, pure, result};
use crate::{Engine, Env, Fault, Machine, Ran, World};
use linear::Order;
use verdi_core::{FuncId, PropertyId, Value, Watcher, WatcherId, WatcherKind};
use verdi_runtime::List;

/// What a watcher knows, or how it failed: then nothing more is told to it.
pub(crate) type Watch = Result<Value, Fault>;

/// The watchers of a program that are no functions of it.
pub(crate) type Orders = Vec<Option<Order>>;

/// What a program's specifications need.
pub(crate) fn orders(engine: &impl Engine) -> Orders {
    let watchers = engine.program().watchers.values();
    watchers.map(|watcher| watcher.specification().map(|it| Order::new(engine, it))).collect()
}

/// What clients saw of what happened, oldest first, as values of the program's event type.
pub(crate) fn events(ran: &[Ran]) -> impl Iterator<Item = Value> {
    ran.iter().flat_map(|ran| {
        let outputs = ran.effects.iter().filter_map(|effect| match outside(ran.node, effect) {
            Some(Outside::Event(output)) => Some(output),
            _ => None,
        });
        taken_in(ran.node, &ran.event).into_iter().chain(outputs)
    })
}

impl<E: Engine> Machine<E> {
    fn watchers(&self) -> impl Iterator<Item = (usize, &Watcher)> {
        self.program().watchers.values().enumerate()
    }

    /// What watchers know before anything happened.
    pub(crate) fn unwatched(&self) -> Vec<Watch> {
        self.watchers()
            .map(|(at, watcher)| match (&watcher.kind, &self.tables.orders[at]) {
                (WatcherKind::Monitor(monitor), _) => pure(self.engine(), monitor.init),
                (_, Some(order)) => order.first(),
                (_, None) => unreachable!("every specification has its order"),
            })
            .collect()
    }

    /// Tells the watchers of a step that led to a world, which knows what they knew before it.
    pub(crate) fn watch(&self, world: &mut World, ran: &[Ran], is_step: bool) {
        if self.program().watchers.is_empty() {
            return;
        }
        let mut watch = Vec::clone(&world.watch.value);
        let mut env = WorldEnv { tables: &self.tables, world };
        for event in events(ran) {
            watch = self.told(&watch, &event, &mut env);
        }
        if is_step {
            for (at, watcher) in self.watchers() {
                if let WatcherKind::Monitor(monitor) = &watcher.kind {
                    watch[at] = self.next(watch[at].clone(), monitor.on_step, &[], &mut env);
                }
            }
        }
        world.watch = self.tables.interner.watch(watch);
    }

    /// What watchers know after an event. What monitors read of the world, `env` answers.
    pub(crate) fn told(&self, watch: &[Watch], event: &Value, env: &mut dyn Env) -> Vec<Watch> {
        self.watchers()
            .map(|(at, watcher)| match (&watcher.kind, &self.tables.orders[at]) {
                (WatcherKind::Monitor(monitor), _) => {
                    self.next(watch[at].clone(), monitor.on_event, std::slice::from_ref(event), env)
                }
                (_, Some(order)) => watch[at].clone().and_then(|known| order.next(&known, event)),
                (_, None) => unreachable!("every specification has its order"),
            })
            .collect()
    }

    /// The same, for monitors that read nothing of the world.
    pub(crate) fn told_alone(&self, watch: &[Watch], event: &Value) -> Vec<Watch> {
        self.told(watch, event, &mut PureEnv)
    }

    fn next(&self, known: Watch, func: Option<FuncId>, args: &[Value], env: &mut dyn Env) -> Watch {
        let Some(func) = func else { return known };
        let args: Vec<Value> = std::iter::once(known?).chain(args.iter().cloned()).collect();
        result(self.engine(), func, &args, env)
    }

    /// What a watcher knows in a world: of a monitor its fields.
    ///
    /// # Errors
    /// How it failed.
    pub fn watched(&self, world: &World, watcher: WatcherId) -> Result<Value, Fault> {
        world.watch.value[watcher.as_u32() as usize].clone()
    }

    /// How the watcher that a property asks about has failed, if it has.
    pub fn failure(&self, world: &World, property: PropertyId) -> Option<Fault> {
        let watcher = self.program().watcher_of(property)?;
        self.watched(world, watcher).err()
    }
}

impl Tables {
    /// The specifications, with what is known of each; not of one that failed.
    fn known<'a>(&'a self, watch: &'a [Watch]) -> impl Iterator<Item = (u32, &'a Order, &'a Value)> {
        let orders =
            self.orders.iter().zip(watch).filter_map(|(order, known)| Some((order.as_ref()?, known)));
        orders.zip(0..).filter_map(|((order, known), at)| Some((at, order, known.as_ref().ok()?)))
    }

    /// The invocations that a node may be sent: but for operations of callers that have one open.
    pub(crate) fn inputs_now(&self, node: u32, watch: &[Watch]) -> Value {
        let all = &self.inputs[node as usize];
        self.known(watch).fold(all.clone(), |inputs, (_, order, known)| {
            let open = linear::open(known);
            if open.is_empty() {
                return inputs;
            }
            let is_held = |invocation: &Value| {
                order.operation_of(invocation).is_some_and(|caller| open.contains(&caller))
            };
            let kept = inputs.as_list().iter().filter(|invocation| !is_held(invocation));
            Value::List(List::from(kept.cloned().collect::<Vec<_>>()))
        })
    }

    /// How many operations can be open: one of each caller, for each specification.
    pub(crate) fn operations(&self) -> u32 {
        (self.orders.iter().flatten().count() as u32).saturating_mul(self.callers)
    }

    /// The operations that are open, a bit for each; of use where there are no more than bits.
    pub(crate) fn open(&self, watch: &[Watch]) -> u64 {
        let open = self.known(watch).flat_map(|(at, _, known)| {
            linear::open(known).into_iter().map(move |caller| at * self.callers + caller)
        });
        open.fold(0, |open, bit| open | bit_of(bit))
    }

    /// What an invocation is, so: more than one bit where it is an operation of several specifications.
    pub(crate) fn operation(&self, invocation: &Value) -> u64 {
        let orders = self.orders.iter().flatten().zip(0..);
        let bits = orders.filter_map(|(order, at)| Some(at * self.callers + order.operation_of(invocation)?));
        bits.fold(0, |bits, bit| bits | bit_of(bit))
    }
}

fn bit_of(at: u32) -> u64 {
    1_u64.checked_shl(at).unwrap_or(0)
}
