//! What partial-order reduction needs to know: which steps do not interfere with each other, and which nobody can see.
//!
//! Steps at different nodes that are taken in one order or the other lead to the same world, and a search may take
//! one order only. The theorem is that of ample sets (Clarke, Grumberg and Peled, "Model Checking", 1999, chapter 10;
//! the persistent sets of Godefroid, 1996, are its second condition): if for every world a search expands it takes
//! either all steps, or a set of them, `ample(w)`, such that
//!
//! * **C0**: the set is not empty;
//! * **C1**: on any run from the world, no step that depends on one in the set happens before one in the set does;
//! * **C2**: every step in the set is *invisible*: it changes the truth of no property;
//! * **C3**: no step is put off for ever: a cycle of the reduced graph has a world of which all steps are taken. In a
//!   breadth-first search it is enough that at least one step of the set leads to a world that was not met
//!   before (Bošnački and Holzmann, "Improving Spin's partial-order reduction for breadth-first search", 2005);
//!
//! then every invariant that is violated in some world that can be reached is violated in one that the search meets,
//! and likewise for what is to be reached, for deadlocks and for faults of steps. Numbers of worlds and the length of
//! the shortest run are not kept.
//!
//! The sets to try are *all steps at one node `n`*, of which there must be one: every firing whose event happens at
//! `n`, and every firing that moves a packet to `n`. A step at a node reads and writes that node's state alone and
//! adds packets, where adding commutes: in a bag, in a set that nothing is taken out of, and in queues, of which each
//! has one sender. So for C1 it is enough that
//!
//! * *nothing that other nodes can still do reaches `n`*: whatever is pending at other nodes, and what comes of it,
//!   sends nothing to `n` ([`Independence::reaches`]). Pending are packets in flight to other nodes, the inputs that
//!   other nodes may be given and the timers that are armed there; where a rule is `guarded`, what it could do at any
//!   node once its guard allows it; and where a rule crashes or reboots nodes, that of any node;
//! * no rule that can still fire at `n` is *entangled* ([`Independence::entangled`]) with a rule that can still fire
//!   elsewhere: through the network's variables, or by a bound that counts all nodes together. A rule that is bounded
//!   and has nothing left fires no more.
//!
//! For C2, [`Handling::invisible`] says it of what a handler does and [`RuleUse::invisible`] of what the rule itself
//! does; both must be. Where [`Independence::obstacles`] names anything, nothing may be left out.
//!
//! A search may know better of single steps: that the states of a node before and after one cannot be told apart is C2 for it, as
//! nothing else changes that node before. And for C3 it is enough that steps which are taken alone use something up.
//!
//! The same holds of all steps at several nodes, where nothing that the nodes besides can still do reaches one of these.

mod follow;
mod handling;
mod reached;
mod rules;

pub use handling::{Cause, Handling, Whom};
pub use rules::{Act, RuleUse};

use super::Why;
use super::facts::{Facts, facts};
use crate::*;
use cranelift_entity::{PrimaryMap, SecondaryMap};
use follow::{Follow, Held};
use handling::constant_kinds;
use std::collections::{BTreeMap, BTreeSet};

/// What the properties of a program can see of a world.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Fields of nodes.
    pub fields: BTreeSet<(KindId, FieldId)>,
    /// The network's variables.
    pub vars: BTreeSet<VarId>,
    /// Whether timers are armed.
    pub timers: bool,
    /// The packets in flight.
    pub packets: bool,
    /// The history.
    pub trace: bool,
    /// Every step: a monitor is told of it.
    pub steps: bool,
}

/// What partial-order reduction needs to know of a program.
#[derive(Clone, Debug)]
pub struct Independence {
    /// What makes any reduction wrong.
    pub obstacles: Vec<Why>,
    /// What the properties can see.
    pub seen: Seen,
    /// What each event does that can happen at a node of a kind: what is not there cannot happen.
    pub handlings: BTreeMap<(KindId, Cause), Handling>,
    /// What each rule does besides.
    pub rules: PrimaryMap<RuleId, RuleUse>,
    /// The kind of each node.
    kinds: Vec<KindId>,
    /// Whether each timer is an `every` timer.
    every: Vec<bool>,
}

/// Something that can happen at a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pending {
    /// The node.
    pub node: u32,
    /// What.
    pub cause: Cause,
    /// Of a message, who sent it.
    pub sender: Option<u32>,
}

impl Independence {
    /// Whether anything that comes of what is pending at other nodes may send a message to a node.
    pub fn reaches(&self, pending: impl IntoIterator<Item = Pending>, target: u32) -> bool {
        let mut todo: Vec<Pending> = pending.into_iter().filter(|pending| pending.node != target).collect();
        let mut known: BTreeSet<Pending> = todo.iter().copied().collect();
        while let Some(pending) = todo.pop() {
            let next = self.follows(pending);
            if next.iter().any(|next| matches!(next.cause, Cause::Message(..)) && next.node == target) {
                return true;
            }
            todo.extend(next.into_iter().filter(|next| known.insert(*next)));
        }
        false
    }

    /// What may become pending when something happens.
    fn follows(&self, pending: Pending) -> Vec<Pending> {
        let kind = self.kinds[pending.node as usize];
        let Some(handling) = self.handlings.get(&(kind, pending.cause)) else { return Vec::new() };
        let mut next = Vec::new();
        for (tag, whom) in &handling.sends {
            let kinds = self.kinds.iter().enumerate().filter(|(_, kind)| whom.kinds.contains(kind));
            let mut nodes: Vec<u32> = kinds.map(|(node, _)| node as u32).collect();
            nodes.extend(whom.itself.then_some(pending.node));
            nodes.extend(pending.sender.filter(|_| whom.sender));
            let cause = Cause::Message(*tag, kind);
            next.extend(nodes.into_iter().map(|node| Pending { node, cause, sender: Some(pending.node) }));
        }
        let here = |cause| Pending { node: pending.node, cause, sender: None };
        next.extend(handling.starts.iter().map(|timer| here(Cause::Timeout(*timer))));
        next.extend((pending.cause == Cause::Crash).then_some(here(Cause::Reboot)));
        next
    }

    /// Whether a firing of one rule at one node may depend on a firing of another (or of the same) at another node.
    pub fn entangled(&self, a: RuleId, b: RuleId) -> bool {
        let (one, other) = (&self.rules[a], &self.rules[b]);
        let meets = |writes: &BTreeSet<VarId>, rule: &RuleUse| {
            writes.iter().any(|var| rule.reads.contains(var) || rule.writes.contains(var))
        };
        meets(&one.writes, other) || meets(&other.writes, one) || (a == b && one.shares_bound)
    }

    /// The kinds of nodes that messages may reach a kind from.
    pub fn senders(&self, kind: KindId) -> BTreeSet<KindId> {
        let causes = self.handlings.keys().filter(|(to, _)| *to == kind);
        causes
            .filter_map(|(_, cause)| match cause {
                Cause::Message(_, from) => Some(*from),
                _ => None,
            })
            .collect()
    }
}

/// Finds what partial-order reduction needs to know of a verified program.
pub fn independence(program: &Program) -> Independence {
    let facts = facts(program);
    let (seen, obstacles) = (seen(program, &facts), obstacles(program, &facts));
    let handlings = Handlings::new(program).find();
    let mut found = Independence {
        obstacles,
        rules: program.network.rules.keys().map(|rule| rules::used(program, &facts, &seen, rule)).collect(),
        handlings: BTreeMap::new(),
        kinds: program.nodes.values().map(|node| node.kind).collect(),
        every: program.timers.iter().map(|timer| timer.every).collect(),
        seen,
    };
    for ((kind, cause), mut handling) in handlings {
        handling.invisible = found.invisible(kind, cause, &handling);
        found.handlings.insert((kind, cause), handling);
    }
    found.obstacles.extend(rules::obstacles(program, &found.rules));
    found
}

impl Independence {
    fn invisible(&self, kind: KindId, cause: Cause, handling: &Handling) -> bool {
        let seen = &self.seen;
        let fields = handling.writes.iter().any(|field| seen.fields.contains(&(kind, *field)));
        let fires = matches!(cause, Cause::Timeout(timer) if !self.every[timer as usize]);
        let timers = fires || handling.stops || !handling.starts.is_empty();
        let history = handling.outputs || matches!(cause, Cause::Input(_));
        let packets = !handling.sends.is_empty() || matches!(cause, Cause::Message(..));
        !(seen.steps || fields || seen.timers && timers || seen.trace && history || seen.packets && packets)
    }
}

fn seen(program: &Program, facts: &SecondaryMap<FuncId, Facts>) -> Seen {
    let mut seen = Seen { trace: !program.watchers.is_empty(), ..Seen::default() };
    for watcher in program.watchers.values() {
        seen.steps |= matches!(&watcher.kind, WatcherKind::Monitor(monitor) if monitor.on_step.is_some());
    }
    let watching = program.watchers.values().flat_map(Watcher::functions);
    let parts = program.properties.values().flat_map(|property| &property.parts);
    for func in parts.map(|part| part.func).chain(watching) {
        let facts = &facts[func];
        seen.fields.extend(facts.fields.keys());
        seen.vars.extend(&facts.vars);
        seen.timers |= facts.timers.is_some();
        seen.packets |= facts.packets.is_some();
        seen.trace |= facts.trace.is_some();
    }
    seen
}

/// What of the question makes any reduction wrong.
fn obstacles(program: &Program, facts: &SecondaryMap<FuncId, Facts>) -> Vec<Why> {
    let mut found = Vec::new();
    let whole = program.properties.values().map(|property| property.span).next().unwrap_or_default();
    if program.packets_max.is_some() {
        found.push(Why::new(whole, "`bound packets` lets what one node sends keep another from its steps"));
    }
    if program.depth_max.is_some() {
        found.push(Why::new(whole, "`bound depth` counts the steps of all nodes together"));
    }
    if let Some(constraint) = program.constraint {
        let span = program.functions[constraint].span;
        found.push(Why::new(span, "the constraint keeps worlds from being expanded"));
    }
    for watcher in program.watchers.values() {
        let text = format!("`{}` is told of the steps of all nodes, which have an order", watcher.name);
        found.push(Why::new(watcher.span, text));
    }
    for property in program.properties.values() {
        let read =
            |fact: fn(&Facts) -> Option<Span>| property.parts.iter().find_map(|part| fact(&facts[part.func]));
        if let Some(span) = read(|facts| facts.trace) {
            found.push(Why::new(
                span,
                format!("`{}` reads the history, in which steps have an order", property.name),
            ));
        }
        if let Some(span) = read(|facts| facts.packets) {
            found.push(Why::new(
                span,
                format!("`{}` reads the packets, which every step changes", property.name),
            ));
        }
    }
    found
}

/// Finds what events can happen and what they do, until nothing new comes of it.
struct Handlings<'a> {
    program: &'a Program,
    held: Held,
    found: BTreeMap<(KindId, Cause), Handling>,
}

impl<'a> Handlings<'a> {
    fn new(program: &'a Program) -> Self {
        Self { program, held: Held::default(), found: BTreeMap::new() }
    }

    fn find(mut self) -> BTreeMap<(KindId, Cause), Handling> {
        let program = self.program;
        for kind in program.kinds.values() {
            self.held.inputs.extend(constant_kinds(program, kind.inputs));
        }
        loop {
            let before = (self.held.clone(), self.found.clone());
            for (id, kind) in &program.kinds {
                for (field, info) in &kind.fields {
                    let held = self.held.clone();
                    let kinds = Follow::new(program, &held, id, Cause::Start).run(info.init);
                    self.held.fields.entry((id, field)).or_default().extend(kinds);
                }
                for cause in self.causes(id, kind) {
                    self.follow(id, kind, cause);
                }
            }
            if self.held == before.0 && self.found == before.1 {
                return self.found;
            }
        }
    }

    /// What can happen at a node of a kind, as far as it is known who sends what to whom.
    fn causes(&self, id: KindId, kind: &Kind) -> Vec<Cause> {
        let mut causes = vec![Cause::Start, Cause::Crash, Cause::Reboot];
        let inputs = self.program.types.as_data(self.program.special.input);
        let inputs = inputs.map_or(0, |(_, data)| data.ctors.len() as u32);
        causes.extend((0..inputs).map(Cause::Input));
        causes.extend(kind.timers.iter().copied().map(Cause::Timeout));
        for ((from, cause), handling) in &self.found {
            for (tag, whom) in &handling.sends {
                if whom.kinds(*from, *cause).contains(&id) {
                    causes.push(Cause::Message(*tag, *from));
                }
            }
        }
        causes
    }

    fn follow(&mut self, id: KindId, kind: &Kind, cause: Cause) {
        let held = self.held.clone();
        let mut follow = Follow::new(self.program, &held, id, cause);
        let func = match cause {
            Cause::Start => kind.on_start,
            Cause::Input(_) => kind.on_input,
            Cause::Message(..) => kind.on_message,
            Cause::Timeout(_) => kind.on_timeout,
            Cause::Crash => None,
            Cause::Reboot => kind.on_reboot,
        };
        if let Some(func) = func {
            follow.run(func);
        }
        let mut handling = follow.found;
        for (field, kinds) in follow.stored {
            self.held.fields.entry((id, field)).or_default().extend(kinds);
        }
        for (tag, kinds) in follow.sent {
            self.held.messages.entry(tag).or_default().extend(kinds);
        }
        match cause {
            Cause::Crash => {
                let volatile = |field: &Field| field.durability == Durability::Volatile;
                handling
                    .writes
                    .extend(kind.fields.iter().filter(|(_, field)| volatile(field)).map(|(id, _)| id));
                handling.stops = true;
            }
            Cause::Start | Cause::Reboot => {
                let every = kind.timers.iter().filter(|timer| self.program.timers[**timer as usize].every);
                handling.starts.extend(every);
            }
            _ => {}
        }
        self.found.insert((id, cause), handling);
    }
}
