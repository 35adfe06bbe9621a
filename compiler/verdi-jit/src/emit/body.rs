//! Statements.

use super::{Address, Emit, Words};
use crate::context::at;
use crate::layout::deeper;
use crate::object;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder, types::I64};
use verdi_core::{Block, FuncId, Label, LocalId, Operand, Stmt, StmtKind};

impl Emit<'_, '_> {
    /// The statements that a path gets to.
    pub(super) fn block(&mut self, block: &Block) {
        deeper(|| {
            for stmt in &block.stmts {
                if !self.reachable {
                    break;
                }
                self.stmt(stmt);
            }
        });
    }

    fn stmt(&mut self, stmt: &Stmt) {
        if !matches!(stmt.kind, StmtKind::Scope(..)) {
            self.pending += 1;
        }
        match &stmt.kind {
            StmtKind::Assign(local, value) => self.assign(*local, value),
            StmtKind::Call(func, args) => drop(self.call(*func, args)),
            StmtKind::If(cond, then, other) => self.branch(*cond, then, other),
            StmtKind::For { label, element, list, body } => self.each(*label, *element, *list, body),
            StmtKind::Scope(label, body) => self.scope(*label, body),
            StmtKind::Leave(label) => self.leave(*label),
            StmtKind::Return(value) => self.ret(*value),
            StmtKind::Assert(cond, _) => {
                let cond = self.read_word(*cond);
                self.require(cond);
            }
            ambient => self.ambient(ambient),
        }
    }

    fn branch(&mut self, cond: Operand, then: &Block, other: &Block) {
        let cond = self.read_word(cond);
        self.flush();
        let [yes, no, join] = [(); 3].map(|()| self.b.create_block());
        self.b.ins().brif(cond, yes, &[], no, &[]);
        self.enter(yes);
        self.block(then);
        let mut joined = self.reachable;
        if self.reachable {
            // What follows the first branch jumps over the second, where there is one.
            self.pending += i64::from(!other.stmts.is_empty());
            self.flush();
            self.b.ins().jump(join, &[]);
        }
        (self.pending, self.reachable) = (0, true);
        self.enter(no);
        self.block(other);
        joined |= self.reachable;
        if self.reachable {
            self.flush();
            self.b.ins().jump(join, &[]);
        }
        self.go_on_at(join, joined);
    }

    /// Goes on at a block to which all jumps have been written, if there are any.
    fn go_on_at(&mut self, block: ir::Block, reachable: bool) {
        (self.pending, self.reachable) = (0, reachable);
        if reachable {
            self.enter(block);
        }
    }

    fn scope(&mut self, label: Label, body: &Block) {
        let end = self.b.create_block();
        self.open.push((label, end));
        self.block(body);
        self.open.pop();
        if self.reachable {
            self.flush();
            self.b.ins().jump(end, &[]);
        }
        let goes_on = self.reachable || self.left.contains(&end);
        self.go_on_at(end, goes_on);
    }

    fn leave(&mut self, label: Label) {
        self.flush();
        if let Some((_, end)) = self.open.iter().rev().find(|(open, _)| *open == label).copied() {
            self.left.push(end);
            self.b.ins().jump(end, &[]);
            self.reachable = false;
        }
    }

    fn each(&mut self, label: Label, element: LocalId, list: Operand, body: &Block) {
        let width = self.shared.words(self.function.locals[element].ty);
        let list = self.read_shared(list)[0];
        let len = self.len(list);
        let first = self.b.ins().iadd_imm_s(list, i64::from(object::DATA));
        self.flush();
        let [head, inside, end] = [(); 3].map(|()| self.b.create_block());
        let at = self.b.append_block_param(head, I64);
        let zero = self.int(0);
        self.b.ins().jump(head, &[zero.into()]);
        self.b.switch_to_block(head);
        self.pending += 1;
        self.flush();
        self.require_fuel();
        let more = self.b.ins().icmp(IntCC::UnsignedLessThan, at, len);
        self.b.ins().brif(more, inside, &[], end, &[]);
        self.enter(inside);
        let offset = self.b.ins().imul_imm_s(at, 8 * width as i64);
        let address = self.b.ins().iadd(first, offset);
        self.write_from(element, address, 0);
        self.open.push((label, end));
        self.block(body);
        self.open.pop();
        if self.reachable {
            self.pending += 1;
            self.flush();
            let next = self.b.ins().iadd_imm_s(at, 1);
            self.b.ins().jump(head, &[next.into()]);
        }
        self.b.seal_block(head);
        self.go_on_at(end, true);
    }

    pub(super) fn ret(&mut self, value: Option<Operand>) {
        if let Some(value) = value {
            let words = self.read(value);
            self.store_words(&words, self.result, 0);
        }
        self.flush();
        let done = self.int(0);
        self.b.ins().return_(&[done]);
        self.reachable = false;
    }

    /// Calls a function; the words of its result, if it has one.
    pub(super) fn call(&mut self, func: FuncId, args: &[Operand]) -> Words {
        let mut all = Words::new();
        for arg in args {
            all.extend(self.read_shared(*arg));
        }
        self.flush();
        let result = self.shared.program.functions[func].result.map_or(0, |ty| self.shared.words(ty));
        let (args, out) = (self.give(&all), self.take(result));
        let callee = self.address(Address::Function(func));
        let callee = self.load(callee, 0);
        let call = self.b.ins().call_indirect(self.signatures.two, callee, &[self.ctx, args, out]);
        let status = self.b.inst_results(call)[0];
        self.forbid(status);
        self.load_words(out, 0, result)
    }

    /// Lays out the arguments of a call; where they are.
    pub(super) fn give(&mut self, words: &[ir::Value]) -> ir::Value {
        self.args.1 = self.args.1.max(words.len());
        let base = self.b.ins().stack_addr(I64, self.args.0, 0);
        self.store_words(words, base, 0);
        base
    }

    /// The place for the result of a call.
    pub(super) fn take(&mut self, words: usize) -> ir::Value {
        self.out.1 = self.out.1.max(words);
        self.b.ins().stack_addr(I64, self.out.0, 0)
    }

    /// Says that a collection has more than one owner, if it is a scratch object: it is not changed in place any more.
    pub(super) fn share(&mut self, collection: ir::Value) {
        let mark = self.load(collection, object::MARK);
        let bits = self.b.ins().band_imm_u(mark, (object::UNIQUE | object::INTERNED) as i64);
        let unique = self.int(object::UNIQUE as i64);
        let is_unique = self.b.ins().icmp(IntCC::Equal, bits, unique);
        let mark = self.b.ins().bxor(mark, unique);
        // Interned objects belong to all threads: nothing may be written there.
        let there = self.b.ins().iadd_imm_s(collection, i64::from(object::MARK));
        let nowhere = self.b.ins().iadd_imm_s(self.ctx, i64::from(at::NOTHING));
        let place = self.b.ins().select(is_unique, there, nowhere);
        self.store(mark, place, 0);
    }

    /// The canonical word of a collection.
    pub(super) fn canonical(&mut self, collection: ir::Value) -> ir::Value {
        let [helped, done] = [(); 2].map(|()| self.b.create_block());
        let word = self.b.append_block_param(done, I64);
        let mark = self.load(collection, object::MARK);
        let interned = self.b.ins().band_imm_u(mark, object::INTERNED as i64);
        self.b.ins().brif(interned, done, &[collection.into()], helped, &[]);
        self.enter(helped);
        let helper = self.address(Address::Intern);
        let call = self.b.ins().call_indirect(self.signatures.one, helper, &[self.ctx, collection]);
        let made = self.b.inst_results(call)[0];
        self.b.ins().jump(done, &[made.into()]);
        self.enter(done);
        word
    }
}
