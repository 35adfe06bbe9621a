//! A function of Core as instructions.
//!
//! Compiled code has one way to fail: it returns something else than 0, and its call is run again by the reference
//! engine, which says what went wrong and where. So code needs to *notice* every fault and that fuel has run out,
//! and nothing else. Fuel is taken off the context where paths part or meet, and looked at wherever code could go on
//! for long: in each round of a loop, at the start of a function, and at the end of the call.

mod ambient;
mod body;
mod build;
mod links;
mod op;
mod place;
mod value;

pub(crate) use build::emit;
pub(crate) use links::{Address, Links};
pub(crate) use op::{ALWAYS_NATIVE, MOSTLY_NATIVE};

use crate::context::at;
use crate::object;
use crate::shared::Shared;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, Block, InstBuilder, MemFlagsData, SigRef, StackSlot, types::I64};
use cranelift_entity::{EntitySet, PrimaryMap};
use cranelift_frontend::FunctionBuilder;
use place::Place;
use verdi_core::{Function, Label, LocalId, Operand, TyId};

/// The words of a value.
type Words = Vec<ir::Value>;

/// A function that is being compiled.
struct Emit<'a, 'b> {
    shared: &'a Shared,
    function: &'a Function,
    links: &'a mut Links,
    b: FunctionBuilder<'b>,
    places: PrimaryMap<LocalId, Place>,
    /// The locals whose collections may be scratch objects.
    scratchy: EntitySet<LocalId>,
    ctx: ir::Value,
    result: ir::Value,
    /// Where every failure goes to.
    fail: Block,
    /// The enclosing scopes and loops, the innermost last, and where leaving one goes on.
    open: Vec<(Label, Block)>,
    /// The scopes' and loops' ends that a `Leave` jumps to.
    left: Vec<Block>,
    /// The fuel that was not taken off yet.
    pending: i64,
    /// Whether a path gets to the place at hand.
    reachable: bool,
    /// Arguments and results of calls, and the words they need.
    args: (StackSlot, usize),
    out: (StackSlot, usize),
    signatures: Signatures,
}

/// `(context, a, b) -> word` and `(context, a) -> word`, `(context, job, arguments, result) -> status`.
struct Signatures {
    one: SigRef,
    two: SigRef,
    job: SigRef,
}

impl Emit<'_, '_> {
    fn ty(&self, operand: Operand) -> TyId {
        match operand {
            Operand::Local(local) => self.function.locals[local].ty,
            Operand::Const(id) => self.shared.program.consts[id].ty,
        }
    }

    fn int(&mut self, n: i64) -> ir::Value {
        self.b.ins().iconst(I64, n)
    }

    fn load(&mut self, base: ir::Value, offset: i32) -> ir::Value {
        self.b.ins().load(I64, MemFlagsData::trusted(), base, offset)
    }

    fn store(&mut self, value: ir::Value, base: ir::Value, offset: i32) {
        self.b.ins().store(MemFlagsData::trusted(), value, base, offset);
    }

    fn load_words(&mut self, base: ir::Value, from: usize, words: usize) -> Words {
        (from..from + words).map(|at| self.load(base, 8 * at as i32)).collect()
    }

    fn store_words(&mut self, words: &[ir::Value], base: ir::Value, from: usize) {
        for (at, word) in words.iter().enumerate() {
            self.store(*word, base, 8 * (from + at) as i32);
        }
    }

    /// The number of elements of a collection.
    fn len(&mut self, collection: ir::Value) -> ir::Value {
        self.b.ins().uload32(MemFlagsData::trusted(), collection, object::LEN)
    }

    /// A comparison as a word.
    fn icmp(&mut self, cond: IntCC, a: ir::Value, b: ir::Value) -> ir::Value {
        let bit = self.b.ins().icmp(cond, a, b);
        self.b.ins().uextend(I64, bit)
    }

    /// Goes on in a new block where the condition holds, and fails where it does not.
    fn require(&mut self, cond: ir::Value) {
        let go_on = self.b.create_block();
        self.b.ins().brif(cond, go_on, &[], self.fail, &[]);
        self.enter(go_on);
    }

    /// The same, the other way round.
    fn forbid(&mut self, cond: ir::Value) {
        let go_on = self.b.create_block();
        self.b.ins().brif(cond, self.fail, &[], go_on, &[]);
        self.enter(go_on);
    }

    /// Goes on in a block that nothing else will jump to.
    fn enter(&mut self, block: Block) {
        self.b.switch_to_block(block);
        self.b.seal_block(block);
    }

    /// Takes the fuel off that the instructions up to here cost.
    fn flush(&mut self) {
        if self.pending > 0 {
            let cost = self.int(self.pending);
            self.take_fuel(cost);
            self.pending = 0;
        }
    }

    fn take_fuel(&mut self, cost: ir::Value) {
        let fuel = self.load(self.ctx, at::FUEL);
        let left = self.b.ins().isub(fuel, cost);
        self.store(left, self.ctx, at::FUEL);
    }

    /// Fails where there is no fuel left.
    fn require_fuel(&mut self) {
        let fuel = self.load(self.ctx, at::FUEL);
        let zero = self.int(0);
        let empty = self.b.ins().icmp(IntCC::SignedLessThan, fuel, zero);
        self.forbid(empty);
    }

    /// Where something outside of the code is.
    fn address(&mut self, address: Address) -> ir::Value {
        let at = self.links.address(address);
        self.int(at)
    }
}
