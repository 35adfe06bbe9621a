//! The cursor that lowering writes a function through.

use super::{Lower, types::Substitution};
use crate::hir;
use cranelift_entity::{PrimaryMap, SecondaryMap};
use smol_str::SmolStr;
use verdi_core::{
    Block, Context, FuncId, Function, Label, Local, LocalId, Op, Operand, Rvalue, Span, Stmt, StmtKind, TyId,
    Value,
};
use verdi_diagnostics::{Diagnostic, codes};

/// A function being written: what is emitted goes to the end of the innermost open block.
pub(super) struct Body<'l, 'a> {
    pub(super) lower: &'l mut Lower<'a>,
    pub(super) context: Context,
    /// Type arguments of the function at hand.
    pub(super) ty_args: Substitution,
    /// In a handler: what its dispatch function answers with when the handler returns.
    pub(super) returns: Option<Operand>,
    /// In a monitor: the type of what it knows, and the locals that its fields are.
    pub(super) watching: Option<(TyId, Vec<LocalId>)>,
    locals: PrimaryMap<LocalId, Local>,
    /// The variables of the [`hir::Code`] at hand.
    hir_locals: Option<&'a PrimaryMap<hir::LocalId, hir::Local>>,
    map: SecondaryMap<hir::LocalId, Option<LocalId>>,
    blocks: Vec<Vec<Stmt>>,
    labels: u32,
    params: usize,
}

impl<'l, 'a> Body<'l, 'a> {
    pub(super) fn new(lower: &'l mut Lower<'a>, context: Context) -> Self {
        Self {
            lower,
            context,
            ty_args: Substitution::default(),
            returns: None,
            watching: None,
            locals: PrimaryMap::new(),
            hir_locals: None,
            map: SecondaryMap::new(),
            blocks: vec![Vec::new()],
            labels: 0,
            params: 0,
        }
    }

    pub(super) fn param(&mut self, name: &str, ty: TyId) -> LocalId {
        self.params += 1;
        self.locals.push(Local { name: name.into(), ty })
    }

    /// Turns to the variables of another piece of code.
    pub(super) fn enter(&mut self, code: &'a hir::Code) {
        self.hir_locals = Some(&code.locals);
        self.map = SecondaryMap::new();
    }

    /// Lets a variable of the code at hand be this local.
    pub(super) fn bind(&mut self, variable: hir::LocalId, local: LocalId) {
        self.map[variable] = Some(local);
    }

    /// Enters code and declares its parameters as the function's.
    pub(super) fn enter_with_params(&mut self, code: &'a hir::Code) {
        self.enter(code);
        for &variable in &code.params {
            let ty = self.ty(&code.locals[variable].ty);
            let local = self.param(&code.locals[variable].name, ty);
            self.bind(variable, local);
        }
    }

    pub(super) fn variable(&mut self, variable: hir::LocalId) -> LocalId {
        if let Some(local) = self.map[variable] {
            return local;
        }
        let (name, ty) = match self.hir_locals {
            Some(locals) => (locals[variable].name.clone(), self.ty(&locals[variable].ty)),
            None => (SmolStr::default(), self.lower.core.special.bool),
        };
        let local = self.locals.push(Local { name, ty });
        self.bind(variable, local);
        local
    }

    pub(super) fn is_mutable(&self, variable: hir::LocalId) -> bool {
        self.hir_locals.is_some_and(|locals| locals[variable].mutable)
    }

    pub(super) fn ty(&mut self, ty: &hir::Ty) -> TyId {
        self.lower.ty_with(ty, &self.ty_args)
    }

    pub(super) fn operand_ty(&self, operand: Operand) -> TyId {
        match operand {
            Operand::Local(local) => self.locals[local].ty,
            Operand::Const(id) => self.lower.core.consts[id].ty,
        }
    }

    pub(super) fn temp(&mut self, ty: TyId) -> LocalId {
        self.locals.push(Local { name: SmolStr::default(), ty })
    }

    pub(super) fn emit(&mut self, span: Span, kind: StmtKind) {
        if let Some(block) = self.blocks.last_mut() {
            block.push(Stmt { span, kind });
        }
    }

    /// What `write` emits, as a block of its own.
    pub(super) fn block(&mut self, write: impl FnOnce(&mut Self)) -> Block {
        self.blocks.push(Vec::new());
        write(self);
        Block { stmts: self.blocks.pop().unwrap_or_default() }
    }

    pub(super) fn set(&mut self, span: Span, local: LocalId, value: Rvalue) {
        if let Rvalue::Trace = value {
            self.lower.core.keeps_trace = true;
        }
        self.emit(span, StmtKind::Assign(local, value));
    }

    /// A new temporary with this value.
    pub(super) fn assign(&mut self, span: Span, ty: TyId, value: Rvalue) -> Operand {
        let local = self.temp(ty);
        self.set(span, local, value);
        Operand::Local(local)
    }

    pub(super) fn op(&mut self, span: Span, ty: TyId, op: Op, args: Vec<Operand>) -> Operand {
        self.assign(span, ty, Rvalue::Op(op, args))
    }

    /// The same, for an operation that answers with a bool.
    pub(super) fn test(&mut self, span: Span, op: Op, args: Vec<Operand>) -> Operand {
        let bool = self.lower.core.special.bool;
        self.op(span, bool, op, args)
    }

    pub(super) fn label(&mut self) -> Label {
        self.labels += 1;
        Label(self.labels - 1)
    }

    /// A block that the label it is given leaves.
    pub(super) fn scope(&mut self, span: Span, write: impl FnOnce(&mut Self, Label)) {
        let label = self.label();
        let block = self.block(|body| write(body, label));
        self.emit(span, StmtKind::Scope(label, block));
    }

    pub(super) fn leave(&mut self, span: Span, label: Label) {
        self.emit(span, StmtKind::Leave(label));
    }

    /// Goes on only where a bool holds.
    pub(super) fn leave_unless(&mut self, span: Span, test: Operand, label: Label) {
        let out = self.block(|body| body.leave(span, label));
        self.emit(span, StmtKind::If(test, Block::default(), out));
    }

    pub(super) fn for_each(&mut self, span: Span, list: Operand, write: impl FnOnce(&mut Self, LocalId)) {
        let element_ty = match *self.lower.core.types.get(self.operand_ty(list)) {
            verdi_core::Ty::List(element) => element,
            _ => self.lower.core.special.bool,
        };
        let label = self.label();
        let element = self.temp(element_ty);
        let body = self.block(|body| write(body, element));
        self.emit(span, StmtKind::For { label, element, list, body });
    }

    /// Names a local for reports, such as the variable that a loop's element is bound to.
    pub(super) fn name_local(&mut self, local: LocalId, name: SmolStr) {
        self.locals[local].name = name;
    }

    pub(super) fn local_name(&self, local: LocalId) -> SmolStr {
        self.locals[local].name.clone()
    }

    pub(super) fn constant(&mut self, ty: TyId, value: Value) -> Operand {
        Operand::Const(self.lower.constant(ty, value))
    }

    pub(super) fn bool(&mut self, value: bool) -> Operand {
        self.constant(self.lower.core.special.bool, Value::Bool(value))
    }

    pub(super) fn int(&mut self, value: i64) -> Operand {
        self.constant(self.lower.core.special.int, Value::Int(value))
    }

    pub(super) fn unit(&mut self) -> Operand {
        let unit = self.lower.unit();
        self.constant(unit, Value::Data(0, Vec::new().into()))
    }

    /// Whether the innermost open block has already ended by leaving or returning.
    pub(super) fn ended(&self) -> bool {
        let last = self.blocks.last().and_then(|block| block.last());
        matches!(last, Some(Stmt { kind: StmtKind::Leave(_) | StmtKind::Return(_), .. }))
    }

    /// Reports code that reads the world where there is none: in an argument, a bound, an input.
    pub(super) fn needs_world(&mut self, span: Span) {
        if self.context != Context::World {
            self.lower.diagnostics.push(
                Diagnostic::error(codes::V0724, span, "the world cannot be read here")
                    .label("this is computed before there is a world"),
            );
        }
    }

    pub(super) fn finish(mut self, name: &str, span: Span, result: Option<TyId>) -> Function {
        Function {
            name: self.lower.unique(name),
            span,
            context: self.context,
            params: self.params,
            locals: self.locals,
            result,
            body: Block { stmts: self.blocks.pop().unwrap_or_default() },
        }
    }
}

impl<'a> Lower<'a> {
    /// Code as a function of its parameters.
    pub(super) fn function(
        &mut self,
        name: &str,
        context: Context,
        code: &'a hir::Code,
        result: Option<TyId>,
    ) -> Function {
        self.function_with(name, context, Substitution::default(), code, result)
    }

    pub(super) fn function_with(
        &mut self,
        name: &str,
        context: Context,
        ty_args: Substitution,
        code: &'a hir::Code,
        result: Option<TyId>,
    ) -> Function {
        let mut body = Body::new(self, context);
        body.ty_args = ty_args;
        body.enter_with_params(code);
        body.code_body(code, result);
        body.finish(name, code.body.span, result)
    }

    pub(super) fn add_function(
        &mut self,
        name: &str,
        context: Context,
        code: &'a hir::Code,
        result: Option<TyId>,
    ) -> FuncId {
        let function = self.function(name, context, code, result);
        self.core.functions.push(function)
    }
}

impl<'a> Body<'_, 'a> {
    /// The body of code, and the return of its value.
    pub(super) fn code_body(&mut self, code: &'a hir::Code, result: Option<TyId>) {
        let value = self.expr(&code.body);
        if self.ended() {
            return;
        }
        let value = result.map(|ty| self.fit(value, ty));
        self.emit(code.body.span, StmtKind::Return(value));
    }

    /// A value where one of type `ty` is wanted. They differ only where the code before never gets here:
    /// then any local will do, for nothing reads it.
    pub(super) fn fit(&mut self, value: Operand, ty: TyId) -> Operand {
        if self.operand_ty(value) == ty { value } else { Operand::Local(self.temp(ty)) }
    }
}
