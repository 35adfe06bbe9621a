//! Random functions that the verifier accepts.

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

    /// Makes a record the result: of some locals, and of which of these are equal.
    fn tell(&mut self, block: &mut Block) {
        let mut told: Vec<LocalId> = self.assigned.clone();
        while told.len() > 8 {
            told.swap_remove(self.world.dice.below(told.len() - 4));
        }
        let bool = self.world.program.special.bool;
        for (at, a) in told.clone().into_iter().enumerate() {
            for b in told[at + 1..].to_vec() {
                if self.locals[a].ty == self.locals[b].ty && told.len() < 12 {
                    let equal = self.new_local(bool);
                    let args = vec![Operand::Local(a), Operand::Local(b)];
                    self.push(block, StmtKind::Assign(equal, Rvalue::Op(Op::Eq, args)));
                    told.push(equal);
                }
            }
        }
        let fields: Vec<(&str, TyId)> = told.iter().map(|local| ("f", self.locals[*local].ty)).collect();
        let ctors = vec![Ctor::new("Told", &fields)];
        let data = Data { name: "Told".into(), style: DataStyle::Named, ctors };
        let id = self.world.program.types.add_data(data);
        let ty = self.world.program.types.intern(Ty::Data(id));
        let made = self.new_local(ty);
        let fields = told.into_iter().map(Operand::Local).collect();
        self.push(block, StmtKind::Assign(made, Rvalue::Make(0, fields)));
        self.result = Some(ty);
        self.push(block, StmtKind::Return(Some(Operand::Local(made))));
    }

    /// A collection that is changed again and again, and what it was in between.
    fn chain(&mut self, block: &mut Block) {
        let int = self.world.program.special.int;
        let string = self.world.program.types.intern(Ty::Str);
        let kinds = [Ty::List(int), Ty::Set(int), Ty::Map(int, string)];
        let at = self.world.dice.below(3);
        let ty = self.world.program.types.intern(kinds[at].clone());
        let option = self.world.option(ty);
        let ops: &[Op] = match at {
            0 => &[
                Op::ListPush,
                Op::ListPush,
                Op::ListSet,
                Op::ListPop,
                Op::ListPopFront,
                Op::ListTake,
                Op::ListDrop,
                Op::ListReverse,
                Op::ListSorted,
                Op::ListConcat,
                Op::ListSlice,
            ],
            1 => &[Op::SetInsert, Op::SetInsert, Op::SetRemove, Op::SetUnion, Op::SetDifference],
            _ => &[Op::MapInsert, Op::MapInsert, Op::MapRemove],
        };
        let first = self.operand(ty);
        let changed = self.new_local(ty);
        self.push(block, StmtKind::Assign(changed, Rvalue::Use(first)));
        let it = Operand::Local(changed);
        for _ in 0..4 + self.world.dice.below(6) {
            match self.world.dice.below(10) {
                0..6 => {
                    let op = ops[self.world.dice.below(ops.len())];
                    let mut args = vec![it];
                    for sig in &op.info().params[1..] {
                        let sig = self.ty(sig, int, string);
                        let value = self.world.dice.below(3) as i64;
                        args.push(if sig == int { self.world.program.int(value) } else { self.operand(sig) });
                    }
                    self.push(block, StmtKind::Assign(changed, Rvalue::Op(op, args)));
                }
                6 | 7 => {
                    let copy = self.new_local(ty);
                    self.push(block, StmtKind::Assign(copy, Rvalue::Use(it)));
                }
                8 => {
                    let some = self.new_local(option);
                    self.push(block, StmtKind::Assign(some, Rvalue::Make(1, vec![it])));
                }
                _ => {
                    let (none, copy) = (self.new_local(option), self.new_local(ty));
                    self.push(block, StmtKind::Assign(none, Rvalue::Make(0, Vec::new())));
                    let or = Rvalue::Op(Op::OptionOr, vec![Operand::Local(none), it]);
                    self.push(block, StmtKind::Assign(copy, or));
                }
            }
        }
        if at == 0 {
            self.each_of(block, changed);
        }
    }

    /// A loop over a list that grows meanwhile.
    fn each_of(&mut self, block: &mut Block, list: LocalId) {
        let (int, label) = (self.world.program.special.int, self.label());
        let assigned = self.assigned.len();
        let element = self.new_local(int);
        let grow = Rvalue::Op(Op::ListPush, vec![Operand::Local(list), Operand::Local(element)]);
        let stmt = Stmt { span: span(), kind: StmtKind::Assign(list, grow) };
        self.assigned.truncate(assigned);
        let body = Block { stmts: vec![stmt] };
        self.push(block, StmtKind::For { label, element, list: Operand::Local(list), body });
    }

    /// A second local with the collection of a first one.
    fn copy(&mut self, block: &mut Block) {
        let types = &self.world.program.types;
        let is_collection =
            |ty: TyId| matches!(types.get(ty), Ty::List(_) | Ty::Set(_) | Ty::Map(..) | Ty::Str);
        let found = self.assigned.iter().copied().filter(|local| is_collection(self.locals[*local].ty));
        let found: Vec<LocalId> = found.collect();
        let Some(from) = self.world.dice.pick(&found).copied() else { return };
        let copy = self.new_local(self.locals[from].ty);
        self.push(block, StmtKind::Assign(copy, Rvalue::Use(Operand::Local(from))));
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

    fn op(&mut self, block: &mut Block) {
        let op = Op::ALL[self.world.dice.below(Op::ALL.len())];
        let info = op.info();
        let (mut a, mut b) = (self.world.any_type(), self.world.any_type());
        if let Some(local) = { self.world.dice.pick(&self.assigned).copied() }
            && let Some(first) = info.params.first()
        {
            self.fit(first, self.locals[local].ty, &mut a, &mut b);
        }
        if (info.ordered || ORDERED.contains(&op)) && !self.is_ordered(a) {
            let string = self.world.program.types.intern(Ty::Str);
            let int = self.world.program.special.int;
            let list = self.world.program.types.intern(Ty::List(int));
            let pair = self.world.pair(int, string);
            a = [int, string, self.world.program.special.bool, list, pair][self.world.dice.below(5)];
        }
        let params: Vec<TyId> = info.params.iter().map(|sig| self.ty(sig, a, b)).collect();
        let args: Vec<Operand> = params.iter().map(|ty| self.operand(*ty)).collect();
        let result = self.ty(&info.result, a, b);
        match args.first() {
            // The result takes the place of what it was made of.
            Some(Operand::Local(first)) if self.locals[*first].ty == result && !self.world.dice.one_in(3) => {
                self.push(block, StmtKind::Assign(*first, Rvalue::Op(op, args)));
            }
            _ => drop(self.assign(block, result, Rvalue::Op(op, args))),
        }
    }

    /// Chooses `A` and `B` so that a signature's type is the given one, if there is such a choice.
    fn fit(&self, sig: &SigTy, ty: TyId, a: &mut TyId, b: &mut TyId) {
        let program = &self.world.program;
        match (sig, program.types.get(ty)) {
            (SigTy::A, _) => *a = ty,
            (SigTy::B, _) => *b = ty,
            (SigTy::List(sig), Ty::List(item)) | (SigTy::Set(sig), Ty::Set(item)) => {
                self.fit(sig, *item, a, b)
            }
            (SigTy::Map(_, _), Ty::Map(key, value)) => (*a, *b) = (*key, *value),
            (SigTy::Option(_), Ty::Data(id)) if program.types.data(*id).name == "Option" => {
                *a = program.types.data(*id).ctors[1].fields[0].1;
            }
            (SigTy::Pair(..), Ty::Data(id)) if program.types.data(*id).style == DataStyle::Tuple => {
                let fields = &program.types.data(*id).ctors[0].fields;
                (*a, *b) = (fields[0].1, fields[1].1);
            }
            _ => {}
        }
    }

    fn is_ordered(&self, ty: TyId) -> bool {
        match self.world.program.types.get(ty) {
            Ty::Bool | Ty::Int | Ty::Str => true,
            Ty::List(item) => self.is_ordered(*item),
            Ty::Data(id) => {
                let data = self.world.program.types.data(*id);
                let mut fields = data.ctors.iter().flat_map(|ctor| &ctor.fields);
                data.style == DataStyle::Tuple && fields.all(|(_, ty)| self.is_ordered(*ty))
            }
            _ => false,
        }
    }

    fn ty(&mut self, sig: &SigTy, a: TyId, b: TyId) -> TyId {
        let special = self.world.program.special;
        match sig {
            SigTy::Bool => special.bool,
            SigTy::Int => special.int,
            SigTy::Str => self.world.program.types.intern(Ty::Str),
            SigTy::Node => special.node,
            SigTy::A => a,
            SigTy::B => b,
            SigTy::List(sig) => {
                let item = self.ty(sig, a, b);
                self.world.program.types.intern(Ty::List(item))
            }
            SigTy::Set(sig) => {
                let item = self.ty(sig, a, b);
                self.world.program.types.intern(Ty::Set(item))
            }
            SigTy::Map(key, value) => {
                let (key, value) = (self.ty(key, a, b), self.ty(value, a, b));
                self.world.program.types.intern(Ty::Map(key, value))
            }
            SigTy::Option(sig) => {
                let ty = self.ty(sig, a, b);
                self.world.option(ty)
            }
            SigTy::Pair(first, second) => {
                let (first, second) = (self.ty(first, a, b), self.ty(second, a, b));
                self.world.pair(first, second)
            }
        }
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

    fn ambient(&mut self, block: &mut Block) {
        let special = self.world.program.special;
        match self.context {
            Context::Pure => {
                let (node, kind) =
                    (self.operand(special.node), KindId::from_u32(self.world.dice.below(2) as u32));
                self.assign(block, special.bool, Rvalue::NodeIs(node, kind));
            }
            Context::Node(kind) => self.node_ambient(block, kind),
            Context::World => self.world_ambient(block),
            Context::Rule => self.rule_ambient(block),
        }
    }

    fn node_ambient(&mut self, block: &mut Block, kind: KindId) {
        let special = self.world.program.special;
        let field = FieldId::from_u32(self.world.dice.below(3) as u32);
        let ty = self.world.program.kinds[kind].fields[field].ty;
        match self.world.dice.below(8) {
            0 => drop(self.assign(block, special.node, Rvalue::SelfNode)),
            1 | 2 => drop(self.assign(block, ty, Rvalue::Field(field))),
            3 | 4 => {
                let value = self.operand(ty);
                self.push(block, StmtKind::StoreField(field, value));
            }
            5 => {
                let (to, body) = (self.operand(special.node), self.operand(special.message));
                self.push(block, StmtKind::Send { to, body });
            }
            6 => {
                let to = self.world.dice.one_in(2).then(|| self.operand(special.caller));
                let body = self.operand(special.output);
                self.push(block, StmtKind::Output { to, body });
            }
            _ => {
                let timer = self.operand(special.timer);
                let start = self.world.dice.one_in(2);
                self.push(
                    block,
                    if start { StmtKind::StartTimer(timer) } else { StmtKind::StopTimer(timer) },
                );
            }
        }
    }

    fn world_ambient(&mut self, block: &mut Block) {
        let special = self.world.program.special;
        let list = |writer: &mut Self, ty| writer.world.program.types.intern(Ty::List(ty));
        match self.world.dice.below(8) {
            0 | 1 => {
                // The last node is the only one of the second kind.
                let (node, kind) = [(0, 0), (1, 0), (2, 1)][self.world.dice.below(3)];
                let kind = KindId::from_u32(kind);
                let field = FieldId::from_u32(self.world.dice.below(3) as u32);
                let ty = self.world.program.kinds[kind].fields[field].ty;
                let node = self.world.program.constant(special.node, Value::Node(node));
                self.assign(block, ty, Rvalue::NodeField(node, kind, field));
            }
            2 => {
                let (ty, node) = (list(self, special.timer), self.operand(special.node));
                self.assign(block, ty, Rvalue::Timers(node));
            }
            3 => {
                let (ty, node) = (list(self, special.invocation), self.operand(special.node));
                self.assign(block, ty, Rvalue::Inputs(node));
            }
            4 => {
                let ty = list(self, special.event);
                self.assign(block, ty, Rvalue::Trace);
            }
            _ => self.network_ambient(block),
        }
    }

    fn network_ambient(&mut self, block: &mut Block) {
        let packet = self.world.program.special.packet;
        let packets = self.world.program.types.intern(Ty::List(packet));
        let var = VarId::from_u32(self.world.dice.below(2) as u32);
        let ty = self.world.program.network.vars[var].ty;
        match self.world.dice.below(4) {
            0 => drop(self.assign(block, ty, Rvalue::Var(var))),
            1 => drop(self.assign(block, packets, Rvalue::Packets)),
            2 => drop(self.assign(block, packets, Rvalue::DistinctPackets)),
            _ => drop(self.assign(block, packets, Rvalue::Heads)),
        }
    }

    fn rule_ambient(&mut self, block: &mut Block) {
        let packet = self.world.program.special.packet;
        let var = VarId::from_u32(self.world.dice.below(2) as u32);
        match self.world.dice.below(8) {
            0 => {
                let value = self.operand(self.world.program.network.vars[var].ty);
                self.push(block, StmtKind::StoreVar(var, value));
            }
            1 => {
                let packet = self.operand(packet);
                self.push(block, StmtKind::AddPacket(packet));
            }
            2 => {
                let packet = self.operand(packet);
                self.push(block, StmtKind::RemovePacket(packet));
            }
            _ => self.network_ambient(block),
        }
    }

    fn fire(&mut self) -> Fire {
        let special = self.world.program.special;
        let at = self.operand(special.node);
        match self.world.dice.below(5) {
            0 => Fire::Input { invocation: self.operand(special.invocation), at },
            1 => Fire::Deliver(self.operand(special.packet)),
            2 => Fire::Timeout { timer: self.operand(special.timer), at },
            3 => Fire::Crash(at),
            _ => Fire::Reboot(at),
        }
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
