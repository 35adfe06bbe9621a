//! Heads and lifts of transformers. Their nodes and properties are checked as a system's are.

use super::Checker;
use super::body::{Body, Env, Site};
use super::effects::Actor;
use super::scope::Owner;
use crate::hir::{Code, SubjectTy, TransformerId, Ty};
use verdi_diagnostics::{Diagnostic, codes};
use verdi_syntax::ast::{self, NodeHead, SystemItem, TypeKind};

impl<'a> Checker<'a> {
    pub(super) fn transformer_head(
        &mut self,
        id: TransformerId,
        module: usize,
        decl: &'a ast::TransformerDecl,
    ) {
        let kind = &decl.subject.1;
        if kind.text != "system" && kind.text != "machine" {
            let message = format!("a transformer takes a `system` or a `machine`, not a `{}`", kind.text);
            self.report(Diagnostic::error(codes::V0515, kind.span, message));
        }
        let from = decl.from.as_ref().and_then(|name| self.network_named(module, name));
        let to = decl.to.as_ref().and_then(|name| self.network_named(module, name));
        let transformer = &mut self.program.transformers[id];
        (transformer.from, transformer.to) = (from, to);
        for item in &decl.items {
            let SystemItem::Node(ast::NodeDecl { head: NodeHead::For(ty), .. }) = item else { continue };
            self.wrapped(decl, ty);
        }
    }

    /// `node for S.Node` wraps the nodes of a system.
    fn wrapped(&mut self, decl: &ast::TransformerDecl, ty: &ast::Type) {
        let is_node = matches!(&ty.kind, TypeKind::Member(subject, member)
            if subject.text == decl.subject.0.text && member.text == "Node");
        if !is_node && !matches!(ty.kind, TypeKind::Error) {
            let message = format!(
                "a transformer wraps the nodes of its subject: `node for {}.Node`",
                decl.subject.0.text
            );
            self.report(Diagnostic::error(codes::V0413, ty.span, message));
        }
        if decl.subject.1.text == "machine" {
            let message =
                "a machine has no nodes to wrap: it is replicated by nodes of the transformer's own";
            self.report(Diagnostic::error(codes::V0413, ty.span, message));
        }
    }

    pub(super) fn lift(&mut self, id: TransformerId, module: usize, decl: &'a ast::TransformerDecl) {
        let mut found: Option<&ast::LiftDecl> = None;
        for item in &decl.items {
            let SystemItem::Lift(lift) = item else { continue };
            if let Some(first) = found {
                self.report(
                    Diagnostic::error(codes::V0205, lift.span, "a transformer has one `lift`")
                        .also(first.span, "it is here"),
                );
                continue;
            }
            found = Some(lift);
            self.one_lift(id, module, lift);
        }
    }

    fn one_lift(&mut self, id: TransformerId, module: usize, lift: &'a ast::LiftDecl) {
        let owner = Owner::Transformer(id);
        let mut states: Vec<Code> = Vec::new();
        for (binder, state) in &lift.states {
            states.push(self.lifted_state(owner, module, binder, state));
        }
        let packets = lift.packets.as_ref().map(|packets| {
            let ty = Ty::List(Box::new(Ty::Subject(SubjectTy::Packet)));
            self.const_code(
                Env::new(module, owner, Site::Lift),
                packets,
                &ty,
                "the packets of the lifted world",
            )
        });
        match states.into_iter().next() {
            Some(state) => self.program.transformers[id].lift = Some((state, packets)),
            None => self.report(
                Diagnostic::error(codes::V0413, lift.span, "a `lift` says what the state of each node is")
                    .note("write `state n = n.inner`, for example"),
            ),
        }
    }

    fn lifted_state(
        &mut self,
        owner: Owner,
        module: usize,
        binder: &'a ast::Binder,
        state: &'a ast::Expr,
    ) -> Code {
        let mut body = Body::new(self, Env::new(module, owner, Site::Lift));
        let scope = body.env.types();
        let ty = binder.ty.as_ref().map_or(Ty::Node, |ty| body.cx.resolve_type(&scope, ty));
        let node = body.declare_param(&binder.name.text, binder.name.span, ty);
        // A machine's one node says nothing that the state could depend on.
        body.info[node].exempt = true;
        let expr =
            body.check(state, &Ty::Subject(SubjectTy::State), format_args!("the state of a lifted node"));
        let (code, effects) = body.finish(vec![node], expr);
        self.effects.bodies.push((Actor::Other(Site::Lift.class()), effects));
        code
    }
}
