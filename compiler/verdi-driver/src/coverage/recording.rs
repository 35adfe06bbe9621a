use super::reads::Reads;
use super::sites::{base, bases};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use verdi_core::{FuncId, Program, Value};
use verdi_interp::{Follow, Interp};
use verdi_machine::{Engine, Env, Fault};

/// So many distinct calls are told apart; of any beyond, each counts.
const CALLS_MAX: usize = 1 << 24;

/// The interpreter, counting what it runs.
#[derive(Debug)]
pub struct Recording {
    interp: Interp,
    bases: Vec<u32>,
    /// The functions that take inputs, and those that take messages.
    takers: BTreeSet<FuncId>,
    /// Whether calls that do the same count once.
    distinct: bool,
    /// The most statements that are noted, but for those of the last call.
    statements_max: u64,
    tally: Mutex<Tally>,
}

#[derive(Debug, Default)]
struct Tally {
    /// What the calls depended on, where it is asked which are the same.
    known: Option<HashSet<u128>>,
    /// The statements of all calls.
    statements: u64,
    /// Room that was used before.
    spare: Vec<Noted>,
    counts: Counts,
}

/// What ran in all distinct calls.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// How often each statement ran, function by function.
    pub(super) ran: Vec<u64>,
    /// How often a branch's condition held, and how many elements a loop took.
    pub(super) entered: Vec<u64>,
    /// How often each event was.
    pub(super) happened: BTreeMap<Happening, u64>,
    /// How often each function was called from outside.
    pub(super) called: Vec<u64>,
    /// How often its answer was something: `true`, a list with elements, a handler.
    pub(super) answered: Vec<u64>,
}

/// Something that is counted by what it carries: messages, inputs, outputs and timers by their position in the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Happening {
    /// A message was sent.
    Sent(u32),
    /// A message reached its destination.
    Delivered(u32),
    /// A handler took a message or an input.
    Taken(FuncId, u32),
    /// An input reached a node.
    Given(u32),
    /// An output was given to a caller.
    Output(u32),
    /// A timer fired.
    Timeout(u32),
    /// A node crashed.
    Crash,
    /// A node came back.
    Reboot,
}

impl Recording {
    /// Counts what a program does in calls that differ.
    pub fn new(program: impl Into<Arc<Program>>) -> Self {
        Self::with(program.into(), Some(HashSet::new()), u64::MAX)
    }

    /// Counts what a program does in all calls. Once it has run so many statements, it only runs.
    pub fn brief(program: impl Into<Arc<Program>>, statements_max: u64) -> Self {
        Self::with(program.into(), None, statements_max)
    }

    fn with(program: Arc<Program>, known: Option<HashSet<u128>>, statements_max: u64) -> Self {
        let interp = Interp::new(program);
        let program = interp.program();
        let (bases, sites) = bases(program);
        let takers =
            program.kinds.values().flat_map(|kind| [kind.on_input, kind.on_message]).flatten().collect();
        let functions = program.functions.len();
        let counts = Counts {
            ran: vec![0; sites],
            entered: vec![0; sites],
            happened: BTreeMap::new(),
            called: vec![0; functions],
            answered: vec![0; functions],
        };
        let distinct = known.is_some();
        let tally = Mutex::new(Tally { known, statements: 0, spare: Vec::new(), counts });
        Self { bases, takers, distinct, statements_max, tally, interp }
    }

    /// How many statements it may still note; `None` once there were more than that.
    pub fn statements_left(&self) -> Option<u64> {
        self.statements_max.checked_sub(self.tally().statements)
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was counted until now.
    pub fn counts(&self) -> Counts {
        self.tally().counts.clone()
    }

    /// Room to note the statements of a call; `None` where no more are noted.
    fn begin(&self) -> Option<Steps<'_>> {
        let mut tally = self.tally();
        let may = tally.statements <= self.statements_max;
        may.then(|| Steps { bases: &self.bases, noted: tally.spare.pop().unwrap_or_default() })
    }
}

impl Engine for Recording {
    fn program(&self) -> &Program {
        self.interp.program()
    }

    fn call(&self, func: FuncId, args: &[Value], env: &mut dyn Env) -> Result<Option<Value>, Fault> {
        let Some(mut steps) = self.begin() else { return self.interp.call(func, args, env) };
        let mut reads = Reads::new(self.distinct, func, args, env);
        let result = self.interp.call_followed(func, args, &mut reads, &mut steps);
        let answered = matches!(&result, Ok(Some(value)) if is_something(value));
        let (key, mut happened) = reads.finish();
        // A handler that faults has taken what it was given.
        if self.takers.contains(&func) && (answered || result.is_err()) {
            happened.push(Happening::Taken(func, args[1].tag()));
        }
        let mut tally = self.tally();
        tally.statements += steps.noted.ran.len() as u64;
        if tally.is_new(key) {
            tally.counts.add(func, &steps.noted, &happened, answered);
        }
        steps.noted.ran.clear();
        steps.noted.entered.clear();
        tally.spare.push(steps.noted);
        result
    }

    fn another(&self, program: &Arc<Program>) -> Box<dyn Engine + Send + Sync> {
        self.interp.another(program)
    }
}

impl Tally {
    /// Whether a call is unlike all before.
    fn is_new(&mut self, key: u128) -> bool {
        match &mut self.known {
            None => true,
            Some(known) if known.len() >= CALLS_MAX => !known.contains(&key),
            Some(known) => known.insert(key),
        }
    }
}

/// Whether an answer lets something happen: of a guard, a domain or a dispatch function.
fn is_something(value: &Value) -> bool {
    match value {
        Value::Bool(holds) => *holds,
        Value::List(items) => !items.is_empty(),
        Value::Int(position) => *position >= 0,
        _ => true,
    }
}

impl Counts {
    fn add(&mut self, func: FuncId, steps: &Noted, happened: &[Happening], answered: bool) {
        for site in &steps.ran {
            self.ran[*site as usize] += 1;
        }
        for site in &steps.entered {
            self.entered[*site as usize] += 1;
        }
        for happening in happened {
            *self.happened.entry(*happening).or_default() += 1;
        }
        self.called[func.as_u32() as usize] += 1;
        self.answered[func.as_u32() as usize] += u64::from(answered);
    }
}

/// The statements of one call, in order.
#[derive(Debug, Default)]
struct Noted {
    ran: Vec<u32>,
    entered: Vec<u32>,
}

/// Notes the statements of a call.
struct Steps<'a> {
    bases: &'a [u32],
    noted: Noted,
}

impl Follow for Steps<'_> {
    fn ran(&mut self, func: FuncId, stmt: u32) {
        self.noted.ran.push(base(self.bases, func) + stmt);
    }

    fn entered(&mut self, func: FuncId, stmt: u32) {
        self.noted.entered.push(base(self.bases, func) + stmt);
    }
}
