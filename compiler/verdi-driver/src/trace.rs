//! A run as people are shown it: every name and value is text already, every packet has an identity of its
//! own, so that a renderer needs to know neither the program nor the machine.

mod build;
mod diff;
mod flight;
mod inner;
mod layer;
mod look;
mod recorded;
mod statements;

pub use build::{Builder, choice_args, choice_from, fault_text, trace_of};
pub use layer::Layer;
pub(crate) use statements::any as any_statement;

use serde_json::Value as Json;
use std::borrow::Cow;

/// A run, from the first world on.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// The names of the nodes, in order: the lanes of a chart.
    pub nodes: Vec<String>,
    /// What happened; the first step is the start.
    pub steps: Vec<Step>,
    /// The packets in flight in the last world.
    pub in_flight: Vec<Packet>,
    /// What is to be said of the last world.
    pub ending: Ending,
    /// Of a run without end: the step whose world it comes back to after the last; the last one itself where nothing
    /// happens any more.
    pub back: Option<usize>,
    /// Names of the parts of a world, for [`Trace::states`].
    pub vars: Vec<String>,
    /// Each world, its parts encoded as the Informal Trace Format has it. One for each step that led to a
    /// world.
    pub states: Vec<Json>,
    /// The run as people are to see it, where that is one layer of it alone.
    pub view: Option<Box<Trace>>,
}

/// What is to be said of the last world.
#[derive(Clone, Debug, Default)]
pub struct Ending {
    /// One line, such as `mutual_exclusion fails`.
    pub headline: String,
    /// What it depends on: what the quantifiers drew, and the values that were read.
    pub details: Vec<String>,
}

/// One firing of a rule.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its number in the run. What is shown of one layer alone leaves numbers out, and may have several steps of one number.
    pub number: usize,
    /// The rule's name; `start` for the first step.
    pub rule: String,
    /// Names of the rule's binders, and what each drew.
    pub args: Vec<(String, String)>,
    /// What the binders drew, so that it can be replayed.
    pub choice: Vec<Json>,
    /// What happened at a node, if something did.
    pub event: Event,
    /// The handlers that ran, and where.
    pub handlers: Vec<(usize, String)>,
    /// Whether a node was given an event that no handler of its takes.
    pub ignored: bool,
    /// Of the innermost system alone: whether it was given a packet that it had not sent, or not so often.
    pub unsent: bool,
    /// What was sent, given out, started, lost: in order.
    pub acts: Vec<Act>,
    /// What is different after it.
    pub changes: Vec<Change>,
    /// Why there is no world after it.
    pub fault: Option<String>,
}

/// What a rule made happen at a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The handlers `on start` ran.
    Start,
    /// A caller sent an input.
    Input {
        /// The node.
        at: usize,
        /// The caller, where there is more than one.
        caller: Option<u32>,
        /// The input.
        body: String,
    },
    /// A packet arrived.
    Deliver(Packet),
    /// A timer fired.
    Timeout {
        /// The node.
        at: usize,
        /// The timer.
        timer: String,
    },
    /// A node lost its volatile state.
    Crash {
        /// The node.
        at: usize,
    },
    /// A node came back.
    Reboot {
        /// The node.
        at: usize,
    },
    /// Nothing happened at a node.
    Quiet,
    /// Of one layer alone: steps in which nothing of it happened.
    Folded {
        /// How many.
        steps: usize,
        /// The layers that took them.
        of: String,
    },
}

/// A copy of a packet, from the step that put it in flight to the step that took it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Unique in its trace.
    pub id: usize,
    /// Its source.
    pub src: usize,
    /// Its destination.
    pub dst: usize,
    /// The message.
    pub body: String,
    /// The number of the step that put it in flight.
    pub sent_in: usize,
}

/// Something that a step did besides changing state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// A node sent a message.
    Send(Packet),
    /// The network put a packet in flight that no node sent: a duplicate.
    Add(Packet),
    /// The network took a packet out of flight that is not delivered: a drop.
    Lose(Packet),
    /// A node gave an output to a caller.
    Output {
        /// The node.
        at: usize,
        /// The caller, where there is more than one.
        caller: Option<u32>,
        /// The output.
        body: String,
    },
    /// A node armed a timer.
    StartTimer(usize, String),
    /// A node disarmed a timer.
    StopTimer(usize, String),
}

/// A part of the world that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The node; `None` for a variable of the network.
    pub node: Option<usize>,
    /// The way to it, such as `queue` or `next[Server]`.
    pub path: String,
    /// Before the step.
    pub before: String,
    /// After it.
    pub after: String,
}

impl Trace {
    /// The name of a node.
    pub fn node(&self, at: usize) -> &str {
        self.nodes.get(at).map_or("?", String::as_str)
    }

    /// The number of steps after the start.
    pub fn len(&self) -> usize {
        self.steps.last().map_or(0, |step| step.number)
    }

    /// Whether nothing happened after the start.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The run as people are to see it.
    pub fn seen(&self) -> Cow<'_, Self> {
        match &self.view {
            None => Cow::Borrowed(self),
            Some(view) => {
                Cow::Owned(Self { ending: self.ending.clone(), back: self.back, ..Self::clone(view) })
            }
        }
    }

    /// Whether the step at a position is the first to show its number.
    pub fn is_numbered(&self, at: usize) -> bool {
        let step = &self.steps[at];
        let before = at.checked_sub(1).map(|at| self.steps[at].number);
        !matches!(step.event, Event::Folded { .. }) && before != Some(step.number)
    }

    /// Of a run without end: the position of the first step that is taken again and again.
    pub fn again_from(&self) -> Option<usize> {
        let back = self.back?;
        self.steps.iter().position(|step| step.number > back)
    }

    /// How a run without end goes on.
    pub fn going_on(&self) -> Option<String> {
        let back = self.back?;
        Some(match self.len().saturating_sub(back) {
            0 => "from here on nothing more happens".to_owned(),
            1 => format!("and from here on again and again step {}", self.len()),
            _ => format!("and from here on again from step {}", back + 1),
        })
    }

    /// What happened, in a line: `deliver Lock  Client[0] → Server`.
    pub fn headline(&self, step: &Step) -> String {
        let rule = &step.rule;
        match &step.event {
            Event::Start => rule.clone(),
            Event::Input { at, caller, body } => {
                let from = caller.map_or(String::new(), |caller| format!(" from caller {caller}"));
                format!("{rule} {body} at {}{from}", self.node(*at))
            }
            Event::Deliver(packet) => format!("{rule} {}", self.packet(packet)),
            Event::Timeout { at, timer } => format!("{rule} {timer} at {}", self.node(*at)),
            Event::Crash { at } | Event::Reboot { at } => format!("{rule} {}", self.node(*at)),
            Event::Quiet => self.quiet_headline(step),
            Event::Folded { steps: 1, of } => format!("(1 step of {of})"),
            Event::Folded { steps, of } => format!("({steps} steps of {of})"),
        }
    }

    fn quiet_headline(&self, step: &Step) -> String {
        if let [Act::Lose(packet) | Act::Add(packet)] = step.acts.as_slice() {
            return format!("{} {}", step.rule, self.packet(packet));
        }
        let args: Vec<&str> = step.args.iter().map(|(_, shown)| shown.as_str()).collect();
        if args.is_empty() { step.rule.clone() } else { format!("{}({})", step.rule, args.join(", ")) }
    }

    /// A packet: `Lock  Client[0] → Server`.
    pub fn packet(&self, packet: &Packet) -> String {
        format!("{}  {} → {}", packet.body, self.node(packet.src), self.node(packet.dst))
    }

    /// What a step did, one sentence each: changes of state first.
    pub fn effects(&self, step: &Step) -> Vec<String> {
        let mut out: Vec<String> = step.changes.iter().map(|change| self.change(change)).collect();
        // What the headline says already is not said again.
        let named = matches!(step.event, Event::Quiet) && step.acts.len() == 1;
        for act in &step.acts {
            match act {
                Act::Send(p) => {
                    out.push(format!("{} sends {} to {}", self.node(p.src), p.body, self.node(p.dst)))
                }
                Act::Add(_) if named => out.push("now in flight once more".to_owned()),
                Act::Lose(_) if named => out.push("lost".to_owned()),
                Act::Add(packet) => out.push(format!("in flight once more: {}", self.packet(packet))),
                Act::Lose(packet) => out.push(format!("lost: {}", self.packet(packet))),
                Act::Output { at, caller, body } => {
                    let to = caller.map_or(String::new(), |caller| format!(" to caller {caller}"));
                    out.push(format!("{} outputs {body}{to}", self.node(*at)));
                }
                Act::StartTimer(at, timer) => out.push(format!("{} starts {timer}", self.node(*at))),
                Act::StopTimer(at, timer) => out.push(format!("{} stops {timer}", self.node(*at))),
            }
        }
        if step.ignored {
            out.push("no handler takes it".to_owned());
        }
        if step.unsent {
            out.push("nothing like it was in flight".to_owned());
        }
        if let Some(fault) = &step.fault {
            out.push(format!("fault: {fault}"));
        }
        out
    }

    /// A change: `Server.queue: [] → [Client[0]]`.
    pub fn change(&self, change: &Change) -> String {
        let owner = change.node.map_or(String::new(), |node| format!("{}.", self.node(node)));
        format!("{owner}{}: {} → {}", change.path, change.before, change.after)
    }
}
