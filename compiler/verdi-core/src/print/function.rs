use crate::show::{commas, quote};
use crate::*;
use std::fmt::{Display, Formatter, Result};

/// A function as text.
#[derive(Clone, Copy)]
pub(super) struct Printed<'a> {
    pub(super) program: &'a Program,
    pub(super) function: &'a Function,
}

impl Display for Printed<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let Function { name, context, params, locals, result, body, .. } = self.function;
        write!(f, "fn {name}(")?;
        commas(f, locals.iter().take(*params), |f, (id, local)| {
            write!(f, "{}: {}", self.local(id), self.program.ty_name(local.ty))
        })?;
        write!(f, ")")?;
        if let Some(result) = result {
            write!(f, ": {}", self.program.ty_name(*result))?;
        }
        match context {
            Context::Pure => {}
            Context::Node(kind) => {
                write!(f, " at {}", self.program.kinds.get(*kind).map_or("?", |kind| &kind.name))?
            }
            Context::Rule => write!(f, " in a rule")?,
            Context::World => write!(f, " of a world")?,
        }
        self.block(f, body, 0)
    }
}

impl Printed<'_> {
    /// A named local shows its number too, for two may have one name.
    fn local(&self, id: LocalId) -> String {
        let name = self.function.locals.get(id).map_or("?", |local| &local.name);
        format!("{name}%{}", id.as_u32())
    }

    fn operand(&self, operand: Operand) -> String {
        match operand {
            Operand::Local(id) => self.local(id),
            Operand::Const(id) => match self.program.consts.get(id) {
                Some(constant) => show(self.program, constant.ty, &constant.value),
                None => format!("{id}"),
            },
        }
    }

    fn operands(&self, operands: &[Operand]) -> String {
        operands.iter().map(|operand| self.operand(*operand)).collect::<Vec<_>>().join(", ")
    }

    fn ctor(&self, ty: Option<TyId>, tag: u32) -> String {
        let data = ty.and_then(|ty| self.program.types.as_data(ty));
        let ctor = data.and_then(|(_, data)| data.ctors.get(tag as usize)).map(|ctor| ctor.name.as_str());
        ctor.map_or(format!("#{tag}"), |name| if name.is_empty() { "tuple".into() } else { name.into() })
    }

    fn ty(&self, operand: Operand) -> Option<TyId> {
        match operand {
            Operand::Local(id) => self.function.locals.get(id).map(|local| local.ty),
            Operand::Const(id) => self.program.consts.get(id).map(|constant| constant.ty),
        }
    }

    fn callee(&self, func: FuncId) -> &str {
        self.program.functions.get(func).map_or("?", |function| &function.name)
    }

    fn block(&self, f: &mut Formatter<'_>, block: &Block, depth: usize) -> Result {
        writeln!(f, " {{")?;
        for stmt in &block.stmts {
            write!(f, "{:1$}", "", 2 * depth + 2)?;
            self.stmt(f, &stmt.kind, depth + 1)?;
            writeln!(f)?;
        }
        write!(f, "{:1$}}}", "", 2 * depth)
    }

    fn stmt(&self, f: &mut Formatter<'_>, stmt: &StmtKind, depth: usize) -> Result {
        let o = |operand: &Operand| self.operand(*operand);
        match stmt {
            StmtKind::Assign(local, value) => {
                let ty = self.function.locals.get(*local).map(|local| local.ty);
                write!(f, "{} = {}", self.local(*local), self.value(value, ty))
            }
            StmtKind::Call(func, args) => write!(f, "{}({})", self.callee(*func), self.operands(args)),
            StmtKind::If(cond, then, other) => {
                write!(f, "if {}", o(cond))?;
                self.block(f, then, depth)?;
                if other.stmts.is_empty() {
                    return Ok(());
                }
                write!(f, " else")?;
                self.block(f, other, depth)
            }
            StmtKind::For { label, element, list, body } => {
                write!(f, "for {} in {} '{}", self.local(*element), o(list), label.0)?;
                self.block(f, body, depth)
            }
            StmtKind::Scope(label, body) => {
                write!(f, "scope '{}", label.0)?;
                self.block(f, body, depth)
            }
            StmtKind::Leave(label) => write!(f, "leave '{}", label.0),
            StmtKind::Return(None) => write!(f, "return"),
            StmtKind::Return(Some(value)) => write!(f, "return {}", o(value)),
            StmtKind::Assert(cond, why) => {
                write!(f, "assert {}, ", o(cond))?;
                quote(f, why)
            }
            StmtKind::StoreField(field, value) => {
                write!(f, "self.{} := {}", self.own_field(*field), o(value))
            }
            StmtKind::Send { to, body } => write!(f, "send {} to {}", o(body), o(to)),
            StmtKind::Output { to: None, body } => write!(f, "output {}", o(body)),
            StmtKind::Output { to: Some(to), body } => write!(f, "output {} to {}", o(body), o(to)),
            StmtKind::StartTimer(timer) => write!(f, "start {}", o(timer)),
            StmtKind::StopTimer(timer) => write!(f, "stop {}", o(timer)),
            StmtKind::StoreVar(var, value) => write!(f, "{} := {}", self.var(*var), o(value)),
            StmtKind::AddPacket(packet) => write!(f, "packets.add({})", o(packet)),
            StmtKind::RemovePacket(packet) => write!(f, "packets.remove({})", o(packet)),
            StmtKind::Fire(Fire::Input { invocation, at }) => {
                write!(f, "input {} at {}", o(invocation), o(at))
            }
            StmtKind::Fire(Fire::Deliver(packet)) => write!(f, "deliver {}", o(packet)),
            StmtKind::Fire(Fire::Timeout { timer, at }) => write!(f, "timeout {} at {}", o(timer), o(at)),
            StmtKind::Fire(Fire::Crash(node)) => write!(f, "crash {}", o(node)),
            StmtKind::Fire(Fire::Reboot(node)) => write!(f, "reboot {}", o(node)),
        }
    }

    fn value(&self, value: &Rvalue, ty: Option<TyId>) -> String {
        let o = |operand: &Operand| self.operand(*operand);
        match value {
            Rvalue::Use(operand) => o(operand),
            Rvalue::Op(op, args) => format!("{op:?}({})", self.operands(args)),
            Rvalue::List(items) => format!("[{}]", self.operands(items)),
            Rvalue::Make(tag, fields) => format!("make {}({})", self.ctor(ty, *tag), self.operands(fields)),
            Rvalue::Is(operand, tag) => format!("{} is {}", o(operand), self.ctor(self.ty(*operand), *tag)),
            Rvalue::Get(operand, tag, field) => {
                format!("{} as {}.{field}", o(operand), self.ctor(self.ty(*operand), *tag))
            }
            Rvalue::Call(func, args) => format!("{}({})", self.callee(*func), self.operands(args)),
            Rvalue::SelfNode => "self".into(),
            Rvalue::Field(field) => format!("self.{}", self.own_field(*field)),
            Rvalue::NodeField(node, kind, field) => format!("{}.{}", o(node), self.field(*kind, *field)),
            Rvalue::NodeIs(node, kind) => {
                format!("{} is {}", o(node), self.program.kinds.get(*kind).map_or("?", |kind| &kind.name))
            }
            Rvalue::Timers(node) => format!("timers({})", o(node)),
            Rvalue::Inputs(node) => format!("inputs({})", o(node)),
            Rvalue::Var(var) => self.var(*var).into(),
            Rvalue::Packets => "packets".into(),
            Rvalue::DistinctPackets => "packets.distinct()".into(),
            Rvalue::Heads => "packets.heads()".into(),
            Rvalue::Trace => "trace".into(),
        }
    }

    fn own_field(&self, field: FieldId) -> &str {
        match self.function.context {
            Context::Node(kind) => self.field(kind, field),
            _ => "?",
        }
    }

    fn field(&self, kind: KindId, field: FieldId) -> &str {
        let info = self.program.kinds.get(kind).and_then(|kind| kind.fields.get(field));
        info.map_or("?", |info| &info.name)
    }

    fn var(&self, var: VarId) -> &str {
        self.program.network.vars.get(var).map_or("?", |info| &info.name)
    }
}
