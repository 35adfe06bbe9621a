//! A run of a transformed system as the system inside it sees it: when its handlers ran, with its own messages and state.

use super::build::{fault_text, several_callers};
use super::diff::differences;
use super::look::Look;
use super::recorded::{Call, Recorded};
use super::{Act, Change, Event, Packet, Step, Trace};
use verdi_core::{Context, Handled, Program, Ty, TyId, Value, Wrapped, show};
use verdi_machine::{Choice, Effect, Event as Happened, Fault, Machine, Ran, World};

/// The trace of the innermost system in a run, as far as it can be followed. A packet is in flight from when it was sent
/// until a handler has it.
pub(super) fn trace_of(program: &Program, wrapped: &Wrapped, choices: &[Choice]) -> Trace {
    let machine = Machine::new(Recorded::new(program, wrapped));
    let mut view = Inner {
        program,
        wrapped,
        callers: several_callers(&machine),
        flight: Vec::new(),
        next: 0,
        folded: 0,
        trace: Trace { nodes: nodes(program, wrapped), ..Trace::default() },
    };
    machine.engine().take();
    let (ran, first) = machine.initial_step();
    view.start(&ran, machine.engine().take(), first.as_ref().err());
    let mut world = first.ok();
    for (at, choice) in choices.iter().enumerate() {
        let Some(before) = world else { break };
        let step = machine.step(&before, choice);
        let rule = &program.network.rules[choice.rule].name;
        let worlds = (&before, &step.after);
        view.step(at + 1, rule, &step.ran, machine.engine().take(), worlds);
        world = step.after.ok();
    }
    view.finish()
}

/// The nodes that are the innermost system's: but for those that transformers declare after them.
fn nodes(program: &Program, wrapped: &Wrapped) -> Vec<String> {
    let handles = |kind| {
        let contexts = wrapped.handlers.keys().map(|func| program.functions[*func].context);
        contexts.into_iter().any(|context| context == Context::Node(kind))
    };
    let last = program.nodes.values().rposition(|node| handles(node.kind));
    let count = last.map_or(program.nodes.len(), |at| at + 1);
    program.nodes.values().take(count).map(|node| node.name.to_string()).collect()
}

struct Inner<'a> {
    program: &'a Program,
    wrapped: &'a Wrapped,
    callers: bool,
    /// Source, destination and message of what is in flight, the oldest first.
    flight: Vec<((u32, u32, Value), Packet)>,
    next: usize,
    /// Steps since the last one that is shown.
    folded: usize,
    trace: Trace,
}

impl<'a> Inner<'a> {
    fn look(&self) -> Look<'a> {
        Look { program: self.program, folds: &[] }
    }

    /// The first world: what the nodes did is one step.
    fn start(&mut self, ran: &[Ran], calls: Vec<Call>, fault: Option<&Fault>) {
        let mut acts: Vec<Act> = calls.iter().flat_map(|call| self.acts(call, 0)).collect();
        acts.extend(ran.iter().flat_map(|ran| self.timers(ran)).map(|(_, act)| act));
        let fault = fault.map(fault_text);
        self.trace.steps.push(Step { acts, fault, ..step(0, "start", Event::Start) });
    }

    fn step(
        &mut self,
        number: usize,
        rule: &str,
        ran: &[Ran],
        calls: Vec<Call>,
        (before, after): (&World, &Result<World, Fault>),
    ) {
        let mut steps: Vec<Step> = Vec::new();
        for ran in ran {
            steps.extend(self.network(number, rule, ran, &calls, before, after.as_ref().ok()));
        }
        steps.extend(calls.iter().map(|call| self.called(number, call)).collect::<Vec<_>>());
        for (node, act) in ran.iter().flat_map(|ran| self.timers(ran)) {
            if let Some(at) = calls.iter().position(|call| call.node == node) {
                let first = steps.len() - calls.len();
                steps[first + at].acts.push(act);
            }
        }
        if let Err(fault) = after {
            if steps.is_empty() {
                steps.push(step(number, rule, Event::Quiet));
            }
            if let Some(last) = steps.last_mut() {
                last.fault = Some(fault_text(fault));
            }
        }
        if steps.is_empty() {
            self.folded += 1;
            return;
        }
        self.fold(number - 1);
        self.trace.steps.extend(steps);
    }

    /// A crash; and a reboot of which the wrapper says nothing to what it wraps.
    fn network(
        &self,
        number: usize,
        rule: &str,
        ran: &Ran,
        calls: &[Call],
        before: &World,
        after: Option<&World>,
    ) -> Option<Step> {
        let at = ran.node as usize;
        let event = match ran.event {
            Happened::Crash => Event::Crash { at },
            Happened::Reboot if calls.iter().all(|call| call.node != ran.node) => Event::Reboot { at },
            _ => return None,
        };
        let kind = self.program.kind_of(ran.node);
        let mut changes = Vec::new();
        for (id, field) in kind.fields.iter().filter(|_| after.is_some()) {
            let Some((name, after)) = self.wrapped.innermost(&field.name).zip(after) else { continue };
            let (old, new) = (before.node(ran.node).field(id), after.node(ran.node).field(id));
            let found = differences(self.look(), field.ty, name.to_owned(), old, new);
            changes.extend(found.into_iter().map(|d| d.at(Some(at))));
        }
        Some(Step { changes, ..step(number, rule, event) })
    }

    /// A handler that ran.
    fn called(&mut self, number: usize, call: &Call) -> Step {
        let (at, known) = (call.node as usize, self.next);
        let (rule, event) = match call.handled {
            Handled::Start => ("start", Event::Start),
            Handled::Reboot => ("reboot", Event::Reboot { at }),
            Handled::Input => ("input", self.input(at, &call.args[0], &call.args[1])),
            Handled::Apply => ("apply", self.input(at, &call.args[1], &call.args[2])),
            Handled::Message => ("deliver", Event::Deliver(self.arrived(number, call))),
            Handled::Timeout => {
                let timer = show(self.program, self.param(call, 0), &call.args[0]);
                ("timeout", Event::Timeout { at, timer })
            }
        };
        let unsent = matches!(&event, Event::Deliver(packet) if packet.id >= known);
        let (changes, acts) = (self.changes(call), self.acts(call, number));
        Step { changes, acts, unsent, ..step(number, rule, event) }
    }

    fn param(&self, call: &Call, at: usize) -> TyId {
        let locals = &self.program.functions[call.func].locals;
        locals.values().nth(at).map_or(self.program.special.int, |local| local.ty)
    }

    fn input(&self, at: usize, body: &Value, caller: &Value) -> Event {
        let body = show(self.program, self.program.special.input, body);
        Event::Input { at, caller: Some(caller.as_caller()).filter(|_| self.callers), body }
    }

    /// A packet that a handler is given: the oldest like it, or one that was never sent.
    fn arrived(&mut self, number: usize, call: &Call) -> Packet {
        let key = (call.args[1].as_node(), call.node, call.args[0].clone());
        match self.flight.iter().position(|(known, _)| *known == key) {
            Some(at) => self.flight.remove(at).1,
            None => self.packet(key.0, key.1, show(self.program, self.param(call, 0), &key.2), number),
        }
    }

    fn packet(&mut self, src: u32, dst: u32, body: String, sent_in: usize) -> Packet {
        self.next += 1;
        Packet { id: self.next - 1, src: src as usize, dst: dst as usize, body, sent_in }
    }

    /// What is different in the state of a node, or of a machine there.
    fn changes(&self, call: &Call) -> Vec<Change> {
        let at = Some(call.node as usize);
        let kind = self.program.kind_of(call.node);
        let mut out = Vec::new();
        for (id, before, after) in &call.fields {
            let field = &kind.fields[*id];
            let name = self.wrapped.innermost(&field.name).unwrap_or(&field.name).to_owned();
            out.extend(differences(self.look(), field.ty, name, before, after));
        }
        if let (Handled::Apply, Some(result)) = (call.handled, &call.result)
            && let Ty::Data(id) = self.program.types.get(self.param(call, 0))
        {
            let (before, after) = (call.args[0].fields(), result.fields()[0].fields());
            let state = self.program.types.data(*id).ctors.first();
            let fields = state.map_or(&[][..], |state| &state.fields);
            for ((name, ty), (before, after)) in fields.iter().zip(before.iter().zip(after)) {
                out.extend(differences(self.look(), *ty, name.to_string(), before, after));
            }
        }
        out.into_iter().map(|d| d.at(at)).collect()
    }

    /// What a handler sent and put out: a machine answers whoever asked.
    fn acts(&mut self, call: &Call, number: usize) -> Vec<Act> {
        let Some(result) = &call.result else { return Vec::new() };
        let asked = match call.handled {
            Handled::Input => Some(call.args[1].as_caller()),
            Handled::Apply => Some(call.args[2].as_caller()),
            _ => None,
        };
        if call.handled == Handled::Apply {
            let parts = result.fields();
            return parts[1].as_list().iter().map(|body| self.output(call.node, body, asked)).collect();
        }
        // Each further layer returns what it did itself beside what it is told.
        let own = self.wrapped.layers.iter().skip(1).fold(result, |value, _| &value.fields()[0]);
        let (mut acts, parts) = (Vec::new(), own.fields());
        for sent in parts[0].as_list().iter() {
            acts.push(self.sent(call, sent, number));
        }
        for output in parts[1].as_list().iter() {
            let fields = output.fields();
            let to = fields[1].fields().first().map(Value::as_caller);
            acts.push(self.output(call.node, &fields[0], to.or(asked)));
        }
        acts
    }

    fn output(&self, node: u32, body: &Value, to: Option<u32>) -> Act {
        let body = show(self.program, self.program.special.output, body);
        Act::Output { at: node as usize, caller: to.filter(|_| self.callers), body }
    }

    /// A message and whom it goes to, of those that a handler returned.
    fn sent(&mut self, call: &Call, sent: &Value, number: usize) -> Act {
        let (body, to) = (&sent.fields()[0], sent.fields()[1].as_node());
        let shown = self.message_ty(call).map_or(String::new(), |ty| show(self.program, ty, body));
        let packet = self.packet(call.node, to, shown, number);
        self.flight.push(((call.node, to, body.clone()), packet.clone()));
        Act::Send(packet)
    }

    /// The type of messages, of what a handler returns: `(sends: List<(message, node)>, outputs)`, layer by layer.
    fn message_ty(&self, call: &Call) -> Option<TyId> {
        let types = &self.program.types;
        let first = |ty: TyId| match types.get(ty) {
            Ty::Data(id) => types.data(*id).ctors.first()?.fields.first().map(|(_, ty)| *ty),
            _ => None,
        };
        let all = self.program.functions[call.func].result?;
        let own = self.wrapped.layers.iter().skip(1).try_fold(all, |ty, _| first(ty))?;
        match types.get(first(own)?) {
            Ty::List(pair) => first(*pair),
            _ => None,
        }
    }

    /// The innermost system's timers that were armed and disarmed.
    fn timers(&self, ran: &Ran) -> Vec<(u32, Act)> {
        let own = |timer: &u32| *timer >= self.wrapped.timers_from;
        let name = |timer: u32| {
            let name = &self.program.timers[timer as usize].name;
            name.trim_start_matches(Wrapped::INNER).to_owned()
        };
        let at = ran.node as usize;
        let act = |effect: &Effect| match effect {
            Effect::StartTimer(timer) if own(timer) => Some(Act::StartTimer(at, name(*timer))),
            Effect::StopTimer(timer) if own(timer) => Some(Act::StopTimer(at, name(*timer))),
            _ => None,
        };
        ran.effects.iter().filter_map(act).map(|act| (ran.node, act)).collect()
    }

    /// Says how many steps were left out.
    fn fold(&mut self, last: usize) {
        let steps = std::mem::take(&mut self.folded);
        if steps > 0 {
            let event = Event::Folded { steps, of: self.wrapped.around() };
            self.trace.steps.push(step(last, "folded", event));
        }
    }

    fn finish(mut self) -> Trace {
        let last = self.trace.len() + self.folded;
        self.fold(last);
        self.trace.in_flight = self.flight.into_iter().map(|(_, packet)| packet).collect();
        self.trace
    }
}

fn step(number: usize, rule: &str, event: Event) -> Step {
    Step {
        number,
        rule: rule.to_owned(),
        args: Vec::new(),
        choice: Vec::new(),
        event,
        handlers: Vec::new(),
        ignored: false,
        unsent: false,
        acts: Vec::new(),
        changes: Vec::new(),
        fault: None,
    }
}
