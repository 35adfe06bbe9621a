//! Operations: the common ones as instructions, the others by helpers.

use super::{Address, Emit, Words};
use crate::layout::Kind;
use crate::object;
use crate::ops::Task;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder};
use verdi_core::{LocalId, Op, Operand};
use verdi_runtime::FUEL_CHUNK;

/// The operations that are instructions for operands of every type.
pub(crate) const ALWAYS_NATIVE: &[Op] = &[
    Op::Add,
    Op::Sub,
    Op::Mul,
    Op::Div,
    Op::Rem,
    Op::Neg,
    Op::Not,
    Op::NodeIndex,
    Op::StrIsEmpty,
    Op::ListLen,
    Op::ListIsEmpty,
    Op::ListIndex,
    Op::ListClear,
    Op::SetLen,
    Op::SetIsEmpty,
    Op::SetClear,
    Op::SetToList,
    Op::MapLen,
    Op::MapIsEmpty,
    Op::MapClear,
];

/// The operations that are instructions for most: comparisons of scalars, and options that are not boxed.
pub(crate) const MOSTLY_NATIVE: &[Op] = &[
    Op::Eq,
    Op::Ne,
    Op::Lt,
    Op::Le,
    Op::Gt,
    Op::Ge,
    Op::Min,
    Op::Max,
    Op::ListFirst,
    Op::ListLast,
    Op::ListGet,
    Op::OptionOr,
];

impl Emit<'_, '_> {
    pub(super) fn op(&mut self, dest: LocalId, op: Op, args: &[Operand]) -> Words {
        match op {
            Op::Add | Op::Sub | Op::Mul | Op::Div | Op::Rem | Op::Neg => vec![self.arithmetic(op, args)],
            Op::Not => {
                let (word, one) = (self.read_word(args[0]), self.int(1));
                vec![self.b.ins().bxor(word, one)]
            }
            Op::NodeIndex => {
                let table = Address::NodeIndex(self.shared.node_index.as_ptr() as usize);
                vec![self.look_up(table, args[0])]
            }
            Op::Eq | Op::Ne => vec![self.equality(op, args[0], args[1])],
            Op::Lt | Op::Le | Op::Gt | Op::Ge if self.is_scalar(args[0]) => {
                let (a, b) = (self.read_word(args[0]), self.read_word(args[1]));
                vec![self.icmp(condition(op), a, b)]
            }
            Op::Min | Op::Max if self.is_scalar(args[0]) => {
                let (a, b) = (self.read_word(args[0]), self.read_word(args[1]));
                let first = if op == Op::Min { IntCC::SignedLessThan } else { IntCC::SignedGreaterThan };
                let first = self.b.ins().icmp(first, a, b);
                vec![self.b.ins().select(first, a, b)]
            }
            Op::ListLen | Op::SetLen | Op::MapLen => {
                let collection = self.read_word(args[0]);
                vec![self.len(collection)]
            }
            Op::ListIsEmpty | Op::SetIsEmpty | Op::MapIsEmpty | Op::StrIsEmpty => {
                let collection = self.read_word(args[0]);
                let (len, zero) = (self.len(collection), self.int(0));
                vec![self.icmp(IntCC::Equal, len, zero)]
            }
            Op::ListClear | Op::SetClear | Op::MapClear => {
                vec![self.address(Address::Object(self.shared.heap.empty().word()))]
            }
            Op::SetToList => self.read_shared(args[0]),
            Op::ListIndex => self.index(args),
            Op::ListFirst | Op::ListLast | Op::ListGet if self.is_flat_result(dest) => {
                self.element_if_any(op, args)
            }
            Op::OptionOr if !self.is_boxed(args[0]) => self.option_or(args),
            _ => {
                let in_place = args.first() == Some(&Operand::Local(dest)) && !args[1..].contains(&args[0]);
                let (args, ty) = (self.plain_args(args), self.function.locals[dest].ty);
                self.job(Task::Op(op), &args, ty, in_place)
            }
        }
    }

    fn is_scalar(&self, operand: Operand) -> bool {
        matches!(self.shared.layouts.get(self.ty(operand)).kind, Kind::Scalar)
    }

    fn is_boxed(&self, operand: Operand) -> bool {
        matches!(self.shared.layouts.get(self.ty(operand)).kind, Kind::Boxed(_))
    }

    fn is_flat_result(&self, dest: LocalId) -> bool {
        !matches!(self.shared.layouts.get(self.function.locals[dest].ty).kind, Kind::Boxed(_))
    }

    fn arithmetic(&mut self, op: Op, args: &[Operand]) -> ir::Value {
        let a = self.read_word(args[0]);
        if op == Op::Neg {
            let zero = self.int(0);
            let (value, overflow) = self.b.ins().ssub_overflow(zero, a);
            self.forbid(overflow);
            return value;
        }
        let b = self.read_word(args[1]);
        let (value, overflow) = match op {
            Op::Add => self.b.ins().sadd_overflow(a, b),
            Op::Sub => self.b.ins().ssub_overflow(a, b),
            Op::Mul => self.b.ins().smul_overflow(a, b),
            _ => return self.division(op, a, b),
        };
        self.forbid(overflow);
        value
    }

    fn division(&mut self, op: Op, a: ir::Value, b: ir::Value) -> ir::Value {
        self.require(b);
        let (least, minus_one) = (self.int(i64::MIN), self.int(-1));
        let least = self.b.ins().icmp(IntCC::Equal, a, least);
        let minus_one = self.b.ins().icmp(IntCC::Equal, b, minus_one);
        let overflow = self.b.ins().band(least, minus_one);
        self.forbid(overflow);
        if op == Op::Div { self.b.ins().sdiv(a, b) } else { self.b.ins().srem(a, b) }
    }

    /// A word of a table of nodes.
    pub(super) fn look_up(&mut self, table: Address, node: Operand) -> ir::Value {
        let (table, node) = (self.address(table), self.read_word(node));
        self.word_of(table, node)
    }

    /// The word at a position.
    pub(super) fn word_of(&mut self, table: ir::Value, at: ir::Value) -> ir::Value {
        let offset = self.b.ins().ishl_imm_u(at, 3);
        let place = self.b.ins().iadd(table, offset);
        self.load(place, 0)
    }

    fn equality(&mut self, op: Op, a: Operand, b: Operand) -> ir::Value {
        let wanted = if op == Op::Eq { IntCC::Equal } else { IntCC::NotEqual };
        if self.shared.layouts.is_collection(self.ty(a)) {
            return self.equality_of_collections(wanted, a, b);
        }
        let (a, b) = (self.read(a), self.read(b));
        if let ([a], [b]) = (a.as_slice(), b.as_slice()) {
            return self.icmp(wanted, *a, *b);
        }
        let zero = self.int(0);
        let mut difference = zero;
        for (a, b) in a.into_iter().zip(b) {
            let here = self.b.ins().bxor(a, b);
            difference = self.b.ins().bor(difference, here);
        }
        self.icmp(wanted, difference, zero)
    }

    fn equality_of_collections(&mut self, wanted: IntCC, a: Operand, b: Operand) -> ir::Value {
        let helped = self.is_scratchy(a) || self.is_scratchy(b);
        let (a, b) = (self.read_word(a), self.read_word(b));
        let (a_len, b_len) = (self.len(a), self.len(b));
        let elements = self.b.ins().iadd(a_len, b_len);
        self.take_fuel_for(elements);
        if !helped {
            return self.icmp(wanted, a, b);
        }
        let helper = self.address(Address::Equal);
        let call = self.b.ins().call_indirect(self.signatures.two, helper, &[self.ctx, a, b]);
        let (equal, yes) = (self.b.inst_results(call)[0], self.int(1));
        self.icmp(wanted, equal, yes)
    }

    /// What it costs to walk this many elements.
    fn take_fuel_for(&mut self, elements: ir::Value) {
        const { assert!(FUEL_CHUNK.is_power_of_two()) };
        let cost = self.b.ins().ushr_imm_u(elements, i64::from(FUEL_CHUNK.trailing_zeros()));
        self.take_fuel(cost);
    }

    /// The address of the element at a position.
    fn element(&mut self, list: ir::Value, at: ir::Value, width: usize) -> ir::Value {
        let offset = self.b.ins().imul_imm_s(at, 8 * width as i64);
        let place = self.b.ins().iadd(list, offset);
        self.b.ins().iadd_imm_s(place, i64::from(object::DATA))
    }

    fn item_words(&self, list: Operand) -> usize {
        match self.shared.layouts.get(self.ty(list)).kind {
            Kind::List(item) => self.shared.words(item),
            _ => 0,
        }
    }

    fn index(&mut self, args: &[Operand]) -> Words {
        let width = self.item_words(args[0]);
        let (list, at) = (self.read_word(args[0]), self.read_word(args[1]));
        let len = self.len(list);
        // A negative position is a large one without a sign.
        let inside = self.b.ins().icmp(IntCC::UnsignedLessThan, at, len);
        self.require(inside);
        let place = self.element(list, at, width);
        self.load_words(place, 0, width)
    }

    /// An element as an option.
    fn element_if_any(&mut self, op: Op, args: &[Operand]) -> Words {
        let width = self.item_words(args[0]);
        let list = self.read_word(args[0]);
        let len = self.len(list);
        let at = match op {
            Op::ListFirst => self.int(0),
            // Of an empty list, a position far outside.
            Op::ListLast => self.b.ins().iadd_imm_s(len, -1),
            _ => self.read_word(args[1]),
        };
        let [found, done] = [(); 2].map(|()| self.b.create_block());
        let words: Words =
            (0..=width).map(|_| self.b.append_block_param(done, cranelift_codegen::ir::types::I64)).collect();
        let inside = self.b.ins().icmp(IntCC::UnsignedLessThan, at, len);
        let zero = self.int(0);
        let none = vec![zero.into(); width + 1];
        self.b.ins().brif(inside, found, &[], done, &none);
        self.enter(found);
        let place = self.element(list, at, width);
        let mut some = vec![self.int(1)];
        some.extend(self.load_words(place, 0, width));
        let some: Vec<ir::BlockArg> = some.into_iter().map(ir::BlockArg::from).collect();
        self.b.ins().jump(done, &some);
        self.enter(done);
        words
    }

    fn option_or(&mut self, args: &[Operand]) -> Words {
        if self.shared.layouts.is_collection(self.ty(args[1])) {
            let default = self.read_word(args[1]);
            let elements = self.len(default);
            self.take_fuel_for(elements);
        }
        let (option, default) = (self.read(args[0]), self.read_shared(args[1]));
        let some = option[1..].iter().zip(default);
        some.map(|(some, default)| self.b.ins().select(option[0], *some, default)).collect()
    }
}

fn condition(op: Op) -> IntCC {
    match op {
        Op::Lt => IntCC::SignedLessThan,
        Op::Le => IntCC::SignedLessThanOrEqual,
        Op::Gt => IntCC::SignedGreaterThan,
        _ => IntCC::SignedGreaterThanOrEqual,
    }
}
