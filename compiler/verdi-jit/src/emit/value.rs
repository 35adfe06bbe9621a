//! Values without an effect.

use super::{Address, Emit, Words};
use crate::object;
use crate::ops::{Arg, Job, Task};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder};
use verdi_core::{LocalId, Operand, Rvalue, TyId};

impl Emit<'_, '_> {
    pub(super) fn assign(&mut self, dest: LocalId, value: &Rvalue) {
        let ty = self.function.locals[dest].ty;
        let words = match value {
            Rvalue::Use(operand) => self.read_shared(*operand),
            Rvalue::Op(op, args) => self.op(dest, *op, args),
            Rvalue::List(items) => {
                let args = self.canonical_args(items);
                self.job(Task::List, &args, ty, false)
            }
            Rvalue::Make(tag, fields) => self.make(ty, *tag, fields),
            Rvalue::Is(operand, tag) => vec![self.is(*operand, *tag)],
            Rvalue::Get(operand, tag, field) => self.get(*operand, *tag, *field),
            Rvalue::Call(func, args) => self.call(*func, args),
            ambient => self.ambient_value(ambient),
        };
        self.write(dest, &words);
    }

    fn make(&mut self, ty: TyId, tag: u32, fields: &[Operand]) -> Words {
        let Some((data, is_boxed)) = self.shared.layouts.data(ty) else { return Words::new() };
        if is_boxed {
            let args = self.canonical_args(fields);
            return self.job(Task::Box(u64::from(tag)), &args, ty, false);
        }
        let mut words = Words::with_capacity(data.words);
        if data.tagged {
            words.push(self.int(i64::from(tag)));
        }
        for field in fields {
            words.extend(self.read_canonical(*field));
        }
        if words.len() < data.words {
            let zero = self.int(0);
            words.resize(data.words, zero);
        }
        words
    }

    fn is(&mut self, operand: Operand, tag: u32) -> ir::Value {
        let Some(found) = self.tag(operand) else { return self.int(i64::from(tag == 0)) };
        let wanted = self.int(i64::from(tag));
        self.icmp(IntCC::Equal, found, wanted)
    }

    /// The position of an operand's constructor, where its type has several.
    pub(super) fn tag(&mut self, operand: Operand) -> Option<ir::Value> {
        let (data, is_boxed) = self.shared.layouts.data(self.ty(operand))?;
        if data.ctors.len() == 1 {
            return None;
        }
        let first = self.read_word(operand);
        Some(if is_boxed { self.load(first, object::DATA) } else { first })
    }

    /// A field. The words of another constructor's fields mean something else, so its constructor is made sure of.
    fn get(&mut self, operand: Operand, tag: u32, field: u32) -> Words {
        if let Some(found) = self.tag(operand) {
            let wanted = self.int(i64::from(tag));
            let is = self.b.ins().icmp(IntCC::Equal, found, wanted);
            self.require(is);
        }
        let Some((data, is_boxed)) = self.shared.layouts.data(self.ty(operand)) else { return Words::new() };
        let (from, ty) = data.ctors[tag as usize].fields[field as usize];
        let words = self.shared.words(ty);
        if is_boxed {
            let base = self.read_word(operand);
            let base = self.b.ins().iadd_imm_s(base, i64::from(object::DATA));
            return self.load_words(base, from, words);
        }
        self.read_part(operand, from, words)
    }

    /// Operands as arguments that become parts of something.
    fn canonical_args(&mut self, operands: &[Operand]) -> Vec<(TyId, Words)> {
        operands.iter().map(|operand| (self.ty(*operand), self.read_canonical(*operand))).collect()
    }

    /// Operands as arguments.
    pub(super) fn plain_args(&mut self, operands: &[Operand]) -> Vec<(TyId, Words)> {
        operands.iter().map(|operand| (self.ty(*operand), self.read(*operand))).collect()
    }

    /// Has something done by a helper; the words of the result.
    pub(super) fn job(&mut self, task: Task, args: &[(TyId, Words)], result: TyId, in_place: bool) -> Words {
        let mut all = Words::new();
        let mut described = Vec::with_capacity(args.len());
        for (ty, words) in args {
            let is_collection = self.shared.layouts.is_collection(*ty);
            described.push(Arg { ty: *ty, from: all.len(), words: words.len(), is_collection });
            all.extend(words);
        }
        let result_words = self.shared.words(result);
        let job = self.links.add_job(Job { task, args: described, result, result_words, in_place });
        // A helper takes fuel off too; the order does not matter.
        let (args, out) = (self.give(&all), self.take(result_words));
        let (helper, job) = (self.address(Address::RunJob), self.address(job));
        let call = self.b.ins().call_indirect(self.signatures.job, helper, &[self.ctx, job, args, out]);
        let status = self.b.inst_results(call)[0];
        self.forbid(status);
        self.load_words(out, 0, result_words)
    }
}
