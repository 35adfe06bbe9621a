//! Random functions that the verifier accepts.

mod ambient;
mod chains;
mod operations;

use crate::types::{World, span};
use cranelift_entity::PrimaryMap;
use verdi_core::*;

/// Writes one function.
pub(crate) struct Writer<'w> {
    world: &'w mut World,
    context: Context,
    locals: PrimaryMap<LocalId, Local>,
    /// What is assigned on every path to the place at hand.
    assigned: Vec<LocalId>,
    labels: Vec<Label>,
    next_label: u32,
    loops: usize,
    /// How many statements may still be written.
    left: usize,
    result: Option<TyId>,
    tells: bool,
    /// Functions without events that may be called.
    callable: &'w [FuncId],
}

const ORDERED: &[Op] = &[Op::Lt, Op::Le, Op::Gt, Op::Ge, Op::Min, Op::Max];

impl<'w> Writer<'w> {
    /// Adds a function to the program.
    pub(crate) fn write(world: &'w mut World, context: Context, callable: &'w [FuncId]) -> FuncId {
        // Most functions tell in the end what became of their locals, and so have no other end.
        let tells = context != Context::Rule && !world.dice.one_in(3);
        let result = if tells || context == Context::Rule { None } else { Some(world.any_type()) };
        let mut writer = Writer {
            left: 4 + world.dice.below(24),
            world,
            context,
            locals: PrimaryMap::new(),
            assigned: Vec::new(),
            labels: Vec::new(),
            next_label: 0,
            loops: 0,
            result,
            tells,
            callable,
        };
        let params = writer.world.dice.below(4);
        for _ in 0..params {
            let ty = writer.world.any_type();
            writer.new_local(ty);
        }
        let mut body = Block::default();
        writer.stmts(&mut body);
        if context == Context::Rule {
            let fire = writer.fire();
            writer.push(&mut body, StmtKind::Fire(fire));
            writer.left = writer.world.dice.below(3);
            writer.stmts(&mut body);
        }
        if tells {
            writer.tell(&mut body);
        }
        if !matches!(body.stmts.last().map(|stmt| &stmt.kind), Some(StmtKind::Return(_) | StmtKind::Leave(_)))
        {
            let ret = writer.ret();
            writer.push(&mut body, ret);
        }
        let result = writer.result;
        let (locals, program) = (writer.locals, &mut writer.world.program);
        number(&mut body, program.functions.len() as u32, &mut 0);
        let name = format!("f{}", program.functions.len()).into();
        program.functions.push(Function { name, span: span(), context, params, locals, result, body })
    }

    fn new_local(&mut self, ty: TyId) -> LocalId {
        let local = self.locals.push(Local { name: "x".into(), ty });
        self.assigned.push(local);
        local
    }

    fn push(&mut self, block: &mut Block, kind: StmtKind) {
        block.stmts.push(Stmt { span: span(), kind });
    }

    fn local_of(&mut self, ty: TyId) -> Option<LocalId> {
        let fitting: Vec<LocalId> =
            self.assigned.iter().copied().filter(|local| self.locals[*local].ty == ty).collect();
        self.world.dice.pick(&fitting).copied()
    }

    /// A local or constant of a type.
    fn operand(&mut self, ty: TyId) -> Operand {
        match self.local_of(ty) {
            Some(local) if !self.world.dice.one_in(6) => Operand::Local(local),
            _ => {
                let value = self.world.value(ty, 1);
                self.world.program.constant(ty, value)
            }
        }
    }

    /// Where to assign to: often a local that has a value already.
    fn dest(&mut self, ty: TyId) -> LocalId {
        match self.local_of(ty) {
            Some(local) if !self.world.dice.one_in(2) => local,
            _ => self.new_local(ty),
        }
    }

    fn assign(&mut self, block: &mut Block, ty: TyId, value: Rvalue) -> LocalId {
        let dest = self.dest(ty);
        self.push(block, StmtKind::Assign(dest, value));
        dest
    }

    fn stmts(&mut self, block: &mut Block) {
        while self.left > 0 {
            self.left -= 1;
            if !self.stmt(block) {
                return;
            }
        }
    }

    /// The statements of a block inside; what they assign is not assigned for certain after it.
    fn inside(&mut self, most: usize) -> Block {
        let (assigned, left) = (self.assigned.len(), self.left);
        self.left = left.min(most);
        let inner = self.left;
        let mut block = Block::default();
        self.stmts(&mut block);
        self.left = left - (inner - self.left);
        self.assigned.truncate(assigned);
        block
    }

    /// Adds a statement; whether the block goes on after it.
    fn stmt(&mut self, block: &mut Block) -> bool {
        let special = self.world.program.special;
        match self.world.dice.below(42) {
            0..20 => self.op(block),
            20 => {
                let item = self.world.any_type();
                let ty = self.world.program.types.intern(Ty::List(item));
                let items = (0..self.world.dice.below(4)).map(|_| self.operand(item)).collect();
                self.assign(block, ty, Rvalue::List(items));
            }
            21..24 => self.make(block),
            24..27 => self.get(block),
            27 if self.world.dice.one_in(2) => self.copy(block),
            27 => {
                let ty = self.world.any_type();
                let from = self.operand(ty);
                self.assign(block, ty, Rvalue::Use(from));
            }
            28 | 29 => {
                let cond = self.operand(special.bool);
                let (then, other) = (self.inside(4), self.inside(4));
                self.push(block, StmtKind::If(cond, then, other));
            }
            30 | 31 => self.each(block),
            32 => {
                let label = self.label();
                self.labels.push(label);
                let body = self.inside(5);
                self.labels.pop();
                self.push(block, StmtKind::Scope(label, body));
            }
            33 if !self.labels.is_empty() && self.world.dice.one_in(2) => {
                let at = self.world.dice.below(self.labels.len());
                self.push(block, StmtKind::Leave(self.labels[at]));
                return false;
            }
            34 if !self.tells && self.world.dice.one_in(6) => {
                let ret = self.ret();
                self.push(block, ret);
                return false;
            }
            35 if self.world.dice.one_in(3) => {
                let cond = self.operand(special.bool);
                self.push(block, StmtKind::Assert(cond, "why not".into()));
            }
            36 => self.call(block),
            37 | 38 => self.chain(block),
            _ => self.ambient(block),
        }
        true
    }

    fn ret(&mut self) -> StmtKind {
        StmtKind::Return(self.result.map(|ty| self.operand(ty)))
    }

    fn label(&mut self) -> Label {
        self.next_label += 1;
        Label(self.next_label)
    }

    fn each(&mut self, block: &mut Block) {
        if self.loops > 1 {
            return;
        }
        let lists = self.assigned.iter().map(|local| self.locals[*local].ty);
        let lists: Vec<TyId> =
            lists.filter(|ty| matches!(self.world.program.types.get(*ty), Ty::List(_))).collect();
        let Some(ty) = self.world.dice.pick(&lists).copied() else { return };
        let Ty::List(item) = *self.world.program.types.get(ty) else { return };
        let (list, label) = (self.operand(ty), self.label());
        let assigned = self.assigned.len();
        let element = self.new_local(item);
        self.labels.push(label);
        self.loops += 1;
        let body = self.inside(6);
        self.loops -= 1;
        self.labels.pop();
        self.assigned.truncate(assigned);
        self.push(block, StmtKind::For { label, element, list, body });
    }

    fn make(&mut self, block: &mut Block) {
        let ty = self.world.any_type();
        let Some((_, data)) = self.world.program.types.as_data(ty) else { return };
        let data = data.clone();
        let tag = self.world.dice.below(data.ctors.len());
        let fields = data.ctors[tag].fields.iter().map(|(_, ty)| self.operand(*ty)).collect();
        self.assign(block, ty, Rvalue::Make(tag as u32, fields));
    }

    /// `if x is C { y = x.f … }`
    fn get(&mut self, block: &mut Block) {
        let program = &self.world.program;
        let data =
            self.assigned.iter().filter(|local| program.types.as_data(self.locals[**local].ty).is_some());
        let data: Vec<LocalId> = data.copied().collect();
        let Some(local) = self.world.dice.pick(&data).copied() else { return };
        let ctors = match self.world.program.types.as_data(self.locals[local].ty) {
            Some((_, data)) => data.ctors.clone(),
            None => return,
        };
        let tag = self.world.dice.below(ctors.len());
        let is = Rvalue::Is(Operand::Local(local), tag as u32);
        let cond = self.new_local(self.world.program.special.bool);
        self.push(block, StmtKind::Assign(cond, is));
        let (assigned, mut then) = (self.assigned.len(), Block::default());
        if !ctors[tag].fields.is_empty() {
            let at = self.world.dice.below(ctors[tag].fields.len());
            let value = Rvalue::Get(Operand::Local(local), tag as u32, at as u32);
            self.assign(&mut then, ctors[tag].fields[at].1, value);
            let mut more = self.inside(4);
            then.stmts.append(&mut more.stmts);
        }
        self.assigned.truncate(assigned);
        let other = self.inside(2);
        self.push(block, StmtKind::If(Operand::Local(cond), then, other));
    }

    fn call(&mut self, block: &mut Block) {
        let functions = &self.world.program.functions;
        let allowed = self.callable.iter().copied().filter(|callee| {
            let context = functions[*callee].context;
            context == Context::Pure || context == self.context
        });
        let allowed: Vec<FuncId> = allowed.collect();
        let Some(callee) = self.world.dice.pick(&allowed).copied() else { return };
        let function = &self.world.program.functions[callee];
        let Some(result) = function.result else { return };
        let tys: Vec<TyId> = function.locals.values().take(function.params).map(|local| local.ty).collect();
        let args = tys.into_iter().map(|ty| self.operand(ty)).collect();
        self.assign(block, result, Rvalue::Call(callee, args));
    }
}

/// Gives each statement a place of its own, so that faults can be told apart.
fn number(block: &mut Block, function: u32, next: &mut u32) {
    for stmt in &mut block.stmts {
        *next += 1;
        stmt.span = Span { start: function * 1000 + *next, end: function * 1000 + *next + 1, ..span() };
        match &mut stmt.kind {
            StmtKind::If(_, then, other) => {
                number(then, function, next);
                number(other, function, next);
            }
            StmtKind::For { body, .. } | StmtKind::Scope(_, body) => number(body, function, next),
            _ => {}
        }
    }
}
