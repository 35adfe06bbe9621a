//! Places: what can be assigned or changed by a method.

use super::body::{Body, Site};
use super::expr::unit;
use crate::hir::{
    Durability, Expr, ExprKind, FieldId, Place, PlaceRoot, PlaceStep, PlaceStepKind, StmtKind, Ty,
};
use cranelift_entity::EntityRef;
use smol_str::SmolStr;
use verdi_core::{Op, Surface};
use verdi_diagnostics::{Diagnostic, Span, codes};
use verdi_syntax::ast;

/// A place, and what is to know of it.
pub(super) struct Target {
    pub(super) place: Place,
    /// The type of what it holds.
    pub(super) ty: Ty,
    /// Whether it is ghost state, which may depend on other ghost state.
    pub(super) ghost: bool,
    /// Where ghost state goes into its indices.
    pub(super) tainted: Option<Span>,
}

impl Body<'_, '_> {
    /// The place that an expression denotes; reports if it denotes none.
    pub(super) fn place(&mut self, e: &ast::Expr) -> Option<Target> {
        let (target, tainted) = self.tracked(|b| b.place_of(e));
        let mut target = target?;
        target.tainted = tainted;
        Some(target)
    }

    fn place_of(&mut self, e: &ast::Expr) -> Option<Target> {
        match &e.kind {
            ast::ExprKind::Name(name) => self.place_root(name),
            ast::ExprKind::Field(base, name) => {
                if let ast::ExprKind::Name(root) = &base.kind
                    && self.is_node_name(root)
                {
                    // Reported as what it is: another node's state, or `self.x`.
                    let expr = self.field(e.span, base, name, None);
                    if expr.ty != Ty::Error {
                        self.not_a_place(e.span, "the state of a node is changed by its own handlers alone");
                    }
                    return None;
                }
                let base = self.place_of(base)?;
                self.field_place(e.span, base, name)
            }
            ast::ExprKind::Index(base, index) => {
                let base = self.place_of(base)?;
                self.index_place(e.span, base, index)
            }
            ast::ExprKind::Error => None,
            _ => {
                self.expr(e, None);
                self.not_a_place(e.span, "a state field, a `var`, an entry of a map or list, or a field of a record can be changed");
                None
            }
        }
    }

    fn is_node_name(&self, name: &ast::Name) -> bool {
        if name.text == "self" {
            return true;
        }
        match self.find_local(&name.text) {
            Some(id) => {
                matches!(self.infer.shallow(&self.locals[id].ty), Ty::Kind(..) | Ty::Node | Ty::Wrapper(..))
            }
            None => super::cond::is_capital(&name.text),
        }
    }

    fn not_a_place(&mut self, span: Span, note: &str) {
        self.report(Diagnostic::error(codes::V0403, span, "this cannot be changed").note(note));
    }

    fn place_root(&mut self, name: &ast::Name) -> Option<Target> {
        if let Some(id) = self.find_local(&name.text) {
            if !self.locals[id].mutable {
                self.immutable(name, id);
                return None;
            }
            let ty = self.locals[id].ty.clone();
            let ghost = self.info[id].ghost.is_some();
            return Some(target(PlaceRoot::Local(id), ty, ghost));
        }
        if self.env.site == Site::Monitor
            && let Some(at) = self.env.monitor.iter().position(|(field, _)| *field == name.text)
        {
            let ty = self.env.monitor[at].1.clone();
            return Some(target(PlaceRoot::Field(FieldId::new(at)), ty, true));
        }
        if let Some(kind) = self.env.kind
            && let Some((id, ty, durability)) = self.cx.field_named(self.env.owner, kind, &name.text)
        {
            if !self.node_statement(name.span, "changing the state of a node") {
                return None;
            }
            return Some(target(PlaceRoot::Field(id), ty, durability == Durability::Ghost));
        }
        if let (Site::Rule, Some(network)) = (self.env.site, self.env.network) {
            let vars = &self.cx.program.networks[network].vars;
            if let Some(var) = vars.iter().find(|var| var.name == name.text) {
                let ty = var.ty.clone();
                if !self.rule_statement(name.span, "changing a variable of the network") {
                    return None;
                }
                return Some(target(PlaceRoot::NetVar(name.text.clone()), ty, false));
            }
        }
        self.no_such_place(name);
        None
    }

    /// A name that is a `let`, a parameter or a part of a pattern.
    fn immutable(&mut self, name: &ast::Name, id: crate::hir::LocalId) {
        let (span, parameter) = (self.locals[id].span, self.info[id].parameter);
        self.info[id].used = true;
        let report = Diagnostic::error(codes::V0403, name.span, format!("`{}` cannot be changed", name.text))
            .also(span, if parameter { "it is a parameter" } else { "it is bound here, once and for all" });
        self.report(report.note(format!("declare a variable with `var {} = …` to change it", name.text)));
    }

    fn no_such_place(&mut self, name: &ast::Name) {
        let before = self.cx.diagnostics.len();
        let expr = self
            .expr(&ast::Expr { span: name.span, depth: 1, kind: ast::ExprKind::Name(name.clone()) }, None);
        if self.cx.diagnostics.len() > before {
            return;
        }
        let note = match expr.kind {
            ExprKind::Param(_) => "a parameter of a system is the same for ever",
            ExprKind::NetVar(_) => "only the rules of its network change a variable of the network",
            ExprKind::Packets => "`send` puts packets in flight",
            _ => "a state field, a `var`, an entry of a map or list, or a field of a record can be changed",
        };
        self.report(
            Diagnostic::error(codes::V0403, name.span, format!("`{}` cannot be changed", name.text))
                .note(note),
        );
    }

    fn field_place(&mut self, span: Span, mut base: Target, name: &ast::Name) -> Option<Target> {
        let Ty::Data(id, args) = self.infer.shallow(&base.ty) else {
            let ty = base.ty.clone();
            if self.infer.shallow(&ty) != Ty::Error {
                self.no_field(&ty, name, &[]);
            }
            return None;
        };
        let (at, ty) = self.record_field_at(id, &args, name)?;
        let kind = PlaceStepKind::Field(crate::hir::CtorRef::Data(id, 0), at);
        base.place.path.push(PlaceStep { span, ty: ty.clone(), kind });
        base.ty = ty;
        Some(base)
    }

    fn index_place(&mut self, span: Span, mut base: Target, index: &ast::Expr) -> Option<Target> {
        let (kind, ty) = match self.infer.shallow(&base.ty) {
            Ty::List(t) => {
                let index = self.check(index, &Ty::Int, format_args!("the index"));
                (PlaceStepKind::ListIndex(index), *t)
            }
            Ty::Map(k, v) => {
                let key = self.check(index, &k, format_args!("the key"));
                (PlaceStepKind::MapKey(key), *v)
            }
            Ty::Error => return None,
            other => {
                self.expr(index, None);
                self.not_indexable(span, &other);
                return None;
            }
        };
        base.place.path.push(PlaceStep { span, ty: ty.clone(), kind });
        base.ty = ty;
        Some(base)
    }

    /// Notes that a target is changed, with where ghost state was read for what goes into it.
    pub(super) fn change(&mut self, span: Span, target: &Target, ghost: Option<Span>) {
        if target.ghost {
            return;
        }
        match target.place.root {
            PlaceRoot::Local(id) => {
                if let Some(ghost) = ghost.or(target.tainted).or(self.ghost_control)
                    && matches!(self.env.site, Site::Handler | Site::Proc(_))
                {
                    let name = self.locals[id].name.clone();
                    self.report(
                        Diagnostic::error(
                            codes::V0409,
                            span,
                            format!("ghost state goes into `{name}`, which did not begin with ghost state"),
                        )
                        .also(ghost, "ghost state is read here")
                        .note("real code may read the variable; write to a ghost field instead"),
                    );
                }
            }
            PlaceRoot::Field(_) => {
                self.real_effect(span, "a field that is not ghost");
                self.real_value(span, ghost.or(target.tainted), "a field that is not ghost");
            }
            PlaceRoot::NetVar(_) => {}
        }
    }

    /// `place.push(e)` as a statement; `None` where the method does not change its receiver.
    pub(super) fn update(
        &mut self,
        span: Span,
        receiver: &ast::Expr,
        name: &ast::Name,
        args: &[ast::Arg],
    ) -> StmtKind {
        let Some(target) = self.place(receiver) else {
            args.iter().for_each(|arg| {
                self.expr(&arg.value, None);
            });
            return error_stmt(span);
        };
        let Some(op) = self.find_method(&target.ty, name, args.len()) else {
            args.iter().for_each(|arg| {
                self.expr(&arg.value, None);
            });
            return error_stmt(span);
        };
        let receiver_ty = self.infer.shallow(&target.ty);
        let (rest, ghost) = self.tracked(|b| {
            let mut rest = Vec::new();
            for (arg, sig) in args.iter().zip(&op.info().params[1..]) {
                let hint = b.hint_for(sig, op, &receiver_ty);
                rest.push(b.positional(arg, hint.as_ref()));
            }
            rest
        });
        self.change(span, &target, ghost);
        if !matches!(op.info().surface, Surface::Mutator(_)) {
            return error_stmt(span);
        }
        self.fit_update(op, &target.ty, &name.text, &rest);
        StmtKind::Update(target.place, op, rest)
    }

    /// The arguments must fit the place as it is: a place is not widened.
    fn fit_update(&mut self, op: Op, place: &Ty, name: &str, args: &[Expr]) {
        let info = op.info();
        let vars = [self.infer.fresh_soft(), self.infer.fresh_soft()];
        if let Some(receiver) = info.params.first() {
            let receiver = self.instantiate(receiver, &vars);
            self.infer.coerce(place, &receiver);
        }
        self.infer.harden(&vars);
        for (sig, arg) in info.params[1..].iter().zip(args) {
            let wanted = self.instantiate(sig, &vars);
            self.expect(arg, &wanted, format_args!("the argument of `{name}`"));
        }
    }

    /// The names of methods that change their receiver.
    pub(super) fn is_mutator(name: &str) -> bool {
        Op::ALL.iter().any(|op| matches!(op.info().surface, Surface::Mutator(own) if own == name))
    }
}

fn target(root: PlaceRoot, ty: Ty, ghost: bool) -> Target {
    Target { place: Place { root, ty: ty.clone(), path: Vec::new() }, ty, ghost, tainted: None }
}

/// A statement whose error was reported.
pub(super) fn error_stmt(span: Span) -> StmtKind {
    StmtKind::Expr(Expr { span, ty: unit(), kind: ExprKind::Error })
}

/// The name at the root of a place, if it is one.
pub(super) fn root_name(e: &ast::Expr) -> Option<&SmolStr> {
    match &e.kind {
        ast::ExprKind::Name(name) => Some(&name.text),
        ast::ExprKind::Field(base, _) | ast::ExprKind::Index(base, _) => root_name(base),
        _ => None,
    }
}
