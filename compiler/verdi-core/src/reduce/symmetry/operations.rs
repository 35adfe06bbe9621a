//! What operations make of values that are known only as far as renaming goes.

use super::shuffled::sum_bits;
use super::value::{ANY_BITS, Class, Distinct, Known, Mix, Pushed, SAFE_BITS, What, then};
use super::walk::{State, Walk};
use crate::reduce::Why;
use crate::*;

/// How many bits the size of a collection needs.
const SIZE_BITS: u8 = usize::BITS as u8 - verdi_runtime::COLLECTION_MAX.leading_zeros() as u8;

impl<'a> Walk<'a> {
    pub(super) fn op(
        &mut self,
        stmt: &'a Stmt,
        op: Op,
        operands: &[Operand],
        ty: TyId,
        state: &State,
    ) -> Result<Known, Why> {
        let span = stmt.span;
        let args = operands.iter().map(|arg| self.peek(span, *arg, state));
        let args: Vec<Known> = args.collect::<Result<_, _>>()?;
        let running = args.iter().position(|arg| matches!(arg.what, What::Running(..)));
        if let Some(at) = running {
            return self.running(stmt, op, &args, at);
        }
        for arg in &args {
            self.settled(span, *arg)?;
        }
        if let Some(known) = self.comparison(op, &args) {
            return Ok(known);
        }
        self.faults(span, op, &args, operands);
        let ours = args.iter().any(|arg| arg.ours) && self.renamed(ty).ours;
        let known = Known { what: What::Same, ours, bits: bits(op, &args) };
        if args.iter().any(|arg| matches!(arg.what, What::Shuffled(_))) {
            return Ok(known.with(self.of_shuffled(span, op, &args)?));
        }
        let listed = |known: Known, distinct| match args[0].ours {
            true => known.with(What::Shuffled(distinct)),
            false => known,
        };
        let keys = |walk: &mut Self| match walk.program.types.get(walk.ty(operands[0])) {
            Ty::Map(key, _) => walk.renaming.holds_nodes(*key),
            _ => true,
        };
        match op {
            Op::NodeIndex if args[0].ours => {
                self.why(span, format!("`.index` tells the nodes of `{}` apart", self.name))
            }
            op if op.info().ordered && args[0].ours => {
                self.why(span, format!("this puts the nodes of `{}` in order", self.name))
            }
            Op::SetToList => Ok(if ours { listed(known, Distinct::Elements) } else { known }),
            Op::MapToList => Ok(if keys(self) { listed(known, Distinct::Keys) } else { known }),
            Op::MapValues => Ok(if keys(self) { listed(known, Distinct::No) } else { known }),
            Op::ListClear => Ok(known.with(What::Nothing)),
            _ => Ok(known),
        }
    }

    /// What a comparison of constants says, such as of a system's parameters: code that they switch off tells no
    /// nodes apart.
    fn comparison(&self, op: Op, args: &[Known]) -> Option<Known> {
        let constant = |at: usize| match args.get(at)?.what {
            What::Fixed(id) => Some(&self.program.consts[id].value),
            _ => None,
        };
        let holds = match (op, constant(0)?, constant(1)) {
            (Op::Not, Value::Bool(b), _) => !b,
            (Op::Eq, a, Some(b)) => a == b,
            (Op::Ne, a, Some(b)) => a != b,
            (Op::Lt, Value::Int(a), Some(Value::Int(b))) => a < b,
            (Op::Le, Value::Int(a), Some(Value::Int(b))) => a <= b,
            (Op::Gt, Value::Int(a), Some(Value::Int(b))) => a > b,
            (Op::Ge, Value::Int(a), Some(Value::Int(b))) => a >= b,
            _ => return None,
        };
        let (id, _) = self.program.consts.iter().find(|(_, known)| known.value == Value::Bool(holds))?;
        Some(Known { what: What::Fixed(id), ours: false, bits: ANY_BITS })
    }

    /// Which way a condition goes, where it always goes the same.
    pub(super) fn decided(&self, cond: Known) -> Option<bool> {
        let What::Fixed(id) = cond.what else { return None };
        match self.program.consts[id].value {
            Value::Bool(holds) => Some(holds),
            _ => None,
        }
    }

    fn ty(&mut self, operand: Operand) -> TyId {
        match operand {
            Operand::Local(local) => self.frame().function.locals[local].ty,
            Operand::Const(id) => self.program.consts[id].ty,
        }
    }

    /// An operation on a list whose order depends on names: it must not see the order, or give such a list again.
    fn of_shuffled(&mut self, span: Span, op: Op, args: &[Known]) -> Result<What, Why> {
        use Op::*;
        let first = args[0].what;
        match (op, first) {
            (ListLen | ListIsEmpty | SetOf | ListMax | ListMin | ListSorted, _) => Ok(What::Same),
            (ListContains, What::Shuffled(_)) if args[1].is_plain() => Ok(What::Same),
            (MapOf, What::Shuffled(Distinct::Keys)) => Ok(What::Same),
            (MapOf, _) => self.why(
                span,
                format!("of equal keys the last wins, in the order of the nodes of `{}`", self.name),
            ),
            (ListReverse, what) => Ok(what),
            (ListConcat, _) => Ok(What::Shuffled(Distinct::No)),
            (ListPush, What::Shuffled(_)) if args[1].is_plain() => Ok(What::Shuffled(Distinct::No)),
            (ListClear, _) => Ok(What::Nothing),
            (
                ListFirst | ListLast | ListGet | ListIndex | ListIndexOf | ListSlice | ListTake | ListDrop,
                _,
            ) => {
                self.why(span, format!("this goes by the position of a node among those of `{}`", self.name))
            }
            _ => self.why(span, format!("this sees a list in the order of the nodes of `{}`", self.name)),
        }
    }

    /// An operation on what the rounds of a loop made so far: it must be a change of which the order does not
    /// matter.
    fn running(&mut self, stmt: &'a Stmt, op: Op, args: &[Known], at: usize) -> Result<Known, Why> {
        use Op::*;
        let span = stmt.span;
        let What::Running(number, cell, before) = args[at].what else { return Ok(Known::UNSET) };
        let other = args.get(1 - at.min(1)).copied();
        let plain = args.iter().enumerate().all(|(i, arg)| i == at || arg.is_plain());
        let key = args.get(1).is_some_and(|key| key.what == What::Drawn(number));
        let own = matches!(before, Class::Untouched) || before == Class::Put(number);
        if matches!(op, MapIndex | MapGet | MapGetOr | MapContains) && at == 0 && plain && key && own {
            if op == MapIndex {
                self.may_fault(span, "a key may be missing here");
            }
            self.loops[number as usize].own_reads.push(cell);
            return Ok(Known::same(true));
        }
        let class = match (op, at) {
            (Add, _) | (Sub, 0) if plain => {
                let step = match other.map(|term| term.what) {
                    Some(What::Fixed(id)) => Some((id, op == Sub)),
                    _ => None,
                };
                Class::Sum(other.map_or(ANY_BITS, |term| term.bits), step)
            }
            (Max, _) if plain => Class::Max,
            (Min, _) if plain => Class::Min,
            (ListPush, 0) if plain => self.pushed(stmt, number, other),
            (ListConcat, 0)
                if other.is_some_and(|other| !matches!(other.what, What::Running(..) | What::Mixed(..))) =>
            {
                Class::Push(Pushed { whole: 0, key: 0, site: 0 })
            }
            (SetInsert, 0) | (SetUnion, _) if plain => Class::Insert,
            (SetRemove | SetDifference | MapRemove, 0) | (SetIntersect, _) if plain => Class::Narrow,
            (MapInsert, 0) if plain && key => Class::Put(number),
            _ => return self.settled(span, args[at]),
        };
        if let Class::Sum(bits, _) = class
            && sum_bits(args[at].bits, bits) > SAFE_BITS
        {
            self.may_fault(span, "this may overflow");
        }
        let what = match then(before, class) {
            Some(class) => What::Running(number, cell, class),
            None => What::Mixed(span, Mix::Rounds),
        };
        Ok(args[at].with(what))
    }

    /// What is put into a list; only what the loop's own function puts there is told apart by the place.
    fn pushed(&mut self, stmt: &'a Stmt, number: u8, element: Option<Known>) -> Class {
        let (whole, key) = element.map_or((0, 0), Known::draws);
        let here = self.loops[number as usize].frame == self.frames.len();
        // The address only tells one statement from another.
        let site = std::ptr::from_ref(stmt).addr();
        Class::Push(if here { Pushed { whole, key, site } } else { Pushed { whole: 0, key: 0, site } })
    }

    /// Notes an operation that may fault for some values. Limits on size and work are left aside.
    fn faults(&mut self, span: Span, op: Op, args: &[Known], operands: &[Operand]) {
        for fault in op.info().faults {
            let text = match fault {
                FaultKind::Overflow if bits(op, args) > SAFE_BITS => "this may overflow",
                FaultKind::DivisionByZero if !self.is_not_zero(operands) => "this may divide by zero",
                FaultKind::IndexOutOfRange => "an index may be out of range here",
                FaultKind::MissingKey => "a key may be missing here",
                FaultKind::Empty => "this may be empty",
                _ => continue,
            };
            self.may_fault(span, text);
        }
    }

    fn is_not_zero(&self, operands: &[Operand]) -> bool {
        matches!(operands.get(1), Some(Operand::Const(id)) if self.program.consts[*id].value != Value::Int(0))
    }
}

/// How many bits an int that an operation gives may need.
fn bits(op: Op, args: &[Known]) -> u8 {
    use Op::*;
    let of = |at: usize| args.get(at).map_or(ANY_BITS, |arg| arg.bits);
    let bits = match op {
        Add | Sub => of(0).max(of(1)).saturating_add(1),
        Mul => of(0).saturating_add(of(1)),
        Div | Neg => of(0),
        Rem => of(1),
        Min | Max | Range | RangeInclusive => of(0).max(of(1)),
        NodeIndex => u32::BITS as u8,
        ListLen | SetLen | MapLen => SIZE_BITS,
        ListIndex | ListReverse | ListSorted | ListTake | ListDrop | ListSlice | ListMax | ListMin => of(0),
        _ => ANY_BITS,
    };
    bits.min(ANY_BITS)
}
