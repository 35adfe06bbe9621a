//! Replays a run and writes down what people are to see of it.

use super::diff::{FOLDED, differences};
use super::flight::Flight;
use super::look::Look;
use super::{Act, Change, Event, Layer, Packet, Step, Trace, inner};
use crate::codec::{value_to_itf, value_to_json};
use serde_json::{Map, Value as Json, json};
use verdi_core::{PacketStore, Program, RuleId, TyId, Value, Wrapped, show};
use verdi_machine::{Choice, Effect, Engine, Env, Event as Happened, Fault, Machine, Moved, Ran, World};

/// Makes a [`Trace`] of a run, a step at a time.
pub struct Builder<'a, E> {
    machine: &'a Machine<E>,
    program: &'a Program,
    look: Look<'a>,
    flight: Flight<'a>,
    choices: Vec<Choice>,
    world: Option<World>,
    trace: Trace,
    callers: bool,
}

/// The trace of a whole run, as far as it can be followed; with a view of one layer where that is asked for.
pub fn trace_of<E: Engine>(machine: &Machine<E>, choices: &[Choice], layer: Layer) -> Trace {
    let mut builder = Builder::new(machine);
    choices.iter().for_each(|choice| builder.step(choice));
    builder.finish(layer)
}

/// Whether inputs come from more than one caller: then callers are named.
pub(super) fn several_callers<E: Engine>(machine: &Machine<E>) -> bool {
    struct Nothing;
    impl Env for Nothing {}
    let inputs = |func| machine.engine().call(func, &[], &mut Nothing).ok().flatten();
    let later = |value: &Value| value.fields()[0].as_caller() > 0;
    let program = machine.program();
    program.kinds.values().filter_map(|kind| inputs(kind.inputs)).any(|list| list.as_list().iter().any(later))
}

impl<'a, E: Engine> Builder<'a, E> {
    /// A trace of the start alone.
    pub fn new(machine: &'a Machine<E>) -> Self {
        Self::with(machine, &[])
    }

    /// As [`Self::new`], but that of data of some types only the name is shown.
    fn with(machine: &'a Machine<E>, folds: &'a [TyId]) -> Self {
        let program = machine.program();
        let look = Look { program, folds };
        let mut builder = Self {
            machine,
            program,
            look,
            flight: Flight::new(look),
            choices: Vec::new(),
            world: None,
            trace: Trace {
                nodes: program.nodes.values().map(|info| info.name.to_string()).collect(),
                vars: vars(program),
                ..Trace::default()
            },
            callers: several_callers(machine),
        };
        let (ran, first) = machine.initial_step();
        builder.record(None, &[], &ran, first);
        builder
    }

    /// What there is so far.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// The world that was reached; `None` after a fault.
    pub fn world(&self) -> Option<&World> {
        self.world.as_ref()
    }

    /// Takes a step; after a fault there is none.
    pub fn step(&mut self, choice: &Choice) {
        let Some(world) = &self.world else { return };
        self.choices.push(choice.clone());
        let step = self.machine.step(world, choice);
        self.record(Some(choice), &step.moved, &step.ran, step.after);
    }

    /// The trace, with the packets that are in flight at its end.
    pub fn finish(mut self, layer: Layer) -> Trace {
        self.trace.view = self.view(layer).map(Box::new);
        self.trace.in_flight = self.flight.live();
        self.trace
    }

    /// The run as one layer of a transformed system sees it.
    fn view(&self, layer: Layer) -> Option<Trace> {
        let wrapped = self.program.wrapped.as_ref()?;
        match layer {
            Layer::All => None,
            Layer::Inner => Some(inner::trace_of(self.program, wrapped, &self.choices)),
            Layer::Outer => {
                let mut outer = Builder::with(self.machine, &wrapped.carried);
                self.choices.iter().for_each(|choice| outer.step(choice));
                Some(outer.finish(Layer::All))
            }
        }
    }

    fn record(&mut self, choice: Option<&Choice>, moved: &[Moved], ran: &[Ran], after: Result<World, Fault>) {
        let number = self.trace.steps.len();
        let (mut gone, added) = self.flight.moved(number, moved);
        let event = match (choice, ran.first()) {
            (None, _) => Event::Start,
            (Some(_), None) => Event::Quiet,
            (Some(_), Some(ran)) => self.event(ran, &mut gone, number),
        };
        let mut acts: Vec<Act> = ran.iter().flat_map(|ran| self.acts(ran, number)).collect();
        acts.extend(added.into_iter().map(Act::Add));
        acts.extend(gone.into_iter().map(Act::Lose));
        let handled = |ran: &Ran| {
            ran.handler.is_some() || matches!(ran.event, Happened::Start | Happened::Crash | Happened::Reboot)
        };
        let step = Step {
            number,
            rule: choice
                .map_or("start".into(), |choice| self.program.network.rules[choice.rule].name.to_string()),
            args: choice.map_or_else(Vec::new, |choice| self.args(choice)),
            choice: choice.map_or_else(Vec::new, |choice| choice_args(self.program, choice)),
            handlers: self.handlers(ran),
            ignored: after.is_ok() && !ran.iter().all(handled),
            unsent: false,
            event,
            acts,
            changes: self.changes(after.as_ref().ok()),
            fault: after.as_ref().err().map(fault_text),
        };
        self.trace.steps.push(step);
        if let Ok(world) = &after
            && self.look.folds.is_empty()
        {
            self.trace.states.push(state(self.program, world));
        }
        self.world = after.ok();
    }

    /// What happened at a node. A packet that arrives is not lost, but taken from `gone`.
    fn event(&mut self, ran: &Ran, gone: &mut Vec<Packet>, number: usize) -> Event {
        let at = ran.node as usize;
        match &ran.event {
            Happened::Start => Event::Start,
            Happened::Crash => Event::Crash { at },
            Happened::Reboot => Event::Reboot { at },
            Happened::Timeout(timer) => {
                Event::Timeout { at, timer: self.program.timers[*timer as usize].name.to_string() }
            }
            Happened::Input { caller, body } => Event::Input {
                at,
                caller: Some(*caller).filter(|_| self.callers),
                body: show(self.program, self.program.special.input, body),
            },
            Happened::Message { src, body } => {
                let value = Value::data(0, vec![Value::Node(*src), Value::Node(ran.node), body.clone()]);
                let arrived = self.flight.unseen(&value, number);
                let like = |p: &Packet| (p.src, p.dst, &p.body) == (arrived.src, arrived.dst, &arrived.body);
                if let Some(found) = gone.iter().position(like) {
                    return Event::Deliver(gone.remove(found));
                }
                Event::Deliver(self.flight.find(&value).cloned().unwrap_or(arrived))
            }
        }
    }

    fn acts(&mut self, ran: &Ran, number: usize) -> Vec<Act> {
        let at = ran.node as usize;
        let timer = |timer: u32| self.program.timers[timer as usize].name.to_string();
        let act = |effect: &Effect| match effect {
            Effect::Send { to, body } => {
                let packet = vec![Value::Node(ran.node), Value::Node(*to), body.clone()];
                Act::Send(self.flight.send(&Value::data(0, packet), number))
            }
            Effect::Output { to, body } => Act::Output {
                at,
                caller: to.filter(|_| self.callers),
                body: show(self.program, self.program.special.output, body),
            },
            Effect::StartTimer(which) => Act::StartTimer(at, timer(*which)),
            Effect::StopTimer(which) => Act::StopTimer(at, timer(*which)),
        };
        ran.effects.iter().map(act).collect()
    }

    fn handlers(&self, ran: &[Ran]) -> Vec<(usize, String)> {
        ran.iter()
            .filter_map(|ran| {
                let handlers = &self.program.kind_of(ran.node).handlers;
                Some((ran.node as usize, handlers.get(ran.handler?)?.name.to_string()))
            })
            .collect()
    }

    fn args(&self, choice: &Choice) -> Vec<(String, String)> {
        let binders = &self.program.network.rules[choice.rule].binders;
        binders
            .iter()
            .zip(&choice.args)
            .map(|(binder, value)| (binder.name.to_string(), self.look.show(binder.ty, value)))
            .collect()
    }

    fn changes(&self, after: Option<&World>) -> Vec<Change> {
        let (Some(before), Some(after)) = (&self.world, after) else { return Vec::new() };
        let mut out = Vec::new();
        for node in 0..after.node_count() {
            let mut carried = false;
            for (id, field) in &self.program.kind_of(node).fields {
                let (old, new) = (before.node(node).field(id), after.node(node).field(id));
                if self.folds_field(&field.name) {
                    carried |= old != new;
                    continue;
                }
                let found = differences(self.look, field.ty, field.name.to_string(), old, new);
                out.extend(found.into_iter().map(|d| d.at(Some(node as usize))));
            }
            if carried {
                let path = Wrapped::INNER.trim_end_matches('.').to_owned();
                let (before, after) = (FOLDED.to_owned(), FOLDED.to_owned());
                out.push(Change { node: Some(node as usize), path, before, after });
            }
        }
        for (id, var) in &self.program.network.vars {
            let found = differences(self.look, var.ty, var.name.to_string(), before.var(id), after.var(id));
            out.extend(found.into_iter().map(|d| d.at(None)));
        }
        out
    }

    /// Whether a field is of what is carried, and only said to differ.
    fn folds_field(&self, name: &str) -> bool {
        !self.look.folds.is_empty() && name.starts_with(Wrapped::INNER)
    }
}

/// A fault, for people.
pub fn fault_text(fault: &Fault) -> String {
    if fault.detail.is_empty() { fault.kind.to_string() } else { format!("{}: {}", fault.kind, fault.detail) }
}

/// What a choice's binders drew, in our JSON form.
pub fn choice_args(program: &Program, choice: &Choice) -> Vec<Json> {
    let binders = &program.network.rules[choice.rule].binders;
    binders.iter().zip(&choice.args).map(|(binder, value)| value_to_json(program, binder.ty, value)).collect()
}

/// Reads a choice from a rule's name and what its binders drew.
///
/// # Errors
/// What is wrong with it.
pub fn choice_from(program: &Program, rule: &str, args: &[Json]) -> Result<Choice, String> {
    let found: Option<RuleId> =
        program.network.rules.iter().find(|(_, known)| known.name == rule).map(|(id, _)| id);
    let id = found.ok_or_else(|| format!("the network `{}` has no rule `{rule}`", program.network.name))?;
    let binders = &program.network.rules[id].binders;
    if binders.len() != args.len() {
        return Err(format!(
            "the rule `{rule}` takes {} values, the trace has {}",
            binders.len(),
            args.len()
        ));
    }
    let args: Result<Vec<Value>, String> = binders
        .iter()
        .zip(args)
        .map(|(binder, json)| crate::codec::json_to_value(program, binder.ty, json))
        .collect();
    Ok(Choice { rule: id, args: args? })
}

/// The names of the parts of a world.
fn vars(program: &Program) -> Vec<String> {
    let kinds = program.kinds.values().map(|kind| kind.name.to_string());
    let network = program.network.vars.values().map(|var| var.name.to_string());
    kinds.chain(["packets".to_owned()]).chain(network).collect()
}

/// A world in the Informal Trace Format: for each kind its node or a map of its nodes, the packets, the
/// network's variables.
fn state(program: &Program, world: &World) -> Json {
    let mut out = Map::new();
    for kind in program.kinds.values() {
        let node = |node: u32| {
            let state = world.node(node);
            let mut fields: Map<String, Json> = kind
                .fields
                .iter()
                .map(|(id, field)| (field.name.to_string(), value_to_itf(program, field.ty, state.field(id))))
                .collect();
            if !kind.timers.is_empty() {
                let armed: Vec<&str> =
                    state.armed().iter().map(|timer| program.timers[*timer as usize].name.as_str()).collect();
                fields.insert("armed timers".into(), json!({ "#set": armed }));
            }
            Json::from(fields)
        };
        let value = match kind.nodes.as_slice() {
            [only] if kind.single => node(only.as_u32()),
            all => {
                let entries: Vec<Json> =
                    all.iter().map(|id| json!([program.node_name(id.as_u32()), node(id.as_u32())])).collect();
                json!({ "#map": entries })
            }
        };
        out.insert(kind.name.to_string(), value);
    }
    let packets: Vec<Json> =
        world.packets().iter().map(|packet| value_to_itf(program, program.special.packet, packet)).collect();
    let is_set = program.network.packets == PacketStore::Set;
    out.insert("packets".into(), if is_set { json!({ "#set": packets }) } else { packets.into() });
    for (id, var) in &program.network.vars {
        out.insert(var.name.to_string(), value_to_itf(program, var.ty, world.var(id)));
    }
    out.into()
}
