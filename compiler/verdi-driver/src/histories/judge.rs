//! Whether a history is linearizable, and a picture of where every order of it ends.

use super::HistoryOptions;
use super::calls::{Answer, Recorded};
use std::time::{Duration, Instant};
use verdi_core::reduce::{Keyed, keyed};
use verdi_core::{FaultKind, FieldId, Program, Value, show};
use verdi_explore::{Call, GivenUp, Linearized, Patience, Specification, Stuck, linearize};
use verdi_interp::Interp;
use verdi_machine::Sequential;

/// A history that was held against a machine.
#[derive(Clone, Debug)]
pub struct Held {
    /// Its file.
    pub file: String,
    /// The machine.
    pub machine: String,
    /// How many operations it has.
    pub calls: usize,
    /// How many of them have no answer.
    pub open: usize,
    /// In how many parts it was searched, one for each key of the machine.
    pub parts: usize,
    /// How many sets of operations were remembered.
    pub remembered: u64,
    /// What was found.
    pub verdict: HistoryVerdict,
}

/// See [`Held`].
#[derive(Clone, Debug)]
pub enum HistoryVerdict {
    /// There is an order in which the machine gives these answers.
    Linearizable,
    /// There is none.
    Not(Box<Picture>),
    /// The search was cut short, for this reason.
    Inconclusive(String),
}

/// Where every order ends.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The operations around it, by the time of their invocation.
    pub lanes: Vec<Lane>,
    /// The operations before those, which every picture would have.
    pub left_out: usize,
    /// The last of the longest order; those before it are not shown.
    pub order: Vec<Placed>,
    /// How long that order is.
    pub order_length: usize,
    /// The state after it.
    pub state: String,
    /// What could be next, and why it cannot.
    pub next: Vec<Next>,
    /// The operation whose return no order gets past.
    pub blocked: String,
    /// The line of its invocation.
    pub line: verdi_diagnostics::Span,
}

/// An operation in time.
#[derive(Clone, Debug)]
pub struct Lane {
    /// Its process.
    pub process: String,
    /// What it asks, and what was answered.
    pub text: String,
    /// When it was invoked: a position among the moments of the picture.
    pub from: usize,
    /// When it returned.
    pub to: Option<usize>,
    /// Its place in the order, from 1 on.
    pub place: Option<usize>,
    /// Whether it is the one that no order gets past.
    pub blocked: bool,
}

/// An operation of an order.
#[derive(Clone, Debug)]
pub struct Placed {
    /// Its place, from 1 on.
    pub place: usize,
    /// Its process.
    pub process: String,
    /// What it asks.
    pub text: String,
    /// The state after it.
    pub state: String,
}

/// An operation that cannot be next.
#[derive(Clone, Debug)]
pub struct Next {
    /// Its process.
    pub process: String,
    /// What it asks.
    pub text: String,
    /// What the history answers.
    pub recorded: String,
    /// What the machine would.
    pub machine: String,
    /// Whether the two agree: it can be next, but leads nowhere.
    pub agrees: bool,
}

/// How much of an order and of a history is shown.
const SHOWN_MAX: usize = 12;

struct Oracle<'a> {
    machine: &'a Sequential<Interp>,
    calls: &'a [Recorded],
    operations: Vec<u32>,
    /// A limit of the tool, not of the machine, kept it from an answer.
    limited: Option<FaultKind>,
}

impl Specification for Oracle<'_> {
    fn first(&mut self) -> u32 {
        self.machine.first()
    }

    fn apply(&mut self, state: u32, call: usize) -> Option<u32> {
        match self.machine.apply(state, self.operations[call]) {
            Ok(applied) => {
                let agrees = self.calls[call].answer.agrees(self.machine.program(), &applied.outputs);
                agrees.then_some(applied.state)
            }
            Err(fault) => {
                if matches!(fault.kind, FaultKind::OutOfFuel | FaultKind::TooLarge) {
                    self.limited.get_or_insert(fault.kind);
                }
                None
            }
        }
    }
}

/// Holds a history against a machine.
pub(super) fn hold(
    file: &str,
    machine: &Sequential<Interp>,
    calls: &[Recorded],
    options: &HistoryOptions,
) -> Held {
    let parts = parts(machine.program(), calls);
    let operations = calls.iter().map(|call| machine.operation(call.caller, call.input.clone())).collect();
    let mut oracle = Oracle { machine, calls, operations, limited: None };
    let (verdict, remembered) = search(&mut oracle, &parts, options);
    Held {
        file: file.to_owned(),
        machine: machine.program().name.to_string(),
        calls: calls.len(),
        open: calls.iter().filter(|call| call.moments.returned.is_none()).count(),
        parts: parts.len(),
        remembered,
        verdict,
    }
}

/// The calls about each key, where the machine is a product over keys; all of them otherwise.
fn parts(program: &Program, calls: &[Recorded]) -> Vec<Vec<usize>> {
    let whole = || vec![(0..calls.len()).collect()];
    let Some(Keyed { fields }) = keyed(program) else { return whole() };
    let mut parts: Vec<(&Value, Vec<usize>)> = Vec::new();
    let mut known = std::collections::BTreeMap::new();
    for (index, call) in calls.iter().enumerate() {
        let Some(field) = fields[call.input.tag() as usize] else { return whole() };
        let key = &call.input.fields()[field as usize];
        let part = *known.entry(key).or_insert(parts.len());
        if part == parts.len() {
            parts.push((key, Vec::new()));
        }
        parts[part].1.push(index);
    }
    if parts.is_empty() { whole() } else { parts.into_iter().map(|(_, part)| part).collect() }
}

/// Searches each part: of those that are not linearizable, the one that is stuck first is shown.
fn search(oracle: &mut Oracle<'_>, parts: &[Vec<usize>], options: &HistoryOptions) -> (HistoryVerdict, u64) {
    let moments: Vec<Call> = oracle.calls.iter().map(|call| call.moments).collect();
    let start = Instant::now();
    let limit = options.seconds.map(Duration::from_secs_f64);
    let mut stop = || limit.is_some_and(|limit| start.elapsed() >= limit);
    let mut remembered = 0;
    let (mut stuck, mut given_up): (Option<(Stuck, &[usize])>, _) = (None, None);
    for part in parts {
        let bytes_max = options.memory.saturating_sub(remembered * 64);
        let mut patience = Patience { remembered_max: u64::MAX, bytes_max, stop: &mut stop };
        let (found, more) = linearize(&moments, part, oracle, &mut patience);
        remembered += more;
        match found {
            Linearized::Yes(_) => {}
            Linearized::No(found) => {
                let earlier = |(known, _): &(Stuck, _)| {
                    moments[known.blocked].returned <= moments[found.blocked].returned
                };
                if !stuck.as_ref().is_some_and(earlier) {
                    stuck = Some((found, part));
                }
            }
            Linearized::GivenUp(why) => given_up = Some(why),
        }
    }
    let verdict = match (stuck, given_up, oracle.limited) {
        (Some((stuck, part)), _, None) => HistoryVerdict::Not(Box::new(picture(oracle, &stuck, part))),
        (_, _, Some(kind)) => HistoryVerdict::Inconclusive(format!("the machine was cut short: {kind}")),
        (None, Some(GivenUp::Memory), _) => {
            HistoryVerdict::Inconclusive("more orders than memory allows; see --memory".into())
        }
        (None, Some(GivenUp::Stopped), _) => HistoryVerdict::Inconclusive("time is up; see --time".into()),
        (None, None, None) => HistoryVerdict::Linearizable,
    };
    (verdict, remembered)
}

impl Oracle<'_> {
    fn program(&self) -> &Program {
        self.machine.program()
    }

    fn asks(&self, call: usize) -> String {
        show(self.program(), self.program().special.input, &self.calls[call].input)
    }

    fn state(&self, id: u32) -> String {
        let (program, state) = (self.program(), self.machine.state(id));
        let fields = program.kind_of(0).fields.iter();
        let fields: Vec<String> = fields
            .map(|(id, field): (FieldId, _)| {
                format!("{} = {}", field.name, show(program, field.ty, state.field(id)))
            })
            .collect();
        fields.join(", ")
    }

    fn machine_answer(&self, state: u32, call: usize) -> String {
        match self.machine.apply(state, self.operations[call]) {
            Ok(applied) if applied.outputs.is_empty() => "nothing".into(),
            Ok(applied) => {
                let output = self.program().special.output;
                let texts: Vec<_> =
                    applied.outputs.iter().map(|value| show(self.program(), output, value)).collect();
                texts.join(", ")
            }
            Err(fault) => format!("a fault: {}", fault.kind),
        }
    }
}

fn picture(oracle: &mut Oracle<'_>, stuck: &Stuck, part: &[usize]) -> Picture {
    let mut order = Vec::new();
    let mut state = oracle.first();
    for (place, &call) in stuck.order.iter().enumerate() {
        state = oracle.apply(state, call).unwrap_or(state);
        let (process, text) = (oracle.calls[call].process.clone(), oracle.asks(call));
        order.push(Placed { place: place + 1, process, text, state: oracle.state(state) });
    }
    let next = stuck.candidates.iter().map(|&call| {
        let recorded = &oracle.calls[call];
        Next {
            process: recorded.process.clone(),
            text: oracle.asks(call),
            recorded: recorded.answer.show(oracle.program()),
            machine: oracle.machine_answer(stuck.state, call),
            agrees: oracle
                .machine
                .apply(stuck.state, oracle.operations[call])
                .is_ok_and(|applied| recorded.answer.agrees(oracle.program(), &applied.outputs)),
        }
    });
    let next = next.collect();
    let (lanes, left_out) = lanes(oracle, stuck, part);
    Picture {
        lanes,
        left_out,
        order_length: order.len(),
        order: order.split_off(order.len().saturating_sub(SHOWN_MAX)),
        state: oracle.state(stuck.state),
        next,
        blocked: oracle.asks(stuck.blocked),
        line: oracle.calls[stuck.blocked].span,
    }
}

/// The last operations that began before the one that is stuck returned.
fn lanes(oracle: &Oracle<'_>, stuck: &Stuck, part: &[usize]) -> (Vec<Lane>, usize) {
    let end = oracle.calls[stuck.blocked].moments.returned;
    let begun = |call: &&usize| end.is_none_or(|end| oracle.calls[**call].moments.invoked < end);
    let mut calls: Vec<usize> = part.iter().filter(begun).copied().collect();
    let must = |call: &usize| stuck.candidates.contains(call);
    let from = calls.len().saturating_sub(SHOWN_MAX);
    let earlier: Vec<usize> = calls.drain(..from).collect();
    let left_out = earlier.iter().filter(|call| !must(call)).count();
    let shown: Vec<usize> = earlier.into_iter().filter(|call| must(call)).chain(calls).collect();
    let mut moments: Vec<u64> = shown
        .iter()
        .flat_map(|&call| [Some(oracle.calls[call].moments.invoked), oracle.calls[call].moments.returned])
        .flatten()
        .filter(|moment| end.is_none_or(|end| *moment <= end))
        .collect();
    moments.sort_unstable();
    let position = |moment: u64| moments.binary_search(&moment).ok();
    let lane = |call: usize| {
        let Recorded { process, answer, moments, .. } = &oracle.calls[call];
        let open = if *answer == Answer::Any { "?".into() } else { answer.show(oracle.program()) };
        Lane {
            process: process.clone(),
            text: format!("{} -> {open}", oracle.asks(call)),
            from: position(moments.invoked).unwrap_or(0),
            to: moments.returned.and_then(position),
            place: stuck.order.iter().position(|known| *known == call).map(|place| place + 1),
            blocked: call == stuck.blocked,
        }
    };
    (shown.into_iter().map(lane).collect(), left_out)
}
