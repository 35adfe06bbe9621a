//! Follows the paths of a function.

use super::value::{ANY_BITS, Known, Mix, What};
use super::walk::{Exit, Frame, Shuffle, State, Target, To, Walk};
use super::writes::DONE;
use crate::reduce::Why;
use crate::*;

/// How many statements are looked at for one kind before it is given up.
const STEPS_MAX: u64 = 4_000_000;

/// How deep blocks and calls may nest.
const NESTING: usize = 1000;

/// How often a loop in a fixed order is gone through before it is given up.
const ROUNDS_MAX: usize = 12;

impl<'a> Walk<'a> {
    pub(super) fn call(
        &mut self,
        span: Span,
        func: FuncId,
        args: Vec<Known>,
        state: &mut State,
    ) -> Result<Option<Known>, Why> {
        let function = &self.program.functions[func];
        let outside = self.places + DONE;
        let mut inside = State { cells: state.cells[..outside].to_vec() };
        inside.cells.extend(args);
        inside.cells.resize(outside + function.locals.len(), Known::UNSET);
        let loops = self.loops.len();
        self.frames.push(Frame { function, loops, targets: Vec::new(), returned: None, value: None });
        let end = self.block(&function.body, Some(inside), span)?;
        if let Some(end) = end {
            self.emit(span, To::Return, end, None);
        }
        let frame = self.frames.pop();
        if let Some(Frame { returned: Some(after), value, .. }) = frame {
            state.cells[..outside].copy_from_slice(&after.cells[..outside]);
            return Ok(value);
        }
        Ok(None)
    }

    /// A path goes on elsewhere; past a shuffled loop it waits until all that the loop does is known.
    fn emit(&mut self, span: Span, to: To, state: State, value: Option<Known>) {
        let mixed = What::Mixed(span, Mix::Rounds);
        let loops = self.loops.len();
        let last = self.frames.len() - 1;
        let frame = &mut self.frames[last];
        let place = match to {
            To::Label(label) => {
                let Some(target) = frame.targets.iter_mut().rev().find(|target| target.label == label) else {
                    return;
                };
                (target.loops == loops).then_some(&mut target.state)
            }
            To::Return => (frame.loops == loops).then_some(&mut frame.returned),
        };
        let Some(place) = place else {
            return self.loops[loops - 1].exits.push(Exit { to, state, value });
        };
        *place = join(place.take(), Some(state), mixed);
        if let (To::Return, Some(value)) = (to, value) {
            frame.value = Some(frame.value.map_or(value, |known| known.or(value, mixed)));
        }
    }

    pub(super) fn block(
        &mut self,
        block: &'a Block,
        start: Option<State>,
        span: Span,
    ) -> Result<Option<State>, Why> {
        self.nesting += 1;
        if self.nesting > NESTING {
            return self.why(span, "this is nested too deep to be looked through");
        }
        let mut state = start;
        for stmt in &block.stmts {
            let Some(now) = state else { break };
            state = self.stmt(stmt, now)?;
        }
        self.nesting -= 1;
        Ok(state)
    }

    fn stmt(&mut self, stmt: &'a Stmt, mut state: State) -> Result<Option<State>, Why> {
        let span = stmt.span;
        self.steps += 1;
        if self.steps > STEPS_MAX {
            return self.why(span, "this is too large to be looked through");
        }
        match &stmt.kind {
            StmtKind::If(cond, then, other) => {
                let known = self.plain(span, *cond, &state)?;
                if let Some(holds) = self.decided(known) {
                    return self.block(if holds { then } else { other }, Some(state), span);
                }
                let then = self.block(then, Some(state.clone()), span)?;
                let other = self.block(other, Some(state), span)?;
                let mixed = What::Mixed(span, Mix::Rounds);
                return Ok(join(then, other, mixed));
            }
            StmtKind::Scope(label, body) => {
                self.open(*label);
                let end = self.block(body, Some(state), span)?;
                return Ok(self.close(span, end));
            }
            StmtKind::For { label, element, list, body } => {
                let list = self.peek(span, *list, &state)?;
                let list = self.settled(span, list)?;
                return match list.what {
                    What::Shuffled(distinct) => {
                        self.shuffled(span, *label, *element, (list, distinct), body, state)
                    }
                    _ => self.in_order(span, *label, *element, list, body, state),
                };
            }
            StmtKind::Leave(label) => {
                self.emit(span, To::Label(*label), state, None);
                return Ok(None);
            }
            StmtKind::Return(value) => {
                let value = value.map(|value| self.peek(span, value, &state)).transpose()?;
                self.emit(span, To::Return, state, value);
                return Ok(None);
            }
            StmtKind::Assign(local, value) => {
                let ty = self.frame().function.locals[*local].ty;
                let known = self.value(stmt, value, ty, &mut state)?;
                state.cells[self.local(*local).0] = known;
            }
            StmtKind::Call(func, args) => {
                let args = args.iter().map(|arg| self.peek(span, *arg, &state));
                let args = args.collect::<Result<_, _>>()?;
                self.call(span, *func, args, &mut state)?;
            }
            StmtKind::Assert(cond, _) => {
                self.plain(span, *cond, &state)?;
                self.may_fault(span, "this `assert` may fail");
            }
            effect => self.effect(span, effect, &mut state)?,
        }
        Ok(Some(state))
    }

    pub(super) fn open(&mut self, label: Label) {
        let loops = self.loops.len();
        self.frame().targets.push(Target { label, loops, state: None });
    }

    /// Where the innermost scope or loop ends: what came to its end, and what left it.
    pub(super) fn close(&mut self, span: Span, end: Option<State>) -> Option<State> {
        let left = self.frame().targets.pop().and_then(|target| target.state);
        let mixed = What::Mixed(span, Mix::Rounds);
        join(end, left, mixed)
    }

    /// A loop over a list whose order is renamed with the world.
    fn in_order(
        &mut self,
        span: Span,
        label: Label,
        element: LocalId,
        list: Known,
        body: &'a Block,
        state: State,
    ) -> Result<Option<State>, Why> {
        let mut head = state;
        for _ in 0..ROUNDS_MAX {
            self.open(label);
            let mut start = head.clone();
            let ty = self.frame().function.locals[element].ty;
            let drawn = Known { what: What::Same, ours: list.ours && self.renamed(ty).ours, bits: list.bits };
            start.cells[self.local(element).0] = drawn;
            let end = self.block(body, Some(start), span)?;
            let mixed = What::Mixed(span, Mix::Rounds);
            let mut next = join(Some(head.clone()), end, mixed).unwrap_or_else(|| head.clone());
            if next == head {
                return Ok(self.close(span, Some(head)));
            }
            self.close(span, None);
            for (next, before) in next.cells.iter_mut().zip(&head.cells) {
                // What grows once may go on growing.
                next.bits = if next.bits == before.bits { next.bits } else { ANY_BITS };
            }
            head = next;
        }
        self.why(span, "what this loop does is too intricate to be looked through")
    }

    /// Every way out of a shuffled loop, together: which round takes it depends on the order.
    pub(super) fn exits(&mut self, mut shuffle: Shuffle) -> Result<(), Why> {
        let span = shuffle.span;
        let Some(first) = shuffle.exits.pop() else { return Ok(()) };
        if shuffle.exits.iter().any(|exit| exit.to != first.to) {
            return self.why(
                span,
                format!(
                    "this loop ends in several ways: which, depends on the order of the nodes of `{}`",
                    self.name
                ),
            );
        }
        if let Some(why) = shuffle.faulty {
            let text = format!("{}, in a loop over the nodes of `{}` that stops early", why.text, self.name);
            let why = Why::new(why.span, text);
            match self.lenient {
                true => self.provisos.push(why),
                false => return Err(why),
            }
        }
        let mixed = What::Mixed(span, Mix::Rounds);
        let same = |known: Known, others: Vec<Known>| {
            let fixed = matches!(known.what, What::Fixed(_));
            let all = fixed && others.iter().all(|other| other.what == known.what);
            if all { known } else { known.with(mixed) }
        };
        let mut state = first.state;
        for cell in shuffle.written {
            let others = shuffle.exits.iter().map(|exit| exit.state.cells[cell.0]).collect();
            state.cells[cell.0] = same(state.cells[cell.0], others);
        }
        let values = shuffle.exits.iter().filter_map(|exit| exit.value).collect();
        let value = first.value.map(|value| same(value, values));
        self.emit(span, first.to, state, value);
        Ok(())
    }
}

/// What is known where two paths meet; a path that does not get there has no say.
pub(super) fn join(a: Option<State>, b: Option<State>, mixed: What) -> Option<State> {
    match (a, b) {
        (Some(mut a), Some(b)) => {
            for (a, b) in a.cells.iter_mut().zip(&b.cells) {
                *a = a.or(*b, mixed);
            }
            Some(a)
        }
        (a, b) => a.or(b),
    }
}
