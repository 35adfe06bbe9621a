//! What can fire, and what it does.

use super::classes::Class;
use super::env::{NearEnv, ScriptEnv};
use super::table::Heavy;
use super::{Firing, Firings, PacketOp, TakenApart, Update};
use crate::machine::draw::draw;
use crate::machine::event::{Outside, outside, taken_in};
use crate::machine::result;
use crate::{Choice, Engine, Event, Fault, NodeState};
use std::sync::Arc;
use verdi_core::{FuncId, RuleId, Value};

/// What a firing does, as far as it does not depend on a node's state.
#[derive(Debug)]
pub struct Script {
    /// What the rule does to the packets before its event.
    pub before: Vec<PacketOp>,
    /// Its event, and the node where it happens.
    pub event: Option<(u32, Event)>,
    /// What the rule does to the packets after its event.
    pub after: Vec<PacketOp>,
    /// The variables after it, where they change.
    pub vars: Option<u32>,
    /// What the body ended with, unless the event's handler faults.
    pub result: Result<(), Fault>,
}

impl Heavy for Script {
    fn bytes(&self) -> u64 {
        let ops = self.before.len() + self.after.len();
        let body = match &self.event {
            Some((_, Event::Input { body, .. } | Event::Message { body, .. })) => body.bytes(),
            _ => 0,
        };
        (size_of::<Self>() + ops * size_of::<PacketOp>()) as u64 + body
    }
}

/// What depends on the variables alone.
#[derive(Debug)]
pub(super) struct OfVars {
    /// The firings at no node, and all faults.
    free: Firings,
    /// The firings at each node.
    at: Vec<Vec<(RuleId, Firing)>>,
    /// What the first binder of each anchored rule draws, by the rule's position among all.
    anchors: Vec<Vec<u32>>,
}

impl<E: Engine> TakenApart<'_, E> {
    /// What depends on the variables alone; remembered.
    fn of_vars(&self, vars: u32) -> Arc<OfVars> {
        if let Some(known) = self.of_vars.get(vars) {
            return known;
        }
        let found = Arc::new(self.find_of_vars(vars));
        let firings = found.free.firings.len() + found.at.iter().map(Vec::len).sum::<usize>();
        self.of_vars.insert(vars, found, (firings * size_of::<(RuleId, Firing)>()) as u64)
    }

    fn find_of_vars(&self, vars: u32) -> OfVars {
        let values = self.vars.get(vars);
        let ask = |func: FuncId, args: &[Value]| self.near(&values, None, func, args);
        let (nodes, rules) = (self.shape.kinds.len(), self.rules.len());
        let mut found = OfVars {
            free: Firings::default(),
            at: vec![Vec::new(); nodes],
            anchors: vec![Vec::new(); rules],
        };
        for (place, known) in self.rules.iter().enumerate() {
            let rule = &self.machine.program().network.rules[known.id];
            match (known.class, rule.binders.first()) {
                (Class::Free, _) => {
                    let drawn = draw(rule, &[], &ask);
                    found.free.faults.extend(drawn.faults.into_iter().map(|fault| (known.id, fault)));
                    for args in drawn.enabled {
                        let firing = self.firing(place, vars, &values, args);
                        match firing.target {
                            Some(node) => found.at[node as usize].push((known.id, firing)),
                            None => found.free.firings.push(firing),
                        }
                    }
                }
                (Class::Anchored, Some(first)) => match ask(first.domain, &[]) {
                    Ok(nodes) => found.anchors[place] = nodes.as_list().iter().map(Value::as_node).collect(),
                    Err(fault) => found.free.faults.push((known.id, fault)),
                },
                _ => {}
            }
        }
        found
    }

    pub(super) fn find_free(&self, vars: u32) -> Firings {
        self.of_vars(vars).free.clone()
    }

    pub(super) fn find_anchored(&self, vars: u32, node: u32, state: u32) -> Firings {
        let known = self.of_vars(vars);
        let (values, state) = (self.vars.get(vars), self.state(node, state));
        let mut found = known.at[node as usize].clone();
        let mut faults = Vec::new();
        for (place, anchors) in known.anchors.iter().enumerate() {
            // A list may name a node twice: then there are two choices, equal ones.
            let times = anchors.iter().filter(|anchor| **anchor == node).count();
            if times == 0 {
                continue;
            }
            let (firings, wrong) = self.draw_from(place, vars, &values, Value::Node(node), Some(&state));
            faults.extend(wrong);
            let id = self.rules[place].id;
            for _ in 0..times {
                found.extend(firings.iter().map(|firing| (id, firing.clone())));
            }
        }
        found.sort_by_key(|(rule, _)| *rule);
        Firings { firings: found.into_iter().map(|(_, firing)| firing).collect(), faults }
    }

    pub(super) fn find_driven(&self, vars: u32, packet: u32, head: bool) -> Firings {
        let (values, packet) = (self.vars.get(vars), self.packets.get(packet));
        let mut found = Firings::default();
        for (place, known) in self.rules.iter().enumerate() {
            let Class::Driven { heads } = known.class else { continue };
            if head || !heads {
                let (firings, faults) = self.draw_from(place, vars, &values, Value::clone(&packet), None);
                found.firings.extend(firings);
                found.faults.extend(faults);
            }
        }
        found
    }

    /// The firings of a rule whose first binder is given, and the faults of its domains and guard.
    fn draw_from(
        &self,
        place: usize,
        vars: u32,
        values: &[Value],
        first: Value,
        state: Option<&NodeState>,
    ) -> (Vec<Firing>, Vec<(RuleId, Fault)>) {
        let id = self.rules[place].id;
        let rule = &self.machine.program().network.rules[id];
        let drawn = draw(rule, &[first], &|func, args| self.near(values, state, func, args));
        let firings = drawn.enabled.into_iter().map(|args| self.firing(place, vars, values, args)).collect();
        (firings, drawn.faults.into_iter().map(|fault| (id, fault)).collect())
    }

    /// Runs a domain or guard that reads at most the variables and a node's state.
    fn near(
        &self,
        vars: &[Value],
        state: Option<&NodeState>,
        func: FuncId,
        args: &[Value],
    ) -> Result<Value, Fault> {
        let mut env = NearEnv { tables: &self.machine.tables, vars, state };
        result(self.machine.engine(), func, args, &mut env)
    }

    /// The firing of a rule that reads at most the variables: its body runs if it is new.
    fn firing(&self, place: usize, vars: u32, values: &[Value], args: Vec<Value>) -> Firing {
        let known = &self.rules[place];
        let counters = self.machine.tables.bounds.counters(known.id, &args);
        let counters = counters.map(|(bound, counter)| (bound as u32, counter as u32)).collect();
        let invocation = args.last().filter(|_| known.waits);
        let waits_for = invocation.map_or(0, |invocation| self.machine.tables.operation(invocation));
        let choice = Choice { rule: known.id, args };
        let choice_id = self.choices.id(choice.clone());
        // What does not depend on the variables is the same firing for all of them.
        let key = (known.vars.then_some(vars), choice_id);
        let (id, script) = match self.scripts.get(&key) {
            Some(known) => known,
            None => self.scripts.insert(key, self.script(&choice, vars, values)),
        };
        let target = script.event.as_ref().map(|(node, _)| *node);
        Firing { id, choice: choice_id, target, counters, waits_for }
    }

    /// Runs the body of a firing.
    pub(super) fn script(&self, choice: &Choice, vars: u32, values: &[Value]) -> Script {
        let packet_id = |packet: &Value| self.packets.id(packet.clone());
        let mut env = ScriptEnv {
            packet_id: &packet_id,
            vars: values,
            written: None,
            before: Vec::new(),
            event: None,
            after: Vec::new(),
        };
        let body = self.machine.program().network.rules[choice.rule].body;
        let result = self.machine.engine().call(body, &choice.args, &mut env).map(drop);
        let ScriptEnv { written, before, event, after, .. } = env;
        let written = written.map(|written| self.vars.id(written)).filter(|written| *written != vars);
        Script { before, event, after, vars: written, result }
    }

    pub(super) fn find_update(&self, firing: u32, state: u32) -> Result<Update, Fault> {
        let script = self.scripts.at(firing);
        let mut update = Update { vars: script.vars, packets: script.before.clone(), ..Update::default() };
        if let Some((node, event)) = &script.event {
            self.react(*node, event, state, &mut update)?;
        }
        script.result.clone()?;
        update.packets.extend_from_slice(&script.after);
        Ok(update)
    }

    /// Adds what an event does at its node in a state.
    fn react(&self, node: u32, event: &Event, state: u32, update: &mut Update) -> Result<(), Fault> {
        let reaction = self.machine.react(node, event, &self.state(node, state))?;
        let after = reaction.state.map(|after| self.state_id(node, after));
        update.state = after.filter(|after| *after != state);
        self.note(taken_in(node, event), update);
        for effect in &reaction.effects {
            match outside(node, effect) {
                Some(Outside::Packet(packet)) => update.packets.push(PacketOp::Add(self.packets.id(packet))),
                Some(Outside::Event(output)) => self.note(Some(output), update),
                None => {}
            }
        }
        Ok(())
    }

    /// Adds to what clients see, where it is noted.
    fn note(&self, event: Option<Value>, update: &mut Update) {
        if self.shape.notes_events {
            update.events.extend(event.map(|event| self.events.id(event)));
        }
    }
}
