//! Loops over lists whose order depends on names: what they do must not depend on the order of their rounds.

use super::value::{ANY_BITS, Cell, Class, Distinct, FUEL_BITS, Known, Mix, Pushed, SAFE_BITS, What, then};
use super::walk::{Shuffle, State, Walk};
use crate::reduce::Why;
use crate::*;

/// How many such loops may be around each other: their numbers are bits of a word.
const LOOPS_MAX: usize = 60;

impl<'a> Walk<'a> {
    /// Goes through one round that stands for all: what it finds in a cell that rounds write is what other
    /// rounds, in any order, have made of it.
    pub(super) fn shuffled(
        &mut self,
        span: Span,
        label: Label,
        element: LocalId,
        (list, distinct): (Known, Distinct),
        body: &'a Block,
        before: State,
    ) -> Result<Option<State>, Why> {
        let at = self.loops.len();
        if at == LOOPS_MAX {
            return self.why(span, "loops are nested too deep to be looked through");
        }
        let mut written = self.written(body);
        written.insert(self.local(element));
        let mut inside = before.clone();
        for cell in &written {
            let what = What::Running(at as u8, *cell, Class::Untouched);
            inside.cells[cell.0] = Known { what, ours: self.may_hold_ours(*cell), ..before.cells[cell.0] };
        }
        let what = Self::drawn(at, distinct);
        inside.cells[self.local(element).0] = Known { what, ours: list.ours, bits: list.bits };
        self.open(label);
        let frame = self.frames.len();
        let cells = written.clone();
        self.loops.push(Shuffle {
            span,
            written,
            exits: Vec::new(),
            faulty: None,
            own_reads: Vec::new(),
            frame,
        });
        let end = self.block(body, Some(inside), span)?;
        let Some(shuffle) = self.loops.pop() else { return Ok(None) };
        let mut after = before;
        if let Some(end) = end {
            self.own_reads(&shuffle, at, &end)?;
            for cell in cells {
                let known = end.cells[cell.0];
                after.cells[cell.0] = match known.what {
                    What::Running(of, same, class) if (of as usize, same) == (at, cell) => {
                        self.all_rounds(span, (cell, after.cells[cell.0]), known, (at, class))
                    }
                    What::Mixed(..) => known,
                    _ => known.with(What::Mixed(span, Mix::Rounds)),
                };
            }
        }
        self.exits(shuffle)?;
        Ok(self.close(span, Some(after)))
    }

    /// What a round read at its own key must not have been written at another's.
    fn own_reads(&self, shuffle: &Shuffle, at: usize, end: &State) -> Result<(), Why> {
        let fine = |cell: &Cell| {
            let What::Running(of, same, class) = end.cells[cell.0].what else { return false };
            let own = class == Class::Untouched || class == Class::Put(at as u8);
            (of as usize, same) == (at, *cell) && own
        };
        match shuffle.own_reads.iter().all(fine) {
            true => Ok(()),
            false => self.why(
                shuffle.span,
                format!(
                    "a round of this loop sees what others did: the order of the nodes of `{}`",
                    self.name
                ),
            ),
        }
    }

    /// What all rounds of a loop together make of what was there before it.
    fn all_rounds(
        &mut self,
        span: Span,
        (cell, before): (Cell, Known),
        round: Known,
        (at, class): (usize, Class),
    ) -> Known {
        let class = match class {
            Class::Push(Pushed { whole, key, site }) => {
                let of = |draws: u64| if draws >> at & 1 == 1 { draws } else { 0 };
                Class::Push(Pushed { whole: of(whole), key: of(key), site })
            }
            class => class,
        };
        if class == Class::Untouched {
            return before;
        }
        let rounds = What::Mixed(span, Mix::Rounds);
        if let What::Running(outer, of, done) = before.what {
            let what = match (class, then(done, class)) {
                (Class::Put(_), _) | (_, None) => rounds,
                (_, Some(class)) => What::Running(outer, of, class),
            };
            return round.with(what);
        }
        let ours = before.ours || round.ours;
        let (what, bits) = match class {
            Class::Store(id) => {
                return before.or(round.with(What::Fixed(id)), rounds);
            }
            Class::Push(_) if self.is_place(cell) => (What::Mixed(span, Mix::List), ANY_BITS),
            Class::Push(pushed) => (before.pushed(pushed, rounds), ANY_BITS),
            Class::Put(of) if of as usize != at => (rounds, ANY_BITS),
            Class::Sum(bits, step) => self.sum(span, before, bits, step.is_some()),
            _ if before.is_plain() || before.what == What::Unset => (What::Same, ANY_BITS),
            _ => (rounds, ANY_BITS),
        };
        Known { what, ours, bits }
    }

    /// What comes of adding terms of so many bits, in any order.
    fn sum(&mut self, span: Span, before: Known, term: u8, one_way: bool) -> (What, u8) {
        let bits = sum_bits(before.bits, term);
        if one_way || bits <= SAFE_BITS {
            return (What::Same, bits.min(ANY_BITS));
        }
        if !self.lenient {
            return (What::Mixed(span, Mix::Sum), ANY_BITS);
        }
        self.provisos
            .push(Why::new(span, format!("this sum over the nodes of `{}` may overflow", self.name)));
        (What::Same, ANY_BITS)
    }
}

/// How many bits are needed after any number of terms was added to an int.
pub(super) fn sum_bits(before: u8, term: u8) -> u8 {
    before.max(term.saturating_add(FUEL_BITS)).saturating_add(1)
}

impl Known {
    /// A list that elements were pushed to in any order.
    fn pushed(self, pushed: Pushed, rounds: What) -> What {
        match self.what {
            What::Nothing if pushed.key != 0 => What::Shuffled(Distinct::Keys),
            What::Nothing if pushed.whole != 0 => What::Shuffled(Distinct::Elements),
            What::Shuffled(_) => What::Shuffled(Distinct::No),
            _ if self.is_plain() => What::Shuffled(Distinct::No),
            _ => rounds,
        }
    }
}
