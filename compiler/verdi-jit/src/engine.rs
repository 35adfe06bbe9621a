use crate::compile::{Entry, Functions};
use crate::context::{Context, record};
use crate::shared::Shared;
use crate::uses::Uses;
use cranelift_entity::PrimaryMap;
use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;
use verdi_core::{self as core, FuncId, Program, TyId, Value, VarId};
use verdi_interp::Interp;
use verdi_machine::{Effect, Engine, Env, Fault};

/// The native engine of one verified program. What faults, and what tells of its loops, is left to the reference engine.
pub struct Jit {
    pub(crate) shared: Arc<Shared>,
    pub(crate) uses: PrimaryMap<FuncId, Uses>,
    functions: Functions,
    pub(crate) interp: Interp,
}

impl fmt::Debug for Jit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jit").field("program", &self.shared.program.name).finish_non_exhaustive()
    }
}

thread_local! {
    #[expect(clippy::vec_box, reason = "a context is taken out for every call, and is large")]
    /// Contexts that are not in use: a call may lead to another.
    static CONTEXTS: RefCell<Vec<Box<Context>>> = const { RefCell::new(Vec::new()) };
}

impl Jit {
    /// The engine of a program that [`verdi_core::verify`] accepts. A function is compiled when it is first called.
    pub fn new(program: impl Into<Arc<Program>>) -> Self {
        Self::compiling_after(0, program)
    }

    /// The same, but that a function's first calls are left to the reference engine: to compile it takes as long as
    /// some hundred of them, which is more than there are where little is to be run.
    pub fn compiling_after(calls: u32, program: impl Into<Arc<Program>>) -> Self {
        let program = program.into();
        let interp = Interp::new(Arc::clone(&program));
        let uses = Uses::of_all(&program);
        let shared = Arc::new(Shared::new(program));
        Self { functions: Functions::new(&shared, calls), shared, uses, interp }
    }

    /// Compiles every function now; how many there are that can be compiled.
    pub fn compile_all(&self) -> usize {
        let functions = self.shared.program.functions.keys();
        functions.filter(|func| self.functions.compile(&self.shared, &self.uses, *func).is_some()).count()
    }

    /// About how many bytes the collections take that are kept.
    pub fn bytes(&self) -> u64 {
        self.shared.heap.bytes()
    }

    /// A function's code, if it can be compiled.
    pub(crate) fn entry(&self, func: FuncId) -> Option<Entry> {
        self.functions.get(&self.shared, &self.uses, func)
    }

    /// Does something with a context.
    pub(crate) fn with_context<T>(&self, work: impl FnOnce(&mut Context) -> T) -> T {
        let known = CONTEXTS.with_borrow_mut(Vec::pop);
        let mut context = known.unwrap_or_else(Context::new);
        context.begin(&self.shared);
        let result = work(&mut context);
        CONTEXTS.with_borrow_mut(|contexts| contexts.push(context));
        result
    }

    /// Runs a function natively to its end; nothing where it faults, and nothing has happened then. What a call is
    /// tested by: [`Engine::call`] is this, or else the reference engine.
    ///
    /// # Errors
    /// The fault of an event that a rule fired.
    pub fn call_natively(
        &self,
        func: FuncId,
        args: &[Value],
        env: &mut dyn Env,
    ) -> Option<Result<Option<Value>, Fault>> {
        let entry = self.entry(func)?;
        self.with_context(|context| {
            let mut world = Surroundings::read(self, func, env);
            world.lend(self, func, env, context);
            let function = &self.shared.program.functions[func];
            let mut words = Vec::new();
            for (local, arg) in function.locals.values().zip(args) {
                self.shared.push_words(local.ty, arg, &mut words);
            }
            let mut result = vec![0; function.result.map_or(0, |ty| self.shared.words(ty))];
            context.run(entry.code, entry.stack, &words, &mut result)?;
            world.write(self, func, env);
            if let Err(fault) = self.apply(context, env) {
                return Some(Err(fault));
            }
            Some(Ok(function.result.map(|ty| self.result(ty, &result))))
        })
    }

    fn result(&self, ty: TyId, words: &[u64]) -> Value {
        self.shared.to_value(ty, words)
    }

    /// Tells what a call did, in order.
    fn apply(&self, context: &Context, env: &mut dyn Env) -> Result<(), Fault> {
        let (shared, special) = (&self.shared, &self.shared.program.special);
        let mut rest = context.effects();
        let mut take = |words: usize| {
            let (taken, more) = rest.split_at_checked(words)?;
            rest = more;
            Some(taken)
        };
        while let Some(&[kind]) = take(1) {
            let mut value =
                |ty: TyId| take(shared.words(ty)).map_or(Value::Bool(false), |w| shared.to_value(ty, w));
            match kind {
                record::SEND => {
                    let to = value(special.node).as_node();
                    env.effect(Effect::Send { to, body: value(special.message) });
                }
                record::OUTPUT => {
                    let given = value(special.bool).as_bool();
                    let to = value(special.caller).as_caller();
                    env.effect(Effect::Output { to: given.then_some(to), body: value(special.output) });
                }
                record::START_TIMER => env.effect(Effect::StartTimer(value(special.node).as_node())),
                record::STOP_TIMER => env.effect(Effect::StopTimer(value(special.node).as_node())),
                record::STORE_VAR => {
                    let var = VarId::from_u32(value(special.node).as_node());
                    env.store_var(var, value(shared.program.network.vars[var].ty));
                }
                record::ADD_PACKET => env.add_packet(value(special.packet)),
                record::REMOVE_PACKET => env.remove_packet(&value(special.packet)),
                record::INPUT => {
                    let at = value(special.node).as_node();
                    env.fire_input(value(special.invocation), at)?;
                }
                record::DELIVER => env.fire_deliver(value(special.packet))?,
                record::TIMEOUT => {
                    let at = value(special.node).as_node();
                    env.fire_timeout(Value::unit(value(special.node).as_node()), at)?;
                }
                record::CRASH => env.fire_crash(value(special.node).as_node())?,
                _ => env.fire_reboot(value(special.node).as_node())?,
            }
        }
        Ok(())
    }
}

impl Engine for Jit {
    fn program(&self) -> &Program {
        &self.shared.program
    }

    fn call(&self, func: FuncId, args: &[Value], env: &mut dyn Env) -> Result<Option<Value>, Fault> {
        if !env.watches_loops()
            && let Some(result) = self.call_natively(func, args, env)
        {
            return result;
        }
        self.interp.call(func, args, env)
    }

    fn another(&self, program: &Arc<Program>) -> Box<dyn Engine + Send + Sync> {
        self.interp.another(program)
    }
}

/// What a call may read, as words; and what it may write.
#[derive(Default)]
struct Surroundings {
    state: Vec<u64>,
    before: Vec<u64>,
    vars: Vec<u64>,
    nodes: Vec<Vec<u64>>,
    node_table: Vec<*const u64>,
    timers: Vec<u64>,
    inputs: Vec<u64>,
}

impl Surroundings {
    fn read(jit: &Jit, func: FuncId, env: &dyn Env) -> Self {
        let (shared, uses, mut world) = (&jit.shared, &jit.uses[func], Self::default());
        let program = &shared.program;
        if let core::Context::Node(kind) = program.functions[func].context {
            world.state = vec![0; shared.fields_words(kind)];
            for field in &uses.fields {
                let (from, words) = shared.field(kind, *field);
                let value = shared.to_words(program.kinds[kind].fields[*field].ty, &env.field(*field));
                world.state[from..from + words].copy_from_slice(&value);
            }
            world.before.clone_from(&world.state);
        }
        world.vars = vec![0; shared.vars_words()];
        for var in &uses.vars {
            let (from, words) = shared.var(*var);
            let value = shared.to_words(program.network.vars[*var].ty, &env.var(*var));
            world.vars[from..from + words].copy_from_slice(&value);
        }
        world.read_nodes(jit, uses, env);
        world
    }

    fn read_nodes(&mut self, jit: &Jit, uses: &Uses, env: &dyn Env) {
        let (shared, program) = (&jit.shared, &jit.shared.program);
        for (node, info) in &program.nodes {
            let mut state = Vec::new();
            if !uses.node_fields.is_empty() {
                state.resize(shared.fields_words(info.kind), 0);
            }
            let of_kind = uses.node_fields.iter().filter(|(kind, _)| *kind == info.kind);
            for (kind, field) in of_kind {
                let (from, words) = shared.field(*kind, *field);
                let value = env.node_field(node.as_u32(), *kind, *field);
                let value = shared.to_words(program.kinds[*kind].fields[*field].ty, &value);
                state[from..from + words].copy_from_slice(&value);
            }
            self.nodes.push(state);
            if uses.timers {
                self.timers.push(list(shared, program.special.timer, &env.timers(node.as_u32())));
            }
            if uses.inputs {
                self.inputs.push(list(shared, program.special.invocation, &env.inputs(node.as_u32())));
            }
        }
        self.node_table = self.nodes.iter().map(Vec::as_ptr).collect();
    }

    /// Lets the context point to all of this.
    fn lend(&mut self, jit: &Jit, func: FuncId, env: &dyn Env, context: &mut Context) {
        let (shared, uses, special) = (&jit.shared, &jit.uses[func], &jit.shared.program.special);
        if uses.self_node {
            context.self_node = u64::from(env.self_node());
        }
        context.state = self.state.as_mut_ptr();
        context.vars = self.vars.as_mut_ptr();
        context.nodes = self.node_table.as_ptr();
        context.timers = self.timers.as_ptr();
        context.inputs = self.inputs.as_ptr();
        let empty = shared.heap.empty().word();
        let of = |used: bool, ty: TyId, read: &dyn Fn() -> Value| {
            if used { list(shared, ty, &read()) } else { empty }
        };
        context.packets = of(uses.packets, special.packet, &|| env.packets());
        context.distinct = of(uses.distinct, special.packet, &|| env.distinct_packets());
        context.heads = of(uses.heads, special.packet, &|| env.heads());
        context.trace = of(uses.trace, special.event, &|| env.trace());
    }

    /// Writes the own fields that changed.
    fn write(&self, jit: &Jit, func: FuncId, env: &mut dyn Env) {
        let (shared, program) = (&jit.shared, &jit.shared.program);
        let core::Context::Node(kind) = program.functions[func].context else { return };
        for field in &jit.uses[func].stores {
            let (from, words) = shared.field(kind, *field);
            let after = &self.state[from..from + words];
            if after != &self.before[from..from + words] {
                env.store_field(*field, shared.to_value(program.kinds[kind].fields[*field].ty, after));
            }
        }
    }
}

/// The interned list of these values.
fn list(shared: &Shared, item: TyId, values: &Value) -> u64 {
    let mut words = Vec::new();
    for value in values.as_list().iter() {
        shared.push_words(item, value, &mut words);
    }
    shared.heap.intern(values.as_list().len(), &words).word()
}
