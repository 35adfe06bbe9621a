//! Code as the new system has it: ids, types and constructors replaced, and what only a transformer may write
//! turned into what any system may.

use super::{Elaboration, Side, shifted};
use crate::hir::{
    Code, CtorRef, Expr, ExprKind, InnerOp, KindId, Local, LocalId, Place, PlaceRoot, ProcId, Stmt, StmtKind,
    Ty,
};
use crate::visit::{self, Visitor};
use verdi_core::{FieldId, Op, Span};

/// Where code stands, as far as application must know.
#[derive(Clone)]
pub(super) enum At {
    /// In no node: a property, a function, an argument.
    World,
    /// In a monitor, whose fields are its own.
    Monitor,
    /// The transformer's, at a node; the kind of the subject that it wraps, if any.
    Own(Option<KindId>),
    /// The subject's, inside a node that wraps it.
    Wrapped(Sink),
    /// A machine's, in a function from state to state.
    Machine {
        /// The variables that hold its fields.
        fields: Vec<LocalId>,
        sink: Sink,
    },
}

/// The variables that gather what a handler does, and what it returns with them.
#[derive(Clone)]
pub(super) struct Sink {
    /// Where the fields of the subject begin among those of the node.
    pub(super) first_field: usize,
    /// Where its procs begin.
    pub(super) first_proc: usize,
    /// Whether the code is a proc, which has a result of its own.
    pub(super) proc: bool,
    /// What it sends; a machine has none.
    pub(super) sends: Option<LocalId>,
    pub(super) outputs: LocalId,
}

/// Changes code in place.
pub(super) struct Mapper<'e, 'p> {
    pub(super) app: &'e mut Elaboration<'p>,
    pub(super) side: Side,
    pub(super) at: At,
    /// How far the code's variables are moved.
    pub(super) shift: usize,
    /// The variable after the last one, and those that are added there.
    pub(super) next: usize,
    pub(super) added: Vec<Local>,
}

impl Elaboration<'_> {
    /// Code that stands in no node.
    pub(super) fn world_code(&mut self, side: Side, code: &mut Code) {
        self.code(side, At::World, code);
    }

    pub(super) fn code(&mut self, side: Side, at: At, code: &mut Code) {
        let next = code.locals.len();
        let mut mapper = Mapper { app: self, side, at, shift: 0, next, added: Vec::new() };
        visit::code(code, &mut mapper);
        let added = mapper.added;
        added.into_iter().for_each(|local| {
            code.locals.push(local);
        });
    }
}

impl Visitor for Mapper<'_, '_> {
    fn ty(&mut self, _span: Span, ty: &mut Ty) {
        *ty = self.app.ty(self.side, ty);
    }

    fn local(&mut self, local: &mut LocalId) {
        *local = shifted(*local, self.shift);
    }

    fn ctor(&mut self, ctor: &mut CtorRef) {
        let (inputs, outputs) = (self.app.s.members.inputs.len(), self.app.s.members.outputs.len());
        *ctor = match (*ctor, self.side) {
            (CtorRef::Data(id, at), side) => CtorRef::Data(self.app.data(side, id), at),
            (CtorRef::Input(at), Side::Own) => CtorRef::Input(at + inputs as u32),
            (CtorRef::Output(at), Side::Own) => CtorRef::Output(at + outputs as u32),
            (CtorRef::Timer(at), Side::Subject) => CtorRef::Data(self.app.types.timer, at),
            (CtorRef::Message(at), Side::Subject) => CtorRef::Data(self.app.types.message, at),
            (CtorRef::Packet, Side::Subject) | (CtorRef::SubjectPacket, _) => {
                CtorRef::Data(self.app.types.packet, 0)
            }
            (other, _) => other,
        };
    }

    fn expr(&mut self, e: &mut Expr) {
        let kind = std::mem::replace(&mut e.kind, ExprKind::Error);
        e.kind = match self.side {
            Side::Own => self.own(e.span, kind),
            Side::Subject => self.subject(e.span, &mut e.ty, kind),
        };
    }

    fn stmt(&mut self, stmt: &mut Stmt) {
        let kind = std::mem::replace(&mut stmt.kind, StmtKind::Return(None));
        stmt.kind = match self.side {
            Side::Own => self.own_stmt(stmt.span, kind),
            Side::Subject => self.subject_stmt(stmt.span, kind),
        };
    }

    fn place(&mut self, place: &mut Place) {
        if let (PlaceRoot::Field(field), Side::Subject) = (&place.root, self.side) {
            place.root = match &self.at {
                At::Machine { fields, .. } => PlaceRoot::Local(fields[field.as_u32() as usize]),
                At::Wrapped(sink) => PlaceRoot::Field(behind(*field, sink.first_field)),
                _ => PlaceRoot::Field(*field),
            };
        }
    }
}

impl Mapper<'_, '_> {
    /// A variable that the code did not have.
    pub(super) fn fresh(&mut self, name: &str, span: Span, ty: Ty) -> LocalId {
        self.added.push(super::variable(name, span, ty, false));
        self.next += 1;
        LocalId::from_u32(self.next as u32 - 1)
    }

    /// An expression of the transformer, whose parts are mapped.
    fn own(&mut self, span: Span, kind: ExprKind) -> ExprKind {
        match kind {
            ExprKind::Param(at) => ExprKind::Param(at + self.app.s.params.len() as u32),
            ExprKind::Nodes(Some(kind)) => {
                let kinds = self.app.became(kind);
                self.app.nodes_of(span, &kinds)
            }
            ExprKind::SingleNode(kind) => match self.app.became(kind).first() {
                Some(kind) => ExprKind::SingleNode(*kind),
                None => ExprKind::Error,
            },
            ExprKind::NodeField(node, kind, field) => self.app.own_field(*node, kind, field),
            ExprKind::Call(id, tys, args) => ExprKind::Call(self.app.function(Side::Own, id), tys, args),
            ExprKind::EffectsField(effects, at) => {
                ExprKind::Get(effects, CtorRef::Data(self.app.types.effects, 0), at)
            }
            ExprKind::InnerState(None) => self.inner_state(span),
            ExprKind::InnerState(Some(node)) => {
                let id = self.app.inner_state_fn();
                ExprKind::Call(id, Vec::new(), vec![*node])
            }
            ExprKind::Inner(op, args) => self.inner(span, op, args),
            other => other,
        }
    }

    /// `inner` as a value.
    fn inner_state(&mut self, span: Span) -> ExprKind {
        let At::Own(Some(kind)) = self.at else { return ExprKind::Error };
        let first = self.app.first_field();
        let fields: Vec<FieldId> = self.app.s.members.kinds[kind].fields.keys().collect();
        let fields = fields
            .into_iter()
            .map(|field| {
                let ty = self.app.subject_field_ty(kind, field);
                Expr { span, ty, kind: ExprKind::Field(behind(field, first)) }
            })
            .collect();
        ExprKind::Make(CtorRef::Data(self.app.types.state, kind.as_u32()), fields)
    }

    /// A handler of the wrapped node runs.
    fn inner(&mut self, span: Span, op: InnerOp, mut args: Vec<Expr>) -> ExprKind {
        match (op, &self.at) {
            (InnerOp::MachineInit, _) => ExprKind::Call(self.app.machine_init(), Vec::new(), args),
            (InnerOp::MachineApply, _) => {
                if args.len() == 2 {
                    args.push(Expr { span, ty: Ty::Caller, kind: ExprKind::FirstCaller });
                }
                ExprKind::Call(self.app.machine_apply(), Vec::new(), args)
            }
            (_, At::Own(Some(kind))) => ExprKind::CallProc(self.app.handler_proc(*kind, op), args),
            _ => ExprKind::Error,
        }
    }

    /// `output o` of what the wrapped node puts out goes to whom the wrapped node gave it, unless it says otherwise.
    fn own_stmt(&mut self, span: Span, kind: StmtKind) -> StmtKind {
        let StmtKind::Output(output, to) = kind else { return kind };
        let relayed = CtorRef::Data(self.app.types.output, 0);
        if output.ty != Ty::Data(self.app.types.output, Vec::new()) {
            return StmtKind::Output(output, to);
        }
        let get =
            |from: &Expr, at, ty| Expr { span, ty, kind: ExprKind::Get(Box::new(from.clone()), relayed, at) };
        if to.is_some() {
            return StmtKind::Output(get(&output, 0, Ty::Output), to);
        }
        self.relay(span, output, &get)
    }

    fn relay(&mut self, span: Span, output: Expr, get: &dyn Fn(&Expr, u32, Ty) -> Expr) -> StmtKind {
        let held = self.fresh("output", span, output.ty.clone());
        let caller = self.fresh("to", span, Ty::Caller);
        let held_expr = Expr { span, ty: output.ty.clone(), kind: ExprKind::Local(held) };
        let to = self.app.option(Ty::Caller);
        let body = get(&held_expr, 0, Ty::Output);
        let given = Expr { span, ty: Ty::Caller, kind: ExprKind::Local(caller) };
        let put = |to| Stmt { span, kind: StmtKind::Output(body.clone(), to) };
        let some = super::node::some(self.app, super::node::bind(span, caller, Ty::Caller), to.clone());
        let choose = Expr {
            span,
            ty: Ty::Tuple(Vec::new()),
            kind: ExprKind::If(
                crate::hir::Condition::Let(some, Box::new(get(&held_expr, 1, to))),
                Box::new(super::node::block(span, vec![put(Some(given))])),
                Some(Box::new(super::node::block(span, vec![put(None)]))),
            ),
        };
        let hold =
            Stmt { span, kind: StmtKind::Let(super::node::bind(span, held, output.ty.clone()), output) };
        let stmts = vec![hold, Stmt { span, kind: StmtKind::Expr(choose) }];
        StmtKind::Expr(super::node::block(span, stmts))
    }
}

/// A field of the subject among those of the node that wraps it.
pub(super) fn behind(field: FieldId, first: usize) -> FieldId {
    FieldId::from_u32(field.as_u32() + first as u32)
}

/// A proc of the subject among those of the node that wraps it.
pub(super) fn proc_behind(proc: ProcId, first: usize) -> ProcId {
    ProcId::from_u32(proc.as_u32() + first as u32)
}

/// `list ++ more`, of a variable that holds a list.
pub(super) fn extend(span: Span, local: LocalId, ty: Ty, op: Op, value: Expr) -> Stmt {
    let place = Place { root: PlaceRoot::Local(local), ty, path: Vec::new() };
    Stmt { span, kind: StmtKind::Update(place, op, vec![value]) }
}
