//! Functions are compiled when they are first called, with all that they call.
#![expect(unsafe_code, reason = "machine code is made into functions here")]

use crate::context::Code;
use crate::emit::{Links, emit};
use crate::shared::Shared;
use crate::uses::{Uses, add_after_callees};
use cranelift_codegen::settings::Configurable;
use cranelift_codegen::{Context, ir, settings};
use cranelift_entity::{PrimaryMap, SecondaryMap};
use cranelift_frontend::FunctionBuilderContext;
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{Module, default_libcall_names};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use verdi_core::FuncId;

/// A compiled function, ready to be called.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) code: Code,
    /// What it takes of the stack at most, with all that it calls.
    pub(crate) stack: usize,
}

/// The compiled functions of a program.
pub(crate) struct Functions {
    /// What is known of each function that was called; `None` where it cannot be compiled, or this machine has no backend.
    entries: PrimaryMap<FuncId, OnceLock<Option<Entry>>>,
    /// How often each was asked for before it was compiled.
    asked: PrimaryMap<FuncId, AtomicU32>,
    /// So often it is not compiled.
    patience: u32,
    /// Their addresses, for calls from compiled code.
    addresses: Box<[AtomicUsize]>,
    compiler: Mutex<Compiler>,
}

/// What is needed to compile more.
struct Compiler {
    module: Option<JITModule>,
    context: Context,
    builder: FunctionBuilderContext,
    links: Links,
    /// What is compiled, and what it takes of the stack.
    stacks: SecondaryMap<FuncId, usize>,
    done: BTreeSet<FuncId>,
}

impl Functions {
    pub(crate) fn new(shared: &Shared, patience: u32) -> Self {
        let count = shared.program.functions.len();
        let addresses: Box<[AtomicUsize]> = (0..count).map(|_| AtomicUsize::new(0)).collect();
        let compiler = Compiler {
            module: module(),
            context: Context::new(),
            builder: FunctionBuilderContext::new(),
            links: Links::to_run(&addresses),
            stacks: SecondaryMap::with_capacity(count),
            done: BTreeSet::new(),
        };
        let entries = shared.program.functions.keys().map(|_| OnceLock::new()).collect();
        let asked = shared.program.functions.keys().map(|_| AtomicU32::new(0)).collect();
        Self { entries, asked, patience, addresses, compiler: Mutex::new(compiler) }
    }

    /// A function's code, if there is any yet.
    pub(crate) fn get(
        &self,
        shared: &Shared,
        uses: &PrimaryMap<FuncId, Uses>,
        func: FuncId,
    ) -> Option<Entry> {
        if self.entries[func].get().is_none()
            && self.asked[func].fetch_add(1, Ordering::Relaxed) < self.patience
        {
            return None;
        }
        self.compile(shared, uses, func)
    }

    /// A function's code, compiled now if it was not.
    pub(crate) fn compile(
        &self,
        shared: &Shared,
        uses: &PrimaryMap<FuncId, Uses>,
        func: FuncId,
    ) -> Option<Entry> {
        *self.entries[func].get_or_init(|| {
            // Whatever panics while it compiles leaves functions out, and nothing half done.
            let mut compiler = self.compiler.lock().unwrap_or_else(PoisonError::into_inner);
            compiler.compile(shared, uses, func, &self.addresses)
        })
    }
}

impl Compiler {
    fn compile(
        &mut self,
        shared: &Shared,
        uses: &PrimaryMap<FuncId, Uses>,
        root: FuncId,
        addresses: &[AtomicUsize],
    ) -> Option<Entry> {
        let (mut seen, mut order, mut made) = (self.done.clone(), Vec::new(), Vec::new());
        add_after_callees(uses, root, &mut seen, &mut order);
        for func in order {
            made.push((func, self.define(shared, uses, func)?));
        }
        let module = self.module.as_mut()?;
        module.finalize_definitions().ok()?;
        for (func, id) in made {
            let address = module.get_finalized_function(id) as usize;
            addresses[func.as_u32() as usize].store(address, Ordering::Release);
            self.done.insert(func);
        }
        let address = addresses[root.as_u32() as usize].load(Ordering::Acquire);
        // SAFETY: `emit` gave the function this signature, and its memory stays as long as the module, which goes when
        // `Functions` goes.
        let code = unsafe { std::mem::transmute::<*const (), Code>(address as *const ()) };
        Some(Entry { code, stack: self.stacks[root] })
    }

    fn define(
        &mut self,
        shared: &Shared,
        uses: &PrimaryMap<FuncId, Uses>,
        func: FuncId,
    ) -> Option<cranelift_module::FuncId> {
        if uses[func].stmts > STMTS_MAX {
            return None;
        }
        let module = self.module.as_mut()?;
        module.clear_context(&mut self.context);
        self.context.func.name = ir::UserFuncName::user(0, func.as_u32());
        let compiled = emit(
            shared,
            func,
            &mut self.links,
            &mut self.context.func,
            &mut self.builder,
            module.target_config(),
        );
        let id = module.declare_anonymous_function(&self.context.func.signature).ok()?;
        if let Err(error) = module.define_function(id, &mut self.context) {
            debug_assert!(false, "{error:?}\n{}", self.context.func.display());
            return None;
        }
        let deepest = uses[func].callees.iter().map(|callee| self.stacks[*callee]).max();
        self.stacks[func] = compiled.frame + deepest.unwrap_or(HELPERS);
        Some(id)
    }
}

/// Functions with more statements are not compiled: that takes longer than in proportion.
const STMTS_MAX: usize = 20_000;

/// What helpers take of the stack at most; where they follow values deeper, they see to it themselves.
const HELPERS: usize = 16 << 10;

/// Where compiled code lives; `None` on machines without a backend.
fn module() -> Option<JITModule> {
    let mut flags = settings::builder();
    let verifier = if cfg!(debug_assertions) { "true" } else { "false" };
    for (name, value) in [
        // What optimizing gains does not pay for half as much time again to compile; a faster allocation of registers
        // makes loops take twice as long.
        ("opt_level", "none"),
        ("enable_verifier", verifier),
        ("use_colocated_libcalls", "false"),
        ("is_pic", "false"),
        ("unwind_info", "false"),
    ] {
        flags.set(name, value).ok()?;
    }
    let isa = cranelift_native::builder().ok()?.finish(settings::Flags::new(flags)).ok()?;
    Some(JITModule::new(JITBuilder::with_isa(isa, default_libcall_names())))
}

impl Drop for Compiler {
    fn drop(&mut self) {
        if let Some(module) = self.module.take() {
            // SAFETY: nobody calls compiled code any more: entries are handed out for as long as `Functions` is borrowed.
            unsafe { module.free_memory() };
        }
    }
}
