//! Whether what a function says of a world can only change one way when packets are added to it.
//!
//! Two runs of the function are followed at once: one on a world, one on the same world with more packets in
//! flight. Of each local it is known how its two values compare. Where the runs may part, each path notes which of the
//! two may be on it alone; where paths meet, the values that the parted runs bring are compared.

use super::facts::each;
use crate::*;
use cranelift_entity::{EntityRef, SecondaryMap};
use std::collections::BTreeSet;

/// How the values in the two runs compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// They are equal.
    None,
    /// A bool that is `true` with more packets is `true` with fewer.
    Down,
    /// A bool that is `true` with fewer packets is `true` with more.
    Up,
    /// A list of packets to which some are added.
    More,
    /// In a loop over packets: what rounds before this one may have left.
    Stale,
    /// Nothing is known.
    Any,
}

impl Change {
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (a, b) if a == b => a,
            (Self::None, change @ (Self::Down | Self::Up))
            | (change @ (Self::Down | Self::Up), Self::None) => change,
            _ => Self::Any,
        }
    }
}

/// What is known of a local.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Known {
    change: Change,
    /// Its value in both runs, where it is a known bool.
    value: Option<bool>,
}

const NONE: Known = Known { change: Change::None, value: None };
const ANY: Known = Known { change: Change::Any, value: None };

/// Which run may be on a path alone.
const FEWER: u8 = 1;
const MORE: u8 = 2;

/// The path has just left a loop over packets: if the other run did too, then perhaps elsewhere.
const LEFT: u8 = 4;

/// Where a path has come to. The last cell is what is returned.
#[derive(Clone, Debug, PartialEq)]
struct State {
    cells: Vec<Known>,
    alone: u8,
}

struct Target {
    /// `None` is the end of the function.
    label: Option<Label>,
    arrivals: Vec<State>,
}

/// A loop over packets.
struct Packets {
    /// How many targets are around it.
    targets: usize,
    written: BTreeSet<usize>,
    /// The target of what leaves it.
    exit: Option<usize>,
}

/// How often statements are looked at before a function is given up.
const STEPS_MAX: u32 = 500_000;

/// How deep blocks and calls may nest.
const NESTING_MAX: u32 = 1000;

/// How often a loop is gone through before it is given up.
const ROUNDS_MAX: usize = 8;

/// Answers for the functions of a program.
pub(super) struct Grows<'a> {
    program: &'a Program,
    known: SecondaryMap<FuncId, Option<Change>>,
    steps: u32,
    nesting: u32,
}

impl<'a> Grows<'a> {
    pub(super) fn new(program: &'a Program) -> Self {
        Self { program, known: SecondaryMap::new(), steps: 0, nesting: 0 }
    }

    /// How the result of a function changes when packets are added, its arguments being equal.
    pub(super) fn result(&mut self, func: FuncId) -> Change {
        if let Some(known) = self.known[func] {
            return known;
        }
        let function = &self.program.functions[func];
        let mut walk = Walk { grows: self, function, targets: Vec::new(), packets: Vec::new() };
        let nesting = walk.grows.nesting;
        let result = walk.function().unwrap_or(Change::Any);
        self.nesting = nesting;
        self.known[func] = Some(result);
        result
    }
}

struct Walk<'g, 'a> {
    grows: &'g mut Grows<'a>,
    function: &'a Function,
    targets: Vec<Target>,
    packets: Vec<Packets>,
}

/// Nothing can be said of the function.
struct Lost;

type Path = Result<Option<State>, Lost>;

impl<'a> Walk<'_, 'a> {
    fn function(&mut self) -> Option<Change> {
        let cells = vec![NONE; self.function.locals.len() + 1];
        self.targets.push(Target { label: None, arrivals: Vec::new() });
        let end = self.block(&self.function.body, State { cells, alone: 0 }).ok()?;
        let written = (0..=self.function.locals.len()).collect();
        let end = self.close(end, &written, Some(0));
        end.and_then(|state| state.cells.last().map(|known| known.change))
    }

    fn known(&self, operand: Operand, state: &State) -> Known {
        match operand {
            Operand::Local(local) => state.cells[local.index()],
            Operand::Const(id) => match self.grows.program.consts[id].value {
                Value::Bool(value) => Known { change: Change::None, value: Some(value) },
                _ => NONE,
            },
        }
    }

    fn block(&mut self, block: &'a Block, start: State) -> Path {
        self.grows.nesting += 1;
        if self.grows.nesting > NESTING_MAX {
            return Err(Lost);
        }
        let mut state = Some(start);
        for stmt in &block.stmts {
            let Some(now) = state else { break };
            self.grows.steps += 1;
            if self.grows.steps > STEPS_MAX {
                return Err(Lost);
            }
            state = self.stmt(&stmt.kind, now)?;
        }
        self.grows.nesting -= 1;
        Ok(state)
    }

    fn stmt(&mut self, stmt: &'a StmtKind, mut state: State) -> Path {
        match stmt {
            StmtKind::Assign(local, value) => {
                state.cells[local.index()] = self.value(value, &state);
                Ok(Some(state))
            }
            StmtKind::If(cond, then, other) => self.branch(*cond, then, other, state),
            StmtKind::Scope(label, body) => {
                let (written, before) = (written(body), together(&mut state, closed(body, Some(*label))));
                self.targets.push(Target { label: Some(*label), arrivals: Vec::new() });
                let end = self.block(body, state)?;
                Ok(self.close(end, &written, before))
            }
            StmtKind::For { label, element, list, body } => match self.known(*list, &state).change {
                Change::None => self.in_turn(*label, *element, body, state),
                Change::More => self.over_packets(*label, *element, body, state),
                _ => Err(Lost),
            },
            StmtKind::Leave(label) => self.leave(Some(*label), state).map(|()| None),
            StmtKind::Return(value) => {
                let known = value.map_or(NONE, |value| self.known(value, &state));
                if let Some(last) = state.cells.last_mut() {
                    *last = known;
                }
                self.leave(None, state).map(|()| None)
            }
            _ => Ok(Some(state)),
        }
    }

    fn branch(&mut self, cond: Operand, then: &'a Block, other: &'a Block, mut state: State) -> Path {
        let (on_true, on_false) = match self.known(cond, &state).change {
            Change::None => (0, 0),
            Change::Down => (FEWER, MORE),
            Change::Up => (MORE, FEWER),
            Change::More | Change::Stale | Change::Any => return Err(Lost),
        };
        let before = together(&mut state, closed(then, None) && closed(other, None));
        let side = |alone: u8, value: bool| {
            let mut side = state.clone();
            side.alone |= alone;
            if let Operand::Local(local) = cond {
                side.cells[local.index()].value = Some(value);
            }
            side
        };
        let (yes, no) = (side(on_true, true), side(on_false, false));
        let all = &written(then) | &written(other);
        self.targets.push(Target { label: None, arrivals: Vec::new() });
        // What ends here is no return: the innermost target has no label that a statement could name.
        let here = self.targets.len() - 1;
        let end = self.block(then, yes)?;
        self.targets[here].arrivals.extend(end);
        let end = self.block(other, no)?;
        Ok(self.close(end, &all, before))
    }

    fn leave(&mut self, label: Option<Label>, mut state: State) -> Result<(), Lost> {
        let to = match label {
            None => 0,
            Some(_) => self.targets.iter().rposition(|target| target.label == label).ok_or(Lost)?,
        };
        for packets in self.packets.iter_mut().filter(|packets| to < packets.targets) {
            if *packets.exit.get_or_insert(to) != to {
                return Err(Lost);
            }
            state.alone |= MORE | LEFT;
            // The two runs may leave at different packets.
            let result = (to == 0).then(|| state.cells.len() - 1);
            for cell in packets.written.iter().copied().chain(result) {
                if state.cells[cell].value.is_none() {
                    state.cells[cell] = ANY;
                }
            }
        }
        self.targets[to].arrivals.push(state);
        Ok(())
    }

    /// Where paths meet at the end of the innermost target; `before` is who was alone before it, where every path
    /// that began there ends here.
    fn close(&mut self, end: Option<State>, written: &BTreeSet<usize>, before: Option<u8>) -> Option<State> {
        let mut arrivals = self.targets.pop().map_or_else(Vec::new, |target| target.arrivals);
        arrivals.extend(end);
        let mut merged = arrivals.first()?.clone();
        for cell in 0..merged.cells.len() {
            let parted = written.contains(&cell) || cell + 1 == merged.cells.len();
            merged.cells[cell] = met(&arrivals, cell, parted);
        }
        let alone = arrivals.iter().fold(0, |alone, state| alone | state.alone);
        merged.alone = before.unwrap_or(alone & !LEFT);
        Some(merged)
    }

    fn in_turn(&mut self, label: Label, element: LocalId, body: &'a Block, mut state: State) -> Path {
        let written = &written(body) | &BTreeSet::from([element.index()]);
        let before = together(&mut state, closed(body, Some(label)));
        let mut head = state;
        for _ in 0..ROUNDS_MAX {
            self.targets.push(Target { label: Some(label), arrivals: Vec::new() });
            let mut start = head.clone();
            start.cells[element.index()] = NONE;
            let Some(end) = self.block(body, start)? else {
                return Ok(self.close(Some(head), &written, before));
            };
            let mut next = head.clone();
            let both = [head.clone(), end];
            for cell in 0..next.cells.len() {
                next.cells[cell] = met(&both, cell, written.contains(&cell));
            }
            next.alone |= both[1].alone;
            if next == head {
                return Ok(self.close(Some(head), &written, before));
            }
            self.targets.pop();
            head = next;
        }
        Err(Lost)
    }

    /// One round stands for any packet's: what others wrote is not known.
    fn over_packets(&mut self, label: Label, element: LocalId, body: &'a Block, mut state: State) -> Path {
        let written = &written(body) | &BTreeSet::from([element.index()]);
        let before = together(&mut state, closed(body, Some(label)));
        self.targets.push(Target { label: Some(label), arrivals: Vec::new() });
        let targets = self.targets.len();
        let mut start = state.clone();
        for cell in &written {
            start.cells[*cell] = Known { change: Change::Stale, value: None };
        }
        start.cells[element.index()] = NONE;
        self.packets.push(Packets { targets, written: written.clone(), exit: None });
        let end = self.block(body, start)?;
        let exits = self.packets.pop().is_some_and(|packets| packets.exit.is_some());
        let mut after = state;
        for cell in &written {
            // Where no round that comes to its end assigns it, it is as it was before the loop.
            let untouched = end.as_ref().is_none_or(|end| end.cells[*cell].change == Change::Stale);
            after.cells[*cell] = if untouched { after.cells[*cell] } else { ANY };
        }
        after.alone |= end.map_or(0, |end| end.alone) | if exits { FEWER } else { 0 };
        Ok(self.close(Some(after), &written, before))
    }

    fn value(&mut self, value: &Rvalue, state: &State) -> Known {
        let operands = value.operands();
        let all: Vec<Known> = operands.iter().map(|operand| self.known(*operand, state)).collect();
        let same = all.iter().all(|known| known.change == Change::None);
        let first = all.first().map_or(Change::None, |known| known.change);
        let change = match value {
            Rvalue::Use(_) => return all[0],
            Rvalue::Packets | Rvalue::DistinctPackets => Change::More,
            Rvalue::Heads => Change::Any,
            Rvalue::Call(func, _) if same => self.grows.result(*func),
            _ if same => Change::None,
            Rvalue::Op(Op::Not, _) if first == Change::Down => Change::Up,
            Rvalue::Op(Op::Not, _) if first == Change::Up => Change::Down,
            Rvalue::Op(Op::ListIsEmpty, _) if first == Change::More => Change::Down,
            Rvalue::Op(Op::ListContains, _) if first == Change::More && all[1].change == Change::None => {
                Change::Up
            }
            _ => Change::Any,
        };
        Known { change, value: None }
    }
}

/// Begins a stretch of the function. Where it is closed, runs that part in it meet at its end, and who was alone
/// before is alone again after it: this is given.
fn together(state: &mut State, closed: bool) -> Option<u8> {
    closed.then(|| std::mem::take(&mut state.alone))
}

/// What is known of a cell where paths meet. `parted`: whether runs that parted may have written it.
fn met(arrivals: &[State], cell: usize, parted: bool) -> Known {
    let of = |state: &State| state.cells[cell];
    let Some(first) = arrivals.first().map(of) else { return ANY };
    let mut change = arrivals.iter().fold(first.change, |change, state| change.or(of(state).change));
    // Runs that parted may both come the same way, at different times.
    let with = |which: u8| arrivals.iter().filter(move |state| parted && state.alone & which != 0);
    for (one, other) in [(FEWER, MORE), (LEFT, LEFT)] {
        for fewer in with(one) {
            for more in with(other) {
                change = change.or(compared(of(fewer).value, of(more).value));
            }
        }
    }
    let same = arrivals.iter().all(|state| of(state).value == first.value);
    Known { change, value: first.value.filter(|_| same) }
}

/// How the values of two runs that parted compare, as far as they are known.
fn compared(fewer: Option<bool>, more: Option<bool>) -> Change {
    match (fewer, more) {
        (Some(a), Some(b)) if a == b => Change::None,
        (_, Some(false)) | (Some(true), _) => Change::Down,
        (_, Some(true)) | (Some(false), _) => Change::Up,
        (None, None) => Change::Any,
    }
}

/// The locals that a block assigns.
fn written(block: &Block) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    each(block, &mut |stmt| found.extend(stmt.assigns().map(|local| local.index())));
    found
}

/// Whether every path that begins in a block ends at its end, or at that of the scope or loop that it is in.
fn closed(block: &Block, own: Option<Label>) -> bool {
    let (mut inside, mut left, mut returns): (BTreeSet<u32>, Vec<u32>, bool) = Default::default();
    inside.extend(own.map(|label| label.0));
    each(block, &mut |stmt| match &stmt.kind {
        StmtKind::Scope(label, _) | StmtKind::For { label, .. } => {
            inside.insert(label.0);
        }
        StmtKind::Leave(label) => left.push(label.0),
        StmtKind::Return(_) => returns = true,
        _ => {}
    });
    !returns && left.iter().all(|label| inside.contains(label))
}
