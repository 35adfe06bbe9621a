use crate::code::{At, Instr, NO_STMT};
use crate::detail::detail;
use crate::ops::{self, PARAMS_MAX};
use crate::{Follow, Interp};
use smol_str::SmolStr;
use verdi_core::{FaultKind, Fire, FuncId, LocalId, Op, Operand, Program, Rvalue, Span, Ty, TyId};
use verdi_machine::{Effect, Env, Fault};
use verdi_runtime::{FUEL_CHUNK, FUEL_MAX, List, Value, nesting};

/// One call from outside, with all that it calls.
pub(crate) struct Run<'a, F> {
    interp: &'a Interp,
    program: &'a Program,
    env: &'a mut dyn Env,
    follow: &'a mut F,
    /// The functions that wait for the current one, the innermost last.
    callers: Vec<Frame>,
    current: Frame,
    /// The locals of all frames; the current one's from its base on.
    locals: Vec<Value>,
    /// The open loops of all frames.
    loops: Vec<Loop>,
    fuel: u64,
}

/// A function that is running.
#[derive(Clone, Copy)]
struct Frame {
    func: FuncId,
    next: At,
    locals: usize,
    loops: usize,
    /// Where the caller wants the result.
    result: Option<LocalId>,
}

struct Loop {
    list: List,
    next: usize,
}

/// What an instruction leads to.
enum Flow {
    Next,
    To(At),
    Done(Option<Value>),
}

impl<'a, F: Follow> Run<'a, F> {
    pub(crate) fn new(interp: &'a Interp, env: &'a mut dyn Env, follow: &'a mut F) -> Self {
        let current = Frame { func: FuncId::from_u32(0), next: 0, locals: 0, loops: 0, result: None };
        Self {
            interp,
            program: &interp.program,
            env,
            follow,
            callers: Vec::new(),
            current,
            locals: Vec::new(),
            loops: Vec::new(),
            fuel: FUEL_MAX,
        }
    }

    /// Runs a function to its end.
    pub(crate) fn call(mut self, func: FuncId, args: &[Value]) -> Result<Option<Value>, Fault> {
        self.locals.extend_from_slice(args);
        self.open_frame(func, 0, None);
        loop {
            let code = &self.interp.code[self.current.func];
            let at = self.current.next;
            self.current.next += 1;
            if self.fuel == 0 {
                return Err(fault(code.spans[at], FaultKind::OutOfFuel));
            }
            self.fuel -= 1;
            let (instr, func, stmt) = (&code.instrs[at], self.current.func, code.stmts[at]);
            let takes_element = matches!(instr, Instr::LoopNext { .. });
            if stmt != NO_STMT && !takes_element {
                self.follow.ran(func, stmt);
            }
            match self.step(instr, code.spans[at])? {
                Flow::Next if takes_element || matches!(instr, Instr::Branch { .. }) => {
                    self.follow.entered(func, stmt);
                }
                Flow::Next => {}
                Flow::To(at) => self.current.next = at,
                Flow::Done(value) => return Ok(value),
            }
        }
    }

    /// Makes a function current whose arguments lie from `locals` on.
    fn open_frame(&mut self, func: FuncId, locals: usize, result: Option<LocalId>) {
        self.locals.resize(locals + self.program.functions[func].locals.len(), Value::Bool(false));
        self.current = Frame { func, next: 0, locals, loops: self.loops.len(), result };
    }

    fn step(&mut self, instr: &Instr, span: Span) -> Result<Flow, Fault> {
        match instr {
            Instr::Assign(local, value) => {
                let value = self.rvalue(*local, value, span)?;
                self.set(*local, value);
            }
            Instr::Call(result, func, args) => self.enter(*result, *func, args),
            Instr::Return(value) => return Ok(self.leave(*value)),
            Instr::Jump { to, leaves } => {
                self.leave_loops(self.loops.len() - leaves);
                return Ok(Flow::To(*to));
            }
            Instr::Branch { cond, otherwise } => {
                return Ok(if self.get(*cond).as_bool() { Flow::Next } else { Flow::To(*otherwise) });
            }
            Instr::LoopStart(list) => {
                let list = self.get(*list).as_list().clone();
                self.loops.push(Loop { list, next: 0 });
            }
            Instr::LoopNext { element, end } => return Ok(self.next_element(*element, *end)),
            Instr::Assert(cond, why) => {
                if !self.get(*cond).as_bool() {
                    return Err(Fault { kind: FaultKind::Assert, span, detail: why.clone() });
                }
            }
            ambient => self.ambient(ambient)?,
        }
        Ok(Flow::Next)
    }

    /// What acts on the world.
    fn ambient(&mut self, instr: &Instr) -> Result<(), Fault> {
        match instr {
            Instr::StoreField(field, value) => self.env.store_field(*field, self.read(*value)),
            Instr::Send { to, body } => {
                let effect = Effect::Send { to: self.get(*to).as_node(), body: self.read(*body) };
                self.env.effect(effect);
            }
            Instr::Output { to, body } => {
                let to = to.map(|to| self.get(to).as_caller());
                let effect = Effect::Output { to, body: self.read(*body) };
                self.env.effect(effect);
            }
            Instr::StartTimer(timer) => self.env.effect(Effect::StartTimer(self.get(*timer).tag())),
            Instr::StopTimer(timer) => self.env.effect(Effect::StopTimer(self.get(*timer).tag())),
            Instr::StoreVar(var, value) => self.env.store_var(*var, self.read(*value)),
            Instr::AddPacket(packet) => self.env.add_packet(self.read(*packet)),
            Instr::RemovePacket(packet) => self.env.remove_packet(&self.read(*packet)),
            Instr::Fire(fire) => self.fire(fire)?,
            _ => unreachable!("`Run::step` does the rest"),
        }
        Ok(())
    }

    fn fire(&mut self, fire: &Fire) -> Result<(), Fault> {
        match fire {
            Fire::Input { invocation, at } => {
                self.env.fire_input(self.read(*invocation), self.get(*at).as_node())
            }
            Fire::Deliver(packet) => self.env.fire_deliver(self.read(*packet)),
            Fire::Timeout { timer, at } => self.env.fire_timeout(self.read(*timer), self.get(*at).as_node()),
            Fire::Crash(node) => self.env.fire_crash(self.get(*node).as_node()),
            Fire::Reboot(node) => self.env.fire_reboot(self.get(*node).as_node()),
        }
    }

    fn enter(&mut self, result: Option<LocalId>, func: FuncId, args: &[Operand]) {
        let locals = self.locals.len();
        for arg in args {
            self.locals.push(self.read(*arg));
        }
        self.follow.called(func, &self.locals[locals..], &*self.env);
        self.callers.push(self.current);
        self.open_frame(func, locals, result);
    }

    /// Ends the current function.
    fn leave(&mut self, value: Option<Operand>) -> Flow {
        let value = value.map(|value| self.read(value));
        self.leave_loops(self.current.loops);
        self.locals.truncate(self.current.locals);
        let result = self.current.result;
        let Some(caller) = self.callers.pop() else { return Flow::Done(value) };
        self.follow.returned(self.current.func, value.as_ref(), &*self.env);
        self.current = caller;
        if let (Some(local), Some(value)) = (result, value) {
            self.set(local, value);
        }
        Flow::Next
    }

    fn next_element(&mut self, element: LocalId, end: At) -> Flow {
        let Some(innermost) = self.loops.last_mut() else { return Flow::To(end) };
        match innermost.list.get(innermost.next).cloned() {
            Some(value) => {
                innermost.next += 1;
                self.env.enter_loop(self.current.func, element, &value);
                self.set(element, value);
                Flow::Next
            }
            None => {
                self.close_loop(false);
                Flow::To(end)
            }
        }
    }

    /// Leaves loops early until this many are left.
    fn leave_loops(&mut self, open: usize) {
        while self.loops.len() > open {
            self.close_loop(true);
        }
    }

    fn close_loop(&mut self, left: bool) {
        if self.loops.pop().is_some_and(|closed| closed.next > 0) {
            self.env.exit_loop(left);
        }
    }

    fn rvalue(&mut self, dest: LocalId, value: &Rvalue, span: Span) -> Result<Value, Fault> {
        Ok(match value {
            Rvalue::Use(operand) => self.read(*operand),
            Rvalue::Op(op, args) => self.op(dest, *op, args, span)?,
            Rvalue::List(items) => Value::list(self.read_all(items)),
            Rvalue::Make(tag, fields) => {
                let value = Value::data(*tag, self.read_all(fields));
                self.check_nesting(dest, &value, span)?;
                value
            }
            Rvalue::Is(operand, tag) => Value::Bool(self.get(*operand).tag() == *tag),
            Rvalue::Get(operand, _, field) => self.get(*operand).fields()[*field as usize].clone(),
            ambient => self.ambient_value(ambient),
        })
    }

    /// Faults where a value of a data type that contains itself nests too deep. To look at it costs fuel.
    fn check_nesting(&mut self, dest: LocalId, value: &Value, span: Span) -> Result<(), Fault> {
        let ty = self.ty(Operand::Local(dest));
        if let Ty::Data(id) = self.program.types.get(ty)
            && self.interp.recursive.contains(id)
        {
            let parts = nesting::check(value).map_err(|kind| fault(span, kind))?;
            self.fuel = self.fuel.saturating_sub(parts as u64);
        }
        Ok(())
    }

    /// What reads the world.
    fn ambient_value(&self, value: &Rvalue) -> Value {
        match value {
            Rvalue::SelfNode => Value::Node(self.env.self_node()),
            Rvalue::Field(field) => self.env.field(*field),
            Rvalue::NodeField(node, kind, field) => {
                self.env.node_field(self.get(*node).as_node(), *kind, *field)
            }
            Rvalue::NodeIs(node, kind) => Value::Bool(self.program.node_is(self.get(*node).as_node(), *kind)),
            Rvalue::Timers(node) => self.env.timers(self.get(*node).as_node()),
            Rvalue::Inputs(node) => self.env.inputs(self.get(*node).as_node()),
            Rvalue::Var(var) => self.env.var(*var),
            Rvalue::Packets => self.env.packets(),
            Rvalue::DistinctPackets => self.env.distinct_packets(),
            Rvalue::Heads => self.env.heads(),
            Rvalue::Trace => self.env.trace(),
            _ => unreachable!("`Run::rvalue` and `flatten` do the rest"),
        }
    }

    fn op(&mut self, dest: LocalId, op: Op, operands: &[Operand], span: Span) -> Result<Value, Fault> {
        let mut args: [Value; PARAMS_MAX] = [const { Value::Bool(false) }; PARAMS_MAX];
        for (arg, operand) in args.iter_mut().zip(operands).skip(1) {
            *arg = self.read(*operand);
        }
        // The local that is about to be overwritten gives its value away, so that `xs = push(xs, x)` is in place.
        match operands.first() {
            Some(Operand::Local(local)) if *local == dest && !operands[1..].contains(&operands[0]) => {
                args[0] = self.locals[self.current.locals + local.as_u32() as usize].take();
            }
            Some(first) => args[0] = self.read(*first),
            None => {}
        }
        if !op.is_quick() {
            let elements: usize = args.iter().map(Value::size).sum();
            self.fuel = self.fuel.saturating_sub((elements / FUEL_CHUNK) as u64);
        }
        ops::eval(self.program, op, &mut args).map_err(|kind| {
            let key = operands.get(1).map(|operand| self.ty(*operand));
            let detail = detail(self.program, kind, op, &args[..operands.len()], key);
            Fault { kind, span, detail }
        })
    }

    fn ty(&self, operand: Operand) -> TyId {
        match operand {
            Operand::Local(local) => self.program.functions[self.current.func].locals[local].ty,
            Operand::Const(id) => self.program.consts[id].ty,
        }
    }

    fn get(&self, operand: Operand) -> &Value {
        match operand {
            Operand::Local(local) => &self.locals[self.current.locals + local.as_u32() as usize],
            Operand::Const(id) => &self.program.consts[id].value,
        }
    }

    fn read(&self, operand: Operand) -> Value {
        self.get(operand).clone()
    }

    fn read_all(&self, operands: &[Operand]) -> Vec<Value> {
        operands.iter().map(|operand| self.read(*operand)).collect()
    }

    fn set(&mut self, local: LocalId, value: Value) {
        self.locals[self.current.locals + local.as_u32() as usize] = value;
    }
}

fn fault(span: Span, kind: FaultKind) -> Fault {
    Fault { kind, span, detail: SmolStr::default() }
}
