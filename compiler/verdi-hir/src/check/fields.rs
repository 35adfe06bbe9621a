//! What follows a dot: fields of records and packets, a node's state in a property, `n.index`.

use super::body::{Body, Site};
use super::cond::is_capital;
use super::expr::{error, make};
use super::infer::subst;
use super::scope::Owner;
use super::signatures::index_of;
use super::suggest::{did_you_mean, listed};
use crate::hir::{CtorRef, Durability, Expr, ExprKind, InnerOp, SubjectTy, Ty, TypeId};
use smol_str::SmolStr;
use verdi_core::{Op, Surface};
use verdi_diagnostics::{Diagnostic, Span, codes};
use verdi_syntax::ast;

impl Body<'_, '_> {
    #[inline(never)]
    pub(super) fn field(&mut self, span: Span, a: &ast::Expr, name: &ast::Name, hint: Option<&Ty>) -> Expr {
        if let ast::ExprKind::Name(qualifier) = &a.kind {
            if let Some(expr) = self.subject_member(span, qualifier, name, None) {
                return expr;
            }
            if is_capital(&qualifier.text) && is_capital(&name.text) {
                return match self.qualified(qualifier, name) {
                    Some(ctor) => self.construct(span, span, ctor, None, hint),
                    None => error(span),
                };
            }
            if qualifier.text == "self" && self.env.kind.is_some() && name.text != "index" {
                return self.field_of_self(span, qualifier, name);
            }
        }
        let receiver = self.expr(a, None);
        self.field_of(span, receiver, name)
    }

    /// `self.held`: a node's own fields are written bare.
    fn field_of_self(&mut self, span: Span, qualifier: &ast::Name, name: &ast::Name) -> Expr {
        let receiver = self.expr(
            &ast::Expr { span: qualifier.span, depth: 1, kind: ast::ExprKind::Name(qualifier.clone()) },
            None,
        );
        let own = self.env.kind.and_then(|kind| self.cx.field_named(self.env.owner, kind, &name.text));
        if own.is_some() && matches!(self.env.site, Site::Handler | Site::Proc(_)) {
            self.report(
                Diagnostic::error(codes::V0404, span, "a node's own fields are written without `self.`")
                    .mend(format!("write `{}`", name.text), span, name.text.as_str()),
            );
            return error(span);
        }
        self.field_of(span, receiver, name)
    }

    pub(super) fn field_of(&mut self, span: Span, receiver: Expr, name: &ast::Name) -> Expr {
        match self.infer.shallow(&receiver.ty) {
            Ty::Error => error(span),
            Ty::Infer(_) => {
                self.error(
                    codes::V0302,
                    receiver.span,
                    format!("the type of this must be known to read `{}`", name.text),
                );
                error(span)
            }
            ty @ (Ty::Node | Ty::Kind(..) | Ty::Wrapper(..)) => self.node_member(span, receiver, &ty, name),
            Ty::Packet => self.packet_field(span, receiver, name),
            Ty::Effects => self.effects_field(span, receiver, name),
            Ty::Data(id, args) => self.record_field(span, receiver, id, &args, name),
            other => {
                self.no_field(&other, name, &[]);
                error(span)
            }
        }
    }

    fn node_member(&mut self, span: Span, node: Expr, ty: &Ty, name: &ast::Name) -> Expr {
        if matches!(Op::NodeIndex.info().surface, Surface::Property(own) if own == name.text) {
            return make(span, Ty::Int, ExprKind::Op(Op::NodeIndex, vec![node]));
        }
        if name.text == "inner" && self.in_transformer() {
            if !self.reads_world(span, "the state of other nodes") {
                return error(span);
            }
            return make(span, Ty::Subject(SubjectTy::State), ExprKind::InnerState(Some(Box::new(node))));
        }
        let Some((owner, kind)) = self.cx.kind_of(self.env.owner, ty) else {
            return self.field_of_any_node(span, name);
        };
        let Some((field, field_ty, durability)) = self.cx.field_named(owner, kind, &name.text) else {
            let known: Vec<SmolStr> = self
                .cx
                .members(owner)
                .map(|m| {
                    m.kinds[kind].fields.values().map(|f| f.name.clone()).chain(["index".into()]).collect()
                })
                .unwrap_or_default();
            self.no_field(ty, name, &known);
            return error(span);
        };
        let field_ty = self.env.here(field_ty);
        self.cx.used.fields.insert((owner, kind, index_of(field)));
        match self.env.site {
            Site::Handler | Site::Proc(_) | Site::Const => {
                self.report(
                    Diagnostic::error(
                        codes::V0404,
                        span,
                        format!("a node cannot read the state of another: `{}`", name.text),
                    )
                    .note("nodes share nothing; let the other node tell it in a message"),
                );
                return error(span);
            }
            Site::Rule => {
                self.error(codes::V0415, span, "a network knows nothing of the state of nodes");
                return error(span);
            }
            Site::Fn | Site::World | Site::Monitor | Site::Lift => {}
        }
        self.reads_world(span, "the state of other nodes");
        if durability == Durability::Ghost && self.env.site == Site::Fn {
            self.taint.get_or_insert(span);
        }
        if owner != self.env.owner {
            self.error(codes::V0207, span, "this node belongs to another system");
            return error(span);
        }
        make(span, field_ty, ExprKind::NodeField(Box::new(node), kind, field))
    }

    fn field_of_any_node(&mut self, span: Span, name: &ast::Name) -> Expr {
        let members = self.cx.members(self.env.owner);
        let kinds: Vec<SmolStr> = members
            .map(|m| {
                let has =
                    |kind: &&crate::hir::Kind| kind.fields.values().any(|field| field.name == name.text);
                m.kinds.values().filter(has).map(|kind| kind.name.clone()).collect()
            })
            .unwrap_or_default();
        if self.env.site == Site::Rule {
            self.error(codes::V0415, span, "a network knows nothing of the state of nodes");
            return error(span);
        }
        let mut report =
            Diagnostic::error(codes::V0207, name.span, format!("not every node has a field `{}`", name.text))
                .label("this is a `Node`, of any kind");
        report = match kinds.first() {
            Some(kind) => report.note(format!(
                "`{}` has it: let the variable range over that kind, such as `n in {kind}`",
                listed(kinds.iter().map(SmolStr::as_str)).trim_matches('`')
            )),
            None => report.note("no kind of node has it"),
        };
        self.report(report);
        error(span)
    }

    fn packet_field(&mut self, span: Span, packet: Expr, name: &ast::Name) -> Expr {
        let fields = self.instance(CtorRef::Packet).fields;
        match fields.iter().position(|(field, _)| *field == name.text) {
            Some(at) => {
                make(span, fields[at].1.clone(), ExprKind::Get(Box::new(packet), CtorRef::Packet, at as u32))
            }
            None => {
                let known: Vec<SmolStr> = fields.into_iter().map(|(field, _)| field).collect();
                self.no_field(&Ty::Packet, name, &known);
                error(span)
            }
        }
    }

    fn effects_field(&mut self, span: Span, effects: Expr, name: &ast::Name) -> Expr {
        let (at, ty) = match name.text.as_str() {
            "sends" => (0, Ty::Tuple(vec![Ty::Subject(SubjectTy::Message), Ty::Node])),
            "outputs" => (1, Ty::Subject(SubjectTy::Output)),
            _ => {
                self.no_field(&Ty::Effects, name, &["sends".into(), "outputs".into()]);
                return error(span);
            }
        };
        make(span, Ty::List(Box::new(ty)), ExprKind::EffectsField(Box::new(effects), at))
    }

    fn record_field(&mut self, span: Span, record: Expr, id: TypeId, args: &[Ty], name: &ast::Name) -> Expr {
        match self.record_field_at(id, args, name) {
            Some((at, ty)) => make(span, ty, ExprKind::Get(Box::new(record), CtorRef::Data(id, 0), at)),
            None => error(span),
        }
    }

    /// The position and type of a record's field; reports if there is none.
    pub(super) fn record_field_at(&mut self, id: TypeId, args: &[Ty], name: &ast::Name) -> Option<(u32, Ty)> {
        let def = &self.cx.program.types[id];
        if let [ctor] = def.ctors.as_slice() {
            if let Some(at) = ctor.fields.iter().position(|(field, _)| *field == name.text) {
                let map: Vec<_> = def.params.iter().copied().zip(args.iter().cloned()).collect();
                return Some((at as u32, self.env.here(subst(&ctor.fields[at].1, &map))));
            }
            let known: Vec<SmolStr> = ctor.fields.iter().map(|(field, _)| field.clone()).collect();
            self.no_field(&Ty::Data(id, args.to_vec()), name, &known);
            return None;
        }
        let shown = self.show(&Ty::Data(id, args.to_vec()));
        let has =
            self.cx.program.types[id].ctors.iter().find(|c| c.fields.iter().any(|(f, _)| *f == name.text));
        let has = has.map(|ctor| ctor.name.clone());
        let mut report = Diagnostic::error(
            codes::V0319,
            name.span,
            format!("`{shown}` has several constructors, so `{}` may not be there", name.text),
        );
        report = match has {
            Some(ctor) => report.note(format!(
                "take it apart: `if let {ctor}({}: x) = … {{ }}`, or `… is {ctor}(..)`",
                name.text
            )),
            None => report.note("take it apart with `match`, `if let` or `is`"),
        };
        self.report(report);
        None
    }

    pub(super) fn no_field(&mut self, ty: &Ty, name: &ast::Name, known: &[SmolStr]) {
        let shown = self.show(ty);
        let report =
            Diagnostic::error(codes::V0207, name.span, format!("`{shown}` has no field `{}`", name.text));
        let mut report = did_you_mean(report, name.span, &name.text, known.iter().map(SmolStr::as_str));
        let is_method = self.methods_of(ty).iter().any(|op| match op.info().surface {
            Surface::Method(method) | Surface::Mutator(method) => method == name.text,
            _ => false,
        });
        if is_method {
            report = report.mend("it is a method: call it", name.span.after(), "()");
        } else if report.mend.is_none() && !known.is_empty() {
            report = report.note(format!("it has {}", listed(known.iter().map(SmolStr::as_str))));
        }
        self.report(report);
    }

    /// `S.init`, `S.apply(state, input)` of a machine; `None` where `S` is not the subject.
    pub(super) fn subject_member(
        &mut self,
        span: Span,
        qualifier: &ast::Name,
        name: &ast::Name,
        args: Option<&[ast::Arg]>,
    ) -> Option<Expr> {
        let Owner::Transformer(id) = self.env.owner else { return None };
        let transformer = &self.cx.program.transformers[id];
        if transformer.subject != qualifier.text || self.find_local(&qualifier.text).is_some() {
            return None;
        }
        if !transformer.machine {
            let message =
                format!("`{}` is a system: only a `machine` has `init` and `apply`", qualifier.text);
            self.error(codes::V0207, span, message);
            return Some(error(span));
        }
        let state = Ty::Subject(SubjectTy::State);
        let (op, params, result) = match name.text.as_str() {
            "init" => (InnerOp::MachineInit, vec![], state),
            "apply" => {
                let outputs = Ty::List(Box::new(Ty::Subject(SubjectTy::Output)));
                let result = Ty::Tuple(vec![state.clone(), outputs]);
                let mut params =
                    vec![("state".into(), state), ("input".into(), Ty::Subject(SubjectTy::Input))];
                if args.is_some_and(|args| args.len() > 2) {
                    params.push(("caller".into(), Ty::Caller));
                }
                (InnerOp::MachineApply, params, result)
            }
            _ => {
                let message = format!("a machine has no `{}`", name.text);
                let report = Diagnostic::error(codes::V0207, name.span, message)
                    .note("it has `init`, `apply(state, input)` and `apply(state, input, caller)`");
                self.report(did_you_mean(report, name.span, &name.text, ["init", "apply"]));
                return Some(error(span));
            }
        };
        let what = format!("`{}.{}`", qualifier.text, name.text);
        Some(match self.call_args(&what, span, &params, args.unwrap_or_default()) {
            Some(values) => make(span, result, ExprKind::Inner(op, values)),
            None => error(span),
        })
    }
}
