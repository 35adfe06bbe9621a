//! The types of statements and operands, and what a context allows.

use super::{Verifier, signature};
use crate::*;

impl<'a> Verifier<'a> {
    pub(super) fn body(&mut self, function: &'a Function) {
        self.check(function.params <= function.locals.len(), || "it has more parameters than locals".into());
        if let Context::Node(kind) = function.context
            && !self.program.kinds.is_valid(kind)
        {
            return self.error(format!("its context is {kind}, which there is not"));
        }
        let mut blocks = vec![&function.body];
        while let Some(block) = blocks.pop() {
            for stmt in &block.stmts {
                self.span = Some(stmt.span);
                if self.ids(function, stmt) {
                    let mut at = At { verifier: self, function };
                    at.stmt(&stmt.kind);
                }
                match &stmt.kind {
                    StmtKind::If(_, then, other) => blocks.extend([then, other]),
                    StmtKind::For { body, .. } | StmtKind::Scope(_, body) => blocks.push(body),
                    _ => {}
                }
            }
        }
        self.elements(function);
    }

    /// Whether every local, constant and function of a statement is there.
    fn ids(&mut self, function: &Function, stmt: &Stmt) -> bool {
        let missing = stmt.operands().into_iter().find(|operand| match operand {
            Operand::Local(local) => !function.locals.is_valid(*local),
            Operand::Const(id) => !self.program.consts.is_valid(*id),
        });
        if let Some(missing) = missing {
            self.error(format!("there is no {missing:?}"));
        }
        let assigned = stmt.assigns().filter(|local| !function.locals.is_valid(*local));
        if let Some(assigned) = assigned {
            self.error(format!("there is no {assigned}"));
        }
        let callee = stmt.callee().filter(|callee| !self.program.functions.is_valid(*callee));
        if let Some(callee) = callee {
            self.error(format!("there is no {callee}"));
        }
        missing.is_none() && assigned.is_none() && callee.is_none()
    }

    /// Whether no loop's element is the element of a loop inside it.
    fn elements(&mut self, function: &'a Function) {
        let mut todo: Vec<(&Block, Vec<LocalId>)> = vec![(&function.body, Vec::new())];
        while let Some((block, elements)) = todo.pop() {
            for stmt in &block.stmts {
                match &stmt.kind {
                    StmtKind::If(_, then, other) => {
                        todo.extend([(then, elements.clone()), (other, elements.clone())])
                    }
                    StmtKind::Scope(_, body) => todo.push((body, elements.clone())),
                    StmtKind::For { element, body, .. } => {
                        self.span = Some(stmt.span);
                        self.check(!elements.contains(element), || {
                            format!("{element} is an enclosing loop's element too")
                        });
                        todo.push((body, [elements.as_slice(), &[*element]].concat()));
                    }
                    _ => {}
                }
            }
        }
    }
}

/// A statement's place.
struct At<'v, 'a> {
    verifier: &'v mut Verifier<'a>,
    function: &'a Function,
}

impl<'a> At<'_, 'a> {
    fn program(&self) -> &'a Program {
        self.verifier.program
    }

    fn special(&self) -> SpecialTypes {
        self.program().special
    }

    fn ty(&self, operand: Operand) -> TyId {
        match operand {
            Operand::Local(local) => self.function.locals[local].ty,
            Operand::Const(id) => self.program().consts[id].ty,
        }
    }

    fn error(&mut self, message: impl Into<String>) {
        self.verifier.error(message);
    }

    fn same(&mut self, what: &str, found: TyId, wanted: TyId) {
        let program = self.program();
        let name = |ty| program.ty_name(ty);
        self.verifier
            .check(found == wanted, || format!("{what} is of type {}, not {}", name(found), name(wanted)));
    }

    fn operand(&mut self, what: &str, operand: Operand, wanted: TyId) {
        self.same(what, self.ty(operand), wanted);
    }

    fn stmt(&mut self, stmt: &StmtKind) {
        let special = self.special();
        match stmt {
            StmtKind::Assign(local, value) => self.assign(self.function.locals[*local].ty, value),
            StmtKind::Call(func, args) => self.call(*func, args, None),
            StmtKind::If(cond, ..) | StmtKind::Assert(cond, _) => {
                self.operand("the condition", *cond, special.bool)
            }
            StmtKind::For { element, list, .. } => match *self.program().types.get(self.ty(*list)) {
                Ty::List(item) => self.same("the loop's element", self.function.locals[*element].ty, item),
                _ => self.error("a loop runs over what is no list"),
            },
            StmtKind::Scope(..) | StmtKind::Leave(_) => {}
            StmtKind::Return(value) => self.ret(*value),
            StmtKind::StoreField(field, value) => {
                if let Some(ty) = self.own_field(*field) {
                    self.operand("the field's value", *value, ty);
                }
            }
            StmtKind::Send { to, body } => {
                self.node_only("Send");
                self.operand("the destination", *to, special.node);
                self.operand("the message", *body, special.message);
            }
            StmtKind::Output { to, body } => {
                self.node_only("Output");
                if let Some(to) = to {
                    self.operand("the caller", *to, special.caller);
                }
                self.operand("the output", *body, special.output);
            }
            StmtKind::StartTimer(timer) | StmtKind::StopTimer(timer) => {
                self.node_only("a timer");
                self.operand("the timer", *timer, special.timer);
            }
            StmtKind::StoreVar(var, value) => {
                self.rule_only("StoreVar");
                if let Some(ty) = self.var(*var) {
                    self.operand("the variable's value", *value, ty);
                }
            }
            StmtKind::AddPacket(packet) | StmtKind::RemovePacket(packet) => {
                self.rule_only("moving a packet");
                self.operand("the packet", *packet, special.packet);
            }
            StmtKind::Fire(fire) => self.fire(fire),
        }
    }

    fn fire(&mut self, fire: &Fire) {
        let special = self.special();
        self.rule_only("Fire");
        match fire {
            Fire::Input { invocation, at } => {
                self.operand("the invocation", *invocation, special.invocation);
                self.operand("the node", *at, special.node);
            }
            Fire::Deliver(packet) => self.operand("the packet", *packet, special.packet),
            Fire::Timeout { timer, at } => {
                self.operand("the timer", *timer, special.timer);
                self.operand("the node", *at, special.node);
            }
            Fire::Crash(node) | Fire::Reboot(node) => self.operand("the node", *node, special.node),
        }
    }

    fn ret(&mut self, value: Option<Operand>) {
        match (value, self.function.result) {
            (None, None) => {}
            (Some(value), Some(result)) => self.operand("the result", value, result),
            (None, Some(_)) => self.error("a `Return` gives no value"),
            (Some(_), None) => self.error("a `Return` gives a value, and the function has no result"),
        }
    }

    fn call(&mut self, func: FuncId, args: &[Operand], result: Option<TyId>) {
        let callee = &self.program().functions[func];
        if callee.context != Context::Pure && callee.context != self.function.context {
            self.error(format!("it calls `{}`, which is of another context", callee.name));
        }
        if callee.params != args.len() {
            return self.error(format!(
                "`{}` takes {} arguments, not {}",
                callee.name,
                callee.params,
                args.len()
            ));
        }
        for (arg, param) in args.iter().zip(callee.locals.values()) {
            self.operand("an argument", *arg, param.ty);
        }
        match (callee.result, result) {
            (None, None) => {}
            (Some(found), Some(wanted)) => self.same("the result of a call", found, wanted),
            (Some(_), None) => self.error(format!("the result of `{}` is not assigned", callee.name)),
            (None, Some(_)) => self.error(format!("`{}` has no result to assign", callee.name)),
        }
    }

    /// Checks a value that is assigned to a local of type `dest`.
    fn assign(&mut self, dest: TyId, value: &Rvalue) {
        let special = self.special();
        match value {
            Rvalue::Use(operand) => self.operand("what is copied", *operand, dest),
            Rvalue::Op(op, args) => self.op(*op, args, dest),
            Rvalue::List(items) => match *self.program().types.get(dest) {
                Ty::List(item) => items.iter().for_each(|operand| self.operand("an element", *operand, item)),
                _ => self.error("a list is assigned to what is no list"),
            },
            Rvalue::Make(tag, fields) => self.make(dest, *tag, fields),
            Rvalue::Is(operand, tag) => {
                self.ctor(self.ty(*operand), *tag);
                self.same("a test", special.bool, dest);
            }
            Rvalue::Get(operand, tag, field) => {
                if let Some(ctor) = self.ctor(self.ty(*operand), *tag) {
                    match ctor.fields.get(*field as usize) {
                        Some((_, ty)) => self.same("the field", *ty, dest),
                        None => self.error(format!("`{}` has no field {field}", ctor.name)),
                    }
                }
            }
            Rvalue::Call(func, args) => self.call(*func, args, Some(dest)),
            ambient => self.ambient(ambient, dest),
        }
    }

    /// Checks a value that is read from the world.
    fn ambient(&mut self, value: &Rvalue, dest: TyId) {
        let special = self.special();
        match value {
            Rvalue::SelfNode => {
                self.node_only("SelfNode");
                self.same("`self`", special.node, dest);
            }
            Rvalue::Field(field) => {
                if let Some(ty) = self.own_field(*field) {
                    self.same("the field", ty, dest);
                }
            }
            Rvalue::NodeField(node, kind, field) => {
                self.world_only("NodeField");
                self.operand("the node", *node, special.node);
                if let Some(ty) = self.field(*kind, *field) {
                    self.same("the field", ty, dest);
                }
            }
            Rvalue::NodeIs(node, kind) => {
                self.operand("the node", *node, special.node);
                self.same("a test", special.bool, dest);
                let known = self.program().kinds.is_valid(*kind);
                self.verifier.check(known, || format!("there is no {kind}"));
            }
            Rvalue::Timers(node) => {
                self.world_only("Timers");
                self.operand("the node", *node, special.node);
                self.list_of(special.timer, dest);
            }
            Rvalue::Inputs(node) => {
                self.world_only("Inputs");
                self.operand("the node", *node, special.node);
                self.list_of(special.invocation, dest);
            }
            Rvalue::Var(var) => {
                self.network_only("Var");
                if let Some(ty) = self.var(*var) {
                    self.same("the variable", ty, dest);
                }
            }
            Rvalue::Packets | Rvalue::DistinctPackets | Rvalue::Heads => {
                self.network_only("reading packets");
                self.list_of(special.packet, dest);
            }
            Rvalue::Trace => {
                self.world_only("Trace");
                self.list_of(special.event, dest);
            }
            _ => {}
        }
    }

    fn op(&mut self, op: Op, args: &[Operand], dest: TyId) {
        let params: Vec<TyId> = args.iter().map(|arg| self.ty(*arg)).collect();
        let program = self.program();
        self.verifier.check(signature::matches(&program.types, op, &params, dest), || {
            let params: Vec<String> = params.iter().map(|ty| program.ty_name(*ty)).collect();
            format!("{op:?} does not take ({}) to {}", params.join(", "), program.ty_name(dest))
        });
    }

    fn make(&mut self, dest: TyId, tag: u32, fields: &[Operand]) {
        let Some(ctor) = self.ctor(dest, tag) else { return };
        if ctor.fields.len() != fields.len() {
            return self.error(format!(
                "`{}` has {} fields, not {}",
                ctor.name,
                ctor.fields.len(),
                fields.len()
            ));
        }
        for (field, (_, ty)) in fields.iter().zip(&ctor.fields) {
            self.operand("a constructor's field", *field, *ty);
        }
    }

    fn ctor(&mut self, ty: TyId, tag: u32) -> Option<&'a Ctor> {
        let Some((_, data)) = self.program().types.as_data(ty) else {
            self.error(format!("{} has no constructors", self.program().ty_name(ty)));
            return None;
        };
        let ctor = data.ctors.get(tag as usize);
        self.verifier.check(ctor.is_some(), || format!("{} has no constructor {tag}", data.name));
        ctor
    }

    fn list_of(&mut self, item: TyId, dest: TyId) {
        let fits = *self.program().types.get(dest) == Ty::List(item);
        self.verifier.check(fits, || "a list is assigned to a local of another type".into());
    }

    fn own_field(&mut self, field: FieldId) -> Option<TyId> {
        match self.function.context {
            Context::Node(kind) => self.field(kind, field),
            _ => {
                self.error("an own field is used outside of a node");
                None
            }
        }
    }

    fn field(&mut self, kind: KindId, field: FieldId) -> Option<TyId> {
        let info = self.program().kinds.get(kind).and_then(|kind| kind.fields.get(field));
        self.verifier.check(info.is_some(), || format!("{kind} has no {field}"));
        info.map(|info| info.ty)
    }

    fn var(&mut self, var: VarId) -> Option<TyId> {
        let info = self.program().network.vars.get(var);
        self.verifier.check(info.is_some(), || format!("the network has no {var}"));
        info.map(|info| info.ty)
    }

    fn context(&mut self, allowed: bool, what: &str) {
        let context = self.function.context;
        self.verifier.check(allowed, || format!("{what} does not stand in a {context:?} function"));
    }

    fn node_only(&mut self, what: &str) {
        self.context(matches!(self.function.context, Context::Node(_)), what);
    }

    fn rule_only(&mut self, what: &str) {
        self.context(self.function.context == Context::Rule, what);
    }

    fn world_only(&mut self, what: &str) {
        self.context(self.function.context == Context::World, what);
    }

    fn network_only(&mut self, what: &str) {
        self.context(matches!(self.function.context, Context::Rule | Context::World), what);
    }
}
