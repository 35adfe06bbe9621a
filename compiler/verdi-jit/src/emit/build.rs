//! From the first block to the last.

use super::{Emit, Links, Signatures, place};
use crate::shared::Shared;
use cranelift_codegen::ir::{self, AbiParam, InstBuilder, Signature, types::I64};
use cranelift_codegen::isa::{CallConv, TargetFrontendConfig};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use verdi_core::FuncId;

/// What is known of an emitted function.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Compiled {
    /// What its frame takes at most, its callees' left aside.
    pub(crate) frame: usize,
}

fn signature(call_conv: CallConv, params: usize) -> Signature {
    let mut signature = Signature::new(call_conv);
    signature.params.extend(std::iter::repeat_n(AbiParam::new(I64), params));
    signature.returns.push(AbiParam::new(I64));
    signature
}

/// Writes a function: `(context, arguments, place of the result) -> status`. What it
/// refers to is in `links`.
pub(crate) fn emit(
    shared: &Shared,
    func: FuncId,
    links: &mut Links,
    to: &mut ir::Function,
    builder: &mut FunctionBuilderContext,
    target: TargetFrontendConfig,
) -> Compiled {
    let function = &shared.program.functions[func];
    let call_conv = target.default_call_conv;
    to.signature = signature(call_conv, 3);
    let mut b = FunctionBuilder::new(to, builder);
    let entry = b.create_block();
    b.append_block_params_for_function_params(entry);
    b.switch_to_block(entry);
    b.seal_block(entry);
    let [ctx, args, result] = [0, 1, 2].map(|at| b.block_params(entry)[at]);
    let signatures = Signatures {
        one: b.import_signature(signature(call_conv, 2)),
        two: b.import_signature(signature(call_conv, 3)),
        job: b.import_signature(signature(call_conv, 4)),
    };
    let assigned = place::assigned(function);
    let places = function
        .locals
        .iter()
        .map(|(local, info)| place::place(&mut b, shared.words(info.ty), !assigned[local]))
        .collect();
    let fail = b.create_block();
    b.set_cold_block(fail);
    let (args_slot, out_slot) = (place::slot(&mut b, 0), place::slot(&mut b, 0));
    let mut emit = Emit {
        shared,
        function,
        links,
        b,
        places,
        scratchy: place::scratchy(shared, function),
        ctx,
        result,
        fail,
        open: Vec::new(),
        left: Vec::new(),
        pending: 0,
        reachable: true,
        args: (args_slot, 0),
        out: (out_slot, 0),
        signatures,
    };
    emit.params(args);
    emit.require_fuel();
    emit.block(&function.body);
    emit.finish(target)
}

impl Emit<'_, '_> {
    fn params(&mut self, args: ir::Value) {
        let mut from = 0;
        for local in self.function.locals.keys().take(self.function.params) {
            self.write_from(local, args, from);
            from += self.shared.words(self.function.locals[local].ty);
        }
    }

    fn finish(mut self, target: TargetFrontendConfig) -> Compiled {
        if self.reachable {
            // The end of the body costs as much as a `Return`.
            self.pending += 1;
            self.ret(None);
        }
        let fail = self.fail;
        self.b.switch_to_block(fail);
        let failed = self.int(1);
        self.b.ins().return_(&[failed]);
        self.b.seal_all_blocks();
        for (slot, words) in [self.args, self.out] {
            self.b.func.sized_stack_slots[slot].size = 8 * words as u32;
        }
        let slots: u32 = self.b.func.sized_stack_slots.values().map(|slot| slot.size).sum();
        // At the worst, every value is spilled.
        let frame = slots as usize + 8 * self.b.func.dfg.num_values() + 256;
        self.b.finalize(target);
        Compiled { frame }
    }
}
