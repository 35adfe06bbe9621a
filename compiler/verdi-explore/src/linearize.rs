//! Whether a history of concurrent calls is linearizable: whether the calls can be put in an order, each at a moment
//! between its invocation and its return, in which one machine gives every answer that was recorded.
//!
//! The search is Wing and Gong's (Testing and verifying concurrent objects, 1993): of the calls that were invoked before
//! the first return that is still to be passed, one is next. It remembers, as Lowe does (Testing for
//! linearizability, 2017), the sets of calls with the state they led to, and tries none twice. A call without a return is
//! not taken where it changes nothing: it may be of use later.

mod line;

use line::Line;
use rustc_hash::FxHashSet;

/// A call: the moments of its invocation and its return, of which no two are the same in a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// When it was made.
    pub invoked: u64,
    /// When it returned; `None` where it never did: it may have taken effect at any later moment, or never.
    pub returned: Option<u64>,
}

/// A machine, as far as one history asks about it.
pub trait Specification {
    /// The state before any call.
    fn first(&mut self) -> u32;

    /// The state after a call, by its position in the history; `None` where the machine's answer is not the one that
    /// was recorded.
    fn apply(&mut self, state: u32, call: usize) -> Option<u32>;
}

/// When to give up, whatever the history.
pub struct Patience<'a> {
    /// The most sets of calls, with their states, that are remembered.
    pub remembered_max: u64,
    /// The most bytes that they may take.
    pub bytes_max: u64,
    /// Asked now and then: whether to stop.
    pub stop: &'a mut dyn FnMut() -> bool,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Linearized {
    /// An order of calls: all that returned, and of the others those that had to take effect.
    Yes(Vec<usize>),
    /// There is none.
    No(Stuck),
    /// The search was given up.
    GivenUp(GivenUp),
}

/// Why a search was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GivenUp {
    /// Too much to remember.
    Memory,
    /// It was told to stop.
    Stopped,
}

/// Where every order ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// The call whose return no order gets past: of all such, the one that returned last.
    pub blocked: usize,
    /// Of the orders up to there, the first of the longest.
    pub order: Vec<usize>,
    /// The state after that order.
    pub state: u32,
    /// The calls that could have been next, had their answers agreed: by their invocations.
    pub candidates: Vec<usize>,
}

/// A call that was taken.
struct Taken {
    call: usize,
    /// The state before it.
    before: u32,
}

struct Search<'s, S> {
    calls: &'s [Call],
    line: Line,
    spec: &'s mut S,
    state: u32,
    taken: Vec<Taken>,
    /// A bit for each call of the line that was taken.
    set: Vec<u64>,
    seen: FxHashSet<(Box<[u64]>, u32)>,
    stuck: Option<Stuck>,
}

/// Whether the calls of a history at these positions are linearizable, and how many sets of calls were remembered.
pub fn linearize(
    calls: &[Call],
    chosen: &[usize],
    spec: &mut impl Specification,
    patience: &mut Patience<'_>,
) -> (Linearized, u64) {
    let state = spec.first();
    let mut search = Search {
        calls,
        line: Line::new(calls, chosen),
        spec,
        state,
        taken: Vec::new(),
        set: vec![0; chosen.len().div_ceil(64)],
        seen: FxHashSet::default(),
        stuck: None,
    };
    let found = search.run(patience);
    (found, search.seen.len() as u64)
}

impl<S: Specification> Search<'_, S> {
    fn run(&mut self, patience: &mut Patience<'_>) -> Linearized {
        // What a remembered set takes, with what the table takes for it.
        let bytes = (self.set.len() * 8 + 64) as u64;
        let mut at = self.line.first();
        let mut steps: u32 = 0;
        while self.line.to_return() > 0 {
            steps = steps.wrapping_add(1);
            if steps.is_multiple_of(1024) && (patience.stop)() {
                return Linearized::GivenUp(GivenUp::Stopped);
            }
            let remembered = self.seen.len() as u64;
            if remembered >= patience.remembered_max || remembered * bytes >= patience.bytes_max {
                return Linearized::GivenUp(GivenUp::Memory);
            }
            at = match self.line.call_at(at) {
                Some(call) if self.take(call) => self.line.first(),
                Some(_) => self.line.after(at),
                None => {
                    self.note_stuck(self.line.returning_at(at));
                    match self.back() {
                        Some(next) => next,
                        None => break,
                    }
                }
            };
        }
        match self.stuck.take() {
            Some(stuck) if self.line.to_return() > 0 => Linearized::No(stuck),
            _ => Linearized::Yes(self.taken.iter().map(|taken| taken.call).collect()),
        }
    }

    /// Takes a call next, if its answer agrees and that leads to something new.
    fn take(&mut self, call: usize) -> bool {
        let Some(after) = self.spec.apply(self.state, call) else { return false };
        if after == self.state && self.calls[call].returned.is_none() {
            return false;
        }
        self.flip(call);
        if !self.seen.insert((self.set.clone().into(), after)) {
            self.flip(call);
            return false;
        }
        self.line.lift(call);
        self.taken.push(Taken { call, before: self.state });
        self.state = after;
        true
    }

    /// Takes back the last call in whose place another can be tried; the place in the line to go on at.
    fn back(&mut self) -> Option<usize> {
        let Taken { call, before } = self.taken.pop()?;
        self.flip(call);
        self.state = before;
        let place = self.line.put_back(call);
        Some(self.line.after(place))
    }

    fn flip(&mut self, call: usize) {
        let bit = self.line.bit(call);
        self.set[bit / 64] ^= 1 << (bit % 64);
    }

    fn note_stuck(&mut self, blocked: usize) {
        let reach = |stuck: &Stuck| (self.calls[stuck.blocked].returned, stuck.order.len());
        let here = (self.calls[blocked].returned, self.taken.len());
        if self.stuck.as_ref().is_some_and(|stuck| reach(stuck) >= here) {
            return;
        }
        self.stuck = Some(Stuck {
            blocked,
            order: self.taken.iter().map(|taken| taken.call).collect(),
            state: self.state,
            candidates: self.line.candidates(),
        });
    }
}
